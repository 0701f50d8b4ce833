/* SPDX-License-Identifier: MIT */
/*
 * machine.h - a gic500 with software and memory around it, clocked edge by edge, and everything that
 * watches it: the rule checker on both ports and the events, the accounts of MSIs and LPIs, the
 * reference. Any of them throws a violation when a property does not hold.
 */
#ifndef ITSIM_TESTS_FUZZ_MACHINE_H
#define ITSIM_TESTS_FUZZ_MACHINE_H

#include <functional>
#include <memory>
#include <vector>

#include "accounts.h"
#include "bus.h"
#include "its/wires.h"
#include "reference.h"
#include "software.h"
#include "watch/rules.h"

namespace fuzz {

/* Where software keeps its tables. */
enum : uint64_t {
    QUEUE = 0x40000000,
    DEVICES = 0x41000000,
    COLLECTIONS = 0x42000000,
    CONFIG = 0x43000000,
    PENDING = 0x44000000, /* + redistributor * 0x10000 */
    LEVEL2 = 0x46000000,  /* + page * 0x10000 */
    ITTS = 0x48000000,    /* + number * ITT_STEP */
    ITT_STEP = 0x400
};

constexpr uint32_t WAKER = 0x14; /* of frame GICR */

/* Everything around the model, as a value: what a rewind brings back. */
struct surroundings {
    bus memory_bus;
    software cpu;
    ram memory;
    reference shall;
    msi_accounts msis;
    lpi_accounts lpis;
    its_rules rules;
    gic500_pins pins{};
    uint64_t running[4] = {};  /* the command under way */
    uint32_t running_ref = 0;  /* 0: none */
    uint32_t running_code = 0; /* of its CMD_ERROR */
    bool running_fault = false;
    bool prepared = false;   /* the reference knows memory as of the enable under way */
    uint8_t state = ITS_OFF; /* as the events say */
    uint32_t queue_at = 0;   /* bytes: where software writes its next command */
    uint32_t itts = 0;       /* ITTs handed out */
    bool syserr = false;     /* the output is to be high in the next cycle */
};

class machine {
public:
    surroundings s;
    its_profile profile{};
    uint64_t edges = 0;                              /* of this input */
    uint64_t forward = 0;                            /* events that mean progress */
    std::function<void(const its_event &)> listener; /* of every event, for a trace; may be empty */

    explicit machine(const its_profile &p);
    machine(const machine &) = delete;
    machine &operator=(const machine &) = delete;

    gic500 *get() { return g_; }
    bool fast() const { return gic500_face(g_) == ITS_FACE_FAST; }

    /* One clock edge. `mute`: neither memory nor software begins anything. */
    void edge(bool mute = false);
    void run(uint64_t n);

    /* A register access: on the bus, or at once in the fast face. */
    void access(its_frame frame, unsigned rd, uint32_t offset, bool write, uint64_t value,
                unsigned bytes, int64_t device = -1, uint8_t prot = 0);
    void offer(const burst &b);
    /* An access, 4 bytes at a time when the bus is 4 bytes wide and bytes is 8. */
    void registers(its_frame frame, unsigned rd, uint32_t offset, bool write, uint64_t value,
                   unsigned bytes);
    uint64_t peek(its_frame frame, unsigned rd, uint32_t offset, unsigned bytes = 8)
    {
        return gic500_peek(g_, frame, rd, offset, bytes);
    }
    void msi(uint32_t device, uint32_t event);
    void acknowledge(unsigned rd);
    void drop_clean();
    void resetn(unsigned n);
    /* Software writes memory, not ITS tables: no questions asked. */
    void store(uint64_t address, uint64_t value, unsigned bytes);
    /* Software writes into a table, perhaps while the ITS is on. */
    void poke(uint64_t address, uint64_t value, unsigned bytes);

    /* Edges until the bus line of software is empty, at most n. */
    void wait_quiet(uint64_t n);
    /* Edges until nothing is left to do, at most n; false: not reached. */
    bool rest(uint64_t n);
    /* The bus answers everything from now on. */
    void release();
    /* What must hold at rest. */
    void check_rest();
    /* GITS_OPR: a translation on trial comes out as the reference says, where it knows. */
    void judge_trial(uint32_t device, uint32_t event);

    void save(std::vector<uint8_t> &bytes) const;
    void load(const std::vector<uint8_t> &bytes);
    /* Another instance in the same state, without a listener. */
    struct twin {
        std::shared_ptr<void> storage;
        gic500 *g;
    };
    twin copy() const;

    /* What the fast face works on, with faults; what questions are answered from, without. */
    its_memory fast_memory();
    its_memory plain_memory();

private:
    friend struct fast_host;
    its_access access_of(its_frame frame, unsigned rd, uint32_t offset, bool write, uint64_t value,
                         unsigned bytes, int64_t device, uint8_t prot) const;
    burst burst_of(const its_access &a) const;
    void fast_access(const its_access &a);
    void collect();
    void digest(const its_event &e);
    void state_event(const its_event &e);
    void command_event(const its_event &e);
    void command_done();
    void write_event(const its_event &e);
    void begin_reference();
    void off();
    void judge_rules();
    void judge_bus();
    void judge_reports();
    void judge_sleep();
    void lpi_access(const its_event &e);
    bool skip_idle();
    void fast_touch(unsigned id, bool bad, bool write);

    twin self_;
    gic500 *g_ = nullptr;
    std::vector<its_event> events_, batch_;
    std::vector<uint64_t> packets_; /* four words a CMD_START among the events */
    size_t packet_ = 0;
    uint8_t live_state_ = ITS_OFF; /* within a call of the fast face */
    bool was_fast_ = false;
    bool off_access_ = false;
};

} // namespace fuzz

#endif
