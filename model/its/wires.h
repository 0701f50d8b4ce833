/* SPDX-License-Identifier: MIT */
/*
 * wires.h - everything that runs between the units of the ITS. Each unit's x_drive writes its own
 * part from its registered state; each x_clock reads what it needs. Wires are not state: they are
 * never saved and can be rebuilt by driving every unit again.
 *
 * Who drives what is said at each group. "Pulse" means one cycle.
 */
#ifndef ITSIM_ITS_WIRES_H
#define ITSIM_ITS_WIRES_H

#include "arch/decide.h"
#include "arch/seldom.h"
#include "wire/chan.h"
#include "wire/event.h"
#include "wire/mem.h"
#include "wire/rdmsg.h"
#include "wire/regbus.h"

#define ITS_MAX_RD 128u
#define ITS_MAX_MSIQ 64u
#define ITS_MAX_SLOTS 16u
#define ITS_MSI_PLACES (ITS_MAX_MSIQ + ITS_MAX_SLOTS) /* with those the translator sends back */

/* A set of redistributors, one bit each. */
typedef struct its_rdset {
    uint64_t bits[ITS_MAX_RD / 64];
} its_rdset;

static inline bool its_rdset_has(const its_rdset *s, unsigned rd)
{
    return (s->bits[rd >> 6] >> (rd & 63u)) & 1u;
}

static inline void its_rdset_put(its_rdset *s, unsigned rd, bool member)
{
    uint64_t *bits = &s->bits[rd >> 6];
    uint64_t bit = UINT64_C(1) << (rd & 63u);

    *bits = (*bits & ~bit) | (-(uint64_t)member & bit);
}

static inline bool its_rdset_any(const its_rdset *s)
{
    return (s->bits[0] | s->bits[1]) != 0;
}

static inline its_rdset its_rdset_join(const its_rdset *a, const its_rdset *b)
{
    its_rdset both = {{a->bits[0] | b->bits[0], a->bits[1] | b->bits[1]}};

    return both;
}

static inline its_rdset its_rdset_meet(const its_rdset *a, const its_rdset *b)
{
    its_rdset common = {{a->bits[0] & b->bits[0], a->bits[1] & b->bits[1]}};

    return common;
}

/* Takes out the lowest member of a set that has one. */
static inline unsigned its_rdset_pop(its_rdset *s)
{
    unsigned rd;

    if (__builtin_expect(s->bits[0] != 0, 1)) {
        rd = (unsigned)__builtin_ctzll(s->bits[0]);
        s->bits[0] &= s->bits[0] - 1u;
    } else {
        rd = 64u + (unsigned)__builtin_ctzll(s->bits[1]);
        s->bits[1] &= s->bits[1] - 1u;
    }
    return rd;
}

/* For each member of a set as it is now, the lowest first; the body may change the set. No `break`. */
#define ITS_EACH_RD(rd, set)                                                                       \
    for (its_rdset rd##_left = *(set); its_rdset_any(&rd##_left);)                                 \
        for (unsigned rd = its_rdset_pop(&rd##_left), rd##_once = 1; rd##_once; rd##_once = 0)

/* The units of the core, one bit each. */
enum {
    CORE_GITS = 1,
    CORE_MSIQ = 2,
    CORE_CMDF = 4,
    CORE_CMDX = 8,
    CORE_XLAT = 16,
    CORE_STORE = 32,
    CORE_RDLINK = 64,
    CORE_DRAIN = 128,
    CORE_OPR = 256,
    CORE_ALL = 511
};

/* An accepted MSI. */
typedef struct its_msi {
    uint32_t device;
    uint32_t event;
    uint32_t ref; /* its number, from 1 */
} its_msi;

/* A command packet on its way from fetch to execution. */
typedef struct its_packet {
    uint64_t dw[ITS_CMD_WORDS];
    uint32_t ref; /* ITS_REF_CMD | place in the queue */
} its_packet;

/* Names one entry of one kind. Level-1 entries are named by address, the others by device and key. */
typedef struct its_name {
    uint64_t address; /* where it lies; lookups of DTE, ITE, CTE do not need it */
    uint32_t device;
    uint32_t key;      /* ITE: EventID; CTE: ICID */
    uint8_t what;      /* its_entry_kind */
    uint8_t unused[7]; /* states compare as bytes: no padding */
} its_name;

static inline bool its_same_name(const its_name *a, const its_name *b)
{
    if (a->what != b->what)
        return false;
    if (a->what == ITS_ENTRY_DEVICE_L1 || a->what == ITS_ENTRY_COLLECTION_L1)
        return a->address == b->address;
    return a->device == b->device && a->key == b->key;
}

/* The entry that a verdict needs or writes: put where it is wanted, or by value. */
static inline void its_put_name(its_name *to, const its_verdict *v)
{
    to->address = v->address;
    to->device = v->device;
    to->key = v->event;
    to->what = v->what;
}

static inline its_name its_verdict_name(const its_verdict *v)
{
    its_name name = {v->address, v->device, v->event, v->what, {0}};

    return name;
}

/* Lookup by name: always taken; answered on the answer wires in the next cycle. */
typedef struct its_lookup {
    its_name name;
    uint32_t ref;
    uint8_t slot; /* comes back with the answer */
    bool valid;
    uint8_t unused[2]; /* states compare as bytes: no padding */
} its_lookup;

typedef struct its_answer {
    its_entry value;
    uint64_t address;
    uint8_t slot;
    bool found;
    bool valid;
    uint8_t unused[5]; /* states compare as bytes: no padding */
} its_answer;

/* Fetch from memory: offered only when the store said there is room, so always taken. */
typedef struct its_fetch {
    its_name name;
    uint32_t ref;
    bool valid;
    uint8_t unused[3]; /* states compare as bytes: no padding */
} its_fetch;

/* A fetched entry, broadcast for one cycle to all who wait for that name. */
typedef struct its_fill {
    its_name name;
    its_entry value;
    bool fault;
    bool valid;
    uint8_t unused[6]; /* states compare as bytes: no padding */
} its_fill;

/* Notes what came of looking for the entry that the verdict needs. */
static inline void its_learn_answer(its_operands *known, const its_verdict *v, const its_answer *a)
{
    known->state[v->operand] = a->found ? ITS_HELD : ITS_MISSED;
    known->address[v->operand] = a->address;
    known->value[v->operand] = a->value;
}

/* Is this the entry that the verdict needs? Then notes it. */
static inline bool its_learn_fill(its_operands *known, const its_verdict *v, const its_fill *f)
{
    its_name name = its_verdict_name(v);
    if (!f->valid || !its_same_name(&name, &f->name))
        return false;
    known->state[v->operand] = f->fault ? ITS_FAULT : ITS_HELD;
    known->address[v->operand] = f->name.address;
    known->value[v->operand] = f->value;
    return true;
}

/* What the running command changes; see decide.h, its_cmd_holds(). */
typedef struct its_hold {
    uint32_t device;
    uint32_t key;      /* event: EventID; collection: ICID */
    uint8_t kind;      /* its_hold_kind */
    uint8_t unused[3]; /* states compare as bytes: no padding */
} its_hold;

/* Does the hold cover this entry? */
static inline bool its_hold_covers(const its_hold *h, const its_name *n)
{
    switch ((its_hold_kind)h->kind) {
    case ITS_HOLD_DEVICE:
        return (n->what == ITS_ENTRY_DTE || n->what == ITS_ENTRY_ITE) && n->device == h->device;
    case ITS_HOLD_EVENT:
        return n->what == ITS_ENTRY_ITE && n->device == h->device && n->key == h->key;
    case ITS_HOLD_COLLECTION:
        return n->what == ITS_ENTRY_CTE && n->key == h->key;
    case ITS_HOLD_NONE:
        break;
    }
    return false;
}

/* A message from xlat or cmdx to rdlink: offered only when rdlink said there is room: always taken. */
typedef struct its_rd_request {
    uint32_t intid;
    uint32_t ref;
    uint16_t rd;
    uint16_t rd2;
    uint8_t message; /* its_rd_message */
    bool valid;
    uint8_t unused[2]; /* states compare as bytes: no padding */
} its_rd_request;

/* What GITS_OPR asks of the translator, and what it waits for. */
typedef struct its_trial {
    uint32_t device;
    uint32_t event;
    bool lock; /* the line is to be locked as well */
    bool valid;
} its_trial;

typedef struct its_track {
    uint32_t device;
    uint32_t event;
    bool valid;
} its_track;

/* And of the store: one line, or all. */
typedef struct its_unlock {
    uint32_t device;
    uint32_t event;
    bool all;
    bool valid;
} its_unlock;

/* How a translation that GITS_OPR asked for or tracks ended. */
typedef struct its_outcome {
    its_entry ite;    /* drop NONE: the entry it went by */
    uint64_t address; /* of that entry */
    uint32_t device;
    uint32_t event;
    uint32_t intid;
    uint16_t rd;
    uint8_t drop; /* its_drop; NONE: translated */
    bool trial;   /* asked for: nothing was sent */
    bool lock;    /* asked for: its line is to be locked */
    bool valid;
    uint8_t unused[6]; /* states compare as bytes: no padding */
} its_outcome;

/* What the store says of an event's line. */
typedef enum {
    ITS_LINE_UNLOCKED,
    ITS_LINE_LOCKED,
    ITS_LINE_REFUSED, /* another line of the set is locked, or there is no line to lock */
    ITS_LINE_BUSY     /* not now */
} its_line_lock;

typedef struct its_line_answer {
    uint8_t lock; /* its_line_lock; to an unlock: LOCKED if it was locked */
    bool valid;
} its_line_answer;

/* MSIs that could not be translated, at one edge. */
typedef struct its_unmapped {
    uint32_t device; /* of the first */
    uint32_t event;
    uint8_t drop; /* its_drop */
    uint8_t count;
    uint8_t unused[2]; /* states compare as bytes: no padding */
} its_unmapped;

typedef enum { ITS_OFF, ITS_ON, ITS_DRAIN, ITS_WRITEBACK } its_drain_state;

typedef struct its_wires {
    /* owner: constants and the clock */
    const its_profile *profile;
    const its_facts *facts; /* built by reg from its registers; changes only in OFF */
    const its_probe *probe;
    bool asleep; /* owner: the GIC is asleep or falls asleep; MSIs are dropped */

    /* slv or owner -> reg: register accesses of frames GITS and TRANSLATION; reg -> owner: result */
    its_access_ch access;
    its_result_ch result;

    /* reg: registers others need */
    uint64_t queue_base;
    uint32_t queue_bytes;
    uint32_t cwriter;         /* bytes */
    bool enabled;             /* GITS_CTLR.Enabled as software wrote it */
    bool queue_valid;         /* CBASER.Valid and CWRITER inside the queue */
    uint8_t queue_cache;      /* AxCACHE for command fetches */
    uint8_t table_cache;      /* AxCACHE for device table, ITT */
    uint8_t collection_cache; /* AxCACHE for the collection table */
    bool queue_reset;         /* pulse: CBASER written, CREADR becomes 0 */
    bool retry;               /* pulse: CWRITER.Retry written */
    bool base_changed;        /* pulse: a BASER changed value: drop what was cached */
    bool msi_room;            /* reg -> slv: a write to GITS_TRANSLATER would be answered at once */
    bool reg_idle;      /* no MSI between reg and msiq, no access half done that matters to drain */
    uint8_t invalidate; /* pulse: its_invalidate, caches to be emptied */
    bool opr_written;   /* pulse: GITS_OPR begins an operation */
    uint64_t opr;       /* GITS_OPR */

    /* reg -> msiq */
    ITS_CHANNEL(its_msi) msi;

    /* msiq: the waiting MSIs, oldest first. xlat takes any of them, one a cycle. */
    its_msi msi_pool[ITS_MSI_PLACES];
    uint8_t msi_count;
    bool msiq_idle;

    /* xlat */
    bool msi_take; /* msi_pool[msi_taken] of this cycle leaves the queue at this edge */
    uint8_t msi_taken;
    its_msi msi_back; /* xlat -> msiq: to be translated later; no MSI: ref is ITS_REF_NONE */
    its_lookup xlat_lookup;
    its_fetch xlat_fetch;
    its_rd_request xlat_message;
    uint32_t xlat_busy;  /* translations in use, one bit a slot */
    uint32_t xlat_freed; /* pulse per slot: that translation ended at the last edge */
    bool xlat_idle;
    bool trial_taken;      /* pulse: the trial on offer is under translation */
    its_outcome outcome;   /* pulse */
    its_unmapped unmapped; /* pulse: count is 0 in other cycles */

    /* opr */
    its_trial trial;   /* opr -> xlat: level until trial_taken */
    its_track track;   /* opr -> xlat: level */
    its_unlock unlock; /* opr -> store: pulse */
    uint64_t opsr;
    bool opr_idle; /* nothing that ends by itself is under way */

    /* cmdf */
    ITS_CHANNEL(its_packet) command; /* cmdf -> cmdx */
    its_mem_ch fetch_mem;            /* cmdf -> mst: command packets */
    uint32_t creadr;                 /* bytes */
    bool stalled;
    bool cmdf_idle;  /* no fetch outstanding, no packet offered */
    bool cmdf_error; /* pulse: a command could not be read */

    /* cmdx */
    its_hold hold;
    its_lookup cmdx_lookup;
    its_fetch cmdx_fetch;
    its_rd_request cmdx_message;
    ITS_CHANNEL(its_verdict) write; /* cmdx -> store: write verdict.entry, kind what */
    uint32_t write_ref;             /* the command the write belongs to */
    its_scan scan;                  /* cmdx -> store: level, until scan_done */
    uint32_t scan_device;
    bool retire;       /* pulse: the command is done with */
    bool retire_stall; /* with retire: stall instead of moving CREADR */
    bool cmdx_idle;
    uint8_t cmdx_error; /* pulse: its_command_report() of one in error, or lost to a bus error */

    /* store (caches, miss registers, write buffer) */
    its_answer xlat_answer;
    its_answer cmdx_answer;
    its_fill fill;
    its_mem_ch store_mem;
    uint8_t fetch_room;        /* table reads for MSIs that can start now */
    bool command_fetch_room;   /* the command's miss register is free */
    bool scan_done;            /* pulse */
    bool flush_done;           /* level while flush: nothing dirty, nothing waiting to be written */
    bool store_idle;           /* no read outstanding, nothing waiting to be written */
    uint8_t invalidating;      /* its_invalidate: caches being emptied */
    its_line_answer line_lock; /* pulse: to an outcome or an unlock, one cycle later */

    /* mst or owner: answers, and AXI IDs with an answer owed */
    its_mem_response memory;
    uint16_t reads_owed;
    uint16_t writes_owed;

    /* rdlink */
    its_rdset rd_full;  /* xlat and cmdx must not offer a message for these */
    bool compound_busy; /* cmdx must not offer any message */
    bool command_acked; /* pulse: the command's message (or compound effect) is acknowledged */
    bool rdlink_idle;   /* nothing queued, nothing unacknowledged */
    uint8_t rd_command_error; /* pulse: its_command_report() of refused ones (command_error 2) */
    bool rd_msi_refused;      /* pulse: an MSI's message was */
    its_rdmsg_ch rd_message[ITS_MAX_RD]; /* rdlink -> redistributor */
    its_rdack_ch rd_ack[ITS_MAX_RD];     /* redistributor -> rdlink */
    its_rdset rd_offered;                /* redistributors whose rd_message is valid */
    its_rdset rd_acked;                  /* owner: redistributors whose rd_ack is valid */

    /* drain */
    its_drain_state drain;
    bool flush;     /* level: write every dirty line back */
    bool quiescent; /* GITS_CTLR.Quiescent as read */
} its_wires;

#endif
