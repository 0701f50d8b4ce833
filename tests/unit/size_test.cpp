// SPDX-License-Identifier: MIT
// The state is small enough to be copied often: for snapshots, and by those who compare instances.
#include <gtest/gtest.h>

#include "itsim/gic500.h"

namespace {

size_t size_of(const char *preset, const char *redistributors)
{
    its_profile p;
    EXPECT_TRUE(its_profile_preset(&p, preset));
    EXPECT_TRUE(its_profile_set(&p, "redistributors", redistributors, nullptr, 0));
    return gic500_size(&p);
}

TEST(Size, OfAnItsAndFourRedistributorsIsAtMost256KiB)
{
    EXPECT_GT(size_of("gic500", "4"), 0u);
    EXPECT_LE(size_of("gic500", "4"), 256u << 10);
}

TEST(Size, OfEveryPresetWith128RedistributorsIsAtMost4MiB)
{
    for (unsigned i = 0; its_profile_preset_name(i); i++) {
        SCOPED_TRACE(its_profile_preset_name(i));
        EXPECT_GT(size_of(its_profile_preset_name(i), "128"), 0u);
        EXPECT_LE(size_of(its_profile_preset_name(i), "128"), 4u << 20);
    }
}

} // namespace
