/* SPDX-License-Identifier: MIT */
/*
 * What must hold whatever is cached and however (our reading of the caching rules of the Arm GIC
 * Architecture Specification, IHI 0069), each on every machine: no cache, write-through, write-back.
 */
#include "software.h"

namespace {

using bench::gic;
using laws::machine;
using laws::reference;
using laws::software;

class Invariant : public testing::TestWithParam<machine> {
protected:
    void boot(const laws::settings &more = {})
    {
        g = laws::make(GetParam(), more);
        g->boot();
        ref = std::make_unique<reference>(*g);
        sw = std::make_unique<software>(*g, *ref, laws::dense(4), 1);
    }
    void run_random(unsigned commands, unsigned msi_every = 3)
    {
        for (unsigned i = 0; i < commands; i++) {
            sw->queue(sw->random_command());
            sw->sync();
            if (sw->chance(msi_every))
                sw->msi(sw->device(), sw->event());
            g->settle();
        }
    }
    /* Software that starts anew on a GIC out of reset, with the tables as they are in memory. */
    void resume()
    {
        g->bases();
        for (unsigned rd = 0; rd < g->profile.redistributors; rd++)
            g->lpis(rd, false);
        g->write(ITS_FRAME_GICD, 0, 0x13);
        g->enable();
    }
    /* Hardware collections do not survive resetn: software maps them again as it had them. */
    void resume_collections()
    {
        std::map<uint32_t, its_cmd> last;
        for (const auto &c : sw->log)
            if (c.opcode == ITS_CMD_MAPC && c.icid < g->profile.hcc)
                last[c.icid] = c;
        for (auto &c : last)
            g->command(c.second);
        g->run();
    }
    /* Evicts whatever a small cache holds: other devices, events and collections are used. */
    void force_evictions()
    {
        for (uint32_t d = 100; d < 180; d++) {
            g->mapd(d, 2);
            g->mapti(d, d & 3, 8192 + 256 + d, 0);
        }
        if (g->profile.collection_table)
            for (uint32_t c = 200; c < 280; c++)
                g->mapc(c, 0);
        g->run();
    }

    std::unique_ptr<gic> g;
    std::unique_ptr<reference> ref;
    std::unique_ptr<software> sw;
};

INSTANTIATE_TEST_SUITE_P(Machines, Invariant, testing::ValuesIn(laws::machines()),
                         laws::machine_name);

TEST_P(Invariant, AtQuiescentMemoryHoldsEveryMapping)
{
    boot();
    sw->map_all();
    sw->sync();
    g->quiesce();
    EXPECT_TRUE(sw->same_tables());
    for (auto kind : {ITS_ENTRY_DTE, ITS_ENTRY_ITE, ITS_ENTRY_CTE})
        EXPECT_EQ(g->look().dirty[kind], 0u);
    g->reset();
    resume();
    resume_collections();
    EXPECT_TRUE(sw->same_translations());
}

TEST_P(Invariant, AtQuiescentMemoryHoldsNothingThatWasUnmapped)
{
    boot();
    sw->map_all();
    sw->sync();
    g->quiesce(); /* everything is valid in memory */
    g->enable();
    sw->queue(sw->unmapped(0));
    its_cmd c = g->op(ITS_CMD_DISCARD);
    c.device = 1;
    for (uint32_t e : sw->range().events) {
        c.event = e;
        sw->queue(c);
    }
    c = g->op(ITS_CMD_MAPC);
    c.icid = 3;
    sw->queue(c);
    sw->sync();
    g->quiesce();
    EXPECT_TRUE(sw->same_tables());
    laws::tables t(*g);
    EXPECT_FALSE(t.dte(0).valid);
    for (uint32_t e : sw->range().events)
        EXPECT_FALSE(t.ite(t.dte(1).address, e).valid) << e;
    if (g->profile.hcc == 0) {
        EXPECT_FALSE(t.cte(3).valid);
    }
    g->reset();
    resume();
    resume_collections();
    EXPECT_TRUE(sw->same_translations());
}

TEST_P(Invariant, RandomMappingsAreCompleteAndNotOverCompleteAtEveryQuiescent)
{
    boot();
    sw->map_all();
    for (int round = 0; round < 12; round++) {
        run_random(12);
        g->quiesce();
        ASSERT_TRUE(sw->same_tables()) << "round " << round;
        g->enable();
    }
    EXPECT_TRUE(sw->same_translations());
}

TEST_P(Invariant, NothingIsAccessedFromQuiescentToTheNextEnable)
{
    boot();
    sw->map_all();
    sw->sync();
    g->quiesce();
    g->mem.fault = [](uint64_t a, bool) { /* tables and queue are gone: an access would be seen */
                                          return (a >= gic::QUEUE && a < gic::CONFIG) ||
                                                 a >= gic::ITTS;
    };
    uint64_t reads = g->mem.reads, writes = g->mem.writes;
    g->mapti(0, 0, 8192, 0);
    g->publish();
    for (uint32_t e = 0; e < 4; e++)
        g->msi(0, e);
    for (uint32_t off = 0; off < 0x140; off += 4)
        g->read(ITS_FRAME_GITS, off);
    g->bases();
    g->tick(500);
    EXPECT_EQ(g->its_accesses_while_off, 0u);
    EXPECT_EQ(g->mem.reads, reads);
    EXPECT_EQ(g->mem.writes, writes);
    EXPECT_EQ(g->count(ITS_EV_MEM_FAULT), 0u);
}

TEST_P(Invariant, DroppingEveryCacheInOffChangesNothing)
{
    boot();
    sw->map_all();
    sw->sync();
    for (int round = 0; round < 6; round++) {
        run_random(10);
        g->quiesce();
        bool lose = round % 2;
        if (lose) {
            g->reset(); /* the ITS loses all it knows; its tables and pending tables are in memory */
            for (unsigned rd = 0; rd < g->profile.redistributors; rd++)
                ref->pending[rd].clear();
            resume();
            resume_collections();
        } else {
            g->enable();
        }
        ASSERT_TRUE(sw->same_translations()) << "round " << round;
    }
}

TEST_P(Invariant, WithAndWithoutCachesItIsTheSameMachineToSoftware)
{
    boot();
    sw->map_all();
    for (int i = 0; i < 150; i++) {
        sw->queue(sw->random_command());
        sw->sync();
        for (int k = 0; k < 2; k++)
            sw->msi(sw->device(), sw->event());
        g->settle();
        ASSERT_TRUE(sw->same_pending()) << "step " << i;
    }
}

TEST_P(Invariant, TheOldIttIsNeverWrittenAfterAnUnmapAndSync)
{
    boot();
    g->mapd(0, 5);
    for (uint32_t e = 0; e < 32; e++)
        g->mapti(0, e, 8192 + e, 0);
    g->run();
    g->mapd(0, 5, false);
    g->sync(0);
    g->run();
    g->mem.data.fill(g->itt(0), 32u * g->profile.ite_bytes, 0xc5); /* somebody else's memory now */
    g->mem.written.clear();
    force_evictions();
    g->quiesce();
    for (uint32_t i = 0; i < 32u * g->profile.ite_bytes; i++)
        ASSERT_EQ(g->mem.data.get(g->itt(0) + i), 0xc5) << i;
    EXPECT_FALSE(laws::written_in(*g, g->itt(0), 0x4000));
    EXPECT_FALSE(laws::tables(*g).dte(0).valid);
}

TEST_P(Invariant, UnmappingADeviceDropsItsDirtyEventsUnwritten)
{
    boot();
    g->mapd(0, 5);
    g->mapti(0, 3, 8192, 0);
    g->run();
    bool dirty = g->look().dirty[ITS_ENTRY_ITE] > 0;
    EXPECT_EQ(dirty, laws::back(*g));
    g->mem.written.clear();
    g->mapd(0, 5, false);
    g->run();
    EXPECT_FALSE(laws::written_in(*g, g->itt(0), 0x4000));
    EXPECT_EQ(g->look().dirty[ITS_ENTRY_ITE], 0u);
}

TEST_P(Invariant, AnEvictedIteGoesToTheIttItWasLoadedUnder)
{
    boot();
    uint64_t first = g->itt(0), second = g->itt(1);
    g->mapd(0, 5, true, first);
    for (uint32_t e = 0; e < 4; e++)
        g->mapti(0, e, 8192 + e, 0);
    g->run();
    g->mapd(0, 5, true, second);
    g->run();
    laws::tables t(*g);
    for (uint32_t e = 0; e < 4; e++) { /* what only a cache knew is in the old ITT by now */
        EXPECT_TRUE(t.ite(first, e).valid) << e;
        EXPECT_EQ(t.ite(first, e).intid, 8192 + e);
        EXPECT_FALSE(t.ite(second, e).valid) << e;
    }
    g->mem.written.clear();
    g->mapti(0, 1, 8300, 0);
    g->run();
    force_evictions();
    g->quiesce();
    EXPECT_FALSE(laws::written_in(*g, first, 0x4000));
    EXPECT_EQ(t.ite(second, 1).intid, 8300u);
    EXPECT_EQ(t.ite(first, 1).intid, 8193u);
    EXPECT_FALSE(t.ite(second, 0).valid);
}

TEST_P(Invariant, AllZeroMemoryDecodesAsInvalid)
{
    boot();
    auto reason = [&](uint32_t device, uint32_t event) {
        g->events.clear();
        g->msi(device, event);
        g->settle();
        for (const auto &e : g->events)
            if (e.kind == ITS_EV_MSI_DROP)
                return its_drop(e.c);
        return ITS_DROP_NONE;
    };
    EXPECT_EQ(reason(7, 0), ITS_DROP_DEVICE_UNMAPPED);
    g->mapd(7, 4);
    g->run();
    EXPECT_EQ(reason(7, 3), ITS_DROP_EVENT_UNMAPPED);
    g->mapti(7, 3, 8192, 4); /* a collection nobody mapped */
    g->run();
    EXPECT_EQ(reason(7, 3), ITS_DROP_COLLECTION_UNMAPPED);
    if (g->two_level) {
        EXPECT_EQ(reason(8192, 0), ITS_DROP_DEVICE_OOR);
    }
}

TEST_P(Invariant, ResetWritesNothing)
{
    for (bool idle : {true, false}) {
        boot();
        sw->map_all();
        if (idle)
            g->run();
        else
            g->publish();
        g->tick(idle ? 1 : 137);
        g->events.clear();
        g->pins.resetn = false;
        g->tick(); /* handshakes that complete at the first reset edge still count */
        uint64_t writes = g->mem.writes;
        g->tick(5);
        g->pins.resetn = true;
        g->forget_access();
        g->tick(300);
        EXPECT_EQ(g->mem.writes, writes);
        EXPECT_EQ(g->count(ITS_EV_MEM_WRITE), 0u);
        EXPECT_EQ(g->its_accesses_while_off, 0u);
        EXPECT_EQ(g->look().writes_owed, 0u);
    }
}

TEST_P(Invariant, ACachedHitGivesTheAnswerOfAWalk)
{
    boot();
    for (uint32_t d : sw->range().devices)
        sw->queue(sw->mapped(d));
    for (uint32_t c = 0; c < 4; c++) {
        its_cmd m = g->op(ITS_CMD_MAPC);
        m.icid = uint16_t(c);
        m.rdbase = c;
        m.valid = true;
        sw->queue(m);
    }
    for (uint32_t d : sw->range().devices)
        for (uint32_t e : sw->range().events)
            sw->queue(sw->mapti(d, e, e));
    sw->sync();
    for (int again = 0; again < 3; again++) /* first a miss, then, with a cache, a hit */
        ASSERT_TRUE(sw->same_translations());
    /* The same ITT, but with fewer events: those above are out of range, cached or not. */
    its_cmd smaller = g->op(ITS_CMD_MAPD);
    for (const auto &c : sw->log)
        if (c.opcode == ITS_CMD_MAPD && c.device == 0)
            smaller = c;
    smaller.size = 0;
    sw->queue(smaller);
    sw->sync();
    EXPECT_TRUE(sw->same_translations());
    EXPECT_EQ(ref->ask_msi(0, 2).drop, ITS_DROP_EVENT_OOR);
    for (int i = 0; i < 40; i++) {
        run_random(4, 2);
        ASSERT_TRUE(sw->same_translations()) << i;
    }
}

TEST_P(Invariant, HardwareCollectionsAreNeverWrittenToMemory)
{
    boot({{"hcc", "5"}});
    for (uint32_t c = 0; c < 5; c++)
        g->mapc(c, c % 4);
    if (g->profile.collection_table)
        g->mapc(5, 1);
    g->mapd(0);
    g->mapti(0, 0, 8192, 4);
    g->run();
    g->quiesce();
    EXPECT_FALSE(laws::written_in(*g, gic::COLLECTIONS, 5u * g->profile.cte_bytes));
    if (g->profile.collection_table) {
        EXPECT_TRUE(laws::tables(*g).cte(5).valid);
    }
    EXPECT_EQ(g->look().dirty[ITS_ENTRY_CTE], 0u);
    g->enable(); /* they are the storage: kept over a disable */
    g->msi(0, 0);
    g->settle();
    EXPECT_TRUE(g->pending(0, 8192));
}

} // namespace
