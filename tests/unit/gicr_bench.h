/* SPDX-License-Identifier: MIT */
/*
 * gicr_bench.h - a redistributor on a bench: memory with latency and fault windows, a channel driver
 * with random back-pressure, and the same calls for the cycle and the fast face.
 *
 * Every clocked edge also checks the contracts of a unit: driving changes nothing and says the same
 * twice, an offer stays until it is taken, an edge that gicr_due() or gicr_wake() calls idle changes
 * nothing.
 */
#ifndef ITSIM_TESTS_GICR_BENCH_H
#define ITSIM_TESTS_GICR_BENCH_H

#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "arch/regs.h"
#include "gic/gicr.h"

namespace bench {

constexpr uint64_t RAM = 0x40000000;
constexpr uint64_t CONFIG = RAM;            // LPI configuration table, 64 KB
constexpr uint64_t PENDING = RAM + 0x10000; // LPI pending table, 8 KB
constexpr uint64_t RAM_BYTES = 0x20000;
constexpr uint64_t PTZ = UINT64_C(1) << 62;

inline its_profile profile(unsigned lpi_entries)
{
    its_profile p;
    its_profile_preset(&p, "gic500");
    p.lpi_entries = lpi_entries;
    return p;
}

struct Memory {
    std::vector<uint8_t> ram = std::vector<uint8_t>(RAM_BYTES, 0);
    uint64_t fault_from = 0;
    uint64_t fault_to = 0; // [from, to) answers with an error
    unsigned reads = 0;
    unsigned writes = 0;

    bool ok(uint64_t addr, unsigned bytes) const
    {
        bool faulty = addr < fault_to && addr + bytes > fault_from;
        return addr >= RAM && addr + bytes <= RAM + RAM_BYTES && !faulty;
    }
    bool read(uint64_t addr, void *data, unsigned bytes)
    {
        reads++;
        if (!ok(addr, bytes))
            return false;
        std::memcpy(data, &ram[addr - RAM], bytes);
        return true;
    }
    bool write(uint64_t addr, const void *data, unsigned bytes)
    {
        writes++;
        if (!ok(addr, bytes))
            return false;
        std::memcpy(&ram[addr - RAM], data, bytes);
        return true;
    }
    uint8_t &config(uint32_t intid) { return ram[CONFIG + intid - 8192 - RAM]; }
    bool table_bit(uint32_t intid) const
    {
        return (ram[PENDING - RAM + intid / 8] >> (intid % 8)) & 1;
    }
    void set_table_bit(uint32_t intid)
    {
        ram[PENDING - RAM + intid / 8] |= uint8_t(1u << intid % 8);
    }
};

struct Bench {
    its_profile prof;
    bool fast;
    Memory mem;
    gicr u{};
    its_rdmsg_ch msg_ch{};
    its_rdack_ch ack_ch{};
    gicr_wires w{};
    its_probe probe{};
    its_memory port{};
    gicr_context ctx{};
    std::mt19937 rng{1};
    std::vector<its_event> events;

    // cycle face
    unsigned latency = 1;
    unsigned stall_percent = 0; // chance that a ready or a valid of the bench stays low
    bool bus_dead = false;      // memory never answers
    std::deque<its_rdmsg> to_send;
    std::vector<its_rdack> acks;
    its_access_ch pending_access{};
    bool have_result = false;
    its_access_result result{};
    its_mem_response answer{};
    its_mem_request request{};
    unsigned countdown = 0;
    bool owed = false;
    uint64_t edges = 0;
    gicr_wires last{};
    its_rdmsg_ch last_msg{};
    its_rdack_ch last_ack{};

    uint8_t junk = 0;         // in the padding of what the bench drives
    bool sleep_asked = false; // WAKER.Sleep was written, with sleep_value
    bool sleep_value = false;

    explicit Bench(const its_profile &p, bool fast_face) : prof(p), fast(fast_face)
    {
        bind();
        gicr_reset(&u, &w);
    }
    Bench(const Bench &other)
        : prof(other.prof), fast(other.fast), mem(other.mem), msg_ch(other.msg_ch),
          ack_ch(other.ack_ch), w(other.w), rng(other.rng), events(other.events),
          latency(other.latency), stall_percent(other.stall_percent), bus_dead(other.bus_dead),
          to_send(other.to_send), acks(other.acks), pending_access(other.pending_access),
          have_result(other.have_result), result(other.result), answer(other.answer),
          request(other.request), countdown(other.countdown), owed(other.owed), edges(other.edges),
          last(other.last), last_msg(other.last_msg), last_ack(other.last_ack), junk(other.junk),
          sleep_asked(other.sleep_asked), sleep_value(other.sleep_value)
    {
        std::memcpy(&u, &other.u, sizeof u);
        bind();
    }
    Bench &operator=(const Bench &) = delete;

    void bind()
    {
        probe.sink = [](void *host, const its_event *e) {
            static_cast<Bench *>(host)->events.push_back(*e);
        };
        probe.host = this;
        port.read = [](void *host, uint64_t addr, void *data, unsigned bytes, unsigned) {
            return static_cast<Bench *>(host)->mem.read(addr, data, bytes);
        };
        port.write = [](void *host, uint64_t addr, const void *data, unsigned bytes, unsigned) {
            return static_cast<Bench *>(host)->mem.write(addr, data, bytes);
        };
        port.host = this;
        ctx.profile = &prof;
        ctx.probe = &probe;
        ctx.memory = &port;
        ctx.handed_over = [](void *host, const its_rdack *ack) {
            static_cast<Bench *>(host)->acks.push_back(*ack);
        };
        ctx.host = this;
        w.msg = &msg_ch;
        w.ack = &ack_ch;
        w.profile = &prof;
        w.probe = &probe;
    }

    unsigned count(its_event_kind kind) const
    {
        unsigned n = 0;
        for (const its_event &e : events)
            n += e.kind == kind;
        return n;
    }

    // --- one edge of the cycle face ----------------------------------------------------------------
    bool willing() { return stall_percent == 0 || rng() % 100 >= stall_percent; }

    template <class Channel>
    void check_stable(const Channel &before, const Channel &now)
    {
        if (before.valid && !before.ready) {
            EXPECT_TRUE(now.valid) << "an offer was withdrawn";
            EXPECT_EQ(0, std::memcmp(&before.d, &now.d, sizeof now.d)) << "an offer changed";
        }
    }

    void drive()
    {
        gicr before;
        std::memcpy(&before, &u, sizeof u);
        gicr_drive(&u, &w);
        gicr_wires again = w;
        its_rdack_ch ack_before = ack_ch;
        gicr_drive(&u, &again);
        EXPECT_EQ(0, std::memcmp(&w, &again, sizeof w)) << "drive is not a function of state";
        EXPECT_EQ(0, std::memcmp(&ack_ch, &ack_before, sizeof ack_ch))
            << "nor is the acknowledgement";
        EXPECT_EQ(0, std::memcmp(&before, &u, sizeof u)) << "drive changed state";
        check_stable(last_ack, ack_ch);
        check_stable(last.mem, w.mem);
        EXPECT_TRUE(!last.result.valid || last.result.ready || w.result.valid);
    }

    void inputs()
    {
        bool offered = msg_ch.valid && !last_msg.ready && last_msg.valid;
        msg_ch.valid = !to_send.empty() && (offered || willing());
        if (msg_ch.valid)
            msg_ch.d = to_send.front();
        w.access.valid = pending_access.valid;
        w.access.d = pending_access.d;
        ack_ch.ready = willing();
        w.result.ready = willing();
        w.mem.ready = !owed && willing();
        w.response = nullptr;
        if (owed && !bus_dead && countdown-- == 0) {
            serve();
            w.response = &answer;
        }
    }

    void serve()
    {
        uint8_t bytes[64] = {};
        std::memset(&answer, junk, sizeof answer);
        answer.id = 0;
        answer.valid = true;
        answer.write = request.write;
        if (request.write) {
            its_store_le(bytes, request.bytes, request.data);
            answer.fault = !mem.write(request.addr, bytes, request.bytes);
        } else {
            answer.fault = !mem.read(request.addr, bytes, request.bytes);
            for (unsigned i = 0; i < request.bytes; i += 8)
                answer.data[i / 8] = its_load_le(&bytes[i], request.bytes < 8 ? request.bytes : 8);
        }
        if (answer.fault)
            report(ITS_EV_MEM_FAULT, 0);
        owed = false;
    }

    // What the bus master reports of the accesses it is asked for.
    void report(its_event_kind kind, uint64_t value)
    {
        its_emit(&probe, ITS_UNIT_MST, kind, request.ref, request.addr, value, request.client);
    }

    bool input_valid() const { return msg_ch.valid || w.access.valid || w.response; }

    void check_idle_law()
    {
        bool due = gicr_due(&u, &w);
        bool asleep = gicr_wake(&u) != 0 && !input_valid() && w.sleep == u.sleep &&
                      w.sleep_set == u.sleep_set && w.quiescent == u.quiescent &&
                      w.group1_enabled == u.group1;
        if (due && !asleep)
            return;
        gicr copy;
        std::memcpy(&copy, &u, sizeof u);
        size_t seen = events.size();
        gicr_clock(&copy, &w);
        EXPECT_EQ(0, std::memcmp(&copy, &u, sizeof u)) << "an idle edge changed state";
        EXPECT_EQ(seen, events.size()) << "an idle edge reported something";
    }

    void note_sleep(bool asked, bool value)
    {
        if (asked) {
            sleep_asked = true;
            sleep_value = value;
        }
    }

    void tick()
    {
        drive();
        note_sleep(w.sleep_write, w.sleep_value);
        inputs();
        check_idle_law();
        if (its_fire(&w.mem)) {
            EXPECT_TRUE(w.mem.d.addr % w.mem.d.bytes == 0);
            request = w.mem.d;
            report(request.write ? ITS_EV_MEM_WRITE : ITS_EV_MEM_READ,
                   request.write ? request.data : request.bytes);
            owed = true;
            countdown = latency;
        }
        if (its_fire(&msg_ch))
            to_send.pop_front();
        if (its_fire(&w.access))
            pending_access.valid = false;
        if (its_fire(&ack_ch))
            acks.push_back(ack_ch.d);
        if (its_fire(&w.result)) {
            result = w.result.d;
            have_result = true;
        }
        probe.cycle = edges++;
        last = w;
        last_msg = msg_ch;
        last_ack = ack_ch;
        gicr_clock(&u, &w);
    }

    bool quiet() const { return to_send.empty() && gicr_idle(&u) && !pending_access.valid; }

    // Clocks until nothing is left to do.
    void run()
    {
        if (fast) {
            gicr_fast_levels(&u, u.sleep, u.quiescent, u.group1, &ctx);
            return;
        }
        for (unsigned n = 0; n < 4 || !quiet(); n++) {
            ASSERT_LT(n, 2000000u) << "never idle";
            tick();
        }
    }

    // --- both faces ----------------------------------------------------------------------------------
    void send(its_rd_kind kind, uint32_t intid = 0, uint32_t ref = 0)
    {
        its_rdmsg m;
        std::memset(&m, junk, sizeof m);
        m.its = 0;
        m.intid = intid;
        m.ref = ref;
        m.kind = uint8_t(kind);
        if (fast) {
            its_rdack ack = gicr_fast_message(&u, &m, &ctx);
            acks.push_back(ack);
        } else {
            to_send.push_back(m);
        }
    }

    // Sends one message, waits for its last acknowledgement and returns that.
    its_rdack ask(its_rd_kind kind, uint32_t intid = 0)
    {
        size_t first = acks.size();
        send(kind, intid);
        run();
        EXPECT_GT(acks.size(), first);
        return acks.back();
    }

    its_access_result access(its_frame frame, uint32_t offset, unsigned bytes, bool write,
                             uint64_t data, bool nonsecure = false)
    {
        its_access a{};
        a.frame = uint8_t(frame);
        a.offset = offset;
        a.bytes = uint8_t(bytes);
        a.write = write;
        a.data = data;
        a.nonsecure = nonsecure;
        if (fast) {
            bool asked, value;
            its_access_result r = gicr_fast_access(&u, &a, &ctx, &asked, &value);
            note_sleep(asked, value);
            return r;
        }
        pending_access.d = a;
        pending_access.valid = true;
        have_result = false;
        for (unsigned n = 0; !have_result && n < 100000; n++)
            tick();
        return result;
    }
    void write(uint32_t offset, unsigned bytes, uint64_t data)
    {
        access(ITS_FRAME_GICR, offset, bytes, true, data);
    }
    uint64_t read(uint32_t offset, unsigned bytes)
    {
        return access(ITS_FRAME_GICR, offset, bytes, false, 0).data;
    }
    uint32_t ctlr() { return uint32_t(read(0x0, 4)); }

    void levels(bool sleep, bool quiescent, bool group1)
    {
        w.sleep = w.sleep_set = sleep;
        w.quiescent = quiescent;
        w.group1_enabled = group1;
        if (fast)
            gicr_fast_levels(&u, sleep, quiescent, group1, &ctx);
        else
            tick();
    }

    // As a driver does: wake the PE, name the tables, switch LPIs on.
    void enable(unsigned idbits = 15, bool ptz = true)
    {
        levels(false, false, true);
        write(0x14, 4, 0);
        write(0x70, 8, CONFIG | 0x780 | idbits);
        write(0x78, 8, PENDING | 0x780 | (ptz ? PTZ : 0));
        write(0x0, 4, 1);
        run();
    }
    void disable()
    {
        write(0x0, 4, 0);
        run();
        EXPECT_EQ(0u, ctlr() & 0x9u);
    }

    uint32_t acknowledge()
    {
        run();
        uint32_t intid = fast ? gicr_fast_acknowledge(&u, &ctx) : gicr_acknowledge(&u, &ctx);
        run();
        return intid;
    }
    bool pending(uint32_t intid) { return gicr_pending(&u, intid, &ctx); }
};

} // namespace bench

#endif
