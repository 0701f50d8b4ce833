// SPDX-License-Identifier: MIT
/* GICR_WAKER.Sleep while the rest of the GIC goes on. */
#include <gtest/gtest.h>

#include "../common/gic_bench.h"
#include "arch/decide.h"

namespace {

constexpr uint32_t WAKER = 0x14, SLEEP = 1, PROCESSOR_SLEEP = 2;

struct sleeper : bench::gic {
    explicit sleeper(const char *field = "lpi_entries", const char *value = "64")
        : bench::gic("gic500", {{field, value}})
    {
        boot();
        mapd(1);
        for (uint32_t e = 0; e < 8; e++)
            mapti(1, e, 8192 + e, 0);
        sync(0);
        run();
    }
    void processors_sleep()
    {
        for (unsigned rd = 0; rd < profile.redistributors; rd++)
            write(ITS_FRAME_GICR, WAKER, PROCESSOR_SLEEP, 4, rd);
    }
    bool quiescent() { return gic500_peek(get(), ITS_FRAME_GICR, 0, WAKER, 4) >> 31; }
};

/* The redistributor works longer on an MSI than the next takes to come, so none of them is ever the
 * last. Those answered before the write of Sleep are in the table, the others are dropped. */
TEST(Sleep, MsisThatGoOnComingDoNotKeepTheGicAwake)
{
    sleeper g("lpi_entries", "1");
    g.mem.latency = 40;
    g.processors_sleep();
    for (uint32_t e = 0; e < 8; e++)
        g.msi(1, e);
    g.write(ITS_FRAME_GICR, WAKER, SLEEP | PROCESSOR_SLEEP);
    for (uint32_t i = 0; i < 10000 && !g.quiescent(); i++) {
        if (g.host_idle())
            g.start_msi(1, i % 8);
        g.tick();
    }
    ASSERT_TRUE(g.quiescent());
    EXPECT_EQ(g.mem.data.load(bench::gic::PENDING + 8192 / 8, 1), 0xffu);
}

TEST(Sleep, AnMsiWhileAsleepIsAnsweredAndDropped)
{
    sleeper g;
    g.processors_sleep();
    g.write(ITS_FRAME_GICR, WAKER, SLEEP | PROCESSOR_SLEEP);
    g.settle();
    g.tick(2);
    ASSERT_TRUE(g.quiescent());
    for (its_face face : {ITS_FACE_CLOCKED, ITS_FACE_FAST}) {
        g.face(face);
        g.events.clear();
        g.msi(1, 0);
        EXPECT_EQ(g.resp(), ITS_AXI_OKAY);
        ASSERT_EQ(g.count(ITS_EV_MSI_DROP), 1u);
        for (auto &e : g.events)
            if (e.kind == ITS_EV_MSI_DROP) {
                EXPECT_EQ(e.c, unsigned(ITS_DROP_ASLEEP));
            }
        EXPECT_FALSE(g.pending(0, 8192));
    }
    g.write(ITS_FRAME_GICR, WAKER, PROCESSOR_SLEEP);
    g.msi(1, 0);
    g.face(ITS_FACE_CLOCKED);
    g.settle();
    EXPECT_TRUE(g.pending(0, 8192)) << "awake again";
}

/* Between the write of Sleep and its effect: the last MSI is still on its way. */
TEST(Sleep, AProcessorThatWakesBeforeItTakesEffectCancelsIt)
{
    sleeper g("rd_cycles", "200");
    g.processors_sleep();
    g.msi(1, 0);
    g.write(ITS_FRAME_GICR, WAKER, SLEEP | PROCESSOR_SLEEP);
    g.write(ITS_FRAME_GICR, WAKER, 0, 4, 2);
    g.settle();
    EXPECT_FALSE(g.quiescent());
    g.tick(1000);
    EXPECT_FALSE(g.quiescent());
    EXPECT_EQ(g.read(ITS_FRAME_GICR, WAKER) & SLEEP, 0u);
    EXPECT_TRUE(g.pending(0, 8192));
    g.msi(1, 1);
    g.settle();
    EXPECT_TRUE(g.pending(0, 8193));
}

/* At every edge around the effect of Sleep a processor is awake and has its LPIs, or it stays asleep. */
TEST(Sleep, AProcessorThatWakesAtAnyEdgeKeepsItsLpisOrStaysAsleep)
{
    unsigned woken = 0, refused = 0;

    for (const char *lpis_on : {"1", "0"})
        for (uint64_t delay = 0; delay < 60; delay++) {
            sleeper g("rd_cycles", "30");
            g.processors_sleep();
            if (*lpis_on == '0')
                for (unsigned rd = 1; rd < 4; rd++)
                    g.write(ITS_FRAME_GICR, 0, 0, 4, rd);
            g.settle();
            g.msi(1, 0);
            g.write(ITS_FRAME_GICR, WAKER, SLEEP | PROCESSOR_SLEEP);
            g.tick(delay);
            g.write(ITS_FRAME_GICR, WAKER, SLEEP, 4, 2);
            g.settle();
            g.tick(2);
            uint64_t waker = g.read(ITS_FRAME_GICR, WAKER, 4, 2);
            bool awake = !(waker & PROCESSOR_SLEEP);
            (awake ? woken : refused)++;
            ASSERT_EQ(waker & SLEEP, awake ? 0u : SLEEP) << "after " << delay << " edges";
            ASSERT_EQ(g.quiescent(), !awake) << "after " << delay << " edges";
            ASSERT_TRUE(g.pending(0, 8192)) << "after " << delay << " edges";
            if (awake)
                g.msi(1, 1);
            g.settle();
            ASSERT_EQ(g.pending(0, 8193), awake) << "after " << delay << " edges";
        }
    EXPECT_GT(woken, 0u);
    EXPECT_GT(refused, 0u);
}

/* Quiescent while a redistributor reads its table: software takes the memory away, and the GIC reads. */
TEST(Sleep, QuiescentWaitsForATableThatIsBeingRead)
{
    for (uint64_t delay : {0u, 1u, 50u, 500u}) {
        sleeper g;
        g.msi(1, 0);
        g.settle();
        g.write(ITS_FRAME_GICR, 0, 0);
        g.settle();
        g.processors_sleep();
        g.write(ITS_FRAME_GICR, 0, 1);
        g.tick(delay);
        g.write(ITS_FRAME_GICR, WAKER, SLEEP | PROCESSOR_SLEEP);
        while (!g.quiescent())
            g.tick();
        g.events.clear();
        g.tick(5000);
        EXPECT_EQ(g.count(ITS_EV_MEM_READ) + g.count(ITS_EV_MEM_WRITE), 0u);
        g.write(ITS_FRAME_GICR, WAKER, PROCESSOR_SLEEP);
        g.settle();
        EXPECT_TRUE(g.pending(0, 8192));
    }
}

/* Software that reads, changes and writes WAKER must not take its own Sleep back. */
TEST(Sleep, ReadsOneFromItsWriteOnInEveryRedistributor)
{
    for (its_face face : {ITS_FACE_CLOCKED, ITS_FACE_FAST}) {
        sleeper g("rd_cycles", "200");
        g.face(face);
        g.processors_sleep();
        g.msi(1, 0);
        g.write(ITS_FRAME_GICR, WAKER, SLEEP | PROCESSOR_SLEEP);
        for (unsigned rd = 0; rd < 4; rd++)
            EXPECT_EQ(g.read(ITS_FRAME_GICR, WAKER, 4, rd) & 3u, SLEEP | PROCESSOR_SLEEP) << rd;
        EXPECT_EQ(g.quiescent(), face == ITS_FACE_FAST);
        g.settle();
        g.tick(2);
        EXPECT_TRUE(g.quiescent());
        EXPECT_EQ(g.mem.data.load(bench::gic::PENDING + 8192 / 8, 1), 1u) << "it had not arrived";
    }
    sleeper g;
    g.write(ITS_FRAME_GICR, WAKER, SLEEP);
    EXPECT_EQ(g.read(ITS_FRAME_GICR, WAKER) & SLEEP, 0u) << "the processors are awake";
}

/* A host that looks and acknowledges between two edges must not make the write disappear. */
TEST(Sleep, AWriteIsSeenWhateverTheHostDoesBetweenEdges)
{
    sleeper g;
    g.processors_sleep();
    g.each_edge = [&] {
        g.look();
        g.acknowledge(3);
    };
    g.write(ITS_FRAME_GICR, WAKER, SLEEP | PROCESSOR_SLEEP);
    g.settle();
    g.tick(2);
    EXPECT_TRUE(g.quiescent());
}

} // namespace
