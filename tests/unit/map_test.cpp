/* SPDX-License-Identifier: MIT */
/* The address map of the slave port. */
#include <gtest/gtest.h>

#include <cstdint>

#include "arch/map.h"

namespace {

its_profile gic_with(unsigned redistributors, bool window = false)
{
    its_profile p{};
    its_profile_preset(&p, "gic500");
    p.redistributors = uint16_t(redistributors);
    p.device_window = window;
    return p;
}

TEST(Map, FramesOfAGicWithFourRedistributorsAreWhereTheTrmPutsThem)
{
    const its_profile p = gic_with(4);
    EXPECT_EQ(its_map_address(&p, ITS_FRAME_GICD, 0, 0xffe8), 0xffe8u);
    EXPECT_EQ(its_map_address(&p, ITS_FRAME_GITS, 0, 0x80), 0x20080u);
    EXPECT_EQ(its_map_address(&p, ITS_FRAME_TRANSLATION, 0, 0x40), 0x30040u);
    EXPECT_EQ(its_map_address(&p, ITS_FRAME_GICR, 0, 0x70), 0x80070u);
    EXPECT_EQ(its_map_address(&p, ITS_FRAME_GICR_SGI, 0, 0x80), 0x90080u);
    EXPECT_EQ(its_map_address(&p, ITS_FRAME_GICR, 3, 0), 0xe0000u);
    EXPECT_EQ(its_map_address(&p, ITS_FRAME_GICR_SGI, 3, 0xfffc), 0xffffcu);
    EXPECT_EQ(its_map_bytes(&p, true), 0x100000u);
    EXPECT_EQ(its_map_bytes(&p, false), 0x20000u);
}

TEST(Map, EveryAddressOfAFrameLeadsBackToTheFrame)
{
    for (unsigned n : {1u, 2u, 3u, 4u, 5u, 32u, 33u, 128u}) {
        const its_profile p = gic_with(n);
        for (its_frame frame : {ITS_FRAME_GICD, ITS_FRAME_GITS, ITS_FRAME_TRANSLATION,
                                ITS_FRAME_GICR, ITS_FRAME_GICR_SGI})
            for (unsigned rd : {0u, 1u, n / 2, n - 1})
                for (uint32_t offset : {0u, 4u, 0x40u, 0xfffcu}) {
                    bool has_rd = frame == ITS_FRAME_GICR || frame == ITS_FRAME_GICR_SGI;
                    if (rd >= n || (rd && !has_rd))
                        continue;
                    uint64_t address = its_map_address(&p, frame, rd, offset);
                    its_place at = its_map_decode(&p, true, address);
                    EXPECT_EQ(at.frame, frame) << std::hex << address;
                    EXPECT_EQ(at.rd, rd) << std::hex << address;
                    EXPECT_EQ(at.offset, offset) << std::hex << address;
                    EXPECT_FALSE(at.in_window);
                    EXPECT_LT(address, its_map_bytes(&p, true));
                }
    }
}

TEST(Map, NothingIsBetweenTheFramesNorBehindTheLastRedistributor)
{
    const its_profile p = gic_with(5); /* redistributors at 2^20 */
    for (uint64_t address :
         {UINT64_C(0x10000), UINT64_C(0x1fffc), UINT64_C(0x40000), UINT64_C(0xffffc),
          UINT64_C(0x100000) + 5 * 0x20000, UINT64_C(0x1ffffc), UINT64_C(0x200000), UINT64_MAX - 3})
        EXPECT_EQ(its_map_decode(&p, true, address).frame, ITS_FRAME_NONE) << std::hex << address;
    EXPECT_EQ(its_map_decode(&p, true, 0x100000 + 5 * 0x20000 - 4).frame, ITS_FRAME_GICR_SGI);
    EXPECT_EQ(its_map_decode(&p, true, its_map_address(&p, ITS_FRAME_NONE, 0, 8)).frame,
              ITS_FRAME_NONE);
}

TEST(Map, TheItsAloneHasItsTwoFramesAndNoMore)
{
    const its_profile p = gic_with(4);
    EXPECT_EQ(its_map_decode(&p, false, 0xfffc).frame, ITS_FRAME_GITS);
    EXPECT_EQ(its_map_decode(&p, false, 0x10040).frame, ITS_FRAME_TRANSLATION);
    EXPECT_EQ(its_map_decode(&p, false, 0x10040).offset, 0x40u);
    EXPECT_EQ(its_map_decode(&p, false, 0x1fffc).offset, 0xfffcu);
    EXPECT_EQ(its_map_decode(&p, false, 0x20000).frame, ITS_FRAME_NONE);
}

TEST(Map, EveryWordOfTheWindowIsTheTranslaterOfOneDevice)
{
    its_profile p = gic_with(4, true);
    p.devid_bits = 20;
    for (bool whole : {false, true}) {
        const uint64_t base = its_map_window_base(&p, whole);
        EXPECT_EQ(base, 0x400000u) << "the window is larger than the region";
        EXPECT_EQ(its_map_bytes(&p, whole), 0x800000u);
        for (uint32_t device : {0u, 1u, 0xfffffu}) {
            its_place at = its_map_decode(&p, whole, base + 4ull * device);
            EXPECT_TRUE(at.in_window);
            EXPECT_EQ(at.frame, ITS_FRAME_TRANSLATION);
            EXPECT_EQ(at.device, device);
            EXPECT_EQ(at.offset, 0x40u);
        }
        EXPECT_EQ(its_map_decode(&p, whole, base + 6).offset, 0x42u);
        EXPECT_FALSE(its_map_decode(&p, whole, base - 4).in_window);
        EXPECT_FALSE(its_map_decode(&p, whole, base + 0x400000).in_window);
    }
    p.devid_bits = 8;
    EXPECT_EQ(its_map_window_base(&p, true), 0x100000u) << "the region is larger than the window";
    EXPECT_EQ(its_map_window_base(&p, false), 0x20000u);
    EXPECT_EQ(its_map_bytes(&p, false), 0x20400u);
}

} // namespace
