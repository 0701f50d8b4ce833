/* SPDX-License-Identifier: MIT */
/* msiq.c - accepted MSIs waiting for the translator. */
#include "its/msiq.h"

#include <string.h>

void its_msiq_drive(const its_msiq *u, its_wires *w)
{
    w->msi.ready = u->count < w->profile->msi_queue;
    /* Up to 64 of them: only those that count are worth the copy. */
    for (unsigned i = 0; i < u->count; i++)
        w->msi_pool[i] = u->pool[i];
    w->msi_count = u->count;
    w->msiq_idle = u->count == 0;
}

static void take_out(its_msiq *u, unsigned place)
{
    u->count--;
    for (unsigned i = place; i < u->count; i++)
        u->pool[i] = u->pool[i + 1u];
    /* Unused places stay zero, so that equal queues are equal bytes. */
    memset(&u->pool[u->count], 0, sizeof u->pool[0]);
}

static bool waits(const its_msiq *u, const its_wires *w, const its_msi *msi)
{
    uint32_t event = its_msi_event(w->profile, msi->event);

    for (unsigned i = 0; i < u->count; i++)
        if (u->pool[i].device == msi->device &&
            its_msi_event(w->profile, u->pool[i].event) == event)
            return true;
    return false;
}

/* A device that repeats itself while its own translations wait must not fill the queue. */
static void take_in(its_msiq *u, const its_wires *w, const its_msi *msi)
{
    if (waits(u, w, msi))
        its_emit(w->probe, ITS_UNIT_MSIQ, ITS_EV_MSI_MERGE, msi->ref, msi->device, msi->event, 0);
    else
        u->pool[u->count++] = *msi;
}

void its_msiq_clock(its_msiq *u, const its_wires *w)
{
    /* Room was promised for the count before this edge; taking out first only adds to it. */
    if (w->msi_take && w->msi_taken < u->count)
        take_out(u, w->msi_taken);
    if (w->msi_back.ref != ITS_REF_NONE)
        u->pool[u->count++] = w->msi_back;
    if (its_fire(&w->msi))
        take_in(u, w, &w->msi.d);
    if (u->count > u->high) {
        u->high = u->count;
        its_emit(w->probe, ITS_UNIT_MSIQ, ITS_EV_LEVEL, ITS_REF_NONE, u->high, 0, ITS_QUEUE_MSI);
    }
}

uint64_t its_msiq_wake(const its_msiq *u)
{
    return u->count ? 0 : UINT64_MAX;
}

void its_msiq_reset(its_msiq *u)
{
    memset(u, 0, sizeof *u);
}
