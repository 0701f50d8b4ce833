/* SPDX-License-Identifier: MIT */
/*
 * target.cpp - the libFuzzer side: one input, and a mutator that knows operations.
 * https://llvm.org/docs/LibFuzzer.html
 */
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "mutate.h"
#include "program.h"

extern "C" {
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t max, unsigned seed);
}

namespace {

using fuzz::HEADER_BYTES;

struct totals {
    uint64_t inputs = 0, ops = 0, edges = 0, settled = 0, probed = 0, compared = 0;
};
totals sum;

void print_totals()
{
    std::fprintf(
        stderr,
        "itsim-fuzz: %llu inputs, %llu operations, %llu edges; %llu came to rest, %llu were "
        "enabled again, in %llu memory was judged\n",
        (unsigned long long)sum.inputs, (unsigned long long)sum.ops, (unsigned long long)sum.edges,
        (unsigned long long)sum.settled, (unsigned long long)sum.probed,
        (unsigned long long)sum.compared);
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool registered = std::atexit(print_totals) == 0;
    (void)registered;
    try {
        fuzz::report r = fuzz::run(data, size);
        sum.inputs++;
        sum.ops += r.ops;
        sum.edges += r.edges;
        sum.settled += r.settled;
        sum.probed += r.probed;
        sum.compared += r.compared;
    } catch (const fuzz::violation &v) {
        std::fprintf(stderr, "itsim-fuzz: %s\n", v.what());
        print_totals();
        std::abort();
    }
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    fuzz::dice dice{seed * 2654435761u | 1u};

    if (max < HEADER_BYTES + fuzz::OP_BYTES)
        return LLVMFuzzerMutate(data, size, max);
    if (size < HEADER_BYTES) {
        std::memset(data + size, 0, HEADER_BYTES - size);
        size = HEADER_BYTES;
    }
    unsigned what = dice.roll() % 16;
    if (what == 0) {
        LLVMFuzzerMutate(data, HEADER_BYTES, HEADER_BYTES); /* the configuration */
    } else if (what < 5 && size > HEADER_BYTES) {
        size_t rest =
            LLVMFuzzerMutate(data + HEADER_BYTES, size - HEADER_BYTES, max - HEADER_BYTES);
        size = HEADER_BYTES + rest;
    } else {
        for (unsigned n = 1 + dice.roll() % 4; n; n--)
            fuzz::mutate_operations(data, size, max, dice);
    }
    return size;
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t max, unsigned seed)
{
    fuzz::dice dice{seed * 2654435761u | 1u};
    return fuzz::cross(a, a_size, b, b_size, out, max, dice);
}
