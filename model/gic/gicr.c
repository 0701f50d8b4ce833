/* SPDX-License-Identifier: MIT */
/* gicr.c - redistributor: its ports, which job comes next, and the CPU interface's view. */
#include "gic/gicr_parts.h"

#include <string.h>

/* --- sequencer ------------------------------------------------------------------------------------ */

static void begin(gicr *u, unsigned job, uint32_t ref)
{
    u->job = (uint8_t)job;
    u->stage = 0;
    u->ref = ref;
}

/* Oldest message to a redistributor that is not in use: answered whatever the sequencer does. */
static bool must_refuse(const gicr *u)
{
    return !u->live && u->messages && u->acks < GICR_FIFO && (u->sleep || !u->enable) &&
           u->job != GICR_JOB_MESSAGE;
}

static bool message_ready(const gicr *u)
{
    return u->messages && u->live && u->acks < GICR_FIFO;
}

static bool must_flush(const gicr *u)
{
    return u->on && (!u->enable || u->sleep);
}

static bool must_load(const gicr *u)
{
    return !u->on && u->enable && !u->sleep;
}

/* Something to do for a sequencer without a job. */
static bool has_work(const gicr *u)
{
    if (u->live)
        return message_ready(u) || u->direct || gicr_wants_refill(u);
    return must_flush(u) || must_load(u) || (u->rwp && !u->on) || u->direct;
}

ITS_SELDOM
static void begin_direct(gicr *u)
{
    begin(u, u->direct_all ? GICR_JOB_DIRECT_ALL : GICR_JOB_DIRECT, ITS_REF_NONE);
    u->intid = u->direct_intid;
    u->direct = false;
    u->direct_all = false;
}

/* A refused message takes its cycle here; otherwise its job begins. */
static void begin_message(gicr *u, const gicr_context *x)
{
    const its_rdmsg *m = &u->message[u->message_head];
    its_rd_outcome outcome = gicr_refusal(u, m, x);

    if (outcome != RD_DONE) {
        gicr_refuse(u, outcome, x);
        return;
    }
    begin(u, GICR_JOB_MESSAGE, m->ref);
    u->intid = m->intid;
}

/* Refills and messages take turns, so that neither starves the other. False: there is nothing to do. */
static bool choose(gicr *u, const gicr_context *x)
{
    if (must_flush(u))
        begin(u, GICR_JOB_FLUSH, ITS_REF_NONE);
    else if (must_load(u))
        begin(u, GICR_JOB_LOAD, ITS_REF_NONE);
    else if (u->direct)
        begin_direct(u);
    else if (message_ready(u) && !(u->refill_turn && gicr_wants_refill(u)))
        begin_message(u, x);
    else if (gicr_wants_refill(u))
        begin(u, GICR_JOB_REFILL, ITS_REF_NONE);
    else
        return false;
    return true;
}

static bool run_job(gicr *u, const gicr_context *x)
{
    switch (u->job) {
    case GICR_JOB_MESSAGE:
        return gicr_job_message(u, x);
    case GICR_JOB_DIRECT:
    case GICR_JOB_DIRECT_ALL:
        return gicr_job_direct(u, x);
    case GICR_JOB_LOAD:
        return gicr_job_load(u, x);
    case GICR_JOB_FLUSH:
        return gicr_job_flush(u, x);
    case GICR_JOB_REFILL:
        u->refill_turn = false;
        return gicr_job_refill(u, x);
    default:
        return false;
    }
}

/* EnableLPIs 1 to 0 is complete: the table is software's now. */
ITS_SELDOM
static void end_disable(gicr *u, const gicr_context *x)
{
    u->rwp = false;
    gicr_report(x, ITS_EV_LPI_ENABLE, ITS_REF_NONE, 0, 0);
}

ITS_SELDOM
static void refuse(gicr *u, const gicr_context *x)
{
    its_rd_outcome outcome = gicr_refusal(u, &u->message[u->message_head], x);

    if (outcome == RD_DONE)
        gicr_finish_message(u, RD_DONE, false);
    else
        gicr_refuse(u, outcome, x);
}

bool gicr_step(gicr *u, const gicr_context *x)
{
    bool busy = must_refuse(u);

    if (busy)
        refuse(u, x);
    if (u->access)
        return busy;
    if (u->job || choose(u, x))
        busy = true;
    if (u->job && run_job(u, x))
        u->job = GICR_JOB_NONE;
    if (u->rwp && !u->on && !u->job) {
        end_disable(u, x);
        busy = true;
    }
    return busy;
}

void gicr_queue_message(gicr *u, const its_rdmsg *m)
{
    its_rdmsg *slot = &u->message[(u->message_head + u->messages) % GICR_FIFO];

    slot->intid = m->intid;
    slot->ref = m->ref;
    slot->kind = m->kind;
    slot->its = m->its;
    u->messages++;
}

/* --- clocked unit --------------------------------------------------------------------------------- */

static gicr_context context(const gicr_wires *w)
{
    return (gicr_context){.profile = w->profile, .probe = w->probe, .rd = w->rd};
}

/* The best LPI could be delivered to a PE that is awake. */
static bool has_candidate(const gicr *u)
{
    return u->live && u->group1 && gicr_lines_best(&u->lines) < GICR_KEY_DISABLED;
}

void gicr_drive(const gicr *u, gicr_wires *w)
{
    bool candidate = has_candidate(u);

    w->msg->ready = u->messages < GICR_FIFO;
    w->ack->valid = u->acks > 0;
    if (u->acks)
        w->ack->d = u->ack[u->ack_head];
    w->access.ready = !u->result_valid;
    w->result.valid = u->result_valid;
    w->result.d = u->result;
    w->mem.valid = u->offered;
    if (u->offered)
        w->mem.d = u->request;
    w->sleep_write = u->sleep_write;
    w->sleep_value = u->sleep_value;
    w->flushed = u->sleep && !u->on && u->job != GICR_JOB_LOAD;
    w->lpi = candidate && !u->processor_sleep;
    w->wake_request = candidate && u->processor_sleep;
}

static void take_access(gicr *u, const gicr_wires *w, const gicr_context *x)
{
    u->sleep_write = false;
    if (its_fire(&w->result))
        u->result_valid = false;
    if (its_fire(&w->access)) {
        its_access_result r = gicr_access(u, &w->access.d, x);
        u->result.data = r.data;
        u->result.fault = r.fault;
        u->result_valid = true;
    }
}

static void take_levels(gicr *u, const gicr_wires *w)
{
    u->sleep = w->sleep;
    u->sleep_set = w->sleep_set;
    u->quiescent = w->quiescent;
    u->group1 = w->group1_enabled;
    gicr_update_live(u);
}

void gicr_clock(gicr *u, const gicr_wires *w)
{
    gicr_context x = context(w);
    bool waiting = u->access && !u->offered;
    bool push = its_fire(w->msg);

    u->children_asleep = u->processor_sleep;
    if (its_fire(w->ack)) {
        u->ack_head = (uint8_t)((u->ack_head + 1u) % GICR_FIFO);
        u->acks--;
    }
    gicr_step(u, &x);
    take_access(u, w, &x);
    if (its_fire(&w->mem)) {
        u->offered = false;
        gicr_access_made(u, &x);
    }
    if (waiting && w->response)
        gicr_answered(u, w->response, &x);
    if (push)
        gicr_queue_message(u, &w->msg->d);
    take_levels(u, w);
}

uint64_t gicr_wake(const gicr *u)
{
    bool offering = u->result_valid || u->acks || u->offered || u->sleep_write;

    if (offering || u->children_asleep != u->processor_sleep || must_refuse(u))
        return 0;
    if (u->access)
        return UINT64_MAX; /* until the answer comes */
    return u->job || has_work(u) ? 0 : UINT64_MAX;
}

bool gicr_due(const gicr *u, const gicr_wires *w)
{
    return w->msg->valid || w->access.valid || w->response || gicr_wake(u) == 0 ||
           w->sleep != u->sleep || w->sleep_set != u->sleep_set || w->quiescent != u->quiescent ||
           w->group1_enabled != u->group1;
}

bool gicr_idle(const gicr *u)
{
    return !u->access && !u->messages && gicr_wake(u) != 0;
}

void gicr_reset(gicr *u, const gicr_wires *w)
{
    gicr_context x = context(w);
    unsigned lines = w->profile->lpi_entries;

    memset(u, 0, sizeof *u);
    gicr_lines_reset(&u->lines, lines ? lines : GICR_ON_CHIP_LINES, w->profile->security != 0);
    u->bound = GICR_NO_KEY;
    u->pass_bound = GICR_NO_KEY;
    u->processor_sleep = true;
    u->children_asleep = true;
    gicr_regs_reset(u, &x);
}

/* --- between edges -------------------------------------------------------------------------------- */

bool gicr_deliverable(const gicr *u)
{
    return has_candidate(u) && !u->processor_sleep;
}

uint32_t gicr_acknowledge(gicr *u, const gicr_context *x)
{
    if (!gicr_deliverable(u))
        return GICR_NONE;
    uint32_t intid = gicr_lines_best(&u->lines) & GICR_KEY_INTID;
    gicr_line_clear(&u->lines, gicr_lines_find(&u->lines, intid));
    gicr_report(x, ITS_EV_LPI_ACK, ITS_REF_NONE, intid, 0);
    return intid;
}

bool gicr_pending(const gicr *u, uint32_t intid, const gicr_context *x)
{
    if (intid < GICR_FIRST_LPI || intid >= gicr_intid_limit(u, x))
        return false;
    unsigned line = gicr_lines_find(&u->lines, intid);
    if (line != GICR_NO_LINE && gicr_line_pending(&u->lines, line))
        return true;
    return gicr_in_hand(u, intid) || gicr_spilled(u, intid, x);
}
