/* SPDX-License-Identifier: MIT */
/*
 * bits.h - bit fields of registers, commands and table entries.
 *
 * A field is one macro holding "lsb, width": #define CBASER_VALID 63, 1. ITS_GET reads it right
 * aligned, ITS_SET returns the word with the field replaced (excess bits of the new value are cut).
 * All arithmetic is on uint64_t; width is 1..64. Little-endian memory images are built and read byte
 * by byte, never by casting a struct onto guest memory.
 */
#ifndef ITSIM_ARCH_BITS_H
#define ITSIM_ARCH_BITS_H

#include <stdint.h>

static inline uint64_t its_mask(unsigned lsb, unsigned width)
{
    return (width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << width) - 1u) << lsb;
}

static inline uint64_t its_field_get(uint64_t word, unsigned lsb, unsigned width)
{
    return (word & its_mask(lsb, width)) >> lsb;
}

static inline uint64_t its_field_set(uint64_t word, unsigned lsb, unsigned width, uint64_t value)
{
    uint64_t mask = its_mask(lsb, width);
    return (word & ~mask) | ((value << lsb) & mask);
}

/* Members of a set, one bit each. Sets here are small, and not every processor counts bits. */
static inline unsigned its_count(uint32_t set)
{
    unsigned n = 0;

    for (; set; set &= set - 1u)
        n++;
    return n;
}

/* Bits that number n things: the smallest b with 2^b >= n; n at most 2^63. */
static inline unsigned its_log2_up(uint64_t n)
{
    unsigned bits = 0;

    while ((UINT64_C(1) << bits) < n)
        bits++;
    return bits;
}

#define ITS_GET(word, field) its_field_get((word), field)
#define ITS_SET(word, field, value) its_field_set((word), field, (value))
#define ITS_MASK(field) its_mask(field)

static inline uint64_t its_load_le(const uint8_t *p, unsigned bytes)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < bytes; i++)
        v |= (uint64_t)p[i] << (8u * i);
    return v;
}

static inline void its_store_le(uint8_t *p, unsigned bytes, uint64_t v)
{
    for (unsigned i = 0; i < bytes; i++)
        p[i] = (uint8_t)(v >> (8u * i));
}

#endif
