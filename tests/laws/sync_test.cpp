// SPDX-License-Identifier: MIT
/* What is certain when CREADR has passed a SYNC. */
#include <gtest/gtest.h>

#include "../common/gic_bench.h"

namespace {

/* sync_waits 1: the MSIs that were under translation have arrived at the redistributor of the SYNC, not
 * only left the translator. */
TEST(Sync, ThatWaitsForTranslationsWaitsUntilTheyHaveArrived)
{
    for (unsigned answered_after : {1u, 50u, 90u, 99u, 100u, 101u, 150u}) {
        bench::gic g("gic500", {{"sync_waits", "1"}, {"rd_cycles", "100"}});
        g.boot();
        g.mapd(1);
        g.mapti(1, 0, 8192, 0);
        g.sync(0);
        g.run();
        g.quiesce(); /* the caches are empty */
        g.settle();
        g.enable();
        bool withheld = true;
        g.mem.withheld = [&](unsigned id, bool write) {
            return withheld && !write && id < ITS_ID_COMMAND;
        };
        g.msi(1, 0);
        g.tick(20);
        g.sync(0);
        g.events.clear();
        g.publish();
        while (g.count(ITS_EV_CMD_START) == 0)
            g.tick();
        g.tick(answered_after);
        withheld = false;
        for (int i = 0; g.look().creadr != g.cwriter(); i++) {
            ASSERT_LT(i, 100000);
            g.tick();
        }
        EXPECT_TRUE(g.pending(0, 8192)) << answered_after;
    }
}

} // namespace
