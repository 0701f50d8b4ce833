/* SPDX-License-Identifier: MIT */
#include <gtest/gtest.h>

#include "its/wires.h"
#include "watch/rules.h"
#include "watch_rules_bench.h"

namespace {

/* --- transfers that break nothing ------------------------------------------------------------- */

TEST_F(RulesAxi, AWriteAndAReadBreakNothing)
{
    on();
    aw(0x1000, 1);
    w(0xf);
    take();
    b(1);
    take();
    ar(0x1000, 1);
    take();
    r(1);
    take();
    EXPECT_EQ(found(), "");
}

TEST_F(RulesAxi, WriteDataMayComeBeforeItsAddress)
{
    on();
    w(0x0f, false);
    take();
    w(0xf0);
    take();
    aw(0x1000, 1, 1);
    take();
    b(1);
    take();
    EXPECT_EQ(found(), "");
}

TEST_F(RulesAxi, ReadBeatsOfDifferentIdsMayInterleave)
{
    on();
    ar(0x1000, 1, 1, 3);
    take();
    ar(0x2000, 2, 1, 3);
    take();
    r(2, false);
    take();
    r(1, false);
    take();
    r(1);
    take();
    r(2);
    take();
    EXPECT_EQ(found(), "");
}

TEST_F(RulesAxi, ValidMayWaitForReady)
{
    on();
    aw(0x1000, 1);
    w(0xf);
    for (unsigned i = 0; i < 5; i++)
        edge();
    take();
    b(1);
    for (unsigned i = 0; i < 5; i++)
        edge();
    take();
    EXPECT_EQ(found(), "");
}

/* --- stability -------------------------------------------------------------------------------- */

TEST_F(RulesAxi, ValidMustNotFallBeforeReady)
{
    on();
    aw(0x1000, 1);
    edge();
    p = {};
    edge();
    EXPECT_EQ(found(), "valid_dropped:1");
    EXPECT_EQ(rules_->log.first[0].cycle, 1u);
    EXPECT_EQ(rules_->log.first[0].id, 1u);
}

TEST_F(RulesAxi, ValidMustStayHighOnEveryChannel)
{
    on();
    for (unsigned channel = 0; channel < 5; channel++) {
        its_rules_reset(rules_.get(), 4);
        on();
        p = {};
        bool *const valid[] = {&p.aw.valid, &p.w.valid, &p.b.valid, &p.ar.valid, &p.r.valid};
        for (bool high : {true, false}) {
            *valid[channel] = high;
            edge();
        }
        EXPECT_EQ(rules_->log.by_rule[ITS_RULE_valid_dropped], 1u) << channel;
        EXPECT_EQ(rules_->log.first[rules_->log.count - 1].place, ITS_AT_M_AXI + channel);
    }
}

TEST_F(RulesAxi, EveryPartOfAPayloadMustStay)
{
    using change = void (*)(its_axi &);
    static const change changes[] = {
        [](its_axi &a) { a.aw.d.addr ^= 8; },
        [](its_axi &a) { a.aw.d.device ^= 1; },
        [](its_axi &a) { a.aw.d.id ^= 1; },
        [](its_axi &a) { a.aw.d.len ^= 1; },
        [](its_axi &a) { a.aw.d.size ^= 1; },
        [](its_axi &a) { a.aw.d.burst ^= 1; },
        [](its_axi &a) { a.aw.d.prot ^= 1; },
        [](its_axi &a) { a.aw.d.cache ^= 1; },
        [](its_axi &a) { a.aw.d.has_device ^= true; },
        [](its_axi &a) { a.ar.d.addr ^= 8; },
        [](its_axi &a) { a.ar.d.id ^= 1; },
        [](its_axi &a) { a.ar.d.len ^= 1; },
        [](its_axi &a) { a.w.d.data ^= 1; },
        [](its_axi &a) { a.w.d.strb ^= 1; },
        [](its_axi &a) { a.w.d.last ^= true; },
        [](its_axi &a) { a.b.d.id ^= 1; },
        [](its_axi &a) { a.b.d.resp ^= 1; },
        [](its_axi &a) { a.r.d.data ^= 1; },
        [](its_axi &a) { a.r.d.id ^= 1; },
        [](its_axi &a) { a.r.d.resp ^= 1; },
        [](its_axi &a) { a.r.d.last ^= true; },
    };
    for (const change &c : changes) {
        its_rules_reset(rules_.get(), 4);
        on();
        p = {};
        aw(0x1000, 1);
        ar(0x1000, 1);
        w(0xf);
        b(1);
        r(1);
        edge();
        uint64_t before = rules_->log.count;
        edge();
        EXPECT_EQ(rules_->log.count, before);
        c(p);
        edge();
        EXPECT_EQ(rules_->log.count, before + 1) << &c - changes;
        EXPECT_EQ(rules_->log.by_rule[ITS_RULE_payload_changed], 1u) << &c - changes;
    }
}

TEST_F(RulesAxi, ANewTransferMayFollowAtOnce)
{
    on();
    p.ar.ready = true;
    ar(0x1000, 1);
    edge();
    ar(0x2000, 2);
    edge();
    EXPECT_EQ(found(), "");
}

/* --- shape of bursts -------------------------------------------------------------------------- */

TEST_F(RulesAxi, BurstsMustNotCross4K)
{
    on();
    ar(0x1ff8, 1, 0, 3);
    take();
    EXPECT_EQ(found(), "");
    ar(0x1ff8, 2, 1, 3);
    take();
    EXPECT_EQ(found(), "burst_4k:1");
    EXPECT_EQ(rules_->log.first[0].value, 0x1ff8u);
    aw(0x1ffc, 3, 1, 2);
    take();
    EXPECT_EQ(found(), "burst_4k:2");
    ar(0x1ff9, 4, 0, 3); /* an unaligned first beat ends at its cell */
    take();
    ar(0x1ff8, 5, 1, 3, ITS_AXI_WRAP);
    take();
    ar(0x1ff8, 6, 3, 3, ITS_AXI_FIXED);
    take();
    EXPECT_EQ(found(), "burst_4k:2");
}

TEST_F(RulesAxi, BurstTypesHaveTheirLengths)
{
    on();
    unsigned id = 0;
    for (unsigned len : {1u, 3u, 7u, 15u}) {
        ar(0x1000, id++, len, 3, ITS_AXI_WRAP);
        take();
    }
    ar(0x1000, id++, 15, 3, ITS_AXI_FIXED);
    take();
    EXPECT_EQ(found(), "");
    ar(0x1000, id++, 2, 3, ITS_AXI_WRAP);
    take();
    EXPECT_EQ(found(), "burst_type:1");
    ar(0x1004, id++, 1, 3, ITS_AXI_WRAP);
    take();
    EXPECT_EQ(found(), "burst_type:2");
    ar(0x1000, id++, 16, 3, ITS_AXI_FIXED);
    take();
    EXPECT_EQ(found(), "burst_type:3");
    ar(0x1000, id++, 0, 3, 3);
    take();
    EXPECT_EQ(found(), "burst_type:4");
}

TEST_F(RulesAxi, BeatsMustNotBeWiderThanTheBus)
{
    on();
    ar(0x1000, 1, 0, 3);
    take();
    EXPECT_EQ(found(), "");
    ar(0x1000, 2, 0, 4);
    take();
    EXPECT_EQ(found(), "burst_size:1");
}

TEST_F(RulesSlave, TheSlavePortMayBeNarrower)
{
    aw(0x1004, 1, 0, 2);
    w(0xf);
    take();
    EXPECT_EQ(found(), "");
    ar(0x1000, 2, 0, 3);
    take();
    EXPECT_EQ(found(), "burst_size:1");
}

/* --- write data ------------------------------------------------------------------------------- */

TEST_F(RulesAxi, StrobesStayInTheLanesOfTheirBeat)
{
    static const struct {
        uint64_t addr;
        unsigned size, legal;
    } cases[] = {{0x1000, 0, 0x01}, {0x1003, 0, 0x08}, {0x1006, 1, 0xc0}, {0x1004, 2, 0xf0},
                 {0x1000, 3, 0xff}, {0x1003, 3, 0xf8}, {0x1005, 2, 0xe0}};
    on();
    uint64_t wrong = 0;
    for (auto &c : cases) {
        for (unsigned lane = 0; lane < 8; lane++) {
            aw(c.addr, 1, 0, c.size);
            w(1u << lane);
            take();
            b(1);
            take();
            wrong += (c.legal >> lane & 1) == 0;
            EXPECT_EQ(rules_->log.by_rule[ITS_RULE_strobes], wrong) << c.addr << " " << lane;
        }
    }
    EXPECT_EQ(found(), "strobes:" + std::to_string(wrong));
}

TEST_F(RulesAxi, StrobesFollowTheAddressThroughABurst)
{
    static const struct {
        uint64_t addr;
        unsigned burst;
        unsigned legal[4];
    } cases[] = {{0x1004, ITS_AXI_INCR, {0xf0, 0x0f, 0xf0, 0x0f}},
                 {0x1006, ITS_AXI_INCR, {0xc0, 0x0f, 0xf0, 0x0f}},
                 {0x1004, ITS_AXI_FIXED, {0xf0, 0xf0, 0xf0, 0xf0}},
                 {0x100c, ITS_AXI_WRAP, {0xf0, 0x0f, 0xf0, 0x0f}}};
    on();
    for (auto &c : cases) {
        aw(c.addr, 1, 3, 2, c.burst);
        for (unsigned beat = 0; beat < 4; beat++) {
            w(c.legal[beat], beat == 3);
            take();
        }
        b(1);
        take();
        EXPECT_EQ(found(), "");
    }
    aw(0x1004, 1, 3, 2, ITS_AXI_INCR);
    for (unsigned beat = 0; beat < 4; beat++) {
        w(0xf0, beat == 3);
        take();
    }
    EXPECT_EQ(found(), "strobes:2");
}

TEST_F(RulesAxi, StrobesOfEarlyDataAreCheckedToo)
{
    on();
    w(0xf0);
    take();
    aw(0x1000, 1);
    take();
    EXPECT_EQ(found(), "strobes:1");
}

TEST_F(RulesAxi, EarlyDataOfSeveralWritesKeepsItsOrder)
{
    on();
    for (unsigned lane : {0u, 1u, 2u}) {
        w(1u << lane);
        take();
    }
    for (unsigned id : {0u, 1u, 2u}) {
        aw(0x1000 + id, id, 0, 0);
        take();
    }
    EXPECT_EQ(found(), "");
}

TEST_F(RulesAxi, WlastIsOnTheLastBeatOnly)
{
    on();
    aw(0x1000, 1, 1, 3);
    w(0xff, true); /* one too early */
    take();
    EXPECT_EQ(found(), "w_last:1");
    w(0xff, false); /* missing */
    take();
    EXPECT_EQ(found(), "w_last:2");
    w(0xff, false); /* early data, missing */
    take();
    aw(0x1000, 2, 0, 3);
    take();
    EXPECT_EQ(found(), "w_last:3");
}

TEST_F(RulesAxi, DataBelongsToTheWritesInTheOrderOfTheirAddresses)
{
    on();
    aw(0x1000, 1, 1, 3);
    take();
    aw(0x2000, 2, 0, 3);
    take();
    w(0xff, false);
    take();
    w(0xff, true);
    take();
    b(2); /* the data of 2 has not come yet */
    take();
    EXPECT_EQ(found(), "b_early:1");
}

/* --- answers ---------------------------------------------------------------------------------- */

TEST_F(RulesAxi, AWriteIsNotAnsweredBeforeItsLastBeat)
{
    on();
    aw(0x1000, 1, 1, 3);
    w(0xff, false);
    take();
    b(1);
    edge();
    EXPECT_EQ(found(), "b_early:1");
    w(0xff);
    take();
    EXPECT_EQ(found(), "b_early:1");
}

TEST_F(RulesAxi, NobodyIsAnsweredWhoDidNotAsk)
{
    on();
    b(1);
    take();
    EXPECT_EQ(found(), "b_unowed:1");
    r(1);
    take();
    EXPECT_EQ(found(), "b_unowed:1 r_unowed:1");
    ar(0x1000, 1);
    take();
    r(2);
    take();
    EXPECT_EQ(found(), "b_unowed:1 r_unowed:2");
    r(1);
    take();
    r(1);
    take();
    EXPECT_EQ(found(), "b_unowed:1 r_unowed:3");
}

TEST_F(RulesAxi, RlastIsOnTheLastBeatOnly)
{
    on();
    ar(0x1000, 1, 1, 3);
    take();
    r(1, true);
    take();
    EXPECT_EQ(found(), "r_last:1");
    r(1, false);
    take();
    EXPECT_EQ(found(), "r_last:2");
}

TEST_F(RulesSlave, ReadsOfOneIdAreAnsweredInTheirOrder)
{
    ar(0x1000, 1, 1);
    take();
    ar(0x2000, 1, 0);
    take();
    r(1, true); /* the answer to the second read first */
    take();
    EXPECT_EQ(found(), "r_last:1");
}

TEST_F(RulesSlave, AnIdMayBeUsedAgainAtTheSlavePort)
{
    for (unsigned i = 0; i < 3; i++) {
        ar(0x1000, 1);
        aw(0x1000, 1);
        w(0xf);
        take();
    }
    for (unsigned i = 0; i < 3; i++) {
        r(1);
        b(1);
        take();
    }
    EXPECT_EQ(found(), "");
}

TEST_F(RulesAxi, AnIdIsNotUsedAgainAtTheMasterPort)
{
    on();
    ar(0x1000, 1);
    aw(0x1000, 1);
    w(0xf);
    take();
    ar(0x2000, 2);
    aw(0x2000, 2);
    w(0xf);
    take();
    EXPECT_EQ(found(), "");
    ar(0x1000, 1);
    take();
    EXPECT_EQ(found(), "id_busy:1");
    aw(0x1000, 2);
    take();
    EXPECT_EQ(found(), "id_busy:2");
}

TEST_F(RulesSlave, MoreInFlightThanTheCheckerHoldsIsSaid)
{
    for (unsigned i = 0; i < ITS_RULES_BURSTS; i++) {
        ar(0x1000, i);
        take();
    }
    EXPECT_EQ(found(), "");
    ar(0x1000, 0);
    take();
    EXPECT_EQ(found(), "checker_full:1");
    for (unsigned i = 0; i < ITS_RULES_LEADS; i++) {
        w(0xf);
        take();
    }
    EXPECT_EQ(found(), "checker_full:1");
    w(0xf);
    take();
    EXPECT_EQ(found(), "checker_full:2");
}

} // namespace
