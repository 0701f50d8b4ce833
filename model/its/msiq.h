/* SPDX-License-Identifier: MIT */
/*
 * msiq.h - accepted MSIs waiting for the translator: an age-ordered pool.
 *
 * In: w->msi, ready while the pool holds fewer than profile msi_queue. Out: w->msi_pool, oldest
 * first, and w->msi_count; the translator takes any of them by w->msi_take and w->msi_taken, one a
 * cycle. What came in at one edge is in the pool in the next cycle. An MSI of an event that waits in
 * the pool already becomes one with it: one pending bit serves both. Otherwise an MSI once taken in
 * leaves only through the translator, or by resetn. The translator may send one back, w->msi_back: it
 * goes to the end, beyond msi_queue if need be, as no more come back than were under translation.
 */
#ifndef ITSIM_ITS_MSIQ_H
#define ITSIM_ITS_MSIQ_H

#include "its/wires.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct its_msiq {
    its_msi pool[ITS_MSI_PLACES]; /* [0] is the oldest; those from `count` on are zero */
    uint8_t count;
    uint8_t high; /* most it ever held */
} its_msiq;

/* Writes w->msi.ready, msi_pool (the first `count` only), msi_count and msiq_idle. */
void its_msiq_drive(const its_msiq *u, its_wires *w);

/* Reports new high-water marks (LEVEL) and MSI_MERGE. */
void its_msiq_clock(its_msiq *u, const its_wires *w);

/* 0 while an MSI waits, for the translator must see it; else UINT64_MAX. */
uint64_t its_msiq_wake(const its_msiq *u);

void its_msiq_reset(its_msiq *u);

#ifdef __cplusplus
}
#endif

#endif
