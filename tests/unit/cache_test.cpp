// SPDX-License-Identifier: MIT
// Which line of a set goes next.
#include <gtest/gtest.h>

#include <vector>

#include "its/cache.h"

namespace {

// One set of four ways of the event cache.
struct Cache : testing::Test {
    its_profile profile{};
    its_cache u{};
    std::vector<its_line> lines;

    void make(uint32_t replacement)
    {
        its_profile_preset(&profile, "gic500");
        profile.event_cache_sets = 1;
        profile.event_cache_ways = 4;
        profile.replacement = replacement;
        its_cache_init(&u, &profile, ITS_ENTRY_ITE, 0);
        lines.assign(its_cache_lines(&profile), its_line{});
    }
    // As a fill does it; returns the way.
    unsigned put(uint32_t device, uint32_t event)
    {
        its_line *line = its_cache_find(&u, lines.data(), device, event);
        if (!line)
            line = its_cache_victim(&u, lines.data(), device, event);
        its_name name{};
        name.device = device;
        name.key = event;
        name.what = ITS_ENTRY_ITE;
        its_entry value{};
        value.valid = true;
        its_cache_put(&u, line, &name, &value, false);
        return static_cast<unsigned>(line - lines.data());
    }
};

TEST_F(Cache, RoundRobinGoesAroundTheWaysForEventsOfOneDeviceAndOfMany)
{
    for (uint32_t devices : {1u, 12u}) {
        make(0);
        for (uint32_t i = 0; i < 12; i++)
            EXPECT_EQ(put(7 + i % devices, i), i % 4) << devices << " devices, event " << i;
        EXPECT_EQ(u.held, 4u);
    }
}

TEST_F(Cache, AnUpdateTakesNoTurn)
{
    make(0);
    for (uint32_t i = 0; i < 6; i++)
        put(7, i);
    for (int again = 0; again < 3; again++)
        EXPECT_EQ(put(7, 5), 1u);
    EXPECT_EQ(put(7, 6), 2u);
    EXPECT_EQ(put(8, 5), 3u) << "the same EventID of another device is another line";
}

TEST_F(Cache, TheLeastRecentlyUsedGoesAlsoWhenTheCounterOfUsesWraps)
{
    make(1);
    u.time = 0xfffffffd;
    for (uint32_t i = 0; i < 4; i++)
        EXPECT_EQ(put(7, i), i);
    EXPECT_EQ(put(7, 0), 0u); // used again
    EXPECT_EQ(put(7, 4), 1u);
    EXPECT_EQ(put(7, 5), 2u);
    EXPECT_EQ(put(7, 6), 3u);
    EXPECT_EQ(put(7, 7), 0u);
}

TEST_F(Cache, ALockedLineIsNoVictim)
{
    for (uint32_t replacement : {0u, 1u}) {
        make(replacement);
        for (uint32_t i = 0; i < 4; i++)
            put(7, i);
        lines[0].locked = true;
        for (uint32_t i = 4; i < 16; i++)
            EXPECT_NE(put(7, i), 0u) << i;
        EXPECT_TRUE(lines[0].locked);
        EXPECT_NE(its_cache_find(&u, lines.data(), 7, 0), nullptr);
    }
}

} // namespace
