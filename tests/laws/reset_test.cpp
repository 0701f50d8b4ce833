// SPDX-License-Identifier: MIT
/* What survives resetn: nothing but what the bus still owes. */
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

INSTANTIATE_TEST_SUITE_P(All, Reset, testing::ValuesIn(machines()), machine_name);

} // namespace
