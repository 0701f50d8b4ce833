/* SPDX-License-Identifier: MIT */
/* Both sides of profile fields that only the whole can show; docs/model.md lists them all. */
#include <algorithm>
#include <set>
#include <string>

#include "its/wires.h"
#include "machines.h"

namespace {

using bench::gic;
using laws::settings;

/* Devices 1 to 8 with two events each, one redistributor after the other. */
std::unique_ptr<gic> mapped(const char *preset, const settings &set)
{
    auto g = std::make_unique<gic>(preset, set);
    g->boot();
    for (uint32_t d = 1; d <= 8; d++) {
        g->mapd(d);
        for (uint32_t e = 0; e < 2; e++)
            g->mapti(d, e, 8192 + 2 * d + e, (d - 1) % g->profile.redistributors);
    }
    g->run();
    return g;
}

uint64_t cycle_of(const gic &g, its_event_kind kind)
{
    for (const auto &e : g.events)
        if (e.kind == kind)
            return e.cycle;
    ADD_FAILURE() << "no event " << kind;
    return 0;
}

uint64_t highest(const gic &g, its_queue queue)
{
    uint64_t level = 0;
    for (const auto &e : g.events)
        if (e.kind == ITS_EV_LEVEL && e.c == queue)
            level = std::max(level, e.a);
    return level;
}

unsigned dones(const gic &g)
{
    return g.count(ITS_EV_CMD_DONE);
}

TEST(Choices, StrictSyncEndsEveryCommandWithItsAcknowledgement)
{
    for (const char *strict : {"0", "1"}) {
        auto g = mapped("gic500", {{"sync", strict}, {"rd_cycles", "500"}});
        g->events.clear();
        g->event(ITS_CMD_INV, 1, 0);
        g->run();
        uint64_t took = cycle_of(*g, ITS_EV_CMD_DONE) - cycle_of(*g, ITS_EV_CMD_START);
        EXPECT_EQ(took > 500, *strict == '1') << took;
    }
}

TEST(Choices, SyncMayWaitForTranslationsUnderWay)
{
    for (const char *all : {"0", "1"}) {
        auto g = mapped("gic500", {{"sync_waits", all}});
        g->empty_caches();
        bool withheld = true;
        g->mem.withheld = [&](unsigned id, bool write) {
            return withheld && !write && id < ITS_ID_COMMAND;
        };
        g->msi(1, 0);
        g->tick(50);
        g->sync(3);
        g->publish();
        g->tick(500);
        EXPECT_EQ(dones(*g), *all == '1' ? 0u : 1u) << all;
        withheld = false;
        g->settle();
        EXPECT_EQ(dones(*g), 1u) << all;
    }
}

/* A translator that is never idle, and takes the next MSI at the very edge at which one ends. */
TEST(Choices, SyncWaitsForNoTranslationThatBeginsLater)
{
    auto g = mapped("gic500",
                    {{"sync_waits", "1"}, {"translations", "1"}, {"translation_cycles", "40"}});
    uint32_t next = 0;
    auto storm = [&](uint64_t cycles) {
        for (; cycles; cycles--, g->tick())
            if (g->host_idle()) {
                g->start_msi(1 + next % 8, next / 8 % 2);
                next++;
            }
        while (!g->host_idle())
            g->tick();
    };
    storm(500);
    g->sync(3);
    g->publish();
    g->events.clear();
    storm(500);
    EXPECT_GT(g->count(ITS_EV_MSI_START), 5u);
    EXPECT_EQ(dones(*g), 1u);
}

TEST(Choices, ATableThatCannotBeReadDropsOrStallsTheCommand)
{
    for (const char *stalls : {"0", "1"}) {
        auto g = mapped("gic500", {{"table_error", stalls}});
        g->empty_caches();
        bool broken = true;
        g->mem.fault = [&](uint64_t addr, bool) {
            return broken && addr >= gic::DEVICES && addr < gic::CONFIG;
        };
        g->mapti(1, 2, 8300, 0);
        g->run();
        EXPECT_EQ(g->count(ITS_EV_CMD_FAULT), 1u);
        EXPECT_EQ(dones(*g), *stalls == '1' ? 0u : 1u);
        EXPECT_EQ(g->look().stalled, *stalls == '1');
        broken = false;
        g->write(ITS_FRAME_GITS, 0x88, g->cwriter() | 1u); /* Retry */
        g->settle();
        EXPECT_FALSE(g->look().stalled);
        g->msi(1, 2);
        g->settle();
        EXPECT_EQ(g->pending(0, 8300), *stalls == '1') << "the command was carried out after all";
    }
}

TEST(Choices, TheVictimIsTheNextInTurnOrTheLongestUnused)
{
    for (const char *lru : {"0", "1"}) {
        auto g = mapped(
            "gic500", {{"replacement", lru}, {"event_cache_sets", "1"}, {"event_cache_ways", "2"}});
        g->empty_caches();
        for (uint32_t d : {1u, 2u, 1u, 3u}) { /* 1 and 2 are held, 1 is used again, 3 needs room */
            g->msi(d, 0);
            g->settle();
        }
        g->events.clear();
        g->msi(1, 0);
        g->settle();
        unsigned reads = 0;
        for (const auto &e : g->events)
            reads += e.kind == ITS_EV_MEM_READ && e.c == ITS_ENTRY_ITE;
        EXPECT_EQ(reads, *lru == '1' ? 0u : 1u) << lru;
    }
}

TEST(Choices, TableReadsBoundsTheReadsForMsis)
{
    for (unsigned most : {1u, 4u, 6u}) {
        std::string n = std::to_string(most);
        auto g = mapped("flat", {{"table_reads", n.c_str()}});
        unsigned open = 0, seen = 0;
        g->mem.withheld = [](unsigned id, bool write) { return !write && id < ITS_ID_COMMAND; };
        g->each_edge = [&] {
            if (its_fire(&g->pins.m_axi.ar))
                seen = std::max(seen, ++open);
        };
        for (uint32_t d = 1; d <= 8; d++)
            g->msi(d, 0);
        g->tick(200);
        EXPECT_EQ(seen, most);
    }
}

TEST(Choices, TableWritesOverlapAsFarAsTheProfileSays)
{
    uint64_t one = 0;
    for (const char *writes : {"1", "4"}) {
        auto g = mapped("gic500", {{"table_writes", writes}});
        g->mem.latency = 37;
        uint64_t took = g->quiesce();
        if (one) {
            EXPECT_LT(2 * took, one);
        }
        one = took;
    }
}

TEST(Choices, TheWriteBufferHoldsWhatTheProfileSays)
{
    for (unsigned lines : {1u, 4u, 16u}) {
        std::string n = std::to_string(lines);
        auto g = mapped("gic500", {{"write_buffer", n.c_str()}});
        g->mem.latency = 37;
        g->quiesce();
        EXPECT_EQ(highest(*g, ITS_QUEUE_WRITE_BUFFER), lines);
    }
}

TEST(Choices, TranslationsBoundsTheMsisUnderTranslation)
{
    for (unsigned n : {1u, 3u, 8u, 16u}) {
        std::string text = std::to_string(n);
        auto g = mapped("flat", {{"translations", text.c_str()}});
        g->mem.latency = 100;
        for (uint32_t e = 0; e < 2; e++)
            for (uint32_t d = 1; d <= 8; d++)
                g->msi(d, e);
        g->settle();
        EXPECT_EQ(highest(*g, ITS_QUEUE_TRANSLATIONS), n);
        for (uint32_t d = 1; d <= 8; d++)
            EXPECT_TRUE(g->pending((d - 1) % 4, 8192 + 2 * d + 1));
    }
}

/* A redistributor whose configuration read is never answered carries nothing out. */
void block_redistributors(gic &g)
{
    g.mem.withheld = [](unsigned id, bool) { return id >= ITS_ID_RD; };
    g.msi(1, 0);
    g.tick(100);
    g.events.clear();
}

TEST(Choices, CreditsBoundTheMessagesOnTheirWayToARedistributor)
{
    for (const char *credits : {"1", "4"}) {
        auto g = mapped("gic500", {{"rd_credits", credits}});
        block_redistributors(*g);
        g->event(ITS_CMD_CLEAR, 1, 1);
        g->event(ITS_CMD_CLEAR, 1, 1);
        g->publish();
        g->tick(500);
        /* One is being carried out; a redistributor has room for one more. */
        EXPECT_EQ(g->count(ITS_EV_RD_SEND), *credits == '1' ? 0u : 1u);
    }
}

TEST(Choices, CommandsWaitWhenARedistributorsQueueIsFull)
{
    unsigned shorter = 0;
    for (const char *places : {"2", "16"}) {
        auto g = mapped("gic500", {{"rd_queue", places}});
        block_redistributors(*g);
        for (int i = 0; i < 40; i++)
            g->event(ITS_CMD_CLEAR, 1, 1);
        g->event(ITS_CMD_CLEAR, 2, 1);
        g->publish();
        g->tick(3000);
        EXPECT_LT(dones(*g), 40u);
        EXPECT_GE(dones(*g), unsigned(std::stoi(places)));
        EXPECT_GT(dones(*g), shorter);
        shorter = dones(*g);
    }
}

TEST(Choices, RedistributorsShareAsManyAxiIdsAsTheProfileSays)
{
    for (unsigned ids : {1u, 2u, 4u, 8u}) {
        std::string n = std::to_string(ids);
        auto g = mapped("gic500", {{"lpi_ids", n.c_str()}, {"redistributors", "8"}});
        bool withheld = true;
        g->mem.withheld = [&](unsigned id, bool) { return withheld && id >= ITS_ID_RD; };
        unsigned open = 0;
        g->each_edge = [&] { open += its_fire(&g->pins.m_axi.ar); };
        for (uint32_t d = 1; d <= 8; d++)
            g->msi(d, 0); /* one for each redistributor, whose configuration is not known yet */
        g->tick(300);
        EXPECT_EQ(open, ids);
        withheld = false;
        g->settle();
        for (uint32_t d = 1; d <= 8; d++)
            EXPECT_EQ(g->acknowledge(d - 1), 8192 + 2 * d);
    }
}

/* Lines that are kept at OFF are of the tables they were read from. */
TEST(Choices, ANewTableEmptiesCachesThatAreKeptAtOff)
{
    for (uint32_t base : {0x100u, 0x108u}) {
        laws::settings set = laws::caches("1", 64);
        set.push_back({"caches_at_off", "1"});
        gic g("flat", set);
        g.boot();
        g.mapd(1);
        g.mapti(1, 0, 8192, 0);
        g.run();
        g.msi(1, 0);
        g.settle();
        g.quiesce();
        g.settle();
        unsigned kept = 0;
        for (unsigned n : g.look().lines)
            kept += n;
        ASSERT_GT(kept, 0u);
        g.write(ITS_FRAME_GITS, base, base == 0x100 ? g.baser0(4) : g.baser1() ^ 1, 8);
        g.settle();
        for (unsigned n : g.look().lines)
            EXPECT_EQ(n, 0u) << std::hex << base;
    }
}

/* Sets of a cache without a policy are no sets: nobody looks through them. */
TEST(Choices, ACacheThatIsNotThereTakesNoTime)
{
    std::set<uint64_t> took;
    for (const char *sets : {"1", "256"}) {
        gic g("flat", {{"device_cache_policy", "0"},
                       {"event_cache_policy", "0"},
                       {"collection_cache_policy", "0"},
                       {"device_cache_sets", sets},
                       {"event_cache_sets", sets},
                       {"collection_cache_sets", sets}});
        g.boot();
        uint64_t from = g.cycle();
        g.mapd(1);
        g.mapti(1, 0, 8192, 0);
        g.mapd(1, 5, false);
        g.run();
        g.quiesce();
        took.insert(g.cycle() - from);
    }
    EXPECT_EQ(took.size(), 1u);
}

} // namespace
