/* SPDX-License-Identifier: MIT */
/*
 * bench_memory.h - memory for tests in plain C++: sparse bytes, and an AXI4 slave in front of them
 * with latency, back-pressure, faults and answers withheld. Both are values: a copy is a snapshot.
 */
#ifndef ITSIM_TESTS_BENCH_MEMORY_H
#define ITSIM_TESTS_BENCH_MEMORY_H

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "wire/axi.h"
#include "wire/mem.h"

namespace bench {

/* Sparse memory, zero at first. Copies share pages until one of them is written. */
class ram {
public:
    uint8_t get(uint64_t a) const
    {
        auto p = pages_.find(a >> 12);
        return p == pages_.end() ? 0 : (*p->second)[a & 4095];
    }
    void put(uint64_t a, uint8_t v)
    {
        auto &p = pages_[a >> 12];
        if (!p)
            p = std::make_shared<page>();
        else if (p.use_count() > 1)
            p = std::make_shared<page>(*p);
        (*p)[a & 4095] = v;
    }
    uint64_t load(uint64_t a, unsigned bytes) const
    {
        uint64_t v = 0;
        for (unsigned i = 0; i < bytes; i++)
            v |= uint64_t(get(a + i)) << (8 * i);
        return v;
    }
    void store(uint64_t a, uint64_t v, unsigned bytes)
    {
        for (unsigned i = 0; i < bytes; i++)
            put(a + i, uint8_t(v >> (8 * i)));
    }
    void fill(uint64_t a, uint64_t n, uint8_t v)
    {
        for (uint64_t i = 0; i < n; i++)
            put(a + i, v);
    }

private:
    using page = std::array<uint8_t, 4096>;
    std::map<uint64_t, std::shared_ptr<page>> pages_;
};

/* An AXI4 slave with memory behind it. Hooks let a test withhold or spoil answers. */
class axi_memory {
public:
    ram data;
    unsigned latency = 0;
    unsigned busy_one_in = 0; /* 0: always ready; n: about one cycle in n a channel is not */
    unsigned jitter = 0; /* answers come up to so many cycles later, those of other IDs first */
    bool loose = false; /* reads see memory as of their acceptance, writes land with their answer */
    std::function<bool(uint64_t addr, bool write)> fault = [](uint64_t, bool) { return false; };
    std::function<bool(unsigned id, bool write)> withheld = [](unsigned, bool) { return false; };
    std::function<bool(uint64_t addr)> silent = [](uint64_t) { return false; }; /* reads withheld */
    uint64_t reads = 0, writes = 0;
    std::vector<uint64_t> written; /* addresses, in order of landing */

    void drive(its_axi &p, uint64_t now)
    {
        p.ar.ready = free_channel();
        p.aw.ready = free_channel();
        p.w.ready = free_channel();
        if (!r_open_)
            open_read(now);
        p.r.valid = r_open_;
        if (r_open_) {
            const auto &t = reading_[r_];
            uint64_t a = t.a.addr + (uint64_t(r_beat_) << t.a.size);
            unsigned lane = unsigned(a & 7);
            uint64_t now_there = loose ? t.seen[r_beat_] : data.load(a, 1u << t.a.size);
            p.r.d.id = t.a.id;
            p.r.d.data = now_there << (8 * lane);
            p.r.d.resp = fault(a, false) ? ITS_AXI_SLVERR : ITS_AXI_OKAY;
            p.r.d.last = r_beat_ == t.a.len;
        }
        if (!b_open_)
            open_answer(now);
        p.b.valid = b_open_;
        if (b_open_) {
            p.b.d.id = answers_[b_].a.id;
            p.b.d.resp = fault(answers_[b_].a.addr, true) ? ITS_AXI_SLVERR : ITS_AXI_OKAY;
        }
    }

    void clock(const its_axi &p, uint64_t now)
    {
        if (its_fire(&p.r)) {
            r_beat_++;
            if (p.r.d.last) {
                reading_.erase(reading_.begin() + long(r_));
                r_open_ = false;
            }
        }
        if (its_fire(&p.b)) {
            answers_.erase(answers_.begin() + long(b_));
            b_open_ = false;
        }
        if (its_fire(&p.ar)) {
            reads++;
            reading_.push_back({p.ar.d, {}, {}, due(now)});
            for (unsigned i = 0; loose && i <= p.ar.d.len; i++)
                reading_.back().seen.push_back(
                    data.load(p.ar.d.addr + (uint64_t(i) << p.ar.d.size), 1u << p.ar.d.size));
        }
        if (its_fire(&p.aw))
            aw_.push_back(p.aw.d);
        if (its_fire(&p.w))
            w_.push_back(p.w.d);
        while (!aw_.empty() && !w_.empty()) {
            writes++;
            written.push_back(aw_.front().addr);
            if (!loose)
                land(aw_.front(), w_.front());
            answers_.push_back({aw_.front(), w_.front(), {}, due(now)});
            aw_.pop_front();
            w_.pop_front();
        }
    }

    /* Cycle from which it may have an answer to offer; UINT64_MAX when it has none to give. */
    uint64_t quiet_until(uint64_t now) const
    {
        uint64_t first = r_open_ || b_open_ ? now : UINT64_MAX;
        for (auto *list : {&reading_, &answers_})
            for (auto &t : *list)
                if (!withheld(t.a.id, list == &answers_) &&
                    (list == &answers_ || !silent(t.a.addr)))
                    first = std::min(first, t.due);
        return first;
    }
    /* Answers it still has to give. */
    size_t owed() const { return reading_.size() + answers_.size(); }
    size_t writes_owed() const { return answers_.size(); }

    /* The same bytes for a host of the fast face, faults and counters included. */
    its_memory at_once()
    {
        its_memory m{};
        m.host = this;
        m.read = [](void *h, uint64_t a, void *p, unsigned n, unsigned) {
            auto *me = static_cast<axi_memory *>(h);
            me->reads++;
            for (unsigned i = 0; i < n; i++)
                static_cast<uint8_t *>(p)[i] = me->data.get(a + i);
            return !me->fault(a, false);
        };
        m.write = [](void *h, uint64_t a, const void *p, unsigned n, unsigned) {
            auto *me = static_cast<axi_memory *>(h);
            me->writes++;
            me->written.push_back(a);
            if (me->fault(a, true))
                return false;
            for (unsigned i = 0; i < n; i++)
                me->data.put(a + i, static_cast<const uint8_t *>(p)[i]);
            return true;
        };
        return m;
    }

    /* Takes the state of another one, and keeps its own hooks. */
    void become(const axi_memory &other)
    {
        auto own_fault = std::move(fault);
        auto own_withheld = std::move(withheld);
        auto own_silent = std::move(silent);
        *this = other;
        fault = std::move(own_fault);
        withheld = std::move(own_withheld);
        silent = std::move(own_silent);
    }

private:
    struct txn {
        its_axi_address a;
        its_axi_w w;
        std::vector<uint64_t> seen;
        uint64_t due;
    };

    bool free_channel() { return !busy_one_in || random(busy_one_in) != 0; }
    uint64_t due(uint64_t now) { return now + 1 + latency + (jitter ? random(jitter + 1) : 0); }
    unsigned random(unsigned n)
    {
        random_ = random_ * 6364136223846793005u + 1442695040888963407u;
        return unsigned(random_ >> 33) % n;
    }
    void land(const its_axi_address &a, const its_axi_w &w)
    {
        if (fault(a.addr, true))
            return;
        uint64_t base = a.addr & ~uint64_t(7);
        for (unsigned i = 0; i < 8; i++)
            if ((w.strb >> i) & 1)
                data.put(base + i, uint8_t(w.data >> (8 * i)));
    }
    void open_read(uint64_t now)
    {
        for (size_t i = 0; i < reading_.size(); i++)
            if (reading_[i].due <= now && !withheld(reading_[i].a.id, false) &&
                !silent(reading_[i].a.addr)) {
                r_ = i;
                r_beat_ = 0;
                r_open_ = true;
                return;
            }
    }
    void open_answer(uint64_t now)
    {
        for (size_t i = 0; i < answers_.size(); i++)
            if (answers_[i].due <= now && !withheld(answers_[i].a.id, true)) {
                b_ = i;
                b_open_ = true;
                if (loose)
                    land(answers_[i].a, answers_[i].w);
                return;
            }
    }

    std::vector<txn> reading_, answers_;
    std::deque<its_axi_address> aw_;
    std::deque<its_axi_w> w_;
    uint64_t random_ = 1;
    size_t r_ = 0, b_ = 0;
    unsigned r_beat_ = 0;
    bool r_open_ = false, b_open_ = false;
};

} // namespace bench

#endif
