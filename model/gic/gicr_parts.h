/* SPDX-License-Identifier: MIT */
/*
 * gicr_parts.h - how the files of a redistributor share its work. Internal to model/gic.
 *
 * One sequencer does one job at a time. A job is a function that is called once a cycle until it says
 * it is done; when it needs memory it asks for it and is not called again before the answer. Both
 * faces run the same jobs: the cycle face one step an edge, the fast face until nothing is left.
 */
#ifndef ITSIM_GIC_GICR_PARTS_H
#define ITSIM_GIC_GICR_PARTS_H

#include "arch/regs.h"
#include "arch/seldom.h"
#include "gic/gicr.h"
#include "gic/gicr_lines.h"

/* gicr.job */
enum {
    GICR_JOB_NONE,
    GICR_JOB_MESSAGE,    /* the oldest message, which leaves its queue at the end */
    GICR_JOB_DIRECT,     /* INVLPIR */
    GICR_JOB_DIRECT_ALL, /* INVALLR */
    GICR_JOB_LOAD,       /* read the pending table: EnableLPIs 0 to 1, Sleep left */
    GICR_JOB_FLUSH,      /* write it: EnableLPIs 1 to 0, Sleep entered */
    GICR_JOB_REFILL      /* one chunk of table: bring its best LPIs into lines */
};

/* gicr.access */
enum {
    GICR_ACCESS_NONE,
    GICR_ACCESS_CHUNK,  /* read 64 bytes of pending table */
    GICR_ACCESS_WORD,   /* write 8 bytes of it */
    GICR_ACCESS_CONFIG, /* read a configuration byte */
    GICR_ACCESS_GROUP   /* read the configuration bytes of 64 LPIs */
};

#define GICR_FIRST_LPI 8192u /* IHI 0069: LPI INTIDs start here */

static inline bool gicr_on_chip(const gicr_context *x)
{
    return x->profile->lpi_entries == 0;
}

static inline void gicr_report(const gicr_context *x, its_event_kind kind, uint32_t ref, uint64_t a,
                               uint64_t b)
{
    its_emit(x->probe, ITS_UNIT_GICR, kind, ref, a, b, x->rd);
}

/* --- gicr_table.c: memory, and the pending LPIs without a line ------------------------------------ */

/* INTIDs below this are LPIs here; 0 when PROPBASER.IDbits puts all of them out of range. */
uint32_t gicr_intid_limit(const gicr *u, const gicr_context *x);

/* Asks for memory; the job goes on when the answer is there. */
void gicr_ask_config(gicr *u, uint32_t intid);
void gicr_ask_group(gicr *u, uint32_t intid);
void gicr_ask_chunk(gicr *u, unsigned chunk);

/* Reports the access being made; notes its answer. */
void gicr_access_made(const gicr *u, const gicr_context *x);
void gicr_answered(gicr *u, const its_mem_response *response, const gicr_context *x);

/* First chunk from this one on that may have spilled LPIs, or GICR_CHUNKS. */
unsigned gicr_next_chunk(const gicr *u, unsigned from);

/* The 8 words of a chunk, or NULL when it asked for memory first. */
uint64_t *gicr_chunk_words(gicr *u, unsigned chunk, const gicr_context *x);

/* True when memory has every change of the chunk; else it asks to write a word of it. */
bool gicr_chunk_written(gicr *u);

/* An LPI of the chunk gicr_chunk_words() returned becomes spilled, or no longer is. */
void gicr_chunk_set(gicr *u, uint64_t *words, uint32_t intid, const gicr_context *x);
void gicr_chunk_clear(gicr *u, uint64_t *words, uint32_t intid, const gicr_context *x);
bool gicr_chunk_has(const uint64_t *words, uint32_t intid);

/* First LPI from `intid` on in its chunk, or 0. */
uint32_t gicr_chunk_next(const uint64_t *words, uint32_t intid);

/* Is it pending without a line? Reads memory through the context, not the bus. */
bool gicr_spilled(const gicr *u, uint32_t intid, const gicr_context *x);

/* The table is believed to be all zero: PTZ is set and not yet used. */
bool gicr_table_empty(const gicr *u, const gicr_context *x);

/* A spilled LPI may be as important as this. */
void gicr_lower_bound(gicr *u, uint32_t key);

/* Gives pending LPI u->intid of configuration u->config a place. False when it asked for memory. */
bool gicr_place(gicr *u, const gicr_context *x);

/* --- gicr_jobs.c, gicr_messages.c: each true when done -------------------------------------------- */

ITS_SELDOM
bool gicr_job_load(gicr *u, const gicr_context *x);
ITS_SELDOM
bool gicr_job_flush(gicr *u, const gicr_context *x);
bool gicr_job_refill(gicr *u, const gicr_context *x);
bool gicr_job_message(gicr *u, const gicr_context *x);
ITS_SELDOM
bool gicr_job_direct(gicr *u, const gicr_context *x);

/* A refill has this LPI in hand: it has left its chunk and is not yet in a line. */
bool gicr_in_hand(const gicr *u, uint32_t intid);

/* Why this message is ignored now, or RD_DONE. */
its_rd_outcome gicr_refusal(const gicr *u, const its_rdmsg *m, const gicr_context *x);
ITS_SELDOM
void gicr_refuse(gicr *u, its_rd_outcome outcome, const gicr_context *x);

/* Takes the oldest message out of its queue, and queues its last acknowledgement. */
void gicr_finish_message(gicr *u, its_rd_outcome outcome, bool pending);

/* --- gicr.c ------------------------------------------------------------------------------------- */

/* Puts a message into its queue, which has room. */
void gicr_queue_message(gicr *u, const its_rdmsg *m);

/* One cycle of the sequencer. False when there was nothing it could do. */
bool gicr_step(gicr *u, const gicr_context *x);

/* After a change of enable, on or sleep. */
static inline void gicr_update_live(gicr *u)
{
    u->live = u->on && u->enable && !u->sleep;
}

/* A spilled LPI may be better than the best that has a line. */
static inline bool gicr_wants_refill(const gicr *u)
{
    return u->live && (u->refilling ||
                       (u->bound < GICR_KEY_DISABLED && u->bound < gicr_lines_best(&u->lines)));
}

/* --- gicr_regs.c -------------------------------------------------------------------------------- */

/* Carries out one access; what it sets off is left to the sequencer. */
its_access_result gicr_access(gicr *u, const its_access *a, const gicr_context *x);

/* Register values at reset. */
void gicr_regs_reset(gicr *u, const gicr_context *x);

#endif
