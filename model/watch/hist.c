/* SPDX-License-Identifier: MIT */
#include "watch/hist.h"

enum { SUB_BITS = 4, SUB = 1 << SUB_BITS };

static unsigned bin_of(uint64_t v)
{
    if (v < SUB)
        return (unsigned)v;
    unsigned shift = 63u - (unsigned)__builtin_clzll(v) - SUB_BITS;
    unsigned bin = shift * SUB + (unsigned)(v >> shift);
    return bin < ITS_HIST_BINS ? bin : ITS_HIST_BINS - 1;
}

void its_hist_add(its_hist *u, uint64_t value)
{
    if (!u->count || value < u->min)
        u->min = value;
    if (value > u->max)
        u->max = value;
    u->count++;
    u->sum += value;
    u->bin[bin_of(value)]++;
}

uint64_t its_hist_low(unsigned bin)
{
    if (bin < 2 * SUB)
        return bin;
    unsigned shift = bin / SUB - 1;
    return (uint64_t)(bin - shift * SUB) << shift;
}

uint64_t its_hist_high(unsigned bin)
{
    return bin + 1 < ITS_HIST_BINS ? its_hist_low(bin + 1) - 1 : UINT64_MAX;
}

uint64_t its_hist_mean(const its_hist *u)
{
    return u->count ? (u->sum + u->count / 2) / u->count : 0;
}

uint64_t its_hist_percentile(const its_hist *u, unsigned percent)
{
    /* In two steps, since count * percent may not fit. */
    uint64_t rank = u->count / 100 * percent + (u->count % 100 * percent + 99) / 100;
    uint64_t seen = 0;
    for (unsigned i = 0; i < ITS_HIST_BINS; i++) {
        seen += u->bin[i];
        if (seen >= rank && seen) {
            uint64_t high = its_hist_high(i);
            return high < u->max ? high : u->max;
        }
    }
    return 0;
}
