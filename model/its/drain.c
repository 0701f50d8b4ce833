/* SPDX-License-Identifier: MIT */
/* drain.c - the disable sequencer. */
#include "its/drain.h"

#include "arch/perturb.h"

#define APART __attribute__((noinline)) static

static void enter(its_drain *u, const its_wires *w, its_drain_state state)
{
    u->state = (uint8_t)state;
    its_emit(w->probe, ITS_UNIT_DRAIN, ITS_EV_STATE, ITS_REF_NONE, 0, 0, state);
}

/* Nothing is admitted in DRAIN, and the wires show every unit after its last admission in ON. */
static bool work_done(const its_wires *w)
{
    return w->reg_idle && w->msiq_idle && w->xlat_idle && w->cmdf_idle && w->cmdx_idle &&
           w->rdlink_idle && w->store_idle && w->opr_idle;
}

APART void disable(its_drain *u, const its_wires *w)
{
    /* Eight times as long as other delays: a disable takes longer than a message. */
    u->disabled_at = w->probe->cycle;
    u->least = w->profile->quiescent_min +
               8ull * its_perturbed(w->profile, ITS_PERTURB_QUIESCENT, w->probe->cycle, 0);
    enter(u, w, ITS_DRAIN);
}

void its_drain_reset(its_drain *u)
{
    *u = (its_drain){.state = ITS_OFF};
}

void its_drain_drive(const its_drain *u, its_wires *w)
{
    w->drain = (its_drain_state)u->state;
    w->flush = u->state == ITS_WRITEBACK;
    w->quiescent = u->state == ITS_OFF;
}

void its_drain_clock(its_drain *u, const its_wires *w)
{
    switch ((its_drain_state)u->state) {
    case ITS_OFF:
        if (w->enabled)
            enter(u, w, ITS_ON);
        break;
    case ITS_ON:
        if (!w->enabled)
            disable(u, w);
        break;
    case ITS_DRAIN:
        if (work_done(w))
            enter(u, w, ITS_WRITEBACK);
        break;
    case ITS_WRITEBACK:
        if (w->flush_done && w->store_idle && w->probe->cycle - u->disabled_at + 1u >= u->least)
            enter(u, w, ITS_OFF);
        break;
    }
}

uint64_t its_drain_wake(const its_drain *u, uint64_t now)
{
    if (u->state == ITS_OFF || u->state == ITS_ON)
        return UINT64_MAX;
    uint64_t past = u->disabled_at + u->least; /* the edge after the last one */
    return u->state == ITS_WRITEBACK && now + 1u < past ? past - 1u - now : 0;
}
