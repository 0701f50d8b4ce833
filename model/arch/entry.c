/* SPDX-License-Identifier: MIT */
#include "arch/entry.h"

#include "arch/bits.h"

#define ENTRY_VALID 0, 1
#define DTE_SIZE 1, 5
#define CTE_TARGET 1, 15
#define LEVEL1_VALID 63, 1

unsigned its_entry_stride(const its_profile *profile, its_entry_kind kind)
{
    switch (kind) {
    case ITS_ENTRY_DTE:
        return profile->dte_bytes;
    case ITS_ENTRY_ITE:
        return profile->ite_bytes;
    case ITS_ENTRY_CTE:
        return profile->cte_bytes;
    case ITS_ENTRY_DEVICE_L1:
    case ITS_ENTRY_COLLECTION_L1:
    case ITS_ENTRY_KINDS:
        break;
    }
    return 8;
}

unsigned its_entry_bytes(const its_profile *profile, its_entry_kind kind)
{
    unsigned stride = its_entry_stride(profile, kind);
    if (stride % 8u == 0)
        return 8;
    return stride % 4u == 0 ? 4 : 2;
}

/* Address bits [pa_bits-1:lsb]: bits that no memory of this profile decodes are not kept. */
static uint64_t address_mask(const its_profile *profile, unsigned lsb)
{
    return its_mask(lsb, profile->pa_bits - lsb);
}

/* An ICID takes the bits that VALID and INTID leave, at most 16; its_profile_check() minds that
 * every ICID of the profile fits. */
static unsigned ite_icid_bits(const its_profile *profile)
{
    unsigned left = 8u * its_entry_bytes(profile, ITS_ENTRY_ITE) - 1u - profile->intid_bits;
    return left < 16 ? left : 16;
}

its_entry its_entry_unpack(const its_profile *profile, its_entry_kind kind, uint64_t word)
{
    its_entry e = {.valid = ITS_GET(word, ENTRY_VALID) != 0};

    switch (kind) {
    case ITS_ENTRY_DTE:
        e.address = word & address_mask(profile, 8);
        e.size = (uint8_t)ITS_GET(word, DTE_SIZE);
        break;
    case ITS_ENTRY_ITE:
        e.intid = (uint32_t)its_field_get(word, 1, profile->intid_bits);
        e.target = (uint16_t)its_field_get(word, 1 + profile->intid_bits, ite_icid_bits(profile));
        break;
    case ITS_ENTRY_CTE:
        e.target = (uint16_t)ITS_GET(word, CTE_TARGET);
        break;
    case ITS_ENTRY_DEVICE_L1:
    case ITS_ENTRY_COLLECTION_L1:
    case ITS_ENTRY_KINDS:
        e.valid = ITS_GET(word, LEVEL1_VALID) != 0;
        e.address = word & address_mask(profile, 12);
        break;
    }
    return e;
}

uint64_t its_entry_pack(const its_profile *profile, its_entry_kind kind, const its_entry *entry)
{
    uint64_t word = ITS_SET(0, ENTRY_VALID, entry->valid);

    switch (kind) {
    case ITS_ENTRY_DTE:
        word = ITS_SET(word, DTE_SIZE, entry->size);
        word |= entry->address & address_mask(profile, 8);
        break;
    case ITS_ENTRY_ITE:
        word = its_field_set(word, 1, profile->intid_bits, entry->intid);
        word = its_field_set(word, 1 + profile->intid_bits, ite_icid_bits(profile), entry->target);
        break;
    case ITS_ENTRY_CTE:
        word = ITS_SET(word, CTE_TARGET, entry->target);
        break;
    case ITS_ENTRY_DEVICE_L1:
    case ITS_ENTRY_COLLECTION_L1:
    case ITS_ENTRY_KINDS:
        word = ITS_SET(0, LEVEL1_VALID, entry->valid);
        word |= entry->address & address_mask(profile, 12);
        break;
    }
    return word;
}

const char *its_entry_name(its_entry_kind kind)
{
    switch (kind) {
    case ITS_ENTRY_DEVICE_L1:
        return "device L1";
    case ITS_ENTRY_COLLECTION_L1:
        return "collection L1";
    case ITS_ENTRY_DTE:
        return "DTE";
    case ITS_ENTRY_ITE:
        return "ITE";
    case ITS_ENTRY_CTE:
        return "CTE";
    case ITS_ENTRY_KINDS:
        break;
    }
    return "unknown entry";
}
