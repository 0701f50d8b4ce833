// SPDX-License-Identifier: MIT
// options.cpp - see the header.
#include "options.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <iostream>

namespace replay {

namespace {

constexpr int bad_usage = 2;

std::vector<std::string> presets()
{
    std::vector<std::string> names;
    for (unsigned i = 0; its_profile_preset_name(i); i++)
        names.push_back(its_profile_preset_name(i));
    return names;
}

void print_fields()
{
    for (unsigned i = 0; const its_profile_field *f = its_profile_field_at(i); i++)
        std::printf("%-24s %u..%u  %s\n", f->name, f->min, f->max, f->doc);
}

std::string check_pair(const std::string &text)
{
    size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
        return "must be key=value, not " + text;
    if (!its_profile_field_named(text.substr(0, equals).c_str()))
        return "no profile field is called " + text.substr(0, equals) + " (see --list-fields)";
    return "";
}

bool same_file(const std::string &a, const std::string &b)
{
    namespace fs = std::filesystem;
    auto path = [](const std::string &name) { return name == "-" ? "/dev/stdout" : name; };
    std::error_code none; // what does not exist yet is the same when it has the same name
    return fs::equivalent(path(a), path(b), none) ||
           fs::weakly_canonical(path(a), none) == fs::weakly_canonical(path(b), none);
}

// Nothing that is read is written, and nothing is written twice.
void check_files_differ(const std::vector<std::string> &read,
                        const std::vector<std::string> &written)
{
    std::vector<std::string> seen = read;
    for (const std::string &name : written) {
        if (name.empty())
            continue;
        for (const std::string &other : seen)
            if (same_file(name, other))
                throw CLI::ValidationError("--json, --trace, --waves", name + " is written, and " +
                                                                           other +
                                                                           " is the same file");
        seen.push_back(name);
    }
}

} // namespace

std::optional<int> read_options(int argc, char **argv, options &o)
{
    CLI::App app{"Plays bus traces through the TLM-2.0 sockets of a GIC-500 model and checks what "
                 "they expect.\nExit code 0: every expectation held; 1: one did not; 2: a file is "
                 "not a valid trace, a file cannot be written, or the options make no sense."};

    app.add_option("TRACE", o.traces, "traces, one after the other; each on a model of its own");
    app.add_option("--preset", o.preset, "configuration (default: what the trace was recorded on)")
        ->check(CLI::IsMember(presets()));
    app.add_option(
           "--set", o.set,
           "key=value: any field of the configuration; may be repeated, the last of a field "
           "counts")
        ->allow_extra_args(false)
        ->check(check_pair);
    app.add_option("--face", o.face, "fast, timed (idle cycles skipped) or cycle (none skipped)")
        ->check(CLI::IsMember({"fast", "timed", "cycle"}))
        ->capture_default_str();
    app.add_option("--memory-latency", o.memory_latency, "cycles of a memory access")
        ->check(CLI::Range(uint64_t(0), uint64_t(1000000)))
        ->capture_default_str();
    app.add_option("--timeout", o.timeout, "most cycles to wait for one line of the trace")
        ->check(CLI::Range(uint64_t(1), uint64_t(1) << 40))
        ->capture_default_str();
    app.add_option(
           "--perturb", o.perturb,
           "seed of a run that differs in what hardware is free to do: latencies of memory, "
           "stages, messages and acknowledgements, evictions nobody needed, late and early "
           "write-backs, the order of MSIs in flight and of bus answers, a late Quiescent, "
           "UNKNOWN register fields at reset. Software must not notice, so the trace has to "
           "pass with every seed; one seed is one run, byte for byte, in --face cycle and "
           "timed. To find a race, try seeds 1, 2, 3 ...; to look at it, give the seed that "
           "failed and --trace or --waves. The same as --set perturb=SEED; 0: nothing differs")
        ->check(CLI::Range(uint64_t(0), uint64_t(UINT32_MAX)));
    app.add_option("--drop-clean-lines", o.drop_clean_lines,
                   "drop all clean mapping lines about every N edges")
        ->check(CLI::Range(uint64_t(1), uint64_t(1) << 32));
    app.add_option("--seed", o.seed, "for --drop-clean-lines")->capture_default_str();
    app.add_option(
           "--reset-at", o.reset_at,
           "pull resetn at this cycle, stop playing, and see that nothing is written then; a "
           "trace that ends before fails")
        ->check(CLI::Range(uint64_t(1), uint64_t(1) << 40));
    app.add_option("--json", o.json,
                   "file for all counters and histograms; - for this and the next two: "
                   "standard output");
    app.add_option("--trace", o.trace, "file for the events, one a line");
    app.add_option("--waves", o.waves, "VCD file (one trace only)");
    app.add_flag("--rules", o.rules,
                 "watch both AXI ports and the order of commands and messages; a broken rule fails "
                 "(faces timed and cycle)");
    app.add_flag("--quiet", o.quiet, "no progress bar, no line for what passed");
    app.add_flag("--list-fields", o.list_fields, "print the fields --set knows, and end");

    try {
        app.parse(argc, argv);
        if (!o.list_fields && o.traces.empty())
            throw CLI::RequiredError("TRACE");
        if (!o.waves.empty() && o.traces.size() > 1)
            throw CLI::ValidationError("--waves", "takes one trace");
        check_files_differ(o.traces, {o.json, o.trace, o.waves});
        for (const std::string &pair : o.set)
            if (o.perturb && pair.rfind("perturb=", 0) == 0)
                throw CLI::ValidationError("--perturb", "is given again by --set " + pair);
        if (o.rules && o.face == "fast")
            throw CLI::ValidationError("--rules", "the fast face has no bus to watch");
    } catch (const CLI::ParseError &e) {
        return app.exit(e) == 0 ? 0 : bad_usage;
    }
    if (o.list_fields) {
        print_fields();
        return 0;
    }
    return {};
}

bool make_profile(const options &o, const header &h, its_profile &profile, std::string &why)
{
    const std::string &preset = o.preset.empty() ? h.profile : o.preset;
    char reason[256];
    if (!its_profile_preset(&profile, preset.c_str())) {
        why = "no preset is called \"" + preset + "\": choose one with --preset";
        return false;
    }
    /* Identifiers beyond the recorder's widths must be refused; a narrower preset stays so. */
    std::vector<std::pair<std::string, std::string>> values = {
        {"redistributors", std::to_string(h.redistributors)},
        {"devid_bits", std::to_string(std::min(profile.devid_bits, h.devid_bits))},
        {"eventid_bits", std::to_string(std::min(profile.eventid_bits, h.eventid_bits))},
        {"icid_bits", std::to_string(std::min(profile.icid_bits, h.collection_bits))},
        {"intid_bits", std::to_string(std::min(profile.intid_bits, h.intid_bits))},
    };
    for (const std::string &pair : o.set) {
        size_t equals = pair.find('=');
        values.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
    if (o.perturb)
        values.emplace_back("perturb", std::to_string(*o.perturb));
    for (const auto &[key, value] : values) {
        if (!its_profile_set(&profile, key.c_str(), value.c_str(), reason, sizeof reason)) {
            why = reason;
            return false;
        }
    }
    if (its_profile_check(&profile, reason, sizeof reason)) {
        why = reason;
        return false;
    }
    if (profile.redistributors < h.redistributors) {
        why = "redistributors: the trace needs " + std::to_string(h.redistributors);
        return false;
    }
    return true;
}

} // namespace replay
