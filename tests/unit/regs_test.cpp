/* SPDX-License-Identifier: MIT */
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <set>
#include <string>
#include <utility>

extern "C" {
#include "arch/regs.h"
}

namespace {

its_profile preset(const char *name)
{
    its_profile p;
    EXPECT_TRUE(its_profile_preset(&p, name));
    return p;
}

const char *const presets[] = {"gic500", "gic600", "kvm", "flat"};

its_reg reg(unsigned i)
{
    return static_cast<its_reg>(i);
}

/* What software sees after writing `value` over the reset value. */
uint64_t write_read(const its_profile &p, its_reg r, uint64_t value)
{
    return its_reg_write(&p, r, its_reg_reset(&p, r, 0), value) & its_reg_read_mask(r);
}

} // namespace

TEST(Regs, OffsetsAreTheArchitectures)
{
    EXPECT_EQ(its_reg_find(ITS_FRAME_GITS, 0x0000), GITS_CTLR);
    EXPECT_EQ(its_reg_find(ITS_FRAME_GITS, 0x0004), GITS_IIDR);
    EXPECT_EQ(its_reg_find(ITS_FRAME_GITS, 0x0008), GITS_TYPER);
    EXPECT_EQ(its_reg_find(ITS_FRAME_GITS, 0x0080), GITS_CBASER);
    EXPECT_EQ(its_reg_find(ITS_FRAME_GITS, 0x0088), GITS_CWRITER);
    EXPECT_EQ(its_reg_find(ITS_FRAME_GITS, 0x0090), GITS_CREADR);
    for (unsigned n = 0; n < 8; n++)
        EXPECT_EQ(its_reg_find(ITS_FRAME_GITS, 0x0100 + 8 * n), reg(GITS_BASER0 + n));
    EXPECT_EQ(its_reg_find(ITS_FRAME_GITS, 0xffe8), GITS_PIDR2);
    EXPECT_EQ(its_reg_find(ITS_FRAME_TRANSLATION, 0x0040), GITS_TRANSLATER);
    EXPECT_EQ(its_reg_find(ITS_FRAME_GICR, 0x0000), GICR_CTLR);
    EXPECT_EQ(its_reg_find(ITS_FRAME_GICR, 0x0008), GICR_TYPER);
    EXPECT_EQ(its_reg_find(ITS_FRAME_GICR, 0x0014), GICR_WAKER);
    EXPECT_EQ(its_reg_find(ITS_FRAME_GICR, 0x0070), GICR_PROPBASER);
    EXPECT_EQ(its_reg_find(ITS_FRAME_GICR, 0x0078), GICR_PENDBASER);
    EXPECT_EQ(its_reg_find(ITS_FRAME_GICR, 0x00a0), GICR_INVLPIR);
    EXPECT_EQ(its_reg_find(ITS_FRAME_GICR, 0x00b0), GICR_INVALLR);
    EXPECT_EQ(its_reg_find(ITS_FRAME_GICR, 0x00c0), GICR_SYNCR);
    EXPECT_EQ(its_reg_find(ITS_FRAME_GICD, 0x0004), GICD_TYPER);
}

TEST(Regs, FindCoversEveryByteOfARegisterAndNothingElse)
{
    std::set<std::pair<unsigned, uint32_t>> seen;
    for (unsigned i = 0; i < ITS_REGS; i++) {
        const its_reg_desc *d = its_reg_at(reg(i));
        EXPECT_EQ(d->offset % d->bytes, 0u) << d->name;
        for (uint32_t b = 0; b < d->bytes; b++) {
            EXPECT_EQ(its_reg_find(its_frame(d->frame), d->offset + b), reg(i)) << d->name;
            EXPECT_TRUE(seen.insert({d->frame, d->offset + b}).second) << d->name;
        }
    }
    for (unsigned frame = 0; frame <= ITS_FRAME_NONE; frame++)
        for (uint32_t offset = 0; offset < 0x10000; offset++) {
            if (seen.count({frame, offset}))
                continue;
            ASSERT_EQ(its_reg_find(its_frame(frame), offset), ITS_REG_RESERVED) << offset;
        }
    EXPECT_EQ(its_reg_find(ITS_FRAME_GITS, 0x10000), ITS_REG_RESERVED);
    EXPECT_EQ(its_reg_find(ITS_FRAME_GITS, 0xffffffff), ITS_REG_RESERVED);
}

TEST(Regs, ReservedSpaceReadsZeroAndIgnoresWrites)
{
    for (const char *name : presets) {
        its_profile p = preset(name);
        EXPECT_EQ(its_reg_reset(&p, ITS_REG_RESERVED, 0), 0u);
        EXPECT_EQ(write_read(p, ITS_REG_RESERVED, ~UINT64_C(0)), 0u);
        EXPECT_FALSE(its_reg_present(&p, ITS_REG_RESERVED));
    }
    EXPECT_STREQ(its_reg_at(ITS_REG_RESERVED)->name, "reserved");
}

TEST(Regs, NoConfigurationIsWiderThanTheTable)
{
    for (const char *name : presets) {
        its_profile p = preset(name);
        p.pa_bits = 52;
        p.shareability = p.outer_cache = p.security = p.direct_inv = p.cache_control = 1;
        p.umsi = 3;
        for (unsigned i = 0; i < ITS_REGS; i++) {
            const its_reg_desc *d = its_reg_at(reg(i));
            uint64_t mask = its_reg_mask(&p, reg(i));
            EXPECT_EQ(mask & ~d->mask, 0u) << d->name;
            EXPECT_EQ(its_reg_unknown(&p, reg(i)) & ~mask, 0u) << d->name;
            EXPECT_EQ(d->mask == 0, d->access == ITS_REG_RO) << d->name;
            if (d->bytes == 4) {
                EXPECT_EQ(mask >> 32, 0u) << d->name;
                EXPECT_EQ(its_reg_reset(&p, reg(i), 0) >> 32, 0u) << d->name;
            }
        }
    }
}

TEST(Regs, ReadOnlyRegistersIgnoreWrites)
{
    for (const char *name : presets) {
        its_profile p = preset(name);
        for (unsigned i = 0; i < ITS_REGS; i++)
            if (its_reg_at(reg(i))->access == ITS_REG_RO) {
                uint64_t value = its_reg_reset(&p, reg(i), 0);
                EXPECT_EQ(its_reg_write(&p, reg(i), value, ~UINT64_C(0)), value);
                EXPECT_EQ(its_reg_write(&p, reg(i), value, 0), value);
            }
    }
}

TEST(Regs, WriteOnlyRegistersReadZero)
{
    its_profile p = preset("flat");
    p.direct_inv = 1;
    for (its_reg r : {GITS_TRANSLATER, GICR_INVLPIR, GICR_INVALLR})
        EXPECT_EQ(write_read(p, r, ~UINT64_C(0)), 0u);
}

TEST(Regs, Gic500ReadsAsItsManualSays)
{
    its_profile p = preset("gic500");
    EXPECT_EQ(its_reg_reset(&p, GITS_CTLR, 0), 0x80000000u);
    EXPECT_EQ(its_reg_reset(&p, GITS_IIDR, 0), 0x0001143bu);
    /* HCC 5, Devbits 19, ID_bits 15, ITT_entry_size 3, Physical; nothing in the upper word. */
    EXPECT_EQ(its_reg_reset(&p, GITS_TYPER, 0), 0x05026f31u);
    EXPECT_EQ(its_reg_reset(&p, GITS_BASER0, 0), UINT64_C(0x0107000000000200));
    for (unsigned n = 1; n < 8; n++)
        EXPECT_EQ(its_reg_reset(&p, reg(GITS_BASER0 + n), 0), 0u);
    EXPECT_EQ(its_reg_reset(&p, GITS_PIDR0, 0), 0x94u);
    EXPECT_EQ(its_reg_reset(&p, GICR_PIDR0, 0), 0x93u);
    EXPECT_EQ(its_reg_reset(&p, GITS_PIDR2, 0), 0x3bu);
    EXPECT_EQ(its_reg_reset(&p, GITS_CIDR3, 0), 0xb1u);
    EXPECT_EQ(its_reg_reset(&p, GICR_WAKER, 0), 6u);
    EXPECT_EQ(its_reg_reset(&p, GICR_CTLR, 0), 0u);
}

TEST(Regs, Gic500HasNoShareabilityOuterCacheOrTwoLevelTables)
{
    its_profile p = preset("gic500");
    EXPECT_EQ(write_read(p, GITS_BASER0, ~UINT64_C(0)),
              UINT64_C(0xb9070000ffff02ff) | UINT64_C(0x0000ffff00000000));
    EXPECT_EQ(write_read(p, GITS_CBASER, ~UINT64_C(0)), UINT64_C(0xb800ffffffff00ff));
    EXPECT_EQ(write_read(p, GICR_PROPBASER, ~UINT64_C(0)), UINT64_C(0x0000fffffffff39f));
    EXPECT_EQ(write_read(p, GICR_PENDBASER, ~UINT64_C(0)), UINT64_C(0x0000ffffffff0380));
    for (unsigned n = 1; n < 8; n++)
        EXPECT_EQ(write_read(p, reg(GITS_BASER0 + n), ~UINT64_C(0)), 0u);
}

/* The identification registers of a frame, PIDR4 to 7, PIDR0 to 3, CIDR0 to 3, as they lie. */
TEST(Regs, IdentificationRegistersAreThoseOfTheManuals)
{
    const struct {
        const char *preset;
        its_reg first;
        uint64_t values[12];
    } frames[] = {
        {"gic500", GITS_PIDR4, {0x44, 0, 0, 0, 0x94, 0xb4, 0x3b, 0, 0x0d, 0xf0, 0x05, 0xb1}},
        {"gic500", GICR_PIDR4, {0x44, 0, 0, 0, 0x93, 0xb4, 0x3b, 0, 0x0d, 0xf0, 0x05, 0xb1}},
        {"gic600", GITS_PIDR4, {0x44, 0, 0, 0, 0x94, 0xb4, 0x3b, 0, 0x0d, 0xf0, 0x05, 0xb1}},
        {"gic600", GICR_PIDR4, {0x44, 0, 0, 0, 0x93, 0xb4, 0x3b, 0, 0x0d, 0xf0, 0x05, 0xb1}},
    };
    for (auto &f : frames) {
        its_profile p = preset(f.preset);
        const its_reg_desc *d = its_reg_at(f.first);
        for (unsigned i = 0; i < 12; i++) {
            its_reg r = its_reg_find(its_frame(d->frame), d->offset + 4 * i);
            EXPECT_EQ(its_reg_reset(&p, r, 0), f.values[i])
                << f.preset << " " << its_reg_at(r)->name;
        }
    }
}

/* GITS_TYPER[44]: GITS_UMSIR exists; [45]: there is an interrupt for it. */
TEST(Regs, TyperTellsOfUnmappedMsis)
{
    its_profile p = preset("flat");
    for (unsigned umsi : {0u, 1u, 2u, 3u}) {
        p.umsi = umsi;
        EXPECT_EQ(its_reg_reset(&p, GITS_TYPER, 0) >> 44 & 3u, umsi < 2 ? 0u : umsi == 2 ? 1u : 3u);
    }
}

TEST(Regs, Gic600ReadsAsItsManualSays)
{
    its_profile p = preset("gic600");
    EXPECT_EQ(its_reg_reset(&p, GITS_IIDR, 0), 0x0201743bu);
    /* CIL and 14 ICID bits; no HCC, Devbits 19, ID_bits 15, ITT_entry_size 3, Physical. */
    EXPECT_EQ(its_reg_reset(&p, GITS_TYPER, 0), UINT64_C(0x1d00026f31));
    EXPECT_EQ(its_reg_reset(&p, GITS_BASER0, 0), UINT64_C(0x0107000000000200));
    EXPECT_EQ(its_reg_reset(&p, GITS_BASER1, 0), UINT64_C(0x0401000000000200));
    EXPECT_EQ(its_reg_reset(&p, GITS_PIDR0, 0), 0x94u);
    EXPECT_EQ(its_reg_reset(&p, GITS_PIDR4, 0), 0x44u);
    EXPECT_TRUE(write_read(p, GITS_BASER0, ITS_MASK(BASER_INDIRECT)) & ITS_MASK(BASER_INDIRECT));
    EXPECT_FALSE(write_read(p, GITS_BASER1, ITS_MASK(BASER_INDIRECT)) & ITS_MASK(BASER_INDIRECT));
    EXPECT_FALSE(its_reg_present(&p, GICR_INVLPIR));
}

TEST(Regs, KvmReadsAsKvmDoes)
{
    its_profile p = preset("kvm");
    EXPECT_EQ(its_reg_reset(&p, GITS_IIDR, 0), 0x4b00043bu);
    EXPECT_EQ(its_reg_reset(&p, GITS_TYPER, 0), 0x1ef71u);
    EXPECT_EQ(its_reg_reset(&p, GITS_PIDR0, 0), 0x92u);
    EXPECT_EQ(its_reg_reset(&p, GITS_PIDR4, 0), 0x40u);
    EXPECT_EQ(its_reg_reset(&p, GICR_CTLR, 0), 6u) << "CES and IR";
    for (unsigned page : {0u, 1u, 2u, 3u}) {
        uint64_t v = write_read(p, GITS_BASER0, ITS_SET(UINT64_C(0), BASER_PAGE_SIZE, page));
        EXPECT_EQ(ITS_GET(v, BASER_PAGE_SIZE), 2u) << "64 KB pages only";
    }
    for (its_reg r : {GICR_INVLPIR, GICR_INVALLR, GICR_SYNCR})
        EXPECT_TRUE(its_reg_present(&p, r));
}

TEST(Regs, TyperTellsTheProfile)
{
    its_profile p = preset("flat");
    uint64_t v = its_reg_reset(&p, GITS_TYPER, 0);
    EXPECT_EQ(ITS_GET(v, GITS_TYPER_PHYSICAL), 1u);
    EXPECT_EQ(ITS_GET(v, GITS_TYPER_DEVBITS), 15u);
    EXPECT_EQ(ITS_GET(v, GITS_TYPER_ID_BITS), 15u);
    EXPECT_EQ(ITS_GET(v, GITS_TYPER_ITT_ENTRY_SIZE), 7u);
    EXPECT_EQ(ITS_GET(v, GITS_TYPER_HCC), 0u);
    EXPECT_EQ(ITS_GET(v, GITS_TYPER_CIL), 0u);
    EXPECT_EQ(ITS_GET(v, GITS_TYPER_CIDBITS), 0u);
    EXPECT_EQ(ITS_GET(v, GITS_TYPER_INV), 1u);
    p.icid_bits = 14;
    p.cct = 1;
    p.hcc = 200;
    p.pta = 1;
    p.devid_bits = p.eventid_bits = 32;
    p.ite_bytes = 16;
    v = its_reg_reset(&p, GITS_TYPER, 0);
    EXPECT_EQ(ITS_GET(v, GITS_TYPER_CIL), 1u);
    EXPECT_EQ(ITS_GET(v, GITS_TYPER_CIDBITS), 13u);
    EXPECT_EQ(ITS_GET(v, GITS_TYPER_CCT), 1u);
    EXPECT_EQ(ITS_GET(v, GITS_TYPER_HCC), 200u);
    EXPECT_EQ(ITS_GET(v, GITS_TYPER_PTA), 1u);
    EXPECT_EQ(ITS_GET(v, GITS_TYPER_DEVBITS), 31u);
    EXPECT_EQ(ITS_GET(v, GITS_TYPER_ID_BITS), 31u);
    EXPECT_EQ(ITS_GET(v, GITS_TYPER_ITT_ENTRY_SIZE), 15u);
    // Where the architecture puts them: INV [46], CIL [36], CIDBITS [35:32], HCC [31:24], PTA [19],
    // DEVBITS [17:13], ID_BITS [12:8], ITT_ENTRY_SIZE [7:4], CCT [2], PHYSICAL [0].
    EXPECT_EQ(v, UINT64_C(1) << 46 | UINT64_C(0x1d) << 32 | UINT64_C(200) << 24 | 1u << 19 |
                     31u << 13 | 31u << 8 | 15u << 4 | 1u << 2 | 1u);
}

TEST(Regs, BaserTypeAndEntrySizeAreConstants)
{
    its_profile p = preset("flat");
    p.dte_bytes = 32;
    p.cte_bytes = 2;
    for (uint64_t value : {UINT64_C(0), ~UINT64_C(0)}) {
        uint64_t devices = write_read(p, GITS_BASER0, value);
        uint64_t collections = write_read(p, GITS_BASER1, value);
        EXPECT_EQ(ITS_GET(devices, BASER_TYPE), unsigned(BASER_TYPE_DEVICES));
        EXPECT_EQ(ITS_GET(collections, BASER_TYPE), unsigned(BASER_TYPE_COLLECTIONS));
        EXPECT_EQ(ITS_GET(devices, BASER_ENTRY_SIZE), 31u);
        EXPECT_EQ(ITS_GET(collections, BASER_ENTRY_SIZE), 1u);
    }
}

/* A driver tries 64, 16, 4 KB and takes the first size that reads back. */
TEST(Regs, PageSizeNegotiationFindsWhatTheProfileAccepts)
{
    for (uint32_t sizes = 1; sizes <= 7; sizes++) {
        its_profile p = preset("flat");
        p.page_sizes = sizes;
        p.page_size_reset = sizes & 4 ? 2 : sizes & 2 ? 1 : 0;
        uint64_t v = its_reg_reset(&p, GITS_BASER0, 0);
        unsigned found = 3;
        for (unsigned size = 3; size-- > 0 && found == 3;) {
            v = its_reg_write(&p, GITS_BASER0, v, ITS_SET(v, BASER_PAGE_SIZE, size));
            if (ITS_GET(v, BASER_PAGE_SIZE) == size)
                found = size;
        }
        EXPECT_EQ(found, p.page_size_reset);
    }
}

TEST(Regs, UnsupportedPageSizeKeepsTheOldOneAndThreeIs64K)
{
    its_profile p = preset("flat");
    uint64_t v = its_reg_write(&p, GITS_BASER0, 0, ITS_SET(UINT64_C(0), BASER_PAGE_SIZE, 3));
    EXPECT_EQ(ITS_GET(v, BASER_PAGE_SIZE), 2u);
    p.page_sizes = 1;
    v = its_reg_write(&p, GITS_BASER0, 0, ITS_SET(UINT64_C(0), BASER_PAGE_SIZE, 3));
    EXPECT_EQ(ITS_GET(v, BASER_PAGE_SIZE), 0u);
}

TEST(Regs, BaserAddressFollowsThePageSize)
{
    its_profile p = preset("flat");
    p.pa_bits = 52;
    const uint64_t all = UINT64_C(0x0000fffffffff000);
    const uint64_t want[] = {UINT64_C(0x0000fffffffff000), UINT64_C(0x0000ffffffffc000),
                             UINT64_C(0x000fffffffff0000)};
    for (unsigned size = 0; size < 3; size++) {
        uint64_t v = its_reg_write(&p, GITS_BASER0, 0, ITS_SET(all, BASER_PAGE_SIZE, size));
        EXPECT_EQ(its_baser_address(v), want[size]);
    }
    p.pa_bits = 50;
    uint64_t v = its_reg_write(&p, GITS_BASER0, 0, ITS_SET(all, BASER_PAGE_SIZE, 2));
    EXPECT_EQ(its_baser_address(v), UINT64_C(0x0003ffffffff0000));
    p.pa_bits = 40;
    for (unsigned size = 0; size < 3; size++) {
        v = its_reg_write(&p, GITS_BASER0, 0, ITS_SET(all, BASER_PAGE_SIZE, size));
        EXPECT_EQ(its_baser_address(v), want[size] & UINT64_C(0x000000ffffffffff));
        EXPECT_EQ(ITS_GET(v, BASER_PA) & 0xf, size == 2 ? 0u : size == 1 ? 0xcu : 0xfu);
    }
}

TEST(Regs, TwoLevelBitSticksOnlyWhereItExists)
{
    uint64_t indirect = ITS_MASK(BASER_INDIRECT);
    its_profile flat = preset("flat");
    EXPECT_TRUE(write_read(flat, GITS_BASER0, indirect) & indirect);
    EXPECT_TRUE(write_read(flat, GITS_BASER1, indirect) & indirect);
    flat.collection_indirect = 0;
    EXPECT_TRUE(write_read(flat, GITS_BASER0, indirect) & indirect);
    EXPECT_FALSE(write_read(flat, GITS_BASER1, indirect) & indirect);
}

TEST(Regs, ALegalBaserValueReadsBackUnchanged)
{
    its_profile p = preset("flat");
    uint64_t v = its_reg_reset(&p, GITS_BASER1, 0);
    uint64_t want = v;
    want = ITS_SET(want, BASER_VALID, 1);
    want = ITS_SET(want, BASER_INDIRECT, 1);
    want = ITS_SET(want, BASER_INNER_CACHE, 7);
    want = ITS_SET(want, BASER_OUTER_CACHE, 3);
    want = ITS_SET(want, BASER_SHAREABILITY, 1);
    want = ITS_SET(want, BASER_PAGE_SIZE, 0);
    want = ITS_SET(want, BASER_SIZE, 255);
    want = ITS_SET(want, BASER_PA, UINT64_C(0x812345678));
    EXPECT_EQ(its_reg_write(&p, GITS_BASER1, v, want), want);
}

TEST(Regs, CommandQueueIsAlignedTo64K)
{
    its_profile p = preset("flat");
    EXPECT_EQ(write_read(p, GITS_CBASER, UINT64_C(0x800000004456f000)),
              UINT64_C(0x8000000044560000));
}

TEST(Regs, PtzIsStoredButReadsZero)
{
    its_profile p = preset("flat");
    uint64_t v = its_reg_write(&p, GICR_PENDBASER, 0, ~UINT64_C(0));
    EXPECT_EQ(ITS_GET(v, PENDBASER_PTZ), 1u);
    EXPECT_EQ(ITS_GET(v & its_reg_read_mask(GICR_PENDBASER), PENDBASER_PTZ), 0u);
    EXPECT_EQ(ITS_GET(its_reg_unknown(&p, GICR_PENDBASER), PENDBASER_PTZ), 0u);
}

TEST(Regs, RetryIsNotStored)
{
    its_profile p = preset("flat");
    EXPECT_EQ(write_read(p, GITS_CWRITER, ~UINT64_C(0)), 0xfffe0u);
}

TEST(Regs, ValidBitsAreNeverUnknownAtReset)
{
    its_profile p = preset("flat");
    EXPECT_EQ(ITS_GET(its_reg_unknown(&p, GITS_CBASER), CBASER_VALID), 0u);
    EXPECT_EQ(ITS_GET(its_reg_unknown(&p, GITS_BASER0), BASER_VALID), 0u);
    EXPECT_EQ(ITS_GET(its_reg_unknown(&p, GITS_BASER1), BASER_VALID), 0u);
    EXPECT_NE(its_reg_unknown(&p, GITS_BASER1), 0u);
    EXPECT_EQ(its_reg_unknown(&p, GITS_CWRITER), 0xfffe0u);
    EXPECT_EQ(its_reg_unknown(&p, GITS_CTLR), 0u);
    EXPECT_EQ(its_reg_unknown(&p, GICR_CTLR), 0u);
}

TEST(Regs, RedistributorTyperNumbersCoresByAffinity)
{
    its_profile p = preset("gic500");
    ASSERT_TRUE(its_profile_set(&p, "redistributors", "128", nullptr, 0));
    EXPECT_EQ(its_reg_reset(&p, GICR_TYPER, 0), 0x1u);
    EXPECT_EQ(its_reg_reset(&p, GICR_TYPER, 7), UINT64_C(0x0000000700000701));
    EXPECT_EQ(its_reg_reset(&p, GICR_TYPER, 8), UINT64_C(0x0000010000000801));
    EXPECT_EQ(its_reg_reset(&p, GICR_TYPER, 127), UINT64_C(0x00000f0700007f11));
}

TEST(Regs, DirectInvalidationExistsOnlyWithItsProfileChoice)
{
    its_profile p = preset("flat");
    for (its_reg r : {GICR_INVLPIR, GICR_INVALLR, GICR_SYNCR}) {
        p.direct_inv = 0;
        EXPECT_FALSE(its_reg_present(&p, r));
        EXPECT_EQ(its_reg_mask(&p, r), 0u);
        p.direct_inv = 1;
        EXPECT_TRUE(its_reg_present(&p, r));
    }
    EXPECT_EQ(ITS_GET(its_reg_reset(&p, GICR_CTLR, 0), GICR_CTLR_IR), 1u);
    EXPECT_EQ(ITS_GET(its_reg_reset(&p, GICR_CTLR, 0), GICR_CTLR_CES), 1u);
}

TEST(Regs, CacheControlRegistersExistOnAGic600)
{
    for (its_reg r : {GITS_FCTLR, GITS_OPR, GITS_OPSR, GITS_CFGID})
        for (const char *name : presets) {
            its_profile p = preset(name);
            EXPECT_EQ(its_reg_present(&p, r), std::string(name) == "gic600") << name;
            p.cache_control = 1;
            EXPECT_TRUE(its_reg_present(&p, r));
        }
    its_profile p = preset("gic600");
    EXPECT_EQ(its_reg_mask(&p, GITS_FCTLR), 0x4007000cu);
    EXPECT_EQ(its_reg_mask(&p, GITS_OPR), UINT64_C(0xf00fffff0000ffff));
    EXPECT_EQ(its_reg_reset(&p, GITS_CFGID, 0), 0x74322300u);
    ASSERT_TRUE(its_profile_set(&p, "redistributors", "128", nullptr, 0));
    p.rd_credits = 16;
    p.event_cache_sets = 2048;
    p.device_cache_sets = p.collection_cache_sets = 1;
    EXPECT_EQ(its_reg_reset(&p, GITS_CFGID, 0), 0xb0027f00u);
}

TEST(Regs, UnmappedMsisAreReportedAsFarAsTheProfileSays)
{
    for (uint32_t umsi = 0; umsi <= 3; umsi++) {
        its_profile p = preset("flat");
        p.umsi = umsi;
        uint64_t typer = its_reg_reset(&p, GITS_TYPER, 0);
        EXPECT_EQ(its_reg_present(&p, GITS_STATUSR), umsi >= 1);
        EXPECT_EQ(its_reg_present(&p, GITS_UMSIR), umsi >= 2);
        EXPECT_EQ(ITS_GET(typer, GITS_TYPER_UMSI), umsi >= 2 ? 1u : 0u);
        EXPECT_EQ(ITS_GET(typer, GITS_TYPER_UMSI_IRQ), umsi >= 3 ? 1u : 0u);
        EXPECT_EQ(its_reg_mask(&p, GITS_CTLR), umsi >= 3 ? 0x101u : 1u);
        EXPECT_EQ(ITS_GET(typer, GITS_TYPER_SEIS), 0u);
        p.seis = 1;
        EXPECT_EQ(ITS_GET(its_reg_reset(&p, GITS_TYPER, 0), GITS_TYPER_SEIS), 1u);
    }
}

TEST(Regs, AnAbsentRegisterIsReservedSpaceForEverySizeOfAccess)
{
    its_profile p = preset("flat");
    EXPECT_TRUE(its_reg_access_ok(&p, ITS_FRAME_GITS, 0x20, 8));
    EXPECT_TRUE(its_reg_access_ok(&p, ITS_FRAME_GITS, 0x40, 8));
    EXPECT_TRUE(its_reg_access_ok(&p, ITS_FRAME_GICR, 0xc0, 8));
    p.cache_control = p.umsi = p.direct_inv = 1;
    EXPECT_FALSE(its_reg_access_ok(&p, ITS_FRAME_GITS, 0x20, 8)) << "FCTLR is a word";
    EXPECT_FALSE(its_reg_access_ok(&p, ITS_FRAME_GITS, 0x40, 8)) << "STATUSR is a word";
    EXPECT_FALSE(its_reg_access_ok(&p, ITS_FRAME_GICR, 0xc0, 8)) << "SYNCR is a word";
    EXPECT_TRUE(its_reg_access_ok(&p, ITS_FRAME_GITS, 0x28, 8));
}

TEST(Regs, SleepBitExistsOnlyOnAGic500)
{
    its_profile p = preset("gic500");
    EXPECT_EQ(write_read(p, GICR_WAKER, 0x80000005), 0x5u);
    p.waker_sleep = 0;
    EXPECT_EQ(write_read(p, GICR_WAKER, 0x80000005), 0x4u);
}

TEST(Regs, DistributorShowsItsSecurityStates)
{
    its_profile p = preset("gic500");
    EXPECT_EQ(its_reg_reset(&p, GICD_CTLR, 0), 0x50u);
    EXPECT_EQ(write_read(p, GICD_CTLR, 0xffffffff), 0x53u);
    EXPECT_EQ(its_reg_reset(&p, GICD_TYPER, 0), 0x007a0000u);
    p.security = 1;
    EXPECT_EQ(its_reg_reset(&p, GICD_CTLR, 0), 0x30u);
    EXPECT_EQ(write_read(p, GICD_CTLR, 0xffffffff), 0x37u);
    EXPECT_EQ(its_reg_reset(&p, GICD_TYPER, 0), 0x007a0400u);
}

TEST(Regs, HalvesOf64BitRegistersAreReachedSeparately)
{
    const uint64_t old = UINT64_C(0x1111222233334444);
    EXPECT_EQ(its_reg_merge(GITS_CBASER, 0x80, 4, old, 0xaaaabbbb), UINT64_C(0x11112222aaaabbbb));
    EXPECT_EQ(its_reg_merge(GITS_CBASER, 0x84, 4, old, 0xaaaabbbb), UINT64_C(0xaaaabbbb33334444));
    EXPECT_EQ(its_reg_merge(GITS_CBASER, 0x80, 8, old, 5), 5u);
    EXPECT_EQ(its_reg_part(GITS_CBASER, 0x80, 4, old), 0x33334444u);
    EXPECT_EQ(its_reg_part(GITS_CBASER, 0x84, 4, old), 0x11112222u);
    EXPECT_EQ(its_reg_part(GITS_CBASER, 0x80, 8, old), old);
    /* a 32-bit register whose offset is not a multiple of 8 */
    EXPECT_EQ(its_reg_merge(GICR_WAKER, 0x14, 4, 6, 2), 2u);
    EXPECT_EQ(its_reg_part(GITS_IIDR, 0x04, 4, 0x1143b), 0x1143bu);
}

TEST(Regs, OnlyArchitectedSizesAndAlignmentsAreOk)
{
    its_profile p = preset("gic500");
    for (uint32_t offset = 0; offset < 0x10000; offset += 4)
        EXPECT_TRUE(its_reg_access_ok(&p, ITS_FRAME_GITS, offset, 4));
    EXPECT_FALSE(its_reg_access_ok(&p, ITS_FRAME_GITS, 0x82, 4));
    EXPECT_FALSE(its_reg_access_ok(&p, ITS_FRAME_GITS, 0x80, 1));
    EXPECT_FALSE(its_reg_access_ok(&p, ITS_FRAME_GITS, 0x80, 2));
    EXPECT_TRUE(its_reg_access_ok(&p, ITS_FRAME_GITS, 0x80, 8));
    EXPECT_FALSE(its_reg_access_ok(&p, ITS_FRAME_GITS, 0x84, 8));
    EXPECT_FALSE(its_reg_access_ok(&p, ITS_FRAME_GITS, 0x00, 8)) << "CTLR and IIDR at once";
    EXPECT_FALSE(its_reg_access_ok(&p, ITS_FRAME_GICR, 0x10, 8)) << "reserved and WAKER at once";
    EXPECT_TRUE(its_reg_access_ok(&p, ITS_FRAME_GITS, 0x2000, 8)) << "reserved space";
    EXPECT_FALSE(its_reg_access_ok(&p, ITS_FRAME_GITS, 0x2000, 2)) << "no byte registers here";
    EXPECT_TRUE(its_reg_access_ok(&p, ITS_FRAME_GICR_SGI, 0x400, 1)) << "IPRIORITYR, not modelled";
    EXPECT_TRUE(its_reg_access_ok(&p, ITS_FRAME_GICD, 0x6100, 8)) << "IROUTER, not modelled";
    EXPECT_FALSE(its_reg_access_ok(&p, ITS_FRAME_GICD, 0x0, 2)) << "GICD_CTLR is a word";
}

TEST(Regs, TranslaterTakes16And32BitsAnd64OnlyWithMsi64)
{
    its_profile p = preset("flat");
    EXPECT_TRUE(its_reg_access_ok(&p, ITS_FRAME_TRANSLATION, 0x40, 2));
    EXPECT_TRUE(its_reg_access_ok(&p, ITS_FRAME_TRANSLATION, 0x40, 4));
    EXPECT_FALSE(its_reg_access_ok(&p, ITS_FRAME_TRANSLATION, 0x40, 1));
    EXPECT_FALSE(its_reg_access_ok(&p, ITS_FRAME_TRANSLATION, 0x42, 2));
    EXPECT_FALSE(its_reg_access_ok(&p, ITS_FRAME_TRANSLATION, 0x40, 8));
    p.bus_bytes = 8;
    p.msi64 = 1;
    EXPECT_TRUE(its_reg_access_ok(&p, ITS_FRAME_TRANSLATION, 0x40, 8));
}

TEST(Regs, RandomWritesChangeOnlyWritableBits)
{
    std::mt19937_64 random(7);
    for (const char *name : presets) {
        its_profile p = preset(name);
        for (unsigned i = 0; i < ITS_REGS; i++) {
            uint64_t v = its_reg_reset(&p, reg(i), 0);
            for (unsigned n = 0; n < 200; n++) {
                uint64_t next = its_reg_write(&p, reg(i), v, random());
                EXPECT_EQ((next ^ v) & ~its_reg_mask(&p, reg(i)), 0u) << its_reg_at(reg(i))->name;
                EXPECT_EQ(its_reg_write(&p, reg(i), v, next), next) << "what reads back is legal";
                v = next;
            }
        }
    }
}

TEST(Regs, UnknownFieldsOutOfResetAreZeroOrRandomAndNeverValid)
{
    its_profile p = preset("flat");
    for (unsigned i = 0; i < ITS_REGS; i++)
        EXPECT_EQ(its_reg_out_of_reset(&p, reg(i), 1), its_reg_reset(&p, reg(i), 1));
    p.unknown_reset = 1;
    uint64_t cbaser = its_reg_out_of_reset(&p, GITS_CBASER, 0);
    EXPECT_NE(cbaser, 0u);
    EXPECT_EQ(cbaser >> 63, 0u);
    EXPECT_EQ(cbaser, its_reg_out_of_reset(&p, GITS_CBASER, 0)) << "the same seed";
    EXPECT_NE(its_reg_out_of_reset(&p, GICR_PROPBASER, 0),
              its_reg_out_of_reset(&p, GICR_PROPBASER, 1));
    p.reset_seed = 2;
    EXPECT_NE(cbaser, its_reg_out_of_reset(&p, GITS_CBASER, 0));
    p.collection_table = 0;
    EXPECT_EQ(its_reg_out_of_reset(&p, GITS_BASER1, 0), 0u);
}

TEST(Regs, TheMemoryTypesOfAxCacheMeanTheSameForReadsAndWrites)
{
    // AMBA AXI4: bit 1 modifiable, bits 3 and 2 allocate, write-back with both low bits set.
    for (unsigned inner = 0; inner < 8; inner++) {
        unsigned cache = its_axcache(inner);
        EXPECT_EQ(cache >> 1 & 1, inner > 0 ? 1u : 0u) << inner;
        EXPECT_EQ(cache >> 2 & 3, inner < 2 ? 0u : inner >> 1) << inner;
        EXPECT_EQ(cache & 1, inner == 0 ? 0u : inner == 1 ? 1u : inner & 1) << inner;
    }
}
