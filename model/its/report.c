/* SPDX-License-Identifier: MIT */
/* report.c - GITS_STATUSR, GITS_UMSIR, report enables and outputs. */
#include "its/report.h"

#include "arch/bits.h"
#include "arch/regs.h"

void its_report_access(its_report *u, uint64_t bits)
{
    u->statusr |= (uint16_t)bits;
}

static void raise(its_report *u, const its_probe *probe)
{
    u->syserr = true;
    its_emit(probe, ITS_UNIT_REG, ITS_EV_SYSERR, ITS_REF_NONE, 0, 0, 0);
}

void its_report_command(its_report *u, const its_profile *profile, const its_probe *probe,
                        uint8_t what)
{
    bool command = (what & ITS_REPORT_COMMAND) && ITS_GET(u->fctlr, FCTLR_CEE);
    bool translation = (what & ITS_REPORT_TRANSLATION) && ITS_GET(u->fctlr, FCTLR_UEE);

    if (profile->seis || command || translation)
        raise(u, probe);
}

void its_report_refused(its_report *u, const its_probe *probe)
{
    if (ITS_GET(u->fctlr, FCTLR_UEE))
        raise(u, probe);
}

static void latch(its_report *u, uint32_t device, uint32_t event, its_drop reason)
{
    u->umsir = (uint64_t)device << 32 | event;
    u->statusr = (uint16_t)ITS_SET(u->statusr, STATUSR_SYNDROME, its_drop_syndrome(reason));
    u->statusr |= (uint16_t)ITS_MASK(STATUSR_UMSI);
}

void its_report_unmapped(its_report *u, const its_profile *profile, const its_probe *probe,
                         uint32_t device, uint32_t event, its_drop reason, unsigned count)
{
    if (ITS_GET(u->fctlr, FCTLR_UEE))
        raise(u, probe);
    if (profile->umsi < 2)
        return;
    if (count > 1 || ITS_GET(u->statusr, STATUSR_UMSI))
        u->statusr |= (uint16_t)ITS_MASK(STATUSR_OVERFLOW);
    if (!ITS_GET(u->statusr, STATUSR_UMSI))
        latch(u, device, event, reason);
}

void its_report_clear(its_report *u, uint64_t value)
{
    u->statusr &= (uint16_t) ~(value & its_reg_at(GITS_STATUSR)->mask);
    if (ITS_GET(u->statusr, STATUSR_UMSI))
        return;
    /* UNKNOWN without UMSI, like GITS_UMSIR: ours is 0. */
    u->statusr = (uint16_t)ITS_SET(u->statusr, STATUSR_SYNDROME, 0);
    u->umsir = 0;
}

bool its_report_interrupt(const its_report *u)
{
    return u->umsi_irq && ITS_GET(u->statusr, STATUSR_UMSI);
}
