/* SPDX-License-Identifier: MIT */
#include "watch/vcd.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "its/wires.h"
#include "watch/waves.h"

namespace {

/* What a viewer makes of a file; complains about everything the format does not allow. */
struct Wave {
    struct Signal {
        unsigned width = 0;
        std::vector<std::pair<uint64_t, uint64_t>> changes; /* time, value */
    };
    std::map<std::string, Signal> signals; /* by path */
    std::string timescale;
    uint64_t end = 0;

    explicit Wave(const std::string &text)
    {
        std::istringstream in(text);
        std::string word;
        std::vector<std::string> scopes;
        while (in >> word && word != "$enddefinitions")
            declaration(in, word, scopes);
        EXPECT_TRUE(scopes.empty());
        in >> word;
        EXPECT_EQ(word, "$end");
        while (in >> word)
            change(in, word);
    }

    uint64_t at(const std::string &path, uint64_t time) const
    {
        auto s = signals.find(path);
        if (s == signals.end() || s->second.changes.empty() || s->second.changes[0].first > time) {
            ADD_FAILURE() << path << " has no value at " << time;
            return 0;
        }
        uint64_t value = 0;
        for (const auto &c : s->second.changes)
            if (c.first <= time)
                value = c.second;
        return value;
    }

    size_t changes(const std::string &path) const { return signals.at(path).changes.size(); }

private:
    std::map<std::string, std::string> path_of_; /* by identifier code */
    bool timed_ = false;

    static std::string rest(std::istringstream &in)
    {
        std::string word, all;
        while (in >> word && word != "$end")
            all += (all.empty() ? "" : " ") + word;
        EXPECT_EQ(word, "$end");
        return all;
    }

    void declaration(std::istringstream &in, const std::string &word,
                     std::vector<std::string> &scopes)
    {
        if (word == "$version") {
            rest(in);
        } else if (word == "$timescale") {
            timescale = rest(in);
        } else if (word == "$scope") {
            std::string kind, name;
            in >> kind >> name;
            EXPECT_EQ(kind, "module");
            EXPECT_EQ(rest(in), "");
            scopes.push_back(name);
        } else if (word == "$upscope") {
            EXPECT_EQ(rest(in), "");
            ASSERT_FALSE(scopes.empty());
            scopes.pop_back();
        } else if (word == "$var") {
            variable(in, scopes);
        } else {
            FAIL() << "declaration " << word;
        }
    }

    void variable(std::istringstream &in, const std::vector<std::string> &scopes)
    {
        std::string kind, code, name, path;
        unsigned width = 0;
        in >> kind >> width >> code >> name;
        EXPECT_EQ(kind, "wire");
        EXPECT_EQ(rest(in), width > 1 ? "[" + std::to_string(width - 1) + ":0]" : "");
        ASSERT_FALSE(scopes.empty());
        for (const auto &s : scopes)
            path += s + ".";
        for (char c : code)
            EXPECT_TRUE(c >= '!' && c <= '~');
        EXPECT_TRUE(path_of_.emplace(code, path + name).second) << "code " << code << " twice";
        EXPECT_TRUE(signals.emplace(path + name, Signal{width, {}}).second) << name << " twice";
    }

    void change(std::istringstream &in, const std::string &word)
    {
        if (word[0] == '#') {
            uint64_t time = std::strtoull(word.c_str() + 1, nullptr, 10);
            EXPECT_TRUE(!timed_ || time > end) << word;
            timed_ = true;
            end = time;
            return;
        }
        ASSERT_TRUE(timed_) << "value before the first time";
        std::string code;
        uint64_t value;
        if (word[0] == 'b') {
            ASSERT_LE(word.size(), 65u);
            ASSERT_EQ(word.find_first_not_of("01", 1), std::string::npos);
            value = std::strtoull(word.c_str() + 1, nullptr, 2);
            in >> code;
        } else {
            ASSERT_TRUE(word[0] == '0' || word[0] == '1') << word;
            value = static_cast<uint64_t>(word[0] - '0');
            code = word.substr(1);
        }
        ASSERT_EQ(path_of_.count(code), 1u) << code;
        Signal &s = signals[path_of_[code]];
        EXPECT_EQ(word[0] == 'b', s.width > 1);
        EXPECT_TRUE(s.width == 64 || value >> s.width == 0);
        EXPECT_TRUE(s.changes.empty() || s.changes.back().second != value) << "no change";
        s.changes.emplace_back(end, value);
    }
};

class Vcd : public testing::Test {
protected:
    Vcd() : file_(open_memstream(&text_, &size_)), vcd_(new its_vcd)
    {
        its_vcd_open(vcd_.get(), file_, 1000);
    }

    ~Vcd() override
    {
        std::fclose(file_);
        std::free(text_);
    }

    std::string text()
    {
        std::fflush(file_);
        return std::string(text_, size_);
    }

    char *text_ = nullptr;
    size_t size_ = 0;
    std::FILE *file_;
    std::unique_ptr<its_vcd> vcd_;
};

TEST_F(Vcd, TheWholeFile)
{
    its_vcd_scope(vcd_.get(), "its");
    unsigned bit = its_vcd_signal(vcd_.get(), "bit", 1);
    unsigned word = its_vcd_signal(vcd_.get(), "word", 8);
    its_vcd_upscope(vcd_.get());
    its_vcd_cycle(vcd_.get(), 2);
    its_vcd_set(vcd_.get(), bit, 0);
    its_vcd_set(vcd_.get(), word, 0);
    its_vcd_cycle(vcd_.get(), 3);
    its_vcd_set(vcd_.get(), bit, 0);
    its_vcd_cycle(vcd_.get(), 4);
    its_vcd_set(vcd_.get(), bit, 1);
    its_vcd_set(vcd_.get(), word, 0x1a5);
    its_vcd_close(vcd_.get(), 6);
    EXPECT_EQ(text(), "$version itsim $end\n$timescale 1ps $end\n$scope module its $end\n"
                      "$var wire 1 ! bit $end\n$var wire 8 \" word [7:0] $end\n$upscope $end\n"
                      "$enddefinitions $end\n#2000\n0!\nb0 \"\n#4000\n1!\nb10100101 \"\n#6000\n");
}

TEST_F(Vcd, EverySignalHasItsOwnCodeAndTheTableHasAnEnd)
{
    its_vcd_scope(vcd_.get(), "top");
    for (unsigned i = 0; i < ITS_VCD_SIGNALS; i++)
        EXPECT_EQ(its_vcd_signal(vcd_.get(), ("s" + std::to_string(i)).c_str(), 1 + i % 64), i);
    unsigned none = its_vcd_signal(vcd_.get(), "more", 1);
    EXPECT_EQ(none, static_cast<unsigned>(ITS_VCD_SIGNALS));
    its_vcd_cycle(vcd_.get(), 0); /* closes the scope that was left open */
    its_vcd_set(vcd_.get(), none, 1);
    for (unsigned i = 0; i < ITS_VCD_SIGNALS; i++)
        its_vcd_set(vcd_.get(), i, UINT64_MAX - i);
    its_vcd_close(vcd_.get(), 1);
    Wave wave(text());
    EXPECT_EQ(wave.signals.size(), static_cast<size_t>(ITS_VCD_SIGNALS));
    for (unsigned i = 0; i < ITS_VCD_SIGNALS; i++) {
        unsigned width = 1 + i % 64;
        uint64_t mask = width == 64 ? UINT64_MAX : (uint64_t{1} << width) - 1;
        EXPECT_EQ(wave.at("top.s" + std::to_string(i), 0), (UINT64_MAX - i) & mask);
    }
}

TEST_F(Vcd, WidthsThatDoNotExistDeclareNothing)
{
    its_vcd_scope(vcd_.get(), "top");
    EXPECT_EQ(its_vcd_signal(vcd_.get(), "none", 0), static_cast<unsigned>(ITS_VCD_SIGNALS));
    EXPECT_EQ(its_vcd_signal(vcd_.get(), "wide", 65), static_cast<unsigned>(ITS_VCD_SIGNALS));
    EXPECT_EQ(text().find("$var"), std::string::npos);
}

TEST_F(Vcd, DeclarationsAfterTheFirstCycleAndValuesBeforeItAreIgnored)
{
    its_vcd_scope(vcd_.get(), "top");
    unsigned bit = its_vcd_signal(vcd_.get(), "bit", 1);
    its_vcd_set(vcd_.get(), bit, 1);
    its_vcd_cycle(vcd_.get(), 0);
    its_vcd_scope(vcd_.get(), "late");
    EXPECT_EQ(its_vcd_signal(vcd_.get(), "late", 1), static_cast<unsigned>(ITS_VCD_SIGNALS));
    its_vcd_upscope(vcd_.get());
    its_vcd_set(vcd_.get(), bit, 0);
    Wave wave(text());
    EXPECT_EQ(wave.signals.size(), 1u);
    EXPECT_EQ(wave.at("top.bit", 0), 0u);
    EXPECT_EQ(wave.changes("top.bit"), 1u);
}

TEST_F(Vcd, TimeDoesNotRunBackwards)
{
    its_vcd_scope(vcd_.get(), "top");
    unsigned word = its_vcd_signal(vcd_.get(), "word", 8);
    its_vcd_cycle(vcd_.get(), 10);
    its_vcd_set(vcd_.get(), word, 1);
    its_vcd_cycle(vcd_.get(), 5);
    its_vcd_set(vcd_.get(), word, 2);
    its_vcd_close(vcd_.get(), 4);
    Wave wave(text());
    EXPECT_EQ(wave.at("top.word", 10000), 2u);
    EXPECT_EQ(wave.end, 10000u);
}

TEST_F(Vcd, PortShowsHandshakesAndPayloadsWhileValid)
{
    its_vcd_scope(vcd_.get(), "top");
    its_vcd_axi port = its_vcd_port(vcd_.get(), "s_axi", 32);
    its_axi axi{};
    axi.aw.valid = axi.w.valid = axi.b.valid = axi.ar.valid = axi.r.valid = true;
    axi.w.ready = axi.r.ready = true;
    axi.aw.d = {0x1234567890, 7, 3, 4, 2, ITS_AXI_INCR, ITS_AXI_NONSECURE, 0, true};
    axi.ar.d = {0x4000, 99, 4, 0, 3, ITS_AXI_WRAP, 0, 0, false};
    axi.w.d = {0xdeadbeef, 0xa, true};
    axi.b.d = {5, ITS_AXI_SLVERR};
    axi.r.d = {0xcafe, 6, ITS_AXI_DECERR, true};
    its_vcd_cycle(vcd_.get(), 0);
    its_vcd_port_set(vcd_.get(), port, &axi);
    axi = {};
    its_vcd_cycle(vcd_.get(), 1);
    its_vcd_port_set(vcd_.get(), port, &axi);
    its_vcd_close(vcd_.get(), 2);

    Wave wave(text());
    EXPECT_EQ(wave.timescale, "1ps");
    static const struct {
        const char *name;
        uint64_t first, second;
    } want[] = {
        {"awvalid", 1, 0},
        {"awready", 0, 0},
        {"awaddr", 0x1234567890, 0x1234567890},
        {"awid", 3, 3},
        {"awlen", 4, 4},
        {"awsize", 2, 2},
        {"awburst", 1, 1},
        {"awprot", 2, 2},
        {"awuser", 7, 7},
        {"wvalid", 1, 0},
        {"wready", 1, 0},
        {"wdata", 0xdeadbeef, 0xdeadbeef},
        {"wstrb", 0xa, 0xa},
        {"wlast", 1, 1},
        {"bvalid", 1, 0},
        {"bready", 0, 0},
        {"bid", 5, 5},
        {"bresp", 2, 2},
        {"arvalid", 1, 0},
        {"arready", 0, 0},
        {"araddr", 0x4000, 0x4000},
        {"arid", 4, 4},
        {"arlen", 0, 0},
        {"arsize", 3, 3},
        {"arburst", 2, 2},
        {"arprot", 0, 0},
        {"rvalid", 1, 0},
        {"rready", 1, 0},
        {"rdata", 0xcafe, 0xcafe},
        {"rid", 6, 6},
        {"rresp", 3, 3},
        {"rlast", 1, 1},
    };
    for (auto &w : want) {
        std::string path = std::string("top.s_axi.") + w.name;
        EXPECT_EQ(wave.at(path, 0), w.first) << path;
        EXPECT_EQ(wave.at(path, 1000), w.second) << path;
    }
    EXPECT_EQ(wave.changes("top.s_axi.aruser"), 0u);
    EXPECT_EQ(wave.signals.at("top.s_axi.wdata").width, 32u);
    EXPECT_EQ(wave.signals.at("top.s_axi.wstrb").width, 4u);
}

std::string waves_of(unsigned redistributors)
{
    char *text = nullptr;
    size_t size = 0;
    std::FILE *file = open_memstream(&text, &size);
    auto waves = std::make_unique<its_waves>();
    its_profile profile{};
    profile.redistributors = redistributors;
    profile.bus_bytes = 8;
    its_waves_open(waves.get(), file, &profile, 500);

    gic500_pins pins{};
    gic500_status status{};
    pins.resetn = true;
    pins.lpi[0] = 5;
    pins.lpi[1] = 1;
    pins.wake_request[0] = 2;
    pins.m_axi.ar.valid = true;
    pins.m_axi.ar.d.addr = 0x80000000;
    status.cycle = 7;
    status.drain = ITS_WRITEBACK;
    status.creadr = 0x40;
    status.cwriter = 0xfffe0;
    status.msi_queue = 3;
    status.translations = 2;
    status.dirty[ITS_ENTRY_DTE] = 1;
    status.dirty[ITS_ENTRY_ITE] = 64;
    status.dirty[ITS_ENTRY_CTE] = 4;
    status.reads_owed = 9;
    status.writes_owed = 1;
    its_waves_set(waves.get(), &pins, &status);
    status.cycle = 9;
    status.drain = ITS_OFF;
    status.quiescent = true;
    status.idle = true;
    pins.lpi[0] = 0;
    its_waves_set(waves.get(), &pins, &status);
    its_waves_close(waves.get(), 12);
    std::fclose(file);
    std::string all(text, size);
    std::free(text);
    return all;
}

TEST(Waves, ShowTheStateOfTheBlock)
{
    Wave wave(waves_of(4));
    static const struct {
        const char *name;
        uint64_t first, second;
    } want[] = {
        {"resetn", 1, 1},
        {"gits_ctlr_enabled", 0, 0},
        {"gits_ctlr_quiescent", 0, 1},
        {"drain", 3, 0},
        {"gits_creadr", 0x40, 0x40},
        {"gits_cwriter", 0xfffe0, 0xfffe0},
        {"stalled", 0, 0},
        {"msi_queue", 3, 3},
        {"translations", 2, 2},
        {"dirty_dte", 1, 1},
        {"dirty_ite", 64, 64},
        {"dirty_cte", 4, 4},
        {"reads_owed", 9, 9},
        {"writes_owed", 1, 1},
        {"idle", 0, 1},
        {"lpi", 5, 0},
        {"wake_request", 2, 2},
        {"m_axi.arvalid", 1, 1},
        {"m_axi.araddr", 0x80000000, 0x80000000},
        {"s_axi.arvalid", 0, 0},
    };
    for (auto &w : want) {
        std::string path = std::string("gic500.") + w.name;
        EXPECT_EQ(wave.at(path, 7 * 500), w.first) << path;
        EXPECT_EQ(wave.at(path, 9 * 500), w.second) << path;
    }
    EXPECT_EQ(wave.signals.at("gic500.lpi").width, 4u);
    EXPECT_EQ(wave.signals.count("gic500.lpi_64_up"), 0u);
    EXPECT_EQ(wave.end, 12u * 500);
}

TEST(Waves, HaveRoomForEveryRedistributor)
{
    Wave wave(waves_of(128));
    EXPECT_EQ(wave.signals.at("gic500.lpi").width, 64u);
    EXPECT_EQ(wave.signals.at("gic500.wake_request_64_up").width, 64u);
    EXPECT_EQ(wave.at("gic500.lpi_64_up", 7 * 500), 1u);
    EXPECT_EQ(wave.at("gic500.m_axi.rready", 7 * 500), 0u); /* the last ones are there too */
    EXPECT_EQ(waves_of(128), waves_of(128));
}

} // namespace
