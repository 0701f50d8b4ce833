// SPDX-License-Identifier: MIT
// block.cpp - the clock of a module and the order of things around an edge.
#include "itsim/tlm/block.h"

#include "tlm/master.h"
#include "tlm/slave.h"

#include <algorithm>

namespace its {

namespace {

constexpr char tlm_id[] = "/its/tlm";

} // namespace

block::block(const sc_core::sc_module_name &name, unsigned bus_bytes, bool whole_gic)
    : sc_module(name), bus_bytes_(bus_bytes), whole_gic_(whole_gic),
      slave_(std::make_unique<slave_port>(*this, bus_bytes, whole_gic)),
      master_(std::make_unique<master_port>(*this))
{
    its_profile_preset(&profile_, "gic500");
    profile_.bus_bytes = bus_bytes;
    set_clock_period(sc_core::sc_time(1, sc_core::SC_NS));

    SC_HAS_PROCESS(block);
    SC_METHOD(tick);
    sensitive << tick_event_ << show_event_;
    dont_initialize();
    SC_METHOD(on_resetn);
    sensitive << resetn;
    dont_initialize();
    SC_THREAD(serve_fast);
}

block::~block() = default;

// --- parameters ----------------------------------------------------------------------------------

void block::param_error(const std::string &what) const
{
    SC_REPORT_ERROR("/its/param", (std::string(this->name()) + ": " + what).c_str());
}

bool block::may_set(const std::string &what) const
{
    if (locked_)
        param_error(what + " after the end of elaboration");
    return !locked_;
}

void block::set(const std::string &key, const std::string &value)
{
    char why[256];

    if (!may_set(key))
        return;
    if (!its_profile_set(&profile_, key.c_str(), value.c_str(), why, sizeof why))
        param_error(why);
}

void block::set_profile(const its_profile &profile)
{
    if (!may_set("set_profile"))
        return;
    profile_ = profile;
    profile_.bus_bytes = bus_bytes_;
}

void block::set_clock_period(const sc_core::sc_time &period)
{
    if (!may_set("set_clock_period"))
        return;
    if (period == sc_core::SC_ZERO_TIME) {
        param_error("the clock period must not be zero");
        return;
    }
    period_ = period;
    period_value_ = period.value();
    last_edge_ = UINT64_MAX / period_value_;
}

void block::set_default_device_id(uint32_t device)
{
    slave_->set_default_device(device);
}

void block::set_dmi(bool use)
{
    master_->set_dmi(use);
}

void block::listen(event_sink sink, void *host, bool late)
{
    catch_up();
    sink_ = sink;
    sink_host_ = host;
    late_sink_ = late;
    if (!s_pins_)
        return;
    core_listen();
    need_edge(edge_after(sc_core::SC_ZERO_TIME));
}

void block::add_device_resolver(device_resolver resolver)
{
    slave_->add(std::move(resolver));
}

void block::add_attribute_resolver(attribute_resolver resolver)
{
    slave_->add(std::move(resolver));
}

// --- elaboration ---------------------------------------------------------------------------------

void block::before_end_of_elaboration()
{
    if (resetn.bind_count() == 0) {
        resetn_stub_ = std::make_unique<sc_core::sc_signal<bool>>("resetn_stub", true);
        resetn.bind(*resetn_stub_);
    }
    if (syserr.bind_count() == 0) {
        syserr_stub_ = std::make_unique<sc_core::sc_signal<bool>>("syserr_stub");
        syserr.bind(*syserr_stub_);
    }
    if (umsi_irq.bind_count() == 0) {
        umsi_irq_stub_ = std::make_unique<sc_core::sc_signal<bool>>("umsi_irq_stub");
        umsi_irq.bind(*umsi_irq_stub_);
    }
}

// --- outputs ---------------------------------------------------------------------------------------

// Any process may bring the core to the present, but a signal has one writer: tick().
void block::publish_all()
{
    if (!in_tick_ &&
        (differ() || *syserr_pin_ != syserr_shown_ || *umsi_irq_pin_ != umsi_irq_shown_))
        show_event_.notify();
}

void block::show_all()
{
    if (*syserr_pin_ != syserr_shown_)
        syserr.write(syserr_shown_ = *syserr_pin_);
    if (*umsi_irq_pin_ != umsi_irq_shown_)
        umsi_irq.write(umsi_irq_shown_ = *umsi_irq_pin_);
    show();
}

void block::end_of_elaboration()
{
    char why[256];
    std::string problem;

    locked_ = true;
    if (its_profile_check(&profile_, why, sizeof why))
        problem = why;
    else if (profile_.bus_bytes != bus_bytes_)
        problem = "bus_bytes: BUSWIDTH says " + std::to_string(bus_bytes_);
    if (!problem.empty()) {
        param_error(problem + "; where errors do not throw, preset gic500 takes the place of all");
        its_profile_preset(&profile_, "gic500");
        profile_.bus_bytes = bus_bytes_;
    }
    space_ = its_map_bytes(&profile_, whole_gic_);
    create();
    core_listen();
}

void *block::allocate(size_t bytes)
{
    constexpr size_t alignment = 16; // its.h
    size_t space = bytes + alignment;

    storage_ = std::make_unique<unsigned char[]>(space);
    void *at = storage_.get();
    return std::align(alignment, bytes, at, space);
}

void block::start_of_simulation()
{
    resetn_ = reset_next_ = resetn.read();
    need_edge(1);
}

// --- time ----------------------------------------------------------------------------------------

// The edge at or before the present time, which it notes. One division for each point in time.
uint64_t block::present() const
{
    uint64_t value = sc_core::sc_time_stamp().value();

    if (value != present_value_) {
        present_value_ = value;
        present_edge_ = value / period_value_;
    }
    return present_edge_;
}

uint64_t block::edge_after(const sc_core::sc_time &delay) const
{
    uint64_t now = present();

    if (delay == sc_core::SC_ZERO_TIME)
        return now + 1;
    return (present_value_ + delay.value()) / period_value_ + 1;
}

// The present is noted: whoever names an edge has asked for it.
void block::need_edge(uint64_t edge)
{
    // Edges beyond the end of simulated time never come.
    if (edge >= tick_edge_ || edge > last_edge_)
        return;
    tick_edge_ = edge;
    tick_event_.notify(sc_core::sc_time::from_value(edge * period_value_ - present_value_));
}

// Edges at which nothing comes in and nothing is to be seen. There may be very many of them, and few
// at which the core has something left to do.
void block::skip(uint64_t edges)
{
    constexpr uint64_t few = 32;
    const uint64_t last = edge_ + edges;

    if (!driven_)
        core_drive();
    driven_ = true;
    while (edge_ < last) {
        uint64_t n = last - edge_;
        if (!core_skip(n)) {
            n = core_run(std::min(n, few));
            if (n == 0) {
                clock_edge(edge_ + 1);
                continue;
            }
        }
        edge_ += n;
    }
}

// Every edge up to this one is done. Transactions may be offered at them, but nobody sees that.
void block::skip_to(uint64_t edge)
{
    if (fast_ && edge > edge_) {
        core_fast_time(edge);
        edge_ = edge;
    }
    while (edge_ < edge) {
        uint64_t next = slave_->next(*s_pins_, edge_, false);
        if (next == edge_ + 1)
            clock_edge(next);
        else
            skip(std::min(edge, next - 1) - edge_);
    }
}

void block::run_edge(uint64_t edge)
{
    skip_to(edge - 1);
    clock_edge(edge);
}

void block::clock_edge(uint64_t edge)
{
    if (!driven_)
        core_drive();
    if (edge >= reset_edge_)
        resetn_ = reset_next_;
    bool hold = face_moves_ && change_face();
    *resetn_pin_ = resetn_;
    slave_->inputs(*s_pins_, edge, hold);
    master_->inputs(*m_pins_, edge);
    if (extra_)
        extra_inputs(edge);
    core_clock();
    edge_ = edge;
    slave_->transfers(*s_pins_);
    master_->transfers(*m_pins_);
    if (extra_)
        extra_transfers();
    if (!resetn_) {
        slave_->reset(edge);
        extra_reset();
    }
    core_drive();
    driven_ = true;
    publish_all();
    if (face_moves_)
        follow_face();
}

// In the cycle face, in reset and while the face changes every edge has its tick.
bool block::skips_edges() const
{
    return resetn_ && wanted_ == (fast_ ? face_kind::fast : face_kind::timed);
}

// The core is asked last: it takes longest to answer.
void block::schedule()
{
    const uint64_t soonest = edge_ + 1;
    uint64_t next = soonest;

    scheduled_ = edge_;
    if (tick_edge_ == soonest)
        return;
    if (skips_edges()) {
        bool late = may_be_late();
        next = std::min(slave_->next(*s_pins_, edge_, late), master_->next(edge_));
        if (extra_)
            next = std::min(next, extra_next(edge_));
        if (reset_edge_ > edge_)
            next = std::min(next, reset_edge_);
        if (next > soonest) {
            uint64_t rest = late ? core_unseen(!slave_->all_posted()) : core_wake();
            next = std::min(next, soonest + std::min(rest, UINT64_MAX - soonest));
        }
    }
    need_edge(next);
}

void block::tick()
{
    if (present() >= tick_edge_)
        tick_edge_ = UINT64_MAX;
    if (fast_busy_) {
        late_tick_ = true;
    } else {
        in_tick_ = true;
        bring_to_present();
        in_tick_ = false;
        if (scheduled_ != edge_)
            schedule();
    }
    show_all();
}

void block::catch_up()
{
    present();
    if (s_pins_ && !fast_busy_)
        bring_to_present();
}

// present() is up to date.
void block::bring_to_present()
{
    uint64_t now = present_edge_;

    if (now <= edge_ || in_edge_)
        return;
    in_edge_ = true;
    if (now * period_value_ == present_value_)
        run_edge(now);
    else
        skip_to(now);
    in_edge_ = false;
}

// tick() shows what changed, and looks when the next edge is needed.
void block::touched(bool rests)
{
    if (!rests)
        scheduled_ = UINT64_MAX;
    if (!in_tick_)
        show_event_.notify();
}

bool block::port_idle() const
{
    return slave_->idle();
}

uint64_t block::cycle()
{
    catch_up();
    return edge_;
}

void block::on_resetn()
{
    catch_up();
    reset_next_ = resetn.read();
    reset_edge_ = edge_after(sc_core::SC_ZERO_TIME);
    need_edge(reset_edge_);
}

// --- sockets -------------------------------------------------------------------------------------

void block::s_b_transport(tlm::tlm_generic_payload &trans, sc_core::sc_time &delay)
{
    trans.set_dmi_allowed(false);
    if (delay != sc_core::SC_ZERO_TIME) {
        sc_core::sc_time before = delay;
        delay = sc_core::SC_ZERO_TIME;
        sc_core::wait(before);
    }
    if (trans.get_command() == tlm::TLM_IGNORE_COMMAND) {
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
        return;
    }
    tlm::tlm_response_status status = slave_->check(trans);
    if (status != tlm::TLM_OK_RESPONSE) {
        trans.set_response_status(status);
        return;
    }
    slave_->make_room();
    while (!(fast_ ? fast_transport(trans, delay) : slave_->transport(trans)))
        ;
}

tlm::tlm_sync_enum block::s_nb_transport_fw(tlm::tlm_generic_payload &trans, tlm::tlm_phase &phase,
                                            sc_core::sc_time &delay)
{
    if (phase == tlm::END_RESP) {
        if (slave_->end(trans, edge_after(delay)))
            return tlm::TLM_COMPLETED;
        SC_REPORT_ERROR(tlm_id, "END_RESP for a transaction without an open response");
        return tlm::TLM_ACCEPTED;
    }
    if (phase != tlm::BEGIN_REQ)
        return tlm::TLM_ACCEPTED; // an ignorable phase
    trans.set_dmi_allowed(false);
    tlm::tlm_response_status status = slave_->check(trans);
    if (trans.get_command() == tlm::TLM_IGNORE_COMMAND)
        status = tlm::TLM_OK_RESPONSE;
    if (status != tlm::TLM_OK_RESPONSE || trans.get_command() == tlm::TLM_IGNORE_COMMAND) {
        trans.set_response_status(status);
        return tlm::TLM_COMPLETED;
    }
    slave_->make_room();
    if (fast_)
        queue_fast(trans, sc_core::sc_time_stamp() + delay);
    else if (slave_->begin(trans, edge_after(delay), true))
        return tlm::TLM_COMPLETED;
    if (trans.has_mm())
        trans.acquire();
    return tlm::TLM_ACCEPTED;
}

unsigned block::s_transport_dbg(tlm::tlm_generic_payload &trans)
{
    uint64_t address = trans.get_address();
    unsigned length = trans.get_data_length();

    if (!trans.is_read() || !s_pins_ || fast_busy_ || address >= space_)
        return 0;
    catch_up();
    length = static_cast<unsigned>(std::min<uint64_t>(length, space_ - address));
    uint64_t word = 0;
    for (unsigned i = 0; i < length; i++) {
        uint64_t at = address + i;
        if (i == 0 || at % 4 == 0)
            word = core_peek(its_map_decode(&profile_, whole_gic_, at & ~UINT64_C(3)), 4);
        trans.get_data_ptr()[i] = static_cast<unsigned char>(word >> (8 * (at % 4)));
    }
    trans.set_response_status(tlm::TLM_OK_RESPONSE);
    return length;
}

// m_axi uses b_transport only, so nobody has a reason to call back.
tlm::tlm_sync_enum block::m_nb_transport_bw(tlm::tlm_generic_payload &, tlm::tlm_phase &,
                                            sc_core::sc_time &)
{
    SC_REPORT_ERROR(tlm_id, "nb_transport_bw on m_axi, which never calls nb_transport_fw");
    return tlm::TLM_ACCEPTED;
}

void block::m_invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end)
{
    master_->invalidate(start, end);
}

its_memory block::immediate_memory()
{
    return master_->immediate();
}

its_memory block::debug_memory()
{
    its_memory m{};
    m.read = [](void *host, uint64_t addr, void *data, unsigned bytes, unsigned) {
        tlm::tlm_generic_payload trans;
        trans.set_command(tlm::TLM_READ_COMMAND);
        trans.set_address(addr);
        trans.set_data_ptr(static_cast<unsigned char *>(data));
        trans.set_data_length(bytes);
        trans.set_streaming_width(bytes);
        return static_cast<block *>(host)->m_forward()->transport_dbg(trans) == bytes;
    };
    m.write = [](void *, uint64_t, const void *, unsigned, unsigned) { return false; };
    m.host = this;
    return m;
}

} // namespace its
