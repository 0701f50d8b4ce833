/* SPDX-License-Identifier: MIT */
/*
 * core.h - the ITS without its bus ports: owns the units between register bus, memory clients and
 * redistributor messages, and wires them.
 *
 * its.c puts a slave port and a bus master around it; gic500.c puts it beside redistributors.
 * State (its_core and the lines) and wires are apart: the first is saved, the second rebuilt.
 */
#ifndef ITSIM_ITS_CORE_H
#define ITSIM_ITS_CORE_H

#include "its/cmdf.h"
#include "its/cmdx.h"
#include "its/drain.h"
#include "its/gits.h"
#include "its/msiq.h"
#include "its/opr.h"
#include "its/rdlink.h"
#include "its/store.h"
#include "its/wires.h"
#include "its/xlat.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct its_core {
    its_gits gits;
    its_msiq msiq;
    its_cmdf cmdf;
    its_cmdx cmdx;
    its_xlat xlat;
    its_store store;
    its_rdlink rdlink;
    its_drain drain;
    its_opr opr;
} its_core;

/* Units that have something to do at the next edge, by the unit that says so; as of its last drive. */
typedef struct its_core_calls {
    uint16_t gits;
    uint16_t msiq;
    uint16_t xlat;
    uint16_t store;
    uint16_t rdlink;
    uint16_t cmdf;
    uint16_t cmdx;
    uint16_t opr;
    uint16_t registers;
} its_core_calls;

/* Wires of one core and what they point to. Not state. */
typedef struct its_core_wires {
    its_wires w;
    its_facts facts;
    uint32_t facts_version;
    uint16_t stale; /* units whose state changed since they were driven, one bit each */
    its_core_calls calls;
    uint16_t due; /* all of calls */
    bool facts_known;
} its_core_wires;

/* Connects the constants; call once, and again after the state was loaded. */
void its_core_connect(its_core_wires *x, const its_profile *profile, const its_probe *probe);

/* `lines` is the array of its_cache_lines(profile) lines that belongs to the core. */
void its_core_reset(its_core *u, its_line *lines, its_core_wires *x);
void its_core_drive(const its_core *u, its_core_wires *x);
/* Clocks the units that are awake or have an input; the others would not change. */
void its_core_clock(its_core *u, its_line *lines, its_core_wires *x);

/* The state was changed other than by clocking: every unit is to be driven again. */
void its_core_touch(its_core_wires *x);

/* Edges that change nothing unless an input is valid; `now` is the next edge. */
uint64_t its_core_wake(const its_core *u, const its_core_wires *x, uint64_t now);

/* Drain is OFF or ON and nothing is under way; unfetched or stalled commands do not count. The
 * wires must be driven. */
bool its_core_idle(const its_core *u, const its_core_wires *x);

/* Register of the control frame without side effects; the wires must be driven. */
uint64_t its_core_peek(const its_core *u, const its_core_wires *x, uint32_t offset, unsigned bytes);

#ifdef __cplusplus
}
#endif

#endif
