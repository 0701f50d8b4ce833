// SPDX-License-Identifier: MIT
// figures.h - what itsim-bench has measured: printed with floors and goals, as JSON, and compared.
#ifndef ITSIM_TESTS_PERF_FIGURES_H
#define ITSIM_TESTS_PERF_FIGURES_H

#include <map>
#include <string>
#include <vector>

namespace bench {

// Speeds in things a second and shares of 1 are better the larger they are, sizes in bytes the smaller.
enum class unit { speed, share, size };

struct figure {
    std::string name; // in JSON, the same from version to version
    std::string what; // for people
    bench::unit unit;
    double value;
    double floor;
    double goal; // 0: none but the floor
};

// Things a second of CPU time: the median of the repetitions of a benchmark, and the best of them.
// The table has medians; ratios are of the best, where other programs on the machine disturb least.
struct speed {
    double median;
    double best;
};
using speeds = std::map<std::string, speed>; // by the name of the benchmark

// All cases whose benchmarks were run, sizes included, in the order of the table.
std::vector<figure> figures_of(const speeds &measured);

// One line a figure, and how many floors are met.
void print(const std::vector<figure> &figures);

// Throw std::runtime_error when the file cannot be written, read or understood.
void save(const std::string &file, const std::vector<figure> &figures);
std::vector<figure> load(const std::string &file);

// One line a figure with its change. False when a speed has fallen by more than `percent`.
bool compare(const std::vector<figure> &before, const std::vector<figure> &now, double percent);

} // namespace bench

#endif
