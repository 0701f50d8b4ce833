/* SPDX-License-Identifier: MIT */
/*
 * watch_rules_bench.h - what the tests of the rule checker share.
 */
#ifndef ITSIM_TESTS_UNIT_WATCH_RULES_BENCH_H
#define ITSIM_TESTS_UNIT_WATCH_RULES_BENCH_H

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "watch/rules.h"

/* The names of the rules violated, each with how often. */
inline std::string violations(const its_rules &rules)
{
    std::string text;
    uint64_t sum = 0;
    for (unsigned i = 0; i < ITS_RULES; i++) {
        sum += rules.log.by_rule[i];
        if (rules.log.by_rule[i])
            text += std::string(text.empty() ? "" : " ") + its_rule_name(i) + ":" +
                    std::to_string(rules.log.by_rule[i]);
    }
    EXPECT_EQ(sum, rules.log.count);
    return text;
}

/* One port under the checker; a test sets the wires and lets edges pass. */
class RulesAxi : public testing::Test {
protected:
    RulesAxi() : rules_(new its_rules) { its_rules_reset(rules_.get(), 4); }

    void on() { its_rules_off(rules_.get(), false); }

    void edge(bool resetn = true)
    {
        its_rules_edge(rules_.get(), cycle_++, slave_ ? &p : nullptr, slave_ ? nullptr : &p,
                       resetn);
    }

    /* An edge at which every channel that is valid is taken; then all valids fall. */
    void take()
    {
        p.aw.ready = p.w.ready = p.b.ready = p.ar.ready = p.r.ready = true;
        edge();
        p = {};
    }

    void aw(uint64_t addr, unsigned id, unsigned len = 0, unsigned size = 2,
            unsigned burst = ITS_AXI_INCR)
    {
        p.aw.valid = true;
        p.aw.d = address(addr, id, len, size, burst);
    }

    void ar(uint64_t addr, unsigned id, unsigned len = 0, unsigned size = 2,
            unsigned burst = ITS_AXI_INCR)
    {
        p.ar.valid = true;
        p.ar.d = address(addr, id, len, size, burst);
    }

    void w(unsigned strb = 0, bool last = true)
    {
        p.w.valid = true;
        p.w.d.strb = static_cast<uint8_t>(strb);
        p.w.d.last = last;
    }

    void b(unsigned id)
    {
        p.b.valid = true;
        p.b.d.id = static_cast<uint16_t>(id);
    }

    void r(unsigned id, bool last = true)
    {
        p.r.valid = true;
        p.r.d.id = static_cast<uint16_t>(id);
        p.r.d.last = last;
    }

    std::string found() const { return violations(*rules_); }

    its_axi p{};
    bool slave_ = false;
    uint64_t cycle_ = 0;
    std::unique_ptr<its_rules> rules_;

private:
    static its_axi_address address(uint64_t addr, unsigned id, unsigned len, unsigned size,
                                   unsigned burst)
    {
        its_axi_address a{};
        a.addr = addr;
        a.id = static_cast<uint16_t>(id);
        a.len = static_cast<uint8_t>(len);
        a.size = static_cast<uint8_t>(size);
        a.burst = static_cast<uint8_t>(burst);
        return a;
    }
};

class RulesSlave : public RulesAxi {
protected:
    RulesSlave() { slave_ = true; }
};

#endif
