// SPDX-License-Identifier: MIT
// figures.cpp - see the header.
#include "figures.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "itsim/gic500.h"

namespace bench {

namespace {

constexpr double M = 1e6, G = 1e9, KIB = 1024, MIB = 1024 * KIB;
constexpr double EQUAL = 0.9; // within 10 % of each other

struct row {
    enum kind {
        speed, // of `first`
        share, // speed of `first` to that of `second`
        alike  // the slower of the two to the faster
    };
    kind what_kind;
    const char *name;
    const char *what;
    double floor;
    double goal;
    const char *first;
    const char *second;
};

// Names are those of BENCHMARK() in core_bench.cpp and timed_bench.cpp. Floors and goals are ours, for
// gcc -O2 with LTO on a present x86-64 core; 4 redistributors and no listener unless said.
const row rows[] = {
    {row::speed, "fast_already_pending", "fast face, MSI to LPI already pending", 30 * M, 60 * M,
     "fast_already_pending", nullptr},
    {row::speed, "fast_newly_pending", "fast face, MSI to LPI newly pending", 20 * M, 40 * M,
     "fast_newly_pending", nullptr},
    {row::speed, "fast_acknowledge_14", "fast face, MSI and acknowledge, 14 INTID bits", 10 * M,
     25 * M, "fast_msi_acknowledge/14", nullptr},
    {row::speed, "fast_acknowledge_16", "fast face, MSI and acknowledge, 16 INTID bits", 10 * M,
     25 * M, "fast_msi_acknowledge/16", nullptr},
    {row::alike, "fast_acknowledge_alike", "  14 and 16 INTID bits alike", EQUAL, 0,
     "fast_msi_acknowledge/14", "fast_msi_acknowledge/16"},
    {row::speed, "fast_missing", "fast face, every cache missing", 8 * M, 16 * M,
     "fast_every_cache_missing", nullptr},
    {row::speed, "cycle_busy_4", "cycle face, an MSI every 8 cycles, 2048 events", 8 * M, 15 * M,
     "cycle_busy/4", nullptr},
    {row::speed, "cycle_busy_128", "  128 redistributors, 4 of them busy", 6 * M, 0,
     "cycle_busy/128", nullptr},
    {row::speed, "timed_posted_4", "timed face in SystemC, MSI to LPI, 4 in flight", 1.5 * M, 0,
     "timed_posted", nullptr},
    {row::speed, "timed_waiting_4", "  4 threads, each waiting for its response", 1 * M, 0,
     "timed_waiting/4", nullptr},
    {row::speed, "timed_waiting_1", "timed face in SystemC, MSI to LPI, one at a time", 0.5 * M, 0,
     "timed_waiting/1", nullptr},
    {row::speed, "timed_idle", "timed face in SystemC, idle cycles", 1 * G, 0, "timed_idle",
     nullptr},
    {row::alike, "fast_mapped_alike", "fast face, 1 k and 50 k mapped events alike", EQUAL, 0,
     "fast_mapped/1000", "fast_mapped/50000"},
    {row::alike, "cycle_mapped_alike", "cycle face, 1 k and 50 k mapped events alike", EQUAL, 0,
     "cycle_mapped/1000", "cycle_mapped/50000"},
    {row::alike, "timed_mapped_alike", "timed face, 1 k and 50 k mapped events alike", EQUAL, 0,
     "timed_mapped/1000", "timed_mapped/50000"},
    {row::share, "fast_counted", "fast face with events and counters on, share of off", 0.7, 0,
     "fast_already_pending_counted", "fast_already_pending"},
    {row::share, "cycle_counted", "cycle face with events and counters on, share of off", 0.7, 0,
     "cycle_busy_counted", "cycle_busy/4"},
};

double size_of(const char *preset, const char *redistributors)
{
    its_profile p;
    its_profile_preset(&p, preset);
    its_profile_set(&p, "redistributors", redistributors, nullptr, 0);
    return static_cast<double>(gic500_size(&p));
}

double largest_size(const char *redistributors)
{
    double most = 0;
    for (unsigned i = 0; its_profile_preset_name(i); i++)
        most = std::max(most, size_of(its_profile_preset_name(i), redistributors));
    return most;
}

bool holds(const figure &f, double limit)
{
    return f.unit == unit::size ? f.value <= limit : f.value >= limit;
}

// With its unit, in at most 9 columns.
std::string text(unit u, double value)
{
    char t[32];
    if (u == unit::share)
        std::snprintf(t, sizeof t, "%.0f %%", 100 * value);
    else if (u == unit::size)
        std::snprintf(t, sizeof t, "%.0f KiB", value / KIB);
    else if (value >= 1e12)
        std::snprintf(t, sizeof t, "%.3g T/s", value / 1e12);
    else if (value >= G)
        std::snprintf(t, sizeof t, "%.3g G/s", value / G);
    else
        std::snprintf(t, sizeof t, "%.3g M/s", value / M);
    return t;
}

const char *const unit_names[] = {"1/s", "share", "bytes"};

unit unit_named(const std::string &name)
{
    for (unit u : {unit::speed, unit::share, unit::size})
        if (name == unit_names[static_cast<unsigned>(u)])
            return u;
    throw std::runtime_error("unknown unit " + name);
}

} // namespace

std::vector<figure> figures_of(const speeds &measured)
{
    std::vector<figure> figures;
    for (const row &r : rows) {
        auto first = measured.find(r.first);
        auto second = measured.find(r.second ? r.second : r.first);
        if (first == measured.end() || second == measured.end())
            continue;
        double value = first->second.median;
        if (r.what_kind != row::speed)
            value = first->second.best / second->second.best;
        if (r.what_kind == row::alike)
            value = std::min(value, 1 / value);
        figures.push_back({r.name, r.what, r.what_kind == row::speed ? unit::speed : unit::share,
                           value, r.floor, r.goal});
    }
    figures.push_back({"size_4", "state of an ITS and 4 redistributors, gic500", unit::size,
                       size_of("gic500", "4"), 256 * KIB, 0});
    figures.push_back({"size_128", "state of the largest preset, 128 redistributors", unit::size,
                       largest_size("128"), 4 * MIB, 0});
    return figures;
}

void print(const std::vector<figure> &figures)
{
    std::printf("%-52s %10s %10s %10s\n", "case", "measured", "floor", "goal");
    size_t met = 0;
    for (const figure &f : figures) {
        bool good = holds(f, f.floor);
        met += good;
        std::printf("%-52s %10s %10s %10s  %s\n", f.what.c_str(), text(f.unit, f.value).c_str(),
                    text(f.unit, f.floor).c_str(), f.goal != 0 ? text(f.unit, f.goal).c_str() : "",
                    !good                             ? "BELOW THE FLOOR"
                    : f.goal != 0 && holds(f, f.goal) ? "goal reached"
                                                      : "met");
    }
    std::printf("%zu of %zu floors are met\n", met, figures.size());
}

void save(const std::string &file, const std::vector<figure> &figures)
{
    nlohmann::ordered_json all;
    all["program"] = "itsim-bench";
    all["compiler"] = __VERSION__;
    for (const figure &f : figures) {
        nlohmann::ordered_json one;
        one["name"] = f.name;
        one["what"] = f.what;
        one["unit"] = unit_names[static_cast<unsigned>(f.unit)];
        one["value"] = f.value;
        one["floor"] = f.floor;
        if (f.goal != 0)
            one["goal"] = f.goal;
        one["met"] = holds(f, f.floor);
        all["cases"].push_back(one);
    }
    std::ofstream out(file);
    out << all.dump(2) << '\n';
    out.close();
    if (!out)
        throw std::runtime_error(file + ": cannot be written");
}

std::vector<figure> load(const std::string &file)
{
    std::ifstream in(file);
    if (!in)
        throw std::runtime_error(file + ": cannot be read");
    std::vector<figure> figures;
    try {
        const nlohmann::json all = nlohmann::json::parse(in);
        for (const auto &one : all.at("cases"))
            figures.push_back({one.at("name"), one.at("what"), unit_named(one.at("unit")),
                               one.at("value"), one.at("floor"), one.value("goal", 0.0)});
    } catch (const std::exception &e) {
        throw std::runtime_error(file + ": not written by itsim-bench: " + e.what());
    }
    return figures;
}

bool compare(const std::vector<figure> &before, const std::vector<figure> &now, double percent)
{
    auto named = [](const std::vector<figure> &in, const std::string &name) {
        return std::find_if(in.begin(), in.end(), [&](const figure &f) { return f.name == name; });
    };
    size_t slower = 0;
    std::printf("%-52s %10s %10s %8s\n", "case", "before", "now", "ratio");
    for (const figure &f : now) {
        auto old = named(before, f.name);
        if (old == before.end()) {
            std::printf("%-52s %10s %10s\n", f.what.c_str(), "", text(f.unit, f.value).c_str());
            continue;
        }
        double ratio = f.value / old->value;
        bool bad = f.unit == unit::speed && ratio < 1 - percent / 100;
        slower += bad;
        std::printf("%-52s %10s %10s %8.2f  %s\n", f.what.c_str(), text(f.unit, old->value).c_str(),
                    text(f.unit, f.value).c_str(), ratio, bad ? "SLOWER" : "");
    }
    for (const figure &f : before)
        if (named(now, f.name) == now.end())
            std::printf("%-52s %10s\n", f.what.c_str(), text(f.unit, f.value).c_str());
    std::printf("%zu slower by more than %g %%\n", slower, percent);
    return slower == 0;
}

} // namespace bench
