/* SPDX-License-Identifier: MIT */
/* store_disturb.c - evictions and early write-backs that nobody needed (arch/perturb.h). */
#include "arch/perturb.h"
#include "its/store.h"

/* The first line from `at` on, all around, that may go; NULL when there is none. */
static its_line *pick(const its_cache *cache, its_line *lines, uint32_t at)
{
    uint32_t count = cache->sets * cache->ways;

    if (cache->held == 0)
        return NULL;
    for (uint32_t i = 0; i < count; i++) {
        its_line *line = &lines[cache->first + (at + i) % count];
        if (line->present && !line->locked)
            return line;
    }
    return NULL;
}

bool its_store_disturb(its_store *u, its_line *lines, const its_profile *profile,
                       const its_probe *p, bool room, its_name *name, its_entry *value)
{
    uint32_t n = u->disturbed++;

    if (!its_perturb_chance(profile->perturb, ITS_PERTURB_EVICT, n, 0))
        return false;
    uint64_t bits = its_perturb_bits(profile->perturb, ITS_PERTURB_EVICT, n, 1);
    its_cache *caches[] = {&u->event, &u->device, &u->collection, &u->event};
    its_cache *cache = caches[bits & 3u];
    bool stays = bits >> 2 & 1u;

    u->level1[bits >> 3 & (ITS_LEVEL1_MAX - 1u)].present = false;
    its_line *line = pick(cache, lines, (uint32_t)(bits >> 32));
    if (!line || (line->dirty ? !room : stays))
        return false;
    bool dirty = line->dirty;
    *name = its_store_line_name(cache, line);
    *value = line->value;
    its_cache_clean(cache, line);
    if (!stays) {
        its_emit(p, ITS_UNIT_CACHE, ITS_EV_EVICT, ITS_REF_NONE, line->device, line->key,
                 cache->what);
        its_cache_remove(cache, line);
    }
    return dirty;
}
