/* SPDX-License-Identifier: MIT */
/*
 * gicr_lines.h - the LPI lines of a redistributor: which LPIs it knows, which of them are pending, and
 * which of those is the best.
 *
 * Finding a line, making it pending or not and reading the best take constant time whatever the INTID
 * width (the tournament has log2(lines) rounds). Internal to model/gic.
 */
#ifndef ITSIM_GIC_GICR_LINES_H
#define ITSIM_GIC_GICR_LINES_H

#include "gic/gicr.h"

#define GICR_NO_LINE 0xffffu
#define GICR_NO_KEY 0xffffffffu
#define GICR_KEY_DISABLED 0x01000000u /* keys from here on cannot be delivered */
#define GICR_KEY_INTID 0x0000ffffu

/* Rank of an LPI with this configuration byte. */
static inline uint32_t gicr_key(const gicr_lines *l, uint32_t intid, uint8_t config)
{
    uint32_t priority = config & 0xfcu;

    if (l->nonsecure_view)
        priority = 0x80u | priority >> 1;
    return (config & 1u ? 0u : GICR_KEY_DISABLED) | priority << 16 | intid;
}

static inline uint32_t gicr_lines_best(const gicr_lines *l)
{
    return l->key[1];
}

static inline uint32_t gicr_line_key(const gicr_lines *l, unsigned line)
{
    return l->key[l->leaves + line];
}

static inline bool gicr_line_pending(const gicr_lines *l, unsigned line)
{
    return gicr_line_key(l, line) != GICR_NO_KEY;
}

/* A line that is not pending exists, so gicr_lines_take() works. */
static inline bool gicr_lines_room(const gicr_lines *l)
{
    return l->next[GICR_LINES] != GICR_LINES;
}

static inline unsigned gicr_lines_hash(const gicr_lines *l, uint32_t intid)
{
    return (intid * 0x9e3779b1u) >> l->hash_shift;
}

/* The line that knows this LPI, or GICR_NO_LINE. */
static inline unsigned gicr_lines_find(const gicr_lines *l, uint32_t intid)
{
    unsigned line = l->bucket[gicr_lines_hash(l, intid)];

    while (line != GICR_NO_LINE && l->intid[line] != intid)
        line = l->chain[line];
    return line;
}

static inline void gicr_lines_rank(gicr_lines *l, unsigned line, uint32_t key)
{
    unsigned i = l->leaves + line;

    l->key[i] = key;
    while (i > 1) {
        uint32_t other = l->key[i ^ 1u];
        key = other < key ? other : key;
        i >>= 1;
        l->key[i] = key;
    }
}

/* Puts a line into the ring in front of `place`. */
static inline void gicr_ring_insert(gicr_lines *l, unsigned line, unsigned place)
{
    unsigned before = l->prev[place];

    l->prev[line] = (uint16_t)before;
    l->next[line] = (uint16_t)place;
    l->next[before] = (uint16_t)line;
    l->prev[place] = (uint16_t)line;
}

static inline void gicr_ring_remove(gicr_lines *l, unsigned line)
{
    l->next[l->prev[line]] = l->next[line];
    l->prev[l->next[line]] = l->prev[line];
}

/* Not pending to pending. */
static inline void gicr_line_set(gicr_lines *l, unsigned line)
{
    gicr_ring_remove(l, line);
    gicr_lines_rank(l, line, gicr_key(l, l->intid[line], l->config[line]));
}

/* Pending to not pending; it goes on knowing the configuration. */
static inline void gicr_line_clear(gicr_lines *l, unsigned line)
{
    gicr_lines_rank(l, line, GICR_NO_KEY);
    gicr_ring_insert(l, line, GICR_LINES);
}

/* All lines free. 1 <= count <= GICR_LINES. */
void gicr_lines_reset(gicr_lines *l, unsigned count, bool nonsecure_view);

/* New configuration byte, pending or not. */
void gicr_line_configure(gicr_lines *l, unsigned line, uint8_t config);

/* Frees a line that is not pending. */
void gicr_line_drop(gicr_lines *l, unsigned line);

/* Makes a pending LPI that no line knows known, in place of the first of the ring. */
void gicr_lines_take(gicr_lines *l, uint32_t intid, uint8_t config);

/* First pending line from this one on, or GICR_NO_LINE. */
unsigned gicr_lines_next_pending(const gicr_lines *l, unsigned from);

/* The least important line when all are pending. */
unsigned gicr_lines_worst(const gicr_lines *l);

#endif
