/* SPDX-License-Identifier: MIT */
/* What gic500_unseen() promises is kept, and edges done late end in the same state. */
#include <set>

#include "busy.h"

namespace {

using bench::gic;
using laws::busy;
using laws::machine;

const laws::settings choices[] = {{},
                                  {{"rd_cycles", "1"}, {"translation_cycles", "1"}},
                                  {{"rd_cycles", "9"}, {"translation_cycles", "5"}},
                                  {{"lpi_entries", "2"}, {"rd_credits", "1"}},
                                  {{"seis", "1"}, {"umsi", "3"}}};

uint64_t later(uint64_t edge, uint64_t n)
{
    return n > UINT64_MAX - edge ? UINT64_MAX : edge + n;
}

/* Hooked into a bench, holds the model to what it promised at any edge since something came in. */
class promises {
public:
    explicit promises(gic &g) : g_(g)
    {
        g_.wires = [this] { edge(); };
    }
    ~promises()
    {
        g_.wires = [] {};
    }
    /* Between edges. What was promised holds on when the redistributor has nothing more to do. */
    void acknowledge(unsigned rd)
    {
        gic500_acknowledge(g_.get(), rd);
        if (gic500_rests(g_.get(), rd)) {
            kept_ += covered_;
        } else {
            until_ = posted_until_ = 0;
            covered_ = posted_covered_ = false;
        }
        show_levels();
    }
    /* Promises that an acknowledgement came into. */
    uint64_t kept() const { return kept_; }
    /* Edges promised though the model is awake. */
    uint64_t late() const { return late_; }
    /* And those at which a response was taken that nobody waited for. */
    uint64_t answered() const { return answered_; }

private:
    void edge()
    {
        const gic500_pins &p = g_.pins;
        uint64_t now = g_.cycle();
        uint64_t unseen = gic500_unseen(g_.get(), true);
        uint64_t posted = port_.only_msis() ? gic500_unseen(g_.get(), false) : 0;
        bool input = p.s_axi.aw.valid || p.s_axi.w.valid || p.s_axi.ar.valid || p.m_axi.r.valid ||
                     p.m_axi.b.valid || !p.resetn;
        bool memory = its_fire(&p.m_axi.ar) || its_fire(&p.m_axi.aw) || its_fire(&p.m_axi.w);
        bool transfer = its_fire(&p.s_axi.b) || its_fire(&p.s_axi.r) || memory;

        EXPECT_FALSE((covered_ || posted_covered_) && levels_changed()) << "by edge " << now - 1;
        EXPECT_GE(unseen, gic500_wake(g_.get()));
        show_levels();
        until_ = input ? 0 : std::max(until_, later(now, unseen));
        covered_ = now < until_;
        late_ += covered_ && gic500_wake(g_.get()) == 0;
        EXPECT_FALSE(covered_ && transfer) << "at edge " << now;
        if (transfer)
            until_ = 0;
        posted_until_ = input ? 0 : std::max(posted_until_, later(now, posted));
        posted_covered_ = now < posted_until_;
        answered_ += posted_covered_ && its_fire(&p.s_axi.b);
        EXPECT_FALSE(posted_covered_ && (memory || its_fire(&p.s_axi.r))) << "at edge " << now;
        port_.follow(g_, p.s_axi);
    }
    bool levels_changed() const
    {
        const gic500_pins &p = g_.pins;
        return std::memcmp(p.lpi, shown_.lpi, sizeof p.lpi) != 0 ||
               std::memcmp(p.wake_request, shown_.wake_request, sizeof p.wake_request) != 0 ||
               p.syserr != shown_.syserr || p.umsi_irq != shown_.umsi_irq;
    }
    void show_levels()
    {
        gic500_drive(g_.get(), &g_.pins);
        shown_ = g_.pins;
    }

    /* What is on its way through the slave port. */
    class port {
    public:
        bool only_msis() const { return others_.empty() && reads_ == 0; }
        void follow(const gic &g, const its_axi &pins)
        {
            constexpr uint64_t page = 0x10000;
            uint64_t msis = its_map_address(&g.profile, ITS_FRAME_TRANSLATION, 0, 0);
            if (its_fire(&pins.aw) && pins.aw.d.addr / page != msis / page)
                others_.insert(pins.aw.d.id);
            if (its_fire(&pins.b))
                others_.erase(pins.b.d.id);
            reads_ += its_fire(&pins.ar);
            reads_ -= its_fire(&pins.r) && pins.r.d.last;
        }

    private:
        std::set<uint16_t> others_; /* writes, by their AXI IDs */
        unsigned reads_ = 0;
    };

    gic &g_;
    port port_;
    gic500_pins shown_{};
    uint64_t until_ = 0; /* no edge before it is to be seen */
    uint64_t late_ = 0;
    uint64_t kept_ = 0;
    bool covered_ = false; /* the edge before was promised */
    /* The same, responses to MSIs not being looked at. */
    uint64_t posted_until_ = 0;
    uint64_t answered_ = 0;
    bool posted_covered_ = false;
};

/* A busy run, then MSIs alone, close together and apart; a disable and an enable. */
std::unique_ptr<busy> with_msis(const machine &m, unsigned i)
{
    auto run = std::make_unique<busy>(m, i % 3 * 9, i, 12, choices[i % 5]);
    uint64_t at = run->steps.back().at + 200;

    for (uint32_t n = 0; n < 200; n++, at += n / 7 * 11 % 31)
        run->steps.push_back({at, true, n % 5, n % 3});
    run->steps.push_back({at, false, busy::CTLR, 0});
    run->steps.push_back({at + 300, false, busy::CTLR, 1});
    run->steps.push_back({at + 301, true, 0, 1});
    return run;
}

class Unseen : public testing::TestWithParam<machine> {};

INSTANTIATE_TEST_SUITE_P(Machines, Unseen, testing::ValuesIn(laws::machines()), laws::machine_name);

TEST_P(Unseen, NothingIsSeenAtAnEdgePromised)
{
    uint64_t late = 0, kept = 0, answered = 0, least = 0;

    for (unsigned i = 0; i < 10 && !HasFailure(); i++) {
        auto run = with_msis(GetParam(), i);
        gic &g = *run->g;
        promises promised(g);
        size_t next = 0;
        while (!run->over(g, next)) {
            if (g.host_idle() && g.cycle() % 97 == 0)
                g.start_write(ITS_FRAME_GICD, 0, g.cycle() % 2 ? 0x13 : 0x10);
            run->advance(g, next);
            if (g.cycle() % 29 == 0)
                promised.acknowledge(g.cycle() % 4);
        }
        late += promised.late();
        kept += promised.kept();
        answered += promised.answered();
        least = g.profile.perturb ? 0 : 2000;
    }
    EXPECT_GE(late, least);
    EXPECT_GE(kept, least / 100);
    EXPECT_GE(answered, least / 100);
}

/* A run ends before an edge that shows the response of an MSI, and goes on behind it. */
TEST_P(Unseen, ARunEndsBeforeAResponse)
{
    auto run = with_msis(GetParam(), 0);
    gic &g = *run->g;
    size_t next = 0;

    while (!run->over(g, next))
        run->advance(g, next);
    g.settle();
    g.start_write(ITS_FRAME_TRANSLATION, 0x40, 1);
    while (!g.pins.s_axi.aw.valid || !g.pins.s_axi.w.valid)
        g.tick();
    EXPECT_LE(gic500_run(g.get(), &g.pins, 100), 3u);
    EXPECT_TRUE(g.pins.s_axi.b.valid);
    EXPECT_EQ(gic500_run(g.get(), &g.pins, 100), 0u);
}

TEST_P(Unseen, RedistributorsThatDoNotExistRest)
{
    auto run = with_msis(GetParam(), 0);

    for (unsigned rd : {run->g->profile.redistributors, 127u, 128u, 1000000u})
        EXPECT_TRUE(gic500_rests(run->g->get(), rd)) << rd;
}

TEST_P(Unseen, EdgesDoneLateAreTheSameEdges)
{
    uint64_t late = 0;

    for (unsigned i = 0; i < 5; i++) {
        auto run = with_msis(GetParam(), i);
        auto twin = with_msis(GetParam(), i);
        gic &b = *twin->g;
        size_t next_a = 0, next_b = 0;
        while (!twin->over(b, next_b)) {
            uint64_t n = twin->late_edges(b, next_b, 1 + b.cycle() % 9);
            late += n;
            if (n)
                b.late(n);
            else
                twin->advance(b, next_b);
            ASSERT_TRUE(run->catches_up(b, next_a)) << "run " << i;
        }
        ASSERT_TRUE(run->g->same_events(b));
    }
    EXPECT_GT(late, 2000u);
}

} // namespace
