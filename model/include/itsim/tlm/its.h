// SPDX-License-Identifier: MIT
// its.h - SystemC module of the ITS alone, for people who have a GIC of their own. block.h says what
// s_axi, m_axi and resetn do; its address range is 128 KB: control page, translation page.
//
// Redistributors hang on two interfaces. rd is called once for every message, at the edge it leaves;
// the ITS has at most rd_credits messages unacknowledged at a redistributor. Every message is
// acknowledged in order, at that redistributor, by a call of rd_ack (several for RD_HAND_OVER, see
// wire/rdmsg.h); it counts at the next edge. resetn of the ITS and of the redistributors is one:
// acknowledgements on their way are forgotten.
#ifndef ITSIM_TLM_ITS_H
#define ITSIM_TLM_ITS_H

#include <deque>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <utility>

#include "itsim/its.h"
#include "itsim/tlm/block.h"

namespace its {

// Implemented by whoever has the redistributors.
class rd_if : public virtual sc_core::sc_interface {
public:
    virtual void message(const its_rd_out &message) = 0;
};

// Implemented by the ITS.
class rd_ack_if : public virtual sc_core::sc_interface {
public:
    virtual void acknowledge(const its_rd_in &ack) = 0;
};

class its_base : public block, public rd_ack_if {
public:
    sc_core::sc_port<rd_if> rd{"rd"};
    sc_core::sc_export<rd_ack_if> rd_ack{"rd_ack"};

    ~its_base() override;

protected:
    its_base(const sc_core::sc_module_name &name, unsigned bus_bytes);

    void create() override;
    void core_listen() override;
    void core_drive() override;
    void core_clock() override;
    uint64_t core_wake() const override;
    bool core_skip(uint64_t edges) override;
    uint64_t core_peek(const its_place &at, unsigned bytes) override;
    void extra_inputs(uint64_t edge) override;
    void extra_transfers() override;
    void extra_reset() override;
    uint64_t extra_next(uint64_t edge) const override;

private:
    void acknowledge(const its_rd_in &ack) override;

    its_block *core_ = nullptr;
    its_pins pins_{};
    std::deque<std::pair<uint64_t, its_rd_in>> acks_; // edge from which it is offered
};

// BUSWIDTH: data bits of s_axi, 32 or 64. MASTER_BUSWIDTH: template argument of the m_axi socket, for
// binding; the port is 64 bits wide either way.
template <unsigned BUSWIDTH = 32, unsigned MASTER_BUSWIDTH = 64>
class its : public its_base {
    static_assert(BUSWIDTH == 32 || BUSWIDTH == 64, "the slave port is 32 or 64 bits wide");

public:
    tlm_utils::simple_target_socket<its, BUSWIDTH> s_axi{"s_axi"};
    tlm_utils::simple_initiator_socket<its, MASTER_BUSWIDTH> m_axi{"m_axi"};

    explicit its(const sc_core::sc_module_name &name) : its_base(name, BUSWIDTH / 8)
    {
        s_axi.register_b_transport(this, &its::s_b_transport);
        s_axi.register_nb_transport_fw(this, &its::s_nb_transport_fw);
        s_axi.register_transport_dbg(this, &its::s_transport_dbg);
        m_axi.register_nb_transport_bw(this, &its::m_nb_transport_bw);
        m_axi.register_invalidate_direct_mem_ptr(this, &its::m_invalidate_direct_mem_ptr);
    }

private:
    tlm::tlm_bw_transport_if<> *s_backward() override { return s_axi.operator->(); }
    tlm::tlm_fw_transport_if<> *m_forward() override { return m_axi.operator->(); }
};

} // namespace its

#endif
