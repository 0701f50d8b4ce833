// SPDX-License-Identifier: MIT
// main.cpp - itsim-demo: tells the story and leaves its files in a folder.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "story.h"

namespace {

int run(int argc, char **argv)
{
    demo::settings s;
    CLI::App app{
        "Follows one ITS through a Linux boot, a clean power-down, a resume and a reset that "
        "nobody announced.\nEvery step checks what it shows. Exit code 0: all of it held."};
    app.add_option("--out", s.out, "folder for demo.trace, demo.vcd, latency.dat, disable.dat")
        ->check(CLI::ExistingDirectory)
        ->capture_default_str();
    app.add_option("--boot", s.trace, "bus trace of the boot")
        ->check(CLI::ExistingFile)
        ->capture_default_str();
    app.add_option("--memory-latency", s.memory_latency, "cycles of a memory access")
        ->check(CLI::Range(uint64_t(0), uint64_t(1000000)))
        ->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    its_profile profile;
    its_profile_preset(&profile, "gic500");
    replay::trace t = replay::read_trace(s.trace);
    std::printf("itsim demo: %s on preset gic500, %u redistributors, timed face,\n"
                "memory latency %llu cycles\n",
                t.begin.name.c_str(), profile.redistributors,
                static_cast<unsigned long long>(s.memory_latency));
    demo::story story("story", t, profile, s);
    sc_core::sc_start();
    return story.finish() ? 0 : 1;
}

} // namespace

int sc_main(int argc, char **argv)
{
    try {
        return run(argc, argv);
    } catch (const std::exception &e) {
        std::fprintf(stderr, "itsim-demo: %s\n", e.what());
        return 2;
    }
}

int main(int argc, char **argv)
{
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
    return sc_core::sc_elab_and_sim(argc, argv);
}
