/* SPDX-License-Identifier: MIT */
/*
 * slv.h - AXI4 slave port, profile bus_bytes wide: bursts in, one register access at a time out.
 *
 * Accepts slave_reads read and slave_writes write transactions (until their last response beat is
 * taken); W beats independently of AW, up to ITS_SLV_BEATS ahead, counted by AWLEN. A burst (INCR,
 * FIXED, WRAP) is carried out beat by beat: reads in the order of AR, writes in the order of AW,
 * reads and writes taking turns. Two cycles an access at best. A write to GITS_TRANSLATER without
 * room behind it (w->msi_room) waits; reads go on, and so do writes of other IDs, as far as the port
 * accepts them.
 *
 * The access of a beat is its bytes on the bus: those of the strobe for a write, those from the
 * address to the end of the beat for a read. 1, 2, 4 or 8 naturally aligned bytes go to the owner
 * of the frame, who judges the size. Anything else (sparse strobes, strobes outside the beat, 3
 * bytes), and every beat of a burst that AXI does not allow (beats wider than the bus, reserved
 * burst type, bad length, across 4 KB), is a bad access, answered here per profile bad_access,
 * nothing of it being done. A beat without any strobe does nothing and is answered OKAY. A fault
 * makes the R beat, or the B of the whole burst, SLVERR. (AMBA AXI and ACE Protocol Specification,
 * IHI 0022; acceptance limits: GIC-500 TRM.)
 *
 * DeviceID: from AxUSER, or from the address in the DeviceID window (arch/map.h).
 */
#ifndef ITSIM_ITS_SLV_H
#define ITSIM_ITS_SLV_H

#include "arch/profile.h"
#include "wire/axi.h"
#include "wire/event.h"
#include "wire/regbus.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ITS_SLV_DEPTH 8u
#define ITS_SLV_BEATS 16u
#define ITS_SLV_R 2u

typedef struct its_slv_wires {
    const its_profile *profile;
    const its_probe *probe;
    bool whole_gic;       /* address map: the whole GIC, or the ITS alone */
    bool msi_room;        /* frame TRANSLATION: a write would be answered at once */
    its_access_ch access; /* slv -> owner of the frame */
    its_result_ch result; /* owner of the frame -> slv */
    bool idle;            /* no transaction accepted and not completely answered */
} its_slv_wires;

typedef enum { SLV_IDLE, SLV_OFFER, SLV_WAIT } its_slv_state;

/* A transaction accepted; the oldest of its direction may be partly done. */
typedef struct its_slv_burst {
    uint64_t addr;
    uint32_t device;
    uint16_t id;
    uint16_t beat; /* beats done */
    uint8_t len;
    uint8_t size;
    uint8_t burst;
    uint8_t prot;
    bool has_device;
    bool fault; /* of a beat done */
} its_slv_burst;

typedef struct its_slv {
    its_slv_burst read[ITS_SLV_DEPTH]; /* [0] is the oldest, here and below */
    its_slv_burst write[ITS_SLV_DEPTH];
    its_axi_w beat[ITS_SLV_BEATS]; /* W beats not yet used */
    its_axi_b b[ITS_SLV_DEPTH];    /* write responses */
    its_axi_r r[ITS_SLV_R];        /* read responses */
    its_access access;             /* being made */
    uint8_t reads;                 /* entries of read[] in use, and so on */
    uint8_t writes;
    uint8_t beats;
    uint8_t bs;
    uint8_t rs;
    uint8_t reads_open;  /* accepted, last R beat not yet taken */
    uint8_t writes_open; /* accepted, B not yet taken */
    uint8_t state;       /* its_slv_state, of the access */
    uint8_t lane;        /* of its first byte */
    uint8_t chosen;      /* write: index of its burst */
    bool write_turn;
    bool in_reset;
} its_slv;

/* Writes AW, W, AR ready, B and R valid and payload; w->access (but ready), w->result.ready. */
void its_slv_drive(const its_slv *u, its_slv_wires *w, its_axi *port);

/* Reports REG_BAD for accesses it answers itself. */
void its_slv_clock(its_slv *u, const its_slv_wires *w, const its_axi *port);

/* UINT64_MAX without a response to hand over and an access to make or offer. */
uint64_t its_slv_wake(const its_slv *u);

/* An edge with resetn low: all transactions are forgotten; ready is low until the edge after. */
void its_slv_reset(its_slv *u);

#ifdef __cplusplus
}
#endif

#endif
