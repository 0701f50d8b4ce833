/* SPDX-License-Identifier: MIT */
#include "watch/rules_axi.h"

#include <string.h>

#include "wire/mem.h"

enum { AW, W, B, AR, R };

static bool is_master(const its_rules_axi *u)
{
    return u->place == ITS_AT_M_AXI;
}

static void note(const its_rules_axi *u, its_rules_log *log, its_rule rule, unsigned channel,
                 uint32_t id, uint64_t value)
{
    its_rules_note(log, rule, u->place + channel, id, value);
}

/* --- reset ------------------------------------------------------------------------------------ */

/* Only what the block drives: software and memory have their own idea of reset. */
static void check_reset(const its_rules_axi *u, its_rules_log *log, const its_axi *p, bool resetn)
{
    bool master = is_master(u);
    const bool valid[] = {p->aw.valid, p->w.valid, p->b.valid, p->ar.valid, p->r.valid};
    const bool ready[] = {p->aw.ready, p->w.ready, p->b.ready, p->ar.ready, p->r.ready};

    for (unsigned c = AW; c <= R; c++) {
        bool drives_valid = master == (c == AW || c == W || c == AR);
        if (drives_valid && valid[c])
            note(u, log, ITS_RULE_reset_valid, c, 0, 0);
        if (!drives_valid && ready[c] && !resetn)
            note(u, log, ITS_RULE_reset_ready, c, 0, 0);
    }
}

/* What was in flight at the slave port is gone; what the master port is owed still comes. */
static void reset(its_rules_axi *u)
{
    for (unsigned i = 0; i < u->writes; i++)
        u->write[i].late = true;
    for (unsigned i = 0; i < u->reads; i++)
        u->read[i].late = true;
    for (unsigned i = 0; i < u->leads; i++)
        u->lead[i].late = true;
    if (!is_master(u))
        u->writes = u->reads = u->leads = 0;
    memset(&u->before, 0, sizeof u->before);
}

/* --- stability -------------------------------------------------------------------------------- */

static bool same_address(const its_axi_address *a, const its_axi_address *b)
{
    return a->addr == b->addr && a->device == b->device && a->id == b->id && a->len == b->len &&
           a->size == b->size && a->burst == b->burst && a->prot == b->prot &&
           a->cache == b->cache && a->has_device == b->has_device;
}

static bool same_w(const its_axi_w *a, const its_axi_w *b)
{
    return a->data == b->data && a->strb == b->strb && a->last == b->last;
}

static bool same_b(const its_axi_b *a, const its_axi_b *b)
{
    return a->id == b->id && a->resp == b->resp;
}

static bool same_r(const its_axi_r *a, const its_axi_r *b)
{
    return a->data == b->data && a->id == b->id && a->resp == b->resp && a->last == b->last;
}

static void check_held(const its_rules_axi *u, its_rules_log *log, unsigned channel, bool valid,
                       bool same, uint32_t id)
{
    if (!valid)
        note(u, log, ITS_RULE_valid_dropped, channel, id, 0);
    else if (!same)
        note(u, log, ITS_RULE_payload_changed, channel, id, 0);
}

static void check_stable(const its_rules_axi *u, its_rules_log *log, const its_axi *p)
{
    const its_axi *o = &u->before;

    if (o->aw.valid)
        check_held(u, log, AW, p->aw.valid, same_address(&o->aw.d, &p->aw.d), o->aw.d.id);
    if (o->w.valid)
        check_held(u, log, W, p->w.valid, same_w(&o->w.d, &p->w.d), 0);
    if (o->b.valid)
        check_held(u, log, B, p->b.valid, same_b(&o->b.d, &p->b.d), o->b.d.id);
    if (o->ar.valid)
        check_held(u, log, AR, p->ar.valid, same_address(&o->ar.d, &p->ar.d), o->ar.d.id);
    if (o->r.valid)
        check_held(u, log, R, p->r.valid, same_r(&o->r.d, &p->r.d), o->r.d.id);
}

static void remember(its_rules_axi *u, const its_axi *p)
{
    u->before = *p;
    u->before.aw.valid = p->aw.valid && !p->aw.ready;
    u->before.w.valid = p->w.valid && !p->w.ready;
    u->before.b.valid = p->b.valid && !p->b.ready;
    u->before.ar.valid = p->ar.valid && !p->ar.ready;
    u->before.r.valid = p->r.valid && !p->r.ready;
}

/* --- bursts ----------------------------------------------------------------------------------- */

static uint64_t beat_bytes(uint8_t size)
{
    return UINT64_C(1) << (size & 7u);
}

static bool wrap_length(uint8_t len)
{
    return len == 1 || len == 3 || len == 7 || len == 15;
}

static bool type_is_legal(const its_axi_address *a)
{
    if (a->burst == ITS_AXI_WRAP)
        return wrap_length(a->len) && a->addr % beat_bytes(a->size) == 0;
    if (a->burst == ITS_AXI_FIXED)
        return a->len < 16;
    return a->burst == ITS_AXI_INCR;
}

static bool crosses_4k(const its_axi_address *a)
{
    uint64_t bytes = beat_bytes(a->size);
    uint64_t last = (a->addr & ~(bytes - 1)) + bytes * (a->len + 1u) - 1;
    return a->burst == ITS_AXI_INCR && a->addr >> 12 != last >> 12;
}

static void check_shape(const its_rules_axi *u, its_rules_log *log, unsigned channel,
                        const its_axi_address *a)
{
    if (a->size > 7 || beat_bytes(a->size) > u->bytes)
        note(u, log, ITS_RULE_burst_size, channel, a->id, a->addr);
    if (!type_is_legal(a))
        note(u, log, ITS_RULE_burst_type, channel, a->id, a->addr);
    if (crosses_4k(a))
        note(u, log, ITS_RULE_burst_4k, channel, a->id, a->addr);
}

static uint64_t beat_address(const its_rules_burst *b)
{
    uint64_t bytes = beat_bytes(b->size);
    uint64_t aligned = b->addr & ~(bytes - 1);
    if (b->burst == ITS_AXI_FIXED || b->beats == 0)
        return b->addr;
    if (b->burst != ITS_AXI_WRAP)
        return aligned + bytes * b->beats;
    uint64_t total = bytes * (b->len + 1u);
    uint64_t base = aligned / total * total;
    return base + (aligned - base + bytes * b->beats) % total;
}

/* Lanes from the first byte of the beat to the end of its size-aligned cell. */
static uint8_t beat_lanes(const its_rules_axi *u, const its_rules_burst *b)
{
    uint64_t at = beat_address(b);
    uint64_t bytes = beat_bytes(b->size);
    if (bytes > u->bytes)
        return UINT8_MAX;
    unsigned first = (unsigned)(at % u->bytes);
    unsigned end = (unsigned)((at & ~(bytes - 1)) % u->bytes + bytes);
    return (uint8_t)((0xffu << first) & ((1u << end) - 1u));
}

static its_rules_burst *first_of_id(its_rules_burst *list, unsigned count, uint16_t id)
{
    for (unsigned i = 0; i < count; i++)
        if (list[i].id == id)
            return &list[i];
    return NULL;
}

static void forget(its_rules_burst *list, unsigned *count, its_rules_burst *which)
{
    its_rules_burst *end = list + --*count;
    memmove(which, which + 1, (size_t)(end - which) * sizeof *which);
}

/* The burst that the next write data belongs to: AXI4 keeps data in the order of addresses. */
static its_rules_burst *open_write(its_rules_axi *u)
{
    for (unsigned i = 0; i < u->writes; i++)
        if (u->write[i].beats <= u->write[i].len)
            return &u->write[i];
    return NULL;
}

static void check_beat(const its_rules_axi *u, its_rules_log *log, its_rules_burst *b, uint8_t strb,
                       bool last)
{
    if (strb & ~beat_lanes(u, b))
        note(u, log, ITS_RULE_strobes, W, b->id, beat_address(b));
    if (last != (b->beats == b->len))
        note(u, log, ITS_RULE_w_last, W, b->id, b->addr);
    b->beats++;
}

/* --- transfers -------------------------------------------------------------------------------- */

static void add(const its_rules_axi *u, its_rules_log *log, its_rules_burst *list, unsigned *count,
                unsigned channel, const its_axi_address *a, bool late)
{
    if (*count == ITS_RULES_BURSTS) {
        note(u, log, ITS_RULE_checker_full, channel, a->id, a->addr);
        return;
    }
    list[(*count)++] = (its_rules_burst){.addr = a->addr,
                                         .id = a->id,
                                         .len = a->len,
                                         .size = a->size,
                                         .burst = a->burst,
                                         .late = late};
}

/* Beats that came early belong to the write whose address has come now. */
static void give_leads(its_rules_axi *u, its_rules_log *log)
{
    unsigned used = 0;
    for (its_rules_burst *b; used < u->leads && (b = open_write(u)) != NULL; used++)
        check_beat(u, log, b, u->lead[used].strb, u->lead[used].last);
    u->leads -= used;
    memmove(u->lead, u->lead + used, u->leads * sizeof u->lead[0]);
}

static void take_aw(its_rules_axi *u, its_rules_log *log, const its_axi_address *a)
{
    add(u, log, u->write, &u->writes, AW, a, u->leads > 0 && u->lead[0].late);
    give_leads(u, log);
}

static void take_w(its_rules_axi *u, its_rules_log *log, const its_axi_w *d)
{
    its_rules_burst *b = open_write(u);
    if (b)
        check_beat(u, log, b, d->strb, d->last);
    else if (u->leads == ITS_RULES_LEADS)
        note(u, log, ITS_RULE_checker_full, W, 0, 0);
    else
        u->lead[u->leads++] = (its_rules_lead){.strb = d->strb, .last = d->last};
}

static void check_b(its_rules_axi *u, its_rules_log *log, const its_axi_b *d)
{
    const its_rules_burst *b = first_of_id(u->write, u->writes, d->id);
    if (!b)
        note(u, log, ITS_RULE_b_unowed, B, d->id, 0);
    else if (b->beats <= b->len)
        note(u, log, ITS_RULE_b_early, B, d->id, b->addr);
}

static void take_b(its_rules_axi *u, const its_axi_b *d)
{
    its_rules_burst *b = first_of_id(u->write, u->writes, d->id);
    if (b)
        forget(u->write, &u->writes, b);
}

static void check_r(its_rules_axi *u, its_rules_log *log, const its_axi_r *d)
{
    const its_rules_burst *b = first_of_id(u->read, u->reads, d->id);
    if (!b)
        note(u, log, ITS_RULE_r_unowed, R, d->id, 0);
    else if (d->last != (b->beats == b->len))
        note(u, log, ITS_RULE_r_last, R, d->id, b->addr);
}

static void take_r(its_rules_axi *u, const its_axi_r *d)
{
    its_rules_burst *b = first_of_id(u->read, u->reads, d->id);
    if (b && b->beats++ == b->len)
        forget(u->read, &u->reads, b);
}

/* --- what may be offered at all --------------------------------------------------------------- */

static bool late_write_owed(const its_rules_axi *u)
{
    for (unsigned i = 0; i < u->writes; i++)
        if (u->write[i].late)
            return true;
    return false;
}

/* The address of a write of which the bus took only the data before resetn: it has to come. */
static bool completes_late_write(const its_rules_axi *u, unsigned channel)
{
    return channel == AW && u->leads > 0 && u->lead[0].late;
}

static void check_start(its_rules_axi *u, its_rules_log *log, unsigned channel,
                        const its_axi_address *a)
{
    check_shape(u, log, channel, a);
    if (!is_master(u) || completes_late_write(u, channel))
        return;
    bool write = channel == AW;
    const its_rules_burst *b =
        write ? first_of_id(u->write, u->writes, a->id) : first_of_id(u->read, u->reads, a->id);
    if (b)
        note(u, log, b->late ? ITS_RULE_late_id : ITS_RULE_id_busy, channel, a->id, a->addr);
    if (late_write_owed(u) || (u->leads > 0 && u->lead[0].late))
        note(u, log, ITS_RULE_late_write, channel, a->id, a->addr);
}

static bool by_its(uint16_t id)
{
    return id < ITS_ID_RD;
}

static void check_off_address(its_rules_axi *u, its_rules_log *log, unsigned channel,
                              const its_axi_address *a)
{
    if (by_its(a->id) && !completes_late_write(u, channel))
        note(u, log, ITS_RULE_off_access, channel, a->id, a->addr);
}

static void check_off(its_rules_axi *u, its_rules_log *log, const its_axi *p, bool begins)
{
    const its_axi *o = &u->before;

    if (p->aw.valid && (begins || !o->aw.valid))
        check_off_address(u, log, AW, &p->aw.d);
    if (p->ar.valid && (begins || !o->ar.valid))
        check_off_address(u, log, AR, &p->ar.d);
    const its_rules_burst *b = open_write(u);
    if (p->w.valid && b && by_its(b->id) && !b->late && (begins || !o->w.valid))
        note(u, log, ITS_RULE_off_access, W, b->id, b->addr);
}

static void check_off_owed(its_rules_axi *u, its_rules_log *log, const its_rules_burst *list,
                           unsigned count, unsigned channel)
{
    for (unsigned i = 0; i < count; i++)
        if (by_its(list[i].id) && !list[i].late)
            note(u, log, ITS_RULE_off_owed, channel, list[i].id, list[i].addr);
}

static void check_state(its_rules_axi *u, its_rules_log *log, const its_axi *p, bool off)
{
    bool begins = off && !u->was_off;

    u->was_off = off;
    if (!is_master(u))
        return;
    if (off)
        check_off(u, log, p, begins);
    if (begins) {
        check_off_owed(u, log, u->write, u->writes, AW);
        check_off_owed(u, log, u->read, u->reads, AR);
    }
}

/* --- one edge --------------------------------------------------------------------------------- */

/* Addresses and data first: an answer may be offered at the edge that completes its request. */
static void transfer(its_rules_axi *u, its_rules_log *log, const its_axi *p)
{
    bool new_b = p->b.valid && !u->before.b.valid;
    bool new_r = p->r.valid && !u->before.r.valid;

    if (p->aw.valid && !u->before.aw.valid)
        check_start(u, log, AW, &p->aw.d);
    if (p->ar.valid && !u->before.ar.valid)
        check_start(u, log, AR, &p->ar.d);
    if (its_fire(&p->aw))
        take_aw(u, log, &p->aw.d);
    if (its_fire(&p->w))
        take_w(u, log, &p->w.d);
    if (its_fire(&p->ar))
        add(u, log, u->read, &u->reads, AR, &p->ar.d, false);
    if (new_b)
        check_b(u, log, &p->b.d);
    if (new_r)
        check_r(u, log, &p->r.d);
    if (its_fire(&p->b))
        take_b(u, &p->b.d);
    if (its_fire(&p->r))
        take_r(u, &p->r.d);
}

void its_rules_axi_edge(its_rules_axi *u, its_rules_log *log, const its_axi *port, bool resetn,
                        bool off)
{
    if (u->was_reset)
        check_reset(u, log, port, resetn);
    check_stable(u, log, port);
    check_state(u, log, port, off);
    transfer(u, log, port);
    remember(u, port);
    if (!resetn)
        reset(u);
    u->was_reset = !resetn;
}
