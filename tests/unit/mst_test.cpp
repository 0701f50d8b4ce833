// SPDX-License-Identifier: MIT
// The bus master alone. The bench is a memory behind an AXI4 slave that accepts addresses and data in
// any order, answers when told or after random delays, interleaves R beats, and checks the rules a
// master has to keep; the clients ask at random.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>
#include <random>
#include <vector>

#include "arch/entry.h"
#include "its/mst.h"

namespace {

struct Read {
    its_axi_address a{};
    unsigned beat = 0;
};

struct Mst : testing::Test {
    its_probe probe{};
    its_mst u{};
    its_mst_wires w{};
    its_axi port{};
    its_mem_ch ch[3]{};
    std::vector<its_event> events;

    // The memory side.
    std::map<uint64_t, uint8_t> memory;
    std::deque<Read> reads;           // accepted, not fully answered
    std::deque<its_axi_address> aws;  // accepted, no W beat yet
    std::deque<its_axi_w> ws;         // accepted, no AW yet
    std::vector<its_axi_b> writes;    // complete, not answered
    std::map<uint64_t, uint8_t> fault_at; // address of a beat -> response
    unsigned bytes_written = 0;

    // What the clients got.
    std::vector<its_mem_response> answers;

    // What the port showed in the cycle before, for the stability rule.
    its_axi last{};
    bool was_reset = true;

    void SetUp() override
    {
        probe.host = this;
        probe.sink = [](void *host, const its_event *e) {
            static_cast<Mst *>(host)->events.push_back(*e);
        };
        for (unsigned i = 0; i < 3; i++)
            w.client[i] = &ch[i];
        w.clients = 3;
        w.probe = &probe;
        std::memset(static_cast<void *>(&u), 0, sizeof u);
        its_mst_reset(&u, nullptr);
        drive();
        clock(); // the first edge after reset
    }

    uint8_t byte(uint64_t a) { return memory.count(a) ? memory[a] : static_cast<uint8_t>(a * 7u); }

    void drive()
    {
        its_mst_drive(&u, &w, &port);
        check_stable();
    }

    template <typename C> static void stable(const C &before, const C &now)
    {
        if (!before.valid || before.ready)
            return;
        EXPECT_TRUE(now.valid);
        EXPECT_EQ(std::memcmp(&before.d, &now.d, sizeof now.d), 0);
    }

    void check_stable()
    {
        if (!was_reset) {
            stable(last.ar, port.ar);
            stable(last.aw, port.aw);
            stable(last.w, port.w);
        }
        was_reset = false;
    }

    // What the slave sees at an edge.
    void slave_edge()
    {
        if (its_fire(&port.r)) {
            auto it = std::find_if(reads.begin(), reads.end(),
                                   [&](const Read &r) { return r.a.id == port.r.d.id; });
            if (it != reads.end() && port.r.d.last)
                reads.erase(it);
            else if (it != reads.end())
                it->beat++;
            port.r.valid = false;
        }
        if (its_fire(&port.b)) {
            writes.erase(std::find_if(writes.begin(), writes.end(), [&](const its_axi_b &b) {
                return b.id == port.b.d.id;
            }));
            port.b.valid = false;
        }
        if (its_fire(&port.ar)) {
            for (const Read &r : reads)
                EXPECT_NE(r.a.id, port.ar.d.id) << "ID used while outstanding";
            check_address(port.ar.d);
            reads.push_back({port.ar.d, 0});
        }
        if (its_fire(&port.aw)) {
            for (const its_axi_b &b : writes)
                EXPECT_NE(b.id, port.aw.d.id) << "ID used while outstanding";
            check_address(port.aw.d);
            EXPECT_EQ(port.aw.d.len, 0);
            aws.push_back(port.aw.d);
        }
        if (its_fire(&port.w)) {
            EXPECT_TRUE(port.w.d.last);
            ws.push_back(port.w.d);
        }
        if (!aws.empty() && !ws.empty())
            land();
    }

    static void check_address(const its_axi_address &a)
    {
        EXPECT_EQ(a.burst, ITS_AXI_INCR);
        EXPECT_EQ(a.prot, ITS_AXI_NONSECURE);
        EXPECT_EQ(a.addr % (1u << a.size), 0u);
        EXPECT_EQ(a.addr / 4096, (a.addr + (1u << a.size) * (a.len + 1u) - 1) / 4096);
    }

    void land()
    {
        its_axi_address a = aws.front();
        its_axi_w d = ws.front();
        aws.pop_front();
        ws.pop_front();
        unsigned lane = a.addr & 7u;
        unsigned mask = ((1u << (1u << a.size)) - 1u) << lane;
        EXPECT_TRUE(d.strb == mask || d.strb == 0) << "strobes outside the beat";
        uint8_t resp = fault_at.count(a.addr) ? fault_at[a.addr] : 0;
        for (unsigned i = 0; i < 8; i++)
            if (d.strb >> i & 1u) {
                if (!resp)
                    memory[(a.addr & ~UINT64_C(7)) + i] = static_cast<uint8_t>(d.data >> 8 * i);
                bytes_written++;
            }
        writes.push_back({a.id, resp});
    }

    void offer_r(const Read &r)
    {
        uint64_t addr = r.a.addr + (uint64_t(r.beat) << r.a.size);
        port.r.valid = true;
        port.r.d = {};
        port.r.d.id = r.a.id;
        port.r.d.last = r.beat == r.a.len;
        port.r.d.resp = fault_at.count(addr) ? fault_at[addr] : 0;
        uint64_t lanes = 0;
        for (unsigned i = 0; i < (1u << r.a.size); i++) {
            unsigned lane = (addr + i) & 7u;
            lanes |= uint64_t(byte(addr + i)) << 8 * lane;
        }
        // Other lanes are not the master's business.
        uint64_t junk = UINT64_C(0xdeadbeefcafef00d);
        for (unsigned lane = 0; lane < 8; lane++) {
            uint64_t base = addr & ~UINT64_C(7);
            if (base + lane < addr || base + lane >= addr + (1u << r.a.size))
                lanes |= junk & (UINT64_C(0xff) << 8 * lane);
        }
        port.r.d.data = lanes;
    }

    void offer_b(const its_axi_b &b)
    {
        port.b.valid = true;
        port.b.d = b;
    }

    // One edge with everything as it stands; then drive.
    void clock()
    {
        last = port;
        if (w.response.valid)
            answers.push_back(w.response);
        its_mst_clock(&u, &w, &port);
        slave_edge();
        drive();
    }

    void reset_edge()
    {
        last = port;
        if (u.in_reset) {
            EXPECT_FALSE(port.ar.valid || port.aw.valid || port.w.valid);
            EXPECT_FALSE(port.r.ready || port.b.ready);
        }
        its_mst_reset(&u, &port);
        slave_edge();
        for (its_mem_ch &c : ch)
            c.valid = false;
        was_reset = true;
        drive();
    }

    void ready(bool ar, bool aw, bool wr) { port.ar.ready = ar, port.aw.ready = aw, port.w.ready = wr; }

    void ask(unsigned client, its_mem_request rq)
    {
        ch[client].valid = true;
        ch[client].d = rq;
    }

    static its_mem_request rd(uint64_t addr, uint8_t bytes, uint8_t id)
    {
        its_mem_request rq{};
        rq.addr = addr, rq.bytes = bytes, rq.id = id, rq.cache = 3, rq.client = ITS_ENTRY_DTE;
        rq.ref = 100u + id;
        return rq;
    }

    static its_mem_request wr(uint64_t addr, uint8_t bytes, uint8_t id, uint64_t data)
    {
        its_mem_request rq = rd(addr, bytes, id);
        rq.write = true, rq.data = data;
        return rq;
    }

    // Hands one request over and lets the clock run with an obliging memory until its answer comes.
    its_mem_response run(its_mem_request rq)
    {
        size_t had = answers.size();
        ask(0, rq);
        clock();
        ch[0].valid = false;
        for (int i = 0; i < 100 && answers.size() == had; i++) {
            ready(true, true, true);
            if (!port.r.valid && !reads.empty())
                offer_r(reads.front());
            if (!port.b.valid && !writes.empty())
                offer_b(writes.front());
            clock();
        }
        EXPECT_EQ(answers.size(), had + 1);
        return answers.empty() ? its_mem_response{} : answers.back();
    }

    unsigned count(its_event_kind kind) const
    {
        unsigned n = 0;
        for (const its_event &e : events)
            n += e.kind == kind;
        return n;
    }
};

uint64_t value(Mst &t, uint64_t addr, unsigned bytes)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < bytes; i++)
        v |= uint64_t(t.byte(addr + i)) << 8 * i;
    return v;
}

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
            its_mem_response r = run(wr(addr, static_cast<uint8_t>(bytes), 1,
                                        UINT64_C(0x1122334455667788)));
            EXPECT_TRUE(r.write);
            EXPECT_FALSE(r.fault);
            EXPECT_EQ(value(*this, addr, bytes),
                      UINT64_C(0x1122334455667788) & (bytes == 8 ? ~UINT64_C(0)
                                                                 : (UINT64_C(1) << 8 * bytes) - 1));
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

// Everything at random, with resets: no answer is lost or doubled, data is right, the bus rules hold,
// and what a write did before reset is all it ever does.
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
