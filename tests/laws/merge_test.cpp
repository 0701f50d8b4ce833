/* SPDX-License-Identifier: MIT */
/* An MSI of an event whose translation is under way becomes one with it; any other does not. */
#include "machines.h"

namespace {

using bench::gic;
using laws::machine;

class Merge : public testing::TestWithParam<machine> {
protected:
    /* Mapped, caches empty, memory so slow that a translation stays under way. */
    void SetUp() override
    {
        g = laws::make(GetParam());
        g->boot();
        laws::map_four(*g);
        g->empty_caches();
        g->mem.latency = 300;
        g->msi(1, 0);
        g->tick(30);
    }
    std::pair<unsigned, unsigned> sent_and_merged()
    {
        g->settle();
        return {g->count(ITS_EV_MSI_SEND), g->count(ITS_EV_MSI_MERGE)};
    }
    std::unique_ptr<gic> g;
};

INSTANTIATE_TEST_SUITE_P(Machines, Merge, testing::ValuesIn(laws::machines()), laws::machine_name);

TEST_P(Merge, TheSameEventWhileItIsTranslatedIsSentOnce)
{
    g->msi(1, 0);
    g->msi(1, 0);
    EXPECT_EQ(sent_and_merged(), std::make_pair(1u, 2u));
    EXPECT_TRUE(g->pending(1, 8194));
}

TEST_P(Merge, AnotherEventOrDeviceIsSentForItself)
{
    g->msi(1, 1);
    g->msi(2, 0);
    EXPECT_EQ(sent_and_merged(), std::make_pair(3u, 0u));
    EXPECT_TRUE(g->pending(1, 8195));
    EXPECT_TRUE(g->pending(2, 8196));
}

TEST_P(Merge, TheSameEventAfterItWasSentIsSentAgain)
{
    g->settle();
    ASSERT_EQ(g->acknowledge(1), 8194u);
    g->msi(1, 0);
    EXPECT_EQ(sent_and_merged(), std::make_pair(2u, 0u));
    EXPECT_TRUE(g->pending(1, 8194));
}

} // namespace
