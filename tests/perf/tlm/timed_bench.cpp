// SPDX-License-Identifier: MIT
// timed_bench.cpp - speed of the SystemC module gic500 in the timed face.
#include <benchmark/benchmark.h>

#define SC_INCLUDE_DYNAMIC_PROCESSES

#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <vector>

#include "arch/cmd.h"
#include "itsim/tlm/gic500.h"
#include "itsim/tlm/memory.h"

namespace {

constexpr uint64_t QUEUE = 0x40000000, DEVICES = 0x41000000, CONFIG = 0x42000000,
                   PENDING = 0x43000000, ITTS = 0x44000000, TRANSLATER = 0x30040;
constexpr unsigned CPUS = 4, EVENTS = 8, OTHER_EVENTS = 32;
constexpr uint32_t QUEUE_BYTES = 0x10000;

// CPU n with device n: the device sends an MSI, the CPU takes its interrupt and acknowledges it. Either
// devices are method processes that post their MSIs by nb_transport, or threads that wait for the
// response of b_transport and then for the interrupt. About `mapped` events are mapped, of which these
// use 32.
class system_on_chip : public sc_core::sc_module, tlm::tlm_mm_interface {
public:
    its::gic500<> gic{"gic"};
    its::memory<> ram{"ram"};
    tlm_utils::simple_initiator_socket<system_on_chip> bus{"bus"};
    sc_core::sc_vector<sc_core::sc_signal<bool>> irq{"irq", CPUS};

    system_on_chip(const sc_core::sc_module_name &name, unsigned mapped)
        : sc_module(name), others_((mapped - CPUS * EVENTS) / OTHER_EVENTS)
    {
        bus.bind(gic.s_axi);
        gic.m_axi.bind(ram.socket);
        for (unsigned n = 0; n < CPUS; n++)
            gic.lpi[n].bind(irq[n]);
        ram.add_ram(QUEUE, 0x10000000);
        ram.set_latency(sc_core::sc_time(10, sc_core::SC_NS));
        for (unsigned n = 0; n < CPUS; n++) {
            msis_.push_back(
                std::make_unique<transfer>(*this, tlm::TLM_WRITE_COMMAND, 100 + n, true));
            sc_core::sc_spawn_options method;
            method.spawn_method();
            method.dont_initialize();
            method.set_sensitivity(&irq[n].posedge_event());
            method.set_sensitivity(&start_);
            sc_core::sc_spawn([this, n] { next(n); }, ("device" + std::to_string(n)).c_str(),
                              &method);
            waited_for_.push_back(
                std::make_unique<transfer>(*this, tlm::TLM_WRITE_COMMAND, 100 + n));
            sc_core::sc_spawn([this, n] { thread(n); }, ("thread" + std::to_string(n)).c_str());
        }
    }

    // After elaboration, before anything else.
    void boot()
    {
        sc_core::sc_start(1, sc_core::SC_NS); // the thread comes to where it waits
        threads_ = 1;
        task_ = [this](unsigned) { program(); };
        wake(go_);
    }

    // Each CPU takes `each` interrupts of posted MSIs; returns when all have arrived.
    void posted(uint64_t each)
    {
        each_ = each;
        running_ = CPUS;
        for (uint64_t &sent : sent_)
            sent = 0;
        wake(start_);
    }

    // `cpus` of them take `each` interrupts whose MSIs are waited for.
    void waiting(unsigned cpus, uint64_t each)
    {
        threads_ = cpus;
        task_ = [this, each](unsigned n) {
            for (uint64_t i = 0; i < each; i++)
                deliver(n, i);
        };
        wake(go_);
    }

    uint64_t missed() const { return missed_; }

private:
    // A write or read of 4 bytes that is used again and again.
    class transfer {
    public:
        transfer(system_on_chip &soc, tlm::tlm_command command, uint32_t device = 0,
                 bool bufferable = false)
            : soc_(soc), id_(device)
        {
            attributes_.attributes.bufferable = bufferable;
            trans_.set_mm(&soc);
            trans_.acquire();
            trans_.set_command(command);
            trans_.set_data_ptr(reinterpret_cast<unsigned char *>(&value_));
            trans_.set_data_length(4);
            trans_.set_streaming_width(4);
            trans_.set_extension(&id_);
            trans_.set_extension(&attributes_);
        }
        ~transfer()
        {
            trans_.clear_extension(&id_);
            trans_.clear_extension(&attributes_);
        }
        transfer(const transfer &) = delete;
        transfer &operator=(const transfer &) = delete;

        uint32_t run(uint64_t address, uint32_t value)
        {
            sc_core::sc_time delay;
            prepare(address, value);
            soc_.bus->b_transport(trans_, delay);
            if (delay != sc_core::SC_ZERO_TIME)
                sc_core::wait(delay);
            return value_;
        }
        // False: it was not posted.
        bool post(uint64_t address, uint32_t value)
        {
            sc_core::sc_time delay;
            tlm::tlm_phase phase = tlm::BEGIN_REQ;
            prepare(address, value);
            return soc_.bus->nb_transport_fw(trans_, phase, delay) == tlm::TLM_COMPLETED;
        }

    private:
        void prepare(uint64_t address, uint32_t value)
        {
            value_ = value;
            trans_.set_address(address);
            trans_.set_dmi_allowed(false);
            trans_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
        }

        system_on_chip &soc_;
        tlm::tlm_generic_payload trans_;
        its::device_id_ext id_;
        its::attributes_ext attributes_;
        uint32_t value_ = 0;
    };

    void free(tlm::tlm_generic_payload *) override {} // all live as long as this

    void wake(sc_core::sc_event &event)
    {
        event.notify(sc_core::SC_ZERO_TIME);
        sc_core::sc_start();
    }

    void thread(unsigned n)
    {
        for (;;) {
            wait(go_);
            if (n >= threads_)
                continue;
            task_(n);
            if (++done_ < threads_)
                continue;
            done_ = 0;
            sc_core::sc_pause();
        }
    }

    uint32_t intid(unsigned n, uint64_t i) const
    {
        return 8192 + n * EVENTS + static_cast<uint32_t>(i % EVENTS);
    }

    // Method process of CPU n and its device.
    void next(unsigned n)
    {
        uint64_t &sent = sent_[n];
        if (running_ == 0)
            return; // the threads have the interrupts
        if (!irq[n].read() ? sent > 0 : gic.acknowledge(n) != intid(n, sent - 1))
            missed_++;
        if (sent < each_)
            missed_ += !msis_[n]->post(TRANSLATER, static_cast<uint32_t>(sent++ % EVENTS));
        else if (--running_ == 0)
            sc_core::sc_pause();
    }

    // The level of the LPI before has fallen by the time the write is answered.
    void deliver(unsigned n, uint64_t i)
    {
        waited_for_[n]->run(TRANSLATER, static_cast<uint32_t>(i % EVENTS));
        while (!irq[n].read())
            wait(irq[n].posedge_event());
        missed_ += gic.acknowledge(n) != intid(n, i);
    }

    uint32_t access(uint64_t address, uint32_t value, tlm::tlm_command command)
    {
        return transfer(*this, command).run(address, value);
    }
    void write(its_frame frame, unsigned rd, uint32_t offset, uint64_t value, unsigned bytes = 4)
    {
        uint64_t at = its_map_address(&gic.profile(), frame, rd, offset);
        access(at, static_cast<uint32_t>(value), tlm::TLM_WRITE_COMMAND);
        if (bytes == 8)
            access(at + 4, static_cast<uint32_t>(value >> 32), tlm::TLM_WRITE_COMMAND);
    }
    uint32_t read(its_frame frame, unsigned rd, uint32_t offset)
    {
        return access(its_map_address(&gic.profile(), frame, rd, offset), 0, tlm::TLM_READ_COMMAND);
    }
    void command(its_cmd c)
    {
        uint64_t dw[ITS_CMD_WORDS];
        its_cmd_pack(&c, dw);
        ram.store(QUEUE + cwriter_, dw, sizeof dw); // little-endian host
        cwriter_ = (cwriter_ + ITS_CMD_BYTES) % QUEUE_BYTES;
        if (cwriter_ % (QUEUE_BYTES / 2) == 0)
            consume();
    }
    void consume()
    {
        write(ITS_FRAME_GITS, 0, 0x88, cwriter_);
        while (read(ITS_FRAME_GITS, 0, 0x90) != cwriter_)
            wait(1, sc_core::SC_US);
    }
    void map_device(uint32_t device, uint64_t itt, unsigned events, uint32_t intid, unsigned cpu)
    {
        its_cmd d{};
        d.opcode = ITS_CMD_MAPD;
        d.device = device;
        d.size = 4;
        d.itt = itt;
        d.valid = true;
        command(d);
        for (uint32_t e = 0; e < events; e++) {
            its_cmd t{};
            t.opcode = ITS_CMD_MAPTI;
            t.device = device;
            t.event = e;
            t.intid = intid + e;
            t.icid = static_cast<uint16_t>(cpu);
            command(t);
        }
    }

    void program()
    {
        ram.fill(CONFIG, 0x10000, 0xa1);
        write(ITS_FRAME_GICD, 0, 0, 0x13);
        write(ITS_FRAME_GITS, 0, 0x100, 1ull << 63 | DEVICES | 2u << 8, 8);
        write(ITS_FRAME_GITS, 0, 0x80, 1ull << 63 | QUEUE | 15u, 8);
        write(ITS_FRAME_GITS, 0, 0x88, 0, 8);
        for (unsigned n = 0; n < CPUS; n++) {
            write(ITS_FRAME_GICR, n, 0x14, 0);
            write(ITS_FRAME_GICR, n, 0x70, CONFIG | 15u, 8);
            write(ITS_FRAME_GICR, n, 0x78, 1ull << 62 | (PENDING + n * 0x10000ull), 8);
            write(ITS_FRAME_GICR, n, 0x00, 1);
        }
        write(ITS_FRAME_GITS, 0, 0, 1);
        for (unsigned n = 0; n < CPUS; n++) {
            its_cmd c{};
            c.opcode = ITS_CMD_MAPC;
            c.icid = static_cast<uint16_t>(n);
            c.rdbase = n;
            c.valid = true;
            command(c);
        }
        for (unsigned n = 0; n < others_; n++)
            map_device(1000 + n, ITTS + 0x10000 + n * 0x100ull, OTHER_EVENTS,
                       8192 + CPUS * EVENTS + n * OTHER_EVENTS, n % CPUS);
        for (unsigned n = 0; n < CPUS; n++)
            map_device(100 + n, ITTS + n * 0x1000ull, EVENTS, 8192 + n * EVENTS, n);
        consume();
        wait(10, sc_core::SC_US);
    }

    sc_core::sc_event go_{"go"}, start_{"start"};
    std::function<void(unsigned)> task_; // of the threads
    std::vector<std::unique_ptr<transfer>> msis_, waited_for_;
    unsigned threads_ = 0, done_ = 0; // that have a task, and have done it
    const unsigned others_;           // mapped devices that send nothing
    unsigned running_ = 0;            // CPUs that wait for more
    uint64_t each_ = 0, missed_ = 0;
    uint64_t sent_[CPUS] = {};
    uint32_t cwriter_ = 0;
};

// SystemC elaborates once a process: all benchmarks share these.
struct chips {
    system_on_chip bare{"bare", CPUS *EVENTS}, few{"few", 1000}, many{"many", 50000};

    chips()
    {
        bare.boot();
        few.boot();
        many.boot();
    }
};

chips &all()
{
    static chips c;
    return c;
}

// `threads` that wait for their responses; 0: every device posts.
void deliver(benchmark::State &state, system_on_chip &c, unsigned threads)
{
    constexpr uint64_t batch = 1024;
    uint64_t missed = c.missed();
    while (state.KeepRunningBatch(static_cast<int64_t>(batch * (threads ? threads : CPUS)))) {
        if (threads)
            c.waiting(threads, batch);
        else
            c.posted(batch);
    }
    if (c.missed() != missed)
        state.SkipWithError("an interrupt was not the expected one");
    state.SetItemsProcessed(state.iterations());
}

void timed_posted(benchmark::State &state)
{
    deliver(state, all().bare, 0);
}

void timed_waiting(benchmark::State &state)
{
    deliver(state, all().bare, static_cast<unsigned>(state.range(0)));
}

void timed_mapped(benchmark::State &state)
{
    deliver(state, state.range(0) == 1000 ? all().few : all().many, 0);
}

void timed_idle(benchmark::State &state)
{
    system_on_chip &c = all().bare;
    uint64_t cycles = 0;
    for (auto _ : state) {
        uint64_t from = c.gic.cycle();
        sc_core::sc_start(1, sc_core::SC_MS);
        cycles += c.gic.cycle() - from;
    }
    state.SetItemsProcessed(static_cast<int64_t>(cycles));
}

BENCHMARK(timed_posted);
BENCHMARK(timed_waiting)->Arg(4)->Arg(1);
BENCHMARK(timed_mapped)->Arg(1000)->Arg(50000);
BENCHMARK(timed_idle);

} // namespace
