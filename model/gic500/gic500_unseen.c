/* SPDX-License-Identifier: MIT */
/*
 * gic500_unseen.c - how long a host may leave a gic500 alone: edges at which nothing can be seen from
 * outside, and running them.
 *
 * The figures are distances in the pipeline (docs/timing.md), counted from the state before an edge:
 * what cannot have passed the units in between cannot be on a pin. They are bounds; saying less than
 * there is costs the host a look, nothing else. Whatever is not an MSI on its way to its redistributor
 * counts as seen at once.
 */
#include "gic500/parts.h"

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/*
 * No command, table read, write-back, register change, face change, sleep or report is about. Perturbed,
 * a lookup may set off a write. Nearly always every answer is needed, so they are joined without
 * branches.
 */
static bool only_msis(const gic500 *g)
{
    const gic500_state *s = g->s;
    const its_wires *w = &g->x.w;
    const its_gits *gits = &s->core.gits;
    const its_report *report = &gits->report;
    bool steady = w->cmdf_idle & w->cmdx_idle & w->opr_idle & w->store_idle & g->mst_w.idle &
                  w->enabled & (w->drain == ITS_ON) & (s->face == ITS_FACE_CLOCKED) &
                  (s->face_wanted == ITS_FACE_CLOCKED) & (s->lpi_bus.pick == GIC500_NO_RD) &
                  (g->sleeper == GIC500_NO_RD);
    bool commands = ((w->creadr != w->cwriter) & !w->stalled) | w->retry | w->queue_reset |
                    (w->hold.kind != ITS_HOLD_NONE) | w->compound_busy | w->command_acked;
    bool changes = ((gits->settle | w->invalidate) != 0) | gits->enable_wanted | w->base_changed |
                   w->opr_written | w->line_lock.valid | s->in_reset | s->sleep.asked |
                   (s->sleep.sleep & !s->sleep.quiescent) | its_rdset_any(&g->wants);
    bool reports = ((g->profile.perturb | g->profile.seis | report->fctlr) != 0) |
                   report->umsi_irq | report->syserr;

    return steady & !commands & !changes & !reports;
}

/*
 * A lookup on offer is answered, taken, and a fetch it leads to passes a miss register and the
 * master's queue before its address is on the bus. A message takes no less. When the answer is there
 * already, it is an edge less.
 */
enum { LOOKUP = 4, ANSWERED = LOOKUP - 1 };

/* An access on its way: carried out, answered, and only then its response is on the pins. */
static uint64_t port_unseen(const its_slv *u, bool answers)
{
    if (!answers)
        return u->writes_open ? LOOKUP : UINT64_MAX;
    if (u->bs | u->rs)
        return 0; /* on the pins now */
    if (u->state == SLV_IDLE)
        return u->reads || (u->writes && u->beats) ? 0 : UINT64_MAX;
    if (u->access.write && u->access.frame != ITS_FRAME_TRANSLATION)
        return 0;
    return u->state == SLV_OFFER ? 2 : 1;
}

static uint64_t translator_unseen(const gic500 *g)
{
    const its_xlat *u = &g->s->core.xlat;
    uint64_t unseen = UINT64_MAX;

    if ((u->in[XLAT_ASK] | u->in[XLAT_WANT_FETCH] | u->in[XLAT_FETCH]) || u->fetch.valid)
        return 0;
    if (u->in[XLAT_SEND] || u->message.valid)
        unseen = 2u + g->profile.rd_cycles;
    if (u->in[XLAT_WANT_LOOKUP] | u->in[XLAT_LOOKUP])
        unseen = sooner(unseen, g->x.w.xlat_answer.valid ? ANSWERED : LOOKUP);
    for (uint32_t set = u->in[XLAT_START]; set; set &= set - 1)
        unseen = sooner(unseen, LOOKUP + u->slot[__builtin_ctz(set)].count);
    if (g->x.w.msi_count | g->s->core.gits.msi_count)
        unseen = sooner(unseen, LOOKUP);
    return unseen;
}

/* A message on offer is taken at the coming edge and carried out at the one after. */
static uint64_t messages_unseen(const gic500 *g)
{
    const its_rdlink *u = &g->s->core.rdlink;
    uint64_t now = g->s->cycle;
    uint64_t rest = UINT64_MAX - 2u;

    if (its_rdset_any(&u->offer))
        return 1;
    ITS_EACH_RD (rd, &u->queued) {
        uint64_t due = u->port[rd].queue[u->port[rd].head].due;
        rest = sooner(rest, due > now ? due - now : 0);
    }
    return 2u + rest;
}

/* Acknowledgements are all it has to do: they end at the ITS. */
static bool redistributor_rests(const gicr *u)
{
    bool steady =
        (u->on == (u->enable & !u->sleep)) & !u->rwp & (u->children_asleep == u->processor_sleep);
    bool works = ((u->messages | u->job | u->access) != 0) | u->offered | u->direct |
                 u->result_valid | u->sleep_write;
    uint64_t spilled = 0;

    for (unsigned i = 0; i < GICR_CHUNKS / 64; i++)
        spilled |= u->spilled[i];
    return steady & !works & (spilled == 0);
}

bool gic500_rests(const gic500 *g, unsigned rd)
{
    return rd >= g->profile.redistributors || redistributor_rests(&g->rd[rd]);
}

static bool redistributors_rest(const gic500 *g)
{
    ITS_EACH_RD (rd, &g->awake)
        if (!redistributor_rests(&g->rd[rd]))
            return false;
    return true;
}

/* What most often says no comes first. */
uint64_t gic500_unseen(const gic500 *g, bool answers)
{
    uint64_t unseen = redistributors_rest(g) ? port_unseen(&g->s->slv, answers) : 0;

    if (unseen > 0)
        unseen = sooner(unseen, translator_unseen(g));
    if (unseen > 0 && only_msis(g))
        return sooner(unseen, messages_unseen(g));
    return gic500_wake(g);
}

uint64_t gic500_run(gic500 *g, gic500_pins *pins, uint64_t n)
{
    its_axi *s = &pins->s_axi;
    its_axi *m = &pins->m_axi;
    uint64_t done = 0;

    s->aw.valid = s->w.valid = s->ar.valid = s->b.ready = s->r.ready = false;
    m->aw.ready = m->w.ready = m->ar.ready = m->b.valid = m->r.valid = false;
    while (done < n && !(g->s_axi.b.valid | g->s_axi.r.valid)) {
        gic500_clock(g, pins);
        gic500_drive_wires(g);
        done++;
    }
    gic500_show(g, pins);
    return done;
}
