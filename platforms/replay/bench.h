// SPDX-License-Identifier: MIT
// bench.h - a GIC-500 with a memory, a bus master that stands for CPUs and devices, and resetn: what
// itsim-replay and other programs drive through the TLM sockets.
//
// Functions that let time pass must be called from a thread process.
#ifndef ITSIM_REPLAY_BENCH_H
#define ITSIM_REPLAY_BENCH_H

#include <cstdint>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>

#include "itsim/tlm/gic500.h"
#include "itsim/tlm/memory.h"

namespace replay {

// A word of the whole GIC's register map.
struct reg {
    its_frame frame;
    uint32_t offset;
    unsigned rd = 0;
};

class bench : public sc_core::sc_module {
public:
    // bus_bytes of the profile decides the width of the slave port; perturb, whether latencies of the
    // memory differ from access to access.
    bench(const sc_core::sc_module_name &name, const its_profile &profile, uint64_t memory_latency);
    ~bench() override;

    its::gic500_base &gic() { return *gic_; }
    its::memory_base &ram() { return ram_; }
    const sc_core::sc_time &period() const { return gic_->clock_period(); }
    uint64_t cycle() { return gic_->cycle(); }

    // One bus access of 2, 4 or 8 bytes; 8 bytes on a 32-bit port are two accesses, low half first.
    // False: an error response.
    bool write(const reg &at, uint64_t value, unsigned bytes = 4);
    bool read(const reg &at, uint64_t &value, unsigned bytes = 4);
    uint64_t read(const reg &at, unsigned bytes = 4); // 0 on an error response

    // A device writes `event` to GITS_TRANSLATER: through the DeviceID window, as MSI-64 or with a
    // device_id_ext, whichever the profile has.
    bool msi(uint32_t device, uint32_t event);

    // Lets cycles pass. False: simulated time would end.
    bool run(uint64_t cycles);
    // Until nothing is left to do, at most `limit` cycles. False: there still is.
    bool settle(uint64_t limit);
    void reset(uint64_t cycles);

    // Sets resetn and returns at once.
    void set_resetn(bool level) { resetn_.write(level); }

    // The CPU interface's acknowledge; GIC500_SPURIOUS when there is nothing to deliver.
    uint32_t acknowledge(unsigned rd) { return gic_->acknowledge(rd); }

private:
    struct master;
    template <unsigned BUSWIDTH>
    struct sized_master;

    bool transport(bool write, uint64_t address, uint64_t &value, unsigned bytes,
                   const uint32_t *device);
    bool access(bool write, const reg &at, uint64_t &value, unsigned bytes);
    uint64_t address_of(const reg &at) const;

    its::memory<64> ram_{"ram"};
    sc_core::sc_signal<bool> resetn_{"resetn", true};
    std::unique_ptr<master> master_;
    its::gic500_base *gic_ = nullptr;
};

} // namespace replay

#endif
