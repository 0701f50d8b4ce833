// SPDX-License-Identifier: MIT
// gicr_test.cpp - what a redistributor does, case by case, in both faces.
#include "gicr_bench.h"

using namespace bench;

namespace {

constexpr uint8_t HIGH = 0x21, MIDDLE = 0x81, LOW = 0xf1, OFF = 0x80;

// {lpi_entries, fast face}
class Gicr : public ::testing::TestWithParam<std::tuple<unsigned, bool>> {
protected:
    Bench b{profile(std::get<0>(GetParam())), std::get<1>(GetParam())};
    unsigned entries() const { return std::get<0>(GetParam()); }
    void configure(uint32_t from, uint32_t to, uint8_t config)
    {
        for (uint32_t i = from; i < to; i++)
            b.mem.config(i) = config;
    }
};

INSTANTIATE_TEST_SUITE_P(Lines, Gicr,
                         ::testing::Combine(::testing::Values(0u, 1u, 2u, 8u, 64u),
                                            ::testing::Bool()),
                         [](const auto &given) {
                             return "With" + std::to_string(std::get<0>(given.param)) +
                                    (std::get<1>(given.param) ? "LinesFast" : "LinesCycle");
                         });

TEST_P(Gicr, StartsAsleepWithLpisOff)
{
    EXPECT_EQ(0u, b.ctlr() & 0x9u);
    EXPECT_EQ(0x6u, b.read(0x14, 4));
    its_rdack ack = b.ask(RD_SET, 9000);
    EXPECT_EQ(RD_LPI_OFF, ack.outcome);
    EXPECT_EQ(RD_LPI_OFF, b.ask(RD_HAND_OVER).outcome);
    EXPECT_EQ(RD_DONE, b.ask(RD_SYNC).outcome);
    EXPECT_EQ(0u, b.mem.reads + b.mem.writes);
    EXPECT_EQ(2u, b.count(ITS_EV_LPI_DROP));
}

TEST_P(Gicr, DeliversByPriorityThenIntid)
{
    b.enable();
    b.mem.config(9000) = LOW;
    b.mem.config(9001) = MIDDLE;
    b.mem.config(9002) = HIGH;
    b.mem.config(9003) = MIDDLE;
    for (uint32_t i : {9000, 9003, 9001, 9002})
        EXPECT_EQ(RD_DONE, b.ask(RD_SET, i).outcome);
    for (uint32_t i : {9002, 9001, 9003, 9000})
        EXPECT_EQ(i, b.acknowledge());
    EXPECT_EQ(GICR_NONE, b.acknowledge());
}

TEST_P(Gicr, SettingTwiceDeliversOnce)
{
    b.enable();
    b.mem.config(8192) = HIGH;
    b.ask(RD_SET, 8192);
    b.ask(RD_SET, 8192);
    EXPECT_EQ(8192u, b.acknowledge());
    EXPECT_EQ(GICR_NONE, b.acknowledge());
}

TEST_P(Gicr, BitsOneAndZeroOfThePriorityAreIgnored)
{
    b.enable();
    b.mem.config(8200) = 0x43;
    b.mem.config(8199) = 0x41;
    b.mem.config(8201) = 0x3d;
    for (uint32_t i : {8199, 8200, 8201})
        b.ask(RD_SET, i);
    for (uint32_t i : {8201, 8199, 8200})
        EXPECT_EQ(i, b.acknowledge());
}

TEST_P(Gicr, DisabledLpiStaysPendingUntilEnabledAndInvalidated)
{
    b.enable();
    b.mem.config(8300) = OFF;
    b.ask(RD_SET, 8300);
    EXPECT_EQ(GICR_NONE, b.acknowledge());
    EXPECT_TRUE(b.pending(8300));
    b.mem.config(8300) = HIGH;
    EXPECT_EQ(GICR_NONE, b.acknowledge());
    b.ask(RD_INV, 8300);
    EXPECT_EQ(8300u, b.acknowledge());
    EXPECT_FALSE(b.pending(8300));
}

TEST_P(Gicr, AnEditIsNotSeenBeforeInvWhileTheLineIsHeld)
{
    b.enable();
    b.mem.config(8300) = HIGH;
    b.ask(RD_SET, 8300);
    b.mem.config(8300) = OFF;
    EXPECT_EQ(8300u, b.acknowledge());
    b.ask(RD_SET, 8300); // not pending in between, and still held
    EXPECT_EQ(8300u, b.acknowledge());
    b.ask(RD_INV, 8300);
    b.ask(RD_SET, 8300);
    EXPECT_EQ(GICR_NONE, b.acknowledge());
}

TEST_P(Gicr, DiscardForgetsConfigurationAndClearDoesNot)
{
    b.enable();
    b.mem.config(8300) = HIGH;
    b.ask(RD_SET, 8300);
    b.mem.config(8300) = OFF;
    b.ask(RD_CLEAR, 8300);
    EXPECT_FALSE(b.pending(8300));
    b.ask(RD_SET, 8300);
    EXPECT_EQ(8300u, b.acknowledge());
    b.ask(RD_SET, 8300);
    b.ask(RD_DISCARD, 8300);
    EXPECT_EQ(GICR_NONE, b.acknowledge());
    b.ask(RD_SET, 8300);
    EXPECT_EQ(GICR_NONE, b.acknowledge());
    EXPECT_TRUE(b.pending(8300));
}

TEST_P(Gicr, InvallRereadsEveryPendingLpiWhereverItIs)
{
    b.enable();
    configure(10000, 10100, HIGH);
    for (uint32_t i = 10000; i < 10100; i++)
        b.ask(RD_SET, i);
    configure(10000, 10100, OFF);
    b.mem.config(10099) = LOW;
    b.mem.config(10001) = LOW;
    b.ask(RD_INVALL);
    EXPECT_EQ(10001u, b.acknowledge());
    EXPECT_EQ(10099u, b.acknowledge());
    EXPECT_EQ(GICR_NONE, b.acknowledge());
    configure(10000, 10100, HIGH);
    b.ask(RD_INVALL);
    for (uint32_t i = 10000; i < 10099; i++) {
        if (i != 10001) {
            ASSERT_EQ(i, b.acknowledge());
        }
    }
    EXPECT_EQ(GICR_NONE, b.acknowledge());
}

TEST_P(Gicr, InvRanksASpilledLpiAnew)
{
    b.enable();
    configure(10000, 10100, MIDDLE);
    for (uint32_t i = 10000; i < 10100; i++)
        b.ask(RD_SET, i);
    b.mem.config(10099) = HIGH; // the last in rank: without a line when there are fewer than 100
    b.ask(RD_INV, 10099);
    EXPECT_EQ(10099u, b.acknowledge());
    b.mem.config(10098) = OFF;
    b.ask(RD_INV, 10098);
    for (uint32_t i = 10000; i < 10098; i++)
        ASSERT_EQ(i, b.acknowledge());
    EXPECT_EQ(GICR_NONE, b.acknowledge());
    EXPECT_TRUE(b.pending(10098));
}

TEST_P(Gicr, SpillsTheLeastImportantAndRefills)
{
    b.enable();
    std::vector<uint32_t> set;
    for (uint32_t i = 0; i < 300; i++)
        set.push_back(8192 + (i * 4099u) % 57344u);
    for (uint32_t i : set) {
        b.mem.config(i) = uint8_t((i * 37u) | 1u);
        b.ask(RD_SET, i);
    }
    for (uint32_t i : set)
        ASSERT_TRUE(b.pending(i));
    unsigned lines = entries() ? entries() : unsigned(GICR_ON_CHIP_LINES);
    EXPECT_GE(b.count(ITS_EV_LPI_SPILL), 300 - lines);
    std::sort(set.begin(), set.end(), [&](uint32_t x, uint32_t y) {
        return std::make_pair(b.mem.config(x) & 0xfcu, x) <
               std::make_pair(b.mem.config(y) & 0xfcu, y);
    });
    for (uint32_t i : set) {
        ASSERT_EQ(i, b.acknowledge());
        ASSERT_FALSE(b.pending(i));
    }
    EXPECT_EQ(GICR_NONE, b.acknowledge());
    EXPECT_GE(b.count(ITS_EV_LPI_REFILL), 300 - lines);
    for (uint32_t i = 8192; i < 65536; i++)
        ASSERT_FALSE(b.mem.table_bit(i));
}

TEST_P(Gicr, TakeSaysWhetherItWasPending)
{
    b.enable();
    configure(9000, 9100, MIDDLE);
    for (uint32_t i = 9000; i < 9100; i++)
        b.ask(RD_SET, i);
    for (uint32_t i : {9000, 9050, 9099}) {
        EXPECT_TRUE(b.ask(RD_TAKE, i).pending);
        EXPECT_FALSE(b.pending(i));
        EXPECT_FALSE(b.ask(RD_TAKE, i).pending);
    }
    EXPECT_FALSE(b.ask(RD_TAKE, 12345).pending);
    EXPECT_EQ(9001u, b.acknowledge());
}

TEST_P(Gicr, HandOverNamesEachPendingLpiOnceAndForgetsIt)
{
    b.enable();
    std::vector<uint32_t> want;
    for (uint32_t i = 8192; i < 65536; i += 331) {
        b.mem.config(i) = i % 3 ? MIDDLE : OFF;
        b.ask(RD_SET, i);
        want.push_back(i);
    }
    b.acks.clear();
    b.ask(RD_HAND_OVER);
    ASSERT_EQ(want.size() + 1, b.acks.size());
    std::vector<uint32_t> got;
    for (size_t i = 0; i < want.size(); i++) {
        EXPECT_TRUE(b.acks[i].more);
        EXPECT_EQ(RD_HAND_OVER, b.acks[i].kind);
        got.push_back(b.acks[i].intid);
    }
    EXPECT_FALSE(b.acks.back().more);
    std::sort(got.begin(), got.end());
    EXPECT_EQ(want, got);
    for (uint32_t i = 8192; i < 65536; i++) {
        ASSERT_FALSE(b.pending(i));
        ASSERT_FALSE(b.mem.table_bit(i));
    }
    EXPECT_EQ(GICR_NONE, b.acknowledge());
}

TEST_P(Gicr, IntidRangeFollowsPropbaser)
{
    b.enable(13);
    EXPECT_EQ(RD_DONE, b.ask(RD_SET, 16383).outcome);
    EXPECT_EQ(RD_INTID_OOR, b.ask(RD_SET, 16384).outcome);
    EXPECT_EQ(RD_INTID_OOR, b.ask(RD_INV, 8191).outcome);
    EXPECT_EQ(RD_INTID_OOR, b.ask(RD_TAKE, 0xffffffffu).outcome);
    b.disable();
    b.write(0x70, 8, CONFIG | 12); // fewer than 14 bits: no LPI at all
    b.write(0x0, 4, 1);
    b.run();
    EXPECT_EQ(RD_INTID_OOR, b.ask(RD_SET, 8192).outcome);
    EXPECT_EQ(RD_DONE, b.ask(RD_INVALL).outcome);
    b.disable();
    b.write(0x70, 8, CONFIG | 31); // more than the GIC has: its own limit counts
    b.write(0x0, 4, 1);
    b.run();
    EXPECT_EQ(RD_DONE, b.ask(RD_SET, 65535).outcome);
    EXPECT_EQ(RD_INTID_OOR, b.ask(RD_SET, 65536).outcome);
}

TEST_P(Gicr, NothingIsDeliveredWithGroupOffOrProcessorAsleep)
{
    b.enable();
    b.mem.config(9000) = HIGH;
    b.ask(RD_SET, 9000);
    b.levels(false, false, false);
    EXPECT_FALSE(gicr_deliverable(&b.u));
    EXPECT_EQ(GICR_NONE, b.acknowledge());
    b.levels(false, false, true);
    b.write(0x14, 4, 2);
    b.run();
    gicr_drive(&b.u, &b.w);
    EXPECT_FALSE(b.w.lpi);
    EXPECT_TRUE(b.w.wake_request);
    EXPECT_EQ(GICR_NONE, b.acknowledge());
    b.write(0x14, 4, 0);
    b.run();
    gicr_drive(&b.u, &b.w);
    EXPECT_TRUE(b.w.lpi);
    EXPECT_FALSE(b.w.wake_request);
    EXPECT_EQ(9000u, b.acknowledge());
    gicr_drive(&b.u, &b.w);
    EXPECT_FALSE(b.w.lpi);
}

// --- EnableLPIs -------------------------------------------------------------------------------------

TEST_P(Gicr, DisableWritesThePendingSetAndEnableReadsItBack)
{
    b.enable();
    std::vector<uint32_t> set = {8192, 8255, 8256, 8703, 8704, 30000, 65535};
    for (uint32_t i : set) {
        b.mem.config(i) = MIDDLE;
        b.ask(RD_SET, i);
    }
    b.ask(RD_SET, 40000);
    b.ask(RD_CLEAR, 40000);
    b.disable();
    for (uint32_t i = 8192; i < 65536; i++)
        ASSERT_EQ(std::count(set.begin(), set.end(), i) == 1, b.mem.table_bit(i)) << i;
    EXPECT_EQ(RD_LPI_OFF, b.ask(RD_SET, 8193).outcome);
    EXPECT_EQ(GICR_NONE, b.acknowledge());
    for (uint32_t i : set)
        EXPECT_TRUE(b.pending(i));
    b.mem.set_table_bit(8200); // software may change the table now
    b.mem.config(8200) = HIGH;
    unsigned accesses = b.mem.reads + b.mem.writes;
    b.run();
    EXPECT_EQ(accesses, b.mem.reads + b.mem.writes);
    b.write(0x0, 4, 1);
    b.run();
    EXPECT_EQ(8200u, b.acknowledge());
    for (uint32_t i : set)
        ASSERT_EQ(i, b.acknowledge());
    EXPECT_EQ(GICR_NONE, b.acknowledge());
    b.disable();
    for (uint32_t i = 8192; i < 65536; i++)
        ASSERT_FALSE(b.mem.table_bit(i));
}

TEST_P(Gicr, PtzSaysThatTheTableIsEmpty)
{
    b.mem.set_table_bit(9000);
    b.mem.config(9000) = HIGH;
    b.enable(15, true);
    EXPECT_EQ(GICR_NONE, b.acknowledge());
    EXPECT_EQ(0u, b.mem.reads);
    b.disable();
    b.write(0x78, 8, PENDING);
    b.write(0x0, 4, 1);
    b.run();
    EXPECT_EQ(9000u, b.acknowledge());
}

TEST_P(Gicr, PtzIsReadAllTheSameWhenTheProfileSaysSo)
{
    b.prof.ptz = 1;
    b.mem.set_table_bit(9000);
    b.mem.config(9000) = HIGH;
    b.enable(15, true);
    EXPECT_EQ(9000u, b.acknowledge());
}

TEST_P(Gicr, PtzCountsForOneEnableOnly)
{
    b.enable(15, true);
    b.mem.config(9000) = HIGH;
    b.ask(RD_SET, 9000);
    b.disable();
    b.write(0x0, 4, 1);
    b.run();
    EXPECT_EQ(9000u, b.acknowledge());
}

TEST_P(Gicr, TableBeyondIdbitsIsNotRead)
{
    b.mem.set_table_bit(16384);
    b.mem.ram[PENDING - RAM] = 0xff; // the first 1 KB is not LPIs
    b.enable(13, false);
    EXPECT_EQ(16u, b.mem.reads);
    b.disable();
    EXPECT_TRUE(b.mem.table_bit(16384));
}

TEST_P(Gicr, StickyEnableIgnoresTheWrite)
{
    b.prof.lpi_disable = 1;
    b.enable();
    unsigned ignored = b.count(ITS_EV_REG_IGNORED);
    b.write(0x0, 4, 0);
    b.run();
    EXPECT_EQ(1u, b.ctlr() & 0x9u);
    EXPECT_EQ(ignored + 1, b.count(ITS_EV_REG_IGNORED));
    EXPECT_EQ(RD_DONE, b.ask(RD_SET, 9000).outcome);
}

TEST_P(Gicr, DisableMayDropThePendingSet)
{
    b.prof.lpi_disable = 2;
    b.mem.set_table_bit(30000);
    b.enable(15, false);
    for (uint32_t i = 9000; i < 9100; i++) {
        b.mem.config(i) = MIDDLE;
        b.ask(RD_SET, i);
    }
    b.disable();
    for (uint32_t i = 8192; i < 65536; i++)
        ASSERT_FALSE(b.mem.table_bit(i));
    b.write(0x0, 4, 1);
    b.run();
    EXPECT_EQ(GICR_NONE, b.acknowledge());
}

TEST_P(Gicr, BasesAreLockedWhileEnabled)
{
    b.enable();
    uint64_t prop = b.read(0x70, 8), pend = b.read(0x78, 8);
    EXPECT_EQ(0u, pend & PTZ);
    b.write(0x70, 8, 0x12345000);
    b.write(0x78, 4, 0x12340000);
    EXPECT_EQ(prop, b.read(0x70, 8));
    EXPECT_EQ(pend, b.read(0x78, 8));
    EXPECT_EQ(2u, b.count(ITS_EV_REG_IGNORED));
}

// --- Sleep ------------------------------------------------------------------------------------------

TEST_P(Gicr, SleepFlushesAndWakingReloads)
{
    b.enable();
    std::vector<uint32_t> set;
    for (uint32_t i = 9000; i < 9080; i++) {
        b.mem.config(i) = MIDDLE;
        b.ask(RD_SET, i);
        set.push_back(i);
    }
    b.write(0x14, 4, 2);
    b.run();
    b.write(0x14, 4, 3);
    EXPECT_TRUE(b.sleep_asked && b.sleep_value);
    b.levels(true, false, true);
    b.run();
    gicr_drive(&b.u, &b.w);
    EXPECT_TRUE(b.w.flushed);
    for (uint32_t i : set) {
        EXPECT_TRUE(b.mem.table_bit(i));
        EXPECT_TRUE(b.pending(i));
    }
    EXPECT_EQ(RD_ASLEEP, b.ask(RD_SET, 9500).outcome);
    EXPECT_EQ(RD_DONE, b.ask(RD_SYNC).outcome);
    b.levels(true, true, true);
    EXPECT_EQ(0x80000007u, b.read(0x14, 4));
    b.write(0x14, 4, 1); // a PE may not wake now
    EXPECT_EQ(0x80000007u, b.read(0x14, 4));
    b.write(0x14, 4, 2);
    EXPECT_FALSE(b.sleep_value);
    b.levels(false, false, true);
    b.run();
    b.write(0x14, 4, 0);
    b.run();
    for (uint32_t i : set)
        ASSERT_EQ(i, b.acknowledge());
    EXPECT_EQ(GICR_NONE, b.acknowledge());
}

TEST_P(Gicr, DisableWhileAsleepIsCompleteAtOnce)
{
    b.enable();
    b.mem.config(9000) = HIGH;
    b.ask(RD_SET, 9000);
    b.levels(true, false, true);
    b.run();
    b.disable();
    b.write(0x0, 4, 1);
    b.run();
    EXPECT_EQ(RD_ASLEEP, b.ask(RD_SET, 9001).outcome);
    b.levels(false, false, true);
    b.run();
    EXPECT_EQ(9000u, b.acknowledge());
}

TEST_P(Gicr, SleepWithLpisOffIsFlushedAtOnce)
{
    b.levels(true, false, false);
    b.run();
    gicr_drive(&b.u, &b.w);
    EXPECT_TRUE(b.w.flushed);
    EXPECT_EQ(0u, b.mem.writes);
}

// --- INVLPIR, INVALLR, SYNCR ------------------------------------------------------------------------

TEST_P(Gicr, DirectInvalidationWorksLikeInv)
{
    b.prof.direct_inv = 1;
    EXPECT_EQ(4u, b.ctlr());
    b.write(0xa0, 8, 9000); // LPIs are off: no effect
    EXPECT_EQ(1u, b.count(ITS_EV_REG_IGNORED));
    b.enable();
    for (uint32_t i : {9000, 9001, 9002}) {
        b.mem.config(i) = OFF;
        b.ask(RD_SET, i);
    }
    b.mem.config(9001) = HIGH;
    b.write(0xa4, 4, 9001);
    b.write(0xa0, 8, 100);
    b.run();
    EXPECT_EQ(0u, b.count(ITS_EV_LPI_INV));
    EXPECT_EQ(GICR_NONE, b.acknowledge());
    b.write(0xa0, 4, 9001);
    b.run();
    EXPECT_EQ(0u, b.read(0xc0, 4));
    EXPECT_EQ(9001u, b.acknowledge());
    EXPECT_EQ(GICR_NONE, b.acknowledge());
    b.mem.config(9000) = HIGH;
    b.mem.config(9002) = HIGH;
    b.write(0xb0, 8, 0);
    b.run();
    EXPECT_EQ(9000u, b.acknowledge());
    EXPECT_EQ(9002u, b.acknowledge());
}

TEST_P(Gicr, WithoutDirectInvalidationItsRegistersAreReserved)
{
    b.enable();
    for (uint32_t offset : {0x40, 0x48, 0xa0, 0xb0, 0xc0}) {
        b.write(offset, 4, 9000);
        EXPECT_EQ(0u, b.read(offset, 4));
    }
    EXPECT_EQ(5u, b.count(ITS_EV_REG_IGNORED));
    EXPECT_EQ(0u, b.count(ITS_EV_LPI_INV));
}

// --- bus errors -------------------------------------------------------------------------------------

TEST_P(Gicr, ConfigurationThatCannotBeReadCountsAsDisabled)
{
    b.enable();
    b.mem.fault_from = CONFIG;
    b.mem.fault_to = CONFIG + 0x10000;
    EXPECT_EQ(RD_DONE, b.ask(RD_SET, 9000).outcome);
    EXPECT_EQ(1u, b.count(ITS_EV_MEM_FAULT));
    EXPECT_TRUE(b.pending(9000));
    EXPECT_EQ(GICR_NONE, b.acknowledge());
    b.mem.fault_to = 0;
    b.mem.config(9000) = HIGH;
    b.ask(RD_INV, 9000);
    EXPECT_EQ(9000u, b.acknowledge());
}

TEST_P(Gicr, PendingTableThatCannotBeReachedLosesLpisButNeverHangs)
{
    b.mem.fault_from = PENDING;
    b.mem.fault_to = PENDING + 0x2000;
    b.mem.set_table_bit(9000);
    b.enable(15, false);
    EXPECT_EQ(112u, b.count(ITS_EV_MEM_FAULT));
    for (uint32_t i = 9000; i < 9100; i++) {
        b.mem.config(i) = MIDDLE;
        EXPECT_EQ(RD_DONE, b.ask(RD_SET, i).outcome);
    }
    unsigned got = 0;
    while (b.acknowledge() != GICR_NONE)
        got++;
    EXPECT_GE(got, entries() ? entries() : 100u);
    EXPECT_LE(got, 100u);
    b.ask(RD_SET, 9000);
    b.ask(RD_HAND_OVER);
    EXPECT_FALSE(b.pending(9000));
    b.disable();
}

} // namespace
