/* SPDX-License-Identifier: MIT */
/* cache.c - set-associative store of mapping entries. */
#include "its/cache.h"

static size_t shape(const its_profile *p, its_entry_kind what, uint32_t *sets, uint32_t *ways,
                    uint8_t *policy)
{
    if (what == ITS_ENTRY_DTE) {
        *sets = p->device_cache_sets;
        *ways = p->device_cache_ways;
        *policy = (uint8_t)p->device_cache_policy;
    } else if (what == ITS_ENTRY_ITE) {
        *sets = p->event_cache_sets;
        *ways = p->event_cache_ways;
        *policy = (uint8_t)p->event_cache_policy;
    } else {
        *sets = p->collection_cache_sets;
        *ways = p->collection_cache_ways;
        *policy = (uint8_t)p->collection_cache_policy;
    }
    if (*policy == ITS_POLICY_NONE)
        *ways = 0;
    return (size_t)*sets * *ways;
}

size_t its_cache_lines(const its_profile *profile)
{
    uint32_t sets;
    uint32_t ways;
    uint8_t policy;
    return shape(profile, ITS_ENTRY_DTE, &sets, &ways, &policy) +
           shape(profile, ITS_ENTRY_ITE, &sets, &ways, &policy) +
           shape(profile, ITS_ENTRY_CTE, &sets, &ways, &policy);
}

void its_cache_init(its_cache *u, const its_profile *profile, its_entry_kind what, uint32_t first)
{
    *u = (its_cache){.first = first, .what = (uint8_t)what};
    u->lru = profile->replacement == 1;
    shape(profile, what, &u->sets, &u->ways, &u->policy);
}

static uint32_t next_way(const its_cache *u, uint32_t way)
{
    return way + 1u == u->ways ? 0 : way + 1u;
}

/* Age as a difference, so that the use counter may wrap. */
static its_line *least_recently_used(const its_cache *u, its_line *set)
{
    its_line *oldest = set->locked ? set + 1 : set;

    for (its_line *l = set; l != set + u->ways; l++)
        if (!l->locked && u->time - l->used > u->time - oldest->used)
            oldest = l;
    return oldest;
}

its_line *its_cache_victim(const its_cache *u, its_line *lines, uint32_t device, uint32_t key)
{
    its_line *set = lines + its_cache_set(u, device, key);

    for (uint32_t way = 0; way < u->ways; way++)
        if (!set[way].present)
            return &set[way];
    if (u->lru)
        return least_recently_used(u, set);
    return set[u->turn].locked ? set + next_way(u, u->turn) : set + u->turn;
}

void its_cache_put(its_cache *u, its_line *line, const its_name *name, const its_entry *value,
                   bool dirty)
{
    bool same = line->present && line->key == name->key && line->device == name->device;
    bool locked = line->locked && same && value->valid;

    if (!line->present)
        u->held++;
    else if (!same)
        u->turn = next_way(u, u->turn);
    u->dirty += (uint32_t)dirty - (uint32_t)(line->present && line->dirty);
    *line = (its_line){.value = *value,
                       .address = name->address,
                       .device = name->device,
                       .key = name->key,
                       .present = true,
                       .dirty = dirty,
                       .locked = locked};
    its_cache_touch(u, line);
}

bool its_cache_may_lock(const its_cache *u, const its_line *lines, uint32_t device, uint32_t key)
{
    const its_line *set = lines + its_cache_set(u, device, key);

    for (uint32_t way = 0; way < u->ways; way++)
        if (set[way].locked)
            return false;
    return u->ways > 1;
}

void its_cache_unlock_all(its_cache *u, its_line *lines)
{
    for (uint32_t i = 0; i < u->sets * u->ways; i++)
        lines[u->first + i].locked = false;
}

void its_cache_remove(its_cache *u, its_line *line)
{
    u->held--;
    u->dirty -= line->dirty;
    *line = (its_line){.present = false};
}

void its_cache_clean(its_cache *u, its_line *line)
{
    u->dirty -= line->dirty;
    line->dirty = false;
}

unsigned its_cache_drop_clean(its_cache *u, its_line *lines)
{
    unsigned dropped = 0;
    for (uint32_t i = 0; i < u->sets * u->ways; i++) {
        its_line *l = &lines[u->first + i];
        if (l->present && !l->dirty && !l->locked) {
            its_cache_remove(u, l);
            dropped++;
        }
    }
    return dropped;
}

void its_cache_drop_all(its_cache *u, its_line *lines, bool prove)
{
    if (u->held == 0)
        return;
    for (uint32_t i = 0; i < u->sets * u->ways; i++) {
        its_line *l = &lines[u->first + i];
        if (!l->present)
            continue;
        l->locked = false;
        if (prove && !l->dirty)
            l->unproven = true;
        else
            its_cache_remove(u, l);
    }
}
