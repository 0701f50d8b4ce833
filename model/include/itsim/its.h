/* SPDX-License-Identifier: MIT */
/*
 * its.h - the interrupt translation service alone, for people who have a GIC of their own.
 *
 * A C11 library: no files, clocks, threads or allocation. The host gives storage, moves the pins at
 * each clock edge, and carries redistributor messages and their acknowledgements.
 *
 *   its_profile profile;
 *   its_profile_preset(&profile, "gic500");
 *   its_block *gic = its_create(malloc(its_size(&profile)), its_size(&profile), &profile, &status);
 *   for (;;) {                        // one clock edge a turn
 *       its_drive(gic, &pins);        // outputs, a function of state only
 *       ... set inputs, look at outputs ...
 *       its_clock(gic, &pins);        // the edge
 *   }
 *
 * Two faces work on one state: clocked at every edge (cycle), and clocked with idle edges skipped
 * (timed: its_wake, its_skip). The third, run to completion inside a call (fast), needs
 * redistributors that do the same: the whole gic500 has it.
 */
#ifndef ITSIM_ITS_H
#define ITSIM_ITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/map.h"
#include "arch/profile.h"
#include "wire/axi.h"
#include "wire/event.h"
#include "wire/mem.h"
#include "wire/rdmsg.h"
#include "wire/regbus.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    ITS_OK = 0,
    ITS_E_ARGUMENT = -1, /* NULL, or a number out of range */
    ITS_E_PROFILE = -2,  /* its_profile_check() refuses the profile */
    ITS_E_SPACE = -3,    /* the storage is smaller than its_size() or not aligned to 16 */
    ITS_E_VERSION = -4,  /* saved by another version or another profile */
    ITS_E_BUSY = -5,     /* not possible in this state; try again when idle */
    ITS_E_IMAGE = -6     /* a saved state that is cut short or damaged */
} its_status;

/* One sentence for a status. Never NULL. */
const char *its_strerror(its_status status);

typedef enum {
    ITS_FACE_CLOCKED, /* cycle and timed */
    ITS_FACE_FAST
} its_face;

/* One instance. Not called `its`, which is the namespace of the C++ side. */
typedef struct its_block its_block;

/* A message to redistributor `rd`, and an acknowledgement from it. */
typedef struct its_rd_out {
    its_rdmsg msg;
    uint16_t rd;
} its_rd_out;

typedef struct its_rd_in {
    its_rdack ack;
    uint16_t rd;
} its_rd_in;

/* The bundle at the block's boundary. AXI: s_axi is a slave port, m_axi a master port. */
typedef struct its_pins {
    its_axi s_axi;
    its_axi m_axi;
    ITS_CHANNEL(its_rd_out) rd_message; /* out; at most rd_credits unacknowledged a redistributor */
    ITS_CHANNEL(its_rd_in) rd_ack;      /* in; in order for each redistributor */
    bool syserr;                        /* out: high for a cycle after an error (seis; FCTLR) */
    bool umsi_irq;                      /* out: interrupt for unmapped MSIs (umsi 3) */
    bool resetn;                        /* in; active low, sampled at the edge */
} its_pins;

/* Bytes of storage one instance needs; 0 when the profile is bad. */
size_t its_size(const its_profile *profile);

/* Makes an instance in `storage` (aligned to 16), in its reset state. NULL on error, with the reason
 * in *status (may be NULL). */
its_block *its_create(void *storage, size_t bytes, const its_profile *profile, its_status *status);

/* Where events go. Never saved, never part of the state. */
void its_listen(its_block *c, void (*sink)(void *host, const its_event *event), void *host);

void its_drive(its_block *c, its_pins *pins);
void its_clock(its_block *c, const its_pins *pins);

/* Edges from now that change nothing unless an input valid is high: 0 busy, UINT64_MAX asleep. */
uint64_t its_wake(const its_block *c);

/* Lets n idle edges pass at once; n must not exceed its_wake(). */
its_status its_skip(its_block *c, uint64_t n);

/* Edges since creation. */
uint64_t its_cycle(const its_block *c);

/*
 * State as bytes: its_size() of them; a save may be taken at any edge, and is for the same build of the
 * library on the same kind of machine. Load looks at no more than `size` bytes. It refuses, and nothing
 * changes, what another version or profile saved (ITS_E_VERSION) and what is cut short or was altered
 * since (ITS_E_IMAGE): a digest tells. That is no protection against who forges a digest as well.
 */
void its_save(const its_block *c, void *bytes);
its_status its_load(its_block *c, const void *bytes, size_t size);

/* 64-bit digest of the whole state, for comparing two instances. */
uint64_t its_digest(const its_block *c);

/* Reads a register of the control frame without side effects (debug access). Bytes 4 or 8. */
uint64_t its_peek(its_block *c, uint32_t offset, unsigned bytes);

#ifdef __cplusplus
}
#endif

#endif
