/* SPDX-License-Identifier: MIT */
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "watch/rules.h"

namespace {

/* --- random legal traffic --------------------------------------------------------------------- */

/* A master and a slave that obey the protocol, with random pauses and random resets. */
class Traffic {
public:
    Traffic(uint32_t seed, bool master_port) : rng_(seed), master_port_(master_port) {}

    its_axi p{};

    /* Outputs of both ends for the coming edge: what waits stays as it is. */
    void drive()
    {
        if (!p.aw.valid && chance(3) && new_write())
            p.aw.valid = true;
        if (!p.w.valid && !data_.empty() && chance(2)) {
            p.w.valid = true;
            p.w.d = data_.front();
            data_.pop_front();
        }
        if (!p.ar.valid && chance(3) && new_read())
            p.ar.valid = true;
        if (!p.b.valid && !done_.empty() && chance(3))
            offer_b();
        if (!p.r.valid && !reads_.empty() && chance(2))
            offer_r();
        p.aw.ready = chance(2);
        p.w.ready = chance(2);
        p.b.ready = chance(2);
        p.ar.ready = chance(2);
        p.r.ready = chance(2);
    }

    void clock()
    {
        transfers += its_fire(&p.b) || its_fire(&p.r);
        if (its_fire(&p.aw)) {
            addresses_.push_back(p.aw.d);
            p.aw.valid = false;
        }
        if (its_fire(&p.w)) {
            lasts_ += p.w.d.last;
            p.w.valid = false;
        }
        while (lasts_ > 0 && !addresses_.empty()) {
            lasts_--;
            done_.push_back(addresses_.front().id);
            addresses_.pop_front();
        }
        if (its_fire(&p.ar)) {
            reads_.push_back({p.ar.d.id, p.ar.d.len + 1u});
            p.ar.valid = false;
        }
        if (its_fire(&p.b)) {
            busy_writes_.erase(busy_writes_.begin() + find(busy_writes_, p.b.d.id));
            p.b.valid = false;
        }
        if (its_fire(&p.r)) {
            if (p.r.d.last)
                busy_reads_.erase(busy_reads_.begin() + find(busy_reads_, p.r.d.id));
            p.r.valid = false;
        }
    }

    unsigned transfers = 0;

private:
    struct Read {
        uint16_t id;
        unsigned beats;
    };

    bool chance(unsigned n) { return rng_() % n == 0; }

    static long find(const std::vector<uint16_t> &list, uint16_t id)
    {
        long i = 0;
        while (list[static_cast<size_t>(i)] != id)
            i++;
        return i;
    }

    bool pick_id(std::vector<uint16_t> &busy, uint16_t *id)
    {
        *id = static_cast<uint16_t>(rng_() % 16);
        if (busy.size() >= 12)
            return false;
        for (uint16_t b : busy)
            if (master_port_ && b == *id)
                return false;
        busy.push_back(*id);
        return true;
    }

    its_axi_address address(uint16_t id)
    {
        its_axi_address a{};
        a.id = id;
        a.size = static_cast<uint8_t>(rng_() % (master_port_ ? 4 : 3));
        a.burst = static_cast<uint8_t>(rng_() % 3);
        static const uint8_t wraps[] = {1, 3, 7, 15};
        a.len = static_cast<uint8_t>(rng_() % 16);
        a.addr = rng_() % 0x10000;
        if (a.burst == ITS_AXI_WRAP) {
            a.len = wraps[rng_() % 4];
            a.addr &= ~((uint64_t{1} << a.size) - 1);
        }
        uint64_t bytes = (a.len + 1u) << a.size;
        if (a.burst == ITS_AXI_INCR && a.addr % 4096 + bytes > 4096)
            a.addr -= bytes;
        return a;
    }

    bool new_write()
    {
        uint16_t id;
        if (!pick_id(busy_writes_, &id))
            return false;
        its_axi_address a = p.aw.d = address(id);
        unsigned bus = master_port_ ? 8 : 4;
        uint64_t cell = uint64_t{1} << a.size;
        uint64_t at = a.addr;
        for (unsigned beat = 0; beat <= a.len; beat++) {
            uint64_t aligned = at / cell * cell;
            unsigned strb = 0;
            for (uint64_t byte = at; byte < aligned + cell; byte++)
                strb |= static_cast<unsigned>(rng_() % 2) << byte % bus;
            data_.push_back({rng_(), static_cast<uint8_t>(strb), beat == a.len});
            if (a.burst == ITS_AXI_INCR)
                at = aligned + cell;
            uint64_t total = cell * (a.len + 1u);
            if (a.burst == ITS_AXI_WRAP)
                at = (aligned + cell) % total == 0 ? aligned + cell - total : aligned + cell;
        }
        return true;
    }

    bool new_read()
    {
        uint16_t id;
        if (!pick_id(busy_reads_, &id))
            return false;
        p.ar.d = address(id);
        return true;
    }

    void offer_b()
    {
        /* Of different IDs any may come first, of one ID the oldest. */
        size_t pick = rng_() % done_.size();
        for (size_t i = 0; i < pick; i++)
            if (done_[i] == done_[pick])
                pick = i;
        p.b.valid = true;
        p.b.d.id = done_[pick];
        done_.erase(done_.begin() + static_cast<long>(pick));
    }

    void offer_r()
    {
        size_t pick = rng_() % reads_.size();
        for (size_t i = 0; i < pick; i++)
            if (reads_[i].id == reads_[pick].id)
                pick = i;
        p.r.valid = true;
        p.r.d.id = reads_[pick].id;
        p.r.d.data = rng_();
        p.r.d.last = --reads_[pick].beats == 0;
        if (p.r.d.last)
            reads_.erase(reads_.begin() + static_cast<long>(pick));
    }

    std::mt19937 rng_;
    bool master_port_;
    std::deque<its_axi_address> addresses_;
    std::deque<its_axi_w> data_;
    std::deque<uint16_t> done_;
    std::deque<Read> reads_;
    std::vector<uint16_t> busy_writes_, busy_reads_;
    unsigned lasts_ = 0;
};

TEST(RulesTraffic, RandomLegalTrafficBreaksNothing)
{
    auto rules = std::make_unique<its_rules>();
    for (uint32_t seed = 0; seed < 20; seed++) {
        its_rules_reset(rules.get(), 4);
        its_rules_off(rules.get(), false);
        Traffic slave(seed, false), master(seed + 1000, true);
        for (uint64_t cycle = 0; cycle < 5000; cycle++) {
            slave.drive();
            master.drive();
            its_rules_edge(rules.get(), cycle, &slave.p, &master.p, true);
            slave.clock();
            master.clock();
        }
        EXPECT_GT(slave.transfers, 500u);
        EXPECT_GT(master.transfers, 500u);
        char text[ITS_VIOLATION_BYTES];
        its_rules_text(&rules->log.first[0], text, sizeof text);
        ASSERT_EQ(rules->log.count, 0u) << "seed " << seed << ": " << text;
    }
}

} // namespace
