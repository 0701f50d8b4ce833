/* SPDX-License-Identifier: MIT */
/*
 * gicr_jobs.c - the pending table as a whole: loading it, writing it, and bringing the best LPIs back
 * from it into lines.
 */
#include <string.h>

#include "gic/gicr_parts.h"

enum { BEGIN, LOAD_CHUNK, FLUSH_LINES, FLUSH_CHUNKS, SCAN, PLACE, WRITE, DROP_CHUNKS };

static uint64_t any_word(const uint64_t *words)
{
    uint64_t any = 0;

    for (unsigned i = 0; i < 8; i++)
        any |= words[i];
    return any;
}

/* --- load ----------------------------------------------------------------------------------------- */

/* The chunk just read has LPIs. */
static void keep_chunk(gicr *u, const gicr_context *x)
{
    unsigned chunk = u->chunk_number;
    uint64_t bit = UINT64_C(1) << (chunk % 64u);

    u->spilled[chunk / 64u] |= bit;
    if (gicr_on_chip(x)) {
        u->in_table[chunk / 64u] |= bit;
        memcpy(u->bitmap[chunk], u->chunk, sizeof u->chunk);
    }
}

/*
 * Reads the table from its first LPI to the last one PROPBASER.IDbits allows; the 1 KB before belongs
 * to the redistributor and holds nothing of ours. PTZ counts for one load: afterwards the table is
 * what the redistributor made of it.
 */
bool gicr_job_load(gicr *u, const gicr_context *x)
{
    unsigned end = gicr_intid_limit(u, x) / GICR_CHUNK_INTIDS;

    if (u->stage == BEGIN) {
        u->line = GICR_FIRST_LPI / GICR_CHUNK_INTIDS;
        if (gicr_table_empty(u, x))
            u->line = GICR_CHUNKS;
        u->stage = LOAD_CHUNK;
    } else {
        if (any_word(u->chunk))
            keep_chunk(u, x);
        u->line++;
    }
    if (u->line < end) {
        gicr_ask_chunk(u, u->line);
        return false;
    }
    u->pendbaser = ITS_SET(u->pendbaser, PENDBASER_PTZ, 0);
    u->on = true;
    u->bound = gicr_next_chunk(u, 0) == GICR_CHUNKS ? GICR_NO_KEY : 0;
    gicr_update_live(u);
    gicr_report(x, ITS_EV_LPI_ENABLE, ITS_REF_NONE, 1, 0);
    return true;
}

/* --- flush ---------------------------------------------------------------------------------------- */

/* EnableLPIs cleared on a profile that throws its pending LPIs away then. */
static bool drops(const gicr *u, const gicr_context *x)
{
    return !u->enable && x->profile->lpi_disable == 2;
}

/* All pending lines of the chunk of the first one. True when there was none. */
static bool lines_to_chunk(gicr *u, const gicr_context *x)
{
    gicr_lines *l = &u->lines;
    unsigned line = gicr_lines_next_pending(l, 0);

    if (line == GICR_NO_LINE)
        return true;
    unsigned chunk = l->intid[line] / GICR_CHUNK_INTIDS;
    uint64_t *words = gicr_chunk_words(u, chunk, x);
    if (!words)
        return false;
    for (; line != GICR_NO_LINE; line = gicr_lines_next_pending(l, line + 1u)) {
        if (l->intid[line] / GICR_CHUNK_INTIDS != chunk)
            continue;
        gicr_chunk_set(u, words, l->intid[line], x);
        gicr_line_clear(l, line);
    }
    return false;
}

static unsigned words_in_use(const uint64_t *words)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < 8; i++)
        mask |= (words[i] ? 1u : 0u) << i;
    return mask;
}

/* Puts a chunk into the buffer to be written: `words`, or zeros. */
static void rewrite_chunk(gicr *u, unsigned chunk, const uint64_t *words, bool zero_in_memory)
{
    if (words)
        memcpy(u->chunk, words, sizeof u->chunk);
    else
        memset(u->chunk, 0, sizeof u->chunk);
    u->chunk_number = (uint16_t)chunk;
    u->chunk_valid = true;
    u->chunk_dirty = (uint8_t)(zero_in_memory ? words_in_use(u->chunk) : 0xffu);
}

/*
 * Chunks that memory must be told of one way: from the bitmap, or as zeros when pending LPIs are
 * dropped. A chunk known to be zero in memory needs only its words in use. True when none is left.
 */
static bool chunk_to_table(gicr *u, const gicr_context *x)
{
    bool on_chip = gicr_on_chip(x);
    bool drop = u->stage == DROP_CHUNKS;

    for (unsigned i = 0; i < GICR_CHUNKS / 64; i++) {
        uint64_t stale = on_chip ? u->in_table[i] : u->spilled[i];
        uint64_t todo = drop ? stale : stale | u->spilled[i];
        if (!todo)
            continue;
        unsigned bit = (unsigned)__builtin_ctzll(todo);
        unsigned chunk = 64u * i + bit;
        rewrite_chunk(u, chunk, drop ? NULL : u->bitmap[chunk], !(stale >> bit & 1u));
        u->in_table[i] &= ~(UINT64_C(1) << bit);
        u->spilled[i] &= ~(UINT64_C(1) << bit);
        return false;
    }
    return true;
}

static void switch_off(gicr *u, const gicr_context *x)
{
    gicr_lines_reset(&u->lines, u->lines.count, u->lines.nonsecure_view);
    memset(u->spilled, 0, sizeof u->spilled);
    memset(u->in_table, 0, sizeof u->in_table);
    if (gicr_on_chip(x))
        memset(u->bitmap, 0, sizeof u->bitmap);
    u->chunk_valid = false;
    u->group_valid = false;
    u->bound = GICR_NO_KEY;
    u->refilling = false;
    u->direct = false;
    u->on = false;
    gicr_update_live(u);
    gicr_report(x, ITS_EV_LPI_FLUSH, ITS_REF_NONE, 0, 0);
}

/*
 * Afterwards nothing is held here, and the table is not accessed again until the next load. A disable
 * on top of a Sleep that is writing already finds its LPIs saved: all of them or none is dropped.
 */
bool gicr_job_flush(gicr *u, const gicr_context *x)
{
    if (u->stage == BEGIN)
        u->stage = drops(u, x) ? DROP_CHUNKS : FLUSH_LINES;
    if (u->stage == FLUSH_LINES) {
        if (!lines_to_chunk(u, x))
            return false;
        u->stage = gicr_on_chip(x) ? FLUSH_CHUNKS : WRITE;
    }
    if (!gicr_chunk_written(u))
        return false;
    if (u->stage != WRITE && !chunk_to_table(u, x))
        return false;
    switch_off(u, x);
    return true;
}

/* --- refill --------------------------------------------------------------------------------------- */

static uint8_t group_config(const gicr *u, uint32_t intid)
{
    return (uint8_t)(u->group[intid / 8u % 8u] >> (8u * (intid % 8u)));
}

/*
 * Takes the spilled LPI u->intid out of its chunk when it deserves a line. True: it has to be placed.
 * A table that software or a bus error changed under us may have a bit for an LPI with a line: the
 * two become one.
 */
static bool pick(gicr *u, uint64_t *words, const gicr_context *x)
{
    gicr_lines *l = &u->lines;
    uint8_t config = group_config(u, u->intid);
    uint32_t key = gicr_key(l, u->intid, config);
    unsigned line = gicr_lines_find(l, u->intid);

    if (line != GICR_NO_LINE) {
        gicr_chunk_clear(u, words, u->intid, x);
        if (!gicr_line_pending(l, line))
            gicr_line_set(l, line);
        return false;
    }
    if (!gicr_lines_room(l) && key > gicr_line_key(l, gicr_lines_worst(l))) {
        u->pass_bound = key < u->pass_bound ? key : u->pass_bound;
        return false;
    }
    gicr_chunk_clear(u, words, u->intid, x);
    u->config = config;
    gicr_report(x, ITS_EV_LPI_CONFIG, ITS_REF_NONE, u->intid, config);
    return true;
}

/* Looks at one spilled LPI. True when the chunk has no more. */
static bool scan(gicr *u, const gicr_context *x)
{
    uint64_t *words = gicr_chunk_words(u, u->refill_chunk, x);

    if (!words)
        return false;
    if (u->intid / GICR_CHUNK_INTIDS != u->refill_chunk)
        return true;
    uint32_t intid = gicr_chunk_next(words, u->intid);
    if (!intid)
        return true;
    u->intid = intid;
    if (!u->group_valid || u->group_number != intid / 64u) {
        gicr_ask_group(u, intid);
        return false;
    }
    if (pick(u, words, x))
        u->stage = PLACE;
    else
        u->intid++;
    return false;
}

static void begin_chunk(gicr *u)
{
    if (!u->refilling) {
        u->refilling = true;
        u->refill_chunk = 0;
        u->pass_bound = GICR_NO_KEY;
    }
    u->refill_chunk = (uint16_t)gicr_next_chunk(u, u->refill_chunk);
    u->intid = u->refill_chunk * (uint32_t)GICR_CHUNK_INTIDS;
    u->group_valid = false;
    u->stage = SCAN;
}

/*
 * One chunk; messages run between chunks. A pass over all of them leaves every spilled LPI behind
 * every LPI with a line, but for what was acknowledged meanwhile; then `bound` asks for another pass.
 */
bool gicr_job_refill(gicr *u, const gicr_context *x)
{
    if (u->stage == BEGIN)
        begin_chunk(u);
    if (u->refill_chunk == GICR_CHUNKS) {
        u->refilling = false;
        u->bound = u->pass_bound;
        return true;
    }
    if (u->stage == PLACE) {
        if (!gicr_place(u, x))
            return false;
        gicr_report(x, ITS_EV_LPI_REFILL, ITS_REF_NONE, u->intid, 0);
        u->intid++;
        u->stage = SCAN;
    }
    if (u->stage == SCAN) {
        if (!scan(u, x))
            return false;
        u->stage = WRITE;
    }
    if (!gicr_chunk_written(u))
        return false;
    u->refill_chunk++;
    return true;
}

bool gicr_in_hand(const gicr *u, uint32_t intid)
{
    return u->job == GICR_JOB_REFILL && u->stage == PLACE && u->intid == intid;
}
