/* SPDX-License-Identifier: MIT */
#include <gtest/gtest.h>

#include "arch/cmd.h"
#include "arch/map.h"
#include "arch/regs.h"
#include "its/wires.h"
#include "watch_rules_bench.h"
#include "wire/rdmsg.h"

namespace {

/* Events under the checker. Commands are named by their place in the queue. */
class RulesOrder : public testing::Test {
protected:
    RulesOrder() : rules_(new its_rules) { its_rules_reset(rules_.get(), 4); }

    void event(its_event_kind kind, uint32_t ref, uint64_t a = 0, uint64_t b = 0, unsigned c = 0)
    {
        its_probe probe{its_rules_sink, rules_.get(), ++cycle_};
        its_emit(&probe, ITS_UNIT_REG, kind, ref, a, b, c);
    }

    void start(uint32_t place, unsigned op = ITS_CMD_MAPD)
    {
        event(ITS_EV_CMD_START, its_ref_cmd(place), 0, 0, op);
    }

    void done(uint32_t place, unsigned op = ITS_CMD_MAPD)
    {
        event(ITS_EV_CMD_DONE, its_ref_cmd(place), 0, 0, op);
    }

    void error(uint32_t place) { event(ITS_EV_CMD_ERROR, its_ref_cmd(place), 0x010801); }
    void fault(uint32_t place) { event(ITS_EV_CMD_FAULT, its_ref_cmd(place), 0x1000); }
    void stall(uint32_t place) { event(ITS_EV_CMD_STALL, its_ref_cmd(place)); }
    void ask(uint32_t msi, unsigned rd) { event(ITS_EV_MSI_SEND, msi, 8192 + msi, 0, rd); }

    void send(uint32_t ref, unsigned rd, unsigned kind)
    {
        event(ITS_EV_RD_SEND, ref, its_ev_lpi(8192, rd), 0, kind);
    }

    void ack(uint32_t ref, unsigned rd, unsigned kind, uint64_t flags = 0)
    {
        event(ITS_EV_RD_ACK, ref, its_ev_lpi(8192, rd) | flags, RD_DONE, kind);
    }

    void creadr(uint32_t place) { its_rules_creadr(rules_.get(), place * ITS_CMD_BYTES); }

    void cbaser(uint64_t value, uint32_t offset = 0x80)
    {
        event(ITS_EV_REG_WRITE, 0, its_ev_reg(offset, 0), value, ITS_FRAME_GITS);
    }

    void run(uint32_t place)
    {
        start(place);
        done(place);
        creadr(place + 1);
    }

    std::string found() const { return violations(*rules_); }

    uint64_t cycle_ = 0;
    std::unique_ptr<its_rules> rules_;
};

/* --- CREADR ----------------------------------------------------------------------------------- */

TEST_F(RulesOrder, CreadrFollowsTheCommands)
{
    cbaser(0); /* one page: 128 commands */
    for (unsigned i = 0; i < 300; i++) {
        start(i % 128);
        creadr(i % 128);
        done(i % 128);
        creadr((i + 1) % 128);
    }
    EXPECT_EQ(found(), "");
}

TEST_F(RulesOrder, CreadrMayComeLate)
{
    cbaser(0);
    for (unsigned i = 0; i < 200; i++) {
        start(i % 128);
        done(i % 128);
        if (i % 3 == 0)
            creadr((i + 1) % 128);
    }
    EXPECT_EQ(found(), "");
}

TEST_F(RulesOrder, CreadrMustNotPassACommandThatRuns)
{
    cbaser(0);
    run(0);
    start(1);
    creadr(2);
    EXPECT_EQ(found(), "creadr:1");
    EXPECT_EQ(rules_->log.first[0].id, its_ref_cmd(2));
    done(1);
    run(2);
    EXPECT_EQ(found(), "creadr:1");
}

TEST_F(RulesOrder, CreadrMustNotJumpOverTheEndOfTheQueue)
{
    cbaser(0);
    run(0);
    creadr(0); /* 127 commands that never were */
    EXPECT_EQ(found(), "creadr:1");
}

TEST_F(RulesOrder, TheQueueSizeComesFromCbaser)
{
    cbaser(0x8000000000000001); /* two pages */
    for (unsigned i = 0; i < 256; i++) {
        start(i);
        done(i);
        creadr((i + 1) % 256);
    }
    EXPECT_EQ(found(), "");
}

TEST_F(RulesOrder, CbaserAndResetMakeCreadrZero)
{
    cbaser(0);
    run(0);
    run(1);
    cbaser(0);
    creadr(2); /* not yet there */
    creadr(0);
    run(0);
    cbaser(0x80000000, 0x84);
    creadr(0);
    run(0);
    event(ITS_EV_RESET, 0);
    creadr(0);
    EXPECT_EQ(found(), "");
    creadr(1);
    EXPECT_EQ(found(), "creadr:1");
}

TEST_F(RulesOrder, ARestartNobodyLookedAtIsNoJump)
{
    cbaser(0);
    for (unsigned i = 0; i < 5; i++)
        run(i);
    cbaser(0);
    start(0);
    done(0);
    creadr(1);
    start(1);
    creadr(2);
    EXPECT_EQ(found(), "creadr:1");
}

TEST_F(RulesOrder, AResetNobodyLookedAtIsNoExcuse)
{
    run(0);
    event(ITS_EV_RESET, 0);
    start(0);
    done(0);
    creadr(2);
    EXPECT_EQ(found(), "creadr:1");
}

TEST_F(RulesOrder, ARestartedQueueHasNoCommandRunning)
{
    start(3);
    cbaser(0);
    start(0);
    done(0);
    EXPECT_EQ(found(), "");
}

TEST_F(RulesOrder, ARewrittenCbaserDoesNotExcuseALaterJumpToZero)
{
    cbaser(0); /* CREADR is 0 already */
    run(0);
    creadr(0);
    EXPECT_EQ(found(), "creadr:1");
}

TEST_F(RulesOrder, OtherRegistersRestartNothing)
{
    cbaser(0);
    run(0);
    event(ITS_EV_REG_WRITE, 0, its_ev_reg(0x88, 0), 0x40, ITS_FRAME_GITS);
    event(ITS_EV_REG_WRITE, 0, its_ev_reg(0x80, 0), 0x40, ITS_FRAME_GICR);
    event(ITS_EV_REG_IGNORED, 0, its_ev_reg(0x80, 0), 0x40, ITS_FRAME_GITS);
    creadr(0);
    EXPECT_EQ(found(), "creadr:1");
}

TEST_F(RulesOrder, ErrorsAndFaultsCountOnceAndArePassed)
{
    cbaser(0);
    start(0);
    error(0);
    done(0);
    creadr(1);
    start(1);
    fault(1);
    done(1);
    creadr(2);
    fault(2); /* the packet could not be read: it never started */
    creadr(3);
    run(3);
    EXPECT_EQ(found(), "");
    start(4);
    error(4);
    done(4);
    creadr(6);
    EXPECT_EQ(found(), "creadr:1");
}

TEST_F(RulesOrder, AStalledCommandIsNotPassed)
{
    cbaser(0);
    start(0);
    error(0);
    stall(0);
    creadr(0);
    start(0); /* after Retry */
    done(0);
    creadr(1);
    EXPECT_EQ(found(), "");
    start(1);
    error(1);
    stall(1);
    creadr(2);
    EXPECT_EQ(found(), "creadr:1");
}

TEST_F(RulesOrder, AStallOfAnotherCommandTakesNothingBack)
{
    cbaser(0);
    start(0);
    done(0);
    stall(5);
    creadr(1);
    EXPECT_EQ(found(), "");
}

TEST_F(RulesOrder, OneCommandAtATime)
{
    start(0);
    start(1);
    EXPECT_EQ(found(), "command_order:1");
    done(0); /* not the one that runs */
    EXPECT_EQ(found(), "command_order:2");
    done(1);
    EXPECT_EQ(found(), "command_order:2");
    error(7);
    EXPECT_EQ(found(), "command_order:3");
}

/* --- SYNC ------------------------------------------------------------------------------------- */

TEST_F(RulesOrder, SyncWaitsForItsAcknowledgement)
{
    start(0, ITS_CMD_SYNC);
    send(its_ref_cmd(0), 1, RD_SYNC);
    ack(its_ref_cmd(0), 1, RD_SYNC);
    done(0, ITS_CMD_SYNC);
    EXPECT_EQ(found(), "");
    start(1, ITS_CMD_SYNC);
    send(its_ref_cmd(1), 1, RD_SYNC);
    done(1, ITS_CMD_SYNC);
    EXPECT_EQ(found(), "sync_early:1");
    EXPECT_EQ(rules_->log.first[0].cycle, cycle_);
    EXPECT_EQ(rules_->log.first[0].id, its_ref_cmd(1));
}

TEST_F(RulesOrder, ASyncThatSendsNothingWaitsForNothing)
{
    start(0, ITS_CMD_SYNC);
    done(0, ITS_CMD_SYNC);
    EXPECT_EQ(found(), "sync_early:1");
}

TEST_F(RulesOrder, TheAcknowledgementOfAnotherSyncDoesNotCount)
{
    start(0, ITS_CMD_SYNC);
    send(its_ref_cmd(0), 1, RD_SYNC);
    ack(its_ref_cmd(0), 1, RD_SYNC);
    done(0, ITS_CMD_SYNC);
    start(1, ITS_CMD_SYNC);
    send(its_ref_cmd(1), 1, RD_SYNC);
    ack(its_ref_cmd(0), 1, RD_SYNC);
    done(1, ITS_CMD_SYNC);
    EXPECT_EQ(found(), "sync_early:1 ack_order:1");
}

TEST_F(RulesOrder, ASyncInErrorWaitsForNothing)
{
    start(0, ITS_CMD_SYNC);
    error(0);
    done(0, ITS_CMD_SYNC);
    EXPECT_EQ(found(), "");
}

TEST_F(RulesOrder, SyncDoesNotOvertakeWhatWasAskedForBeforeIt)
{
    ask(1, 2);
    ask(2, 3); /* another redistributor */
    start(0, ITS_CMD_SYNC);
    ask(3, 2); /* after it: may come later */
    send(1, 2, RD_SET);
    send(its_ref_cmd(0), 2, RD_SYNC);
    send(3, 2, RD_SET);
    send(2, 3, RD_SET);
    EXPECT_EQ(found(), "");
    ask(4, 2);
    start(1, ITS_CMD_SYNC);
    EXPECT_EQ(found(), "command_order:1"); /* command 0 has not ended */
    send(its_ref_cmd(1), 2, RD_SYNC);
    EXPECT_EQ(found(), "command_order:1 sync_early:1");
}

TEST_F(RulesOrder, WhatWasAskedForAtTheEdgeASyncStartsMayComeAfterIt)
{
    ask(1, 2);
    cycle_--;
    start(0, ITS_CMD_SYNC);
    send(its_ref_cmd(0), 2, RD_SYNC);
    send(1, 2, RD_SET);
    EXPECT_EQ(found(), "");
}

TEST_F(RulesOrder, CommandsOtherThanSyncNeedNotWait)
{
    start(0, ITS_CMD_INV);
    done(0, ITS_CMD_INV);
    send(its_ref_cmd(0), 1, RD_INV);
    creadr(1);
    ack(its_ref_cmd(0), 1, RD_INV);
    EXPECT_EQ(found(), "");
}

/* --- messages and acknowledgements ------------------------------------------------------------ */

TEST_F(RulesOrder, MessagesToOneRedistributorStayInOrder)
{
    ask(1, 0);
    ask(2, 0);
    ask(3, 1);
    send(3, 1, RD_SET);
    send(1, 0, RD_SET);
    send(2, 0, RD_SET);
    EXPECT_EQ(found(), "");
    ask(4, 0);
    ask(5, 0);
    send(5, 0, RD_SET);
    EXPECT_EQ(found(), "message_order:1");
    send(4, 0, RD_SET);
    EXPECT_EQ(found(), "message_order:1");
}

TEST_F(RulesOrder, MessagesNobodyAskedForAreFound)
{
    send(1, 0, RD_SET);
    EXPECT_EQ(found(), "message_order:1");
    ask(2, 1);
    send(2, 0, RD_SET); /* the wrong redistributor */
    EXPECT_EQ(found(), "message_order:2");
    ask(3, 0);
    send(9, 0, RD_SET);
    EXPECT_EQ(found(), "message_order:3");
}

TEST_F(RulesOrder, AcknowledgementsComeInOrder)
{
    ask(1, 0);
    send(1, 0, RD_SET);
    send(its_ref_cmd(0), 0, RD_INV);
    send(its_ref_cmd(1), 1, RD_INV);
    ack(its_ref_cmd(1), 1, RD_INV);
    ack(1, 0, RD_SET);
    ack(its_ref_cmd(0), 0, RD_INV);
    EXPECT_EQ(found(), "");
    send(its_ref_cmd(2), 0, RD_INV);
    send(its_ref_cmd(3), 0, RD_CLEAR);
    ack(its_ref_cmd(3), 0, RD_CLEAR);
    EXPECT_EQ(found(), "ack_order:1");
    ack(its_ref_cmd(2), 0, RD_INV);
    EXPECT_EQ(found(), "ack_order:1");
    ack(its_ref_cmd(2), 0, RD_INV); /* once more */
    EXPECT_EQ(found(), "ack_order:2");
    send(its_ref_cmd(4), 0, RD_INV);
    ack(its_ref_cmd(4), 0, RD_CLEAR); /* another kind */
    EXPECT_EQ(found(), "ack_order:3");
}

TEST_F(RulesOrder, ResetForgetsWhatWasUnderWay)
{
    ask(1, 0);
    send(its_ref_cmd(0), 0, RD_INV);
    start(0, ITS_CMD_SYNC);
    send(its_ref_cmd(0), 1, RD_TAKE);
    event(ITS_EV_RESET, 0);
    start(0);
    done(0);
    ask(1, 0);
    send(1, 0, RD_SET);
    send(its_ref_cmd(0), 0, RD_INV);
    ack(1, 0, RD_SET);
    ack(its_ref_cmd(0), 0, RD_INV);
    EXPECT_EQ(found(), "");
}

/* --- compound effects ------------------------------------------------------------------------- */

TEST_F(RulesOrder, AHandOverEndsWithItsLastAcknowledgementAndTheLastSet)
{
    start(0, ITS_CMD_MOVALL);
    send(its_ref_cmd(0), 1, RD_HAND_OVER);
    done(0, ITS_CMD_MOVALL);
    start(1, ITS_CMD_INV);
    ack(its_ref_cmd(0), 1, RD_HAND_OVER, ITS_ACK_MORE);
    ack(its_ref_cmd(0), 1, RD_HAND_OVER, ITS_ACK_MORE);
    send(its_ref_cmd(0), 2, RD_SET);
    ack(its_ref_cmd(0), 1, RD_HAND_OVER);
    send(its_ref_cmd(0), 2, RD_SET);
    ack(its_ref_cmd(0), 2, RD_SET);
    ack(its_ref_cmd(0), 2, RD_SET);
    send(its_ref_cmd(1), 2, RD_INV);
    ack(its_ref_cmd(1), 2, RD_INV);
    EXPECT_EQ(found(), "");
}

TEST_F(RulesOrder, LaterCommandsWaitBehindACompoundEffect)
{
    start(0, ITS_CMD_MOVI);
    send(its_ref_cmd(0), 1, RD_TAKE);
    done(0, ITS_CMD_MOVI);
    start(1, ITS_CMD_INV);
    send(its_ref_cmd(1), 3, RD_INV); /* before the answer */
    EXPECT_EQ(found(), "compound:1");
    ack(its_ref_cmd(0), 1, RD_TAKE, ITS_ACK_PENDING);
    send(its_ref_cmd(1), 3, RD_INV); /* before the SET left */
    EXPECT_EQ(found(), "compound:2");
    send(its_ref_cmd(0), 2, RD_SET);
    ask(1, 2);
    send(1, 2, RD_SET);
    send(its_ref_cmd(1), 3, RD_INV); /* before it was acknowledged */
    EXPECT_EQ(found(), "compound:3");
    ack(its_ref_cmd(0), 2, RD_SET);
    send(its_ref_cmd(1), 3, RD_INV);
    EXPECT_EQ(found(), "compound:3");
}

TEST_F(RulesOrder, AnMsiAcknowledgedMeanwhileDoesNotEndACompoundEffect)
{
    ask(1, 2);
    send(1, 2, RD_SET);
    start(0, ITS_CMD_MOVI);
    send(its_ref_cmd(0), 1, RD_TAKE);
    done(0, ITS_CMD_MOVI);
    ack(its_ref_cmd(0), 1, RD_TAKE, ITS_ACK_PENDING);
    ack(1, 2, RD_SET);
    start(1, ITS_CMD_INV);
    send(its_ref_cmd(1), 3, RD_INV);
    EXPECT_EQ(found(), "compound:1");
}

TEST_F(RulesOrder, ATakeOfWhatWasNotPendingEndsAtOnce)
{
    start(0, ITS_CMD_MOVI);
    send(its_ref_cmd(0), 1, RD_TAKE);
    ack(its_ref_cmd(0), 1, RD_TAKE);
    done(0, ITS_CMD_MOVI);
    start(1, ITS_CMD_INV);
    send(its_ref_cmd(1), 3, RD_INV);
    EXPECT_EQ(found(), "");
}

TEST_F(RulesOrder, EarlierCommandsAndMsisDoNotWaitBehindACompoundEffect)
{
    start(0, ITS_CMD_INV);
    done(0, ITS_CMD_INV);
    start(1, ITS_CMD_MOVI);
    ask(1, 1);
    send(its_ref_cmd(1), 1, RD_TAKE);
    send(its_ref_cmd(0), 3, RD_INV); /* its queue was slow */
    send(1, 1, RD_SET);
    EXPECT_EQ(found(), "");
}

/* --- the limits of the checker ---------------------------------------------------------------- */

TEST_F(RulesOrder, MoreThanTheCheckerHoldsIsSaid)
{
    for (unsigned i = 0; i < ITS_RULES_WAITING; i++) {
        ask(i + 1, 0);
        send(its_ref_cmd(i), 1, RD_INV);
    }
    EXPECT_EQ(found(), "");
    ask(99, 0);
    EXPECT_EQ(found(), "checker_full:1");
    send(its_ref_cmd(99), 1, RD_INV);
    EXPECT_EQ(found(), "checker_full:2");
    send(its_ref_cmd(99), ITS_RULES_RDS, RD_INV);
    ack(its_ref_cmd(99), ITS_RULES_RDS, RD_INV);
    ask(100, ITS_RULES_RDS);
    EXPECT_EQ(found(), "checker_full:5");
}

} // namespace
