/* SPDX-License-Identifier: MIT */
/* Reset, disable, tables, restore: what a driver or firmware can rely on, item by item. */
#include "software.h"

namespace {

using bench::gic;
using laws::machine;
using laws::reference;
using laws::software;
using laws::tables;

class Checklist : public testing::TestWithParam<machine> {
protected:
    void make(const laws::settings &more = {}) { g = laws::make(GetParam(), more); }
    void boot(const laws::settings &more = {})
    {
        make(more);
        g->boot();
        ref = std::make_unique<reference>(*g);
        sw = std::make_unique<software>(*g, *ref, laws::dense(4), 7);
    }
    void map_some()
    {
        sw->map_all();
        sw->sync();
    }
    /* A new GIC on the memory of the old one, set up as firmware and resume code do. */
    std::unique_ptr<gic> successor()
    {
        auto n = laws::make(GetParam());
        n->mem.data = g->mem.data;
        n->bases();
        for (unsigned rd = 0; rd < n->profile.redistributors; rd++)
            n->lpis(rd, true);
        n->write(ITS_FRAME_GICD, 0, 0x13);
        n->enable();
        for (uint32_t c = 0; c < 4 && c < n->profile.hcc; c++)
            n->mapc(c, c);
        n->run();
        return n;
    }
    bool delivers(gic &b, uint32_t device, uint32_t event, unsigned rd, uint32_t intid)
    {
        b.msi(device, event);
        b.settle();
        bool yes = b.pending(rd, intid);
        while (b.acknowledge(rd) != GIC500_SPURIOUS)
            b.settle();
        return yes;
    }
    unsigned executed(uint32_t place) const
    {
        unsigned n = 0;
        for (const auto &e : g->events)
            n += e.kind == ITS_EV_CMD_START && e.ref == its_ref_cmd(place);
        return n;
    }

    std::unique_ptr<gic> g;
    std::unique_ptr<reference> ref;
    std::unique_ptr<software> sw;
};

INSTANTIATE_TEST_SUITE_P(Machines, Checklist, testing::ValuesIn(laws::machines()),
                         laws::machine_name);

TEST_P(Checklist, AfterResetRegistersHaveTheirValuesAndNothingTouchesTheBus)
{
    make();
    EXPECT_EQ(g->ctlr(), 0x80000000u);
    for (uint32_t off : {0x80u, 0x100u, 0x108u})
        EXPECT_EQ(g->read(ITS_FRAME_GITS, off, 8) >> 63, 0u) << off;
    EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x90), 0u);
    for (uint32_t off = 0; off < 0x200; off += 4) {
        g->read(ITS_FRAME_GITS, off);
        if (off != 0)
            g->write(ITS_FRAME_GITS, off, 0xffffffff);
    }
    for (uint32_t e = 0; e < 20; e++)
        g->msi(e, e);
    EXPECT_EQ(g->mem.reads + g->mem.writes, 0u);
    EXPECT_EQ(g->its_accesses_while_off, 0u);
    g->reset();
    EXPECT_EQ(g->ctlr(), 0x80000000u);
    for (uint32_t off : {0x80u, 0x100u, 0x108u})
        EXPECT_EQ(g->read(ITS_FRAME_GITS, off, 8) >> 63, 0u) << off;
}

TEST_P(Checklist, AfterResetOnlyMappingsThatHadReachedMemoryExist)
{
    boot();
    map_some();
    g->pins.resetn = false;
    g->tick();
    uint64_t writes = g->mem.writes;
    g->tick(3);
    g->pins.resetn = true;
    g->tick(20);
    EXPECT_EQ(g->mem.writes, writes);

    auto next = successor();
    reference what_memory_says(*next);
    for (uint32_t c = 0; c < 4 && c < next->profile.hcc; c++) {
        its_cmd m = next->op(ITS_CMD_MAPC);
        m.icid = uint16_t(c);
        m.rdbase = c;
        m.valid = true;
        what_memory_says.command(m);
    }
    software other(*next, what_memory_says, laws::dense(4), 7);
    EXPECT_TRUE(other.same_translations());
    if (GetParam().name == "gic500") { /* enough room for all of it: nothing had been evicted */
        EXPECT_FALSE(tables(*next).dte(0).valid);
    }
}

TEST_P(Checklist, AfterADisableANewGicOnTheSameMemoryDeliversTheSameMsis)
{
    boot({{"quiescent_min", "200"}});
    map_some();
    g->disable();
    EXPECT_EQ(g->ctlr(), 0u) << "Quiescent reads 0 at least once";
    for (int i = 0; g->ctlr() != 0x80000000u; i++)
        ASSERT_LT(i, 10000);
    EXPECT_TRUE(sw->same_tables());
    g = successor();
    software other(*g, *ref, laws::dense(4), 7);
    EXPECT_TRUE(other.same_translations());
}

TEST_P(Checklist, NothingUnmappedIsResurrectedByANewGic)
{
    boot();
    map_some();
    g->quiesce();
    g->enable();
    its_cmd c = g->op(ITS_CMD_DISCARD);
    c.device = 1;
    c.event = 1;
    sw->queue(c);
    sw->queue(sw->unmapped(5));
    c = g->op(ITS_CMD_MAPC);
    c.icid = 2;
    sw->queue(c);
    sw->sync();
    g->quiesce();
    g = successor();
    if (g->profile.hcc == 0) { /* else the successor mapped collection 2 itself */
        software other(*g, *ref, laws::dense(4), 7);
        EXPECT_TRUE(other.same_translations());
    }
    EXPECT_FALSE(tables(*g).dte(5).valid);
    EXPECT_FALSE(tables(*g).ite(tables(*g).dte(1).address, 1).valid);
}

TEST_P(Checklist, CommandsLeftAtADisableAreCarriedOutOnceAfterTheNextEnable)
{
    for (unsigned wait = 0; wait < 400; wait += 23) {
        boot();
        uint32_t first = g->cwriter() / 32;
        g->mapd(0, 4);
        for (uint32_t e = 0; e < 12; e++)
            g->mapti(0, e, 8192 + e, e % 4);
        g->events.clear();
        g->publish();
        g->tick(wait);
        g->quiesce();
        uint32_t creadr = uint32_t(g->read(ITS_FRAME_GITS, 0x90));
        EXPECT_EQ(creadr % 32, 0u);
        for (uint32_t i = 0; i < 13; i++)
            ASSERT_EQ(executed(first + i), (first + i) * 32 < creadr ? 1u : 0u) << wait;
        g->enable();
        g->settle();
        for (uint32_t i = 0; i < 13; i++)
            ASSERT_EQ(executed(first + i), 1u) << wait;
        EXPECT_TRUE(delivers(*g, 0, 11, 3, 8203));
    }
}

TEST_P(Checklist, ACbaserWriteWhileOffForgetsTheCommandsLeft)
{
    boot();
    g->mapd(0, 4);
    for (uint32_t e = 0; e < 12; e++)
        g->mapti(0, e, 8192 + e, 0);
    g->publish();
    g->tick(60);
    g->quiesce();
    ASSERT_NE(g->read(ITS_FRAME_GITS, 0x90), g->cwriter());
    g->write(ITS_FRAME_GITS, 0x80, g->cbaser(), 8);
    EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x90), 0u);
    g->write(ITS_FRAME_GITS, 0x88, 0, 8);
    g->cwriter(0);
    g->events.clear();
    g->enable();
    g->settle();
    EXPECT_EQ(g->count(ITS_EV_CMD_FETCH), 0u);
    EXPECT_FALSE(delivers(*g, 0, 11, 0, 8203));
    g->mapd(1);
    g->mapti(1, 0, 8192, 0);
    g->run();
    EXPECT_TRUE(delivers(*g, 1, 0, 0, 8192));
}

TEST_P(Checklist, MsisInFlightAtADisableAreDeliveredOrDroppedAndQuiescentWaits)
{
    for (unsigned latency : {0u, 37u}) {
        boot();
        map_some();
        g->quiesce();
        g->enable(); /* caches are empty now, so MSIs take their time */
        g->mem.latency = latency;
        g->events.clear();
        for (uint32_t d : sw->range().devices)
            sw->msi(d, sw->range().events[0]);
        g->quiesce();
        EXPECT_EQ(g->look().translations + g->look().msi_queue, 0u);
        EXPECT_EQ(g->count(ITS_EV_MSI_ACCEPT), sw->range().devices.size());
        EXPECT_EQ(g->count(ITS_EV_MSI_ACCEPT), g->count(ITS_EV_MSI_SEND) +
                                                   g->count(ITS_EV_MSI_DROP) +
                                                   g->count(ITS_EV_MSI_MERGE));
        EXPECT_EQ(g->count(ITS_EV_RD_SEND), g->count(ITS_EV_RD_ACK));
        EXPECT_TRUE(sw->same_pending()) << "accepted before the disable: carried out";
        for (uint32_t d : sw->range().devices)
            g->msi(d, sw->range().events[1]);
        g->tick(100);
        EXPECT_TRUE(sw->same_pending()) << "after it: ignored";
    }
}

TEST_P(Checklist, MemoryMayBeUnmappedFromQuiescentToTheNextEnable)
{
    boot();
    map_some();
    g->quiesce();
    g->mem.fault = [](uint64_t, bool) { return true; };
    g->events.clear();
    for (int i = 0; i < 5; i++) {
        sw->queue(sw->random_command());
        g->publish();
        g->msi(sw->device(), sw->event());
        g->disable();
        g->tick(100);
    }
    EXPECT_EQ(g->its_accesses_while_off, 0u);
    EXPECT_EQ(g->count(ITS_EV_MEM_FAULT), 0u);
    g->mem.fault = [](uint64_t, bool) { return false; };
    g->enable();
    g->run();
    sw->catch_up();
    EXPECT_TRUE(sw->same_translations());
}

TEST_P(Checklist, AChangedTableKeepsNoOldTranslationAndAnUnchangedOneKeepsAll)
{
    boot();
    map_some();
    auto devices_mapped = [&] {
        std::set<uint32_t> found;
        for (uint32_t d : sw->range().devices) {
            g->events.clear();
            g->msi(d, 0);
            g->settle();
            bool unknown = false;
            for (const auto &e : g->events)
                unknown |= e.kind == ITS_EV_MSI_DROP &&
                           (e.c == ITS_DROP_DEVICE_UNMAPPED || e.c == ITS_DROP_DEVICE_OOR);
            if (!unknown)
                found.insert(d);
        }
        return found;
    };
    auto with_baser0 = [&](uint64_t value) {
        g->quiesce();
        g->write(ITS_FRAME_GITS, 0x100, value, 8);
        g->enable();
        return devices_mapped();
    };
    const std::set<uint32_t> all(sw->range().devices.begin(), sw->range().devices.end());
    const uint64_t same = g->baser0();

    EXPECT_EQ(devices_mapped(), all);
    EXPECT_EQ(with_baser0(same), all);
    EXPECT_TRUE(with_baser0(same + 0x20000000).empty()) << "another address";
    EXPECT_EQ(with_baser0(same), all);
    if (g->profile.device_indirect) {
        auto found = with_baser0(same ^ 1ull << 62);
        found.erase(0); /* in KVM's format a level-1 entry reads as the DTE of device 0 */
        EXPECT_TRUE(found.empty()) << "Indirect changed";
        EXPECT_EQ(with_baser0(same), all);
    }
    g->mem.data.store(gic::DEVICES, 0, 8); /* what the first entry of either form says */
    EXPECT_EQ(with_baser0((same & ~0x300ull) | 1u << 8).count(0), 0u) << "Page_Size changed";
    EXPECT_EQ(with_baser0((same & ~0xffull) | 3u).count(0), 0u) << "Size changed";
}

TEST_P(Checklist, WithoutAValidTableTheItsStaysDisabled)
{
    boot();
    map_some();
    g->quiesce();
    g->write(ITS_FRAME_GITS, 0x100, g->baser0() & ~gic::VALID, 8);
    g->enable();
    EXPECT_EQ(g->ctlr(), 0x80000000u);
    g->msi(0, 0);
    g->tick(50);
    EXPECT_EQ(g->its_accesses_while_off, 0u);
    g->write(ITS_FRAME_GITS, 0x100, g->baser0(), 8);
    if (g->profile.hcc == 0) {
        g->write(ITS_FRAME_GITS, 0x108, g->baser1() & ~gic::VALID, 8);
        g->enable();
        EXPECT_EQ(g->ctlr(), 0x80000000u);
        g->write(ITS_FRAME_GITS, 0x108, g->baser1(), 8);
    }
    g->enable();
    EXPECT_EQ(g->ctlr() & 1u, 1u);
    EXPECT_TRUE(sw->same_translations());
}

TEST_P(Checklist, TablesReplacedWhileOffWin)
{
    for (const char *kept : {"0", "1"}) {
        boot({{"caches_at_off", kept}});
        map_some();
        ASSERT_TRUE(sw->same_translations());
        g->quiesce();
        tables t(*g);
        its_entry d = t.dte(0), e = t.ite(d.address, 2);
        e.valid = true;
        e.intid = 8290;
        e.target = 1;
        uint64_t moved = g->itt(40);
        g->mem.data.store(moved + 2 * g->profile.ite_bytes,
                          its_entry_pack(&g->profile, ITS_ENTRY_ITE, &e),
                          its_entry_bytes(&g->profile, ITS_ENTRY_ITE));
        d.address = moved;
        uint64_t dte = g->two_level ? gic::DEVICE_PAGE : gic::DEVICES;
        g->mem.data.store(dte, its_entry_pack(&g->profile, ITS_ENTRY_DTE, &d), 8);
        g->mem.data.store(dte + g->profile.dte_bytes, 0, 8); /* device 1 is gone */
        g->enable();
        EXPECT_TRUE(delivers(*g, 0, 2, 1, 8290)) << kept;
        g->events.clear();
        g->msi(1, 0);
        g->msi(0, 1);
        g->settle();
        EXPECT_EQ(g->count(ITS_EV_MSI_DROP), 2u) << kept;
    }
}

TEST_P(Checklist, AnUnmappedIttIsSomebodyElsesEvenWithWritesUnderWay)
{
    for (unsigned at = 0; at < 200; at += 7) {
        boot();
        g->mem.latency = 37;
        g->mapd(0, 5);
        for (uint32_t e = 0; e < 32; e++)
            g->mapti(0, e, 8192 + e, 0);
        for (uint32_t d = 1; d < 8; d++) { /* pushes lines of device 0 out of small caches */
            g->mapd(d, 5);
            g->mapti(d, d, 8300 + d, 0);
        }
        g->mapd(0, 5, false);
        g->sync(0);
        g->consume();
        g->mem.data.fill(g->itt(0), 0x100, 0xc5);
        g->tick(at);
        for (uint32_t d = 20; d < 60; d++)
            g->mapd(d, 2);
        g->run();
        g->quiesce();
        for (uint32_t i = 0; i < 0x100; i++)
            ASSERT_EQ(g->mem.data.get(g->itt(0) + i), 0xc5) << i;
    }
}

TEST(Checklist, ALevelOneEntryMadeValidAfterAFailureCounts)
{
    gic g("flat", laws::caches("2", 2));
    g.two_level = true;
    g.boot();
    const uint32_t device = 8192 + 5; /* the second level-1 entry */
    g.mapd(device);
    g.run();
    EXPECT_EQ(g.count(ITS_EV_CMD_ERROR), 1u);
    g.msi(device, 0);
    g.settle();
    EXPECT_EQ(g.count(ITS_EV_MSI_DROP), 1u);
    g.mem.data.store(gic::DEVICES + 8, gic::VALID | (gic::DEVICE_PAGE + 0x10000), 8);
    g.mapd(device);
    g.mapti(device, 0, 8192, 0);
    g.run();
    EXPECT_EQ(g.count(ITS_EV_CMD_ERROR), 1u);
    g.msi(device, 0);
    g.settle();
    EXPECT_TRUE(g.pending(0, 8192));
    g.quiesce();
    EXPECT_TRUE(tables(g).dte(device).valid);
}

} // namespace
