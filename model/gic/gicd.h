/* SPDX-License-Identifier: MIT */
/*
 * gicd.h - what exists so far of the distributor: GICD_CTLR, TYPER, IIDR and the identification
 * registers. Everything else in its frame is reserved: read as zero, writes ignored.
 *
 * GICD_CTLR (IHI 0069): affinity routing cannot be switched off. With security 0 (DS 1) it resets to
 * 0x50 (DS, ARE), EnableGrp0 and EnableGrp1 can be written; with security 1 to 0x30 (ARE_S, ARE_NS;
 * GIC-500), EnableGrp0, EnableGrp1NS and EnableGrp1S can be written by Secure accesses, and
 * EnableGrp1A by Non-secure ones. A register access is answered one edge after it is taken.
 */
#ifndef ITSIM_GIC_GICD_H
#define ITSIM_GIC_GICD_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/profile.h"
#include "wire/event.h"
#include "wire/regbus.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gicd {
    uint32_t groups; /* enable bits of GICD_CTLR, as in the Secure view */
    bool result_valid;
    its_access_result result;
} gicd;

typedef struct gicd_wires {
    const its_profile *profile; /* in, constant */
    const its_probe *probe;     /* in, constant */
    its_access_ch access;       /* in: frame GICD */
    its_result_ch result;       /* out */
    bool group1_enabled;        /* out: Non-secure Group 1 interrupts can be delivered */
} gicd_wires;

void gicd_drive(const gicd *u, gicd_wires *w);
void gicd_clock(gicd *u, const gicd_wires *w);
uint64_t gicd_wake(const gicd *u);
void gicd_reset(gicd *u, const gicd_wires *w);

/* Register as a Secure access reads it, without side effects. What does not exist: 0. */
uint64_t gicd_peek(const gicd *u, uint32_t offset, unsigned bytes, const its_profile *profile);

/* Fast face: one access, complete at once. */
its_access_result gicd_fast_access(gicd *u, const its_access *access, const its_profile *profile,
                                   const its_probe *probe);

/* Level for the redistributors: Non-secure Group 1 is enabled. */
bool gicd_group1_enabled(const gicd *u);

#ifdef __cplusplus
}
#endif

#endif
