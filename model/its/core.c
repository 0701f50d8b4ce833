/* SPDX-License-Identifier: MIT */
/* core.c - owner of the ITS units. The order of the units below does not matter. */
#include "its/core.h"

#include <string.h>

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

/* --- which units have something to do at an edge ----------------------------------------------------
 *
 * A unit says whom its outputs concern when it is driven, itself included when it is awake. Who is not
 * concerned is not clocked: it would not change. To be clocked without a cause changes nothing either.
 */

static unsigned self(uint64_t wake, unsigned unit)
{
    return wake == 0 ? unit : 0;
}

static unsigned calls_of_gits(const its_core *u, const its_wires *w)
{
    unsigned units = self(its_gits_wake(&u->gits), CORE_GITS);

    if (w->msi.valid)
        units |= CORE_MSIQ;
    return units;
}

static unsigned calls_of_msiq(const its_core *u)
{
    return self(its_msiq_wake(&u->msiq), CORE_MSIQ | CORE_XLAT);
}

static unsigned calls_of_xlat(const its_core *u)
{
    return u->xlat.calls | self(its_xlat_wake(&u->xlat), CORE_XLAT);
}

/* Drain has work for the store: dirty lines to write back, or caches to empty at OFF. */
static bool store_called(const its_core *u)
{
    const its_store *s = &u->store;
    bool on = u->drain.state != ITS_OFF;
    bool dirty = s->device.dirty + s->event.dirty + s->collection.dirty > 0;

    return on != s->was_on || (u->drain.state == ITS_WRITEBACK && dirty);
}

/* Cmdx is told of a fill when it waits for one. */
static unsigned calls_of_store(const its_core *u, const its_profile *profile)
{
    const its_store *s = &u->store;
    unsigned units = s->calls | self(its_store_wake(s, profile), CORE_STORE);

    if (u->cmdx.state != CMDX_FETCH)
        units &= CORE_ALL ^ CORE_CMDX;
    if (store_called(u))
        units |= CORE_STORE;
    return units;
}

/* Messages that wait for their time come to it without a call. */
static unsigned calls_of_rdlink(const its_core *u, const its_wires *w)
{
    unsigned units = self(its_rdlink_wake(&u->rdlink, 0), CORE_RDLINK);

    if (w->command_acked)
        units |= CORE_CMDX;
    if (w->rd_command_error | w->rd_msi_refused)
        units |= CORE_GITS;
    return units;
}

static unsigned calls_of_cmdf(const its_core *u, const its_wires *w)
{
    unsigned units = self(its_cmdf_wake(&u->cmdf), CORE_CMDF);

    if (w->command.valid)
        units |= CORE_CMDX;
    if (w->cmdf_error)
        units |= CORE_GITS;
    return units;
}

static unsigned calls_of_cmdx(const its_core *u, const its_wires *w)
{
    unsigned units = self(its_cmdx_wake(&u->cmdx), CORE_CMDX);

    if (w->retire)
        units |= CORE_CMDF;
    if (w->hold.kind != ITS_HOLD_NONE)
        units |= CORE_XLAT | CORE_STORE;
    if (w->cmdx_lookup.valid | w->cmdx_fetch.valid | w->write.valid | (w->scan != ITS_SCAN_NONE))
        units |= CORE_STORE;
    if (w->cmdx_message.valid)
        units |= CORE_RDLINK;
    if (w->cmdx_error)
        units |= CORE_GITS;
    return units;
}

static unsigned calls_of_opr(const its_core *u, const its_wires *w)
{
    unsigned units = self(its_opr_wake(&u->opr), CORE_OPR);

    if (w->trial.valid)
        units |= CORE_XLAT;
    if (w->unlock.valid)
        units |= CORE_STORE;
    return units;
}

/* What software's registers, drain and fetch say together. Between ON and OFF drain waits for others. */
static unsigned calls_of_registers(const its_core *u, const its_wires *w)
{
    unsigned units = 0;
    bool on = u->drain.state == ITS_ON;

    if (w->retry | w->queue_reset)
        units |= CORE_CMDF;
    if (w->base_changed)
        units |= CORE_STORE;
    if (w->opr_written)
        units |= CORE_OPR;
    if (w->invalidate)
        units |= CORE_STORE | CORE_OPR;
    if (on != w->enabled || (!on && u->drain.state != ITS_OFF))
        units |= CORE_DRAIN;
    if (its_cmdf_behind(&u->cmdf, w))
        units |= CORE_CMDF;
    return units;
}

static bool acknowledgement(const its_core *u, const its_wires *w)
{
    its_rdset acked = its_rdset_meet(&w->rd_acked, &u->rdlink.waiting);
    return its_rdset_any(&acked);
}

/* What comes from outside, or with time. */
static inline unsigned calls_from_outside(const its_core *u, const its_wires *w)
{
    unsigned units = 0;

    if (w->access.valid)
        units |= CORE_GITS;
    if (w->memory.valid)
        units |= u->cmdf.state == CMDF_WAIT ? CORE_STORE | CORE_CMDF : CORE_STORE;
    if (u->rdlink.next <= w->probe->cycle || acknowledgement(u, w))
        units |= CORE_RDLINK;
    return units;
}

/* --- driving ---------------------------------------------------------------------------------------- */

/* Units that rest while MSIs are translated. */
enum { CORE_SELDOM = CORE_CMDF | CORE_CMDX | CORE_OPR | CORE_DRAIN };

ITS_SELDOM
static void drive_registers(const its_core *u, its_core_wires *x)
{
    refresh_facts(u, x);
    its_gits_drive(&u->gits, &x->w);
}

__attribute__((noinline)) static void drive_seldom(const its_core *u, its_core_wires *x)
{
    its_wires *w = &x->w;

    if (x->stale & CORE_CMDF) {
        its_cmdf_drive(&u->cmdf, w);
        x->calls.cmdf = (uint16_t)calls_of_cmdf(u, w);
    }
    if (x->stale & CORE_CMDX) {
        its_cmdx_drive(&u->cmdx, w);
        x->calls.cmdx = (uint16_t)calls_of_cmdx(u, w);
    }
    if (x->stale & CORE_OPR) {
        its_opr_drive(&u->opr, w);
        x->calls.opr = (uint16_t)calls_of_opr(u, w);
    }
    if (x->stale & CORE_DRAIN)
        its_drain_drive(&u->drain, w);
}

void its_core_drive(const its_core *u, its_core_wires *x)
{
    its_wires *w = &x->w;
    its_core_calls *calls = &x->calls;
    unsigned stale = x->stale;
    bool registers = false;

    if (stale == 0)
        return;
    if (stale & CORE_GITS) {
        registers = u->gits.settle || !x->facts_known;
        if (registers)
            drive_registers(u, x);
        else
            its_gits_drive_intake(&u->gits, w);
        calls->gits = (uint16_t)calls_of_gits(u, w);
    }
    if (stale & CORE_MSIQ) {
        its_msiq_drive(&u->msiq, w);
        calls->msiq = (uint16_t)calls_of_msiq(u);
    }
    if (stale & CORE_XLAT) {
        its_xlat_drive(&u->xlat, w);
        calls->xlat = (uint16_t)calls_of_xlat(u);
    }
    if (stale & CORE_STORE)
        its_store_drive(&u->store, w);
    if (stale & (CORE_STORE | CORE_DRAIN))
        calls->store = (uint16_t)calls_of_store(u, w->profile);
    if (stale & CORE_RDLINK) {
        its_rdlink_drive(&u->rdlink, w);
        calls->rdlink = (uint16_t)calls_of_rdlink(u, w);
    }
    if (stale & CORE_SELDOM)
        drive_seldom(u, x);
    if (registers || (stale & (CORE_CMDF | CORE_DRAIN)))
        calls->registers = (uint16_t)calls_of_registers(u, w);
    x->due = calls->gits | calls->msiq | calls->xlat | calls->store | calls->rdlink | calls->cmdf |
             calls->cmdx | calls->opr | calls->registers;
    x->stale = 0;
}

/* --- the edge --------------------------------------------------------------------------------------- */

__attribute__((noinline)) static void clock_commands(its_core *u, const its_wires *w,
                                                     unsigned units)
{
    if (units & CORE_CMDF)
        its_cmdf_clock(&u->cmdf, w);
    if (units & CORE_CMDX)
        its_cmdx_clock(&u->cmdx, w);
}

__attribute__((noinline)) static void clock_control(its_core *u, const its_wires *w, unsigned units)
{
    if (units & CORE_OPR)
        its_opr_clock(&u->opr, w);
    if (units & CORE_DRAIN)
        its_drain_clock(&u->drain, w);
}

void its_core_clock(its_core *u, its_line *lines, its_core_wires *x)
{
    const its_wires *w = &x->w;
    unsigned units = x->due | calls_from_outside(u, w);

    if (units & CORE_GITS)
        its_gits_clock(&u->gits, w);
    if (units & CORE_MSIQ)
        its_msiq_clock(&u->msiq, w);
    if (units & (CORE_CMDF | CORE_CMDX))
        clock_commands(u, w, units);
    if (units & CORE_XLAT)
        its_xlat_clock(&u->xlat, w);
    if (units & CORE_STORE)
        its_store_clock(&u->store, lines, w);
    if (units & CORE_RDLINK)
        its_rdlink_clock(&u->rdlink, w);
    if (units & (CORE_OPR | CORE_DRAIN))
        clock_control(u, w, units);
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
