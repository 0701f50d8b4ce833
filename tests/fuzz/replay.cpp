/* SPDX-License-Identifier: MIT */
/*
 * replay.cpp - plays fuzzer inputs again, with any compiler:
 *
 *   itsim-fuzz-replay [-v | -t] FILE | DIRECTORY ...
 *
 * -v prints every operation, -t every event as well. Exit code 0 when every input kept every
 * promise, 1 when one did not, 2 when a file cannot be read or there is none.
 */
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "program.h"
#include "watch/text.h"

namespace {

namespace fs = std::filesystem;

struct options {
    bool ops = false, events = false;
};

void print_profile(const std::vector<uint8_t> &data)
{
    its_profile p = fuzz::input_profile(data.data(), data.size());
    its_profile preset;

    its_profile_preset(&preset, its_profile_preset_name(0));
    for (unsigned i = 0; its_profile_field_at(i); i++) {
        const its_profile_field *f = its_profile_field_at(i);
        uint32_t is, was;
        std::memcpy(&is, reinterpret_cast<const char *>(&p) + f->offset, sizeof is);
        std::memcpy(&was, reinterpret_cast<const char *>(&preset) + f->offset, sizeof was);
        if (is != was)
            std::printf("  %s=%u\n", f->name, is);
    }
}

/* 0, 1 or 2 as the exit code. */
int play(const fs::path &path, const options &o)
{
    std::ifstream in(path, std::ios::binary);
    std::vector<uint8_t> data((std::istreambuf_iterator<char>(in)),
                              std::istreambuf_iterator<char>());
    fuzz::watcher w;

    if (!in.good() && !in.eof()) {
        std::fprintf(stderr, "itsim-fuzz-replay: %s cannot be read\n", path.c_str());
        return 2;
    }
    if (o.ops) {
        print_profile(data);
        w.op = [](const std::string &text) { std::printf("- %s\n", text.c_str()); };
    }
    if (o.events)
        w.event = [](const its_event &e) { its_text_sink(stdout, &e); };
    try {
        fuzz::report r = fuzz::run(data.data(), data.size(), &w);
        std::printf("ok    %s: %llu operations, %llu edges%s%s\n", path.c_str(),
                    (unsigned long long)r.ops, (unsigned long long)r.edges,
                    r.settled ? "" : ", did not come to rest in time",
                    r.compared ? ", memory judged" : "");
        return 0;
    } catch (const fuzz::violation &v) {
        std::printf("FAILS %s: %s\n", path.c_str(), v.what());
        return 1;
    }
}

bool list(const char *name, std::vector<fs::path> &files)
{
    std::error_code error;
    if (!fs::is_directory(name, error)) {
        files.push_back(name);
        return true;
    }
    for (const auto &entry : fs::directory_iterator(name, error))
        if (entry.is_regular_file() && entry.path().extension() != ".md")
            files.push_back(entry.path());
    return !error;
}

} // namespace

int main(int argc, char **argv)
{
    options o;
    std::vector<fs::path> files;
    int worst = 0;

    for (int i = 1; i < argc; i++) {
        if (!std::strcmp(argv[i], "-v") || !std::strcmp(argv[i], "-t")) {
            o.ops = true;
            o.events = argv[i][1] == 't';
        } else if (!list(argv[i], files)) {
            std::fprintf(stderr, "itsim-fuzz-replay: %s cannot be read\n", argv[i]);
            return 2;
        }
    }
    if (files.empty()) {
        std::fprintf(stderr, "usage: itsim-fuzz-replay [-v | -t] FILE | DIRECTORY ...\n");
        return 2;
    }
    std::sort(files.begin(), files.end());
    for (const fs::path &f : files)
        worst = std::max(worst, play(f, o));
    return worst;
}
