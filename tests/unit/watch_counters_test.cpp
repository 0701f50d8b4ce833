/* SPDX-License-Identifier: MIT */
#include "watch/counters.h"

#include <cctype>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "arch/cmd.h"
#include "arch/decide.h"
#include "its/wires.h"
#include "wire/rdmsg.h"

namespace {

class Counters : public testing::Test {
protected:
    Counters() : u_(new its_counters) { its_counters_reset(u_.get()); }

    void at(uint64_t cycle, its_event_kind kind, uint32_t ref = 0, uint64_t a = 0, uint64_t b = 0,
            unsigned c = 0)
    {
        its_probe probe{its_counters_sink, u_.get(), cycle};
        its_emit(&probe, ITS_UNIT_REG, kind, ref, a, b, c);
    }

    uint64_t operator[](const std::string &name) const
    {
        uint64_t value = 0;
        EXPECT_TRUE(its_counters_named(u_.get(), name.c_str(), &value)) << name;
        return value;
    }

    /* The names of all counters that are not zero, each followed by its value. */
    std::string others() const
    {
        std::string text;
        const char *name;
        uint64_t value;
        for (unsigned i = 0; its_counters_at(u_.get(), i, &name, &value); i++)
            if (value)
                text += std::string(name) + " " + std::to_string(value) + "; ";
        return text;
    }

    std::unique_ptr<its_counters> u_;
};

std::string lower(std::string s)
{
    for (char &c : s)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return s;
}

TEST_F(Counters, NamesAreUniqueSnakeCaseAndExplained)
{
    std::set<std::string> seen;
    const char *name;
    uint64_t value;
    unsigned i = 0;
    for (; its_counters_at(u_.get(), i, &name, &value); i++) {
        EXPECT_TRUE(seen.insert(name).second) << name;
        EXPECT_EQ(value, 0u) << name;
        for (const char *p = name; *p; p++)
            EXPECT_TRUE(std::islower(static_cast<unsigned char>(*p)) || *p == '_' ||
                        std::isdigit(static_cast<unsigned char>(*p)))
                << name;
        EXPECT_NE(its_counters_what(i), nullptr) << name;
    }
    EXPECT_EQ(i, static_cast<unsigned>(ITS_COUNTERS));
    EXPECT_EQ(its_counters_what(i), nullptr);
    EXPECT_FALSE(its_counters_named(u_.get(), "no_such_counter", &value));
}

TEST_F(Counters, CacheEventsCountByEntryKind)
{
    static const char *const kinds[] = {"device_l1", "collection_l1", "dte", "ite", "cte"};
    static const struct {
        its_event_kind kind;
        const char *prefix;
    } groups[] = {{ITS_EV_HIT, "hits_"},         {ITS_EV_MISS, "misses_"},
                  {ITS_EV_INSTALL, "installs_"}, {ITS_EV_EVICT, "evictions_"},
                  {ITS_EV_KILL, "kills_"},       {ITS_EV_WRITE_BACK, "write_backs_"}};
    for (auto &g : groups) {
        for (unsigned kind = 0; kind < ITS_ENTRY_KINDS; kind++) {
            its_counters_reset(u_.get());
            at(1, g.kind, 0, 0, 0, kind);
            EXPECT_EQ(others(), std::string(g.prefix) + kinds[kind] + " 1; ");
        }
        its_counters_reset(u_.get());
        at(1, g.kind, 0, 0, 0, ITS_ENTRY_KINDS);
        EXPECT_EQ(others(), "malformed_events 1; ");
    }
}

TEST_F(Counters, MemoryAccessesCountByClient)
{
    static const char *const clients[] = {"device_l1", "collection_l1", "dte",         "ite",
                                          "cte",       nullptr,         nullptr,       nullptr,
                                          "queue",     "lpi_config",    "lpi_pending", nullptr};
    static const struct {
        its_event_kind kind;
        const char *prefix;
    } groups[] = {{ITS_EV_MEM_READ, "memory_reads_"},
                  {ITS_EV_MEM_WRITE, "memory_writes_"},
                  {ITS_EV_MEM_FAULT, "memory_faults_"}};
    for (auto &g : groups) {
        for (unsigned client = 0; client < 12; client++) {
            its_counters_reset(u_.get());
            at(1, g.kind, 0, 0, 0, client);
            std::string want = clients[client] ? std::string(g.prefix) + clients[client]
                                               : std::string("malformed_events");
            EXPECT_EQ(others(), want + " 1; ");
        }
    }
}

TEST_F(Counters, DropsCountByReason)
{
    for (unsigned reason = 0; reason < ITS_DROPS; reason++) {
        its_counters_reset(u_.get());
        at(1, ITS_EV_MSI_DROP, 5, 0, 0, reason);
        EXPECT_EQ(u_->n[ITS_COUNT_msis_dropped], 1u);
        EXPECT_EQ(u_->n[ITS_COUNT_drops_none + reason], 1u);
    }
    its_counters_reset(u_.get());
    at(1, ITS_EV_MSI_DROP, 5, 0, 0, ITS_DROP_DEVICE_UNMAPPED);
    EXPECT_EQ(others(), "msis_dropped 1; drops_device_unmapped 1; ");
}

TEST_F(Counters, RefusalsOfARedistributorAreDropsOfMsisOrRefusedCommands)
{
    static const struct {
        unsigned outcome;
        const char *name;
    } cases[] = {{RD_LPI_OFF, "drops_lpi_off"},
                 {RD_INTID_OOR, "drops_intid_oor"},
                 {RD_ASLEEP, "drops_asleep"},
                 {RD_NO_TARGET, "drops_target_oor"}};
    for (auto &c : cases) {
        its_counters_reset(u_.get());
        at(1, ITS_EV_LPI_DROP, 5, 8192, c.outcome, 0);
        EXPECT_EQ(others(), std::string("msis_dropped 1; ") + c.name + " 1; ");
        its_counters_reset(u_.get());
        at(1, ITS_EV_LPI_DROP, its_ref_cmd(5), 8192, c.outcome, 0);
        EXPECT_EQ(others(), "commands_refused 1; ");
    }
}

TEST_F(Counters, CommandsCountByOpcode)
{
    for (unsigned op = 0; op < 256; op++) {
        its_counters_reset(u_.get());
        at(1, ITS_EV_CMD_START, its_ref_cmd(0), 0, 0, op);
        bool known = its_cmd_known(static_cast<uint8_t>(op));
        std::string name = known ? lower(its_cmd_name(static_cast<uint8_t>(op))) : "unknown";
        EXPECT_EQ(others(), "commands_" + name + " 1; ");
    }
}

TEST_F(Counters, CommandCyclesRunFromStartToTheFirstEnd)
{
    at(100, ITS_EV_CMD_START, its_ref_cmd(0), 0, 0, ITS_CMD_MAPD);
    at(107, ITS_EV_CMD_DONE, its_ref_cmd(0), 0, 0, ITS_CMD_MAPD);
    at(110, ITS_EV_CMD_START, its_ref_cmd(1), 0, 0, ITS_CMD_MAPD);
    at(113, ITS_EV_CMD_ERROR, its_ref_cmd(1), 0x010801, 0, ITS_CMD_MAPD);
    at(150, ITS_EV_CMD_DONE, its_ref_cmd(1), 0, 0, ITS_CMD_MAPD);
    at(200, ITS_EV_CMD_START, its_ref_cmd(2), 0, 0, ITS_CMD_MAPD);
    at(205, ITS_EV_CMD_FAULT, its_ref_cmd(2), 0x1000, 0, ITS_CMD_MAPD);
    at(206, ITS_EV_CMD_STALL, its_ref_cmd(2));
    EXPECT_EQ((*this)["command_cycles"], 15u);
    EXPECT_EQ(u_->latency[ITS_LATENCY_COMMAND].count, 3u);
    EXPECT_EQ(u_->latency[ITS_LATENCY_COMMAND].min, 3u);
    EXPECT_EQ(u_->latency[ITS_LATENCY_COMMAND].max, 7u);
}

TEST_F(Counters, ErrorsAreListedByCodeInOrder)
{
    for (uint32_t code : {0x010f07u, 0x010801u, 0x010f07u, 0x010aFFu})
        at(1, ITS_EV_CMD_ERROR, 0, code);
    EXPECT_EQ(others(), "command_errors 4; errors_010801 1; errors_010aff 1; errors_010f07 2; ");
    EXPECT_EQ((*this)["errors_010f07"], 2u);
    EXPECT_EQ((*this)["errors_010f08"], 0u);
    uint64_t value;
    EXPECT_FALSE(its_counters_named(u_.get(), "errors_10f07", &value));
    EXPECT_FALSE(its_counters_named(u_.get(), "errors_010F07", &value));
    EXPECT_FALSE(its_counters_named(u_.get(), "errors_010f071", &value));
}

TEST_F(Counters, ErrorCodesBeyondTheTableAreCountedTogether)
{
    for (unsigned i = 0; i < ITS_ERROR_CODES + 5; i++)
        at(1, ITS_EV_CMD_ERROR, 0, 0x010000 + (i * 37) % 256);
    EXPECT_EQ((*this)["command_errors"], ITS_ERROR_CODES + 5u);
    EXPECT_EQ((*this)["errors_other"], 5u);
    EXPECT_EQ(u_->errors, static_cast<unsigned>(ITS_ERROR_CODES));
    for (unsigned i = 1; i < u_->errors; i++)
        EXPECT_LT(u_->error[i - 1].code, u_->error[i].code);
}

TEST_F(Counters, MessagesByKindAndAcknowledgementsByOutcome)
{
    static const char *const kinds[] = {"set",    "clear", "discard", "inv",
                                        "invall", "sync",  "take",    "hand_over"};
    for (unsigned kind = 0; kind < 8; kind++) {
        its_counters_reset(u_.get());
        at(1, ITS_EV_RD_SEND, 1, its_ev_lpi(8192, 1), 0, kind);
        EXPECT_EQ(others(), std::string("rd_messages_") + kinds[kind] + " 1; ");
    }
    static const char *const outcomes[] = {"done", "lpi_off", "intid_oor", "asleep", "no_target"};
    for (unsigned outcome = 0; outcome < 5; outcome++) {
        its_counters_reset(u_.get());
        at(1, ITS_EV_RD_ACK, 1, its_ev_lpi(8192, 1) | ITS_ACK_PENDING, outcome, RD_TAKE);
        EXPECT_EQ(others(), std::string("rd_acks_") + outcomes[outcome] + " 1; ");
    }
    its_counters_reset(u_.get());
    at(1, ITS_EV_RD_ACK, 1, its_ev_lpi(8192, 1) | ITS_ACK_MORE, RD_DONE, RD_HAND_OVER);
    EXPECT_EQ(others(), "lpis_handed_over 1; ");
}

TEST_F(Counters, SingleCounters)
{
    static const struct {
        its_event_kind kind;
        uint64_t a, b;
        const char *want;
    } cases[] = {
        {ITS_EV_REG_WRITE, 0, 0, "register_writes 1; "},
        {ITS_EV_REG_READ, 0, 0, "register_reads 1; "},
        {ITS_EV_REG_IGNORED, 0, 0, "register_ignored 1; "},
        {ITS_EV_REG_BAD, 0, 0, "register_bad 1; "},
        {ITS_EV_CMD_FETCH, 0, 0, "commands_fetched 1; "},
        {ITS_EV_CMD_DONE, 0, 0, "commands_done 1; "},
        {ITS_EV_CMD_FAULT, 0, 0, "command_faults 1; "},
        {ITS_EV_CMD_STALL, 0, 0, "command_stalls 1; "},
        {ITS_EV_CMD_RETRY, 0, 0, "command_retries 1; "},
        {ITS_EV_CMD_RANGE, 0, 0, "cwriter_out_of_range 1; "},
        {ITS_EV_MEM_LATE, 0, 0, "memory_late 1; "},
        {ITS_EV_WRITE_LOST, 0, 0, "write_backs_lost 1; "},
        {ITS_EV_DROP_CLEAN, 12, 0, "clean_lines_dropped 12; "},
        {ITS_EV_LPI_SET, 8192, 0, "lpis_set 1; "},
        {ITS_EV_LPI_SET, 8192, 1, "lpis_already_pending 1; "},
        {ITS_EV_LPI_CLEAR, 8192, 0, ""},
        {ITS_EV_LPI_CLEAR, 8192, 1, "lpis_cleared 1; "},
        {ITS_EV_LPI_CONFIG, 8192, 0, "lpi_configs 1; "},
        {ITS_EV_LPI_INV, 8192, 0, "lpi_invalidations 1; "},
        {ITS_EV_LPI_SPILL, 8192, 0, "spills 1; "},
        {ITS_EV_LPI_REFILL, 8192, 0, "refills 1; "},
        {ITS_EV_LPI_ACK, 8192, 0, "lpis_acknowledged 1; "},
        {ITS_EV_LPI_ENABLE, 1, 0, "lpi_enables 1; "},
        {ITS_EV_LPI_ENABLE, 0, 0, "lpi_disables 1; "},
        {ITS_EV_LPI_FLUSH, 0, 0, "lpi_flushes 1; "},
        {ITS_EV_RESET, 0, 0, "resets 1; "},
        {ITS_EVENTS, 0, 0, "malformed_events 1; "},
    };
    for (auto &c : cases) {
        its_counters_reset(u_.get());
        at(0, c.kind, 0, c.a, c.b);
        EXPECT_EQ(others(), c.want);
    }
}

TEST_F(Counters, EveryEventKindIsCounted)
{
    for (unsigned kind = 0; kind < ITS_EVENTS; kind++) {
        its_counters_reset(u_.get());
        at(1, static_cast<its_event_kind>(kind), 1, 1, 1, 0);
        if (kind == ITS_EV_STATE)
            at(2, ITS_EV_STATE, 0, 0, 0, ITS_ON);
        EXPECT_NE(others(), "") << kind;
        EXPECT_EQ((*this)["malformed_events"], 0u) << kind;
    }
}

TEST_F(Counters, ValuesOutsideTheirEnumerationAreMalformed)
{
    static const struct {
        its_event_kind kind;
        uint64_t b;
        unsigned c;
        const char *want;
    } cases[] = {
        {ITS_EV_STATE, 0, ITS_WRITEBACK + 1, "malformed_events 1; "},
        {ITS_EV_LPI_DROP, RD_NO_TARGET + 1, 0, "msis_dropped 1; malformed_events 1; "},
        {ITS_EV_MSI_DROP, 0, ITS_DROPS, "msis_dropped 1; malformed_events 1; "},
        {ITS_EV_RD_SEND, 0, RD_HAND_OVER + 1, "malformed_events 1; "},
        {ITS_EV_RD_ACK, RD_NO_TARGET + 1, 0, "malformed_events 1; "},
    };
    for (auto &c : cases) {
        its_counters_reset(u_.get());
        at(0, c.kind, 1, 0, c.b, c.c);
        EXPECT_EQ(others(), c.want);
    }
}

TEST_F(Counters, QueueLevelsKeepTheHighest)
{
    at(1, ITS_EV_LEVEL, 0, 3, 0, ITS_QUEUE_MSI);
    at(2, ITS_EV_LEVEL, 0, 9, 0, ITS_QUEUE_MSI);
    at(3, ITS_EV_LEVEL, 0, 4, 0, ITS_QUEUE_MSI);
    at(3, ITS_EV_LEVEL, 0, 2, 0, ITS_QUEUE_RD);
    at(3, ITS_EV_LEVEL, 0, 2, 0, ITS_QUEUES);
    EXPECT_EQ(others(), "queue_max_msi 9; queue_max_rd 2; malformed_events 1; ");
    its_counters_reset(u_.get());
    for (unsigned queue = 0; queue < ITS_QUEUES; queue++)
        for (unsigned level : {5 + queue, 4 + queue, 6 + queue, 1 + queue})
            at(4, ITS_EV_LEVEL, 0, level, 0, queue);
    EXPECT_EQ(others(), "queue_max_msi 6; queue_max_translations 7; queue_max_reads 8; "
                        "queue_max_write_buffer 9; queue_max_rd 10; ");
}

TEST_F(Counters, LatencyOfAnMsiByStage)
{
    at(10, ITS_EV_MSI_ACCEPT, 1, 5, 6);
    at(13, ITS_EV_MSI_START, 1, 5, 6);
    at(15, ITS_EV_MSI_START, 1, 5, 6); /* killed and started again */
    at(30, ITS_EV_MSI_SEND, 1, 8192, 0, 2);
    at(34, ITS_EV_LPI_SET, 1, 8192, 1, 2);
    at(35, ITS_EV_MSI_ACCEPT, 1 + ITS_IN_FLIGHT, 5, 6); /* its place is free again */
    const uint64_t want[] = {3, 17, 4, 24};
    for (unsigned stage = ITS_LATENCY_QUEUE; stage <= ITS_LATENCY_TOTAL; stage++) {
        EXPECT_EQ(u_->latency[stage].count, 1u) << its_latency_name(stage);
        EXPECT_EQ(u_->latency[stage].max, want[stage]) << its_latency_name(stage);
    }
    EXPECT_EQ(others(), "msis_accepted 2; msis_started 2; msis_sent 1; msis_pending 1; "
                        "lpis_already_pending 1; ");
}

TEST_F(Counters, DroppedAndMergedMsisLeaveTheFlightTable)
{
    at(10, ITS_EV_MSI_ACCEPT, 1);
    at(11, ITS_EV_MSI_DROP, 1, 0, 0, ITS_DROP_EVENT_UNMAPPED);
    at(12, ITS_EV_MSI_ACCEPT, 1 + ITS_IN_FLIGHT);
    at(13, ITS_EV_LPI_DROP, 1 + ITS_IN_FLIGHT, 8192, RD_LPI_OFF);
    at(14, ITS_EV_MSI_ACCEPT, 1 + 2 * ITS_IN_FLIGHT);
    at(15, ITS_EV_MSI_MERGE, 1 + 2 * ITS_IN_FLIGHT);
    at(16, ITS_EV_MSI_ACCEPT, 1 + 3 * ITS_IN_FLIGHT);
    EXPECT_EQ((*this)["latency_untracked"], 0u);
    EXPECT_EQ((*this)["msis_merged"], 1u);
    EXPECT_EQ((*this)["msis_dropped"], 2u);
    EXPECT_EQ(u_->latency[ITS_LATENCY_TOTAL].count, 0u);
}

TEST_F(Counters, MsisTooManyInFlightAreCountedButNotFollowed)
{
    at(10, ITS_EV_MSI_ACCEPT, 1);
    at(20, ITS_EV_MSI_ACCEPT, 1 + ITS_IN_FLIGHT);
    at(30, ITS_EV_LPI_SET, 1, 8192, 0, 0);
    at(50, ITS_EV_LPI_SET, 1 + ITS_IN_FLIGHT, 8193, 0, 0);
    EXPECT_EQ((*this)["latency_untracked"], 1u);
    EXPECT_EQ((*this)["msis_pending"], 2u);
    EXPECT_EQ(u_->latency[ITS_LATENCY_TOTAL].count, 1u);
    EXPECT_EQ(u_->latency[ITS_LATENCY_TOTAL].max, 30u);
}

TEST_F(Counters, LpisSetByCommandsAreNotMsis)
{
    at(10, ITS_EV_LPI_SET, its_ref_cmd(0), 8192, 0, 0);
    at(10, ITS_EV_LPI_SET, ITS_REF_NONE, 8192, 0, 0);
    EXPECT_EQ(others(), "lpis_set 2; ");
}

TEST_F(Counters, CyclesInEachStateAndOfTheLastDisable)
{
    at(100, ITS_EV_STATE, 0, 0, 0, ITS_ON);
    at(150, ITS_EV_STATE, 0, 0, 0, ITS_DRAIN);
    at(157, ITS_EV_STATE, 0, 0, 0, ITS_WRITEBACK);
    at(170, ITS_EV_STATE, 0, 0, 0, ITS_OFF);
    at(200, ITS_EV_STATE, 0, 0, 0, ITS_ON);
    at(210, ITS_EV_STATE, 0, 0, 0, ITS_DRAIN);
    at(211, ITS_EV_STATE, 0, 0, 0, ITS_OFF);
    at(215, ITS_EV_STATE, 0, 0, 0, ITS_OFF); /* said again */
    its_counters_settle(u_.get(), 220);
    its_counters_settle(u_.get(), 220);
    EXPECT_EQ(others(), "disables 2; disable_cycles_last 1; disable_cycles_max 20; cycles_off 139; "
                        "cycles_on 60; cycles_drain 8; cycles_writeback 13; ");
}

TEST_F(Counters, ResetEndsADisableAndForgetsWhatWasInFlight)
{
    at(10, ITS_EV_STATE, 0, 0, 0, ITS_ON);
    at(20, ITS_EV_MSI_ACCEPT, 1);
    at(20, ITS_EV_MSI_ACCEPT, 2);
    at(30, ITS_EV_STATE, 0, 0, 0, ITS_DRAIN);
    at(40, ITS_EV_RESET);
    at(40, ITS_EV_STATE, 0, 0, 0, ITS_OFF);
    its_counters_settle(u_.get(), 50);
    at(60, ITS_EV_LPI_SET, 1, 8192, 0, 0);
    EXPECT_EQ(others(),
              "msis_accepted 2; msis_pending 1; msis_lost_in_reset 2; lpis_set 1; resets 1; "
              "cycles_off 20; cycles_on 20; cycles_drain 10; ");
    EXPECT_EQ(u_->latency[ITS_LATENCY_TOTAL].count, 0u);
}

TEST_F(Counters, AClockTurnedBackGivesNoHugeNumbers)
{
    at(100, ITS_EV_MSI_ACCEPT, 1);
    at(100, ITS_EV_STATE, 0, 0, 0, ITS_ON);
    at(50, ITS_EV_LPI_SET, 1, 8192, 0, 0);
    at(60, ITS_EV_STATE, 0, 0, 0, ITS_DRAIN);
    at(70, ITS_EV_STATE, 0, 0, 0, ITS_OFF);
    EXPECT_EQ(u_->latency[ITS_LATENCY_TOTAL].max, 0u);
    EXPECT_EQ((*this)["cycles_on"], 0u);
    EXPECT_EQ((*this)["cycles_drain"], 10u);
}

TEST(Hist, EmptyIsZero)
{
    its_hist h{};
    EXPECT_EQ(its_hist_mean(&h), 0u);
    EXPECT_EQ(its_hist_percentile(&h, 99), 0u);
}

TEST(Hist, BinsAreContiguousAndAtMostOneSixteenthWide)
{
    EXPECT_EQ(its_hist_low(0), 0u);
    for (unsigned i = 0; i + 1 < ITS_HIST_BINS; i++) {
        EXPECT_EQ(its_hist_high(i) + 1, its_hist_low(i + 1));
        EXPECT_LE((its_hist_high(i) - its_hist_low(i)) * 16, its_hist_low(i)) << i;
    }
    EXPECT_EQ(its_hist_low(ITS_HIST_BINS - 1), (uint64_t{31} << 35));
    EXPECT_EQ(its_hist_high(ITS_HIST_BINS - 1), UINT64_MAX);
}

TEST(Hist, ValuesLandInTheBinThatHoldsThem)
{
    std::vector<uint64_t> values = {0, 1, 15, 16, 31, 32, 33, 1000, UINT64_MAX};
    for (unsigned shift = 5; shift < 64; shift++)
        for (int d = -1; d <= 1; d++)
            values.push_back((uint64_t{1} << shift) + static_cast<uint64_t>(d));
    for (uint64_t v : values) {
        its_hist h{};
        its_hist_add(&h, v);
        for (unsigned i = 0; i < ITS_HIST_BINS; i++)
            EXPECT_EQ(h.bin[i], v >= its_hist_low(i) && v <= its_hist_high(i) ? 1u : 0u) << v;
        EXPECT_EQ(h.min, v);
        EXPECT_EQ(h.max, v);
        EXPECT_EQ(its_hist_percentile(&h, 50), v);
    }
}

TEST(Hist, MeanAndPercentiles)
{
    its_hist h{};
    for (uint64_t v = 1; v <= 30; v++)
        its_hist_add(&h, v);
    EXPECT_EQ(its_hist_mean(&h), 16u); /* 15.5 to nearest */
    EXPECT_EQ(its_hist_percentile(&h, 50), 15u);
    EXPECT_EQ(its_hist_percentile(&h, 90), 27u);
    EXPECT_EQ(its_hist_percentile(&h, 99), 30u);
    EXPECT_EQ(its_hist_percentile(&h, 100), 30u);
    EXPECT_EQ(its_hist_percentile(&h, 1), 1u);
    its_hist_add(&h, 1001);
    EXPECT_EQ(its_hist_percentile(&h, 100), 1001u);
    EXPECT_EQ(its_hist_percentile(&h, 97), 1001u);
    EXPECT_EQ(its_hist_percentile(&h, 96), 30u);
}

} // namespace
