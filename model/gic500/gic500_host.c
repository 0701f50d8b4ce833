/* SPDX-License-Identifier: MIT */
/* gic500_host.c - creation, and what a host asks of a gic500 between edges. */
#include <string.h>

#include "gic500/parts.h"
#include "its/image.h"

static size_t rd_bytes(const its_profile *p)
{
    return its_image_aligned(p->redistributors * sizeof(gicr));
}

static size_t line_bytes(const its_profile *p)
{
    return its_image_aligned(its_cache_lines(p) * sizeof(its_line));
}

static size_t state_bytes(const its_profile *p)
{
    return its_image_aligned(sizeof(gic500_state)) + rd_bytes(p) + line_bytes(p);
}

size_t gic500_size(const its_profile *profile)
{
    if (!profile || its_profile_check(profile, NULL, 0))
        return 0;
    return its_image_aligned(sizeof(gic500)) + its_image_bytes(state_bytes(profile)) +
           its_image_aligned(profile->redistributors * sizeof(gicr_wires));
}

static void connect(gic500 *g)
{
    its_core_connect(&g->x, &g->profile, &g->probe);
    g->slv_w = (its_slv_wires){.profile = &g->profile, .probe = &g->probe, .whole_gic = true};
    g->mst_w = (its_mst_wires){
        .client = {&g->x.w.store_mem, &g->x.w.fetch_mem, &g->lpi_mem},
        .clients = 3,
        .profile = &g->profile,
        .probe = &g->probe,
    };
    g->lpi_mem = (its_mem_ch){.valid = false};
    g->dist_w = (gicd_wires){.profile = &g->profile, .probe = &g->probe};
    for (unsigned rd = 0; rd < g->profile.redistributors; rd++)
        g->rd_w[rd] = (gicr_wires){
            .profile = &g->profile,
            .probe = &g->probe,
            .rd = (uint16_t)rd,
            .msg = &g->x.w.rd_message[rd],
            .ack = &g->x.w.rd_ack[rd],
        };
}

void gic500_touch(gic500 *g)
{
    its_core_touch(&g->x);
    g->awake = (its_rdset){{0}};
    for (unsigned rd = 0; rd < g->profile.redistributors; rd++)
        its_rdset_put(&g->awake, rd, true);
    g->stale = g->awake;
    g->slv_stale = g->mst_stale = g->dist_stale = g->levels_stale = true;
}

static void lay_out(gic500 *g)
{
    uint8_t *at = (uint8_t *)g + its_image_aligned(sizeof *g);

    g->state_bytes = state_bytes(&g->profile);
    g->s = (gic500_state *)(void *)at;
    at += its_image_aligned(sizeof(gic500_state));
    g->rd = (gicr *)(void *)at;
    at += rd_bytes(&g->profile);
    g->lines = (its_line *)(void *)at;
    at += line_bytes(&g->profile);
    g->rd_w = (gicr_wires *)(void *)at;
}

gic500 *gic500_create(void *storage, size_t bytes, const its_profile *profile, its_status *status)
{
    its_status result = its_image_check(storage, bytes, profile, gic500_size(profile));
    gic500_pins pins = {.resetn = false};

    if (status)
        *status = result;
    if (result != ITS_OK)
        return NULL;
    gic500 *g = storage;
    memset(storage, 0, gic500_size(profile));
    g->profile = *profile;
    lay_out(g);
    connect(g);
    g->s->in_reset = true; /* creation is no reset event */
    gic500_touch(g);
    gic500_drive(g, &pins);
    gic500_clock(g, &pins);
    g->s->cycle = 0;
    g->probe.cycle = 0;
    gic500_drive(g, &pins);
    return g;
}

const its_profile *gic500_profile(const gic500 *g)
{
    return &g->profile;
}

void gic500_listen(gic500 *g, void (*sink)(void *host, const its_event *event), void *host)
{
    g->probe.sink = sink;
    g->probe.host = host;
}

gicr_context gic500_rd_context(const gic500 *g, unsigned rd, const its_memory *memory)
{
    return (gicr_context){
        .profile = &g->profile, .probe = &g->probe, .memory = memory, .rd = (uint16_t)rd};
}

static bool rds_idle(const gic500 *g)
{
    for (unsigned rd = 0; rd < g->profile.redistributors; rd++)
        if (!gicr_idle(&g->rd[rd]))
            return false;
    return true;
}

/* Some redistributor has just been asked to sleep, or flushed: WAKER is about to change. */
static bool sleep_settled(const gic500 *g)
{
    return !g->s->sleep.asked && (!g->s->sleep.sleep || g->s->sleep.quiescent);
}

/* In the fast face commands run inside calls: those that are left now wait for the next call. */
static bool work_waits(const gic500 *g)
{
    const gic500_state *s = g->s;
    return s->face == ITS_FACE_CLOCKED && its_cmdf_can_fetch(&s->core.cmdf, &g->x.w);
}

static bool all_idle(const gic500 *g)
{
    return its_core_idle(&g->s->core, &g->x) && !work_waits(g) && g->mst_w.idle &&
           g->mst_w.writes_owed == 0 && g->slv_w.idle && rds_idle(g) && sleep_settled(g) &&
           !g->s->nowhere && g->s->drain_until <= g->s->cycle;
}

gic500_status gic500_look(gic500 *g)
{
    const gic500_state *s = g->s;
    const its_wires *w = &g->x.w;

    gic500_drive_wires(g); /* changes no state */
    gic500_status st = {
        .cycle = s->cycle,
        .creadr = w->creadr,
        .cwriter = w->cwriter,
        .reads_owed = its_mst_reads_owed(&s->mst),
        .writes_owed = its_mst_writes_owed(&s->mst),
        .drain = (uint8_t)w->drain,
        .msi_queue = w->msi_count,
        .translations = (uint8_t)__builtin_popcount(w->xlat_busy),
        .enabled = w->enabled,
        .quiescent = (its_core_peek(&s->core, &g->x, 0, 4) >> 31) & 1u,
        .stalled = w->stalled,
        .idle = all_idle(g),
    };
    for (unsigned kind = 0; kind < ITS_ENTRY_KINDS; kind++) {
        st.dirty[kind] = its_store_dirty(&s->core.store, (its_entry_kind)kind);
        st.lines[kind] = its_store_held(&s->core.store, (its_entry_kind)kind);
    }
    return st;
}

uint32_t gic500_acknowledge(gic500 *g, unsigned rd)
{
    if (rd >= g->profile.redistributors)
        return GIC500_SPURIOUS;
    gicr_context x = gic500_rd_context(g, rd, NULL);
    uint32_t intid = gicr_acknowledge(&g->rd[rd], &x);
    /* Of what it drives nothing else can have changed. */
    g->rd_w[rd].lpi = gicr_deliverable(&g->rd[rd]);
    its_rdset_put(&g->lpi, rd, g->rd_w[rd].lpi);
    its_rdset_put(&g->awake, rd, true);
    return intid;
}

void gic500_show_lpi(const gic500 *g, gic500_pins *pins)
{
    memcpy(pins->lpi, g->lpi.bits, sizeof pins->lpi);
}

bool gic500_pending(const gic500 *g, unsigned rd, uint32_t intid, const its_memory *memory)
{
    if (rd >= g->profile.redistributors)
        return false;
    gicr_context x = gic500_rd_context(g, rd, memory);
    return gicr_pending(&g->rd[rd], intid, &x);
}

uint64_t gic500_peek(gic500 *g, its_frame frame, unsigned rd, uint32_t offset, unsigned bytes)
{
    gicr_context x = gic500_rd_context(g, rd, NULL);

    switch (frame) {
    case ITS_FRAME_GITS:
        (void)gic500_look(g); /* the wires must be up to date */
        return its_core_peek(&g->s->core, &g->x, offset, bytes);
    case ITS_FRAME_GICD:
        return gicd_peek(&g->s->dist, offset, bytes, &g->profile);
    case ITS_FRAME_GICR:
    case ITS_FRAME_GICR_SGI:
        return rd < g->profile.redistributors ? gicr_peek(&g->rd[rd], frame, offset, bytes, &x) : 0;
    case ITS_FRAME_TRANSLATION:
    case ITS_FRAME_NONE:
        break;
    }
    return 0;
}

unsigned gic500_drop_clean_lines(gic500 *g)
{
    unsigned lines = its_store_drop_clean(&g->s->core.store, g->lines);
    if (lines)
        its_emit(&g->probe, ITS_UNIT_CACHE, ITS_EV_DROP_CLEAN, ITS_REF_NONE, lines, 0, 0);
    return lines;
}

its_status gic500_set_face(gic500 *g, its_face face)
{
    if (face != ITS_FACE_CLOCKED && face != ITS_FACE_FAST)
        return ITS_E_ARGUMENT;
    g->s->face_wanted = (uint8_t)face;
    return ITS_OK;
}

its_face gic500_face(const gic500 *g)
{
    return (its_face)g->s->face;
}

void gic500_reset(gic500 *g)
{
    gic500_pins pins = {.resetn = false};
    gic500_drive(g, &pins);
    gic500_clock(g, &pins);
}

void gic500_save(const gic500 *g, void *bytes)
{
    memset(bytes, 0, gic500_size(&g->profile));
    its_image_save(&g->profile, g->s, g->state_bytes, bytes);
}

its_status gic500_load(gic500 *g, const void *bytes, size_t size)
{
    its_status result = its_image_load(&g->profile, g->s, g->state_bytes, bytes, size);

    if (result != ITS_OK)
        return result;
    connect(g);
    g->probe.cycle = g->s->cycle;
    gic500_touch(g);
    gic500_drive_wires(g); /* a fast call may come before the next edge */
    return ITS_OK;
}

uint64_t gic500_digest(const gic500 *g)
{
    return its_image_digest(g->s, g->state_bytes);
}
