// SPDX-License-Identifier: MIT
// gicr_end_test.cpp - Sleep and a disable on top of what a redistributor is doing, and of each other: at
// every edge nothing is lost by halves, and memory is left alone afterwards. Cycle face.
#include "gicr_bench.h"

using namespace bench;

namespace {

constexpr uint8_t HIGH = 0x21, MIDDLE = 0x81;

class End : public ::testing::TestWithParam<unsigned> {
protected:
    Bench b{profile(GetParam()), false};

    void SetUp() override
    {
        b.latency = 3;
        b.enable();
    }
    void set(uint32_t intid, uint8_t config)
    {
        b.mem.config(intid) = config;
        b.ask(RD_SET, intid);
    }
};

INSTANTIATE_TEST_SUITE_P(Lines, End, ::testing::Values(0u, 1u, 2u, 8u, 64u));

// Flushed means that memory is left alone: a load under way has to end first.
TEST_P(End, SleepAtAnyEdgeOfTheTableLoadWaitsForItsEnd)
{
    b.disable();
    b.mem.set_table_bit(9000);
    b.mem.set_table_bit(65535);
    for (unsigned delay = 0; delay < 40; delay++) {
        Bench copy(b);
        copy.write(0x0, 4, 1);
        for (unsigned n = 0; n < delay; n++)
            copy.tick();
        copy.levels(true, false, true);
        for (unsigned n = 0; n < 100000 && !copy.w.flushed; n++)
            copy.tick();
        ASSERT_TRUE(copy.w.flushed) << "after " << delay << " edges";
        unsigned accesses = copy.mem.reads + copy.mem.writes;
        for (unsigned n = 0; n < 2000; n++)
            copy.tick();
        ASSERT_EQ(accesses, copy.mem.reads + copy.mem.writes) << "after " << delay << " edges";
        ASSERT_TRUE(copy.mem.table_bit(9000) && copy.mem.table_bit(65535));
        copy.levels(false, false, true);
        copy.run();
        ASSERT_TRUE(copy.pending(9000) && copy.pending(65535)) << "after " << delay << " edges";
    }
}

// A profile that drops pending LPIs at a disable: Sleep had saved them, or it had not; never some.
TEST_P(End, DisableAtAnyEdgeOfASleepDropsAllOrNothing)
{
    b.prof.lpi_disable = 2;
    b.disable();
    b.mem.set_table_bit(50000);
    b.write(0x78, 8, PENDING);
    b.write(0x0, 4, 1);
    for (uint32_t i = 0; i < 100; i++)
        set(9000 + 300 * i, MIDDLE);
    for (unsigned delay = 0; delay < 600; delay++) {
        Bench copy(b);
        copy.levels(true, false, true);
        for (unsigned n = 0; n < delay; n++)
            copy.tick();
        copy.disable();
        unsigned kept = copy.mem.table_bit(50000);
        for (uint32_t i = 0; i < 100; i++)
            kept += copy.mem.table_bit(9000 + 300 * i);
        ASSERT_TRUE(kept == 0 || kept == 101) << kept << " kept, after " << delay << " edges";
    }
}

// Software that does not wait for RWP. The write counts from the end of the disable on, and what the
// disable wrote is where the table was.
TEST_P(End, PendbaserWrittenAtAnyEdgeOfADisableMovesNoBit)
{
    set(9000, HIGH);
    set(9001, MIDDLE);
    for (unsigned delay = 0; delay < 60; delay++) {
        Bench copy(b);
        copy.write(0x0, 4, 0);
        for (unsigned n = 0; n < delay; n++)
            copy.tick();
        copy.write(0x7c, 4, PTZ >> 32);
        bool counts = !copy.pending(9000);
        copy.run();
        ASSERT_TRUE(copy.mem.table_bit(9000) && copy.mem.table_bit(9001));
        copy.write(0x0, 4, 1);
        copy.run();
        ASSERT_EQ(counts ? GICR_NONE : 9000u, copy.acknowledge()) << "after " << delay << " edges";
    }
}

// LPIs go off while a message waits for memory: it is older than the disable, and not refused.
TEST(GicrEnd, AMessageThatWaitsForMemoryWhenLpisGoOffIsCarriedOut)
{
    for (its_rd_kind kind : {RD_SET, RD_CLEAR, RD_DISCARD, RD_TAKE, RD_INV}) {
        Bench b(profile(1), false);
        b.enable();
        for (uint32_t i : {9000u, 9600u, 20000u}) { // the last two in the table
            b.mem.config(i) = i == 9000 ? HIGH : MIDDLE;
            b.ask(RD_SET, i);
        }
        b.latency = 100;
        unsigned reads = b.mem.reads;
        b.send(kind, 9600);
        for (unsigned n = 0; n < 50; n++)
            b.tick();
        ASSERT_TRUE(b.owed) << "the chunk of the table is being read";
        b.write(0x0, 4, 0);
        b.run();
        EXPECT_GT(b.mem.reads, reads);
        EXPECT_EQ(RD_DONE, b.acks.back().outcome) << kind;
        EXPECT_EQ(kind == RD_SET || kind == RD_INV, b.mem.table_bit(9600)) << kind;
        EXPECT_EQ(0u, b.ctlr() & 0x9u);
    }
}

} // namespace
