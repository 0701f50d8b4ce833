// SPDX-License-Identifier: MIT
// bench.cpp - see the header.
#include "bench.h"

#include <algorithm>
#include <tlm_utils/simple_initiator_socket.h>

namespace replay {

namespace {

constexpr uint32_t translater = 0x40; // offset in its frame (IHI 0069)

} // namespace

struct bench::master {
    virtual ~master() = default;
    virtual its::gic500_base &gic() = 0;
    virtual void b_transport(tlm::tlm_generic_payload &trans, sc_core::sc_time &delay) = 0;

    tlm::tlm_generic_payload trans;
    its::device_id_ext device;
};

template <unsigned BUSWIDTH>
struct bench::sized_master : master {
    its::gic500<BUSWIDTH> block{"gic"};
    tlm_utils::simple_initiator_socket<sized_master, BUSWIDTH> socket{"bus"};

    explicit sized_master(its::memory<64> &ram)
    {
        socket.bind(block.s_axi);
        block.m_axi.bind(ram.socket);
    }
    its::gic500_base &gic() override { return block; }
    void b_transport(tlm::tlm_generic_payload &t, sc_core::sc_time &delay) override
    {
        socket->b_transport(t, delay);
    }
};

bench::bench(const sc_core::sc_module_name &name, const its_profile &profile,
             uint64_t memory_latency)
    : sc_module(name)
{
    if (profile.bus_bytes == 8)
        master_ = std::make_unique<sized_master<64>>(ram_);
    else
        master_ = std::make_unique<sized_master<32>>(ram_);
    gic_ = &master_->gic();
    gic_->set_profile(profile);
    gic_->resetn.bind(resetn_);
    ram_.set_latency(period() * static_cast<double>(memory_latency));
    ram_.set_jitter(profile.perturb, period());
}

bench::~bench()
{
    master_->trans.clear_extension(&master_->device);
}

bool bench::transport(bool write, uint64_t address, uint64_t &value, unsigned bytes,
                      const uint32_t *device)
{
    tlm::tlm_generic_payload &trans = master_->trans;
    unsigned char data[8] = {};
    sc_core::sc_time delay;

    for (unsigned i = 0; write && i < bytes; i++)
        data[i] = static_cast<unsigned char>(value >> (8 * i));
    trans.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    trans.set_address(address);
    trans.set_data_ptr(data);
    trans.set_data_length(bytes);
    trans.set_streaming_width(bytes);
    trans.set_byte_enable_ptr(nullptr);
    trans.set_dmi_allowed(false);
    trans.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    trans.clear_extension(&master_->device);
    if (device) {
        master_->device.device_id = *device;
        trans.set_extension(&master_->device);
    }
    master_->b_transport(trans, delay);
    // What the fast face annotates is spent before the next access.
    if (delay != sc_core::SC_ZERO_TIME)
        sc_core::wait(delay);
    for (unsigned i = 0; !write && i < bytes; i++)
        value |= static_cast<uint64_t>(data[i]) << (8 * i);
    return trans.is_response_ok();
}

uint64_t bench::address_of(const reg &at) const
{
    return its_map_address(&gic_->profile(), at.frame, at.rd, at.offset);
}

bool bench::access(bool write, const reg &at, uint64_t &value, unsigned bytes)
{
    static const uint32_t nobody = 0; // registers take no notice; GITS_TRANSLATER knows device 0
    uint64_t address = address_of(at);
    uint64_t low = write ? value & 0xffffffffu : 0;
    uint64_t high = write ? value >> 32 : 0;

    if (!write)
        value = 0;
    if (bytes < 8 || gic_->profile().bus_bytes == 8)
        return transport(write, address, value, bytes, &nobody);
    bool first = transport(write, address, low, 4, &nobody);
    bool second = transport(write, address + 4, high, 4, &nobody);
    if (!write)
        value = low | high << 32;
    return first && second;
}

bool bench::write(const reg &at, uint64_t value, unsigned bytes)
{
    return access(true, at, value, bytes);
}

bool bench::read(const reg &at, uint64_t &value, unsigned bytes)
{
    bool ok = access(false, at, value, bytes);
    if (!ok)
        value = 0;
    return ok;
}

uint64_t bench::read(const reg &at, unsigned bytes)
{
    uint64_t value;
    read(at, value, bytes);
    return value;
}

bool bench::msi(uint32_t device, uint32_t event)
{
    const its_profile &p = gic_->profile();
    uint64_t value = event;

    if (p.device_window && device < (UINT64_C(1) << p.devid_bits)) {
        uint64_t window = its_map_window_base(&p, true);
        return transport(true, window + uint64_t(4) * device, value, 4, nullptr);
    }
    uint64_t address = address_of({ITS_FRAME_TRANSLATION, translater});
    if (p.msi64 && p.bus_bytes == 8) {
        value |= static_cast<uint64_t>(device) << 32;
        return transport(true, address, value, 8, nullptr);
    }
    return transport(true, address, value, 4, &device);
}

bool bench::run(uint64_t cycles)
{
    sc_core::sc_time left = sc_core::sc_max_time() - sc_core::sc_time_stamp();

    if (cycles >= left.value() / period().value())
        return false;
    if (cycles)
        sc_core::wait(sc_core::sc_time::from_value(cycles * period().value()));
    return true;
}

bool bench::settle(uint64_t limit)
{
    uint64_t start = cycle();
    uint64_t step = 1;

    // At first every edge, later less often: asking costs time as well.
    while (!gic_->look().idle) {
        if (cycle() - start >= limit || !run(step))
            return false;
        step = std::min<uint64_t>(step + 1, 64);
    }
    return true;
}

void bench::reset(uint64_t cycles)
{
    resetn_.write(false);
    run(cycles);
    resetn_.write(true);
    run(1);
}

} // namespace replay
