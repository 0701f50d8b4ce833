/* SPDX-License-Identifier: MIT */
/* A device whose work waits for the bus does not take the translator from the others. */
#include "machines.h"

namespace {

using bench::gic;

/* Device 1 sends many MSIs while `stuck` does not answer; then one of device 2 must arrive. */
void others_go_on(gic &g, unsigned msis)
{
    for (uint32_t e = 0; e < msis; e++)
        g.msi(1, e);
    g.tick(100);
    g.msi(2, 0);
    g.tick(1000);
    EXPECT_TRUE(g.pending(1, 8400)) << msis << " MSIs of device 1 came before";
}

void map(gic &g)
{
    g.boot();
    g.mapd(1, 8);
    for (uint32_t e = 0; e < 20; e++)
        g.mapti(1, e, 8192 + e, 0);
    g.mapd(2);
    g.mapti(2, 0, 8400, 1);
    g.run();
}

TEST(Fairness, ADeviceWhoseMapdWaitsForTheBusLeavesTranslationsToOthers)
{
    for (unsigned msis : {1u, 7u, 8u, 14u}) {
        gic g;
        map(g);
        g.mem.withheld = [](unsigned, bool write) { return write; };
        g.mapd(1, 8); /* its dirty events are on their way to memory for ever */
        g.publish();
        g.tick(60);
        others_go_on(g, msis);
    }
}

TEST(Fairness, ADeviceWhoseTranslationsAllMissLeavesTranslationsToOthers)
{
    for (const char *cycles : {"2", "50"})
        for (unsigned msis : {1u, 7u, 8u, 14u}) {
            gic g("gic500", {{"translation_cycles", cycles}});
            map(g);
            g.empty_caches();
            g.mem.withheld = [](unsigned id, bool) { return id == ITS_ID_TABLE; };
            others_go_on(g, msis);
        }
}

/* A device that repeats itself while its own entries do not come: its queue is no longer than it has
 * events, and every event arrives in the end. */
TEST(Fairness, ADeviceThatRepeatsItsMsisDoesNotFillTheQueue)
{
    gic g;
    map(g);
    g.empty_caches();
    bool withheld = true;
    g.mem.withheld = [&](unsigned id, bool) { return withheld && id == ITS_ID_TABLE; };
    g.events.clear();
    for (unsigned i = 0; i < 100; i++)
        g.msi(1, i % 8);
    EXPECT_LE(g.look().msi_queue, 8u);
    g.msi(2, 0);
    g.tick(1000);
    EXPECT_TRUE(g.pending(1, 8400));
    withheld = false;
    g.settle();
    for (uint32_t e = 0; e < 8; e++)
        EXPECT_TRUE(g.pending(0, 8192 + e)) << e;
    EXPECT_EQ(g.count(ITS_EV_MSI_ACCEPT), 101u);
    EXPECT_EQ(g.count(ITS_EV_MSI_SEND) + g.count(ITS_EV_MSI_MERGE), 101u);
}

/* --- many devices that wait for one thing ------------------------------------------------------------ */

constexpr uint32_t CROWD = 24, OTHER = 30;

/* Devices 1 to CROWD send to collection 5, at redistributor 0; OTHER and the one behind it to 1. */
void map_crowd(gic &g)
{
    g.boot();
    g.mapc(0, 0);
    g.mapc(g.profile.hcc ? 0 : 5, 0);
    for (uint32_t d = 1; d <= CROWD; d++) {
        g.mapd(d);
        g.mapti(d, 0, 8192 + d, g.profile.hcc ? 0 : 5);
    }
    for (uint32_t d : {OTHER, OTHER + 1}) {
        g.mapd(d);
        for (uint32_t e = 0; e < 8; e++)
            g.mapti(d, e, 8400 + 8 * (d - OTHER) + e, 1);
    }
    g.run();
    g.empty_caches();
    for (uint32_t e = 0; e < 4; e++)
        g.msi(OTHER, e);
    g.settle();
    while (g.acknowledge(1) != GIC500_SPURIOUS)
        ;
    g.events.clear();
}

/* The crowd sends, as many as the queue takes; MSIs that hit and MSIs that miss pass it. */
void others_pass(gic &g, uint32_t crowd)
{
    for (uint32_t d = 1; d <= crowd; d++)
        g.msi(d, 0);
    g.tick(100);
    for (uint32_t e = 0; e < 4; e++) {
        g.msi(OTHER, e);
        g.msi(OTHER + 1, e);
        g.tick(4000);
        EXPECT_TRUE(g.pending(1, 8400 + e)) << e;
        EXPECT_TRUE(g.pending(1, 8408 + e)) << e;
        EXPECT_EQ(g.pending_set(0, 8192, 8192 + 1 + CROWD).size(), 0u) << "the crowd waits";
    }
}

void all_arrive(gic &g, uint32_t crowd)
{
    g.settle();
    for (uint32_t d = 1; d <= crowd; d++)
        EXPECT_TRUE(g.pending(0, 8192 + d)) << d;
    EXPECT_EQ(g.count(ITS_EV_MSI_ACCEPT), g.count(ITS_EV_MSI_SEND) + g.count(ITS_EV_MSI_MERGE));
    g.quiesce();
}

TEST(Fairness, AnEntryThatDevicesShareAndThatDoesNotComeStopsNobodyElse)
{
    for (const char *preset : {"gic600", "kvm", "flat"})
        for (const char *translations : {"4", "8", "16"}) {
            gic g(preset, {{"translations", translations}});
            map_crowd(g);
            uint64_t entry = gic::COLLECTIONS + 5 * g.profile.cte_bytes;
            bool withheld = true;
            g.mem.silent = [&](uint64_t a) { return withheld && a == entry; };
            others_pass(g, 14);
            EXPECT_EQ(g.count(ITS_EV_MSI_BACK) > 0, g.profile.translations < 14);
            withheld = false;
            all_arrive(g, 14);
        }
}

/* MSIs that repeat one under translation are served with it; that is no step of the translator. */
TEST(Fairness, ADeviceThatRepeatsWhatWaitsStopsNobodyElse)
{
    for (const char *preset : {"gic600", "kvm", "flat"}) {
        gic g(preset);
        map_crowd(g);
        uint64_t entry = gic::COLLECTIONS + 5 * g.profile.cte_bytes;
        bool withheld = true;
        g.mem.silent = [&](uint64_t a) { return withheld && a == entry; };
        for (uint32_t d = 1; d <= 14; d++)
            g.msi(d, 0);
        g.msi(OTHER, 0);
        for (unsigned i = 0; i < 300; i++) {
            g.msi(1 + i % 14, 0);
            g.tick(10);
        }
        EXPECT_TRUE(g.pending(1, 8400)) << preset;
        withheld = false;
        all_arrive(g, 14);
    }
}

TEST(Fairness, ARedistributorThatDoesNotAnswerStopsNobodyElse)
{
    for (const char *preset : {"gic500", "gic600", "kvm", "flat"}) {
        gic g(preset);
        map_crowd(g);
        bool withheld = true;
        g.mem.silent = [&](uint64_t a) {
            return withheld && a >= gic::CONFIG && a < gic::CONFIG + 64;
        };
        others_pass(g, CROWD);
        EXPECT_GT(g.count(ITS_EV_MSI_BACK), 0u);
        withheld = false;
        all_arrive(g, CROWD);
    }
}

TEST(Fairness, ACommandThatWaitsForTheBusStopsNoOtherCollection)
{
    gic g("flat");
    map_crowd(g);
    bool withheld = true;
    g.mem.withheld = [&](unsigned, bool write) { return withheld && write; };
    for (uint32_t c = 8; c < 8 + g.profile.write_buffer; c++)
        g.mapc(c, 2);
    g.mapc(5, 0); /* holds the collection until the write buffer has room */
    g.publish();
    g.tick(400);
    others_pass(g, 14);
    EXPECT_GT(g.count(ITS_EV_MSI_BACK), 0u);
    withheld = false;
    all_arrive(g, 14);
}

/* Slow is not dead: whoever waits alone for an answer keeps waiting for it. */
TEST(Fairness, AMemorySlowerThanPatienceStillServesEverybody)
{
    for (const char *preset : {"gic600", "flat"}) {
        gic g(preset, {{"translations", "2"}, {"table_reads", "1"}});
        map_crowd(g);
        g.mem.latency = 500;
        for (uint32_t d = 1; d <= 14; d++)
            g.msi(d, 0);
        all_arrive(g, 14);
    }
}

/* --- the slave port ------------------------------------------------------------------------------------ */

/* A device whose entries do not come sends until nothing is accepted any more. Another master's
 * register writes pass its MSI, and a disable lets it be answered. */
TEST(Fairness, AnMsiThatIsNotAcceptedDoesNotKeepOthersFromDisablingTheIts)
{
    gic g;
    g.watch();
    map(g);
    g.empty_caches();
    bool withheld = true;
    g.mem.withheld = [&](unsigned id, bool) { return withheld && id == ITS_ID_TABLE; };
    for (uint32_t e = 0; g.host_idle(); e++) {
        g.start_msi(1, e % 200);
        g.tick(60);
        ASSERT_LT(e, 100u);
    }
    EXPECT_TRUE(g.write_beside(ITS_FRAME_GITS, 0x88, g.cwriter(), 60)) << "GITS_CWRITER";
    g.tick(500);
    EXPECT_FALSE(g.host_idle()) << "the MSI still waits";
    EXPECT_TRUE(g.write_beside(ITS_FRAME_GITS, 0, 0, 60)) << "GITS_CTLR";
    g.tick(20);
    EXPECT_TRUE(g.host_idle()) << "dropped, the ITS being disabled";
    EXPECT_EQ(g.resp(), ITS_AXI_OKAY);
    g.msi(1, 3);
    EXPECT_FALSE(g.look().quiescent);
    withheld = false;
    g.settle();
    EXPECT_TRUE(g.look().quiescent);
    EXPECT_EQ(g.violation(), "");
}

} // namespace
