/* SPDX-License-Identifier: MIT */
/* store.c - the clocked store: lookups, misses, write buffer, scan and flush. */
#include "its/store.h"

#include "arch/bits.h"
#include "arch/entry.h"
#include "arch/perturb.h"
#include "arch/regs.h"

static unsigned lowest(unsigned set)
{
    return (unsigned)__builtin_ctz(set);
}

static bool holds(const its_wires *w, const its_name *name)
{
    return its_hold_covers(&w->hold, name);
}

/* Miss registers in use, one bit each. */
static unsigned busy(const its_store *u)
{
    return (unsigned)u->waiting | u->issued;
}

static bool room(const its_store *u, const its_wires *w)
{
    return u->wbuf.used < w->profile->write_buffer;
}

/* Room for a fill's eviction: a command's write at this edge has been promised a place. */
static bool room_beside_write(const its_store *u, const its_wires *w)
{
    return u->wbuf.used + (its_fire(&w->write) ? 1u : 0u) < w->profile->write_buffer;
}

/* --- write buffer ------------------------------------------------------------------------------ */

static void buffer(its_store *u, const its_wires *w, const its_name *name, const its_entry *value,
                   uint32_t ref)
{
    its_wbuf_push(&u->wbuf, name, value, ref);
    if (w->profile->perturb)
        u->write_due = its_perturbed_due(w->profile, ITS_PERTURB_WRITE, w->probe->cycle, 0);
    if (u->wbuf.used > u->level_mark) {
        u->level_mark = u->wbuf.used;
        its_emit(w->probe, ITS_UNIT_CACHE, ITS_EV_LEVEL, ITS_REF_NONE, u->level_mark, 0,
                 ITS_QUEUE_WRITE_BUFFER);
    }
}

static void buffer_line(its_store *u, const its_wires *w, const its_cache *cache,
                        const its_line *line)
{
    its_name name = its_store_line_name(cache, line);
    buffer(u, w, &name, &line->value, ITS_REF_NONE);
}

static void written(its_store *u, const its_wires *w, const its_mem_response *m)
{
    its_wbuf_line *line = its_wbuf_issued(&u->wbuf, m->id);
    if (!line)
        return;
    if (m->fault)
        its_emit(w->probe, ITS_UNIT_CACHE, ITS_EV_WRITE_LOST, line->ref, line->name.address, 0,
                 line->name.what);
    else
        its_emit(w->probe, ITS_UNIT_CACHE, ITS_EV_WRITE_BACK, line->ref, line->name.device,
                 line->name.key, line->name.what);
    its_wbuf_remove(&u->wbuf, line);
}

/* --- misses ------------------------------------------------------------------------------------ */

static void filled(its_store *u, its_line *lines, const its_wires *w, unsigned i,
                   const its_mem_response *m)
{
    const its_miss *miss = &u->miss[i];
    bool command = i == ITS_MISS_COMMAND;
    bool held = holds(w, &miss->name);
    its_entry_kind what = (its_entry_kind)miss->name.what;
    its_entry value = {.valid = false};
    its_line evicted;
    bool dirty;

    u->issued &= (uint8_t) ~(1u << i);
    if (miss->killed || (held && !command))
        return;
    if (!m->fault)
        value = its_entry_unpack(w->profile, what, m->data[0]);
    u->fill = (its_fill){.name = miss->name, .value = value, .fault = m->fault, .valid = true};
    u->calls |= CORE_STORE | CORE_XLAT | CORE_CMDX;
    if (m->fault || held || ((unsigned)u->old >> i & 1u))
        return;
    its_store_keep(u, lines, w->profile, w->probe, &miss->name, &value, room_beside_write(u, w),
                   &evicted, &dirty);
    if (dirty)
        buffer_line(u, w, its_store_cache(u, what), &evicted);
}

static void memory_answer(its_store *u, its_line *lines, const its_wires *w)
{
    const its_mem_response *m = &w->memory;

    if (!m->valid || m->id >= ITS_ID_QUEUE)
        return;
    if (m->write) {
        written(u, w, m);
        return;
    }
    for (unsigned set = u->issued; set; set &= set - 1u) {
        unsigned i = lowest(set);
        if (u->miss[i].id != m->id)
            continue;
        filled(u, lines, w, i, m);
        return;
    }
}

ITS_SELDOM
static void kill_misses(its_store *u, const its_wires *w)
{
    for (unsigned set = busy(u) & ~(1u << ITS_MISS_COMMAND); set; set &= set - 1u) {
        unsigned i = lowest(set);
        its_miss *m = &u->miss[i];
        if (m->killed || !holds(w, &m->name))
            continue;
        m->killed = true;
        its_emit(w->probe, ITS_UNIT_CACHE, ITS_EV_KILL, m->ref, m->name.device, m->name.key,
                 m->name.what);
        u->waiting &= (uint8_t) ~(1u << i);
    }
}

static void miss_mark(its_store *u, const its_wires *w)
{
    uint8_t level = (uint8_t)its_count(busy(u));
    if (level <= u->read_mark)
        return;
    u->read_mark = level;
    its_emit(w->probe, ITS_UNIT_CACHE, ITS_EV_LEVEL, ITS_REF_NONE, level, 0, ITS_QUEUE_READS);
}

/*
 * Two misses to one entry share one fetch; the answer is broadcast by name. An answer that is being
 * broadcast, or will be in the next cycle, serves a fetch that comes now as well: a read of its own
 * would have nobody waiting for it, and would come back with what memory held before later commands.
 */
static bool shares(const its_store *u, const its_wires *w, const its_name *name)
{
    if ((w->fill.valid && its_same_name(&w->fill.name, name)) ||
        (u->fill.valid && its_same_name(&u->fill.name, name)))
        return true;
    for (unsigned set = busy(u); set; set &= set - 1u) {
        const its_miss *m = &u->miss[lowest(set)];
        if (!m->killed && its_same_name(&m->name, name))
            return true;
    }
    return false;
}

/* Into one of these miss registers. */
static inline void fetch(its_store *u, const its_wires *w, const its_fetch *f, unsigned registers)
{
    unsigned free_ones = registers & ~busy(u);

    if (!free_ones || shares(u, w, &f->name))
        return;
    unsigned i = lowest(free_ones);
    u->miss[i] = (its_miss){.name = f->name, .ref = f->ref};
    u->waiting |= (uint8_t)(1u << i);
    u->old &= (uint8_t) ~(1u << i);
    miss_mark(u, w);
}

static void fetches(its_store *u, const its_wires *w)
{
    /* xlat restarts a held translation at this same edge */
    if (w->xlat_fetch.valid && !holds(w, &w->xlat_fetch.name))
        fetch(u, w, &w->xlat_fetch, (1u << w->profile->table_reads) - 1u);
    if (w->cmdx_fetch.valid)
        fetch(u, w, &w->cmdx_fetch, 1u << ITS_MISS_COMMAND);
}

/* --- lookups and writes ------------------------------------------------------------------------ */

ITS_SELDOM
static void disturb(its_store *u, its_line *lines, const its_wires *w)
{
    its_name name;
    its_entry value;

    if (its_store_disturb(u, lines, w->profile, w->probe, room(u, w), &name, &value))
        buffer(u, w, &name, &value, ITS_REF_NONE);
}

static void answer(its_store *u, its_line *lines, const its_wires *w, const its_lookup *l,
                   its_answer *a)
{
    a->valid = l->valid;
    if (!l->valid)
        return;
    if (w->profile->perturb)
        disturb(u, lines, w);
    u->calls |= CORE_STORE | CORE_XLAT;
    a->slot = l->slot;
    a->found = its_store_find(u, lines, w->profile, &l->name, &a->value, &a->address);
    its_emit(w->probe, ITS_UNIT_CACHE, a->found ? ITS_EV_HIT : ITS_EV_MISS, l->ref, l->name.device,
             l->name.what <= ITS_ENTRY_COLLECTION_L1 ? l->name.address : l->name.key, l->name.what);
}

static void write(its_store *u, its_line *lines, const its_wires *w)
{
    const its_verdict *v = &w->write.d;
    its_line evicted;
    bool dirty;

    if (!its_fire(&w->write))
        return;
    its_name name = its_verdict_name(v);
    bool now = its_store_write(u, lines, w->profile, w->probe, &name, &v->entry, &evicted, &dirty);
    if (dirty)
        buffer_line(u, w, its_store_cache(u, (its_entry_kind)v->what), &evicted);
    if (now)
        buffer(u, w, &name, &v->entry, w->write_ref);
}

/* --- sweeps: MAPD's scan of one device, drain's flush ------------------------------------------- */

static void sweep_set(its_store *u, its_line *lines, const its_wires *w, its_cache *cache)
{
    if (u->sweep >= cache->sets)
        return;
    its_line *set = lines + cache->first + u->sweep * cache->ways;
    for (uint32_t way = 0; way < cache->ways; way++) {
        its_line *l = &set[way];
        if (!l->present || !l->dirty || !room(u, w))
            continue;
        buffer_line(u, w, cache, l);
        its_cache_clean(cache, l);
    }
}

/* A set is left only when nothing in it is dirty any more. */
static bool set_clean(const its_cache *cache, const its_line *lines, uint32_t set)
{
    if (set >= cache->sets || cache->dirty == 0)
        return true;
    const its_line *l = lines + cache->first + set * cache->ways;
    for (uint32_t way = 0; way < cache->ways; way++)
        if (l[way].present && l[way].dirty)
            return false;
    return true;
}

static void flush(its_store *u, its_line *lines, const its_wires *w)
{
    if (!w->flush) {
        if (w->scan == ITS_SCAN_NONE)
            u->sweep = 0;
        return;
    }
    if (u->device.dirty + u->event.dirty + u->collection.dirty == 0)
        return;
    sweep_set(u, lines, w, &u->device);
    sweep_set(u, lines, w, &u->event);
    sweep_set(u, lines, w, &u->collection);
    if (set_clean(&u->device, lines, u->sweep) && set_clean(&u->event, lines, u->sweep) &&
        set_clean(&u->collection, lines, u->sweep))
        u->sweep++;
}

static bool scan_line(its_store *u, const its_wires *w, its_line *l)
{
    if (l->dirty && w->scan == ITS_SCAN_WRITE_BACK) {
        if (!room(u, w))
            return false;
        buffer_line(u, w, &u->event, l);
    }
    its_cache_remove(&u->event, l);
    return true;
}

/* One set a cycle; then until no write to the device's ITT is waiting or on the bus. */
static void scan(its_store *u, its_line *lines, const its_wires *w)
{
    bool moved = true;

    u->scan_done = false;
    if (w->scan == ITS_SCAN_NONE) {
        u->scan_swept = false;
        return;
    }
    if (u->scan_swept) {
        u->scan_done = !its_wbuf_has_events(&u->wbuf, w->scan_device);
        return;
    }
    its_line *set = lines + u->event.first + u->sweep * u->event.ways;
    for (uint32_t way = 0; way < u->event.ways && moved; way++)
        if (set[way].present && set[way].device == w->scan_device)
            moved = scan_line(u, w, &set[way]);
    if (!moved)
        return;
    u->sweep++;
    if (u->sweep < u->event.sets && u->event.held > 0)
        return;
    u->sweep = 0;
    u->scan_swept = true;
}

/* --- GITS_OPR and GITS_FCTLR ---------------------------------------------------------------------- */

static its_line_lock lock_line(its_store *u, its_line *lines, const its_wires *w)
{
    const its_outcome *o = &w->outcome;
    its_name name = {.device = o->device, .key = o->event, .what = ITS_ENTRY_ITE};
    its_line evicted;
    bool dirty;

    /* The entry may be about to change, or the line to go. */
    if (holds(w, &name) || (u->purging & ITS_INVALIDATE_EVENT))
        return ITS_LINE_BUSY;
    its_line_lock lock = its_store_lock(u, lines, w->probe, o, room(u, w), &evicted, &dirty);
    if (dirty)
        buffer_line(u, w, &u->event, &evicted);
    return lock;
}

/* Answers an outcome or an unlock; one comes at a time. */
static void line_locks(its_store *u, its_line *lines, const its_wires *w)
{
    const its_outcome *o = &w->outcome;
    bool locked = false;

    u->line_answer = (its_line_answer){.valid = w->outcome.valid || w->unlock.valid};
    if (w->unlock.valid)
        locked = its_store_unlock(u, lines, &w->unlock);
    else if (o->valid && o->drop == ITS_DROP_NONE && !o->lock)
        locked = its_store_locked(u, lines, o->device, o->event);
    else if (o->valid && o->drop == ITS_DROP_NONE)
        u->line_answer.lock = (uint8_t)lock_line(u, lines, w);
    if (locked)
        u->line_answer.lock = ITS_LINE_LOCKED;
}

/* False: the write buffer has no room for a dirty line of this set. */
static bool purge_set(its_store *u, its_line *lines, const its_wires *w, its_cache *cache)
{
    its_line *set = lines + cache->first + u->purge * cache->ways;

    for (uint32_t way = 0; way < cache->ways; way++) {
        its_line *l = &set[way];
        if (!l->present)
            continue;
        if (l->dirty) {
            if (!room(u, w))
                return false;
            buffer_line(u, w, cache, l);
        }
        its_cache_remove(cache, l);
    }
    return true;
}

static bool emptied(uint8_t which, uint8_t what)
{
    if (what == ITS_ENTRY_ITE)
        return which & ITS_INVALIDATE_EVENT;
    if (what == ITS_ENTRY_DTE || what == ITS_ENTRY_DEVICE_L1)
        return which & ITS_INVALIDATE_DEVICE;
    return which & ITS_INVALIDATE_COLLECTION;
}

static void begin_invalidate(its_store *u, uint8_t which)
{
    for (unsigned set = busy(u); set; set &= set - 1u)
        if (emptied(which, u->miss[lowest(set)].name.what))
            u->old |= (uint8_t)(1u << lowest(set));
    u->purging |= which;
    u->purge = 0;
}

static bool old_read(const its_store *u, uint8_t which)
{
    for (unsigned set = u->old & busy(u); set; set &= set - 1u)
        if (emptied(which, u->miss[lowest(set)].name.what))
            return true;
    return false;
}

static void invalidate(its_store *u, its_line *lines, const its_wires *w)
{
    if (w->invalidate) {
        begin_invalidate(u, w->invalidate); /* a lock at this edge is one of before */
        return;
    }
    if (!u->purging)
        return;
    uint8_t which = (uint8_t)(u->purging & -u->purging);
    its_cache *cache = its_store_invalidated(u, which);
    if (cache->held && u->purge < cache->sets) {
        if (!purge_set(u, lines, w, cache))
            return;
        u->purge++;
        if (cache->held && u->purge < cache->sets)
            return;
    }
    if (old_read(u, which))
        return;
    its_store_end_invalidate(u, w->probe, (its_entry_kind)cache->what);
    u->purging &= (uint8_t)(u->purging - 1u);
    u->purge = 0;
}

/* Some of the above is asked for, under way, or has just ended. */
static bool maintenance(const its_store *u, const its_wires *w)
{
    return w->scan | u->scan_swept | u->scan_done | w->flush | (u->sweep != 0) | w->outcome.valid |
           w->unlock.valid | u->line_answer.valid | w->invalidate | u->purging;
}

/* --- memory port ------------------------------------------------------------------------------- */

static uint8_t cache_attribute(const its_wires *w, uint8_t what)
{
    bool collection = what == ITS_ENTRY_CTE || what == ITS_ENTRY_COLLECTION_L1;
    return collection ? w->collection_cache : w->table_cache;
}

static bool issue_write(its_store *u, const its_wires *w)
{
    its_wbuf_line *line = its_wbuf_next(&u->wbuf);
    if (!line || u->write_due > w->probe->cycle)
        return false;
    for (uint8_t id = 0; id < w->profile->table_writes; id++) {
        if (((w->writes_owed >> id) & 1u) || its_wbuf_issued(&u->wbuf, id))
            continue;
        its_entry_kind what = (its_entry_kind)line->name.what;
        line->issued = true;
        line->id = id;
        u->mem = (its_mem_request){.addr = line->name.address,
                                   .data = its_entry_pack(w->profile, what, &line->value),
                                   .bytes = (uint8_t)its_entry_bytes(w->profile, what),
                                   .id = id,
                                   .cache = cache_attribute(w, line->name.what),
                                   .client = line->name.what,
                                   .ref = line->ref,
                                   .write = true};
        return true;
    }
    return false;
}

/* AXI IDs of reads that this unit waits for, or whose answer is owed. */
static unsigned read_ids_in_use(const its_store *u, const its_wires *w)
{
    unsigned ids = w->reads_owed;

    for (unsigned set = u->issued; set; set &= set - 1u)
        ids |= 1u << u->miss[lowest(set)].id;
    return ids;
}

/* The command has an AXI ID of its own; translations take any of theirs. */
static unsigned read_ids(const its_wires *w, unsigned miss)
{
    if (miss == ITS_MISS_COMMAND)
        return 1u << ITS_ID_COMMAND;
    return ((1u << w->profile->table_reads) - 1u) << ITS_ID_TABLE;
}

static inline bool issue_miss(its_store *u, const its_wires *w, unsigned i)
{
    its_miss *m = &u->miss[i];
    uint8_t bytes = (uint8_t)its_entry_bytes(w->profile, (its_entry_kind)m->name.what);
    unsigned ids = read_ids(w, i) & ~read_ids_in_use(u, w);

    if (!ids || its_wbuf_overlaps(&u->wbuf, m->name.address, bytes))
        return false;
    u->waiting &= (uint8_t) ~(1u << i);
    u->issued |= (uint8_t)(1u << i);
    m->id = (uint8_t)lowest(ids);
    u->mem = (its_mem_request){.addr = m->name.address,
                               .bytes = bytes,
                               .id = m->id,
                               .cache = cache_attribute(w, m->name.what),
                               .client = m->name.what,
                               .ref = m->ref};
    return true;
}

/* The command goes first, which reads seldom, then the translations in turn: none starves. */
static inline bool issue_read(its_store *u, const its_wires *w)
{
    unsigned command = u->waiting & (1u << ITS_MISS_COMMAND);
    unsigned turn = u->waiting & ~command;
    unsigned earlier = turn & ((1u << u->read_turn) - 1u);

    if (command && issue_miss(u, w, ITS_MISS_COMMAND))
        return true;
    turn = (turn & ~earlier) | earlier << ITS_MISSES;
    for (; turn; turn &= turn - 1u) {
        unsigned i = lowest(turn) % ITS_MISSES;
        if (!issue_miss(u, w, i))
            continue;
        u->read_turn = (uint8_t)(i + 1u == ITS_MISS_COMMAND ? 0 : i + 1u);
        return true;
    }
    return false;
}

static void memory_port(its_store *u, const its_wires *w)
{
    if (u->mem_valid && !w->store_mem.ready)
        return;
    u->mem_valid = false;
    if (!u->waiting && !u->wbuf.used)
        return;
    /* Take turns, so that neither side can starve the other. */
    if (u->mem.write)
        u->mem_valid = issue_read(u, w) || issue_write(u, w);
    else
        u->mem_valid = issue_write(u, w) || issue_read(u, w);
}

/* --- the unit ---------------------------------------------------------------------------------- */

void its_store_drive(const its_store *u, its_wires *w)
{
    unsigned dirty = u->device.dirty + u->event.dirty + u->collection.dirty;
    unsigned for_msis = busy(u) & ~(1u << ITS_MISS_COMMAND);

    w->xlat_answer.valid = u->xlat_answer.valid;
    if (u->xlat_answer.valid)
        w->xlat_answer = u->xlat_answer;
    w->cmdx_answer.valid = u->cmdx_answer.valid;
    if (u->cmdx_answer.valid)
        w->cmdx_answer = u->cmdx_answer;
    w->fill.valid = u->fill.valid;
    if (u->fill.valid)
        w->fill = u->fill;
    w->store_mem.valid = u->mem_valid;
    if (u->mem_valid)
        w->store_mem.d = u->mem;
    w->write.ready = u->wbuf.used < w->profile->write_buffer;
    w->fetch_room = (uint8_t)(w->profile->table_reads - its_count(for_msis));
    w->command_fetch_room = !((busy(u) >> ITS_MISS_COMMAND) & 1u);
    w->scan_done = u->scan_done;
    w->flush_done = dirty == 0 && u->wbuf.used == 0;
    w->store_idle = u->wbuf.used == 0 && !busy(u) && !u->fill.valid && !u->mem_valid && !u->purging;
    w->invalidating = u->purging;
    w->line_lock = u->line_answer;
}

static void maintain(its_store *u, its_line *lines, const its_wires *w)
{
    scan(u, lines, w);
    flush(u, lines, w);
    line_locks(u, lines, w);
    invalidate(u, lines, w);
    if (u->line_answer.valid || u->purging)
        u->calls |= CORE_STORE | CORE_OPR;
    if (u->scan_done || u->scan_swept || u->sweep != 0)
        u->calls |= CORE_STORE;
}

void its_store_clock(its_store *u, its_line *lines, const its_wires *w)
{
    u->calls = 0;
    u->fill.valid = false;
    if (w->base_changed)
        its_store_forget(u, lines);
    if (w->drain != ITS_OFF) {
        u->was_on = true;
    } else if (u->was_on) {
        its_store_off(u, lines, w->profile);
    }
    memory_answer(u, lines, w);
    if (w->hold.kind != ITS_HOLD_NONE)
        kill_misses(u, w);
    write(u, lines, w);
    fetches(u, w);
    answer(u, lines, w, &w->xlat_lookup, &u->xlat_answer);
    answer(u, lines, w, &w->cmdx_lookup, &u->cmdx_answer);
    if (maintenance(u, w))
        maintain(u, lines, w);
    memory_port(u, w);
}

uint64_t its_store_wake(const its_store *u, const its_profile *profile)
{
    unsigned issued = 0;

    if (u->calls || u->mem_valid || u->waiting)
        return 0;
    for (unsigned i = 0; i < u->wbuf.used; i++)
        issued += u->wbuf.line[i].issued;
    return issued < u->wbuf.used && issued < profile->table_writes ? 0 : UINT64_MAX;
}
