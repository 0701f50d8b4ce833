/* SPDX-License-Identifier: MIT */
#include <gtest/gtest.h>

extern "C" {
#include "arch/bits.h"
}

#define LOW 0, 8
#define TOP 63, 1
#define MIDDLE 12, 40
#define WHOLE 0, 64

TEST(Bits, MaskHasOneBitsExactlyInTheField)
{
    EXPECT_EQ(ITS_MASK(LOW), 0xffu);
    EXPECT_EQ(ITS_MASK(TOP), UINT64_C(0x8000000000000000));
    EXPECT_EQ(ITS_MASK(MIDDLE), UINT64_C(0x000ffffffffff000));
    EXPECT_EQ(ITS_MASK(WHOLE), ~UINT64_C(0));
}

TEST(Bits, GetReadsTheFieldRightAligned)
{
    uint64_t word = UINT64_C(0x8123456789abcdef);
    EXPECT_EQ(ITS_GET(word, LOW), 0xefu);
    EXPECT_EQ(ITS_GET(word, TOP), 1u);
    EXPECT_EQ(ITS_GET(word, MIDDLE), UINT64_C(0x3456789abc));
    EXPECT_EQ(ITS_GET(word, WHOLE), word);
}

TEST(Bits, SetReplacesOnlyTheField)
{
    EXPECT_EQ(ITS_SET(~UINT64_C(0), MIDDLE, 0), UINT64_C(0xfff0000000000fff));
    EXPECT_EQ(ITS_SET(UINT64_C(0), MIDDLE, 0x5a), UINT64_C(0x5a000));
    EXPECT_EQ(ITS_SET(UINT64_C(0), WHOLE, UINT64_C(0x123)), UINT64_C(0x123));
}

TEST(Bits, SetCutsExcessBitsOfTheNewValue)
{
    EXPECT_EQ(ITS_SET(UINT64_C(0), LOW, 0x1ff), 0xffu);
    EXPECT_EQ(ITS_SET(UINT64_C(0), TOP, 2), 0u);
}

TEST(Bits, NumberingThingsTakesTheBitsOfTheNextPowerOfTwo)
{
    EXPECT_EQ(its_log2_up(0), 0u);
    EXPECT_EQ(its_log2_up(1), 0u);
    EXPECT_EQ(its_log2_up(2), 1u);
    EXPECT_EQ(its_log2_up(3), 2u);
    EXPECT_EQ(its_log2_up(4), 2u);
    EXPECT_EQ(its_log2_up(5), 3u);
    EXPECT_EQ(its_log2_up(UINT64_C(0xffffffff)), 32u);
    EXPECT_EQ(its_log2_up(UINT64_C(1) << 63), 63u);
}

TEST(Bits, MemoryImagesAreLittleEndianAtAnyWidth)
{
    uint8_t image[9] = {0, 0, 0, 0, 0, 0, 0, 0, 0xaa};
    its_store_le(image, 8, UINT64_C(0x0807060504030201));
    for (unsigned i = 0; i < 8; i++)
        EXPECT_EQ(image[i], i + 1);
    EXPECT_EQ(image[8], 0xaa);
    EXPECT_EQ(its_load_le(image, 8), UINT64_C(0x0807060504030201));
    EXPECT_EQ(its_load_le(image + 1, 4), 0x05040302u);
    EXPECT_EQ(its_load_le(image + 1, 2), 0x0302u);
    its_store_le(image, 2, 0xffffu);
    EXPECT_EQ(its_load_le(image, 4), 0x0403ffffu);
}
