// SPDX-License-Identifier: MIT
// block_faces.cpp - changing the face, and the accesses of the fast one.
#include "itsim/tlm/block.h"

#include "tlm/master.h"
#include "tlm/slave.h"

namespace its {

void block::set_face(const std::string &name)
{
    if (name == "cycle")
        set_face(face_kind::cycle);
    else if (name == "timed")
        set_face(face_kind::timed);
    else if (name == "fast")
        set_face(face_kind::fast);
    else
        param_error("no face \"" + name + "\": cycle, timed, fast");
}

void block::set_face(face_kind wanted)
{
    if (wanted == face_kind::fast && !has_fast_face()) {
        param_error("has no fast face");
        return;
    }
    catch_up();
    wanted_ = wanted;
    face_moves_ = true;
    if (s_pins_)
        need_edge(edge_after(sc_core::SC_ZERO_TIME));
}

face_kind block::face() const
{
    if (fast_)
        return face_kind::fast;
    return wanted_ == face_kind::fast ? face_kind::timed : wanted_;
}

// Asks the core for the face wanted, which it takes at an idle edge. True: nothing may be offered at
// this edge. Into fast the core is asked only when it will follow at once, and while no transaction is
// on the pins, where it could not end any more.
bool block::change_face()
{
    if (want_fast() && !fast_ && !(slave_->idle() && core_idle()))
        return false;
    asked_fast_ = want_fast();
    core_set_face(asked_fast_);
    return asked_fast_ && !fast_;
}

// The core may have taken the face it was asked for.
void block::follow_face()
{
    bool was_fast = fast_;

    fast_ = in_fast_face();
    face_moves_ = want_fast() != fast_ || asked_fast_ != fast_;
    if (was_fast || !fast_)
        return;
    for (tlm::tlm_generic_payload *trans : slave_->turn_fast())
        queue_fast(*trans, sc_core::sc_time_stamp());
}

bool block::enter_fast()
{
    while (fast_busy_) {
        if (sc_core::sc_get_current_process_handle().proc_kind() != sc_core::SC_THREAD_PROC_ &&
            sc_core::sc_get_current_process_handle().proc_kind() != sc_core::SC_CTHREAD_PROC_)
            return false;
        sc_core::wait(fast_free_);
    }
    catch_up();
    fast_busy_ = true;
    return true;
}

void block::leave_fast()
{
    fast_busy_ = false;
    driven_ = false;
    present();
    fast_free_.notify(sc_core::SC_ZERO_TIME);
    if (late_tick_) {
        late_tick_ = false;
        catch_up();
    }
    if (!driven_) {
        core_drive();
        driven_ = true;
        publish_all();
    }
    schedule();
}

// False: the face changed while the access waited for its turn.
bool block::fast_transport(tlm::tlm_generic_payload &trans, sc_core::sc_time &delay)
{
    struct turn {
        block &owner;
        ~turn() { owner.leave_fast(); }
    };
    uint64_t cycles = 0;

    enter_fast();
    turn mine{*this};
    if (!fast_)
        return false;
    if (!resetn_) {
        trans.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return true;
    }
    master_->spent = sc_core::SC_ZERO_TIME;
    slave_->run_fast(trans, master_->immediate(), cycles);
    delay += period_ * static_cast<double>(cycles) + master_->spent;
    return true;
}

void block::queue_fast(tlm::tlm_generic_payload &trans, const sc_core::sc_time &start)
{
    fast_queue_.push_back({&trans, start});
    fast_work_.notify(sc_core::SC_ZERO_TIME);
}

// Carries out the transactions of nb_transport in the fast face.
void block::serve_fast()
{
    for (;;) {
        while (fast_queue_.empty())
            sc_core::wait(fast_work_);
        auto [trans, start] = fast_queue_.front();
        fast_queue_.pop_front();
        if (start > sc_core::sc_time_stamp())
            sc_core::wait(start - sc_core::sc_time_stamp());
        sc_core::sc_time delay;
        if (fast_transport(*trans, delay))
            slave_->answer(*trans, delay);
        else
            slave_->begin(*trans, edge_after(delay), false);
    }
}

} // namespace its
