/* SPDX-License-Identifier: MIT */
/*
 * rules_axi.h - rule checker on the wires of one AXI4 port. Part of rules.h, which see.
 */
#ifndef ITSIM_WATCH_RULES_AXI_H
#define ITSIM_WATCH_RULES_AXI_H

#include <stdbool.h>

#include "watch/rules_log.h"
#include "wire/axi.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { ITS_RULES_BURSTS = 64, ITS_RULES_LEADS = 64 };

/* A burst whose address was taken and whose answer is not complete. */
typedef struct its_rules_burst {
    uint64_t addr;
    uint16_t id;
    uint16_t beats; /* data beats seen */
    uint8_t len;
    uint8_t size;
    uint8_t burst;
    bool late; /* from before resetn */
} its_rules_burst;

/* A write beat that came before its address, which is legal. */
typedef struct its_rules_lead {
    uint8_t strb;
    bool last;
    bool late;
} its_rules_lead;

typedef struct its_rules_axi {
    its_axi before; /* wires at the edge before; valid only where the transfer did not happen */
    its_rules_burst write[ITS_RULES_BURSTS]; /* in the order of their addresses */
    its_rules_burst read[ITS_RULES_BURSTS];
    its_rules_lead lead[ITS_RULES_LEADS];
    unsigned writes;
    unsigned reads;
    unsigned leads;
    uint8_t place; /* ITS_AT_S_AXI or ITS_AT_M_AXI */
    uint8_t bytes; /* of the bus */
    bool was_reset;
    bool was_off;
} its_rules_axi;

/* Start with an all-zero struct, then set `place` and `bytes`. */

/*
 * One clock edge. `off`: the ITS is OFF, so no access of its own may be on the master port. `log`
 * gets the violations.
 */
void its_rules_axi_edge(its_rules_axi *u, its_rules_log *log, const its_axi *port, bool resetn,
                        bool off);

#ifdef __cplusplus
}
#endif

#endif
