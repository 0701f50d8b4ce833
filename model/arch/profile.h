/* SPDX-License-Identifier: MIT */
/*
 * profile.h - what one configuration of the model is made of.
 *
 * A profile is a plain struct of 32-bit numbers, generated from profile.def, which documents every
 * field. Take a preset, change fields, check it, hand it to the model; the model copies it.
 */
#ifndef ITSIM_ARCH_PROFILE_H
#define ITSIM_ARCH_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct its_profile {
#define FIELD(name, gic500, gic600, kvm, flat, min, max, doc) uint32_t name;
#include "arch/profile.def"
#undef FIELD
} its_profile;

enum { ITS_POLICY_NONE, ITS_POLICY_WRITE_THROUGH, ITS_POLICY_WRITE_BACK };

/* Description of one field, for tools and documents. */
typedef struct its_profile_field {
    const char *name;
    const char *doc;
    uint32_t min;
    uint32_t max;
    size_t offset; /* of its uint32_t in its_profile */
} its_profile_field;

/* Fills a profile from a preset: "gic500" (default), "gic600", "kvm" or "flat". False when the name is unknown. */
bool its_profile_preset(its_profile *profile, const char *name);

/* Preset number i, or NULL past the last: for help texts. */
const char *its_profile_preset_name(unsigned i);

/* Field number i, or NULL past the last; by name, or NULL when there is none. */
const its_profile_field *its_profile_field_at(unsigned i);
const its_profile_field *its_profile_field_named(const char *name);

/*
 * Sets one field by name from decimal or 0x text. False when the field is unknown, the text is not a
 * number or it does not fit the field's range; then `why` (may be NULL) gets the reason, at most
 * `why_bytes` bytes with the terminating zero. Setting `redistributors` moves `hcc` along when hcc
 * was redistributors + 1, as on a GIC-500.
 */
bool its_profile_set(its_profile *profile, const char *name, const char *text, char *why,
                     size_t why_bytes);

/*
 * Checks ranges and contradictions (entry formats that do not hold the identifiers, sets not a power
 * of two, no collections at all, reset page size not accepted, ...). NULL when the profile is good,
 * else the name of the bad field, with the reason in `why` (may be NULL).
 */
const char *its_profile_check(const its_profile *profile, char *why, size_t why_bytes);

#ifdef __cplusplus
}
#endif

#endif
