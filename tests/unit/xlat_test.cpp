// SPDX-License-Identifier: MIT
// The translator alone: queue, store, commands and redistributors played by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

#include "arch/regs.h"
#include "its/core.h"

namespace {

struct Xlat : testing::Test {
    its_profile profile{};
    its_probe probe{};
    its_core_wires x{};
    its_xlat u{};
    std::vector<its_msi> waiting; // the queue in front
    std::vector<its_event> events;
    std::vector<its_lookup> looked;
    std::vector<its_fetch> fetched;
    std::vector<its_rd_request> sent;
    std::function<its_answer(const its_lookup &)> lookup; // answered in the next cycle

    its_wires &w() { return x.w; }

    // Two-level collections, so that a translation looks up ITE, CTE and a level-1 entry.
    void make(void (*change)(its_profile &) = [](its_profile &) {})
    {
        ASSERT_TRUE(its_profile_preset(&profile, "flat"));
        change(profile);
        probe.host = this;
        probe.sink = [](void *host, const its_event *e) {
            static_cast<Xlat *>(host)->events.push_back(*e);
        };
        its_core_connect(&x, &profile, &probe);
        uint64_t table = ITS_SET(ITS_SET(0x10000000u, BASER_VALID, 1), BASER_PAGE_SIZE, 2);
        x.facts.profile = &profile;
        x.facts.device = its_table_from_baser(table, profile.dte_bytes);
        x.facts.collection =
            its_table_from_baser(ITS_SET(table, BASER_INDIRECT, 1), profile.cte_bytes);
        w().fetch_room = 4;
        its_xlat_reset(&u, &profile);
        its_xlat_drive(&u, &w());
    }

    void clock()
    {
        its_lookup asked = w().xlat_lookup;
        if (asked.valid)
            looked.push_back(asked);
        if (w().xlat_fetch.valid)
            fetched.push_back(w().xlat_fetch);
        if (w().xlat_message.valid)
            sent.push_back(w().xlat_message);
        w().msi_count = static_cast<uint8_t>(waiting.size());
        for (size_t i = 0; i < waiting.size(); i++)
            w().msi_pool[i] = waiting[i];
        its_xlat_clock(&u, &w());
        if (w().msi_take)
            waiting.erase(waiting.begin() + w().msi_taken);
        its_xlat_drive(&u, &w());
        w().fill.valid = false;
        w().xlat_answer.valid = asked.valid;
        if (asked.valid) {
            w().xlat_answer = lookup(asked);
            w().xlat_answer.slot = asked.slot;
            w().xlat_answer.valid = true;
        }
    }

    static its_answer miss() { return its_answer{}; }
    static its_answer hit(bool valid, uint32_t intid, uint16_t target, uint64_t address)
    {
        its_answer a{};
        a.found = true;
        a.value.valid = valid;
        a.value.intid = intid;
        a.value.target = target;
        a.value.address = address;
        return a;
    }
};

// MAPC while a translation that missed the collection's entry waits its turn at the lookup port, for
// the level-1 entry: what it missed is in a cache by now, and memory is behind.
TEST_F(Xlat, AMissFromBeforeAHoldIsLookedUpAgain)
{
    make([](its_profile &p) { p.translations = 16; });
    lookup = [](const its_lookup &l) {
        if (l.name.what == ITS_ENTRY_ITE)
            return hit(true, 8192 + l.name.device, static_cast<uint16_t>(l.name.device), 0);
        return l.name.what == ITS_ENTRY_CTE ? miss() : hit(true, 0, 0, 0x20000000);
    };
    for (uint32_t d = 0; d < 16; d++)
        waiting.push_back({d, 0, d + 1});

    auto waits_for_level1 = [&](const its_translation &t) {
        return t.state == XLAT_WANT_LOOKUP && t.verdict.what == ITS_ENTRY_COLLECTION_L1;
    };
    const its_translation *t = nullptr;
    for (int i = 0; i < 200 && !t; i++) {
        clock();
        for (auto &slot : u.slot)
            if (waits_for_level1(slot))
                t = &slot;
    }
    ASSERT_NE(t, nullptr);
    uint32_t icid = t->request.cmd.device;
    looked.clear();
    fetched.clear();
    w().hold = {};
    w().hold.kind = ITS_HOLD_COLLECTION;
    w().hold.key = icid;
    for (int i = 0; i < 4; i++) // as long as MAPC needs at least
        clock();
    w().hold.kind = ITS_HOLD_NONE; // the collection's entry was written
    for (int i = 0; i < 200; i++)
        clock();
    bool again = false;
    for (const auto &l : looked)
        again = again || (l.name.what == ITS_ENTRY_CTE && l.name.key == icid);
    EXPECT_TRUE(again) << "fetched without a look at what the command wrote";
}

// One lookup a cycle for all: with more work than that, every translation has its turn.
TEST_F(Xlat, NoTranslationStarvesWhenMsisNeverEnd)
{
    for (unsigned slots : {2u, 5u, 8u, 16u}) {
        make([](its_profile &) {});
        profile.translations = slots;
        its_xlat_reset(&u, &profile);
        its_xlat_drive(&u, &w());
        lookup = [](const its_lookup &l) {
            bool ite = l.name.what == ITS_ENTRY_ITE;
            return hit(true, ite ? 8192 + l.name.device : 0, 0, 0x20000000);
        };
        waiting.clear();
        events.clear();
        uint32_t device = 0;
        for (int i = 0; i < 3000; i++) {
            while (waiting.size() < 16)
                waiting.push_back({device % 1000, 0, ++device});
            probe.cycle++;
            clock();
        }
        std::map<uint32_t, uint64_t> began;
        uint64_t longest = 0;
        for (auto &e : events) {
            if (e.kind == ITS_EV_MSI_START)
                began[e.ref] = e.cycle;
            if (e.kind != ITS_EV_MSI_SEND)
                continue;
            longest = std::max(longest, e.cycle - began[e.ref]);
            began.erase(e.ref);
        }
        for (const auto &b : began)
            longest = std::max(longest, probe.cycle - b.second);
        EXPECT_GT(sent.size(), 900u);
        EXPECT_LE(longest, 2 * slots + 4) << slots << " translations, two lookups each";
        sent.clear();
    }
}

// A long start is no standstill, though somebody waits for a place all the while.
TEST_F(Xlat, ATranslationThatIsStillStartingIsNotSentBack)
{
    make([](its_profile &p) {
        p.translations = 2;
        p.translation_cycles = 255;
    });
    lookup = [](const its_lookup &l) {
        return hit(true, l.name.what == ITS_ENTRY_ITE ? 8192 : 0, 0, 0x20000000);
    };
    for (uint32_t d = 0; d < 4; d++)
        waiting.push_back({d, 0, d + 1});
    for (int i = 0; i < 700; i++)
        clock();
    EXPECT_EQ(sent.size(), 4u);
    for (auto &e : events)
        EXPECT_NE(e.kind, ITS_EV_MSI_BACK);
}

// The younger of two that wait for one redistributor makes room for a third.
TEST_F(Xlat, AnMsiThatIsSentBackIsNamedToTheQueueAndInTheReport)
{
    make([](its_profile &p) { p.translations = 2; });
    lookup = [](const its_lookup &l) {
        return hit(true, l.name.what == ITS_ENTRY_ITE ? 8192 : 0, 0, 0x20000000);
    };
    its_rdset_put(&w().rd_full, 0, true);
    waiting = {{11, 4, 1}, {12, 5, 2}, {13, 6, 3}};
    its_msi back{};
    for (int i = 0; i < 200 && back.ref == ITS_REF_NONE; i++) {
        clock();
        back = w().msi_back;
    }
    EXPECT_EQ(back.device, 12u);
    EXPECT_EQ(back.event, 5u);
    EXPECT_EQ(back.ref, 2u);
    ASSERT_EQ(events.back().kind, ITS_EV_MSI_BACK);
    EXPECT_EQ(events.back().a, 12u);
    EXPECT_EQ(events.back().b, 5u);
    EXPECT_EQ(events.back().ref, 2u);
}

} // namespace
