// SPDX-License-Identifier: MIT
// main.cpp - itsim-bench: runs the benchmarks of this folder several times in random order and prints
// the table of figures.cpp; or compares two files of such figures.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>
#ifdef ITSIM_BENCH_TLM
#include <systemc>
#endif

#include "figures.h"

namespace {

constexpr int failed = 1;
constexpr int bad_usage = 2;

struct options {
    std::string json;
    std::string only = ".";
    unsigned repetitions = 9;
    std::vector<std::string> compare;
    double slower = 10;
};

// Keeps the speed of every repetition.
class collector : public benchmark::BenchmarkReporter {
public:
    bool ReportContext(const Context &) override { return true; }
    void ReportRuns(const std::vector<Run> &runs) override
    {
        for (const Run &r : runs) {
            auto speed = r.counters.find("items_per_second");
            if (r.error_occurred) {
                std::fprintf(stderr, "%s: %s\n", r.run_name.str().c_str(), r.error_message.c_str());
                broken_ = true;
            } else if (r.run_type == Run::RT_Iteration && speed != r.counters.end()) {
                speeds_[r.run_name.function_name + (r.run_name.args.empty() ? "" : "/") +
                        r.run_name.args]
                    .push_back(speed->second.value);
            }
        }
    }

    bool broken() const { return broken_; }
    bench::speeds speeds() const
    {
        bench::speeds all;
        for (auto [name, values] : speeds_) {
            std::sort(values.begin(), values.end());
            all[name] = {values[values.size() / 2], values.back()};
        }
        return all;
    }

private:
    std::map<std::string, std::vector<double>> speeds_;
    bool broken_ = false;
};

int measure(const options &o)
{
    // The order is random so that what else the machine does hits all cases alike.
    std::vector<std::string> words = {"itsim-bench", "--benchmark_filter=" + o.only,
                                      "--benchmark_repetitions=" + std::to_string(o.repetitions),
                                      "--benchmark_enable_random_interleaving=true",
                                      "--benchmark_min_time=0.1"};
    std::vector<char *> argv;
    for (std::string &w : words)
        argv.push_back(w.data());
    int argc = static_cast<int>(argv.size());
    benchmark::Initialize(&argc, argv.data());
    if (isatty(STDERR_FILENO))
        std::fprintf(stderr, "Measuring, in random order: about a minute on an idle machine.\n");
    collector results;
    if (benchmark::RunSpecifiedBenchmarks(&results) == 0)
        return bad_usage;
    std::vector<bench::figure> figures = bench::figures_of(results.speeds());
    bench::print(figures);
    if (!o.json.empty())
        bench::save(o.json, figures);
    return results.broken() ? failed : 0;
}

int run(int argc, char **argv)
{
    options o;
    CLI::App app{"Measures the speed of the model, in CPU time of one core, against its floors and "
                 "goals.\nExit code 0: done; 1: --compare found a case that got slower, or a "
                 "benchmark failed; 2: a bad option or file."};
    app.add_option("--json", o.json, "write the figures to this file, too")->type_name("FILE");
    app.add_option("--only", o.only, "regular expression: only the benchmarks it finds")
        ->type_name("REGEX");
    app.add_option("--repetitions", o.repetitions,
                   "times each is run; the median counts (for ratios the best)")
        ->check(CLI::Range(1u, 1000u))
        ->capture_default_str();
    app.add_option("--compare", o.compare, "measure nothing: compare two files written by --json")
        ->type_name("OLD NEW")
        ->expected(2);
    app.add_option("--slower", o.slower, "for --compare: percent by which a speed may fall")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str();
    try {
        app.parse(argc, argv);
        if (o.compare.empty())
            return measure(o);
        return bench::compare(bench::load(o.compare[0]), bench::load(o.compare[1]), o.slower)
                   ? 0
                   : failed;
    } catch (const CLI::ParseError &e) {
        return app.exit(e) == 0 ? 0 : bad_usage;
    } catch (const std::exception &e) {
        std::fprintf(stderr, "%s\n", e.what());
        return bad_usage;
    }
}

} // namespace

#ifdef ITSIM_BENCH_TLM
int sc_main(int argc, char **argv)
{
    return run(argc, argv);
}

int main(int argc, char **argv)
{
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
    return sc_core::sc_elab_and_sim(argc, argv);
}
#else
int main(int argc, char **argv)
{
    return run(argc, argv);
}
#endif
