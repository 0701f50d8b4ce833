/* SPDX-License-Identifier: MIT */
/* gicr_lines.c - LPI lines: the parts that are not on the shortest path. */
#include "gic/gicr_lines.h"

#include <string.h>

void gicr_lines_reset(gicr_lines *l, unsigned count, bool nonsecure_view)
{
    unsigned bits = 0;

    memset(l, 0, sizeof *l);
    while ((1u << bits) < count)
        bits++;
    l->count = (uint16_t)count;
    l->leaves = (uint16_t)(1u << bits);
    l->nonsecure_view = nonsecure_view;
    /* Four buckets a line keep chains short; the largest build has two. */
    l->hash_shift = (uint8_t)(32u - (bits + 2u > 10u ? 10u : bits + 2u));
    memset(l->bucket, 0xff, sizeof l->bucket);
    for (unsigned i = 0; i < 2u * l->leaves; i++)
        l->key[i] = GICR_NO_KEY;
    l->prev[GICR_LINES] = GICR_LINES; /* an empty ring; the first line closes it */
    for (unsigned line = 0; line < count; line++)
        gicr_ring_insert(l, line, GICR_LINES);
}

static void unlink_line(gicr_lines *l, unsigned line)
{
    uint16_t *link = &l->bucket[gicr_lines_hash(l, l->intid[line])];

    while (*link != line)
        link = &l->chain[*link];
    *link = l->chain[line];
}

void gicr_line_configure(gicr_lines *l, unsigned line, uint8_t config)
{
    l->config[line] = config;
    if (gicr_line_pending(l, line))
        gicr_lines_rank(l, line, gicr_key(l, l->intid[line], config));
}

void gicr_line_drop(gicr_lines *l, unsigned line)
{
    unlink_line(l, line);
    l->intid[line] = 0;
    l->config[line] = 0;
    gicr_ring_remove(l, line);
    gicr_ring_insert(l, line, l->next[GICR_LINES]);
}

void gicr_lines_take(gicr_lines *l, uint32_t intid, uint8_t config)
{
    unsigned line = l->next[GICR_LINES];
    uint16_t *bucket = &l->bucket[gicr_lines_hash(l, intid)];

    if (l->intid[line])
        unlink_line(l, line);
    l->intid[line] = (uint16_t)intid;
    l->config[line] = config;
    l->chain[line] = *bucket;
    *bucket = (uint16_t)line;
    gicr_line_set(l, line);
}

unsigned gicr_lines_next_pending(const gicr_lines *l, unsigned from)
{
    for (unsigned line = from; line < l->count; line++)
        if (gicr_line_pending(l, line))
            return line;
    return GICR_NO_LINE;
}

unsigned gicr_lines_worst(const gicr_lines *l)
{
    const uint32_t *leaf = &l->key[l->leaves];
    uint32_t worst = 0;

    for (unsigned line = 0; line < l->count; line++)
        worst = leaf[line] > worst ? leaf[line] : worst;
    return gicr_lines_find(l, worst & GICR_KEY_INTID);
}
