// SPDX-License-Identifier: MIT
// The slave port alone: bursts, order, limits, random traffic, reset and sleep.
#include <random>

#include "slv_bench.h"

namespace {

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
    ar.push_back(addr(0x103, 0, 4, ITS_AXI_WRAP)); // bytes, from an odd one
    run();
    EXPECT_EQ(offsets(accesses), (O{0x103, 0x100, 0x101, 0x102}));
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
    EXPECT_EQ(wd.size(), 4u) << "16 are taken";
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

// AXI orders writes of one ID only; their data comes in the order of their addresses all the same.
TEST_F(Slv, LetsWritesOfOtherIdsPassAnMsiThatHasNoRoom)
{
    profile.slave_writes = 8;
    w.msi_room = false;
    auto queue = [&](uint64_t address, uint16_t id, unsigned beats, uint64_t data) {
        aw.push_back(addr(address, 2, beats, ITS_AXI_FIXED, id));
        for (unsigned i = 0; i < beats; i++)
            wd.push_back({data + i, 0xf, i + 1 == beats});
    };
    queue(0x10040, 1, 3, 10);
    queue(0x80, 1, 1, 20); // ID 1 stays in order
    queue(0x80, 2, 2, 30);
    queue(0x10040, 3, 1, 40);
    queue(0x80, 2, 1, 50);
    queue(0x80, 3, 1, 60);
    for (int i = 0; i < 100; i++)
        clock();
    auto written = [&] {
        std::vector<uint64_t> v;
        for (const its_access &a : accesses)
            v.push_back(a.data);
        return v;
    };
    EXPECT_EQ(written(), (std::vector<uint64_t>{30, 31, 50}));
    ASSERT_EQ(b.size(), 2u);
    EXPECT_EQ(b[0].id, 2);
    EXPECT_EQ(b[1].id, 2);
    w.msi_room = true;
    run();
    EXPECT_EQ(written(), (std::vector<uint64_t>{30, 31, 50, 10, 11, 12, 20, 40, 60}));
    ASSERT_EQ(b.size(), 6u);
    for (unsigned i = 2; i < 6; i++)
        EXPECT_EQ(b[i].id, i < 4 ? 1 : 3);
}

TEST_F(Slv, FindsTheDataOfAPassingWriteAlsoWhenItComesLate)
{
    w.msi_room = false;
    aw.push_back(addr(0x10040, 2, 2, ITS_AXI_FIXED, 1));
    aw.push_back(addr(0x80, 2, 1, ITS_AXI_FIXED, 2));
    wd.push_back({10, 0xf, false});
    for (int i = 0; i < 20; i++)
        clock();
    EXPECT_TRUE(accesses.empty()) << "that beat is the MSI's";
    wd.push_back({11, 0xf, true});
    wd.push_back({20, 0xf, true});
    drive();
    for (int i = 0; i < 20; i++)
        clock();
    ASSERT_EQ(accesses.size(), 1u);
    EXPECT_EQ(accesses[0].data, 20u);
    w.msi_room = true;
    run();
    EXPECT_EQ(accesses[1].data, 10u);
    EXPECT_EQ(accesses[2].data, 11u);
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
