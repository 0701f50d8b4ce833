// SPDX-License-Identifier: MIT
// master.h - the memory's side of the master port: AXI4 bursts out of the core, TLM accesses to the
// socket m_axi, and their answers back on R and B.
//
// An access starts at the edge its last address or data beat is taken, and its answer is offered from
// the first edge after the latency on. Answers are ordered by that edge, then by the start, whether
// they came by DMI or from a thread. resetn does not touch this side: it is the bus that owes the
// answers. Not a module: block calls it around every edge.
#ifndef ITSIM_TLM_MASTER_H
#define ITSIM_TLM_MASTER_H

#include <cstdint>
#include <deque>
#include <memory>
#include <tlm>
#include <vector>

#include "itsim/tlm/block.h"

namespace its {

class master_port {
public:
    explicit master_port(block &owner) : owner_(owner) {}
    ~master_port();

    void set_dmi(bool use) { use_dmi_ = use; }
    void invalidate(uint64_t start, uint64_t end);

    void inputs(its_axi &pins, uint64_t edge);
    void transfers(const its_axi &pins);
    // First edge after `edge` at which the port needs the clock, UINT64_MAX when none.
    uint64_t next(uint64_t edge) const;

    // Memory for the fast face: at once, by DMI or by b_transport in the running thread. `spent`
    // grows by the latencies.
    its_memory immediate();
    sc_core::sc_time spent;

private:
    struct access {
        tlm::tlm_generic_payload trans;
        axi_id_ext id;
        sc_core::sc_event go;
        std::vector<uint8_t> data;
        std::vector<uint8_t> enables; // write with strobes missing
        its_axi_address address{};
        uint64_t due = 0;
        uint64_t order = 0;
        unsigned beats = 0;
        unsigned beat = 0;
        bool write = false;
        bool done = false;
        bool partial = false;
        bool has_thread = false;
    };

    access &take(const its_axi_address &address, bool write);
    void take_data(access &a, const its_axi_w &beat);
    void start(access &a);
    void prepare(access &a);
    void complete(access &a, const sc_core::sc_time &latency);
    void serve(access &a);
    bool through_dmi(uint64_t address, void *data, uint64_t length, bool write,
                     sc_core::sc_time &latency);
    void ask_dmi(tlm::tlm_generic_payload &trans);
    bool at_once(uint64_t address, void *data, unsigned length, unsigned id, bool write);
    access *choose(bool write, uint64_t edge);
    // Not at every edge: kept out of what is done there, which is to be short.
    [[gnu::noinline]] void answer(its_axi &pins, uint64_t edge);
    [[gnu::noinline]] void taken(const its_axi &pins);
    its_axi_r read_beat(const access &a) const;
    static uint8_t response_of(const access &a);

    block &owner_;
    std::vector<std::unique_ptr<access>> pool_;
    std::vector<access *> free_;
    std::vector<access *> pending_; // under way, answer not taken yet
    std::deque<access *> writes_;   // AW taken, data not complete
    std::deque<its_axi_w> early_;   // data taken before its AW
    access *r_ = nullptr;           // answers on the pins
    access *b_ = nullptr;
    std::vector<tlm::tlm_dmi> dmi_;
    tlm::tlm_generic_payload now_; // for at_once
    axi_id_ext now_id_;
    uint64_t order_ = 0;
    bool use_dmi_ = true;
};

} // namespace its

#endif
