// SPDX-License-Identifier: MIT
// options.h - the command line of itsim-replay.
#ifndef ITSIM_REPLAY_OPTIONS_H
#define ITSIM_REPLAY_OPTIONS_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "arch/profile.h"
#include "trace.h"

namespace replay {

struct options {
    std::vector<std::string> traces;
    std::string preset; // empty: what the trace was recorded on
    std::vector<std::string> set;
    std::string face = "timed";
    uint64_t memory_latency = 10;
    uint64_t timeout = 1000000;
    uint64_t seed = 1;
    std::optional<uint32_t> perturb; // the profile's field of this name
    std::optional<uint64_t> drop_clean_lines;
    std::optional<uint64_t> reset_at;
    std::string json;
    std::string trace;
    std::string waves;
    bool rules = false;
    bool list_fields = false;
    bool quiet = false;
};

// Reads the command line. A value: the program ends with it.
std::optional<int> read_options(int argc, char **argv, options &o);

// The configuration a trace is played on: the preset, the trace's sizes, then --set. False: there is
// none, and `why` says so.
bool make_profile(const options &o, const header &h, its_profile &profile, std::string &why);

} // namespace replay

#endif
