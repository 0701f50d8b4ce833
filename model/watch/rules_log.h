/* SPDX-License-Identifier: MIT */
/*
 * rules_log.h - violations of rules.def: all are counted, the first ones are kept.
 */
#ifndef ITSIM_WATCH_RULES_LOG_H
#define ITSIM_WATCH_RULES_LOG_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
#define RULE(name, message) ITS_RULE_##name,
#include "watch/rules.def"
#undef RULE
    ITS_RULES
} its_rule;

/* Where it was seen: a channel of a port, or the events. */
typedef enum { ITS_AT_S_AXI, ITS_AT_M_AXI = 5, ITS_AT_EVENTS = 10, ITS_PLACES } its_rules_place;

typedef struct its_violation {
    uint64_t cycle;
    uint64_t value; /* an address, or what else there is to say */
    uint32_t id;    /* AXI ID; in events the reference of the MSI or command */
    uint8_t rule;   /* its_rule */
    uint8_t place;  /* its_rules_place, plus the channel: 0 AW, 1 W, 2 B, 3 AR, 4 R */
} its_violation;

enum { ITS_VIOLATIONS_KEPT = 32, ITS_VIOLATION_BYTES = 200 };

typedef struct its_rules_log {
    uint64_t cycle; /* noted with each violation; kept by the checker */
    uint64_t count;
    uint64_t by_rule[ITS_RULES];
    its_violation first[ITS_VIOLATIONS_KEPT];
} its_rules_log;

void its_rules_note(its_rules_log *u, its_rule rule, unsigned place, uint32_t id, uint64_t value);

/* "burst_4k" and its message; NULL outside the enumeration. */
const char *its_rule_name(unsigned rule);
const char *its_rule_message(unsigned rule);

/*
 * "cycle 12, m_axi AW: burst_4k: burst crosses a 4 KB boundary (id 3, 0x1ff8)", zero-terminated,
 * cut to `bytes`; ITS_VIOLATION_BYTES hold any. Returns the length.
 */
size_t its_rules_text(const its_violation *violation, char *text, size_t bytes);

#ifdef __cplusplus
}
#endif

#endif
