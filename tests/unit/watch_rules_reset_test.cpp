/* SPDX-License-Identifier: MIT */
#include <gtest/gtest.h>

#include "its/wires.h"
#include "watch/rules.h"
#include "watch_rules_bench.h"

namespace {

/* --- reset ------------------------------------------------------------------------------------ */

TEST_F(RulesAxi, OutputsOfTheMasterPortAreLowInReset)
{
    p.aw.valid = p.w.valid = p.ar.valid = p.b.ready = p.r.ready = true; /* not yet in reset */
    on();
    edge(false);
    EXPECT_EQ(found(), "");
    p = {};
    p.b.valid = p.r.valid = p.aw.ready = p.w.ready = p.ar.ready = true; /* the memory's own */
    edge(false);
    p = {};
    EXPECT_EQ(rules_->log.by_rule[ITS_RULE_reset_valid], 0u);
    EXPECT_EQ(rules_->log.by_rule[ITS_RULE_reset_ready], 0u);
    bool *const wires[] = {&p.aw.valid, &p.w.valid, &p.ar.valid, &p.b.ready, &p.r.ready};
    for (unsigned i = 0; i < 5; i++) {
        its_rules_reset(rules_.get(), 4);
        p = {};
        edge(false);
        *wires[i] = true;
        edge(false);
        bool valid = i < 3;
        EXPECT_EQ(rules_->log.by_rule[ITS_RULE_reset_valid], valid ? 1u : 0u) << i;
        EXPECT_EQ(rules_->log.by_rule[ITS_RULE_reset_ready], valid ? 0u : 1u) << i;
        edge(true); /* valid may rise only after this edge; ready is free */
        EXPECT_EQ(rules_->log.by_rule[ITS_RULE_reset_valid], valid ? 2u : 0u) << i;
        EXPECT_EQ(rules_->log.by_rule[ITS_RULE_reset_ready], valid ? 0u : 1u) << i;
    }
}

TEST_F(RulesSlave, OutputsOfTheSlavePortAreLowInReset)
{
    bool *const wires[] = {&p.aw.ready, &p.w.ready, &p.ar.ready, &p.b.valid, &p.r.valid};
    for (unsigned i = 0; i < 5; i++) {
        its_rules_reset(rules_.get(), 4);
        p = {};
        edge(false);
        p.aw.valid = p.w.valid = p.ar.valid = p.b.ready = p.r.ready = true; /* software's own */
        edge(false);
        EXPECT_EQ(rules_->log.count, 0u) << i;
        *wires[i] = true;
        edge(false);
        EXPECT_EQ(rules_->log.by_rule[ITS_RULE_reset_ready], i < 3 ? 1u : 0u) << i;
        EXPECT_EQ(rules_->log.by_rule[ITS_RULE_reset_valid], i < 3 ? 0u : 1u) << i;
    }
}

TEST_F(RulesAxi, WhatIsOfferedMayBeWithdrawnByReset)
{
    on();
    aw(0x1000, 1);
    ar(0x1000, 1);
    w(0xf);
    edge();
    edge(false);
    p = {};
    edge(false);
    edge();
    EXPECT_EQ(found(), "");
}

TEST_F(RulesSlave, TheSlavePortOwesNothingAfterReset)
{
    ar(0x1000, 1);
    aw(0x1000, 1);
    w(0xf);
    take();
    edge(false);
    edge(false);
    edge();
    r(1);
    b(1);
    take();
    EXPECT_EQ(found(), "b_unowed:1 r_unowed:1");
}

TEST_F(RulesAxi, AnswersOwedToTheMasterPortStillComeAfterReset)
{
    on();
    ar(0x1000, 1, 1, 3);
    p.ar.ready = true;
    edge(false); /* taken at the first edge of reset */
    p = {};
    edge(false);
    edge();
    ar(0x2000, 2); /* another ID is free */
    take();
    EXPECT_EQ(found(), "off_access:1"); /* though the ITS is OFF now */
    r(1, false);
    take();
    r(1);
    take();
    on();
    ar(0x1000, 1);
    take();
    EXPECT_EQ(found(), "off_access:1");
}

TEST_F(RulesAxi, AnIdIsNotUsedBeforeItsLateAnswer)
{
    on();
    ar(0x1000, 1);
    take();
    edge(false);
    edge();
    on();
    ar(0x1000, 1);
    take();
    EXPECT_EQ(found(), "late_id:1");
}

TEST_F(RulesAxi, NothingStartsBeforeALateWriteAnswer)
{
    on();
    aw(0x1000, 1);
    w(0xf);
    take();
    edge(false);
    edge();
    on();
    ar(0x1000, 3);
    take();
    EXPECT_EQ(found(), "late_write:1");
    aw(0x1000, 8);
    w(0xf);
    take();
    EXPECT_EQ(found(), "late_write:2");
    b(1);
    take();
    ar(0x1000, 4);
    take();
    EXPECT_EQ(found(), "late_write:2");
}

TEST_F(RulesAxi, AWriteTakenByHalfIsCompletedAfterReset)
{
    on();
    aw(0x1000, 1);
    take();
    edge(false);
    edge();
    w(0);
    take();
    b(1);
    take();
    EXPECT_EQ(found(), "");

    on();
    w(0xf);
    take();
    edge(false);
    edge();
    aw(0x1000, 1);
    take();
    ar(0x2000, 9); /* the redistributors' ID, but the answer is still owed */
    take();
    b(1);
    take();
    EXPECT_EQ(found(), "late_write:1");
}

/* --- OFF -------------------------------------------------------------------------------------- */

TEST_F(RulesAxi, TheItsIsSilentWhileOff)
{
    ar(0x1000, ITS_ID_QUEUE);
    take();
    EXPECT_EQ(found(), "off_access:1");
    aw(0x1000, ITS_ID_TABLE);
    w(0xf);
    take();
    EXPECT_EQ(found(), "off_access:2"); /* data comes with its address, and counts with it */
}

TEST_F(RulesAxi, RedistributorsGoOnWhileOff)
{
    ar(0x1000, ITS_ID_RD);
    aw(0x1000, ITS_IDS - 1);
    w(0xf);
    take();
    r(ITS_ID_RD);
    b(ITS_IDS - 1);
    take();
    EXPECT_EQ(found(), "");
}

TEST_F(RulesAxi, AnAccessWaitingWhenOffBeginsIsFoundOnce)
{
    on();
    ar(0x1000, 1);
    edge();
    its_rules_off(rules_.get(), true);
    edge();
    edge();
    EXPECT_EQ(found(), "off_access:1");
}

TEST_F(RulesAxi, DataOfTheItsWhileOffIsFound)
{
    on();
    aw(0x1000, 1, 1, 3);
    w(0xff, false);
    take();
    its_rules_off(rules_.get(), true);
    edge();
    EXPECT_EQ(found(), "off_owed:1");
    w(0xff);
    take();
    EXPECT_EQ(found(), "off_access:1 off_owed:1");
}

TEST_F(RulesAxi, OffMeansThatNothingIsOwedToTheIts)
{
    on();
    aw(0x1000, 1);
    ar(0x1000, 8); /* owed to a redistributor: may be */
    w(0xf);
    take();
    its_event e{};
    e.kind = ITS_EV_STATE;
    e.c = ITS_OFF;
    its_rules_sink(rules_.get(), &e);
    edge();
    EXPECT_EQ(found(), "off_owed:1");
    b(1);
    take();
    e.c = ITS_ON;
    its_rules_sink(rules_.get(), &e);
    ar(0x1000, 2);
    take();
    e.c = ITS_OFF;
    its_rules_sink(rules_.get(), &e);
    edge();
    EXPECT_EQ(found(), "off_owed:2");
}

TEST_F(RulesAxi, StateEventsTurnTheRuleOnAndOff)
{
    for (unsigned state : {ITS_ON, ITS_DRAIN, ITS_WRITEBACK}) {
        its_event e{};
        e.kind = ITS_EV_STATE;
        e.c = static_cast<uint16_t>(state);
        its_rules_sink(rules_.get(), &e);
        ar(0x1000, 1);
        take();
        r(1);
        take();
    }
    EXPECT_EQ(found(), "");
}

TEST_F(RulesSlave, SoftwareMayAccessTheSlavePortWhileOff)
{
    ar(0x1000, 1);
    aw(0x1000, 1);
    w(0xf);
    take();
    EXPECT_EQ(found(), "");
}

/* --- the log ---------------------------------------------------------------------------------- */

TEST_F(RulesAxi, TheFirstViolationsAreKeptAndAllAreCounted)
{
    for (unsigned i = 0; i < ITS_VIOLATIONS_KEPT + 10; i++) {
        b(i);
        take();
    }
    EXPECT_EQ(rules_->log.count, ITS_VIOLATIONS_KEPT + 10u);
    EXPECT_EQ(found(), "b_unowed:" + std::to_string(ITS_VIOLATIONS_KEPT + 10));
    for (unsigned i = 0; i < ITS_VIOLATIONS_KEPT; i++)
        EXPECT_EQ(rules_->log.first[i].id, i);
}

TEST(RulesLog, ViolationsReadAsText)
{
    char text[ITS_VIOLATION_BYTES];
    its_violation v{12, 0x1ff8, 3, ITS_RULE_burst_4k, ITS_AT_M_AXI};
    const char *want = "cycle 12, m_axi AW: burst_4k: burst crosses a 4 KB boundary (id 3, 0x1ff8)";
    EXPECT_EQ(its_rules_text(&v, text, sizeof text), std::string(want).size());
    EXPECT_STREQ(text, want);
    EXPECT_EQ(its_rules_text(&v, text, 9), 8u);
    EXPECT_STREQ(text, "cycle 12");
    EXPECT_EQ(its_rules_text(&v, nullptr, 0), 0u);
    v = {7, 64, its_ref_cmd(2), ITS_RULE_creadr, ITS_AT_EVENTS};
    its_rules_text(&v, text, sizeof text);
    EXPECT_STREQ(text, "cycle 7, events: creadr: CREADR passed a command that was not carried out "
                       "(command 2, 64)");
}

TEST(RulesLog, EveryRuleHasANameAndAMessageThatFit)
{
    char text[ITS_VIOLATION_BYTES];
    for (unsigned i = 0; i < ITS_RULES; i++) {
        ASSERT_NE(its_rule_name(i), nullptr);
        ASSERT_NE(its_rule_message(i), nullptr);
        its_violation v{UINT64_MAX, UINT64_MAX, UINT32_MAX, static_cast<uint8_t>(i), ITS_AT_EVENTS};
        EXPECT_LT(its_rules_text(&v, text, sizeof text), sizeof text - 1);
    }
    EXPECT_EQ(its_rule_name(ITS_RULES), nullptr);
    EXPECT_EQ(its_rule_message(ITS_RULES), nullptr);
}

} // namespace
