/* SPDX-License-Identifier: MIT */
/* Limits, the command queue, errors, redistributors, reset: what a driver can rely on, continued. */
#include "software.h"

namespace {

using bench::gic;
using laws::machine;
using laws::tables;

class Checklist : public testing::TestWithParam<machine> {
protected:
    void boot(const laws::settings &more = {})
    {
        g = laws::make(GetParam(), more);
        g->boot();
    }
    uint32_t error() /* code of the last command error, 0 when there was none; forgets it */
    {
        uint32_t code = 0;
        for (auto &e : g->events)
            if (e.kind == ITS_EV_CMD_ERROR)
                code = uint32_t(e.a);
        g->events.clear();
        return code;
    }
    its_drop drop_of(uint32_t device, uint32_t event)
    {
        g->events.clear();
        g->msi(device, event);
        g->settle();
        its_drop why = ITS_DROP_NONE;
        for (const auto &e : g->events)
            if (e.kind == ITS_EV_MSI_DROP)
                why = its_drop(e.c);
        g->events.clear();
        return why;
    }
    unsigned acknowledged(unsigned rd)
    {
        unsigned n = 0;
        for (; g->acknowledge(rd) != GIC500_SPURIOUS; n++)
            g->settle();
        return n;
    }
    void wait_rwp(unsigned rd)
    {
        for (int i = 0; g->read(ITS_FRAME_GICR, 0, 4, rd) & 8; i++)
            ASSERT_LT(i, 10000);
    }

    std::unique_ptr<gic> g;
};

INSTANTIATE_TEST_SUITE_P(Machines, Checklist, testing::ValuesIn(laws::machines()),
                         laws::machine_name);

/* --- limits ---------------------------------------------------------------------------------------- */

TEST_P(Checklist, TheLastDeviceWorksAndTheOneBehindItIsOutOfRange)
{
    boot();
    uint32_t last = 65535; /* flat: 8 pages of 64 KB hold 65536 entries; two-level: Devbits 16 */
    if (g->two_level)
        g->mem.data.store(gic::DEVICES + 8 * 7, gic::VALID | (gic::DEVICE_PAGE + 0x70000), 8);
    g->mapd(last);
    g->mapti(last, 0, 8192, 0);
    g->run();
    EXPECT_EQ(error(), 0u);
    EXPECT_EQ(drop_of(last, 0), ITS_DROP_NONE);
    g->mapd(last + 1);
    g->run();
    EXPECT_EQ(error(), 0x010801u);
    EXPECT_EQ(drop_of(last + 1, 0), ITS_DROP_DEVICE_OOR);
    EXPECT_EQ(drop_of(0xffffffff, 0), ITS_DROP_DEVICE_OOR);
    g->quiesce();
    EXPECT_TRUE(tables(*g).dte(last).valid);
}

TEST_P(Checklist, TheLastEventWorksAndTheOneBehindItIsOutOfRange)
{
    boot();
    g->mapd(1, 5);
    g->mapd(2, 16, true, g->itt(64));
    g->mapti(1, 31, 8192, 0);
    g->mapti(2, 65535, 8193, 0);
    g->run();
    EXPECT_EQ(error(), 0u);
    EXPECT_EQ(drop_of(1, 31), ITS_DROP_NONE);
    EXPECT_EQ(drop_of(2, 65535), ITS_DROP_NONE);
    EXPECT_EQ(drop_of(1, 32), ITS_DROP_EVENT_OOR);
    EXPECT_EQ(drop_of(2, 65536), ITS_DROP_EVENT_WIDE);
    g->mapti(1, 32, 8194, 0);
    g->run();
    EXPECT_EQ(error(), 0x010a05u);
    g->mapti(2, 65536, 8194, 0);
    g->run();
    EXPECT_EQ(error(), 0x010a05u);
    g->mapd(3, 17);
    g->run();
    EXPECT_EQ(error(), 0x010802u);
}

TEST_P(Checklist, TheLastCollectionWorksAndTheOneBehindItIsOutOfRange)
{
    boot();
    /* Two-level: only the first level-1 entry is valid; 8192 entries of 8 bytes in its page. */
    uint32_t last = g->profile.hcc ? g->profile.hcc - 1 : g->two_level_collections() ? 8191 : 16383;
    g->mapd(1);
    g->mapc(last, 3);
    g->mapti(1, 0, 8192, last);
    g->run();
    EXPECT_EQ(error(), 0u);
    EXPECT_EQ(drop_of(1, 0), ITS_DROP_NONE);
    EXPECT_TRUE(g->pending(3, 8192));
    g->mapc(last + 1, 3);
    g->run();
    EXPECT_EQ(error(), 0x010903u);
    g->mapti(1, 1, 8193, last + 1);
    g->run();
    EXPECT_EQ(error(), 0x010a03u);
    g->mapc(0, g->profile.redistributors - 1);
    g->run();
    EXPECT_EQ(error(), 0u);
    g->mapc(0, g->profile.redistributors);
    g->run();
    EXPECT_EQ(error(), 0x010902u);
}

TEST_P(Checklist, TheFirstAndLastLpiWorkAndTheirNeighboursAreOutOfRange)
{
    boot();
    g->mapd(1);
    g->mapti(1, 0, 8192, 0);
    g->mapti(1, 1, 65535, 0);
    g->run();
    EXPECT_EQ(error(), 0u);
    EXPECT_EQ(drop_of(1, 0), ITS_DROP_NONE);
    EXPECT_EQ(drop_of(1, 1), ITS_DROP_NONE);
    EXPECT_TRUE(g->pending(0, 8192));
    EXPECT_TRUE(g->pending(0, 65535));
    for (uint32_t intid : {0u, 8191u, 65536u, 0xffffffffu}) {
        g->mapti(1, 2, intid, 0);
        g->run();
        EXPECT_EQ(error(), 0x010a06u) << intid;
    }
}

TEST(Checklist, EntriesThatDoNotDivideAPageNeverStraddleATwoLevelPage)
{
    gic g("flat", {{"dte_bytes", "24"}});
    g.two_level = true;
    g.boot();
    const uint32_t last = 65536 / 24 - 1;
    g.mapd(last);
    g.mapti(last, 0, 8192, 0);
    g.mapd(last + 1);
    g.run();
    EXPECT_EQ(g.count(ITS_EV_CMD_ERROR), 1u);
    g.mem.data.store(gic::DEVICES + 8, gic::VALID | (gic::DEVICE_PAGE + 0x10000), 8);
    g.mapd(last + 1);
    g.mapti(last + 1, 0, 8193, 1);
    g.run();
    g.msi(last, 0);
    g.msi(last + 1, 0);
    g.settle();
    EXPECT_TRUE(g.pending(0, 8192));
    EXPECT_TRUE(g.pending(1, 8193));
    EXPECT_NE(g.mem.data.load(gic::DEVICE_PAGE + last * 24, 8), 0u);
    EXPECT_NE(g.mem.data.load(gic::DEVICE_PAGE + 0x10000, 8), 0u);
}

/* --- the command queue ------------------------------------------------------------------------------- */

TEST_P(Checklist, TheQueueWrapsAtItsEndAndMayBeFull)
{
    g = laws::make(GetParam());
    g->queue_bytes = 4096;
    g->boot();
    for (int round = 0; round < 3; round++) {
        g->events.clear();
        uint32_t start = g->cwriter();
        for (unsigned i = 0; i < 127; i++) /* one less than fit: the queue is full */
            g->invall(0);
        ASSERT_EQ((g->cwriter() + 32) % 4096, start);
        g->run();
        EXPECT_EQ(g->count(ITS_EV_CMD_DONE), 127u);
        EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x90), g->cwriter());
    }
}

TEST_P(Checklist, AWriterOutsideTheQueueStopsItUntilAGoodOne)
{
    for (const char *ignored : {"0", "1"}) {
        g = laws::make(GetParam(), {{"cwriter_range", ignored}});
        g->queue_bytes = 4096;
        g->boot();
        uint32_t creadr = g->cwriter();
        g->events.clear();
        g->invall(0);
        g->write(ITS_FRAME_GITS, 0x88, 4096);
        g->tick(200);
        EXPECT_EQ(g->count(ITS_EV_CMD_RANGE), 1u);
        EXPECT_EQ(g->count(ITS_EV_CMD_FETCH), 0u);
        EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x90), creadr);
        EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x88), ignored[0] == '0' ? 4096u : creadr);
        g->run();
        EXPECT_EQ(g->count(ITS_EV_CMD_DONE), 1u);
        EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x90), g->cwriter());
    }
}

TEST_P(Checklist, HalvesOfRegistersCanBeWrittenAndSmallerPartsCannot)
{
    g = laws::make(GetParam());
    struct {
        uint32_t offset;
        uint64_t value;
    } const regs[] = {{0x80, 0x8000000042340002}, {0x100, 0x8000000041000203}};
    for (auto &r : regs) {
        g->write(ITS_FRAME_GITS, r.offset, r.value & 0xffffffff, 4);
        EXPECT_EQ(g->read(ITS_FRAME_GITS, r.offset, 8) >> 63, 0u);
        g->write(ITS_FRAME_GITS, r.offset + 4, r.value >> 32, 4);
        uint64_t now = g->read(ITS_FRAME_GITS, r.offset, 8);
        EXPECT_EQ(now >> 63, 1u);
        EXPECT_EQ(now & 0xffffffff, r.value & 0xffff03ff & (r.offset == 0x80 ? ~0xff00u : ~0u));
        g->events.clear();
        for (uint32_t part : {0u, 2u, 4u, 6u})
            g->bus(g->address(ITS_FRAME_GITS, 0, r.offset + part), true, 0, 2);
        EXPECT_EQ(g->count(ITS_EV_REG_BAD), 4u);
        EXPECT_EQ(g->read(ITS_FRAME_GITS, r.offset, 8), now);
    }
    g->write(ITS_FRAME_GITS, 0x88, 0x40);
    g->bus(g->address(ITS_FRAME_GITS, 0, 0x88), true, 0x60, 2);
    EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x88), 0x40u);
}

TEST_P(Checklist, AStalledQueueGoesOnAfterTheCommandWasMendedAndRetried)
{
    boot({{"command_error", "1"}});
    uint32_t at = g->cwriter();
    g->mapti(9, 0, 8192, 0); /* device 9 is not mapped */
    g->mapc(1, 2);
    g->run();
    EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x90), at | 1u);
    EXPECT_EQ(error(), 0x010a04u);
    g->write(ITS_FRAME_GITS, 0x88, g->cwriter()); /* no Retry: nothing happens */
    g->tick(100);
    EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x90), at | 1u);
    uint32_t end = g->cwriter();
    g->cwriter(at);
    g->mapd(9);
    g->cwriter(end);
    g->write(ITS_FRAME_GITS, 0x88, end | 1u);
    g->settle();
    EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x90), end);
    g->mapti(9, 0, 8192, 1);
    g->run();
    g->msi(9, 0);
    g->settle();
    EXPECT_TRUE(g->pending(2, 8192));
}

TEST_P(Checklist, AStalledQueueDoesNotHoldQuiescentAndIsForgottenWithItsBase)
{
    boot({{"command_error", "1"}});
    uint32_t at = g->cwriter();
    g->mapti(9, 0, 8192, 0);
    g->run();
    g->quiesce(10000);
    EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x90), at | 1u) << "a disabled ITS keeps Stalled";
    g->enable();
    g->tick(100);
    EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x90), at | 1u);
    g->quiesce(10000);
    g->write(ITS_FRAME_GITS, 0x80, g->cbaser(), 8);
    EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x90), 0u);
    g->write(ITS_FRAME_GITS, 0x88, 0, 8);
    g->cwriter(0);
    g->enable();
    g->mapd(9);
    g->run();
    EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x90), 32u);
}

/* --- redistributors --------------------------------------------------------------------------------- */

TEST_P(Checklist, AConfigurationEditIsSeenAfterInvAndNotBeforeWhileItIsHeld)
{
    boot();
    g->mapd(1);
    g->mapti(1, 0, 8200, 0);
    g->run();
    g->mem.data.put(gic::CONFIG + 8, 0xa0); /* disabled */
    g->event(ITS_CMD_INV, 1, 0);
    g->sync(0);
    g->consume();
    g->msi(1, 0);
    g->settle();
    EXPECT_TRUE(g->pending(0, 8200));
    EXPECT_EQ(g->acknowledge(0), GIC500_SPURIOUS);
    g->mem.data.put(gic::CONFIG + 8, 0xa1);
    g->tick(300);
    EXPECT_EQ(g->acknowledge(0), GIC500_SPURIOUS) << "held, so the edit is not seen yet";
    g->event(ITS_CMD_INV, 1, 0);
    g->sync(0);
    g->consume();
    EXPECT_EQ(g->acknowledge(0), 8200u);
    g->settle();
    g->mem.data.put(gic::CONFIG + 8, 0xa0);
    g->invall(0);
    g->sync(0);
    g->consume();
    g->msi(1, 0);
    g->settle();
    EXPECT_EQ(g->acknowledge(0), GIC500_SPURIOUS);
}

TEST_P(Checklist, CreadrStaysOnTheSyncOfASlowRedistributorWhileTheInvBeforeItHasPassed)
{
    boot({{"rd_cycles", "5000"}});
    g->mapd(1);
    g->mapti(1, 0, 8200, 0);
    g->run();
    g->event(ITS_CMD_INV, 1, 0);
    uint32_t sync = g->cwriter();
    g->sync(0);
    g->publish();
    uint64_t from = g->cycle(), at_sync = 0;
    while (g->look().creadr != g->cwriter()) {
        ASSERT_LT(g->cycle() - from, 50000u);
        if (!at_sync && g->look().creadr == sync)
            at_sync = g->cycle() - from;
        g->tick();
    }
    EXPECT_GT(at_sync, 0u);
    EXPECT_LT(at_sync, 200u);
    EXPECT_GE(g->cycle() - from, 5000u);
}

TEST_P(Checklist, AMovedEventNeverLosesNorDoublesAnMsi)
{
    boot();
    g->mapd(1);
    g->mapti(1, 0, 8200, 0);
    g->run();
    for (unsigned offset = 0; offset < 90; offset++) {
        unsigned to = 1 + offset % 3, from = offset % 2 ? 3 - to % 2 : 0;
        g->movi(1, 0, from);
        g->run();
        g->movi(1, 0, to);
        for (unsigned rd = 0; rd < 4; rd++)
            g->sync(rd);
        g->publish();
        g->tick(offset);
        g->msi(1, 0);
        g->settle();
        unsigned sum = 0;
        for (unsigned rd = 0; rd < 4; rd++)
            sum += acknowledged(rd);
        ASSERT_EQ(sum, 1u) << offset;
    }
}

TEST_P(Checklist, MoveEverythingLosesNoLpiAndDoublesNone)
{
    boot();
    g->mapd(1);
    for (uint32_t e = 0; e < 8; e++)
        g->mapti(1, e, 8200 + e, 0);
    g->run();
    for (unsigned offset = 0; offset < 160; offset += 3) {
        g->mapc(0, 0);
        g->run();
        for (uint32_t e = 0; e < 4; e++)
            g->msi(1, e);
        g->settle();
        g->mapc(0, 2);
        g->sync(0);
        g->movall(0, 2);
        g->sync(0);
        g->sync(2);
        g->publish();
        g->tick(offset);
        for (uint32_t e = 4; e < 8; e++)
            g->msi(1, e);
        g->settle();
        ASSERT_TRUE(g->pending_set(0).empty()) << offset;
        ASSERT_EQ(acknowledged(2), 8u) << offset;
    }
}

TEST_P(Checklist, PendingLpisSurviveEnableLpisZeroInMemoryAndMsisMeanwhileAreLost)
{
    for (bool ptz : {false, true}) {
        boot();
        g->mapd(1);
        for (uint32_t e = 0; e < 8; e++)
            g->mapti(1, e, 8200 + e * 100, 1);
        g->run();
        for (uint32_t e = 0; e < 3; e++)
            g->msi(1, e);
        g->settle();
        g->write(ITS_FRAME_GICR, 0, 0, 4, 1);
        wait_rwp(1);
        for (uint32_t e = 0; e < 8; e++) {
            uint32_t intid = 8200 + e * 100;
            bool bit = (g->mem.data.get(gic::PENDING + 0x10000 + intid / 8) >> (intid % 8)) & 1;
            EXPECT_EQ(bit, e < 3) << e;
        }
        g->msi(1, 5);
        g->settle();
        EXPECT_EQ(g->count(ITS_EV_LPI_DROP), 1u);
        EXPECT_EQ(acknowledged(1), 0u);
        g->lpis(1, ptz);
        wait_rwp(1);
        g->settle();
        EXPECT_EQ(acknowledged(1), ptz ? 0u : 3u);
        g->msi(1, 5);
        g->settle();
        EXPECT_EQ(acknowledged(1), 1u);
    }
}

TEST_P(Checklist, HardwareCollectionsAreUnmappedByResetAndKeptByADisable)
{
    boot({{"hcc", "5"}});
    g->mapd(1);
    g->mapti(1, 0, 8200, 4);
    g->run();
    EXPECT_EQ(drop_of(1, 0), ITS_DROP_COLLECTION_UNMAPPED);
    g->mapc(4, 2);
    g->run();
    EXPECT_EQ(drop_of(1, 0), ITS_DROP_NONE);
    g->quiesce();
    g->enable();
    EXPECT_EQ(drop_of(1, 0), ITS_DROP_NONE);
    g->quiesce();
    g->reset();
    g->boot();
    EXPECT_EQ(drop_of(1, 0), ITS_DROP_COLLECTION_UNMAPPED);
    EXPECT_FALSE(laws::written_in(*g, gic::COLLECTIONS, 5u * g->profile.cte_bytes));
}

/* --- reset ------------------------------------------------------------------------------------------ */

TEST_P(Checklist, ResetInAnyDrainStateWritesNothingAndLateAnswersAreIgnored)
{
    for (unsigned state = 0; state < 4; state++)
        for (unsigned later : {0u, 1u, 5u, 20u}) {
            boot();
            g->mem.latency = 37;
            g->mapd(1);
            for (uint32_t e = 0; e < 16; e++)
                g->mapti(1, e, 8200 + e, 0);
            g->consume();
            g->start_msi(1, 3);
            g->mapd(2);
            while (!g->host_idle())
                g->tick();
            g->publish();
            if (state != 1)
                g->disable();
            for (int i = 0; g->look().drain != state; i++) {
                ASSERT_LT(i, 10000) << state;
                g->tick();
            }
            g->tick(later);
            g->events.clear();
            g->reset();
            uint64_t writes = g->mem.writes;
            EXPECT_EQ(g->count(ITS_EV_RESET), 1u);
            EXPECT_EQ(g->ctlr(), 0x80000000u);
            EXPECT_EQ(g->look().drain, 0);
            g->tick(200);
            EXPECT_EQ(g->look().reads_owed + g->look().writes_owed, 0u);
            EXPECT_EQ(g->mem.writes, writes);
            EXPECT_EQ(g->count(ITS_EV_MEM_WRITE), 0u);
            g->mem.data.fill(gic::DEVICES, 64, 0);
            g->mem.data.fill(gic::DEVICE_PAGE, 64, 0);
            g->boot();
            EXPECT_EQ(drop_of(1, 3), ITS_DROP_DEVICE_UNMAPPED);
            g->mapd(1, 5, true, g->itt(70));
            g->mapti(1, 3, 8203, 1);
            g->run();
            EXPECT_EQ(drop_of(1, 3), ITS_DROP_NONE);
            EXPECT_EQ(acknowledged(1), 1u);
        }
}

} // namespace
