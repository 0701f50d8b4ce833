/* SPDX-License-Identifier: MIT */
#include "arch/entry.h"

#include "arch/bits.h"

#define ENTRY_VALID 0, 1
#define DTE_SIZE 1, 5
#define CTE_TARGET 1, 15
#define LEVEL1_VALID 63, 1

#define KVM_VALID 63, 1 /* DTE, CTE */
#define KVM_DTE_ITT 5, 44
#define KVM_DTE_SIZE 0, 5
#define KVM_ITE_INTID 16, 32
#define KVM_ITE_ICID 0, 16
#define KVM_CTE_TARGET 16, 36
#define KVM_CTE_ICID 0, 16
#define NO_TARGET 0xffffu /* more than there can be redistributors */

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

static its_entry unpack_level1(const its_profile *profile, uint64_t word)
{
    return (its_entry){.valid = ITS_GET(word, LEVEL1_VALID) != 0,
                       .address = word & address_mask(profile, 12)};
}

static uint64_t pack_level1(const its_profile *profile, const its_entry *entry)
{
    return ITS_SET(0, LEVEL1_VALID, entry->valid) | (entry->address & address_mask(profile, 12));
}

/* --- ours ------------------------------------------------------------------------------------- */

static its_entry unpack_ours(const its_profile *profile, its_entry_kind kind, uint64_t word)
{
    its_entry e = {.valid = ITS_GET(word, ENTRY_VALID) != 0};

    if (kind == ITS_ENTRY_DTE) {
        e.address = word & address_mask(profile, 8);
        e.size = (uint8_t)ITS_GET(word, DTE_SIZE);
    } else if (kind == ITS_ENTRY_ITE) {
        e.intid = (uint32_t)its_field_get(word, 1, profile->intid_bits);
        e.target = (uint16_t)its_field_get(word, 1 + profile->intid_bits, ite_icid_bits(profile));
    } else {
        e.target = (uint16_t)ITS_GET(word, CTE_TARGET);
    }
    return e;
}

static uint64_t pack_ours(const its_profile *profile, its_entry_kind kind, const its_entry *entry)
{
    uint64_t word = ITS_SET(0, ENTRY_VALID, entry->valid);

    if (kind == ITS_ENTRY_DTE) {
        word = ITS_SET(word, DTE_SIZE, entry->size);
        return word | (entry->address & address_mask(profile, 8));
    }
    if (kind == ITS_ENTRY_ITE) {
        word = its_field_set(word, 1, profile->intid_bits, entry->intid);
        return its_field_set(word, 1 + profile->intid_bits, ite_icid_bits(profile), entry->target);
    }
    return ITS_SET(word, CTE_TARGET, entry->target);
}

/* --- KVM's ------------------------------------------------------------------------------------ */

static its_entry unpack_kvm(const its_profile *profile, its_entry_kind kind, uint64_t word)
{
    its_entry e = {.valid = ITS_GET(word, KVM_VALID) != 0};

    if (kind == ITS_ENTRY_DTE) {
        e.address = ITS_GET(word, KVM_DTE_ITT) << 8 & address_mask(profile, 8);
        e.size = (uint8_t)ITS_GET(word, KVM_DTE_SIZE);
    } else if (kind == ITS_ENTRY_ITE) {
        e.intid = (uint32_t)ITS_GET(word, KVM_ITE_INTID);
        e.target = (uint16_t)ITS_GET(word, KVM_ITE_ICID);
        e.valid = e.intid != 0;
    } else {
        /* KVM saves a collection that was named but never mapped with target 0xffffffff. */
        uint64_t target = ITS_GET(word, KVM_CTE_TARGET);
        e.target = (uint16_t)(target < NO_TARGET ? target : NO_TARGET);
        e.intid = (uint32_t)ITS_GET(word, KVM_CTE_ICID);
    }
    return e.valid ? e : (its_entry){.valid = false};
}

/* The ITE has no valid bit, so nothing of an invalid entry is kept, here and above. */
static uint64_t pack_kvm(const its_profile *profile, its_entry_kind kind, const its_entry *entry)
{
    uint64_t word = 0;

    if (!entry->valid)
        return 0;
    if (kind == ITS_ENTRY_ITE) {
        word = ITS_SET(word, KVM_ITE_INTID, entry->intid);
        return ITS_SET(word, KVM_ITE_ICID, entry->target);
    }
    word = ITS_SET(word, KVM_VALID, 1);
    if (kind == ITS_ENTRY_DTE) {
        word = ITS_SET(word, KVM_DTE_SIZE, entry->size);
        return ITS_SET(word, KVM_DTE_ITT, (entry->address & address_mask(profile, 8)) >> 8);
    }
    word = ITS_SET(word, KVM_CTE_TARGET, entry->target);
    return ITS_SET(word, KVM_CTE_ICID, entry->intid);
}

/* --- any ---------------------------------------------------------------------------------------- */

static bool is_level1(its_entry_kind kind)
{
    return kind == ITS_ENTRY_DEVICE_L1 || kind == ITS_ENTRY_COLLECTION_L1;
}

its_entry its_entry_unpack(const its_profile *profile, its_entry_kind kind, uint64_t word)
{
    if (is_level1(kind))
        return unpack_level1(profile, word);
    return profile->table_layout ? unpack_kvm(profile, kind, word)
                                 : unpack_ours(profile, kind, word);
}

uint64_t its_entry_pack(const its_profile *profile, its_entry_kind kind, const its_entry *entry)
{
    if (is_level1(kind))
        return pack_level1(profile, entry);
    return profile->table_layout ? pack_kvm(profile, kind, entry) : pack_ours(profile, kind, entry);
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
