/* SPDX-License-Identifier: MIT */
/* rdlink.c - messages to the redistributors. */
#include "its/rdlink.h"

#include <string.h>

#include "arch/perturb.h"

/* --- queues -------------------------------------------------------------------------------------- */

static void push(its_rdlink *u, const its_wires *w, unsigned rd, its_rd_kind kind, uint32_t intid,
                 uint32_t ref)
{
    its_rdlink_port *p = &u->port[rd];
    unsigned at = (p->head + p->used) % ITS_RDQ_PLACES;

    p->queue[at] = (its_rdlink_message){
        .msg = {.intid = intid, .ref = ref, .kind = (uint8_t)kind},
        .due = w->probe->cycle + w->profile->rd_cycles,
    };
    if (w->profile->perturb)
        p->queue[at].due +=
            its_perturb_delay(w->profile->perturb, ITS_PERTURB_MESSAGE, w->probe->cycle, rd);
    p->used++;
    p->sent++;
    its_rdset_put(&u->queued, rd, true);
    if (p->used > u->mark) {
        u->mark = p->used;
        its_emit(w->probe, ITS_UNIT_RDLINK, ITS_EV_LEVEL, ITS_REF_NONE, u->mark, 0, ITS_QUEUE_RD);
    }
}

static void taken(its_rdlink *u, const its_wires *w, unsigned rd)
{
    its_rdlink_port *p = &u->port[rd];
    const its_rdmsg *m = &p->queue[p->head].msg;

    its_emit(w->probe, ITS_UNIT_RDLINK, ITS_EV_RD_SEND, m->ref, m->intid | (uint64_t)rd << 32, 0,
             m->kind);
    p->head = (uint8_t)((p->head + 1u) % ITS_RDQ_PLACES);
    p->used--;
    p->unacked++;
    if (w->profile->perturb)
        p->ack_due = its_perturbed_due(w->profile, ITS_PERTURB_ACK, w->probe->cycle, rd);
    its_rdset_put(&u->queued, rd, p->used > 0);
    its_rdset_put(&u->waiting, rd, true);
}

static void offers(its_rdlink *u, const its_wires *w)
{
    u->offer = (its_rdset){{0}};
    u->full = (its_rdset){{0}};
    u->next = UINT64_MAX;
    ITS_EACH_RD (rd, &u->queued) {
        const its_rdlink_port *p = &u->port[rd];
        uint64_t due = p->queue[p->head].due;
        its_rdset_put(&u->full, rd, p->used >= w->profile->rd_queue);
        if (p->unacked >= w->profile->rd_credits) /* an acknowledgement comes first */
            continue;
        its_rdset_put(&u->offer, rd, due <= w->probe->cycle);
        u->next = due < u->next ? due : u->next;
    }
}

/* Perturbed, an acknowledgement may have to wait for its turn. */
ITS_SELDOM
static void listen(its_rdlink *u, const its_wires *w)
{
    u->deaf = (its_rdset){{0}};
    ITS_EACH_RD (rd, &u->waiting)
        its_rdset_put(&u->deaf, rd, u->port[rd].ack_due > w->probe->cycle);
    if (its_rdset_any(&u->deaf))
        u->next = w->probe->cycle; /* awake, to hear in time */
}

/* --- compound effects ------------------------------------------------------------------------------ */

ITS_SELDOM
static void compound_begin(its_rdlink *u, const its_wires *w, const its_rd_request *r)
{
    bool all = r->message == ITS_RD_MOVE_ALL;
    u->compound = COMPOUND_ASKED;
    u->compound_rd = r->rd;
    u->compound_rd2 = r->rd2;
    u->compound_ref = r->ref;
    u->compound_message = r->message;
    push(u, w, r->rd, all ? RD_HAND_OVER : RD_TAKE, r->intid, r->ref);
    u->compound_seq = u->port[r->rd2].acked;
}

static void compound_set(its_rdlink *u, const its_wires *w, uint32_t intid)
{
    push(u, w, u->compound_rd2, RD_SET, intid, u->compound_ref);
    u->compound_seq = u->port[u->compound_rd2].sent;
}

ITS_SELDOM
static void compound_ack(its_rdlink *u, const its_wires *w, const its_rdack *a)
{
    if (a->kind == RD_TAKE ? a->pending : a->more)
        compound_set(u, w, a->intid);
    if (!a->more)
        u->compound = COMPOUND_SETS;
}

/* Acknowledgements come in order, so reaching the number of the last SET means all are there. */
ITS_SELDOM
static void compound_end(its_rdlink *u)
{
    if ((int32_t)(u->port[u->compound_rd2].acked - u->compound_seq) < 0)
        return;
    u->compound = COMPOUND_NONE;
    u->command_acked = true;
}

static bool compound_room(const its_rdlink *u)
{
    return u->port[u->compound_rd2].used + 6u < ITS_RDQ_PLACES;
}

/* --- refusals -------------------------------------------------------------------------------------- */

static uint8_t opcode_of(const its_rdack *ack, uint8_t part_of)
{
    switch ((its_rd_kind)ack->kind) {
    case RD_SET:
        if (part_of == ITS_RD_MOVE_ALL)
            return ITS_CMD_MOVALL;
        return part_of == ITS_RD_MOVE ? ITS_CMD_MOVI : ITS_CMD_INT;
    case RD_CLEAR:
        return ITS_CMD_CLEAR;
    case RD_DISCARD:
        return ITS_CMD_DISCARD;
    case RD_INV:
        return ITS_CMD_INV;
    case RD_INVALL:
        return ITS_CMD_INVALL;
    case RD_TAKE:
        return ITS_CMD_MOVI;
    case RD_HAND_OVER:
        return ITS_CMD_MOVALL;
    case RD_SYNC:
        break;
    }
    return ITS_CMD_SYNC;
}

static uint8_t reason_of(const its_rdack *ack, uint8_t part_of)
{
    bool destination = part_of != ITS_RD_NONE;

    switch ((its_rd_outcome)ack->outcome) {
    case RD_LPI_OFF:
        return destination ? ITS_ERR_DST_LPI_OFF : ITS_ERR_LPI_OFF;
    case RD_INTID_OOR:
        return ITS_ERR_TGT_PHYSICALID_OOR;
    case RD_NO_TARGET:
        return destination ? ITS_ERR_DST_TGT_OOR : ITS_ERR_TGT_OOR;
    case RD_DONE:
    case RD_ASLEEP:
        break;
    }
    return 0;
}

uint32_t its_rdlink_refusal(const its_rdack *ack, uint8_t part_of)
{
    uint8_t reason = reason_of(ack, part_of);

    if (!reason || !(ack->ref & ITS_REF_CMD))
        return 0;
    return its_error_code(opcode_of(ack, part_of), reason);
}

uint8_t its_rdlink_report(const its_profile *profile, const its_probe *probe, const its_rdack *ack,
                          uint8_t part_of)
{
    uint32_t code = its_rdlink_refusal(ack, part_of);

    if (!code || profile->command_error != 2)
        return 0;
    its_emit(probe, ITS_UNIT_RDLINK, ITS_EV_CMD_REFUSED, ack->ref, code, 0,
             opcode_of(ack, part_of));
    return its_command_report(opcode_of(ack, part_of));
}

bool its_rdlink_msi_refused(const its_rdack *ack)
{
    return !(ack->ref & ITS_REF_CMD) && reason_of(ack, ITS_RD_NONE) != 0;
}

/* The running compound this SET belongs to. */
static uint8_t part_of(const its_rdlink *u, unsigned rd, const its_rdack *a)
{
    bool part = u->compound != COMPOUND_NONE && a->kind == RD_SET && rd == u->compound_rd2 &&
                a->ref == u->compound_ref;
    return part ? u->compound_message : (uint8_t)ITS_RD_NONE;
}

ITS_SELDOM
static void refused(its_rdlink *u, const its_wires *w, unsigned rd, const its_rdack *a)
{
    u->command_refused |= its_rdlink_report(w->profile, w->probe, a, part_of(u, rd, a));
    u->msi_refused |= its_rdlink_msi_refused(a);
}

/* --- acknowledgements ------------------------------------------------------------------------------ */

static void acknowledged(its_rdlink *u, const its_wires *w, unsigned rd, const its_rdack *a)
{
    its_rdlink_port *p = &u->port[rd];
    /* The redistributors may be somebody else's: only the one asked can answer for a compound. */
    bool of_compound = u->compound == COMPOUND_ASKED && rd == u->compound_rd &&
                       (a->kind == RD_TAKE || a->kind == RD_HAND_OVER);

    its_emit(w->probe, ITS_UNIT_RDLINK, ITS_EV_RD_ACK, a->ref,
             a->intid | (uint64_t)rd << 32 | (uint64_t)a->pending << 62 | (uint64_t)a->more << 63,
             a->outcome, a->kind);
    if (a->outcome != RD_DONE)
        refused(u, w, rd, a);
    if (of_compound)
        compound_ack(u, w, a);
    if (of_compound && a->more)
        return;
    p->unacked--;
    p->acked++;
    its_rdset_put(&u->waiting, rd, p->unacked > 0);
    if (u->command_simple && !of_compound && u->command_rd == rd && p->acked == u->command_seq)
        u->command_acked = true;
}

/* --- requests of xlat and cmdx ---------------------------------------------------------------------- */

its_rd_kind its_rdlink_kind(uint8_t message)
{
    switch ((its_rd_message)message) {
    case ITS_RD_CLEAR:
        return RD_CLEAR;
    case ITS_RD_DISCARD:
        return RD_DISCARD;
    case ITS_RD_INV:
        return RD_INV;
    case ITS_RD_INVALL:
        return RD_INVALL;
    case ITS_RD_SET:
        return RD_SET;
    case ITS_RD_SYNC:
    case ITS_RD_MOVE:
    case ITS_RD_MOVE_ALL:
    case ITS_RD_NONE:
        break;
    }
    return RD_SYNC;
}

static void request(its_rdlink *u, const its_wires *w, const its_rd_request *r)
{
    push(u, w, r->rd, its_rdlink_kind(r->message), r->intid, r->ref);
}

ITS_SELDOM
static void command(its_rdlink *u, const its_wires *w, const its_rd_request *r)
{
    /* An acknowledgement of an earlier command at this very edge is not this one's. */
    u->command_acked = false;
    u->command_simple = false;
    if (r->message == ITS_RD_MOVE || r->message == ITS_RD_MOVE_ALL) {
        compound_begin(u, w, r);
        return;
    }
    request(u, w, r);
    u->command_simple = true;
    u->command_rd = r->rd;
    u->command_seq = u->port[r->rd].sent;
}

/* --- the unit ---------------------------------------------------------------------------------------- */

void its_rdlink_reset(its_rdlink *u)
{
    memset(u, 0, sizeof *u);
    u->next = UINT64_MAX;
}

void its_rdlink_drive(const its_rdlink *u, its_wires *w)
{
    ITS_EACH_RD (rd, &w->rd_offered)
        w->rd_message[rd].valid = false;
    ITS_EACH_RD (rd, &u->offer) {
        w->rd_message[rd].valid = true;
        w->rd_message[rd].d = u->port[rd].queue[u->port[rd].head].msg;
    }
    w->rd_offered = u->offer;
    ITS_EACH_RD (rd, &u->waiting)
        w->rd_ack[rd].ready =
            (!(u->compound == COMPOUND_ASKED && rd == u->compound_rd) || compound_room(u)) &&
            !its_rdset_has(&u->deaf, rd);
    w->rd_full = u->full;
    w->compound_busy = u->compound != COMPOUND_NONE;
    w->command_acked = u->command_acked;
    w->rd_command_error = u->command_refused;
    w->rd_msi_refused = u->msi_refused;
    w->rdlink_idle =
        !its_rdset_any(&u->queued) && !its_rdset_any(&u->waiting) && u->compound == COMPOUND_NONE;
}

void its_rdlink_clock(its_rdlink *u, const its_wires *w)
{
    its_rdset acked = its_rdset_meet(&w->rd_acked, &u->waiting);
    its_rdset offered = u->offer;

    u->command_acked = false;
    u->command_refused = 0;
    u->msi_refused = false;
    ITS_EACH_RD (rd, &acked)
        if (its_fire(&w->rd_ack[rd]))
            acknowledged(u, w, rd, &w->rd_ack[rd].d);
    ITS_EACH_RD (rd, &offered)
        if (its_fire(&w->rd_message[rd]))
            taken(u, w, rd);
    if (w->xlat_message.valid)
        request(u, w, &w->xlat_message);
    if (w->cmdx_message.valid)
        command(u, w, &w->cmdx_message);
    if (u->compound == COMPOUND_SETS)
        compound_end(u);
    offers(u, w);
    if (w->profile->perturb)
        listen(u, w);
}

uint64_t its_rdlink_wake(const its_rdlink *u, uint64_t now)
{
    if (its_rdset_any(&u->offer) || u->command_acked || u->compound == COMPOUND_SETS ||
        u->command_refused || u->msi_refused)
        return 0;
    if (u->next == UINT64_MAX)
        return UINT64_MAX;
    return u->next > now ? u->next - now : 0;
}
