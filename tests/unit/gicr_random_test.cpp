// SPDX-License-Identifier: MIT
// gicr_random_test.cpp - random message streams against a std::set, and the laws of a clocked unit.
#include <algorithm>
#include <set>

#include "gicr_bench.h"

using namespace bench;

namespace {

constexpr uint32_t LIMIT = 65536;

its_profile profile_of(unsigned entries, unsigned seed)
{
    its_profile p = profile(entries);
    p.security = seed % 2;
    p.direct_inv = seed / 2 % 2;
    return p;
}

// {lpi_entries, fast face, seed}
class Stream : public ::testing::TestWithParam<std::tuple<unsigned, bool, unsigned>> {
protected:
    unsigned seed = std::get<2>(GetParam());
    Bench b{profile_of(std::get<0>(GetParam()), seed), std::get<1>(GetParam())};
    std::mt19937 rng{seed};
    std::set<uint32_t> pending;  // what must be pending
    std::vector<uint32_t> pool;  // INTIDs in use
    std::vector<its_rdmsg> sent; // messages whose last acknowledgement is to come
    std::set<uint32_t> handed;   // HAND_OVER under way: what it must name

    uint32_t pick(uint32_t n) { return uint32_t(rng() % n); }
    uint32_t any() { return pool[pick(uint32_t(pool.size()))]; }

    void SetUp() override
    {
        b.rng.seed(seed);
        b.latency = pick(12);
        b.stall_percent = pick(3) * 30;
        // dense groups, strays, and the ends of the range
        uint32_t base = 8192 + pick(50000);
        for (uint32_t i = 0; i < 40; i++)
            pool.push_back(base + i);
        for (uint32_t i = 0; i < 60; i++)
            pool.push_back(8192 + pick(LIMIT - 8192));
        for (uint32_t i : {8192u, 8193u, LIMIT - 1, LIMIT - 2})
            pool.push_back(i);
        for (uint32_t i : pool)
            configure(i);
        b.enable();
    }

    void configure(uint32_t intid)
    {
        b.mem.config(intid) = uint8_t((rng() & 0xfeu) | (rng() % 5 != 0));
    }

    uint32_t best()
    {
        uint64_t best = UINT64_MAX;
        for (uint32_t i : pending)
            if (b.mem.config(i) & 1)
                best = std::min(best, uint64_t(b.mem.config(i) & 0xfc) << 32 | i);
        return best == UINT64_MAX ? unsigned(GICR_NONE) : uint32_t(best);
    }

    void send(its_rd_kind kind, uint32_t intid)
    {
        its_rdmsg m{};
        m.kind = uint8_t(kind);
        m.intid = intid;
        m.ref = pick(1000);
        sent.push_back(m);
        b.send(kind, intid, m.ref);
    }

    // One random message; `pending` changes as it must.
    void step()
    {
        uint32_t intid = any();
        uint32_t n = pick(100);
        if (n < 50) {
            send(RD_SET, intid);
            pending.insert(intid);
        } else if (n < 60) {
            send(RD_CLEAR, intid);
            pending.erase(intid);
        } else if (n < 65) {
            send(RD_DISCARD, intid);
            pending.erase(intid);
        } else if (n < 80) {
            configure(intid);
            send(RD_INV, intid);
        } else if (n < 84) {
            for (int i = 0; i < 10; i++)
                configure(any());
            send(RD_INVALL, 0);
        } else if (n < 90) {
            send(RD_SYNC, 0);
        } else if (n < 98) {
            settle();
            bool was = pending.erase(intid) != 0;
            ASSERT_EQ(was, b.ask(RD_TAKE, intid).pending);
            b.acks.clear();
        } else {
            hand_over();
        }
    }

    // Everything done; acknowledgements came in order, one a message.
    void settle()
    {
        b.run();
        ASSERT_EQ(sent.size(), b.acks.size());
        for (size_t i = 0; i < sent.size(); i++) {
            ASSERT_EQ(sent[i].kind, b.acks[i].kind);
            ASSERT_EQ(sent[i].intid, b.acks[i].intid);
            ASSERT_EQ(sent[i].ref, b.acks[i].ref);
            ASSERT_EQ(RD_DONE, b.acks[i].outcome);
            ASSERT_FALSE(b.acks[i].more);
        }
        sent.clear();
        b.acks.clear();
    }

    void hand_over()
    {
        settle();
        b.ask(RD_HAND_OVER);
        std::set<uint32_t> got;
        for (const its_rdack &ack : b.acks) {
            if (ack.more) {
                ASSERT_TRUE(got.insert(ack.intid).second);
            }
        }
        ASSERT_EQ(pending, got);
        pending.clear();
        b.acks.clear();
    }

    void check_pending()
    {
        settle();
        for (uint32_t i : pool)
            ASSERT_EQ(pending.count(i) != 0, b.pending(i)) << i;
    }

    void acknowledge(uint32_t times)
    {
        settle();
        while (times-- > 0) {
            uint32_t want = best();
            ASSERT_EQ(want, b.acknowledge());
            pending.erase(want);
        }
    }

    void restart()
    {
        settle();
        b.disable();
        for (uint32_t i : pool)
            ASSERT_EQ(pending.count(i) != 0, b.mem.table_bit(i)) << i;
        for (int n = 0; n < 10; n++)
            configure(any());
        b.write(0x0, 4, 1);
        b.run();
    }

    void nap()
    {
        settle();
        b.levels(true, false, true);
        b.run();
        for (uint32_t i : pool)
            ASSERT_EQ(pending.count(i) != 0, b.mem.table_bit(i)) << i;
        for (int n = 0; n < 10; n++)
            configure(any());
        b.levels(false, false, true);
        b.run();
    }
};

INSTANTIATE_TEST_SUITE_P(Lines, Stream,
                         ::testing::Combine(::testing::Values(0u, 1u, 2u, 8u, 64u, 512u),
                                            ::testing::Bool(), ::testing::Range(1u, 9u)));

TEST_P(Stream, MatchesASetOfPendingLpis)
{
    for (int n = 0; n < 600 && !HasFatalFailure(); n++) {
        step();
        if (pick(8) == 0)
            acknowledge(1 + pick(6));
        if (pick(60) == 0)
            check_pending();
        if (pick(150) == 0)
            restart();
        if (pick(150) == 0)
            nap();
    }
    if (!HasFatalFailure())
        acknowledge(200);
}

// {lpi_entries, seed}
class Law : public ::testing::TestWithParam<std::tuple<unsigned, unsigned>> {
protected:
    unsigned seed = std::get<1>(GetParam());
    Bench b{profile_of(std::get<0>(GetParam()), seed), false};
    std::mt19937 rng{seed};

    void SetUp() override
    {
        b.rng.seed(seed);
        b.latency = unsigned(rng() % 8);
        b.stall_percent = 20;
        for (uint32_t i = 8192; i < 9300; i++)
            b.mem.config(i) = uint8_t(rng() | 1u);
        b.mem.set_table_bit(9201);
        b.mem.set_table_bit(9299);
        b.enable(15, false);
    }

    // A message that leaves configuration and pending state of [8192, 8992) alone.
    void noise()
    {
        const its_rd_kind kinds[] = {RD_INV, RD_INVALL, RD_SYNC, RD_CLEAR, RD_DISCARD, RD_SET};
        its_rd_kind kind = kinds[rng() % 6];
        uint32_t from = kind == RD_INV ? 8192u : 9000u;
        b.send(kind, from + uint32_t(rng() % 200));
    }
};

INSTANTIATE_TEST_SUITE_P(Lines, Law,
                         ::testing::Combine(::testing::Values(0u, 1u, 2u, 8u, 64u),
                                            ::testing::Range(1u, 5u)));

TEST_P(Law, EveryLpiIsDeliveredOnceWhateverHappensMeanwhile)
{
    std::vector<unsigned> delivered(1200, 0);
    uint32_t next = 8192;
    while (next < 8992 || !b.quiet()) {
        if (next < 8992 && rng() % 6 == 0)
            b.send(RD_SET, next++);
        if (rng() % 20 == 0)
            noise();
        b.tick();
        if (rng() % 12 == 0) {
            uint32_t intid = gicr_acknowledge(&b.u, &b.ctx);
            if (intid != GICR_NONE)
                delivered[intid - 8192]++;
        }
        if (next >= 8992 && b.to_send.size() > 4)
            b.run();
        ASSERT_LT(b.edges, 3000000u);
    }
    for (uint32_t i = b.acknowledge(); i != GICR_NONE; i = b.acknowledge())
        delivered[i - 8192]++;
    for (uint32_t i = 8192; i < 8992; i++)
        ASSERT_EQ(1u, delivered[i - 8192]) << i;
}

TEST_P(Law, ACopyOfTheStateGoesOnIdentically)
{
    for (int round = 0; round < 30; round++) {
        for (int n = 0; n < 10; n++)
            b.send(rng() % 3 ? RD_SET : RD_HAND_OVER, 8192 + uint32_t(rng() % 800));
        for (unsigned n = unsigned(rng() % 60); n > 0; n--)
            b.tick();
        Bench other(b);
        other.junk = 0xff;
        for (int n = 0; n < 5; n++) {
            b.send(RD_SET, 8300);
            other.send(RD_SET, 8300);
        }
        for (int n = 0; n < 60; n++) {
            b.tick();
            other.tick();
            ASSERT_EQ(0, std::memcmp(&b.u, &other.u, sizeof b.u));
        }
        ASSERT_EQ(b.events.size(), other.events.size());
        ASSERT_EQ(b.mem.ram, other.mem.ram);
    }
}

TEST_P(Law, ResetAtAnyEdgeForgetsEverythingAndWritesNothing)
{
    gicr fresh;
    gicr_reset(&fresh, &b.w);
    for (int round = 0; round < 40; round++) {
        for (int n = 0; n < 10; n++)
            b.send(RD_SET, 8192 + uint32_t(rng() % 800));
        for (unsigned n = unsigned(rng() % 60); n > 0; n--)
            b.tick();
        unsigned writes = b.mem.writes;
        gicr_reset(&b.u, &b.w);
        ASSERT_EQ(0, std::memcmp(&fresh, &b.u, sizeof fresh));
        b.owed = false;
        b.to_send.clear();
        b.last = gicr_wires{};
        b.last_msg = its_rdmsg_ch{};
        b.last_ack = its_rdack_ch{};
        b.levels(false, false, true);
        ASSERT_EQ(GICR_NONE, b.acknowledge());
        ASSERT_EQ(writes, b.mem.writes);
        b.enable();
        b.acks.clear();
    }
}

TEST_P(Law, DisableOrSleepAtAnyEdgeLosesNothingAcknowledged)
{
    for (int round = 0; round < 25; round++) {
        std::set<uint32_t> want;
        size_t first = b.acks.size();
        for (int n = 0; n < 40; n++)
            b.send(RD_SET, 8192 + uint32_t(rng() % 800));
        for (unsigned n = unsigned(rng() % 300); n > 0; n--)
            b.tick();
        bool sleep = rng() % 2;
        if (sleep)
            b.levels(true, false, true);
        else
            b.write(0x0, 4, 0);
        b.run();
        unsigned accesses = b.mem.reads + b.mem.writes;
        for (int n = 0; n < 20; n++)
            b.tick();
        ASSERT_EQ(accesses, b.mem.reads + b.mem.writes);
        for (size_t i = first; i < b.acks.size(); i++)
            if (b.acks[i].outcome == RD_DONE)
                want.insert(b.acks[i].intid);
        for (uint32_t i : want)
            ASSERT_TRUE(b.mem.table_bit(i)) << i;
        if (sleep)
            b.levels(false, false, true);
        else
            b.write(0x0, 4, 1);
        b.run();
        for (uint32_t i = 8192; i < 9300; i++) {
            if (b.pending(i)) {
                want.insert(i); // from the table the bench began with
            }
        }
        for (uint32_t last = 0; !want.empty();) {
            uint32_t got = b.acknowledge();
            uint32_t rank = (b.mem.config(got) & 0xfcu) << 16 | got;
            ASSERT_EQ(1u, want.erase(got));
            ASSERT_LT(last, rank);
            last = rank;
        }
        ASSERT_EQ(GICR_NONE, b.acknowledge());
    }
}

TEST_P(Law, AHitTakesOneEdgeAMessage)
{
    b.stall_percent = 0;
    b.ask(RD_SET, 8192);
    for (int n = 0; n < 100; n++)
        b.send(RD_SET, 8192);
    uint64_t start = b.edges;
    size_t first = b.acks.size();
    while (b.acks.size() < first + 100)
        b.tick();
    EXPECT_LE(b.edges - start, 104u);
}

TEST_P(Law, ABusThatNeverAnswersStopsOnlyWhatNeedsIt)
{
    b.ask(RD_SET, 8192);
    b.run();
    b.bus_dead = true;
    b.send(RD_SET, 60000);
    for (int n = 0; n < 200; n++)
        b.tick();
    EXPECT_EQ(UINT64_MAX, gicr_wake(&b.u));
    EXPECT_FALSE(gicr_idle(&b.u));
    EXPECT_NE(GICR_NONE, gicr_acknowledge(&b.u, &b.ctx)); // the CPU interface goes on
    b.bus_dead = false;
    b.run();
    EXPECT_TRUE(b.pending(60000));
}

} // namespace
