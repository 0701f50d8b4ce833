/* SPDX-License-Identifier: MIT */
/* One machine, three faces: skipping changes nothing, order of units neither, and all agree. */
#include <cstddef>

#include "busy.h"
#include "gic500/parts.h"

namespace {

using bench::gic;
using laws::busy;
using laws::machine;
using laws::reference;
using laws::settings;
using laws::software;

/* --- skip ---------------------------------------------------------------------------------------------- */

class Timed : public testing::TestWithParam<machine> {};

INSTANTIATE_TEST_SUITE_P(Machines, Timed, testing::ValuesIn(laws::machines()), laws::machine_name);

/* A busy run, a disable, MSIs and commands while it is off, an enable, and what was left. */
std::unique_ptr<busy> with_a_disable(const machine &m, unsigned latency, uint64_t seed,
                                     const laws::settings &more)
{
    auto run = std::make_unique<busy>(m, latency, seed, 12, more);
    uint64_t at = run->steps.back().at;
    run->steps.push_back({at + 400, false, busy::CTLR, 0});
    run->steps.push_back({at + 1500, true, 0, 1});
    run->steps.push_back({at + 1700, false, busy::CTLR, 1});
    for (uint32_t d = 0; d < 8; d++)
        run->steps.push_back({at + 1710 + d * 90, true, d, d % 3});
    run->steps.push_back({at + 2600, false, busy::CTLR, 0});
    run->steps.push_back({at + 2601, true, 1, 1});
    run->steps.push_back({at + 4000, false, busy::CTLR, 1});
    return run;
}

TEST_P(Timed, SkippingIdleEdgesIsTheSameAsClockingThem)
{
    const laws::settings slow[] = {{},
                                   {{"rd_cycles", "45"}, {"quiescent_min", "700"}},
                                   {{"quiescent_min", "90"}, {"table_writes", "4"}},
                                   {{"lpi_entries", "2"}, {"rd_credits", "1"}},
                                   {{"caches_at_off", "1"}, {"sync_waits", "1"}, {"sync", "1"}}};
    for (unsigned i = 0; i < 15; i++) {
        auto run = with_a_disable(GetParam(), i % 3 * 17, i, slow[i % 5]);
        auto twin = with_a_disable(GetParam(), i % 3 * 17, i, slow[i % 5]);
        gic &b = *twin->g;
        size_t next_a = 0, next_b = 0;
        uint64_t skipped = 0;
        for (const uint64_t end = run->start + run->steps.back().at + 1000; b.cycle() < end;) {
            skipped += twin->advance_timed(b, next_b, 1 + b.cycle() % 50);
            ASSERT_TRUE(run->catches_up(b, next_a)) << "run " << i;
        }
        ASSERT_TRUE(run->g->same_events(b));
        EXPECT_GT(skipped, 500u);
        EXPECT_EQ(gic500_skip(b.get(), gic500_wake(b.get()) == UINT64_MAX ? 0 : UINT64_MAX) ==
                      ITS_OK,
                  gic500_wake(b.get()) == UINT64_MAX);
    }
}

TEST_P(Timed, NoMoreThanTheIdleEdgesCanBeSkipped)
{
    auto g = laws::make(GetParam());
    g->boot();
    g->start_msi(1, 1);
    while (!g->host_idle())
        g->tick();
    for (int i = 0; i < 30; i++) {
        uint64_t wake = gic500_wake(g->get()), digest = gic500_digest(g->get());
        if (wake != UINT64_MAX) {
            EXPECT_EQ(gic500_skip(g->get(), wake + 1), ITS_E_BUSY);
            EXPECT_EQ(gic500_digest(g->get()), digest);
        }
        g->tick();
    }
}

/* --- the order of units ------------------------------------------------------------------------------------ */

using unit_drive = void (*)(const its_core *, its_wires *);
using unit_clock = void (*)(its_core *, its_line *, const its_wires *);

const unit_drive drives[] = {
    [](const its_core *u, its_wires *w) { its_gits_drive(&u->gits, w); },
    [](const its_core *u, its_wires *w) { its_msiq_drive(&u->msiq, w); },
    [](const its_core *u, its_wires *w) { its_cmdf_drive(&u->cmdf, w); },
    [](const its_core *u, its_wires *w) { its_cmdx_drive(&u->cmdx, w); },
    [](const its_core *u, its_wires *w) { its_xlat_drive(&u->xlat, w); },
    [](const its_core *u, its_wires *w) { its_store_drive(&u->store, w); },
    [](const its_core *u, its_wires *w) { its_rdlink_drive(&u->rdlink, w); },
    [](const its_core *u, its_wires *w) { its_drain_drive(&u->drain, w); },
    [](const its_core *u, its_wires *w) { its_opr_drive(&u->opr, w); },
};

const unit_clock clocks[] = {
    [](its_core *u, its_line *, const its_wires *w) { its_gits_clock(&u->gits, w); },
    [](its_core *u, its_line *, const its_wires *w) { its_msiq_clock(&u->msiq, w); },
    [](its_core *u, its_line *, const its_wires *w) { its_cmdf_clock(&u->cmdf, w); },
    [](its_core *u, its_line *, const its_wires *w) { its_cmdx_clock(&u->cmdx, w); },
    [](its_core *u, its_line *, const its_wires *w) { its_xlat_clock(&u->xlat, w); },
    [](its_core *u, its_line *l, const its_wires *w) { its_store_clock(&u->store, l, w); },
    [](its_core *u, its_line *, const its_wires *w) { its_rdlink_clock(&u->rdlink, w); },
    [](its_core *u, its_line *, const its_wires *w) { its_drain_clock(&u->drain, w); },
    [](its_core *u, its_line *, const its_wires *w) { its_opr_clock(&u->opr, w); },
};

class Order : public testing::TestWithParam<machine> {
protected:
    /* The core and its lines as bytes, with room to be clocked. */
    struct copy {
        explicit copy(const gic500 *g)
            : core(sizeof(its_core)), lines(its_cache_lines(&g->profile)), x(g->x)
        {
            std::memcpy(core.data(), &g->s->core, core.size());
            if (!lines.empty())
                std::memcpy(lines.data(), g->lines, lines.size() * sizeof lines[0]);
            silent.cycle = g->probe.cycle;
            x.w.probe = &silent;
            x.w.facts = &g->x.facts;
        }
        its_core *unit() { return reinterpret_cast<its_core *>(core.data()); }
        /* Name of the first unit that differs; empty when none does. */
        std::string differs(const copy &o) const
        {
            for (size_t i = 0; i < core.size(); i++)
                if (core[i] != o.core[i])
                    return i < offsetof(its_core, msiq)     ? "gits"
                           : i < offsetof(its_core, cmdf)   ? "msiq"
                           : i < offsetof(its_core, cmdx)   ? "cmdf"
                           : i < offsetof(its_core, xlat)   ? "cmdx"
                           : i < offsetof(its_core, store)  ? "xlat"
                           : i < offsetof(its_core, rdlink) ? "store"
                           : i < offsetof(its_core, drain)  ? "rdlink"
                           : i < offsetof(its_core, opr)    ? "drain"
                                                            : "opr";
            if (lines.empty())
                return "";
            return std::memcmp(lines.data(), o.lines.data(), lines.size() * sizeof lines[0])
                       ? "lines"
                       : "";
        }
        std::vector<uint8_t> core;
        std::vector<its_line> lines;
        its_core_wires x;
        its_probe silent{};
    };
    std::unique_ptr<busy> run;
};

INSTANTIATE_TEST_SUITE_P(Machines, Order, testing::ValuesIn(laws::machines()), laws::machine_name);

TEST_P(Order, UnitsCanBeDrivenAndClockedInAnyOrderAndThoseAtRestNotAtAll)
{
    run = with_a_disable(GetParam(), 2, 5, {{"quiescent_min", "60"}});
    gic &g = *run->g;
    size_t order[9] = {7, 3, 5, 8, 0, 6, 2, 4, 1};
    uint64_t edges = 0;
    g.wires = [&] {
        std::next_permutation(order, order + 9);
        g.get()->probe.cycle = g.cycle(); /* as at the edge to come */
        copy each(g.get()), shuffled(g.get()), owner(g.get());
        for (auto clock : clocks)
            clock(each.unit(), each.lines.data(), &each.x.w);
        for (size_t i : order)
            clocks[i](shuffled.unit(), shuffled.lines.data(), &shuffled.x.w);
        its_core_clock(owner.unit(), owner.lines.data(), &owner.x);
        EXPECT_EQ(each.differs(shuffled), "") << "clock, cycle " << g.cycle();
        EXPECT_EQ(each.differs(owner), "") << "unit at rest, cycle " << g.cycle();

        its_wires forth = g.get()->x.w, back = forth;
        for (auto drive : drives)
            drive(&g.get()->s->core, &forth);
        for (size_t i : order)
            drives[i](&g.get()->s->core, &back);
        EXPECT_EQ(std::memcmp(&forth, &back, sizeof forth), 0) << "drive, cycle " << g.cycle();
        edges++;
    };
    size_t next = 0;
    while (!run->over(g, next) && !HasFailure())
        run->advance(g, next);
    EXPECT_GT(edges, 1000u);
}

/* --- all faces ----------------------------------------------------------------------------------------------- */

/* What a CPU sees of a run: everything it acknowledged, in order, and what stayed pending. */
struct view {
    std::vector<uint32_t> acknowledged;
    reference::pending_sets pending;
    bool right = true;
    std::string why;
    bool operator==(const view &o) const
    {
        return acknowledged == o.acknowledged && pending == o.pending;
    }
};

/* Software that puts a SYNC between a command and what depends on it, on one machine and face. */
class stream {
public:
    enum how { CLOCKED, FAST, MIXED };

    stream(const machine &m, how h, uint64_t seed, bool is_dense, const laws::settings &more)
        : g_(laws::make(m, more)), how_(h)
    {
        g_->record = false;
        g_->mem.latency = unsigned(seed % 3);
        face(seed);
        g_->boot();
        ref_ = std::make_unique<reference>(*g_);
        laws::shape s = is_dense ? laws::dense(2 + unsigned(seed % 3)) : laws::sparse();
        s.icids = 4; /* what every preset has */
        sw_ = std::make_unique<software>(*g_, *ref_, s, seed);
    }
    view run(unsigned steps)
    {
        sw_->map_all();
        sw_->sync();
        for (unsigned i = 0; i < steps && seen_.right; i++)
            step();
        g_->quiesce();
        check("tables", sw_->same_tables());
        seen_.pending = ref_->pending;
        return seen_;
    }

private:
    void check(const char *what, const testing::AssertionResult &r)
    {
        if (!r && seen_.right) {
            seen_.right = false;
            seen_.why = std::string(what) + ": " + r.message();
        }
    }
    void face(uint64_t n)
    {
        if (how_ != CLOCKED)
            g_->face(how_ == FAST || n % 2 ? ITS_FACE_FAST : ITS_FACE_CLOCKED);
    }
    void step()
    {
        software &sw = *sw_;
        for (uint64_t n = 1 + sw.pick(3); n; n--)
            sw.queue(sw.random_command());
        sw.sync();
        for (uint64_t n = sw.pick(6); n; n--)
            sw.msi(sw.device(), sw.event());
        g_->settle();
        if (sw.chance(4))
            configure();
        if (sw.chance(8)) {
            g_->quiesce();
            g_->enable();
        }
        if (how_ == MIXED)
            face(sw.pick(2));
        else
            sw.pick(2);
        check("pending", sw.same_pending());
        for (uint64_t n = sw.pick(4); n; n--)
            acknowledge(sw.rd());
    }
    /* Other priority, or masked: INVALL and SYNC make it known everywhere. */
    void configure()
    {
        software &sw = *sw_;
        uint32_t intid = sw.intid(sw.device(), sw.event(), unsigned(sw.pick(2)));
        uint64_t priority = sw.pick(8) << 4;
        bool masked = sw.chance(5);
        g_->mem.data.put(gic::CONFIG + intid - 8192, uint8_t(priority | (masked ? 0 : 1)));
        for (uint32_t icid = 0; icid < 4; icid++) {
            its_cmd c = g_->op(ITS_CMD_MAPC); /* so that the INVALLs reach every redistributor */
            c.icid = uint16_t(icid);
            c.rdbase = icid;
            c.valid = true;
            sw.queue(c);
            c = g_->op(ITS_CMD_INVALL);
            c.icid = uint16_t(icid);
            sw.queue(c);
        }
        sw.sync();
        g_->settle();
    }
    /* The reference's choice: enabled, highest priority, lowest INTID. */
    void acknowledge(uint32_t rd)
    {
        uint32_t best = GIC500_SPURIOUS;
        unsigned best_priority = 256;
        for (uint32_t intid : ref_->pending[rd]) {
            uint8_t config = g_->mem.data.get(gic::CONFIG + intid - 8192);
            if ((config & 1) && (config & 0xfcu) < best_priority) {
                best = intid;
                best_priority = config & 0xfcu;
            }
        }
        uint32_t got = g_->acknowledge(rd);
        g_->settle();
        ref_->pending[rd].erase(best);
        seen_.acknowledged.push_back(got);
        if (got != best)
            check("acknowledge", testing::AssertionFailure() << got << ", should be " << best);
    }

    std::unique_ptr<gic> g_;
    std::unique_ptr<reference> ref_;
    std::unique_ptr<software> sw_;
    how how_;
    view seen_;
};

class Faces : public testing::TestWithParam<int> {};

/* 1000 seeds in all: four parts, so that each takes seconds; a tenth of them where a sanitizer makes
 * them slow. */
#if defined(__SANITIZE_ADDRESS__)
constexpr uint64_t seed_step = 40;
#else
constexpr uint64_t seed_step = 4;
#endif
INSTANTIATE_TEST_SUITE_P(Part, Faces, testing::Values(0, 1, 2, 3));

TEST_P(Faces, SynchronisedSoftwareSeesTheSameInterruptsOnAllPresetsAndFaces)
{
    /* Legal software has no command in error, which stalls a GIC-600's queue, and maps no event
     * twice, which KVM ignores; random software does both, so these choices are made equal. */
    const machine gic500{"gic500", "gic500", {}, false}, flat{"flat", "flat", {}, false},
        kvm{"kvm", "kvm", {{"mapti_mapped", "0"}}, false},
        gic600{"gic600", "gic600", {{"command_error", "0"}}, false};
    const laws::settings tiny = {{"device_cache_ways", "1"}, {"event_cache_sets", "1"},
                                 {"event_cache_ways", "1"},  {"lpi_entries", "2"},
                                 {"translations", "2"},      {"rd_credits", "1"}};
    for (uint64_t seed = uint64_t(GetParam()) + 1; seed <= 1000; seed += seed_step) {
        bool is_dense = seed % 8 < 4;
        unsigned steps = is_dense ? 12 : 6;
        const laws::settings &more = seed % 3 ? laws::settings{} : tiny;
        view first = stream(gic500, stream::CLOCKED, seed, is_dense, more).run(steps);
        ASSERT_TRUE(first.right) << "gic500 clocked, seed " << seed << ": " << first.why;
        const struct {
            const char *name;
            const machine &m;
            stream::how how;
        } others[] = {
            {"gic500 fast", gic500, stream::FAST},       {"gic500 mixed", gic500, stream::MIXED},
            {"flat clocked", flat, stream::CLOCKED},     {"flat fast", flat, stream::FAST},
            {"kvm clocked", kvm, stream::CLOCKED},       {"kvm fast", kvm, stream::FAST},
            {"gic600 clocked", gic600, stream::CLOCKED}, {"gic600 fast", gic600, stream::FAST}};
        for (auto &o : others) {
            bool spills = o.m.preset != flat.preset && o.m.preset != kvm.preset;
            view v =
                stream(o.m, o.how, seed, is_dense, spills ? more : laws::settings{}).run(steps);
            ASSERT_TRUE(v.right) << o.name << ", seed " << seed << ": " << v.why;
            ASSERT_TRUE(v == first) << o.name << ", seed " << seed;
        }
    }
}

TEST(Faces, PerturbedSoftwareSeesTheSameInterrupts)
{
    const settings same = {{"mapti_mapped", "0"}, {"command_error", "0"}};
    for (uint64_t seed = 1; seed <= 60; seed += seed_step / 4) {
        bool is_dense = seed % 8 < 4;
        unsigned steps = is_dense ? 12 : 6;
        std::string number = std::to_string(seed);
        const settings perturb = {{"perturb", number.c_str()}};
        view first =
            stream({"", "gic500", same, false}, stream::CLOCKED, seed, is_dense, {}).run(steps);
        for (const char *preset : {"gic500", "gic600", "kvm", "flat"})
            for (auto how : {stream::CLOCKED, stream::FAST, stream::MIXED}) {
                view v = stream({"", preset, same, false}, how, seed, is_dense, perturb).run(steps);
                ASSERT_TRUE(v.right) << preset << " " << how << ", seed " << seed << ": " << v.why;
                ASSERT_TRUE(v == first) << preset << " " << how << ", seed " << seed;
            }
    }
}

/* --- switching ------------------------------------------------------------------------------------------------ */

class Switch : public testing::TestWithParam<machine> {};

INSTANTIATE_TEST_SUITE_P(Machines, Switch, testing::ValuesIn(laws::machines()), laws::machine_name);

TEST_P(Switch, TakesEffectAtTheNextIdleEdge)
{
    busy run(GetParam(), 13);
    gic &g = *run.g;
    size_t next = 0;
    gic500_set_face(g.get(), ITS_FACE_FAST);
    g.tick();
    ASSERT_EQ(gic500_face(g.get()), ITS_FACE_FAST) << "idle at once";
    gic500_set_face(g.get(), ITS_FACE_CLOCKED);
    g.tick();
    ASSERT_EQ(gic500_face(g.get()), ITS_FACE_CLOCKED);
    while (g.look().idle)
        run.advance(g, next);
    gic500_set_face(g.get(), ITS_FACE_FAST);
    while (gic500_face(g.get()) == ITS_FACE_CLOCKED) {
        ASSERT_LT(g.cycle() - run.start, 100000u);
        if (g.host_idle())
            g.tick();
        else
            run.advance(g, next);
    }
    EXPECT_TRUE(g.look().idle);
    EXPECT_EQ(g.mem.owed(), 0u);
}

TEST_P(Switch, AFastDisableShowsQuiescentWhenItWouldHaveEndedAndLocksTheBasesUntilThen)
{
    auto g = laws::make(GetParam(), {{"quiescent_min", "400"}});
    g->boot();
    g->face(ITS_FACE_FAST);
    g->mapd(1);
    g->mapti(1, 0, 8192, 0);
    g->run();
    g->disable();
    uint64_t from = g->cycle();
    EXPECT_EQ(g->ctlr(), 0u);
    EXPECT_TRUE(laws::tables(*g).dte(1).valid) << "written back at once";
    g->write(ITS_FRAME_GITS, 0x100, 0, 8);
    EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x100, 8) >> 63, 1u) << "locked";
    g->enable();
    EXPECT_EQ(g->ctlr(), 0u) << "ignored";
    gic500_set_face(g->get(), ITS_FACE_CLOCKED);
    while (!(gic500_peek(g->get(), ITS_FRAME_GITS, 0, 0, 4) >> 31)) {
        ASSERT_EQ(gic500_face(g->get()), ITS_FACE_FAST);
        ASSERT_LT(g->cycle() - from, 5000u);
        g->tick();
    }
    EXPECT_GE(g->cycle() - from, 390u);
    g->tick(3);
    EXPECT_EQ(gic500_face(g->get()), ITS_FACE_CLOCKED);
    g->write(ITS_FRAME_GITS, 0x100, g->baser0() & ~gic::VALID, 8);
    EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x100, 8) >> 63, 0u);
}

TEST_P(Switch, AStalledQueueDoesNotKeepTheFaceFromSwitching)
{
    auto g = laws::make(GetParam(), {{"command_error", "1"}});
    g->boot();
    g->mapti(9, 0, 8192, 0); /* not mapped: stalls */
    g->mapc(0, 1);
    g->run();
    g->face(ITS_FACE_FAST);
    EXPECT_TRUE(g->look().stalled);
    g->write(ITS_FRAME_GITS, 0x88, g->cwriter() | 1u);
    EXPECT_TRUE(g->look().stalled) << "still in error";
    g->face(ITS_FACE_CLOCKED);
    its_cmd harmless = g->op(ITS_CMD_SYNC);
    uint32_t end = g->cwriter();
    g->cwriter(uint32_t(g->read(ITS_FRAME_GITS, 0x90)) & ~1u);
    g->command(harmless);
    g->cwriter(end);
    g->write(ITS_FRAME_GITS, 0x88, end | 1u);
    g->settle();
    EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x90), end);
}

TEST_P(Switch, TablesReplacedWhileOffWinInEveryFace)
{
    for (const char *kept : {"0", "1"})
        for (int fast = 0; fast < 4; fast++) { /* bit 0: at the disable, bit 1: at the enable */
            auto g = laws::make(GetParam(), {{"caches_at_off", kept}});
            g->boot();
            g->mapd(1);
            g->mapti(1, 0, 8192, 0);
            g->run();
            g->msi(1, 0);
            g->settle();
            ASSERT_EQ(g->acknowledge(0), 8192u);
            g->settle();
            g->face(fast & 1 ? ITS_FACE_FAST : ITS_FACE_CLOCKED);
            g->quiesce();
            uint64_t dte = g->two_level ? gic::DEVICE_PAGE : gic::DEVICES;
            g->mem.data.store(dte + g->profile.dte_bytes, 0, 8);
            g->tick(2);
            g->face(fast & 2 ? ITS_FACE_FAST : ITS_FACE_CLOCKED);
            g->enable();
            g->msi(1, 0);
            g->settle();
            EXPECT_EQ(g->acknowledge(0), GIC500_SPURIOUS) << kept << " " << fast;
        }
}

/* --- configuration ---------------------------------------------------------------------------------------- */

TEST(Faces, AHeldConfigurationIsStaleUntilInvInTheFastFaceToo)
{
    for (const char *preset : {"gic500", "flat"}) {
        gic g(preset);
        g.boot();
        g.face(ITS_FACE_FAST);
        g.mapd(1);
        g.mapti(1, 0, 8200, 0);
        g.run();
        g.mem.data.put(gic::CONFIG + 8, 0xa0);
        g.invall(0);
        g.sync(0);
        g.run();
        g.msi(1, 0);
        g.mem.data.put(gic::CONFIG + 8, 0xa1);
        EXPECT_EQ(g.acknowledge(0), GIC500_SPURIOUS) << preset;
        g.event(ITS_CMD_INV, 1, 0);
        g.sync(0);
        g.run();
        EXPECT_EQ(g.acknowledge(0), 8200u) << preset;
    }
}

} // namespace
