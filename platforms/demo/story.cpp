// SPDX-License-Identifier: MIT
// story.cpp - see the header.
#include "story.h"

#include <cinttypes>
#include <cmath>
#include <unistd.h>

#include "watch/text.h"

namespace demo {

namespace {

constexpr uint64_t ITT_BASE = 0x58000000; // memory the boot does not use, inside its RAM
constexpr uint64_t ITT_BYTES = 0x10000;
constexpr uint32_t FIRST_DEVICE = 0x100;
constexpr unsigned EVENTS = 8; // of each device
constexpr uint64_t LIMIT = 1000000;

void check(bool good, const char *what)
{
    if (!good)
        throw failure(what);
}

std::string by_kind(const char *verb, unsigned dte, unsigned ite, unsigned cte)
{
    char text[96];
    std::snprintf(text, sizeof text, "%s: DTE %u, ITE %u, CTE %u", verb, dte, ite, cte);
    return text;
}

void step(int number, const char *title)
{
    std::printf("\n%d  %s\n", number, title);
    std::fflush(stdout);
}

template <class... T>
void fact(const char *name, const char *format, T... values)
{
    std::printf("   %-34s ", name);
    std::printf(format, values...);
    std::printf("\n");
}

} // namespace

story::story(const sc_core::sc_module_name &name, const replay::trace &t,
             const its_profile &profile, const settings &s)
    : sc_module(name), settings_(s), bench_("bench", profile, s.memory_latency),
      player_(t, bench_, diary_, counters_), driver_(bench_)
{
    SC_HAS_PROCESS(story);
    SC_THREAD(main_thread);
    its_counters_reset(&counters_);
    text_ = open("demo.trace", "w");
    waves_file_ = open("demo.vcd", "w");
    waves_ = std::make_unique<its_waves>();
    its_waves_open(waves_.get(), waves_file_.get(), &bench_.gic().profile(),
                   static_cast<uint64_t>(std::llround(bench_.period().to_seconds() * 1e12)));
    its_fan_add(&fan_, its_counters_sink, &counters_);
    its_fan_add(&fan_, replay::diary::sink, &diary_);
    its_fan_add(&fan_, its_text_sink, text_.get());
    bench_.gic().listen(its_fan_sink, &fan_);
    bench_.gic().set_face("timed");
    bench_.gic().set_observer(
        [this](const gic500_pins &pins, const gic500_status &status) { look(pins, status); });
    player_.set_limit(LIMIT);
}

story::file story::open(const std::string &name, const char *mode)
{
    std::string path = settings_.out + "/" + name;
    file f(std::fopen(path.c_str(), mode));
    if (!f)
        throw std::runtime_error(path + ": cannot be written");
    return f;
}

bool story::finish()
{
    its_waves_close(waves_.get(), bench_.cycle());
    if (!failed_.empty())
        std::fprintf(stderr, "\nFAILED: %s\n", failed_.c_str());
    return failed_.empty();
}

void story::look(const gic500_pins &pins, const gic500_status &status)
{
    its_waves_set(waves_.get(), &pins, &status);
    if (!sampling_)
        return;
    unsigned lines = 0;
    for (uint32_t n : status.dirty)
        lines += n;
    samples_.push_back(
        {status.cycle, lines, status.writes_owed,
         count("memory_writes_dte") + count("memory_writes_ite") + count("memory_writes_cte"),
         status.drain, status.quiescent});
}

uint64_t story::count(const char *counter) const
{
    uint64_t value = 0;
    check(its_counters_named(&counters_, counter, &value), counter);
    return value;
}

std::array<unsigned, 5> story::dirty()
{
    gic500_status s = bench_.gic().look();
    std::array<unsigned, 5> n{};
    std::copy(std::begin(s.dirty), std::end(s.dirty), n.begin());
    return n;
}

unsigned story::dirty_lines()
{
    unsigned lines = 0;
    for (unsigned n : dirty())
        lines += n;
    return lines;
}

// --- the steps ---------------------------------------------------------------------------------------

void story::main_thread()
{
    try {
        boot();
        map(3, 8300);
        show_dirty();
        deliver("before the power-down");
        disable();
        power_cycle();
        surprise_reset();
    } catch (const std::exception &e) {
        failed_ = e.what();
    }
    sc_core::sc_pause();
}

void story::boot()
{
    step(1, "Linux 6.1 boots on 4 CPUs and drives the ITS (a recording of it)");
    check(player_.play(), "the replay ended early");
    const its_hist &total = counters_.latency[ITS_LATENCY_TOTAL];
    fact("lines of bus trace, cycles", "%" PRIu64 ", %" PRIu64, player_.done().ops, bench_.cycle());
    fact("commands carried out, errors", "%" PRIu64 ", %" PRIu64, count("commands_done"),
         count("command_errors"));
    fact("MSIs sent, arrived, acknowledged", "%" PRIu64 ", %" PRIu64 ", %" PRIu64,
         player_.done().msis, count("msis_pending"), player_.done().acknowledged);
    fact("MSI to pending, cycles", "least %" PRIu64 ", median %" PRIu64 ", most %" PRIu64,
         total.min, its_hist_percentile(&total, 50), total.max);
    check(count("msis_pending") == player_.done().msis && count("msis_dropped") == 0,
          "every MSI of the boot must arrive");
    write_latency();
}

void story::enable_lpi(uint32_t intid)
{
    uint64_t table = bench_.read({ITS_FRAME_GICR, 0x70, 0}, 8) & 0xFFFFFFFFF000u;
    uint8_t config = 0xa0 | 1; // priority 0xA0, enabled
    check(bench_.ram().store(table + intid - 8192, &config, 1), "configuration table in RAM");
}

void story::map(unsigned devices, uint32_t first_intid)
{
    step(2, "A driver maps more devices; only the caches know");
    for (unsigned d = 0; d < devices; d++) {
        uint32_t device = FIRST_DEVICE + d;
        uint64_t itt = ITT_BASE + d * ITT_BYTES;
        bench_.ram().fill(itt, ITT_BYTES, 0);
        driver_.mapd(device, 3, itt);
        for (uint32_t e = 0; e < EVENTS; e++) {
            unsigned rd = (d * EVENTS + e) % driver_.redistributors();
            uint32_t intid = first_intid + d * EVENTS + e;
            enable_lpi(intid);
            driver_.mapti(device, e, intid, static_cast<uint16_t>(rd));
            driver_.inv(device, e);
            driver_.sync(rd);
            events_.push_back({device, e, intid, rd});
        }
    }
    driver_.post();
    fact("devices, events mapped", "%u, %zu", devices, events_.size());
}

void story::show_dirty()
{
    auto n = dirty();
    fact("dirty lines", "%s",
         by_kind("in the caches", n[ITS_ENTRY_DTE], n[ITS_ENTRY_ITE], n[ITS_ENTRY_CTE]).c_str());
    check(dirty_lines() > 0, "the new mappings must be dirty in the caches");
}

void story::deliver(const char *when)
{
    unsigned arrived = 0;
    for (const event_of_device &e : events_) {
        bench_.msi(e.device, e.event);
        check(bench_.settle(LIMIT), "the ITS must come to rest");
        arrived += bench_.acknowledge(e.rd) == e.intid;
    }
    std::string name = std::string("MSIs arrived ") + when;
    fact(name.c_str(), "%u of %zu", arrived, events_.size());
    check(arrived == events_.size(), "every MSI must arrive where its event was mapped to");
}

void story::disable()
{
    step(3, "GITS_CTLR.Enabled 1 -> 0: work ends, dirty lines are written back, Quiescent rises");
    saved_ = driver_.save();
    auto before = dirty();
    uint64_t backs[3] = {count("write_backs_dte"), count("write_backs_ite"),
                         count("write_backs_cte")};
    uint64_t from = bench_.cycle();
    sampling_ = true;
    unsigned zeros = driver_.disable();
    bench_.run(100); // to be seen in the picture
    sampling_ = false;
    uint64_t took = count("disable_cycles_last");
    fact("Quiescent read 0, then 1", "%u times; after %" PRIu64 " cycles", zeros, took);
    fact("written back", "%s",
         by_kind("to memory", static_cast<unsigned>(count("write_backs_dte") - backs[0]),
                 static_cast<unsigned>(count("write_backs_ite") - backs[1]),
                 static_cast<unsigned>(count("write_backs_cte") - backs[2]))
             .c_str());
    check(count("write_backs_dte") - backs[0] == before[ITS_ENTRY_DTE] &&
              count("write_backs_ite") - backs[1] == before[ITS_ENTRY_ITE],
          "every dirty line must be written back, once");
    check(dirty_lines() == 0, "nothing may be dirty at Quiescent");
    write_disable(from);
}

void story::power_cycle()
{
    step(4, "resetn is pulled (power was cut), then firmware and Linux resume; no MAPTI is sent");
    uint64_t mapti = count("commands_mapti");
    uint64_t accesses = 0;
    bench_.ram().watch([&accesses](its::memory_base::requester who, bool, uint64_t, unsigned) {
        accesses += who == its::memory_base::from_its;
    });
    bench_.run(1000);
    bench_.reset(16);
    bench_.run(1000);
    bench_.ram().watch({});
    fact("ITS accesses from Quiescent on", "%" PRIu64, accesses);
    check(accesses == 0, "the ITS must leave memory alone from Quiescent on");
    driver_.resume(saved_);
    deliver("after the resume");
    fact("MAPTI commands since", "%" PRIu64, count("commands_mapti") - mapti);
    check(count("commands_mapti") == mapti, "the mappings must come from memory");
}

void story::surprise_reset()
{
    step(5, "More is mapped, then resetn is pulled without a disable");
    std::vector<event_of_device> kept = events_;
    events_.clear();
    uint32_t device = FIRST_DEVICE + 0x10;
    uint64_t itt = ITT_BASE + 0x10 * ITT_BYTES;
    bench_.ram().fill(itt, ITT_BYTES, 0);
    driver_.mapd(device, 3, itt);
    for (uint32_t e = 0; e < EVENTS; e++) {
        enable_lpi(8400 + e);
        driver_.mapti(device, e, 8400 + e, 0);
        events_.push_back({device, e, 8400 + e, 0});
    }
    driver_.sync(0);
    driver_.post();
    deliver("before the reset");
    auto n = dirty();
    fact("dirty lines", "%s",
         by_kind("in the caches", n[ITS_ENTRY_DTE], n[ITS_ENTRY_ITE], n[ITS_ENTRY_CTE]).c_str());
    uint64_t writes = 0;
    bench_.ram().watch([&writes](its::memory_base::requester, bool write, uint64_t, unsigned) {
        writes += write;
    });
    bench_.reset(16);
    bench_.run(1000);
    bench_.ram().watch({});
    fact("memory writes since resetn fell", "%" PRIu64, writes);
    check(writes == 0, "resetn must write nothing");

    driver_.resume(saved_);
    unsigned gone = 0;
    for (const event_of_device &e : events_) {
        bench_.msi(e.device, e.event);
        check(bench_.settle(LIMIT), "the ITS must come to rest");
        gone += bench_.acknowledge(e.rd) == GIC500_SPURIOUS;
    }
    fact("new mappings that are gone", "%u of %zu; the ITS says: %s", gone, events_.size(),
         diary_.why_no_msi(device, 0, 0).c_str());
    check(gone == events_.size(), "what only the caches knew must be gone");
    events_ = kept;
    deliver("that were in memory");
}

// --- data for the pictures ----------------------------------------------------------------------------

void story::write_latency()
{
    file f = open("latency.dat", "w");
    std::fprintf(f.get(), "# cycles from, to  MSIs: accepted to pending, accepted to translated\n");
    const its_hist &total = counters_.latency[ITS_LATENCY_TOTAL];
    const its_hist &translate = counters_.latency[ITS_LATENCY_TRANSLATE];
    for (unsigned bin = 0; bin < ITS_HIST_BINS && its_hist_low(bin) <= total.max; bin++)
        std::fprintf(f.get(), "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
                     its_hist_low(bin), its_hist_high(bin), total.bin[bin], translate.bin[bin]);
}

void story::write_disable(uint64_t from)
{
    file f = open("disable.dat", "w");
    std::fprintf(f.get(), "# cycle  dirty lines  writes owed  writes sent  state  Quiescent\n");
    sample last = samples_.back();
    last.cycle = bench_.cycle(); // cycles in which nothing changes are skipped
    samples_.push_back(last);
    for (const sample &s : samples_)
        std::fprintf(f.get(), "%" PRIu64 " %u %u %" PRIu64 " %u %d\n", s.cycle - from, s.dirty,
                     s.owed, s.sent - samples_.front().sent, s.drain, s.quiescent);
}

} // namespace demo
