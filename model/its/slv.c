/* SPDX-License-Identifier: MIT */
/* slv.c - AXI4 slave port. */
#include "its/slv.h"

#include <string.h>

#include "arch/bits.h"
#include "arch/seldom.h"

/* The bytes of one beat that an access is made of. */
typedef struct beat_access {
    uint64_t addr;
    uint8_t bytes; /* 0: nothing to do */
    uint8_t lane;  /* of its first byte */
    bool bad;
} beat_access;

/* --- drive ------------------------------------------------------------------------------------ */

void its_slv_drive(const its_slv *u, its_slv_wires *w, its_axi *port)
{
    bool on = !u->in_reset;

    port->ar.ready = on && u->reads_open < w->profile->slave_reads;
    port->aw.ready = on && u->writes_open < w->profile->slave_writes;
    port->w.ready = on && u->beats < ITS_SLV_BEATS;
    port->r.valid = u->rs > 0;
    if (port->r.valid)
        port->r.d = u->r[0];
    port->b.valid = u->bs > 0;
    if (port->b.valid)
        port->b.d = u->b[0];
    w->access.valid = u->state == SLV_OFFER;
    w->access.d = u->access;
    w->result.ready = u->state == SLV_WAIT;
    w->idle = !u->reads_open && !u->writes_open && !u->beats;
}

/* --- queues: the oldest in front, unused places zero ------------------------------------------ */

static void drop_at(void *queue, size_t item, uint8_t *count, unsigned place)
{
    uint8_t *bytes = queue;
    uint8_t *gone = bytes + place * item;

    (*count)--;
    if (*count > place)
        memmove(gone, gone + item, (*count - place) * item);
    memset(bytes + *count * item, 0, item);
}

static void drop_first(void *queue, size_t item, uint8_t *count)
{
    drop_at(queue, item, count, 0);
}

/* State is assigned member by member: no byte of it may depend on padding in the host's pins. */
static void push_burst(its_slv_burst *to, const its_axi_address *a)
{
    to->addr = a->addr;
    to->device = a->device;
    to->id = a->id;
    to->len = a->len;
    to->size = a->size;
    to->burst = a->burst;
    to->prot = a->prot;
    to->has_device = a->has_device;
}

static void take_inputs(its_slv *u, const its_axi *port)
{
    if (its_fire(&port->ar)) {
        push_burst(&u->read[u->reads++], &port->ar.d);
        u->reads_open++;
    }
    if (its_fire(&port->aw)) {
        push_burst(&u->write[u->writes++], &port->aw.d);
        u->writes_open++;
    }
    if (its_fire(&port->w)) {
        its_axi_w *beat = &u->beat[u->beats++];
        beat->data = port->w.d.data;
        beat->strb = port->w.d.strb;
        beat->last = port->w.d.last;
    }
}

static void give_responses(its_slv *u, const its_axi *port)
{
    if (its_fire(&port->r)) {
        if (u->r[0].last)
            u->reads_open--;
        drop_first(u->r, sizeof u->r[0], &u->rs);
    }
    if (its_fire(&port->b)) {
        u->writes_open--;
        drop_first(u->b, sizeof u->b[0], &u->bs);
    }
}

/* --- what a beat is (IHI 0022, address structure, data read and write structure) -------------- */

static uint64_t beat_address(const its_slv_burst *t)
{
    uint64_t bytes = UINT64_C(1) << t->size;
    uint64_t total = bytes * (t->len + 1u);
    uint64_t low = t->addr & ~(total - 1u);

    if (t->beat == 0 || t->burst == ITS_AXI_FIXED)
        return t->addr;
    if (t->burst == ITS_AXI_WRAP)
        return low + ((t->addr - low + t->beat * bytes) & (total - 1u));
    return (t->addr & ~(bytes - 1u)) + t->beat * bytes;
}

static bool wrap_allowed(const its_slv_burst *t)
{
    bool length = t->len == 1 || t->len == 3 || t->len == 7 || t->len == 15;
    return length && (t->addr & ((UINT64_C(1) << t->size) - 1u)) == 0;
}

static bool burst_allowed(const its_slv_burst *t, unsigned bus_bytes)
{
    if (t->size > 3 || (1u << t->size) > bus_bytes)
        return false;
    if (t->burst == ITS_AXI_FIXED)
        return t->len <= 15;
    if (t->burst == ITS_AXI_WRAP)
        return wrap_allowed(t);
    uint64_t first = t->addr & ~((UINT64_C(1) << t->size) - 1u);
    uint64_t last = first + ((uint64_t)t->len << t->size);
    return t->burst == ITS_AXI_INCR && first >> 12 == last >> 12;
}

static bool power_of_two(unsigned n)
{
    return n && !(n & (n - 1u));
}

/* A run of set bits from bit *lane on; 0 when the set bits are not one run. */
static unsigned run_of(unsigned bits, unsigned *lane)
{
    unsigned n;

    *lane = (unsigned)__builtin_ctz(bits);
    n = (unsigned)__builtin_ctz(~(bits >> *lane));
    return (bits >> (*lane + n)) == 0 ? n : 0;
}

/* Lanes the beat may use: from its address to the end of its 2^size bytes. */
static unsigned beat_lanes(const its_slv_burst *t, uint64_t addr, unsigned bus_bytes)
{
    unsigned bytes = 1u << t->size;
    unsigned first = (unsigned)(addr & (bus_bytes - 1u));
    unsigned end = (first & ~(bytes - 1u)) + bytes;

    return (1u << end) - (1u << first);
}

static beat_access access_of(const its_slv_burst *t, const its_axi_w *write, unsigned bus_bytes)
{
    beat_access x = {.addr = t->addr, .bytes = (uint8_t)(1u << (t->size & 7u))};
    x.bad = !burst_allowed(t, bus_bytes);
    if (x.bad)
        return x;
    x.addr = beat_address(t);
    unsigned allowed = beat_lanes(t, x.addr, bus_bytes);
    unsigned used = write ? write->strb & ((1u << bus_bytes) - 1u) : allowed;
    unsigned lane;
    if (!used) {
        x.bytes = 0;
        return x;
    }
    unsigned run = run_of(used, &lane);
    x.bad = (used & ~allowed) || !power_of_two(run) || lane % run != 0;
    if (x.bad)
        return x;
    x.addr = (x.addr & ~(uint64_t)(bus_bytes - 1u)) + lane;
    x.bytes = (uint8_t)run;
    x.lane = (uint8_t)lane;
    return x;
}

/* --- carrying out beats ----------------------------------------------------------------------- */

static void finish_read(its_slv *u, const its_access_result *result)
{
    its_slv_burst *t = &u->read[0];
    its_axi_r *r = &u->r[u->rs++];

    r->data = result->data;
    r->id = t->id;
    r->resp = result->fault ? ITS_AXI_SLVERR : ITS_AXI_OKAY;
    r->last = t->beat == t->len;
    t->beat++;
    if (r->last)
        drop_first(u->read, sizeof u->read[0], &u->reads);
}

/* Where among the W beats the next one of write[i] is, or will be: data comes in the order of AW. */
static unsigned next_beat(const its_slv *u, unsigned i)
{
    unsigned place = 0;

    for (unsigned k = 0; k < i; k++)
        place += u->write[k].len + 1u - u->write[k].beat;
    return place;
}

static void finish_write(its_slv *u, const its_access_result *result)
{
    its_slv_burst *t = &u->write[u->chosen];

    drop_at(u->beat, sizeof u->beat[0], &u->beats, next_beat(u, u->chosen));
    t->fault |= result->fault;
    t->beat++;
    if (t->beat <= t->len)
        return;
    its_axi_b *b = &u->b[u->bs++];
    b->id = t->id;
    b->resp = t->fault ? ITS_AXI_SLVERR : ITS_AXI_OKAY;
    drop_at(u->write, sizeof u->write[0], &u->writes, u->chosen);
}

/* Lets the next beat be of the other direction, if that has one. */
static void finish(its_slv *u, bool write, const its_access_result *result)
{
    if (write)
        finish_write(u, result);
    else
        finish_read(u, result);
    u->write_turn = !write;
    u->state = SLV_IDLE;
}

ITS_SELDOM
static void answer_bad(its_slv *u, const its_slv_wires *w, bool write, const its_place *place,
                       unsigned bytes)
{
    its_access_result result = {.fault = w->profile->bad_access != 0};

    its_emit(w->probe, ITS_UNIT_SLV, ITS_EV_REG_BAD, ITS_REF_NONE,
             its_ev_reg(place->offset, place->rd), bytes, place->frame);
    finish(u, write, &result);
}

static void offer(its_slv *u, const its_slv_burst *t, const its_axi_w *write,
                  const its_place *place, const beat_access *x)
{
    u->access.data = write ? its_field_get(write->data, 8u * x->lane, 8u * x->bytes) : 0;
    u->access.offset = place->offset;
    u->access.device = place->in_window ? place->device : t->device;
    u->access.rd = place->rd;
    u->access.frame = place->frame;
    u->access.bytes = x->bytes;
    u->access.write = write != NULL;
    u->access.has_device = place->in_window || t->has_device;
    u->access.nonsecure = (t->prot & ITS_AXI_NONSECURE) != 0;
    u->access.privileged = (t->prot & ITS_AXI_PRIVILEGED) != 0;
    u->lane = x->lane;
    u->state = SLV_OFFER;
}

/* Begins the next beat of a burst. False: it has to wait for room behind GITS_TRANSLATER. */
static bool begin(its_slv *u, const its_slv_wires *w, const its_slv_burst *t, const its_axi_w *data)
{
    bool write = data != NULL;
    beat_access x = access_of(t, data, w->profile->bus_bytes);
    its_place place = its_map_decode(w->profile, w->whole_gic, x.addr);
    its_access_result nothing = {0};

    if (x.bad)
        answer_bad(u, w, write, &place, x.bytes);
    else if (!x.bytes)
        finish(u, write, &nothing);
    else if (write && place.frame == ITS_FRAME_TRANSLATION && !w->msi_room)
        return false;
    else
        offer(u, t, data, &place, &x);
    return true;
}

static bool has_read(const its_slv *u)
{
    return u->reads && u->rs < ITS_SLV_R;
}

static bool has_write(const its_slv *u)
{
    return u->writes && u->beats;
}

static bool begin_read(its_slv *u, const its_slv_wires *w)
{
    return has_read(u) && begin(u, w, &u->read[0], NULL);
}

static bool follows_its_id(const its_slv *u, unsigned i)
{
    for (unsigned k = 0; k < i; k++)
        if (u->write[k].id == u->write[i].id)
            return true;
    return false;
}

/* The oldest that need not wait. Those of one ID stay in order. */
static bool begin_write(its_slv *u, const its_slv_wires *w)
{
    for (unsigned i = 0; i < u->writes; i++) {
        unsigned beat = next_beat(u, i);
        if (beat >= u->beats)
            return false;
        u->chosen = (uint8_t)i;
        if (!follows_its_id(u, i) && begin(u, w, &u->write[i], &u->beat[beat]))
            return true;
    }
    return false;
}

static void choose(its_slv *u, const its_slv_wires *w)
{
    bool first = u->write_turn;

    for (unsigned i = 0; i < 2; i++) {
        bool write = first != (i == 1);
        if (write ? begin_write(u, w) : begin_read(u, w))
            return;
    }
}

void its_slv_clock(its_slv *u, const its_slv_wires *w, const its_axi *port)
{
    u->in_reset = false;
    give_responses(u, port);
    take_inputs(u, port);
    if (u->state == SLV_OFFER && its_fire(&w->access)) {
        u->state = SLV_WAIT;
    } else if (u->state == SLV_WAIT && its_fire(&w->result)) {
        its_access_result result = w->result.d;
        result.data <<= 8u * u->lane;
        finish(u, u->access.write, &result);
    }
    if (u->state == SLV_IDLE)
        choose(u, w);
}

uint64_t its_slv_wake(const its_slv *u)
{
    if (u->in_reset || u->rs || u->bs || u->state == SLV_OFFER)
        return 0;
    if (u->state == SLV_IDLE && (has_read(u) || has_write(u)))
        return 0;
    return UINT64_MAX;
}

void its_slv_reset(its_slv *u)
{
    memset(u, 0, sizeof *u);
    u->in_reset = true;
}
