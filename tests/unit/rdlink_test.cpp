// SPDX-License-Identifier: MIT
// Messages to the redistributors alone: translator, commands and redistributors played by hand.
#include <gtest/gtest.h>

#include <vector>

#include "its/core.h"

namespace {

struct Rdlink : testing::Test {
    its_profile profile{};
    its_probe probe{};
    its_core_wires x{};
    its_rdlink u{};
    std::vector<std::pair<unsigned, its_rdmsg>> taken;

    its_wires &w() { return x.w; }

    void make(void (*change)(its_profile &))
    {
        ASSERT_TRUE(its_profile_preset(&profile, "gic500"));
        change(profile);
        its_core_connect(&x, &profile, &probe);
        its_rdlink_reset(&u);
        its_rdlink_drive(&u, &w());
    }

    // One edge; redistributors take everything offered. Clocked only when awake, as its owner does.
    void clock(bool take = true)
    {
        bool input = w().xlat_message.valid || w().cmdx_message.valid;
        for (unsigned rd = 0; rd < profile.redistributors; rd++) {
            w().rd_message[rd].ready = take;
            if (its_fire(&w().rd_message[rd]))
                taken.push_back({rd, w().rd_message[rd].d});
            input = input || w().rd_ack[rd].valid;
        }
        if (input || its_rdlink_wake(&u, probe.cycle) == 0)
            its_rdlink_clock(&u, &w());
        probe.cycle++;
        w().xlat_message.valid = w().cmdx_message.valid = false;
        for (auto &a : w().rd_ack)
            a.valid = false;
        w().rd_acked = {};
        its_rdlink_drive(&u, &w());
    }
    void message(its_rd_request &port, its_rd_message kind, uint32_t intid, unsigned rd,
                 unsigned rd2 = 0)
    {
        port = its_rd_request{};
        port.message = static_cast<uint8_t>(kind);
        port.intid = intid;
        port.rd = static_cast<uint16_t>(rd);
        port.rd2 = static_cast<uint16_t>(rd2);
        port.valid = true;
    }
    void acknowledge(unsigned rd, its_rd_kind kind, uint32_t intid, bool pending = false,
                     bool more = false)
    {
        its_rdack a{};
        a.kind = static_cast<uint8_t>(kind);
        a.intid = intid;
        a.pending = pending;
        a.more = more;
        w().rd_ack[rd].d = a;
        w().rd_ack[rd].valid = true;
        its_rdset_put(&w().rd_acked, rd, true);
    }
};

// Messages go out rd_cycles after they came, one acknowledgement outstanding or not.
TEST_F(Rdlink, CreditsLetMessagesGoWithoutWaitingForAcknowledgements)
{
    make([](its_profile &p) {
        p.rd_cycles = 10;
        p.rd_credits = 3;
    });
    for (uint32_t i = 0; i < 4; i++) {
        message(w().xlat_message, ITS_RD_SET, 8192 + i, 1);
        clock();
        clock();
        clock();
    }
    for (int i = 0; i < 30; i++)
        clock();
    ASSERT_EQ(taken.size(), 3u) << "as many as there are credits";
    EXPECT_EQ(its_rdlink_wake(&u, probe.cycle), UINT64_MAX);
    acknowledge(1, RD_SET, 8192);
    for (int i = 0; i < 4; i++)
        clock();
    ASSERT_EQ(taken.size(), 4u);
    for (uint32_t i = 0; i < 4; i++)
        EXPECT_EQ(taken[i].second.intid, 8192 + i);
}

// The deepest queue, both senders at once, and a hand-over on top: every message arrives, in order.
TEST_F(Rdlink, ADeepQueueTakesWhatItsSendersCannotHoldBack)
{
    make([](its_profile &p) {
        p.rd_queue = 16;
        p.rd_credits = 16;
        p.rd_cycles = 1;
    });
    // Everything waits at redistributor 2; the hand-over from 1 adds its SETs there.
    message(w().cmdx_message, ITS_RD_MOVE_ALL, 0, 1, 2);
    clock();
    for (int i = 0; i < 3; i++)
        clock();
    ASSERT_EQ(taken.size(), 1u);
    uint32_t handed = 0, sent = 0;
    bool full = false; /* as the translator saw it when it decided to send */
    for (int i = 0; i < 60; i++) {
        if (!full)
            message(w().xlat_message, ITS_RD_SET, 8192 + sent++, 2);
        full = its_rdset_has(&w().rd_full, 2);
        if (w().rd_ack[1].ready)
            acknowledge(1, RD_HAND_OVER, 20000 + handed++, true, true);
        clock(false);
        ASSERT_LE(u.port[2].used, ITS_RDQ_PLACES);
    }
    EXPECT_GT(sent, 0u);
    EXPECT_GT(handed, 0u);
    EXPECT_GT(sent + handed, profile.rd_queue);
    taken.clear();
    for (int i = 0; i < 200 && taken.size() < sent + handed; i++) {
        if (taken.size() > u.port[2].acked)
            acknowledge(2, RD_SET, taken[u.port[2].acked].second.intid);
        clock();
    }
    ASSERT_EQ(taken.size(), sent + handed);
    uint32_t next_sent = 8192, next_handed = 20000;
    for (auto &t : taken)
        EXPECT_EQ(t.second.intid, t.second.intid < 20000 ? next_sent++ : next_handed++);
}

TEST_F(Rdlink, SleepsFromReset)
{
    make([](its_profile &) {});
    its_rdlink_reset(&u);
    EXPECT_EQ(its_rdlink_wake(&u, 0), UINT64_MAX);
    EXPECT_EQ(its_rdlink_wake(&u, 1000), UINT64_MAX);
}

TEST_F(Rdlink, SleepsWhenNothingIsLeftToDoAlsoWhenPerturbed)
{
    for (uint32_t seed : {0u, 1u, 2u}) {
        make([](its_profile &) {});
        profile.perturb = seed;
        message(w().xlat_message, ITS_RD_SET, 8192, 1);
        for (int i = 0; i < 400; i++)
            clock();
        EXPECT_EQ(its_rdlink_wake(&u, probe.cycle), UINT64_MAX) << "waits for an acknowledgement";
        EXPECT_FALSE(w().rdlink_idle);
        acknowledge(1, RD_SET, 8192);
        clock();
        EXPECT_EQ(its_rdlink_wake(&u, probe.cycle), UINT64_MAX);
        EXPECT_TRUE(w().rdlink_idle);
    }
}

// A redistributor of somebody else's answers what it was not asked: nothing follows from it.
TEST_F(Rdlink, AnAcknowledgementOfAMoveThatNobodyAskedForMovesNothing)
{
    make([](its_profile &) {});
    message(w().xlat_message, ITS_RD_SET, 8192, 1);
    for (int i = 0; i < 5; i++)
        clock();
    ASSERT_EQ(taken.size(), 1u);
    acknowledge(1, RD_TAKE, 8192, true, true);
    for (int i = 0; i < 20; i++)
        clock();
    EXPECT_EQ(taken.size(), 1u);
    EXPECT_TRUE(w().rdlink_idle);
}

// Commands do not wait for each other's acknowledgements: that of an INV may come while a MOVI is under way.
TEST_F(Rdlink, AMoveEndsWithItsOwnLastAcknowledgementOnly)
{
    make([](its_profile &) {});
    unsigned acked = 0;
    auto run = [&] {
        for (int i = 0; i < 8; i++) {
            clock();
            acked += w().command_acked;
        }
        return acked;
    };
    message(w().cmdx_message, ITS_RD_INV, 9000, 1);
    clock();
    message(w().cmdx_message, ITS_RD_MOVE, 8192, 1, 2);
    run();
    ASSERT_EQ(taken.size(), 2u);
    acknowledge(1, RD_INV, 9000);
    EXPECT_EQ(run(), 0u);
    acknowledge(1, RD_TAKE, 8192, true);
    EXPECT_EQ(run(), 0u);
    ASSERT_EQ(taken.size(), 3u);
    EXPECT_EQ(taken[2].first, 2u);
    EXPECT_EQ(taken[2].second.kind, RD_SET);
    acknowledge(2, RD_SET, 8192);
    EXPECT_EQ(run(), 1u);
    EXPECT_FALSE(w().compound_busy);
}

// Which command a message belonged to is known from its kind and from what it was a part of.
TEST(RdlinkRefusal, NamesTheCommandAndTheReasonOfTheArchitecture)
{
    struct {
        its_rd_kind kind;
        its_rd_message part_of;
        unsigned opcode;
    } const messages[] = {
        {RD_SET, ITS_RD_NONE, 0x03},           {RD_CLEAR, ITS_RD_NONE, 0x04},
        {RD_DISCARD, ITS_RD_NONE, 0x0f},       {RD_INV, ITS_RD_NONE, 0x0c},
        {RD_INVALL, ITS_RD_NONE, 0x0d},        {RD_SYNC, ITS_RD_NONE, 0x05},
        {RD_TAKE, ITS_RD_MOVE, 0x01},          {RD_SET, ITS_RD_MOVE, 0x01},
        {RD_HAND_OVER, ITS_RD_MOVE_ALL, 0x0e}, {RD_SET, ITS_RD_MOVE_ALL, 0x0e},
    };
    for (auto &m : messages) {
        its_rdack ack{};
        ack.kind = static_cast<uint8_t>(m.kind);
        auto code = [&](its_rd_outcome outcome) {
            ack.outcome = static_cast<uint8_t>(outcome);
            return its_rdlink_refusal(&ack, static_cast<uint8_t>(m.part_of));
        };
        ack.ref = its_ref_cmd(7);
        bool second = m.part_of != ITS_RD_NONE;
        const auto error = [&](unsigned reason) {
            return its_error_code(static_cast<uint8_t>(m.opcode), static_cast<uint8_t>(reason));
        };
        EXPECT_EQ(code(RD_LPI_OFF), error(second ? ITS_ERR_DST_LPI_OFF : ITS_ERR_LPI_OFF))
            << m.kind;
        EXPECT_EQ(code(RD_INTID_OOR), error(ITS_ERR_TGT_PHYSICALID_OOR)) << m.kind;
        EXPECT_EQ(code(RD_NO_TARGET), error(second ? ITS_ERR_DST_TGT_OOR : ITS_ERR_TGT_OOR))
            << m.kind;
        EXPECT_EQ(code(RD_DONE), 0u);
        EXPECT_EQ(code(RD_ASLEEP), 0u) << "nobody's mistake";
        ack.ref = 7;
        EXPECT_EQ(code(RD_LPI_OFF), 0u) << "an MSI's, no command's";
    }
}

} // namespace
