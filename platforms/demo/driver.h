// SPDX-License-Identifier: MIT
// driver.h - software of the demo: what an ITS driver does, register by register, on the machine that
// the Linux boot left behind. It works on the same command queue and the same tables.
#ifndef ITSIM_DEMO_DRIVER_H
#define ITSIM_DEMO_DRIVER_H

#include <cstdint>
#include <stdexcept>
#include <vector>

#include "arch/cmd.h"
#include "bench.h"

namespace demo {

// The hardware did not do what a driver relies on.
class failure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What power-down firmware and the driver save, and what they need to come back.
struct saved_registers {
    struct redistributor {
        uint64_t propbaser = 0;
        uint64_t pendbaser = 0;
    };
    uint64_t cbaser = 0;
    uint64_t baser0 = 0;
    uint32_t gicd_ctlr = 0;
    std::vector<redistributor> redistributors;
};

class driver {
public:
    explicit driver(replay::bench &b) : bench_(b) {}

    // Commands gather in the queue until post(), which moves GITS_CWRITER and polls GITS_CREADR.
    void mapd(uint32_t device, unsigned event_bits, uint64_t itt);
    void mapti(uint32_t device, uint32_t event, uint32_t intid, uint16_t icid);
    void mapc(uint16_t icid, unsigned rd);
    void inv(uint32_t device, uint32_t event);
    void invall(uint16_t icid);
    void sync(unsigned rd);
    void post();

    saved_registers save();
    // GITS_CTLR.Enabled := 0; Quiescent must read 0 at least once or be 1 at once; polls until it is 1.
    // Returns how often it read 0.
    unsigned disable();
    // After power came back: redistributors first, as firmware does (PENDBASER with PTZ 0), then the
    // ITS as Linux resumes it: CBASER, CWRITER 0, BASER0, Enabled. Collections live in the hardware of
    // a GIC-500 and are mapped again.
    void resume(const saved_registers &s);

    unsigned redistributors() const;

private:
    void put(const its_cmd &c);
    void wait_for(const replay::reg &at, uint64_t mask, uint64_t value, const char *what);

    replay::bench &bench_;
    std::vector<its_cmd> queued_;
};

} // namespace demo

#endif
