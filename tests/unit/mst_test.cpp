// SPDX-License-Identifier: MIT
// The bus master alone: bursts, lanes, answers, back-pressure.
#include "mst_bench.h"

namespace {

TEST_F(Mst, ReadsNarrowItemsFromTheirLanes)
{
    for (unsigned bytes : {1u, 2u, 4u, 8u})
        for (uint64_t addr = 0x1000; addr < 0x1010; addr += bytes) {
            its_mem_response r = run(rd(addr, static_cast<uint8_t>(bytes), 3));
            EXPECT_EQ(r.data[0], value(*this, addr, bytes)) << bytes << " at " << addr;
            EXPECT_EQ(r.id, 3);
            EXPECT_FALSE(r.write);
            EXPECT_FALSE(r.fault);
        }
}

TEST_F(Mst, WritesNarrowItemsToTheirLanesAndNothingElse)
{
    for (unsigned bytes : {1u, 2u, 4u, 8u})
        for (uint64_t addr = 0x2000; addr < 0x2010; addr += bytes) {
            uint64_t before = value(*this, addr - 8, 8), after = value(*this, addr + bytes, 8);
            its_mem_response r =
                run(wr(addr, static_cast<uint8_t>(bytes), 1, UINT64_C(0x1122334455667788)));
            EXPECT_TRUE(r.write);
            EXPECT_FALSE(r.fault);
            EXPECT_EQ(value(*this, addr, bytes),
                      UINT64_C(0x1122334455667788) &
                          (bytes == 8 ? ~UINT64_C(0) : (UINT64_C(1) << 8 * bytes) - 1));
            EXPECT_EQ(value(*this, addr - 8, 8), before);
            EXPECT_EQ(value(*this, addr + bytes, 8), after);
        }
}

TEST_F(Mst, ReadsBurstsOf32And64Bytes)
{
    for (unsigned bytes : {32u, 64u}) {
        its_mem_response r = run(rd(0x3000, static_cast<uint8_t>(bytes), 7));
        for (unsigned i = 0; i < bytes / 8; i++)
            EXPECT_EQ(r.data[i], value(*this, 0x3000 + 8 * i, 8));
    }
}

TEST_F(Mst, ReportsWhatItDoesWithClientAndReference)
{
    run(rd(0x40, 8, 2));
    run(wr(0x48, 4, 1, 77));
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events[0].kind, ITS_EV_MEM_READ);
    EXPECT_EQ(events[0].unit, ITS_UNIT_MST);
    EXPECT_EQ(events[0].a, 0x40u);
    EXPECT_EQ(events[0].b, 8u);
    EXPECT_EQ(events[0].c, ITS_ENTRY_DTE);
    EXPECT_EQ(events[0].ref, 102u);
    EXPECT_EQ(events[1].kind, ITS_EV_MEM_WRITE);
    EXPECT_EQ(events[1].a, 0x48u);
    EXPECT_EQ(events[1].b, 77u);
    EXPECT_EQ(events[1].ref, 101u);
}

TEST_F(Mst, MakesAnErrorOnAnyBeatAFault)
{
    for (unsigned beat = 0; beat < 8; beat++)
        for (uint8_t resp : {ITS_AXI_SLVERR, ITS_AXI_DECERR}) {
            fault_at.clear();
            fault_at[0x3000 + 8 * beat] = resp;
            EXPECT_TRUE(run(rd(0x3000, 64, 7)).fault) << beat;
        }
    EXPECT_EQ(count(ITS_EV_MEM_FAULT), 16u);
    EXPECT_EQ(events.back().a, 0x3000u);
    EXPECT_EQ(events.back().ref, 107u);
    fault_at.clear();
    EXPECT_FALSE(run(rd(0x3000, 64, 7)).fault);
    fault_at[0x50] = ITS_AXI_SLVERR;
    EXPECT_TRUE(run(wr(0x50, 8, 0, 1)).fault);
    fault_at[0x50] = ITS_AXI_EXOKAY;
    EXPECT_FALSE(run(wr(0x50, 8, 0, 1)).fault);
}

TEST_F(Mst, MakesABurstOfAnotherLengthAFault)
{
    for (unsigned beats : {1u, 3u, 5u, 9u, 300u}) {
        ask(0, rd(0x100, 32, 4));
        clock();
        ch[0].valid = false;
        ready(true, false, false);
        clock();
        reads.clear();
        size_t had = answers.size();
        for (unsigned i = 0; i < beats; i++) {
            port.r.valid = true;
            port.r.d = {i, 4, 0, i + 1 == beats};
            clock();
        }
        clock();
        ASSERT_EQ(answers.size(), had + 1) << beats;
        EXPECT_TRUE(answers.back().fault) << beats;
    }
}

TEST_F(Mst, OffersOneReadEveryCycleWhenTheBusTakesOne)
{
    ready(true, true, true);
    unsigned taken = 0;
    for (uint8_t i = 0; i < 8; i++) {
        ask(0, rd(0x1000 + 8u * i, 8, i));
        EXPECT_TRUE(ch[0].ready);
        taken += port.ar.valid;
        clock();
    }
    ch[0].valid = false;
    taken += port.ar.valid;
    EXPECT_EQ(taken, 8u);
}

TEST_F(Mst, OffersOneWriteEveryCycleWhenTheBusTakesOne)
{
    ready(true, true, true);
    unsigned taken = 0;
    for (uint8_t i = 0; i < 8; i++) {
        ask(0, wr(0x1000 + 8u * i, 8, i, i));
        taken += port.aw.valid && port.w.valid;
        clock();
    }
    ch[0].valid = false;
    taken += port.aw.valid && port.w.valid;
    EXPECT_EQ(taken, 8u);
}

TEST_F(Mst, ServesItsClientsInTurn)
{
    ready(true, false, false);
    std::vector<unsigned> order;
    unsigned used[3] = {};
    for (int cycle = 0; cycle < 12; cycle++) {
        for (unsigned c = 0; c < 3; c++)
            if (!ch[c].valid || ch[c].ready) {
                // Five IDs a client: nobody waits for an answer here.
                ch[c].valid = used[c] < 5;
                if (ch[c].valid)
                    ask(c, rd(0x1000 * (c + 1), 8, static_cast<uint8_t>(c * 5 + used[c]++)));
            }
        clock();
        if (port.ar.valid)
            order.push_back(static_cast<unsigned>(port.ar.d.addr / 0x1000 - 1));
    }
    ASSERT_GE(order.size(), 9u);
    for (size_t i = 3; i < 9; i++)
        EXPECT_EQ(order[i], (order[i - 1] + 1) % 3) << i;
}

TEST_F(Mst, HoldsARequestWhoseIdIsBusyAndLetsOthersPass)
{
    ready(true, true, true);
    ask(0, rd(0x100, 8, 2));
    clock();
    ask(0, rd(0x200, 8, 2));
    ask(1, rd(0x300, 8, 5));
    clock();
    ch[0].valid = ch[1].valid = false;
    for (int i = 0; i < 10; i++)
        clock();
    ASSERT_EQ(reads.size(), 2u);
    EXPECT_EQ(reads[0].a.addr, 0x100u);
    EXPECT_EQ(reads[1].a.addr, 0x300u);
    offer_r(reads[0]);
    clock();
    for (int i = 0; i < 4; i++)
        clock();
    ASSERT_EQ(reads.size(), 2u);
    EXPECT_EQ(reads[1].a.addr, 0x200u);
}

TEST_F(Mst, KeepsReadsAndWritesOfOneIdApart)
{
    ready(true, true, true);
    ask(0, rd(0x100, 8, 2));
    clock();
    ask(0, wr(0x200, 8, 2, 5));
    clock();
    ch[0].valid = false;
    clock();
    clock();
    EXPECT_EQ(reads.size(), 1u);
    EXPECT_EQ(writes.size(), 1u);
    EXPECT_EQ(w.reads_owed, 1u << 2);
    EXPECT_EQ(w.writes_owed, 1u << 2);
    EXPECT_EQ(its_mst_reads_owed(&u), 1u);
    EXPECT_EQ(its_mst_writes_owed(&u), 1u);
}

TEST_F(Mst, AcceptsAnswersOfBothDirectionsAtOneEdgeAndTellsOneACycle)
{
    ready(true, true, true);
    for (uint8_t id = 0; id < 4; id++) {
        ask(0, rd(0x100 + 8u * id, 8, id));
        ask(1, wr(0x200 + 8u * id, 8, id, id));
        clock();
    }
    ch[0].valid = ch[1].valid = false;
    clock();
    clock();
    ASSERT_EQ(reads.size(), 4u);
    ASSERT_EQ(writes.size(), 4u);
    for (int i = 0; i < 4; i++) {
        offer_r(reads.front());
        offer_b(writes.front());
        EXPECT_TRUE(port.r.ready && port.b.ready);
        clock();
    }
    for (int i = 0; i < 8; i++)
        clock();
    ASSERT_EQ(answers.size(), 8u);
    for (unsigned i = 0; i < 8; i++) // in the order the answers came
        EXPECT_EQ(answers[i].id, i / 2);
    EXPECT_TRUE(w.idle);
}

TEST_F(Mst, PerturbedTellsAnswersLaterAndInAnotherOrderEachOnce)
{
    unsigned reordered = 0, late = 0;
    for (uint32_t seed = 1; seed <= 12; seed++) {
        profile.perturb = seed;
        answers.clear();
        ready(true, true, true);
        for (uint8_t id = 0; id < 6; id++) {
            ask(0, rd(0x100 + 8u * id, 8, id));
            clock();
        }
        ch[0].valid = false;
        clock();
        clock();
        for (unsigned i = 0; i < 6; i++) {
            offer_r(reads.front());
            clock();
            probe.cycle++;
        }
        for (unsigned i = 0; i < 6 + ITS_PERTURB_LONGEST; i++) {
            late += i > 2 && w.response.valid;
            clock();
            probe.cycle++;
        }
        ASSERT_EQ(answers.size(), 6u);
        EXPECT_TRUE(w.idle);
        EXPECT_EQ(its_mst_wake(&u), UINT64_MAX);
        unsigned seen = 0;
        for (unsigned i = 0; i < 6; i++) {
            seen |= 1u << answers[i].id;
            reordered += answers[i].id != i;
            uint64_t data = 0;
            for (unsigned b = 0; b < 8; b++)
                data |= uint64_t(byte(0x100 + 8u * answers[i].id + b)) << 8 * b;
            EXPECT_EQ(answers[i].data[0], data) << "of its own ID";
        }
        EXPECT_EQ(seen, 63u);
    }
    EXPECT_GT(reordered, 6u);
    EXPECT_GT(late, 6u);
}

TEST_F(Mst, TakesAwAndWInAnyOrder)
{
    for (int order = 0; order < 3; order++) {
        size_t had = answers.size();
        ask(0, wr(0x80, 8, 1, 100u + static_cast<unsigned>(order)));
        clock();
        ch[0].valid = false;
        ASSERT_TRUE(port.aw.valid && port.w.valid);
        for (int i = 0; i < 5; i++) {
            ready(false, false, false);
            clock();
            ASSERT_TRUE(port.aw.valid && port.w.valid);
        }
        ready(false, order != 1, order != 0);
        clock();
        EXPECT_EQ(port.aw.valid, order == 1);
        EXPECT_EQ(port.w.valid, order == 0);
        ready(false, false, false);
        for (int i = 0; i < 5; i++)
            clock();
        ready(false, true, true);
        clock();
        EXPECT_FALSE(port.aw.valid || port.w.valid);
        ASSERT_EQ(writes.size(), 1u);
        offer_b(writes.front());
        clock();
        clock();
        EXPECT_EQ(answers.size(), had + 1);
        EXPECT_EQ(value(*this, 0x80, 8), 100u + static_cast<unsigned>(order));
    }
}

TEST_F(Mst, PushesBackWhenTheBusTakesNothingAndLosesNothing)
{
    unsigned given = 0;
    for (int i = 0; i < 10; i++) {
        ask(0, rd(0x1000 + 8u * given, 8, static_cast<uint8_t>(given)));
        given += ch[0].ready;
        clock();
    }
    EXPECT_EQ(given, 3u); // one on the bus, two in the queue
    ready(true, false, false);
    ch[0].valid = false;
    for (int i = 0; i < 5; i++)
        clock();
    ASSERT_EQ(reads.size(), 3u);
    for (unsigned i = 0; i < 3; i++)
        EXPECT_EQ(reads[i].a.addr, 0x1000u + 8 * i);
}

TEST_F(Mst, DropsAnAnswerNobodyAskedFor)
{
    port.r.valid = true;
    port.r.d = {1, 300, 0, true};
    clock();
    port.r.valid = true;
    port.r.d = {1, 3, 0, true};
    clock();
    writes.push_back({9, 0});
    offer_b(writes.front());
    clock();
    clock();
    EXPECT_TRUE(answers.empty());
    EXPECT_EQ(count(ITS_EV_MEM_LATE), 3u);
    EXPECT_TRUE(w.idle);
}

TEST_F(Mst, SleepsWhileItWaitsForTheBusAndThenNothingChanges)
{
    clock();
    auto sleeps = [&] {
        EXPECT_EQ(its_mst_wake(&u), UINT64_MAX);
        its_mst before = u;
        for (int i = 0; i < 10; i++)
            clock();
        EXPECT_EQ(std::memcmp(&before, &u, sizeof u), 0);
    };
    sleeps();
    ask(0, rd(0x100, 8, 2));
    clock();
    EXPECT_EQ(its_mst_wake(&u), 0u);
    ask(0, rd(0x200, 8, 2)); // waits for the ID
    ready(true, true, true);
    clock();
    ch[0].valid = false;
    sleeps();
    offer_r(reads.front());
    clock();
    EXPECT_EQ(its_mst_wake(&u), 0u);
    for (int i = 0; i < 3; i++)
        clock();
    sleeps();
    ASSERT_EQ(reads.size(), 1u);
    EXPECT_EQ(reads[0].a.addr, 0x200u);
}

} // namespace
