/* SPDX-License-Identifier: MIT */
/* The rules that make concurrency safe: commands and MSIs at the same time, and what must not wait. */
#include "gic500/parts.h"
#include "race.h"

namespace {

using bench::gic;
using laws::machine;
using laws::race;
using laws::reference;
using laws::software;
using laws::tables;

/* One bench with few devices, mapped, and a run in which commands and MSIs race. */
class racing {
    /* A queue that stalls would be mended by software, which the judge knows nothing of. */
    static laws::settings ignoring_errors(laws::settings set)
    {
        set.push_back({"command_error", "0"});
        return set;
    }

public:
    racing(const machine &m, uint64_t seed, unsigned latency, unsigned busy,
           const laws::settings &more = {})
        : g(laws::make(m, ignoring_errors(more)))
    {
        g->watch();
        g->mem.busy_one_in = busy;
        g->mem.latency = latency;
        g->mem.jitter = 3 * latency;
        g->mem.loose = true;
        watch_messages();
        g->boot();
        ref = std::make_unique<reference>(*g);
        sw = std::make_unique<software>(*g, *ref, laws::dense(2 + unsigned(seed % 3)), seed);
        sw->map_all();
        sw->sync();
        g->settle();
        if (sw->chance(2)) {
            g->quiesce(); /* begin with nothing cached */
            g->enable();
        }
        g->events.clear();
        place = g->cwriter() / 32;
    }
    /* Called before each step of random traffic. */
    std::function<void()> beside = [] {};
    void random_traffic(unsigned steps)
    {
        for (unsigned i = 0; i < steps; i++) {
            beside();
            if (sw->chance(2)) {
                for (uint64_t n = sw->pick(3) + 1; n; n--)
                    sw->queue(sw->random_command());
                g->publish();
            }
            for (uint64_t n = sw->pick(4); n; n--)
                g->msi(sw->device(), sw->event());
            g->tick(sw->pick(sw->chance(3) ? 80 : 10));
        }
    }
    /* After the last SYNC everything must agree exactly. */
    void finish()
    {
        sw->queue_syncs();
        g->consume();
        g->settle();
        race r(*g, sw->range(), sw->take_behind(), place, *ref);
        ASSERT_TRUE(r.judge());
        raced += r.raced;
        ref->pending = r.pending;
        ASSERT_TRUE(sw->same_translations());
        g->quiesce();
        ASSERT_TRUE(sw->same_tables());
        ASSERT_EQ(g->violation(), "");
        ASSERT_EQ(withdrawn, 0u);
        ASSERT_EQ(g->its_accesses_while_off, 0u);
    }

    std::unique_ptr<gic> g;
    std::unique_ptr<reference> ref;
    std::unique_ptr<software> sw;
    uint32_t place;
    unsigned raced = 0, withdrawn = 0;

private:
    /* An offered message stays as it is until it is taken; what a command holds is not looked up. */
    void watch_messages()
    {
        auto before = std::make_shared<std::vector<its_rdmsg_ch>>(g->profile.redistributors);
        auto held = std::make_shared<its_hold>();
        g->wires = [this, before, held] {
            const its_wires &w = g->get()->x.w;
            for (unsigned rd = 0; rd < g->profile.redistributors; rd++) {
                its_rdmsg_ch now = w.rd_message[rd];
                now.valid = now.valid && its_rdset_has(&w.rd_offered, rd);
                const its_rdmsg_ch &was = (*before)[rd];
                if (was.valid && !was.ready)
                    withdrawn += !now.valid || std::memcmp(&was.d, &now.d, sizeof now.d) != 0;
                (*before)[rd] = now;
            }
            bool same = held->kind != ITS_HOLD_NONE && held->kind == w.hold.kind &&
                        held->device == w.hold.device && held->key == w.hold.key;
            if (same && w.xlat_lookup.valid)
                withdrawn += its_hold_covers(&w.hold, &w.xlat_lookup.name);
            *held = w.hold;
        };
    }
};

class Concurrency : public testing::TestWithParam<machine> {};

INSTANTIATE_TEST_SUITE_P(Machines, Concurrency, testing::ValuesIn(laws::machines()),
                         laws::machine_name);

TEST_P(Concurrency, RandomCommandsAgainstMsisInFlightComeOutInSomeLegalOrder)
{
    unsigned raced = 0;
    const unsigned latencies[] = {0, 1, 5, 37};
    for (uint64_t seed = 1; seed <= 48; seed++) {
        racing r(GetParam(), seed, latencies[seed % 4], seed % 5 ? 0 : 3);
        r.random_traffic(40);
        ASSERT_NO_FATAL_FAILURE(r.finish()) << "seed " << seed;
        raced += r.raced;
    }
    EXPECT_GT(raced, 500u);
}

TEST_P(Concurrency, SlowRedistributorsAndShortQueuesChangeNothing)
{
    for (uint64_t seed = 101; seed <= 116; seed++) {
        racing r(GetParam(), seed, 3, 0,
                 {{"rd_cycles", seed % 2 ? "60" : "1"},
                  {"rd_queue", "2"},
                  {"rd_credits", "1"},
                  {"translations", seed % 3 ? "2" : "16"},
                  {"write_buffer", "1"},
                  {"msi_queue", seed % 3 ? "1" : "64"},
                  {"table_reads", seed % 2 ? "1" : "6"},
                  {"table_writes", seed % 2 ? "4" : "1"},
                  {"sync", seed % 4 == 2 ? "1" : "0"},
                  {"sync_waits", seed % 4 == 1 ? "1" : "0"}});
        r.random_traffic(40);
        ASSERT_NO_FATAL_FAILURE(r.finish()) << "seed " << seed;
    }
}

TEST_P(Concurrency, PerturbedRunsComeOutInSomeLegalOrderToo)
{
    for (uint32_t seed = 1; seed <= 24; seed++) {
        std::string number = std::to_string(seed * 1000);
        racing r(GetParam(), seed, seed % 4, seed % 5 ? 0 : 3,
                 {{"perturb", number.c_str()},
                  {"write_buffer", seed % 2 ? "1" : "4"},
                  {"table_writes", seed % 3 ? "1" : "4"},
                  {"rd_credits", seed % 4 ? "4" : "16"}});
        r.random_traffic(40);
        ASSERT_NO_FATAL_FAILURE(r.finish()) << "seed " << seed;
    }
}

/* Four devices, so that another one waits when each slot has one of a device of its own. */
TEST_P(Concurrency, MsisSentBackToTheQueueComeOutInSomeLegalOrderToo)
{
    unsigned sent_back = 0;
    for (uint64_t seed = 503; seed <= 521; seed += 3) {
        racing r(GetParam(), seed, seed % 2 ? 150 : 3, 0,
                 {{"translations", seed % 2 ? "2" : "3"},
                  {"rd_cycles", "1000"},
                  {"rd_queue", "2"},
                  {"rd_credits", "1"}});
        r.random_traffic(60);
        sent_back += r.g->count(ITS_EV_MSI_BACK);
        ASSERT_NO_FATAL_FAILURE(r.finish()) << "seed " << seed;
    }
    EXPECT_GT(sent_back, 0u);
}

TEST_P(Concurrency, DroppingCleanLinesInTheMiddleOfARaceChangesOnlyTime)
{
    for (uint64_t seed = 301; seed <= 316; seed++) {
        racing r(GetParam(), seed, unsigned(seed % 7), 0, {{"lpi_entries", "2"}});
        gic &g = *r.g;
        uint64_t next = 0, dropped = 0;
        g.each_edge = [&] { /* about every third edge, as a host may between any two */
                            next = next * 6364136223846793005u + 1442695040888963407u;
                            if ((next >> 33) % 3 == 0)
                                dropped += gic500_drop_clean_lines(g.get());
        };
        r.random_traffic(40);
        ASSERT_NO_FATAL_FAILURE(r.finish()) << "seed " << seed;
        if (g.profile.event_cache_policy != 0) {
            EXPECT_GT(dropped, 0u);
        }
    }
}

/* Caches emptied, lines locked and unlocked, translations on trial: all of it in the middle of races. */
TEST_P(Concurrency, CacheControlInTheMiddleOfARaceChangesOnlyTime)
{
    unsigned emptied = 0, passed = 0;
    for (uint64_t seed = 401; seed <= 424; seed++) {
        racing r(GetParam(), seed, unsigned(seed % 7), 0,
                 {{"cache_control", "1"}, {"write_buffer", seed % 2 ? "1" : "4"}});
        static const uint64_t kinds[] = {0, 1, 1, 2, 2, 2, 3, 4, 8};
        r.beside = [&] {
            auto &sw = *r.sw;
            if (sw.chance(3))
                r.g->write(ITS_FRAME_GITS, 0x20, uint32_t(sw.pick(8)) << 16);
            r.g->write(ITS_FRAME_GITS, 0x28,
                       kinds[sw.pick(9)] << 60 | uint64_t(sw.device()) << 32 | sw.event(), 8);
        };
        r.random_traffic(40);
        r.g->write(ITS_FRAME_GITS, 0x2c, 4u << 28); /* whatever is tracked */
        for (auto &x : r.g->events) {
            emptied += x.kind == ITS_EV_INVALIDATE;
            passed += x.kind == ITS_EV_OPR && (x.b >> 62 & 1u);
        }
        ASSERT_NO_FATAL_FAILURE(r.finish()) << "seed " << seed;
    }
    EXPECT_GT(emptied, 100u);
    EXPECT_GT(passed, 100u);
}

/* Nothing is kept: every translation goes to memory for everything, and many wait for lookups. */
TEST_P(Concurrency, ManyTranslationsThroughTinyCachesAndQuickCommands)
{
    for (uint64_t seed = 201; seed <= 260; seed++) {
        racing r(GetParam(), seed, seed % 4 ? unsigned(seed % 4 - 1) : 29, 0,
                 {{"translations", "16"},
                  {"level1_entries", "0"},
                  {"command_cycles", "1"},
                  {"translation_cycles", "1"},
                  {"msi_queue", "64"},
                  {"table_reads", "6"},
                  {"table_writes", "4"},
                  {"write_buffer", "16"},
                  {"collection_cache_ways", "1"},
                  {"collection_cache_sets", "1"}});
        r.random_traffic(60);
        ASSERT_NO_FATAL_FAILURE(r.finish()) << "seed " << seed;
    }
}

/* Each kind of command against an MSI that comes at every distance from it. */
TEST_P(Concurrency, AnMsiAtAnyDistanceFromACommandGetsTheOldOrTheNewMapping)
{
    for (unsigned kind = 0; kind < 6; kind++)
        for (unsigned distance = 0; distance < 110; distance += 1 + kind % 2) {
            racing r(GetParam(), 1 + distance % 3, distance % 4 ? 0 : 5, 0);
            auto &sw = *r.sw;
            its_cmd c = r.g->op(ITS_CMD_MOVI);
            c.device = 1;
            c.event = 1;
            c.icid = 3;
            switch (kind) {
            case 0:
                break;
            case 1:
                c.opcode = ITS_CMD_DISCARD;
                break;
            case 2:
                c = sw.mapti(1, 1, 2);
                c.intid = sw.intid(1, 1, 1);
                break;
            case 3:
                c = sw.mapped(1);
                break;
            case 4:
                c = sw.unmapped(1);
                break;
            default:
                c = r.g->op(ITS_CMD_MAPC);
                c.icid = uint16_t(sw.icid());
                c.rdbase = 3;
                c.valid = true;
            }
            if (distance % 2)
                r.g->msi(1, 1); /* warm */
            sw.queue(c);
            r.g->publish();
            r.g->tick(distance / 2);
            for (uint32_t e : {1u, 0u, 1u})
                r.g->msi(1, e);
            ASSERT_NO_FATAL_FAILURE(r.finish()) << "kind " << kind << " distance " << distance;
        }
}

TEST_P(Concurrency, AnUnmappedDevicesIttIsFreeAsSoonAsCreadrPassesTheCommand)
{
    for (unsigned distance = 0; distance < 60; distance += 3) {
        racing r(GetParam(), 2, 37, 0);
        its_cmd map = r.sw->mapped(1);
        r.sw->queue(map);
        for (uint32_t e : r.sw->range().events)
            r.sw->queue(r.sw->mapti(1, e, e));
        r.g->publish();
        r.g->tick(distance * 8);
        for (uint32_t e : r.sw->range().events)
            r.g->msi(1, e);
        r.sw->queue(r.sw->unmapped(1));
        r.g->consume();
        r.g->mem.data.fill(map.itt, 64, 0xc5);
        ASSERT_NO_FATAL_FAILURE(r.finish());
        for (unsigned i = 0; i < 64; i++)
            ASSERT_EQ(r.g->mem.data.get(map.itt + i), 0xc5) << distance;
    }
}

TEST_P(Concurrency, MappingADeviceAnewWritesItsDirtyEventsToTheOldIttOnly)
{
    for (unsigned distance = 0; distance < 40; distance += 3) {
        racing r(GetParam(), 2, 11, 0);
        its_cmd first = r.sw->mapped(1), second = r.sw->mapped(1);
        r.sw->queue(first);
        for (uint32_t e : r.sw->range().events)
            r.sw->queue(r.sw->mapti(1, e, e));
        r.sw->queue(second);
        r.g->publish();
        r.g->tick(distance * 8);
        for (uint32_t e : r.sw->range().events)
            r.g->msi(1, e);
        r.g->consume();
        tables t(*r.g);
        for (uint32_t e : r.sw->range().events) {
            EXPECT_EQ(t.ite(first.itt, e).intid, r.sw->intid(1, e, 0));
            EXPECT_FALSE(t.ite(second.itt, e).valid);
        }
        r.g->mem.written.clear();
        ASSERT_NO_FATAL_FAILURE(r.finish());
        EXPECT_FALSE(laws::written_in(*r.g, first.itt, 64));
        EXPECT_FALSE(laws::written_in(*r.g, second.itt, 64));
    }
}

/* --- what must not wait ------------------------------------------------------------------------------ */

class Waiting : public testing::TestWithParam<machine> {
protected:
    void SetUp() override
    {
        g = laws::make(GetParam());
        g->boot();
        for (uint32_t d = 0; d < 16; d++) {
            g->mapd(d);
            for (uint32_t e = 0; e < 20; e++)
                g->mapti(d, e, 8192 + d * 20 + e, d % 4);
        }
        g->run();
        g->quiesce(); /* nothing cached */
        g->enable();
        g->tick(10);
    }
    unsigned reads_of(uint64_t address) const
    {
        unsigned n = 0;
        for (const auto &e : g->events)
            n += e.kind == ITS_EV_MEM_READ && e.a == address;
        return n;
    }
    bool arrived(uint32_t d, uint32_t e) { return g->pending(d % 4, 8192 + d * 20 + e); }
    std::unique_ptr<gic> g;
};

INSTANTIATE_TEST_SUITE_P(Machines, Waiting, testing::ValuesIn(laws::machines()),
                         laws::machine_name);

TEST_P(Waiting, AnIdThatNeverAnswersStopsOnlyTheDeviceThatNeedsIt)
{
    bool silent = true;
    unsigned stuck = ITS_IDS;
    const uint64_t dte = g->two_level ? gic::DEVICE_PAGE : gic::DEVICES;
    g->wires = [&] { /* the first read of device 0's entry is the one that is not answered */
                     const auto &ar = g->pins.m_axi.ar;
                     if (stuck == ITS_IDS && its_fire(&ar) && ar.d.addr == dte)
                         stuck = ar.d.id;
    };
    g->mem.withheld = [&](unsigned id, bool write) { return silent && !write && id == stuck; };
    for (uint32_t e = 0; e < 8; e++)
        g->msi(0, e);
    for (int again = 0; again < 3; again++)
        for (uint32_t d = 1; d < 16; d++)
            g->msi(d, uint32_t(again));
    for (unsigned rd = 0; rd < 4; rd++)
        g->sync(rd);
    g->mapd(20);
    g->mapti(20, 0, 8700, 1);
    g->sync(1);
    g->consume(5000);
    g->msi(20, 0);
    g->tick(2000);
    ASSERT_NE(stuck, unsigned(ITS_IDS));
    for (uint32_t d = 1; d < 16; d++)
        for (uint32_t e = 0; e < 3; e++)
            EXPECT_TRUE(arrived(d, e)) << d << " " << e;
    EXPECT_TRUE(g->pending(1, 8700));
    for (uint32_t e = 0; e < 8; e++)
        EXPECT_FALSE(arrived(0, e)) << e;
    silent = false;
    g->settle();
    for (uint32_t e = 0; e < 8; e++)
        EXPECT_TRUE(arrived(0, e)) << e;
}

TEST_P(Waiting, ACommandFetchThatNeverComesStopsNoMsi)
{
    for (unsigned id : {unsigned(ITS_ID_QUEUE), unsigned(ITS_ID_COMMAND)}) {
        bool silent = true;
        g->mem.withheld = [&](unsigned i, bool) { return silent && i == id; };
        g->mapd(30);
        g->mapti(30, 0, 8701, 0);
        g->publish();
        for (uint32_t d = 0; d < 16; d++)
            g->msi(d, id);
        g->tick(2000);
        for (uint32_t d = 0; d < 16; d++)
            EXPECT_TRUE(arrived(d, id)) << d;
        silent = false;
        g->settle();
        EXPECT_EQ(g->look().creadr, g->cwriter());
    }
}

TEST_P(Waiting, ARedistributorThatAnswersLateKeepsCreadrOnItsSyncOnly)
{
    bool silent = true;
    g->mem.withheld = [&](unsigned id, bool write) { return silent && !write && id >= ITS_ID_RD; };
    g->msi(1, 0); /* redistributor 1 reads the configuration of this one */
    g->tick(300);
    g->event(ITS_CMD_INV, 1, 0);
    g->sync(2);
    uint32_t sync = g->cwriter();
    g->sync(1);
    g->publish();
    g->tick(3000);
    EXPECT_EQ(g->look().creadr, sync) << "the INV and the other SYNC have passed, this one has not";
    silent = false;
    g->consume();
    EXPECT_TRUE(arrived(1, 0));
}

TEST_P(Waiting, AFullQueueOfOneRedistributorDoesNotBlockAnother)
{
    bool silent = true;
    g->mem.withheld = [&](unsigned id, bool write) { return silent && !write && id >= ITS_ID_RD; };
    g->msi(0, 0);
    g->tick(300);
    g->mem.withheld = [&](unsigned id, bool write) { return silent && !write && id == ITS_ID_RD; };
    unsigned fit = g->profile.rd_queue + g->profile.rd_credits + g->profile.translations / 2;
    for (uint32_t e = 1; e < fit; e++)
        g->msi(0, e);
    g->tick(500);
    EXPECT_GE(g->count(ITS_EV_RD_SEND), 1u);
    for (uint32_t e = 0; e < 10; e++)
        for (uint32_t d : {1u, 2u, 3u})
            g->msi(d, e);
    g->sync(1);
    g->sync(2);
    g->consume(20000);
    g->tick(2000);
    for (uint32_t e = 0; e < 10; e++)
        for (uint32_t d : {1u, 2u, 3u})
            EXPECT_TRUE(arrived(d, e)) << d << " " << e;
    EXPECT_EQ(g->acknowledge(0), GIC500_SPURIOUS);
    silent = false;
    g->settle();
    for (uint32_t e = 0; e < fit; e++)
        EXPECT_TRUE(arrived(0, e)) << e;
}

TEST_P(Waiting, WhatWaitsToBeWrittenIsKnownWithoutMemory)
{
    g->msi(1, 0); /* has redistributor 1 and the tables of device 1 awake and known, if kept */
    g->settle();
    bool silent = true;
    g->mem.withheld = [&](unsigned id, bool write) { return silent && write && id < ITS_ID_RD; };
    g->mapd(30);
    g->mapti(30, 5, 8192 + 20, 1); /* an INTID that redistributor 1 has a line for */
    g->consume(5000);
    g->msi(30, 5);
    g->tick(300);
    unsigned sent = 0;
    for (const auto &e : g->events)
        sent += e.kind == ITS_EV_MSI_SEND && e.a == 8192 + 20 && e.ref == 2;
    EXPECT_EQ(sent, 1u);
    silent = false;
    g->settle();
}

TEST_P(Waiting, TwoMissesToOneEntryShareOneFetch)
{
    g->mem.latency = 60;
    g->events.clear();
    uint64_t base = g->two_level ? gic::DEVICE_PAGE : gic::DEVICES;
    for (uint32_t e = 0; e < 2; e++)
        g->msi(2, e);
    g->settle();
    EXPECT_EQ(reads_of(base + 2 * g->profile.dte_bytes), 1u);
    EXPECT_TRUE(arrived(2, 0) && arrived(2, 1));
    g->events.clear();
    for (uint32_t d : {5u, 9u, 13u}) /* of one collection */
        g->msi(d, 0);
    g->settle();
    if (g->profile.collection_table) {
        base = g->two_level_collections() ? gic::COLLECTION_PAGE : gic::COLLECTIONS;
        EXPECT_EQ(reads_of(base + 1 * g->profile.cte_bytes), 1u);
    }
    EXPECT_TRUE(arrived(5, 0) && arrived(9, 0) && arrived(13, 0));
}

} // namespace
