// SPDX-License-Identifier: MIT
// The ITS registers alone: the bench plays slave port, MSI queue and drain through the wires.
// Values are written out by hand from IHI 0069 and the GIC-500 TRM.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <vector>

#include "its/gits.h"

namespace {

constexpr uint32_t kCtlr = 0x0, kTyper = 0x8, kCbaser = 0x80, kCwriter = 0x88, kCreadr = 0x90,
                   kBaser0 = 0x100, kBaser1 = 0x108;
constexpr uint64_t kValid = UINT64_C(1) << 63;

struct Gits : testing::Test {
    its_profile profile{};
    its_probe probe{};
    its_gits u{};
    std::unique_ptr<its_wires> w = std::make_unique<its_wires>();
    std::vector<its_event> events;

    void SetUp() override { make("flat"); }

    void make(const char *preset)
    {
        std::memset(static_cast<void *>(w.get()), 0, sizeof *w);
        ASSERT_TRUE(its_profile_preset(&profile, preset));
        probe.host = this;
        probe.sink = [](void *host, const its_event *e) {
            static_cast<Gits *>(host)->events.push_back(*e);
        };
        w->profile = &profile;
        w->probe = &probe;
        set_drain(ITS_OFF);
        restart();
    }

    void restart()
    {
        std::memset(static_cast<void *>(&u), 0xa5, sizeof u);
        its_gits_reset(&u, &profile);
        its_gits_drive(&u, w.get());
        events.clear();
    }

    void set_drain(its_drain_state s)
    {
        w->drain = s;
        w->quiescent = s == ITS_OFF;
    }

    void clock()
    {
        its_gits_clock(&u, w.get());
        w->access.valid = false;
        its_gits_drive(&u, w.get());
    }

    static its_access make_access(uint32_t offset, unsigned bytes, bool write, uint64_t data = 0)
    {
        its_access a{};
        a.offset = offset, a.bytes = static_cast<uint8_t>(bytes), a.write = write, a.data = data;
        a.frame = ITS_FRAME_GITS;
        return a;
    }

    // One access through the wires, to its answer.
    its_access_result bus(const its_access &a)
    {
        EXPECT_TRUE(w->access.ready);
        w->access.valid = true;
        w->access.d = a;
        w->result.ready = false;
        clock();
        EXPECT_TRUE(w->result.valid);
        EXPECT_FALSE(w->access.ready);
        its_access_result r = w->result.d;
        w->result.ready = true;
        pulses_seen |= (w->queue_reset ? 1u : 0u) | (w->retry ? 2u : 0u) | (w->base_changed ? 4u : 0u);
        clock();
        EXPECT_FALSE(w->queue_reset || w->retry || w->base_changed) << "a pulse is one cycle";
        w->result.ready = false;
        return r;
    }
    unsigned pulses_seen = 0; // 1 queue_reset, 2 retry, 4 base_changed
    unsigned pulses()
    {
        unsigned p = pulses_seen;
        pulses_seen = 0;
        return p;
    }

    uint64_t read(uint32_t offset, unsigned bytes)
    {
        its_access_result r = bus(make_access(offset, bytes, false));
        EXPECT_FALSE(r.fault);
        return r.data;
    }
    bool write(uint32_t offset, unsigned bytes, uint64_t data)
    {
        return bus(make_access(offset, bytes, true, data)).fault;
    }

    its_access_result msi(uint64_t data, unsigned bytes = 4, uint32_t device = 7, bool has = true,
                          uint32_t offset = 0x40)
    {
        its_access a = make_access(offset, bytes, true, data);
        a.frame = ITS_FRAME_TRANSLATION, a.device = device, a.has_device = has;
        return bus(a);
    }

    void give_bases()
    {
        write(kCbaser, 8, kValid | 0x80010000);
        write(kBaser0, 8, kValid | 0x80020000);
        write(kBaser1, 8, kValid | 0x80030000);
        pulses();
        events.clear();
    }

    void turn_on()
    {
        give_bases();
        write(kCtlr, 4, 1);
        ASSERT_TRUE(w->enabled);
        set_drain(ITS_ON);
        clock();
        events.clear();
    }

    const its_event *last(its_event_kind kind) const
    {
        for (size_t i = events.size(); i--;)
            if (events[i].kind == kind)
                return &events[i];
        return nullptr;
    }
    unsigned count(its_event_kind kind) const
    {
        unsigned n = 0;
        for (const its_event &e : events)
            n += e.kind == kind;
        return n;
    }
};

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
    struct {
        uint32_t offset;
        unsigned bytes;
    } bad[] = {{0x0, 1}, {0x0, 2}, {0x0, 8},  {0x2, 4},   {0x80, 1}, {0x84, 8},
               {0x86, 2}, {0x81, 4}, {0x104, 8}, {0xffe8, 8}, {0x0, 0},  {0x0, 3}, {0x80, 16}};
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
    EXPECT_EQ(read(kCbaser, 8), UINT64_C(0xb800ffffffff00ff)); // neither shareability nor outer cache
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
    write(kCwriter + 4, 4, 0x1); // bit 32 is not Retry
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

// --- CTLR ----------------------------------------------------------------------------------------

TEST_F(Gits, EnablesOnlyWithValidBases)
{
    struct {
        uint64_t cbaser, baser0, baser1;
        uint32_t hcc;
        bool enables;
    } cases[] = {{kValid, kValid, kValid, 0, true}, {0, kValid, kValid, 0, false},
                 {kValid, 0, kValid, 0, false},     {kValid, kValid, 0, 0, false},
                 {kValid, kValid, 0, 5, true},      {kValid, 0, 0, 5, false}};
    for (uint32_t any : {0u, 1u})
        for (auto c : cases) {
            profile.hcc = c.hcc;
            profile.enable_invalid = any;
            restart();
            write(kCbaser, 8, c.cbaser);
            write(kBaser0, 8, c.baser0);
            write(kBaser1, 8, c.baser1);
            events.clear();
            write(kCtlr, 4, 1);
            bool enables = any || c.enables;
            EXPECT_EQ(w->enabled, enables);
            EXPECT_EQ(read(kCtlr, 4), enables ? 1u : 0x80000000u);
            EXPECT_EQ(count(ITS_EV_REG_IGNORED), enables ? 0u : 1u);
        }
}

TEST_F(Gits, QuiescentFollowsTheEdgeOfEnableAndDisable)
{
    give_bases();
    EXPECT_EQ(read(kCtlr, 4), 0x80000000u);
    write(kCtlr, 4, 1);
    EXPECT_EQ(read(kCtlr, 4), 1u); // drain still OFF
    set_drain(ITS_ON);
    EXPECT_EQ(read(kCtlr, 4), 1u);
    write(kCtlr, 4, 0);
    EXPECT_EQ(read(kCtlr, 4), 0u); // drain still ON
    for (its_drain_state s : {ITS_DRAIN, ITS_WRITEBACK}) {
        set_drain(s);
        EXPECT_EQ(read(kCtlr, 4), 0u);
    }
    set_drain(ITS_OFF);
    EXPECT_EQ(read(kCtlr, 4), 0x80000000u);
}

TEST_F(Gits, QuiescentWhileEnabledIsAChoice)
{
    profile.quiescent_on = 1;
    turn_on();
    EXPECT_EQ(read(kCtlr, 4), 0x80000001u);
    profile.quiescent_on = 2;
    EXPECT_EQ(read(kCtlr, 4), 1u); // no unit says it is idle
    w->msiq_idle = w->xlat_idle = w->cmdf_idle = w->cmdx_idle = w->rdlink_idle = w->store_idle = true;
    EXPECT_EQ(read(kCtlr, 4), 0x80000001u);
    w->creadr = 0x20; // a command waits
    EXPECT_EQ(read(kCtlr, 4), 1u);
    w->stalled = true;
    EXPECT_EQ(read(kCtlr, 4), 0x80000001u);
    w->xlat_idle = false;
    EXPECT_EQ(read(kCtlr, 4), 1u);
    w->xlat_idle = true;
    write(kCtlr, 4, 0); // whatever it read while on, after a disable it is drain's word
    EXPECT_EQ(read(kCtlr, 4), 0u);
}

TEST_F(Gits, EnableBeforeOffIsIgnored)
{
    turn_on();
    write(kCtlr, 4, 0);
    for (its_drain_state s : {ITS_ON, ITS_DRAIN, ITS_WRITEBACK}) { // ON: drain has not seen it yet
        set_drain(s);
        events.clear();
        write(kCtlr, 4, 1);
        EXPECT_EQ(count(ITS_EV_REG_IGNORED), 1u);
        EXPECT_FALSE(w->enabled);
    }
    set_drain(ITS_OFF);
    clock();
    clock();
    EXPECT_FALSE(w->enabled);
    write(kCtlr, 4, 1);
    EXPECT_TRUE(w->enabled);
}

TEST_F(Gits, EnableBeforeOffIsRememberedWhenTheProfileSaysSo)
{
    profile.enable_in_drain = 1;
    turn_on();
    write(kCtlr, 4, 0);
    set_drain(ITS_DRAIN);
    write(kCtlr, 4, 1);
    EXPECT_FALSE(w->enabled);
    EXPECT_EQ(read(kCtlr, 4), 0u);
    set_drain(ITS_WRITEBACK);
    clock();
    EXPECT_FALSE(w->enabled);
    EXPECT_EQ(its_gits_wake(&u), 0u);
    set_drain(ITS_OFF);
    clock();
    EXPECT_TRUE(w->enabled);
    // A write of 0 meanwhile takes it back.
    set_drain(ITS_ON);
    write(kCtlr, 4, 0);
    set_drain(ITS_DRAIN);
    write(kCtlr, 4, 1);
    write(kCtlr, 4, 0);
    set_drain(ITS_OFF);
    clock();
    clock();
    EXPECT_FALSE(w->enabled);
}

TEST_F(Gits, CtlrHasNoOtherBits)
{
    turn_on();
    write(kCtlr, 4, 0xffffffff);
    EXPECT_EQ(read(kCtlr, 4), 1u);
}

// --- MSIs ----------------------------------------------------------------------------------------

TEST_F(Gits, HandsAnMsiToTheQueueWithItsNumber)
{
    turn_on();
    w->msi.ready = true;
    its_access a = make_access(0x40, 4, true, 0x12345678);
    a.frame = ITS_FRAME_TRANSLATION, a.device = 9, a.has_device = true;
    w->access.valid = true;
    w->access.d = a;
    clock();
    ASSERT_TRUE(w->result.valid);
    EXPECT_FALSE(w->result.d.fault);
    ASSERT_TRUE(w->msi.valid);
    EXPECT_EQ(w->msi.d.device, 9u);
    EXPECT_EQ(w->msi.d.event, 0x12345678u);
    EXPECT_EQ(w->msi.d.ref, 1u);
    EXPECT_FALSE(w->reg_idle);
    ASSERT_TRUE(last(ITS_EV_MSI_ACCEPT));
    EXPECT_EQ(last(ITS_EV_MSI_ACCEPT)->ref, 1u);
    EXPECT_EQ(last(ITS_EV_MSI_ACCEPT)->a, 9u);
    EXPECT_EQ(last(ITS_EV_MSI_ACCEPT)->b, 0x12345678u);
    clock();
    EXPECT_FALSE(w->msi.valid);
    EXPECT_TRUE(w->reg_idle);
}

TEST_F(Gits, ExtendsA16BitMsiWithZeros)
{
    turn_on();
    msi(0xfedcabcd, 2);
    EXPECT_EQ(w->msi.d.event, 0xabcdu);
}

TEST_F(Gits, NumbersMsisAndNeverUsesZeroOrACommandsNumber)
{
    turn_on();
    w->msi.ready = true;
    msi(1);
    msi(2);
    EXPECT_EQ(last(ITS_EV_MSI_ACCEPT)->ref, 2u);
    u.msis = 0x7ffffffe;
    msi(3);
    EXPECT_EQ(last(ITS_EV_MSI_ACCEPT)->ref, 0x7fffffffu);
    msi(4);
    EXPECT_EQ(last(ITS_EV_MSI_ACCEPT)->ref, 1u);
}

TEST_F(Gits, DropsMsisWhileDisabledWithAnOkayAnswer)
{
    give_bases();
    EXPECT_FALSE(msi(5).fault);
    EXPECT_FALSE(w->msi.valid);
    ASSERT_TRUE(last(ITS_EV_MSI_DROP));
    EXPECT_EQ(last(ITS_EV_MSI_DROP)->a, 7u);
    EXPECT_EQ(last(ITS_EV_MSI_DROP)->b, 5u);
    EXPECT_EQ(last(ITS_EV_MSI_DROP)->c, ITS_DROP_DISABLED);
    turn_on();
    write(kCtlr, 4, 0); // from the very edge on
    msi(6);
    EXPECT_FALSE(w->msi.valid);
    EXPECT_EQ(last(ITS_EV_MSI_DROP)->b, 6u);
    EXPECT_EQ(count(ITS_EV_MSI_ACCEPT), 0u);
}

TEST_F(Gits, AcceptsMsisFromTheEdgeOfTheEnableOn)
{
    give_bases();
    write(kCtlr, 4, 1); // drain still OFF
    msi(5);
    EXPECT_TRUE(w->msi.valid);
}

TEST_F(Gits, RefusesAnMsiWithoutADeviceId)
{
    for (bool on : {false, true}) {
        if (on)
            turn_on();
        EXPECT_TRUE(msi(5, 4, 0, false).fault);
        EXPECT_FALSE(w->msi.valid);
        EXPECT_EQ(last(ITS_EV_MSI_DROP)->c, ITS_DROP_NO_DEVICE_ID);
        EXPECT_EQ(last(ITS_EV_MSI_DROP)->b, 5u);
    }
}

TEST_F(Gits, TakesTheDeviceIdFromTheDataOfAnMsi64)
{
    profile.msi64 = 1;
    turn_on();
    w->msi.ready = true;
    EXPECT_FALSE(msi(UINT64_C(0x0000abcd00000011), 8, 0, false).fault);
    EXPECT_EQ(last(ITS_EV_MSI_ACCEPT)->a, 0xabcdu);
    EXPECT_EQ(last(ITS_EV_MSI_ACCEPT)->b, 0x11u);
    EXPECT_TRUE(msi(0x12, 4, 0, false).fault); // 32 bits still need it from elsewhere
}

TEST_F(Gits, AnswersOtherAccessesOfTheTranslationFrame)
{
    turn_on();
    its_access a = make_access(0x40, 4, false);
    a.frame = ITS_FRAME_TRANSLATION;
    EXPECT_EQ(bus(a).data, 0u);
    EXPECT_EQ(count(ITS_EV_REG_READ), 1u);
    msi(1, 4, 7, true, 0x44);
    EXPECT_EQ(count(ITS_EV_REG_IGNORED), 1u);
    for (auto [offset, bytes] : {std::pair{0x40u, 1u}, {0x42u, 2u}, {0x40u, 8u}, {0x41u, 4u},
                                 {0x40u, 0u}, {0x3cu, 8u}}) {
        profile.bad_access = 1;
        EXPECT_TRUE(msi(1, bytes, 7, true, offset).fault) << offset << " " << bytes;
        profile.bad_access = 0;
        EXPECT_FALSE(msi(1, bytes, 7, true, offset).fault);
    }
    EXPECT_EQ(count(ITS_EV_REG_BAD), 12u);
    EXPECT_FALSE(w->msi.valid);
}

TEST_F(Gits, HoldsTheAnswerWhileThereIsNoRoomAndLosesNothing)
{
    turn_on();
    EXPECT_TRUE(w->msi_room);
    msi(0);
    EXPECT_TRUE(w->msi_room);
    msi(1);
    EXPECT_FALSE(w->msi_room);
    EXPECT_EQ(read(kCwriter, 4), 0u); // other accesses go on
    // A third one all the same.
    its_access a = make_access(0x40, 4, true, 2);
    a.frame = ITS_FRAME_TRANSLATION, a.device = 7, a.has_device = true;
    w->access.valid = true;
    w->access.d = a;
    clock();
    for (int i = 0; i < 5; i++) {
        EXPECT_FALSE(w->result.valid);
        EXPECT_FALSE(w->access.ready);
        EXPECT_FALSE(w->msi_room);
        EXPECT_EQ(count(ITS_EV_MSI_ACCEPT), 2u);
        clock();
    }
    std::vector<uint32_t> out;
    w->msi.ready = true;
    for (int i = 0; i < 6; i++) {
        if (w->msi.valid)
            out.push_back(w->msi.d.event);
        w->result.ready = true;
        clock();
    }
    EXPECT_EQ(out, (std::vector<uint32_t>{0, 1, 2}));
    EXPECT_EQ(count(ITS_EV_MSI_ACCEPT), 3u);
    EXPECT_TRUE(w->access.ready);
}

TEST_F(Gits, AcceptsForTheFastFaceByTheSameRules)
{
    its_msi m{};
    give_bases();
    EXPECT_FALSE(its_gits_accept(&u, w.get(), 3, 4, &m));
    EXPECT_EQ(last(ITS_EV_MSI_DROP)->c, ITS_DROP_DISABLED);
    turn_on();
    EXPECT_TRUE(its_gits_accept(&u, w.get(), 3, 4, &m));
    EXPECT_EQ(m.device, 3u);
    EXPECT_EQ(m.event, 4u);
    EXPECT_EQ(m.ref, 1u);
}

TEST_F(Gits, CarriesOutAnAccessAtOnceAndKeepsItsPulses)
{
    its_access a = make_access(kCbaser, 8, true, kValid);
    its_gits_access(&u, w.get(), &a);
    EXPECT_TRUE(u.queue_reset);
    a = make_access(kCwriter, 4, true, 0x21);
    its_gits_access(&u, w.get(), &a);
    EXPECT_TRUE(u.retry);
    a = make_access(kBaser0, 8, true, kValid);
    its_gits_access(&u, w.get(), &a);
    EXPECT_TRUE(u.base_changed);
    its_gits_clear_pulses(&u);
    EXPECT_FALSE(u.queue_reset || u.retry || u.base_changed);
    a = make_access(kCbaser, 8, false);
    EXPECT_EQ(its_gits_access(&u, w.get(), &a).data, kValid);
}

// --- reset and sleep -----------------------------------------------------------------------------

TEST_F(Gits, ForgetsEverythingAtReset)
{
    its_gits fresh = u;
    turn_on();
    write(kCwriter, 4, 0x40);
    msi(1);
    msi(2);
    w->access.valid = true;
    w->access.d = make_access(0x40, 4, true, 2);
    w->access.d.frame = ITS_FRAME_TRANSLATION;
    clock();
    its_gits_reset(&u, &profile);
    EXPECT_EQ(std::memcmp(&fresh, &u, sizeof u), 0);
}

TEST_F(Gits, FillsUnknownFieldsAtRandomButNeverValid)
{
    std::vector<uint64_t> seen;
    for (uint32_t seed : {0u, 1u, 2u, 77u}) {
        profile.unknown_reset = 1;
        profile.reset_seed = seed;
        restart();
        its_gits first = u;
        restart();
        EXPECT_EQ(std::memcmp(&first, &u, sizeof u), 0); // the same for the same seed
        uint64_t cbaser = read(kCbaser, 8), baser = read(kBaser0, 8);
        EXPECT_FALSE(cbaser & kValid);
        EXPECT_FALSE(baser & kValid);
        EXPECT_FALSE(read(kBaser1, 8) & kValid);
        EXPECT_EQ(baser >> 48 & 0x71f, 0x107u);
        EXPECT_NE(baser & 0x300, 0x300u);
        EXPECT_EQ(cbaser & 0xf000, 0u);
        EXPECT_EQ(read(kCtlr, 4), 0x80000000u);
        EXPECT_EQ(read(kCwriter, 8) & ~UINT64_C(0xfffe0), 0u);
        EXPECT_NE(cbaser, 0u);
        for (uint64_t s : seen)
            EXPECT_NE(s, cbaser);
        seen.push_back(cbaser);
        write(kCtlr, 4, 1);
        EXPECT_FALSE(w->enabled);
    }
}

TEST_F(Gits, StaysAwakeUntilOthersHaveSeenAChangeAndThenSleeps)
{
    EXPECT_EQ(its_gits_wake(&u), UINT64_MAX);
    w->access.valid = true;
    w->access.d = make_access(kCwriter, 4, true, 0x20);
    w->result.ready = true;
    clock();
    EXPECT_EQ(its_gits_wake(&u), 0u);
    clock();
    EXPECT_EQ(its_gits_wake(&u), 0u);
    clock();
    ASSERT_EQ(its_gits_wake(&u), UINT64_MAX);
    its_gits before = u;
    for (int i = 0; i < 10; i++)
        clock();
    EXPECT_EQ(std::memcmp(&before, &u, sizeof u), 0);
}

} // namespace
