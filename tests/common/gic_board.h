/* SPDX-License-Identifier: MIT */
/*
 * gic_board.h - a gic500 with memory behind its master port and a bus master at its slave port, clocked
 * at every edge, skipping as the timed face does, or in the fast face. A snapshot of all of it can be
 * taken and gone back to at every edge.
 */
#ifndef ITSIM_TESTS_GIC_BOARD_H
#define ITSIM_TESTS_GIC_BOARD_H

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bench_memory.h"
#include "itsim/gic500.h"
#include "watch/rules.h"

namespace bench {

struct timeout : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class board {
public:
    its_profile profile{};
    gic500_pins pins{};
    axi_memory mem;
    std::vector<its_event> events;
    bool record = true;
    std::function<void()> each_edge = [] {};
    std::function<void()> wires = [] {}; /* the cycle before each edge: everything is driven */
    uint64_t its_accesses_while_off = 0;

    explicit board(const char *preset = "gic500",
                   const std::vector<std::pair<const char *, const char *>> &set = {})
    {
        its_profile_preset(&profile, preset);
        for (auto &[k, v] : set) {
            char why[200] = "";
            if (!its_profile_set(&profile, k, v, why, sizeof why))
                throw std::invalid_argument(why);
        }
        make();
    }
    explicit board(const its_profile &p) : profile(p) { make(); }

    gic500 *get() { return g_; }
    uint64_t cycle() { return cycle_; }
    gic500_status look() { return gic500_look(g_); }

    void tick(uint64_t n = 1)
    {
        while (n--) {
            gic500_drive(g_, &pins);
            mem.drive(pins.m_axi, cycle_);
            drive_host();
            if (drain_ == 0 && pins.resetn) { /* OFF */
                its_accesses_while_off += pins.m_axi.ar.valid && pins.m_axi.ar.d.id < ITS_ID_RD;
                its_accesses_while_off += pins.m_axi.aw.valid && pins.m_axi.aw.d.id < ITS_ID_RD;
            }
            if (rules_)
                its_rules_edge(rules_.get(), cycle_, &pins.s_axi, &pins.m_axi, pins.resetn);
            wires();
            gic500_clock(g_, &pins);
            if (rules_)
                its_rules_creadr(rules_.get(),
                                 uint32_t(gic500_peek(g_, ITS_FRAME_GITS, 0, 0x90, 4)) & 0xfffe0u);
            mem.clock(pins.m_axi, cycle_);
            clock_host();
            cycle_++;
            each_edge();
        }
    }

    /* As tick(n), but idle edges are skipped as the timed face does. Returns how many were. */
    uint64_t timed(uint64_t n)
    {
        uint64_t skipped = 0;
        while (n) {
            uint64_t quiet = mem.quiet_until(cycle_);
            uint64_t k = host_idle() && quiet > cycle_ ? quiet - cycle_ : 0;
            k = k ? std::min({k, n, gic500_wake(g_)}) : 0;
            if (k && gic500_skip(g_, k) != ITS_OK)
                throw std::logic_error("the model does not skip what it says it can");
            cycle_ += k;
            skipped += k;
            if (!k)
                tick();
            n -= k ? k : 1;
        }
        return skipped;
    }

    /* Coming edges that a host may do late: nothing is offered at them, and nothing to be seen. */
    uint64_t unseen()
    {
        uint64_t quiet = mem.quiet_until(cycle_);
        if (quiet <= cycle_ || host_.aw || host_.w || host_.ar)
            return 0;
        gic500_drive(g_, &pins);
        return std::min(quiet - cycle_, gic500_unseen(g_, true));
    }
    /* Does n of them. */
    void late(uint64_t n) { cycle_ += gic500_run(g_, &pins, n); }

    void settle(uint64_t limit = 2000000)
    {
        tick();
        for (uint64_t i = 0; i < limit; i++) {
            /* Asleep is usually idle, and cheap to ask; awake may be idle too, so ask now and then. */
            if (host_idle() && (gic500_wake(g_) > 0 || i % 8 == 7) && look().idle)
                return;
            tick();
        }
        throw timeout("does not settle");
    }

    /* One AXI access of 4 bytes (or 2), done when answered. Returns the data; resp_ keeps the code. */
    uint64_t bus(uint64_t addr, bool write, uint64_t value, unsigned bytes, int64_t device = -1,
                 uint64_t limit = 2000000)
    {
        if (fast())
            return fast_bus(addr, write, value, bytes, device);
        start(addr, write, value, bytes, device);
        for (uint64_t i = 0; i < limit; i++) {
            tick();
            if (host_idle())
                return read_data_;
        }
        throw timeout("bus access not answered");
    }
    uint8_t resp() const { return resp_; }

    uint64_t address(its_frame f, unsigned rd, uint32_t off) const
    {
        return its_map_address(&profile, f, rd, off);
    }
    void write(its_frame f, uint32_t off, uint64_t v, unsigned bytes = 4, unsigned rd = 0)
    {
        if (bytes == 8 && profile.bus_bytes == 4) {
            bus(address(f, rd, off), true, v & 0xffffffffu, 4);
            bus(address(f, rd, off + 4), true, v >> 32, 4);
        } else {
            bus(address(f, rd, off), true, v, bytes);
        }
    }
    uint64_t read(its_frame f, uint32_t off, unsigned bytes = 4, unsigned rd = 0)
    {
        if (bytes == 8 && profile.bus_bytes == 4) {
            uint64_t lo = bus(address(f, rd, off), false, 0, 4);
            return lo | bus(address(f, rd, off + 4), false, 0, 4) << 32;
        }
        return bus(address(f, rd, off), false, 0, bytes);
    }
    void msi(uint32_t device, uint32_t event)
    {
        bus(address(ITS_FRAME_TRANSLATION, 0, 0x40), true, event, 4, device);
    }
    /* Offers the MSI and goes on; wait with host_idle(). */
    void start_msi(uint32_t device, uint32_t event)
    {
        start(address(ITS_FRAME_TRANSLATION, 0, 0x40), true, event, 4, device);
    }

    /* The same for a register write of four bytes. */
    void start_write(its_frame f, uint32_t off, uint32_t v)
    {
        start(address(f, 0, off), true, v, 4, -1);
    }

    /* A register write by another bus master, while the access begun here may still wait. False: not
     * answered in time. */
    bool write_beside(its_frame f, uint32_t off, uint32_t v, uint64_t limit)
    {
        beside_ = {true, true, true, true, false, address(f, 0, off), v, 4, -1};
        for (uint64_t i = 0; i < limit && beside_.busy; i++)
            tick();
        return !beside_.busy;
    }

    /* --- what came of it ------------------------------------------------------------------------ */
    its_memory backdoor()
    {
        its_memory m{};
        m.host = &mem.data;
        m.read = [](void *h, uint64_t a, void *p, unsigned n, unsigned) {
            for (unsigned i = 0; i < n; i++)
                static_cast<uint8_t *>(p)[i] = static_cast<ram *>(h)->get(a + i);
            return true;
        };
        m.write = [](void *h, uint64_t a, const void *p, unsigned n, unsigned) {
            for (unsigned i = 0; i < n; i++)
                static_cast<ram *>(h)->put(a + i, static_cast<const uint8_t *>(p)[i]);
            return true;
        };
        return m;
    }
    bool pending(unsigned rd, uint32_t intid)
    {
        its_memory m = backdoor();
        return gic500_pending(g_, rd, intid, &m);
    }
    std::set<uint32_t> pending_set(unsigned rd, uint32_t from = 8192, uint32_t to = 8192 + 512)
    {
        std::set<uint32_t> s;
        for (uint32_t i = from; i < to; i++)
            if (pending(rd, i))
                s.insert(i);
        return s;
    }
    uint32_t acknowledge(unsigned rd)
    {
        if (!fast())
            return gic500_acknowledge(g_, rd);
        its_memory m = mem.at_once();
        return gic500_fast_acknowledge(g_, rd, &m);
    }
    unsigned count(its_event_kind k) const
    {
        unsigned n = 0;
        for (const auto &e : events)
            n += e.kind == k;
        return n;
    }
    bool same_events(const board &o) const
    {
        return events.size() == o.events.size() &&
               std::memcmp(events.data(), o.events.data(), events.size() * sizeof events[0]) == 0;
    }
    void reset(uint64_t edges = 1)
    {
        pins.resetn = false;
        host_ = {};
        tick(edges);
        pins.resetn = true;
    }
    bool host_idle() const { return !host_.busy; }

    /* Has the rule checker look on from now; the GIC is fresh out of creation. */
    void watch()
    {
        rules_ = std::make_unique<its_rules>();
        its_rules_reset(rules_.get(), profile.bus_bytes);
    }
    /* What it found first; empty when nothing. */
    std::string violation() const
    {
        char text[ITS_VIOLATION_BYTES] = "";
        if (rules_ && rules_->log.count)
            its_rules_text(&rules_->log.first[0], text, sizeof text);
        return text;
    }

    /* --- faces and snapshots ---------------------------------------------------------------------- */
    bool fast() const { return gic500_face(g_) == ITS_FACE_FAST; }
    void face(its_face f)
    {
        gic500_set_face(g_, f);
        for (int i = 0; gic500_face(g_) != f; i++) {
            if (i > 100000)
                throw timeout("the face does not change");
            tick();
        }
    }

private:
    struct host {
        bool busy = false, write = false, aw = false, w = false, ar = false;
        uint64_t addr = 0, data = 0;
        unsigned bytes = 4;
        int64_t device = -1;
    };

public:
    /* The bench between two edges; events and hooks are not part of it. */
    struct snapshot {
        std::vector<uint8_t> model;
        axi_memory mem;
        host access;
        uint64_t cycle, read_data;
        unsigned drain;
        uint8_t resp;
        bool resetn;
    };
    snapshot save() const
    {
        snapshot s{std::vector<uint8_t>(gic500_size(&profile)),
                   mem,
                   host_,
                   cycle_,
                   read_data_,
                   drain_,
                   resp_,
                   pins.resetn};
        gic500_save(g_, s.model.data());
        return s;
    }
    void load(const snapshot &s)
    {
        if (gic500_load(g_, s.model.data(), s.model.size()) != ITS_OK)
            throw std::logic_error("snapshot of another profile");
        mem.become(s.mem);
        host_ = s.access;
        cycle_ = s.cycle;
        read_data_ = s.read_data;
        drain_ = s.drain;
        resp_ = s.resp;
        pins.resetn = s.resetn;
        events.clear();
    }
    /* Gives up the access under way, as a bus master in reset would. */
    void forget_access() { host_ = {}; }

private:
    void make()
    {
        its_status st;
        size_t n = gic500_size(&profile);
        store_.reset(static_cast<uint8_t *>(::operator new(n + 16, std::align_val_t(16))),
                     [](uint8_t *p) { ::operator delete(p, std::align_val_t(16)); });
        g_ = gic500_create(store_.get(), n, &profile, &st);
        if (!g_)
            throw std::invalid_argument(its_strerror(st));
        gic500_listen(
            g_,
            [](void *h, const its_event *e) {
                board *b = static_cast<board *>(h);
                if (e->kind == ITS_EV_STATE)
                    b->drain_ = e->c;
                if (e->kind == ITS_EV_RESET)
                    b->drain_ = 0;
                if (b->record)
                    b->events.push_back(*e);
                if (b->rules_)
                    its_rules_sink(b->rules_.get(), e);
            },
            this);
        pins.resetn = true;
    }
    uint64_t fast_bus(uint64_t addr, bool write, uint64_t value, unsigned bytes, int64_t device)
    {
        its_place at = its_map_decode(&profile, true, addr);
        its_access a{};
        a.data = value;
        a.offset = at.offset;
        a.rd = at.rd;
        a.frame = at.frame;
        a.bytes = uint8_t(bytes);
        a.write = write;
        a.has_device = device >= 0;
        a.device = uint32_t(device);
        a.nonsecure = !profile.security;
        a.privileged = true;
        its_memory m = mem.at_once();
        uint64_t before = mem.reads + mem.writes;
        bool off = drain_ == 0 && !(at.frame == ITS_FRAME_GITS && write);
        its_access_result r = gic500_fast_access(g_, &a, &m, mem.latency, nullptr);
        if (off && (at.frame == ITS_FRAME_GITS || at.frame == ITS_FRAME_TRANSLATION))
            its_accesses_while_off += mem.reads + mem.writes - before;
        resp_ = r.fault ? ITS_AXI_SLVERR : ITS_AXI_OKAY;
        tick();
        return r.data;
    }
    void start(uint64_t addr, bool write, uint64_t value, unsigned bytes, int64_t device)
    {
        if (host_.busy)
            throw std::logic_error("one bus access at a time");
        host_ = {true, write, write, write, !write, addr, value, bytes, device};
    }
    void drive_host()
    {
        /* Data comes in the order of addresses: the other master's after all of this one's. */
        bool other = beside_.busy && !host_.aw && !host_.w && !host_.ar;
        const host &h = other ? beside_ : host_;
        unsigned lane = unsigned(h.addr & (profile.bus_bytes - 1));
        its_axi_address a{};
        a.addr = h.addr;
        a.id = other ? BESIDE : 0;
        a.size = h.bytes == 8 ? 3 : h.bytes == 4 ? 2 : h.bytes == 2 ? 1 : 0;
        a.burst = ITS_AXI_INCR;
        a.prot =
            uint8_t(profile.security ? ITS_AXI_PRIVILEGED : ITS_AXI_PRIVILEGED | ITS_AXI_NONSECURE);
        a.has_device = h.device >= 0;
        a.device = uint32_t(h.device);
        pins.s_axi.aw.valid = h.aw;
        pins.s_axi.aw.d = a;
        pins.s_axi.ar.valid = h.ar;
        pins.s_axi.ar.d = a;
        pins.s_axi.w.valid = h.w;
        pins.s_axi.w.d.data = h.data << (8 * lane);
        pins.s_axi.w.d.strb = uint8_t(((1u << h.bytes) - 1) << lane);
        pins.s_axi.w.d.last = true;
        pins.s_axi.b.ready = true;
        pins.s_axi.r.ready = true;
    }
    void clock_host()
    {
        if (!pins.resetn)
            return;
        if (beside_.busy && !host_.aw && !host_.w && !host_.ar) {
            beside_.aw = beside_.aw && !its_fire(&pins.s_axi.aw);
            beside_.w = beside_.w && !its_fire(&pins.s_axi.w);
        }
        if (its_fire(&pins.s_axi.b) && pins.s_axi.b.d.id == BESIDE) {
            beside_ = {};
            return;
        }
        if (!host_.busy)
            return;
        if (its_fire(&pins.s_axi.aw))
            host_.aw = false;
        if (its_fire(&pins.s_axi.w))
            host_.w = false;
        if (its_fire(&pins.s_axi.ar))
            host_.ar = false;
        if (host_.write && its_fire(&pins.s_axi.b)) {
            resp_ = pins.s_axi.b.d.resp;
            host_ = {};
        } else if (!host_.write && its_fire(&pins.s_axi.r)) {
            unsigned lane = unsigned(host_.addr & (profile.bus_bytes - 1));
            resp_ = pins.s_axi.r.d.resp;
            read_data_ = pins.s_axi.r.d.data >> (8 * lane);
            if (host_.bytes < 8)
                read_data_ &= (1ull << (8 * host_.bytes)) - 1;
            host_ = {};
        }
    }

    static constexpr uint16_t BESIDE = 9; /* AXI ID of the other master */

    std::unique_ptr<its_rules> rules_;
    std::shared_ptr<uint8_t> store_;
    gic500 *g_ = nullptr;
    host host_;
    host beside_; /* no part of a snapshot */
    uint64_t cycle_ = 0, read_data_ = 0;
    unsigned drain_ = 0;
    uint8_t resp_ = 0;
};

} // namespace bench

#endif
