// SPDX-License-Identifier: MIT
// The bus master under resetn: what the bus still owes, and random traffic with resets.
#include <algorithm>
#include <random>

#include "mst_bench.h"

namespace {

// --- reset ---------------------------------------------------------------------------------------

TEST_F(Mst, IsSilentWhileInResetAndForOneCycleAfter)
{
    reset_edge();
    ask(0, rd(0x100, 8, 2));
    EXPECT_FALSE(ch[0].ready);
    EXPECT_FALSE(port.r.ready || port.b.ready || port.ar.valid);
    reset_edge();
    EXPECT_EQ(its_mst_wake(&u), 0u);
    clock();
    EXPECT_TRUE(ch[0].ready && port.r.ready && port.b.ready);
}

TEST_F(Mst, CountsAReadAcceptedAtTheResetEdgeAndDropsItsAnswer)
{
    ask(0, rd(0x100, 64, 2));
    clock();
    ch[0].valid = false;
    ready(true, true, true);
    reset_edge();
    reset_edge();
    EXPECT_EQ(its_mst_reads_owed(&u), 1u);
    EXPECT_EQ(w.reads_owed, 1u << 2);
    clock();
    // A read on another ID may start, one on this ID waits.
    ask(0, rd(0x200, 8, 3));
    ask(1, rd(0x300, 8, 2));
    clock();
    ch[0].valid = ch[1].valid = false;
    for (int i = 0; i < 5; i++)
        clock();
    ASSERT_EQ(reads.size(), 2u);
    EXPECT_EQ(reads[1].a.addr, 0x200u);
    for (int i = 0; i < 8; i++) {
        offer_r(reads[0]);
        clock();
        EXPECT_EQ(count(ITS_EV_MEM_LATE), i == 7);
    }
    for (int i = 0; i < 4; i++)
        clock();
    EXPECT_TRUE(answers.empty());
    ASSERT_EQ(reads.size(), 2u);
    EXPECT_EQ(reads[1].a.addr, 0x300u);
    offer_r(reads[1]);
    clock();
    clock();
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0].data[0], value(*this, 0x300, 8));
}

TEST_F(Mst, OwesNothingForAnAnswerThatCompletedAtTheResetEdge)
{
    ready(true, true, true);
    ask(0, rd(0x100, 8, 2));
    ask(1, wr(0x108, 8, 2, 1));
    clock();
    ch[0].valid = ch[1].valid = false;
    clock();
    offer_r(reads.front());
    offer_b(writes.front());
    reset_edge();
    EXPECT_EQ(its_mst_reads_owed(&u), 0u);
    EXPECT_EQ(its_mst_writes_owed(&u), 0u);
    clock();
    clock();
    EXPECT_TRUE(answers.empty());
}

TEST_F(Mst, WithdrawsWhatTheBusHasNotTaken)
{
    ask(0, rd(0x100, 8, 2));
    ask(1, wr(0x108, 8, 2, 1));
    clock();
    ASSERT_TRUE(port.ar.valid && port.aw.valid && port.w.valid);
    reset_edge();
    for (int i = 0; i < 5; i++) {
        ready(true, true, true);
        clock();
        EXPECT_FALSE(port.ar.valid || port.aw.valid || port.w.valid);
    }
    EXPECT_EQ(w.reads_owed | w.writes_owed, 0);
    EXPECT_EQ(bytes_written, 0u);
}

TEST_F(Mst, CompletesAHalfWriteWithoutStrobesWhenOnlyTheAddressWasTaken)
{
    for (bool at_reset_edge : {false, true}) {
        ask(0, wr(0x100, 8, 3, 0x55));
        clock();
        ch[0].valid = false;
        ready(false, true, false);
        if (!at_reset_edge)
            clock();
        reset_edge();
        EXPECT_EQ(its_mst_writes_owed(&u), 1u);
        reset_edge();
        ready(false, false, false);
        clock();
        ASSERT_TRUE(port.w.valid);
        EXPECT_FALSE(port.aw.valid);
        EXPECT_EQ(port.w.d.strb, 0);
        clock();
        ready(true, true, true);
        clock();
        ASSERT_EQ(writes.size(), 1u);
        offer_b(writes.front());
        clock();
        EXPECT_EQ(its_mst_writes_owed(&u), 0u);
    }
    EXPECT_EQ(bytes_written, 0u);
    EXPECT_TRUE(answers.empty());
    EXPECT_EQ(count(ITS_EV_MEM_LATE), 2u);
}

TEST_F(Mst, CompletesAHalfWriteWithItsAddressWhenOnlyTheDataWasTaken)
{
    ask(0, wr(0x100, 4, 3, 0x55));
    clock();
    ch[0].valid = false;
    ready(false, false, true);
    reset_edge();
    ready(false, false, false);
    reset_edge();
    clock();
    ASSERT_TRUE(port.aw.valid);
    EXPECT_FALSE(port.w.valid);
    EXPECT_EQ(port.aw.d.addr, 0x100u);
    reset_edge(); // a second reset before the bus took it
    clock();
    ASSERT_TRUE(port.aw.valid);
    ready(false, true, false);
    clock();
    EXPECT_EQ(bytes_written, 4u); // the bus had the data before resetn
    offer_b(writes.front());
    clock();
    clock();
    EXPECT_EQ(w.writes_owed, 0u);
    EXPECT_TRUE(answers.empty());
}

TEST_F(Mst, StartsNothingWhileALateWriteAnswerIsOwed)
{
    ready(true, true, true);
    ask(0, wr(0x100, 8, 3, 1));
    clock();
    ch[0].valid = false;
    clock();
    reset_edge();
    clock();
    ask(0, rd(0x200, 8, 4));
    ask(1, wr(0x300, 8, 1, 2));
    for (int i = 0; i < 10; i++) {
        clock();
        ch[0].valid = ch[1].valid = false;
        ASSERT_FALSE(port.ar.valid || port.aw.valid || port.w.valid);
    }
    EXPECT_EQ(its_mst_wake(&u), UINT64_MAX);
    offer_b(writes.front());
    clock();
    EXPECT_TRUE(port.ar.valid || its_mst_wake(&u) == 0);
    clock();
    clock();
    EXPECT_EQ(reads.size(), 1u);
    EXPECT_EQ(writes.size(), 1u);
}

TEST_F(Mst, IsAwakeForAnEdgeAfterALateAnswerForOthersToSeeTheIdFree)
{
    ready(true, true, true);
    ask(0, rd(0x100, 8, 7));
    clock();
    ch[0].valid = false;
    clock();
    reset_edge();
    clock();
    EXPECT_EQ(its_mst_wake(&u), UINT64_MAX);
    offer_r(reads.front());
    clock();
    EXPECT_EQ(w.reads_owed, 0);
    EXPECT_EQ(its_mst_wake(&u), 0u);
    clock();
    EXPECT_EQ(its_mst_wake(&u), UINT64_MAX);
}

// Everything at random, with resets: no answer is lost or doubled, data is right, the bus rules
// hold.
TEST_F(Mst, SurvivesRandomTrafficAndResets)
{
    std::mt19937 rng(7);
    auto below = [&](unsigned n) { return static_cast<unsigned>(rng() % n); };
    auto chance = [&](unsigned percent) { return below(100) < percent; };
    std::map<unsigned, its_mem_request> pending; // id | write << 8
    auto key_of = [](unsigned id, bool write) { return id | (write ? 0x100u : 0u); };
    unsigned answered = 0, resets = 0;

    for (unsigned cycle = 0; cycle < 60000; cycle++) {
        unsigned mood = cycle / 1000 % 4;
        unsigned p = mood == 0 ? 100 : mood == 1 ? 50 : mood == 2 ? 10 : 80;
        // clients 0..2 own IDs 0..4, 5..9, 10..14
        for (unsigned c = 0; c < 3; c++) {
            if (ch[c].valid || !chance(60))
                continue;
            unsigned id = c * 5 + below(5);
            bool write = chance(40);
            uint16_t owed = write ? w.writes_owed : w.reads_owed;
            if (pending.count(key_of(id, write)) || (owed >> id & 1))
                continue;
            static const uint8_t sizes[] = {1, 2, 4, 8, 32, 64};
            uint8_t bytes = sizes[below(write ? 4 : 6)];
            // Reads go where nothing is ever written, writes of each ID to a place of its own.
            uint64_t addr = 0x10000u * id + (write ? 0x800000u : 0u) + below(256) / bytes * bytes;
            ask(c, write ? wr(addr, bytes, static_cast<uint8_t>(id), rng())
                         : rd(addr, bytes, static_cast<uint8_t>(id)));
        }
        ready(chance(p), chance(p), chance(p));
        if (!port.r.valid && !reads.empty() && chance(p)) {
            // beats of different IDs interleave
            offer_r(reads[below(static_cast<unsigned>(reads.size()))]);
        }
        if (!port.b.valid && !writes.empty() && chance(p))
            offer_b(writes[below(static_cast<unsigned>(writes.size()))]);

        if (chance(1) && chance(20)) {
            resets++;
            for (unsigned n = below(3) + 1; n; n--)
                reset_edge();
            pending.clear();
            answers.clear();
            continue;
        }
        for (unsigned c = 0; c < 3; c++)
            if (its_fire(&ch[c]))
                pending[key_of(ch[c].d.id, ch[c].d.write)] = ch[c].d;
        bool fired[3] = {its_fire(&ch[0]), its_fire(&ch[1]), its_fire(&ch[2])};
        clock();
        for (const Read &read : reads)
            ASSERT_TRUE(w.reads_owed >> read.a.id & 1);
        for (const its_axi_b &resp : writes)
            ASSERT_TRUE(w.writes_owed >> resp.id & 1);
        for (unsigned c = 0; c < 3; c++)
            if (fired[c])
                ch[c].valid = false;
        for (const its_mem_response &r : answers) {
            ASSERT_EQ(pending.count(key_of(r.id, r.write)), 1u) << "answer nobody waits for";
            its_mem_request rq = pending[key_of(r.id, r.write)];
            pending.erase(key_of(r.id, r.write));
            answered++;
            EXPECT_FALSE(r.fault);
            unsigned part = std::min<unsigned>(rq.bytes, 8);
            uint64_t mask = part == 8 ? ~UINT64_C(0) : (UINT64_C(1) << 8 * part) - 1;
            uint64_t landed = value(*this, rq.addr, part);
            EXPECT_TRUE(!r.write || landed == (rq.data & mask));
            for (unsigned i = 0; !r.write && i < rq.bytes; i += part)
                ASSERT_EQ(r.data[i / 8], value(*this, rq.addr + i, part));
        }
        answers.clear();
    }
    // Let everything end: nothing asked for stays unanswered.
    for (int i = 0; i < 300; i++) {
        ready(true, true, true);
        if (!port.r.valid && !reads.empty())
            offer_r(reads.front());
        if (!port.b.valid && !writes.empty())
            offer_b(writes.front());
        for (its_mem_ch &c : ch)
            if (its_fire(&c))
                pending[key_of(c.d.id, c.d.write)] = c.d;
        bool fired[3] = {its_fire(&ch[0]), its_fire(&ch[1]), its_fire(&ch[2])};
        clock();
        for (unsigned c = 0; c < 3; c++)
            if (fired[c])
                ch[c].valid = false;
        for (const its_mem_response &r : answers)
            pending.erase(key_of(r.id, r.write));
        answers.clear();
    }
    EXPECT_TRUE(pending.empty());
    EXPECT_TRUE(w.idle);
    EXPECT_EQ(w.reads_owed | w.writes_owed, 0);
    EXPECT_GT(answered, 10000u);
    EXPECT_GT(resets, 50u);
}

} // namespace
