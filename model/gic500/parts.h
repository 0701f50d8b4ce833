/* SPDX-License-Identifier: MIT */
/*
 * parts.h - what a gic500 is made of; shared by the files of this folder, for no one else.
 *
 * One block of storage: this struct, then the state (gic500_state, the redistributors, the cache
 * lines; contiguous, it is what save and load copy), then the wires of the redistributors.
 */
#ifndef ITSIM_GIC500_PARTS_H
#define ITSIM_GIC500_PARTS_H

#include "gic/gicd.h"
#include "gic/gicr.h"
#include "its/core.h"
#include "its/mst.h"
#include "its/slv.h"
#include "itsim/gic500.h"

#define GIC500_NO_RD 0xffffu
#define GIC500_LPI_IDS 8u

/* Redistributors share lpi_ids AXI IDs of the master port, one access on each. */
typedef struct gic500_lpi_bus {
    uint16_t owner[GIC500_LPI_IDS]; /* redistributor whose access is on ID ITS_ID_RD + i */
    uint16_t pick;                  /* redistributor whose request is offered to the master */
    uint16_t turn;                  /* where the search starts: round robin */
    uint8_t pick_id;
} gic500_lpi_bus;

/* GICR_WAKER.Sleep and Quiescent: one copy, seen through every redistributor (GIC-500 TRM). */
typedef struct gic500_sleep {
    bool asked; /* Sleep was written 1: in effect when the MSIs accepted by then have arrived */
    bool sleep;
    bool quiescent;
} gic500_sleep;

typedef struct gic500_state {
    its_core core;
    its_slv slv;
    its_mst mst;
    gicd dist;
    gic500_lpi_bus lpi_bus;
    gic500_sleep sleep;
    uint64_t cycle;       /* edges since creation */
    uint64_t drain_until; /* fast face: edge at which a finished write-back may show as Quiescent */
    uint16_t target_rd;   /* where the running register access went */
    uint8_t target;       /* its_frame */
    uint8_t face;         /* its_face in effect */
    uint8_t face_wanted;
    bool commands_wait; /* fast face: enabled by the passing of time; the queue was not run yet */
    bool nowhere;       /* access to no frame taken, its answer is due */
    bool in_reset;
} gic500_state;

struct gic500 {
    its_profile profile;
    its_probe probe;
    its_core_wires x;
    its_slv_wires slv_w;
    its_mst_wires mst_w;
    its_mem_ch lpi_mem;
    gicd_wires dist_w;
    its_axi s_axi; /* outputs of the ports as last driven */
    its_axi m_axi;
    its_rdset awake; /* redistributors that may have work; all of them after a load */
    its_rdset stale; /* redistributors to be driven again */
    its_rdset wants; /* redistributors that offer a memory access */
    its_rdset lpi;
    its_rdset wake_request;
    uint16_t
        sleeper;    /* redistributor through which WAKER.Sleep is being written, or GIC500_NO_RD */
    bool slv_stale; /* units to be driven again */
    bool mst_stale;
    bool dist_stale;
    bool levels_stale; /* what all redistributors see of sleep and of the distributor */
    bool slv_awake;    /* has work without an input; as of the last drive */
    bool mst_awake;

    gic500_state *s;
    gicr *rd;
    its_line *lines;
    gicr_wires *rd_w;
    size_t state_bytes;
};

/* Drives every unit that needs it into the wires (not the pins). */
void gic500_drive_wires(gic500 *g);

/* Puts what it has driven on the pins. */
void gic500_show(const gic500 *g, gic500_pins *pins);

/* Everything must be driven and every redistributor looked at again. */
void gic500_touch(gic500 *g);

/* Context for host calls on redistributor rd; memory may be NULL. */
gicr_context gic500_rd_context(const gic500 *g, unsigned rd, const its_memory *memory);

/* WAKER.Sleep written through some redistributor: does it take effect? (GIC-500 TRM, power) */
bool gic500_may_sleep(const gic500 *g, bool value);

/* WAKER.Sleep is in effect or about to be. */
bool gic500_asleep(const gic500 *g);

#endif
