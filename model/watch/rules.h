/* SPDX-License-Identifier: MIT */
/*
 * rules.h - rule checker: watches the wires of both AXI ports and the events, and notes every
 * violation of rules.def. For the clocked faces; an RTL design under test can be watched the same
 * way (its wires, and what its host knows instead of events).
 *
 *   its_rules_reset(&rules, bus_bytes);
 *   each edge: drive, set inputs,
 *              its_rules_edge(&rules, cycle, &pins.s_axi, &pins.m_axi, pins.resetn),
 *              clock, with its_rules_sink() listening,
 *              its_rules_creadr(&rules, creadr)
 *   ... rules.log.count is 0, or rules.log.first[0] tells.
 *
 * Edges at which nothing can happen (skipped) need no call. The ITS is taken to be OFF until an
 * event says otherwise.
 */
#ifndef ITSIM_WATCH_RULES_H
#define ITSIM_WATCH_RULES_H

#include "watch/rules_axi.h"
#include "watch/rules_log.h"
#include "watch/rules_order.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct its_rules {
    its_rules_log log;
    its_rules_axi s_axi;
    its_rules_axi m_axi;
    its_rules_order order;
    bool off;
} its_rules;

/* Nothing in flight, no violations. `bus_bytes`: of the slave port, 4 or 8; the master port has
 * 8. */
void its_rules_reset(its_rules *u, unsigned bus_bytes);

/* The wires at one edge, inputs set, before the edge. A port may be NULL: not watched. */
void its_rules_edge(its_rules *u, uint64_t cycle, const its_axi *s_axi, const its_axi *m_axi,
                    bool resetn);

/* The sink for events; `rules` is an its_rules. */
void its_rules_sink(void *rules, const its_event *event);

/* GITS_CREADR in bytes, as software would read it now. */
void its_rules_creadr(its_rules *u, uint32_t creadr);

/* For hosts without STATE events: is the ITS OFF (disabled and Quiescent)? */
void its_rules_off(its_rules *u, bool off);

#ifdef __cplusplus
}
#endif

#endif
