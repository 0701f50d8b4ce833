// SPDX-License-Identifier: MIT
// Bench of the bus master: a memory behind an AXI4 slave that accepts addresses and data in any
// order, answers when told, interleaves R beats, and checks the rules a master has to keep.
#ifndef ITSIM_TESTS_MST_BENCH_H
#define ITSIM_TESTS_MST_BENCH_H

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>
#include <vector>

#include "arch/entry.h"
#include "arch/perturb.h"
#include "its/mst.h"

namespace {

struct Read {
    its_axi_address a{};
    unsigned beat = 0;
};

struct Mst : testing::Test {
    its_profile profile{};
    its_probe probe{};
    its_mst u{};
    its_mst_wires w{};
    its_axi port{};
    its_mem_ch ch[3]{};
    std::vector<its_event> events;

    // The memory side.
    std::map<uint64_t, uint8_t> memory;
    std::deque<Read> reads;               // accepted, not fully answered
    std::deque<its_axi_address> aws;      // accepted, no W beat yet
    std::deque<its_axi_w> ws;             // accepted, no AW yet
    std::vector<its_axi_b> writes;        // complete, not answered
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
        its_profile_preset(&profile, "gic500");
        w.profile = &profile;
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

    template <typename C>
    static void stable(const C &before, const C &now)
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
            writes.erase(std::find_if(writes.begin(), writes.end(),
                                      [&](const its_axi_b &b) { return b.id == port.b.d.id; }));
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

    void ready(bool ar, bool aw, bool wr)
    {
        port.ar.ready = ar, port.aw.ready = aw, port.w.ready = wr;
    }

    void ask(unsigned client, const its_mem_request &rq)
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
    its_mem_response run(const its_mem_request &rq)
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

} // namespace

#endif
