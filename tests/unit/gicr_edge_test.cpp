// SPDX-License-Identifier: MIT
// gicr_edge_test.cpp - things that happen to a redistributor in the middle of its work, and what its
// lines, its chunk buffer and its turns must not get wrong then. Cycle face unless said.
#include <algorithm>

#include "gicr_bench.h"

using namespace bench;

namespace {

constexpr uint8_t HIGH = 0x21, MIDDLE = 0x81, LOW = 0xf1, OFF = 0x80;

struct Edge {
    Bench b;
    explicit Edge(unsigned lines, bool direct_inv = false, bool fast = false)
        : b(make(lines, direct_inv), fast)
    {
        b.latency = 3;
        b.enable();
    }
    static its_profile make(unsigned lines, bool direct_inv)
    {
        its_profile p = profile(lines);
        p.direct_inv = direct_inv;
        return p;
    }
    void set(uint32_t intid, uint8_t config)
    {
        b.mem.config(intid) = config;
        b.ask(RD_SET, intid);
    }
    void set_range(uint32_t from, uint32_t to, uint8_t config)
    {
        for (uint32_t i = from; i < to; i++)
            set(i, config);
    }
};

class EveryLineCount : public ::testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Lines, EveryLineCount, ::testing::Values(0u, 1u, 2u, 8u, 64u));

class SpillingLineCount : public ::testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Lines, SpillingLineCount, ::testing::Values(1u, 2u, 8u, 64u));

TEST_P(SpillingLineCount, AnAcknowledgedSpillIsInTheTable)
{
    Edge e(GetParam());
    e.set_range(9000, 9000 + GetParam(), MIDDLE);
    for (uint32_t n = 0; n < 20; n++) {
        uint32_t intid = 20000 + 600 * n;
        e.b.mem.config(intid) = LOW;
        size_t acks = e.b.acks.size();
        e.b.send(RD_SET, intid);
        while (e.b.acks.size() == acks)
            e.b.tick();
        ASSERT_TRUE(e.b.mem.table_bit(intid));
        e.b.send(RD_CLEAR, intid);
        while (e.b.acks.size() == acks + 1)
            e.b.tick();
        ASSERT_FALSE(e.b.mem.table_bit(intid));
    }
}

TEST_P(EveryLineCount, APendingLpiIsPendingAtEveryEdge)
{
    Edge e(GetParam());
    e.set_range(9000, 9150, MIDDLE);
    for (uint32_t next = 9000; next < 9150; next++) {
        e.b.run();
        ASSERT_EQ(next, gicr_acknowledge(&e.b.u, &e.b.ctx));
        for (int edge = 0; edge < 60; edge++) {
            e.b.tick();
            ASSERT_FALSE(e.b.pending(next));
            for (uint32_t i = next + 1; i < std::min(next + 70, 9150u); i++)
                ASSERT_TRUE(e.b.pending(i)) << i << " at edge " << e.b.edges;
        }
    }
}

TEST_P(EveryLineCount, InvAtAnyEdgeOfARefillIsNotForgotten)
{
    Edge e(GetParam());
    unsigned lines = GetParam() ? GetParam() : unsigned(GICR_ON_CHIP_LINES);
    e.set_range(9000, 9000 + lines, HIGH);
    std::vector<uint32_t> spilled;
    for (uint32_t i = 0; i < lines + 20; i++) {
        spilled.push_back(10000 + 600 * (i % 20) + i);
        e.set(spilled.back(), MIDDLE);
    }
    std::sort(spilled.begin(), spilled.end());
    for (uint32_t i = 0; i < lines; i++)
        ASSERT_EQ(9000 + i, gicr_acknowledge(&e.b.u, &e.b.ctx));
    for (unsigned delay = 0; delay < 400; delay += 3) {
        Bench copy(e.b);
        for (unsigned n = 0; n < delay; n++)
            copy.tick();
        for (uint32_t intid : {spilled.back(), spilled[1]}) {
            copy.mem.config(intid) = HIGH;
            copy.send(RD_INV, intid);
        }
        for (uint32_t intid : {spilled[1], spilled.back(), spilled[0], spilled[2]})
            ASSERT_EQ(intid, copy.acknowledge()) << "after " << delay << " edges";
    }
}

TEST_P(EveryLineCount, ATableThatBreaksLaterLosesLpisButNeverHangs)
{
    for (int what = 0; what < 3; what++) {
        Edge e(GetParam());
        for (uint32_t i = 0; i < 100; i++)
            e.set(9000 + 600 * (i % 50) + i, MIDDLE);
        e.b.mem.fault_from = PENDING;
        e.b.mem.fault_to = PENDING + 0x2000;
        if (what == 0)
            e.b.ask(RD_HAND_OVER);
        else if (what == 1)
            e.b.disable();
        while (e.b.acknowledge() != GICR_NONE)
            ;
        if (GetParam() != 0) {
            EXPECT_NE(0u, e.b.count(ITS_EV_MEM_FAULT)) << what;
        }
    }
}

TEST(GicrEdge, OnChipPendingSetNeverTouchesTheTable)
{
    Edge e(0);
    e.b.latency = 0;
    for (uint32_t i = 8192; i < 20000; i += 7)
        e.set(i, MIDDLE);
    for (uint32_t i = 8192; i < 20000; i += 7)
        ASSERT_EQ(i, e.b.acknowledge());
    for (const its_event &event : e.b.events)
        ASSERT_FALSE((event.kind == ITS_EV_MEM_READ || event.kind == ITS_EV_MEM_WRITE) &&
                     event.c == ITS_CLIENT_LPI_PENDING);
}

TEST(GicrEdge, ATableBitForAnLpiWithALineDeliversItOnce)
{
    Edge e(8);
    e.set_range(9000, 9020, MIDDLE);
    e.b.mem.set_table_bit(9000); // software must not, and the redistributor has a line for it
    e.b.mem.set_table_bit(9001);
    e.set_range(8192, 8200, HIGH); // takes the chunk out of the buffer
    std::vector<uint32_t> got;
    for (uint32_t i = e.b.acknowledge(); i != GICR_NONE; i = e.b.acknowledge())
        got.push_back(i);
    std::sort(got.begin(), got.end());
    EXPECT_EQ(28u, got.size());
    EXPECT_EQ(got.end(), std::unique(got.begin(), got.end()));
}

TEST(GicrEdge, AChunkThatCannotBeReadIsNotReadAgain)
{
    Edge e(1);
    e.set_range(9000, 9002, MIDDLE); // 9001 is spilled
    e.set(20000, LOW);               // and another chunk in the buffer
    e.b.mem.fault_from = PENDING;
    e.b.mem.fault_to = PENDING + 0x2000;
    e.b.ask(RD_CLEAR, 9001);
    EXPECT_EQ(1u, e.b.count(ITS_EV_MEM_FAULT));
    unsigned reads = e.b.mem.reads;
    e.b.ask(RD_CLEAR, 9001);
    EXPECT_EQ(reads, e.b.mem.reads);
}

TEST(GicrEdge, PtzAfterUseDoesNotBringOldBitsBack)
{
    Edge e(1);
    e.set_range(9000, 9010, MIDDLE);
    e.b.disable();
    std::fill(e.b.mem.ram.begin() + (PENDING - RAM), e.b.mem.ram.end(), uint8_t(0));
    e.b.write(0x78, 8, PENDING | PTZ);
    e.b.write(0x0, 4, 1);
    e.set_range(9100, 9103, MIDDLE);
    e.set(9020, LOW);
    for (uint32_t i : {9100, 9101, 9102, 9020})
        ASSERT_EQ(i, e.b.acknowledge());
    EXPECT_EQ(GICR_NONE, e.b.acknowledge());
}

TEST(GicrEdge, ATableBitForAnIdleLineMakesItPending)
{
    Edge e(8);
    e.set_range(9000, 9020, MIDDLE);
    e.set(20000, LOW); // another chunk in the buffer
    e.b.mem.set_table_bit(9001);
    for (uint32_t i = 9000; i < 9008; i++)
        ASSERT_EQ(i, e.b.acknowledge());
    EXPECT_EQ(9001u, e.b.acknowledge());
    for (uint32_t i = 9008; i < 9020; i++)
        ASSERT_EQ(i, e.b.acknowledge());
    EXPECT_EQ(20000u, e.b.acknowledge());
    EXPECT_EQ(GICR_NONE, e.b.acknowledge());
}

TEST(GicrEdge, AnLpiAcknowledgedDuringInvallIsInvalidatedAsWell)
{
    Edge e(8);
    e.set(9001, HIGH);
    e.set(9000, LOW);
    e.b.mem.config(9000) = OFF;
    e.b.mem.config(9001) = OFF;
    e.b.send(RD_INVALL);
    while (!e.b.owed)
        e.b.tick();
    EXPECT_EQ(9001u, gicr_acknowledge(&e.b.u, &e.b.ctx));
    EXPECT_EQ(9000u, gicr_acknowledge(&e.b.u, &e.b.ctx));
    e.b.run();
    e.b.ask(RD_SET, 9000);
    e.b.ask(RD_SET, 9001);
    EXPECT_EQ(GICR_NONE, e.b.acknowledge());
}

TEST(GicrEdge, AFreeLineIsUsedBeforeOneThatKnowsSomething)
{
    Edge e(2);
    e.set(9000, HIGH);
    e.b.acknowledge();
    e.set(9001, HIGH);
    e.b.acknowledge();
    e.b.ask(RD_DISCARD, 9001);
    e.set(9002, HIGH);
    e.b.acknowledge();
    e.b.mem.config(9000) = OFF;
    e.b.ask(RD_SET, 9000);
    EXPECT_EQ(9000u, e.b.acknowledge()); // still as it was
}

TEST(GicrEdge, TheLongestIdleLineIsReplaced)
{
    Edge e(2);
    e.set(9000, HIGH);
    e.b.acknowledge();
    e.set(9001, HIGH);
    e.b.acknowledge();
    e.b.ask(RD_SET, 9000);
    e.b.acknowledge(); // now 9001 is idle longest
    e.set(9002, HIGH);
    e.b.acknowledge();
    e.b.mem.config(9000) = OFF;
    e.b.mem.config(9001) = OFF;
    e.b.ask(RD_SET, 9000);
    EXPECT_EQ(9000u, e.b.acknowledge());
    e.b.ask(RD_SET, 9001);
    EXPECT_EQ(GICR_NONE, e.b.acknowledge());
}

TEST(GicrEdge, ARefillGoesOnUnderAStreamOfMessages)
{
    Edge e(2);
    e.set_range(9000, 9002, HIGH);
    e.set(10000, OFF); // the first chunk of the refill has nothing to deliver
    e.set(20000, MIDDLE);
    EXPECT_EQ(9000u, gicr_acknowledge(&e.b.u, &e.b.ctx));
    EXPECT_EQ(9001u, gicr_acknowledge(&e.b.u, &e.b.ctx));
    for (int n = 0; n < 1000; n++)
        e.b.send(RD_SYNC);
    while (!gicr_deliverable(&e.b.u))
        e.b.tick();
    EXPECT_GT(e.b.to_send.size(), 500u);
}

TEST(GicrEdge, DisableAtAnyEdgeOfARefillKeepsTheOrder)
{
    Edge e(2);
    e.set_range(9000, 9002, HIGH);
    for (uint32_t i = 0; i < 10; i++)
        e.set(10000 + 600 * i, MIDDLE);
    e.b.acknowledge();
    EXPECT_EQ(9001u, gicr_acknowledge(&e.b.u, &e.b.ctx));
    for (unsigned delay = 0; delay < 120; delay++) {
        Bench copy(e.b);
        for (unsigned n = 0; n < delay; n++)
            copy.tick();
        copy.disable();
        copy.write(0x0, 4, 1);
        for (uint32_t i = 0; i < 10; i++)
            ASSERT_EQ(10000 + 600 * i, copy.acknowledge()) << "after " << delay << " edges";
    }
}

TEST(GicrEdge, EnablingBeforeTheDisableIsCompleteIsIgnored)
{
    Edge e(8);
    e.set(9000, HIGH);
    e.b.bus_dead = true;
    e.b.write(0x0, 4, 0);
    EXPECT_EQ(0x8u, e.b.ctlr() & 0x9u);
    EXPECT_FALSE(gicr_deliverable(&e.b.u));
    e.b.write(0x0, 4, 1);
    e.b.write(0x70, 4, 0xd);
    EXPECT_EQ(0x8u, e.b.ctlr() & 0x9u);
    EXPECT_EQ(2u, e.b.count(ITS_EV_REG_IGNORED));
    e.b.bus_dead = false;
    e.b.run();
    EXPECT_EQ(0u, e.b.ctlr() & 0x9u);
    EXPECT_TRUE(e.b.mem.table_bit(9000));
}

TEST(GicrEdge, DisableDuringTheTableLoadKeepsTheTable)
{
    Edge e(8);
    e.b.disable();
    e.b.mem.set_table_bit(9000);
    e.b.mem.set_table_bit(65535);
    for (unsigned delay = 0; delay < 30; delay++) {
        e.b.write(0x0, 4, 1);
        for (unsigned n = 0; n < delay; n++)
            e.b.tick();
        e.b.disable();
        ASSERT_TRUE(e.b.mem.table_bit(9000) && e.b.mem.table_bit(65535));
    }
}

TEST(GicrEdge, MessagesWaitForTheTableLoad)
{
    Edge e(8);
    e.b.disable();
    e.b.mem.set_table_bit(9000);
    e.b.write(0x0, 4, 1);
    EXPECT_TRUE(e.b.ask(RD_TAKE, 9000).pending);
}

TEST(GicrEdge, TwoDirectInvalidationsAtOnceBothHappen)
{
    Edge e(8, true);
    e.set_range(9000, 9003, OFF);
    for (uint32_t i = 9000; i < 9003; i++)
        e.b.mem.config(i) = HIGH;
    e.b.bus_dead = true;
    e.b.send(RD_SET, 30000); // keeps the sequencer busy
    for (int n = 0; n < 10; n++)
        e.b.tick();
    e.b.write(0xa0, 4, 9001);
    e.b.write(0xa0, 4, 9002);
    EXPECT_EQ(1u, e.b.read(0xc0, 4));
    e.b.bus_dead = false;
    e.b.run();
    EXPECT_EQ(0u, e.b.read(0xc0, 4));
    std::vector<uint32_t> got;
    for (uint32_t i = e.b.acknowledge(); i != GICR_NONE; i = e.b.acknowledge())
        got.push_back(i);
    EXPECT_EQ(1, std::count(got.begin(), got.end(), 9001u));
    EXPECT_EQ(1, std::count(got.begin(), got.end(), 9002u));
}

TEST(GicrEdge, SyncrIsBusyUntilTheConfigurationIsRead)
{
    Edge e(8, true);
    e.set(9000, OFF);
    e.b.mem.config(9000) = HIGH;
    e.b.bus_dead = true;
    e.b.write(0xb0, 4, 0);
    for (int n = 0; n < 20; n++)
        e.b.tick();
    EXPECT_EQ(1u, e.b.read(0xc0, 4));
    EXPECT_FALSE(gicr_deliverable(&e.b.u));
    e.b.bus_dead = false;
    while (e.b.read(0xc0, 4) != 0)
        ;
    EXPECT_TRUE(gicr_deliverable(&e.b.u));
}

TEST(GicrEdge, FastFaceTakesUpAnAccessTheCycleFaceWaitedFor)
{
    Edge e(2);
    e.set_range(9000, 9020, MIDDLE);
    for (unsigned delay = 0; delay < 30; delay++) {
        Bench copy(e.b);
        gicr_acknowledge(&copy.u, &copy.ctx);
        gicr_acknowledge(&copy.u, &copy.ctx);
        for (unsigned n = 0; n < delay; n++)
            copy.tick();
        copy.fast = true;
        copy.run();
        ASSERT_TRUE(gicr_idle(&copy.u));
        for (uint32_t i = 9002; i < 9020; i++)
            ASSERT_EQ(i, copy.acknowledge());
    }
}

// --- registers ----------------------------------------------------------------------------------------

TEST(GicrRegisters, IdentificationFollowsTheProfile)
{
    its_profile p = profile(64);
    p.redistributors = 128;
    Bench b(p, true);
    b.ctx.rd = 127;
    EXPECT_EQ(UINT64_C(0x00000f0700007f11), b.read(0x8, 8));
    EXPECT_EQ(0x00007f11u, b.read(0x8, 4));
    EXPECT_EQ(0xf07u, b.read(0xc, 4));
    EXPECT_EQ(p.iidr, b.read(0x4, 4));
    EXPECT_EQ(0x93u, b.read(0xffe0, 4));
    EXPECT_EQ(0x3bu, b.read(0xffe8, 4));
    b.ctx.rd = 8;
    EXPECT_EQ(UINT64_C(0x0000010000000801), b.read(0x8, 8));
    b.prof.ces = 1;
    b.prof.direct_inv = 1;
    EXPECT_EQ(6u, b.ctlr());
}

TEST(GicrRegisters, HalvesOfTheBasesAreSeparate)
{
    Bench b(profile(64), true);
    b.write(0x74, 4, 0x0000abcd);
    b.write(0x70, 4, 0x1234578d);
    EXPECT_EQ(UINT64_C(0x0000abcd1234538d), b.read(0x70, 8)); // Shareability reads 0
    EXPECT_EQ(0xabcdu, b.read(0x74, 4));
    b.write(0x7c, 4, 0x40000000); // PTZ, then the address
    b.write(0x78, 4, 0x40010000);
    EXPECT_EQ(0x40010000u, b.read(0x78, 8));
    b.mem.set_table_bit(9000);
    b.write(0x70, 8, CONFIG | 15);
    b.write(0x0, 4, 1);
    EXPECT_EQ(0u, b.mem.reads) << "PTZ was lost";
}

TEST(GicrRegisters, WrongSizesAreReportedAndAnsweredAsTheProfileSays)
{
    for (uint32_t bad = 0; bad < 2; bad++) {
        Bench b(profile(64), true);
        b.prof.bad_access = bad;
        EXPECT_EQ(bad != 0, b.access(ITS_FRAME_GICR, 0x0, 1, true, 1).fault);
        EXPECT_EQ(bad != 0, b.access(ITS_FRAME_GICR, 0x72, 4, false, 0).fault);
        EXPECT_EQ(bad != 0, b.access(ITS_FRAME_GICR, 0x0, 8, true, 1).fault);
        EXPECT_EQ(3u, b.count(ITS_EV_REG_BAD));
        EXPECT_EQ(0u, b.ctlr());
    }
}

TEST(GicrRegisters, ReservedSpaceReadsZeroAndIgnoresWrites)
{
    Bench b(profile(64), true);
    for (its_frame frame : {ITS_FRAME_GICR, ITS_FRAME_GICR_SGI}) {
        EXPECT_FALSE(b.access(frame, 0x100, 4, true, 0xffffffff).fault);
        EXPECT_EQ(0u, b.access(frame, 0x100, 4, false, 0).data);
        EXPECT_EQ(0u, gicr_peek(&b.u, frame, 0x100, 4, &b.ctx));
    }
    EXPECT_EQ(2u, b.count(ITS_EV_REG_IGNORED));
}

TEST(GicrRegisters, WakerIsTheSecureSidesWithTwoSecurityStates)
{
    its_profile p = profile(64);
    p.security = 1;
    Bench b(p, true);
    b.access(ITS_FRAME_GICR, 0x14, 4, true, 0, true);
    EXPECT_EQ(0u, b.access(ITS_FRAME_GICR, 0x14, 4, false, 0, true).data);
    EXPECT_EQ(6u, b.read(0x14, 4));
    b.write(0x14, 4, 0);
    EXPECT_EQ(0u, b.read(0x14, 4));
}

TEST(GicrRegisters, WithoutSleepWakerHasOnlyTheArchitecturesBits)
{
    its_profile p = profile(64);
    p.waker_sleep = 0;
    Bench b(p, true);
    b.write(0x14, 4, 0x80000003);
    EXPECT_EQ(6u, b.read(0x14, 4));
    EXPECT_FALSE(b.sleep_asked);
}

TEST(GicrRegisters, UnknownResetFillsTheBasesFromTheSeed)
{
    its_profile p = profile(64);
    p.unknown_reset = 1;
    Bench a(p, true), b(p, true);
    EXPECT_EQ(a.read(0x70, 8), b.read(0x70, 8));
    EXPECT_NE(0u, a.read(0x70, 8));
    EXPECT_NE(a.read(0x70, 8), a.read(0x78, 8));
    EXPECT_EQ(0u, a.read(0x70, 8) & ~its_reg_mask(&p, GICR_PROPBASER));
    p.reset_seed = 2;
    Bench c(p, true);
    EXPECT_NE(a.read(0x70, 8), c.read(0x70, 8));
}

TEST(GicrRegisters, ReadOnlyRegistersIgnoreWrites)
{
    Bench b(profile(64), true);
    b.write(0x4, 4, 0xffffffff);
    b.write(0x8, 8, UINT64_MAX);
    EXPECT_EQ(2u, b.count(ITS_EV_REG_IGNORED));
    EXPECT_EQ(b.prof.iidr, b.read(0x4, 4));
}

TEST(GicrRegisters, WritingEnableLpisAgainChangesNothing)
{
    Bench b(profile(64), true);
    b.write(0x0, 4, 0);
    EXPECT_EQ(0u, b.ctlr());
    b.enable();
    b.mem.config(9000) = 1;
    b.ask(RD_SET, 9000);
    unsigned accesses = b.mem.reads + b.mem.writes;
    b.write(0x0, 4, 1);
    EXPECT_EQ(accesses, b.mem.reads + b.mem.writes);
    EXPECT_EQ(1u, b.ctlr());
    EXPECT_EQ(9000u, b.acknowledge());
}

TEST(GicrRegisters, WhileLpisAreOffTheTableSaysWhatIsPending)
{
    Bench b(profile(64), true);
    b.mem.set_table_bit(9000);
    EXPECT_FALSE(b.pending(9000)) << "no table is named";
    b.write(0x70, 8, CONFIG | 13);
    b.write(0x78, 8, PENDING);
    EXPECT_TRUE(b.pending(9000));
    EXPECT_FALSE(b.pending(9001));
    EXPECT_FALSE(b.pending(8191));
    EXPECT_FALSE(b.pending(9000 + 16384));
    b.write(0x78, 8, PENDING | PTZ);
    EXPECT_FALSE(b.pending(9000));
}

TEST(GicrRegisters, PeekReadsWithoutEvents)
{
    Bench b(profile(64), true);
    b.enable();
    size_t events = b.events.size();
    EXPECT_EQ(1u, gicr_peek(&b.u, ITS_FRAME_GICR, 0x0, 4, &b.ctx));
    EXPECT_EQ(CONFIG | 0x38f, gicr_peek(&b.u, ITS_FRAME_GICR, 0x70, 8, &b.ctx));
    EXPECT_EQ(0u, gicr_peek(&b.u, ITS_FRAME_GICR, 0x1, 4, &b.ctx));
    EXPECT_EQ(events, b.events.size());
}

} // namespace
