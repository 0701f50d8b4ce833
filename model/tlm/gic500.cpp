// SPDX-License-Identifier: MIT
// gic500.cpp - the gic500 core inside its SystemC module.
#include "itsim/tlm/gic500.h"

namespace its {

gic500_base::gic500_base(const sc_core::sc_module_name &name, unsigned bus_bytes)
    : block(name, bus_bytes, true)
{}

gic500_base::~gic500_base() = default;

void gic500_base::bind_stubs(levels &l)
{
    for (unsigned i = 0; i < 64; i++) {
        sc_core::sc_out<bool> &port = (*l.ports)[l.first + i];
        if (port.bind_count() > 0) {
            l.bound |= UINT64_C(1) << i;
            continue;
        }
        if (!stub_)
            stub_ = std::make_unique<stub>("unbound");
        port.bind(*stub_);
    }
}

void gic500_base::before_end_of_elaboration()
{
    block::before_end_of_elaboration();
    for (levels l : {levels{&pins_.lpi[0], &lpi, 0}, levels{&pins_.lpi[1], &lpi, 64},
                     levels{&pins_.wake_request[0], &wake_request, 0},
                     levels{&pins_.wake_request[1], &wake_request, 64}}) {
        bind_stubs(l);
        if (l.bound)
            levels_.push_back(l);
    }
}

// A bound output that nobody ever drives may be a mistake of the platform, or all of a vector is bound.
void gic500_base::look_for_idle_outputs() const
{
    std::string idle;
    unsigned more = 0;

    for (const levels &l : levels_)
        for (uint64_t bound = l.bound; bound; bound &= bound - 1) {
            unsigned n = l.first + static_cast<unsigned>(__builtin_ctzll(bound));
            if (n < profile_.redistributors)
                continue;
            if (idle.empty())
                idle = (*l.ports)[n].name();
            else
                more++;
        }
    if (idle.empty())
        return;
    if (more > 0)
        idle += " and " + std::to_string(more) + " more outputs";
    idle +=
        " will stay low: there are " + std::to_string(profile_.redistributors) + " redistributors";
    SC_REPORT_WARNING("/its/param", idle.c_str());
}

void gic500_base::create()
{
    look_for_idle_outputs();
    size_t bytes = gic500_size(&profile_);
    its_status status;

    core_ = gic500_create(allocate(bytes), bytes, &profile_, &status);
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

void gic500_base::core_listen()
{
    gic500_listen(core_, sink_, sink_host_);
}

void gic500_base::core_drive()
{
    gic500_drive(core_, &pins_);
}

void gic500_base::core_clock()
{
    gic500_clock(core_, &pins_);
}

uint64_t gic500_base::core_wake() const
{
    return gic500_wake(core_);
}

bool gic500_base::core_skip(uint64_t edges)
{
    return gic500_skip(core_, edges) == ITS_OK;
}

uint64_t gic500_base::core_unseen(bool answers) const
{
    return gic500_unseen(core_, answers);
}

uint64_t gic500_base::core_run(uint64_t edges)
{
    return gic500_run(core_, &pins_, edges);
}

uint64_t gic500_base::core_peek(const its_place &at, unsigned bytes)
{
    return gic500_peek(core_, static_cast<its_frame>(at.frame), at.rd, at.offset, bytes);
}

bool gic500_base::in_fast_face() const
{
    return core_ && gic500_face(core_) == ITS_FACE_FAST;
}

bool gic500_base::core_idle() const
{
    return gic500_look(core_).idle;
}

void gic500_base::core_set_face(bool fast)
{
    gic500_set_face(core_, fast ? ITS_FACE_FAST : ITS_FACE_CLOCKED);
}

void gic500_base::core_fast_time(uint64_t edge)
{
    gic500_fast_time(core_, edge);
}

its_access_result gic500_base::core_fast_access(const its_access &access, const its_memory &memory,
                                                uint64_t &latency)
{
    // The latencies of memory come with its answers, so none is added here.
    return gic500_fast_access(core_, &access, &memory, 0, &latency);
}

bool gic500_base::differ() const
{
    for (const levels &l : levels_)
        if (l.changed())
            return true;
    return false;
}

void gic500_base::write(levels &l)
{
    for (uint64_t left = l.changed(); left; left &= left - 1) {
        unsigned bit = static_cast<unsigned>(__builtin_ctzll(left));
        (*l.ports)[l.first + bit].write((*l.now >> bit) & 1u);
    }
    l.shown = *l.now;
}

void gic500_base::show()
{
    for (levels &l : levels_)
        if (l.changed())
            write(l);
}

void gic500_base::set_observer(observer o)
{
    catch_up();
    observer_ = std::move(o);
    observed_ = extra_ = static_cast<bool>(observer_);
    if (s_pins_)
        need_edge(edge_after(sc_core::SC_ZERO_TIME));
}

void gic500_base::extra_inputs(uint64_t)
{
    observer_(pins_, gic500_look(core_));
}

uint32_t gic500_base::acknowledge(unsigned n)
{
    if (!core_)
        return GIC500_SPURIOUS;
    catch_up();
    if (!fast()) {
        uint32_t intid = gic500_acknowledge(core_, n);
        gic500_show_lpi(core_, &pins_);
        touched(gic500_rests(core_, n));
        return intid;
    }
    if (!enter_fast())
        return GIC500_SPURIOUS;
    its_memory memory = immediate_memory();
    uint32_t intid =
        fast() ? gic500_fast_acknowledge(core_, n, &memory) : gic500_acknowledge(core_, n);
    leave_fast();
    return intid;
}

bool gic500_base::pending(unsigned n, uint32_t intid)
{
    if (!core_)
        return false;
    catch_up();
    its_memory memory = debug_memory();
    return gic500_pending(core_, n, intid, &memory);
}

gic500_status gic500_base::look()
{
    if (!core_)
        return gic500_status{};
    catch_up();
    gic500_status now = gic500_look(core_);
    now.idle = now.idle && port_idle();
    return now;
}

unsigned gic500_base::drop_clean_lines()
{
    if (!core_ || !enter_fast())
        return 0;
    unsigned lines = gic500_drop_clean_lines(core_);
    leave_fast();
    return lines;
}

uint64_t gic500_base::digest()
{
    if (!core_)
        return 0;
    catch_up();
    return gic500_digest(core_);
}

} // namespace its
