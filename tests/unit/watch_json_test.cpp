/* SPDX-License-Identifier: MIT */
#include "watch/json.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#if __has_include(<nlohmann/json.hpp>)
#include <nlohmann/json.hpp>
#define HAVE_PARSER 1
#else
#define HAVE_PARSER 0
#endif

#include "watch/fan.h"

namespace {

void emit(void *sink_host, void (*sink)(void *, const its_event *), uint64_t cycle,
          its_event_kind kind, uint32_t ref, uint64_t a)
{
    its_probe probe{sink, sink_host, cycle};
    its_emit(&probe, ITS_UNIT_REG, kind, ref, a, 0, 0);
}

#if HAVE_PARSER

std::string json_of(const its_counters *counters)
{
    char *text = nullptr;
    size_t size = 0;
    std::FILE *file = open_memstream(&text, &size);
    EXPECT_TRUE(its_json_write(file, counters));
    std::fclose(file);
    std::string all(text, size);
    std::free(text);
    return all;
}

TEST(Json, HoldsEveryCounterInTheOrderOfTheList)
{
    auto counters = std::make_unique<its_counters>();
    its_counters_reset(counters.get());
    for (unsigned i = 0; i < ITS_COUNTERS; i++)
        counters->n[i] = UINT64_MAX - i;
    emit(counters.get(), its_counters_sink, 1, ITS_EV_CMD_ERROR, 0, 0x010801);

    auto json = nlohmann::ordered_json::parse(json_of(counters.get()));
    ASSERT_EQ(json.size(), 2u);
    auto &listed = json["counters"];
    const char *name;
    uint64_t value;
    auto at = listed.begin();
    for (unsigned i = 0; its_counters_at(counters.get(), i, &name, &value); i++, ++at) {
        ASSERT_TRUE(at != listed.end());
        EXPECT_EQ(at.key(), name);
        EXPECT_EQ(at.value().get<uint64_t>(), value);
    }
    EXPECT_TRUE(at == listed.end());
    EXPECT_EQ(listed["errors_010801"], 1);
}

TEST(Json, HoldsTheHistograms)
{
    auto counters = std::make_unique<its_counters>();
    its_counters_reset(counters.get());
    for (uint32_t ref = 1; ref <= 4; ref++) {
        emit(counters.get(), its_counters_sink, 100, ITS_EV_MSI_ACCEPT, ref, 0);
        emit(counters.get(), its_counters_sink, ref < 4 ? 103 : 175, ITS_EV_LPI_SET, ref, 8192);
    }
    emit(counters.get(), its_counters_sink, 200, ITS_EV_MSI_ACCEPT, 9, 0);
    emit(counters.get(), its_counters_sink, 200, ITS_EV_MSI_START, 9, 0);
    auto json = nlohmann::ordered_json::parse(json_of(counters.get()));
    auto &latency = json["latency"];
    EXPECT_EQ(latency.size(), static_cast<size_t>(ITS_LATENCIES));
    EXPECT_EQ(latency["total"].dump(), "{\"count\":4,\"min\":3,\"mean\":21,\"p50\":3,\"p90\":75,"
                                       "\"p99\":75,\"max\":75,\"bins\":[[3,3,3],[72,75,1]]}");
    EXPECT_EQ(latency["queue"].dump(), "{\"count\":1,\"min\":0,\"mean\":0,\"p50\":0,\"p90\":0,"
                                       "\"p99\":0,\"max\":0,\"bins\":[[0,0,1]]}");
}

#endif

TEST(Json, SaysWhenTheFileCannotBeWritten)
{
    std::FILE *file = std::fopen("/dev/full", "w");
    if (!file)
        GTEST_SKIP() << "no /dev/full here";
    std::setvbuf(file, nullptr, _IONBF, 0);
    auto counters = std::make_unique<its_counters>();
    its_counters_reset(counters.get());
    EXPECT_FALSE(its_json_write(file, counters.get()));
    std::fclose(file);
}

void append(void *text, const its_event *e)
{
    *static_cast<std::string *>(text) += std::to_string(e->a) + ";";
}

TEST(Fan, HandsEveryEventToEachSinkInOrder)
{
    its_fan fan{};
    std::string one, two;
    emit(&fan, its_fan_sink, 1, ITS_EV_RESET, 0, 5); /* nobody there */
    EXPECT_TRUE(its_fan_add(&fan, append, &one));
    emit(&fan, its_fan_sink, 1, ITS_EV_RESET, 0, 6);
    EXPECT_TRUE(its_fan_add(&fan, append, &two));
    EXPECT_TRUE(its_fan_add(&fan, append, &one));
    emit(&fan, its_fan_sink, 1, ITS_EV_RESET, 0, 7);
    EXPECT_EQ(one, "6;7;7;");
    EXPECT_EQ(two, "7;");
}

TEST(Fan, RefusesWhatItCannotHold)
{
    its_fan fan{};
    std::string text;
    EXPECT_FALSE(its_fan_add(&fan, nullptr, nullptr));
    for (unsigned i = 0; i < ITS_FAN_SINKS; i++)
        EXPECT_TRUE(its_fan_add(&fan, append, &text));
    EXPECT_FALSE(its_fan_add(&fan, append, &text));
    emit(&fan, its_fan_sink, 1, ITS_EV_RESET, 0, 1);
    EXPECT_EQ(text, "1;1;1;1;1;1;1;1;");
}

} // namespace
