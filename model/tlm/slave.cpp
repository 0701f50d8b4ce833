// SPDX-License-Identifier: MIT
// slave.cpp - TLM transactions on the slave port's AXI4 channels.
#include "tlm/slave.h"

#include <algorithm>
#include <cstdio>

namespace its {

namespace {

constexpr unsigned longest_burst = 256; // beats (IHI 0022)
constexpr uint64_t burst_boundary = 4096;

// Edges from the one that takes an access, well formed and of one beat, to the one that takes its
// response (docs/timing.md, slave port).
constexpr uint64_t shortest_access = 3;

bool is_power_of_two(uint64_t n)
{
    return n && (n & (n - 1)) == 0;
}

uint8_t log2_of(uint64_t n)
{
    uint8_t bits = 0;
    while (n > 1) {
        n >>= 1;
        bits++;
    }
    return bits;
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
    : owner_(owner), bus_(bus_bytes), whole_gic_(whole_gic)
{}

tlm::tlm_response_status slave_port::check(const tlm::tlm_generic_payload &trans) const
{
    uint64_t address = trans.get_address();
    uint64_t length = trans.get_data_length();
    uint64_t space = its_map_bytes(&owner_.profile(), whole_gic_);

    if (!trans.get_data_ptr())
        return tlm::TLM_GENERIC_ERROR_RESPONSE;
    if (trans.get_byte_enable_ptr())
        return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    if (length == 0 || trans.get_streaming_width() < length)
        return tlm::TLM_BURST_ERROR_RESPONSE;
    if (address >= space || length > space - address)
        return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    if (!(is_power_of_two(length) && length <= 8) && length % bus_ != 0)
        return tlm::TLM_BURST_ERROR_RESPONSE;
    if ((address % bus_ + length + bus_ - 1) / bus_ > longest_burst ||
        address % burst_boundary + length > burst_boundary)
        return tlm::TLM_BURST_ERROR_RESPONSE;
    return tlm::TLM_OK_RESPONSE;
}

bool slave_port::device_of(const tlm::tlm_generic_payload &trans, uint32_t &device) const
{
    if (const auto *ext = trans.get_extension<device_id_ext>()) {
        device = ext->device_id;
        return true;
    }
    for (const device_resolver &resolve : devices_)
        if (resolve(trans, device))
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
    for (const attribute_resolver &resolve : attributes_)
        if (resolve(trans, a))
            return a;
    return a;
}

void slave_port::describe(request &r) const
{
    const tlm::tlm_generic_payload &trans = *r.trans;
    uint64_t address = trans.get_address();
    uint64_t length = trans.get_data_length();
    bool single = length <= bus_ && address % length == 0;
    access_attributes attributes = attributes_of(trans);
    its_axi_address &a = r.address;

    a = {};
    r.write = trans.is_write();
    r.beats = single ? 1 : static_cast<unsigned>((address % bus_ + length + bus_ - 1) / bus_);
    a.addr = address;
    a.len = static_cast<uint8_t>(r.beats - 1);
    a.size = log2_of(single ? length : bus_);
    a.burst = ITS_AXI_INCR;
    a.prot = static_cast<uint8_t>((attributes.privileged ? ITS_AXI_PRIVILEGED : 0) |
                                  (attributes.nonsecure ? ITS_AXI_NONSECURE : 0));
    r.quiet = single && !r.write;
    if (!r.write)
        return;
    its_place place = its_map_decode(&owner_.profile(), whole_gic_, address);
    r.quiet = single && place.frame == ITS_FRAME_TRANSLATION;
    if (place.frame == ITS_FRAME_TRANSLATION && !place.in_window) {
        a.has_device = device_of(trans, a.device);
        r.nameless = !a.has_device;
    }
}

slave_port::request &slave_port::take(tlm::tlm_generic_payload &trans)
{
    if (free_.empty()) {
        free_.push_back(static_cast<uint16_t>(slots_.size()));
        slots_.push_back(std::make_unique<request>());
    }
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
    if (r.write) {
        aw_.push_back(&r);
        w_.push_back(&r);
    } else {
        ar_.push_back(&r);
    }
    owner_.need_edge(owner_.may_be_late() ? first_seen(r, edge) : edge);
}

void slave_port::withdraw(const request &r)
{
    for (auto *queue : {&aw_, &w_, &ar_})
        queue->erase(std::remove(queue->begin(), queue->end(), &r), queue->end());
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

    for (auto *queue : {&aw_, &ar_}) {
        for (request *r : *queue) {
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
        queue->clear();
    }
    w_.clear();
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
    auto due = [=](const std::deque<request *> &queue) -> const request * {
        if (nothing_new || queue.empty() || queue.front()->from_edge > edge)
            return nullptr;
        queue.front()->offered = true;
        return queue.front();
    };

    const request *aw = due(aw_);
    pins.aw.valid = aw;
    if (aw)
        pins.aw.d = aw->address;
    const request *w = due(w_);
    pins.w.valid = w;
    if (w)
        pins.w.d = write_beat(*w);
    const request *ar = due(ar_);
    pins.ar.valid = ar;
    if (ar)
        pins.ar.d = ar->address;

    if (!late_.empty() && !open_) {
        request &r = *late_.front();
        late_.pop_front();
        send_response(r);
    }
    pins.b.ready = true;
    if (pins.b.valid) {
        request &r = *slots_[pins.b.d.id];
        r.resp = worse(r.resp, pins.b.d.resp);
        pins.b.ready = ready_for(r, edge);
    }
    pins.r.ready = true;
    if (pins.r.valid) {
        request &r = *slots_[pins.r.d.id];
        if (r.stage != stage::responding && r.stage != stage::answered)
            read_beat(r, pins.r.d);
        pins.r.ready = !pins.r.d.last || ready_for(r, edge);
    }
}

void slave_port::transfers(const its_axi &pins)
{
    if (its_fire(&pins.aw)) {
        request &r = *aw_.front();
        aw_.pop_front();
        r.aw_taken = true;
        if (r.beat == r.beats)
            accepted(r);
    }
    if (its_fire(&pins.w)) {
        request &r = *w_.front();
        if (++r.beat == r.beats) {
            w_.pop_front();
            if (r.aw_taken)
                accepted(r);
        }
    }
    if (its_fire(&pins.ar)) {
        request &r = *ar_.front();
        ar_.pop_front();
        accepted(r);
    }
    if (its_fire(&pins.b))
        finish(*slots_[pins.b.d.id]);
    if (its_fire(&pins.r)) {
        request &r = *slots_[pins.r.d.id];
        r.beat++;
        if (pins.r.d.last)
            finish(r);
    }
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
    if (r.resp == ITS_AXI_OKAY || !r.nameless)
        return;
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
    r.done.notify(sc_core::SC_ZERO_TIME);
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
bool slave_port::needs_edge(const request &r, uint64_t edge, uint64_t &next) const
{
    if (!r.nonblocking || (r.stage == stage::accepted && !open_))
        next = edge + 1;
    else if (r.stage == stage::answered)
        next = std::max(edge + 1, r.answer_edge);
    else
        return false;
    return true;
}

uint64_t slave_port::next(const its_axi &pins, uint64_t edge) const
{
    uint64_t next = next_answer(pins, edge);

    if (nothing_to_offer())
        return next;
    for (const auto *queue : {&aw_, &w_, &ar_})
        if (!queue->empty())
            next = std::min(next, std::max(edge + 1, queue->front()->from_edge));
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
    uint64_t next = next_answer(pins, edge);

    if (nothing_to_offer())
        return next;
    for (const auto *queue : {&aw_, &w_, &ar_})
        for (const request *r : *queue)
            next = std::min(next, first_seen(*r, std::max(edge + 1, r->from_edge)));
    return next;
}

// What is on the pins, or was to go without them.
uint64_t slave_port::next_answer(const its_axi &pins, uint64_t edge) const
{
    uint64_t next = UINT64_MAX;
    uint64_t at;

    if (pins.b.valid && needs_edge(*slots_[pins.b.d.id], edge, at))
        next = std::min(next, at);
    if (pins.r.valid && needs_edge(*slots_[pins.r.d.id], edge, at))
        next = std::min(next, at);
    if (!late_.empty() && !open_)
        next = edge + 1;
    return next;
}

bool slave_port::idle() const
{
    return std::none_of(slots_.begin(), slots_.end(), [](const auto &r) {
        return r->used && r->on_pins && !r->finished && r->offered;
    });
}

} // namespace its
