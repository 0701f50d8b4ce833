/* SPDX-License-Identifier: MIT */
/*
 * gic500.h - the ITS with its redistributors (LPI part) and what of the distributor exists so far,
 * behind one slave port, one master port and one resetn, as on a GIC-500.
 *
 * Address map of the slave port: arch/map.h. Driven like its.h: drive, look and set, clock.
 */
#ifndef ITSIM_GIC500_H
#define ITSIM_GIC500_H

#include "arch/entry.h"
#include "itsim/its.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GIC500_SPURIOUS 1023u /* no pending interrupt (IHI 0069, special INTIDs) */

typedef struct gic500 gic500;

typedef struct gic500_pins {
    its_axi s_axi;
    its_axi m_axi;
    uint64_t lpi[2];          /* out: bit n: redistributor n has an LPI to deliver */
    uint64_t wake_request[2]; /* out: bit n: an LPI waits for a sleeping PE */
    bool syserr;              /* out: high for a cycle after an error (seis; FCTLR.CEE, UEE); in the
                                 fast face until the next edge */
    bool umsi_irq;            /* out: interrupt for unmapped MSIs (umsi 3) */
    bool resetn;              /* in; active low, sampled at the edge */
} gic500_pins;

/* What software and hosts can ask about at any edge. */
typedef struct gic500_status {
    uint64_t cycle;   /* edges since creation */
    uint32_t creadr;  /* bytes */
    uint32_t cwriter; /* bytes */
    uint32_t
        dirty[5]; /* lines memory does not know yet, by its_entry_kind, write buffer included */
    uint32_t lines[5];   /* lines held, by its_entry_kind */
    uint32_t reads_owed; /* answers the master port still waits for, from before resetn included */
    uint32_t writes_owed;
    uint8_t drain;        /* its_drain_state: 0 OFF, 1 ON, 2 DRAIN, 3 WRITEBACK */
    uint8_t msi_queue;    /* accepted MSIs waiting */
    uint8_t translations; /* under way */
    bool enabled;         /* GITS_CTLR.Enabled */
    bool quiescent;       /* GITS_CTLR.Quiescent as software reads it */
    bool stalled;         /* GITS_CREADR.Stalled */
    bool idle;            /* the ITS and every redistributor have nothing left to do; commands
                                that cannot be fetched (stalled, disabled) do not count */
} gic500_status;

size_t gic500_size(const its_profile *profile);
gic500 *gic500_create(void *storage, size_t bytes, const its_profile *profile, its_status *status);
const its_profile *gic500_profile(const gic500 *g);
void gic500_listen(gic500 *g, void (*sink)(void *host, const its_event *event), void *host);

void gic500_drive(gic500 *g, gic500_pins *pins);
void gic500_clock(gic500 *g, const gic500_pins *pins);
uint64_t gic500_wake(const gic500 *g);
its_status gic500_skip(gic500 *g, uint64_t n);

/*
 * For hosts that want fewer looks at a busy model: how many coming edges may be done late, because at
 * none of them, as long as nothing comes in, a transfer takes place at a port or one of the other outputs
 * changes. Events come at every edge, though, late too. `answers`: transfers of responses on the slave
 * port count; the result is then at least gic500_wake(). Without it they do not, and the slave port must
 * hold nothing but single writes to GITS_TRANSLATER whose responses nobody waits for.
 */
uint64_t gic500_unseen(const gic500 *g, bool answers);

/* Redistributor rd does nothing by itself that can be seen: after gic500_acknowledge(), what
 * gic500_unseen() promised before it still holds, but for the levels of its outputs. */
bool gic500_rests(const gic500 *g, unsigned rd);

/* Does n edges at which nothing is offered or taken, or fewer: it ends before one at which the slave
 * port shows a response. Returns how many. Before it and after it the pins are driven. */
uint64_t gic500_run(gic500 *g, gic500_pins *pins, uint64_t n);

gic500_status gic500_look(gic500 *g);

/*
 * The CPU interface of redistributor rd acknowledges: the INTID of the highest-priority LPI that can
 * be delivered (lowest INTID among equals), no longer pending then; GIC500_SPURIOUS when there is
 * none. Call between edges.
 */
uint32_t gic500_acknowledge(gic500 *g, unsigned rd);

/* After it, the levels of pins->lpi; whatever else gic500_drive() shows is as before. */
void gic500_show_lpi(const gic500 *g, gic500_pins *pins);

/*
 * Is this LPI pending at rd, whether the redistributor holds it or its table in memory does? Reads
 * the table through `memory` without side effects on the model; NULL: the table is not looked at.
 * While LPIs are off it is the table PENDBASER names, believed empty when PTZ was written 1.
 */
bool gic500_pending(const gic500 *g, unsigned rd, uint32_t intid, const its_memory *memory);

/* Reads a register without side effects (debug access); frame as arch/map.h. Bytes 4 or 8. */
uint64_t gic500_peek(gic500 *g, its_frame frame, unsigned rd, uint32_t offset, unsigned bytes);

/* Drops every clean mapping line (device, event, collection, level 1). Returns how many. */
unsigned gic500_drop_clean_lines(gic500 *g);

/*
 * Faces. A request takes effect at the next edge at which the model is idle; gic500_face() tells
 * which one is in effect. In the fast face gic500_clock() only counts edges.
 */
its_status gic500_set_face(gic500 *g, its_face face);
its_face gic500_face(const gic500 *g);

/*
 * Fast face: one register access or MSI (frame TRANSLATION), run to completion, and with it all the
 * work it sets off. A redistributor or frame that does not exist reads as zero and ignores writes.
 * `latency` (may be NULL) gets the cycles it would have taken, our estimate of fixed figures plus one
 * memory_latency per access. Memory is reached through `memory`. These calls do nothing in a clocked
 * face: the access answers with a fault, the MSI is not sent, nothing is acknowledged.
 */
its_access_result gic500_fast_access(gic500 *g, const its_access *access, const its_memory *memory,
                                     uint64_t memory_latency, uint64_t *latency);

/* Fast face: an MSI without the bus around it. False when it was dropped; the reason is an event. */
bool gic500_fast_msi(gic500 *g, uint32_t device, uint32_t event, const its_memory *memory);

/* Fast face: acknowledge, then refill lines from the pending table, so that the next one is exact. */
uint32_t gic500_fast_acknowledge(gic500 *g, unsigned rd, const its_memory *memory);

/* Fast face: time goes on to this edge (never backwards); a running drain may end. */
void gic500_fast_time(gic500 *g, uint64_t cycle);

/* resetn low at an edge, for hosts of the fast face (the clocked faces use the pin). */
void gic500_reset(gic500 *g);

/* State as bytes: gic500_size() of them; what its_save() and its_load() say holds here. */
void gic500_save(const gic500 *g, void *bytes);
its_status gic500_load(gic500 *g, const void *bytes, size_t size);

/* 64-bit digest of the whole state, for comparing two instances. */
uint64_t gic500_digest(const gic500 *g);

#ifdef __cplusplus
}
#endif

#endif
