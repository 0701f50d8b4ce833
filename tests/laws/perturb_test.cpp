/* SPDX-License-Identifier: MIT */
/*
 * Perturbed runs (arch/perturb.h): every freedom is really taken, one seed is one run, and software
 * sees nothing of it. The other laws run on perturbed machines as well (machines.h).
 */
#include <algorithm>
#include <map>

#include "busy.h"

namespace {

using bench::gic;
using laws::busy;
using laws::machine;
using laws::settings;

/* Settings, and the text they point to. */
struct seeded {
    explicit seeded(uint32_t seed) : text(std::to_string(seed)), set{{"perturb", text.c_str()}} {}
    seeded(const seeded &) = delete;

    const std::string text;
    const settings set;
};

/*
 * The same work for every seed, in caches so large that nothing has to be evicted: mappings, MSIs one
 * after the other and in a heap, a disable. `figure` is what came of it, by name.
 */
class course {
public:
    std::map<std::string, uint64_t> figure;
    std::vector<std::set<uint32_t>> pending;

    course(uint32_t seed, const char *preset, its_face face = ITS_FACE_CLOCKED)
        : seed_(seed), g_(preset, seed_.set)
    {
        registers();
        g_.boot();
        g_.face(face);
        g_.events.clear();
        map();
        raise();
        note_events();
        for (unsigned rd = 0; rd < 4; rd++)
            pending.push_back(g_.pending_set(rd));
        figure["cycles to Quiescent"] = g_.quiesce();
    }

private:
    void registers()
    {
        figure["CBASER out of reset"] = gic500_peek(g_.get(), ITS_FRAME_GITS, 0, 0x80, 8);
        figure["PROPBASER out of reset"] = gic500_peek(g_.get(), ITS_FRAME_GICR, 2, 0x70, 8);
    }
    void map()
    {
        for (uint32_t d = 1; d <= 4; d++) {
            g_.mapd(d);
            for (uint32_t e = 0; e < 8; e++)
                g_.mapti(d, e, 8192 + 8 * d + e, e % 4);
        }
        g_.run();
    }
    void raise()
    {
        for (int again = 0; again < 3; again++) {
            for (uint32_t e = 0; e < 8; e++) {
                for (uint32_t d = 1; d <= 4; d++)
                    g_.msi(d, e);
                if (again == 1)
                    g_.settle();
            }
            g_.settle();
            for (unsigned rd = 0; again < 2 && rd < 4; rd++)
                while (g_.acknowledge(rd) != GIC500_SPURIOUS)
                    ;
        }
    }

    /* The longest time from an event of one kind to the next of another kind for the same command or
     * MSI; `c`: client of the first. */
    uint64_t longest(its_event_kind first, std::initializer_list<its_event_kind> then, int c = -1)
    {
        std::map<uint32_t, uint64_t> begun;
        uint64_t most = 0;
        for (auto &e : g_.events) {
            bool ends = std::find(then.begin(), then.end(), e.kind) != then.end();
            if (e.kind == first && e.ref && (c < 0 || e.c == c)) {
                begun[e.ref] = e.cycle;
            } else if (ends && begun.count(e.ref)) {
                most = std::max(most, e.cycle - begun[e.ref]);
                begun.erase(e.ref);
            }
        }
        return most;
    }
    /* MSIs that were sent before one accepted earlier. */
    uint64_t overtakers() const
    {
        uint64_t n = 0;
        uint32_t newest = 0;
        for (const auto &e : g_.events)
            if (e.kind == ITS_EV_MSI_SEND) {
                n += e.ref < newest;
                newest = std::max(newest, e.ref);
            }
        return n;
    }
    /* Lines written back that no command had to write, while nothing was switched off. */
    uint64_t early() const
    {
        return uint64_t(std::count_if(g_.events.begin(), g_.events.end(), [](const auto &e) {
            return e.kind == ITS_EV_WRITE_BACK && e.ref == ITS_REF_NONE;
        }));
    }
    void note_events()
    {
        figure["decode"] = longest(ITS_EV_CMD_START, {ITS_EV_HIT, ITS_EV_MISS});
        figure["start of a translation"] = longest(ITS_EV_MSI_START, {ITS_EV_HIT, ITS_EV_MISS});
        figure["MSIs that overtook"] = overtakers();
        figure["message"] = longest(ITS_EV_MSI_SEND, {ITS_EV_RD_SEND});
        figure["acknowledgement"] = longest(ITS_EV_LPI_SET, {ITS_EV_RD_ACK});
        figure["answer"] = longest(ITS_EV_MEM_READ, {ITS_EV_LPI_CONFIG}, ITS_CLIENT_LPI_CONFIG);
        figure["write"] = longest(ITS_EV_CMD_DONE, {ITS_EV_MEM_WRITE});
        figure["evictions"] = g_.count(ITS_EV_EVICT);
        figure["early write-backs"] = early();
        figure["configuration reads"] = g_.count(ITS_EV_LPI_CONFIG);
    }

    seeded seed_;
    gic g_;
};

/* Each of these figures is another one for some seed, and larger for some seed. */
void expect_taken(const char *preset, its_face face, const std::vector<std::string> &figures)
{
    course plain(0, preset, face);
    std::map<std::string, std::set<uint64_t>> seen;
    for (uint32_t seed = 1; seed <= 12; seed++) {
        course c(seed, preset, face);
        EXPECT_EQ(c.pending, plain.pending) << preset << ", seed " << seed;
        for (auto &[name, value] : c.figure)
            seen[name].insert(value);
    }
    for (auto &name : figures) {
        EXPECT_GT(*seen[name].rbegin(), plain.figure[name]) << preset << ": " << name;
        EXPECT_GT(seen[name].size(), 2u) << preset << ": " << name;
    }
}

TEST(Perturbed, EveryFreedomOfAWriteBackItsIsTaken)
{
    expect_taken("gic600", ITS_FACE_CLOCKED,
                 {"decode", "start of a translation", "MSIs that overtook", "message",
                  "acknowledgement", "answer", "evictions", "early write-backs",
                  "configuration reads", "cycles to Quiescent", "CBASER out of reset",
                  "PROPBASER out of reset"});
}

TEST(Perturbed, WritesOfAWriteThroughItsAreLate)
{
    expect_taken("kvm", ITS_FACE_CLOCKED, {"write", "evictions", "cycles to Quiescent"});
}

TEST(Perturbed, TheFastFaceHasEvictionsALateQuiescentAndUnknownFields)
{
    expect_taken("gic600", ITS_FACE_FAST,
                 {"evictions", "early write-backs", "cycles to Quiescent", "CBASER out of reset"});
}

/* --- one seed, one run --------------------------------------------------------------------------------- */

class PerturbedMachine : public testing::TestWithParam<machine> {};

INSTANTIATE_TEST_SUITE_P(Machines, PerturbedMachine, testing::ValuesIn(laws::machines()),
                         laws::machine_name);

std::vector<its_event> events_of(const machine &m, uint32_t seed)
{
    seeded s(seed);
    busy run(m, 7, 3, 12, s.set);
    size_t next = 0;
    while (!run.over(*run.g, next))
        run.advance(*run.g, next);
    return run.g->events;
}

bool same(const std::vector<its_event> &a, const std::vector<its_event> &b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof a[0]) == 0;
}

TEST_P(PerturbedMachine, OneSeedIsOneRun)
{
    auto first = events_of(GetParam(), 11);
    EXPECT_TRUE(same(first, events_of(GetParam(), 11)));
    EXPECT_FALSE(same(first, events_of(GetParam(), 12)));
    EXPECT_FALSE(same(first, events_of(GetParam(), 0)));
}

TEST_P(PerturbedMachine, AStateLoadedElsewhereGoesOnInTheSameRun)
{
    seeded s(21);
    busy run(GetParam(), 7, 5, 40, s.set);
    gic &g = *run.g;
    auto other = laws::make(GetParam(), s.set);
    size_t next = 0;
    unsigned tried = 0;
    while (!run.over(g, next)) {
        auto state = g.save();
        other->load(state);
        g.events.clear();
        size_t next_there = next;
        for (int i = 0; i < 150; i++) {
            run.advance(g, next);
            run.advance(*other, next_there);
        }
        ASSERT_EQ(gic500_digest(g.get()), gic500_digest(other->get())) << g.cycle();
        ASSERT_TRUE(same(g.events, other->events)) << g.cycle();
        tried++;
    }
    EXPECT_GT(tried, 4u);
}

} // namespace
