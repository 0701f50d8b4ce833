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
    x->facts_known = false;
}

void its_core_drive(const its_core *u, its_core_wires *x)
{
    its_wires *w = &x->w;

    refresh_facts(u, x);
    its_gits_drive(&u->gits, w);
    its_msiq_drive(&u->msiq, w);
    its_cmdf_drive(&u->cmdf, w);
    its_cmdx_drive(&u->cmdx, w);
    its_xlat_drive(&u->xlat, w);
    its_store_drive(&u->store, w);
    its_rdlink_drive(&u->rdlink, w);
    its_drain_drive(&u->drain, w);
}

void its_core_clock(its_core *u, its_line *lines, const its_core_wires *x)
{
    const its_wires *w = &x->w;

    its_gits_clock(&u->gits, w);
    its_msiq_clock(&u->msiq, w);
    its_cmdf_clock(&u->cmdf, w);
    its_cmdx_clock(&u->cmdx, w);
    its_xlat_clock(&u->xlat, w);
    its_store_clock(&u->store, lines, w);
    its_rdlink_clock(&u->rdlink, w);
    its_drain_clock(&u->drain, w);
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
    wake = sooner(wake, sooner(its_xlat_wake(&u->xlat), its_store_wake(&u->store)));
    if (wake == 0)
        return 0;
    wake = sooner(wake, its_rdlink_wake(&u->rdlink, now));
    return sooner(wake, its_drain_wake(&u->drain, x->w.profile, now));
}

bool its_core_has_input(const its_core *u, const its_core_wires *x)
{
    const its_wires *w = &x->w;

    if (w->access.valid || w->memory.valid)
        return true;
    ITS_EACH_RD (rd, &u->rdlink.waiting)
        if (w->rd_ack[rd].valid)
            return true;
    return false;
}

bool its_core_idle(const its_core_wires *x)
{
    const its_wires *w = &x->w;

    return (w->drain == ITS_OFF || w->drain == ITS_ON) && w->reg_idle && w->msiq_idle &&
           w->xlat_idle && w->cmdf_idle && w->cmdx_idle && w->rdlink_idle && w->store_idle;
}

uint64_t its_core_peek(const its_core *u, const its_core_wires *x, uint32_t offset, unsigned bytes)
{
    return its_gits_peek(&u->gits, &x->w, offset, bytes);
}
