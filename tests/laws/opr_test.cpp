/* SPDX-License-Identifier: MIT */
/*
 * GITS_OPR of a GIC-600: trial, lock, unlock, track; in both faces, beside everything else. (GIC-600
 * TRM.)
 */
#include "gic600.h"

namespace {

using namespace laws;
using bench::gic;

INSTANTIATE_TEST_SUITE_P(Face, Gic600, testing::Values(ITS_FACE_CLOCKED, ITS_FACE_FAST), face_name);

/* --- GITS_OPR ------------------------------------------------------------------------------------------ */

TEST_P(Gic600, ATrialTranslatesAndSendsNothing)
{
    for (bool cold : {false, true}) {
        if (cold)
            fctlr(IEC | IDC | ICC);
        for (uint32_t e : {0u, 1u, 2u, 3u})
            EXPECT_EQ(operate(ITS_OPR_TRIAL, 1, e), passed(8192 + e, e, false));
    }
    EXPECT_EQ(operate(ITS_OPR_TRIAL, 1, 7), DONE) << "not mapped";
    EXPECT_EQ(operate(ITS_OPR_TRIAL, 1, 600), DONE) << "beyond the ITT";
    EXPECT_EQ(operate(ITS_OPR_TRIAL, 5, 0), DONE);
    EXPECT_EQ(operate(ITS_OPR_TRIAL, 0xfffff, 0), DONE);
    for (unsigned rd = 0; rd < 4; rd++)
        EXPECT_TRUE(g->pending_set(rd).empty());
    EXPECT_EQ(g->count(ITS_EV_MSI_DROP) + g->count(ITS_EV_MSI_SEND), 0u);
    EXPECT_EQ(g->count(ITS_EV_OPR), 12u);
}

/* Events 0, 128, 256 and 384 of a device share a set of two ways. */
TEST_P(Gic600, ALockedLineAlwaysHits)
{
    for (uint32_t e : {128u, 256u, 384u})
        g->mapti(1, e, 8192 + e, 1);
    g->run();
    fctlr(IEC);
    EXPECT_EQ(operate(ITS_OPR_LOCK, 1, 0), passed(8192, 0, true));
    EXPECT_EQ(operate(ITS_OPR_LOCK, 1, 0), passed(8192, 0, true)) << "once more";
    EXPECT_EQ(operate(ITS_OPR_TRIAL, 1, 0), passed(8192, 0, true));
    for (int round = 0; round < 5; round++) {
        for (uint32_t e : {128u, 256u, 384u})
            msi(1, e);
        g->events.clear();
        msi(1, 0);
        EXPECT_EQ(ite_reads(), 0u) << round;
        EXPECT_EQ(g->acknowledge(0), 8192u);
    }
    gic500_drop_clean_lines(g->get());
    g->events.clear();
    msi(1, 0);
    EXPECT_EQ(ite_reads(), 0u);
    EXPECT_EQ(operate(ITS_OPR_UNLOCK, 1, 0), DONE | PASS);
    EXPECT_EQ(operate(ITS_OPR_UNLOCK, 1, 0), DONE) << "it was not locked";
    for (uint32_t e : {128u, 256u, 384u})
        msi(1, e);
    g->events.clear();
    msi(1, 0);
    EXPECT_EQ(ite_reads(), 1u) << "a line like any other again";
}

TEST_P(Gic600, ALockedLineStaysWhenLinesGoThatNeedNot)
{
    unsigned gone = 0;
    for (uint32_t seed = 1; seed <= 12; seed++) {
        std::string number = std::to_string(seed);
        start({{"perturb", number.c_str()}});
        EXPECT_EQ(operate(ITS_OPR_LOCK, 1, 0), passed(8192, 0, true));
        g->events.clear();
        for (int round = 0; round < 40; round++) {
            msi(1, 0);
            EXPECT_EQ(g->acknowledge(0), 8192u);
        }
        EXPECT_EQ(ite_reads(), 0u) << "seed " << seed;
        gone += g->count(ITS_EV_EVICT);
    }
    EXPECT_GT(gone, 20u);
}

TEST_P(Gic600, ASetHasOneLockedLineAtMost)
{
    g->mapti(1, 128, 8320, 1);
    g->run();
    EXPECT_EQ(operate(ITS_OPR_LOCK, 1, 0), passed(8192, 0, true));
    EXPECT_EQ(operate(ITS_OPR_LOCK, 1, 128), DONE);
    EXPECT_EQ(operate(ITS_OPR_LOCK, 1, 1), passed(8193, 1, true)) << "another set";
    EXPECT_EQ(operate(ITS_OPR_UNLOCK_ALL), DONE | PASS);
    for (uint32_t e : {0u, 1u, 128u})
        EXPECT_EQ(operate(ITS_OPR_TRIAL, 1, e) >> 48 & 1u, 0u);
    EXPECT_EQ(operate(ITS_OPR_LOCK, 1, 128), passed(8320, 1, true));
    EXPECT_EQ(operate(ITS_OPR_LOCK, 1, 7), DONE) << "nothing to lock";
}

TEST_P(Gic600, ALockEndsWithItsMapping)
{
    auto locked = [&] { return (operate(ITS_OPR_TRIAL, 1, 0) >> 48 & 1u) != 0; };
    operate(ITS_OPR_LOCK);
    g->mapti(1, 0, 8250, 3);
    g->movi(1, 0, 2);
    g->run();
    EXPECT_EQ(operate(ITS_OPR_TRIAL), passed(8250, 2, true)) << "a new value is the old line's";
    g->event(ITS_CMD_DISCARD, 1, 0);
    g->mapti(1, 0, 8192, 0);
    g->run();
    EXPECT_FALSE(locked()) << "DISCARD";
    operate(ITS_OPR_LOCK);
    EXPECT_TRUE(locked());
    fctlr(IDC | ICC);
    EXPECT_TRUE(locked()) << "other caches";
    fctlr(IEC);
    EXPECT_FALSE(locked()) << "IEC";
    operate(ITS_OPR_LOCK);
    g->mapd(1, 9);
    g->run();
    EXPECT_FALSE(locked()) << "MAPD";
    operate(ITS_OPR_LOCK);
    g->quiesce();
    g->enable();
    EXPECT_FALSE(locked()) << "disable";
}

TEST_P(Gic600, ACacheOfOneWayHasNothingToLock)
{
    start({{"event_cache_ways", "1"}});
    EXPECT_EQ(operate(ITS_OPR_LOCK), DONE);
    EXPECT_EQ(operate(ITS_OPR_TRIAL), passed(8192, 0, false));
    start({{"event_cache_policy", "0"}});
    EXPECT_EQ(operate(ITS_OPR_LOCK), DONE);
}

TEST_P(Gic600, TrackTellsOfTheNextMsiOfItsEvent)
{
    EXPECT_EQ(operate(ITS_OPR_TRACK, 1, 2), BUSY);
    msi(1, 1);
    msi(2, 2);
    EXPECT_EQ(opsr(), BUSY);
    msi(1, 2);
    EXPECT_EQ(opsr(), passed(8194, 2, false));
    EXPECT_TRUE(g->pending(2, 8194)) << "it is an MSI all the same";
    msi(1, 1);
    EXPECT_EQ(opsr(), passed(8194, 2, false)) << "one only";
    operate(ITS_OPR_TRACK, 1, 7);
    msi(1, 7);
    EXPECT_EQ(opsr(), DONE) << "not mapped";
}

TEST_P(Gic600, TrackIsAbortedByNothingElseThanAbort)
{
    begin(ITS_OPR_TRACK, 1, 2);
    g->events.clear();
    for (auto kind : {ITS_OPR_TRACK, ITS_OPR_TRIAL, ITS_OPR_LOCK, ITS_OPR_UNLOCK,
                      ITS_OPR_UNLOCK_ALL, its_opr_kind(5), its_opr_kind(15)})
        EXPECT_EQ(operate(kind, 1, 1), BUSY) << kind;
    EXPECT_EQ(g->count(ITS_EV_REG_IGNORED), 7u);
    EXPECT_EQ(operate(ITS_OPR_TRACK_ABORT), DONE);
    msi(1, 2);
    EXPECT_EQ(opsr(), DONE);
    EXPECT_EQ(operate(its_opr_kind(5)), DONE) << "no operation";
    EXPECT_EQ(operate(ITS_OPR_TRIAL, 1, 1), passed(8193, 1, false));
}

TEST_P(Gic600, ATrackDoesNotHoldADisableAndSurvivesIt)
{
    begin(ITS_OPR_TRACK, 1, 2);
    g->quiesce();
    EXPECT_EQ(opsr(), BUSY);
    msi(1, 2);
    EXPECT_EQ(opsr(), BUSY) << "an MSI that is not accepted";
    g->enable();
    msi(1, 2);
    EXPECT_EQ(opsr(), passed(8194, 2, false));
}

TEST_P(Gic600, WhileOffOperationsFailAtOnceWithoutAnAccess)
{
    g->quiesce();
    uint64_t accesses = g->mem.reads + g->mem.writes;
    for (auto kind : {ITS_OPR_TRIAL, ITS_OPR_LOCK, ITS_OPR_TRACK, ITS_OPR_UNLOCK})
        EXPECT_EQ(operate(kind, 1, 1), DONE) << kind;
    EXPECT_EQ(operate(ITS_OPR_UNLOCK_ALL), DONE | PASS);
    EXPECT_EQ(g->mem.reads + g->mem.writes, accesses);
    EXPECT_EQ(g->its_accesses_while_off, 0u);
}

TEST_P(Gic600, AnOperationBeginsWithTheUpperHalf)
{
    g->write(ITS_FRAME_GITS, OPR, 3);
    g->settle();
    EXPECT_EQ(opsr(), 0u);
    g->write(ITS_FRAME_GITS, OPR + 4, UINT32_C(1) << 28 | 1u);
    g->settle();
    EXPECT_EQ(opsr(), passed(8195, 3, false));
    EXPECT_EQ(g->read(ITS_FRAME_GITS, OPR, 8), UINT64_C(0x1000000100000003));
    g->write(ITS_FRAME_GITS, OPSR, ~UINT64_C(0), 8);
    EXPECT_EQ(opsr(), passed(8195, 3, false)) << "read-only";
}

TEST_P(Gic600, ResetForgetsOperationsAndLocks)
{
    operate(ITS_OPR_LOCK);
    begin(ITS_OPR_TRACK, 1, 2);
    g->reset();
    EXPECT_EQ(opsr(), 0u);
    EXPECT_EQ(g->read(ITS_FRAME_GITS, OPR, 8), 0u);
    EXPECT_EQ(g->read(ITS_FRAME_GITS, FCTLR), 0u);
    EXPECT_EQ(g->look().lines[ITS_ENTRY_ITE], 0u);
}

TEST_P(Gic600, CfgidDescribesTheConfiguration)
{
    EXPECT_EQ(g->read(ITS_FRAME_GITS, CFGID), 0x74322300u);
    for (const char *preset : {"gic500", "kvm", "flat"}) {
        gic other(preset);
        EXPECT_EQ(other.read(ITS_FRAME_GITS, CFGID), 0u);
        other.write(ITS_FRAME_GITS, FCTLR, 0xffffffff);
        EXPECT_EQ(other.read(ITS_FRAME_GITS, FCTLR), 0u);
        other.write(ITS_FRAME_GITS, OPR, ~UINT64_C(0), 8);
        EXPECT_EQ(other.read(ITS_FRAME_GITS, OPR, 8), 0u);
        EXPECT_EQ(other.read(ITS_FRAME_GITS, OPSR, 8), 0u);
    }
}

/* --- time ---------------------------------------------------------------------------------------------- */

/* What the two benches below do: everything that GITS_FCTLR and OPR set off, with gaps between. */
struct deed {
    uint32_t offset;
    uint64_t value;
    unsigned gap;
};

std::vector<deed> deeds()
{
    auto opr = [](uint64_t kind, uint64_t device, uint64_t event) {
        return kind << 60 | device << 32 | event;
    };
    return {{FCTLR, 12, 3},           {OPR, opr(2, 1, 0), 60},  {OPR, opr(2, 1, 128), 1},
            {FCTLR, IEC | IDC, 5},    {OPR, opr(1, 1, 3), 0},   {OPR, opr(1, 9, 3), 200},
            {OPR, opr(0, 1, 1), 100}, {FCTLR, ICC | 12, 30},    {OPR, opr(4, 0, 0), 40},
            {OPR, opr(3, 1, 0), 2},   {OPR, opr(2, 1, 2), 300}, {OPR, opr(8, 0, 0), 20}};
}

std::unique_ptr<gic> prepared(unsigned latency)
{
    auto g = std::make_unique<gic>("gic600");
    g->boot();
    g->mapd(1, 9);
    for (uint32_t e : {0u, 1u, 2u, 3u, 128u})
        g->mapti(1, e, 8192 + e, e % 4);
    g->event(ITS_CMD_INT, 9, 9); /* stalls */
    g->run();
    g->mem.latency = latency;
    return g;
}

TEST(Gic600Clocked, IdleEdgesCanBeSkippedWhateverIsGoingOn)
{
    for (unsigned latency : {0u, 3u, 41u}) {
        auto a = prepared(latency), b = prepared(latency);
        uint64_t skipped = 0;
        for (auto &d : deeds()) {
            for (gic *g : {a.get(), b.get()}) {
                g->write(ITS_FRAME_GITS, d.offset, d.value, d.offset == OPR ? 8 : 4);
                g->msi(1, 3);
                g->msi(1, 77);
            }
            a->tick(d.gap);
            skipped += b->timed(d.gap);
            ASSERT_EQ(a->cycle(), b->cycle());
            ASSERT_EQ(gic500_digest(a->get()), gic500_digest(b->get())) << std::hex << d.value;
        }
        EXPECT_GT(skipped, 200u);
        EXPECT_TRUE(a->same_events(*b));
    }
}

TEST(Gic600Clocked, ASavedStateGoesOnAsTheOriginalDid)
{
    for (auto &d : deeds()) {
        auto a = prepared(7), b = prepared(7);
        std::vector<gic::snapshot> saved;
        a->write(ITS_FRAME_GITS, OPR, UINT64_C(2) << 60 | UINT64_C(1) << 32 | 128, 8);
        a->settle();
        a->write(ITS_FRAME_GITS, d.offset, d.value, d.offset == OPR ? 8 : 4);
        a->start_msi(1, 1);
        for (int i = 0; i < 60; i++) {
            saved.push_back(a->save());
            a->tick();
        }
        a->tick(400);
        for (auto &state : saved) {
            b->load(state);
            b->tick(a->cycle() - b->cycle());
            ASSERT_EQ(gic500_digest(a->get()), gic500_digest(b->get())) << std::hex << d.value;
        }
    }
}

/* Software need not wait for an invalidation before it locks what it uses next. */
TEST_P(Gic600, ALockBesideAnInvalidationComesAfterIt)
{
    for (uint32_t e = 4; e < 128; e++)
        g->mapti(1, e, 8192 + e, e % 4);
    g->run();
    for (uint32_t e : {0u, 60u, 100u, 114u, 127u})
        for (bool before : {false, true}) {
            g->mem.latency = before ? 90 : 0;
            if (before) {
                fctlr(IEC);
                begin(ITS_OPR_LOCK, 1, e); /* reads */
            }
            g->write(ITS_FRAME_GITS, FCTLR, IEC);
            if (!before)
                begin(ITS_OPR_LOCK, 1, e);
            g->settle();
            if (GetParam() == ITS_FACE_CLOCKED || !before) {
                EXPECT_EQ(opsr(), passed(8192 + e, e % 4, true)) << e << before;
                EXPECT_EQ(operate(ITS_OPR_TRIAL, 1, e) >> 48 & 1u, 1u) << e << before;
            }
            EXPECT_EQ(operate(ITS_OPR_UNLOCK_ALL), DONE | PASS);
        }
}

/* --- switched off in the middle ------------------------------------------------------------------------ */

TEST(Gic600Clocked, ADisableAtAnyEdgeEndsWhatWasBegunAndThenNothingIsAccessed)
{
    constexpr uint64_t BUSY = UINT64_C(1) << 61;
    for (auto &d : deeds()) {
        auto g = prepared(7);
        g->write(ITS_FRAME_GITS, d.offset, d.value, d.offset == OPR ? 8 : 4);
        g->start_msi(1, 1);
        for (unsigned edge = 0; edge < 90; edge += 1 + edge / 40) {
            auto state = g->save();
            auto b = prepared(7);
            b->load(state);
            b->tick(edge);
            while (!b->host_idle())
                b->tick();
            b->quiesce();
            uint64_t opsr = b->read(ITS_FRAME_GITS, OPSR, 8);
            if (d.offset != OPR || d.value >> 60 != ITS_OPR_TRACK) {
                EXPECT_EQ(opsr & BUSY, 0u) << std::hex << d.value;
            }
            EXPECT_EQ(b->read(ITS_FRAME_GITS, FCTLR) & (IEC | IDC | ICC), 0u);
            for (unsigned kind = 0; kind < ITS_ENTRY_KINDS; kind++)
                EXPECT_EQ(b->look().dirty[kind], 0u);
            b->tick(50);
            ASSERT_EQ(b->its_accesses_while_off, 0u);
            EXPECT_TRUE(tables(*b).ite(b->itt(1), 3).valid);
            b->enable();
            b->msi(1, 3);
            b->settle();
            ASSERT_TRUE(b->pending(3, 8195)) << std::hex << d.value << " " << std::dec << edge;
        }
    }
}

TEST(Gic600Clocked, AResetAtAnyEdgeForgetsWhatWasBegun)
{
    for (auto &d : deeds()) {
        auto g = prepared(7);
        g->write(ITS_FRAME_GITS, d.offset, d.value, d.offset == OPR ? 8 : 4);
        g->start_msi(1, 1);
        for (unsigned edge = 0; edge < 60; edge++) {
            auto b = prepared(7);
            b->load(g->save());
            b->reset();
            uint64_t written = b->mem.writes;
            b->tick(200);
            ASSERT_EQ(b->mem.writes, written);
            for (uint32_t offset : {FCTLR, OPR, OPR + 4, OPSR, OPSR + 4})
                ASSERT_EQ(b->read(ITS_FRAME_GITS, offset), 0u) << std::hex << d.value;
            EXPECT_EQ(b->ctlr(), 0x80000000u);
            EXPECT_TRUE(b->look().idle);
            b->boot();
            b->mapd(1, 9);
            b->mapti(1, 1, 8200, 2);
            b->run();
            b->msi(1, 1);
            b->settle();
            ASSERT_TRUE(b->pending(2, 8200)) << std::hex << d.value << " " << std::dec << edge;
            g->tick();
        }
    }
}

/* --- all of it at once ------------------------------------------------------------------------------- */

TEST_P(Gic600, InvalidationsLocksAndTrialsChangeNothingButTime)
{
    for (uint64_t seed = 1; seed <= 40; seed++) {
        g = std::make_unique<gic>("gic600", settings{{"event_cache_sets", "2"},
                                                     {"collection_cache_sets", "1"},
                                                     {"device_cache_sets", "1"},
                                                     {"write_buffer", "1"}});
        g->skips_errors = true;
        g->record = false;
        g->mem.latency = unsigned(seed % 3) * 7;
        g->boot();
        g->face(GetParam());
        reference ref(*g);
        software sw(*g, ref, dense(4), seed);
        sw.map_all();
        sw.sync();
        for (int i = 0; i < 40; i++) {
            sw.queue(sw.random_command());
            if (sw.chance(2))
                g->write(ITS_FRAME_GITS, FCTLR, uint32_t(sw.pick(8)) << 16);
            static const its_opr_kind kinds[] = {
                ITS_OPR_LOCK,        ITS_OPR_LOCK,   ITS_OPR_TRIAL,     ITS_OPR_TRACK,
                ITS_OPR_TRACK_ABORT, ITS_OPR_UNLOCK, ITS_OPR_UNLOCK_ALL};
            g->publish(); /* the command runs beside what follows */
            begin(kinds[sw.pick(7)], sw.device(), sw.event());
            if (sw.chance(3))
                gic500_drop_clean_lines(g->get());
            sw.sync();
            sw.msi(sw.device(), sw.event());
            sw.msi(sw.device(), sw.event());
            g->settle();
            ASSERT_TRUE(sw.same_pending()) << "seed " << seed << " step " << i;
        }
        ASSERT_TRUE(sw.same_translations()) << "seed " << seed;
        g->quiesce();
        ASSERT_TRUE(sw.same_tables()) << "seed " << seed;
    }
}

} // namespace
