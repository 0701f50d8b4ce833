// SPDX-License-Identifier: MIT
// Bench of the slave port: an AXI4 master on one side; on the other the owner of all frames, who
// notes every access and answers from an array of bytes.
#ifndef ITSIM_TESTS_SLV_BENCH_H
#define ITSIM_TESTS_SLV_BENCH_H

#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <map>
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

    template <typename C>
    static void stable(const C &before, const C &now)
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

} // namespace

#endif
