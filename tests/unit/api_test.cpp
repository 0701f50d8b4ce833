/* SPDX-License-Identifier: MIT */
/* Creation and the fast face, as its.h and gic500.h promise them to a host. */
#include <cstring>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "../common/gic_bench.h"
#include "itsim/its.h"

namespace {

using bench::gic;

struct storage {
    explicit storage(size_t n) : bytes(n)
    {
        at = static_cast<uint8_t *>(::operator new(n + 16, std::align_val_t(16)));
    }
    ~storage() { ::operator delete(at, std::align_val_t(16)); }
    storage(const storage &) = delete;
    storage &operator=(const storage &) = delete;
    uint8_t *at;
    size_t bytes;
};

template <class CREATE>
void expect_refusals(CREATE create, size_t size, const its_profile &good)
{
    storage s(size);
    its_profile bad = good;
    bad.redistributors = 0;
    auto status_of = [&](void *at, size_t bytes, const its_profile *p) {
        its_status status = ITS_OK;
        EXPECT_EQ(create(at, bytes, p, &status), nullptr);
        EXPECT_EQ(create(at, bytes, p, nullptr), nullptr) << "nobody asks why";
        return status;
    };
    EXPECT_EQ(status_of(nullptr, size, &good), ITS_E_ARGUMENT);
    EXPECT_EQ(status_of(s.at, size, nullptr), ITS_E_ARGUMENT);
    EXPECT_EQ(status_of(s.at, size, &bad), ITS_E_PROFILE);
    EXPECT_EQ(status_of(s.at, size - 1, &good), ITS_E_SPACE);
    EXPECT_EQ(status_of(s.at + 8, size, &good), ITS_E_SPACE);
    its_status status = ITS_E_BUSY;
    EXPECT_NE(create(s.at, size, &good, &status), nullptr);
    EXPECT_EQ(status, ITS_OK);
}

TEST(Api, CreationRefusesWhatItCannotUseAndSaysWhy)
{
    its_profile p{};
    its_profile_preset(&p, "gic500");
    expect_refusals(its_create, its_size(&p), p);
    expect_refusals(gic500_create, gic500_size(&p), p);
}

// Creation, edges and a reset, in storage that has bytes of somebody else behind it.
template <class CREATE, class PINS, class DRIVE, class CLOCK>
void expect_own_bytes_only(CREATE create, PINS pins, DRIVE drive, CLOCK clock, size_t size,
                           const its_profile &profile)
{
    const std::vector<uint8_t> guard(4096, 0xa5);
    storage s(size + guard.size());
    std::memset(s.at, 0xa5, s.bytes);
    auto *block = create(s.at, size, &profile, nullptr);
    ASSERT_NE(block, nullptr);
    for (bool resetn : {true, true, false, true}) {
        pins.resetn = resetn;
        drive(block, &pins);
        clock(block, &pins);
    }
    EXPECT_EQ(std::memcmp(s.at + size, guard.data(), guard.size()), 0);
}

TEST(Api, NothingIsWrittenBeyondTheSizeThatCreationAsksFor)
{
    for (const char *preset : {"gic500", "gic600", "flat", "kvm"}) {
        its_profile p{};
        ASSERT_TRUE(its_profile_preset(&p, preset));
        SCOPED_TRACE(preset);
        expect_own_bytes_only(its_create, its_pins{}, its_drive, its_clock, its_size(&p), p);
        expect_own_bytes_only(gic500_create, gic500_pins{}, gic500_drive, gic500_clock,
                              gic500_size(&p), p);
    }
}

TEST(Api, EdgesAreCountedFromCreation)
{
    its_profile p{};
    its_profile_preset(&p, "gic500");
    storage s(its_size(&p));
    its_block *alone = its_create(s.at, s.bytes, &p, nullptr);
    its_pins pins{};
    EXPECT_EQ(its_cycle(alone), 0u);
    its_drive(alone, &pins);
    its_clock(alone, &pins);
    EXPECT_EQ(its_cycle(alone), 1u);
    gic g;
    EXPECT_EQ(g.look().cycle, 0u);
    g.tick(3);
    EXPECT_EQ(g.look().cycle, 3u);
}

TEST(Api, ResetnIsReportedAtItsFirstEdgeAndCreationIsNoReset)
{
    its_profile p{};
    its_profile_preset(&p, "gic500");
    storage s(its_size(&p));
    its_block *alone = its_create(s.at, s.bytes, &p, nullptr);
    std::vector<its_event> events;
    its_listen(
        alone,
        [](void *host, const its_event *e) {
            static_cast<std::vector<its_event> *>(host)->push_back(*e);
        },
        &events);
    its_pins pins{};
    gic g;
    for (bool resetn : {true, false, false, true, true, false}) {
        pins.resetn = g.pins.resetn = resetn;
        its_drive(alone, &pins);
        its_clock(alone, &pins);
        g.tick();
    }
    for (const std::vector<its_event> &told : {events, g.events}) {
        ASSERT_EQ(told.size(), 2u);
        for (auto &e : told) {
            EXPECT_EQ(e.kind, ITS_EV_RESET);
            EXPECT_EQ(e.unit, ITS_UNIT_DRAIN);
            EXPECT_EQ(e.ref, ITS_REF_NONE);
            EXPECT_EQ(e.a | e.b | e.c, 0u);
        }
        EXPECT_EQ(told[0].cycle, 1u);
        EXPECT_EQ(told[1].cycle, 5u);
    }
}

TEST(Api, ABadProfileHasNoSize)
{
    its_profile p{};
    its_profile_preset(&p, "gic500");
    EXPECT_EQ(its_size(nullptr), 0u);
    EXPECT_EQ(gic500_size(nullptr), 0u);
    EXPECT_GT(gic500_size(&p), its_size(&p)) << "redistributors besides";
    p.dte_bytes = 3;
    EXPECT_EQ(its_size(&p), 0u);
    EXPECT_EQ(gic500_size(&p), 0u);
}

TEST(Api, EveryStatusHasASentenceOfItsOwn)
{
    std::set<std::string> sentences;
    for (its_status s : {ITS_OK, ITS_E_ARGUMENT, ITS_E_PROFILE, ITS_E_SPACE, ITS_E_VERSION,
                         ITS_E_BUSY, ITS_E_IMAGE, its_status(-7)})
        sentences.insert(its_strerror(s));
    EXPECT_EQ(sentences.size(), 8u);
    EXPECT_EQ(sentences.count(""), 0u);
}

/* --- the fast face ------------------------------------------------------------------------------- */

using settings = std::vector<std::pair<const char *, const char *>>;

struct fast_gic : gic {
    explicit fast_gic(const settings &set = {}) : gic("gic500", set)
    {
        boot();
        mapd(1);
        mapti(1, 2, 8200, 3);
        run();
        face(ITS_FACE_FAST);
    }
    uint64_t latency_of_msi(uint64_t memory_latency)
    {
        its_memory m = mem.at_once();
        its_access a{};
        a.frame = ITS_FRAME_TRANSLATION;
        a.offset = 0x40;
        a.bytes = 4;
        a.write = true;
        a.has_device = true;
        a.device = 1;
        a.data = 2;
        uint64_t latency = 0;
        gic500_fast_access(get(), &a, &m, memory_latency, &latency);
        return latency;
    }
};

TEST(Fast, AnMsiSaysWhetherItWasSent)
{
    fast_gic g;
    its_memory m = g.mem.at_once();
    EXPECT_TRUE(gic500_fast_msi(g.get(), 1, 2, &m));
    EXPECT_TRUE(g.pending(3, 8200));
    EXPECT_FALSE(gic500_fast_msi(g.get(), 1, 3, &m)) << "no such event";
    EXPECT_FALSE(gic500_fast_msi(g.get(), 2, 2, &m)) << "no such device";
    EXPECT_EQ(g.pending_set(3).size(), 1u);
    g.write(ITS_FRAME_GITS, 0, 0);
    EXPECT_FALSE(gic500_fast_msi(g.get(), 1, 2, &m)) << "not enabled";
}

TEST(Fast, EveryMemoryAccessOfAnMsiCostsTheMemorysLatency)
{
    fast_gic g;
    g.latency_of_msi(0); /* the redistributor knows the LPI from now on */
    uint64_t warm = g.latency_of_msi(0);
    EXPECT_EQ(g.latency_of_msi(1000), warm) << "all is cached";
    g.quiesce();
    g.enable();
    uint64_t cold_fast = g.latency_of_msi(0);
    g.quiesce();
    g.enable();
    uint64_t reads = g.mem.reads;
    uint64_t cold_slow = g.latency_of_msi(1000);
    reads = g.mem.reads - reads;
    EXPECT_EQ(reads, 2u) << "device and event; the collection is in hardware";
    EXPECT_EQ(cold_slow, cold_fast + 2000);
}

TEST(Fast, TimeEndsADrainAndNeverGoesBackwards)
{
    fast_gic g(settings{{"quiescent_min", "700"}});
    g.mapti(1, 3, 8201, 3);
    g.run();
    uint64_t from = g.look().cycle;
    its_memory m = g.mem.at_once();
    its_access off{};
    off.frame = ITS_FRAME_GITS;
    off.bytes = 4;
    off.write = true;
    gic500_fast_access(g.get(), &off, &m, 0, nullptr);
    EXPECT_FALSE(g.look().quiescent);
    gic500_fast_time(g.get(), from + 600);
    EXPECT_FALSE(g.look().quiescent);
    EXPECT_EQ(g.look().cycle, from + 600);
    gic500_fast_time(g.get(), from + 10);
    EXPECT_EQ(g.look().cycle, from + 600);
    gic500_fast_time(g.get(), from + 800);
    EXPECT_TRUE(g.look().quiescent);
}

/* A disable later on lasts as long as the first; other register writes hold nothing up. */
TEST(Fast, EveryDisableLastsQuiescentMinAndNothingElseDoes)
{
    fast_gic g(settings{{"quiescent_min", "700"}});
    for (int again = 0; again < 3; again++) {
        g.write(ITS_FRAME_GITS, 0, 1);
        EXPECT_TRUE(g.look().idle);
        EXPECT_EQ(gic500_wake(g.get()), UINT64_MAX);
        g.tick(2000);
        uint64_t from = g.look().cycle;
        g.write(ITS_FRAME_GITS, 0, 0);
        EXPECT_FALSE(g.look().idle);
        while (!g.look().quiescent)
            g.tick();
        EXPECT_EQ(g.look().cycle - from, 700u);
        g.write(ITS_FRAME_GITS, 0x80, g.read(ITS_FRAME_GITS, 0x80)); /* starts nothing */
        EXPECT_TRUE(g.look().idle);
    }
}

TEST(Fast, ARememberedEnableCarriesOutTheCommandsThatWaitBeforeTheNextMsi)
{
    fast_gic g(settings{{"quiescent_min", "700"}, {"enable_in_drain", "1"}});
    its_memory m = g.mem.at_once();
    uint64_t from = g.look().cycle;
    its_access a{};
    a.frame = ITS_FRAME_GITS;
    a.bytes = 4;
    a.write = true;
    gic500_fast_access(g.get(), &a, &m, 0, nullptr);
    g.mapti(1, 7, 8207, 2);
    a.offset = 0x88;
    a.data = g.cwriter();
    gic500_fast_access(g.get(), &a, &m, 0, nullptr);
    a.offset = 0;
    a.data = 1;
    gic500_fast_access(g.get(), &a, &m, 0, nullptr);
    EXPECT_FALSE(gic500_fast_msi(g.get(), 1, 7, &m)) << "still off";
    gic500_fast_time(g.get(), from + 2000);
    EXPECT_TRUE(gic500_fast_msi(g.get(), 1, 7, &m));
    EXPECT_TRUE(g.pending(2, 8207));
}

} // namespace
