// SPDX-License-Identifier: MIT
// master.cpp - AXI4 bursts of the master port as TLM accesses.
#define SC_INCLUDE_DYNAMIC_PROCESSES // sc_spawn
#include "tlm/master.h"

#include <algorithm>
#include <cstring>

namespace its {

namespace {

constexpr unsigned bus = 8; // data bytes of the master port (wire/axi.h)

// The extension is a member of its owner, not of the transaction.
void name(tlm::tlm_generic_payload &trans, axi_id_ext &ext, unsigned id)
{
    ext.id = id;
    if (!trans.get_extension<axi_id_ext>())
        trans.set_extension(&ext);
}

void set_up(tlm::tlm_generic_payload &trans, bool write, uint64_t address, void *data,
            unsigned length)
{
    trans.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    trans.set_address(address);
    trans.set_data_ptr(static_cast<unsigned char *>(data));
    trans.set_data_length(length);
    trans.set_streaming_width(length);
    trans.set_byte_enable_ptr(nullptr);
    trans.set_byte_enable_length(0);
    trans.set_dmi_allowed(false);
    trans.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

} // namespace

master_port::~master_port()
{
    for (auto &a : pool_)
        a->trans.clear_extension(&a->id);
    now_.clear_extension(&now_id_);
}

void master_port::invalidate(uint64_t start, uint64_t end)
{
    auto overlaps = [=](const tlm::tlm_dmi &d) {
        return d.get_start_address() <= end && d.get_end_address() >= start;
    };
    dmi_.erase(std::remove_if(dmi_.begin(), dmi_.end(), overlaps), dmi_.end());
}

master_port::access &master_port::take(const its_axi_address &address, bool write)
{
    if (free_.empty()) {
        pool_.push_back(std::make_unique<access>());
        free_.push_back(pool_.back().get());
    }
    access &a = *free_.back();
    free_.pop_back();
    a.address = address;
    a.write = write;
    a.beats = address.len + 1u;
    a.beat = 0;
    a.done = a.partial = false;
    a.data.assign(static_cast<size_t>(a.beats) << address.size, 0);
    return a;
}

// Data sits on the lanes of its address; a narrow beat uses some of them.
void master_port::take_data(access &a, const its_axi_w &beat)
{
    unsigned bytes = 1u << a.address.size;
    size_t at = static_cast<size_t>(a.beat) << a.address.size;
    unsigned lane = static_cast<unsigned>((a.address.addr + at) % bus);

    if (a.beat == 0)
        a.enables.assign(a.data.size(), TLM_BYTE_ENABLED);
    for (unsigned i = 0; i < bytes; i++) {
        a.data[at + i] = static_cast<uint8_t>(beat.data >> (8 * (lane + i)));
        if (!((beat.strb >> (lane + i)) & 1u)) {
            a.enables[at + i] = TLM_BYTE_DISABLED;
            a.partial = true;
        }
    }
    a.beat++;
}

its_axi_r master_port::read_beat(const access &a) const
{
    its_axi_r r{};
    unsigned bytes = 1u << a.address.size;
    size_t at = static_cast<size_t>(a.beat) << a.address.size;
    unsigned lane = static_cast<unsigned>((a.address.addr + at) % bus);

    for (unsigned i = 0; i < bytes; i++)
        r.data |= static_cast<uint64_t>(a.data[at + i]) << (8 * (lane + i));
    r.id = a.address.id;
    r.resp = response_of(a);
    r.last = a.beat + 1 == a.beats;
    return r;
}

uint8_t master_port::response_of(const access &a)
{
    tlm::tlm_response_status status = a.trans.get_response_status();
    if (status == tlm::TLM_OK_RESPONSE)
        return ITS_AXI_OKAY;
    return status == tlm::TLM_ADDRESS_ERROR_RESPONSE ? ITS_AXI_DECERR : ITS_AXI_SLVERR;
}

bool master_port::through_dmi(uint64_t address, void *data, uint64_t length, bool write,
                              sc_core::sc_time &latency)
{
    for (const tlm::tlm_dmi &d : dmi_) {
        if (address < d.get_start_address() || address + (length - 1) > d.get_end_address())
            continue;
        if (write ? !d.is_write_allowed() : !d.is_read_allowed())
            continue;
        unsigned char *at = d.get_dmi_ptr() + (address - d.get_start_address());
        if (write)
            std::memcpy(at, data, length);
        else
            std::memcpy(data, at, length);
        latency = write ? d.get_write_latency() : d.get_read_latency();
        return true;
    }
    return false;
}

void master_port::ask_dmi(tlm::tlm_generic_payload &trans)
{
    constexpr size_t most = 64;
    tlm::tlm_dmi d;

    if (!use_dmi_ || !trans.is_dmi_allowed() || !trans.is_response_ok())
        return;
    if (!owner_.m_forward()->get_direct_mem_ptr(trans, d) || d.is_none_allowed())
        return;
    if (dmi_.size() == most)
        dmi_.erase(dmi_.begin());
    dmi_.push_back(d);
}

void master_port::prepare(access &a)
{
    set_up(a.trans, a.write, a.address.addr, a.data.data(), static_cast<unsigned>(a.data.size()));
    name(a.trans, a.id, a.address.id);
    if (a.write && a.partial) {
        a.trans.set_byte_enable_ptr(a.enables.data());
        a.trans.set_byte_enable_length(static_cast<unsigned>(a.enables.size()));
    }
}

void master_port::complete(access &a, const sc_core::sc_time &latency)
{
    a.beat = 0;
    a.due = owner_.edge_after(latency);
    a.done = true;
    if (!a.write && !a.trans.is_response_ok())
        std::fill(a.data.begin(), a.data.end(), uint8_t{0});
    owner_.need_edge(a.due);
}

void master_port::start(access &a)
{
    sc_core::sc_time latency;
    auto enabled = [](uint8_t e) { return e == TLM_BYTE_ENABLED; };

    a.order = order_++;
    pending_.push_back(&a);
    prepare(a);
    // With no byte enabled there is nothing for the memory to see.
    bool nothing = a.partial && std::none_of(a.enables.begin(), a.enables.end(), enabled);
    if (nothing || (!a.partial &&
                    through_dmi(a.address.addr, a.data.data(), a.data.size(), a.write, latency))) {
        a.trans.set_response_status(tlm::TLM_OK_RESPONSE);
        complete(a, latency);
    } else if (a.has_thread) {
        // Immediate: memory is read in this evaluation phase, before whoever this edge wakes runs.
        a.go.notify();
    } else {
        a.has_thread = true;
        sc_core::sc_spawn([this, &a] { serve(a); }, sc_core::sc_gen_unique_name("m_axi_access"));
    }
}

// The thread of one place in the pool.
void master_port::serve(access &a)
{
    for (;;) {
        sc_core::sc_time latency;
        owner_.m_forward()->b_transport(a.trans, latency);
        ask_dmi(a.trans);
        complete(a, latency);
        sc_core::wait(a.go);
    }
}

master_port::access *master_port::choose(bool write, uint64_t edge)
{
    access *best = nullptr;

    for (access *a : pending_) {
        if (a->write != write || !a->done || a->due > edge)
            continue;
        if (!best || a->due < best->due || (a->due == best->due && a->order < best->order))
            best = a;
    }
    return best;
}

// Nothing under way, nothing new: so it is at most edges.
void master_port::inputs(its_axi &pins, uint64_t edge)
{
    pins.ar.ready = pins.aw.ready = pins.w.ready = true;
    pins.r.valid = pins.b.valid = false;
    if (!pending_.empty())
        answer(pins, edge);
}

void master_port::answer(its_axi &pins, uint64_t edge)
{
    if (!r_)
        r_ = choose(false, edge);
    if (!b_)
        b_ = choose(true, edge);
    if (r_) {
        pins.r.valid = true;
        pins.r.d = read_beat(*r_);
    }
    if (b_) {
        pins.b.valid = true;
        pins.b.d = {b_->address.id, response_of(*b_)};
    }
}

void master_port::transfers(const its_axi &pins)
{
    if (!pending_.empty() || (pins.ar.valid | pins.aw.valid | pins.w.valid))
        taken(pins);
}

void master_port::taken(const its_axi &pins)
{
    auto answered = [this](access *&a) {
        pending_.erase(std::find(pending_.begin(), pending_.end(), a));
        free_.push_back(a);
        a = nullptr;
    };

    if (its_fire(&pins.r) && ++r_->beat == r_->beats)
        answered(r_);
    if (its_fire(&pins.b))
        answered(b_);
    if (its_fire(&pins.ar))
        start(take(pins.ar.d, false));
    if (its_fire(&pins.aw))
        writes_.push_back(&take(pins.aw.d, true));
    if (its_fire(&pins.w))
        early_.push_back(pins.w.d);
    while (!writes_.empty() && !early_.empty()) {
        access &a = *writes_.front();
        take_data(a, early_.front());
        early_.pop_front();
        if (a.beat == a.beats) {
            writes_.pop_front();
            start(a);
        }
    }
}

uint64_t master_port::next(uint64_t edge) const
{
    uint64_t next = UINT64_MAX;

    for (const access *a : pending_)
        if (a->done)
            next = std::min(next, std::max(edge + 1, a->due));
    return next;
}

bool master_port::at_once(uint64_t address, void *data, unsigned length, unsigned id, bool write)
{
    sc_core::sc_time latency;

    if (!through_dmi(address, data, length, write, latency)) {
        set_up(now_, write, address, data, length);
        name(now_, now_id_, id);
        owner_.m_forward()->b_transport(now_, latency);
        ask_dmi(now_);
        if (!now_.is_response_ok())
            return false;
    }
    spent += latency;
    return true;
}

its_memory master_port::immediate()
{
    its_memory m;
    m.read = [](void *host, uint64_t addr, void *data, unsigned bytes, unsigned id) {
        return static_cast<master_port *>(host)->at_once(addr, data, bytes, id, false);
    };
    m.write = [](void *host, uint64_t addr, const void *data, unsigned bytes, unsigned id) {
        // TLM has no pointer to constant data; targets do not change it.
        return static_cast<master_port *>(host)->at_once(addr, const_cast<void *>(data), bytes, id,
                                                         true);
    };
    m.host = this;
    return m;
}

} // namespace its
