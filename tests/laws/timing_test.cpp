/* SPDX-License-Identifier: MIT */
/*
 * Every figure of docs/timing.md, in cycles from edge to edge: an event that no other work delays, with
 * L cycles of memory latency.
 */
#include <algorithm>

#include "its/wires.h"
#include "machines.h"

namespace {

using bench::gic;
using laws::settings;

class Timing : public testing::TestWithParam<unsigned> {
protected:
    const unsigned L = GetParam();

    void boot(const char *preset = "gic500", const settings &set = {}, bool two_level = false)
    {
        g = std::make_unique<gic>(preset, set);
        g->two_level = two_level;
        g->mem.latency = L;
        g->boot();
        g->mapd(1);
        for (uint32_t e = 0; e < 3; e++)
            g->mapti(1, e, 8192 + e, 0);
        g->run();
        g->each_edge = [this] {
            const its_axi &p = g->pins.s_axi;
            uint64_t edge = g->cycle() - 1;
            if (its_fire(&p.ar) || its_fire(&p.w))
                asked = edge;
            if (its_fire(&p.r) || its_fire(&p.b))
                answered = edge;
        };
    }
    /* Everything written back and dropped. */
    void empty_caches()
    {
        g->quiesce();
        g->enable();
        rest();
    }
    /* No work left; events from now on. */
    void rest()
    {
        g->settle();
        g->tick(20);
        g->events.clear();
    }
    uint64_t at(its_event_kind kind, unsigned nth = 0, int c = -1) const
    {
        for (const auto &e : g->events)
            if (e.kind == kind && (c < 0 || e.c == c) && nth-- == 0)
                return e.cycle;
        ADD_FAILURE() << "no event " << kind;
        return 0;
    }
    uint64_t last(its_event_kind kind) const
    {
        uint64_t cycle = 0;
        for (const auto &e : g->events)
            if (e.kind == kind)
                cycle = e.cycle;
        return cycle;
    }

    /* One MSI from rest, alone. */
    void msi(uint32_t event = 0)
    {
        rest();
        g->msi(1, event);
        g->settle();
    }
    uint64_t translation() const { return at(ITS_EV_MSI_SEND) - at(ITS_EV_MSI_START); }
    uint64_t delivery() const { return at(ITS_EV_LPI_SET) - at(ITS_EV_MSI_SEND); }

    /* One command from rest, alone: CMD_START to CMD_DONE. */
    template <class Queue>
    uint64_t command(Queue queue)
    {
        rest();
        queue();
        g->run();
        EXPECT_EQ(at(ITS_EV_CMD_FETCH) - at(ITS_EV_REG_WRITE), 1u);
        EXPECT_EQ(at(ITS_EV_CMD_START) - at(ITS_EV_CMD_FETCH), 8 + L);
        return at(ITS_EV_CMD_DONE) - at(ITS_EV_CMD_START);
    }
    uint64_t event_command(uint8_t opcode)
    {
        return command([=] { g->event(opcode, 1, 0); });
    }

    std::unique_ptr<gic> g;
    uint64_t asked = 0, answered = 0;
};

INSTANTIATE_TEST_SUITE_P(Latency, Timing, testing::Values(0u, 1u, 37u));

/* --- slave port ------------------------------------------------------------------------------- */

TEST_P(Timing, ARegisterAccessIsCarriedOutAfterOneCycleAndAnsweredAfterThree)
{
    boot();
    for (its_frame frame : {ITS_FRAME_GITS, ITS_FRAME_GICD, ITS_FRAME_GICR, ITS_FRAME_NONE}) {
        rest();
        g->read(frame, 0x8);
        EXPECT_EQ(answered - asked, 3u) << frame;
        if (frame != ITS_FRAME_NONE) {
            EXPECT_EQ(at(ITS_EV_REG_READ) - asked, 1u) << frame;
        }
        g->write(frame, 0x8, 0);
        EXPECT_EQ(answered - asked, 3u) << frame;
        if (frame != ITS_FRAME_NONE) {
            EXPECT_EQ(at(ITS_EV_REG_IGNORED) - asked, 1u) << frame;
        }
    }
    g->bus(g->address(ITS_FRAME_GITS, 0, 8), true, 0, 2);
    EXPECT_EQ(answered - asked, 3u) << "its frame judges it";
    g->bus(g->address(ITS_FRAME_GITS, 0, 1), true, 0, 4);
    EXPECT_EQ(answered - asked, 1u) << "strobes outside the beat: the port answers";
}

/* --- MSIs -------------------------------------------------------------------------------------- */

TEST_P(Timing, AHitTakesThirteenCyclesFromAcceptanceToPending)
{
    boot();
    msi();
    g->acknowledge(0);
    for (int again = 0; again < 2; again++) { /* not pending, then pending */
        msi();
        EXPECT_EQ(at(ITS_EV_MSI_ACCEPT) - asked, 1u);
        EXPECT_EQ(answered - asked, 3u);
        EXPECT_EQ(at(ITS_EV_MSI_START) - at(ITS_EV_MSI_ACCEPT), 2u);
        EXPECT_EQ(translation(), 6u);
        EXPECT_EQ(at(ITS_EV_RD_SEND) - at(ITS_EV_MSI_SEND), 4u);
        EXPECT_EQ(delivery(), 5u);
        EXPECT_EQ(at(ITS_EV_LPI_SET) - at(ITS_EV_MSI_ACCEPT), 13u);
        EXPECT_EQ(at(ITS_EV_RD_ACK) - at(ITS_EV_LPI_SET), 1u);
    }
}

TEST_P(Timing, EveryTableReadOfAnMsiAddsSixCyclesAndTheLatency)
{
    boot();
    empty_caches();
    msi();
    EXPECT_EQ(translation(), 8 + 2 * (6 + L)) << "DTE and ITE";
    msi(1);
    EXPECT_EQ(translation(), 8 + (6 + L)) << "ITE; the DTE is held";
    msi(1);
    EXPECT_EQ(translation(), 6u) << "the ITE is held, no DTE is needed";
    boot("flat");
    msi();
    EXPECT_EQ(translation(), 8 + 3 * (6 + L)) << "DTE, ITE and CTE: no caches";
}

TEST_P(Timing, LevelOneEntriesCostALookupEachWhenHeldAndAReadWhenNot)
{
    boot("flat", {{"level1_entries", "0"}}, true);
    msi();
    EXPECT_EQ(translation(), 12 + 5 * (6 + L));
    boot("flat", {}, true);
    msi();
    EXPECT_EQ(translation(), 12 + 3 * (6 + L));
}

TEST_P(Timing, ConfigurationReadByTheRedistributorAddsSixCyclesAndTheLatency)
{
    boot();
    msi();
    EXPECT_EQ(delivery(), 5 + (6 + L));
}

TEST_P(Timing, TheProfileMovesTranslationAndDeliveryByAsMuchAsItSays)
{
    boot("gic500", {{"translation_cycles", "9"}, {"rd_cycles", "30"}});
    msi();
    g->acknowledge(0);
    msi();
    EXPECT_EQ(translation(), 6u + 7);
    EXPECT_EQ(delivery(), 5u + 28);
}

/* --- commands ----------------------------------------------------------------------------------- */

TEST_P(Timing, CommandsWhoseEntriesAreHeldHaveFixedCosts)
{
    boot();
    EXPECT_EQ(command([&] { g->mapc(1, 1); }), 6u);
    EXPECT_EQ(command([&] { g->mapti(1, 3, 8195, 0); }), 8u);
    EXPECT_EQ(command([&] { g->movi(1, 0, 0); }), 12u) << "same redistributor";
    EXPECT_EQ(command([&] { g->movi(1, 0, 1); }), 13u);
    for (uint8_t opcode : {ITS_CMD_INT, ITS_CMD_CLEAR, ITS_CMD_INV})
        EXPECT_EQ(event_command(opcode), 9u) << its_cmd_name(opcode);
    EXPECT_EQ(event_command(ITS_CMD_DISCARD), 11u);
    EXPECT_EQ(command([&] { g->invall(0); }), 7u);
    EXPECT_EQ(command([&] { g->movall(0, 1); }), 5u);
    EXPECT_EQ(command([&] { g->sync(0); }), 12u);
    rest();
    g->sync(99);
    g->run();
    EXPECT_EQ(at(ITS_EV_CMD_ERROR) - at(ITS_EV_CMD_START), 4u);
}

TEST_P(Timing, EveryTableReadOfACommandAddsSevenCyclesAndTheLatency)
{
    boot("flat");
    EXPECT_EQ(command([&] { g->mapc(1, 1); }), 6u) << "reads nothing";
    EXPECT_EQ(command([&] { g->mapti(1, 3, 8195, 0); }), 8 + (7 + L)) << "DTE";
    EXPECT_EQ(event_command(ITS_CMD_INT), 9 + 2 + 3 * (7 + L)) << "ITE, DTE and CTE";
    EXPECT_EQ(command([&] { g->invall(0); }), 7 + (7 + L)) << "CTE";
    EXPECT_EQ(command([&] { g->movi(1, 0, 0); }), 12 + 2 + 4 * (7 + L)) << "two CTEs";
}

TEST_P(Timing, MapdSweepsTheEventCacheOneSetACycle)
{
    boot();
    EXPECT_EQ(command([&] { g->mapd(5); }), 8u + 32) << "events of another device are held";
    empty_caches();
    EXPECT_EQ(command([&] { g->mapd(5); }), 8u + 1) << "nothing is held";
    boot("flat");
    EXPECT_EQ(command([&] { g->mapd(5); }), 8u + 1) << "no event cache";
}

TEST_P(Timing, TheProfileMovesCommandsByAsMuchAsItSays)
{
    boot("gic500", {{"command_cycles", "20"}});
    EXPECT_EQ(command([&] { g->mapc(1, 1); }), 6u + 16);
    EXPECT_EQ(command([&] { g->sync(0); }), 12u + 16);
    boot("gic500", {{"rd_cycles", "50"}});
    EXPECT_EQ(command([&] { g->sync(0); }), 12u + 48);
}

TEST_P(Timing, CreadrMovesOneCycleAfterACommandAndTheNextFetchOneLater)
{
    boot();
    rest();
    for (uint32_t e = 3; e < 6; e++)
        g->mapti(1, e, 8192 + e, 0);
    g->run();
    EXPECT_EQ(at(ITS_EV_CMD_FETCH, 1) - at(ITS_EV_CMD_DONE), 2u);
    EXPECT_EQ(at(ITS_EV_CMD_FETCH, 2) - at(ITS_EV_CMD_FETCH, 1), 8 + L + 8 + 2);
}

TEST_P(Timing, AMovedLpiIsPendingAgainAfterTwoMessages)
{
    boot();
    msi();
    rest();
    g->movi(1, 0, 1);
    g->run();
    EXPECT_EQ(at(ITS_EV_LPI_SET) - at(ITS_EV_CMD_START), 22 + (6 + L));
}

TEST_P(Timing, MovallTakesOneConfigurationReadAnLpi)
{
    for (uint32_t n : {1u, 2u, 3u}) {
        boot();
        for (uint32_t e = 0; e < n; e++)
            msi(e);
        rest();
        g->movall(0, 1);
        g->sync(1);
        g->run();
        uint64_t start = at(ITS_EV_CMD_START);
        EXPECT_EQ(last(ITS_EV_LPI_SET) - start, 14 + n * (7 + L));
        EXPECT_EQ(at(ITS_EV_CMD_DONE, 1) - start,
                  std::max<uint64_t>(23 + n * (7 + L), 5 + 2 + 8 + L + 12));
    }
}

/* --- disable ------------------------------------------------------------------------------------ */

TEST_P(Timing, ADisableTakesThreeCyclesAndFivePlusTheLatencyForEachDirtyLine)
{
    for (uint32_t lines : {0u, 1u, 33u}) {
        boot();
        empty_caches();
        if (lines) {
            g->mapd(1);
            for (uint32_t e = 0; e + 1 < lines; e++)
                g->mapti(1, e, 8192 + e, 0);
            g->run();
        }
        rest();
        g->quiesce();
        uint64_t write = at(ITS_EV_REG_WRITE);
        EXPECT_EQ(at(ITS_EV_STATE, 0, ITS_DRAIN) - write, 1u);
        EXPECT_EQ(at(ITS_EV_STATE, 0, ITS_WRITEBACK) - write, 2u);
        EXPECT_EQ(at(ITS_EV_STATE, 0, ITS_OFF) - write, 3 + lines * (5 + L));
        EXPECT_EQ(g->count(ITS_EV_WRITE_BACK), lines);
    }
}

TEST_P(Timing, QuiescentComesNoSoonerThanTheProfileSays)
{
    for (uint64_t least : {0u, 1u, 2u, 3u, 100u}) {
        std::string value = std::to_string(least);
        boot("gic500", {{"quiescent_min", value.c_str()}});
        empty_caches();
        g->quiesce();
        EXPECT_EQ(at(ITS_EV_STATE, 0, ITS_OFF) - at(ITS_EV_REG_WRITE),
                  std::max<uint64_t>(3, least));
    }
}

/* --- redistributors ------------------------------------------------------------------------------ */

TEST_P(Timing, ASpillAddsAWriteAndARefillTwoBurstReads)
{
    boot("gic500", {{"lpi_entries", "2"}});
    msi(0);
    msi(1);
    msi(2);
    EXPECT_EQ(at(ITS_EV_LPI_SET) - at(ITS_EV_RD_SEND), 1 + (6 + L)) << "configuration read";
    EXPECT_EQ(at(ITS_EV_RD_ACK) - at(ITS_EV_LPI_SET), 1 + (6 + L))
        << "word of the pending table written";
    ASSERT_EQ(g->acknowledge(0), 8192u);
    g->settle();
    ASSERT_EQ(g->acknowledge(0), 8193u);
    g->events.clear();
    uint64_t from = g->cycle();
    g->settle();
    /* The spilled LPI's 64 bytes of table are still at hand: only configuration is read. */
    EXPECT_EQ(at(ITS_EV_LPI_REFILL) - from, 1 + (13 + L));
}

TEST_P(Timing, EnableLpisReadsTheWholePendingTableUnlessPtzIs1)
{
    boot();
    g->write(ITS_FRAME_GICR, 0, 0);
    for (bool ptz : {true, false}) {
        rest();
        g->lpis(0, ptz);
        g->settle();
        EXPECT_EQ(at(ITS_EV_LPI_ENABLE) - last(ITS_EV_REG_WRITE), ptz ? 1u : 1 + 112 * (13 + L));
        rest();
        g->write(ITS_FRAME_GICR, 0, 0);
        g->settle();
        EXPECT_EQ(at(ITS_EV_LPI_ENABLE) - at(ITS_EV_REG_WRITE), 1u) << "RWP falls at once";
    }
}

TEST_P(Timing, EnableLpisZeroWritesTheWordsOfThePendingTableThatChanged)
{
    const struct {
        uint32_t lpis, apart, chunks, words;
    } cases[] = {{1, 1, 1, 1}, {8, 1, 1, 1}, {8, 64, 1, 8}, {8, 512, 8, 8}};
    for (auto &c : cases) {
        boot();
        g->mapd(2, 8);
        for (uint32_t i = 0; i < c.lpis; i++)
            g->mapti(2, i, 8192 + 512 + i * c.apart, 0);
        g->run();
        for (uint32_t i = 0; i < c.lpis; i++)
            g->msi(2, i);
        rest();
        g->write(ITS_FRAME_GICR, 0, 0);
        g->settle();
        EXPECT_EQ(at(ITS_EV_LPI_FLUSH) - at(ITS_EV_REG_WRITE), 1 + c.chunks + c.words * (6 + L))
            << c.lpis << " LPIs, " << c.apart << " apart";
    }
}

TEST_P(Timing, SleepTakesThreeCyclesMoreAndWakingTwoMore)
{
    boot("gic500", {{"redistributors", "1"}});
    msi();
    g->write(ITS_FRAME_GICR, 0x14, 2); /* ProcessorSleep */
    rest();
    g->write(ITS_FRAME_GICR, 0x14, 3);
    g->settle();
    EXPECT_EQ(at(ITS_EV_LPI_FLUSH) - at(ITS_EV_REG_WRITE), 4 + 1 + (6 + L)) << "one LPI pending";
    EXPECT_EQ(g->read(ITS_FRAME_GICR, 0x14) >> 31, 1u);
    rest();
    g->write(ITS_FRAME_GICR, 0x14, 2);
    g->settle();
    EXPECT_EQ(at(ITS_EV_LPI_ENABLE) - at(ITS_EV_REG_WRITE), 3 + 112 * (13 + L));
}

/* --- what the figures are read from ------------------------------------------------------------------ */

TEST_P(Timing, EveryAccessOnTheBusIsReportedOnce)
{
    boot("gic500", {{"lpi_entries", "2"}});
    g->events.clear();
    uint64_t reads = g->mem.reads, writes = g->mem.writes;
    g->mapti(1, 4, 8200, 1);
    g->run();
    for (uint32_t e = 0; e < 5; e++)
        if (e != 3)
            g->msi(1, e);
    g->settle();
    g->quiesce();
    g->write(ITS_FRAME_GICR, 0, 0);
    g->settle();
    EXPECT_GT(g->count(ITS_EV_LPI_SPILL), 0u);
    EXPECT_EQ(g->count(ITS_EV_MEM_READ), g->mem.reads - reads);
    EXPECT_EQ(g->count(ITS_EV_MEM_WRITE), g->mem.writes - writes);
    for (auto &e : g->events)
        if (e.kind == ITS_EV_MEM_READ || e.kind == ITS_EV_MEM_WRITE) {
            bool of_lpis = e.a >= gic::CONFIG && e.a < gic::ITTS;
            EXPECT_EQ(e.c >= ITS_CLIENT_LPI_CONFIG, of_lpis) << std::hex << e.a;
        }
}

} // namespace
