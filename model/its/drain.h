/* SPDX-License-Identifier: MIT */
/*
 * drain.h - the disable sequencer: OFF, ON, DRAIN, WRITEBACK.
 *
 * Enabled 1 to 0 leads from ON to DRAIN: work in hand finishes, nothing new starts. When every unit
 * is idle and every redistributor has acknowledged, WRITEBACK flushes the dirty lines. When the last
 * write response is in, OFF: Quiescent reads 1, quiescent_min cycles (a few more when perturbed,
 * arch/perturb.h) after Enabled first read 0 or later, and the ITS makes no access until it is enabled
 * again.
 */
#ifndef ITSIM_ITS_DRAIN_H
#define ITSIM_ITS_DRAIN_H

#include "its/wires.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct its_drain {
    uint64_t disabled_at; /* edge at which DRAIN was entered */
    uint64_t least;       /* edges from then to OFF at least */
    uint8_t state;        /* its_drain_state */
    uint8_t unused[7];    /* states compare as bytes: no padding */
} its_drain;

void its_drain_reset(its_drain *u);
void its_drain_drive(const its_drain *u, its_wires *w);
void its_drain_clock(its_drain *u, const its_wires *w);

/* `now` is the next edge to be clocked. */
uint64_t its_drain_wake(const its_drain *u, uint64_t now);

#ifdef __cplusplus
}
#endif

#endif
