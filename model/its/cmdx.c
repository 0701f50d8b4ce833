/* SPDX-License-Identifier: MIT */
/* cmdx.c - command execution. What a command means is its_decide()'s business, not this file's. */
#include "its/cmdx.h"

#include <string.h>

#include "arch/perturb.h"

/* --- the end of a command -------------------------------------------------------------------- */

static void retire(its_cmdx *u, const its_wires *w, bool stall)
{
    u->hold.kind = ITS_HOLD_NONE;
    u->retire = true;
    u->retire_stall = stall;
    u->state = CMDX_IDLE;
    if (!stall)
        its_emit(w->probe, ITS_UNIT_CMDX, ITS_EV_CMD_DONE, u->ref, 0, 0, u->request.cmd.opcode);
}

static void refuse(its_cmdx *u, const its_wires *w)
{
    if (u->verdict.kind == ITS_VERDICT_FAULT)
        its_emit(w->probe, ITS_UNIT_CMDX, ITS_EV_CMD_FAULT, u->ref, u->verdict.address, 0,
                 u->request.cmd.opcode);
    else
        its_emit(w->probe, ITS_UNIT_CMDX, ITS_EV_CMD_ERROR, u->ref, u->verdict.code, 0,
                 u->request.cmd.opcode);
    u->error = its_command_report(u->request.cmd.opcode);
    retire(u, w, its_command_stalls(w->profile, &u->verdict));
}

/* --- effects, in their order ------------------------------------------------------------------ */

static void after_write(its_cmdx *u, const its_wires *w)
{
    bool waits = u->verdict.message != ITS_RD_NONE &&
                 (u->verdict.message == ITS_RD_SYNC || w->profile->sync == 1);
    u->hold.kind = ITS_HOLD_NONE;
    if (waits)
        u->state = CMDX_ACK;
    else
        retire(u, w, false);
}

static void after_message(its_cmdx *u, const its_wires *w)
{
    if (u->verdict.write)
        u->state = CMDX_WRITE;
    else
        after_write(u, w);
}

static void after_scan(its_cmdx *u, const its_wires *w)
{
    if (u->verdict.message != ITS_RD_NONE)
        u->state = CMDX_SEND;
    else
        after_message(u, w);
}

static void begin_effects(its_cmdx *u, const its_wires *w)
{
    u->acked = false;
    u->await = 0;
    if (u->verdict.message == ITS_RD_SYNC && w->profile->sync_waits == 1)
        u->await = w->xlat_busy & ~w->xlat_freed;
    if (u->verdict.scan != ITS_SCAN_NONE)
        u->state = CMDX_SCAN;
    else
        after_scan(u, w);
}

static bool compound(uint8_t message)
{
    return message == ITS_RD_MOVE || message == ITS_RD_MOVE_ALL;
}

static bool may_send(const its_cmdx *u, const its_wires *w)
{
    if (u->await || w->compound_busy || its_rdset_has(&w->rd_full, u->verdict.rd))
        return false;
    return !compound(u->verdict.message) || !its_rdset_has(&w->rd_full, u->verdict.rd2);
}

static void send(its_cmdx *u, const its_wires *w)
{
    if (!may_send(u, w))
        return;
    u->message = (its_rd_request){.intid = u->verdict.intid,
                                  .ref = u->ref,
                                  .rd = u->verdict.rd,
                                  .rd2 = u->verdict.rd2,
                                  .message = u->verdict.message,
                                  .valid = true};
    after_message(u, w);
}

/* --- what the command needs to know ------------------------------------------------------------ */

static void ask(its_cmdx *u, const its_wires *w)
{
    its_decide(w->facts, &u->request, &u->known, &u->verdict);
    if (u->verdict.kind == ITS_VERDICT_DO) {
        begin_effects(u, w);
    } else if (u->verdict.kind != ITS_VERDICT_NEED) {
        refuse(u, w);
    } else if (u->known.state[u->verdict.operand] == ITS_UNASKED) {
        u->lookup =
            (its_lookup){.name = its_verdict_name(&u->verdict), .ref = u->ref, .valid = true};
        u->state = CMDX_LOOKUP;
    } else {
        u->state = CMDX_WANT_FETCH;
    }
}

static void take_answer(its_cmdx *u, const its_wires *w)
{
    if (!w->cmdx_answer.valid)
        return;
    its_learn_answer(&u->known, &u->verdict, &w->cmdx_answer);
    ask(u, w);
}

static void offer_fetch(its_cmdx *u, const its_wires *w)
{
    if (!w->command_fetch_room)
        return;
    u->fetch = (its_fetch){.name = its_verdict_name(&u->verdict), .ref = u->ref, .valid = true};
    u->state = CMDX_FETCH;
}

static void take_fill(its_cmdx *u, const its_wires *w)
{
    if (its_learn_fill(&u->known, &u->verdict, &w->fill))
        ask(u, w);
}

/* --- the start of a command -------------------------------------------------------------------- */

static void accept(its_cmdx *u, const its_wires *w)
{
    const its_packet *p = &w->command.d;

    u->request = (its_request){.cmd = its_cmd_unpack(p->dw)};
    u->ref = p->ref;
    u->count = (uint8_t)w->profile->command_cycles;
    if (w->profile->perturb)
        u->count =
            its_perturb_stage(w->profile->perturb, ITS_PERTURB_COMMAND, w->probe->cycle, u->count);
    u->state = CMDX_DECODE;
    memset(u->known.state, 0, sizeof u->known.state);
    its_emit(w->probe, ITS_UNIT_CMDX, ITS_EV_CMD_START, u->ref, u->request.cmd.device,
             u->request.cmd.event, u->request.cmd.opcode);
}

static void decoded(its_cmdx *u, const its_wires *w)
{
    const its_cmd *cmd = &u->request.cmd;
    its_hold_kind kind = its_cmd_holds(cmd->opcode);

    u->hold = (its_hold){.device = cmd->device,
                         .key = kind == ITS_HOLD_COLLECTION ? cmd->icid : cmd->event,
                         .kind = (uint8_t)kind};
    if (kind == ITS_HOLD_NONE)
        ask(u, w);
    else
        u->state = CMDX_HOLD;
}

/* --- the unit ----------------------------------------------------------------------------------- */

void its_cmdx_reset(its_cmdx *u)
{
    memset(u, 0, sizeof *u);
}

void its_cmdx_drive(const its_cmdx *u, its_wires *w)
{
    w->command.ready = u->state == CMDX_IDLE;
    w->hold = u->hold;
    w->cmdx_lookup = u->lookup;
    w->cmdx_fetch = u->fetch;
    w->cmdx_message = u->message;
    w->write.valid = u->state == CMDX_WRITE;
    if (w->write.valid)
        w->write.d = u->verdict;
    w->write_ref = u->ref;
    w->scan = u->state == CMDX_SCAN ? (its_scan)u->verdict.scan : ITS_SCAN_NONE;
    w->scan_device = u->verdict.device;
    w->retire = u->retire;
    w->retire_stall = u->retire_stall;
    w->cmdx_error = u->error;
    w->cmdx_idle = u->state == CMDX_IDLE && !u->message.valid && !u->retire;
}

void its_cmdx_clock(its_cmdx *u, const its_wires *w)
{
    /* Until the message has left, an acknowledgement belongs to an earlier command. */
    u->acked = !u->message.valid && (u->acked || w->command_acked);
    u->lookup.valid = false;
    u->fetch.valid = false;
    u->message.valid = false;
    u->retire = false;
    u->error = 0;
    u->await &= w->xlat_busy & ~w->xlat_freed;

    switch ((its_cmdx_state)u->state) {
    case CMDX_IDLE:
        if (its_fire(&w->command))
            accept(u, w);
        break;
    case CMDX_DECODE:
        if (--u->count == 0)
            decoded(u, w);
        break;
    case CMDX_HOLD:
        ask(u, w);
        break;
    case CMDX_LOOKUP:
        u->state = CMDX_ANSWER;
        break;
    case CMDX_ANSWER:
        take_answer(u, w);
        break;
    case CMDX_WANT_FETCH:
        offer_fetch(u, w);
        break;
    case CMDX_FETCH:
        take_fill(u, w);
        break;
    case CMDX_SCAN:
        if (w->scan_done)
            after_scan(u, w);
        break;
    case CMDX_SEND:
        send(u, w);
        break;
    case CMDX_WRITE:
        if (its_fire(&w->write))
            after_write(u, w);
        break;
    case CMDX_ACK:
        if (u->acked)
            retire(u, w, false);
        break;
    }
}

uint64_t its_cmdx_wake(const its_cmdx *u)
{
    bool waits = u->state == CMDX_IDLE || u->state == CMDX_FETCH || u->state == CMDX_ACK;
    bool pulses = u->retire || u->fetch.valid || u->lookup.valid || u->message.valid;
    return waits && !pulses && !(u->state == CMDX_ACK && u->acked) ? UINT64_MAX : 0;
}
