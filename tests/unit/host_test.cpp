// SPDX-License-Identifier: MIT
// What a host may ask of a gic500 wrongly: every call has an answer.
#include <gtest/gtest.h>

#include "../common/gic_bench.h"
#include "its/image.h"

namespace {

const its_frame kFrames[] = {ITS_FRAME_GITS, ITS_FRAME_TRANSLATION, ITS_FRAME_GICD,
                             ITS_FRAME_GICR, ITS_FRAME_GICR_SGI,    ITS_FRAME_NONE};

TEST(Host, AnyFrameRedistributorOffsetAndSizeIsLegalInputOfAPeek)
{
    bench::gic g;
    g.boot();
    uint64_t before = gic500_digest(g.get());
    for (its_frame frame : kFrames)
        for (unsigned rd : {0u, 3u, 4u, 127u, 128u, 0xffffffffu})
            for (uint32_t offset : {0u, 1u, 4u, 0x70u, 0xfffcu, 0x10000u, 0xffffffffu})
                for (unsigned bytes : {0u, 1u, 2u, 3u, 4u, 5u, 8u, 16u, 0xffffffffu}) {
                    uint64_t v = gic500_peek(g.get(), frame, rd, offset, bytes);
                    if (bytes != 4 && bytes != 8) {
                        EXPECT_EQ(v, 0u);
                    }
                }
    EXPECT_EQ(gic500_digest(g.get()), before);
}

TEST(Host, AnyFrameRedistributorOffsetAndSizeIsLegalInputOfAFastAccess)
{
    bench::gic g;
    g.boot();
    g.face(ITS_FACE_FAST);
    its_memory m = g.mem.at_once();
    for (unsigned frame = 0; frame<256; frame += frame> ITS_FRAME_NONE ? 50 : 1)
        for (unsigned rd : {0u, 3u, 4u, 127u, 128u, 0xffffu})
            for (uint32_t offset : {0u, 1u, 4u, 0x40u, 0x70u, 0xfffcu, 0x10000u, 0xffffffffu})
                for (unsigned bytes : {0u, 1u, 2u, 3u, 4u, 5u, 8u, 16u, 255u})
                    for (bool write : {false, true}) {
                        its_access a{};
                        a.frame = static_cast<uint8_t>(frame);
                        a.rd = static_cast<uint16_t>(rd);
                        a.offset = offset;
                        a.bytes = static_cast<uint8_t>(bytes);
                        a.write = write;
                        (void)gic500_fast_access(g.get(), &a, &m, 0, nullptr);
                    }
    EXPECT_EQ(gic500_acknowledge(g.get(), 0xffffffffu), GIC500_SPURIOUS);
    EXPECT_EQ(gic500_fast_acknowledge(g.get(), 128, &m), GIC500_SPURIOUS);
    EXPECT_FALSE(gic500_pending(g.get(), 4, 8192, &m));
    EXPECT_FALSE(gic500_pending(g.get(), 0, 0xffffffffu, &m));
}

TEST(Host, AWrongSizeIsABadAccessInEveryFrame)
{
    bench::gic g("gic500", {{"bad_access", "1"}});
    g.boot();
    g.face(ITS_FACE_FAST);
    its_memory m = g.mem.at_once();
    for (its_frame frame : {ITS_FRAME_GITS, ITS_FRAME_GICD, ITS_FRAME_GICR})
        for (unsigned bytes : {0u, 3u, 16u}) {
            its_access a{};
            a.frame = static_cast<uint8_t>(frame);
            a.bytes = static_cast<uint8_t>(bytes);
            a.offset = 0x8000; // reserved
            g.events.clear();
            EXPECT_TRUE(gic500_fast_access(g.get(), &a, &m, 0, nullptr).fault);
            EXPECT_EQ(g.count(ITS_EV_REG_BAD), 1u);
        }
}

TEST(Host, CallsOfTheFastFaceDoNothingInAClockedFaceOrWithoutMemory)
{
    bench::gic g;
    g.boot();
    g.mapd(1);
    g.mapti(1, 0, 8192, 0);
    g.run();
    g.msi(1, 0);
    g.settle();
    uint64_t before = gic500_digest(g.get());
    its_memory m = g.mem.at_once(), empty{};
    its_access a{};
    a.frame = ITS_FRAME_GITS;
    a.bytes = 4;
    a.write = true;
    uint64_t latency = 0;
    EXPECT_TRUE(gic500_fast_access(g.get(), &a, &m, 0, &latency).fault);
    EXPECT_EQ(latency, 1u);
    EXPECT_FALSE(gic500_fast_msi(g.get(), 1, 0, &m));
    EXPECT_EQ(gic500_fast_acknowledge(g.get(), 0, &m), GIC500_SPURIOUS);
    gic500_fast_time(g.get(), 1u << 30);
    EXPECT_EQ(gic500_digest(g.get()), before);
    EXPECT_EQ(gic500_acknowledge(g.get(), 0), 8192u);

    g.face(ITS_FACE_FAST);
    EXPECT_TRUE(gic500_fast_access(g.get(), &a, nullptr, 0, nullptr).fault);
    EXPECT_FALSE(gic500_fast_msi(g.get(), 1, 0, &empty));
    EXPECT_EQ(gic500_fast_acknowledge(g.get(), 0, nullptr), GIC500_SPURIOUS);
    g.write(ITS_FRAME_GICR, 0, 0); /* LPIs off: only the table counts */
    EXPECT_FALSE(gic500_pending(g.get(), 0, 8192, nullptr));
}

// Leaves bytes of this value on the stack, where the next call has its own.
[[gnu::noinline]] void stir(uint8_t value)
{
    volatile uint8_t bytes[16384];
    for (volatile uint8_t &b : bytes)
        b = value;
}

const uint8_t kFillings[] = {0x00, 0xff, 0x5a};

TEST(Host, TheSameStateIsSavedAsTheSameBytesWhateverWasThereBefore)
{
    bench::gic g;
    g.boot();
    std::vector<std::vector<uint8_t>> saved;
    for (uint8_t before : kFillings) {
        saved.emplace_back(gic500_size(&g.profile), before);
        gic500_save(g.get(), saved.back().data());
    }
    EXPECT_EQ(saved[0], saved[1]);
    EXPECT_EQ(saved[0], saved[2]);
}

TEST(Host, AnImageHoldsNothingOfTheStack)
{
    its_profile profile{};
    its_profile_preset(&profile, "gic500");
    const std::vector<uint8_t> state(64, 7);
    std::vector<std::vector<uint8_t>> saved;
    for (uint8_t before : kFillings) {
        saved.emplace_back(its_image_bytes(state.size()));
        uint8_t *image = saved.back().data();
        stir(before);
        its_image_save(&profile, state.data(), state.size(), image);
    }
    EXPECT_EQ(saved[0], saved[1]);
    EXPECT_EQ(saved[0], saved[2]);
}

TEST(Host, AnAcknowledgedLpiLeavesItsPinAtOnce)
{
    bench::gic g;
    g.boot();
    g.mapd(1);
    g.mapti(1, 0, 8192, 0);
    g.mapti(1, 1, 8193, 0);
    g.run();
    g.msi(1, 0);
    g.msi(1, 1);
    g.settle();
    for (uint64_t left : {1u, 0u}) {
        gic500_pins shown = g.pins, driven = g.pins, loaded = g.pins;
        EXPECT_EQ(g.acknowledge(0), 8193u - left);
        gic500_show_lpi(g.get(), &shown);
        gic500_drive(g.get(), &driven);
        g.load(g.save()); /* everything is driven again */
        gic500_drive(g.get(), &loaded);
        for (const gic500_pins &p : {shown, driven, loaded})
            EXPECT_EQ(p.lpi[0], left);
    }
}

TEST(Host, AResetOfTheFastFaceIsThatOfThePin)
{
    bench::gic g, pin;
    for (bench::gic *b : {&g, &pin}) {
        b->boot();
        b->face(ITS_FACE_FAST);
        b->mapd(1);
        b->mapti(1, 0, 8192, 0);
        b->run();
        b->msi(1, 0);
        EXPECT_TRUE(b->pending(0, 8192));
    }
    gic500_reset(g.get());
    pin.reset();
    EXPECT_EQ(gic500_digest(g.get()), gic500_digest(pin.get()));
    EXPECT_EQ(g.count(ITS_EV_RESET), 1u);
    EXPECT_FALSE(g.pending(0, 8192));
    EXPECT_EQ(gic500_peek(g.get(), ITS_FRAME_GITS, 0, 0, 4), 0x80000000u);
    EXPECT_EQ(gic500_face(g.get()), ITS_FACE_FAST);
}

// An enable that was remembered takes effect as time goes by: outside any call, without memory.
TEST(Host, CommandsLeftByARememberedEnableDoNotKeepTheFaceFast)
{
    bench::gic g("gic500", {{"enable_in_drain", "1"}, {"quiescent_min", "50"}});
    g.boot();
    g.face(ITS_FACE_FAST);
    g.disable();
    g.mapd(1);
    g.publish();
    g.enable();
    g.face(ITS_FACE_CLOCKED);
    g.settle();
    EXPECT_EQ(g.look().creadr, g.cwriter());
}

// Between the frames of a gic500 there is nothing: no register's value is left over there, no error.
TEST(Host, WhereThereIsNothingZeroIsReadWithoutAnError)
{
    bench::gic g("gic500", {{"bad_access", "1"}});
    g.boot();
    const uint64_t nowhere = 0x10000;
    ASSERT_EQ(its_map_decode(&g.profile, true, nowhere).frame, ITS_FRAME_NONE);
    ASSERT_NE(g.read(ITS_FRAME_GITS, 8), 0u);
    EXPECT_EQ(g.bus(nowhere, false, 0, 4), 0u);
    g.read(ITS_FRAME_GITS, 8, 2);
    ASSERT_EQ(g.resp(), ITS_AXI_SLVERR);
    g.bus(nowhere, false, 0, 4);
    EXPECT_EQ(g.resp(), ITS_AXI_OKAY);
    g.read(ITS_FRAME_GITS, 8, 2);
    g.bus(nowhere, true, 1, 4);
    EXPECT_EQ(g.resp(), ITS_AXI_OKAY);
}

TEST(Host, DroppedCleanLinesAreCountedAndReported)
{
    bench::gic g("gic600");
    g.boot();
    g.mapd(1);
    g.mapti(1, 0, 8192, 0);
    g.run();
    g.quiesce();
    g.enable();
    g.msi(1, 0); /* reads what the disable wrote: clean lines */
    g.settle();
    unsigned held = 0;
    for (unsigned n : g.look().lines)
        held += n;
    ASSERT_GT(held, 0u);
    g.events.clear();
    EXPECT_EQ(gic500_drop_clean_lines(g.get()), held);
    EXPECT_EQ(gic500_drop_clean_lines(g.get()), 0u);
    ASSERT_EQ(g.events.size(), 1u) << "nothing is reported when there was none";
    EXPECT_EQ(g.events[0].kind, ITS_EV_DROP_CLEAN);
    EXPECT_EQ(g.events[0].unit, ITS_UNIT_CACHE);
    EXPECT_EQ(g.events[0].ref, ITS_REF_NONE);
    EXPECT_EQ(g.events[0].a, held);
}

} // namespace
