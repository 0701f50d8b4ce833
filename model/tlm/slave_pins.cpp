// SPDX-License-Identifier: MIT
// slave_pins.cpp - the slave port around an edge: what it offers, takes and answers on the AXI4
// channels.
#include "tlm/lanes.h"
#include "tlm/slave.h"

#include <algorithm>
#include <cstdio>

namespace its {

namespace {

// Edges from the one that takes an access, well formed and of one beat, to the one that takes its
// response (docs/timing.md, slave port).
constexpr uint64_t shortest_access = 3;

// Edges from the one that takes an MSI to the first at which anything of it may be seen but its response
// (docs/timing.md): accepted 1 later, at the translator 2, decided at least 1, and 1 for an output that
// tells of one dropped without a lookup. A read on the bus or a message comes later.
constexpr uint64_t shortest_translation = 1 + 2 + 1 + 1;

uint8_t worse(uint8_t a, uint8_t b)
{
    return std::max(a, b);
}

} // namespace

void slave_port::enqueue(request &r, uint64_t edge)
{
    r.from_edge = edge;
    r.on_pins = true;
    r.behind = nullptr;
    *end_ = &r;
    end_ = &r.behind;
    if (!r.write && !ar_)
        ar_ = &r;
    if (r.write && !aw_)
        aw_ = &r;
    if (r.write && !w_)
        w_ = &r;
    owner_.need_edge(owner_.may_be_late() ? first_seen(r, edge) : edge);
}

void slave_port::withdraw(const request &r)
{
    remove(r);
    find_heads();
}

void slave_port::remove(const request &r)
{
    request **at = &waiting_;

    while (*at && *at != &r)
        at = &(*at)->behind;
    if (!*at)
        return;
    *at = r.behind;
    if (end_ == &r.behind)
        end_ = at;
}

void slave_port::find_heads()
{
    aw_ = w_ = ar_ = nullptr;
    for (request *r = waiting_; r; r = r->behind) {
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

its_axi_w slave_port::write_beat(const request &r) const
{
    its_axi_w w{};

    if (r.posted)
        return r.data;
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
    if (waiting_ && !nothing_new)
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
    if (pins.aw.valid | pins.w.valid | pins.ar.valid)
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
    remove(r);
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

void slave_port::report_lost(unsigned writes) const
{
    char text[64];

    std::snprintf(text, sizeof text, "%u posted writes were cut off by a reset", writes);
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
    r.done.notify(sc_core::SC_ZERO_TIME); // with the levels of this edge, which come a delta later
}

// Those begun by this edge, in the order they came: AXI IDs are given anew as they get free.
std::vector<slave_port::request *> slave_port::begun_by(uint64_t edge)
{
    std::vector<request *> found;

    for (auto &slot : slots_)
        if (slot->used && slot->on_pins && !slot->finished && slot->from_edge <= edge)
            found.push_back(slot.get());
    std::sort(found.begin(), found.end(),
              [](const request *a, const request *b) { return a->number < b->number; });
    return found;
}

void slave_port::cut_off(request &r)
{
    withdraw(r);
    r.on_pins = false;
    if (r.posted || r.stage == stage::answered) {
        put_back(r);
    } else if (!r.nonblocking) {
        r.resp = ITS_AXI_SLVERR;
        r.nameless = false;
        finish(r);
    } else if (r.stage != stage::responding) {
        r.trans->set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        late_.push_back(&r);
    }
}

// Whoever hears the report may begin something new.
void slave_port::reset(uint64_t edge)
{
    unsigned before = posted_;

    for (request *r : begun_by(edge))
        cut_off(*r);
    if (posted_ < before)
        report_lost(before - posted_);
}

// A response of `r` is on the pins: when does it need the clock?
uint64_t slave_port::needs_edge(const request &r, uint64_t edge, bool seen) const
{
    if (r.posted && seen)
        return UINT64_MAX;
    if (!r.nonblocking || (r.stage == stage::accepted && !open_))
        return edge + 1;
    return r.stage == stage::answered ? std::max(edge + 1, r.answer_edge) : UINT64_MAX;
}

// Of a request that is offered at `edge`: nb_transport's first phase ends when it is taken, a write may
// change what registers do.
uint64_t slave_port::first_seen(const request &r, uint64_t edge)
{
    if (r.posted)
        return edge + shortest_translation;
    return r.quiet && !r.nonblocking ? edge + shortest_access : edge;
}

uint64_t slave_port::next(const its_axi &pins, uint64_t edge, bool seen) const
{
    uint64_t soonest = next_answer(pins, edge, seen);

    for (const request *r = waiting_; r; r = r->behind) {
        uint64_t at = std::max(edge + 1, r->from_edge);
        soonest = std::min(soonest, seen ? first_seen(*r, at) : at);
    }
    return soonest;
}

// What is on the pins, or was to go without them.
uint64_t slave_port::next_answer(const its_axi &pins, uint64_t edge, bool seen) const
{
    uint64_t soonest = UINT64_MAX;

    if (!late_.empty() && !open_)
        return edge + 1;
    if (pins.b.valid)
        soonest = needs_edge(*slots_[pins.b.d.id], edge, seen);
    if (pins.r.valid)
        soonest = std::min(soonest, needs_edge(*slots_[pins.r.d.id], edge, seen));
    return soonest;
}

bool slave_port::idle() const
{
    return std::none_of(slots_.begin(), slots_.end(), [](const auto &r) {
        return r->used && r->on_pins && !r->finished && (r->offered || r->posted);
    });
}

} // namespace its
