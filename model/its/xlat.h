/* SPDX-License-Identifier: MIT */
/*
 * xlat.h - the translator: carries out MSIs, several at a time.
 *
 * Takes any waiting MSI of the pool, oldest first, but passes over a device that has its share of the
 * translations (a quarter of them waiting for memory, three quarters in all), so that a miss, or a
 * command that waits for the bus, never blocks other devices. A translation asks its_decide(), looks
 * up or fetches what that needs, asks again, and sends one message. MSIs that hit pass those that
 * miss. An MSI of an event whose translation has not been sent yet merges with it (one pending bit).
 *
 * A trial, which GITS_OPR asks for, is a translation like an MSI's up to its end; then its outcome is
 * told instead of a message sent. So is that of MSIs which GITS_OPR tracks, and MSIs that could not be
 * translated are counted at each edge, the first by name.
 *
 * Hold (wires.h): a translation that used what a command changes starts again, and neither looks up
 * nor sends while the hold lasts. A hit is sent translation_cycles + 2 a lookup after its start, and
 * is in the redistributor's queue one cycle later.
 */
#ifndef ITSIM_ITS_XLAT_H
#define ITSIM_ITS_XLAT_H

#include "its/wires.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    XLAT_FREE,
    XLAT_START, /* translation_cycles before the first lookup */
    XLAT_ASK,
    XLAT_WANT_LOOKUP,
    XLAT_LOOKUP, /* answer comes in the next cycle */
    XLAT_WANT_FETCH,
    XLAT_FETCH, /* waiting for the fill */
    XLAT_SEND,  /* message ready, redistributor's queue full or port taken */
    XLAT_STATES
} its_xlat_state;

typedef struct its_translation {
    its_operands known;
    its_request request;
    its_verdict verdict;
    uint32_t ref;
    uint8_t state; /* its_xlat_state */
    uint8_t count; /* XLAT_START: cycles left */
    uint8_t tag;   /* of the last lookup: an answer to an older one is dropped */
    bool trial;    /* for GITS_OPR: nothing is sent */
} its_translation;

typedef struct its_xlat {
    its_translation slot[ITS_MAX_SLOTS];
    uint32_t in[XLAT_STATES]; /* slots in each state, one bit each */
    uint32_t busy;            /* slots that are not free */
    its_lookup lookup;
    its_fetch fetch;
    its_rd_request message;
    its_outcome outcome;
    its_unmapped unmapped;
    uint32_t freed;
    uint32_t newest; /* MSI at the end of the queue, once it was looked at */
    its_msi back;    /* pulse: sent back to the queue; ref ITS_REF_NONE: none */
    uint16_t calls;  /* pulse: units that what it drives concerns, itself included */
    uint8_t turn;    /* where the search for work starts: round robin */
    uint8_t taken;
    uint8_t mark;  /* high-water mark */
    uint8_t still; /* edges without a step while every slot is taken and somebody waits for one */
    bool take;
    bool trial_taken;
} its_xlat;

/* How a translation ended, by its last verdict; `trial` and `lock` are left to the caller. */
its_outcome its_xlat_outcome(const its_request *rq, const its_operands *known,
                             const its_verdict *v);

void its_xlat_reset(its_xlat *u, const its_profile *profile);
void its_xlat_drive(const its_xlat *u, its_wires *w);
void its_xlat_clock(its_xlat *u, const its_wires *w);
uint64_t its_xlat_wake(const its_xlat *u);

#ifdef __cplusplus
}
#endif

#endif
