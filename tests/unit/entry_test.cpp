/* SPDX-License-Identifier: MIT */
#include <gtest/gtest.h>

#include <random>
#include <vector>

extern "C" {
#include "arch/entry.h"
}

namespace {

its_profile preset(const char *name)
{
    its_profile p;
    EXPECT_TRUE(its_profile_preset(&p, name));
    return p;
}

const std::vector<its_entry_kind> kinds = {ITS_ENTRY_DEVICE_L1, ITS_ENTRY_COLLECTION_L1,
                                           ITS_ENTRY_DTE, ITS_ENTRY_ITE, ITS_ENTRY_CTE};

/* Profiles whose formats differ. */
std::vector<its_profile> formats()
{
    its_profile small = preset("flat");
    small.ite_bytes = 12;
    small.cte_bytes = 2;
    small.dte_bytes = 16;
    small.icid_bits = 14;
    small.intid_bits = 14;
    its_profile wide = preset("flat");
    wide.pa_bits = 52;
    its_profile kvm_40 = preset("kvm");
    kvm_40.pa_bits = 40;
    kvm_40.ite_bytes = kvm_40.cte_bytes = 16;
    return {preset("gic500"), preset("flat"), preset("gic600"), preset("kvm"), small, wide, kvm_40};
}

void expect_equal(const its_entry &a, const its_entry &b)
{
    EXPECT_EQ(a.valid, b.valid);
    EXPECT_EQ(a.address, b.address);
    EXPECT_EQ(a.intid, b.intid);
    EXPECT_EQ(a.target, b.target);
    EXPECT_EQ(a.size, b.size);
}

} // namespace

TEST(Entry, StrideIsTheProfilesAndLevelOneIsEight)
{
    its_profile p = preset("flat");
    p.dte_bytes = 24;
    p.ite_bytes = 12;
    p.cte_bytes = 6;
    EXPECT_EQ(its_entry_stride(&p, ITS_ENTRY_DTE), 24u);
    EXPECT_EQ(its_entry_stride(&p, ITS_ENTRY_ITE), 12u);
    EXPECT_EQ(its_entry_stride(&p, ITS_ENTRY_CTE), 6u);
    EXPECT_EQ(its_entry_stride(&p, ITS_ENTRY_DEVICE_L1), 8u);
    EXPECT_EQ(its_entry_stride(&p, ITS_ENTRY_COLLECTION_L1), 8u);
}

TEST(Entry, ContentIsTheWidestWordThatDividesTheStride)
{
    its_profile p = preset("flat");
    const unsigned stride[] = {2, 4, 6, 8, 10, 12, 16, 20, 24, 32};
    const unsigned bytes[] = {2, 4, 2, 8, 2, 4, 8, 4, 8, 8};
    for (unsigned i = 0; i < sizeof stride / sizeof stride[0]; i++) {
        p.cte_bytes = stride[i];
        EXPECT_EQ(its_entry_bytes(&p, ITS_ENTRY_CTE), bytes[i]) << stride[i];
    }
    EXPECT_EQ(its_entry_bytes(&p, ITS_ENTRY_DEVICE_L1), 8u);
}

TEST(Entry, DteLayoutIsAsDocumented)
{
    its_profile p = preset("flat");
    its_entry dte = {};
    dte.valid = true;
    dte.size = 15;
    dte.address = UINT64_C(0x123456789a00);
    EXPECT_EQ(its_entry_pack(&p, ITS_ENTRY_DTE, &dte), UINT64_C(0x123456789a00) | 15u << 1 | 1u);
}

TEST(Entry, IteLayoutPutsIcidDirectlyAboveIntid)
{
    its_profile p = preset("flat");
    its_entry ite = {};
    ite.valid = true;
    ite.intid = 0x8001;
    ite.target = 0xfffe;
    EXPECT_EQ(its_entry_pack(&p, ITS_ENTRY_ITE, &ite), UINT64_C(0xfffe) << 17 | 0x8001u << 1 | 1u);
    p.intid_bits = 14;
    ite.intid = 0x2345;
    EXPECT_EQ(its_entry_pack(&p, ITS_ENTRY_ITE, &ite), UINT64_C(0xfffe) << 15 | 0x2345u << 1 | 1u);
}

TEST(Entry, FourByteIteHoldsEveryHardwareCollection)
{
    its_profile p = preset("gic500");
    p.hcc = 255;
    for (uint16_t icid = 0; icid < 255; icid++) {
        its_entry ite = {};
        ite.valid = true;
        ite.intid = 65535;
        ite.target = icid;
        uint64_t word = its_entry_pack(&p, ITS_ENTRY_ITE, &ite);
        EXPECT_EQ(word >> 32, 0u);
        expect_equal(its_entry_unpack(&p, ITS_ENTRY_ITE, word), ite);
    }
}

TEST(Entry, CteLayoutIsAsDocumented)
{
    its_profile p = preset("flat");
    its_entry cte = {};
    cte.valid = true;
    cte.target = 127;
    EXPECT_EQ(its_entry_pack(&p, ITS_ENTRY_CTE, &cte), 127u << 1 | 1u);
    p.cte_bytes = 2;
    EXPECT_EQ(its_entry_pack(&p, ITS_ENTRY_CTE, &cte), 127u << 1 | 1u);
}

/* Words by the table in the kernel's documentation of the device, with next = 0. */
TEST(Entry, KvmsLayoutIsTheOneInTheKernelsDocumentation)
{
    its_profile p = preset("kvm");
    its_entry dte = {};
    dte.valid = true;
    dte.size = 15;
    dte.address = UINT64_C(0xf23456789ab00);
    EXPECT_EQ(its_entry_pack(&p, ITS_ENTRY_DTE, &dte),
              UINT64_C(1) << 63 | UINT64_C(0xf23456789ab) << 5 | 15u);
    its_entry ite = {};
    ite.valid = true;
    ite.intid = 0x8001;
    ite.target = 0xfffe;
    EXPECT_EQ(its_entry_pack(&p, ITS_ENTRY_ITE, &ite), UINT64_C(0x000000008001fffe));
    its_entry cte = {};
    cte.valid = true;
    cte.target = 127;
    cte.intid = 0xabcd;
    EXPECT_EQ(its_entry_pack(&p, ITS_ENTRY_CTE, &cte), UINT64_C(0x80000000007fabcd));
}

TEST(Entry, KvmsNextFieldsAreIgnored)
{
    its_profile p = preset("kvm");
    its_entry e = its_entry_unpack(&p, ITS_ENTRY_DTE, UINT64_C(0xfffe00000000004f));
    EXPECT_TRUE(e.valid);
    EXPECT_EQ(e.address, 0x200u);
    EXPECT_EQ(e.size, 15u);
    e = its_entry_unpack(&p, ITS_ENTRY_ITE, UINT64_C(0xffff000020000003));
    EXPECT_TRUE(e.valid);
    EXPECT_EQ(e.intid, 0x2000u);
    EXPECT_EQ(e.target, 3u);
}

TEST(Entry, KvmsIteIsValidWhenItsIntidIsNotZero)
{
    its_profile p = preset("kvm");
    EXPECT_FALSE(its_entry_unpack(&p, ITS_ENTRY_ITE, UINT64_C(0x800000000000ffff)).valid);
    EXPECT_TRUE(its_entry_unpack(&p, ITS_ENTRY_ITE, UINT64_C(0x0000ffffffff0000)).valid);
    EXPECT_TRUE(its_entry_unpack(&p, ITS_ENTRY_ITE, UINT64_C(0x10000)).valid);
}

TEST(Entry, KvmsCollectionWithoutATargetHasNone)
{
    its_profile p = preset("kvm");
    its_entry e = its_entry_unpack(&p, ITS_ENTRY_CTE, UINT64_C(0x8000ffffffff0005));
    EXPECT_TRUE(e.valid);
    EXPECT_EQ(e.target, 0xffffu);
    EXPECT_EQ(its_entry_unpack(&p, ITS_ENTRY_CTE, UINT64_C(0x8000000100000005)).target, 0xffffu);
    EXPECT_EQ(its_entry_unpack(&p, ITS_ENTRY_CTE, UINT64_C(0x8000000000030005)).target, 3u);
}

TEST(Entry, Gic600FillsItsFourAndTwoByteEntries)
{
    its_profile p = preset("gic600");
    its_entry ite = {};
    ite.valid = true;
    ite.intid = 0xffff;
    ite.target = 0x3fff;
    EXPECT_EQ(its_entry_pack(&p, ITS_ENTRY_ITE, &ite), 0x7fffffffu);
    its_entry cte = {};
    cte.valid = true;
    cte.target = 127;
    EXPECT_EQ(its_entry_bytes(&p, ITS_ENTRY_CTE), 2u);
    EXPECT_EQ(its_entry_pack(&p, ITS_ENTRY_CTE, &cte), 0xffu);
}

TEST(Entry, LevelOneLayoutIsTheArchitectures)
{
    its_profile p = preset("flat");
    for (its_entry_kind kind : {ITS_ENTRY_DEVICE_L1, ITS_ENTRY_COLLECTION_L1}) {
        its_entry e = its_entry_unpack(&p, kind, UINT64_C(0x8000123456789000));
        EXPECT_TRUE(e.valid);
        EXPECT_EQ(e.address, UINT64_C(0x123456789000));
        e = its_entry_unpack(&p, kind, UINT64_C(0x7ff0123456789fff));
        EXPECT_FALSE(e.valid);
        EXPECT_EQ(e.address, UINT64_C(0x123456789000));
    }
}

TEST(Entry, AllZeroDecodesAsInvalid)
{
    for (const its_profile &p : formats())
        for (its_entry_kind kind : kinds)
            EXPECT_FALSE(its_entry_unpack(&p, kind, 0).valid) << its_entry_name(kind);
}

TEST(Entry, AnInvalidEntryPacksToAllZero)
{
    its_entry none = {};
    for (const its_profile &p : formats())
        for (its_entry_kind kind : kinds)
            EXPECT_EQ(its_entry_pack(&p, kind, &none), 0u) << its_entry_name(kind);
}

TEST(Entry, AddressBitsBeyondTheProfileAreNotKept)
{
    its_profile p = preset("flat");
    p.pa_bits = 40;
    its_entry e = {};
    e.address = UINT64_C(0x000fffffffffff00);
    for (its_entry_kind kind : {ITS_ENTRY_DTE, ITS_ENTRY_DEVICE_L1}) {
        uint64_t word = its_entry_pack(&p, kind, &e);
        EXPECT_EQ(word >> 40, 0u);
        EXPECT_EQ(its_entry_unpack(&p, kind, UINT64_C(0x000fffffffffff00)).address >> 40, 0u);
    }
    p.pa_bits = 52;
    EXPECT_EQ(its_entry_unpack(&p, ITS_ENTRY_DTE, UINT64_C(0x000fffffffffff00)).address,
              UINT64_C(0x000fffffffffff00));
}

TEST(Entry, AnyWordUnpacksAndRepacksToAStableWord)
{
    std::mt19937_64 random(20240501);
    for (const its_profile &p : formats()) {
        for (its_entry_kind kind : kinds) {
            unsigned bytes = its_entry_bytes(&p, kind);
            uint64_t fits = bytes == 8 ? ~UINT64_C(0) : (UINT64_C(1) << (8 * bytes)) - 1;
            for (unsigned i = 0; i < 500; i++) {
                its_entry e = its_entry_unpack(&p, kind, random() & fits);
                uint64_t word = its_entry_pack(&p, kind, &e);
                EXPECT_EQ(word & ~fits, 0u);
                expect_equal(its_entry_unpack(&p, kind, word), e);
            }
        }
    }
}

TEST(Entry, NamesAreShort)
{
    EXPECT_STREQ(its_entry_name(ITS_ENTRY_DTE), "DTE");
    EXPECT_STREQ(its_entry_name(ITS_ENTRY_ITE), "ITE");
    EXPECT_STREQ(its_entry_name(ITS_ENTRY_CTE), "CTE");
    EXPECT_STREQ(its_entry_name(ITS_ENTRY_DEVICE_L1), "device L1");
    EXPECT_STREQ(its_entry_name(ITS_ENTRY_COLLECTION_L1), "collection L1");
    EXPECT_STRNE(its_entry_name(ITS_ENTRY_KINDS), "");
}
