/* SPDX-License-Identifier: MIT */
/*
 * rules_order.h - rule checker on the events: in what order commands, messages to redistributors
 * and acknowledgements may come. Part of rules.h, which see.
 */
#ifndef ITSIM_WATCH_RULES_ORDER_H
#define ITSIM_WATCH_RULES_ORDER_H

#include <stdbool.h>

#include "watch/rules_log.h"
#include "wire/event.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { ITS_RULES_RDS = 128, ITS_RULES_WAITING = 32, ITS_RULES_COMMANDS = 64 };

/* An MSI that was translated; its message has not left yet. */
typedef struct its_rules_asked {
    uint64_t cycle;
    uint32_t ref;
} its_rules_asked;

/* A message that left; its acknowledgement has not come. */
typedef struct its_rules_sent {
    uint32_t ref;
    uint8_t kind; /* its_rd_kind */
} its_rules_sent;

typedef struct its_rules_rd {
    its_rules_asked asked[ITS_RULES_WAITING]; /* oldest first */
    its_rules_sent sent[ITS_RULES_WAITING];
    uint8_t askeds;
    uint8_t sents;
} its_rules_rd;

typedef struct its_rules_order {
    its_rules_rd rd[ITS_RULES_RDS];
    uint32_t command[ITS_RULES_COMMANDS]; /* references of the last ones started: a ring */
    uint64_t started;                     /* commands started, ever */
    uint64_t start;                       /* cycle the open command started at */
    uint64_t finished;                    /* commands carried out since CREADR was 0 */
    uint64_t passed;                      /* commands CREADR moved past since then */
    uint32_t open;   /* reference of the command started and not ended; 0 none */
    uint32_t last;   /* the one that ended last */
    uint32_t places; /* entries of the command queue; 0 not known */
    uint32_t creadr; /* bytes, as last seen */
    uint32_t compound_ref;
    uint32_t compound_sets; /* SETs of the compound effect not acknowledged */
    bool compound_asked;    /* its TAKE or HAND_OVER is not fully acknowledged */
    bool sync_acked;        /* the open command is a SYNC whose message was acknowledged */
    bool restarted;         /* CREADR is about to become 0 */
} its_rules_order;

/* Start with an all-zero struct. */
void its_rules_order_event(its_rules_order *u, its_rules_log *log, const its_event *event);

/* GITS_CREADR as software would read it, in bytes, the events up to now being known. */
void its_rules_order_creadr(its_rules_order *u, its_rules_log *log, uint32_t creadr);

#ifdef __cplusplus
}
#endif

#endif
