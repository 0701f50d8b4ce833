/* SPDX-License-Identifier: MIT */
/* cmdf.c - command fetch. */
#include "its/cmdf.h"

#include <string.h>

static uint32_t place(const its_cmdf *u)
{
    return its_ref_cmd(u->creadr / ITS_CMD_BYTES);
}

bool its_cmdf_behind(const its_cmdf *u, const its_wires *w)
{
    return u->creadr != w->cwriter && w->drain == ITS_ON && w->enabled && w->queue_valid &&
           !u->stalled;
}

bool its_cmdf_can_fetch(const its_cmdf *u, const its_wires *w)
{
    return its_cmdf_behind(u, w) && !((w->reads_owed >> ITS_ID_QUEUE) & 1u);
}

void its_cmdf_drive(const its_cmdf *u, its_wires *w)
{
    w->fetch_mem.valid = u->state == CMDF_ASK;
    if (w->fetch_mem.valid)
        w->fetch_mem.d = (its_mem_request){.addr = u->addr,
                                           .ref = place(u),
                                           .bytes = ITS_CMD_BYTES,
                                           .id = ITS_ID_QUEUE,
                                           .cache = u->cache,
                                           .client = ITS_CLIENT_QUEUE};
    w->command.valid = u->state == CMDF_OFFER;
    if (w->command.valid) {
        memcpy(w->command.d.dw, u->dw, sizeof u->dw);
        w->command.d.ref = place(u);
    }
    w->creadr = u->creadr;
    w->stalled = u->stalled;
    w->cmdf_idle = u->state == CMDF_IDLE;
    w->cmdf_error = u->error;
}

static void start(its_cmdf *u, const its_wires *w)
{
    u->addr = w->queue_base + u->creadr;
    u->cache = w->queue_cache;
    u->state = CMDF_ASK;
    its_emit(w->probe, ITS_UNIT_CMDF, ITS_EV_CMD_FETCH, place(u), u->addr, 0, 0);
}

void its_cmdf_retire(its_cmdf *u, const its_wires *w, bool stall)
{
    if (stall) {
        u->stalled = true;
        its_emit(w->probe, ITS_UNIT_CMDF, ITS_EV_CMD_STALL, place(u), 0, 0, 0);
        return;
    }
    u->creadr += ITS_CMD_BYTES;
    if (u->creadr >= w->queue_bytes)
        u->creadr = 0;
}

void its_cmdf_fault(its_cmdf *u, const its_wires *w, uint64_t addr)
{
    its_emit(w->probe, ITS_UNIT_CMDF, ITS_EV_CMD_FAULT, place(u), addr, 0, 0);
    its_cmdf_retire(u, w, w->profile->fetch_error == 0);
}

static void take_answer(its_cmdf *u, const its_wires *w)
{
    const its_mem_response *r = &w->memory;

    if (!r->valid || r->write || r->id != ITS_ID_QUEUE)
        return;
    if (r->fault) {
        its_cmdf_fault(u, w, u->addr);
        u->error = true;
        u->state = CMDF_IDLE;
        return;
    }
    memcpy(u->dw, r->data, sizeof u->dw);
    u->state = CMDF_OFFER;
}

static void finish(its_cmdf *u, const its_wires *w)
{
    its_cmdf_retire(u, w, w->retire_stall);
    memset(u->dw, 0, sizeof u->dw);
    u->state = CMDF_IDLE;
}

void its_cmdf_queue_reset(its_cmdf *u)
{
    u->creadr = 0;
    u->stalled = false;
}

void its_cmdf_retry(its_cmdf *u, const its_probe *probe)
{
    if (!u->stalled)
        return;
    u->stalled = false;
    its_emit(probe, ITS_UNIT_CMDF, ITS_EV_CMD_RETRY, place(u), 0, 0, 0);
}

static void step(its_cmdf *u, const its_wires *w)
{
    switch ((its_cmdf_state)u->state) {
    case CMDF_IDLE:
        if (its_cmdf_can_fetch(u, w))
            start(u, w);
        break;
    case CMDF_ASK:
        if (its_fire(&w->fetch_mem))
            u->state = CMDF_WAIT;
        break;
    case CMDF_WAIT:
        take_answer(u, w);
        break;
    case CMDF_OFFER:
        if (its_fire(&w->command))
            u->state = CMDF_RUN;
        break;
    case CMDF_RUN:
        if (w->retire)
            finish(u, w);
        break;
    }
}

void its_cmdf_clock(its_cmdf *u, const its_wires *w)
{
    its_cmdf_state before = (its_cmdf_state)u->state;

    u->error = false;
    /* A retry resumes a stall that software could see, so it comes before this edge's own stall.
     * CBASER is locked while anything is under way: a queue reset meets an idle fetch. */
    if (w->retry)
        its_cmdf_retry(u, w->probe);
    if (w->queue_reset)
        its_cmdf_queue_reset(u);
    step(u, w);
    u->settled = before == CMDF_IDLE && u->state == CMDF_IDLE;
}

uint64_t its_cmdf_wake(const its_cmdf *u)
{
    switch ((its_cmdf_state)u->state) {
    case CMDF_IDLE:
        return u->settled ? UINT64_MAX : 0;
    case CMDF_WAIT:
    case CMDF_RUN:
        return UINT64_MAX;
    case CMDF_ASK:
    case CMDF_OFFER:
        break;
    }
    return 0;
}

void its_cmdf_reset(its_cmdf *u)
{
    memset(u, 0, sizeof *u);
}
