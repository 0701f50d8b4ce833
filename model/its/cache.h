/* SPDX-License-Identifier: MIT */
/*
 * cache.h - one set-associative store of mapping entries: device, event or collection cache.
 *
 * A line is named by (device, key), holds an unpacked entry and the memory address it belongs to,
 * and is dirty when memory does not know its value yet. A dirty line whose entry is invalid (an
 * unmapping only the cache knows) is a line like any other. The lines of all caches of an ITS lie in
 * one array that its owner provides; a cache is a window of it. Plain data structure, no time.
 */
#ifndef ITSIM_ITS_CACHE_H
#define ITSIM_ITS_CACHE_H

#include "its/wires.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct its_line {
    its_entry value;
    uint64_t address;
    uint32_t device;
    uint32_t key;
    uint32_t used; /* replacement: time of last use */
    bool present;
    bool dirty;
    bool unproven; /* kept over OFF: not to be believed until memory was read again */
    bool locked;   /* no victim, and not dropped while clean; at most one line of a set */
} its_line;

typedef struct its_cache {
    uint32_t first; /* index of its first line */
    uint32_t sets;
    uint32_t ways;
    uint32_t turn;     /* round robin: next way, below `ways` */
    uint32_t time;     /* uses so far */
    uint32_t held;     /* present lines */
    uint32_t dirty;    /* dirty lines */
    uint8_t policy;    /* ITS_POLICY_... */
    uint8_t what;      /* its_entry_kind */
    uint8_t lru;       /* 1 least recently used, 0 round robin */
    uint8_t unused[1]; /* states compare as bytes: no padding */
} its_cache;

/* Lines of all mapping caches of this profile. */
size_t its_cache_lines(const its_profile *profile);

/* Sets up an empty cache for entries of this kind whose lines start at `first`. */
void its_cache_init(its_cache *u, const its_profile *profile, its_entry_kind what, uint32_t first);

/* First line of the set that (device, key) belongs to; the spreading of devices is ours. */
static inline uint32_t its_cache_set(const its_cache *u, uint32_t device, uint32_t key)
{
    return u->first + ((key + device * 13u) & (u->sets - 1u)) * u->ways;
}

/* The line named so, whatever its value, or NULL. */
static inline its_line *its_cache_find(const its_cache *u, its_line *lines, uint32_t device,
                                       uint32_t key)
{
    its_line *l = lines + its_cache_set(u, device, key);
    for (const its_line *end = l + u->ways; l != end; l++)
        if (l->present && l->key == key && l->device == device)
            return l;
    return NULL;
}

/* Notes a use, for replacement. */
static inline void its_cache_touch(its_cache *u, its_line *line)
{
    line->used = ++u->time;
}

/* The line that an entry of this name would replace: an empty one if there is one, no locked one. */
its_line *its_cache_victim(const its_cache *u, its_line *lines, uint32_t device, uint32_t key);

/* Puts an entry into a line (the one found, or the victim after it was saved if dirty). A lock stays
 * when the entry is of the same name and valid. */
void its_cache_put(its_cache *u, its_line *line, const its_name *name, const its_entry *value,
                   bool dirty);

/* Removes a line, dirty or not. */
void its_cache_remove(its_cache *u, its_line *line);

/* The line is now known to memory, or on its way there. */
void its_cache_clean(its_cache *u, its_line *line);

/* May a line of this set be locked? Another one must be left to be replaced, and none locked yet. */
bool its_cache_may_lock(const its_cache *u, const its_line *lines, uint32_t device, uint32_t key);

/* Unlocks every line. */
void its_cache_unlock_all(its_cache *u, its_line *lines);

/* Removes every clean line that is not locked; returns how many. */
unsigned its_cache_drop_clean(its_cache *u, its_line *lines);

/* Removes everything (prove false), or keeps clean lines as unproven (prove true); locks are gone. */
void its_cache_drop_all(its_cache *u, its_line *lines, bool prove);

#ifdef __cplusplus
}
#endif

#endif
