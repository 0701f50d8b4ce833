/* SPDX-License-Identifier: MIT */
/*
 * input.h - the bytes of a fuzzer input as a program.
 *
 *   bytes 0..23   the configuration: input_configuration()
 *   then          operations of 8 bytes: code, seven operands; a last one cut short is left out
 *
 * Every byte string is a program. Operations are of one size so that a mutator can insert, drop and
 * swap whole ones.
 */
#ifndef ITSIM_TESTS_FUZZ_INPUT_H
#define ITSIM_TESTS_FUZZ_INPUT_H

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace fuzz {

constexpr size_t HEADER_BYTES = 24, OP_BYTES = 8;

/* Operation codes: numbers are part of the corpus; new ones go to the end. */
enum class code : uint8_t {
    run,         /* a[0] + 1 edges */
    run_long,    /* (a[0] % 16 + 1) * 128 edges */
    reg,         /* register access by name */
    raw,         /* AXI burst as given */
    command,     /* one command into the queue */
    garble,      /* the next command gets bits turned over */
    publish,     /* CWRITER */
    msi,         /* one or more MSIs */
    poke,        /* software writes memory */
    config,      /* software writes an LPI's configuration byte */
    fault,       /* a window of memory answers with errors */
    withhold,    /* answers on these AXI IDs do not come */
    release,     /* answers come again, windows work again */
    resetn,      /* resetn low for a while */
    its,         /* GITS_CTLR.Enabled, whole disables and base registers */
    lpis,        /* a redistributor's LPIs on, off; sleep */
    acknowledge, /* CPU interface */
    drop_clean,  /* mapping lines dropped */
    face,        /* cycle or fast */
    twin,        /* save, load elsewhere, both go on alike */
    skip,        /* idle edges skipped or clocked: the same */
    ask,         /* questions change nothing */
    bus,         /* latency, order and readiness of memory and software */
    settle,      /* until nothing is left to do, then check */
    rewind_save, /* keep everything, memory included, as it is now */
    rewind_load, /* everything as it was then */
    control,     /* GITS_OPR, FCTLR, STATUSR by their fields */
    codes
};

struct op {
    code what;
    uint8_t a[OP_BYTES - 1];

    uint32_t u16(unsigned i) const { return uint32_t(a[i]) | uint32_t(a[i + 1]) << 8; }
    uint32_t u32(unsigned i) const { return u16(i) | u16(i + 2) << 16; }
};

inline op op_at(const uint8_t *p)
{
    op o;
    o.what = code(p[0] % unsigned(code::codes));
    for (unsigned i = 0; i < OP_BYTES - 1; i++)
        o.a[i] = p[1 + i];
    return o;
}

/* A property of the model did not hold. */
struct violation : std::runtime_error {
    using std::runtime_error::runtime_error;
};

[[noreturn]] void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

inline void require(bool holds, const char *what)
{
    if (!holds)
        throw violation(what);
}

} // namespace fuzz

#endif
