// SPDX-License-Identifier: MIT
// Command fetch alone: the bench plays registers, bus master and executor through the wires.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <vector>

#include "its/cmdf.h"

namespace {

constexpr uint64_t kQueue = 0x80010000;
constexpr uint32_t kBytes = 4096;

struct Cmdf : testing::Test {
    its_profile profile{};
    its_probe probe{};
    its_cmdf u{};
    std::unique_ptr<its_wires> w = std::make_unique<its_wires>();
    std::vector<its_event> events;

    void SetUp() override
    {
        std::memset(static_cast<void *>(w.get()), 0, sizeof *w);
        profile.fetch_error = 1;
        probe.host = this;
        probe.sink = [](void *host, const its_event *e) {
            static_cast<Cmdf *>(host)->events.push_back(*e);
        };
        w->profile = &profile;
        w->probe = &probe;
        w->drain = ITS_ON;
        w->enabled = true;
        w->queue_valid = true;
        w->queue_base = kQueue;
        w->queue_bytes = kBytes;
        w->queue_cache = 0xb;
        std::memset(&u, 0xa5, sizeof u);
        its_cmdf_reset(&u);
        its_cmdf_drive(&u, w.get());
    }

    // One edge with the inputs as they stand; pulses fall afterwards.
    void clock()
    {
        its_cmdf_clock(&u, w.get());
        w->memory.valid = w->retire = w->retire_stall = w->retry = w->queue_reset = false;
        w->fetch_mem.ready = w->command.ready = false;
        its_cmdf_drive(&u, w.get());
    }

    void accept_request()
    {
        ASSERT_TRUE(w->fetch_mem.valid);
        w->fetch_mem.ready = true;
        clock();
        ASSERT_FALSE(w->fetch_mem.valid);
    }

    void answer(uint64_t value, bool fault = false)
    {
        w->memory = {};
        w->memory.valid = true;
        w->memory.id = ITS_ID_QUEUE;
        w->memory.fault = fault;
        for (unsigned i = 0; i < 4; i++)
            w->memory.data[i] = value + i;
        clock();
    }

    void accept_command()
    {
        ASSERT_TRUE(w->command.valid);
        w->command.ready = true;
        clock();
        ASSERT_FALSE(w->command.valid);
    }

    void retire(bool stall = false)
    {
        w->retire = true;
        w->retire_stall = stall;
        clock();
    }

    // From idle to a command with the executor.
    void run_to_executor(uint64_t value = 0)
    {
        clock();
        accept_request();
        answer(value);
        accept_command();
    }

    unsigned count(its_event_kind kind) const
    {
        unsigned n = 0;
        for (const its_event &e : events)
            n += e.kind == kind;
        return n;
    }
};

TEST_F(Cmdf, FetchesThePacketAtCreadrAndOffersItWhole)
{
    w->cwriter = 64;
    clock();
    ASSERT_TRUE(w->fetch_mem.valid);
    EXPECT_EQ(w->fetch_mem.d.addr, kQueue);
    EXPECT_EQ(w->fetch_mem.d.bytes, 32);
    EXPECT_EQ(w->fetch_mem.d.id, ITS_ID_QUEUE);
    EXPECT_EQ(w->fetch_mem.d.cache, 0xb);
    EXPECT_EQ(w->fetch_mem.d.client, ITS_CLIENT_QUEUE);
    EXPECT_FALSE(w->fetch_mem.d.write);
    accept_request();
    EXPECT_FALSE(w->command.valid);
    answer(100);
    ASSERT_TRUE(w->command.valid);
    for (unsigned i = 0; i < 4; i++)
        EXPECT_EQ(w->command.d.dw[i], 100 + i);
    EXPECT_EQ(w->command.d.ref, its_ref_cmd(0));
    accept_command();
    EXPECT_EQ(w->creadr, 0u);
    retire();
    EXPECT_EQ(w->creadr, 32u);
    clock();
    ASSERT_TRUE(w->fetch_mem.valid);
    EXPECT_EQ(w->fetch_mem.d.addr, kQueue + 32);
    EXPECT_EQ(w->fetch_mem.d.ref, its_ref_cmd(1));
    ASSERT_EQ(count(ITS_EV_CMD_FETCH), 2u);
    EXPECT_EQ(events.back().ref, its_ref_cmd(1));
    EXPECT_EQ(events.back().a, kQueue + 32);
}

TEST_F(Cmdf, NeverFetchesBeyondCwriter)
{
    w->cwriter = 32;
    run_to_executor();
    retire();
    EXPECT_EQ(w->creadr, 32u);
    for (int i = 0; i < 20; i++) {
        clock();
        ASSERT_FALSE(w->fetch_mem.valid);
    }
    EXPECT_TRUE(w->cmdf_idle);
}

TEST_F(Cmdf, DoesNotPrefetchWhileACommandRuns)
{
    w->cwriter = 96;
    run_to_executor();
    for (int i = 0; i < 20; i++) {
        clock();
        ASSERT_FALSE(w->fetch_mem.valid);
        ASSERT_EQ(w->creadr, 0u);
    }
}

TEST_F(Cmdf, NeedsEveryOneOfItsConditions)
{
    w->cwriter = 32;
    const struct Case {
        const char *name;
        void (*spoil)(Cmdf &);
        void (*mend)(Cmdf &);
    } cases[] = {
        {"off", [](Cmdf &t) { t.w->drain = ITS_OFF; }, [](Cmdf &t) { t.w->drain = ITS_ON; }},
        {"drain", [](Cmdf &t) { t.w->drain = ITS_DRAIN; }, [](Cmdf &t) { t.w->drain = ITS_ON; }},
        {"write-back", [](Cmdf &t) { t.w->drain = ITS_WRITEBACK; },
         [](Cmdf &t) { t.w->drain = ITS_ON; }},
        {"disabled", [](Cmdf &t) { t.w->enabled = false; }, [](Cmdf &t) { t.w->enabled = true; }},
        {"queue invalid", [](Cmdf &t) { t.w->queue_valid = false; },
         [](Cmdf &t) { t.w->queue_valid = true; }},
        {"empty", [](Cmdf &t) { t.w->cwriter = 0; }, [](Cmdf &t) { t.w->cwriter = 32; }},
        {"owed", [](Cmdf &t) { t.w->reads_owed = 1u << ITS_ID_QUEUE; },
         [](Cmdf &t) { t.w->reads_owed = 0; }},
    };
    for (const Case &c : cases) {
        its_cmdf_reset(&u);
        c.spoil(*this);
        for (int i = 0; i < 5; i++) {
            clock();
            ASSERT_FALSE(w->fetch_mem.valid) << c.name;
        }
        EXPECT_EQ(its_cmdf_wake(&u), UINT64_MAX) << c.name;
        c.mend(*this);
        clock();
        EXPECT_TRUE(w->fetch_mem.valid) << c.name;
    }
    // An answer owed on another ID does not matter.
    its_cmdf_reset(&u);
    w->reads_owed = static_cast<uint16_t>(~(1u << ITS_ID_QUEUE));
    clock();
    EXPECT_TRUE(w->fetch_mem.valid);
}

TEST_F(Cmdf, WrapsAtTheEndOfTheQueue)
{
    u.creadr = kBytes - 32;
    w->cwriter = 32; // below CREADR: a wrap, not an error
    run_to_executor();
    EXPECT_EQ(events.front().a, kQueue + kBytes - 32);
    retire();
    EXPECT_EQ(w->creadr, 0u);
    run_to_executor();
    retire();
    EXPECT_EQ(w->creadr, 32u);
    clock();
    EXPECT_TRUE(w->cmdf_idle);
}

TEST_F(Cmdf, HoldsItsOffersUntilTheyAreTaken)
{
    w->cwriter = 32;
    clock();
    for (int i = 0; i < 10; i++) {
        ASSERT_TRUE(w->fetch_mem.valid);
        ASSERT_EQ(w->fetch_mem.d.addr, kQueue);
        clock();
    }
    accept_request();
    answer(5);
    for (int i = 0; i < 10; i++) {
        ASSERT_TRUE(w->command.valid);
        ASSERT_EQ(w->command.d.dw[3], 8u);
        clock();
    }
    accept_command();
}

TEST_F(Cmdf, TakesOnlyItsOwnReadAnswer)
{
    w->cwriter = 32;
    clock();
    accept_request();
    w->memory = {};
    w->memory.valid = true;
    w->memory.id = ITS_ID_COMMAND;
    clock();
    EXPECT_FALSE(w->command.valid);
    w->memory.valid = true;
    w->memory.id = ITS_ID_QUEUE;
    w->memory.write = true;
    clock();
    EXPECT_FALSE(w->command.valid);
    answer(1);
    EXPECT_TRUE(w->command.valid);
}

TEST_F(Cmdf, CompletesAFetchUnderWayWhenADisableComes)
{
    for (int when = 0; when < 3; when++) {
        its_cmdf_reset(&u);
        w->drain = ITS_ON;
        w->enabled = true;
        w->cwriter = 64;
        auto disable = [&](int step) {
            if (step == when) {
                w->enabled = false;
                w->drain = ITS_DRAIN;
            }
        };
        clock();
        disable(0);
        accept_request();
        disable(1);
        answer(0);
        disable(2);
        EXPECT_FALSE(w->cmdf_idle);
        accept_command();
        EXPECT_FALSE(w->cmdf_idle);
        retire();
        EXPECT_TRUE(w->cmdf_idle);
        EXPECT_EQ(w->creadr, 32u);
        for (int i = 0; i < 5; i++) {
            clock();
            ASSERT_FALSE(w->fetch_mem.valid);
        }
    }
}

TEST_F(Cmdf, GoesOnFromCreadrAfterAnEnable)
{
    w->cwriter = 64;
    run_to_executor();
    w->enabled = false;
    w->drain = ITS_DRAIN;
    retire();
    clock();
    w->drain = ITS_OFF;
    clock();
    w->enabled = true;
    w->drain = ITS_ON;
    clock();
    ASSERT_TRUE(w->fetch_mem.valid);
    EXPECT_EQ(w->fetch_mem.d.addr, kQueue + 32);
}

TEST_F(Cmdf, StallsOnTheOffendingCommandUntilRetry)
{
    w->cwriter = 64;
    run_to_executor();
    retire(true);
    EXPECT_TRUE(w->stalled);
    EXPECT_EQ(w->creadr, 0u);
    EXPECT_TRUE(w->cmdf_idle);
    EXPECT_EQ(count(ITS_EV_CMD_STALL), 1u);
    EXPECT_EQ(events.back().ref, its_ref_cmd(0));
    for (int i = 0; i < 5; i++) {
        clock();
        ASSERT_FALSE(w->fetch_mem.valid);
    }
    w->retry = true;
    clock();
    EXPECT_FALSE(w->stalled);
    EXPECT_EQ(count(ITS_EV_CMD_RETRY), 1u);
    if (!w->fetch_mem.valid)
        clock();
    ASSERT_TRUE(w->fetch_mem.valid);
    EXPECT_EQ(w->fetch_mem.d.addr, kQueue); // fetched afresh: software mended it in place
    accept_request();
    answer(9);
    EXPECT_EQ(w->command.d.dw[0], 9u);
}

TEST_F(Cmdf, RetryWithoutAStallDoesNothing)
{
    w->retry = true;
    clock();
    EXPECT_EQ(events.size(), 0u);
    EXPECT_FALSE(w->stalled);
    w->cwriter = 32;
    run_to_executor();
    w->retry = true; // the very edge of the stall
    retire(true);
    EXPECT_TRUE(w->stalled);
    EXPECT_EQ(count(ITS_EV_CMD_RETRY), 0u);
}

TEST_F(Cmdf, QueueResetClearsCreadrAndStalled)
{
    w->cwriter = 96;
    run_to_executor();
    retire();
    run_to_executor();
    retire(true);
    EXPECT_EQ(w->creadr, 32u);
    w->enabled = false;
    w->drain = ITS_OFF;
    w->queue_reset = true;
    clock();
    EXPECT_EQ(w->creadr, 0u);
    EXPECT_FALSE(w->stalled);
}

TEST_F(Cmdf, SkipsACommandThatCannotBeRead)
{
    w->cwriter = 64;
    clock();
    accept_request();
    answer(0, true);
    EXPECT_FALSE(w->command.valid);
    EXPECT_FALSE(w->stalled);
    EXPECT_EQ(w->creadr, 32u);
    ASSERT_EQ(count(ITS_EV_CMD_FAULT), 1u);
    EXPECT_EQ(events.back().a, kQueue);
    EXPECT_EQ(events.back().ref, its_ref_cmd(0));
    clock();
    EXPECT_EQ(w->fetch_mem.d.addr, kQueue + 32);
}

TEST_F(Cmdf, StallsOnACommandThatCannotBeReadWhenTheProfileSaysSo)
{
    profile.fetch_error = 0;
    w->cwriter = 64;
    clock();
    accept_request();
    answer(0, true);
    EXPECT_FALSE(w->command.valid);
    EXPECT_TRUE(w->stalled);
    EXPECT_EQ(w->creadr, 0u);
    EXPECT_EQ(count(ITS_EV_CMD_FAULT), 1u);
    EXPECT_EQ(count(ITS_EV_CMD_STALL), 1u);
    EXPECT_TRUE(w->cmdf_idle);
}

TEST_F(Cmdf, ForgetsEverythingAtResetAndTakesNoAnswerFromBefore)
{
    for (int steps = 0; steps < 5; steps++) {
        its_cmdf_reset(&u);
        its_cmdf_drive(&u, w.get());
        w->cwriter = 64;
        if (steps > 0)
            clock();
        if (steps > 1)
            accept_request();
        if (steps > 2)
            answer(1);
        if (steps > 3)
            accept_command();
        its_cmdf_reset(&u);
        its_cmdf zero{};
        ASSERT_EQ(std::memcmp(&zero, &u, sizeof u), 0);
        w->drain = ITS_OFF;
        w->enabled = false;
        answer(1);
        EXPECT_FALSE(w->command.valid);
        EXPECT_TRUE(w->cmdf_idle);
        w->drain = ITS_ON;
        w->enabled = true;
    }
}

TEST_F(Cmdf, SleepsWhileItWaitsAndThenNothingChanges)
{
    auto sleeps = [&] {
        its_cmdf before = u;
        EXPECT_EQ(its_cmdf_wake(&u), UINT64_MAX);
        for (int i = 0; i < 10; i++)
            clock();
        EXPECT_EQ(std::memcmp(&before, &u, sizeof u), 0);
    };
    EXPECT_EQ(its_cmdf_wake(&u), 0u); // it has not looked yet
    clock();
    sleeps();
    w->cwriter = 32;
    clock();
    EXPECT_EQ(its_cmdf_wake(&u), 0u);
    accept_request();
    sleeps();
    answer(0);
    EXPECT_EQ(its_cmdf_wake(&u), 0u);
    accept_command();
    sleeps();
    retire(true);
    EXPECT_EQ(its_cmdf_wake(&u), 0u);
    clock();
    sleeps();
}

} // namespace
