/* SPDX-License-Identifier: MIT */
/*
 * gicr.h - one redistributor, LPI part: takes messages from an ITS, keeps the pending set and what
 * it knows of the configuration of LPIs, and offers the best pending LPI to its CPU interface.
 *
 * Ports: messages in, acknowledgements out (wire/rdmsg.h), registers (frames GICR and GICR_SGI), one
 * memory access at a time, a few levels. Latency: one edge to take a message, one or two to carry it
 * out when its LPI has a line, plus memory accesses when it has none (docs/timing.md).
 *
 * Where a pending LPI is: in a line (INTID, configuration byte), or, without one, in the pending table
 * in memory (lpi_entries > 0) or in a bitmap on chip (lpi_entries 0, which has 64 lines as well);
 * never in two places. A map of one bit per 64 bytes of table says where bits may be. Lines of LPIs
 * that are not pending only remember configuration and are given up first, the longest idle one
 * first; then the least important pending LPI moves to the table: disabled before enabled, then the
 * lowest priority, then the highest INTID. Lines are filled again from the table when an LPI there
 * may be better than the best that has a line.
 *
 * Configuration is read when an LPI becomes pending and has no line, and kept until INV, INVALL,
 * DISCARD, INVLPIR, INVALLR or the loss of the line. Priority is compared as bits [7:2]; with
 * security 1 the stored byte is the Non-secure view. Architecture: Arm GIC Architecture Specification
 * (IHI 0069), "LPIs"; GIC-500 TRM for WAKER. What they leave open is described in docs/model.md.
 */
#ifndef ITSIM_GIC_GICR_H
#define ITSIM_GIC_GICR_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/profile.h"
#include "wire/event.h"
#include "wire/mem.h"
#include "wire/rdmsg.h"
#include "wire/regbus.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GICR_NONE 1023u /* "no pending interrupt" (IHI 0069, special INTIDs) */

/* Compile-time maxima; profile.def keeps lpi_entries and intid_bits within them. */
enum {
    GICR_LINES = 512,        /* LPI lines */
    GICR_ON_CHIP_LINES = 64, /* lines when lpi_entries is 0; ours */
    GICR_BUCKETS = 1024,     /* of the line index */
    GICR_CHUNK_INTIDS = 512, /* LPIs in 64 bytes of pending table */
    GICR_CHUNKS = 65536 / GICR_CHUNK_INTIDS,
    GICR_FIFO = 2
};

/*
 * LPI lines, ranked. A key is (disabled, priority, INTID), the smallest is the most important; a line
 * that is not pending has the key of nothing. gicr_lines.h works on them.
 */
typedef struct gicr_lines {
    uint32_t key[2 * GICR_LINES];  /* tournament: [1] is the best, leaves start at [leaves] */
    uint16_t intid[GICR_LINES];    /* 0: the line is free */
    uint8_t config[GICR_LINES];    /* configuration byte as read */
    uint16_t bucket[GICR_BUCKETS]; /* line index: first line of each bucket */
    uint16_t chain[GICR_LINES];    /* line index: next line of the same bucket */
    /* ring of the lines that are not pending, in the order in which they are given up */
    uint16_t next[GICR_LINES + 1];
    uint16_t prev[GICR_LINES + 1]; /* [GICR_LINES] closes it */
    uint16_t count;                /* lines there are */
    uint16_t leaves;               /* count rounded up to a power of two */
    uint8_t hash_shift;
    bool nonsecure_view; /* profile.security */
} gicr_lines;

/* State of one redistributor: values only. Padding stays zero, so that states compare as bytes. */
typedef struct gicr {
    gicr_lines lines;

    /* pending LPIs without a line */
    uint64_t spilled[GICR_CHUNKS / 64];  /* chunks that may have any */
    uint64_t in_table[GICR_CHUNKS / 64]; /* on-chip bitmap: chunks not all zero in memory */
    uint64_t bitmap[GICR_CHUNKS][8];     /* on-chip bitmap, lpi_entries 0 */
    uint64_t chunk[8];                   /* 64 bytes of pending table being worked on */
    uint64_t group[8];                   /* configuration bytes of 64 LPIs, during a refill */
    uint32_t bound;                      /* no spilled LPI has a smaller key */
    uint32_t pass_bound;                 /* the same for those the running refill has passed */
    uint16_t chunk_number;
    uint16_t group_number;
    uint8_t chunk_dirty; /* one bit a word */
    bool chunk_valid;
    bool group_valid;

    /* registers */
    uint64_t propbaser;
    uint64_t pendbaser; /* PTZ stays 1 until a table load uses it */
    bool enable;        /* GICR_CTLR.EnableLPIs */
    bool rwp;           /* GICR_CTLR.RWP */
    bool processor_sleep;
    bool children_asleep;
    bool sleep_write; /* pulse to the owner: WAKER.Sleep written as sleep_value */
    bool sleep_value;
    bool result_valid;
    its_access_result result;

    /* levels from the owner, as of the last edge */
    bool sleep;
    bool sleep_set;
    bool quiescent;
    bool group1;

    bool on;   /* the pending table is loaded and LPIs are in use */
    bool live; /* on, enabled and not asleep: messages are carried out */

    /* queues */
    its_rdmsg message[GICR_FIFO];
    its_rdack ack[GICR_FIFO];
    uint8_t message_head;
    uint8_t messages;
    uint8_t ack_head;
    uint8_t acks;

    /* sequencer: the job under way (gicr_parts.h) */
    uint8_t job;
    uint8_t stage;
    uint8_t config;   /* configuration byte of `intid`, once read */
    bool was;         /* `intid` was pending when the job began */
    bool refill_turn; /* a message was carried out since the last refill step */
    bool refilling;   /* a refill pass is under way, next chunk `refill_chunk` */
    uint16_t refill_chunk;
    uint16_t line;  /* cursor over lines */
    uint32_t intid; /* subject, or cursor over INTIDs */
    uint32_t ref;

    /* INVLPIR of direct_intid, or INVALLR, waiting for the sequencer */
    bool direct;
    bool direct_all;
    uint32_t direct_intid;

    /* the one memory access */
    uint8_t access; /* what for (gicr_parts.h); 0: none */
    bool offered;   /* waiting for the bus to take it */
    its_mem_request request;
} gicr;

/* Wires of one redistributor. in: the owner sets them; out: gicr_drive does. */
typedef struct gicr_wires {
    const its_profile *profile; /* in, constant */
    const its_probe *probe;     /* in, constant */
    uint16_t rd;                /* in, constant: its number */

    its_rdmsg_ch *msg;    /* in: the channels of the link, where the owner has them */
    its_rdack_ch *ack;    /* out */
    its_access_ch access; /* in: frames GICR and GICR_SGI */
    its_result_ch result; /* out */
    its_mem_ch mem;       /* out: one access at a time; mem.d.id is 0, the owner picks the ID */
    const its_mem_response *response; /* in: the answer to that access, for one cycle; else NULL */

    bool sleep;          /* in: GICR_WAKER.Sleep is in effect (one for all redistributors) */
    bool sleep_set;      /* in: GICR_WAKER.Sleep as it reads: written 1, in effect or about to be */
    bool quiescent;      /* in: GICR_WAKER.Quiescent */
    bool group1_enabled; /* in: GICD_CTLR enables Non-secure Group 1 */

    bool sleep_write;  /* out, pulse: software writes WAKER.Sleep := sleep_value; the owner decides
                          whether it takes effect (waker_sleep 1 only) */
    bool sleep_value;  /* out */
    bool flushed;      /* out: sleep is seen, all pending state is in memory, which is left alone */
    bool lpi;          /* out: there is an LPI to deliver */
    bool wake_request; /* out: it could, but for ProcessorSleep */
} gicr_wires;

/* What the functions below need besides the state. */
typedef struct gicr_context {
    const its_profile *profile;
    const its_probe *probe;
    const its_memory *memory; /* fast face only */
    /* fast face: takes each acknowledgement of HAND_OVER that has more = true */
    void (*handed_over)(void *host, const its_rdack *ack);
    void *host;
    uint16_t rd;
} gicr_context;

/*
 * The four functions of a clocked unit. gicr_reset sets the state of a resetn edge (and of creation):
 * LPIs off, asleep, nothing pending, memory untouched; an answer still owed must not be delivered.
 */
void gicr_drive(const gicr *u, gicr_wires *w);
void gicr_clock(gicr *u, const gicr_wires *w);
uint64_t gicr_wake(const gicr *u);
void gicr_reset(gicr *u, const gicr_wires *w);

/*
 * Must the owner clock it at this edge? False: clocking would change nothing. True when it is busy,
 * an input channel is valid, an answer is there, or a level differs from what it last saw.
 */
bool gicr_due(const gicr *u, const gicr_wires *w);

/*
 * Nothing to do and nothing owed: no message, acknowledgement, register result, memory access, refill
 * or table load or flush pending. The face may be switched.
 */
bool gicr_idle(const gicr *u);

/* ---- between edges, in any face ------------------------------------------------------------- */

/* An LPI can be delivered to the CPU interface. */
bool gicr_deliverable(const gicr *u);

/*
 * The CPU interface acknowledges: the most important LPI that can be delivered (smallest priority
 * value, then lowest INTID), no longer pending then; GICR_NONE when there is none. Exact whenever
 * gicr_idle(): a refill under way may know of a better one not yet in a line.
 */
uint32_t gicr_acknowledge(gicr *u, const gicr_context *x);

/*
 * Is this LPI pending, wherever that is kept: line, bitmap, table in memory (read through `memory`,
 * no side effects on the model; without memory the table counts as empty)? Out of range: false. While
 * EnableLPIs is 0 the table PENDBASER names counts alone, and as empty when PTZ was written 1.
 */
bool gicr_pending(const gicr *u, uint32_t intid, const gicr_context *x);

/* Register as a Secure access reads it, without side effects. What does not exist: 0. */
uint64_t gicr_peek(const gicr *u, its_frame frame, uint32_t offset, unsigned bytes,
                   const gicr_context *x);

/* ---- fast face: the same state, completed at once -------------------------------------------- */

/*
 * Carries out one message and all it sets off; returns its (last) acknowledgement. The redistributor
 * must be gicr_idle() before and is again after.
 */
its_rdack gicr_fast_message(gicr *u, const its_rdmsg *msg, const gicr_context *x);

/*
 * One register access and all it sets off (table load, flush, refill). When it writes WAKER.Sleep,
 * *sleep_write (never NULL) becomes true and *sleep_value the value; the owner then decides and calls
 * gicr_fast_levels().
 */
its_access_result gicr_fast_access(gicr *u, const its_access *access, const gicr_context *x,
                                   bool *sleep_write, bool *sleep_value);

/* New values of the levels from the owner; afterwards a flush or reload is complete. */
void gicr_fast_levels(gicr *u, bool sleep, bool quiescent, bool group1_enabled,
                      const gicr_context *x);

/* Acknowledge, then refill: exact every time. */
uint32_t gicr_fast_acknowledge(gicr *u, const gicr_context *x);

#ifdef __cplusplus
}
#endif

#endif
