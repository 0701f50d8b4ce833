// SPDX-License-Identifier: MIT
// its.cpp - the ITS core inside its SystemC module.
#include "itsim/tlm/its.h"

#include <algorithm>

namespace its {

its_base::its_base(const sc_core::sc_module_name &name, unsigned bus_bytes)
    : block(name, bus_bytes, false)
{
    rd_ack.bind(*this);
    extra_ = true;
}

its_base::~its_base() = default;

void its_base::create()
{
    size_t bytes = its_size(&profile_);
    its_status status;

    core_ = its_create(allocate(bytes), bytes, &profile_, &status);
    if (!core_) {
        SC_REPORT_FATAL("/its/param", its_strerror(status));
        return;
    }
    pins_.resetn = true;
    s_pins_ = &pins_.s_axi;
    m_pins_ = &pins_.m_axi;
    resetn_pin_ = &pins_.resetn;
    syserr_pin_ = &pins_.syserr;
    umsi_irq_pin_ = &pins_.umsi_irq;
}

void its_base::core_listen()
{
    its_listen(core_, sink_, sink_host_);
}

void its_base::core_drive()
{
    its_drive(core_, &pins_);
}

void its_base::core_clock()
{
    its_clock(core_, &pins_);
}

uint64_t its_base::core_wake() const
{
    return its_wake(core_);
}

bool its_base::core_skip(uint64_t edges)
{
    return its_skip(core_, edges) == ITS_OK;
}

uint64_t its_base::core_peek(const its_place &at, unsigned bytes)
{
    return at.frame == ITS_FRAME_GITS ? its_peek(core_, at.offset, bytes) : 0;
}

void its_base::acknowledge(const its_rd_in &ack)
{
    uint64_t edge = edge_after(sc_core::SC_ZERO_TIME);
    acks_.emplace_back(edge, ack);
    need_edge(edge);
}

void its_base::extra_inputs(uint64_t edge)
{
    pins_.rd_message.ready = true;
    pins_.rd_ack.valid = !acks_.empty() && acks_.front().first <= edge;
    if (pins_.rd_ack.valid)
        pins_.rd_ack.d = acks_.front().second;
}

void its_base::extra_transfers()
{
    if (its_fire(&pins_.rd_ack))
        acks_.pop_front();
    if (its_fire(&pins_.rd_message))
        rd->message(pins_.rd_message.d);
}

void its_base::extra_reset()
{
    acks_.clear();
}

uint64_t its_base::extra_next(uint64_t edge) const
{
    return acks_.empty() ? UINT64_MAX : std::max(edge + 1, acks_.front().first);
}

} // namespace its
