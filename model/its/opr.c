/* SPDX-License-Identifier: MIT */
/* opr.c - the operations of GITS_OPR. */
#include "its/opr.h"

#include <string.h>

#include "arch/bits.h"
#include "arch/regs.h"

static void finish(its_opr *u, const its_probe *probe, bool pass)
{
    if (!pass)
        u->status = 0;
    u->status = ITS_SET(u->status, OPSR_PASS, pass);
    u->status = ITS_SET(u->status, OPSR_IN_PROGRESS, 0);
    u->status = ITS_SET(u->status, OPSR_COMPLETE, 1);
    u->state = OPR_IDLE;
    its_emit(probe, ITS_UNIT_REG, ITS_EV_OPR, ITS_REF_NONE, u->request, u->status, 0);
}

void its_opr_begin(its_opr *u, const its_wires *w, uint64_t request, bool on)
{
    unsigned kind = (unsigned)ITS_GET(request, OPR_LOCK_TYPE);

    if (kind == ITS_OPR_TRACK_ABORT) {
        finish(u, w->probe, false);
        return;
    }
    u->request = request;
    u->status = ITS_SET(0, OPSR_IN_PROGRESS, 1);
    u->device = (uint32_t)ITS_GET(request, OPR_DEVICE);
    u->event = its_msi_event(w->profile, (uint32_t)ITS_GET(request, OPR_EVENT));
    u->kind = (uint8_t)kind;
    u->again = false;
    if (kind == ITS_OPR_UNLOCK || kind == ITS_OPR_UNLOCK_ALL)
        u->state = OPR_UNLOCK;
    else if (!on)
        finish(u, w->probe, false);
    else
        u->state = kind == ITS_OPR_TRACK ? OPR_TRACK : OPR_ASK;
}

void its_opr_outcome(its_opr *u, const its_probe *probe, const its_outcome *outcome)
{
    bool mine = outcome->trial ? u->state == OPR_WAIT : u->state == OPR_TRACK;

    if (!mine)
        return;
    if (outcome->drop != ITS_DROP_NONE) {
        finish(u, probe, false);
        return;
    }
    u->status = ITS_SET(u->status, OPSR_INTID, outcome->intid);
    u->status = ITS_SET(u->status, OPSR_TARGET, outcome->rd);
    u->state = OPR_LINE;
}

void its_opr_line(its_opr *u, const its_probe *probe, its_line_lock line)
{
    bool locked = line == ITS_LINE_LOCKED;

    if (u->kind == ITS_OPR_LOCK && (line == ITS_LINE_BUSY || u->again)) {
        u->state = OPR_ASK; /* the line could not be had now: translate once more */
        u->again = false;
        return;
    }
    if (u->kind == ITS_OPR_UNLOCK || u->kind == ITS_OPR_UNLOCK_ALL) {
        finish(u, probe, locked);
        return;
    }
    u->status = ITS_SET(u->status, OPSR_LOCKED, locked);
    finish(u, probe, locked || u->kind != ITS_OPR_LOCK);
}

/* --- the unit ----------------------------------------------------------------------------------- */

void its_opr_reset(its_opr *u)
{
    memset(u, 0, sizeof *u);
}

void its_opr_drive(const its_opr *u, its_wires *w)
{
    w->opsr = u->status;
    w->trial = (its_trial){.device = u->device,
                           .event = u->event,
                           .lock = u->kind == ITS_OPR_LOCK && !u->again,
                           .valid = u->state == OPR_ASK};
    w->track = (its_track){.device = u->device, .event = u->event, .valid = u->state == OPR_TRACK};
    w->unlock = (its_unlock){.device = u->device,
                             .event = u->event,
                             .all = u->kind == ITS_OPR_UNLOCK_ALL,
                             .valid = u->state == OPR_UNLOCK};
    /* A tracked MSI may never come: waiting for it is no work. */
    w->opr_idle = u->state == OPR_IDLE || u->state == OPR_TRACK;
}

void its_opr_clock(its_opr *u, const its_wires *w)
{
    /* Other operations than TRACK end by themselves: there is nothing to abort. */
    if (w->opr_written && (u->state == OPR_IDLE || u->state == OPR_TRACK)) {
        its_opr_begin(u, w, w->opr, w->enabled && w->drain == ITS_ON);
        return;
    }
    if (u->state == OPR_ASK || u->state == OPR_WAIT)
        u->again |=
            u->kind == ITS_OPR_LOCK && ((w->invalidate | w->invalidating) & ITS_INVALIDATE_EVENT);
    switch ((its_opr_state)u->state) {
    case OPR_IDLE:
        break;
    case OPR_ASK:
        if (w->trial_taken)
            u->state = OPR_WAIT;
        break;
    case OPR_WAIT:
    case OPR_TRACK:
        if (w->outcome.valid)
            its_opr_outcome(u, w->probe, &w->outcome);
        break;
    case OPR_UNLOCK:
        u->state = OPR_LINE;
        break;
    case OPR_LINE:
        if (w->line_lock.valid)
            its_opr_line(u, w->probe, (its_line_lock)w->line_lock.lock);
        break;
    }
}

uint64_t its_opr_wake(const its_opr *u)
{
    return u->state == OPR_UNLOCK || u->state == OPR_ASK ? 0 : UINT64_MAX;
}
