// SPDX-License-Identifier: MIT
// slave.cpp - TLM transactions on the slave port's AXI4 channels.
#include "tlm/slave.h"
#include "arch/regs.h"
#include "tlm/lanes.h"

namespace its {

namespace {

constexpr unsigned most_posted = 16;    // ours
constexpr unsigned longest_burst = 256; // beats (IHI 0022)
constexpr uint64_t burst_boundary = 4096;
constexpr uint64_t page_bytes = 0x10000; // frames and the DeviceID window begin at one (arch/map.h)

bool is_power_of_two(uint64_t n)
{
    return n && (n & (n - 1)) == 0;
}

uint8_t log2_of(uint64_t power)
{
    return static_cast<uint8_t>(__builtin_ctzll(power));
}

} // namespace

// Keeps a request while its thread waits. A thread that is killed meanwhile takes its transaction
// with it; the request then finishes alone.
class slave_port::hold {
public:
    hold(slave_port &port, request &r) : port_(port), r_(r) {}
    ~hold()
    {
        if (r_.finished)
            port_.put_back(r_);
        else
            r_.trans = nullptr;
    }

private:
    slave_port &port_;
    request &r_;
};

slave_port::slave_port(block &owner, unsigned bus_bytes, bool whole_gic)
    : owner_(owner), bus_(bus_bytes), bus_log2_(log2_of(bus_bytes)), whole_gic_(whole_gic),
      translater_(its_reg_at(GITS_TRANSLATER)->offset)
{}

tlm::tlm_response_status slave_port::check(const tlm::tlm_generic_payload &trans) const
{
    uint64_t address = trans.get_address();
    uint64_t length = trans.get_data_length();
    uint64_t space = owner_.space_;
    uint64_t lane = address & (bus_ - 1);

    if (!trans.get_data_ptr())
        return tlm::TLM_GENERIC_ERROR_RESPONSE;
    if (trans.get_byte_enable_ptr())
        return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    if (length == 0 || trans.get_streaming_width() < length)
        return tlm::TLM_BURST_ERROR_RESPONSE;
    if (address >= space || length > space - address)
        return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    if (!(is_power_of_two(length) && length <= 8) && (length & (bus_ - 1)) != 0)
        return tlm::TLM_BURST_ERROR_RESPONSE;
    if (lane + length > longest_burst * bus_ || address % burst_boundary + length > burst_boundary)
        return tlm::TLM_BURST_ERROR_RESPONSE;
    return tlm::TLM_OK_RESPONSE;
}

bool slave_port::device_of(const tlm::tlm_generic_payload &trans, uint32_t &device) const
{
    if (const auto *ext = trans.get_extension<device_id_ext>()) {
        device = ext->device_id;
        return true;
    }
    if (!devices_.empty() && resolved(trans, device))
        return true;
    if (default_device_)
        device = *default_device_;
    return default_device_.has_value();
}

access_attributes slave_port::attributes_of(const tlm::tlm_generic_payload &trans) const
{
    access_attributes a;

    if (const auto *ext = trans.get_extension<attributes_ext>())
        return ext->attributes;
    if (!attributes_.empty())
        resolve(trans, a);
    return a;
}

bool slave_port::resolved(const tlm::tlm_generic_payload &trans, uint32_t &device) const
{
    for (const device_resolver &resolver : devices_)
        if (resolver(trans, device))
            return true;
    return false;
}

void slave_port::resolve(const tlm::tlm_generic_payload &trans, access_attributes &a) const
{
    for (const attribute_resolver &resolver : attributes_)
        if (resolver(trans, a))
            return;
}

void slave_port::look_up(uint64_t address)
{
    its_place place = its_map_decode(&owner_.profile(), whole_gic_, address);
    page_ = address / page_bytes;
    translation_ = place.frame == ITS_FRAME_TRANSLATION;
    window_ = place.in_window;
}

// A write to the page looked up: is it one to GITS_TRANSLATER, of a size that it takes? In a window every
// word is that register.
bool slave_port::is_msi(uint64_t address, uint64_t length) const
{
    auto offset =
        static_cast<uint32_t>(window_ ? translater_ | (address & 3u) : address % page_bytes);

    return (offset & ~UINT32_C(3)) == translater_ &&
           its_reg_access_ok(&owner_.profile(), ITS_FRAME_TRANSLATION, offset,
                             static_cast<unsigned>(length));
}

void slave_port::describe(request &r)
{
    const tlm::tlm_generic_payload &trans = *r.trans;
    uint64_t address = trans.get_address();
    uint64_t length = trans.get_data_length();
    bool single = length <= bus_ && (address & (length - 1)) == 0;
    access_attributes attributes = attributes_of(trans);
    its_axi_address &a = r.address;

    a = {};
    r.write = trans.is_write();
    r.beats = static_cast<unsigned>(((address & (bus_ - 1)) + length + bus_ - 1) >> bus_log2_);
    a.addr = address;
    a.len = static_cast<uint8_t>(r.beats - 1);
    a.size = log2_of(single ? length : bus_);
    a.burst = ITS_AXI_INCR;
    a.prot = static_cast<uint8_t>((attributes.privileged ? ITS_AXI_PRIVILEGED : 0) |
                                  (attributes.nonsecure ? ITS_AXI_NONSECURE : 0));
    if (r.write && address / page_bytes != page_)
        look_up(address); // most writes go where the one before went
    bool msi = r.write && translation_;
    r.quiet = single && (msi || !r.write);
    r.postable = msi && single && attributes.bufferable && is_msi(address, length);
    if (msi && !window_) {
        a.has_device = device_of(trans, a.device);
        r.nameless = !a.has_device && !(single && length == 8); // MSI-64: its data say which
    }
}

slave_port::request &slave_port::slot_for(tlm::tlm_generic_payload &trans)
{
    if (free_.empty())
        add_slot();
    uint16_t id = free_.back();
    free_.pop_back();
    request &r = *slots_[id];
    r.trans = &trans;
    r.delay = sc_core::SC_ZERO_TIME;
    r.beat = 0;
    r.resp = ITS_AXI_OKAY;
    r.stage = stage::asked;
    r.used = true;
    r.nonblocking = r.on_pins = r.offered = r.aw_taken = r.finished = r.to_fast = r.nameless =
        r.posted = false;
    r.address.id = id;
    r.number = taken_++;
    return r;
}

slave_port::request &slave_port::take(tlm::tlm_generic_payload &trans)
{
    request &r = slot_for(trans);
    uint16_t id = r.address.id;

    describe(r);
    r.address.id = id;
    return r;
}

void slave_port::add_slot()
{
    free_.push_back(static_cast<uint16_t>(slots_.size()));
    slots_.push_back(std::make_unique<request>());
}

void slave_port::put_back(request &r)
{
    posted_ -= r.posted;
    r.used = false;
    r.trans = nullptr;
    free_.push_back(r.address.id);
}

void slave_port::make_room()
{
    if (posted_ == most_posted)
        owner_.catch_up();
}

bool slave_port::may_be_posted(const request &r) const
{
    return r.postable && !r.nameless && posted_ < most_posted && owner_.takes_posts();
}

void slave_port::post(request &r, uint64_t edge)
{
    r.data = write_beat(r);
    r.posted = true;
    posted_++;
    r.trans->set_response_status(tlm::TLM_OK_RESPONSE);
    r.trans = nullptr;
    enqueue(r, edge);
}

bool slave_port::transport(tlm::tlm_generic_payload &trans)
{
    request &r = take(trans);

    if (may_be_posted(r)) {
        post(r, owner_.edge_after(sc_core::SC_ZERO_TIME));
        return true;
    }
    hold keep(*this, r);

    enqueue(r, owner_.edge_after(sc_core::SC_ZERO_TIME));
    while (!r.finished)
        sc_core::wait(r.done);
    return !r.to_fast;
}

bool slave_port::begin(tlm::tlm_generic_payload &trans, uint64_t edge, bool posting)
{
    request &r = take(trans);

    if (posting && may_be_posted(r)) {
        post(r, edge);
        return true;
    }
    r.nonblocking = true;
    enqueue(r, edge);
    return false;
}

bool slave_port::end(const tlm::tlm_generic_payload &trans, uint64_t edge)
{
    if (!open_ || open_->trans != &trans)
        return false;
    request &r = *open_;
    open_ = nullptr;
    if (r.trans->has_mm())
        r.trans->release();
    r.trans = nullptr;
    if (r.on_pins) {
        r.stage = stage::answered;
        r.answer_edge = edge;
    } else {
        put_back(r);
    }
    owner_.need_edge(edge);
    return true;
}

void slave_port::answer(tlm::tlm_generic_payload &trans, const sc_core::sc_time &delay)
{
    request &r = slot_for(trans);
    r.nonblocking = true;
    r.delay = delay;
    if (open_)
        late_.push_back(&r);
    else
        send_response(r);
}

void slave_port::run_fast(tlm::tlm_generic_payload &trans, const its_memory &memory,
                          uint64_t &cycles)
{
    request &r = take(trans);

    for (unsigned i = 0; i < r.beats; i++) {
        uint64_t word = (r.address.addr & ~uint64_t(bus_ - 1)) + uint64_t(i) * bus_;
        lanes l = lanes_of(trans, word, bus_);
        its_place place = its_map_decode(&owner_.profile(), whole_gic_, word + l.first);
        its_access a{};
        uint64_t latency = 0;
        a.data = r.write ? get_lanes(trans, l) >> (8 * l.first) : 0;
        a.offset = place.offset;
        a.rd = place.rd;
        a.frame = place.frame;
        a.bytes = static_cast<uint8_t>(l.count);
        a.write = r.write;
        a.device = place.in_window ? place.device : r.address.device;
        a.has_device = place.in_window || r.address.has_device;
        a.nonsecure = r.address.prot & ITS_AXI_NONSECURE;
        a.privileged = r.address.prot & ITS_AXI_PRIVILEGED;
        its_access_result result = owner_.core_fast_access(a, memory, latency);
        cycles += latency;
        if (result.fault)
            r.resp = ITS_AXI_SLVERR;
        if (!r.write)
            put_lanes(trans, l, result.data << (8 * l.first));
    }
    set_status(r);
    put_back(r);
}

std::vector<tlm::tlm_generic_payload *> slave_port::turn_fast()
{
    std::vector<tlm::tlm_generic_payload *> handed_over;

    for (request *r = waiting_; r; r = r->behind) {
        if (r->nonblocking) {
            handed_over.push_back(r->trans);
            put_back(*r);
        } else if (!r->trans) {
            put_back(*r);
        } else {
            r->to_fast = r->finished = true;
            r->done.notify(sc_core::SC_ZERO_TIME);
        }
    }
    waiting_ = nullptr;
    end_ = &waiting_;
    find_heads();
    return handed_over;
}

} // namespace its
