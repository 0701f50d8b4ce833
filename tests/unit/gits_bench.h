// SPDX-License-Identifier: MIT
// Bench of the ITS registers: plays slave port, MSI queue and drain through the wires.
#ifndef ITSIM_TESTS_GITS_BENCH_H
#define ITSIM_TESTS_GITS_BENCH_H

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
        pulses_seen |=
            (w->queue_reset ? 1u : 0u) | (w->retry ? 2u : 0u) | (w->base_changed ? 4u : 0u);
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

} // namespace

#endif
