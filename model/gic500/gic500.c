/* SPDX-License-Identifier: MIT */
/*
 * gic500.c - owner of the ITS core, the redistributors, the distributor, the slave port and the
 * master port: routes register accesses, messages, memory requests and their answers.
 */
#include "gic500/parts.h"

#include <string.h>

/* --- routing ------------------------------------------------------------------------------------- */

/* The channels the access of the slave port goes to; NULL when no frame is there. */
static its_access_ch *access_of(gic500 *g, uint8_t frame, unsigned rd)
{
    switch ((its_frame)frame) {
    case ITS_FRAME_GITS:
    case ITS_FRAME_TRANSLATION:
        return &g->x.w.access;
    case ITS_FRAME_GICD:
        return &g->dist_w.access;
    case ITS_FRAME_GICR:
    case ITS_FRAME_GICR_SGI:
        return &g->rd_w[rd].access;
    case ITS_FRAME_NONE:
        break;
    }
    return NULL;
}

static its_result_ch *result_of(gic500 *g, uint8_t frame, unsigned rd)
{
    switch ((its_frame)frame) {
    case ITS_FRAME_GITS:
    case ITS_FRAME_TRANSLATION:
        return &g->x.w.result;
    case ITS_FRAME_GICD:
        return &g->dist_w.result;
    case ITS_FRAME_GICR:
    case ITS_FRAME_GICR_SGI:
        return &g->rd_w[rd].result;
    case ITS_FRAME_NONE:
        break;
    }
    return NULL;
}

static bool to_rd(uint8_t frame)
{
    return frame == ITS_FRAME_GICR || frame == ITS_FRAME_GICR_SGI;
}

static void route_access(gic500 *g)
{
    its_access_ch *from = &g->slv_w.access;
    const gic500_state *s = g->s;

    g->x.w.access.valid = false;
    g->dist_w.access.valid = false;
    if (!from->valid)
        return;
    from->ready = !s->nowhere;
    its_access_ch *to = access_of(g, from->d.frame, from->d.rd);
    if (!to)
        return;
    to->valid = true;
    to->d = from->d;
    from->ready = to->ready;
    if (to_rd(from->d.frame))
        its_rdset_put(&g->awake, from->d.rd, true);
}

static void route_result(gic500 *g)
{
    its_result_ch *to = &g->slv_w.result;
    const gic500_state *s = g->s;

    g->x.w.result.ready = false;
    g->dist_w.result.ready = false;
    to->valid = s->nowhere;
    if (!to->ready)
        return;
    its_result_ch *from = result_of(g, s->target, s->target_rd);
    to->d = (its_access_result){.fault = false};
    if (!from)
        return;
    to->valid = from->valid;
    to->d = from->d;
    from->ready = to->ready;
}

/* The one redistributor whose request the master is offered. */
static void route_request(gic500 *g)
{
    const gic500_lpi_bus *bus = &g->s->lpi_bus;

    g->lpi_mem.valid = bus->pick != GIC500_NO_RD;
    if (!g->lpi_mem.valid)
        return;
    gicr_wires *r = &g->rd_w[bus->pick];
    g->lpi_mem.d = r->mem.d;
    g->lpi_mem.d.id = (uint8_t)(ITS_ID_RD + bus->pick_id);
    r->mem.ready = g->lpi_mem.ready;
}

/* A response is on the wires for one cycle, and the master is driven in each in which there is one. */
static void route_response(gic500 *g)
{
    const its_mem_response *m = &g->mst_w.response;

    g->x.w.memory.valid = m->valid && m->id < ITS_ID_RD;
    g->x.w.reads_owed = g->mst_w.reads_owed;
    g->x.w.writes_owed = g->mst_w.writes_owed;
    if (g->x.w.memory.valid)
        g->x.w.memory = *m;
}

/* A redistributor may be driven again in that cycle, which withdraws what it was shown. */
static void give_response(gic500 *g)
{
    const its_mem_response *m = &g->mst_w.response;
    const gic500_lpi_bus *bus = &g->s->lpi_bus;

    if (!m->valid || m->id < ITS_ID_RD || bus->owner[m->id - ITS_ID_RD] == GIC500_NO_RD)
        return;
    unsigned rd = bus->owner[m->id - ITS_ID_RD];
    g->rd_w[rd].response = m;
    its_rdset_put(&g->awake, rd, true);
}

ITS_SELDOM
static void levels(gic500 *g)
{
    bool group1 = gicd_group1_enabled(&g->s->dist);
    const gic500_sleep *sleep = &g->s->sleep;

    g->levels_stale = false;
    for (unsigned rd = 0; rd < g->profile.redistributors; rd++) {
        g->rd_w[rd].sleep = sleep->sleep;
        g->rd_w[rd].sleep_set = gic500_asleep(g);
        g->rd_w[rd].quiescent = sleep->quiescent;
        g->rd_w[rd].group1_enabled = group1;
        its_rdset_put(&g->awake, rd, true);
    }
}

/* Its inputs are withdrawn: they are routed anew in every cycle in which there are any. */
static void drive_rd(gic500 *g, unsigned rd)
{
    gicr_wires *w = &g->rd_w[rd];

    gicr_drive(&g->rd[rd], w);
    w->access.valid = false;
    w->mem.ready = false;
    w->result.ready = false;
    w->response = NULL;
    its_rdset_put(&g->x.w.rd_acked, rd, w->ack->valid);
    its_rdset_put(&g->wants, rd, w->mem.valid);
    if (w->sleep_write)
        g->sleeper = (uint16_t)rd;
    its_rdset_put(&g->lpi, rd, w->lpi);
    its_rdset_put(&g->wake_request, rd, w->wake_request);
}

static void drive_rds(gic500 *g)
{
    /* Another redistributor may be driven again before the edge that sees the write. */
    if (g->sleeper != GIC500_NO_RD && its_rdset_has(&g->stale, g->sleeper))
        g->sleeper = GIC500_NO_RD;
    ITS_EACH_RD (rd, &g->stale)
        drive_rd(g, rd);
    g->stale = (its_rdset){{0}};
}

/* From the write of WAKER.Sleep on: MSIs that went on coming would put the flush off for ever. */
bool gic500_asleep(const gic500 *g)
{
    return g->s->sleep.asked || g->s->sleep.sleep;
}

void gic500_drive_wires(gic500 *g)
{
    g->x.w.asleep = gic500_asleep(g);
    its_core_drive(&g->s->core, &g->x);
    g->slv_w.msi_room = g->x.w.msi_room;
    if (g->dist_stale)
        gicd_drive(&g->s->dist, &g->dist_w);
    if (g->slv_stale) {
        its_slv_drive(&g->s->slv, &g->slv_w, &g->s_axi);
        g->slv_awake = its_slv_wake(&g->s->slv) == 0;
    }
    if (g->mst_stale) {
        its_mst_drive(&g->s->mst, &g->mst_w, &g->m_axi);
        g->mst_awake = its_mst_wake(&g->s->mst) == 0;
        route_response(g);
    }
    if (its_rdset_any(&g->stale))
        drive_rds(g);
    give_response(g);
    g->dist_stale = g->slv_stale = g->mst_stale = false;
    if (g->levels_stale)
        levels(g);
    route_access(g);
    route_result(g);
    route_request(g);
    g->awake = its_rdset_join(&g->awake, &g->x.w.rd_offered);
}

/* In the fast face accesses come by call; the master port still takes the answers it is owed. */
static void show_slave_port(const gic500 *g, its_axi *port)
{
    bool open = g->s->face == ITS_FACE_CLOCKED;

    port->aw.ready = open && g->s_axi.aw.ready;
    port->w.ready = open && g->s_axi.w.ready;
    port->ar.ready = open && g->s_axi.ar.ready;
    port->b.valid = g->s_axi.b.valid;
    if (port->b.valid)
        port->b.d = g->s_axi.b.d;
    port->r.valid = g->s_axi.r.valid;
    if (port->r.valid)
        port->r.d = g->s_axi.r.d;
}

static void show_master_port(const gic500 *g, its_axi *port)
{
    port->ar.valid = g->m_axi.ar.valid;
    if (port->ar.valid)
        port->ar.d = g->m_axi.ar.d;
    port->aw.valid = g->m_axi.aw.valid;
    if (port->aw.valid)
        port->aw.d = g->m_axi.aw.d;
    port->w.valid = g->m_axi.w.valid;
    if (port->w.valid)
        port->w.d = g->m_axi.w.d;
    port->r.ready = g->m_axi.r.ready;
    port->b.ready = g->m_axi.b.ready;
}

void gic500_show(const gic500 *g, gic500_pins *pins)
{
    show_slave_port(g, &pins->s_axi);
    show_master_port(g, &pins->m_axi);
    memcpy(pins->lpi, g->lpi.bits, sizeof pins->lpi);
    memcpy(pins->wake_request, g->wake_request.bits, sizeof pins->wake_request);
    pins->syserr = g->s->core.gits.report.syserr;
    pins->umsi_irq = its_report_interrupt(&g->s->core.gits.report);
}

void gic500_drive(gic500 *g, gic500_pins *pins)
{
    gic500_drive_wires(g);
    gic500_show(g, pins);
}

/* --- the edge -------------------------------------------------------------------------------------- */

static void clock_access(gic500 *g)
{
    gic500_state *s = g->s;

    if (s->nowhere && g->slv_w.result.ready)
        s->nowhere = false;
    if (!its_fire(&g->slv_w.access))
        return;
    s->target = g->slv_w.access.d.frame;
    s->target_rd = g->slv_w.access.d.rd;
    s->nowhere = s->target == ITS_FRAME_NONE;
}

static bool lpi_id_free(const gic500 *g, unsigned i)
{
    uint32_t owed = (uint32_t)g->mst_w.reads_owed | g->mst_w.writes_owed;
    return g->s->lpi_bus.owner[i] == GIC500_NO_RD && !((owed >> (ITS_ID_RD + i)) & 1u);
}

static void pick_request(gic500 *g)
{
    gic500_lpi_bus *bus = &g->s->lpi_bus;
    unsigned id = 0;

    while (id < g->profile.lpi_ids && !lpi_id_free(g, id))
        id++;
    if (id == g->profile.lpi_ids)
        return;
    unsigned chosen = ITS_MAX_RD;
    ITS_EACH_RD (rd, &g->wants) {
        if (its_fire(&g->rd_w[rd].mem))
            continue;
        if (chosen == ITS_MAX_RD || (rd >= bus->turn && chosen < bus->turn))
            chosen = rd;
    }
    if (chosen == ITS_MAX_RD)
        return;
    bus->pick = (uint16_t)chosen;
    bus->pick_id = (uint8_t)id;
    bus->turn = (uint16_t)(chosen + 1u);
}

static void clock_lpi_bus(gic500 *g)
{
    gic500_lpi_bus *bus = &g->s->lpi_bus;
    const its_mem_response *m = &g->mst_w.response;

    if (m->valid && m->id >= ITS_ID_RD)
        bus->owner[m->id - ITS_ID_RD] = GIC500_NO_RD;
    if (bus->pick != GIC500_NO_RD) {
        if (!its_fire(&g->lpi_mem))
            return;
        bus->owner[bus->pick_id] = bus->pick;
        bus->pick = GIC500_NO_RD;
    }
    if (its_rdset_any(&g->wants))
        pick_request(g);
}

bool gic500_may_sleep(const gic500 *g, bool value)
{
    if (!value)
        return g->s->sleep.quiescent;
    for (unsigned rd = 0; rd < g->profile.redistributors; rd++)
        if (!g->rd[rd].processor_sleep || !g->rd[rd].children_asleep)
            return false;
    return true;
}

static bool all_flushed(const gic500 *g)
{
    for (unsigned rd = 0; rd < g->profile.redistributors; rd++)
        if (!g->rd_w[rd].flushed)
            return false;
    return true;
}

/* No accepted MSI is on its way: LPIs whose write was answered survive the flush (GIC-600 TRM). */
static bool msis_arrived(const gic500 *g)
{
    const its_wires *w = &g->x.w;
    return w->reg_idle && w->msiq_idle && w->xlat_idle && w->rdlink_idle;
}

static void sleep_written(gic500 *g, bool value)
{
    gic500_sleep *sleep = &g->s->sleep;

    if (value == gic500_asleep(g) || !gic500_may_sleep(g, value))
        return;
    *sleep = (gic500_sleep){.asked = value};
}

/* WAKER.Quiescent is about to rise. */
static bool falls_asleep(const gic500 *g)
{
    return g->s->sleep.sleep && !g->s->sleep.quiescent && all_flushed(g);
}

/* ProcessorSleep was cleared at the edge at which Sleep took effect, or before the redistributor saw it. */
static bool woken(const gic500 *g)
{
    return g->s->sleep.sleep && !g->s->sleep.quiescent && !gic500_may_sleep(g, true);
}

ITS_SELDOM
static void clock_sleep(gic500 *g)
{
    gic500_sleep *sleep = &g->s->sleep;

    g->levels_stale = true;
    /* A processor that woke meanwhile is not to find its LPIs gone. */
    if (sleep->asked && msis_arrived(g))
        *sleep = (gic500_sleep){.sleep = gic500_may_sleep(g, true)};
    else if (woken(g))
        sleep->sleep = false;
    else if (falls_asleep(g))
        sleep->quiescent = true;
    if (g->sleeper != GIC500_NO_RD)
        sleep_written(g, g->rd_w[g->sleeper].sleep_value);
}

static void clock_rds(gic500 *g)
{
    ITS_EACH_RD (rd, &g->awake) {
        if (gicr_due(&g->rd[rd], &g->rd_w[rd])) {
            gicr_clock(&g->rd[rd], &g->rd_w[rd]);
            its_rdset_put(&g->stale, rd, true);
        } else {
            its_rdset_put(&g->awake, rd, false);
        }
    }
}

ITS_SELDOM
static void reset_units(gic500 *g, const its_axi *m_axi)
{
    gic500_state *s = g->s;

    if (!s->in_reset)
        its_emit(&g->probe, ITS_UNIT_DRAIN, ITS_EV_RESET, ITS_REF_NONE, 0, 0, 0);
    its_mst_reset(&s->mst, m_axi);
    its_slv_reset(&s->slv);
    its_core_reset(&s->core, g->lines, &g->x);
    gicd_reset(&s->dist, &g->dist_w);
    for (unsigned rd = 0; rd < g->profile.redistributors; rd++)
        gicr_reset(&g->rd[rd], &g->rd_w[rd]);
    memset(&s->lpi_bus, 0, sizeof s->lpi_bus);
    for (unsigned i = 0; i < GIC500_LPI_IDS; i++)
        s->lpi_bus.owner[i] = GIC500_NO_RD;
    s->lpi_bus.pick = GIC500_NO_RD;
    s->sleep = (gic500_sleep){.sleep = false};
    s->target = ITS_FRAME_NONE;
    s->target_rd = 0;
    s->nowhere = false;
    s->drain_until = 0;
    s->commands_wait = false;
    s->in_reset = true;
    gic500_touch(g);
}

/* As its_core_clock: only what is awake or has an input. */
static void clock_mst(gic500 *g, const its_axi *port)
{
    if (!port->r.valid && !port->b.valid && !g->x.w.store_mem.valid && !g->x.w.fetch_mem.valid &&
        !g->lpi_mem.valid && !g->mst_awake)
        return;
    its_mst_clock(&g->s->mst, &g->mst_w, port);
    g->mst_stale = true;
}

static void clock_slv(gic500 *g, const its_axi *port)
{
    if (!port->aw.valid && !port->w.valid && !port->ar.valid && !g->slv_w.result.valid &&
        !g->slv_awake)
        return;
    its_slv_clock(&g->s->slv, &g->slv_w, port);
    g->slv_stale = true;
}

ITS_SELDOM
static void clock_dist(gic500 *g)
{
    gicd_clock(&g->s->dist, &g->dist_w);
    g->dist_stale = g->levels_stale = true;
}

static inline void clock_units(gic500 *g, const gic500_pins *pins)
{
    gic500_state *s = g->s;

    s->in_reset = false;
    clock_mst(g, &pins->m_axi);
    if (s->face == ITS_FACE_FAST) {
        s->core.gits.report.syserr = false;
        return;
    }
    clock_access(g);
    if ((gic500_asleep(g) || g->sleeper != GIC500_NO_RD) && g->profile.waker_sleep)
        clock_sleep(g);
    clock_rds(g);
    clock_lpi_bus(g);
    if (g->dist_w.access.valid || gicd_wake(&g->s->dist) == 0)
        clock_dist(g);
    clock_slv(g, &pins->s_axi);
    its_core_clock(&s->core, g->lines, &g->x);
}

ITS_SELDOM
static void switch_face(gic500 *g)
{
    gic500_state *s = g->s;

    if (!gic500_look(g).idle)
        return;
    s->face = s->face_wanted;
    s->commands_wait = false; /* a clocked ITS fetches them by itself */
    gic500_touch(g);
}

void gic500_clock(gic500 *g, const gic500_pins *pins)
{
    gic500_state *s = g->s;

    g->probe.cycle = s->cycle;
    if (!pins->resetn)
        reset_units(g, &pins->m_axi);
    else
        clock_units(g, pins);
    s->cycle++;
    g->probe.cycle = s->cycle;
    if (s->face == ITS_FACE_FAST)
        gic500_fast_time(g, s->cycle);
    if (s->face != s->face_wanted)
        switch_face(g);
}

uint64_t gic500_wake(const gic500 *g)
{
    const gic500_state *s = g->s;
    uint64_t wake = its_core_wake(&s->core, &g->x, s->cycle);
    uint64_t more;

    if (s->face != s->face_wanted || s->core.gits.report.syserr)
        return 0;
    if (s->face == ITS_FACE_FAST)
        return s->drain_until > s->cycle ? s->drain_until - s->cycle : UINT64_MAX;
    if (wake == 0 || s->sleep.asked || woken(g) || falls_asleep(g) || s->nowhere || s->in_reset ||
        s->lpi_bus.pick != GIC500_NO_RD)
        return 0;
    more = its_slv_wake(&s->slv);
    wake = more < wake ? more : wake;
    more = its_mst_wake(&s->mst);
    wake = more < wake ? more : wake;
    more = gicd_wake(&s->dist);
    wake = more < wake ? more : wake;
    if (wake == 0)
        return 0;
    ITS_EACH_RD (rd, &g->awake) {
        if (gicr_due(&g->rd[rd], &g->rd_w[rd]))
            return 0;
        more = gicr_wake(&g->rd[rd]);
        wake = more < wake ? more : wake;
    }
    return wake;
}

its_status gic500_skip(gic500 *g, uint64_t n)
{
    if (n > gic500_wake(g))
        return ITS_E_BUSY;
    g->s->cycle += n;
    g->probe.cycle = g->s->cycle;
    if (g->s->face == ITS_FACE_FAST)
        gic500_fast_time(g, g->s->cycle);
    return ITS_OK;
}
