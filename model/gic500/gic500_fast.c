/* SPDX-License-Identifier: MIT */
/* gic500_fast.c - the whole GIC-500 without time: calls that run to completion. */
#include "gic500/parts.h"
#include "its/fast.h"

/* One call into the fast face. */
typedef struct fast_call {
    gic500 *g;
    its_fast its;
} fast_call;

typedef struct handed_on {
    its_handed_over *taker;
    void *host;
} handed_on;

static void hand_on(void *host, const its_rdack *ack)
{
    const handed_on *h = host;
    h->taker(h->host, ack);
}

static its_rdack tell_rd(void *host, unsigned rd, const its_rdmsg *msg, its_handed_over *handed,
                         void *handed_host)
{
    fast_call *call = host;
    gic500 *g = call->g;
    handed_on h = {.taker = handed, .host = handed_host};
    gicr_context x = gic500_rd_context(g, rd, call->its.memory);

    x.handed_over = handed ? hand_on : NULL;
    x.host = &h;
    its_rdset_put(&g->stale, rd, true); /* its levels may change */
    return gicr_fast_message(&g->rd[rd], msg, &x);
}

static void begin(fast_call *call, gic500 *g, const its_memory *memory)
{
    g->s->in_reset = false; /* no edge need lie between a reset and a call */
    g->x.w.asleep = gic500_asleep(g);
    *call = (fast_call){.g = g};
    call->its = (its_fast){.core = &g->s->core,
                           .lines = g->lines,
                           .x = &g->x,
                           .memory = memory,
                           .message = tell_rd,
                           .host = call};
}

/* A call from a host that has not got the fast face, or no memory, does nothing. */
static bool allowed(const gic500 *g, const its_memory *memory)
{
    return g->s->face == ITS_FACE_FAST && memory && memory->read && memory->write;
}

/* --- time ----------------------------------------------------------------------------------------- */

void gic500_fast_time(gic500 *g, uint64_t cycle)
{
    gic500_state *s = g->s;
    fast_call call;

    if (s->face != ITS_FACE_FAST)
        return;
    if (cycle > s->cycle)
        s->cycle = cycle;
    g->probe.cycle = s->cycle;
    if (s->core.drain.state != ITS_WRITEBACK || s->cycle < s->drain_until)
        return;
    begin(&call, g, NULL); /* nothing is dirty any more: no memory is needed */
    its_fast_drain(&call.its);
    s->commands_wait = s->core.drain.state == ITS_ON;
}

/* Commands that a remembered enable found in the queue, once there is memory to fetch them from. */
static void run_waiting_commands(fast_call *call)
{
    gic500_state *s = call->g->s;

    if (!s->commands_wait)
        return;
    s->commands_wait = false;
    its_fast_commands(&call->its);
}

/* --- registers -------------------------------------------------------------------------------------- */

static void apply_levels(gic500 *g, const its_memory *memory)
{
    bool group1 = gicd_group1_enabled(&g->s->dist);

    g->levels_stale = true;
    for (unsigned rd = 0; rd < g->profile.redistributors; rd++) {
        gicr_context x = gic500_rd_context(g, rd, memory);
        its_rdset_put(&g->stale, rd, true);
        gicr_fast_levels(&g->rd[rd], g->s->sleep.sleep, g->s->sleep.quiescent, group1, &x);
    }
}

static its_access_result access_rd(gic500 *g, const its_access *a, const its_memory *memory)
{
    gicr_context x = gic500_rd_context(g, a->rd, memory);
    bool sleep_write;
    bool value;

    its_rdset_put(&g->stale, a->rd, true);
    its_access_result r = gicr_fast_access(&g->rd[a->rd], a, &x, &sleep_write, &value);

    if (!sleep_write || value == g->s->sleep.sleep || !gic500_may_sleep(g, value))
        return r;
    g->s->sleep = (gic500_sleep){.sleep = value};
    apply_levels(g, memory);
    g->s->sleep.quiescent = value; /* every redistributor has flushed by now */
    apply_levels(g, memory);
    return r;
}

/* The write-back was done at once; Quiescent shows when it would have ended. */
static void note_drain(gic500 *g, uint64_t took)
{
    gic500_state *s = g->s;
    uint64_t least = s->core.drain.least;

    if (s->core.drain.state == ITS_WRITEBACK && s->core.drain.disabled_at == s->cycle &&
        s->drain_until <= s->cycle)
        s->drain_until = s->cycle + (took + 1u > least ? took + 1u : least);
}

static bool to_rd(const its_access *a)
{
    return a->frame == ITS_FRAME_GICR || a->frame == ITS_FRAME_GICR_SGI;
}

its_access_result gic500_fast_access(gic500 *g, const its_access *access, const its_memory *memory,
                                     uint64_t memory_latency, uint64_t *latency)
{
    its_access_result r = {.fault = !allowed(g, memory)};
    fast_call call;

    if (latency)
        *latency = 1;
    if (r.fault || (to_rd(access) && access->rd >= g->profile.redistributors))
        return r;
    begin(&call, g, memory);
    gic500_fast_time(g, g->s->cycle);
    run_waiting_commands(&call);
    switch ((its_frame)access->frame) {
    case ITS_FRAME_GITS:
    case ITS_FRAME_TRANSLATION:
        r = its_fast_access(&call.its, access);
        break;
    case ITS_FRAME_GICD:
        r = gicd_fast_access(&g->s->dist, access, &g->profile, &g->probe);
        apply_levels(g, memory);
        break;
    case ITS_FRAME_GICR:
    case ITS_FRAME_GICR_SGI:
        r = access_rd(g, access, memory);
        break;
    case ITS_FRAME_NONE:
        break;
    }
    uint64_t took = call.its.cycles + call.its.accesses * memory_latency;
    if (access->frame == ITS_FRAME_GITS && access->write)
        note_drain(g, took);
    if (latency)
        *latency = took + 1u;
    return r;
}

bool gic500_fast_msi(gic500 *g, uint32_t device, uint32_t event, const its_memory *memory)
{
    fast_call call;

    if (!allowed(g, memory))
        return false;
    begin(&call, g, memory);
    run_waiting_commands(&call);
    return its_fast_msi(&call.its, device, event);
}

uint32_t gic500_fast_acknowledge(gic500 *g, unsigned rd, const its_memory *memory)
{
    if (!allowed(g, memory) || rd >= g->profile.redistributors)
        return GIC500_SPURIOUS;
    gicr_context x = gic500_rd_context(g, rd, memory);
    its_rdset_put(&g->stale, rd, true);
    return gicr_fast_acknowledge(&g->rd[rd], &x);
}
