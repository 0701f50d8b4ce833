// SPDX-License-Identifier: MIT
// The clocked store alone: its ports played by hand, memory answered when the test says so.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <set>
#include <vector>

#include "its/core.h"

namespace {

constexpr uint64_t kTable = 0x10000000;

struct Store : testing::Test {
    its_profile profile{};
    its_probe probe{};
    its_core_wires x{};
    its_store u{};
    std::vector<its_line> lines;
    std::vector<its_mem_request> asked; // taken from the memory port
    std::vector<its_event> events;
    bool bus = true; // takes requests

    its_wires &w() { return x.w; }

    void make(
        const char *preset, void (*change)(its_profile &) = [](its_profile &) {})
    {
        ASSERT_TRUE(its_profile_preset(&profile, preset));
        change(profile);
        char why[200] = "";
        ASSERT_EQ(its_profile_check(&profile, why, sizeof why), nullptr) << why;
        probe.host = this;
        probe.sink = [](void *host, const its_event *e) {
            static_cast<Store *>(host)->events.push_back(*e);
        };
        its_core_connect(&x, &profile, &probe);
        w().drain = ITS_ON;
        lines.assign(its_cache_lines(&profile) + 1, its_line{});
        its_store_reset(&u, lines.data(), &profile);
        its_store_drive(&u, &w());
    }

    // One edge with the inputs set before; they last for this edge only.
    void clock()
    {
        w().store_mem.ready = bus;
        if (its_fire(&w().store_mem))
            asked.push_back(w().store_mem.d);
        its_store_clock(&u, lines.data(), &w());
        probe.cycle++;
        w().memory.valid = w().xlat_fetch.valid = w().cmdx_fetch.valid = false;
        w().xlat_lookup.valid = w().cmdx_lookup.valid = w().write.valid = false;
        its_store_drive(&u, &w());
    }

    static its_name ite(uint32_t device, uint32_t event)
    {
        its_name n{};
        n.address = kTable + device * 0x1000u + event * 8u;
        n.device = device;
        n.key = event;
        n.what = ITS_ENTRY_ITE;
        return n;
    }
    void fetch(its_fetch &port, const its_name &name)
    {
        port = its_fetch{};
        port.name = name;
        port.valid = true;
    }
    void answer(unsigned id, uint64_t word)
    {
        w().memory = its_mem_response{};
        w().memory.valid = true;
        w().memory.id = static_cast<uint8_t>(id);
        w().memory.data[0] = word;
    }
    uint64_t word(uint32_t intid)
    {
        its_entry e{};
        e.valid = true;
        e.intid = intid;
        return its_entry_pack(&profile, ITS_ENTRY_ITE, &e);
    }
    void write(const its_name &name, uint32_t intid)
    {
        its_verdict v{};
        v.kind = ITS_VERDICT_DO;
        v.write = true;
        v.what = name.what;
        v.device = name.device;
        v.event = name.key;
        v.address = name.address;
        v.entry.valid = true;
        v.entry.intid = intid;
        w().write.valid = true;
        w().write.d = v;
    }
};

its_cache shape_of(const its_cache &cache)
{
    its_cache shape{};
    shape.first = cache.first;
    shape.sets = cache.sets;
    shape.ways = cache.ways;
    shape.policy = cache.policy;
    shape.what = cache.what;
    shape.lru = cache.lru;
    return shape;
}

// A reset writes nothing back and leaves nothing: every byte is one that its description names.
TEST_F(Store, AResetLeavesNothingOfWhatWasThere)
{
    make("gic500");
    std::memset(&u, 0xa5, sizeof u);
    std::memset(lines.data(), 0xa5, lines.size() * sizeof lines[0]);
    its_store_reset(&u, lines.data(), &profile);

    its_store fresh{};
    fresh.device = shape_of(u.device);
    fresh.event = shape_of(u.event);
    fresh.collection = shape_of(u.collection);
    for (uint16_t &rd : fresh.hardware)
        rd = ITS_UNMAPPED;
    EXPECT_EQ(std::memcmp(&u, &fresh, sizeof u), 0);
    its_line none{};
    for (uint32_t i = 0; i < its_cache_lines(&profile); i++)
        EXPECT_EQ(std::memcmp(&lines[i], &none, sizeof none), 0) << i;
    its_line beyond;
    std::memset(&beyond, 0xa5, sizeof beyond);
    EXPECT_EQ(std::memcmp(&lines.back(), &beyond, sizeof beyond), 0) << "a line of nobody";
}

// A fetch that meets the answer to another fetch of the same entry is served by that answer: a read
// that nobody waits for would come back later, with what memory held before the commands in between.
TEST_F(Store, AFetchThatMeetsTheAnswerOfAnotherReadsNothing)
{
    for (unsigned late : {0u, 1u}) {
        make("flat");
        asked.clear();
        fetch(w().xlat_fetch, ite(1, 2));
        clock();
        clock();
        ASSERT_EQ(asked.size(), 1u);
        answer(asked[0].id, word(9000));
        if (late)
            clock();
        ASSERT_EQ(w().fill.valid, late == 1);
        fetch(w().cmdx_fetch, ite(1, 2));
        clock();
        if (!late) {
            ASSERT_TRUE(w().fill.valid) << "visible to who asked at the last edge";
        }
        for (int i = 0; i < 5; i++)
            clock();
        EXPECT_EQ(asked.size(), 1u) << "late " << late;
        EXPECT_TRUE(w().command_fetch_room);
        EXPECT_TRUE(w().store_idle);
    }
}

TEST_F(Store, TwoMissesToOneEntryShareOneRead)
{
    make("flat");
    fetch(w().xlat_fetch, ite(1, 2));
    fetch(w().cmdx_fetch, ite(1, 2));
    clock();
    fetch(w().xlat_fetch, ite(1, 2));
    for (int i = 0; i < 4; i++)
        clock();
    EXPECT_EQ(asked.size(), 1u);
}

// A fill and a command's write that both push a dirty line out at one edge, with one place left.
TEST_F(Store, TheWriteBufferNeverHoldsMoreThanItsDepth)
{
    make("gic500", [](its_profile &p) {
        p.event_cache_sets = 1;
        p.event_cache_ways = 1;
        p.device_cache_ways = 1;
        p.write_buffer = 16;
    });
    auto dte = [](uint32_t device) {
        its_name n{};
        n.address = 0x20000000u + device * 8u;
        n.device = device;
        n.what = ITS_ENTRY_DTE;
        return n;
    };
    // Memory answers no write. Fill the buffer up to one place; the device line is dirty as well.
    write(dte(1), 0);
    clock();
    for (uint32_t e = 0; e < 16; e++) {
        ASSERT_TRUE(w().write.ready);
        write(ite(1, e), 8192 + e);
        clock();
    }
    ASSERT_EQ(u.wbuf.used, 15);
    fetch(w().xlat_fetch, dte(2));
    for (int i = 0; i < 4; i++)
        clock();
    ASSERT_FALSE(asked.back().write);
    answer(asked.back().id, 1); // valid: wants the place of device 1
    write(ite(1, 99), 9000);    // wants the place of event 15
    ASSERT_TRUE(w().write.ready);
    clock();
    EXPECT_LE(u.wbuf.used, profile.write_buffer);
    its_entry value{};
    uint64_t address;
    for (uint32_t e = 0; e < 16; e++) {
        its_name n = ite(1, e);
        ASSERT_TRUE(its_store_find(&u, lines.data(), &profile, &n, &value, &address)) << e;
        EXPECT_EQ(value.intid, 8192 + e);
    }
}

// Translations that miss at every edge leave the port to the command's read and to each other's.
TEST_F(Store, NoMissStarvesWhenMissesNeverEnd)
{
    make("flat", [](its_profile &p) { p.table_reads = 6; });
    uint32_t event = 0;
    std::vector<unsigned> to_answer;
    for (int i = 0; i < 60; i++) {
        if (i == 20)
            fetch(w().cmdx_fetch, ite(7, 0));
        if (w().fetch_room > 0)
            fetch(w().xlat_fetch, ite(1, event++));
        if (!to_answer.empty()) { // memory answers one a cycle
            answer(to_answer.front(), 0);
            to_answer.erase(to_answer.begin());
        }
        if (w().store_mem.valid)
            to_answer.push_back(w().store_mem.d.id);
        clock();
    }
    EXPECT_GT(asked.size(), 50u) << "the port was never idle";
    bool command = false;
    uint32_t next = 0; // misses came one an edge, so reads leave about in that order
    for (auto &r : asked) {
        command = command || r.id == ITS_ID_COMMAND;
        if (r.id == ITS_ID_COMMAND)
            continue;
        uint32_t is = static_cast<uint32_t>(r.addr - ite(1, 0).address) / 8;
        EXPECT_LE(is, next + 6);
        EXPECT_GE(is + 6, next);
        next++;
    }
    EXPECT_TRUE(command);
}

// A bus that takes a read now and then, and a miss for every place that becomes free: in turn.
TEST_F(Store, NoMissStarvesOnASlowBus)
{
    make("flat", [](its_profile &p) { p.table_reads = 4; });
    uint32_t event = 0;
    size_t answered = 0;
    for (int i = 0; i < 800; i++) {
        bus = i % 8 == 0;
        if (w().fetch_room > 0)
            fetch(w().xlat_fetch, ite(1, event++));
        if (answered < asked.size())
            answer(asked[answered++].id, 0);
        clock();
    }
    std::set<uint64_t> read;
    for (const auto &r : asked)
        read.insert((r.addr - ite(1, 0).address) / 8);
    ASSERT_GT(read.size(), 90u);
    for (uint32_t e = 0; e + 8 < event; e++)
        EXPECT_EQ(read.count(e), 1u) << e;
}

// What waits for the bus when a command takes hold of its name is not read any more; the others are.
TEST_F(Store, AHoldKillsTheMissesOfItsNameAndNoOthers)
{
    make("flat");
    bus = false;
    for (uint32_t device = 1; device <= 4; device++) {
        fetch(w().xlat_fetch, ite(device, 5));
        w().xlat_fetch.ref = 10 + device;
        clock();
    }
    w().hold.kind = ITS_HOLD_DEVICE;
    w().hold.device = 3;
    clock();
    w().hold.kind = ITS_HOLD_NONE;
    bus = true;
    for (int i = 0; i < 8; i++)
        clock();
    std::vector<uint64_t> addresses;
    for (auto &r : asked)
        addresses.push_back(r.addr);
    EXPECT_EQ(addresses,
              (std::vector<uint64_t>{ite(1, 5).address, ite(2, 5).address, ite(4, 5).address}));
    unsigned killed = 0;
    for (auto &e : events)
        if (e.kind == ITS_EV_KILL) {
            killed++;
            EXPECT_EQ(e.ref, 13u);
            EXPECT_EQ(e.a, 3u);
            EXPECT_EQ(e.b, 5u);
            EXPECT_EQ(e.c, ITS_ENTRY_ITE);
        }
    EXPECT_EQ(killed, 1u);
}

// What the cache says of itself, and what its lines say.
void expect_counted(const its_cache &cache, const std::vector<its_line> &lines)
{
    uint32_t held = 0, dirty = 0;
    for (uint32_t i = 0; i < cache.sets * cache.ways; i++) {
        held += lines[cache.first + i].present;
        dirty += lines[cache.first + i].present && lines[cache.first + i].dirty;
    }
    EXPECT_EQ(cache.held, held);
    EXPECT_EQ(cache.dirty, dirty);
}

// Perturbed, any lookup may push some line out: it is gone then.
TEST_F(Store, ALineThatAPerturbedLookupEvictsIsGone)
{
    make("gic600", [](its_profile &p) { p.perturb = 3; });
    for (uint32_t e = 0; e < 16; e++) {
        write(ite(1, e), 8192 + e);
        clock();
    }
    unsigned gone = 0;
    size_t answered = 0;
    for (int i = 0; i < 40000; i++) {
        events.clear();
        w().xlat_lookup = its_lookup{};
        w().xlat_lookup.name = ite(9, 9);
        w().xlat_lookup.valid = true;
        if (answered < asked.size()) { // memory answers every write
            ASSERT_TRUE(asked[answered].write);
            answer(asked[answered++].id, 0);
            w().memory.write = true;
        }
        clock();
        for (auto &e : events) {
            if (e.kind != ITS_EV_EVICT)
                continue;
            gone++;
            EXPECT_EQ(u.event.held, 16 - gone) << "event " << e.b;
        }
        expect_counted(u.event, lines);
    }
    EXPECT_EQ(gone, 16u);
    EXPECT_EQ(u.event.held, 0u);
    EXPECT_EQ(asked.size(), 16u) << "each is written once, by an eviction or before it";
}

TEST_F(Store, PerturbedLookupsEvictFromEveryCache)
{
    make("gic600", [](its_profile &p) { p.perturb = 3; });
    const its_entry_kind kinds[] = {ITS_ENTRY_DTE, ITS_ENTRY_ITE, ITS_ENTRY_CTE};
    for (its_entry_kind kind : kinds) {
        its_name name = ite(1, profile.hcc); // no hardware collection
        name.what = kind;
        name.address = kTable + kind * 0x1000u;
        write(name, 8192);
        clock();
    }
    std::set<unsigned> gone;
    size_t answered = 0;
    for (int i = 0; i < 40000 && gone.size() < 3; i++) {
        events.clear();
        w().xlat_lookup = its_lookup{};
        w().xlat_lookup.name = ite(9, 9);
        w().xlat_lookup.valid = true;
        if (answered < asked.size()) { // memory answers every write
            answer(asked[answered++].id, 0);
            w().memory.write = true;
        }
        clock();
        for (auto &e : events)
            if (e.kind == ITS_EV_EVICT)
                gone.insert(e.c);
    }
    EXPECT_EQ(gone, (std::set<unsigned>{ITS_ENTRY_DTE, ITS_ENTRY_ITE, ITS_ENTRY_CTE}));
}

} // namespace
