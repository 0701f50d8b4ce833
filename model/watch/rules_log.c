/* SPDX-License-Identifier: MIT */
#include "watch/rules_log.h"

#include <inttypes.h>
#include <stdio.h>

#include "wire/event.h"

static const struct {
    const char *name;
    const char *message;
} rules[ITS_RULES] = {
#define RULE(name, message) {#name, message},
#include "watch/rules.def"
#undef RULE
};

void its_rules_note(its_rules_log *u, its_rule rule, unsigned place, uint32_t id, uint64_t value)
{
    u->by_rule[rule]++;
    if (u->count < ITS_VIOLATIONS_KEPT)
        u->first[u->count] = (its_violation){.cycle = u->cycle,
                                             .value = value,
                                             .id = id,
                                             .rule = (uint8_t)rule,
                                             .place = (uint8_t)place};
    u->count++;
}

const char *its_rule_name(unsigned rule)
{
    return rule < ITS_RULES ? rules[rule].name : NULL;
}

const char *its_rule_message(unsigned rule)
{
    return rule < ITS_RULES ? rules[rule].message : NULL;
}

static int subject(const its_violation *v, char *text, size_t bytes)
{
    if (v->place < ITS_AT_EVENTS)
        return snprintf(text, bytes, "id %" PRIu32 ", 0x%" PRIx64, v->id, v->value);
    return snprintf(text, bytes, "%s %" PRIu32 ", %" PRIu64,
                    v->id & ITS_REF_CMD ? "command" : "msi", v->id & ~ITS_REF_CMD, v->value);
}

size_t its_rules_text(const its_violation *violation, char *text, size_t bytes)
{
    static const char *const places[ITS_PLACES] = {
        "s_axi AW", "s_axi W", "s_axi B",  "s_axi AR", "s_axi R", "m_axi AW",
        "m_axi W",  "m_axi B", "m_axi AR", "m_axi R",  "events",
    };
    char about[64];
    const char *place = violation->place < ITS_PLACES ? places[violation->place] : "?";
    const char *name = violation->rule < ITS_RULES ? rules[violation->rule].name : "?";
    const char *message = violation->rule < ITS_RULES ? rules[violation->rule].message : "?";

    subject(violation, about, sizeof about);
    int length = snprintf(text, bytes, "cycle %" PRIu64 ", %s: %s: %s (%s)", violation->cycle,
                          place, name, message, about);
    if (!bytes)
        return 0;
    return (size_t)length < bytes ? (size_t)length : bytes - 1;
}
