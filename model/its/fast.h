/* SPDX-License-Identifier: MIT */
/*
 * fast.h - the ITS without time: carries work out to its end inside a call, on the same state, the
 * same caches and the same its_decide() as the clocked units. The core must be idle.
 */
#ifndef ITSIM_ITS_FAST_H
#define ITSIM_ITS_FAST_H

#include "its/core.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Takes each acknowledgement of HAND_OVER that has more = true. */
typedef void its_handed_over(void *host, const its_rdack *ack);

typedef struct its_fast {
    its_core *core;
    its_line *lines;
    its_core_wires *x;
    const its_memory *memory;
    /* Has a redistributor carry out a message; returns its last acknowledgement. */
    its_rdack (*message)(void *host, unsigned rd, const its_rdmsg *msg, its_handed_over *handed,
                         void *handed_host);
    void *host;
    uint64_t accesses; /* memory accesses made so far */
    uint64_t cycles;   /* other cycles the units would have taken so far; figures of the profile */
} its_fast;

/* Brings the wires up to date that register accesses and MSIs look at. After any change from outside. */
void its_fast_refresh(its_fast *f);

/* One access to frame GITS or TRANSLATION and all the work it sets off. */
its_access_result its_fast_access(its_fast *f, const its_access *a);

/* An MSI; false when it was dropped. */
bool its_fast_msi(its_fast *f, uint32_t device, uint32_t event);

/* Commands until the queue is empty, stalled, or the ITS is not ON. */
void its_fast_commands(its_fast *f);

/* Time has gone on: WRITEBACK may end (the write-back itself was done at once). */
void its_fast_drain(its_fast *f);

#ifdef __cplusplus
}
#endif

#endif
