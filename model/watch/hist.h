/* SPDX-License-Identifier: MIT */
/*
 * hist.h - a histogram of cycle counts: 16 bins to each power of two, so a bin is exact below 32
 * and at most 1/16 of its value wide above. Least, greatest and sum are exact. All-zero is empty.
 */
#ifndef ITSIM_WATCH_HIST_H
#define ITSIM_WATCH_HIST_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Values of 2^40 and more share the last bin. */
#define ITS_HIST_BINS 592u

typedef struct its_hist {
    uint64_t count;
    uint64_t sum;
    uint64_t min; /* with count > 0 */
    uint64_t max;
    uint64_t bin[ITS_HIST_BINS];
} its_hist;

void its_hist_add(its_hist *u, uint64_t value);

/* Least and greatest value of a bin; the last bin has no upper end (UINT64_MAX). */
uint64_t its_hist_low(unsigned bin);
uint64_t its_hist_high(unsigned bin);

/* Sum / count, rounded to nearest; 0 when empty. */
uint64_t its_hist_mean(const its_hist *u);

/*
 * The value that `percent` (1..100) of all values do not exceed, rounded up to the end of its bin
 * but never above max; 0 when empty.
 */
uint64_t its_hist_percentile(const its_hist *u, unsigned percent);

#ifdef __cplusplus
}
#endif

#endif
