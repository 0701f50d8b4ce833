// SPDX-License-Identifier: MIT
// The ITS registers alone: GITS_CTLR, GITS_TRANSLATER, reset and sleep.
#include <utility>

#include "gits_bench.h"

namespace {

// --- CTLR ----------------------------------------------------------------------------------------

TEST_F(Gits, EnablesOnlyWithValidBases)
{
    const struct {
        uint64_t cbaser, baser0, baser1;
        uint32_t hcc;
        bool enables;
    } cases[] = {{kValid, kValid, kValid, 0, true}, {0, kValid, kValid, 0, false},
                 {kValid, 0, kValid, 0, false},     {kValid, kValid, 0, 0, false},
                 {kValid, kValid, 0, 5, true},      {kValid, 0, 0, 5, false}};
    for (uint32_t any : {0u, 1u})
        for (auto c : cases) {
            profile.hcc = c.hcc;
            profile.enable_invalid = any;
            restart();
            write(kCbaser, 8, c.cbaser);
            write(kBaser0, 8, c.baser0);
            write(kBaser1, 8, c.baser1);
            events.clear();
            write(kCtlr, 4, 1);
            bool enables = any || c.enables;
            EXPECT_EQ(w->enabled, enables);
            EXPECT_EQ(read(kCtlr, 4), enables ? 1u : 0x80000000u);
            EXPECT_EQ(count(ITS_EV_REG_IGNORED), enables ? 0u : 1u);
        }
}

TEST_F(Gits, QuiescentFollowsTheEdgeOfEnableAndDisable)
{
    give_bases();
    EXPECT_EQ(read(kCtlr, 4), 0x80000000u);
    write(kCtlr, 4, 1);
    EXPECT_EQ(read(kCtlr, 4), 1u); // drain still OFF
    set_drain(ITS_ON);
    EXPECT_EQ(read(kCtlr, 4), 1u);
    write(kCtlr, 4, 0);
    EXPECT_EQ(read(kCtlr, 4), 0u); // drain still ON
    for (its_drain_state s : {ITS_DRAIN, ITS_WRITEBACK}) {
        set_drain(s);
        EXPECT_EQ(read(kCtlr, 4), 0u);
    }
    set_drain(ITS_OFF);
    EXPECT_EQ(read(kCtlr, 4), 0x80000000u);
}

TEST_F(Gits, QuiescentWhileEnabledIsAChoice)
{
    profile.quiescent_on = 1;
    turn_on();
    EXPECT_EQ(read(kCtlr, 4), 0x80000001u);
    profile.quiescent_on = 2;
    EXPECT_EQ(read(kCtlr, 4), 1u); // no unit says it is idle
    w->msiq_idle = w->xlat_idle = w->cmdf_idle = w->cmdx_idle = w->rdlink_idle = w->store_idle =
        w->opr_idle = true;
    EXPECT_EQ(read(kCtlr, 4), 0x80000001u);
    w->creadr = 0x20; // a command waits
    EXPECT_EQ(read(kCtlr, 4), 1u);
    w->stalled = true;
    EXPECT_EQ(read(kCtlr, 4), 0x80000001u);
    w->xlat_idle = false;
    EXPECT_EQ(read(kCtlr, 4), 1u);
    w->xlat_idle = true;
    write(kCtlr, 4, 0); // whatever it read while on, after a disable it is drain's word
    EXPECT_EQ(read(kCtlr, 4), 0u);
}

TEST_F(Gits, EnableBeforeOffIsIgnored)
{
    turn_on();
    write(kCtlr, 4, 0);
    for (its_drain_state s : {ITS_ON, ITS_DRAIN, ITS_WRITEBACK}) { // ON: drain has not seen it yet
        set_drain(s);
        events.clear();
        write(kCtlr, 4, 1);
        EXPECT_EQ(count(ITS_EV_REG_IGNORED), 1u);
        EXPECT_FALSE(w->enabled);
    }
    set_drain(ITS_OFF);
    clock();
    clock();
    EXPECT_FALSE(w->enabled);
    write(kCtlr, 4, 1);
    EXPECT_TRUE(w->enabled);
}

TEST_F(Gits, EnableBeforeOffIsRememberedWhenTheProfileSaysSo)
{
    profile.enable_in_drain = 1;
    turn_on();
    write(kCtlr, 4, 0);
    set_drain(ITS_DRAIN);
    write(kCtlr, 4, 1);
    EXPECT_FALSE(w->enabled);
    EXPECT_EQ(read(kCtlr, 4), 0u);
    set_drain(ITS_WRITEBACK);
    clock();
    EXPECT_FALSE(w->enabled);
    EXPECT_EQ(its_gits_wake(&u), 0u);
    set_drain(ITS_OFF);
    clock();
    EXPECT_TRUE(w->enabled);
    // A write of 0 meanwhile takes it back.
    set_drain(ITS_ON);
    write(kCtlr, 4, 0);
    set_drain(ITS_DRAIN);
    write(kCtlr, 4, 1);
    write(kCtlr, 4, 0);
    set_drain(ITS_OFF);
    clock();
    clock();
    EXPECT_FALSE(w->enabled);
}

TEST_F(Gits, ARememberedEnableWithoutBasesIsReported)
{
    profile.enable_in_drain = 1;
    set_drain(ITS_DRAIN);
    write(kCtlr, 4, 1);
    EXPECT_EQ(count(ITS_EV_REG_IGNORED), 0u);
    set_drain(ITS_OFF);
    clock();
    EXPECT_FALSE(w->enabled);
    ASSERT_EQ(count(ITS_EV_REG_IGNORED), 1u);
    EXPECT_EQ(last(ITS_EV_REG_IGNORED)->ref, ITS_REF_NONE);
    EXPECT_EQ(last(ITS_EV_REG_IGNORED)->a, kCtlr);
    EXPECT_EQ(last(ITS_EV_REG_IGNORED)->b, 1u);
    EXPECT_EQ(last(ITS_EV_REG_IGNORED)->c, ITS_FRAME_GITS);
}

TEST_F(Gits, CtlrHasNoOtherBits)
{
    turn_on();
    write(kCtlr, 4, 0xffffffff);
    EXPECT_EQ(read(kCtlr, 4), 1u);
}

// --- MSIs ----------------------------------------------------------------------------------------

TEST_F(Gits, HandsAnMsiToTheQueueWithItsNumber)
{
    turn_on();
    w->msi.ready = true;
    its_access a = make_access(0x40, 4, true, 0x12345678);
    a.frame = ITS_FRAME_TRANSLATION, a.device = 9, a.has_device = true;
    w->access.valid = true;
    w->access.d = a;
    clock();
    ASSERT_TRUE(w->result.valid);
    EXPECT_FALSE(w->result.d.fault);
    ASSERT_TRUE(w->msi.valid);
    EXPECT_EQ(w->msi.d.device, 9u);
    EXPECT_EQ(w->msi.d.event, 0x12345678u);
    EXPECT_EQ(w->msi.d.ref, 1u);
    EXPECT_FALSE(w->reg_idle);
    ASSERT_TRUE(last(ITS_EV_MSI_ACCEPT));
    EXPECT_EQ(last(ITS_EV_MSI_ACCEPT)->ref, 1u);
    EXPECT_EQ(last(ITS_EV_MSI_ACCEPT)->a, 9u);
    EXPECT_EQ(last(ITS_EV_MSI_ACCEPT)->b, 0x12345678u);
    clock();
    EXPECT_FALSE(w->msi.valid);
    EXPECT_TRUE(w->reg_idle);
}

TEST_F(Gits, ExtendsA16BitMsiWithZeros)
{
    turn_on();
    msi(0xfedcabcd, 2);
    EXPECT_EQ(w->msi.d.event, 0xabcdu);
}

TEST_F(Gits, NumbersMsisAndNeverUsesZeroOrACommandsNumber)
{
    turn_on();
    w->msi.ready = true;
    msi(1);
    msi(2);
    EXPECT_EQ(last(ITS_EV_MSI_ACCEPT)->ref, 2u);
    u.msis = 0x7ffffffe;
    msi(3);
    EXPECT_EQ(last(ITS_EV_MSI_ACCEPT)->ref, 0x7fffffffu);
    msi(4);
    EXPECT_EQ(last(ITS_EV_MSI_ACCEPT)->ref, 1u);
}

TEST_F(Gits, DropsMsisWhileDisabledWithAnOkayAnswer)
{
    give_bases();
    EXPECT_FALSE(msi(5).fault);
    EXPECT_FALSE(w->msi.valid);
    ASSERT_TRUE(last(ITS_EV_MSI_DROP));
    EXPECT_EQ(last(ITS_EV_MSI_DROP)->a, 7u);
    EXPECT_EQ(last(ITS_EV_MSI_DROP)->b, 5u);
    EXPECT_EQ(last(ITS_EV_MSI_DROP)->c, ITS_DROP_DISABLED);
    turn_on();
    write(kCtlr, 4, 0); // from the very edge on
    msi(6);
    EXPECT_FALSE(w->msi.valid);
    EXPECT_EQ(last(ITS_EV_MSI_DROP)->b, 6u);
    EXPECT_EQ(count(ITS_EV_MSI_ACCEPT), 0u);
}

TEST_F(Gits, AcceptsMsisFromTheEdgeOfTheEnableOn)
{
    give_bases();
    write(kCtlr, 4, 1); // drain still OFF
    msi(5);
    EXPECT_TRUE(w->msi.valid);
}

TEST_F(Gits, RefusesAnMsiWithoutADeviceId)
{
    for (bool on : {false, true}) {
        if (on)
            turn_on();
        EXPECT_TRUE(msi(5, 4, 0, false).fault);
        EXPECT_FALSE(w->msi.valid);
        EXPECT_EQ(last(ITS_EV_MSI_DROP)->c, ITS_DROP_NO_DEVICE_ID);
        EXPECT_EQ(last(ITS_EV_MSI_DROP)->b, 5u);
    }
}

TEST_F(Gits, TakesTheDeviceIdFromTheDataOfAnMsi64)
{
    profile.msi64 = 1;
    turn_on();
    w->msi.ready = true;
    EXPECT_FALSE(msi(UINT64_C(0x0000abcd00000011), 8, 0, false).fault);
    EXPECT_EQ(last(ITS_EV_MSI_ACCEPT)->a, 0xabcdu);
    EXPECT_EQ(last(ITS_EV_MSI_ACCEPT)->b, 0x11u);
    EXPECT_TRUE(msi(0x12, 4, 0, false).fault); // 32 bits still need it from elsewhere
}

TEST_F(Gits, AnswersOtherAccessesOfTheTranslationFrame)
{
    turn_on();
    its_access a = make_access(0x40, 4, false);
    a.frame = ITS_FRAME_TRANSLATION;
    EXPECT_EQ(bus(a).data, 0u);
    EXPECT_EQ(count(ITS_EV_REG_READ), 1u);
    msi(1, 4, 7, true, 0x44);
    EXPECT_EQ(count(ITS_EV_REG_IGNORED), 1u);
    for (auto [offset, bytes] :
         {std::pair{0x40u, 1u}, {0x42u, 2u}, {0x40u, 8u}, {0x41u, 4u}, {0x40u, 0u}, {0x3cu, 8u}}) {
        profile.bad_access = 1;
        EXPECT_TRUE(msi(1, bytes, 7, true, offset).fault) << offset << " " << bytes;
        profile.bad_access = 0;
        EXPECT_FALSE(msi(1, bytes, 7, true, offset).fault);
    }
    EXPECT_EQ(count(ITS_EV_REG_BAD), 12u);
    EXPECT_FALSE(w->msi.valid);
}

TEST_F(Gits, HoldsTheAnswerWhileThereIsNoRoomAndLosesNothing)
{
    turn_on();
    EXPECT_TRUE(w->msi_room);
    msi(0);
    EXPECT_TRUE(w->msi_room);
    msi(1);
    EXPECT_FALSE(w->msi_room);
    EXPECT_EQ(read(kCwriter, 4), 0u); // other accesses go on
    // A third one all the same.
    its_access a = make_access(0x40, 4, true, 2);
    a.frame = ITS_FRAME_TRANSLATION, a.device = 7, a.has_device = true;
    w->access.valid = true;
    w->access.d = a;
    clock();
    for (int i = 0; i < 5; i++) {
        EXPECT_FALSE(w->result.valid);
        EXPECT_FALSE(w->access.ready);
        EXPECT_FALSE(w->msi_room);
        EXPECT_EQ(count(ITS_EV_MSI_ACCEPT), 2u);
        clock();
    }
    std::vector<uint32_t> out;
    w->msi.ready = true;
    for (int i = 0; i < 6; i++) {
        if (w->msi.valid)
            out.push_back(w->msi.d.event);
        w->result.ready = true;
        clock();
    }
    EXPECT_EQ(out, (std::vector<uint32_t>{0, 1, 2}));
    EXPECT_EQ(count(ITS_EV_MSI_ACCEPT), 3u);
    EXPECT_TRUE(w->access.ready);
}

TEST_F(Gits, WhileDisabledAnMsiNeedsNoRoom)
{
    turn_on();
    msi(0);
    msi(1);
    EXPECT_FALSE(w->msi_room);
    write(kCtlr, 4, 0);
    EXPECT_TRUE(w->msi_room);
    EXPECT_FALSE(msi(2).fault);
    EXPECT_EQ(last(ITS_EV_MSI_DROP)->c, ITS_DROP_DISABLED);
    EXPECT_EQ(count(ITS_EV_MSI_ACCEPT), 2u);
}

TEST_F(Gits, AcceptsForTheFastFaceByTheSameRules)
{
    its_msi m{};
    give_bases();
    EXPECT_FALSE(its_gits_accept(&u, w.get(), 3, 4, &m));
    EXPECT_EQ(last(ITS_EV_MSI_DROP)->c, ITS_DROP_DISABLED);
    turn_on();
    EXPECT_TRUE(its_gits_accept(&u, w.get(), 3, 4, &m));
    EXPECT_EQ(m.device, 3u);
    EXPECT_EQ(m.event, 4u);
    EXPECT_EQ(m.ref, 1u);
}

TEST_F(Gits, CarriesOutAnAccessAtOnceAndKeepsItsPulses)
{
    its_access a = make_access(kCbaser, 8, true, kValid);
    its_gits_access(&u, w.get(), &a);
    EXPECT_TRUE(u.queue_reset);
    a = make_access(kCwriter, 4, true, 0x21);
    its_gits_access(&u, w.get(), &a);
    EXPECT_TRUE(u.retry);
    a = make_access(kBaser0, 8, true, kValid);
    its_gits_access(&u, w.get(), &a);
    EXPECT_TRUE(u.base_changed);
    its_gits_clear_pulses(&u);
    EXPECT_FALSE(u.queue_reset || u.retry || u.base_changed);
    a = make_access(kCbaser, 8, false);
    EXPECT_EQ(its_gits_access(&u, w.get(), &a).data, kValid);
}

// --- reset and sleep -----------------------------------------------------------------------------

TEST_F(Gits, ForgetsEverythingAtReset)
{
    its_gits fresh = u;
    turn_on();
    write(kCwriter, 4, 0x40);
    msi(1);
    msi(2);
    w->access.valid = true;
    w->access.d = make_access(0x40, 4, true, 2);
    w->access.d.frame = ITS_FRAME_TRANSLATION;
    clock();
    its_gits_reset(&u, &profile);
    EXPECT_EQ(std::memcmp(&fresh, &u, sizeof u), 0);
}

TEST_F(Gits, FillsUnknownFieldsAtRandomButNeverValid)
{
    std::vector<uint64_t> seen;
    for (uint32_t seed : {0u, 1u, 2u, 77u}) {
        profile.unknown_reset = 1;
        profile.reset_seed = seed;
        restart();
        its_gits first = u;
        restart();
        EXPECT_EQ(std::memcmp(&first, &u, sizeof u), 0); // the same for the same seed
        uint64_t cbaser = read(kCbaser, 8), baser = read(kBaser0, 8);
        EXPECT_FALSE(cbaser & kValid);
        EXPECT_FALSE(baser & kValid);
        EXPECT_FALSE(read(kBaser1, 8) & kValid);
        EXPECT_EQ(baser >> 48 & 0x71f, 0x107u);
        EXPECT_NE(baser & 0x300, 0x300u);
        EXPECT_EQ(cbaser & 0xf000, 0u);
        EXPECT_EQ(read(kCtlr, 4), 0x80000000u);
        EXPECT_EQ(read(kCwriter, 8) & ~UINT64_C(0xfffe0), 0u);
        EXPECT_NE(cbaser, 0u);
        for (uint64_t s : seen)
            EXPECT_NE(s, cbaser);
        seen.push_back(cbaser);
        write(kCtlr, 4, 1);
        EXPECT_FALSE(w->enabled);
    }
}

TEST_F(Gits, StaysAwakeUntilOthersHaveSeenAChangeAndThenSleeps)
{
    EXPECT_EQ(its_gits_wake(&u), UINT64_MAX);
    w->access.valid = true;
    w->access.d = make_access(kCwriter, 4, true, 0x20);
    w->result.ready = true;
    clock();
    EXPECT_EQ(its_gits_wake(&u), 0u);
    clock();
    EXPECT_EQ(its_gits_wake(&u), 0u);
    clock();
    ASSERT_EQ(its_gits_wake(&u), UINT64_MAX);
    its_gits before = u;
    for (int i = 0; i < 10; i++)
        clock();
    EXPECT_EQ(std::memcmp(&before, &u, sizeof u), 0);
}

} // namespace
