/* SPDX-License-Identifier: MIT */
/* Disable, reset, save and load: how long they take, and that every edge will do. */
#include "busy.h"

namespace {

using bench::gic;
using laws::busy;
using laws::machine;

/* --- how long a disable takes ------------------------------------------------------------------------ */

class Disable : public testing::TestWithParam<machine> {
protected:
    /* Cycles to Quiescent with so many mappings that only the caches know. */
    uint64_t cycles(unsigned mappings, unsigned latency)
    {
        gic g(GetParam().preset, GetParam().set);
        g.boot();
        g.mapd(0, 8);
        g.run();
        g.quiesce(); /* device and collections are known to memory */
        g.enable();
        for (uint32_t e = 0; e < mappings; e++)
            g.mapti(0, e, 8192 + e, 0);
        g.run();
        g.tick(50);
        dirty = 0;
        for (unsigned d : g.look().dirty)
            dirty += d;
        g.mem.latency = latency;
        g.mem.written.clear();
        uint64_t n = g.quiesce();
        EXPECT_EQ(g.mem.written.size(), dirty);
        return n;
    }
    unsigned dirty = 0;
};

INSTANTIATE_TEST_SUITE_P(WriteBack, Disable,
                         testing::Values(machine{"gic500", "gic500", {}, false},
                                         machine{"flat_back_64", "flat", laws::caches("2", 64),
                                                 false}),
                         laws::machine_name);

TEST_P(Disable, TakesLongerTheMoreIsDirtyAndTheSlowerMemoryIs)
{
    uint64_t none_fast = cycles(0, 1), none_slow = cycles(0, 37);
    EXPECT_EQ(dirty, 0u);
    EXPECT_EQ(none_fast, none_slow) << "nothing to write: memory does not matter";
    uint64_t one_fast = cycles(1, 1), one_slow = cycles(1, 37);
    EXPECT_EQ(dirty, 1u);
    uint64_t all_fast = cycles(64, 1), all_slow = cycles(64, 37);
    EXPECT_EQ(dirty, 64u);
    EXPECT_GT(one_fast, none_fast);
    EXPECT_EQ(one_slow, one_fast + 36);
    EXPECT_GT(all_fast, one_fast + 63);
    EXPECT_EQ(all_slow, all_fast + 64 * 36) << "one write at a time";
    EXPECT_GT(all_slow, 64u * 37);
}

TEST_P(Disable, WithholdsQuiescentExactlyAsLongAsTheBusWithholdsOneWriteResponse)
{
    std::set<uint64_t> after_release;
    for (uint64_t withheld_for : {100u, 1000u, 5003u}) {
        gic g(GetParam().preset, GetParam().set);
        g.boot();
        g.mapd(0);
        g.run();
        bool silent = true;
        g.mem.withheld = [&](unsigned, bool write) { return silent && write; };
        g.disable();
        g.tick(withheld_for);
        EXPECT_EQ(g.ctlr(), 0u);
        silent = false;
        uint64_t released = g.cycle();
        while (!g.look().quiescent)
            g.tick();
        after_release.insert(g.cycle() - released);
    }
    EXPECT_EQ(after_release.size(), 1u);
}

TEST_P(Disable, TakesAtLeastTheProfilesMinimum)
{
    laws::settings set = GetParam().set;
    set.push_back({"quiescent_min", "700"});
    gic g(GetParam().preset, set);
    g.boot();
    uint64_t took = g.quiesce();
    EXPECT_GE(took, 695u); /* counted from the edge the register was written */
    EXPECT_LE(took, 705u);
    g.enable();
    g.mem.latency = 200;
    for (uint32_t d = 0; d < 6; d++)
        g.mapd(d);
    g.run();
    EXPECT_GT(g.quiesce(), 705u) << "it is a minimum";
}

TEST_P(Disable, WritesBackWhatItCanWhenMemoryFails)
{
    gic g(GetParam().preset, GetParam().set);
    g.boot();
    g.mapd(0);
    g.mapti(0, 0, 8192, 0);
    g.mapti(0, 1, 8193, 0);
    g.run();
    const uint64_t bad = g.itt(0);
    g.mem.fault = [&](uint64_t a, bool write) { return write && a == bad; };
    g.quiesce(10000);
    EXPECT_EQ(g.count(ITS_EV_WRITE_LOST), 1u);
    laws::tables t(g);
    EXPECT_TRUE(t.dte(0).valid);
    EXPECT_FALSE(t.ite(bad, 0).valid) << "that mapping is lost";
    EXPECT_TRUE(t.ite(bad, 1).valid);
}

TEST_P(Disable, EnableWhileItLastsIsIgnoredOrRemembered)
{
    for (const char *choice : {"0", "1"}) {
        laws::settings set = GetParam().set;
        set.push_back({"enable_in_drain", choice});
        set.push_back({"quiescent_min", "300"});
        gic g(GetParam().preset, set);
        g.boot();
        g.mapd(0);
        g.run();
        g.disable();
        g.enable();
        EXPECT_EQ(g.look().drain, 3);
        for (int i = 0; g.look().drain != 0 && i < 1000; i++)
            g.tick();
        EXPECT_TRUE(laws::tables(g).dte(0).valid);
        g.tick(20);
        EXPECT_EQ(g.ctlr(), choice[0] == '0' ? 0x80000000u : 1u);
    }
}

/* --- at every edge ------------------------------------------------------------------------------------ */

class EveryEdge : public testing::TestWithParam<machine> {
protected:
    /* Calls `at` at every edge of the run, with the other bench in the same state. */
    template <typename F>
    void at_every_edge(F at, uint64_t seed = 1)
    {
        run = std::make_unique<busy>(GetParam(), 3, seed);
        other = laws::make(GetParam());
        gic &g = *run->g;
        size_t next = 0;
        for (unsigned edge = 0; !run->over(g, next); edge++) {
            auto s = g.save();
            other->load(s);
            at(edge, next);
            if (HasFailure()) {
                ADD_FAILURE() << "edge " << edge << " of the run";
                return;
            }
            run->advance(g, next);
            edges = edge + 1;
        }
    }
    void end_of_access()
    {
        while (!other->host_idle())
            other->tick();
    }
    std::unique_ptr<busy> run;
    std::unique_ptr<gic> other;
    unsigned edges = 0;
};

INSTANTIATE_TEST_SUITE_P(
    Machines, EveryEdge,
    testing::Values(machine{"gic500", "gic500", {}, false}, machine{"flat", "flat", {}, false},
                    machine{"flat_back_2", "flat", laws::caches("2", 2), false},
                    machine{"flat_two_level_back_1", "flat", laws::caches("2", 1), true}),
    laws::machine_name);

TEST_P(EveryEdge, ADisableReachesQuiescentWithCompleteTablesAndThenLeavesMemoryAlone)
{
    auto disable = [&](unsigned edge, size_t) {
        gic &b = *other;
        b.its_accesses_while_off = 0;
        end_of_access();
        b.quiesce(5000);
        ASSERT_TRUE(run->right_tables(b));
        ASSERT_EQ(b.look().translations + b.look().msi_queue, 0u);
        b.settle(); /* redistributors may still be at it */
        uint64_t accesses = b.mem.reads + b.mem.writes;
        b.tick(40);
        ASSERT_EQ(b.mem.reads + b.mem.writes, accesses);
        ASSERT_EQ(b.its_accesses_while_off, 0u);
        if (edge % 5 == 0) { /* and what was left is carried out after the next enable */
            b.enable();
            b.settle();
            ASSERT_EQ(b.look().creadr, b.look().cwriter);
            b.quiesce(5000);
            ASSERT_TRUE(run->right_tables(b));
        }
    };
    for (uint64_t seed = 1; seed <= 4; seed++) {
        at_every_edge(disable, seed);
        EXPECT_GT(edges, 300u);
    }
}

TEST_P(EveryEdge, AResetWritesNothingMoreAndLeavesAGicThatWorks)
{
    at_every_edge([&](unsigned edge, size_t) {
        gic &b = *other;
        b.its_accesses_while_off = 0;
        b.reset(1 + edge % 3);
        uint64_t writes = b.mem.writes;
        b.tick(30);
        ASSERT_EQ(b.mem.writes, writes);
        ASSERT_EQ(b.count(ITS_EV_MEM_WRITE), 0u);
        ASSERT_EQ(b.look().reads_owed + b.look().writes_owed, 0u);
        ASSERT_EQ(b.mem.owed(), 0u);
        ASSERT_EQ(b.ctlr(), 0x80000000u);
        ASSERT_EQ(b.its_accesses_while_off, 0u);
        if (edge % 4 == 0) {
            b.boot();
            b.mapd(100, 2);
            b.mapti(100, 1, 8400, 2);
            b.run();
            b.msi(100, 1);
            b.settle();
            ASSERT_TRUE(b.pending(2, 8400));
        }
    });
    EXPECT_GT(edges, 300u);
}

TEST_P(EveryEdge, AnswersFromBeforeAResetAreNotTakenForNewOnes)
{
    unsigned owed = 0;
    at_every_edge([&](unsigned, size_t) {
        gic &b = *other;
        bool silent = true;
        b.mem.withheld = [&](unsigned, bool) { return silent; };
        b.tick(3);
        b.reset();
        auto late = b.look();
        ASSERT_EQ(late.reads_owed + late.writes_owed, b.mem.owed());
        uint64_t reads = b.mem.reads, writes = b.mem.writes;
        owed += b.mem.owed() > 0;
        b.write(ITS_FRAME_GICD, 0, 0x13);
        b.bases();
        b.lpis(2);
        b.enable();
        b.mapc(2, 2);
        b.mapd(100, 2);
        b.mapti(100, 1, 8400, 2);
        b.publish();
        b.tick(60);
        ASSERT_EQ(b.mem.writes, writes);
        if (b.mem.writes_owed()) {
            ASSERT_EQ(b.mem.reads, reads) << "an access started while a write may still land";
        }
        silent = false;
        b.consume();
        b.msi(100, 1);
        b.settle();
        ASSERT_TRUE(b.pending(2, 8400));
        ASSERT_EQ(b.count(ITS_EV_CMD_ERROR), 0u);
        b.mem.withheld = [](unsigned, bool) { return false; };
    });
    EXPECT_GT(owed, 50u);
}

TEST_P(EveryEdge, ASavedStateGoesOnIdenticallyOnAnotherBench)
{
    /* First the run as it is; then from each edge again. */
    busy again(GetParam(), 3);
    size_t next = 0;
    while (!again.over(*again.g, next))
        again.advance(*again.g, next);
    const auto events = again.g->events;
    const uint64_t digest = gic500_digest(again.g->get()), end = again.g->cycle();

    size_t seen = 0;
    at_every_edge([&](unsigned, size_t at) {
        gic &b = *other;
        ASSERT_EQ(gic500_digest(b.get()), gic500_digest(run->g->get()));
        while (b.cycle() < end)
            run->advance(b, at);
        ASSERT_EQ(gic500_digest(b.get()), digest);
        ASSERT_EQ(b.events.size(), events.size() - seen);
        ASSERT_EQ(
            std::memcmp(b.events.data(), events.data() + seen, b.events.size() * sizeof events[0]),
            0);
        while (seen < events.size() && events[seen].cycle <= run->g->cycle())
            seen++;
    });
    EXPECT_GT(edges, 300u);
}

TEST_P(EveryEdge, DroppingCleanLinesChangesTimeAndNothingElse)
{
    at_every_edge([&](unsigned, size_t at) {
        gic &b = *other;
        gic500_drop_clean_lines(b.get());
        while (at < run->steps.size() || !b.host_idle())
            run->advance(b, at);
        b.settle();
        b.quiesce(5000);
        ASSERT_EQ(b.look().creadr, b.look().cwriter);
        ASSERT_TRUE(run->right_tables(b));
    });
}

} // namespace
