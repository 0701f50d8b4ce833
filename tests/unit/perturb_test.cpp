// SPDX-License-Identifier: MIT
// Numbers drawn for an occasion: the same again for the same occasion, others for others.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "arch/perturb.h"
#include "arch/regs.h"

namespace {

its_profile profile(uint32_t seed)
{
    its_profile p;
    its_profile_preset(&p, "gic600");
    p.perturb = seed;
    return p;
}

TEST(Perturb, ADrawDependsOnSeedKindTimeAndPlaceAndOnNothingElse)
{
    auto bits = its_perturb_bits;
    uint64_t first = bits(1, ITS_PERTURB_ACK, 2, 3);
    EXPECT_EQ(bits(1, ITS_PERTURB_ACK, 2, 3), first);
    EXPECT_NE(bits(2, ITS_PERTURB_ACK, 2, 3), first);
    EXPECT_NE(bits(1, ITS_PERTURB_WRITE, 2, 3), first);
    EXPECT_NE(bits(1, ITS_PERTURB_ACK, 3, 3), first);
    EXPECT_NE(bits(1, ITS_PERTURB_ACK, 2, 4), first);
    EXPECT_NE(bits(1, ITS_PERTURB_ACK, 3, 2), first);
}

TEST(Perturb, HalfOfTheDelaysAreNoneAndTheLongestIsOneOfFourBySeed)
{
    std::set<unsigned> longest;
    for (uint32_t seed = 1; seed <= 50; seed++) {
        unsigned most = 0, none = 0;
        for (uint64_t when = 0; when < 4000; when++) {
            unsigned d = its_perturb_delay(seed, ITS_PERTURB_MESSAGE, when, 1);
            most = std::max(most, d);
            none += d == 0;
        }
        longest.insert(most);
        EXPECT_GT(none, 1800u);
        EXPECT_LT(none, 3200u) << "a longest delay of 1 is half of the time none as well";
    }
    EXPECT_EQ(longest, (std::set<unsigned>{1, 7, 31, ITS_PERTURB_LONGEST}));
}

TEST(Perturb, ChancesAreFromOneInTwoToOneInAHundredAndTwentyEight)
{
    std::set<unsigned> seen;
    for (uint32_t seed = 1; seed <= 50; seed++) {
        unsigned hits = 0;
        for (uint64_t when = 0; when < 12800; when++)
            hits += its_perturb_chance(seed, ITS_PERTURB_EVICT, when, 0);
        unsigned one_in = hits > 4000 ? 2 : hits > 1000 ? 8 : hits > 250 ? 32 : 128;
        seen.insert(one_in);
        EXPECT_NEAR(hits, 12800.0 / one_in, 12800.0 / one_in / 2) << seed;
    }
    EXPECT_EQ(seen.size(), 4u);
}

TEST(Perturb, WithoutASeedNothingIsDelayed)
{
    its_profile none = profile(0), some = profile(5);
    bool any = false;
    for (uint64_t when = 0; when < 100; when++) {
        EXPECT_EQ(its_perturbed(&none, ITS_PERTURB_WRITE, when, 0), 0u);
        EXPECT_EQ(its_perturbed_due(&none, ITS_PERTURB_WRITE, when, 0), when);
        any = any || its_perturbed(&some, ITS_PERTURB_WRITE, when, 0) > 0;
        EXPECT_EQ(its_perturb_stage(5, ITS_PERTURB_COMMAND, when, 255), 255u) << "no overflow";
        EXPECT_EQ(its_perturb_stage(5, ITS_PERTURB_COMMAND, when, 3),
                  3 + its_perturb_delay(5, ITS_PERTURB_COMMAND, when, 0));
    }
    EXPECT_TRUE(any);
}

TEST(Perturb, UnknownFieldsAtResetDependOnTheSeedAndNothingElseDoes)
{
    its_profile off = profile(0), one = profile(1), two = profile(2), as_well = profile(1);
    as_well.unknown_reset = 1;
    as_well.reset_seed = 77;
    for (unsigned r = 0; r < ITS_REGS; r++) {
        auto reg = static_cast<its_reg>(r);
        uint64_t a = its_reg_out_of_reset(&one, reg, 3), b = its_reg_out_of_reset(&two, reg, 3);
        uint64_t zero = its_reg_out_of_reset(&off, reg, 3), unknown = its_reg_unknown(&one, reg);
        EXPECT_EQ(zero, its_reg_reset(&off, reg, 3));
        EXPECT_EQ(its_reg_out_of_reset(&as_well, reg, 3), a) << "perturb is the seed";
        EXPECT_EQ((a ^ zero) & ~unknown, 0u);
        EXPECT_EQ((b ^ zero) & ~unknown, 0u);
        if (reg == GITS_CBASER || reg == GITS_BASER0 || reg == GICR_PROPBASER) {
            EXPECT_NE(a, b);
        }
    }
}

} // namespace
