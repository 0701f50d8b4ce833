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
    u->sync_sent = false;
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
        note(log, ITS_RULE_sync_early, e->ref, u->sync_sent);
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
    if (e->c != ITS_FRAME_GITS)
        return;
    uint32_t offset = (uint32_t)e->a;
    if (offset != GITS_CBASER && offset != GITS_CBASER + 4)
        return;
    if (offset == GITS_CBASER)
        u->places = ((uint32_t)ITS_GET(e->b, CBASER_SIZE) + 1u) * (4096u / ITS_CMD_BYTES);
    restart(u);
}

void its_rules_order_creadr(its_rules_order *u, its_rules_log *log, uint32_t creadr)
{
    if (creadr == u->creadr)
        return;
    uint32_t from = u->creadr / ITS_CMD_BYTES;
    uint32_t to = creadr / ITS_CMD_BYTES;
    u->creadr = creadr;
    if (creadr == 0 && u->restarted) {
        u->restarted = false;
        return;
    }
    if (to < from)
        to += u->places;
    u->passed += to > from ? to - from : 0;
    if (u->passed > u->finished) {
        note(log, ITS_RULE_creadr, its_ref_cmd(creadr / ITS_CMD_BYTES), creadr);
        u->passed = u->finished;
    }
}
