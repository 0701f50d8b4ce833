/* SPDX-License-Identifier: MIT */
/* its.c - the ITS alone: the core between a slave port, a master port and a message port. */
#include "itsim/its.h"

#include <string.h>

#include "its/core.h"
#include "its/image.h"
#include "its/mst.h"
#include "its/slv.h"

typedef struct its_state {
    its_core core;
    its_slv slv;
    its_mst mst;
    uint64_t cycle;   /* edges since creation */
    uint16_t rd_pick; /* redistributor on the message port */
    bool rd_picked;
    bool nowhere; /* access outside the 128 KB taken, its answer is due */
    bool in_reset;
} its_state;

struct its_block {
    its_profile profile;
    its_probe probe;
    its_core_wires x;
    its_slv_wires slv_w;
    its_mst_wires mst_w;
    its_state *s;
    its_line *lines;
};

/* The state, and the cache lines behind it. */
static size_t state_bytes(const its_profile *profile)
{
    return its_image_aligned(sizeof(its_state)) +
           its_image_aligned(its_cache_lines(profile) * sizeof(its_line));
}

size_t its_size(const its_profile *profile)
{
    if (!profile || its_profile_check(profile, NULL, 0))
        return 0;
    return its_image_aligned(sizeof(its_block)) + its_image_bytes(state_bytes(profile));
}

const char *its_strerror(its_status status)
{
    switch (status) {
    case ITS_OK:
        return "no error";
    case ITS_E_ARGUMENT:
        return "an argument is NULL or out of range";
    case ITS_E_PROFILE:
        return "the profile contradicts itself; its_profile_check() names the field";
    case ITS_E_SPACE:
        return "the storage is too small or not aligned to 16 bytes";
    case ITS_E_VERSION:
        return "the saved state is of another version or another profile";
    case ITS_E_IMAGE:
        return "the saved state is cut short or damaged";
    case ITS_E_BUSY:
        return "not possible now; try again when the model is idle";
    }
    return "unknown status";
}

/* --- one edge --------------------------------------------------------------------------------------- */

static void route_access(its_block *c)
{
    its_access_ch *from = &c->slv_w.access;
    its_access_ch *to = &c->x.w.access;
    its_result_ch *result = &c->x.w.result;
    bool here = from->d.frame != ITS_FRAME_NONE;

    to->valid = from->valid && here;
    to->d = from->d;
    from->ready = here ? to->ready : !c->s->nowhere;
    c->slv_w.result.valid = c->s->nowhere || result->valid;
    c->slv_w.result.d = result->d;
    if (c->s->nowhere)
        c->slv_w.result.d = (its_access_result){.fault = false};
    result->ready = c->slv_w.result.ready && !c->s->nowhere;
}

/* The message port shows one redistributor's head at a time. */
static void route_messages(its_block *c, its_pins *pins)
{
    its_wires *w = &c->x.w;
    const its_state *s = c->s;

    pins->rd_message.valid = s->rd_picked;
    if (s->rd_picked) {
        pins->rd_message.d.rd = s->rd_pick;
        pins->rd_message.d.msg = w->rd_message[s->rd_pick].d;
    }
}

static void take_messages(its_block *c, const its_pins *pins)
{
    its_wires *w = &c->x.w;
    const its_rd_in *in = &pins->rd_ack.d;

    ITS_EACH_RD (rd, &w->rd_offered)
        w->rd_message[rd].ready = false;
    if (c->s->rd_picked)
        w->rd_message[c->s->rd_pick].ready = pins->rd_message.ready;
    w->rd_acked = (its_rdset){{0}};
    if (pins->rd_ack.valid && in->rd < c->profile.redistributors &&
        its_rdset_has(&c->s->core.rdlink.waiting, in->rd)) {
        w->rd_ack[in->rd].valid = pins->rd_ack.ready;
        w->rd_ack[in->rd].d = in->ack;
        its_rdset_put(&w->rd_acked, in->rd, pins->rd_ack.ready);
    }
}

/* An acknowledgement is taken only when that redistributor's could be, whichever it will be. */
static bool acks_ready(const its_block *c)
{
    ITS_EACH_RD (rd, &c->s->core.rdlink.waiting)
        if (!c->x.w.rd_ack[rd].ready)
            return false;
    return true;
}

static void pick_message(its_block *c, const its_pins *pins)
{
    its_state *s = c->s;
    const its_rdset *offered = &c->x.w.rd_offered;

    if (s->rd_picked && !its_fire(&pins->rd_message))
        return;
    unsigned fired = s->rd_picked ? s->rd_pick : ITS_MAX_RD;
    s->rd_picked = false;
    for (unsigned i = 1; i <= ITS_MAX_RD; i++) {
        unsigned rd = (s->rd_pick + i) % ITS_MAX_RD;
        if (rd == fired || !its_rdset_has(offered, rd))
            continue;
        s->rd_pick = (uint16_t)rd;
        s->rd_picked = true;
        return;
    }
}

void its_drive(its_block *c, its_pins *pins)
{
    its_core_drive(&c->s->core, &c->x);
    c->slv_w.msi_room = c->x.w.msi_room;
    its_slv_drive(&c->s->slv, &c->slv_w, &pins->s_axi);
    its_mst_drive(&c->s->mst, &c->mst_w, &pins->m_axi);
    c->x.w.memory = c->mst_w.response;
    c->x.w.reads_owed = c->mst_w.reads_owed;
    c->x.w.writes_owed = c->mst_w.writes_owed;
    route_access(c);
    route_messages(c, pins);
    pins->syserr = c->s->core.gits.report.syserr;
    pins->umsi_irq = its_report_interrupt(&c->s->core.gits.report);
    pins->rd_ack.ready = !c->s->in_reset && acks_ready(c);
}

static void reset(its_block *c, const its_pins *pins)
{
    its_state *s = c->s;

    if (!s->in_reset)
        its_emit(&c->probe, ITS_UNIT_DRAIN, ITS_EV_RESET, ITS_REF_NONE, 0, 0, 0);
    its_mst_reset(&s->mst, &pins->m_axi);
    its_slv_reset(&s->slv);
    its_core_reset(&s->core, c->lines, &c->x);
    s->rd_picked = false;
    s->rd_pick = 0;
    s->nowhere = false;
    s->in_reset = true;
}

void its_clock(its_block *c, const its_pins *pins)
{
    its_state *s = c->s;

    c->probe.cycle = s->cycle;
    if (!pins->resetn) {
        reset(c, pins);
    } else {
        s->in_reset = false;
        if (s->nowhere && c->slv_w.result.ready)
            s->nowhere = false;
        if (its_fire(&c->slv_w.access) && c->slv_w.access.d.frame == ITS_FRAME_NONE)
            s->nowhere = true;
        take_messages(c, pins);
        pick_message(c, pins);
        its_slv_clock(&s->slv, &c->slv_w, &pins->s_axi);
        its_mst_clock(&s->mst, &c->mst_w, &pins->m_axi);
        its_core_clock(&s->core, c->lines, &c->x);
    }
    s->cycle++;
    c->probe.cycle = s->cycle;
}

uint64_t its_wake(const its_block *c)
{
    const its_state *s = c->s;
    uint64_t wake = its_core_wake(&s->core, &c->x, s->cycle);
    uint64_t slv = its_slv_wake(&s->slv);
    uint64_t mst = its_mst_wake(&s->mst);

    if (s->nowhere || s->rd_picked || s->in_reset)
        return 0;
    wake = slv < wake ? slv : wake;
    return mst < wake ? mst : wake;
}

its_status its_skip(its_block *c, uint64_t n)
{
    if (n > its_wake(c))
        return ITS_E_BUSY;
    c->s->cycle += n;
    c->probe.cycle = c->s->cycle;
    return ITS_OK;
}

uint64_t its_cycle(const its_block *c)
{
    return c->s->cycle;
}

uint64_t its_peek(its_block *c, uint32_t offset, unsigned bytes)
{
    its_pins unused = {.resetn = true};

    its_drive(c, &unused); /* the wires must be up to date; driving changes no state */
    return its_core_peek(&c->s->core, &c->x, offset, bytes);
}

/* --- creation ------------------------------------------------------------------------------------------ */

static void connect(its_block *c)
{
    its_core_connect(&c->x, &c->profile, &c->probe);
    c->slv_w = (its_slv_wires){.profile = &c->profile, .probe = &c->probe, .whole_gic = false};
    c->mst_w = (its_mst_wires){
        .client = {&c->x.w.store_mem, &c->x.w.fetch_mem},
        .clients = 2,
        .profile = &c->profile,
        .probe = &c->probe,
    };
}

its_block *its_create(void *storage, size_t bytes, const its_profile *profile, its_status *status)
{
    its_status result = its_image_check(storage, bytes, profile, its_size(profile));
    its_pins pins = {.resetn = false};

    if (status)
        *status = result;
    if (result != ITS_OK)
        return NULL;
    its_block *c = storage;
    memset(storage, 0, its_size(profile));
    c->profile = *profile;
    c->s = (its_state *)(void *)((uint8_t *)storage + its_image_aligned(sizeof *c));
    c->lines = (its_line *)(void *)((uint8_t *)c->s + its_image_aligned(sizeof *c->s));
    connect(c);
    c->s->in_reset = true; /* creation is no reset event */
    its_drive(c, &pins);
    its_clock(c, &pins);
    c->s->cycle = 0;
    c->probe.cycle = 0;
    return c;
}

void its_listen(its_block *c, void (*sink)(void *host, const its_event *event), void *host)
{
    c->probe.sink = sink;
    c->probe.host = host;
}

/* --- state as bytes -------------------------------------------------------------------------------------- */

void its_save(const its_block *c, void *bytes)
{
    memset(bytes, 0, its_size(&c->profile));
    its_image_save(&c->profile, c->s, state_bytes(&c->profile), bytes);
}

its_status its_load(its_block *c, const void *bytes, size_t size)
{
    its_status result = its_image_load(&c->profile, c->s, state_bytes(&c->profile), bytes, size);

    if (result != ITS_OK)
        return result;
    connect(c);
    c->probe.cycle = c->s->cycle;
    return ITS_OK;
}

uint64_t its_digest(const its_block *c)
{
    return its_image_digest(c->s, state_bytes(&c->profile));
}
