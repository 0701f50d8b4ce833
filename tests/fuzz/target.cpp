/* SPDX-License-Identifier: MIT */
/*
 * target.cpp - the libFuzzer side: one input, and a mutator that knows operations.
 * https://llvm.org/docs/LibFuzzer.html
 */
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "bus.h"
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
using fuzz::OP_BYTES;

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

size_t ops_in(size_t size)
{
    return size > HEADER_BYTES ? (size - HEADER_BYTES) / OP_BYTES : 0;
}

uint8_t *op_of(uint8_t *data, size_t n)
{
    return data + HEADER_BYTES + n * OP_BYTES;
}

void random_op(uint8_t *to, fuzz::dice &dice)
{
    for (size_t i = 0; i < OP_BYTES; i++)
        to[i] = uint8_t(dice.roll() >> 8);
}

/* Makes room for one operation at place n; false when there is none. */
bool insert(uint8_t *data, size_t &size, size_t max, size_t n)
{
    if (size + OP_BYTES > max)
        return false;
    std::memmove(op_of(data, n + 1), op_of(data, n), size - HEADER_BYTES - n * OP_BYTES);
    size += OP_BYTES;
    return true;
}

void mutate_ops(uint8_t *data, size_t &size, size_t max, fuzz::dice &dice)
{
    size_t count = ops_in(size);
    size_t at = count ? dice.roll() % count : 0;
    size_t other = count ? dice.roll() % count : 0;
    uint8_t kept[OP_BYTES];

    switch (count ? dice.roll() % 8 : 0) {
    case 0:
    case 1:
        if (insert(data, size, max, at))
            random_op(op_of(data, at), dice);
        break;
    case 2: /* one of its own, elsewhere */
        std::memcpy(kept, op_of(data, other), OP_BYTES);
        if (insert(data, size, max, at))
            std::memcpy(op_of(data, at), kept, OP_BYTES);
        break;
    case 3:
        std::memmove(op_of(data, at), op_of(data, at + 1),
                     size - HEADER_BYTES - (at + 1) * OP_BYTES);
        size -= OP_BYTES;
        break;
    case 4:
        std::memcpy(kept, op_of(data, at), OP_BYTES);
        std::memcpy(op_of(data, at), op_of(data, other), OP_BYTES);
        std::memcpy(op_of(data, other), kept, OP_BYTES);
        break;
    case 5:
        op_of(data, at)[0] = uint8_t(dice.roll() % unsigned(fuzz::code::codes));
        break;
    default:
        op_of(data, at)[dice.roll() % OP_BYTES] = uint8_t(dice.roll() >> 8);
        break;
    }
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

    if (max < HEADER_BYTES + OP_BYTES)
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
            mutate_ops(data, size, max, dice);
    }
    return size;
}

/* The configuration and the first operations of one, the last operations of the other. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t max, unsigned seed)
{
    fuzz::dice dice{seed * 2654435761u | 1u};
    size_t n = ops_in(a_size), m = ops_in(b_size);
    size_t head = HEADER_BYTES + (n ? dice.roll() % (n + 1) : 0) * OP_BYTES;
    size_t skip = HEADER_BYTES + (m ? dice.roll() % m : 0) * OP_BYTES;

    if (a_size < HEADER_BYTES || b_size <= skip || head + (b_size - skip) > max)
        return 0;
    std::memcpy(out, a, head);
    std::memcpy(out + head, b + skip, b_size - skip);
    return head + (b_size - skip);
}
