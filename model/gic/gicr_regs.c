/* SPDX-License-Identifier: MIT */
/* gicr_regs.c - registers of a redistributor: frame GICR; frame GICR_SGI is reserved so far. */
#include "gic/gicr_parts.h"

/* --- reading -------------------------------------------------------------------------------------- */

static uint64_t waker(const gicr *u, const gicr_context *x)
{
    uint64_t v = 0;

    v = ITS_SET(v, GICR_WAKER_PROCESSOR_SLEEP, u->processor_sleep);
    v = ITS_SET(v, GICR_WAKER_CHILDREN_ASLEEP, u->children_asleep);
    if (x->profile->waker_sleep) {
        v = ITS_SET(v, GICR_WAKER_SLEEP, u->sleep_set);
        v = ITS_SET(v, GICR_WAKER_QUIESCENT, u->quiescent);
    }
    return v;
}

static bool direct_busy(const gicr *u)
{
    return u->direct || u->job == GICR_JOB_DIRECT || u->job == GICR_JOB_DIRECT_ALL;
}

/* The whole register as it is stored. */
static uint64_t value(const gicr *u, its_reg reg, const gicr_context *x)
{
    uint64_t v = its_reg_reset(x->profile, reg, x->rd);

    switch ((unsigned)reg) {
    case GICR_CTLR:
        v = ITS_SET(v, GICR_CTLR_ENABLE_LPIS, u->enable);
        return ITS_SET(v, GICR_CTLR_RWP, u->rwp);
    case GICR_WAKER:
        return waker(u, x);
    case GICR_PROPBASER:
        return u->propbaser;
    case GICR_PENDBASER:
        return u->pendbaser;
    case GICR_SYNCR:
        return ITS_SET(v, GICR_SYNCR_BUSY, direct_busy(u));
    default:
        return v;
    }
}

static its_reg find(its_frame frame, uint32_t offset, const gicr_context *x)
{
    its_reg reg = its_reg_find(frame, offset);
    return its_reg_present(x->profile, reg) ? reg : ITS_REG_RESERVED;
}

static uint64_t read(const gicr *u, its_reg reg, uint32_t offset, unsigned bytes,
                     const gicr_context *x)
{
    if (reg == ITS_REG_RESERVED)
        return 0;
    return its_reg_part(reg, offset, bytes, value(u, reg, x) & its_reg_read_mask(reg));
}

uint64_t gicr_peek(const gicr *u, its_frame frame, uint32_t offset, unsigned bytes,
                   const gicr_context *x)
{
    if (!its_reg_access_ok(x->profile, frame, offset, bytes))
        return 0;
    return read(u, find(frame, offset, x), offset, bytes, x);
}

/* --- writing: each false when the write is ignored -------------------------------------------------- */

static bool write_ctlr(gicr *u, uint64_t v, const gicr_context *x)
{
    bool enable = ITS_GET(v, GICR_CTLR_ENABLE_LPIS) != 0;

    if (enable == u->enable)
        return true;
    if (enable ? u->rwp : x->profile->lpi_disable == 1)
        return false;
    u->enable = enable;
    u->rwp = !enable;
    gicr_update_live(u);
    return true;
}

/* GIC-500 TRM: a PE may wake only when the GIC is neither asleep nor on its way there. */
static bool write_waker(gicr *u, uint64_t v, const gicr_context *x)
{
    bool processor_sleep = ITS_GET(v, GICR_WAKER_PROCESSOR_SLEEP) != 0;
    bool sleep = ITS_GET(v, GICR_WAKER_SLEEP) != 0;
    bool locked = x->profile->waker_sleep && (u->sleep || u->quiescent);

    if (x->profile->waker_sleep && sleep != u->sleep_set) {
        u->sleep_write = true;
        u->sleep_value = sleep;
    }
    if (locked && !processor_sleep && u->processor_sleep)
        return false;
    u->processor_sleep = processor_sleep;
    return true;
}

/* What they name must not change under a redistributor that uses it. */
static bool write_base(gicr *u, uint64_t *base, its_reg reg, uint64_t v, const gicr_context *x)
{
    if (u->enable || u->rwp)
        return false;
    *base = its_reg_write(x->profile, reg, *base, v);
    return true;
}

/* A second one before the first has begun makes both an INVALLR: more is invalidated than was asked. */
static bool write_direct(gicr *u, bool all, uint32_t intid, const gicr_context *x)
{
    if (!u->enable)
        return false;
    if (!all && (intid < GICR_FIRST_LPI || intid >= gicr_intid_limit(u, x)))
        return false;
    u->direct_all = all || (u->direct && (u->direct_all || u->direct_intid != intid));
    u->direct_intid = intid;
    u->direct = true;
    return true;
}

static bool write(gicr *u, its_reg reg, const its_access *a, const gicr_context *x)
{
    if (reg == ITS_REG_RESERVED)
        return false;
    uint64_t v = its_reg_merge(reg, a->offset, a->bytes, value(u, reg, x), a->data);

    switch ((unsigned)reg) {
    case GICR_CTLR:
        return write_ctlr(u, v, x);
    case GICR_WAKER:
        return write_waker(u, v, x);
    case GICR_PROPBASER:
        return write_base(u, &u->propbaser, reg, v, x);
    case GICR_PENDBASER:
        return write_base(u, &u->pendbaser, reg, v, x);
    case GICR_INVLPIR: /* a 32-bit write zero-extends, so one of the upper half names no LPI */
        return write_direct(u, false, (uint32_t)v, x);
    case GICR_INVALLR:
        return write_direct(u, true, 0, x);
    default:
        return false;
    }
}

/* --- one access ------------------------------------------------------------------------------------ */

static void report(const gicr_context *x, its_event_kind kind, const its_access *a, uint64_t b)
{
    its_emit(x->probe, ITS_UNIT_GICR, kind, ITS_REF_NONE, its_ev_reg(a->offset, x->rd), b,
             a->frame);
}

its_access_result gicr_access(gicr *u, const its_access *a, const gicr_context *x)
{
    its_access_result result = {0};

    if (!its_reg_access_ok(x->profile, a->frame, a->offset, a->bytes)) {
        report(x, ITS_EV_REG_BAD, a, a->bytes);
        result.fault = x->profile->bad_access != 0;
        return result;
    }
    its_reg reg = find(a->frame, a->offset, x);
    /* With two security states WAKER is the Secure side's (IHI 0069). */
    if (reg == GICR_WAKER && x->profile->security && a->nonsecure)
        reg = ITS_REG_RESERVED;
    if (a->write) {
        report(x, write(u, reg, a, x) ? ITS_EV_REG_WRITE : ITS_EV_REG_IGNORED, a, a->data);
        return result;
    }
    result.data = read(u, reg, a->offset, a->bytes, x);
    report(x, ITS_EV_REG_READ, a, result.data);
    return result;
}

/* --- reset ----------------------------------------------------------------------------------------- */

void gicr_regs_reset(gicr *u, const gicr_context *x)
{
    u->propbaser = its_reg_out_of_reset(x->profile, GICR_PROPBASER, x->rd);
    u->pendbaser = its_reg_out_of_reset(x->profile, GICR_PENDBASER, x->rd);
}
