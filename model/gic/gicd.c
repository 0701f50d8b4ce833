/* SPDX-License-Identifier: MIT */
/* gicd.c - distributor: the few registers of it that exist so far. */
#include "gic/gicd.h"

#include <string.h>

#include "arch/regs.h"

/* GICD_CTLR, bits that stand in the same place in every view (IHI 0069). */
#define GROUP1NS 0x2u
/* Non-secure view with two security states: ARE_NS reads 1, only EnableGrp1A is there to write. */
#define NONSECURE_ARE 0x10u

static bool nonsecure_view(const its_profile *profile, bool nonsecure)
{
    return profile->security && nonsecure;
}

static uint64_t value(const gicd *u, its_reg reg, bool nonsecure, const its_profile *profile)
{
    if (reg != GICD_CTLR)
        return its_reg_reset(profile, reg, 0);
    if (nonsecure_view(profile, nonsecure))
        return NONSECURE_ARE | (u->groups & GROUP1NS);
    return its_reg_reset(profile, reg, 0) | u->groups;
}

static uint64_t read(const gicd *u, uint32_t offset, unsigned bytes, bool nonsecure,
                     const its_profile *profile)
{
    its_reg reg = its_reg_find(ITS_FRAME_GICD, offset);

    if (reg == ITS_REG_RESERVED)
        return 0;
    return its_reg_part(reg, offset, bytes, value(u, reg, nonsecure, profile));
}

/* False when the write is ignored. */
static bool write(gicd *u, const its_access *a, const its_profile *profile)
{
    its_reg reg = its_reg_find(ITS_FRAME_GICD, a->offset);

    if (reg != GICD_CTLR)
        return false;
    uint32_t mask = (uint32_t)its_reg_mask(profile, reg);
    if (nonsecure_view(profile, a->nonsecure))
        mask &= GROUP1NS;
    u->groups = (u->groups & ~mask) | ((uint32_t)a->data & mask);
    return true;
}

static void report(const its_probe *probe, its_event_kind kind, const its_access *a, uint64_t b)
{
    its_emit(probe, ITS_UNIT_GICD, kind, ITS_REF_NONE, its_ev_reg(a->offset, 0), b, ITS_FRAME_GICD);
}

uint64_t gicd_peek(const gicd *u, uint32_t offset, unsigned bytes, const its_profile *profile)
{
    if (!its_reg_access_ok(profile, ITS_FRAME_GICD, offset, bytes))
        return 0;
    return read(u, offset, bytes, false, profile);
}

its_access_result gicd_fast_access(gicd *u, const its_access *access, const its_profile *profile,
                                   const its_probe *probe)
{
    its_access_result result = {0};

    if (!its_reg_access_ok(profile, ITS_FRAME_GICD, access->offset, access->bytes)) {
        report(probe, ITS_EV_REG_BAD, access, access->bytes);
        result.fault = profile->bad_access != 0;
        return result;
    }
    if (access->write) {
        bool taken = write(u, access, profile);
        report(probe, taken ? ITS_EV_REG_WRITE : ITS_EV_REG_IGNORED, access, access->data);
        return result;
    }
    result.data = read(u, access->offset, access->bytes, access->nonsecure, profile);
    report(probe, ITS_EV_REG_READ, access, result.data);
    return result;
}

bool gicd_group1_enabled(const gicd *u)
{
    return (u->groups & GROUP1NS) != 0;
}

void gicd_drive(const gicd *u, gicd_wires *w)
{
    w->access.ready = !u->result_valid;
    w->result.valid = u->result_valid;
    w->result.d = u->result;
    w->group1_enabled = gicd_group1_enabled(u);
}

void gicd_clock(gicd *u, const gicd_wires *w)
{
    if (its_fire(&w->result))
        u->result_valid = false;
    if (its_fire(&w->access)) {
        its_access_result r = gicd_fast_access(u, &w->access.d, w->profile, w->probe);
        u->result.data = r.data; /* field by field: padding stays zero, states compare as bytes */
        u->result.fault = r.fault;
        u->result_valid = true;
    }
}

uint64_t gicd_wake(const gicd *u)
{
    return u->result_valid ? 0 : UINT64_MAX;
}

void gicd_reset(gicd *u, const gicd_wires *w)
{
    (void)w;
    memset(u, 0, sizeof *u);
}
