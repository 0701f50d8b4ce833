/* SPDX-License-Identifier: MIT */
/*
 * What a GIC-600 does beside the architecture: which errors stall the queue, the invalidations of
 * GITS_FCTLR; in both faces. (GIC-600 TRM; GIC-600AE TRM, command errors.)
 */
#include "gic600.h"

namespace {

using namespace laws;
using bench::gic;

INSTANTIATE_TEST_SUITE_P(Face, Gic600, testing::Values(ITS_FACE_CLOCKED, ITS_FACE_FAST), face_name);

/* --- errors ------------------------------------------------------------------------------------------ */

TEST_P(Gic600, TheQueueStallsAtWhatTheItsItselfFinds)
{
    g->mapti(1, 4, 8196, 9); /* a collection nobody mapped */
    g->run();
    its_cmd wide = command(ITS_CMD_MAPD, 3), nowhere = command(ITS_CMD_MAPC, 0, 0, 1),
            low = command(ITS_CMD_MAPTI, 1, 7);
    wide.size = 16;
    nowhere.rdbase = 4;
    low.intid = 8191;
    const std::pair<its_cmd, uint32_t> bad[] = {
        {command(ITS_CMD_MAPD, 1u << 20), 0x010801},
        {wide, 0x010802},
        {command(ITS_CMD_MAPC, 0, 0, 16384), 0x010903},
        {nowhere, 0x010902},
        {command(ITS_CMD_MAPTI, 2), 0x010a04},
        {command(ITS_CMD_MAPTI, 1, 512), 0x010a05},
        {low, 0x010a06},
        {command(ITS_CMD_MAPTI, 1, 7, 16384), 0x010a03},
        {command(ITS_CMD_MOVI, 1, 7, 0), 0x010107},
        {command(ITS_CMD_MOVI, 1, 0, 9), 0x010109},
        {command(ITS_CMD_INT, 2), 0x010304},
        {command(ITS_CMD_CLEAR, 2), 0x010504},
        {command(ITS_CMD_INV, 1, 7), 0x010c07},
        {command(ITS_CMD_INVALL, 0, 0, 9), 0x010d09},
        {command(ITS_CMD_DISCARD, 1, 4), 0x010f10},
        {command(0x29), 0x0129ff},
    };
    for (auto &[c, code] : bad) {
        uint32_t at = g->cwriter();
        EXPECT_EQ(errors(c).first, code);
        EXPECT_EQ(g->read(ITS_FRAME_GITS, CREADR), at | 1u) << std::hex << code;
        g->mapti(1, 300, 8400, 0);
        g->run();
        EXPECT_EQ(g->read(ITS_FRAME_GITS, CREADR), at | 1u) << "nothing behind it is carried out";
        g->skip_command();
        g->settle();
        EXPECT_TRUE(done()) << std::hex << code;
        g->event(ITS_CMD_DISCARD, 1, 300);
        g->run();
        ASSERT_TRUE(done()) << std::hex << code;
    }
}

TEST_P(Gic600, ACommandPutRightIsCarriedOutByRetry)
{
    uint32_t at = g->cwriter();
    errors(command(ITS_CMD_MAPTI, 2));
    uint64_t dw[4];
    its_cmd right = command(ITS_CMD_MAPTI, 1, 9, 2);
    its_cmd_pack(&right, dw);
    for (int i = 0; i < 4; i++)
        g->mem.data.store(gic::QUEUE + at + 8 * i, dw[i], 8);
    g->write(ITS_FRAME_GITS, 0x88, g->cwriter() | 1);
    g->settle();
    EXPECT_TRUE(done());
    msi(1, 9);
    EXPECT_TRUE(g->pending(2, 8300));
}

TEST_P(Gic600, WhatBelongsToARedistributorIsReportedAndDoesNotStall)
{
    using codes = std::pair<uint64_t, uint64_t>;
    its_cmd sync = g->op(ITS_CMD_SYNC);
    sync.rdbase = 4;
    EXPECT_EQ(errors(sync), codes(0x010520, 0));
    EXPECT_TRUE(done());
    EXPECT_EQ(errors(movall(4, 0)), codes(0x010e20, 0));
    EXPECT_EQ(errors(movall(0, 4)), codes(0x010e21, 0));
    EXPECT_TRUE(done());

    lpis_off(1);
    EXPECT_EQ(errors(command(ITS_CMD_INT, 1, 1)), codes(0, 0x010323));
    EXPECT_EQ(errors(command(ITS_CMD_CLEAR, 1, 1)), codes(0, 0x010523));
    EXPECT_EQ(errors(command(ITS_CMD_INV, 1, 1)), codes(0, 0x010c23));
    EXPECT_EQ(errors(command(ITS_CMD_INVALL, 0, 0, 1)), codes(0, 0x010d23));
    EXPECT_EQ(errors(movall(1, 2)), codes(0, 0x010e23));
    EXPECT_EQ(errors(command(ITS_CMD_MOVI, 1, 1, 2)), codes(0, 0x010123)) << "mapped all the same";
    EXPECT_EQ(errors(command(ITS_CMD_INT, 1, 1)), codes(0, 0));
    EXPECT_TRUE(g->pending(2, 8193));
    EXPECT_EQ(errors(command(ITS_CMD_MOVI, 1, 1, 1)), codes(0, 0x010124));
    EXPECT_FALSE(g->pending(2, 8193)) << "lost on the way";
    EXPECT_EQ(errors(command(ITS_CMD_INT, 1, 2)), codes(0, 0));
    EXPECT_EQ(errors(movall(2, 1)), codes(0, 0x010e24));
    EXPECT_EQ(errors(command(ITS_CMD_DISCARD, 1, 1)), codes(0, 0x010f23));
    EXPECT_TRUE(done());
    EXPECT_EQ(errors(command(ITS_CMD_INT, 1, 1)).first, 0x010307u) << "discarded all the same";
}

TEST_P(Gic600, AnIntidThatTheRedistributorDoesNotHaveIsReported)
{
    lpis_off(3);
    g->write(ITS_FRAME_GICR, 0x70, gic::CONFIG | 13, 8, 3);
    g->write(ITS_FRAME_GICR, 0, 1, 4, 3);
    g->settle();
    g->mapti(1, 5, 16383, 3);
    g->mapti(1, 6, 16384, 3);
    g->run();
    EXPECT_EQ(errors(command(ITS_CMD_INT, 1, 5)).second, 0u);
    EXPECT_EQ(errors(command(ITS_CMD_INT, 1, 6)).second, 0x010326u);
    EXPECT_TRUE(done());
}

TEST_P(Gic600, OtherConfigurationsReportNothingOfTheKind)
{
    for (const char *choice : {"0", "1"}) {
        start({{"command_error", choice}});
        lpis_off(1);
        EXPECT_EQ(errors(command(ITS_CMD_INT, 1, 1)), (std::pair<uint64_t, uint64_t>(0, 0)));
        errors(movall(4, 0));
        EXPECT_EQ(done(), *choice == '0');
    }
}

/* --- GITS_FCTLR --------------------------------------------------------------------------------------- */

TEST_P(Gic600, EachInvalidationWritesOneCacheBackAndEmptiesIt)
{
    const std::pair<uint32_t, its_entry_kind> caches[] = {
        {IEC, ITS_ENTRY_ITE}, {IDC, ITS_ENTRY_DTE}, {ICC, ITS_ENTRY_CTE}};
    std::set<unsigned> emptied;
    for (auto &[bit, kind] : caches) {
        EXPECT_GT(g->look().dirty[kind], 0u);
        EXPECT_GT(g->look().lines[kind], 0u);
        fctlr(bit);
        emptied.insert(kind);
        EXPECT_EQ(g->read(ITS_FRAME_GITS, FCTLR), 0u);
        for (auto k : {ITS_ENTRY_ITE, ITS_ENTRY_DTE, ITS_ENTRY_CTE})
            EXPECT_EQ(g->look().lines[k] == 0, emptied.count(k) == 1) << kind << " " << k;
        EXPECT_EQ(g->look().dirty[kind], 0u);
    }
    EXPECT_EQ(g->count(ITS_EV_INVALIDATE), 3u);
    tables t(*g);
    EXPECT_TRUE(t.dte(1).valid);
    EXPECT_TRUE(t.ite(g->itt(1), 3).valid);
    EXPECT_TRUE(t.cte(2).valid);
    for (uint32_t e : {0u, 1u, 2u, 3u}) {
        msi(1, e);
        EXPECT_TRUE(g->pending(e, 8192 + e));
    }
    fctlr(IEC | IDC | ICC);
    for (auto &c : caches)
        EXPECT_EQ(g->look().lines[c.second], 0u);
}

TEST_P(Gic600, LevelOneEntriesGoWithTheCacheOfTheirTable)
{
    g = std::make_unique<gic>("gic600");
    g->two_level = true;
    g->boot();
    g->face(GetParam());
    g->mapd(1, 4);
    g->run();
    EXPECT_EQ(g->look().lines[ITS_ENTRY_DEVICE_L1], 1u);
    fctlr(IEC | ICC);
    EXPECT_EQ(g->look().lines[ITS_ENTRY_DEVICE_L1], 1u);
    fctlr(IDC);
    EXPECT_EQ(g->look().lines[ITS_ENTRY_DEVICE_L1], 0u);
}

TEST_P(Gic600, WhatWasUnmappedStaysUnmappedWhenCachesAreEmptied)
{
    fctlr(IEC | IDC | ICC); /* valid in memory now */
    g->event(ITS_CMD_DISCARD, 1, 0);
    g->mapc(3, 0, false);
    g->mapd(2, 4);
    g->mapd(2, 4, false);
    g->run();
    fctlr(IEC | IDC | ICC);
    tables t(*g);
    EXPECT_FALSE(t.ite(g->itt(1), 0).valid);
    EXPECT_FALSE(t.cte(3).valid);
    EXPECT_FALSE(t.dte(2).valid);
    g->events.clear();
    msi(1, 0);
    msi(1, 3);
    msi(2, 0);
    EXPECT_EQ(g->count(ITS_EV_MSI_DROP), 3u);
}

TEST_P(Gic600, AnInvalidationWhileOffMakesNoAccess)
{
    g->quiesce();
    uint64_t accesses = g->mem.reads + g->mem.writes;
    fctlr(IEC | IDC | ICC);
    g->tick(200);
    EXPECT_EQ(g->mem.reads + g->mem.writes, accesses);
    EXPECT_EQ(g->its_accesses_while_off, 0u);
    g->enable();
    msi(1, 2);
    EXPECT_TRUE(g->pending(2, 8194));
}

TEST_P(Gic600, FctlrKeepsItsEnablesAndNothingElse)
{
    fctlr(0xffffffff);
    EXPECT_EQ(g->read(ITS_FRAME_GITS, FCTLR), 0x4000000cu);
    fctlr(8);
    EXPECT_EQ(g->read(ITS_FRAME_GITS, FCTLR), 8u);
    g->write(ITS_FRAME_GITS, 0, 0x101);
    EXPECT_EQ(g->ctlr() & 0x100u, 0u) << "no UMSIirq";
}

TEST(Gic600Clocked, AnInvalidationReadsOneUntilItIsDoneAndHoldsADisable)
{
    gic g("gic600");
    g.boot();
    g.mapd(1, 5);
    for (uint32_t e = 0; e < 32; e++)
        g.mapti(1, e, 8192 + e, 0);
    g.run();
    g.mem.latency = 40;
    g.write(ITS_FRAME_GITS, FCTLR, IEC | ICC);
    EXPECT_EQ(g.read(ITS_FRAME_GITS, FCTLR), IEC | ICC) << "the lowest is first";
    while (g.read(ITS_FRAME_GITS, FCTLR) == (IEC | ICC))
        ;
    EXPECT_EQ(g.read(ITS_FRAME_GITS, FCTLR), IEC);
    EXPECT_FALSE(g.look().idle);
    g.quiesce();
    EXPECT_EQ(g.read(ITS_FRAME_GITS, FCTLR), 0u);
    for (uint32_t e = 0; e < 32; e++)
        EXPECT_TRUE(tables(g).ite(g.itt(1), e).valid) << e;
}

/* One set a cycle, and not one more than up to the last that holds a line. */
TEST(Gic600Clocked, AnInvalidationEndsWithTheLastSetThatHoldsALine)
{
    std::set<uint64_t> times;
    for (uint32_t e = 0; e < 9; e++) { /* the last of them: none is mapped */
        gic g("gic600", {{"event_cache_sets", "2"}});
        g.boot();
        g.mapd(1, 4);
        if (e < 8)
            g.mapti(1, e, 8192 + e, 0);
        g.run();
        g.events.clear();
        g.write(ITS_FRAME_GITS, FCTLR, IEC);
        g.settle();
        uint64_t written = 0, done = 0;
        for (const its_event &v : g.events) {
            if (v.kind == ITS_EV_REG_WRITE)
                written = v.cycle;
            if (v.kind == ITS_EV_INVALIDATE)
                done = v.cycle;
        }
        if (e == 8) {
            EXPECT_EQ(times, (std::set<uint64_t>{done - written, done - written + 1}));
        }
        times.insert(done - written);
    }
}

/* A read that is under way brings what memory held before: it serves who waits for it, and nobody
 * else. */
TEST(Gic600Clocked, WhatWasBeingReadWhenACacheIsEmptiedIsNotKept)
{
    for (uint32_t bits : {ICC, ICC | IDC | IEC}) {
        gic g("gic600");
        g.boot();
        g.mapd(1, 5);
        g.mapti(1, 0, 8192, 3);
        g.mapti(1, 1, 8193, 3);
        g.run();
        g.quiesce();
        g.enable();
        g.mem.loose = true; /* reads see memory as of their acceptance */
        g.mem.latency = 300;
        g.events.clear();
        g.msi(1, 0);
        uint64_t entry = gic::COLLECTIONS + 3 * g.profile.cte_bytes;
        auto asked = [&] {
            return std::any_of(g.events.begin(), g.events.end(), [&](const auto &e) {
                return e.kind == ITS_EV_MEM_READ && e.a == entry;
            });
        };
        for (int i = 0; i < 2000 && !asked(); i++)
            g.tick();
        ASSERT_TRUE(asked());
        g.tick(5);
        its_entry moved{};
        moved.valid = true;
        moved.target = 1;
        g.mem.data.store(entry, its_entry_pack(&g.profile, ITS_ENTRY_CTE, &moved),
                         g.profile.cte_bytes);
        g.write(ITS_FRAME_GITS, FCTLR, bits);
        EXPECT_NE(g.read(ITS_FRAME_GITS, FCTLR) & bits, 0u) << "until the read is answered";
        while (g.read(ITS_FRAME_GITS, FCTLR) & bits)
            ASSERT_LT(g.cycle(), 20000u);
        g.msi(1, 1);
        g.settle();
        EXPECT_TRUE(g.pending(3, 8192));
        EXPECT_TRUE(g.pending(1, 8193)) << "as memory says since";
    }
}

} // namespace
