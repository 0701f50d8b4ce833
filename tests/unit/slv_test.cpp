// SPDX-License-Identifier: MIT
// The slave port alone. The bench is an AXI4 master on one side and the owner of all frames on the
// other, which notes every access and answers from an array of bytes.
#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <map>
#include <random>
#include <vector>

#include "its/slv.h"

namespace {

struct Slv : testing::Test {
    its_profile profile{};
    its_probe probe{};
    its_slv u{};
    its_slv_wires w{};
    its_axi port{};
    std::vector<its_event> events;

    // owner
    std::vector<its_access> accesses;
    std::map<uint64_t, uint8_t> bytes; // frame << 32 | offset
    std::map<uint64_t, bool> faults;
    int answer_delay = 0;
    int answer_in = -1;
    its_access_result answer{};
    bool owner_ready = true;

    // master
    std::deque<its_axi_address> ar, aw;
    std::deque<its_axi_w> wd;
    std::vector<its_axi_r> r;
    std::vector<its_axi_b> b;
    bool take_r = true, take_b = true;
    its_axi last{};
    bool was_reset = true;

    void SetUp() override { make("flat", 8); }

    void make(const char *preset, unsigned bus)
    {
        ASSERT_TRUE(its_profile_preset(&profile, preset));
        profile.bus_bytes = bus;
        probe.host = this;
        probe.sink = [](void *host, const its_event *e) {
            static_cast<Slv *>(host)->events.push_back(*e);
        };
        w = {};
        w.profile = &profile;
        w.probe = &probe;
        w.msi_room = true;
        port = {};
        std::memset(static_cast<void *>(&u), 0xa5, sizeof u);
        its_slv_reset(&u);
        was_reset = true;
        drive();
        clock();
    }

    static uint64_t key(const its_access &a, unsigned i)
    {
        return uint64_t(a.frame) << 32 | (a.offset + i);
    }

    template <typename C> static void stable(const C &before, const C &now)
    {
        if (!before.valid || before.ready)
            return;
        EXPECT_TRUE(now.valid);
        EXPECT_EQ(std::memcmp(&before.d, &now.d, sizeof now.d), 0);
    }

    void drive()
    {
        its_slv_drive(&u, &w, &port);
        if (!was_reset) {
            stable(last.r, port.r);
            stable(last.b, port.b);
        }
        was_reset = false;
        port.ar.valid = !ar.empty();
        if (!ar.empty())
            port.ar.d = ar.front();
        port.aw.valid = !aw.empty();
        if (!aw.empty())
            port.aw.d = aw.front();
        port.w.valid = !wd.empty();
        if (!wd.empty())
            port.w.d = wd.front();
        port.r.ready = take_r;
        port.b.ready = take_b;
        w.access.ready = owner_ready && answer_in < 0;
        w.result.valid = answer_in == 0;
        w.result.d = answer;
    }

    void clock()
    {
        last = port;
        its_slv_clock(&u, &w, &port);
        if (its_fire(&port.ar))
            ar.pop_front();
        if (its_fire(&port.aw))
            aw.pop_front();
        if (its_fire(&port.w))
            wd.pop_front();
        if (its_fire(&port.r))
            r.push_back(port.r.d);
        if (its_fire(&port.b))
            b.push_back(port.b.d);
        if (its_fire(&w.result))
            answer_in = -1;
        else if (answer_in > 0)
            answer_in--;
        if (its_fire(&w.access))
            carry_out(w.access.d);
        drive();
    }

    void carry_out(const its_access &a)
    {
        accesses.push_back(a);
        answer = {};
        answer.fault = faults.count(key(a, 0)) != 0;
        for (unsigned i = 0; i < a.bytes; i++)
            if (a.write)
                bytes[key(a, i)] = static_cast<uint8_t>(a.data >> 8 * i);
            else
                answer.data |= uint64_t(bytes[key(a, i)]) << 8 * i;
        answer_in = answer_delay;
    }

    static its_axi_address addr(uint64_t address, unsigned size, unsigned beats = 1,
                                uint8_t burst = ITS_AXI_INCR, uint16_t id = 1)
    {
        its_axi_address a{};
        a.addr = address, a.size = static_cast<uint8_t>(size);
        a.len = static_cast<uint8_t>(beats - 1), a.burst = burst, a.id = id;
        a.prot = ITS_AXI_NONSECURE;
        return a;
    }

    void run(int cycles = 200)
    {
        for (int i = 0; i < cycles; i++)
            clock();
        EXPECT_TRUE(w.idle);
    }

    // One single write with data on its lanes; the response.
    uint8_t write(uint64_t address, unsigned size, uint64_t data, unsigned strb)
    {
        aw.push_back(addr(address, size));
        wd.push_back({data, static_cast<uint8_t>(strb), true});
        size_t had = b.size();
        run(20);
        EXPECT_EQ(b.size(), had + 1);
        return b.back().resp;
    }

    its_axi_r read(uint64_t address, unsigned size)
    {
        ar.push_back(addr(address, size));
        size_t had = r.size();
        run(20);
        EXPECT_EQ(r.size(), had + 1);
        return r.back();
    }

    unsigned count(its_event_kind kind) const
    {
        unsigned n = 0;
        for (const its_event &e : events)
            n += e.kind == kind;
        return n;
    }
};

// --- single accesses -----------------------------------------------------------------------------

TEST_F(Slv, MakesOneAccessOfAWriteOfAnySize)
{
    struct {
        uint64_t address;
        unsigned size, strb, lane, bytes;
    } cases[] = {{0x80, 3, 0xff, 0, 8}, {0x80, 2, 0x0f, 0, 4}, {0x84, 2, 0xf0, 4, 4},
                 {0x82, 1, 0x0c, 2, 2}, {0x87, 0, 0x80, 7, 1}, {0x80, 3, 0xf0, 4, 4},
                 {0x80, 2, 0x03, 0, 2}, {0x80, 3, 0x20, 5, 1}, {0x86, 3, 0xc0, 6, 2}};
    for (auto c : cases) {
        accesses.clear();
        EXPECT_EQ(write(c.address, c.size, UINT64_C(0x8877665544332211), c.strb), ITS_AXI_OKAY);
        ASSERT_EQ(accesses.size(), 1u);
        const its_access &a = accesses[0];
        EXPECT_TRUE(a.write);
        EXPECT_EQ(a.offset, 0x80u + c.lane);
        EXPECT_EQ(a.bytes, c.bytes);
        uint64_t mask = c.bytes == 8 ? ~UINT64_C(0) : (UINT64_C(1) << 8 * c.bytes) - 1;
        EXPECT_EQ(a.data, UINT64_C(0x8877665544332211) >> 8 * c.lane & mask);
        EXPECT_EQ(a.frame, ITS_FRAME_GITS);
    }
}

TEST_F(Slv, PutsReadDataOnItsLanes)
{
    for (unsigned i = 0; i < 8; i++)
        bytes[uint64_t(ITS_FRAME_GITS) << 32 | (0x80 + i)] = static_cast<uint8_t>(0x10 + i);
    for (unsigned size = 0; size < 4; size++)
        for (uint64_t a = 0x80; a < 0x88; a += 1u << size) {
            its_axi_r got = read(a, size);
            for (unsigned i = 0; i < (1u << size); i++)
                EXPECT_EQ(got.data >> 8 * ((a + i) & 7) & 0xff, 0x10 + (a + i - 0x80));
            EXPECT_TRUE(got.last);
            EXPECT_EQ(got.id, 1);
            EXPECT_EQ(accesses.back().bytes, 1u << size);
            EXPECT_EQ(accesses.back().offset, a);
            EXPECT_FALSE(accesses.back().write);
        }
}

TEST_F(Slv, UsesTheBytesFromAnUnalignedAddressToTheEndOfTheBeat)
{
    read(0x86, 2);
    EXPECT_EQ(accesses.back().offset, 0x86u);
    EXPECT_EQ(accesses.back().bytes, 2);
    read(0x84, 3);
    EXPECT_EQ(accesses.back().bytes, 4);
    size_t had = accesses.size();
    read(0x81, 2); // three bytes: nothing that could be done at once
    EXPECT_EQ(accesses.size(), had);
    EXPECT_EQ(count(ITS_EV_REG_BAD), 1u);
}

TEST_F(Slv, CarriesSecurityPrivilegeAndDeviceId)
{
    its_axi_address a = addr(0x10040, 2);
    a.prot = ITS_AXI_PRIVILEGED, a.device = 0x1234, a.has_device = true;
    aw.push_back(a);
    wd.push_back({5, 0x0f, true});
    a.prot = ITS_AXI_NONSECURE, a.has_device = false;
    aw.push_back(a);
    wd.push_back({6, 0x0f, true});
    run();
    ASSERT_EQ(accesses.size(), 2u);
    EXPECT_EQ(accesses[0].frame, ITS_FRAME_TRANSLATION);
    EXPECT_EQ(accesses[0].offset, 0x40u);
    EXPECT_TRUE(accesses[0].has_device);
    EXPECT_EQ(accesses[0].device, 0x1234u);
    EXPECT_TRUE(accesses[0].privileged);
    EXPECT_FALSE(accesses[0].nonsecure);
    EXPECT_FALSE(accesses[1].has_device);
    EXPECT_TRUE(accesses[1].nonsecure);
    EXPECT_FALSE(accesses[1].privileged);
}

TEST_F(Slv, TakesTheDeviceIdFromTheAddressInItsWindow)
{
    profile.device_window = 1;
    uint64_t base = its_map_window_base(&profile, false);
    write(base + 4 * 0x321, 2, UINT64_C(0xaa00000000), 0xf0);
    ASSERT_EQ(accesses.size(), 1u);
    EXPECT_EQ(accesses[0].frame, ITS_FRAME_TRANSLATION);
    EXPECT_EQ(accesses[0].offset, 0x40u);
    EXPECT_EQ(accesses[0].device, 0x321u);
    EXPECT_TRUE(accesses[0].has_device);
    EXPECT_EQ(accesses[0].data, 0xaau);
}

TEST_F(Slv, DecodesTheWholeGic)
{
    w.whole_gic = true;
    uint64_t a = its_map_address(&profile, ITS_FRAME_GICR, 2, 0x70);
    read(a, 2);
    EXPECT_EQ(accesses.back().frame, ITS_FRAME_GICR);
    EXPECT_EQ(accesses.back().rd, 2);
    EXPECT_EQ(accesses.back().offset, 0x70u);
    read(UINT64_C(0x7fffffff0000), 2);
    EXPECT_EQ(accesses.back().frame, ITS_FRAME_NONE);
}

TEST_F(Slv, TurnsAFaultIntoSlverr)
{
    faults[uint64_t(ITS_FRAME_GITS) << 32 | 0x80] = true;
    EXPECT_EQ(read(0x80, 2).resp, ITS_AXI_SLVERR);
    EXPECT_EQ(write(0x80, 2, 1, 0xf), ITS_AXI_SLVERR);
    EXPECT_EQ(read(0x84, 2).resp, ITS_AXI_OKAY);
    EXPECT_EQ(write(0x88, 2, 1, 0xf), ITS_AXI_OKAY);
}

TEST_F(Slv, NeverHalfAppliesSparseStrobes)
{
    struct {
        uint64_t address;
        unsigned size, strb;
    } cases[] = {{0x80, 3, 0x81}, {0x80, 3, 0x3f}, {0x80, 2, 0x07}, {0x80, 2, 0x06}, {0x80, 3, 0x3c},
                 {0x80, 2, 0xf0}, {0x84, 2, 0x0f}, {0x86, 2, 0xf0}, {0x80, 2, 0xff}, {0x80, 0, 0x02}};
    for (uint32_t error : {0u, 1u}) {
        profile.bad_access = error;
        for (auto c : cases)
            EXPECT_EQ(write(c.address, c.size, 0, c.strb), error ? ITS_AXI_SLVERR : ITS_AXI_OKAY)
                << c.address << " " << c.strb;
    }
    EXPECT_TRUE(accesses.empty());
    EXPECT_EQ(count(ITS_EV_REG_BAD), 20u);
    EXPECT_EQ(events[0].unit, ITS_UNIT_SLV);
    EXPECT_EQ(events[0].c, ITS_FRAME_GITS);
    EXPECT_EQ(events[0].a, 0x80u);
}

TEST_F(Slv, DoesNothingForABeatWithoutStrobes)
{
    profile.bad_access = 1;
    EXPECT_EQ(write(0x80, 2, 0, 0), ITS_AXI_OKAY);
    EXPECT_TRUE(accesses.empty());
    EXPECT_TRUE(events.empty());
}

TEST_F(Slv, RefusesBurstsThatAxiDoesNotAllow)
{
    struct {
        unsigned bus;
        its_axi_address a;
    } cases[] = {{4, addr(0x80, 3)},
                 {8, addr(0x80, 4)},
                 {8, addr(0x80, 7)},
                 {8, addr(0x80, 200)},
                 {8, addr(0x80, 2, 1, 3)},
                 {8, addr(0x80, 2, 3, ITS_AXI_WRAP)},
                 {8, addr(0x82, 2, 4, ITS_AXI_WRAP)},
                 {8, addr(0x80, 2, 17, ITS_AXI_FIXED)},
                 {8, addr(0xff8, 2, 3)}};
    for (uint32_t error : {0u, 1u})
        for (auto &c : cases) {
            make("flat", c.bus);
            profile.bad_access = error;
            accesses.clear();
            events.clear();
            r.clear();
            b.clear();
            ar.push_back(c.a);
            aw.push_back(c.a);
            for (unsigned i = 0; i <= c.a.len; i++)
                wd.push_back({0, 0xff, i == c.a.len});
            run();
            uint8_t resp = error ? ITS_AXI_SLVERR : ITS_AXI_OKAY;
            ASSERT_EQ(r.size(), c.a.len + 1u);
            for (unsigned i = 0; i <= c.a.len; i++) {
                EXPECT_EQ(r[i].resp, resp);
                EXPECT_EQ(r[i].data, 0u);
                EXPECT_EQ(r[i].last, i == c.a.len);
            }
            ASSERT_EQ(b.size(), 1u);
            EXPECT_EQ(b[0].resp, resp);
            EXPECT_TRUE(accesses.empty());
            EXPECT_EQ(count(ITS_EV_REG_BAD), 2u * (c.a.len + 1u));
        }
}

// --- bursts --------------------------------------------------------------------------------------

std::vector<uint32_t> offsets(const std::vector<its_access> &v)
{
    std::vector<uint32_t> o;
    for (const its_access &a : v)
        o.push_back(a.offset);
    return o;
}
using O = std::vector<uint32_t>;

TEST_F(Slv, StepsThroughIncrFixedAndWrapBursts)
{
    ar.push_back(addr(0x108, 2, 4));
    run();
    EXPECT_EQ(offsets(accesses), (O{0x108, 0x10c, 0x110, 0x114}));
    accesses.clear();
    ar.push_back(addr(0x108, 2, 3, ITS_AXI_FIXED));
    run();
    EXPECT_EQ(offsets(accesses), (O{0x108, 0x108, 0x108}));
    accesses.clear();
    ar.push_back(addr(0x108, 2, 4, ITS_AXI_WRAP));
    run();
    EXPECT_EQ(offsets(accesses), (O{0x108, 0x10c, 0x100, 0x104}));
    accesses.clear();
    ar.push_back(addr(0x104, 3, 2)); // unaligned: only the first beat is short
    run();
    EXPECT_EQ(offsets(accesses), (O{0x104, 0x108}));
    EXPECT_EQ(accesses[0].bytes, 4);
    EXPECT_EQ(accesses[1].bytes, 8);
    accesses.clear();
    ar.push_back(addr(0, 0, 256)); // the longest there is
    run(1000);
    ASSERT_EQ(accesses.size(), 256u);
    EXPECT_EQ(accesses.back().offset, 255u);
}

TEST_F(Slv, MakesTwo32BitAccessesOf64BitsOnA4ByteBus)
{
    make("gic500", 4);
    aw.push_back(addr(0x80, 2, 2));
    wd.push_back({0x11111111, 0xf, false});
    wd.push_back({0x22222222, 0xf, true});
    run();
    ASSERT_EQ(accesses.size(), 2u);
    EXPECT_EQ(offsets(accesses), (O{0x80, 0x84}));
    EXPECT_EQ(accesses[0].data, 0x11111111u);
    EXPECT_EQ(accesses[1].data, 0x22222222u);
    EXPECT_EQ(accesses[1].bytes, 4);
    ar.push_back(addr(0x80, 2, 2));
    run();
    ASSERT_EQ(r.size(), 2u);
    EXPECT_EQ(r[0].data, 0x11111111u);
    EXPECT_FALSE(r[0].last);
    EXPECT_EQ(r[1].data, 0x22222222u);
    EXPECT_TRUE(r[1].last);
    EXPECT_EQ(b.size(), 1u);
}

TEST_F(Slv, AnswersABurstWithOneBThatRemembersAFault)
{
    faults[uint64_t(ITS_FRAME_GITS) << 32 | 0x84] = true;
    aw.push_back(addr(0x80, 2, 4));
    for (unsigned i = 0; i < 4; i++)
        wd.push_back({0, static_cast<uint8_t>(i & 1 ? 0xf0 : 0x0f), i == 3});
    ar.push_back(addr(0x80, 2, 3));
    run();
    ASSERT_EQ(b.size(), 1u);
    EXPECT_EQ(b[0].resp, ITS_AXI_SLVERR);
    ASSERT_EQ(r.size(), 3u);
    EXPECT_EQ(r[0].resp, ITS_AXI_OKAY);
    EXPECT_EQ(r[1].resp, ITS_AXI_SLVERR);
    EXPECT_EQ(r[2].resp, ITS_AXI_OKAY);
}

// --- flow ----------------------------------------------------------------------------------------

TEST_F(Slv, TakesAddressAndDataInAnyOrder)
{
    for (int order = 0; order < 2; order++) {
        if (order)
            aw.push_back(addr(0x80, 2, 2));
        else
            for (unsigned i = 0; i < 2; i++)
                wd.push_back({i, static_cast<uint8_t>(i ? 0xf0 : 0x0f), i == 1});
        for (int i = 0; i < 10; i++)
            clock();
        EXPECT_TRUE(accesses.empty());
        EXPECT_FALSE(w.idle);
        if (!order)
            aw.push_back(addr(0x80, 2, 2));
        else
            for (unsigned i = 0; i < 2; i++)
                wd.push_back({i, static_cast<uint8_t>(i ? 0xf0 : 0x0f), i == 1});
        run();
        EXPECT_EQ(accesses.size(), 2u);
        accesses.clear();
    }
}

TEST_F(Slv, AcceptsSomeDataAheadOfItsAddressAndThenNoMore)
{
    for (unsigned i = 0; i < 20; i++)
        wd.push_back({i, 0xf, true});
    for (int i = 0; i < 50; i++)
        clock();
    EXPECT_EQ(wd.size(), 20u - ITS_SLV_BEATS);
    for (unsigned i = 0; i < 20; i++)
        aw.push_back(addr(0x80, 2, 1, ITS_AXI_INCR, static_cast<uint16_t>(i)));
    run(300);
    ASSERT_EQ(b.size(), 20u);
    for (unsigned i = 0; i < 20; i++) {
        EXPECT_EQ(b[i].id, i);
        EXPECT_EQ(accesses[i].data, i);
    }
}

TEST_F(Slv, AcceptsAsManyTransactionsAsTheProfileSays)
{
    owner_ready = false;
    take_r = take_b = false;
    for (uint32_t limit : {1u, 3u, 8u}) {
        make("flat", 8);
        owner_ready = false;
        take_r = take_b = false;
        profile.slave_reads = profile.slave_writes = limit;
        ar.clear(), aw.clear(), wd.clear(), r.clear(), b.clear();
        for (unsigned i = 0; i < 10; i++) {
            ar.push_back(addr(0x80, 2));
            aw.push_back(addr(0x80, 2));
            wd.push_back({0, 0xf, true});
        }
        drive();
        for (int i = 0; i < 50; i++)
            clock();
        EXPECT_EQ(ar.size(), 10 - limit);
        EXPECT_EQ(aw.size(), 10 - limit);
        // Done inside, but not answered: they still count.
        owner_ready = true;
        for (int i = 0; i < 50; i++)
            clock();
        EXPECT_EQ(ar.size(), 10 - limit);
        EXPECT_EQ(aw.size(), 10 - limit);
        take_r = take_b = true;
        run(400);
        EXPECT_EQ(r.size(), 10u);
        EXPECT_EQ(b.size(), 10u);
    }
}

TEST_F(Slv, MakesAnAccessEveryTwoCycles)
{
    profile.slave_reads = profile.slave_writes = 8;
    for (bool wr : {false, true}) {
        accesses.clear();
        for (unsigned i = 0; i < 60; i++)
            if (wr) {
                aw.push_back(addr(0x80, 2));
                wd.push_back({0, 0xf, true});
            } else {
                ar.push_back(addr(0x80, 2));
            }
        drive();
        for (int i = 0; i < 50; i++)
            clock();
        EXPECT_GE(accesses.size(), 23u) << wr;
        run(200);
    }
}

TEST_F(Slv, LetsReadsAndWritesTakeTurns)
{
    for (unsigned i = 0; i < 20; i++) {
        ar.push_back(addr(0x80, 2));
        aw.push_back(addr(0x88, 2));
        wd.push_back({0, 0xf, true});
    }
    run(400);
    ASSERT_EQ(accesses.size(), 40u);
    for (size_t i = 3; i < 30; i++)
        EXPECT_NE(accesses[i].write, accesses[i - 1].write) << i;
}

TEST_F(Slv, KeepsReadsGoingWhileAnMsiHasNoRoom)
{
    w.msi_room = false;
    aw.push_back(addr(0x10040, 2));
    wd.push_back({1, 0xf, true});
    aw.push_back(addr(0x80, 2)); // behind it in order
    wd.push_back({2, 0xf, true});
    for (unsigned i = 0; i < 5; i++)
        ar.push_back(addr(0x90, 2));
    ar.push_back(addr(0x10040, 2)); // reading there needs no room
    for (int i = 0; i < 60; i++)
        clock();
    EXPECT_EQ(r.size(), 6u);
    EXPECT_TRUE(b.empty());
    for (const its_access &a : accesses)
        EXPECT_FALSE(a.write);
    w.msi_room = true;
    run();
    ASSERT_EQ(b.size(), 2u);
    EXPECT_EQ(accesses[6].data, 1u);
    EXPECT_EQ(accesses[7].data, 2u);
}

TEST_F(Slv, DoesNotLetAReaderWhoTakesNothingHoldUpWrites)
{
    take_r = false;
    for (unsigned i = 0; i < 3; i++)
        ar.push_back(addr(0x90, 2, 4));
    for (unsigned i = 0; i < 10; i++) {
        aw.push_back(addr(0x88, 2));
        wd.push_back({0, 0xf, true});
    }
    for (int i = 0; i < 200; i++)
        clock();
    EXPECT_EQ(b.size(), 10u);
    take_r = true;
    run();
    EXPECT_EQ(r.size(), 12u);
}

// Random bursts with random delays on every side, against byte-wise references; the two directions
// use different places, since AXI does not order them.
TEST_F(Slv, CarriesOutRandomTrafficInOrder)
{
    for (unsigned bus : {4u, 8u}) {
        make("flat", bus);
        accesses.clear(), r.clear(), b.clear(), bytes.clear(), events.clear();
        std::mt19937 rng(bus);
        auto below = [&](unsigned n) { return static_cast<unsigned>(rng() % n); };
        struct Beat {
            uint64_t addr;
            unsigned size;
            uint16_t id;
            bool last;
        };
        std::vector<Beat> reads;
        std::vector<uint16_t> write_ids;
        std::map<uint64_t, uint8_t> expected;
        for (uint64_t i = 0; i < 0x100; i++)
            bytes[i] = static_cast<uint8_t>(i * 37);
        unsigned bursts = 0;
        for (int cycle = 0; cycle < 40000; cycle++) {
            if (ar.size() < 2 && below(3) == 0 && bursts < 3000) {
                unsigned size = below(bus == 8 ? 4 : 3), beats = 1 + below(4);
                uint16_t id = static_cast<uint16_t>(below(16));
                uint64_t a = below(0x80) >> size << size;
                ar.push_back(addr(a, size, beats, ITS_AXI_INCR, id));
                for (unsigned i = 0; i < beats; i++)
                    reads.push_back({a + (uint64_t(i) << size), size, id, i + 1 == beats});
                bursts++;
            }
            if (aw.size() < 2 && below(3) == 0 && bursts < 3000) {
                unsigned size = below(bus == 8 ? 4 : 3), beats = 1 + below(4);
                uint16_t id = static_cast<uint16_t>(below(16));
                uint64_t a = 0x400 + (below(0x80) >> size << size);
                aw.push_back(addr(a, size, beats, ITS_AXI_INCR, id));
                write_ids.push_back(id);
                for (unsigned i = 0; i < beats; i++) {
                    uint64_t at = a + (uint64_t(i) << size), data = uint64_t(rng()) << 32 | rng();
                    unsigned lane = static_cast<unsigned>(at) & (bus - 1);
                    // all of the beat, or an aligned half of it, or nothing
                    unsigned n = 1u << size, part = below(4), from = 0;
                    if (part == 0)
                        n = 0;
                    else if (part == 1 && n > 1)
                        n /= 2, from = below(2) * n;
                    unsigned strb = ((1u << n) - 1) << (lane + from);
                    wd.push_back({data, static_cast<uint8_t>(strb), i + 1 == beats});
                    for (unsigned k = 0; k < n; k++)
                        expected[at + from + k] =
                            static_cast<uint8_t>(data >> 8 * (lane + from + k));
                }
                bursts++;
            }
            take_r = below(3) != 0;
            take_b = below(3) != 0;
            owner_ready = below(4) != 0;
            answer_delay = static_cast<int>(below(4));
            clock();
        }
        take_r = take_b = owner_ready = true;
        run(500);
        ASSERT_EQ(r.size(), reads.size());
        for (size_t i = 0; i < r.size(); i++) {
            ASSERT_EQ(r[i].id, reads[i].id);
            ASSERT_EQ(r[i].last, reads[i].last);
            for (unsigned k = 0; k < (1u << reads[i].size); k++)
                ASSERT_EQ(r[i].data >> 8 * ((reads[i].addr + k) & (bus - 1)) & 0xff,
                          (reads[i].addr + k) * 37 & 0xff);
        }
        ASSERT_EQ(b.size(), write_ids.size());
        for (size_t i = 0; i < b.size(); i++)
            ASSERT_EQ(b[i].id, write_ids[i]);
        for (auto [at, value] : expected)
            ASSERT_EQ(bytes[at], value) << at;
        EXPECT_EQ(bursts, 3000u);
        EXPECT_TRUE(events.empty());
    }
}

// --- reset and sleep -----------------------------------------------------------------------------

TEST_F(Slv, IsSilentInResetAndForgetsAtAnyEdge)
{
    for (int edges = 0; edges < 30; edges++) {
        make("flat", 8);
        answer_in = -1;
        ar.clear(), aw.clear(), wd.clear(), r.clear(), b.clear();
        for (unsigned i = 0; i < 3; i++) {
            ar.push_back(addr(0x80, 2, 2));
            aw.push_back(addr(0x80, 2, 2));
            wd.push_back({0, 0x0f, false});
            wd.push_back({0, 0xf0, true});
        }
        drive();
        for (int i = 0; i < edges; i++)
            clock();
        its_slv_reset(&u);
        its_slv zero{};
        zero.in_reset = true;
        ASSERT_EQ(std::memcmp(&zero, &u, sizeof u), 0);
        was_reset = true;
        answer_in = -1;
        ar.clear(), aw.clear(), wd.clear(), r.clear(), b.clear(), accesses.clear();
        for (int i = 0; i < 3; i++) {
            drive();
            EXPECT_FALSE(port.ar.ready || port.aw.ready || port.w.ready);
            EXPECT_FALSE(port.r.valid || port.b.valid || w.access.valid);
            its_slv_reset(&u);
        }
        drive();
        EXPECT_EQ(its_slv_wake(&u), 0u);
        clock();
        EXPECT_TRUE(port.ar.ready && port.aw.ready && port.w.ready);
        write(0x90, 2, 1, 0xf);
        EXPECT_EQ(accesses.size(), 1u);
    }
}

TEST_F(Slv, SleepsWhileItWaitsAndThenNothingChanges)
{
    clock();
    auto sleeps = [&] {
        ASSERT_EQ(its_slv_wake(&u), UINT64_MAX);
        its_slv before = u;
        for (int i = 0; i < 10; i++)
            clock();
        EXPECT_EQ(std::memcmp(&before, &u, sizeof u), 0);
    };
    sleeps();
    aw.push_back(addr(0x80, 2));
    drive();
    clock();
    sleeps(); // no data yet
    wd.push_back({0, 0xf, true});
    answer_delay = 30;
    drive();
    clock();
    EXPECT_EQ(its_slv_wake(&u), 0u);
    clock();
    sleeps(); // no answer yet
    run();
    sleeps();
}

TEST_F(Slv, KeepsNoByteOfPaddingFromThePins)
{
    its_slv states[2];
    for (int i = 0; i < 2; i++) {
        make("flat", 8);
        answer_in = -1;
        std::memset(static_cast<void *>(&port), i ? 0xff : 0, sizeof port);
        its_axi_address a = addr(0x80, 2);
        auto put = [&](auto &ch) {
            ch.d.addr = a.addr, ch.d.device = 0, ch.d.id = 1, ch.d.len = 0, ch.d.size = 2;
            ch.d.burst = 1, ch.d.prot = 0, ch.d.cache = 0, ch.d.has_device = false;
            ch.valid = ch.ready = true;
        };
        put(port.ar);
        put(port.aw);
        port.w.d.data = 5, port.w.d.strb = 0xf, port.w.d.last = true;
        port.w.valid = port.w.ready = true;
        port.r.valid = port.b.valid = false;
        its_slv_clock(&u, &w, &port);
        states[i] = u;
    }
    EXPECT_EQ(std::memcmp(&states[0], &states[1], sizeof u), 0);
}

} // namespace
