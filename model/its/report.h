/* SPDX-License-Identifier: MIT */
/*
 * report.h - what the ITS tells software besides interrupts: GITS_STATUSR and GITS_UMSIR, the report
 * enables of GITS_FCTLR, and the two outputs that go with them.
 *
 * GITS_STATUSR (profile umsi) collects accesses to places that are reserved, read-only or write-only,
 * and, with umsi 2, the first MSI that could not be translated; GITS_UMSIR names it, a second one sets
 * Overflow. Its bits are cleared by writing 1 (Arm Architecture Registers, GITS_STATUSR).
 *
 * The system error output is high for the cycle after an error: a command error with GITS_TYPER.SEIS
 * (profile seis) or FCTLR.CEE, an MSI that was not delivered, or an INT in error, with FCTLR.UEE
 * (GIC-600 TRM, GITS_FCTLR).
 * Nothing waits for it, and no error is lost or found because of it.
 *
 * Plain data structure of the registers' unit; the fast face calls the same functions.
 */
#ifndef ITSIM_ITS_REPORT_H
#define ITSIM_ITS_REPORT_H

#include "arch/decide.h"
#include "wire/event.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All members together have no padding: states compare as bytes. */
typedef struct its_report {
    uint64_t umsir;   /* GITS_UMSIR; 0 while STATUSR.UMSI is 0 */
    uint32_t fctlr;   /* stored bits of GITS_FCTLR */
    uint16_t statusr; /* GITS_STATUSR */
    bool umsi_irq;    /* GITS_CTLR.UMSIirq */
    bool syserr;      /* the system error output */
} its_report;

/* Bits of an access, GITS_STATUSR_RRD ... WROD; of an ITS that has a GITS_STATUSR. */
void its_report_access(its_report *u, uint64_t bits);

/* Commands were found in error, by the ITS or by a redistributor: ITS_REPORT_..., at least one. */
void its_report_command(its_report *u, const its_profile *profile, const its_probe *probe,
                        uint8_t what);

/* A redistributor refused an MSI: its LPIs are off, or it does not have the INTID. */
void its_report_refused(its_report *u, const its_probe *probe);

/* `count` MSIs could not be translated, this one the first of them. */
void its_report_unmapped(its_report *u, const its_profile *profile, const its_probe *probe,
                         uint32_t device, uint32_t event, its_drop reason, unsigned count);

/* Software writes 1 to clear. */
void its_report_clear(its_report *u, uint64_t value);

/* Level of the interrupt for unmapped MSIs (GITS_CTLR.UMSIirq). */
bool its_report_interrupt(const its_report *u);

#ifdef __cplusplus
}
#endif

#endif
