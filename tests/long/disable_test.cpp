/* SPDX-License-Identifier: MIT */
/*
 * A million disables at random moments: each reaches Quiescent, nothing is accessed after it, and
 * memory then holds exactly the mappings that the commands passed by CREADR made. Sometimes resetn
 * follows, and software goes on with what memory holds.
 */
#include <deque>

#include "../laws/software.h"

namespace {

using bench::gic;
using laws::machine;

constexpr unsigned DISABLES = 1000000; /* on all machines together */
constexpr unsigned DISABLES_A_BENCH = 1000;

class disabled_at_random {
public:
    disabled_at_random(const machine &m, uint64_t seed)
        : g_(laws::make(m)), ref_((boot(seed), *g_)), sw_(*g_, ref_, laws::dense(4), seed)
    {
        sw_.map_all();
        sw_.queue_syncs();
        take_queued();
        g_->run();
        follow();
    }

    void one()
    {
        for (uint64_t n = sw_.pick(6); n; n--)
            sw_.queue(sw_.random_command());
        take_queued();
        g_->publish();
        for (uint64_t n = sw_.pick(3); n; n--)
            g_->msi(sw_.device(), sw_.event());
        g_->tick(sw_.pick(sw_.chance(4) ? 400 : 40));

        g_->quiesce();
        follow();
        ASSERT_TRUE(sw_.same_tables());
        uint64_t from = g_->its_accesses_while_off;
        g_->tick(sw_.pick(40));
        ASSERT_EQ(g_->its_accesses_while_off, from);
        if (sw_.chance(8))
            resume();
        else
            g_->enable();
        if (sw_.chance(16)) {
            ASSERT_NO_FATAL_FAILURE(translate());
        }
    }

private:
    void boot(uint64_t seed)
    {
        const unsigned latencies[] = {0, 1, 5, 37};
        g_->record = false;
        g_->mem.latency = latencies[seed % 4];
        g_->mem.jitter = 2 * latencies[seed % 4];
        g_->mem.loose = true;
        g_->boot();
        place_ = g_->cwriter();
    }
    void take_queued()
    {
        for (const its_cmd &c : sw_.take_behind())
            queued_.push_back(c);
    }
    /* The reference carries out what CREADR has passed. */
    void follow()
    {
        for (uint32_t creadr = uint32_t(g_->look().creadr); place_ != creadr; queued_.pop_front()) {
            const its_cmd &c = queued_.front();
            ref_.command(c);
            if (c.opcode == ITS_CMD_MAPC)
                collections_[c.icid] = c;
            place_ = (place_ + 32) % g_->queue_bytes;
        }
    }
    /* resetn, and software that starts with an empty queue and the tables as they are. */
    void resume()
    {
        g_->reset();
        queued_.clear();
        g_->bases();
        for (unsigned rd = 0; rd < g_->profile.redistributors; rd++)
            g_->lpis(rd, false);
        g_->write(ITS_FRAME_GICD, 0, g_->profile.security ? 0x37 : 0x13);
        g_->enable();
        for (auto &c : collections_) /* hardware ones are gone */
            if (c.first < g_->profile.hcc)
                g_->command(c.second);
        g_->run();
        place_ = g_->cwriter();
    }
    void translate()
    {
        g_->consume();
        follow();
        g_->settle();
        for (unsigned rd = 0; rd < g_->profile.redistributors; rd++)
            ref_.pending[rd] = g_->pending_set(rd, 8192, sw_.last_intid());
        g_->record = true;
        ASSERT_TRUE(sw_.same_translations());
        g_->record = false;
    }

    std::unique_ptr<gic> g_;
    uint32_t place_ = 0; /* of the next command the reference has not followed */
    std::deque<its_cmd> queued_;
    std::map<uint32_t, its_cmd> collections_;
    laws::reference ref_;
    laws::software sw_;
};

class Disable : public testing::TestWithParam<machine> {};

INSTANTIATE_TEST_SUITE_P(Machines, Disable, testing::ValuesIn(laws::machines()),
                         laws::machine_name);

TEST_P(Disable, AtRandomNeverLosesOrResurrectsAMapping)
{
    const unsigned benches = DISABLES / DISABLES_A_BENCH / unsigned(laws::machines().size()) + 1;
    for (uint64_t seed = 1; seed <= benches; seed++) {
        disabled_at_random bench(GetParam(), seed);
        for (unsigned i = 0; i < DISABLES_A_BENCH; i++) {
            bench.one();
            ASSERT_FALSE(HasFatalFailure()) << "seed " << seed << ", disable " << i;
        }
    }
}

} // namespace
