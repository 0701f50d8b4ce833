/* SPDX-License-Identifier: MIT */
/* Where entries lie: GITS_BASER to table, table to address; flat and two-level, odd strides, limits. */
#include "decide_world.h"

using namespace decide_test;

namespace {

constexpr uint64_t VALID = UINT64_C(1) << 63;
constexpr uint64_t INDIRECT = UINT64_C(1) << 62;

uint64_t page_size(unsigned code)
{
    return uint64_t(code) << 8;
}

TEST(DecideTable, OfABaserNeverWrittenIsNotValid)
{
    EXPECT_FALSE(its_table_from_baser(0, 8).valid);
    EXPECT_FALSE(its_table_from_baser(~VALID, 8).valid);
    EXPECT_TRUE(its_table_from_baser(VALID, 8).valid);
}

TEST(DecideTable, OfFlatPagesHoldsAllThatFitsIn)
{
    its_table t = its_table_from_baser(VALID | UINT64_C(0x12345000) | 2, 8);
    EXPECT_FALSE(t.indirect);
    EXPECT_EQ(UINT64_C(0x12345000), t.base);
    EXPECT_EQ(12u, t.page_shift);
    EXPECT_EQ(8u, t.stride);
    EXPECT_EQ(3u * 512, t.entries);
}

TEST(DecideTable, OfEveryPageSizeCountsItsPages)
{
    const unsigned shift[] = {12, 14, 16, 16}; /* 3 is reserved and treated as 2 */
    for (unsigned code = 0; code < 4; code++) {
        uint64_t baser = VALID | UINT64_C(0x7f0000) | page_size(code) | 0xff;
        its_table t = its_table_from_baser(baser, 8);
        EXPECT_EQ(shift[code], t.page_shift) << code;
        EXPECT_EQ(UINT64_C(256) << (shift[code] - 3), t.entries) << code;
        EXPECT_EQ(UINT64_C(0x7f0000), t.base) << code;
    }
}

TEST(DecideTable, Of4KbPagesTakesAddressBits47To12)
{
    EXPECT_EQ(UINT64_C(0x0000fffffffff000), its_table_from_baser(~UINT64_C(0x0fff), 8).base);
}

TEST(DecideTable, Of16KbPagesTreatsAddressBits13And12AsZero)
{
    EXPECT_EQ(UINT64_C(0x0000ffffffffc000),
              its_table_from_baser((~UINT64_C(0x0fff)) | page_size(1), 8).base);
}

TEST(DecideTable, Of64KbPagesTakesAddressBits51To48FromBits15To12)
{
    uint64_t baser = VALID | page_size(2) | UINT64_C(0x0000123456780000) | UINT64_C(0xa000);
    EXPECT_EQ(UINT64_C(0x000a123456780000), its_table_from_baser(baser, 8).base);
    baser = VALID | page_size(3) | UINT64_C(0x0000123456780000) | UINT64_C(0xa000);
    EXPECT_EQ(UINT64_C(0x000a123456780000), its_table_from_baser(baser, 8).base);
}

TEST(DecideTable, InTwoLevelsHoldsAPageForEachLevel1Entry)
{
    its_table t = its_table_from_baser(VALID | INDIRECT | page_size(0) | 1, 8);
    EXPECT_TRUE(t.indirect);
    EXPECT_EQ(512u, t.per_page);
    EXPECT_EQ(UINT64_C(2) * 512 * 512, t.entries);
    t = its_table_from_baser(VALID | INDIRECT | page_size(2) | 0xff, 8);
    EXPECT_EQ(8192u, t.per_page);
    EXPECT_EQ(UINT64_C(1) << 34, t.entries);
}

TEST(DecideTable, LeavesATrailingPartialEntryUnused)
{
    EXPECT_EQ(170u, its_table_from_baser(VALID, 24).entries);
    EXPECT_EQ(341u, its_table_from_baser(VALID | 1, 24).entries);
    its_table t = its_table_from_baser(VALID | INDIRECT, 24);
    EXPECT_EQ(170u, t.per_page);
    EXPECT_EQ(UINT64_C(512) * 170, t.entries);
}

TEST(DecideTable, HoldsEntriesOf2And32Bytes)
{
    EXPECT_EQ(2048u, its_table_from_baser(VALID, 2).entries);
    EXPECT_EQ(128u, its_table_from_baser(VALID, 32).entries);
}

/* --- walks ---------------------------------------------------------------------------------------- */

/* The read for MAPTI on this device: nothing is mapped, so the walk ends at its DTE. */
std::vector<uint64_t> walk(const World &w, uint32_t device)
{
    Answer a = w.ask(event_command(ITS_CMD_INT, device, 0));
    EXPECT_EQ("", a.problem);
    return a.reads;
}

using Walk = std::vector<uint64_t>;

TEST(DecideWalk, OfAFlatTableStraddlesPages)
{
    World w("flat");
    w.profile.dte_bytes = 24;
    w.device.stride = 24;
    w.device.pages = 2;
    EXPECT_EQ(walk(w, 0), Walk{w.device.base});
    EXPECT_EQ(walk(w, 170), Walk{w.device.base + 4080});
    EXPECT_EQ(walk(w, 171), Walk{w.device.base + 4104});
    EXPECT_EQ(walk(w, 340), Walk{w.device.base + 8160});
    EXPECT_TRUE(walk(w, 341).empty());
    EXPECT_TRUE(w.decides(event_command(ITS_CMD_INT, 340, 0), error(0x010304)));
    EXPECT_TRUE(w.decides(event_command(ITS_CMD_INT, 341, 0), error(0x010301)));
}

TEST(DecideWalk, OfTwoLevelsNeverStraddlesPages)
{
    World w("flat");
    w.profile.dte_bytes = 24;
    w.device.stride = 24;
    w.device.indirect = true;
    w.put_level1(w.device.base, 0x700000);
    w.put_level1(w.device.base + 8, 0x900000);
    w.put_level1(w.device.base + 511 * 8, 0xb00000);
    w.profile.devid_bits = 20;
    EXPECT_EQ(walk(w, 169), (Walk{w.device.base, 0x700000 + 169 * 24}));
    EXPECT_EQ(walk(w, 170), (Walk{w.device.base + 8, 0x900000}));
    EXPECT_EQ(walk(w, 340), Walk{w.device.base + 16}) << "level-1 entry 2 is not valid";
    EXPECT_EQ(walk(w, 512 * 170 - 1), (Walk{w.device.base + 511 * 8, 0xb00000 + 169 * 24}));
    EXPECT_TRUE(walk(w, 512 * 170).empty());
}

struct Page {
    const char *name;
    uint32_t bytes;
};

std::ostream &operator<<(std::ostream &out, const Page &p)
{
    return out << p.name;
}

class DecideWalkPages : public testing::TestWithParam<Page> {};

TEST_P(DecideWalkPages, LevelOneChoosesThePageAndTheRestTheEntry)
{
    World w("flat");
    uint32_t bytes = GetParam().bytes;
    uint32_t per_page = bytes / 8;
    w.profile.pa_bits = 52;
    w.profile.devid_bits = 32;
    w.device.page_bytes = bytes;
    w.device.pages = 3;
    w.device.indirect = true;
    w.put_level1(w.device.base + 8, UINT64_C(0x000f123450000000));
    EXPECT_EQ(walk(w, per_page - 1), Walk{w.device.base});
    EXPECT_EQ(walk(w, per_page), (Walk{w.device.base + 8, UINT64_C(0x000f123450000000)}));
    EXPECT_EQ(walk(w, 2 * per_page - 1),
              (Walk{w.device.base + 8, UINT64_C(0x000f123450000000) + bytes - 8}));
    uint32_t beyond = 3 * (bytes / 8) * per_page;
    EXPECT_EQ(walk(w, beyond - 1), Walk{w.device.base + 3 * bytes - 8});
    EXPECT_TRUE(walk(w, beyond).empty());
}

TEST_P(DecideWalkPages, ReservedBitsOfALevelOneEntryAreIgnored)
{
    World w("flat");
    uint64_t bytes = GetParam().bytes;
    w.profile.devid_bits = 32;
    w.device.page_bytes = uint32_t(bytes);
    w.device.indirect = true;
    w.put_level1(w.device.base, UINT64_C(0x7ff0000050000000) | (bytes - 1));
    EXPECT_EQ(walk(w, 3), (Walk{w.device.base, UINT64_C(0x50000000) + 24}));
    w.put_level1(w.device.base, UINT64_C(0x7ff0000050000000) | (bytes - 1), false);
    EXPECT_EQ(walk(w, 3), Walk{w.device.base});
}

TEST_P(DecideWalkPages, CollectionsWalkTheSameWay)
{
    World w("flat");
    uint32_t bytes = GetParam().bytes;
    uint16_t per_page = uint16_t(bytes / 8);
    w.collection.page_bytes = bytes;
    w.collection.indirect = true;
    w.put_level1(w.collection.base + 8, UINT64_C(0x60000000) | (bytes - 1));
    uint64_t page = UINT64_C(0x60000000);
    EXPECT_TRUE(w.decides(mapc(per_page, 2), done().writes_cte(page, per_page, cte(2))));
    uint16_t last = uint16_t(2 * per_page - 1);
    EXPECT_TRUE(w.decides(mapc(last, 2), done().writes_cte(page + bytes - 8, last, cte(2))));
    EXPECT_TRUE(w.decides(mapc(uint16_t(per_page - 1), 2), error(0x010903)));
}

INSTANTIATE_TEST_SUITE_P(Sizes, DecideWalkPages,
                         testing::Values(Page{"Of4Kb", 4096}, Page{"Of16Kb", 16384},
                                         Page{"Of64Kb", 65536}),
                         [](const auto &i) { return i.param.name; });

TEST(DecideWalk, OfAnIttGoesInStridesOfTheProfile)
{
    for (uint32_t stride : {4u, 8u, 12u, 16u}) {
        World w("flat");
        w.profile.ite_bytes = stride;
        w.profile.icid_bits = 14;
        w.profile.pa_bits = 52;
        w.map_device(5, UINT64_C(0x000fffff00000100), 15);
        Answer a = w.ask(event_command(ITS_CMD_INT, 5, 0xffff));
        ASSERT_EQ(2u, a.reads.size());
        EXPECT_EQ(UINT64_C(0x000fffff00000100) + UINT64_C(0xffff) * stride, a.reads[1]);
    }
}

TEST(DecideWalk, OfCollectionsOf2BytesIsDense)
{
    World w("flat");
    w.profile.cte_bytes = 2;
    w.collection.stride = 2;
    EXPECT_TRUE(
        w.decides(mapc(2047, 3), done().writes_cte(w.collection.base + 4094, 2047, cte(3))));
    EXPECT_TRUE(w.decides(mapc(2048, 3), error(0x010903)));
}

TEST(DecideWalk, OfCollectionsWhoseStrideDoesNotDivideThePage)
{
    World w("flat");
    w.profile.cte_bytes = 6;
    w.collection.stride = 6;
    EXPECT_TRUE(w.decides(mapc(681, 3), done().writes_cte(w.collection.base + 4086, 681, cte(3))));
    EXPECT_TRUE(w.decides(mapc(682, 3), error(0x010903)));
    w.collection.indirect = true;
    w.put_level1(w.collection.base + 8, 0x700000);
    EXPECT_TRUE(w.decides(mapc(682, 3), done().writes_cte(0x700000, 682, cte(3))));
    EXPECT_TRUE(w.decides(mapc(1363, 3), done().writes_cte(0x700000 + 681 * 6, 1363, cte(3))));
    EXPECT_TRUE(w.decides(mapc(681, 3), error(0x010903)));
}

TEST(DecideWalk, CountsMemoryCollectionsFromTheTableStartInBothLevelsWhenCctIs1)
{
    World w = mixed();
    w.put_level1(w.collection.base, 0x700000);
    w.put_level1(w.collection.base + 8, 0x900000);
    EXPECT_TRUE(w.decides(mapc(3, 1), done().writes_cte(0x700000, 3, cte(1))));
    EXPECT_TRUE(w.decides(mapc(514, 1), done().writes_cte(0x700000 + 511 * 8, 514, cte(1))));
    EXPECT_TRUE(w.decides(mapc(515, 1), done().writes_cte(0x900000, 515, cte(1))));
}

} // namespace
