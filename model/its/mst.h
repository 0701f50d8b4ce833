/* SPDX-License-Identifier: MIT */
/*
 * mst.h - AXI4 bus master, 8 data bytes wide: whole items of memory in, INCR bursts out.
 *
 * Up to three clients offer its_mem_request; each has a queue of two in front, so a client can
 * hand over a request every cycle. One read and one write a cycle leave the queues, round robin
 * over the clients; the requests of one client stay in order. Taken at one edge, a request is on
 * the bus in the next cycle at best.
 *
 * 1, 2, 4 and 8 bytes are one beat of that size on its own lanes, 32 and 64 bytes bursts of 4 and
 * 8 beats of 8. AW and W are offered together and accepted in any order. On one AXI ID and
 * direction at most one access is outstanding: a request whose ID is busy waits here. R beats of
 * different IDs may interleave. AxPROT is non-secure, unprivileged, data.
 *
 * Every answer is broadcast on w->response for one cycle, in the order the last beats arrived, one
 * a cycle (perturbed, arch/perturb.h, later and in another order); an error on any beat, or a burst of another length than asked for, is `fault`.
 *
 * resetn (architecture: handshakes that complete at the first reset edge still count): every queue
 * and every answer is gone, valid and ready are low until the first edge after reset. What
 * survives is what the bus still owes: for every ID and direction whether an answer is to come.
 * Such late answers are taken and dropped (MEM_LATE), as is an answer nobody asked for; their ID
 * is not used before, and no access of either direction starts while a late write answer is owed.
 * A write of which the bus took only one half before reset is completed after it, since the bus
 * cannot be left waiting: had only AW been taken, the W beat comes with no strobe set and writes
 * nothing; had only W been taken, the same AW comes again and the write lands. A write of which
 * the bus took nothing is withdrawn.
 */
#ifndef ITSIM_ITS_MST_H
#define ITSIM_ITS_MST_H

#include "arch/profile.h"
#include "wire/axi.h"
#include "wire/event.h"
#include "wire/mem.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ITS_MST_CLIENTS 3u
#define ITS_MST_DEPTH 2u
#define ITS_MST_BEATS 8u /* most data beats of a burst */

typedef struct its_mst_wires {
    its_mem_ch *client[ITS_MST_CLIENTS]; /* client -> mst; mst drives ready only */
    unsigned clients;                    /* 1..3 are connected */
    const its_profile *profile;
    const its_probe *probe;
    its_mem_response response; /* mst -> all clients */
    uint16_t reads_owed;       /* IDs not free: issued and not yet broadcast, or late */
    uint16_t writes_owed;
    uint8_t room; /* clients whose ready is up, one bit each */
    bool idle;    /* no request in hand, none under way; late answers do not count */
} its_mst_wires;

/* A read burst under way. */
typedef struct its_mst_read {
    uint64_t data[ITS_MST_BEATS];
    uint64_t addr;
    uint32_t ref;
    uint8_t bytes;
    uint8_t beat; /* beats received */
    uint8_t client;
    bool fault;
} its_mst_read;

/* A write under way. */
typedef struct its_mst_write {
    uint64_t addr;
    uint32_t ref;
    uint8_t client;
    bool fault;
} its_mst_write;

typedef struct its_mst_queue {
    its_mem_request slot[ITS_MST_DEPTH]; /* [0] is the older */
    uint8_t count;
} its_mst_queue;

typedef struct its_mst {
    its_mst_read read[ITS_IDS];
    its_mst_write write[ITS_IDS];
    its_mst_queue queue[ITS_MST_CLIENTS];
    its_axi_address ar;
    its_axi_address aw;
    its_axi_w w;
    uint64_t due
        [2 *
         ITS_IDS]; /* perturb: edge from which an answer may be told, 0 not drawn; reads, then writes */
    uint8_t done[2 * ITS_IDS]; /* answers to broadcast: ID, bit 7 a write; a ring */
    uint8_t done_first;
    uint8_t done_count;
    uint8_t queued;    /* clients with a request in their queue, one bit each */
    uint8_t full;      /* clients without room in theirs */
    uint8_t next_read; /* client to serve first */
    uint8_t next_write;
    uint16_t reads_busy; /* IDs from the offer of AR to the broadcast */
    uint16_t writes_busy;
    uint16_t reads_owed;  /* from AR accepted to the last R beat, late ones included */
    uint16_t writes_owed; /* from AW or W accepted to B, late ones included */
    uint16_t reads_late;  /* owed from before reset */
    uint16_t writes_late;
    bool ar_valid;
    bool aw_valid;
    bool w_valid;
    bool keeps_back; /* perturb: no answer in done[] is due yet */
    bool in_reset;
    bool late_taken; /* at the last edge: somebody's ID became free without a broadcast */
} its_mst;

/* Writes AW, W, AR valid and payload, B and R ready; client ready; response, owed masks, idle. */
void its_mst_drive(const its_mst *u, its_mst_wires *w, its_axi *port);

/* Reports MEM_READ, MEM_WRITE, MEM_FAULT, MEM_LATE. */
void its_mst_clock(its_mst *u, const its_mst_wires *w, const its_axi *port);

/* UINT64_MAX while it has nothing to offer or broadcast (it may be waiting for the bus). */
uint64_t its_mst_wake(const its_mst *u);

/* An edge with resetn low. `port` as driven in the cycle before the edge. */
void its_mst_reset(its_mst *u, const its_axi *port);

/* Answers the bus still owes, those from before resetn included. */
unsigned its_mst_reads_owed(const its_mst *u);
unsigned its_mst_writes_owed(const its_mst *u);

#ifdef __cplusplus
}
#endif

#endif
