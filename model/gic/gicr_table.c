/* SPDX-License-Identifier: MIT */
/*
 * gicr_table.c - memory accesses, and the pending LPIs that have no line.
 *
 * Those are bits of the pending table in memory, worked on 64 bytes (a chunk) at a time, or of a
 * bitmap on chip. Between jobs no change waits to be written: an acknowledged message has its effect
 * where a reader of the table would find it.
 */
#include "gic/gicr_parts.h"

#include <string.h>

/* --- addresses --------------------------------------------------------------------------------- */

static uint64_t config_address(const gicr *u, uint32_t intid)
{
    return (ITS_GET(u->propbaser, PROPBASER_PA) << 12) + (intid - GICR_FIRST_LPI);
}

static uint64_t table_address(const gicr *u, unsigned chunk)
{
    return (ITS_GET(u->pendbaser, PENDBASER_PA) << 16) + UINT64_C(64) * chunk;
}

static uint8_t prop_cache(const gicr *u)
{
    return its_axcache(ITS_GET(u->propbaser, PROPBASER_INNER_CACHE));
}

static uint8_t pend_cache(const gicr *u)
{
    return its_axcache(ITS_GET(u->pendbaser, PENDBASER_INNER_CACHE));
}

uint32_t gicr_intid_limit(const gicr *u, const gicr_context *x)
{
    unsigned idbits = (unsigned)ITS_GET(u->propbaser, PROPBASER_IDBITS);

    if (idbits < 0xd)
        return 0;
    return UINT32_C(1) << (idbits + 1 < x->profile->intid_bits ? idbits + 1
                                                               : x->profile->intid_bits);
}

/* --- asking and being answered ------------------------------------------------------------------ */

static void ask(gicr *u, unsigned what, uint64_t addr, unsigned bytes, uint8_t cache)
{
    u->access = (uint8_t)what;
    u->offered = true;
    u->request.addr = addr;
    u->request.data = 0;
    u->request.bytes = (uint8_t)bytes;
    u->request.cache = cache;
    u->request.client = what == GICR_ACCESS_CHUNK || what == GICR_ACCESS_WORD
                            ? ITS_CLIENT_LPI_PENDING
                            : ITS_CLIENT_LPI_CONFIG;
    u->request.ref = u->ref;
    u->request.write = false;
}

void gicr_ask_config(gicr *u, uint32_t intid)
{
    ask(u, GICR_ACCESS_CONFIG, config_address(u, intid), 1, prop_cache(u));
}

void gicr_ask_group(gicr *u, uint32_t intid)
{
    u->group_number = (uint16_t)(intid / 64u);
    ask(u, GICR_ACCESS_GROUP, config_address(u, intid & ~63u), 64, prop_cache(u));
}

void gicr_ask_chunk(gicr *u, unsigned chunk)
{
    u->chunk_number = (uint16_t)chunk;
    u->chunk_valid = false;
    ask(u, GICR_ACCESS_CHUNK, table_address(u, chunk), 64, pend_cache(u));
}

static void ask_write(gicr *u, unsigned word)
{
    ask(u, GICR_ACCESS_WORD, table_address(u, u->chunk_number) + UINT64_C(8) * word, 8,
        pend_cache(u));
    u->request.write = true;
    u->request.data = u->chunk[word];
}

/* In the fast face; otherwise the bus master reports what it is asked for. */
static void report_access(const gicr *u, const gicr_context *x, its_event_kind kind, uint64_t value)
{
    if (x->memory)
        its_emit(x->probe, ITS_UNIT_GICR, kind, u->ref, u->request.addr, value, u->request.client);
}

void gicr_access_made(const gicr *u, const gicr_context *x)
{
    const its_mem_request *r = &u->request;

    report_access(u, x, r->write ? ITS_EV_MEM_WRITE : ITS_EV_MEM_READ,
                  r->write ? r->data : r->bytes);
}

static void map_set(uint64_t *map, unsigned chunk)
{
    map[chunk / 64u] |= UINT64_C(1) << (chunk % 64u);
}

static void map_clear(uint64_t *map, unsigned chunk)
{
    map[chunk / 64u] &= ~(UINT64_C(1) << (chunk % 64u));
}

static bool map_has(const uint64_t *map, unsigned chunk)
{
    return (map[chunk / 64u] >> (chunk % 64u)) & 1u;
}

static bool all_zero(const uint64_t *words)
{
    uint64_t any = 0;

    for (unsigned i = 0; i < 8; i++)
        any |= words[i];
    return any == 0;
}

/* A chunk that cannot be read counts as empty: what it held is lost, and nothing is invented. */
static void note_chunk(gicr *u, const its_mem_response *r)
{
    if (r->fault)
        memset(u->chunk, 0, sizeof u->chunk);
    else
        memcpy(u->chunk, r->data, sizeof u->chunk);
    u->chunk_valid = true;
    if (all_zero(u->chunk))
        map_clear(u->spilled, u->chunk_number);
}

/* Configuration that cannot be read: disabled, lowest priority. */
#define CONFIG_FAULT 0xfcu

void gicr_answered(gicr *u, const its_mem_response *r, const gicr_context *x)
{
    unsigned what = u->access;

    if (r->fault)
        report_access(u, x, ITS_EV_MEM_FAULT, 0);
    u->access = GICR_ACCESS_NONE;
    switch (what) {
    case GICR_ACCESS_CHUNK:
        note_chunk(u, r);
        break;
    case GICR_ACCESS_CONFIG:
        u->config = (uint8_t)(r->fault ? CONFIG_FAULT : r->data[0]);
        gicr_report(x, ITS_EV_LPI_CONFIG, u->ref, u->intid, u->config);
        break;
    case GICR_ACCESS_GROUP:
        for (unsigned i = 0; i < 8; i++)
            u->group[i] = r->fault ? CONFIG_FAULT * UINT64_C(0x0101010101010101) : r->data[i];
        u->group_valid = true;
        break;
    default:
        break;
    }
}

/* --- chunks ------------------------------------------------------------------------------------- */

unsigned gicr_next_chunk(const gicr *u, unsigned from)
{
    for (unsigned chunk = from; chunk < GICR_CHUNKS; chunk = (chunk | 63u) + 1u) {
        uint64_t rest = u->spilled[chunk / 64u] >> (chunk % 64u);
        if (rest)
            return chunk + (unsigned)__builtin_ctzll(rest);
    }
    return GICR_CHUNKS;
}

uint64_t *gicr_chunk_words(gicr *u, unsigned chunk, const gicr_context *x)
{
    if (gicr_on_chip(x))
        return u->bitmap[chunk];
    if (u->chunk_valid && u->chunk_number == chunk)
        return u->chunk;
    if (!gicr_chunk_written(u))
        return NULL;
    if (map_has(u->spilled, chunk)) {
        gicr_ask_chunk(u, chunk);
        return NULL;
    }
    memset(u->chunk, 0, sizeof u->chunk);
    u->chunk_number = (uint16_t)chunk;
    u->chunk_valid = true;
    return u->chunk;
}

bool gicr_chunk_written(gicr *u)
{
    if (!u->chunk_dirty)
        return true;
    unsigned word = (unsigned)__builtin_ctz(u->chunk_dirty);
    ask_write(u, word);
    u->chunk_dirty = (uint8_t)(u->chunk_dirty & (u->chunk_dirty - 1u));
    return false;
}

static void mark_dirty(gicr *u, uint32_t intid, const gicr_context *x)
{
    if (!gicr_on_chip(x))
        u->chunk_dirty = (uint8_t)(u->chunk_dirty | 1u << (intid / 64u % 8u));
}

void gicr_chunk_set(gicr *u, uint64_t *words, uint32_t intid, const gicr_context *x)
{
    words[intid / 64u % 8u] |= UINT64_C(1) << (intid % 64u);
    map_set(u->spilled, intid / GICR_CHUNK_INTIDS);
    mark_dirty(u, intid, x);
}

void gicr_chunk_clear(gicr *u, uint64_t *words, uint32_t intid, const gicr_context *x)
{
    words[intid / 64u % 8u] &= ~(UINT64_C(1) << (intid % 64u));
    if (all_zero(words))
        map_clear(u->spilled, intid / GICR_CHUNK_INTIDS);
    mark_dirty(u, intid, x);
}

bool gicr_chunk_has(const uint64_t *words, uint32_t intid)
{
    return (words[intid / 64u % 8u] >> (intid % 64u)) & 1u;
}

uint32_t gicr_chunk_next(const uint64_t *words, uint32_t intid)
{
    for (unsigned word = intid / 64u % 8u; word < 8; word++, intid = (intid | 63u) + 1u) {
        uint64_t rest = words[word] >> (intid % 64u);
        if (rest)
            return intid + (uint32_t)__builtin_ctzll(rest);
    }
    return 0;
}

bool gicr_table_empty(const gicr *u, const gicr_context *x)
{
    return ITS_GET(u->pendbaser, PENDBASER_PTZ) && !x->profile->ptz;
}

bool gicr_spilled(const gicr *u, uint32_t intid, const gicr_context *x)
{
    unsigned chunk = intid / GICR_CHUNK_INTIDS;
    uint8_t byte = 0;

    if (u->on && gicr_on_chip(x))
        return gicr_chunk_has(u->bitmap[chunk], intid);
    if (u->on && !map_has(u->spilled, chunk))
        return false;
    if (u->on && u->chunk_valid && u->chunk_number == chunk)
        return gicr_chunk_has(u->chunk, intid);
    if (!x->memory || gicr_table_empty(u, x))
        return false;
    return x->memory->read(x->memory->host, table_address(u, chunk) + intid / 8u % 64u, &byte, 1,
                           ITS_ID_RD) &&
           ((unsigned)byte >> (intid % 8u) & 1u);
}

/* --- a place for a pending LPI -------------------------------------------------------------------- */

void gicr_lower_bound(gicr *u, uint32_t key)
{
    u->bound = key < u->bound ? key : u->bound;
    u->pass_bound = key < u->pass_bound ? key : u->pass_bound;
}

/* Moves to the table; false when it asked for memory. */
static bool spill(gicr *u, uint32_t key, const gicr_context *x)
{
    uint32_t intid = key & GICR_KEY_INTID;
    uint64_t *words = gicr_chunk_words(u, intid / GICR_CHUNK_INTIDS, x);

    if (!words)
        return false;
    gicr_chunk_set(u, words, intid, x);
    gicr_lower_bound(u, key);
    gicr_report(x, ITS_EV_LPI_SPILL, u->ref, intid, 0);
    return true;
}

bool gicr_place(gicr *u, const gicr_context *x)
{
    gicr_lines *l = &u->lines;
    uint32_t key = gicr_key(l, u->intid, u->config);

    if (!gicr_lines_room(l)) {
        unsigned worst = gicr_lines_worst(l);
        uint32_t worst_key = gicr_line_key(l, worst);
        if (key > worst_key)
            return spill(u, key, x);
        if (!spill(u, worst_key, x))
            return false;
        gicr_line_clear(l, worst);
    }
    gicr_lines_take(l, u->intid, u->config);
    return true;
}
