/* SPDX-License-Identifier: MIT */
/* store_data.c - what the store does to its data, free of time; both clocked and fast face use it. */
#include "its/store.h"

#include <string.h>

#include "arch/regs.h"

static bool is_level1(uint8_t what)
{
    return what == ITS_ENTRY_DEVICE_L1 || what == ITS_ENTRY_COLLECTION_L1;
}

its_cache *its_store_cache(its_store *u, its_entry_kind what)
{
    if (what == ITS_ENTRY_DTE)
        return &u->device;
    return what == ITS_ENTRY_ITE ? &u->event : &u->collection;
}

its_name its_store_line_name(const its_cache *cache, const its_line *line)
{
    return (its_name){
        .address = line->address, .device = line->device, .key = line->key, .what = cache->what};
}

void its_store_reset(its_store *u, its_line *lines, const its_profile *profile)
{
    memset(u, 0, sizeof *u);
    its_cache_init(&u->device, profile, ITS_ENTRY_DTE, 0);
    its_cache_init(&u->event, profile, ITS_ENTRY_ITE, u->device.sets * u->device.ways);
    its_cache_init(&u->collection, profile, ITS_ENTRY_CTE,
                   u->event.first + u->event.sets * u->event.ways);
    for (unsigned i = 0; i < ITS_HCC_MAX; i++)
        u->hardware[i] = ITS_UNMAPPED;
    memset(lines, 0, its_cache_lines(profile) * sizeof *lines);
}

static its_level1 *level1_find(its_store *u, const its_name *name)
{
    for (unsigned i = 0; i < ITS_LEVEL1_MAX; i++)
        if (u->level1[i].present && u->level1[i].what == name->what &&
            u->level1[i].address == name->address)
            return &u->level1[i];
    return NULL;
}

static bool in_hardware(const its_profile *profile, const its_name *name)
{
    return name->what == ITS_ENTRY_CTE && name->key < profile->hcc;
}

static void hardware_read(const its_store *u, uint32_t icid, its_entry *value)
{
    uint16_t target = u->hardware[icid];
    *value = (its_entry){.valid = target != ITS_UNMAPPED};
    if (value->valid)
        value->target = target;
}

bool its_store_find(its_store *u, its_line *lines, const its_profile *profile, const its_name *name,
                    its_entry *value, uint64_t *address)
{
    if (in_hardware(profile, name)) {
        hardware_read(u, name->key, value);
        *address = 0;
        return true;
    }
    if (is_level1(name->what)) {
        const its_level1 *l1 = level1_find(u, name);
        if (!l1)
            return false;
        *value = l1->value;
        *address = l1->address;
        return true;
    }
    its_cache *cache = its_store_cache(u, (its_entry_kind)name->what);
    its_line *line = its_cache_find(cache, lines, name->device, name->key);
    if (line && !line->unproven) {
        its_cache_touch(cache, line);
        *value = line->value;
        *address = line->address;
        return true;
    }
    const its_wbuf_line *waiting = its_wbuf_find(&u->wbuf, name);
    if (!waiting)
        return false;
    *value = waiting->value;
    *address = waiting->name.address;
    return true;
}

static void level1_keep(its_store *u, const its_profile *profile, const its_name *name,
                        const its_entry *value)
{
    if (profile->level1_entries == 0 || level1_find(u, name))
        return;
    its_level1 *l1 = &u->level1[u->level1_turn++ % profile->level1_entries];
    *l1 = (its_level1){
        .value = *value, .address = name->address, .what = name->what, .present = true};
}

/* A line for a name that has none; a dirty line that stood there is copied out, or, when there is no
 * room for it, stays: NULL. */
static its_line *make_place(its_cache *cache, its_line *lines, const its_probe *p,
                            const its_name *name, bool room, its_line *evicted, bool *dirty)
{
    its_line *line = its_cache_victim(cache, lines, name->device, name->key);

    if (!line->present)
        return line;
    if (line->dirty && !room)
        return NULL;
    its_emit(p, ITS_UNIT_CACHE, ITS_EV_EVICT, ITS_REF_NONE, line->device, line->key, cache->what);
    *dirty = line->dirty;
    if (line->dirty)
        *evicted = *line;
    return line;
}

static void install(its_cache *cache, its_line *line, const its_probe *p, const its_name *name,
                    const its_entry *value, bool dirty)
{
    its_cache_put(cache, line, name, value, dirty);
    its_emit(p, ITS_UNIT_CACHE, ITS_EV_INSTALL, ITS_REF_NONE, name->device, name->key, name->what);
}

void its_store_keep(its_store *u, its_line *lines, const its_profile *profile, const its_probe *p,
                    const its_name *name, const its_entry *value, bool room, its_line *evicted,
                    bool *dirty)
{
    *dirty = false;
    if (is_level1(name->what)) {
        if (value->valid)
            level1_keep(u, profile, name, value);
        return;
    }
    its_cache *cache = its_store_cache(u, (its_entry_kind)name->what);
    if (cache->policy == ITS_POLICY_NONE)
        return;
    its_line *line = its_cache_find(cache, lines, name->device, name->key);
    if (line && !line->unproven)
        return; /* what is held is never older than what was fetched */
    if (value->valid) {
        if (!line)
            line = make_place(cache, lines, p, name, room, evicted, dirty);
        if (line)
            install(cache, line, p, name, value, false);
    } else if (line) {
        its_cache_remove(cache, line); /* the entry is gone from memory */
    }
}

bool its_store_write(its_store *u, its_line *lines, const its_profile *profile, const its_probe *p,
                     const its_name *name, const its_entry *value, its_line *evicted, bool *dirty)
{
    *dirty = false;
    if (in_hardware(profile, name)) {
        u->hardware[name->key] = value->valid ? value->target : ITS_UNMAPPED;
        return false;
    }
    its_cache *cache = its_store_cache(u, (its_entry_kind)name->what);
    if (cache->policy == ITS_POLICY_NONE)
        return true;
    bool back = cache->policy == ITS_POLICY_WRITE_BACK;
    its_line *line = its_cache_find(cache, lines, name->device, name->key);
    if (!line)
        line = make_place(cache, lines, p, name, true, evicted, dirty);
    install(cache, line, p, name, value, back);
    return !back;
}

unsigned its_store_drop_clean(its_store *u, its_line *lines)
{
    unsigned dropped = its_cache_drop_clean(&u->device, lines) +
                       its_cache_drop_clean(&u->event, lines) +
                       its_cache_drop_clean(&u->collection, lines);
    for (unsigned i = 0; i < ITS_LEVEL1_MAX; i++) {
        dropped += u->level1[i].present;
        u->level1[i].present = false;
    }
    return dropped;
}

/* --- locks and invalidations, for GITS_OPR and FCTLR ------------------------------------------- */

bool its_store_locked(its_store *u, its_line *lines, uint32_t device, uint32_t event)
{
    const its_line *line = its_cache_find(&u->event, lines, device, event);
    return line && line->locked;
}

its_line_lock its_store_lock(its_store *u, its_line *lines, const its_probe *p,
                             const its_outcome *outcome, bool room, its_line *evicted, bool *dirty)
{
    its_cache *cache = &u->event;
    its_name name = {.address = outcome->address,
                     .device = outcome->device,
                     .key = outcome->event,
                     .what = ITS_ENTRY_ITE};
    its_line *line = its_cache_find(cache, lines, name.device, name.key);

    *dirty = false;
    if (line && line->locked)
        return ITS_LINE_LOCKED;
    if (!its_cache_may_lock(cache, lines, name.device, name.key))
        return ITS_LINE_REFUSED;
    if (line && (line->unproven || !line->value.valid))
        return ITS_LINE_BUSY;
    if (!line) {
        line = make_place(cache, lines, p, &name, room, evicted, dirty);
        if (!line)
            return ITS_LINE_BUSY;
        install(cache, line, p, &name, &outcome->ite, false);
    }
    line->locked = true;
    return ITS_LINE_LOCKED;
}

bool its_store_unlock(its_store *u, its_line *lines, const its_unlock *which)
{
    its_line *line = its_cache_find(&u->event, lines, which->device, which->event);

    if (which->all) {
        its_cache_unlock_all(&u->event, lines);
        return true;
    }
    if (!line || !line->locked)
        return false;
    line->locked = false;
    return true;
}

its_cache *its_store_invalidated(its_store *u, uint8_t which)
{
    if (which & ITS_INVALIDATE_COLLECTION)
        return &u->collection;
    return which & ITS_INVALIDATE_DEVICE ? &u->device : &u->event;
}

void its_store_end_invalidate(its_store *u, const its_probe *p, its_entry_kind what)
{
    for (unsigned i = 0; i < ITS_LEVEL1_MAX; i++) {
        its_entry_kind below =
            u->level1[i].what == ITS_ENTRY_DEVICE_L1 ? ITS_ENTRY_DTE : ITS_ENTRY_CTE;
        if (below == what)
            u->level1[i].present = false;
    }
    its_emit(p, ITS_UNIT_CACHE, ITS_EV_INVALIDATE, ITS_REF_NONE, 0, 0, what);
}

/* --- everything goes ------------------------------------------------------------------------------ */

static void drop_all(its_store *u, its_line *lines, bool prove)
{
    its_cache_drop_all(&u->device, lines, prove);
    its_cache_drop_all(&u->event, lines, prove);
    its_cache_drop_all(&u->collection, lines, prove);
    memset(u->level1, 0, sizeof u->level1);
}

void its_store_off(its_store *u, its_line *lines, const its_profile *profile)
{
    drop_all(u, lines, profile->caches_at_off == 1);
    u->was_on = false;
}

void its_store_forget(its_store *u, its_line *lines)
{
    drop_all(u, lines, false);
}

static const its_cache *cache_of(const its_store *u, its_entry_kind what)
{
    if (what == ITS_ENTRY_DTE)
        return &u->device;
    return what == ITS_ENTRY_ITE ? &u->event : &u->collection;
}

unsigned its_store_dirty(const its_store *u, its_entry_kind what)
{
    unsigned n = is_level1((uint8_t)what) ? 0 : cache_of(u, what)->dirty;
    for (unsigned i = 0; i < u->wbuf.used; i++)
        n += u->wbuf.line[i].name.what == what;
    return n;
}

unsigned its_store_held(const its_store *u, its_entry_kind what)
{
    unsigned n = 0;

    if (!is_level1((uint8_t)what))
        return cache_of(u, what)->held;
    for (unsigned i = 0; i < ITS_LEVEL1_MAX; i++)
        n += u->level1[i].present && u->level1[i].what == what;
    return n;
}
