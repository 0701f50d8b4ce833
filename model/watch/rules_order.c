/* SPDX-License-Identifier: MIT */
#include "watch/rules_order.h"

#include <string.h>

#include "arch/bits.h"
#include "arch/cmd.h"
#include "arch/map.h"
#include "arch/regs.h"
#include "wire/rdmsg.h"

static void note(its_rules_log *log, its_rule rule, uint32_t ref, uint64_t value)
{
    its_rules_note(log, rule, ITS_AT_EVENTS, ref, value);
}

static bool is_command(uint32_t ref)
{
    return (ref & ITS_REF_CMD) != 0;
}

/* --- commands and CREADR ---------------------------------------------------------------------- */

static void restart(its_rules_order *u)
{
    u->open = ITS_REF_NONE;
    u->last = ITS_REF_NONE;
    u->finished = 0;
    u->passed = 0;
    u->restarted = true;
}

static void command_start(its_rules_order *u, its_rules_log *log, const its_event *e)
{
    if (u->open)
        note(log, ITS_RULE_command_order, e->ref, e->c);
    u->command[u->started++ % ITS_RULES_COMMANDS] = e->ref;
    u->open = e->ref;
    u->start = e->cycle;
    u->sync_acked = false;
}

static void finish(its_rules_order *u, uint32_t ref)
{
    u->open = ITS_REF_NONE;
    u->last = ref;
    u->finished++;
}

/* An error comes before the end of its command, and a fetch that fails ends what never started. */
static void command_end(its_rules_order *u, its_rules_log *log, const its_event *e)
{
    bool unstarted = e->kind == ITS_EV_CMD_FAULT && !u->open;
    if (e->ref == u->open || unstarted)
        finish(u, e->ref);
    else if (e->ref != u->last)
        note(log, ITS_RULE_command_order, e->ref, e->c);
}

static void command_done(its_rules_order *u, its_rules_log *log, const its_event *e)
{
    if (e->c == ITS_CMD_SYNC && e->ref == u->open && !u->sync_acked)
        note(log, ITS_RULE_sync_early, e->ref, 0);
    command_end(u, log, e);
}

/* A stalled command was not passed: it is carried out again after Retry. */
static void command_stall(its_rules_order *u, const its_event *e)
{
    if (e->ref != u->last || u->finished == u->passed)
        return;
    u->finished--;
    u->last = ITS_REF_NONE;
}

static void register_write(its_rules_order *u, const its_event *e)
{
    if (e->c >= ITS_FRAME_NONE || its_reg_find((its_frame)e->c, (uint32_t)e->a) != GITS_CBASER)
        return;
    if ((uint32_t)e->a == its_reg_at(GITS_CBASER)->offset)
        u->places = ((uint32_t)ITS_GET(e->b, CBASER_SIZE) + 1u) * (4096u / ITS_CMD_BYTES);
    restart(u);
}

/* A restart makes CREADR 0, whether or not the caller looked at that moment. */
void its_rules_order_creadr(its_rules_order *u, its_rules_log *log, uint32_t creadr)
{
    if (creadr == u->creadr)
        return;
    uint32_t from = u->restarted ? 0 : u->creadr / ITS_CMD_BYTES;
    uint32_t to = creadr / ITS_CMD_BYTES;
    u->creadr = creadr;
    u->restarted = false;
    if (to < from)
        to += u->places;
    u->passed += to > from ? to - from : 0;
    if (u->passed > u->finished) {
        note(log, ITS_RULE_creadr, its_ref_cmd(creadr / ITS_CMD_BYTES), creadr);
        u->passed = u->finished;
    }
}

/* --- messages to redistributors --------------------------------------------------------------- */

static its_rules_rd *rd_of(its_rules_order *u, its_rules_log *log, const its_event *e, uint64_t rd)
{
    if (rd < ITS_RULES_RDS)
        return &u->rd[rd];
    note(log, ITS_RULE_checker_full, e->ref, rd);
    return NULL;
}

static void msi_asked(its_rules_order *u, its_rules_log *log, const its_event *e)
{
    its_rules_rd *r = rd_of(u, log, e, e->c);
    if (!r)
        return;
    if (r->askeds == ITS_RULES_WAITING)
        note(log, ITS_RULE_checker_full, e->ref, e->c);
    else
        r->asked[r->askeds++] = (its_rules_asked){.cycle = e->cycle, .ref = e->ref};
}

/* Messages of MSIs leave in the order in which the translator asked for them. */
static void msi_sent(its_rules_rd *r, its_rules_log *log, const its_event *e)
{
    unsigned i = 0;
    while (i < r->askeds && r->asked[i].ref != e->ref)
        i++;
    if (i > 0 || r->askeds == 0)
        note(log, ITS_RULE_message_order, e->ref, e->a & 0xffffffffu);
    if (i == r->askeds)
        return;
    r->askeds--;
    memmove(&r->asked[i], &r->asked[i + 1], (r->askeds - i) * sizeof r->asked[0]);
}

/* Position of a command among those started; 0 when it is too old to be known. */
static uint64_t number_of(const its_rules_order *u, uint32_t ref)
{
    for (uint64_t n = u->started; n > 0 && n + ITS_RULES_COMMANDS > u->started; n--)
        if (u->command[(n - 1) % ITS_RULES_COMMANDS] == ref)
            return n;
    return 0;
}

static bool compound_open(const its_rules_order *u)
{
    return u->compound_asked || u->compound_sets > 0;
}

static void compound_sent(its_rules_order *u, its_rules_log *log, const its_event *e)
{
    if (compound_open(u) && number_of(u, e->ref) > number_of(u, u->compound_ref))
        note(log, ITS_RULE_compound, e->ref, e->c);
    if (e->c != RD_TAKE && e->c != RD_HAND_OVER)
        return;
    u->compound_ref = e->ref;
    u->compound_asked = true;
    u->compound_sets = 0;
}

/* What the translator asked for before the SYNC started must have left before it. */
static void sync_sent(its_rules_order *u, its_rules_log *log, const its_rules_rd *r,
                      const its_event *e)
{
    if (e->ref != u->open)
        return;
    for (unsigned i = 0; i < r->askeds; i++)
        if (r->asked[i].cycle < u->start)
            note(log, ITS_RULE_sync_early, e->ref, r->asked[i].ref);
}

static uint64_t rd_number(const its_event *e)
{
    return (e->a >> 32) & 0xffffu;
}

static void message_sent(its_rules_order *u, its_rules_log *log, const its_event *e)
{
    its_rules_rd *r = rd_of(u, log, e, rd_number(e));
    if (!r)
        return;
    if (!is_command(e->ref))
        msi_sent(r, log, e);
    else
        compound_sent(u, log, e);
    if (e->c == RD_SYNC)
        sync_sent(u, log, r, e);
    if (r->sents == ITS_RULES_WAITING)
        note(log, ITS_RULE_checker_full, e->ref, rd_number(e));
    else
        r->sent[r->sents++] = (its_rules_sent){.ref = e->ref, .kind = (uint8_t)e->c};
}

/* --- acknowledgements ------------------------------------------------------------------------- */

static void compound_acked(its_rules_order *u, const its_event *e)
{
    if (e->ref != u->compound_ref || !compound_open(u))
        return;
    if (e->c == RD_TAKE || e->c == RD_HAND_OVER) {
        if (e->a & (ITS_ACK_PENDING | ITS_ACK_MORE))
            u->compound_sets++;
        if (!(e->a & ITS_ACK_MORE))
            u->compound_asked = false;
    } else if (u->compound_sets > 0) {
        u->compound_sets--;
    }
}

static void message_acked(its_rules_order *u, its_rules_log *log, const its_event *e)
{
    its_rules_rd *r = rd_of(u, log, e, rd_number(e));
    if (!r)
        return;
    unsigned i = 0;
    while (i < r->sents && (r->sent[i].ref != e->ref || r->sent[i].kind != e->c))
        i++;
    if (i > 0 || r->sents == 0)
        note(log, ITS_RULE_ack_order, e->ref, rd_number(e));
    compound_acked(u, e);
    if (e->c == RD_SYNC && e->ref == u->open)
        u->sync_acked = true;
    if (i == r->sents || e->a & ITS_ACK_MORE)
        return;
    r->sents--;
    memmove(&r->sent[i], &r->sent[i + 1], (r->sents - i) * sizeof r->sent[0]);
}

/* --- events ----------------------------------------------------------------------------------- */

static void reset(its_rules_order *u)
{
    uint32_t creadr = u->creadr;
    memset(u, 0, sizeof *u);
    u->creadr = creadr;
    restart(u);
}

/* The other events say nothing about order. */
void its_rules_order_event(its_rules_order *u, its_rules_log *log, const its_event *e)
{
    if (e->kind == ITS_EV_RESET)
        reset(u);
    else if (e->kind == ITS_EV_REG_WRITE)
        register_write(u, e);
    else if (e->kind == ITS_EV_CMD_START)
        command_start(u, log, e);
    else if (e->kind == ITS_EV_CMD_ERROR || e->kind == ITS_EV_CMD_FAULT)
        command_end(u, log, e);
    else if (e->kind == ITS_EV_CMD_DONE)
        command_done(u, log, e);
    else if (e->kind == ITS_EV_CMD_STALL)
        command_stall(u, e);
    else if (e->kind == ITS_EV_MSI_SEND)
        msi_asked(u, log, e);
    else if (e->kind == ITS_EV_RD_SEND)
        message_sent(u, log, e);
    else if (e->kind == ITS_EV_RD_ACK)
        message_acked(u, log, e);
}
