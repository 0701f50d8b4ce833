// SPDX-License-Identifier: MIT
// The ITS registers alone: reset values, access sizes, queue and table registers.
// Values are written out by hand from IHI 0069 and the GIC-500 TRM.
#include "gits_bench.h"

namespace {

// --- reset and reads -----------------------------------------------------------------------------

TEST_F(Gits, HasTheResetValuesOfAGic500)
{
    make("gic500");
    EXPECT_EQ(read(kCtlr, 4), 0x80000000u);
    EXPECT_EQ(read(0x4, 4), 0x0001143bu);
    EXPECT_EQ(read(kTyper, 8), UINT64_C(0x05026f31)); // HCC 5, Devbits 19, ID_bits 15, ITE 4 bytes
    EXPECT_EQ(read(kCbaser, 8), 0u);
    EXPECT_EQ(read(kCwriter, 8), 0u);
    EXPECT_EQ(read(kCreadr, 8), 0u);
    EXPECT_EQ(read(kBaser0, 8), UINT64_C(0x0107000000000200));
    for (uint32_t n = 1; n < 8; n++)
        EXPECT_EQ(read(kBaser0 + 8 * n, 8), 0u);
    EXPECT_EQ(read(0xffe8, 4), 0x3bu);
    EXPECT_EQ(read(0xfff0, 4), 0x0du);
    EXPECT_EQ(its_gits_wake(&u), UINT64_MAX);
}

TEST_F(Gits, ReadsEvery64BitRegisterInHalvesToo)
{
    give_bases();
    write(kCwriter, 8, 0x40);
    w->creadr = 0x20;
    w->stalled = true;
    EXPECT_EQ(read(kCreadr, 8), 0x21u);
    for (uint32_t offset : {kTyper, kCbaser, kCwriter, kCreadr, kBaser0, kBaser1}) {
        uint64_t whole = read(offset, 8);
        EXPECT_EQ(read(offset, 4), whole & 0xffffffffu) << offset;
        EXPECT_EQ(read(offset + 4, 4), whole >> 32) << offset;
    }
}

TEST_F(Gits, AnswersInTheNextCycleAndTakesAnAccessEveryTwo)
{
    w->result.ready = true;
    for (int i = 0; i < 10; i++) {
        ASSERT_TRUE(w->access.ready);
        w->access.valid = true;
        w->access.d = make_access(0x4, 4, false);
        clock();
        ASSERT_TRUE(w->result.valid);
        ASSERT_EQ(w->result.d.data, profile.iidr);
        clock();
        ASSERT_FALSE(w->result.valid);
    }
}

TEST_F(Gits, HoldsItsAnswerUntilItIsTaken)
{
    w->access.valid = true;
    w->access.d = make_access(0x4, 4, false);
    clock();
    for (int i = 0; i < 5; i++) {
        ASSERT_TRUE(w->result.valid);
        ASSERT_EQ(w->result.d.data, profile.iidr);
        ASSERT_FALSE(w->access.ready);
        ASSERT_TRUE(w->reg_idle); // a slow bus does not hold up drain
        clock();
    }
}

TEST_F(Gits, IgnoresWritesToReadOnlyAndReservedPlaces)
{
    for (uint32_t offset : {0x4u, 0x8u, 0xcu, 0x10u, 0x40u, 0x90u, 0x94u, 0x110u, 0x138u, 0xc000u,
                            0xffe8u, 0xfff0u}) {
        uint64_t before = read(offset, 4);
        EXPECT_FALSE(write(offset, 4, 0xffffffff));
        ASSERT_TRUE(last(ITS_EV_REG_IGNORED));
        EXPECT_EQ(last(ITS_EV_REG_IGNORED)->a, offset);
        EXPECT_EQ(read(offset, 4), before) << offset;
    }
    EXPECT_EQ(count(ITS_EV_REG_WRITE), 0u);
    EXPECT_EQ(pulses(), 0u);
}

TEST_F(Gits, AnswersAccessesOfAWrongSizeAsTheProfileSays)
{
    const struct {
        uint32_t offset;
        unsigned bytes;
    } bad[] = {{0x0, 1},  {0x0, 2},   {0x0, 8},    {0x2, 4}, {0x80, 1}, {0x84, 8}, {0x86, 2},
               {0x81, 4}, {0x104, 8}, {0xffe8, 8}, {0x0, 0}, {0x0, 3},  {0x80, 16}};
    for (uint32_t error : {0u, 1u}) {
        profile.bad_access = error;
        for (auto b : bad)
            for (bool wr : {false, true}) {
                its_access_result r = bus(make_access(b.offset, b.bytes, wr, ~UINT64_C(0)));
                EXPECT_EQ(r.fault, error == 1) << b.offset << " " << b.bytes;
                EXPECT_EQ(r.data, 0u);
                ASSERT_TRUE(last(ITS_EV_REG_BAD));
                EXPECT_EQ(last(ITS_EV_REG_BAD)->a, b.offset);
                EXPECT_EQ(last(ITS_EV_REG_BAD)->b, b.bytes);
            }
    }
    EXPECT_EQ(read(kCtlr, 4), 0x80000000u);
    EXPECT_EQ(read(kCbaser, 8), 0u);
    EXPECT_EQ(pulses(), 0u);
}

TEST_F(Gits, ReportsReadsAndWritesWithTheirValues)
{
    write(kCwriter, 4, 0x60);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, ITS_EV_REG_WRITE);
    EXPECT_EQ(events[0].unit, ITS_UNIT_REG);
    EXPECT_EQ(events[0].a, kCwriter);
    EXPECT_EQ(events[0].b, 0x60u);
    EXPECT_EQ(events[0].c, ITS_FRAME_GITS);
    read(kCwriter, 4);
    EXPECT_EQ(events[1].kind, ITS_EV_REG_READ);
    EXPECT_EQ(events[1].b, 0x60u);
}

TEST_F(Gits, PeeksWithoutATrace)
{
    give_bases();
    its_gits before = u;
    EXPECT_EQ(its_gits_peek(&u, w.get(), kCbaser, 8), kValid | 0x80010000);
    EXPECT_EQ(its_gits_peek(&u, w.get(), kCbaser + 4, 4), 0x80000000u);
    EXPECT_EQ(its_gits_peek(&u, w.get(), kCbaser + 2, 4), 0u);
    EXPECT_EQ(its_gits_peek(&u, w.get(), kCbaser, 5), 0u);
    EXPECT_EQ(its_gits_peek(&u, w.get(), 0x7000, 4), 0u);
    EXPECT_TRUE(events.empty());
    EXPECT_EQ(std::memcmp(&before, &u, sizeof u), 0);
}

TEST_F(Gits, ReadsZeroAndIgnoresWritesInFramesThatAreNotItsOwn)
{
    for (int frame : {ITS_FRAME_NONE, ITS_FRAME_GICD, ITS_FRAME_GICR}) {
        its_access a = make_access(kCtlr, 4, false);
        a.frame = static_cast<uint8_t>(frame);
        its_access_result r = bus(a);
        EXPECT_EQ(r.data, 0u);
        EXPECT_FALSE(r.fault);
        a.write = true;
        a.data = 1;
        EXPECT_FALSE(bus(a).fault);
        EXPECT_FALSE(w->enabled);
    }
}

// --- queue registers -----------------------------------------------------------------------------

TEST_F(Gits, CbaserKeepsWhatTheProfileHasAndIs64KbAligned)
{
    write(kCbaser, 8, ~UINT64_C(0));
    // 48 address bits, [15:12] zero, reserved bits zero, cacheability and shareability kept.
    EXPECT_EQ(read(kCbaser, 8), UINT64_C(0xb8e0ffffffff0cff));
    EXPECT_EQ(w->queue_base, UINT64_C(0xffffffff0000));
    EXPECT_EQ(w->queue_bytes, 256u * 4096u);
    EXPECT_TRUE(w->queue_valid);
    make("gic500");
    write(kCbaser, 8, ~UINT64_C(0));
    EXPECT_EQ(read(kCbaser, 8),
              UINT64_C(0xb800ffffffff00ff)); // neither shareability nor outer cache
}

TEST_F(Gits, EveryCbaserWriteResetsTheQueueHalvesIncluded)
{
    write(kCbaser, 8, kValid | 0x80010003);
    EXPECT_EQ(pulses(), 1u);
    write(kCbaser, 8, kValid | 0x80010003); // the same value is still a write
    EXPECT_EQ(pulses(), 1u);
    write(kCbaser, 4, 0x90010001);
    EXPECT_EQ(pulses(), 1u);
    EXPECT_EQ(read(kCbaser, 8), kValid | 0x90010001); // the other half stays
    EXPECT_EQ(w->queue_bytes, 8192u);
    write(kCbaser + 4, 4, 0x00000012);
    EXPECT_EQ(pulses(), 1u);
    EXPECT_EQ(read(kCbaser, 8), UINT64_C(0x0000001290010001));
    EXPECT_FALSE(w->queue_valid);
}

TEST_F(Gits, CbaserWriteLeavesCwriterAlone)
{
    write(kCwriter, 4, 0x80);
    write(kCbaser, 8, kValid | 0x80010000);
    EXPECT_EQ(read(kCwriter, 8), 0x80u);
}

TEST_F(Gits, CwriterTakesTheOffsetInAnyWidth)
{
    give_bases();
    write(kCwriter, 8, UINT64_C(0xffffffff00000060));
    EXPECT_EQ(read(kCwriter, 8), 0x60u);
    EXPECT_EQ(w->cwriter, 0x60u);
    write(kCwriter, 4, 0xa0 | 0x1e);
    EXPECT_EQ(read(kCwriter, 8), 0xa0u); // bits [4:1] are reserved
    write(kCwriter + 4, 4, 0xffffffff);
    EXPECT_EQ(read(kCwriter, 8), 0xa0u);
    EXPECT_EQ(pulses(), 0u);
}

TEST_F(Gits, RetryIsAPulseAndReadsZero)
{
    give_bases();
    write(kCwriter, 4, 0x41);
    EXPECT_EQ(pulses(), 2u);
    EXPECT_EQ(read(kCwriter, 4), 0x40u); // the offset of the same write is taken
    write(kCwriter + 4, 4, 0x1);         // bit 32 is not Retry
    EXPECT_EQ(pulses(), 0u);
}

TEST_F(Gits, CwriterOutsideTheQueueMakesItInvalidUntilAGoodWrite)
{
    give_bases(); // 4 KB
    EXPECT_TRUE(w->queue_valid);
    write(kCwriter, 4, 4096);
    EXPECT_FALSE(w->queue_valid);
    EXPECT_EQ(read(kCwriter, 4), 4096u);
    ASSERT_EQ(count(ITS_EV_CMD_RANGE), 1u);
    EXPECT_EQ(last(ITS_EV_CMD_RANGE)->a, 4096u);
    write(kCwriter, 4, 4064);
    EXPECT_TRUE(w->queue_valid);
    EXPECT_EQ(count(ITS_EV_CMD_RANGE), 1u);
}

TEST_F(Gits, CwriterOutsideTheQueueIsIgnoredWhenTheProfileSaysSo)
{
    profile.cwriter_range = 1;
    give_bases();
    write(kCwriter, 4, 0x40);
    write(kCwriter, 4, 4096 | 1);
    EXPECT_EQ(read(kCwriter, 4), 0x40u);
    EXPECT_TRUE(w->queue_valid);
    EXPECT_EQ(count(ITS_EV_CMD_RANGE), 1u);
    EXPECT_EQ(count(ITS_EV_REG_IGNORED), 1u);
    EXPECT_EQ(pulses(), 0u); // not even Retry
}

TEST_F(Gits, CwriterIsTakenInEveryState)
{
    turn_on();
    uint32_t value = 0x20;
    for (its_drain_state s : {ITS_ON, ITS_DRAIN, ITS_WRITEBACK, ITS_OFF}) {
        set_drain(s);
        write(kCwriter, 4, value);
        EXPECT_EQ(read(kCwriter, 4), value);
        value += 0x20;
    }
}

// --- tables --------------------------------------------------------------------------------------

TEST_F(Gits, BaserKeepsTypeAndEntrySizeWhateverIsWritten)
{
    for (uint64_t v : {UINT64_C(0), ~UINT64_C(0), UINT64_C(0x0400000000000000)}) {
        write(kBaser0, 8, v);
        EXPECT_EQ(read(kBaser0, 8) >> 48 & 0x71f, 0x107u);
        write(kBaser1, 8, v);
        EXPECT_EQ(read(kBaser1, 8) >> 48 & 0x71f, 0x407u);
    }
}

TEST_F(Gits, BaserGivesBackEveryBitLinuxWrites)
{
    // RaWaWb, device table, 8-byte entries, inner shareable, 64 KB pages, 8 pages, valid.
    uint64_t v = UINT64_C(0xb907000080020607);
    write(kBaser0, 8, v | UINT64_C(1) << 62);
    EXPECT_EQ(read(kBaser0, 8), v | UINT64_C(1) << 62);
    EXPECT_EQ(w->table_cache, 0xf);
    make("gic500");
    write(kBaser0, 8, v | UINT64_C(1) << 62); // flat only, no shareability
    EXPECT_EQ(read(kBaser0, 8), v & ~UINT64_C(0x400));
}

TEST_F(Gits, PageSizesAreNegotiatedByWriteAndReadBack)
{
    profile.page_sizes = 5; // 4 KB and 64 KB
    restart();
    write(kBaser0, 8, 0x100); // 16 KB: refused, the old one stays
    EXPECT_EQ(read(kBaser0, 8) & 0x300, 0x200u);
    write(kBaser0, 8, 0x000);
    EXPECT_EQ(read(kBaser0, 8) & 0x300, 0x000u);
    write(kBaser0, 8, 0x300); // reserved: 64 KB
    EXPECT_EQ(read(kBaser0, 8) & 0x300, 0x200u);
}

TEST_F(Gits, OnlyAChangeOfABaserCounts)
{
    write(kBaser0, 8, kValid | 0x80020000);
    EXPECT_EQ(pulses(), 4u);
    uint32_t version = u.facts_version;
    write(kBaser0, 8, kValid | 0x80020000); // Linux resume
    EXPECT_EQ(pulses(), 0u);
    write(kBaser0, 4, 0x80020000);
    EXPECT_EQ(pulses(), 0u);
    EXPECT_EQ(u.facts_version, version);
    EXPECT_EQ(count(ITS_EV_REG_WRITE), 3u);
    write(kBaser0 + 4, 4, 0);
    EXPECT_EQ(pulses(), 4u);
    EXPECT_NE(u.facts_version, version);
    EXPECT_EQ(read(kBaser0, 8), UINT64_C(0x0107000080020000));
    write(kBaser1, 8, kValid);
    EXPECT_EQ(pulses(), 4u);
    write(kCbaser, 8, kValid);
    EXPECT_EQ(pulses(), 1u);
}

TEST_F(Gits, FactsSayWhatTheBasersSay)
{
    its_facts f{};
    its_gits_facts(&u, &profile, &f);
    EXPECT_FALSE(f.device.valid);
    EXPECT_FALSE(f.collection.valid);
    EXPECT_EQ(f.profile, &profile);
    write(kBaser0, 8, kValid | 0x80020000 | 3); // 4 pages of 4 KB, 8-byte entries
    write(kBaser1, 8, kValid | UINT64_C(1) << 62 | 0x80030000 | 0x200); // one 64 KB page of level 1
    its_gits_facts(&u, &profile, &f);
    EXPECT_TRUE(f.device.valid);
    EXPECT_EQ(f.device.base, 0x80020000u);
    EXPECT_EQ(f.device.entries, 2048u);
    EXPECT_FALSE(f.device.indirect);
    EXPECT_TRUE(f.collection.valid);
    EXPECT_TRUE(f.collection.indirect);
    EXPECT_EQ(f.collection.per_page, 8192u);
    make("gic500");
    write(kBaser1, 8, kValid);
    its_gits_facts(&u, &profile, &f);
    EXPECT_FALSE(f.collection.valid);
}

TEST_F(Gits, TurnsCacheabilityIntoAxCache)
{
    const uint8_t expected[] = {0x0, 0x3, 0x6, 0x7, 0xa, 0xb, 0xe, 0xf};
    for (uint64_t inner = 0; inner < 8; inner++) {
        write(kCbaser, 8, inner << 59);
        write(kBaser0, 8, (7 - inner) << 59);
        write(kBaser1, 8, inner << 59);
        EXPECT_EQ(w->queue_cache, expected[inner]);
        EXPECT_EQ(w->table_cache, expected[7 - inner]);
        EXPECT_EQ(w->collection_cache, expected[inner]);
    }
}

TEST_F(Gits, BaseRegistersAreLockedUntilOff)
{
    give_bases();
    uint64_t cbaser = read(kCbaser, 8), baser = read(kBaser0, 8), baser1 = read(kBaser1, 8);
    for (uint32_t error : {0u, 1u}) {
        profile.base_write_on = error;
        set_drain(ITS_OFF);
        write(kCtlr, 4, 1);
        // OFF: drain has not yet seen the enable. The last: the disable, not yet seen by drain.
        for (its_drain_state s : {ITS_OFF, ITS_ON, ITS_DRAIN, ITS_WRITEBACK, ITS_ON}) {
            set_drain(s);
            events.clear();
            for (uint32_t offset : {kCbaser, kBaser0, kBaser1}) {
                EXPECT_EQ(write(offset, 8, kValid | 0x90000000), error == 1);
                EXPECT_EQ(write(offset + 4, 4, 0), error == 1);
            }
            EXPECT_EQ(count(ITS_EV_REG_IGNORED), 6u);
            EXPECT_EQ(pulses(), 0u); // an ignored write does not clear CREADR
            if (s == ITS_ON)
                write(kCtlr, 4, 0);
        }
    }
    EXPECT_EQ(read(kCbaser, 8), cbaser);
    EXPECT_EQ(read(kBaser0, 8), baser);
    EXPECT_EQ(read(kBaser1, 8), baser1);
    set_drain(ITS_OFF);
    EXPECT_FALSE(write(kCbaser, 8, 0));
    EXPECT_EQ(pulses(), 1u);
}

} // namespace
