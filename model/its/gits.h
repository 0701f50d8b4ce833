/* SPDX-License-Identifier: MIT */
/*
 * gits.h - the registers of the ITS control frame, and the intake of GITS_TRANSLATER.
 *
 * In: w->access (frames GITS and TRANSLATION; anything else reads as zero and ignores writes).
 * Out: w->result in the next cycle, the register values others need, w->msi towards msiq. One
 * access every two cycles.
 *
 * An MSI is accepted, and its write answered, when it stands in a queue of two here, in front of
 * msiq: from then on it is never lost. Without room there it is held unanswered, and so is every
 * access behind it; w->msi_room says beforehand whether that would happen. While disabled it is dropped
 * and takes no room.
 *
 * What the other units report (errors, MSIs that could not be translated) ends up in GITS_STATUSR,
 * GITS_UMSIR and on the system error output: report.h. GITS_FCTLR and GITS_OPR are stored here and
 * carried out by the store and by opr.
 *
 * Base registers are locked from the edge that sets Enabled until drain is OFF again (profile
 * base_write_on). What a register holds, its masks and constants come from arch/regs.def.
 * (Arm GIC Architecture Specification, IHI 0069: GITS registers, GITS_TRANSLATER.)
 */
#ifndef ITSIM_ITS_GITS_H
#define ITSIM_ITS_GITS_H

#include "its/report.h"
#include "its/wires.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ITS_BASERS 2u /* 0 devices, 1 collections (profile collection_table) */
#define ITS_GITS_MSIS 2u

typedef enum { GITS_IDLE, GITS_MSI_WAIT, GITS_ANSWER } its_gits_state;

typedef struct its_gits {
    uint64_t cbaser;
    uint64_t baser[ITS_BASERS];
    uint64_t opr;
    its_report report;
    its_access held;            /* MSI_WAIT: an MSI without room */
    its_access_result result;   /* ANSWER */
    its_msi msi[ITS_GITS_MSIS]; /* accepted, on their way to msiq; [0] is the older */
    uint32_t cwriter;           /* bytes */
    uint32_t msis;              /* number of the last MSI accepted */
    uint32_t facts_version;     /* changes when its_gits_facts() would; 0 after reset */
    uint8_t state;              /* its_gits_state */
    uint8_t msi_count;
    uint8_t settle; /* edges others need to see the last change */
    bool enabled;
    bool enable_wanted; /* profile enable_in_drain 1: Enabled was written 1 before OFF */
    /* Pulses: set by an access, on the wires for one cycle, then cleared. Callers that do not clock
     * read them after its_gits_access() and clear them with its_gits_clear_pulses(). */
    bool queue_reset;
    bool retry;
    bool base_changed;
    bool opr_written;
    uint8_t invalidate; /* its_invalidate */
} its_gits;

/*
 * Writes w->access.ready, result and msi (but ready), queue_base ... reg_idle. its_gits_drive_intake()
 * leaves out what the registers say, which stays as it is when u->settle is 0.
 */
void its_gits_drive(const its_gits *u, its_wires *w);
void its_gits_drive_intake(const its_gits *u, its_wires *w);

/* Reports REG_READ, REG_WRITE, REG_IGNORED, REG_BAD, CMD_RANGE, MSI_ACCEPT and MSI_DROP
 * (disabled, asleep, no DeviceID). */
void its_gits_clock(its_gits *u, const its_wires *w);

/* 0 while there is something to hand on, and for two edges after a register changed: the first
 * moves drain, the second whoever waits for drain. */
uint64_t its_gits_wake(const its_gits *u);

/* Reset values; fields that are UNKNOWN at reset are 0 or random (profile unknown_reset). */
void its_gits_reset(its_gits *u, const its_profile *profile);

/*
 * One access to frame GITS, carried out at once: what the clocked path does, and what the fast
 * face calls. Of the wires it reads profile, probe, drain, quiescent, creadr, stalled, cwriter and
 * the idle wires. Any size and offset is legal input.
 */
its_access_result its_gits_access(its_gits *u, const its_wires *w, const its_access *a);
void its_gits_clear_pulses(its_gits *u);

/* What a read of `bytes` at this offset of frame GITS would give, without side effects; 0 when its
 * size or alignment is wrong. */
uint64_t its_gits_peek(const its_gits *u, const its_wires *w, uint32_t offset, unsigned bytes);

/*
 * One access to frame TRANSLATION. True: it is an MSI and accepted; *msi holds it, numbered.
 * False: it is dropped, bad, reserved or a read. *result is the answer in both cases.
 */
bool its_gits_translation(its_gits *u, const its_wires *w, const its_access *a, its_msi *msi,
                          its_access_result *result);

/* Accepts and numbers an MSI that came without a bus (fast face). False: dropped, the ITS being
 * disabled or the GIC asleep. */
bool its_gits_accept(its_gits *u, const its_wires *w, uint32_t device, uint32_t event,
                     its_msi *msi);

/* Takes a remembered enable (profile enable_in_drain 1) into effect when w->drain is OFF. */
ITS_SELDOM
void its_gits_late_enable(its_gits *u, const its_wires *w);

/* What the registers say about the tables. */
void its_gits_facts(const its_gits *u, const its_profile *profile, its_facts *facts);

#ifdef __cplusplus
}
#endif

#endif
