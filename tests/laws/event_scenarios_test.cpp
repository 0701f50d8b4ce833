/* SPDX-License-Identifier: MIT */
/*
 * What is reported when something goes wrong, or is asked for: every argument, as model/wire/event.def
 * describes it. What goes on in ordinary traffic is in event_arguments_test.cpp.
 */
#include <algorithm>

#include "machines.h"

#include "arch/regs.h"

namespace {

using bench::gic;

struct told {
    unsigned kind, unit;
    uint32_t ref;
    uint64_t a, b;
    unsigned c;
    bool operator==(const told &o) const
    {
        return kind == o.kind && unit == o.unit && ref == o.ref && a == o.a && b == o.b && c == o.c;
    }
};

std::ostream &operator<<(std::ostream &o, const told &t)
{
    return o << "{kind " << t.kind << ", unit " << t.unit << ", ref " << std::hex << t.ref << ", a "
             << t.a << ", b " << t.b << std::dec << ", c " << t.c << "}";
}

using all = std::vector<told>;

/* Of these kinds, since the last call. */
all reported(gic &g, std::initializer_list<unsigned> kinds)
{
    all list;
    for (auto &e : g.events)
        if (std::find(kinds.begin(), kinds.end(), e.kind) != kinds.end())
            list.push_back({e.kind, e.unit, e.ref, e.a, e.b, e.c});
    g.events.clear();
    return list;
}

class EventScenarios : public testing::TestWithParam<its_face> {
protected:
    void start(const char *preset, const laws::settings &set = {})
    {
        g = std::make_unique<gic>(preset, set);
        g->boot();
        g->face(GetParam());
        laws::map_four(*g);
        g->events.clear();
    }
    /* The next command's number. */
    uint32_t next() const { return its_ref_cmd(g->cwriter() / 32); }

    std::unique_ptr<gic> g;
};

INSTANTIATE_TEST_SUITE_P(Face, EventScenarios, testing::Values(ITS_FACE_CLOCKED, ITS_FACE_FAST),
                         [](auto &i) { return i.param == ITS_FACE_FAST ? "fast" : "clocked"; });

TEST_P(EventScenarios, ACommandThatCannotBeReadIsNamedWithItsAddress)
{
    start("flat", {{"fetch_error", "0"}});
    uint32_t ref = next();
    uint64_t addr = gic::QUEUE + g->cwriter();
    g->mem.fault = [&](uint64_t a, bool) { return a == addr; };
    g->sync(1);
    g->publish();
    g->settle();
    EXPECT_EQ(reported(*g, {ITS_EV_MEM_FAULT, ITS_EV_CMD_FAULT, ITS_EV_CMD_STALL}),
              (all{{ITS_EV_MEM_FAULT, ITS_UNIT_MST, ref, addr, 0, ITS_CLIENT_QUEUE},
                   {ITS_EV_CMD_FAULT, ITS_UNIT_CMDF, ref, addr, 0, 0},
                   {ITS_EV_CMD_STALL, ITS_UNIT_CMDF, ref, 0, 0, 0}}));
    g->mem.fault = [](uint64_t, bool) { return false; };
    g->write(ITS_FRAME_GITS, 0x88, g->cwriter() | 1);
    g->settle();
    EXPECT_EQ(reported(*g, {ITS_EV_CMD_RETRY, ITS_EV_CMD_DONE}),
              (all{{ITS_EV_CMD_RETRY, ITS_UNIT_CMDF, ref, 0, 0, 0},
                   {ITS_EV_CMD_DONE, ITS_UNIT_CMDX, ref, 0, 0, ITS_CMD_SYNC}}));
}

TEST_P(EventScenarios, ACommandThatCannotReadATableIsNamedWithTheEntrysAddress)
{
    start("flat");
    uint32_t ref = next();
    uint64_t addr = gic::DEVICES + g->profile.dte_bytes;
    g->mem.fault = [&](uint64_t a, bool write) { return a == addr && !write; };
    g->event(ITS_CMD_INT, 1, 0);
    g->run();
    EXPECT_EQ(reported(*g, {ITS_EV_MEM_FAULT, ITS_EV_CMD_FAULT}),
              (all{{ITS_EV_MEM_FAULT, ITS_UNIT_MST, ref, addr, 0, ITS_ENTRY_DTE},
                   {ITS_EV_CMD_FAULT, ITS_UNIT_CMDX, ref, addr, 0, ITS_CMD_INT}}));
}

TEST_P(EventScenarios, AnErrorOfACommandIsNamedWithItsCode)
{
    start("flat");
    uint32_t ref = next();
    g->event(ITS_CMD_INV, 9, 3);
    g->run();
    EXPECT_EQ(reported(*g, {ITS_EV_CMD_ERROR}),
              (all{{ITS_EV_CMD_ERROR, ITS_UNIT_CMDX, ref,
                    its_error_code(ITS_CMD_INV, ITS_ERR_UNMAPPED_DEVICE), 0, ITS_CMD_INV}}));
    start("gic600");
    ref = next();
    g->write(ITS_FRAME_GICR, 0, 0, 4, 1);
    g->event(ITS_CMD_INV, 1, 0);
    g->run();
    EXPECT_EQ(reported(*g, {ITS_EV_CMD_REFUSED}),
              (all{{ITS_EV_CMD_REFUSED, ITS_UNIT_RDLINK, ref,
                    its_error_code(ITS_CMD_INV, ITS_ERR_LPI_OFF), 0, ITS_CMD_INV}}));
}

TEST_P(EventScenarios, WhatIsWrittenOutsideTheQueueIsNamed)
{
    start("flat");
    g->write(ITS_FRAME_GITS, 0x88, 0xabcc0);
    EXPECT_EQ(reported(*g, {ITS_EV_CMD_RANGE}),
              (all{{ITS_EV_CMD_RANGE, ITS_UNIT_REG, 0, 0xabcc0, 0, 0}}));
}

TEST_P(EventScenarios, AnMsiThatIsNotAcceptedIsNamedWithItsReason)
{
    start("flat");
    g->quiesce();
    g->msi(3, 5);
    g->settle();
    EXPECT_EQ(reported(*g, {ITS_EV_MSI_ACCEPT, ITS_EV_MSI_DROP}),
              (all{{ITS_EV_MSI_DROP, ITS_UNIT_REG, 0, 3, 5, ITS_DROP_DISABLED}}));
}

TEST_P(EventScenarios, WhatCacheControlDidIsNamed)
{
    start("gic600");
    uint64_t trial = 1ull << 60 | 2ull << 32 | 1;
    g->write(ITS_FRAME_GITS, 0x28, trial, 8);
    g->settle();
    EXPECT_EQ(reported(*g, {ITS_EV_OPR}),
              (all{{ITS_EV_OPR, ITS_UNIT_REG, 0, trial, g->read(ITS_FRAME_GITS, 0x30, 8), 0}}));
    const std::pair<unsigned, unsigned> kinds[] = {{ITS_INVALIDATE_COLLECTION, ITS_ENTRY_CTE},
                                                   {ITS_INVALIDATE_DEVICE, ITS_ENTRY_DTE},
                                                   {ITS_INVALIDATE_EVENT, ITS_ENTRY_ITE}};
    for (auto [which, entry] : kinds) {
        g->write(ITS_FRAME_GITS, 0x20, which << 16);
        g->settle();
        EXPECT_EQ(reported(*g, {ITS_EV_INVALIDATE}),
                  (all{{ITS_EV_INVALIDATE, ITS_UNIT_CACHE, 0, 0, 0, entry}}));
    }
}

TEST_P(EventScenarios, LookupsOfAnMsiAreNamedAsMissesAndThenAsHits)
{
    start("gic600");
    g->empty_caches();
    for (unsigned kind : {ITS_EV_MISS, ITS_EV_HIT}) {
        g->msi(2, 1);
        g->settle();
        uint32_t ref = 0;
        for (const auto &e : g->events)
            ref = e.kind == ITS_EV_MSI_ACCEPT ? e.ref : ref;
        all lookups = reported(*g, {kind});
        const all expected = {{kind, ITS_UNIT_CACHE, ref, 2, 1, ITS_ENTRY_ITE},
                              {kind, ITS_UNIT_CACHE, ref, 0, 2, ITS_ENTRY_CTE},
                              {kind, ITS_UNIT_CACHE, ref, 2, 0, ITS_ENTRY_DTE}};
        for (auto &t : expected) {
            bool needed = t.c != ITS_ENTRY_DTE || kind == ITS_EV_MISS; /* to find the ITE */
            EXPECT_EQ(std::count(lookups.begin(), lookups.end(), t), needed) << t;
        }
    }
}

TEST(EventScenario, AnAnswerFromBeforeResetnIsNamedWithItsId)
{
    gic g("flat");
    g.boot();
    laws::map_four(g);
    g.mem.latency = 60;
    g.event(ITS_CMD_INT, 1, 0);
    g.publish();
    int id = -1;
    for (int i = 0; i < 200 && id != ITS_ID_COMMAND; i++) {
        g.tick();
        if (its_fire(&g.pins.m_axi.ar))
            id = g.pins.m_axi.ar.d.id;
    }
    ASSERT_EQ(id, ITS_ID_COMMAND);
    g.reset();
    g.tick(100);
    EXPECT_EQ(reported(g, {ITS_EV_MEM_LATE}),
              (all{{ITS_EV_MEM_LATE, ITS_UNIT_MST, 0, ITS_ID_COMMAND, 0, 0}}));
}

TEST(EventScenario, EveryQueueReportsItsFirstUse)
{
    gic g("flat");
    g.boot();
    laws::map_four(g);
    g.msi(1, 0);
    g.settle();
    g.quiesce();
    all firsts;
    for (auto &t : reported(g, {ITS_EV_LEVEL}))
        if (t.a == 1)
            firsts.push_back(t);
    std::sort(firsts.begin(), firsts.end(), [](const told &x, const told &y) { return x.c < y.c; });
    EXPECT_EQ(firsts, (all{{ITS_EV_LEVEL, ITS_UNIT_MSIQ, 0, 1, 0, ITS_QUEUE_MSI},
                           {ITS_EV_LEVEL, ITS_UNIT_XLAT, 0, 1, 0, ITS_QUEUE_TRANSLATIONS},
                           {ITS_EV_LEVEL, ITS_UNIT_CACHE, 0, 1, 0, ITS_QUEUE_READS},
                           {ITS_EV_LEVEL, ITS_UNIT_CACHE, 0, 1, 0, ITS_QUEUE_WRITE_BUFFER},
                           {ITS_EV_LEVEL, ITS_UNIT_RDLINK, 0, 1, 0, ITS_QUEUE_RD}}));
}

TEST(EventScenario, AnMsiThatMergesIsNamed)
{
    gic g("flat", {{"translations", "1"}, {"translation_cycles", "200"}});
    g.boot();
    laws::map_four(g);
    g.msi(1, 0);
    g.tick(5);
    g.msi(2, 1);
    g.events.clear();
    g.msi(2, 1);
    g.tick(5);
    all list = reported(g, {ITS_EV_MSI_ACCEPT, ITS_EV_MSI_MERGE});
    ASSERT_EQ(list.size(), 2u);
    told merged = list[0]; /* as it was accepted, */
    merged.kind = ITS_EV_MSI_MERGE;
    merged.unit = ITS_UNIT_MSIQ;
    EXPECT_EQ(list[1], merged);
    EXPECT_EQ(merged.a, 2u);
    EXPECT_EQ(merged.b, 1u);
    g.msi(1, 0); /* with the one under translation */
    g.tick(5);
    list = reported(g, {ITS_EV_MSI_ACCEPT, ITS_EV_MSI_MERGE});
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[1], (told{ITS_EV_MSI_MERGE, ITS_UNIT_XLAT, list[0].ref, 1, 0, 0}));
}

} // namespace
