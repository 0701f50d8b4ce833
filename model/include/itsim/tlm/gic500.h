// SPDX-License-Identifier: MIT
// gic500.h - SystemC module of the whole GIC-500: the ITS, its redistributors and what exists of the
// distributor, behind one slave port, one master port and one resetn. block.h says what the ports do.
//
//   its::gic500<> gic("gic");
//   gic.set("redistributors", "8");
//   gic.m_axi.bind(memory.socket);
//   bus.socket.bind(gic.s_axi);
//   gic.lpi[0].bind(irq);
#ifndef ITSIM_TLM_GIC500_H
#define ITSIM_TLM_GIC500_H

#include <functional>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <vector>

#include "itsim/gic500.h"
#include "itsim/tlm/block.h"

namespace its {

class gic500_base : public block {
public:
    static constexpr unsigned most_redistributors = 128;

    // Bit n: redistributor n has an LPI to deliver; an LPI waits for a sleeping PE. Each may stay
    // unbound; those that are bound and have no redistributor get a warning.
    sc_core::sc_vector<sc_core::sc_out<bool>> lpi{"lpi", most_redistributors};
    sc_core::sc_vector<sc_core::sc_out<bool>> wake_request{"wake_request", most_redistributors};

    ~gic500_base() override;

    // The CPU interface of redistributor n takes its best LPI: its INTID, or GIC500_SPURIOUS (also when
    // there is no such redistributor). In the
    // fast face it waits for an access under way (a method process gets GIC500_SPURIOUS instead) and
    // may itself access m_axi.
    uint32_t acknowledge(unsigned n);

    // Is the LPI pending there, on chip or in the pending table in memory?
    bool pending(unsigned n, uint32_t intid);

    gic500_status look();        // idle: no MSI that was posted is on its way, either
    unsigned drop_clean_lines(); // returns how many were dropped
    // Of the whole state at the present edge. AXI IDs of what is under way are not the same in all faces.
    uint64_t digest();

    // Called before every edge that is clocked, with all pins: for waveforms. Empty: no more.
    using observer = std::function<void(const gic500_pins &pins, const gic500_status &status)>;
    void set_observer(observer o);

protected:
    gic500_base(const sc_core::sc_module_name &name, unsigned bus_bytes);

    void create() override;
    void core_listen() override;
    void core_drive() override;
    void core_clock() override;
    uint64_t core_wake() const override;
    bool core_skip(uint64_t edges) override;
    uint64_t core_unseen(bool answers) const override;
    uint64_t core_run(uint64_t edges) override;
    uint64_t core_peek(const its_place &at, unsigned bytes) override;
    void extra_inputs(uint64_t edge) override;
    bool differ() const override;
    void show() override;
    bool has_fast_face() const override { return true; }
    bool in_fast_face() const override;
    bool core_idle() const override;
    void core_set_face(bool fast) override;
    void core_fast_time(uint64_t edge) override;
    its_access_result core_fast_access(const its_access &access, const its_memory &memory,
                                       uint64_t &latency) override;
    void before_end_of_elaboration() override;

private:
    using outputs = sc_core::sc_vector<sc_core::sc_out<bool>>;
    using stub = sc_core::sc_signal<bool, sc_core::SC_MANY_WRITERS>;

    // Levels of 64 outputs, from ports[first] on.
    struct levels {
        const uint64_t *now;
        outputs *ports;
        unsigned first;
        uint64_t bound = 0; // the others are not shown
        uint64_t shown = 0;

        uint64_t changed() const { return (*now ^ shown) & bound; }
    };

    void bind_stubs(levels &l);
    void look_for_idle_outputs() const;
    static void write(levels &l);

    ::gic500 *core_ = nullptr;
    gic500_pins pins_{};
    observer observer_;
    std::unique_ptr<stub> stub_;
    std::vector<levels> levels_; // those with a bound output
};

// BUSWIDTH: data bits of s_axi, 32 or 64. MASTER_BUSWIDTH: template argument of the m_axi socket, for
// binding; the port is 64 bits wide either way.
template <unsigned BUSWIDTH = 32, unsigned MASTER_BUSWIDTH = 64>
class gic500 : public gic500_base {
    static_assert(BUSWIDTH == 32 || BUSWIDTH == 64, "the slave port is 32 or 64 bits wide");

public:
    tlm_utils::simple_target_socket<gic500, BUSWIDTH> s_axi{"s_axi"};
    tlm_utils::simple_initiator_socket<gic500, MASTER_BUSWIDTH> m_axi{"m_axi"};

    explicit gic500(const sc_core::sc_module_name &name) : gic500_base(name, BUSWIDTH / 8)
    {
        s_axi.register_b_transport(this, &gic500::s_b_transport);
        s_axi.register_nb_transport_fw(this, &gic500::s_nb_transport_fw);
        s_axi.register_transport_dbg(this, &gic500::s_transport_dbg);
        m_axi.register_nb_transport_bw(this, &gic500::m_nb_transport_bw);
        m_axi.register_invalidate_direct_mem_ptr(this, &gic500::m_invalidate_direct_mem_ptr);
    }

private:
    tlm::tlm_bw_transport_if<> *s_backward() override { return s_axi.operator->(); }
    tlm::tlm_fw_transport_if<> *m_forward() override { return m_axi.operator->(); }
};

} // namespace its

#endif
