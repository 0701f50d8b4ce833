// SPDX-License-Identifier: MIT
// slave.cpp - TLM transactions on the slave port's AXI4 channels.
#include "tlm/slave.h"

#include <algorithm>
#include <cstdio>

namespace its {

namespace {

constexpr unsigned longest_burst = 256; // beats (IHI 0022)
constexpr uint64_t burst_boundary = 4096;
constexpr uint64_t page_bytes = 0x10000; // frames and the DeviceID window begin at one (arch/map.h)

// Edges from the one that takes an access, well formed and of one beat, to the one that takes its
// response (docs/timing.md, slave port).
constexpr uint64_t shortest_access = 3;

bool is_power_of_two(uint64_t n)
{
    return n && (n & (n - 1)) == 0;
}

uint8_t log2_of(uint64_t power)
{
    return static_cast<uint8_t>(__builtin_ctzll(power));
}

// Bytes of the transaction in the bus word at `word`: where they start in it and how many.
struct lanes {
    uint64_t from; // place in the data of the transaction
    unsigned first;
    unsigned count;
};

lanes lanes_of(const tlm::tlm_generic_payload &trans, uint64_t word, unsigned bus)
{
    uint64_t start = trans.get_address();
    uint64_t end = start + trans.get_data_length();
    uint64_t low = std::max<uint64_t>(start, word);
    uint64_t high = std::min<uint64_t>(end, word + bus);
    return {low - start, static_cast<unsigned>(low - word), static_cast<unsigned>(high - low)};
}

uint64_t get_lanes(const tlm::tlm_generic_payload &trans, const lanes &l)
{
    uint64_t data = 0;
    for (unsigned i = 0; i < l.count; i++)
        data |= static_cast<uint64_t>(trans.get_data_ptr()[l.from + i]) << (8 * (l.first + i));
    return data;
}

void put_lanes(tlm::tlm_generic_payload &trans, const lanes &l, uint64_t data)
{
    for (unsigned i = 0; i < l.count; i++)
        trans.get_data_ptr()[l.from + i] = static_cast<unsigned char>(data >> (8 * (l.first + i)));
}

uint8_t worse(uint8_t a, uint8_t b)
{
    return std::max(a, b);
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
    : owner_(owner), bus_(bus_bytes), bus_log2_(log2_of(bus_bytes)), whole_gic_(whole_gic)
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
    if (msi && !window_) {
        a.has_device = device_of(trans, a.device);
        r.nameless = !a.has_device;
    }
}

slave_port::request &slave_port::take(tlm::tlm_generic_payload &trans)
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
        false;
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
    r.used = false;
    r.trans = nullptr;
    free_.push_back(r.address.id);
}

void slave_port::enqueue(request &r, uint64_t edge)
{
    r.from_edge = edge;
    r.on_pins = true;
    waiting_.push_back(&r);
    find_heads();
    owner_.need_edge(owner_.may_be_late() ? first_seen(r, edge) : edge);
}

void slave_port::withdraw(const request &r)
{
    waiting_.erase(std::remove(waiting_.begin(), waiting_.end(), &r), waiting_.end());
    find_heads();
}

void slave_port::find_heads()
{
    aw_ = w_ = ar_ = nullptr;
    for (request *r : waiting_) {
        if (!r->write) {
            if (!ar_)
                ar_ = r;
            continue;
        }
        if (!aw_ && !r->aw_taken)
            aw_ = r;
        if (!w_ && r->beat < r->beats)
            w_ = r;
    }
}

bool slave_port::transport(tlm::tlm_generic_payload &trans)
{
    request &r = take(trans);
    hold keep(*this, r);

    enqueue(r, owner_.edge_after(sc_core::SC_ZERO_TIME));
    while (!r.finished)
        sc_core::wait(r.done);
    return !r.to_fast;
}

void slave_port::begin(tlm::tlm_generic_payload &trans, uint64_t edge)
{
    request &r = take(trans);
    r.nonblocking = true;
    enqueue(r, edge);
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
    request &r = take(trans);
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

    for (request *r : waiting_) {
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
    waiting_.clear();
    find_heads();
    return handed_over;
}

its_axi_w slave_port::write_beat(const request &r) const
{
    its_axi_w w{};

    w.last = r.beat + 1 == r.beats;
    if (!r.trans)
        return w; // its thread is gone: write nothing
    uint64_t word = (r.address.addr & ~uint64_t(bus_ - 1)) + uint64_t(r.beat) * bus_;
    lanes l = lanes_of(*r.trans, word, bus_);
    w.data = get_lanes(*r.trans, l);
    w.strb = static_cast<uint8_t>(((1u << l.count) - 1u) << l.first);
    return w;
}

void slave_port::read_beat(request &r, const its_axi_r &beat) const
{
    r.resp = worse(r.resp, beat.resp);
    if (!r.trans)
        return;
    uint64_t word = (r.address.addr & ~uint64_t(bus_ - 1)) + uint64_t(r.beat) * bus_;
    put_lanes(*r.trans, lanes_of(*r.trans, word, bus_), beat.data);
}

// A response is on the pins: does this end take it at this edge?
bool slave_port::ready_for(request &r, uint64_t edge)
{
    if (!r.nonblocking)
        return true;
    if (r.stage == stage::answered)
        return r.answer_edge <= edge;
    if (r.stage == stage::accepted && !open_)
        send_response(r);
    return false;
}

void slave_port::inputs(its_axi &pins, uint64_t edge, bool nothing_new)
{
    pins.aw.valid = pins.w.valid = pins.ar.valid = false;
    if (!waiting_.empty() && !nothing_new)
        offer(pins, edge);
    if (!late_.empty() && !open_)
        send_late();
    pins.b.ready = pins.r.ready = true;
    if (pins.b.valid)
        answered(pins, edge);
    if (pins.r.valid)
        read_answered(pins, edge);
}

void slave_port::send_late()
{
    request &r = *late_.front();

    late_.erase(late_.begin());
    send_response(r);
}

void slave_port::offer(its_axi &pins, uint64_t edge)
{
    if (aw_ && aw_->from_edge <= edge) {
        aw_->offered = true;
        pins.aw.valid = true;
        pins.aw.d = aw_->address;
    }
    if (w_ && w_->from_edge <= edge) {
        w_->offered = true;
        pins.w.valid = true;
        pins.w.d = write_beat(*w_);
    }
    if (ar_ && ar_->from_edge <= edge) {
        ar_->offered = true;
        pins.ar.valid = true;
        pins.ar.d = ar_->address;
    }
}

void slave_port::answered(its_axi &pins, uint64_t edge)
{
    request &r = *slots_[pins.b.d.id];

    r.resp = worse(r.resp, pins.b.d.resp);
    pins.b.ready = ready_for(r, edge);
}

void slave_port::read_answered(its_axi &pins, uint64_t edge)
{
    request &r = *slots_[pins.r.d.id];

    if (r.stage != stage::responding && r.stage != stage::answered)
        read_beat(r, pins.r.d);
    pins.r.ready = !pins.r.d.last || ready_for(r, edge);
}

void slave_port::transfers(const its_axi &pins)
{
    if (pins.aw.valid || pins.w.valid || pins.ar.valid)
        taken(pins);
    if (its_fire(&pins.b)) {
        request &r = *slots_[pins.b.d.id];
        finish(r);
    }
    if (its_fire(&pins.r)) {
        request &r = *slots_[pins.r.d.id];
        r.beat++;
        if (pins.r.d.last)
            finish(r);
    }
}

// Address and data of a write may be taken at different edges.
void slave_port::taken(const its_axi &pins)
{
    request *write = nullptr;
    request *read = nullptr;

    if (its_fire(&pins.aw)) {
        aw_->aw_taken = true;
        if (aw_->beat == aw_->beats)
            write = aw_;
    }
    if (its_fire(&pins.w) && ++w_->beat == w_->beats && w_->aw_taken)
        write = w_;
    if (its_fire(&pins.ar))
        read = ar_;
    if (write)
        leave(*write);
    if (read)
        leave(*read);
    find_heads();
}

void slave_port::leave(request &r)
{
    auto at = waiting_.begin();

    while (*at != &r)
        ++at;
    waiting_.erase(at);
    accepted(r);
}

void slave_port::accepted(request &r)
{
    if (!r.nonblocking)
        return;
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay;
    r.stage = stage::accepted;
    owner_.s_backward()->nb_transport_bw(*r.trans, phase, delay);
}

void slave_port::send_response(request &r)
{
    tlm::tlm_generic_payload &trans = *r.trans;
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = r.delay;

    if (r.on_pins)
        set_status(r);
    r.stage = stage::responding;
    open_ = &r;
    tlm::tlm_sync_enum state = owner_.s_backward()->nb_transport_bw(trans, phase, delay);
    // The initiator may have called END_RESP from within: then it is no longer open.
    if (state == tlm::TLM_COMPLETED || (state == tlm::TLM_UPDATED && phase == tlm::END_RESP))
        end(trans, owner_.edge_after(delay));
}

void slave_port::set_status(request &r) const
{
    static const tlm::tlm_response_status status[] = {tlm::TLM_OK_RESPONSE, tlm::TLM_OK_RESPONSE,
                                                      tlm::TLM_GENERIC_ERROR_RESPONSE,
                                                      tlm::TLM_ADDRESS_ERROR_RESPONSE};

    r.trans->set_response_status(status[r.resp & 3u]);
    if (r.resp != ITS_AXI_OKAY && r.nameless)
        report_nameless(r);
}

void slave_port::report_nameless(const request &r) const
{
    char text[96];

    std::snprintf(text, sizeof text, "write to GITS_TRANSLATER at 0x%llx carries no DeviceID",
                  static_cast<unsigned long long>(r.address.addr));
    SC_REPORT_WARNING("/its/slv", text);
}

void slave_port::finish(request &r)
{
    if (r.nonblocking || !r.trans) {
        put_back(r);
        return;
    }
    set_status(r);
    r.finished = true;
    r.done.notify(); // its thread waits for nothing else
}

void slave_port::reset(uint64_t edge)
{
    for (auto &slot : slots_) {
        request &r = *slot;
        if (!r.used || !r.on_pins || r.finished || r.from_edge > edge)
            continue;
        withdraw(r);
        r.on_pins = false;
        if (!r.nonblocking) {
            r.resp = ITS_AXI_SLVERR;
            r.nameless = false;
            finish(r);
        } else if (r.stage == stage::answered) {
            put_back(r);
        } else if (r.stage != stage::responding) {
            r.trans->set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
            late_.push_back(&r);
        }
    }
}

// A response of `r` is on the pins: when does it need the clock?
uint64_t slave_port::needs_edge(const request &r, uint64_t edge) const
{
    if (!r.nonblocking || (r.stage == stage::accepted && !open_))
        return edge + 1;
    return r.stage == stage::answered ? std::max(edge + 1, r.answer_edge) : UINT64_MAX;
}

uint64_t slave_port::next(const its_axi &pins, uint64_t edge) const
{
    uint64_t next = next_answer(pins, edge);

    for (const request *r : {aw_, w_, ar_})
        if (r)
            next = std::min(next, std::max(edge + 1, r->from_edge));
    return next;
}

// Of a request that is offered at `edge`: nb_transport's first phase ends when it is taken, a write may
// change what registers do.
uint64_t slave_port::first_seen(const request &r, uint64_t edge)
{
    return r.quiet && !r.nonblocking ? edge + shortest_access : edge;
}

uint64_t slave_port::next_seen(const its_axi &pins, uint64_t edge) const
{
    uint64_t soonest = next_answer(pins, edge);

    for (const request *r : waiting_)
        soonest = std::min(soonest, first_seen(*r, std::max(edge + 1, r->from_edge)));
    return soonest;
}

// What is on the pins, or was to go without them.
uint64_t slave_port::next_answer(const its_axi &pins, uint64_t edge) const
{
    uint64_t soonest = UINT64_MAX;

    if (!late_.empty() && !open_)
        return edge + 1;
    if (pins.b.valid)
        soonest = needs_edge(*slots_[pins.b.d.id], edge);
    if (pins.r.valid)
        soonest = std::min(soonest, needs_edge(*slots_[pins.r.d.id], edge));
    return soonest;
}

bool slave_port::idle() const
{
    return std::none_of(slots_.begin(), slots_.end(), [](const auto &r) {
        return r->used && r->on_pins && !r->finished && r->offered;
    });
}

} // namespace its
