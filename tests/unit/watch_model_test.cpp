/* SPDX-License-Identifier: MIT */
/*
 * The observers on the whole model under random traffic: no rule is broken, the counters agree with
 * each other, and every observer sees the same run twice.
 */
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "../common/gic_bench.h"
#include "its/wires.h"
#include "watch/counters.h"
#include "watch/fan.h"
#include "watch/rules.h"
#include "watch/text.h"
#include "watch/waves.h"

namespace {

struct setup {
    const char *name;
    const char *preset;
    std::vector<std::pair<const char *, const char *>> set;
    unsigned latency;
    unsigned busy_one_in;
};

std::ostream &operator<<(std::ostream &o, const setup &s)
{
    return o << s.name;
}

/* A bench whose every edge and event goes to all observers. */
class watched : public bench::gic {
public:
    explicit watched(const setup &s, uint32_t seed)
        : gic(s.preset, s.set), rules(new its_rules), counters(new its_counters), random_(seed)
    {
        mem.latency = s.latency;
        mem.busy_one_in = s.busy_one_in;
        its_rules_reset(rules.get(), profile.bus_bytes);
        its_counters_reset(counters.get());
        trace_file_ = open_memstream(&trace_, &trace_bytes_);
        waves_file_ = open_memstream(&waves_text_, &waves_bytes_);
        its_waves_open(&waves_, waves_file_, &profile, 1000);
        its_fan_add(&fan_, its_rules_sink, rules.get());
        its_fan_add(&fan_, its_counters_sink, counters.get());
        its_fan_add(&fan_, its_text_sink, trace_file_);
        each_edge = [this] { observe(); };
    }

    ~watched()
    {
        std::fclose(trace_file_);
        std::fclose(waves_file_);
        std::free(trace_);
        std::free(waves_text_);
    }

    uint64_t operator[](const std::string &name) const
    {
        uint64_t value = 0;
        EXPECT_TRUE(its_counters_named(counters.get(), name.c_str(), &value)) << name;
        return value;
    }

    std::string trace()
    {
        std::fflush(trace_file_);
        return std::string(trace_, trace_bytes_);
    }

    std::string waves()
    {
        std::fflush(waves_file_);
        return std::string(waves_text_, waves_bytes_);
    }

    void map()
    {
        for (uint32_t d = 0; d < DEVICES_USED; d++) {
            mapd(d, 3);
            for (uint32_t e = 0; e < EVENTS_USED; e++)
                mapti(d, e, 8192 + d * 8 + e, pick(profile.redistributors));
        }
        publish();
    }

    /* MSIs and commands at once, some of them in error, while the host does not wait for either. */
    void traffic(unsigned steps)
    {
        for (unsigned i = 0; i < steps; i++) {
            if (pick(3) == 0)
                some_command();
            while (!host_idle())
                tick();
            start_msi(pick(DEVICES_USED + 1), pick(EVENTS_USED + 1));
            tick(1 + pick(30));
        }
        while (!host_idle())
            tick();
    }

    std::unique_ptr<its_rules> rules;
    std::unique_ptr<its_counters> counters;

private:
    static constexpr uint32_t DEVICES_USED = 6, EVENTS_USED = 5;

    uint32_t pick(uint32_t n) { return static_cast<uint32_t>(random_() % n); }

    void some_command()
    {
        uint32_t d = pick(DEVICES_USED + 1), e = pick(EVENTS_USED + 1);
        uint32_t rds = profile.redistributors;
        switch (pick(10)) {
        case 0:
            mapti(d, e, 8192 + pick(64), pick(rds));
            break;
        case 1:
        case 2:
            movi(d, e, pick(rds));
            break;
        case 3:
            movall(pick(rds), pick(rds));
            break;
        case 4:
            event(ITS_CMD_DISCARD, d, e);
            break;
        case 5:
            event(ITS_CMD_INT, d, e);
            break;
        case 6:
            event(ITS_CMD_CLEAR, d, e);
            break;
        case 7:
            invall(pick(rds));
            break;
        case 8:
            mapc(pick(rds), pick(rds));
            break;
        default:
            event(ITS_CMD_INV, d, e);
            break;
        }
        sync(pick(rds + 1)); /* sometimes to one that does not exist */
        while (!host_idle())
            tick();
        publish();
    }

    void observe()
    {
        uint64_t edge = cycle() - 1;
        its_rules_edge(rules.get(), edge, &pins.s_axi, &pins.m_axi, pins.resetn);
        for (const its_event &e : events)
            its_fan_sink(&fan_, &e);
        events.clear();
        gic500_status status = look();
        its_rules_creadr(rules.get(), status.creadr);
        status.cycle = edge;
        its_waves_set(&waves_, &pins, &status);
    }

    std::mt19937 random_;
    its_fan fan_{};
    its_waves waves_;
    char *trace_ = nullptr, *waves_text_ = nullptr;
    size_t trace_bytes_ = 0, waves_bytes_ = 0;
    std::FILE *trace_file_, *waves_file_;
};

std::string first_violation(const its_rules &rules)
{
    char text[ITS_VIOLATION_BYTES] = "";
    if (rules.log.count)
        its_rules_text(&rules.log.first[0], text, sizeof text);
    return text;
}

class WatchModel : public testing::TestWithParam<setup> {};

const setup setups[] = {
    {"gic500", "gic500", {}, 5, 0},
    {"gic500_slow_bus", "gic500", {{"table_writes", "4"}, {"rd_cycles", "40"}}, 37, 3},
    {"gic500_tiny",
     "gic500",
     {{"device_cache_ways", "1"},
      {"event_cache_sets", "1"},
      {"event_cache_ways", "1"},
      {"lpi_entries", "2"},
      {"rd_credits", "1"},
      {"write_buffer", "1"}},
     9,
     4},
    {"flat", "flat", {{"bus_bytes", "8"}}, 0, 0},
    {"flat_strict", "flat", {{"sync", "1"}, {"event_cache_ways", "1"}}, 20, 2},
    {"flat_stall", "flat", {{"mapti_mapped", "2"}, {"sync_waits", "1"}}, 3, 5},
};

INSTANTIATE_TEST_SUITE_P(Setups, WatchModel, testing::ValuesIn(setups),
                         [](const testing::TestParamInfo<setup> &i) {
                             return std::string(i.param.name);
                         });

TEST_P(WatchModel, RandomTrafficBreaksNoRule)
{
    for (uint32_t seed = 1; seed <= 4; seed++) {
        watched g(GetParam(), seed);
        g.boot();
        g.map();
        g.traffic(300);
        g.settle();
        EXPECT_GT(g["msis_pending"], 100u);
        EXPECT_GT(g["commands_sync"], 50u);
        EXPECT_GT(g["command_errors"], 0u);
        ASSERT_EQ(g.rules->log.count, 0u) << "seed " << seed << ": " << first_violation(*g.rules);
    }
}

TEST_P(WatchModel, DisablesAndResetsBreakNoRule)
{
    watched g(GetParam(), 7);
    for (unsigned round = 0; round < 12; round++) {
        g.boot();
        g.map();
        g.traffic(20 + round * 3);
        if (round % 3 != 2)
            g.quiesce();
        if (round % 3 != 0) {
            uint64_t answers_from = g.cycle() + 2000; /* far into the next boot */
            g.mem.withheld = [&g, answers_from](unsigned, bool) {
                return g.cycle() < answers_from;
            };
            g.start_msi(1, 1);
            g.tick(30 + round);
            g.reset(1 + round % 4);
        } else {
            g.tick(50);
        }
        ASSERT_EQ(g.rules->log.count, 0u) << "round " << round << ": " << first_violation(*g.rules);
    }
    EXPECT_EQ(g["disables"], 8u);
    EXPECT_EQ(g["resets"], 8u);
    EXPECT_GT(g["memory_late"], 0u);
}

TEST_P(WatchModel, CountersAgreeWithEachOther)
{
    watched g(GetParam(), 11);
    g.boot();
    g.map();
    g.traffic(300);
    g.settle();
    EXPECT_EQ(g["malformed_events"], 0u);
    EXPECT_EQ(g["msis_accepted"], g["msis_pending"] + g["msis_dropped"] + g["msis_merged"]);
    EXPECT_EQ(g["msis_started"], g["msis_accepted"] - g["msis_merged"]);
    uint64_t sent = 0, acked = 0, started = 0;
    const char *name;
    uint64_t value;
    for (unsigned i = 0; its_counters_at(g.counters.get(), i, &name, &value); i++) {
        std::string n = name;
        sent += n.rfind("rd_messages_", 0) == 0 ? value : 0;
        acked += n.rfind("rd_acks_", 0) == 0 ? value : 0;
        if (i >= ITS_COUNT_commands_movi && i <= ITS_COUNT_commands_unknown)
            started += value;
    }
    EXPECT_EQ(sent, acked);
    EXPECT_EQ(started, g["commands_fetched"]);
    EXPECT_EQ(started, g["commands_done"]);
    EXPECT_GT(g["rd_messages_hand_over"], 0u);
    EXPECT_EQ(g["latency_untracked"], 0u);
    for (unsigned stage = 0; stage < ITS_LATENCY_COMMAND; stage++)
        EXPECT_GT(g.counters->latency[stage].count, 0u) << its_latency_name(stage);
    EXPECT_EQ(g.counters->latency[ITS_LATENCY_TOTAL].count, g["msis_pending"]);
    EXPECT_EQ(g.counters->latency[ITS_LATENCY_COMMAND].count, started);
    const its_hist *l = g.counters->latency;
    EXPECT_GE(l[ITS_LATENCY_TOTAL].sum, l[ITS_LATENCY_DELIVER].sum);
    its_counters_settle(g.counters.get(), g.cycle());
    EXPECT_EQ(g["cycles_off"] + g["cycles_on"] + g["cycles_drain"] + g["cycles_writeback"],
              g.cycle());
}

TEST_P(WatchModel, EqualRunsLookEqual)
{
    std::string trace, waves;
    for (unsigned run = 0; run < 2; run++) {
        watched g(GetParam(), 3);
        g.boot();
        g.map();
        g.traffic(40);
        g.quiesce();
        if (run == 0) {
            trace = g.trace();
            waves = g.waves();
            EXPECT_NE(trace.find(" MSI_ACCEPT "), std::string::npos);
            EXPECT_NE(trace.find(" state=WRITEBACK\n"), std::string::npos);
            EXPECT_EQ(trace.find('?'), std::string::npos) << trace.substr(trace.find('?') - 80, 90);
        } else {
            EXPECT_EQ(trace, g.trace());
            EXPECT_EQ(waves, g.waves());
        }
    }
}

} // namespace
