/* SPDX-License-Identifier: MIT */
/*
 * event.h - what the model reports: 32-byte events to one sink. The core prints nothing.
 *
 * Units report while they are clocked; without a sink that costs one branch. The kinds, what their
 * fields mean and how they print stand in event.def.
 */
#ifndef ITSIM_WIRE_EVENT_H
#define ITSIM_WIRE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
#define EVENT(kind, an, af, bn, bf, cn, cf, when) ITS_EV_##kind,
#include "wire/event.def"
#undef EVENT
    ITS_EVENTS
} its_event_kind;

typedef enum {
    ITS_UNIT_SLV,
    ITS_UNIT_REG,
    ITS_UNIT_MSIQ,
    ITS_UNIT_CMDF,
    ITS_UNIT_CMDX,
    ITS_UNIT_XLAT,
    ITS_UNIT_CACHE,
    ITS_UNIT_MST,
    ITS_UNIT_RDLINK,
    ITS_UNIT_DRAIN,
    ITS_UNIT_GICR,
    ITS_UNIT_GICD,
    ITS_UNITS
} its_unit;

/* Queues whose high-water marks are reported (ITS_EV_LEVEL). */
typedef enum {
    ITS_QUEUE_MSI,
    ITS_QUEUE_TRANSLATIONS,
    ITS_QUEUE_READS,
    ITS_QUEUE_WRITE_BUFFER,
    ITS_QUEUE_RD,
    ITS_QUEUES
} its_queue;

/* Who wanted a memory access, and of what kind (MEM_READ, MEM_WRITE): its_entry_kind 0..4, then: */
typedef enum {
    ITS_CLIENT_QUEUE = 8,  /* command packet */
    ITS_CLIENT_LPI_CONFIG, /* redistributor: configuration byte */
    ITS_CLIENT_LPI_PENDING /* redistributor: pending table */
} its_client;

/* What an event belongs to: 0 nothing, bit 31 set a command (its place in the queue), else an MSI. */
#define ITS_REF_NONE 0u
#define ITS_REF_CMD 0x80000000u
static inline uint32_t its_ref_cmd(uint32_t place)
{
    return ITS_REF_CMD | place;
}

/* `a` of RD_SEND and RD_ACK: the INTID, the redistributor, and flags of an acknowledgement. */
#define ITS_ACK_PENDING (UINT64_C(1) << 62) /* TAKE: it was pending */
#define ITS_ACK_MORE (UINT64_C(1) << 63)    /* HAND_OVER: more acknowledgements of it follow */
static inline uint64_t its_ev_lpi(uint32_t intid, unsigned rd)
{
    return (uint64_t)rd << 32 | intid;
}

/* `a` of register events: the offset in its frame and, for GICR frames, the redistributor. */
static inline uint64_t its_ev_reg(uint32_t offset, unsigned rd)
{
    return (uint64_t)rd << 32 | offset;
}

typedef struct its_event {
    uint64_t cycle;
    uint64_t a;
    uint64_t b;
    uint32_t ref;
    uint16_t c;
    uint8_t unit; /* its_unit */
    uint8_t kind; /* its_event_kind */
} its_event;

/* Where events go. Not state: the host sets it, save and load leave it alone. */
typedef struct its_probe {
    void (*sink)(void *host, const its_event *event); /* NULL: nobody listens */
    void *host;
    uint64_t cycle; /* the edge being clocked; kept by the owner of the clock */
} its_probe;

/*
 * Inline by force: what is constant in most calls costs nothing then. That nobody listens is the usual
 * case, by which compilers lay out the code.
 */
__attribute__((always_inline)) static inline void its_emit(const its_probe *probe, its_unit unit,
                                                           its_event_kind kind, uint32_t ref,
                                                           uint64_t a, uint64_t b, unsigned c)
{
    if (__builtin_expect(probe->sink == 0, 1))
        return;
    its_event e = {probe->cycle, a, b, ref, (uint16_t)c, (uint8_t)unit, (uint8_t)kind};
    probe->sink(probe->host, &e);
}

#endif
