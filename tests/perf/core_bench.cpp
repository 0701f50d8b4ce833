// SPDX-License-Identifier: MIT
// core_bench.cpp - speed of the C core: fast face and clocked face, in plain C++.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "arch/cmd.h"
#include "itsim/gic500.h"
#include "watch/counters.h"

namespace {

constexpr uint64_t RAM_BASE = 0x40000000, RAM_BYTES = 0x8000000;
constexpr uint64_t QUEUE = RAM_BASE, DEVICES = RAM_BASE + 0x100000,
                   COLLECTIONS = RAM_BASE + 0x900000, CONFIG = RAM_BASE + 0xa00000,
                   PENDING = RAM_BASE + 0xb00000, ITTS = RAM_BASE + 0x2000000;

// A whole GIC with flat memory behind call-backs, driven by the fast face; the clocked benchmarks
// switch the face once everything is mapped.
class machine {
public:
    explicit machine(const char *preset, unsigned redistributors = 4, unsigned intid_bits = 16,
                     unsigned event_cache_sets = 0)
        : ram_(static_cast<uint8_t *>(std::calloc(RAM_BYTES, 1)))
    {
        its_profile_preset(&profile_, preset);
        set("redistributors", redistributors);
        set("intid_bits", intid_bits);
        if (event_cache_sets)
            set("event_cache_sets", event_cache_sets);
        size_t bytes = gic500_size(&profile_);
        storage_.reset(static_cast<uint8_t *>(::operator new(bytes, std::align_val_t(64))));
        gic_ = gic500_create(storage_.get(), bytes, &profile_, nullptr);
        memory_ = {read, write, this};
        gic500_set_face(gic_, ITS_FACE_FAST);
        clock(1);
        std::memset(at(CONFIG), 0xa1, 65536);
        boot();
    }

    gic500 *get() { return gic_; }
    const its_memory *memory() const { return &memory_; }
    const its_profile &profile() const { return profile_; }

    void reg(its_frame frame, uint32_t offset, uint64_t value, unsigned bytes = 4, unsigned rd = 0)
    {
        if (bytes == 8) {
            reg(frame, offset, value & 0xffffffffu, 4, rd);
            reg(frame, offset + 4, value >> 32, 4, rd);
            return;
        }
        its_access a{};
        a.data = value;
        a.offset = offset;
        a.rd = uint16_t(rd);
        a.frame = uint8_t(frame);
        a.bytes = uint8_t(bytes);
        a.write = true;
        a.privileged = true;
        gic500_fast_access(gic_, &a, &memory_, 0, nullptr);
    }

    // `devices` devices of `events` events each, event e of device d to INTID 8192 + d * events + e.
    void map(unsigned devices, unsigned events)
    {
        unsigned bits = 1;
        while ((1u << bits) < events)
            bits++;
        for (unsigned d = 0; d < devices; d++) {
            its_cmd c{};
            c.opcode = ITS_CMD_MAPD;
            c.device = d;
            c.size = uint8_t(bits - 1);
            c.itt = ITTS + uint64_t(d) * ((8u << bits) < 256 ? 256 : 8u << bits);
            c.valid = true;
            command(c);
            for (unsigned e = 0; e < events; e++) {
                its_cmd m{};
                m.opcode = ITS_CMD_MAPTI;
                m.device = d;
                m.event = e;
                m.intid = 8192 + (d * events + e) % lpis();
                m.icid = uint16_t((d * events + e) % 4u % profile_.redistributors);
                command(m);
            }
        }
        publish();
    }

    unsigned lpis() const { return (1u << profile_.intid_bits) - 8192u; }

    bool msi(unsigned device, unsigned event)
    {
        return gic500_fast_msi(gic_, device, event, &memory_);
    }

    void clocked()
    {
        gic500_set_face(gic_, ITS_FACE_CLOCKED);
        clock(1);
    }

    // Edges with AXI memory of no latency behind the master port; an MSI at the slave port whenever
    // `next` gives one; a CPU acknowledges as soon as it sees an interrupt.
    template <class F>
    void run(uint64_t edges, F next)
    {
        while (edges--) {
            gic500_drive(gic_, &pins_);
            drive_memory();
            if (!host_aw_ && !host_w_ && next(&host_device_, &host_event_))
                host_aw_ = host_w_ = true;
            drive_host();
            gic500_clock(gic_, &pins_);
            if (its_fire(&pins_.s_axi.aw))
                host_aw_ = false;
            if (its_fire(&pins_.s_axi.w))
                host_w_ = false;
            clock_memory();
            if (pins_.lpi[0])
                gic500_acknowledge(gic_, unsigned(__builtin_ctzll(pins_.lpi[0])));
        }
    }

private:
    void set(const char *key, unsigned value)
    {
        its_profile_set(&profile_, key, std::to_string(value).c_str(), nullptr, 0);
    }
    uint8_t *at(uint64_t addr) { return ram_.get() + (addr - RAM_BASE); }
    static bool inside(uint64_t addr, unsigned bytes)
    {
        return addr >= RAM_BASE && addr + bytes <= RAM_BASE + RAM_BYTES;
    }
    static bool read(void *host, uint64_t addr, void *data, unsigned bytes, unsigned)
    {
        if (!inside(addr, bytes))
            return false;
        std::memcpy(data, static_cast<machine *>(host)->at(addr), bytes);
        return true;
    }
    static bool write(void *host, uint64_t addr, const void *data, unsigned bytes, unsigned)
    {
        if (!inside(addr, bytes))
            return false;
        std::memcpy(static_cast<machine *>(host)->at(addr), data, bytes);
        return true;
    }
    void clock(unsigned n)
    {
        pins_.resetn = true;
        while (n--) {
            gic500_drive(gic_, &pins_);
            gic500_clock(gic_, &pins_);
        }
    }
    void boot()
    {
        reg(ITS_FRAME_GICD, 0, 0x13);
        reg(ITS_FRAME_GITS, 0x100, 1ull << 63 | DEVICES | 2u << 8 | 0x7f, 8);
        if (profile_.collection_table)
            reg(ITS_FRAME_GITS, 0x108, 1ull << 63 | COLLECTIONS | 2u << 8 | 3u, 8);
        reg(ITS_FRAME_GITS, 0x80, 1ull << 63 | QUEUE | 0xffu, 8);
        for (unsigned rd = 0; rd < profile_.redistributors; rd++) {
            reg(ITS_FRAME_GICR, 0x14, 0, 4, rd);
            reg(ITS_FRAME_GICR, 0x70, CONFIG | (profile_.intid_bits - 1), 8, rd);
            reg(ITS_FRAME_GICR, 0x78, 1ull << 62 | (PENDING + rd * 0x10000ull), 8, rd);
            reg(ITS_FRAME_GICR, 0, 1, 4, rd);
        }
        reg(ITS_FRAME_GITS, 0, 1);
        for (unsigned rd = 0; rd < profile_.redistributors; rd++) {
            its_cmd c{};
            c.opcode = ITS_CMD_MAPC;
            c.icid = uint16_t(rd);
            c.rdbase = rd;
            c.valid = true;
            command(c);
        }
        publish();
    }
    void command(const its_cmd &c)
    {
        uint64_t dw[4];
        its_cmd_pack(&c, dw);
        std::memcpy(at(QUEUE + cwriter_), dw, sizeof dw);
        cwriter_ = (cwriter_ + 32) & 0xfffff;
        if (cwriter_ % 0x8000 == 0)
            publish();
    }
    void publish() { reg(ITS_FRAME_GITS, 0x88, cwriter_); }

    void drive_memory()
    {
        its_axi &p = pins_.m_axi;
        p.ar.ready = !reading_;
        p.aw.ready = !aw_ && !b_;
        p.w.ready = !w_ && !b_;
        p.r.valid = reading_;
        if (reading_) {
            uint64_t a = ar_.addr + (uint64_t(beat_) << ar_.size), word = 0;
            read(this, a & ~7ull, &word, 8, 0);
            p.r.d = {word, ar_.id, ITS_AXI_OKAY, beat_ == ar_.len};
        }
        p.b.valid = b_;
        p.b.d = {awd_.id, ITS_AXI_OKAY};
    }
    void clock_memory()
    {
        const its_axi &p = pins_.m_axi;
        if (its_fire(&p.r)) {
            beat_++;
            reading_ = !p.r.d.last;
        }
        if (its_fire(&p.ar)) {
            ar_ = p.ar.d;
            beat_ = 0;
            reading_ = true;
        }
        if (its_fire(&p.b))
            b_ = false;
        if (its_fire(&p.aw)) {
            awd_ = p.aw.d;
            aw_ = true;
        }
        if (its_fire(&p.w)) {
            wd_ = p.w.d;
            w_ = true;
        }
        if (aw_ && w_) {
            uint8_t *to = at(awd_.addr & ~7ull);
            for (unsigned i = 0; i < 8; i++)
                if ((wd_.strb >> i) & 1)
                    to[i] = uint8_t(wd_.data >> (8 * i));
            aw_ = w_ = false;
            b_ = true;
        }
    }
    void drive_host()
    {
        its_axi &p = pins_.s_axi;
        p.aw.valid = host_aw_;
        p.aw.d.addr = 0x30040;
        p.aw.d.size = 2;
        p.aw.d.burst = ITS_AXI_INCR;
        p.aw.d.prot = ITS_AXI_NONSECURE;
        p.aw.d.device = host_device_;
        p.aw.d.has_device = true;
        p.w.valid = host_w_;
        p.w.d = {host_event_, 15, true};
        p.b.ready = true;
        p.r.ready = true;
        p.ar.valid = false;
    }

    struct release {
        void operator()(uint8_t *p) const { ::operator delete(p, std::align_val_t(64)); }
    };
    its_profile profile_{};
    struct freed {
        void operator()(uint8_t *p) const { std::free(p); }
    };
    std::unique_ptr<uint8_t, freed> ram_; // the system gives pages when they are touched
    std::unique_ptr<uint8_t, release> storage_;
    gic500 *gic_ = nullptr;
    its_memory memory_{};
    gic500_pins pins_{};
    uint32_t cwriter_ = 0, host_device_ = 0, host_event_ = 0;
    its_axi_address ar_{}, awd_{};
    its_axi_w wd_{};
    unsigned beat_ = 0;
    bool reading_ = false, aw_ = false, w_ = false, b_ = false, host_aw_ = false, host_w_ = false;
};

void fast_already_pending(benchmark::State &state)
{
    machine m("gic500");
    m.map(4, 8);
    for (unsigned i = 0; i < 32; i++)
        m.msi(i / 8, i % 8);
    unsigned i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(m.msi(i / 8 % 4, i % 8));
        i++;
    }
    state.SetItemsProcessed(state.iterations());
}

// 16 LPIs become pending at each redistributor, then all are acknowledged outside the timed part. The
// event cache is large enough for them. Stopping the clock is timed, too: as long as a dozen MSIs.
void fast_newly_pending(benchmark::State &state)
{
    machine m("gic500", 4, 16, 256);
    m.map(4, 16);
    while (state.KeepRunningBatch(64)) {
        for (unsigned i = 0; i < 64; i++)
            benchmark::DoNotOptimize(m.msi(i / 16, i % 16));
        state.PauseTiming();
        for (unsigned rd = 0; rd < 4; rd++)
            while (gic500_fast_acknowledge(m.get(), rd, m.memory()) != GIC500_SPURIOUS)
                ;
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations());
}

void fast_msi_acknowledge(benchmark::State &state)
{
    machine m("gic500", 4, unsigned(state.range(0)));
    m.map(4, 8);
    unsigned i = 0;
    for (auto _ : state) {
        m.msi(i / 8 % 4, i % 8);
        benchmark::DoNotOptimize(gic500_fast_acknowledge(m.get(), i % 4, m.memory()));
        i++;
    }
    state.SetItemsProcessed(state.iterations());
}

void fast_every_cache_missing(benchmark::State &state)
{
    machine m("flat");
    m.map(64, 32);
    unsigned i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(m.msi(i % 64, 7));
        i += 17;
    }
    state.SetItemsProcessed(state.iterations());
}

void fast_mapped(benchmark::State &state)
{
    machine m("gic500");
    m.map(unsigned(state.range(0)) / 32u, 32);
    unsigned i = 0;
    for (auto _ : state) {
        m.msi(0, i % 32);
        benchmark::DoNotOptimize(gic500_fast_acknowledge(m.get(), i % 4, m.memory()));
        i++;
    }
    state.SetItemsProcessed(state.iterations());
}

// An MSI every 8 cycles, from random events of the first `devices` devices of 32 events.
void busy(benchmark::State &state, machine &m, uint32_t devices)
{
    m.clocked();
    uint64_t edge = 0;
    uint32_t seed = 1;
    auto next = [&](uint32_t *device, uint32_t *event) {
        if (edge++ % 8)
            return false;
        seed = seed * 1664525u + 1013904223u;
        *device = (seed >> 24) % devices;
        *event = (seed >> 16) & 31;
        return true;
    };
    while (state.KeepRunningBatch(4096))
        m.run(4096, next);
    state.SetItemsProcessed(state.iterations());
}

void cycle_busy(benchmark::State &state)
{
    machine m("gic500", unsigned(state.range(0)));
    m.map(64, 32);
    busy(state, m, 64);
}

void cycle_mapped(benchmark::State &state)
{
    machine m("gic500");
    m.map(unsigned(state.range(0)) / 32u, 32);
    busy(state, m, 16);
}

// With a listener that counts everything and keeps the latencies of all MSIs.
void cycle_busy_counted(benchmark::State &state)
{
    machine m("gic500");
    auto counters = std::make_unique<its_counters>();
    m.map(64, 32);
    gic500_listen(m.get(), its_counters_sink, counters.get());
    busy(state, m, 64);
}

void fast_already_pending_counted(benchmark::State &state)
{
    machine m("gic500");
    auto counters = std::make_unique<its_counters>();
    m.map(4, 8);
    gic500_listen(m.get(), its_counters_sink, counters.get());
    unsigned i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(m.msi(i / 8 % 4, i % 8));
        i++;
    }
    state.SetItemsProcessed(state.iterations());
}

BENCHMARK(fast_already_pending);
BENCHMARK(fast_already_pending_counted);
BENCHMARK(fast_newly_pending);
BENCHMARK(fast_msi_acknowledge)->Arg(14)->Arg(16);
BENCHMARK(fast_every_cache_missing);
BENCHMARK(fast_mapped)->Arg(1000)->Arg(50000);
BENCHMARK(cycle_busy)->Arg(4)->Arg(128);
BENCHMARK(cycle_busy_counted);
BENCHMARK(cycle_mapped)->Arg(1000)->Arg(50000);

} // namespace
