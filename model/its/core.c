/* SPDX-License-Identifier: MIT */
/* core.c - owner of the ITS units. The order of the units below does not matter. */
#include "its/core.h"

#include <string.h>

enum {
    CORE_GITS = 1,
    CORE_MSIQ = 2,
    CORE_CMDF = 4,
    CORE_CMDX = 8,
    CORE_XLAT = 16,
    CORE_STORE = 32,
    CORE_RDLINK = 64,
    CORE_DRAIN = 128,
    CORE_OPR = 256,
    CORE_ALL = 511
};

static void refresh_facts(const its_core *u, its_core_wires *x)
{
    if (x->facts_known && x->facts_version == u->gits.facts_version)
        return;
    its_gits_facts(&u->gits, x->w.profile, &x->facts);
    x->facts_version = u->gits.facts_version;
    x->facts_known = true;
}

void its_core_connect(its_core_wires *x, const its_profile *profile, const its_probe *probe)
{
    memset(x, 0, sizeof *x);
    x->w.profile = profile;
    x->w.facts = &x->facts;
    x->w.probe = probe;
    x->stale = CORE_ALL;
}

void its_core_touch(its_core_wires *x)
{
    x->stale = CORE_ALL;
    x->facts_known = false;
}

void its_core_reset(its_core *u, its_line *lines, its_core_wires *x)
{
    const its_profile *profile = x->w.profile;

    its_gits_reset(&u->gits, profile);
    its_msiq_reset(&u->msiq);
    its_cmdf_reset(&u->cmdf);
    its_cmdx_reset(&u->cmdx);
    its_xlat_reset(&u->xlat, profile);
    its_store_reset(&u->store, lines, profile);
    its_rdlink_reset(&u->rdlink);
    its_drain_reset(&u->drain);
    its_opr_reset(&u->opr);
    its_core_touch(x);
}

void its_core_drive(const its_core *u, its_core_wires *x)
{
    its_wires *w = &x->w;
    unsigned stale = x->stale;

    if (stale == 0)
        return;
    refresh_facts(u, x);
    if (stale & CORE_GITS)
        its_gits_drive(&u->gits, w);
    if (stale & CORE_MSIQ)
        its_msiq_drive(&u->msiq, w);
    if (stale & CORE_CMDF)
        its_cmdf_drive(&u->cmdf, w);
    if (stale & CORE_CMDX)
        its_cmdx_drive(&u->cmdx, w);
    if (stale & CORE_XLAT)
        its_xlat_drive(&u->xlat, w);
    if (stale & CORE_STORE)
        its_store_drive(&u->store, w);
    if (stale & CORE_RDLINK)
        its_rdlink_drive(&u->rdlink, w);
    if (stale & CORE_DRAIN)
        its_drain_drive(&u->drain, w);
    if (stale & CORE_OPR)
        its_opr_drive(&u->opr, w);
    x->stale = 0;
}

/* --- which units have something to do at this edge: awake, or an input that is theirs is there ---- */

/* Between ON and OFF it waits for the other units. */
static bool drain_due(const its_core *u, const its_wires *w)
{
    bool on = u->drain.state == ITS_ON;
    return on != w->enabled || (!on && u->drain.state != ITS_OFF);
}

static bool acknowledgement(const its_core *u, const its_wires *w)
{
    its_rdset acked = its_rdset_meet(&w->rd_acked, &u->rdlink.waiting);
    return its_rdset_any(&acked);
}

static bool cmdf_due(const its_core *u, const its_wires *w)
{
    return w->retry || w->queue_reset || w->retire ||
           (w->memory.valid && u->cmdf.state == CMDF_WAIT) || its_cmdf_wake(&u->cmdf) == 0 ||
           its_cmdf_can_fetch(&u->cmdf, w);
}

static bool cmdx_due(const its_core *u, const its_wires *w)
{
    return w->command.valid || (w->fill.valid && u->cmdx.state == CMDX_FETCH) || w->command_acked ||
           its_cmdx_wake(&u->cmdx) == 0;
}

static bool xlat_due(const its_core *u, const its_wires *w)
{
    return its_xlat_wake(&u->xlat) == 0 || w->xlat_answer.valid || w->fill.valid ||
           w->msi_count > 0 || w->hold.kind != ITS_HOLD_NONE || w->trial.valid;
}

/* Drain has work for the store: dirty lines to write back, or caches to empty at OFF. */
static bool store_called(const its_core *u)
{
    const its_store *s = &u->store;
    bool on = u->drain.state != ITS_OFF;
    bool dirty = s->device.dirty + s->event.dirty + s->collection.dirty > 0;

    return on != s->was_on || (u->drain.state == ITS_WRITEBACK && dirty);
}

static bool store_due(const its_core *u, const its_wires *w)
{
    return its_store_wake(&u->store, w->profile) == 0 || w->memory.valid || w->xlat_lookup.valid ||
           w->xlat_fetch.valid || w->cmdx_lookup.valid || w->cmdx_fetch.valid || w->write.valid ||
           w->scan != ITS_SCAN_NONE || w->base_changed || w->hold.kind != ITS_HOLD_NONE ||
           w->invalidate || w->outcome.valid || w->unlock.valid || store_called(u);
}

static bool rdlink_due(const its_core *u, const its_wires *w)
{
    return w->xlat_message.valid || w->cmdx_message.valid ||
           its_rdlink_wake(&u->rdlink, w->probe->cycle) == 0 || acknowledgement(u, w);
}

/* What the others report to software. */
static bool reported(const its_wires *w)
{
    return w->cmdx_error | w->cmdf_error | w->rd_command_error | w->rd_msi_refused |
           (w->unmapped.count != 0);
}

static bool opr_due(const its_core *u, const its_wires *w)
{
    return w->opr_written || w->trial_taken || w->outcome.valid || w->line_lock.valid ||
           w->invalidate || w->invalidating || its_opr_wake(&u->opr) == 0;
}

/* Part of every edge; its_core_clock is so large that compilers would leave it apart. */
__attribute__((always_inline)) static inline unsigned due(const its_core *u, const its_wires *w)
{
    unsigned units = 0;

    if (drain_due(u, w))
        units |= CORE_DRAIN;
    if (w->access.valid || reported(w) || its_gits_wake(&u->gits) == 0)
        units |= CORE_GITS;
    if (w->msi.valid || w->msi_take || w->msi_back.ref != ITS_REF_NONE ||
        its_msiq_wake(&u->msiq) == 0)
        units |= CORE_MSIQ;
    if (cmdf_due(u, w))
        units |= CORE_CMDF;
    if (cmdx_due(u, w))
        units |= CORE_CMDX;
    if (xlat_due(u, w))
        units |= CORE_XLAT;
    if (store_due(u, w))
        units |= CORE_STORE;
    if (rdlink_due(u, w))
        units |= CORE_RDLINK;
    if (opr_due(u, w))
        units |= CORE_OPR;
    return units;
}

void its_core_clock(its_core *u, its_line *lines, its_core_wires *x)
{
    const its_wires *w = &x->w;
    unsigned units = due(u, w);

    if (units & CORE_GITS)
        its_gits_clock(&u->gits, w);
    if (units & CORE_MSIQ)
        its_msiq_clock(&u->msiq, w);
    if (units & CORE_CMDF)
        its_cmdf_clock(&u->cmdf, w);
    if (units & CORE_CMDX)
        its_cmdx_clock(&u->cmdx, w);
    if (units & CORE_XLAT)
        its_xlat_clock(&u->xlat, w);
    if (units & CORE_STORE)
        its_store_clock(&u->store, lines, w);
    if (units & CORE_RDLINK)
        its_rdlink_clock(&u->rdlink, w);
    if (units & CORE_OPR)
        its_opr_clock(&u->opr, w);
    if (units & CORE_DRAIN)
        its_drain_clock(&u->drain, w);
    x->stale = (uint16_t)(x->stale | units);
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t its_core_wake(const its_core *u, const its_core_wires *x, uint64_t now)
{
    uint64_t wake = sooner(its_gits_wake(&u->gits), its_msiq_wake(&u->msiq));
    if (wake == 0)
        return 0;
    wake = sooner(wake, sooner(its_cmdf_wake(&u->cmdf), its_cmdx_wake(&u->cmdx)));
    wake = sooner(wake, sooner(its_xlat_wake(&u->xlat), its_store_wake(&u->store, x->w.profile)));
    if (wake == 0 || store_called(u) || its_opr_wake(&u->opr) == 0)
        return 0;
    wake = sooner(wake, its_rdlink_wake(&u->rdlink, now));
    return sooner(wake, its_drain_wake(&u->drain, now));
}

bool its_core_idle(const its_core *u, const its_core_wires *x)
{
    const its_wires *w = &x->w;
    /* OFF: with the caches emptied, too, which the store does an edge later. */
    bool steady = w->drain == ITS_ON || (w->drain == ITS_OFF && !u->store.was_on);

    return steady && w->reg_idle && w->msiq_idle && w->xlat_idle && w->cmdf_idle && w->cmdx_idle &&
           w->rdlink_idle && w->store_idle && w->opr_idle;
}

uint64_t its_core_peek(const its_core *u, const its_core_wires *x, uint32_t offset, unsigned bytes)
{
    return its_gits_peek(&u->gits, &x->w, offset, bytes);
}
