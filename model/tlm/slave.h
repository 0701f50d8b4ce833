// SPDX-License-Identifier: MIT
// slave.h - the initiator's side of the slave port: TLM transactions in, AXI4 channels out.
//
// Requests are offered on AW and W, or AR, in the order they came, each from a given edge on;
// responses find their request by AXI ID. Not a module: block calls it around every edge.
#ifndef ITSIM_TLM_SLAVE_H
#define ITSIM_TLM_SLAVE_H

#include <cstdint>
#include <memory>
#include <optional>
#include <tlm>
#include <vector>

#include "itsim/tlm/block.h"

namespace its {

class slave_port {
public:
    slave_port(block &owner, unsigned bus_bytes, bool whole_gic);

    void set_default_device(uint32_t device) { default_device_ = device; }
    void add(device_resolver r) { devices_.push_back(std::move(r)); }
    void add(attribute_resolver r) { attributes_.push_back(std::move(r)); }

    // TLM_OK_RESPONSE when the transaction is one that AXI can carry.
    tlm::tlm_response_status check(const tlm::tlm_generic_payload &trans) const;

    // Before a new transaction: posted ones of which it may not be known yet that they are over.
    void make_room();

    // One transaction through the pins; the caller is a thread and waits, unless it is posted. False: the
    // face became fast before it was offered, nothing was done.
    bool transport(tlm::tlm_generic_payload &trans);

    // nb_transport: begins at `edge`. With `posting`, true: it was posted and is over.
    bool begin(tlm::tlm_generic_payload &trans, uint64_t edge, bool posting);
    // nb_transport: END_RESP counts at `edge`. False when no response of this transaction is open.
    bool end(const tlm::tlm_generic_payload &trans, uint64_t edge);
    // nb_transport: the response of a transaction carried out without pins.
    void answer(tlm::tlm_generic_payload &trans, const sc_core::sc_time &delay);

    // The transaction in the fast face, one its_access a beat. Adds to `cycles` what it would take.
    void run_fast(tlm::tlm_generic_payload &trans, const its_memory &memory, uint64_t &cycles);
    // What has not been offered yet goes back to block, which has become fast: transport() returns
    // false, transactions of nb_transport are handed over here.
    [[gnu::cold]] std::vector<tlm::tlm_generic_payload *> turn_fast();

    // With `nothing_new` nothing is offered at this edge.
    void inputs(its_axi &pins, uint64_t edge, bool nothing_new);
    void transfers(const its_axi &pins);
    // resetn was low at this edge: everything begun by then gets an error response.
    [[gnu::cold]] void reset(uint64_t edge);
    // First edge after `edge` at which the port needs the clock, UINT64_MAX when none; or, `seen`, may do
    // something that is seen from outside: when its requests are offered is not, nor a response that nobody
    // waits for.
    uint64_t next(const its_axi &pins, uint64_t edge, bool seen) const;
    // Nothing was offered or posted that still waits for its response.
    bool idle() const;
    // Nobody waits for any response.
    bool all_posted() const { return slots_.size() - free_.size() == posted_; }

private:
    // Of a transaction of nb_transport: which phase it is in.
    enum class stage { asked, accepted, responding, answered };

    struct request {
        tlm::tlm_generic_payload *trans = nullptr;
        request *behind = nullptr; // waiting: the next one
        sc_core::sc_event done;
        sc_core::sc_time delay; // of BEGIN_RESP
        uint64_t number = 0;    // in the order they came
        uint64_t from_edge = 0;
        uint64_t answer_edge = 0; // answered: END_RESP counts from here on
        its_axi_address address{};
        unsigned beats = 0;
        unsigned beat = 0; // taken by W, or by R
        uint8_t resp = ITS_AXI_OKAY;
        slave_port::stage stage = stage::asked;
        bool used = false;
        bool write = false;
        bool nonblocking = false;
        bool on_pins = false;
        bool offered = false;
        bool aw_taken = false;
        bool finished = false;
        bool to_fast = false;
        bool nameless = false; // write to GITS_TRANSLATER without a DeviceID
        bool quiet = false;    // nothing to be seen before its response
        bool postable = false; // an MSI that is bufferable
        bool posted = false;   // its initiator was answered; the data is here:
        its_axi_w data{};
    };

    class hold;

    request &slot_for(tlm::tlm_generic_payload &trans);
    request &take(tlm::tlm_generic_payload &trans);
    void put_back(request &r);
    void enqueue(request &r, uint64_t edge);
    void withdraw(const request &r);
    void describe(request &r);
    bool may_be_posted(const request &r) const;
    [[gnu::cold]] std::vector<request *> begun_by(uint64_t edge);
    [[gnu::cold]] void cut_off(request &r);
    void post(request &r, uint64_t edge);
    [[gnu::cold]] void add_slot();
    [[gnu::noinline]] void look_up(uint64_t address);
    bool is_msi(uint64_t address, uint64_t length) const;
    [[gnu::noinline]] bool resolved(const tlm::tlm_generic_payload &trans, uint32_t &device) const;
    [[gnu::noinline]] void resolve(const tlm::tlm_generic_payload &trans,
                                   access_attributes &a) const;
    bool device_of(const tlm::tlm_generic_payload &trans, uint32_t &device) const;
    access_attributes attributes_of(const tlm::tlm_generic_payload &trans) const;
    its_axi_w write_beat(const request &r) const;
    void read_beat(request &r, const its_axi_r &beat) const;
    bool ready_for(request &r, uint64_t edge);
    [[gnu::noinline]] uint64_t needs_edge(const request &r, uint64_t edge, bool seen) const;
    static uint64_t first_seen(const request &r, uint64_t edge);
    uint64_t next_answer(const its_axi &pins, uint64_t edge, bool seen) const;
    void find_heads();
    void remove(const request &r);
    void leave(request &r);

    // Not at every edge: kept out of what is done there, which is to be short.
    [[gnu::noinline]] void offer(its_axi &pins, uint64_t edge);
    [[gnu::noinline]] void taken(const its_axi &pins);
    [[gnu::noinline]] void answered(its_axi &pins, uint64_t edge);
    [[gnu::noinline]] void read_answered(its_axi &pins, uint64_t edge);
    [[gnu::noinline]] void send_late();
    void accepted(request &r);
    void send_response(request &r);
    void finish(request &r);
    void set_status(request &r) const;
    [[gnu::cold]] void report_nameless(const request &r) const;
    [[gnu::cold]] void report_lost(unsigned writes) const;

    block &owner_;
    const unsigned bus_;
    const uint8_t bus_log2_;
    const bool whole_gic_;
    const uint32_t translater_; // where in its frame
    std::optional<uint32_t> default_device_;
    std::vector<device_resolver> devices_;
    std::vector<attribute_resolver> attributes_;
    std::vector<std::unique_ptr<request>> slots_; // place: AXI ID
    std::vector<uint16_t> free_;
    request *waiting_ = nullptr; // list of those not yet taken by the channels
    request **end_ = &waiting_;  // where the next one joins it
    request *aw_ = nullptr;      // the first of it for each channel
    request *w_ = nullptr;
    request *ar_ = nullptr;
    uint64_t taken_ = 0;          // requests so far
    unsigned posted_ = 0;         // of those under way
    std::vector<request *> late_; // responses to send without pins
    request *open_ = nullptr;     // BEGIN_RESP sent, no END_RESP yet
    uint64_t page_ = UINT64_MAX;  // of the address map, looked up last:
    bool translation_ = false;    // it takes MSIs
    bool window_ = false;         // and their addresses say which device
};

} // namespace its

#endif
