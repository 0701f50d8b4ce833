/* SPDX-License-Identifier: MIT */
/*
 * store.h - everything the ITS knows of its mapping tables: device, event and collection caches,
 * held level-1 entries, hardware collections, the miss registers and the write buffer.
 *
 * Ports (wires.h): a lookup port each for xlat and cmdx, answered one cycle later; a fetch port
 * each, whose data comes back on the broadcast `fill`; cmdx's write port; a device scan (MAPD); the
 * flush of drain; one memory port. A lookup at the edge of a write sees the new value. A name that
 * cmdx holds is neither filled nor installed from an earlier fetch.
 *
 * GITS_OPR and FCTLR (opr.h): a translation's outcome locks a line or asks whether it is locked, an
 * unlock takes that back; both are answered one cycle later. An invalidation empties a cache, one set
 * a cycle, dirty lines by way of the write buffer, and ends when the reads that were under way have
 * been answered: from then on nobody is told what memory held before.
 *
 * With policy none an entry goes from the command straight to the write buffer. Lines evicted dirty
 * go there too; a fill that would have to evict one while the buffer is full is not kept.
 */
#ifndef ITSIM_ITS_STORE_H
#define ITSIM_ITS_STORE_H

#include "arch/perturb.h"
#include "its/cache.h"
#include "its/wbuf.h"
#include "its/wires.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ITS_MISSES 7u /* 6 for translations, the last for the running command */
#define ITS_MISS_COMMAND 6u
#define ITS_LEVEL1_MAX 16u
#define ITS_HCC_MAX 255u
#define ITS_UNMAPPED 0xffffu /* hardware collection without a target */

typedef struct its_miss {
    its_name name;
    uint32_t ref;
    uint8_t id;        /* AXI ID while issued */
    bool killed;       /* a command changed the entry meanwhile: the answer is dropped */
    uint8_t unused[2]; /* states compare as bytes: no padding */
} its_miss;

typedef struct its_level1 {
    its_entry value;
    uint64_t address;
    uint8_t what;
    bool present;
    uint8_t unused[6]; /* states compare as bytes: no padding */
} its_level1;

typedef struct its_store {
    its_cache device;
    its_cache event;
    its_cache collection;
    its_level1 level1[ITS_LEVEL1_MAX];
    uint32_t level1_turn;
    uint16_t hardware[ITS_HCC_MAX]; /* redistributor, or ITS_UNMAPPED */
    its_wbuf wbuf;
    its_miss miss[ITS_MISSES];
    uint8_t waiting; /* misses that are to be issued, one bit each */
    uint8_t issued;  /* misses on the bus; in neither: free */
    uint8_t old;     /* misses from before an invalidation that waits for them: not to be kept */
    its_answer xlat_answer;
    its_answer cmdx_answer;
    its_fill fill;
    its_mem_request mem;
    uint64_t write_due; /* perturb: edge from which the write buffer may be written */
    uint32_t disturbed; /* perturb: lookups so far */
    uint32_t sweep;     /* next set of the scan or the flush */
    uint32_t purge;     /* next set of the cache being emptied */
    its_line_answer line_answer;
    uint16_t calls;     /* pulse: units that what it drives concerns, itself included */
    uint8_t purging;    /* its_invalidate: caches still to be emptied, the lowest first */
    uint8_t level_mark; /* high-water mark of the write buffer */
    uint8_t read_mark;  /* high-water mark of the miss registers */
    uint8_t read_turn;  /* miss register to be served first */
    bool mem_valid;
    bool scan_swept; /* every set was visited; waiting for the write buffer */
    bool scan_done;
    bool was_on; /* the ITS left OFF since the caches were last emptied */
} its_store;

/* Lines: `lines` of every function is the array of its_cache_lines(profile) lines of this store. */
void its_store_reset(its_store *u, its_line *lines, const its_profile *profile);

void its_store_drive(const its_store *u, its_wires *w);
void its_store_clock(its_store *u, its_line *lines, const its_wires *w);
uint64_t its_store_wake(const its_store *u, const its_profile *profile);

/* Dirty lines of one kind, those in the write buffer included; and lines held. */
unsigned its_store_dirty(const its_store *u, its_entry_kind what);
unsigned its_store_held(const its_store *u, its_entry_kind what);

/* Drops clean lines of every cache and level 1; any time between edges. Returns how many. */
unsigned its_store_drop_clean(its_store *u, its_line *lines);

/* --- the same state without time, for the fast face; see fast.c ------------------------------ */

/* The cache that holds entries of this kind, which is none of level 1. */
its_cache *its_store_cache(its_store *u, its_entry_kind what);

/* Looks a name up everywhere: hardware collections, caches, level 1, write buffer. */
bool its_store_find(its_store *u, its_line *lines, const its_profile *profile, const its_name *name,
                    its_entry *value, uint64_t *address);

/* Keeps a fetched entry if policy, validity and room allow; `room`: the write buffer (or, without
 * time, memory) can take an evicted dirty line, which is then copied to *evicted with *dirty true. */
void its_store_keep(its_store *u, its_line *lines, const its_profile *profile, const its_probe *p,
                    const its_name *name, const its_entry *value, bool room, its_line *evicted,
                    bool *dirty);

/* Writes an entry. True when memory has to be written now (policy none or write-through); a dirty
 * line that had to go is copied to *evicted with *dirty true. */
bool its_store_write(its_store *u, its_line *lines, const its_profile *profile, const its_probe *p,
                     const its_name *name, const its_entry *value, its_line *evicted, bool *dirty);

/* At OFF: drops all cached entries, or keeps them unproven when the profile says so. */
ITS_SELDOM
void its_store_off(its_store *u, its_line *lines, const its_profile *profile);

/* A BASER changed: nothing cached counts any more. */
ITS_SELDOM
void its_store_forget(its_store *u, its_line *lines);

/* Is this event's line locked? An unproven line is none. */
bool its_store_locked(its_store *u, its_line *lines, uint32_t device, uint32_t event);

/* Locks the line of an event that was translated by this entry, and installs it first if it is not
 * held. `room`, *evicted and *dirty as for its_store_keep(). */
its_line_lock its_store_lock(its_store *u, its_line *lines, const its_probe *p,
                             const its_outcome *outcome, bool room, its_line *evicted, bool *dirty);

/* Takes one event's lock back, or all; true when it was locked (all: always). */
bool its_store_unlock(its_store *u, its_line *lines, const its_unlock *which);

/* The cache that the lowest of these its_invalidate bits means, and the end of emptying it: level-1
 * entries of its table go as well. */
its_cache *its_store_invalidated(its_store *u, uint8_t which);
void its_store_end_invalidate(its_store *u, const its_probe *p, its_entry_kind what);

/*
 * Perturb: at a lookup some line may go, or be written early, as if it had been in another's way: of
 * any cache, never a locked one; a dirty one only if there is `room` as for its_store_keep(). True when
 * *name and *value are to be written to memory.
 */
ITS_SELDOM
bool its_store_disturb(its_store *u, its_line *lines, const its_profile *profile,
                       const its_probe *p, bool room, its_name *name, its_entry *value);

/* Name a line has. */
its_name its_store_line_name(const its_cache *cache, const its_line *line);

#ifdef __cplusplus
}
#endif

#endif
