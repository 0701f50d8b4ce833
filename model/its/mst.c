/* SPDX-License-Identifier: MIT */
/* mst.c - AXI4 bus master. */
#include "its/mst.h"

#include <string.h>

#define DONE_WRITE 0x80u
#define DONE_MASK (2u * ITS_IDS - 1u)
#define NOBODY ITS_MST_CLIENTS

/* Everything the block does on the bus is a Non-secure, unprivileged data access (IHI 0069). */
#define PROT ITS_AXI_NONSECURE

static uint16_t id_bit(unsigned id) { return (uint16_t)(1u << id); }

/* --- drive ------------------------------------------------------------------------------------ */

static void drive_response(const its_mst *u, its_mem_response *r)
{
    r->valid = u->done_count > 0;
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

static bool all_queues_empty(const its_mst *u)
{
    for (unsigned i = 0; i < ITS_MST_CLIENTS; i++)
        if (u->queue[i].count)
            return false;
    return true;
}

void its_mst_drive(const its_mst *u, its_mst_wires *w, its_axi *port)
{
    bool on = !u->in_reset;

    for (unsigned i = 0; i < w->clients; i++)
        w->client[i]->ready = on && u->queue[i].count < ITS_MST_DEPTH;
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
    w->idle = !u->reads_busy && !u->writes_busy && all_queues_empty(u);
}

/* --- answers ---------------------------------------------------------------------------------- */

static void push_done(its_mst *u, unsigned entry)
{
    u->done[(u->done_first + u->done_count) & DONE_MASK] = (uint8_t)entry;
    u->done_count++;
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

static bool bad_response(uint8_t resp) { return resp == ITS_AXI_SLVERR || resp == ITS_AXI_DECERR; }

static void take_beat(its_mst_read *read, const its_axi_r *r)
{
    if (read->bytes < 8)
        read->data[0] = (r->data >> (8u * (read->addr & 7u))) &
                        ((UINT64_C(1) << (8u * read->bytes)) - 1u);
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
static void take_handshakes(its_mst *u, const its_axi *port)
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

static unsigned log2_bytes(unsigned bytes)
{
    unsigned n = 0;
    while ((2u << n) <= bytes && n < 3)
        n++;
    return n;
}

static its_axi_address address_of(const its_mem_request *rq)
{
    unsigned beats = rq->bytes <= 8 ? 1u : rq->bytes / 8u;
    return (its_axi_address){.addr = rq->addr,
                             .id = rq->id,
                             .len = (uint8_t)(beats - 1u),
                             .size = (uint8_t)log2_bytes(rq->bytes),
                             .burst = ITS_AXI_INCR,
                             .prot = PROT,
                             .cache = rq->cache};
}

static void issue_read(its_mst *u, const its_mst_wires *w, const its_mem_request *rq)
{
    u->ar = address_of(rq);
    u->ar_valid = true;
    u->reads_busy |= id_bit(rq->id);
    u->read[rq->id] =
        (its_mst_read){.addr = rq->addr, .ref = rq->ref, .bytes = rq->bytes, .client = rq->client};
    its_emit(w->probe, ITS_UNIT_MST, ITS_EV_MEM_READ, rq->ref, rq->addr, rq->bytes, rq->client);
}

static void issue_write(its_mst *u, const its_mst_wires *w, const its_mem_request *rq)
{
    unsigned lane = (unsigned)(rq->addr & 7u);

    u->aw = address_of(rq);
    u->aw_valid = true;
    u->w = (its_axi_w){.data = rq->data << (8u * lane),
                       .strb = (uint8_t)(((1u << rq->bytes) - 1u) << lane),
                       .last = true};
    u->w_valid = true;
    u->writes_busy |= id_bit(rq->id);
    u->write[rq->id] = (its_mst_write){.addr = rq->addr, .ref = rq->ref, .client = rq->client};
    its_emit(w->probe, ITS_UNIT_MST, ITS_EV_MEM_WRITE, rq->ref, rq->addr, rq->data, rq->client);
}

/* Can the oldest request of this client start now, if it goes in this direction? */
static bool can_start(const its_mst *u, unsigned client, bool write)
{
    const its_mst_queue *q = &u->queue[client];

    if (!q->count || q->slot[0].write != write || u->writes_late)
        return false;
    uint16_t busy = write ? u->writes_busy : u->reads_busy | u->reads_late;
    return !(busy & id_bit(q->slot[0].id));
}

static unsigned choose(const its_mst *u, unsigned first, bool write)
{
    for (unsigned i = 0; i < ITS_MST_CLIENTS; i++) {
        unsigned client = (first + i) % ITS_MST_CLIENTS;
        if (can_start(u, client, write))
            return client;
    }
    return NOBODY;
}

static its_mem_request pop(its_mst_queue *q)
{
    its_mem_request rq = q->slot[0];
    q->slot[0] = q->slot[1];
    memset(&q->slot[1], 0, sizeof q->slot[1]);
    q->count--;
    return rq;
}

static void start_requests(its_mst *u, const its_mst_wires *w)
{
    if (!u->ar_valid) {
        unsigned client = choose(u, u->next_read, false);
        if (client != NOBODY) {
            its_mem_request rq = pop(&u->queue[client]);
            issue_read(u, w, &rq);
            u->next_read = (uint8_t)((client + 1u) % ITS_MST_CLIENTS);
        }
    }
    if (!u->aw_valid && !u->w_valid) {
        unsigned client = choose(u, u->next_write, true);
        if (client != NOBODY) {
            its_mem_request rq = pop(&u->queue[client]);
            issue_write(u, w, &rq);
            u->next_write = (uint8_t)((client + 1u) % ITS_MST_CLIENTS);
        }
    }
}

static void take_requests(its_mst *u, const its_mst_wires *w)
{
    for (unsigned i = 0; i < w->clients; i++)
        if (its_fire(w->client[i]))
            u->queue[i].slot[u->queue[i].count++] = w->client[i]->d;
}

void its_mst_clock(its_mst *u, const its_mst_wires *w, const its_axi *port)
{
    u->in_reset = false;
    u->late_taken = false;
    take_handshakes(u, port);
    if (u->done_count)
        pop_done(u);
    if (its_fire(&port->r))
        take_r(u, w, &port->r.d);
    if (its_fire(&port->b))
        take_b(u, w, &port->b.d);
    take_requests(u, w);
    start_requests(u, w);
}

uint64_t its_mst_wake(const its_mst *u)
{
    if (u->in_reset || u->late_taken || u->ar_valid || u->aw_valid || u->w_valid || u->done_count)
        return 0;
    if (choose(u, 0, false) != NOBODY || choose(u, 0, true) != NOBODY)
        return 0;
    return UINT64_MAX;
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
    its_mst after = {.in_reset = true};

    if (port && !u->in_reset) {
        take_handshakes(u, port);
        settle_answers(u, port);
    }
    after.reads_owed = after.reads_late = u->reads_owed;
    after.writes_owed = after.writes_late = u->writes_owed;
    if (u->aw_valid != u->w_valid) {
        /* The bus has half a write. It gets the other half, but no data that it does not have. */
        after.aw = u->aw;
        after.aw_valid = u->aw_valid;
        after.w_valid = u->w_valid;
        if (after.w_valid)
            after.w.last = true;
    }
    *u = after;
}

static unsigned count_bits(unsigned bits)
{
    unsigned n = 0;
    for (; bits; bits &= bits - 1u)
        n++;
    return n;
}

unsigned its_mst_reads_owed(const its_mst *u) { return count_bits(u->reads_owed); }

unsigned its_mst_writes_owed(const its_mst *u) { return count_bits(u->writes_owed); }
