/* SPDX-License-Identifier: MIT */
/* xlat.c - the translator. */
#include "its/xlat.h"

#include <string.h>

#include "arch/bits.h"
#include "arch/perturb.h"

#define PATIENCE 128u /* edges; ours */
#define TAG_SHIFT 4u  /* its_lookup.slot: slot in the low bits, tag above */

static unsigned lowest(uint32_t set)
{
    return (unsigned)__builtin_ctz(set);
}

/* The slot of `set` to serve next, starting the search at u->turn. `set` is not empty. */
static unsigned next_slot(const its_xlat *u, uint32_t set)
{
    uint32_t later = set >> u->turn << u->turn;
    return lowest(later ? later : set);
}

static void move(its_xlat *u, unsigned i, its_xlat_state to)
{
    uint32_t bit = UINT32_C(1) << i;
    u->in[u->slot[i].state] &= ~bit;
    u->in[to] |= bit;
    u->slot[i].state = (uint8_t)to;
}

static void release(its_xlat *u, unsigned i)
{
    move(u, i, XLAT_FREE);
    u->busy &= ~(UINT32_C(1) << i);
    u->freed |= UINT32_C(1) << i;
    u->calls |= CORE_XLAT;
}

/* --- holds --------------------------------------------------------------------------------------- */

/*
 * Has this translation used, or is it about to use, what the command changes? Of a collection it has
 * used nothing as long as it waits for the first lookup of the entry, which the hold holds back; that
 * it missed the entry is knowledge too, and out of date when the command has written it.
 */
static bool uses(const its_translation *t, const its_hold *h)
{
    if (h->kind == ITS_HOLD_COLLECTION)
        return t->known.state[ITS_OPERAND_ITE] == ITS_HELD &&
               t->known.value[ITS_OPERAND_ITE].target == h->key &&
               !(t->state == XLAT_WANT_LOOKUP && t->verdict.what == ITS_ENTRY_CTE);
    if (t->request.cmd.device != h->device)
        return false;
    return h->kind == ITS_HOLD_DEVICE || t->request.cmd.event == h->key;
}

ITS_SELDOM
static void restart_held(its_xlat *u, const its_wires *w)
{
    for (uint32_t busy = u->busy & ~u->in[XLAT_START]; busy; busy &= busy - 1) {
        unsigned i = lowest(busy);
        its_translation *t = &u->slot[i];
        if (!uses(t, &w->hold))
            continue;
        bool fresh = memcmp(t->known.state, (uint8_t[8]){0}, 8) == 0 && t->state != XLAT_LOOKUP;
        if (!fresh)
            its_emit(w->probe, ITS_UNIT_XLAT, ITS_EV_KILL, t->ref, t->request.cmd.device,
                     t->request.cmd.event, ITS_ENTRY_ITE);
        memset(t->known.state, 0, sizeof t->known.state);
        move(u, i, XLAT_ASK);
    }
}

/* --- what comes back ------------------------------------------------------------------------------ */

static void take_answer(its_xlat *u, const its_wires *w)
{
    const its_answer *a = &w->xlat_answer;
    unsigned i = (unsigned)(a->slot & its_mask(0, TAG_SHIFT));
    its_translation *t = &u->slot[i];

    if (!a->valid || t->state != XLAT_LOOKUP || t->tag != a->slot >> TAG_SHIFT)
        return;
    its_learn_answer(&t->known, &t->verdict, a);
    move(u, i, XLAT_ASK);
}

static void take_fill(its_xlat *u, const its_wires *w)
{
    if (!w->fill.valid)
        return;
    for (uint32_t set = u->in[XLAT_FETCH]; set; set &= set - 1) {
        unsigned i = lowest(set);
        if (its_learn_fill(&u->slot[i].known, &u->slot[i].verdict, &w->fill))
            move(u, i, XLAT_ASK);
    }
}

/* --- what happens next ---------------------------------------------------------------------------- */

its_outcome its_xlat_outcome(const its_request *rq, const its_operands *known, const its_verdict *v)
{
    its_outcome o = {.device = rq->cmd.device,
                     .event = rq->cmd.event,
                     .drop = v->kind == ITS_VERDICT_DO ? (uint8_t)ITS_DROP_NONE : v->drop,
                     .valid = true};

    if (v->kind == ITS_VERDICT_DO) {
        o.ite = known->value[ITS_OPERAND_ITE];
        o.address = known->address[ITS_OPERAND_ITE];
        o.intid = v->intid;
        o.rd = v->rd;
    }
    return o;
}

ITS_SELDOM
static void tell(its_xlat *u, const its_wires *w, const its_translation *t)
{
    u->outcome = its_xlat_outcome(&t->request, &t->known, &t->verdict);
    u->outcome.trial = t->trial;
    u->outcome.lock = t->trial && w->trial.lock;
    u->calls |= CORE_XLAT | CORE_OPR | CORE_STORE;
}

static void tell_outcome(its_xlat *u, const its_wires *w, const its_translation *t)
{
    const its_cmd *cmd = &t->request.cmd;
    bool tracked = w->track.valid && w->track.device == cmd->device && w->track.event == cmd->event;

    if (t->trial || tracked)
        tell(u, w, t);
}

ITS_SELDOM
static void drop(its_xlat *u, const its_wires *w, const its_translation *t)
{
    const its_cmd *cmd = &t->request.cmd;

    its_emit(w->probe, ITS_UNIT_XLAT, ITS_EV_MSI_DROP, t->ref, cmd->device, cmd->event,
             t->verdict.drop);
    if (u->unmapped.count++ == 0) {
        u->unmapped.device = cmd->device;
        u->unmapped.event = cmd->event;
        u->unmapped.drop = t->verdict.drop;
    }
    u->calls |= CORE_XLAT | CORE_GITS;
}

/* Nothing is left to be known. */
static void decided(its_xlat *u, const its_wires *w, unsigned i)
{
    const its_translation *t = &u->slot[i];

    if (t->verdict.kind == ITS_VERDICT_DO && !t->trial) {
        move(u, i, XLAT_SEND);
        return;
    }
    if (!t->trial)
        drop(u, w, t);
    tell_outcome(u, w, t);
    release(u, i);
}

static void ask(its_xlat *u, const its_wires *w, unsigned i)
{
    its_translation *t = &u->slot[i];

    its_decide(w->facts, &t->request, &t->known, &t->verdict);
    if (t->verdict.kind == ITS_VERDICT_NEED) {
        bool looked = t->known.state[t->verdict.operand] == ITS_MISSED;
        move(u, i, looked ? XLAT_WANT_FETCH : XLAT_WANT_LOOKUP);
    } else {
        decided(u, w, i);
    }
}

static void start(its_xlat *u)
{
    for (uint32_t set = u->in[XLAT_START]; set; set &= set - 1) {
        unsigned i = lowest(set);
        if (--u->slot[i].count == 0)
            move(u, i, XLAT_ASK);
    }
}

/* While held, a translation stays in XLAT_ASK or XLAT_WANT_LOOKUP. */
static bool held(const its_wires *w, const its_translation *t)
{
    if (w->hold.kind == ITS_HOLD_NONE)
        return false;
    its_name name = its_verdict_name(&t->verdict);
    return its_hold_covers(&w->hold, &name);
}

/* Slot i was served: the search starts behind it next time. */
static void served(its_xlat *u, const its_wires *w, unsigned i)
{
    u->turn = (uint8_t)(i + 1u == w->profile->translations ? 0 : i + 1u);
}

static void offer_lookup(its_xlat *u, const its_wires *w)
{
    u->lookup.valid = false;
    for (uint32_t set = u->in[XLAT_WANT_LOOKUP]; set;) {
        unsigned i = next_slot(u, set);
        its_translation *t = &u->slot[i];
        set &= ~(UINT32_C(1) << i);
        if (held(w, t))
            continue;
        t->tag = (uint8_t)((t->tag + 1u) & its_mask(0, TAG_SHIFT));
        its_put_name(&u->lookup.name, &t->verdict);
        u->lookup.ref = t->ref;
        u->lookup.slot = (uint8_t)(i | (unsigned)t->tag << TAG_SHIFT);
        u->lookup.valid = true;
        u->calls |= CORE_XLAT | CORE_STORE;
        move(u, i, XLAT_LOOKUP);
        served(u, w, i);
        return;
    }
}

static void offer_fetch(its_xlat *u, const its_wires *w)
{
    /* The one offered now takes a miss register at this edge; count it. */
    bool room = w->fetch_room > (u->fetch.valid ? 1 : 0);

    u->fetch.valid = false;
    if (!u->in[XLAT_WANT_FETCH] || !room)
        return;
    unsigned i = next_slot(u, u->in[XLAT_WANT_FETCH]);
    its_put_name(&u->fetch.name, &u->slot[i].verdict);
    u->fetch.ref = u->slot[i].ref;
    u->fetch.valid = true;
    u->calls |= CORE_XLAT | CORE_STORE;
    move(u, i, XLAT_FETCH);
}

static void offer_message(its_xlat *u, const its_wires *w)
{
    u->message.valid = false;
    for (uint32_t set = u->in[XLAT_SEND]; set;) {
        unsigned i = next_slot(u, set);
        const its_translation *t = &u->slot[i];
        set &= ~(UINT32_C(1) << i);
        if (its_rdset_has(&w->rd_full, t->verdict.rd))
            continue;
        u->message = (its_rd_request){.intid = t->verdict.intid,
                                      .ref = t->ref,
                                      .rd = t->verdict.rd,
                                      .message = t->verdict.message,
                                      .valid = true};
        u->calls |= CORE_XLAT | CORE_RDLINK;
        its_emit(w->probe, ITS_UNIT_XLAT, ITS_EV_MSI_SEND, t->ref, t->verdict.intid, 0,
                 t->verdict.rd);
        tell_outcome(u, w, t);
        release(u, i);
        return;
    }
}

/* --- new MSIs ------------------------------------------------------------------------------------- */

/*
 * A quarter of the translations, at least one, may wait for memory on behalf of one device; and
 * whatever they are doing, a device leaves a quarter to the others: a command that holds it may wait
 * for the bus as well.
 */
static bool device_has_enough(const its_xlat *u, const its_wires *w, uint32_t device)
{
    unsigned all = w->profile->translations;
    unsigned quarter = (all + 3u) / 4u;
    uint32_t waiting = u->in[XLAT_FETCH] | u->in[XLAT_WANT_FETCH];
    unsigned waits = 0;
    unsigned has = 0;

    for (uint32_t busy = u->busy; busy; busy &= busy - 1) {
        unsigned i = lowest(busy);
        if (u->slot[i].request.cmd.device != device)
            continue;
        has++;
        waits += (waiting >> i) & 1u;
    }
    return waits >= quarter || (has > 0 && has >= all - quarter);
}

static bool merges(const its_xlat *u, const its_wires *w, const its_msi *msi)
{
    uint32_t event = its_msi_event(w->profile, msi->event);

    for (uint32_t busy = u->busy; busy; busy &= busy - 1) {
        const its_translation *under_way = &u->slot[lowest(busy)];
        if (!under_way->trial && under_way->request.cmd.event == event &&
            under_way->request.cmd.device == msi->device)
            return true;
    }
    return false;
}

static void mark(its_xlat *u, const its_wires *w)
{
    uint8_t busy = (uint8_t)its_count(u->busy);
    if (busy <= u->mark)
        return;
    u->mark = busy;
    its_emit(w->probe, ITS_UNIT_XLAT, ITS_EV_LEVEL, ITS_REF_NONE, busy, 0, ITS_QUEUE_TRANSLATIONS);
}

/* The event is named as its_decide names it, so that holds see it. */
static void begin(its_xlat *u, const its_wires *w, uint32_t device, uint32_t event, uint32_t ref)
{
    unsigned i = lowest(u->in[XLAT_FREE]);
    its_translation *t = &u->slot[i];

    memset(t->known.state, 0, sizeof t->known.state);
    t->request = (its_request){.msi = true, .cmd.device = device};
    t->request.cmd.event = its_msi_event(w->profile, event);
    t->ref = ref;
    t->trial = ref == ITS_REF_NONE;
    t->count = (uint8_t)w->profile->translation_cycles;
    if (w->profile->perturb)
        t->count = its_perturb_stage(w->profile->perturb, ITS_PERTURB_TRANSLATION, w->probe->cycle,
                                     t->count);
    move(u, i, XLAT_START);
    u->busy |= UINT32_C(1) << i;
    mark(u, w);
}

static void begin_msi(its_xlat *u, const its_wires *w, const its_msi *msi)
{
    begin(u, w, msi->device, msi->event, msi->ref);
    its_emit(w->probe, ITS_UNIT_XLAT, ITS_EV_MSI_START, msi->ref, msi->device, msi->event, 0);
}

/* Before MSIs get the free places: they may be many. */
ITS_SELDOM
static void take_trial(its_xlat *u, const its_wires *w)
{
    bool offered = w->trial.valid && !u->trial_taken; /* not the one taken at the last edge */

    u->trial_taken = offered && u->in[XLAT_FREE];
    if (!u->trial_taken)
        return;
    u->calls |= CORE_XLAT | CORE_OPR;
    begin(u, w, w->trial.device, w->trial.event, ITS_REF_NONE);
}

static void take_msi(its_xlat *u, const its_wires *w)
{
    bool leaving = u->take; /* msi_pool[u->taken] leaves at this edge */
    unsigned gone = u->taken;

    u->take = false;
    if (w->msi_count == 0)
        return;
    /* Without a free slot an MSI can only merge, and has its chance when it comes. */
    uint32_t newest = w->msi_pool[w->msi_count - 1u].ref;
    unsigned first = u->in[XLAT_FREE] ? 0 : w->msi_count - 1u;
    if (first && newest == u->newest)
        return;
    u->newest = newest;
    for (unsigned k = first; k < w->msi_count; k++) {
        const its_msi *msi = &w->msi_pool[k];
        if (leaving && k == gone)
            continue;
        if (merges(u, w, msi)) {
            its_emit(w->probe, ITS_UNIT_XLAT, ITS_EV_MSI_MERGE, msi->ref, msi->device, msi->event,
                     0);
        } else if (u->in[XLAT_FREE] && !device_has_enough(u, w, msi->device)) {
            begin_msi(u, w, msi);
        } else {
            continue;
        }
        u->take = true;
        u->calls |= CORE_XLAT | CORE_MSIQ;
        u->taken = (uint8_t)(leaving && k > gone ? k - 1 : k);
        return;
    }
}

/* --- standing still --------------------------------------------------------------------------------- */

/* Somebody waits for a slot, and would get one if there was one. */
static bool wanted(const its_xlat *u, const its_wires *w)
{
    if (w->trial.valid)
        return true;
    for (unsigned k = 0; k < w->msi_count; k++)
        if (!device_has_enough(u, w, w->msi_pool[k].device))
            return true;
    return false;
}

/* Some translation does. An MSI that merges leaves the queue, but that moves none. */
static bool steps(const its_xlat *u)
{
    return u->in[XLAT_FREE] || u->in[XLAT_LOOKUP] || u->in[XLAT_START] || u->fetch.valid;
}

/* Another one waits for the same answer. */
static bool shares_fetch(const its_xlat *u, unsigned i)
{
    its_name name = its_verdict_name(&u->slot[i].verdict);

    for (uint32_t set = u->in[XLAT_FETCH] & ~(UINT32_C(1) << i); set; set &= set - 1) {
        its_name other = its_verdict_name(&u->slot[lowest(set)].verdict);
        if (its_same_name(&name, &other))
            return true;
    }
    return false;
}

/* Who alone waits for an answer stays: with no cache to keep it the read would be in vain. */
static bool may_go_back(const its_xlat *u, unsigned i)
{
    const its_translation *t = &u->slot[i];
    return !t->trial && (t->state != XLAT_FETCH || shares_fetch(u, i));
}

/* The numbers of MSIs wrap at 31 bits. */
static bool younger(uint32_t ref, uint32_t than)
{
    return ((ref - than) & UINT32_C(0x7fffffff)) < UINT32_C(0x40000000);
}

/* The youngest that may go back, or ITS_MAX_SLOTS. Never the oldest of all: it gets to its end. */
static unsigned youngest(const its_xlat *u, const its_wires *w)
{
    unsigned found = ITS_MAX_SLOTS;
    unsigned oldest = ITS_MAX_SLOTS;

    for (unsigned i = 0; i < w->profile->translations; i++)
        if (!u->slot[i].trial &&
            (oldest == ITS_MAX_SLOTS || younger(u->slot[oldest].ref, u->slot[i].ref)))
            oldest = i;
    for (unsigned i = 0; i < w->profile->translations; i++)
        if (i != oldest && may_go_back(u, i) &&
            (found == ITS_MAX_SLOTS || younger(u->slot[i].ref, u->slot[found].ref)))
            found = i;
    return found;
}

/*
 * Every slot may come to wait for one answer that does not come, whatever the devices: for an entry
 * that they share, for a redistributor, for a command that holds a collection. When nothing has moved
 * for PATIENCE edges and somebody waits for a slot, the youngest goes back to the end of the queue and
 * starts anew later. The oldest stays, and once it has a slot keeps what it knows: all end in time.
 */
ITS_SELDOM
static void send_back(its_xlat *u, const its_wires *w)
{
    unsigned i = wanted(u, w) ? youngest(u, w) : ITS_MAX_SLOTS;
    u->still = 0;
    if (i == ITS_MAX_SLOTS)
        return;
    const its_translation *t = &u->slot[i];
    u->back = (its_msi){t->request.cmd.device, t->request.cmd.event, t->ref};
    u->calls |= CORE_XLAT | CORE_MSIQ;
    its_emit(w->probe, ITS_UNIT_XLAT, ITS_EV_MSI_BACK, t->ref, u->back.device, u->back.event, 0);
    release(u, i);
}

static void stand_still(its_xlat *u, const its_wires *w)
{
    u->back = (its_msi){.ref = ITS_REF_NONE};
    if (steps(u) || (w->msi_count == 0 && !w->trial.valid))
        u->still = 0;
    else if (u->still < PATIENCE)
        u->still++;
    else
        send_back(u, w);
}

/* --- the unit ------------------------------------------------------------------------------------- */

void its_xlat_reset(its_xlat *u, const its_profile *profile)
{
    memset(u, 0, sizeof *u);
    u->in[XLAT_FREE] = (UINT32_C(1) << profile->translations) - 1u;
}

void its_xlat_drive(const its_xlat *u, its_wires *w)
{
    w->xlat_busy = u->busy;
    w->xlat_freed = u->freed;
    w->xlat_idle = u->busy == 0 && !u->message.valid && u->back.ref == ITS_REF_NONE;
    w->xlat_lookup.valid = u->lookup.valid;
    if (u->lookup.valid)
        w->xlat_lookup = u->lookup;
    w->xlat_fetch.valid = u->fetch.valid;
    if (u->fetch.valid)
        w->xlat_fetch = u->fetch;
    w->xlat_message.valid = u->message.valid;
    if (u->message.valid)
        w->xlat_message = u->message;
    w->trial_taken = u->trial_taken;
    w->outcome.valid = u->outcome.valid;
    if (u->outcome.valid)
        w->outcome = u->outcome;
    w->unmapped = u->unmapped;
    w->msi_take = u->take;
    w->msi_taken = u->taken;
    w->msi_back = u->back;
}

void its_xlat_clock(its_xlat *u, const its_wires *w)
{
    u->calls = 0;
    u->freed = 0;
    u->outcome.valid = false;
    u->unmapped.count = 0;
    if (w->hold.kind != ITS_HOLD_NONE)
        restart_held(u, w);
    take_answer(u, w);
    take_fill(u, w);
    start(u);
    for (uint32_t set = u->in[XLAT_ASK]; set; set &= set - 1)
        ask(u, w, lowest(set));
    offer_lookup(u, w);
    offer_fetch(u, w);
    offer_message(u, w);
    if (w->trial.valid || u->trial_taken)
        take_trial(u, w);
    take_msi(u, w);
    stand_still(u, w);
}

uint64_t its_xlat_wake(const its_xlat *u)
{
    bool work = (u->busy & ~u->in[XLAT_FETCH]) != 0; /* a fill wakes the rest */
    return work || u->calls ? 0 : UINT64_MAX;
}
