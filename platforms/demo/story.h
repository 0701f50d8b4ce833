// SPDX-License-Identifier: MIT
// story.h - the demo: one ITS from a Linux boot over a clean power-down and a resume to a reset that
// nobody announced. Every step checks what it shows.
#ifndef ITSIM_DEMO_STORY_H
#define ITSIM_DEMO_STORY_H

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "bench.h"
#include "diary.h"
#include "driver.h"
#include "player.h"
#include "trace.h"
#include "watch/counters.h"
#include "watch/fan.h"
#include "watch/waves.h"

namespace demo {

struct settings {
    std::string trace = "tests/traces/linux-6.1-boot-4cpu.jsonl";
    std::string out = "out";
    uint64_t memory_latency = 40; // cycles
};

class story : public sc_core::sc_module {
public:
    story(const sc_core::sc_module_name &name, const replay::trace &t, const its_profile &profile,
          const settings &s);

    // After the simulation: closes the files. False: a step failed; it has been printed.
    bool finish();

private:
    struct sample {
        uint64_t cycle;
        unsigned dirty;
        unsigned owed;
        uint64_t sent; // writes of lines
        unsigned drain;
        bool quiescent;
    };
    struct event_of_device {
        uint32_t device;
        uint32_t event;
        uint32_t intid;
        unsigned rd;
    };
    struct file_closer {
        void operator()(FILE *f) const { std::fclose(f); }
    };
    using file = std::unique_ptr<FILE, file_closer>;

    void main_thread();
    void boot();
    void map(unsigned devices, uint32_t first_intid);
    void show_dirty();
    void deliver(const char *when);
    void disable();
    void power_cycle();
    void surprise_reset();

    file open(const std::string &name, const char *mode);
    uint64_t count(const char *counter) const;
    void enable_lpi(uint32_t intid);
    std::array<unsigned, 5> dirty();
    unsigned dirty_lines();
    void look(const gic500_pins &pins, const gic500_status &status);
    void write_latency();
    void write_disable(uint64_t from);

    const settings settings_;
    replay::bench bench_;
    its_counters counters_;
    its_fan fan_{};
    replay::diary diary_;
    replay::player player_;
    driver driver_;
    saved_registers saved_;
    file text_;
    file waves_file_;
    std::unique_ptr<its_waves> waves_;
    std::vector<sample> samples_;
    std::vector<event_of_device> events_;
    std::string failed_;
    bool sampling_ = false;
};

} // namespace demo

#endif
