/* SPDX-License-Identifier: MIT */
/* gits.c - registers of the ITS control frame, and the intake of GITS_TRANSLATER. */
#include "its/gits.h"

#include <string.h>

#include "arch/regs.h"

#define QUEUE_PAGE 4096u
#define MSI_NUMBERS 0x7fffffffu /* bit 31 of a reference marks commands */

/* Edges for which a register that was written is driven: one with its pulses, one without. */
#define SETTLE 2u

static uint32_t queue_bytes(const its_gits *u)
{
    return QUEUE_PAGE * ((uint32_t)ITS_GET(u->cbaser, CBASER_SIZE) + 1u);
}

static bool queue_valid(const its_gits *u)
{
    return ITS_GET(u->cbaser, CBASER_VALID) && u->cwriter < queue_bytes(u);
}

/* --- drive ------------------------------------------------------------------------------------ */

static void drive_registers(const its_gits *u, its_wires *w)
{
    w->queue_base = ITS_GET(u->cbaser, CBASER_PA) << 12;
    w->queue_bytes = queue_bytes(u);
    w->cwriter = u->cwriter;
    w->enabled = u->enabled;
    w->queue_valid = queue_valid(u);
    w->queue_cache = its_axcache(ITS_GET(u->cbaser, CBASER_INNER_CACHE));
    w->table_cache = its_axcache(ITS_GET(u->baser[0], BASER_INNER_CACHE));
    w->collection_cache = its_axcache(ITS_GET(u->baser[1], BASER_INNER_CACHE));
    w->queue_reset = u->queue_reset;
    w->retry = u->retry;
    w->base_changed = u->base_changed;
    w->invalidate = u->invalidate;
    w->opr_written = u->opr_written;
    w->opr = u->opr;
}

void its_gits_drive_intake(const its_gits *u, its_wires *w)
{
    w->access.ready = u->state == GITS_IDLE;
    w->result.valid = u->state == GITS_ANSWER;
    w->result.d = u->result;
    w->msi.valid = u->msi_count > 0;
    w->msi.d = u->msi[0];
    /* While disabled an MSI is dropped, which takes no room. */
    w->msi_room = (u->msi_count < ITS_GITS_MSIS || !u->enabled) && u->state != GITS_MSI_WAIT;
    /* An answer that waits for the bus is no work of the ITS: drain must not wait for it. */
    w->reg_idle = u->msi_count == 0 && u->state != GITS_MSI_WAIT;
}

void its_gits_drive(const its_gits *u, its_wires *w)
{
    drive_registers(u, w);
    its_gits_drive_intake(u, w);
}

/* --- reads ------------------------------------------------------------------------------------ */

static bool live_idle(const its_wires *w)
{
    return w->reg_idle && w->msiq_idle && w->xlat_idle && w->cmdf_idle && w->cmdx_idle &&
           w->rdlink_idle && w->store_idle && w->opr_idle &&
           (w->stalled || w->creadr == w->cwriter);
}

/* Right after an enable drain still shows OFF; right after a disable it shows ON, not Quiescent. */
static bool quiescent(const its_gits *u, const its_wires *w)
{
    if (!u->enabled)
        return w->quiescent;
    if (w->profile->quiescent_on == 2)
        return live_idle(w);
    return w->profile->quiescent_on == 1;
}

static uint64_t ctlr(const its_gits *u, const its_wires *w)
{
    uint64_t v = ITS_SET(0, GITS_CTLR_ENABLED, u->enabled);
    v = ITS_SET(v, GITS_CTLR_UMSI_IRQ, u->report.umsi_irq);
    return ITS_SET(v, GITS_CTLR_QUIESCENT, quiescent(u, w));
}

static uint64_t value_of(const its_gits *u, const its_wires *w, its_reg reg)
{
    switch ((unsigned)reg) {
    case GITS_CTLR:
        return ctlr(u, w);
    case GITS_FCTLR:
        return ITS_SET(u->report.fctlr, FCTLR_INVALIDATE, w->invalidating);
    case GITS_OPR:
        return u->opr;
    case GITS_OPSR:
        return w->opsr;
    case GITS_STATUSR:
        return u->report.statusr;
    case GITS_UMSIR:
        return u->report.umsir;
    case GITS_CBASER:
        return u->cbaser;
    case GITS_CWRITER:
        return u->cwriter;
    case GITS_CREADR:
        return w->creadr | ITS_SET(0, CREADR_STALLED, w->stalled);
    case GITS_BASER0:
    case GITS_BASER1:
        return u->baser[reg - GITS_BASER0];
    default:
        return its_reg_reset(w->profile, reg, 0);
    }
}

uint64_t its_gits_peek(const its_gits *u, const its_wires *w, uint32_t offset, unsigned bytes)
{
    if (!its_reg_access_ok(w->profile, ITS_FRAME_GITS, offset, bytes))
        return 0;
    its_reg reg = its_reg_find(ITS_FRAME_GITS, offset);
    return its_reg_part(reg, offset, bytes, value_of(u, w, reg) & its_reg_read_mask(reg));
}

/* --- writes ----------------------------------------------------------------------------------- */

static void report(const its_wires *w, its_event_kind kind, const its_access *a, uint64_t b)
{
    its_emit(w->probe, ITS_UNIT_REG, kind, ITS_REF_NONE, its_ev_reg(a->offset, 0), b, a->frame);
}

static its_access_result ignored(const its_wires *w, const its_access *a)
{
    report(w, ITS_EV_REG_IGNORED, a, a->data);
    return (its_access_result){0};
}

/* Of every write that changes what drive_registers() shows. */
static its_access_result taken(its_gits *u)
{
    u->settle = SETTLE;
    return (its_access_result){0};
}

static its_access_result bad(const its_wires *w, const its_access *a)
{
    report(w, ITS_EV_REG_BAD, a, a->bytes);
    return (its_access_result){.fault = w->profile->bad_access != 0};
}

/* Enabling without valid bases is UNPREDICTABLE; a collection table is needed only when the ITS
 * holds no collections itself. */
static bool may_enable(const its_gits *u, const its_profile *profile)
{
    bool collections = profile->hcc || ITS_GET(u->baser[1], BASER_VALID);
    return profile->enable_invalid ||
           (ITS_GET(u->cbaser, CBASER_VALID) && ITS_GET(u->baser[0], BASER_VALID) && collections);
}

/* Enabled is 0 and 1 is written. True: it has or will have an effect. */
static bool enable(its_gits *u, const its_wires *w)
{
    if (w->drain != ITS_OFF) {
        u->enable_wanted = w->profile->enable_in_drain != 0;
        return u->enable_wanted;
    }
    u->enabled = may_enable(u, w->profile);
    return u->enabled;
}

void its_gits_late_enable(its_gits *u, const its_wires *w)
{
    if (!u->enable_wanted || w->drain != ITS_OFF)
        return;
    u->enable_wanted = false;
    u->enabled = may_enable(u, w->profile);
    u->settle = SETTLE;
    if (!u->enabled)
        its_emit(w->probe, ITS_UNIT_REG, ITS_EV_REG_IGNORED, ITS_REF_NONE,
                 its_ev_reg(its_reg_at(GITS_CTLR)->offset, 0), 1, ITS_FRAME_GITS);
}

static its_access_result write_ctlr(its_gits *u, const its_wires *w, const its_access *a)
{
    uint64_t bits = a->data & its_reg_mask(w->profile, GITS_CTLR);

    u->report.umsi_irq = ITS_GET(bits, GITS_CTLR_UMSI_IRQ) != 0;
    if (!ITS_GET(a->data, GITS_CTLR_ENABLED)) {
        u->enabled = false;
        u->enable_wanted = false;
    } else if (!u->enabled && !enable(u, w)) {
        return ignored(w, a);
    }
    report(w, ITS_EV_REG_WRITE, a, a->data);
    return taken(u);
}

static its_access_result write_base(its_gits *u, const its_wires *w, const its_access *a,
                                    its_reg reg)
{
    if (u->enabled || w->drain != ITS_OFF) {
        ignored(w, a);
        return (its_access_result){.fault = w->profile->base_write_on == 1};
    }
    report(w, ITS_EV_REG_WRITE, a, a->data);
    uint64_t *base = reg == GITS_CBASER ? &u->cbaser : &u->baser[reg - GITS_BASER0];
    uint64_t merged = its_reg_merge(reg, a->offset, a->bytes, *base, a->data);
    uint64_t value = its_reg_write(w->profile, reg, *base, merged);
    if (reg == GITS_CBASER) {
        u->queue_reset = true; /* also when nothing changed, also by half a write */
    } else if (value != *base) {
        u->base_changed = true;
        u->facts_version++;
    }
    *base = value;
    return taken(u);
}

static its_access_result write_cwriter(its_gits *u, const its_wires *w, const its_access *a)
{
    uint64_t merged = its_reg_merge(GITS_CWRITER, a->offset, a->bytes, u->cwriter, a->data);
    uint32_t offset = (uint32_t)its_reg_write(w->profile, GITS_CWRITER, u->cwriter, merged);
    bool outside = offset >= queue_bytes(u);

    if (outside)
        its_emit(w->probe, ITS_UNIT_REG, ITS_EV_CMD_RANGE, ITS_REF_NONE, offset, 0, 0);
    if (outside && w->profile->cwriter_range == 1)
        return ignored(w, a);
    report(w, ITS_EV_REG_WRITE, a, a->data);
    u->cwriter = offset;
    u->retry = ITS_GET(merged, CWRITER_RETRY) != 0;
    return taken(u);
}

/* Invalidations are not stored: they read 1 while the store is at it. */
static its_access_result write_fctlr(its_gits *u, const its_wires *w, const its_access *a)
{
    uint64_t v = its_reg_write(w->profile, GITS_FCTLR, u->report.fctlr, a->data);

    report(w, ITS_EV_REG_WRITE, a, a->data);
    u->invalidate = (uint8_t)ITS_GET(v, FCTLR_INVALIDATE);
    u->report.fctlr = (uint32_t)ITS_SET(v, FCTLR_INVALIDATE, 0);
    return taken(u);
}

/* While an operation is in progress only the abort of TRACK is one; the rest is UNPREDICTABLE on a
 * GIC-600 and ignored here. */
static bool opr_accepted(const its_wires *w, uint64_t opr)
{
    unsigned kind = (unsigned)ITS_GET(opr, OPR_LOCK_TYPE);

    if (kind > ITS_OPR_TRACK_ABORT && kind != ITS_OPR_UNLOCK_ALL)
        return false;
    return !ITS_GET(w->opsr, OPSR_IN_PROGRESS) || kind == ITS_OPR_TRACK_ABORT;
}

/* LOCK_TYPE is in the upper half: the operation begins when that is written. */
static its_access_result write_opr(its_gits *u, const its_wires *w, const its_access *a)
{
    uint64_t merged = its_reg_merge(GITS_OPR, a->offset, a->bytes, u->opr, a->data);
    uint64_t v = its_reg_write(w->profile, GITS_OPR, u->opr, merged);
    bool begins = a->bytes == 8 || (a->offset & 4u);

    if (begins && !opr_accepted(w, v))
        return ignored(w, a);
    report(w, ITS_EV_REG_WRITE, a, a->data);
    u->opr = v;
    u->opr_written = begins;
    return taken(u);
}

static its_access_result write_statusr(its_gits *u, const its_wires *w, const its_access *a)
{
    report(w, ITS_EV_REG_WRITE, a, a->data);
    its_report_clear(&u->report, a->data);
    return taken(u);
}

static its_access_result write_reg(its_gits *u, const its_wires *w, const its_access *a)
{
    its_reg reg = its_reg_find(ITS_FRAME_GITS, a->offset);

    if (!its_reg_present(w->profile, reg))
        return ignored(w, a);
    switch ((unsigned)reg) {
    case GITS_CTLR:
        return write_ctlr(u, w, a);
    case GITS_CBASER:
    case GITS_BASER0:
    case GITS_BASER1:
        return write_base(u, w, a, reg);
    case GITS_CWRITER:
        return write_cwriter(u, w, a);
    case GITS_FCTLR:
        return write_fctlr(u, w, a);
    case GITS_OPR:
        return write_opr(u, w, a);
    case GITS_STATUSR:
        return write_statusr(u, w, a);
    default:
        return ignored(w, a);
    }
}

/* GITS_STATUSR bits of an access; an unimplemented BASERn is a register that is RES0. */
static uint64_t misuse(const its_profile *profile, its_reg reg, bool write)
{
    unsigned access = its_reg_at(reg)->access;

    if (reg >= GITS_BASER0 && reg <= GITS_BASER7)
        return 0;
    if (!its_reg_present(profile, reg))
        return write ? ITS_MASK(STATUSR_WRD) : ITS_MASK(STATUSR_RRD);
    if (write)
        return access == ITS_REG_RO ? ITS_MASK(STATUSR_WROD) : 0;
    return access == ITS_REG_WO ? ITS_MASK(STATUSR_RWOD) : 0;
}

ITS_SELDOM
static void note_misuse(its_gits *u, const its_wires *w, const its_access *a)
{
    its_reg reg = its_reg_find((its_frame)a->frame, a->offset);
    its_report_access(&u->report, misuse(w->profile, reg, a->write));
}

static void note_access(its_gits *u, const its_wires *w, const its_access *a)
{
    if (w->profile->umsi) /* there is a GITS_STATUSR */
        note_misuse(u, w, a);
}

its_access_result its_gits_access(its_gits *u, const its_wires *w, const its_access *a)
{
    if (!its_reg_access_ok(w->profile, (its_frame)a->frame, a->offset, a->bytes))
        return bad(w, a);
    note_access(u, w, a);
    if (a->write)
        return write_reg(u, w, a);
    its_access_result r = {.data = its_gits_peek(u, w, a->offset, a->bytes)};
    report(w, ITS_EV_REG_READ, a, r.data);
    return r;
}

void its_gits_clear_pulses(its_gits *u)
{
    u->queue_reset = false;
    u->retry = false;
    u->base_changed = false;
    u->opr_written = false;
    u->invalidate = 0;
}

/* --- GITS_TRANSLATER -------------------------------------------------------------------------- */

static void drop(const its_wires *w, uint32_t device, uint32_t event, its_drop reason)
{
    its_emit(w->probe, ITS_UNIT_REG, ITS_EV_MSI_DROP, ITS_REF_NONE, device, event, reason);
}

bool its_gits_accept(its_gits *u, const its_wires *w, uint32_t device, uint32_t event, its_msi *msi)
{
    if (!u->enabled || w->asleep) {
        drop(w, device, event, u->enabled ? ITS_DROP_ASLEEP : ITS_DROP_DISABLED);
        return false;
    }
    u->msis = u->msis == MSI_NUMBERS ? 1u : u->msis + 1u;
    *msi = (its_msi){.device = device, .event = event, .ref = u->msis};
    its_emit(w->probe, ITS_UNIT_REG, ITS_EV_MSI_ACCEPT, msi->ref, device, event, 0);
    return true;
}

static bool translater_write(its_gits *u, const its_wires *w, const its_access *a, its_msi *msi,
                             its_access_result *result)
{
    uint32_t event = (uint32_t)its_field_get(a->data, 0, a->bytes == 2 ? 16 : 32);

    if (a->bytes == 8) /* MSI-64: the DeviceID is part of the data */
        return its_gits_accept(u, w, (uint32_t)(a->data >> 32), event, msi);
    if (!a->has_device) {
        drop(w, 0, event, ITS_DROP_NO_DEVICE_ID);
        result->fault = true;
        return false;
    }
    return its_gits_accept(u, w, a->device, event, msi);
}

bool its_gits_translation(its_gits *u, const its_wires *w, const its_access *a, its_msi *msi,
                          its_access_result *result)
{
    *result = (its_access_result){0};
    if (!its_reg_access_ok(w->profile, (its_frame)a->frame, a->offset, a->bytes)) {
        *result = bad(w, a);
        return false;
    }
    note_access(u, w, a);
    if (!a->write) {
        report(w, ITS_EV_REG_READ, a, 0);
    } else if (its_reg_find(ITS_FRAME_TRANSLATION, a->offset) == GITS_TRANSLATER) {
        return translater_write(u, w, a, msi, result);
    } else {
        ignored(w, a);
    }
    return false;
}

/* --- clock ------------------------------------------------------------------------------------ */

static void pop_msi(its_gits *u)
{
    u->msi[0] = u->msi[1];
    u->msi[1] = (its_msi){0};
    u->msi_count--;
}

static void answer(its_gits *u, its_access_result result)
{
    /* Member by member: state has no bytes that depend on the host's stack. */
    u->result.data = result.data;
    u->result.fault = result.fault;
    u->state = GITS_ANSWER;
}

static void translate(its_gits *u, const its_wires *w, const its_access *a)
{
    its_msi msi;
    its_access_result result;

    if (u->msi_count == ITS_GITS_MSIS && a->write && u->enabled) {
        u->held = *a;
        u->state = GITS_MSI_WAIT;
        return;
    }
    if (its_gits_translation(u, w, a, &msi, &result))
        u->msi[u->msi_count++] = msi;
    answer(u, result);
}

static void take_access(its_gits *u, const its_wires *w, const its_access *a)
{
    if (a->frame == ITS_FRAME_TRANSLATION)
        translate(u, w, a);
    else if (a->frame == ITS_FRAME_GITS)
        answer(u, its_gits_access(u, w, a));
    else
        answer(u, (its_access_result){0});
}

ITS_SELDOM
static void take_held(its_gits *u, const its_wires *w)
{
    its_access a = u->held;

    if (u->msi_count == ITS_GITS_MSIS)
        return;
    memset(&u->held, 0, sizeof u->held);
    translate(u, w, &a);
}

static bool has_reports(const its_wires *w)
{
    return (w->cmdx_error | w->rd_command_error | w->cmdf_error | w->rd_msi_refused |
            w->unmapped.count) != 0;
}

ITS_SELDOM
static void take_reports(its_gits *u, const its_wires *w)
{
    const its_unmapped *lost = &w->unmapped;
    uint8_t commands = w->cmdx_error | w->rd_command_error;

    if (w->cmdf_error)
        commands |= ITS_REPORT_COMMAND;
    if (commands)
        its_report_command(&u->report, w->profile, w->probe, commands);
    if (w->rd_msi_refused)
        its_report_refused(&u->report, w->probe);
    if (lost->count)
        its_report_unmapped(&u->report, w->profile, w->probe, lost->device, lost->event,
                            (its_drop)lost->drop, lost->count);
}

void its_gits_clock(its_gits *u, const its_wires *w)
{
    its_gits_clear_pulses(u);
    u->report.syserr = false;
    if (u->settle)
        u->settle--;
    if (u->enable_wanted)
        its_gits_late_enable(u, w);
    if (its_fire(&w->msi))
        pop_msi(u);
    switch ((its_gits_state)u->state) {
    case GITS_IDLE:
        if (its_fire(&w->access))
            take_access(u, w, &w->access.d);
        break;
    case GITS_MSI_WAIT:
        take_held(u, w);
        break;
    case GITS_ANSWER:
        if (its_fire(&w->result))
            u->state = GITS_IDLE;
        break;
    }
    if (has_reports(w))
        take_reports(u, w);
}

uint64_t its_gits_wake(const its_gits *u)
{
    bool asleep = u->state == GITS_IDLE && !u->msi_count && !u->settle && !u->enable_wanted &&
                  !u->report.syserr;
    return asleep ? UINT64_MAX : 0;
}

/* --- reset ------------------------------------------------------------------------------------ */

void its_gits_reset(its_gits *u, const its_profile *profile)
{
    memset(u, 0, sizeof *u);
    u->cbaser = its_reg_out_of_reset(profile, GITS_CBASER, 0);
    u->cwriter = (uint32_t)its_reg_out_of_reset(profile, GITS_CWRITER, 0);
    u->baser[0] = its_reg_out_of_reset(profile, GITS_BASER0, 0);
    u->baser[1] = its_reg_out_of_reset(profile, GITS_BASER1, 0);
}

void its_gits_facts(const its_gits *u, const its_profile *profile, its_facts *facts)
{
    facts->profile = profile;
    facts->device = its_table_from_baser(u->baser[0], its_entry_stride(profile, ITS_ENTRY_DTE));
    facts->collection = its_table_from_baser(u->baser[1], its_entry_stride(profile, ITS_ENTRY_CTE));
}
