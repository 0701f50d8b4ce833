/* SPDX-License-Identifier: MIT */
/* mst.c - AXI4 bus master. */
#include "its/mst.h"

#include <string.h>

#include "arch/bits.h"
#include "arch/perturb.h"

#define DONE_WRITE 0x80u
#define DONE_MASK (2u * ITS_IDS - 1u)
#define NOBODY ITS_MST_CLIENTS

/* Everything the block does on the bus is a Non-secure, unprivileged data access (IHI 0069). */
#define PROT ITS_AXI_NONSECURE

static uint16_t id_bit(unsigned id)
{
    return (uint16_t)(1u << id);
}

/* --- drive ------------------------------------------------------------------------------------ */

static void drive_response(const its_mst *u, its_mem_response *r)
{
    r->valid = u->done_count > 0 && !u->keeps_back;
    if (!r->valid)
        return;
    uint8_t done = u->done[u->done_first];
    r->id = (uint8_t)(done & ~DONE_WRITE);
    r->write = (done & DONE_WRITE) != 0;
    if (r->write) {
        r->fault = u->write[r->id].fault;
    } else {
        r->fault = u->read[r->id].fault;
        memcpy(r->data, u->read[r->id].data, sizeof r->data);
    }
}

static void show_room(its_mst_wires *w, uint8_t room)
{
    for (unsigned i = 0; i < w->clients; i++)
        w->client[i]->ready = ((unsigned)room >> i) & 1u;
    w->room = room;
}

void its_mst_drive(const its_mst *u, its_mst_wires *w, its_axi *port)
{
    bool on = !u->in_reset;
    uint8_t room = on ? (uint8_t)~u->full : 0;

    if (room != w->room)
        show_room(w, room);
    port->ar.valid = on && u->ar_valid;
    if (port->ar.valid)
        port->ar.d = u->ar;
    port->aw.valid = on && u->aw_valid;
    if (port->aw.valid)
        port->aw.d = u->aw;
    port->w.valid = on && u->w_valid;
    if (port->w.valid)
        port->w.d = u->w;
    /* Every answer has a place waiting for it. */
    port->r.ready = on;
    port->b.ready = on;
    drive_response(u, &w->response);
    w->reads_owed = u->reads_busy | u->reads_late;
    w->writes_owed = u->writes_busy | u->writes_late;
    w->idle = !u->reads_busy && !u->writes_busy && !u->queued;
}

/* --- answers ---------------------------------------------------------------------------------- */

static void push_done(its_mst *u, unsigned entry)
{
    u->done[(u->done_first + u->done_count) & DONE_MASK] = (uint8_t)entry;
    u->done_count++;
}

/* Perturbed: the edge from which an answer may be told, drawn when it has just come. */
static uint64_t *due_of(its_mst *u, const its_mst_wires *w, unsigned entry)
{
    uint64_t *due = &u->due[entry & DONE_WRITE ? ITS_IDS + (entry & ~DONE_WRITE) : entry];
    if (*due == 0)
        *due = its_perturbed_due(w->profile, ITS_PERTURB_ANSWER, w->probe->cycle, entry);
    return due;
}

/* Perturbed: the first answer that is due is next; they are of different IDs, so any order will do. */
ITS_SELDOM
static void choose_answer(its_mst *u, const its_mst_wires *w)
{
    unsigned chosen = u->done_count;

    for (unsigned i = u->done_count; i-- > 0;)
        if (*due_of(u, w, u->done[(u->done_first + i) & DONE_MASK]) <= w->probe->cycle)
            chosen = i;
    u->keeps_back = chosen == u->done_count;
    if (u->keeps_back)
        return;
    unsigned at = (u->done_first + chosen) & DONE_MASK;
    uint8_t entry = u->done[at];
    for (; at != u->done_first; at = (at - 1u) & DONE_MASK)
        u->done[at] = u->done[(at - 1u) & DONE_MASK];
    u->done[at] = entry;
    *due_of(u, w, entry) = 0;
}

static void pop_done(its_mst *u)
{
    uint8_t done = u->done[u->done_first];
    unsigned id = done & ~DONE_WRITE;

    if (done & DONE_WRITE)
        u->writes_busy &= (uint16_t)~id_bit(id);
    else
        u->reads_busy &= (uint16_t)~id_bit(id);
    u->done[u->done_first] = 0;
    u->done_first = (uint8_t)((u->done_first + 1u) & DONE_MASK);
    u->done_count--;
}

static void report_fault(const its_mst_wires *w, uint64_t addr, uint32_t ref, uint8_t client)
{
    its_emit(w->probe, ITS_UNIT_MST, ITS_EV_MEM_FAULT, ref, addr, 0, client);
}

static void drop_late(its_mst *u, const its_mst_wires *w, unsigned id)
{
    u->late_taken = true;
    its_emit(w->probe, ITS_UNIT_MST, ITS_EV_MEM_LATE, ITS_REF_NONE, id, 0, 0);
}

static bool bad_response(uint8_t resp)
{
    return resp == ITS_AXI_SLVERR || resp == ITS_AXI_DECERR;
}

static void take_beat(its_mst_read *read, const its_axi_r *r)
{
    if (read->bytes < 8)
        read->data[0] =
            (r->data >> (8u * (read->addr & 7u))) & ((UINT64_C(1) << (8u * read->bytes)) - 1u);
    else if (read->beat < ITS_MST_BEATS)
        read->data[read->beat] = r->data;
    if (read->beat < UINT8_MAX)
        read->beat++;
    if (bad_response(r->resp))
        read->fault = true;
}

static void take_r(its_mst *u, const its_mst_wires *w, const its_axi_r *r)
{
    unsigned id = r->id;

    if (id >= ITS_IDS || !(u->reads_owed & id_bit(id)) || (u->reads_late & id_bit(id))) {
        if (!r->last)
            return;
        if (id < ITS_IDS) {
            u->reads_owed &= (uint16_t)~id_bit(id);
            u->reads_late &= (uint16_t)~id_bit(id);
        }
        drop_late(u, w, id);
        return;
    }
    its_mst_read *read = &u->read[id];
    take_beat(read, r);
    if (!r->last)
        return;
    if (read->beat != (read->bytes <= 8 ? 1 : read->bytes / 8))
        read->fault = true;
    if (read->fault)
        report_fault(w, read->addr, read->ref, read->client);
    u->reads_owed &= (uint16_t)~id_bit(id);
    push_done(u, id);
}

static void take_b(its_mst *u, const its_mst_wires *w, const its_axi_b *b)
{
    unsigned id = b->id;

    if (id >= ITS_IDS || !(u->writes_owed & id_bit(id)) || (u->writes_late & id_bit(id))) {
        if (id < ITS_IDS) {
            u->writes_owed &= (uint16_t)~id_bit(id);
            u->writes_late &= (uint16_t)~id_bit(id);
        }
        drop_late(u, w, id);
        return;
    }
    its_mst_write *write = &u->write[id];
    write->fault = bad_response(b->resp);
    if (write->fault)
        report_fault(w, write->addr, write->ref, write->client);
    u->writes_owed &= (uint16_t)~id_bit(id);
    push_done(u, id | DONE_WRITE);
}

/* --- requests --------------------------------------------------------------------------------- */

/* What the bus accepted at this edge. */
static inline void take_handshakes(its_mst *u, const its_axi *port)
{
    if (its_fire(&port->ar)) {
        u->ar_valid = false;
        u->reads_owed |= id_bit(u->ar.id);
    }
    if (its_fire(&port->aw)) {
        u->aw_valid = false;
        u->writes_owed |= id_bit(u->aw.id);
    }
    if (its_fire(&port->w)) {
        u->w_valid = false;
        u->writes_owed |= id_bit(u->aw.id);
    }
}

static unsigned beat_size(unsigned bytes)
{
    return (unsigned)__builtin_ctz(bytes | 8u); /* beats are at most 8 bytes wide */
}

/* State is assigned member by member: no byte of it may depend on what lay in padding elsewhere. */
static void set_address(its_axi_address *a, const its_mem_request *rq)
{
    unsigned beats = rq->bytes <= 8 ? 1u : rq->bytes / 8u;

    a->addr = rq->addr;
    a->id = rq->id;
    a->len = (uint8_t)(beats - 1u);
    a->size = (uint8_t)beat_size(rq->bytes);
    a->burst = ITS_AXI_INCR;
    a->prot = PROT;
    a->cache = rq->cache;
}

static void issue_read(its_mst *u, const its_mst_wires *w, const its_mem_request *rq)
{
    its_mst_read *read = &u->read[rq->id];

    set_address(&u->ar, rq);
    u->ar_valid = true;
    u->reads_busy |= id_bit(rq->id);
    memset(read, 0, sizeof *read);
    read->addr = rq->addr;
    read->ref = rq->ref;
    read->bytes = rq->bytes;
    read->client = rq->client;
    its_emit(w->probe, ITS_UNIT_MST, ITS_EV_MEM_READ, rq->ref, rq->addr, rq->bytes, rq->client);
}

static void issue_write(its_mst *u, const its_mst_wires *w, const its_mem_request *rq)
{
    its_mst_write *write = &u->write[rq->id];
    unsigned lane = (unsigned)(rq->addr & 7u);

    set_address(&u->aw, rq);
    u->aw_valid = true;
    u->w.data = rq->data << (8u * lane);
    u->w.strb = (uint8_t)(((1u << rq->bytes) - 1u) << lane);
    u->w.last = true;
    u->w_valid = true;
    u->writes_busy |= id_bit(rq->id);
    write->addr = rq->addr;
    write->ref = rq->ref;
    write->client = rq->client;
    write->fault = false;
    its_emit(w->probe, ITS_UNIT_MST, ITS_EV_MEM_WRITE, rq->ref, rq->addr, rq->data, rq->client);
}

/* Can the oldest request of this client, which has one, start now, if it goes in this direction? */
static bool can_start(const its_mst *u, unsigned client, bool write)
{
    const its_mst_queue *q = &u->queue[client];

    if (q->slot[0].write != write || u->writes_late)
        return false;
    uint16_t busy = write ? u->writes_busy : u->reads_busy | u->reads_late;
    return !(busy & id_bit(q->slot[0].id));
}

/* The next client in turn. */
static unsigned after(unsigned client)
{
    return client + 1u == ITS_MST_CLIENTS ? 0 : client + 1u;
}

static inline unsigned choose(const its_mst *u, unsigned first, bool write)
{
    unsigned earlier = u->queued & ((1u << first) - 1u);
    unsigned turn = (u->queued & ~earlier) | earlier << ITS_MST_CLIENTS;

    for (; turn; turn &= turn - 1u) {
        unsigned client = (unsigned)__builtin_ctz(turn) % ITS_MST_CLIENTS;
        if (can_start(u, client, write))
            return client;
    }
    return NOBODY;
}

static void pop(its_mst *u, unsigned client)
{
    its_mst_queue *q = &u->queue[client];

    q->slot[0] = q->slot[1];
    q->slot[1] = (its_mem_request){.addr = 0};
    u->full &= (uint8_t) ~(1u << client);
    if (--q->count == 0)
        u->queued &= (uint8_t) ~(1u << client);
}

static void push(its_mst *u, unsigned client, const its_mem_request *rq)
{
    its_mst_queue *q = &u->queue[client];

    q->slot[q->count++] = *rq;
    u->queued |= (uint8_t)(1u << client);
    if (q->count == ITS_MST_DEPTH)
        u->full |= (uint8_t)(1u << client);
}

static void start_read(its_mst *u, const its_mst_wires *w)
{
    if (u->ar_valid)
        return;
    unsigned client = choose(u, u->next_read, false);
    if (client == NOBODY)
        return;
    issue_read(u, w, &u->queue[client].slot[0]);
    pop(u, client);
    u->next_read = (uint8_t)after(client);
}

static void start_write(its_mst *u, const its_mst_wires *w)
{
    if (u->aw_valid || u->w_valid)
        return;
    unsigned client = choose(u, u->next_write, true);
    if (client == NOBODY)
        return;
    issue_write(u, w, &u->queue[client].slot[0]);
    pop(u, client);
    u->next_write = (uint8_t)after(client);
}

void its_mst_clock(its_mst *u, const its_mst_wires *w, const its_axi *port)
{
    u->in_reset = false;
    u->late_taken = false;
    take_handshakes(u, port);
    if (u->done_count && !u->keeps_back)
        pop_done(u);
    if (its_fire(&port->r))
        take_r(u, w, &port->r.d);
    if (its_fire(&port->b))
        take_b(u, w, &port->b.d);
    for (unsigned i = 0; i < w->clients; i++)
        if (its_fire(w->client[i]))
            push(u, i, &w->client[i]->d);
    if (u->done_count && w->profile->perturb)
        choose_answer(u, w);
    if (!u->queued)
        return;
    start_read(u, w);
    start_write(u, w);
}

uint64_t its_mst_wake(const its_mst *u)
{
    if (u->in_reset || u->late_taken || u->ar_valid || u->aw_valid || u->w_valid || u->done_count)
        return 0;
    if (!u->queued)
        return UINT64_MAX;
    return choose(u, 0, false) != NOBODY || choose(u, 0, true) != NOBODY ? 0 : UINT64_MAX;
}

/* --- reset ------------------------------------------------------------------------------------ */

/* Answers that completed at this edge are owed no more. */
static void settle_answers(its_mst *u, const its_axi *port)
{
    if (its_fire(&port->r) && port->r.d.last && port->r.d.id < ITS_IDS)
        u->reads_owed &= (uint16_t)~id_bit(port->r.d.id);
    if (its_fire(&port->b) && port->b.d.id < ITS_IDS)
        u->writes_owed &= (uint16_t)~id_bit(port->b.d.id);
}

void its_mst_reset(its_mst *u, const its_axi *port)
{
    if (port && !u->in_reset) {
        take_handshakes(u, port);
        settle_answers(u, port);
    }
    its_mst before = *u;
    memset(u, 0, sizeof *u);
    u->in_reset = true;
    u->reads_owed = u->reads_late = before.reads_owed;
    u->writes_owed = u->writes_late = before.writes_owed;
    if (before.aw_valid == before.w_valid)
        return;
    /* The bus has half a write. It gets the other half, but no data that it does not have. */
    memcpy(&u->aw, &before.aw, sizeof u->aw);
    u->aw_valid = before.aw_valid;
    u->w_valid = before.w_valid;
    u->w.last = before.w_valid;
}

unsigned its_mst_reads_owed(const its_mst *u)
{
    return its_count(u->reads_owed);
}

unsigned its_mst_writes_owed(const its_mst *u)
{
    return its_count(u->writes_owed);
}
