/* SPDX-License-Identifier: MIT */
/* fast.c - the ITS without time. */
#include "its/fast.h"

#include <string.h>

#include "arch/bits.h"
#include "arch/entry.h"
#include "arch/regs.h"

/* --- memory -------------------------------------------------------------------------------------- */

static const its_profile *profile(const its_fast *f)
{
    return f->x->w.profile;
}

static void report(const its_fast *f, its_unit unit, its_event_kind kind, uint32_t ref, uint64_t a,
                   uint64_t b, unsigned c)
{
    its_emit(f->x->w.probe, unit, kind, ref, a, b, c);
}

static bool read_entry(its_fast *f, const its_name *name, uint32_t ref, its_entry *value)
{
    uint8_t raw[8] = {0};
    unsigned bytes = its_entry_bytes(profile(f), (its_entry_kind)name->what);

    f->accesses++;
    report(f, ITS_UNIT_MST, ITS_EV_MEM_READ, ref, name->address, bytes, name->what);
    if (!f->memory->read(f->memory->host, name->address, raw, bytes, ITS_ID_TABLE)) {
        report(f, ITS_UNIT_MST, ITS_EV_MEM_FAULT, ref, name->address, 0, name->what);
        return false;
    }
    *value = its_entry_unpack(profile(f), (its_entry_kind)name->what, its_load_le(raw, bytes));
    return true;
}

static void write_entry(its_fast *f, const its_name *name, uint32_t ref, const its_entry *value)
{
    uint8_t raw[8];
    unsigned bytes = its_entry_bytes(profile(f), (its_entry_kind)name->what);
    uint64_t word = its_entry_pack(profile(f), (its_entry_kind)name->what, value);

    f->accesses++;
    its_store_le(raw, bytes, word);
    report(f, ITS_UNIT_MST, ITS_EV_MEM_WRITE, ref, name->address, word, name->what);
    if (f->memory->write(f->memory->host, name->address, raw, bytes, ITS_ID_TABLE)) {
        report(f, ITS_UNIT_CACHE, ITS_EV_WRITE_BACK, ref, name->device, name->key, name->what);
        return;
    }
    report(f, ITS_UNIT_MST, ITS_EV_MEM_FAULT, ref, name->address, 0, name->what);
    report(f, ITS_UNIT_CACHE, ITS_EV_WRITE_LOST, ref, name->address, 0, name->what);
}

static void write_line(its_fast *f, const its_cache *cache, const its_line *line)
{
    its_name name = its_store_line_name(cache, line);
    write_entry(f, &name, ITS_REF_NONE, &line->value);
}

/* --- what a request needs to know ------------------------------------------------------------------ */

static bool look_up(its_fast *f, const its_name *name, uint32_t ref, its_operands *known,
                    unsigned operand)
{
    bool found = its_store_find(&f->core->store, f->lines, profile(f), name, &known->value[operand],
                                &known->address[operand]);
    f->cycles += 2;
    report(f, ITS_UNIT_CACHE, found ? ITS_EV_HIT : ITS_EV_MISS, ref, name->device,
           name->what <= ITS_ENTRY_COLLECTION_L1 ? name->address : name->key, name->what);
    known->state[operand] = found ? ITS_HELD : ITS_MISSED;
    return found;
}

static void fetch(its_fast *f, const its_name *name, uint32_t ref, its_operands *known,
                  unsigned operand)
{
    its_line evicted;
    bool dirty;

    known->address[operand] = name->address;
    if (!read_entry(f, name, ref, &known->value[operand])) {
        known->state[operand] = ITS_FAULT;
        return;
    }
    known->state[operand] = ITS_HELD;
    its_store_keep(&f->core->store, f->lines, profile(f), f->x->w.probe, name,
                   &known->value[operand], true, &evicted, &dirty);
    if (dirty)
        write_line(f, its_store_cache(&f->core->store, (its_entry_kind)name->what), &evicted);
}

ITS_SELDOM
static void disturb(its_fast *f)
{
    its_name name;
    its_entry value;

    if (its_store_disturb(&f->core->store, f->lines, profile(f), f->x->w.probe, true, &name,
                          &value))
        write_entry(f, &name, ITS_REF_NONE, &value);
}

static void learn(its_fast *f, const its_verdict *v, uint32_t ref, its_operands *known)
{
    its_name name = its_verdict_name(v);
    bool asked = known->state[v->operand] != ITS_UNASKED;

    if (!asked && look_up(f, &name, ref, known, v->operand))
        return;
    if (v->fetch)
        fetch(f, &name, ref, known, v->operand);
}

static void decide(its_fast *f, const its_request *rq, uint32_t ref, its_operands *known,
                   its_verdict *v)
{
    its_decide(f->x->w.facts, rq, known, v);
    while (v->kind == ITS_VERDICT_NEED) {
        learn(f, v, ref, known);
        its_decide(f->x->w.facts, rq, known, v);
    }
}

/* --- effects ---------------------------------------------------------------------------------------- */

static void scan(its_fast *f, its_scan how, uint32_t device)
{
    its_cache *cache = &f->core->store.event;
    its_line *line = f->lines + cache->first;

    if (how == ITS_SCAN_NONE || cache->held == 0)
        return;
    f->cycles += cache->sets;
    for (const its_line *end = line + cache->sets * cache->ways; line != end; line++) {
        if (!line->present || line->device != device)
            continue;
        if (line->dirty && how == ITS_SCAN_WRITE_BACK)
            write_line(f, cache, line);
        its_cache_remove(cache, line);
    }
}

static its_rdack tell(its_fast *f, unsigned rd, its_rd_kind kind, uint32_t intid, uint32_t ref,
                      its_handed_over *handed, void *host)
{
    its_rdmsg msg = {.intid = intid, .ref = ref, .kind = (uint8_t)kind};
    f->cycles += profile(f)->rd_cycles;
    return f->message(f->host, rd, &msg, handed, host);
}

static void report_command(its_fast *f, uint8_t what)
{
    its_report_command(&f->core->gits.report, profile(f), f->x->w.probe, what);
}

static void command_told(its_fast *f, const its_rdack *ack, uint8_t part_of)
{
    uint8_t what = its_rdlink_report(profile(f), f->x->w.probe, ack, part_of);

    if (what)
        report_command(f, what);
}

static its_rdack command_tells(its_fast *f, unsigned rd, its_rd_kind kind, uint32_t intid,
                               uint32_t ref, uint8_t part_of)
{
    its_rdack ack = tell(f, rd, kind, intid, ref, NULL, NULL);
    command_told(f, &ack, part_of);
    return ack;
}

typedef struct hand_over {
    its_fast *fast;
    unsigned rd2;
} hand_over;

static void handed_over(void *host, const its_rdack *ack)
{
    hand_over *h = host;
    (void)command_tells(h->fast, h->rd2, RD_SET, ack->intid, ack->ref, ITS_RD_MOVE_ALL);
}

static void hand_all_over(its_fast *f, const its_verdict *v, uint32_t ref)
{
    hand_over h = {.fast = f, .rd2 = v->rd2};
    its_rdack ack = tell(f, v->rd, RD_HAND_OVER, 0, ref, handed_over, &h);
    command_told(f, &ack, ITS_RD_NONE);
}

static void message(its_fast *f, const its_verdict *v, uint32_t ref)
{
    switch ((its_rd_message)v->message) {
    case ITS_RD_NONE:
        break;
    case ITS_RD_MOVE:
        if (command_tells(f, v->rd, RD_TAKE, v->intid, ref, ITS_RD_NONE).pending)
            (void)command_tells(f, v->rd2, RD_SET, v->intid, ref, ITS_RD_MOVE);
        break;
    case ITS_RD_MOVE_ALL:
        hand_all_over(f, v, ref);
        break;
    case ITS_RD_SET:
    case ITS_RD_CLEAR:
    case ITS_RD_DISCARD:
    case ITS_RD_INV:
    case ITS_RD_INVALL:
    case ITS_RD_SYNC:
        (void)command_tells(f, v->rd, its_rdlink_kind(v->message), v->intid, ref, ITS_RD_NONE);
        break;
    }
}

static void write(its_fast *f, const its_verdict *v, uint32_t ref)
{
    its_name name = its_verdict_name(v);
    its_store *store = &f->core->store;
    its_line evicted;
    bool dirty;

    if (!v->write)
        return;
    bool now = its_store_write(store, f->lines, profile(f), f->x->w.probe, &name, &v->entry,
                               &evicted, &dirty);
    if (dirty)
        write_line(f, its_store_cache(store, (its_entry_kind)v->what), &evicted);
    if (now)
        write_entry(f, &name, ref, &v->entry);
}

/* --- commands ---------------------------------------------------------------------------------------- */

static bool stalls(its_fast *f, const its_verdict *v, const its_cmd *cmd, uint32_t ref)
{
    report_command(f, its_command_report(cmd->opcode));
    if (v->kind == ITS_VERDICT_FAULT)
        report(f, ITS_UNIT_CMDX, ITS_EV_CMD_FAULT, ref, v->address, 0, cmd->opcode);
    else
        report(f, ITS_UNIT_CMDX, ITS_EV_CMD_ERROR, ref, v->code, 0, cmd->opcode);
    return its_command_stalls(profile(f), v);
}

static bool execute(its_fast *f, const uint64_t dw[ITS_CMD_WORDS], uint32_t ref)
{
    its_request rq = {.cmd = its_cmd_unpack(dw)};
    its_operands known;
    its_verdict v;

    if (profile(f)->perturb)
        disturb(f);
    memset(known.state, 0, sizeof known.state);
    f->cycles += profile(f)->command_cycles;
    report(f, ITS_UNIT_CMDX, ITS_EV_CMD_START, ref, rq.cmd.device, rq.cmd.event, rq.cmd.opcode);
    decide(f, &rq, ref, &known, &v);
    if (v.kind != ITS_VERDICT_DO && stalls(f, &v, &rq.cmd, ref))
        return false;
    if (v.kind == ITS_VERDICT_DO) {
        scan(f, (its_scan)v.scan, v.device);
        message(f, &v, ref);
        write(f, &v, ref);
    }
    report(f, ITS_UNIT_CMDX, ITS_EV_CMD_DONE, ref, 0, 0, rq.cmd.opcode);
    return true;
}

static bool fetch_packet(its_fast *f, uint64_t dw[ITS_CMD_WORDS], uint64_t address, uint32_t ref)
{
    uint8_t raw[ITS_CMD_BYTES];

    f->accesses++;
    report(f, ITS_UNIT_CMDF, ITS_EV_CMD_FETCH, ref, address, 0, 0);
    report(f, ITS_UNIT_MST, ITS_EV_MEM_READ, ref, address, ITS_CMD_BYTES, ITS_CLIENT_QUEUE);
    if (!f->memory->read(f->memory->host, address, raw, ITS_CMD_BYTES, ITS_ID_QUEUE)) {
        report_command(f, ITS_REPORT_COMMAND);
        report(f, ITS_UNIT_MST, ITS_EV_MEM_FAULT, ref, address, 0, ITS_CLIENT_QUEUE);
        return false;
    }
    for (unsigned i = 0; i < ITS_CMD_WORDS; i++)
        dw[i] = its_load_le(raw + 8u * i, 8);
    return true;
}

void its_fast_commands(its_fast *f)
{
    its_wires *w = &f->x->w;
    its_cmdf *cmdf = &f->core->cmdf;

    while (its_cmdf_can_fetch(cmdf, w)) {
        uint64_t dw[ITS_CMD_WORDS];
        uint64_t address = w->queue_base + cmdf->creadr;
        uint32_t ref = its_ref_cmd(cmdf->creadr / ITS_CMD_BYTES);
        if (fetch_packet(f, dw, address, ref))
            its_cmdf_retire(cmdf, w, !execute(f, dw, ref));
        else
            its_cmdf_fault(cmdf, w, address);
        its_cmdf_drive(cmdf, w);
    }
}

/* --- MSIs ---------------------------------------------------------------------------------------------- */

/* The ITE, then the CTE it names: with both in a cache the first verdict is the last. */
static void guess(its_fast *f, const its_msi *msi, its_operands *known)
{
    its_name ite = {
        .device = msi->device, .key = its_msi_event(profile(f), msi->event), .what = ITS_ENTRY_ITE};

    if (!look_up(f, &ite, msi->ref, known, ITS_OPERAND_ITE) || !known->value[ITS_OPERAND_ITE].valid)
        return;
    its_name cte = {.key = known->value[ITS_OPERAND_ITE].target, .what = ITS_ENTRY_CTE};
    look_up(f, &cte, msi->ref, known, ITS_OPERAND_CTE);
}

static its_line_lock line_lock(its_fast *f, const its_outcome *outcome)
{
    its_store *store = &f->core->store;
    its_line evicted;
    bool dirty;

    if (!outcome->lock)
        return its_store_locked(store, f->lines, outcome->device, outcome->event)
                   ? ITS_LINE_LOCKED
                   : ITS_LINE_UNLOCKED;
    its_line_lock lock =
        its_store_lock(store, f->lines, f->x->w.probe, outcome, true, &evicted, &dirty);
    if (dirty)
        write_line(f, &store->event, &evicted);
    return lock;
}

static void tell_opr(its_fast *f, const its_outcome *outcome)
{
    its_opr *opr = &f->core->opr;

    its_opr_outcome(opr, f->x->w.probe, outcome);
    if (opr->state == OPR_LINE)
        its_opr_line(opr, f->x->w.probe, line_lock(f, outcome));
}

static void track(its_fast *f, const its_request *rq, const its_operands *known,
                  const its_verdict *v)
{
    const its_opr *opr = &f->core->opr;

    if (opr->device != rq->cmd.device || opr->event != its_msi_event(profile(f), rq->cmd.event))
        return;
    its_outcome outcome = its_xlat_outcome(rq, known, v);
    outcome.event = opr->event;
    tell_opr(f, &outcome);
}

static bool lost(its_fast *f, const its_msi *msi, const its_verdict *v)
{
    report(f, ITS_UNIT_XLAT, ITS_EV_MSI_DROP, msi->ref, msi->device, msi->event, v->drop);
    its_report_unmapped(&f->core->gits.report, profile(f), f->x->w.probe, msi->device,
                        its_msi_event(profile(f), msi->event), (its_drop)v->drop, 1);
    return false;
}

static bool translate(its_fast *f, const its_msi *msi)
{
    its_request rq = {.msi = true, .cmd = {.device = msi->device, .event = msi->event}};
    its_operands known;
    its_verdict v;

    if (profile(f)->perturb)
        disturb(f);
    memset(known.state, 0, sizeof known.state);
    f->cycles += profile(f)->translation_cycles;
    guess(f, msi, &known);
    decide(f, &rq, msi->ref, &known, &v);
    if (f->core->opr.state == OPR_TRACK)
        track(f, &rq, &known, &v);
    if (v.kind != ITS_VERDICT_DO)
        return lost(f, msi, &v);
    report(f, ITS_UNIT_XLAT, ITS_EV_MSI_SEND, msi->ref, v.intid, 0, v.rd);
    its_rdack ack = tell(f, v.rd, RD_SET, v.intid, msi->ref, NULL, NULL);
    if (ack.outcome == RD_DONE)
        return true;
    if (its_rdlink_msi_refused(&ack))
        its_report_refused(&f->core->gits.report, f->x->w.probe);
    return false;
}

bool its_fast_msi(its_fast *f, uint32_t device, uint32_t event)
{
    its_msi msi;
    return its_gits_accept(&f->core->gits, &f->x->w, device, event, &msi) && translate(f, &msi);
}

/* --- GITS_OPR ------------------------------------------------------------------------------------------- */

static void trial(its_fast *f)
{
    its_opr *opr = &f->core->opr;
    its_msi msi = {.device = opr->device, .event = opr->event, .ref = ITS_REF_NONE};
    its_request rq = {.msi = true, .cmd = {.device = opr->device, .event = opr->event}};
    its_operands known;
    its_verdict v;

    memset(known.state, 0, sizeof known.state);
    f->cycles += profile(f)->translation_cycles;
    guess(f, &msi, &known);
    decide(f, &rq, ITS_REF_NONE, &known, &v);
    its_outcome outcome = its_xlat_outcome(&rq, &known, &v);
    outcome.trial = true;
    outcome.lock = opr->kind == ITS_OPR_LOCK;
    opr->state = OPR_WAIT;
    tell_opr(f, &outcome);
}

static void unlock(its_fast *f)
{
    its_opr *opr = &f->core->opr;
    its_unlock which = {
        .device = opr->device, .event = opr->event, .all = opr->kind == ITS_OPR_UNLOCK_ALL};
    bool was = its_store_unlock(&f->core->store, f->lines, &which);

    opr->state = OPR_LINE;
    its_opr_line(opr, f->x->w.probe, was ? ITS_LINE_LOCKED : ITS_LINE_UNLOCKED);
}

static void operate(its_fast *f)
{
    const its_wires *w = &f->x->w;
    its_opr *opr = &f->core->opr;

    its_opr_begin(opr, w, f->core->gits.opr, w->enabled && w->drain == ITS_ON);
    while (opr->state == OPR_ASK)
        trial(f);
    if (opr->state == OPR_UNLOCK)
        unlock(f);
}

/* --- registers, enable and disable ----------------------------------------------------------------------- */

static void write_back(its_fast *f, its_cache *cache)
{
    its_line *line = f->lines + cache->first;

    if (cache->dirty == 0)
        return;
    for (const its_line *end = line + cache->sets * cache->ways; line != end; line++)
        if (line->present && line->dirty) {
            write_line(f, cache, line);
            its_cache_clean(cache, line);
        }
}

static void invalidate(its_fast *f, uint8_t which)
{
    its_store *store = &f->core->store;

    for (; which; which &= (uint8_t)(which - 1u)) {
        its_cache *cache = its_store_invalidated(store, which);
        write_back(f, cache);
        its_cache_drop_all(cache, f->lines, false);
        its_store_end_invalidate(store, f->x->w.probe, (its_entry_kind)cache->what);
    }
}

void its_fast_refresh(its_fast *f)
{
    its_core_touch(f->x);
    its_core_drive(f->core, f->x);
}

/* The sequencer of the clocked faces, stepped until it waits for time. */
void its_fast_drain(its_fast *f)
{
    its_drain *drain = &f->core->drain;
    uint8_t before;

    do {
        before = drain->state;
        its_fast_refresh(f);
        its_drain_clock(drain, &f->x->w);
        if (before == ITS_DRAIN && drain->state == ITS_WRITEBACK) {
            write_back(f, &f->core->store.device);
            write_back(f, &f->core->store.event);
            write_back(f, &f->core->store.collection);
        }
        if (before == ITS_WRITEBACK && drain->state == ITS_OFF)
            its_store_off(&f->core->store, f->lines, profile(f));
        its_fast_refresh(f);
        if (drain->state == ITS_OFF)
            its_gits_late_enable(&f->core->gits, &f->x->w);
    } while ((drain->state != before && drain->state != ITS_WRITEBACK) ||
             (drain->state == ITS_OFF && f->core->gits.enabled));
}

static its_access_result control(its_fast *f, const its_access *a)
{
    its_core *c = f->core;
    its_wires *w = &f->x->w;

    its_fast_refresh(f);
    its_access_result result = its_gits_access(&c->gits, w, a);
    if (c->gits.queue_reset)
        its_cmdf_queue_reset(&c->cmdf);
    if (c->gits.retry)
        its_cmdf_retry(&c->cmdf, w->probe);
    if (c->gits.base_changed)
        its_store_forget(&c->store, f->lines);
    invalidate(f, c->gits.invalidate);
    if (c->gits.opr_written)
        operate(f);
    its_gits_clear_pulses(&c->gits);
    if (!a->write)
        return result;
    its_fast_refresh(f);
    if (c->drain.state != ITS_WRITEBACK)
        its_fast_drain(f);
    its_fast_commands(f);
    return result;
}

its_access_result its_fast_access(its_fast *f, const its_access *a)
{
    its_access_result result;
    its_msi msi;

    if (a->frame == ITS_FRAME_GITS)
        return control(f, a);
    if (its_gits_translation(&f->core->gits, &f->x->w, a, &msi, &result))
        (void)translate(f, &msi);
    return result;
}
