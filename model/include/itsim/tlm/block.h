// SPDX-License-Identifier: MIT
// block.h - what the SystemC modules its and gic500 have in common: the clock, resetn, the slave port
// s_axi, the master port m_axi, faces and parameters. Use gic500.h or its.h.
//
// Clock. Edges are at period, 2 * period, ...; there is no clock pin. Whatever comes from outside (a
// transaction, resetn, an acknowledgement) counts at the first edge after its time, so the cycle of
// every transaction is the same in the cycle and in the timed face.
//
// s_axi. b_transport waits the annotated delay first and returns at the edge of the response (fast
// face: at once, with the latency annotated). Any number of threads may call it at a time.
// nb_transport follows the base protocol; its phases are the handshakes of the pins:
//   BEGIN_REQ   AW and W, or AR, are offered at the next edge
//   END_REQ     those handshakes are complete
//   BEGIN_RESP  BVALID, or RVALID of the last beat
//   END_RESP    BREADY or RREADY at the next edge
// An MSI of one beat that is bufferable (requester.h) is posted: b_transport returns at once,
// nb_transport_fw returns TLM_COMPLETED, and the write goes its way to the pins alone, at the edges of
// one that is waited for. A method process may send MSIs so, by nb_transport_fw, when it is ready for
// phases as well: with 16 posted ones on their way, without a DeviceID, in reset, and in the fast face or
// on the way to it an MSI is a write like any other. What its initiator sends next may overtake it: a
// read at any time, a write while the ITS has no room for MSIs. Should a reset cut it off, a warning
// /its/slv says so. Until it is over the gic500 is not idle, and does not become fast.
// transport_dbg reads registers without side effects; debug writes return 0. No DMI.
//
// Accesses become AXI bursts: 1, 2, 4 or 8 bytes, or a multiple of the bus width up to 256 beats.
//   TLM_ADDRESS_ERROR_RESPONSE      outside the slave port's address range
//   TLM_BURST_ERROR_RESPONSE        any other length, a 4 KB boundary inside, streaming width below it
//   TLM_BYTE_ENABLE_ERROR_RESPONSE  byte enables
//   TLM_GENERIC_ERROR_RESPONSE      SLVERR; no DeviceID (with a report /its/slv); resetn was low
//
// m_axi. By DMI where it is granted, else one b_transport a thread for each AXI ID outstanding; either
// way data comes no earlier than the latency annotated or granted, so DMI changes neither time nor
// order. Each transaction has an axi_id_ext.
#ifndef ITSIM_TLM_BLOCK_H
#define ITSIM_TLM_BLOCK_H

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <utility>

#include "itsim/its.h"
#include "itsim/tlm/requester.h"

namespace its {

class slave_port;
class master_port;

// cycle: every edge is clocked. timed: the same cycles, idle ones skipped. fast: a call runs to
// completion (gic500 only).
enum class face_kind { cycle, timed, fast };

using event_sink = void (*)(void *host, const its_event *event);

class block : public sc_core::sc_module {
public:
    sc_core::sc_in<bool> resetn{"resetn"}; // active low; may stay unbound: 1

    // High for a cycle after an error that software asked to hear of (profile seis, GITS_FCTLR); the
    // interrupt for MSIs without a mapping (profile umsi 3). Each may stay unbound.
    sc_core::sc_out<bool> syserr{"syserr"};
    sc_core::sc_out<bool> umsi_irq{"umsi_irq"};

    ~block() override;
    block(const block &) = delete;
    block &operator=(const block &) = delete;

    // Parameters, until the end of elaboration. Keys are the fields of arch/profile.def. Whatever is
    // wrong is an SC_REPORT_ERROR with the id /its/param. Where that does not throw, the parameter stays
    // as it was; fields that contradict each other at the end of elaboration give way to preset gic500.
    void set(const std::string &key, const std::string &value);
    void set_profile(const its_profile &profile);          // bus_bytes stays as BUSWIDTH says
    void set_clock_period(const sc_core::sc_time &period); // default 1 ns
    void set_default_device_id(uint32_t device); // of writes that carry none; default: they fail
    void set_dmi(bool use);                      // default true

    // Events of the model; any time. Each carries its edge. With `late`, in the timed face, a call may
    // come after its edge, but not after the next thing that can be seen on a port or pin, or asked.
    void listen(event_sink sink, void *host, bool late = false);

    // DeviceID, security and privilege: the resolvers are asked in the order they were added, after
    // device_id_ext and attributes_ext.
    void add_device_resolver(device_resolver resolver);
    void add_attribute_resolver(attribute_resolver resolver);

    // "cycle", "timed" or "fast"; any time. From or to fast the change waits for an idle edge.
    void set_face(const std::string &name);
    void set_face(face_kind wanted);
    face_kind face() const; // in effect

    const its_profile &profile() const { return profile_; }
    const sc_core::sc_time &clock_period() const { return period_; }

    // Edges up to now.
    uint64_t cycle();

protected:
    block(const sc_core::sc_module_name &name, unsigned bus_bytes, bool whole_gic);

    // Calls of the sockets.
    void s_b_transport(tlm::tlm_generic_payload &trans, sc_core::sc_time &delay);
    tlm::tlm_sync_enum s_nb_transport_fw(tlm::tlm_generic_payload &trans, tlm::tlm_phase &phase,
                                         sc_core::sc_time &delay);
    unsigned s_transport_dbg(tlm::tlm_generic_payload &trans);
    tlm::tlm_sync_enum m_nb_transport_bw(tlm::tlm_generic_payload &trans, tlm::tlm_phase &phase,
                                         sc_core::sc_time &delay);
    void m_invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end);
    virtual tlm::tlm_bw_transport_if<> *s_backward() = 0;
    virtual tlm::tlm_fw_transport_if<> *m_forward() = 0;

    // The core. create() makes it and sets the pointers to its pins: s_pins_ ... umsi_irq_pin_.
    virtual void create() = 0;
    virtual void core_listen() = 0;
    virtual void core_drive() = 0;
    virtual void core_clock() = 0;
    virtual uint64_t core_wake() const = 0;
    virtual bool core_skip(uint64_t edges) = 0;

    // Edges that may be done late, if nothing comes in, because nobody can see one from outside (with
    // `answers`, a response of the slave port is seen); and doing them, with nothing offered, up to an
    // edge with a response. Returns how many; 0: none, they are done one by one.
    virtual uint64_t core_unseen(bool /*answers*/) const { return core_wake(); }
    virtual uint64_t core_run(uint64_t) { return 0; }
    virtual uint64_t core_peek(const its_place &at, unsigned bytes) = 0;

    // Pins of the module besides the two bus ports: inputs before an edge, transfers after it,
    // show() what differs from the levels shown last; the first edge at which they need the clock.
    // When extra_inputs() comes, the other inputs and the outputs before the edge are complete. They
    // are called if extra_ says so.
    virtual void extra_inputs(uint64_t) {}
    virtual void extra_transfers() {}
    [[gnu::cold]] virtual void extra_reset() {}
    virtual bool differ() const { return false; }
    virtual void show() {}
    virtual uint64_t extra_next(uint64_t) const { return UINT64_MAX; }

    // Fast face; false: the module has none.
    virtual bool has_fast_face() const { return false; }
    virtual bool in_fast_face() const { return false; }
    virtual bool core_idle() const { return false; }
    virtual void core_set_face(bool) {}
    virtual void core_fast_time(uint64_t) {}
    virtual its_access_result core_fast_access(const its_access &, const its_memory &, uint64_t &)
    {
        return {};
    }

    // Brings the core to the present: every edge up to now is done. Call it before looking at the
    // core or changing it from outside an edge; after a change, except in the fast face, touched():
    // with `rests` it changes levels of outputs at most, and the core does not go on from it.
    void catch_up();
    void touched(bool rests);
    // No transaction offered or posted waits for its response.
    bool port_idle() const;
    bool may_be_late() const { return (!sink_ || late_sink_) && !observed_; }

    // First edge after the time now + delay; asks for the clock at that edge.
    uint64_t edge_after(const sc_core::sc_time &delay) const;
    void need_edge(uint64_t edge);

    bool fast() const { return fast_; }
    // Takes the queue of one of the fast face; false when it is taken and the caller cannot wait.
    bool enter_fast();
    void leave_fast();

    // Memory without side effects, through transport_dbg of m_axi; and for the fast face, by DMI or
    // b_transport in the running process.
    its_memory debug_memory();
    its_memory immediate_memory();

    // Storage of the core, aligned as it wants it.
    void *allocate(size_t bytes);

    void before_end_of_elaboration() override;
    void end_of_elaboration() override;
    void start_of_simulation() override;

    its_profile profile_{};
    its_axi *s_pins_ = nullptr;
    its_axi *m_pins_ = nullptr;
    bool *resetn_pin_ = nullptr;
    const bool *syserr_pin_ = nullptr;
    const bool *umsi_irq_pin_ = nullptr;
    event_sink sink_ = nullptr;
    void *sink_host_ = nullptr;
    bool late_sink_ = false;
    bool observed_ = false; // somebody watches the pins: no edge is late
    bool extra_ = false;    // the extra_ functions have something to do

private:
    friend class slave_port;
    friend class master_port;

    void tick();
    void on_resetn();
    void publish_all();
    void show_all();
    void bring_to_present();
    bool skips_edges() const;
    void serve_fast();
    uint64_t present() const;
    void run_edge(uint64_t edge);
    void clock_edge(uint64_t edge);
    void skip_to(uint64_t edge);
    void skip(uint64_t edges);
    void schedule();
    bool want_fast() const { return wanted_ == face_kind::fast; }
    // Not in reset, and not when the face is to be fast: what waits then is carried out by call.
    bool takes_posts() const { return reset_next_ && !want_fast() && !asked_fast_; }
    [[gnu::cold]] bool change_face();
    [[gnu::cold]] void follow_face();
    void param_error(const std::string &what) const;
    bool may_set(const std::string &what) const;
    bool fast_transport(tlm::tlm_generic_payload &trans, sc_core::sc_time &delay);
    void queue_fast(tlm::tlm_generic_payload &trans, const sc_core::sc_time &start);

    const unsigned bus_bytes_;
    const bool whole_gic_;
    sc_core::sc_time period_;
    uint64_t period_value_ = 1;
    uint64_t last_edge_ = 0; // that time can express
    uint64_t space_ = 0;     // bytes of the slave port's address range
    mutable uint64_t present_value_ = 0;
    mutable uint64_t present_edge_ = 0;
    std::unique_ptr<unsigned char[]> storage_;
    std::unique_ptr<slave_port> slave_;
    std::unique_ptr<master_port> master_;
    std::unique_ptr<sc_core::sc_signal<bool>> resetn_stub_;
    std::unique_ptr<sc_core::sc_signal<bool>> syserr_stub_;
    std::unique_ptr<sc_core::sc_signal<bool>> umsi_irq_stub_;
    bool syserr_shown_ = false;
    bool umsi_irq_shown_ = false;
    std::deque<std::pair<tlm::tlm_generic_payload *, sc_core::sc_time>> fast_queue_;
    sc_core::sc_event tick_event_{"tick_event"};
    sc_core::sc_event show_event_{"show_event"};
    sc_core::sc_event fast_free_{"fast_free"};
    sc_core::sc_event fast_work_{"fast_work"};
    uint64_t edge_ = 0;               // last one done
    uint64_t tick_edge_ = UINT64_MAX; // tick_event_ comes at this one
    uint64_t scheduled_ = UINT64_MAX; // the next tick was found at this one
    uint64_t reset_edge_ = 0;         // resetn has the value reset_next_ from this edge on
    bool resetn_ = true;
    bool reset_next_ = false; // until it is read, at the start of the simulation
    bool driven_ = false;
    bool locked_ = false;
    bool in_edge_ = false;
    bool in_tick_ = false;
    bool fast_ = false;       // the face in effect
    bool asked_fast_ = false; // the face the core was asked for
    bool face_moves_ = false; // the core is to be asked for another, or may have taken it
    bool fast_busy_ = false;
    bool late_tick_ = false; // an edge came while a fast access was under way
    face_kind wanted_ = face_kind::timed;
};

} // namespace its

#endif
