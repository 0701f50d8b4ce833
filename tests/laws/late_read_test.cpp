// SPDX-License-Identifier: MIT
/*
 * Reads that come back late: what memory held when a read was taken must not outlive the commands
 * that change it, whoever asked for the read.
 */
#include <gtest/gtest.h>

#include "../common/gic_bench.h"

namespace {

/* An INT is served by the answer to an MSI's read of the same entry. No read of its own may be left
 * over: it would answer later translations with the mapping from before a MAPTI. */
TEST(LateRead, ACommandServedByAnotherReadLeavesNoneBehind)
{
    unsigned passed = 0;

    for (unsigned offset = 0; offset < 60; offset++) {
        bench::gic g("flat", {{"device_cache_policy", "2"}, {"collection_cache_policy", "2"}});
        g.mem.latency = 20;
        g.mem.loose = true;
        g.boot();
        g.mapd(1);
        g.mapti(1, 0, 8192, 0);
        g.sync(0);
        g.run();
        bool withhold = true;
        g.mem.withheld = [&](unsigned id, bool write) {
            return withhold && id == ITS_ID_COMMAND && !write;
        };
        g.event(ITS_CMD_INT, 1, 0);
        g.publish();
        g.tick(offset);
        g.msi(1, 0);
        g.tick(200);
        if (g.look().creadr != g.cwriter())
            continue; /* it came too early or too late, and waits for a read of its own */
        passed++;
        EXPECT_EQ(g.look().reads_owed, 0u) << "offset " << offset;
        g.mapti(1, 0, 9000, 0);
        g.sync(0);
        g.consume(5000);
        g.msi(1, 0);
        g.tick(200);
        withhold = false;
        g.settle();
        EXPECT_TRUE(g.pending(0, 9000)) << "offset " << offset;
    }
    EXPECT_GT(passed, 0u);
}

} // namespace
