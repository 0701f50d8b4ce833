/* SPDX-License-Identifier: MIT */
/*
 * gicr_messages.c - what each message of an ITS does, and INVLPIR / INVALLR.
 *
 * An LPI is found in its line, else in its chunk of the pending table; only an LPI that becomes
 * pending and has no line needs its configuration from memory.
 */
#include "arch/perturb.h"
#include "gic/gicr_parts.h"

enum { LOCATE, PLACE, RERANK, WRITE, LINES, TABLE };

/* Where gicr.intid is pending or known. */
typedef struct place {
    uint64_t *words; /* it is spilled: its chunk */
    unsigned line;   /* it has a line, else GICR_NO_LINE */
} place;

/* False when it asked for memory. */
static bool locate(gicr *u, place *p, const gicr_context *x)
{
    unsigned chunk = u->intid / GICR_CHUNK_INTIDS;

    p->words = NULL;
    p->line = gicr_lines_find(&u->lines, u->intid);
    if (p->line != GICR_NO_LINE || gicr_next_chunk(u, chunk) != chunk)
        return true;
    uint64_t *words = gicr_chunk_words(u, chunk, x);
    if (!words)
        return false;
    if (gicr_chunk_has(words, u->intid))
        p->words = words;
    return true;
}

/* Perturbed, what was learnt last of an LPI that is not pending may be forgotten. */
ITS_SELDOM
static void forget(gicr *u, const gicr_context *x)
{
    unsigned line = u->lines.prev[GICR_LINES];

    if (line == GICR_LINES || !u->lines.intid[line])
        return;
    if (its_perturb_chance(x->profile->perturb, ITS_PERTURB_CONFIG, x->probe->cycle,
                           (uint64_t)u->ref << 16 | x->rd))
        gicr_line_drop(&u->lines, line);
}

/* At once when it is: from now on a processor may acknowledge it, whatever is still to be written. */
static void report_set(const gicr *u, const gicr_context *x)
{
    gicr_report(x, ITS_EV_LPI_SET, u->ref, u->intid, u->was);
}

static bool set(gicr *u, const gicr_context *x)
{
    if (u->stage == LOCATE) {
        place p;
        if (x->profile->perturb)
            forget(u, x);
        if (!locate(u, &p, x))
            return false;
        u->was = p.words || (p.line != GICR_NO_LINE && gicr_line_pending(&u->lines, p.line));
        if (p.line != GICR_NO_LINE && !u->was)
            gicr_line_set(&u->lines, p.line);
        if (!u->was && p.line == GICR_NO_LINE) {
            u->stage = PLACE;
            gicr_ask_config(u, u->intid);
            return false;
        }
        report_set(u, x);
        u->stage = WRITE;
    }
    if (u->stage == PLACE) {
        if (!gicr_place(u, x))
            return false;
        report_set(u, x);
        u->stage = WRITE;
    }
    return gicr_chunk_written(u);
}

/* CLEAR, DISCARD, TAKE. */
static bool clear(gicr *u, unsigned kind, const gicr_context *x)
{
    if (u->stage == LOCATE) {
        place p;
        if (!locate(u, &p, x))
            return false;
        u->was = p.words || (p.line != GICR_NO_LINE && gicr_line_pending(&u->lines, p.line));
        if (p.words)
            gicr_chunk_clear(u, p.words, u->intid, x);
        else if (u->was)
            gicr_line_clear(&u->lines, p.line);
        if (p.line != GICR_NO_LINE && kind == RD_DISCARD)
            gicr_line_drop(&u->lines, p.line);
        gicr_report(x, ITS_EV_LPI_CLEAR, u->ref, u->intid, u->was);
        u->stage = WRITE;
    }
    if (!gicr_chunk_written(u))
        return false;
    gicr_finish_message(u, RD_DONE, kind == RD_TAKE && u->was);
    return true;
}

/* INV p. Configuration of a pending LPI is read again and ranks it anew; else the line forgets it. */
static bool invalidate(gicr *u, const gicr_context *x)
{
    if (u->stage == LOCATE) {
        place p;
        if (!locate(u, &p, x))
            return false;
        gicr_report(x, ITS_EV_LPI_INV, u->ref, u->intid, 0);
        if (!p.words && p.line == GICR_NO_LINE)
            return true;
        if (!p.words && !gicr_line_pending(&u->lines, p.line)) {
            gicr_line_drop(&u->lines, p.line);
            return true;
        }
        u->stage = RERANK;
        gicr_ask_config(u, u->intid);
        return false;
    }
    unsigned line = gicr_lines_find(&u->lines, u->intid);
    if (line != GICR_NO_LINE)
        gicr_line_configure(&u->lines, line, u->config);
    else
        gicr_lower_bound(u, gicr_key(&u->lines, u->intid, u->config));
    return true;
}

static void drop_idle_lines(gicr *u)
{
    for (unsigned line = 0; line < u->lines.count; line++)
        if (u->lines.intid[line] && !gicr_line_pending(&u->lines, line))
            gicr_line_drop(&u->lines, line);
}

/*
 * INVALL. Pending lines first; those that are not pending, also by an acknowledgement meanwhile, are
 * dropped. Spilled LPIs have no configuration here, but where they ranked is no longer known.
 */
static bool invalidate_all(gicr *u, const gicr_context *x)
{
    gicr_lines *l = &u->lines;

    if (u->stage == LOCATE) {
        gicr_report(x, ITS_EV_LPI_INV, u->ref, 0, 0);
        u->line = 0;
        u->stage = LINES;
    } else if (u->stage == RERANK) {
        gicr_line_configure(l, u->line, u->config);
        u->line++;
        u->stage = LINES;
    }
    unsigned line = gicr_lines_next_pending(l, u->line);
    if (line != GICR_NO_LINE) {
        u->line = (uint16_t)line;
        u->intid = l->intid[line];
        u->stage = RERANK;
        gicr_ask_config(u, u->intid);
        return false;
    }
    drop_idle_lines(u);
    if (gicr_next_chunk(u, 0) != GICR_CHUNKS)
        gicr_lower_bound(u, 0);
    return true;
}

static void queue_ack(gicr *u, its_rd_outcome outcome, uint32_t intid, bool pending, bool more)
{
    const its_rdmsg *m = &u->message[u->message_head];

    u->ack[(u->ack_head + u->acks) % GICR_FIFO] = (its_rdack){
        .intid = intid,
        .ref = m->ref,
        .kind = m->kind,
        .outcome = (uint8_t)outcome,
        .pending = pending,
        .more = more,
    };
    u->acks++;
}

static void hand_one(gicr *u, uint32_t intid, const gicr_context *x)
{
    gicr_report(x, ITS_EV_LPI_CLEAR, u->ref, intid, 1);
    queue_ack(u, RD_DONE, intid, true, true);
}

/* One LPI a cycle: first those with a line, then the table, chunk by chunk. */
ITS_SELDOM
static bool hand_over(gicr *u, const gicr_context *x)
{
    if (u->acks == GICR_FIFO)
        return false;
    if (u->stage == LOCATE) {
        u->line = 0;
        u->stage = LINES;
    }
    if (u->stage == LINES) {
        unsigned line = gicr_lines_next_pending(&u->lines, u->line);
        if (line != GICR_NO_LINE) {
            u->line = (uint16_t)(line + 1u);
            gicr_line_clear(&u->lines, line);
            hand_one(u, u->lines.intid[line], x);
            return false;
        }
        u->stage = TABLE;
    }
    unsigned chunk = gicr_next_chunk(u, 0);
    if (chunk != GICR_CHUNKS) {
        uint64_t *words = gicr_chunk_words(u, chunk, x);
        uint32_t intid = words ? gicr_chunk_next(words, chunk * GICR_CHUNK_INTIDS) : 0;
        if (intid) {
            gicr_chunk_clear(u, words, intid, x);
            hand_one(u, intid, x);
        }
        return false;
    }
    if (!gicr_chunk_written(u))
        return false;
    gicr_finish_message(u, RD_DONE, false);
    return true;
}

static bool in_range(const gicr *u, uint32_t intid, const gicr_context *x)
{
    return intid >= GICR_FIRST_LPI && intid < gicr_intid_limit(u, x);
}

its_rd_outcome gicr_refusal(const gicr *u, const its_rdmsg *m, const gicr_context *x)
{
    bool whole = m->kind == RD_INVALL || m->kind == RD_HAND_OVER;

    if (m->kind == RD_SYNC)
        return RD_DONE;
    if (u->sleep)
        return RD_ASLEEP;
    if (!u->enable)
        return RD_LPI_OFF;
    return whole || in_range(u, m->intid, x) ? RD_DONE : RD_INTID_OOR;
}

void gicr_finish_message(gicr *u, its_rd_outcome outcome, bool pending)
{
    queue_ack(u, outcome, u->message[u->message_head].intid, pending, false);
    u->message_head = (uint8_t)((u->message_head + 1u) % GICR_FIFO);
    u->messages--;
    u->refill_turn = true;
}

void gicr_refuse(gicr *u, its_rd_outcome outcome, const gicr_context *x)
{
    const its_rdmsg *m = &u->message[u->message_head];

    gicr_report(x, ITS_EV_LPI_DROP, m->ref, m->intid, outcome);
    gicr_finish_message(u, outcome, false);
}

bool gicr_job_message(gicr *u, const gicr_context *x)
{
    const its_rdmsg *m = &u->message[u->message_head];
    bool done = true;

    switch ((its_rd_kind)m->kind) {
    case RD_SET:
        done = set(u, x);
        break;
    case RD_CLEAR:
    case RD_DISCARD:
    case RD_TAKE:
        return clear(u, m->kind, x);
    case RD_HAND_OVER:
        return hand_over(u, x);
    case RD_INV:
        done = invalidate(u, x);
        break;
    case RD_INVALL:
        done = invalidate_all(u, x);
        break;
    case RD_SYNC:
        break;
    }
    if (done)
        gicr_finish_message(u, RD_DONE, false);
    return done;
}

bool gicr_job_direct(gicr *u, const gicr_context *x)
{
    return u->job == GICR_JOB_DIRECT_ALL ? invalidate_all(u, x) : invalidate(u, x);
}
