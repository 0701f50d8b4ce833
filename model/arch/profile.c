/* SPDX-License-Identifier: MIT */
#include "arch/profile.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "arch/entry.h"

static const its_profile_field fields[] = {
#define FIELD(name, gic500, gic600, kvm, flat, min, max, doc)                                      \
    {#name, doc, min, max, offsetof(its_profile, name)},
#include "arch/profile.def"
#undef FIELD
};

#define FIELDS (sizeof fields / sizeof fields[0])

typedef struct {
    const char *name;
    its_profile profile;
} preset;

static const preset presets[] = {
    {"gic500",
     {
#define FIELD(name, gic500, gic600, kvm, flat, min, max, doc) .name = gic500,
#include "arch/profile.def"
#undef FIELD
     }},
    {"gic600",
     {
#define FIELD(name, gic500, gic600, kvm, flat, min, max, doc) .name = gic600,
#include "arch/profile.def"
#undef FIELD
     }},
    {"kvm",
     {
#define FIELD(name, gic500, gic600, kvm, flat, min, max, doc) .name = kvm,
#include "arch/profile.def"
#undef FIELD
     }},
    {"flat",
     {
#define FIELD(name, gic500, gic600, kvm, flat, min, max, doc) .name = flat,
#include "arch/profile.def"
#undef FIELD
     }},
};

#define PRESETS (sizeof presets / sizeof presets[0])

bool its_profile_preset(its_profile *profile, const char *name)
{
    for (unsigned i = 0; i < PRESETS; i++) {
        if (strcmp(presets[i].name, name) == 0) {
            *profile = presets[i].profile;
            return true;
        }
    }
    return false;
}

const char *its_profile_preset_name(unsigned i)
{
    return i < PRESETS ? presets[i].name : NULL;
}

const its_profile_field *its_profile_field_at(unsigned i)
{
    return i < FIELDS ? &fields[i] : NULL;
}

const its_profile_field *its_profile_field_named(const char *name)
{
    for (unsigned i = 0; i < FIELDS; i++) {
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    }
    return NULL;
}

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static void
explain(char *why, size_t why_bytes, const char *format, ...)
{
    if (!why || !why_bytes)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(why, why_bytes, format, args);
    va_end(args);
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

/* Decimal or 0x..., nothing else: strtoul would take signs, blanks and octal. */
static bool parse_number(const char *text, uint64_t *number)
{
    unsigned base = 10;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    }
    if (!*text)
        return false;

    *number = 0;
    for (; *text; text++) {
        unsigned digit = (unsigned)digit_value(*text);
        if (digit >= base)
            return false;
        *number = *number * base + digit;
        if (*number > UINT64_C(0xffffffffff)) /* beyond every field, and far from overflow */
            *number = UINT64_C(0xffffffffff);
    }
    return true;
}

bool its_profile_set(its_profile *profile, const char *name, const char *text, char *why,
                     size_t why_bytes)
{
    const its_profile_field *field = its_profile_field_named(name);
    if (!field) {
        explain(why, why_bytes, "there is no profile field \"%s\"", name);
        return false;
    }

    uint64_t number;
    if (!parse_number(text, &number)) {
        explain(why, why_bytes, "%s: \"%s\" is neither a decimal nor a 0x number", name, text);
        return false;
    }
    if (number < field->min || number > field->max) {
        explain(why, why_bytes, "%s: %s is not in %u..%u", name, text, (unsigned)field->min,
                (unsigned)field->max);
        return false;
    }

    bool hcc_follows = field->offset == offsetof(its_profile, redistributors) &&
                       profile->hcc == profile->redistributors + 1u;
    uint32_t value = (uint32_t)number;
    memcpy((char *)profile + field->offset, &value, sizeof value);
    if (hcc_follows)
        profile->hcc = value + 1u;
    return true;
}

/* --- contradictions: one function a subject, each names the field to change ------------------- */

typedef struct {
    const its_profile *p;
    char *why;
    size_t why_bytes;
} check;

static const char *check_ranges(const check *c)
{
    for (unsigned i = 0; i < FIELDS; i++) {
        uint32_t value;
        memcpy(&value, (const char *)c->p + fields[i].offset, sizeof value);
        if (value < fields[i].min || value > fields[i].max) {
            explain(c->why, c->why_bytes, "%s: %u is not in %u..%u", fields[i].name,
                    (unsigned)value, (unsigned)fields[i].min, (unsigned)fields[i].max);
            return fields[i].name;
        }
    }
    return NULL;
}

static const char *check_strides(const check *c)
{
    if (c->p->dte_bytes % 8u) {
        explain(c->why, c->why_bytes, "dte_bytes: %u is not a multiple of 8",
                (unsigned)c->p->dte_bytes);
        return "dte_bytes";
    }
    if (c->p->ite_bytes % 4u) {
        explain(c->why, c->why_bytes, "ite_bytes: %u is not a multiple of 4",
                (unsigned)c->p->ite_bytes);
        return "ite_bytes";
    }
    if (c->p->cte_bytes % 2u) {
        explain(c->why, c->why_bytes, "cte_bytes: %u is odd", (unsigned)c->p->cte_bytes);
        return "cte_bytes";
    }
    return NULL;
}

/* An entry of 4 bytes has room for the ICIDs of as many hardware collections as there can be. */
static const char *check_ite(const check *c)
{
    unsigned content = 8u * its_entry_bytes(c->p, ITS_ENTRY_ITE);
    unsigned needed = 1u + c->p->intid_bits + c->p->icid_bits;
    if (c->p->table_layout || !c->p->collection_table || needed <= content)
        return NULL;
    explain(c->why, c->why_bytes,
            "ite_bytes: valid, %u INTID bits and %u ICID bits do not fit the %u bits that an entry"
            " of %u bytes holds",
            (unsigned)c->p->intid_bits, (unsigned)c->p->icid_bits, content,
            (unsigned)c->p->ite_bytes);
    return "ite_bytes";
}

static const char *check_collections(const check *c)
{
    const its_profile *p = c->p;
    if (!p->hcc && !p->collection_table) {
        explain(c->why, c->why_bytes,
                "collection_table: no collections at all, with hcc 0 as well");
        return "collection_table";
    }
    if (p->hcc > (UINT32_C(1) << p->icid_bits)) {
        explain(c->why, c->why_bytes, "hcc: %u collections cannot be named by %u ICID bits",
                (unsigned)p->hcc, (unsigned)p->icid_bits);
        return "hcc";
    }
    if (p->cct && (!p->hcc || !p->collection_table)) {
        explain(c->why, c->why_bytes,
                "cct: nothing to add up unless hcc is above 0 and collection_table is 1");
        return "cct";
    }
    if (p->collection_indirect && !p->collection_table) {
        explain(c->why, c->why_bytes,
                "collection_indirect: there is no collection table (collection_table 0)");
        return "collection_indirect";
    }
    return NULL;
}

/* KVM's format has one width, 8 bytes; the field named is the one that is not a multiple of it. */
static const char *check_layout(const check *c)
{
    const its_profile *p = c->p;
    const char *bad = p->dte_bytes % 8u   ? "dte_bytes"
                      : p->ite_bytes % 8u ? "ite_bytes"
                      : p->cte_bytes % 8u ? "cte_bytes"
                                          : NULL;
    if (!p->table_layout || !bad)
        return NULL;
    explain(c->why, c->why_bytes, "%s: entries of KVM's format (table_layout 1) take 8 bytes", bad);
    return bad;
}

static const char *check_addresses(const check *c)
{
    const its_profile *p = c->p;
    if (!(p->page_sizes >> p->page_size_reset & 1u)) {
        explain(c->why, c->why_bytes, "page_size_reset: %u is not one of page_sizes 0x%x",
                (unsigned)p->page_size_reset, (unsigned)p->page_sizes);
        return "page_size_reset";
    }
    if (p->pta && p->rd_base + (uint64_t)p->redistributors * p->rd_stride >
                      (UINT64_C(1) << (p->pa_bits - 16u))) {
        explain(c->why, c->why_bytes,
                "rd_base: the last of %u redistributors lies beyond %u address bits",
                (unsigned)p->redistributors, (unsigned)p->pa_bits);
        return "rd_base";
    }
    if (p->device_window && p->devid_bits + 2u > p->pa_bits) {
        explain(c->why, c->why_bytes,
                "device_window: a window for %u DeviceID bits does not fit %u address bits",
                (unsigned)p->devid_bits, (unsigned)p->pa_bits);
        return "device_window";
    }
    return NULL;
}

static const char *check_slave_port(const check *c)
{
    if (c->p->bus_bytes != 4 && c->p->bus_bytes != 8) {
        explain(c->why, c->why_bytes, "bus_bytes: %u is neither 4 nor 8",
                (unsigned)c->p->bus_bytes);
        return "bus_bytes";
    }
    if (c->p->msi64 && c->p->bus_bytes != 8) {
        explain(c->why, c->why_bytes, "msi64: a port of 4 bytes carries no 64-bit write");
        return "msi64";
    }
    if (c->p->msi64 && c->p->device_window) {
        explain(c->why, c->why_bytes,
                "msi64: the address carries the DeviceID already (device_window), and a requester"
                " must not be able to name another");
        return "msi64";
    }
    return NULL;
}

static const char *check_lpis(const check *c)
{
    if (c->p->ces && c->p->lpi_disable == 1) {
        explain(c->why, c->why_bytes,
                "ces: promises that EnableLPIs can be cleared, but lpi_disable 1 makes it sticky");
        return "ces";
    }
    return NULL;
}

static const char *check_cache(const check *c, const char *sets_name, uint32_t sets, uint32_t ways,
                               uint32_t lines)
{
    if (sets & (sets - 1u)) {
        explain(c->why, c->why_bytes, "%s: %u is not a power of two", sets_name, (unsigned)sets);
        return sets_name;
    }
    if (sets * ways > lines) {
        explain(c->why, c->why_bytes, "%s: %u sets of %u ways are more than %u lines", sets_name,
                (unsigned)sets, (unsigned)ways, (unsigned)lines);
        return sets_name;
    }
    return NULL;
}

static const char *check_caches(const check *c)
{
    const its_profile *p = c->p;
    const char *bad =
        check_cache(c, "device_cache_sets", p->device_cache_sets, p->device_cache_ways, 4096);
    if (!bad)
        bad = check_cache(c, "event_cache_sets", p->event_cache_sets, p->event_cache_ways, 4096);
    if (!bad)
        bad = check_cache(c, "collection_cache_sets", p->collection_cache_sets,
                          p->collection_cache_ways, 1024);
    return bad;
}

const char *its_profile_check(const its_profile *profile, char *why, size_t why_bytes)
{
    /* Ranges come first: the others rely on them. */
    static const char *(*const checks[])(const check *) = {
        check_ranges,    check_strides,    check_collections, check_layout, check_ite,
        check_addresses, check_slave_port, check_lpis,        check_caches,
    };
    const check c = {profile, why, why_bytes};

    for (unsigned i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        const char *bad = checks[i](&c);
        if (bad)
            return bad;
    }
    return NULL;
}
