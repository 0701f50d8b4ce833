// SPDX-License-Identifier: MIT
/* What survives resetn: nothing but what the bus still owes. */
#include <set>

#include "machines.h"

namespace {

using namespace laws;

struct Reset : testing::TestWithParam<machine> {};

TEST_P(Reset, LeavesTheStateOfANewInstance)
{
    auto g = make(GetParam());
    g->boot();
    for (uint32_t d = 0; d < 20; d++) {
        g->mapd(d);
        for (uint32_t e = 0; e < 4; e++)
            g->mapti(d, e, 8192 + d * 4 + e, d % 4);
    }
    g->sync(0);
    g->run();
    for (uint32_t d = 0; d < 20; d++)
        g->msi(d, d % 4);
    g->settle();
    g->face(ITS_FACE_FAST);
    g->msi(3, 1);
    g->face(ITS_FACE_CLOCKED);
    g->start_msi(3, 3);
    g->tick(3);
    for (int i = 0; g->look().reads_owed + g->look().writes_owed > 0; i++) {
        ASSERT_LT(i, 10000);
        g->tick();
    }
    g->reset(3);
    g->tick(2);

    auto fresh = make(GetParam());
    fresh->tick(g->cycle());
    EXPECT_EQ(gic500_digest(g->get()), gic500_digest(fresh->get()));
}

/* Two IDs have a read under way at the reset: reads that come after it use the others. */
TEST(ResetOfRedistributors, ReadsThatAreOwedKeepTheirIds)
{
    bench::gic g("gic500");
    g.boot();
    g.mapd(1);
    for (uint32_t e = 0; e < 4; e++)
        g.mapti(1, e, 8192 + e, e);
    g.run();
    g.mem.latency = 4000;
    std::set<unsigned> asked;
    g.wires = [&] {
        if (its_fire(&g.pins.m_axi.ar) && g.pins.m_axi.ar.d.id >= ITS_ID_RD) {
            EXPECT_TRUE(asked.insert(g.pins.m_axi.ar.d.id).second) << g.pins.m_axi.ar.d.id;
        }
        if (its_fire(&g.pins.m_axi.r))
            asked.erase(g.pins.m_axi.r.d.id);
    };
    for (uint32_t e = 0; e < 2; e++)
        g.msi(1, e); /* configurations are read */
    g.tick(100);
    EXPECT_EQ(asked.size(), 2u);
    g.reset();
    for (unsigned rd = 0; rd < 4; rd++) { /* and now pending tables */
        g.write(ITS_FRAME_GICR, 0x14, 0, 4, rd);
        g.write(ITS_FRAME_GICR, 0x70, bench::gic::CONFIG | (g.profile.intid_bits - 1), 8, rd);
        g.write(ITS_FRAME_GICR, 0x78, bench::gic::PENDING + rd * 0x10000ull, 8, rd);
        g.write(ITS_FRAME_GICR, 0, 1, 4, rd);
    }
    g.tick(100);
    EXPECT_EQ(asked.size(), g.profile.lpi_ids);
    g.mem.latency = 0;
    g.settle();
    EXPECT_TRUE(asked.empty());
    g.wires = [] {};
}

INSTANTIATE_TEST_SUITE_P(All, Reset, testing::ValuesIn(machines()), machine_name);

} // namespace
