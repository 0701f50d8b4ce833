/* SPDX-License-Identifier: MIT */
/*
 * opr.h - what GITS_OPR asks for on a GIC-600: lock an event's line in the event cache, unlock it,
 * translate on trial, track the next MSI of an event; GITS_OPSR tells how it went.
 *
 * Trial and lock are translations like an MSI's, made by the translator, which then sends nothing;
 * the store looks at the line, or locks it, when they end. A locked line is never a victim and is not
 * dropped by the host's drop of clean lines, so it hits until it is unlocked; at most one line of a
 * set is locked. MAPD of its device, DISCARD, FCTLR.IEC, a changed GITS_BASERn and a disable drop the
 * line, and the lock with it. A lock beside an IEC comes after it: it translates once more.
 *
 *   IDLE -> ASK (w->trial offered) -> WAIT (the translation ends) -> LINE (the store answers) -> IDLE
 *   IDLE -> TRACK (an MSI of that event ends, or abort) -> LINE -> IDLE
 *   IDLE -> UNLOCK (w->unlock offered) -> LINE -> IDLE
 *
 * Trial, lock and track fail at once while the ITS is not ON: it makes no access then. A lock fails
 * when the event cannot be translated, when its set has a locked line already, or when the event cache
 * has less than two ways. (GIC-600 TRM, GITS_OPR and GITS_OPSR; what they leave open is ours.)
 */
#ifndef ITSIM_ITS_OPR_H
#define ITSIM_ITS_OPR_H

#include "its/wires.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { OPR_IDLE, OPR_ASK, OPR_WAIT, OPR_LINE, OPR_TRACK, OPR_UNLOCK } its_opr_state;

/* No padding: states compare as bytes. */
typedef struct its_opr {
    uint64_t request; /* GITS_OPR as it was when the operation began */
    uint64_t status;  /* GITS_OPSR */
    uint32_t device;
    uint32_t event; /* as translations name it (its_msi_event) */
    uint8_t state;  /* its_opr_state */
    uint8_t kind;   /* its_opr_kind */
    bool again;     /* LOCK: the cache was emptied meanwhile, what was read may be from before */
    uint8_t unused[5];
} its_opr;

void its_opr_reset(its_opr *u);
void its_opr_drive(const its_opr *u, its_wires *w);

/* Reports OPR when an operation ends. */
void its_opr_clock(its_opr *u, const its_wires *w);
uint64_t its_opr_wake(const its_opr *u);

/* --- the steps, for the fast face as well ------------------------------------------------------ */

/* GITS_OPR was written (w->opr, which the registers' unit has found acceptable); `on`: the ITS is
 * enabled and ON. */
void its_opr_begin(its_opr *u, const its_wires *w, uint64_t request, bool on);

/* A translation ended. */
void its_opr_outcome(its_opr *u, const its_probe *probe, const its_outcome *outcome);

/* The store answers. */
void its_opr_line(its_opr *u, const its_probe *probe, its_line_lock line);

#ifdef __cplusplus
}
#endif

#endif
