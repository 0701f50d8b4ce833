// SPDX-License-Identifier: MIT
// session.cpp - see the header.
#include "session.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <unistd.h>

#include "bench.h"
#include "diary.h"
#include "player.h"
#include "watch/counters.h"
#include "watch/fan.h"
#include "watch/json.h"
#include "watch/rules.h"
#include "watch/text.h"
#include "watch/waves.h"

namespace replay {

namespace {

constexpr uint64_t reset_cycles = 16; // of --reset-at

// A bar on a terminal, nothing elsewhere.
class progress_bar {
public:
    progress_bar(const trace &t, bool wanted) : trace_(t), shown_(wanted && isatty(STDERR_FILENO))
    {}
    ~progress_bar() { clear(); }

    void show(size_t op)
    {
        constexpr unsigned width = 40;
        unsigned percent = static_cast<unsigned>(100 * op / trace_.ops.size());
        if (!shown_ || percent == percent_)
            return;
        percent_ = percent;
        std::string bar(width * percent / 100, '=');
        bar.resize(width, ' ');
        std::fprintf(stderr, "\r%s [%s] %u %%", trace_.begin.name.c_str(), bar.c_str(), percent);
    }

    void clear()
    {
        if (shown_)
            std::fputs("\r\033[K", stderr);
    }

private:
    const replay::trace &trace_;
    const bool shown_;
    unsigned percent_ = ~0u;
};

// 64-bit xorshift (Marsaglia, 2003): the same edges for the same seed.
class random_source {
public:
    explicit random_source(uint64_t seed) : x_(seed * 2 + 1) {}
    uint64_t below(uint64_t n)
    {
        x_ ^= x_ << 13;
        x_ ^= x_ >> 7;
        x_ ^= x_ << 17;
        return x_ % n;
    }

private:
    uint64_t x_;
};

class session : public sc_core::sc_module {
public:
    session(const sc_core::sc_module_name &name, const replay::trace &t, const its_profile &profile,
            const options &o, const outputs &files)
        : sc_module(name), trace_(t), options_(o), files_(files),
          bench_("bench", profile, o.memory_latency), player_(t, bench_, diary_, counters_),
          bar_(t, !o.quiet), random_(o.seed)
    {
        SC_HAS_PROCESS(session);
        SC_THREAD(main_thread);
        if (o.reset_at) {
            SC_THREAD(reset_thread);
        }
        if (o.drop_clean_lines) {
            SC_METHOD(drop_method);
        }
        listen();
        bench_.gic().set_face(o.face);
        player_.set_limit(o.timeout);
        player_.set_progress([this](size_t op) { bar_.show(op); });
        player_.set_stop([this] { return reset_pulled_; });
    }

    outcome result()
    {
        bar_.clear();
        its_counters_settle(&counters_, bench_.cycle());
        if (waves_)
            its_waves_close(waves_.get(), bench_.cycle());
        check_rules();
        bool written = files_.trace.flush();
        written = files_.waves.flush() && written;
        report();
        return {!written ? 2 : message_.empty() ? 0 : 1, files_.json.file() ? json_text() : ""};
    }

private:
    void listen()
    {
        its_counters_reset(&counters_);
        its_fan_add(&fan_, its_counters_sink, &counters_);
        its_fan_add(&fan_, diary::sink, &diary_);
        if (files_.trace.file())
            its_fan_add(&fan_, its_text_sink, files_.trace.file());
        if (files_.waves.file()) {
            waves_ = std::make_unique<its_waves>();
            its_waves_open(
                waves_.get(), files_.waves.file(), &bench_.gic().profile(),
                static_cast<uint64_t>(bench_.period() / sc_core::sc_time(1, sc_core::SC_PS)));
        }
        if (options_.rules) {
            its_rules_reset(&rules_, bench_.gic().profile().bus_bytes);
            its_fan_add(&fan_, its_rules_sink, &rules_);
        }
        if (waves_ || options_.rules)
            bench_.gic().set_observer([this](const gic500_pins &pins, const gic500_status &status) {
                observe(pins, status);
            });
        bench_.gic().listen(its_fan_sink, &fan_, true);
    }

    void observe(const gic500_pins &pins, const gic500_status &status)
    {
        if (waves_)
            its_waves_set(waves_.get(), &pins, &status);
        if (!options_.rules)
            return;
        its_rules_creadr(&rules_, status.creadr);
        its_rules_edge(&rules_, status.cycle, &pins.s_axi, &pins.m_axi, pins.resetn);
    }

    void check_rules()
    {
        char text[256];
        if (!rules_.log.count || !message_.empty())
            return;
        its_rules_text(&rules_.log.first[0], text, sizeof text);
        message_ = trace_.file + ": " + std::to_string(rules_.log.count) +
                   " times a rule was broken, first: " + text;
    }

    void main_thread()
    {
        try {
            bool all = player_.play();
            if (!all)
                after_reset();
            else if (options_.reset_at)
                message_ = trace_.file + ": the trace ended at cycle " +
                           std::to_string(bench_.cycle()) + ", before that of --reset-at";
        } catch (const mismatch &m) {
            message_ = m.what();
            mismatched_ = true;
        }
        sc_core::sc_pause();
    }

    // --reset-at: nothing may be written any more, and the registers are those of reset.
    void after_reset()
    {
        note_ = "resetn pulled at cycle " + std::to_string(*options_.reset_at) + ", in line " +
                std::to_string(player_.line()) + ", with " + std::to_string(dirty_) +
                " dirty lines";
        sc_core::wait(reset_over_);
        bench_.run(1);
        for (uint64_t waited = 0; waited < options_.timeout; waited++) {
            gic500_status s = bench_.gic().look();
            if (s.reads_owed == 0 && s.writes_owed == 0)
                break;
            bench_.run(1);
        }
        bench_.settle(options_.timeout);
        gic500_status s = bench_.gic().look();
        uint64_t ctlr = bench_.read({ITS_FRAME_GITS, 0});
        std::string at = trace_.file + ":" + std::to_string(player_.line()) + ": after resetn ";
        if (s.reads_owed || s.writes_owed)
            message_ = at + "the bus still owes answers";
        else if (!late_access_.empty())
            message_ = at + "the ITS " + late_access_;
        else if ((ctlr & 0x80000001u) != 0x80000000u)
            message_ = at + "GITS_CTLR must be disabled and quiescent";
    }

    void reset_thread()
    {
        bench_.run(*options_.reset_at);
        gic500_status s = bench_.gic().look();
        for (uint32_t lines : s.dirty)
            dirty_ += lines;
        bench_.set_resetn(false);
        reset_pulled_ = true;
        // Accesses that start at this very edge were under way when it was sampled.
        bench_.run(1);
        bench_.ram().watch([this](its::memory_base::requester who, bool write, uint64_t, unsigned) {
            if (who == its::memory_base::from_its && late_access_.empty())
                late_access_ = write ? "wrote memory" : "read memory";
        });
        bench_.run(reset_cycles - 1);
        bench_.set_resetn(true);
        reset_over_.notify(sc_core::SC_ZERO_TIME);
    }

    // Between edges, so that it does not matter which of the processes of an edge runs first.
    void drop_method()
    {
        uint64_t n = *options_.drop_clean_lines;
        uint64_t period = bench_.period().value();

        if (sc_core::sc_time_stamp() == sc_core::SC_ZERO_TIME) {
            next_trigger(sc_core::sc_time::from_value(period / 2));
            return;
        }
        bench_.gic().drop_clean_lines();
        next_trigger(sc_core::sc_time::from_value((1 + random_.below(2 * n - 1)) * period));
    }

    void report()
    {
        const tally &done = player_.done();
        const char *name = trace_.begin.name.c_str();
        std::FILE *out = files_.report;

        if (!message_.empty()) {
            std::fprintf(stderr, "%s\n", message_.c_str());
            if (mismatched_ && preset() != trace_.begin.profile)
                std::fprintf(
                    stderr,
                    "%s: the trace was recorded on preset %s and played on %s; it may rely "
                    "on what differs\n",
                    trace_.file.c_str(), trace_.begin.profile.c_str(), preset().c_str());
            std::fprintf(out, "%s: FAILED\n", name);
        } else if (!options_.quiet) {
            std::fprintf(out,
                         "%s: passed (%s, %s; %llu lines, %llu MSIs, %llu acknowledged, %llu "
                         "cycles)\n",
                         name, preset().c_str(), options_.face.c_str(),
                         static_cast<unsigned long long>(done.ops),
                         static_cast<unsigned long long>(done.msis),
                         static_cast<unsigned long long>(done.acknowledged),
                         static_cast<unsigned long long>(bench_.cycle()));
        }
        if (!note_.empty() && !options_.quiet)
            std::fprintf(out, "%s: %s\n", name, note_.c_str());
        if (done.refused && !options_.quiet)
            std::fprintf(out, "%s: %llu bus accesses were answered with an error\n", name,
                         static_cast<unsigned long long>(done.refused));
        std::fflush(out);
    }

    const std::string &preset() const
    {
        return options_.preset.empty() ? trace_.begin.profile : options_.preset;
    }

    std::string json_text()
    {
        char *text = nullptr;
        size_t bytes = 0;
        FILE *memory = open_memstream(&text, &bytes);
        if (!memory)
            throw std::bad_alloc();
        its_json_write(memory, &counters_);
        std::fclose(memory);
        nlohmann::ordered_json model = nlohmann::ordered_json::parse(text);
        std::free(text);

        const tally &done = player_.done();
        nlohmann::ordered_json j;
        j["trace"] = trace_.begin.name;
        j["file"] = trace_.file;
        j["preset"] = preset();
        j["set"] = options_.set;
        j["face"] = options_.face;
        j["memory_latency"] = options_.memory_latency;
        j["perturb"] = bench_.gic().profile().perturb;
        j["passed"] = message_.empty();
        j["message"] = message_.empty() ? note_ : message_;
        j["lines"] = done.ops;
        j["msis"] = done.msis;
        j["acknowledged"] = done.acknowledged;
        j["refused"] = done.refused;
        j["cycles"] = bench_.cycle();
        j.update(model);
        return j.dump();
    }

    const replay::trace &trace_;
    const options &options_;
    const outputs &files_;
    bench bench_;
    diary diary_;
    its_counters counters_{};
    its_fan fan_{};
    player player_;
    progress_bar bar_;
    random_source random_;
    std::unique_ptr<its_waves> waves_;
    its_rules rules_{};
    std::string message_;     // why it failed
    bool mismatched_ = false; // it failed an expectation of the trace
    std::string note_;
    std::string late_access_;
    sc_core::sc_event reset_over_{"reset_over"};
    uint64_t dirty_ = 0;
    bool reset_pulled_ = false;
};

} // namespace

outcome play(const trace &t, const its_profile &profile, const options &o, const outputs &files)
{
    session s("session", t, profile, o, files);
    sc_core::sc_start();
    return s.result();
}

} // namespace replay
