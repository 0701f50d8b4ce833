/* SPDX-License-Identifier: MIT */
/*
 * cmdf.h - command fetch: GITS_CREADR, and one command packet at a time from the queue in memory.
 *
 * A fetch starts at an edge at which w->drain is ON, w->enabled and w->queue_valid are true, the
 * queue is not stalled, CREADR differs from w->cwriter and no answer is owed on ITS_ID_QUEUE.
 * There is no prefetch: the next fetch starts after the command before it was retired. Whatever
 * was started is finished, also when a disable comes meanwhile: the packet read counts as the
 * command in progress.
 *
 *   IDLE -> ASK (w->fetch_mem offered) -> WAIT (answer) -> OFFER (w->command offered)
 *        -> RUN (until w->retire) -> IDLE
 *
 * w->retire moves CREADR past the command (it wraps at queue_bytes), or, with retire_stall, sets
 * Stalled and leaves it. w->retry clears Stalled; the command is then fetched afresh.
 * w->queue_reset zeroes CREADR and Stalled. A bus error on a fetch: profile fetch_error. (IHI
 * 0069, command queue.)
 */
#ifndef ITSIM_ITS_CMDF_H
#define ITSIM_ITS_CMDF_H

#include "its/wires.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { CMDF_IDLE, CMDF_ASK, CMDF_WAIT, CMDF_OFFER, CMDF_RUN } its_cmdf_state;

typedef struct its_cmdf {
    uint64_t dw[ITS_CMD_WORDS]; /* OFFER: the packet */
    uint64_t addr;              /* of the packet being worked on */
    uint32_t creadr;            /* bytes */
    uint8_t state;              /* its_cmdf_state */
    uint8_t cache;              /* AxCACHE of the fetch on offer */
    bool stalled;
    bool error;   /* pulse: a packet could not be read */
    bool settled; /* IDLE, and at the last edge nothing could start */
} its_cmdf;

/* Writes w->fetch_mem (but ready), w->command (but ready), creadr, stalled, cmdf_idle. */
void its_cmdf_drive(const its_cmdf *u, its_wires *w);

/* Reports CMD_FETCH, CMD_FAULT (bus error on a fetch), CMD_STALL and CMD_RETRY. */
void its_cmdf_clock(its_cmdf *u, const its_wires *w);

/*
 * UINT64_MAX while it waits for an answer or for retire, and in IDLE when the last edge started
 * nothing: then only a change of its conditions above makes work, and whoever changes them is
 * awake for an edge after the change.
 */
uint64_t its_cmdf_wake(const its_cmdf *u);

void its_cmdf_reset(its_cmdf *u);

/* What w->queue_reset and w->retry do, for callers that do not clock (fast face). */
void its_cmdf_queue_reset(its_cmdf *u);
void its_cmdf_retry(its_cmdf *u, const its_probe *probe);

/* There is a command to be fetched, as soon as the bus owes no answer to a fetch of before. */
bool its_cmdf_behind(const its_cmdf *u, const its_wires *w);

/* May a command be fetched now? The clocked and the fast face ask the same question. */
bool its_cmdf_can_fetch(const its_cmdf *u, const its_wires *w);

/* What w->retire does: CREADR moves on, or the queue stalls. */
void its_cmdf_retire(its_cmdf *u, const its_wires *w, bool stall);

/* The fetch at `addr` got a bus error: CMD_FAULT, then the profile's fetch_error. */
void its_cmdf_fault(its_cmdf *u, const its_wires *w, uint64_t addr);

#ifdef __cplusplus
}
#endif

#endif
