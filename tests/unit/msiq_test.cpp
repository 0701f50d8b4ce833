// SPDX-License-Identifier: MIT
// The MSI queue alone, driven through its wires.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <vector>

#include "its/msiq.h"

namespace {

struct Msiq : testing::Test {
    its_profile profile{};
    its_probe probe{};
    its_msiq u{};
    std::unique_ptr<its_wires> w = std::make_unique<its_wires>();
    std::vector<its_event> events;

    void SetUp() override
    {
        std::memset(static_cast<void *>(w.get()), 0, sizeof *w);
        profile.msi_queue = 4;
        probe.host = this;
        probe.sink = [](void *host, const its_event *e) {
            static_cast<Msiq *>(host)->events.push_back(*e);
        };
        w->profile = &profile;
        w->probe = &probe;
        std::memset(&u, 0xa5, sizeof u); // reset must not depend on what was there
        its_msiq_reset(&u);
        its_msiq_drive(&u, w.get());
    }

    // One cycle: maybe offer an MSI, maybe take one. True when the offer was taken.
    bool cycle(int offer, int take)
    {
        its_msiq_drive(&u, w.get());
        w->msi.valid = offer >= 0;
        w->msi.d = {};
        if (offer >= 0)
            w->msi.d = {static_cast<uint32_t>(offer), static_cast<uint32_t>(offer) * 3u,
                        static_cast<uint32_t>(offer) + 1u};
        w->msi_take = take >= 0;
        w->msi_taken = static_cast<uint8_t>(take >= 0 ? take : 0);
        bool fire = its_fire(&w->msi);
        its_msiq_clock(&u, w.get());
        w->msi.valid = w->msi_take = false;
        its_msiq_drive(&u, w.get());
        return fire;
    }

    std::vector<int> pool() const
    {
        std::vector<int> v;
        for (unsigned i = 0; i < w->msi_count; i++)
            v.push_back(static_cast<int>(w->msi_pool[i].device));
        return v;
    }
};

using V = std::vector<int>;

TEST_F(Msiq, IsEmptyIdleAndReadyAfterReset)
{
    EXPECT_EQ(w->msi_count, 0);
    EXPECT_TRUE(w->msiq_idle);
    EXPECT_TRUE(w->msi.ready);
    EXPECT_EQ(its_msiq_wake(&u), UINT64_MAX);
}

TEST_F(Msiq, ShowsAnMsiWholeInTheCycleAfterItCame)
{
    EXPECT_TRUE(cycle(7, -1));
    ASSERT_EQ(pool(), V{7});
    EXPECT_EQ(w->msi_pool[0].event, 21u);
    EXPECT_EQ(w->msi_pool[0].ref, 8u);
    EXPECT_FALSE(w->msiq_idle);
    EXPECT_EQ(its_msiq_wake(&u), 0u);
}

TEST_F(Msiq, TakesNoMoreThanTheProfileSaysAndLosesNone)
{
    for (int i = 0; i < 4; i++)
        EXPECT_TRUE(cycle(i, -1));
    EXPECT_FALSE(w->msi.ready);
    EXPECT_FALSE(cycle(4, -1));
    EXPECT_EQ(pool(), (V{0, 1, 2, 3}));
    // Taken and offered at one edge: ready was low, so the new one waits a cycle.
    EXPECT_FALSE(cycle(4, 0));
    EXPECT_TRUE(cycle(4, -1));
    EXPECT_EQ(pool(), (V{1, 2, 3, 4}));
}

TEST_F(Msiq, GivesAnyOfThemAndKeepsTheAgeOfTheOthers)
{
    for (int i = 0; i < 4; i++)
        cycle(i, -1);
    cycle(-1, 2);
    EXPECT_EQ(pool(), (V{0, 1, 3}));
    cycle(-1, 2);
    EXPECT_EQ(pool(), (V{0, 1}));
    cycle(-1, 0);
    EXPECT_EQ(pool(), V{1});
}

TEST_F(Msiq, AnMsiOfAnEventThatWaitsBecomesOneWithIt)
{
    cycle(1, -1);
    cycle(2, -1);
    events.clear();
    EXPECT_TRUE(cycle(1, -1));
    EXPECT_EQ(pool(), (V{1, 2}));
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, ITS_EV_MSI_MERGE);
    EXPECT_EQ(events[0].ref, 2u);
    EXPECT_EQ(events[0].a, 1u);
    // The one that leaves at the same edge is the translator's already.
    EXPECT_TRUE(cycle(1, 0));
    EXPECT_EQ(pool(), (V{2, 1}));
    // With eventid_wide 1, what differs above eventid_bits only is one event.
    profile.eventid_bits = 1; // 2 * 3 and 2: both 0
    profile.eventid_wide = 1;
    w->msi.valid = true;
    w->msi.d = {2, 2, 9};
    its_msiq_clock(&u, w.get());
    w->msi.valid = false;
    its_msiq_drive(&u, w.get());
    EXPECT_EQ(pool(), (V{2, 1}));
}

TEST_F(Msiq, MovesOneInAndOneOutEveryCycle)
{
    cycle(0, -1);
    for (int i = 1; i < 100; i++) {
        EXPECT_TRUE(cycle(i, 0));
        ASSERT_EQ(pool(), V{i});
    }
}

TEST_F(Msiq, IgnoresATakeOfAPlaceThatIsEmpty)
{
    cycle(5, -1);
    cycle(-1, 1);
    EXPECT_EQ(pool(), V{5});
}

TEST_F(Msiq, UsesAll64PlacesWhenTheProfileAsksForThem)
{
    profile.msi_queue = ITS_MAX_MSIQ;
    for (int i = 0; i < 64; i++)
        EXPECT_TRUE(cycle(i, -1));
    EXPECT_FALSE(w->msi.ready);
    cycle(-1, 63);
    cycle(-1, 0);
    EXPECT_EQ(pool().front(), 1);
    EXPECT_EQ(pool().back(), 62);
}

TEST_F(Msiq, ReportsEachNewHighWaterMarkOnce)
{
    cycle(0, -1);
    cycle(1, -1);
    cycle(-1, 0);
    cycle(2, -1);
    cycle(3, -1);
    ASSERT_EQ(events.size(), 3u);
    for (unsigned i = 0; i < 3; i++) {
        EXPECT_EQ(events[i].kind, ITS_EV_LEVEL);
        EXPECT_EQ(events[i].unit, ITS_UNIT_MSIQ);
        EXPECT_EQ(events[i].a, i + 1u);
        EXPECT_EQ(events[i].c, ITS_QUEUE_MSI);
    }
}

TEST_F(Msiq, HasEqualBytesForEqualContent)
{
    its_msiq fresh = u;
    cycle(1, -1);
    cycle(2, -1);
    cycle(-1, 0);
    cycle(-1, 0);
    u.high = fresh.high;
    EXPECT_EQ(std::memcmp(&fresh, &u, sizeof u), 0);
}

TEST_F(Msiq, ForgetsEverythingAtReset)
{
    cycle(1, -1);
    its_msiq_reset(&u);
    its_msiq zero{};
    EXPECT_EQ(std::memcmp(&zero, &u, sizeof u), 0);
}

TEST_F(Msiq, ChangesNothingWhileItSleeps)
{
    cycle(1, -1);
    cycle(-1, 0);
    ASSERT_EQ(its_msiq_wake(&u), UINT64_MAX);
    its_msiq before = u;
    for (int i = 0; i < 10; i++)
        cycle(-1, -1);
    EXPECT_EQ(std::memcmp(&before, &u, sizeof u), 0);
}

} // namespace
