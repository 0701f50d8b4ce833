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
            g.quiesce(); /* empties the caches */
            g.enable();
            g.settle();
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
    g.quiesce(); /* empties the caches */
    g.enable();
    g.settle();
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

} // namespace
