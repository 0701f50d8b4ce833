/* SPDX-License-Identifier: MIT */
/*
 * soak.cpp - as many operations as one likes, with any compiler and at full speed. Inputs come from
 * those given by mutation alone: nothing measures what they reach, so nothing slows them down.
 */
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include "input.h"
#include "mutate.h"
#include "program.h"

namespace {

namespace fs = std::filesystem;
using input = std::vector<uint8_t>;

constexpr size_t LONGEST = fuzz::HEADER_BYTES + 400 * fuzz::OP_BYTES;
constexpr unsigned MOST_CHANGES = 16; /* between an input and the one it comes from */

struct options {
    uint64_t operations = 0;
    uint32_t seed = 1;
    unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
    std::string keep = ".";
    std::vector<std::string> from;
};

struct totals {
    std::atomic<uint64_t> inputs{0}, operations{0}, edges{0}, settled{0}, probed{0}, compared{0};
};

/* What all threads share. */
struct soak {
    options o;
    std::vector<input> seeds;
    totals sum;
    std::atomic<bool> broken{false};
    std::mutex printing;
};

input read_file(const fs::path &path)
{
    std::ifstream in(path, std::ios::binary);
    input data{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (in.bad() || !in.is_open())
        throw std::runtime_error(path.string() + " cannot be read");
    data.resize(std::clamp(data.size(), fuzz::HEADER_BYTES, LONGEST));
    return data;
}

std::vector<input> read_seeds(const std::vector<std::string> &folders)
{
    std::vector<fs::path> files;
    std::vector<input> seeds;

    for (const std::string &folder : folders)
        for (const auto &entry : fs::directory_iterator(folder))
            if (entry.is_regular_file() && entry.path().extension() != ".md")
                files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const fs::path &file : files)
        seeds.push_back(read_file(file));
    if (seeds.empty())
        throw std::runtime_error("there are no inputs in the folders named");
    return seeds;
}

/* Every input has dice of its own: its number and its job's say all about it but its ancestors. */
fuzz::dice dice_of(uint32_t seed, uint64_t number)
{
    uint64_t x = (uint64_t(seed) << 40 ^ number) + 0x9e3779b97f4a7c15u;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return {uint32_t(x ^ x >> 31) | 1u};
}

input child(const std::vector<input> &parents, fuzz::dice &dice)
{
    const input &parent = parents[dice.roll() % parents.size()];
    input data(LONGEST);
    size_t size = 0;

    if (dice.roll() % 4 == 0) {
        const input &other = parents[dice.roll() % parents.size()];
        size = fuzz::cross(parent.data(), parent.size(), other.data(), other.size(), data.data(),
                           LONGEST, dice);
    }
    if (!size) {
        size = parent.size();
        std::copy(parent.begin(), parent.end(), data.begin());
    }
    if (dice.roll() % 8 == 0)
        data[dice.roll() % fuzz::HEADER_BYTES] = uint8_t(dice.roll() >> 8);
    for (unsigned n = 1 + dice.roll() % MOST_CHANGES; n; n--)
        fuzz::mutate_operations(data.data(), size, LONGEST, dice);
    data.resize(size);
    return data;
}

void report_broken(soak &s, const input &data, const std::string &name, const char *why)
{
    std::lock_guard<std::mutex> lock(s.printing);
    fs::path path = fs::path(s.o.keep) / name;
    std::ofstream out(path, std::ios::binary);

    out.write(reinterpret_cast<const char *>(data.data()), std::streamsize(data.size()));
    std::fprintf(stderr, "\nitsim-fuzz-soak: %s\n%s %s\n", why,
                 out.flush() ? "kept in" : "cannot be written to", path.c_str());
    s.broken = true;
}

/* The seeds stay among the parents; as many others are the youngest children, each in a place at
   random. */
void work(soak &s, unsigned job)
{
    std::vector<input> parents = s.seeds;
    uint32_t seed = s.o.seed * 1000u + job;
    uint64_t share = s.o.operations / s.o.jobs + 1, done = 0;

    parents.insert(parents.end(), s.seeds.begin(), s.seeds.end());
    for (uint64_t number = 0; done < share && !s.broken; number++) {
        fuzz::dice dice = dice_of(seed, number);
        input data = child(parents, dice);
        try {
            fuzz::report r = fuzz::run(data.data(), data.size());
            done += r.ops;
            s.sum.inputs++;
            s.sum.operations += r.ops;
            s.sum.edges += r.edges;
            s.sum.settled += r.settled;
            s.sum.probed += r.probed;
            s.sum.compared += r.compared;
        } catch (const fuzz::violation &v) {
            std::string name = "soak-" + std::to_string(seed) + "-" + std::to_string(number);
            return report_broken(s, data, name, v.what());
        }
        parents[s.seeds.size() + dice.roll() % s.seeds.size()] = std::move(data);
    }
}

void print_totals(soak &s, double seconds)
{
    auto n = [](const std::atomic<uint64_t> &v) { return static_cast<unsigned long long>(v); };
    std::lock_guard<std::mutex> lock(s.printing);

    std::printf("%llu operations in %llu inputs, %llu edges, %.0f s; %llu came to rest, %llu were "
                "enabled again, in %llu memory was judged\n",
                n(s.sum.operations), n(s.sum.inputs), n(s.sum.edges), seconds, n(s.sum.settled),
                n(s.sum.probed), n(s.sum.compared));
    std::fflush(stdout);
}

int run(soak &s)
{
    using clock = std::chrono::steady_clock;
    clock::time_point begin = clock::now(), printed = begin;
    std::atomic<unsigned> running{s.o.jobs};
    std::vector<std::thread> threads;
    auto since = [](clock::time_point t) {
        return std::chrono::duration<double>(clock::now() - t).count();
    };

    for (unsigned i = 0; i < s.o.jobs; i++)
        threads.emplace_back([&s, &running, i] {
            work(s, i);
            running--;
        });
    while (running) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        if (since(printed) >= 10) {
            printed = clock::now();
            print_totals(s, since(begin));
        }
    }
    for (std::thread &t : threads)
        t.join();
    print_totals(s, since(begin));
    std::puts(s.broken ? "a promise was broken" : "every promise was kept");
    return s.broken ? 1 : 0;
}

int run(int argc, char **argv)
{
    soak s;
    CLI::App app{
        "Runs random programs of accesses, commands, MSIs, faults and resets, made from the "
        "inputs in the folders by small changes, and judges every one.\n"
        "Exit code 0: every promise was kept; 1: one was broken, and the input is kept; "
        "2: a bad option or file."};

    app.add_option("OPERATIONS", s.o.operations, "how many operations to run")->required();
    app.add_option("FOLDER", s.o.from, "where the first inputs are")->required();
    app.add_option("--seed", s.o.seed, "which ones; the same seed and jobs, the same inputs")
        ->capture_default_str()
        ->check(CLI::Range(0u, 4000000u));
    app.add_option("--jobs", s.o.jobs, "threads")
        ->capture_default_str()
        ->check(CLI::Range(1u, 1000u));
    app.add_option("--keep", s.o.keep, "folder for an input that breaks a promise")
        ->capture_default_str();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &e) {
        return app.exit(e) ? 2 : 0;
    }
    s.seeds = read_seeds(s.o.from);
    return run(s);
}

} // namespace

int main(int argc, char **argv)
{
    try {
        return run(argc, argv);
    } catch (const std::exception &e) {
        std::fprintf(stderr, "itsim-fuzz-soak: %s\n", e.what());
        return 2;
    }
}
