// SPDX-License-Identifier: MIT
// s_axi by nb_transport: the four phases of the base protocol are the handshakes of the pins.
#include <deque>

#include "rig.h"

namespace {

using namespace rig;

// Counts the references of a transaction, and keeps it.
struct keeper : tlm::tlm_mm_interface {
    void free(tlm::tlm_generic_payload *) override { freed++; }
    unsigned freed = 0;
};

struct phase_seen {
    tlm::tlm_generic_payload *trans;
    tlm::tlm_phase phase;
    sc_time time;
    tlm::tlm_response_status status;
};

struct at_rig : rig::soc<> {
    keeper mm;
    std::vector<phase_seen> seen;
    sc_core::sc_event news{"news"};
    enum { by_call, by_return, by_completion, never } answer = by_call;

    at_rig()
    {
        backward = [this](tlm::tlm_generic_payload &t, tlm::tlm_phase &phase, sc_time &delay) {
            EXPECT_EQ(delay, SC_ZERO_TIME);
            seen.push_back({&t, phase, sc_core::sc_time_stamp(), t.get_response_status()});
            news.notify(SC_ZERO_TIME);
            if (phase != tlm::BEGIN_RESP)
                return tlm::TLM_ACCEPTED;
            if (answer == by_return) {
                phase = tlm::END_RESP;
                return tlm::TLM_UPDATED;
            }
            return answer == by_completion ? tlm::TLM_COMPLETED : tlm::TLM_ACCEPTED;
        };
    }

    tlm::tlm_sync_enum send(transfer &a, tlm::tlm_phase phase, sc_time delay = SC_ZERO_TIME)
    {
        a.trans.set_mm(&mm);
        if (phase == tlm::BEGIN_REQ)
            a.trans.acquire();
        return bus->nb_transport_fw(a.trans, phase, delay);
    }
    // Lets time pass until this transaction got that phase.
    phase_seen await(const transfer &a, tlm::tlm_phase phase)
    {
        for (unsigned i = 0; i < 1000; i++) {
            for (const phase_seen &p : seen)
                if (p.trans == &a.trans && p.phase == phase)
                    return p;
            sc_core::wait(1000 * ns, news);
        }
        ADD_FAILURE() << "no such phase";
        return {};
    }
    unsigned count(const transfer &a, tlm::tlm_phase phase) const
    {
        unsigned n = 0;
        for (const phase_seen &p : seen)
            n += p.trans == &a.trans && p.phase == phase;
        return n;
    }
};

sc_time edge(uint64_t n)
{
    return static_cast<double>(n) * ns;
}

TEST(Phases, AWriteGoesThroughAllFour)
{
    at_rig s;
    transfer a(true, 0, 4, 0x80001234);
    s.simulate([&] {
        a.trans.set_address(s.at(ITS_FRAME_GITS, 0x84));
        sc_core::wait(100.5 * ns);
        EXPECT_EQ(s.send(a, tlm::BEGIN_REQ), tlm::TLM_ACCEPTED);
        phase_seen end_req = s.await(a, tlm::END_REQ);
        EXPECT_EQ(end_req.time, edge(101)); // AW and W are taken at the first edge after
        phase_seen begin_resp = s.await(a, tlm::BEGIN_RESP);
        EXPECT_GT(begin_resp.time, end_req.time);
        EXPECT_EQ(begin_resp.status, tlm::TLM_OK_RESPONSE);
        EXPECT_EQ(s.send(a, tlm::END_RESP), tlm::TLM_COMPLETED);
        a.trans.release();
        EXPECT_EQ(s.mm.freed, 1u);
        EXPECT_EQ(s.seen.size(), 2u);
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0x84), 0x80001234u);
    });
}

TEST(Phases, AReadHasItsDataAtBeginResp)
{
    at_rig s;
    transfer a(false, 0, 8);
    s.simulate([&] {
        a.trans.set_address(s.at(ITS_FRAME_GITS, 0x8));
        s.send(a, tlm::BEGIN_REQ);
        s.await(a, tlm::BEGIN_RESP);
        uint64_t typer = a.value();
        s.send(a, tlm::END_RESP);
        EXPECT_EQ(typer, s.read(ITS_FRAME_GITS, 0x8, 8));
        EXPECT_NE(typer, 0u);
    });
}

TEST(Phases, TakeTheSameCyclesAsABlockingCall)
{
    at_rig s;
    transfer a(false, 0, 4);
    s.simulate([&] {
        sc_core::wait(10 * ns);
        s.read(ITS_FRAME_GITS, 0x4);
        sc_time blocking = sc_core::sc_time_stamp() - edge(10);
        sc_core::wait(edge(50) - sc_core::sc_time_stamp());
        a.trans.set_address(s.at(ITS_FRAME_GITS, 0x4));
        s.send(a, tlm::BEGIN_REQ);
        EXPECT_EQ(s.await(a, tlm::BEGIN_RESP).time - edge(50), blocking);
        s.send(a, tlm::END_RESP);
    });
}

TEST(Phases, ADelayedBeginReqCountsLater)
{
    at_rig s;
    transfer a(false, 0, 4);
    s.simulate([&] {
        a.trans.set_address(s.at(ITS_FRAME_GITS, 0x4));
        s.send(a, tlm::BEGIN_REQ, 50 * ns);
        EXPECT_EQ(s.await(a, tlm::END_REQ).time, edge(51));
        s.await(a, tlm::BEGIN_RESP);
        s.send(a, tlm::END_RESP);
    });
}

TEST(Phases, EndRespMayComeByReturnOrCompletion)
{
    at_rig s;
    transfer a(false, 0, 4), b(false, 0, 4);
    s.simulate([&] {
        for (transfer *t : {&a, &b})
            t->trans.set_address(s.at(ITS_FRAME_GITS, 0x4));
        s.answer = at_rig::by_return;
        s.send(a, tlm::BEGIN_REQ);
        s.await(a, tlm::BEGIN_RESP);
        s.answer = at_rig::by_completion;
        s.send(b, tlm::BEGIN_REQ);
        s.await(b, tlm::BEGIN_RESP);
        for (transfer *t : {&a, &b}) {
            t->trans.release();
            EXPECT_EQ(t->value(), 0x0001143bu);
        }
        EXPECT_EQ(s.mm.freed, 2u);
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0x4), 0x0001143bu);
    });
}

TEST(Phases, OnlyOneResponseIsOpenAtATime)
{
    at_rig s;
    std::deque<transfer> all;
    s.simulate([&] {
        for (unsigned i = 0; i < 6; i++) {
            bool write = i % 2;
            all.emplace_back(write, s.at(ITS_FRAME_GITS, write ? 0x80 : 0x4), 4, i);
        }
        for (transfer &t : all) {
            s.send(t, tlm::BEGIN_REQ);
            s.await(t, tlm::END_REQ);
        }
        std::vector<const tlm::tlm_generic_payload *> order;
        for (unsigned i = 0; i < all.size(); i++) {
            sc_core::wait(200 * ns); // time enough for a second one
            unsigned open = 0;
            transfer *next = nullptr;
            for (transfer &t : all) {
                bool answered = std::count(order.begin(), order.end(), &t.trans);
                if (s.count(t, tlm::BEGIN_RESP) && !answered) {
                    open++;
                    next = &t;
                }
            }
            ASSERT_EQ(open, 1u);
            order.push_back(&next->trans);
            s.send(*next, tlm::END_RESP);
        }
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0x80), 5u);
    });
}

TEST(Phases, AResponseThatIsNotTakenHoldsThePort)
{
    at_rig s;
    transfer a(true, 0, 4, 1);
    s.simulate([&] {
        a.trans.set_address(s.at(ITS_FRAME_GITS, 0x80));
        s.send(a, tlm::BEGIN_REQ);
        s.await(a, tlm::BEGIN_RESP);
        bool answered = false;
        sc_core::sc_spawn([&] {
            s.write(ITS_FRAME_GITS, 0x84, 2);
            answered = true;
        });
        sc_core::wait(500 * ns);
        EXPECT_FALSE(answered); // B is in order, and its first entry is not taken
        s.send(a, tlm::END_RESP);
        sc_core::wait(20 * ns);
        EXPECT_TRUE(answered);
    });
}

TEST(Phases, BadTransactionsAreCompletedAtOnce)
{
    at_rig s;
    transfer a(false, UINT64_C(1) << 40, 4), b(false, 0, 3), c(false, 0, 4);
    s.simulate([&] {
        EXPECT_EQ(s.send(a, tlm::BEGIN_REQ), tlm::TLM_COMPLETED);
        EXPECT_EQ(a.status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
        EXPECT_EQ(s.send(b, tlm::BEGIN_REQ), tlm::TLM_COMPLETED);
        EXPECT_EQ(b.status(), tlm::TLM_BURST_ERROR_RESPONSE);
        c.trans.set_command(tlm::TLM_IGNORE_COMMAND);
        EXPECT_EQ(s.send(c, tlm::BEGIN_REQ), tlm::TLM_COMPLETED);
        EXPECT_EQ(c.status(), tlm::TLM_OK_RESPONSE);
        sc_core::wait(100 * ns);
        EXPECT_TRUE(s.seen.empty());
    });
}

TEST(Phases, AnEndRespOutOfPlaceIsAnError)
{
    at_rig s;
    transfer a(false, 0, 4);
    expect_report("/its/tlm", 2);
    s.simulate([&] {
        a.trans.set_address(s.at(ITS_FRAME_GITS, 0x4));
        EXPECT_THROW(s.send(a, tlm::END_RESP), sc_core::sc_report);
        s.send(a, tlm::BEGIN_REQ);
        s.await(a, tlm::BEGIN_RESP);
        s.send(a, tlm::END_RESP);
        EXPECT_THROW(s.send(a, tlm::END_RESP), sc_core::sc_report);
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0x4), 0x0001143bu);
    });
}

TEST(Phases, ResetAnswersWhatIsUnderWayWithErrors)
{
    at_rig s;
    sc_core::sc_signal<bool> resetn("resetn", true);
    s.gic.resetn.bind(resetn);
    std::deque<transfer> all;
    s.simulate([&] {
        // Another cut at every edge of an access.
        for (unsigned cut = 0; cut < 8; cut++) {
            transfer &t = all.emplace_back(true, s.at(ITS_FRAME_GITS, 0x80), 4, 1);
            s.send(t, tlm::BEGIN_REQ);
            sc_core::wait(cut * ns);
            resetn.write(false);
            sc_core::wait(5 * ns);
            phase_seen p = s.await(t, tlm::BEGIN_RESP);
            EXPECT_EQ(s.count(t, tlm::BEGIN_RESP), 1u);
            bool in_time = p.status == tlm::TLM_OK_RESPONSE;
            EXPECT_TRUE(in_time || p.status == tlm::TLM_GENERIC_ERROR_RESPONSE);
            EXPECT_EQ(in_time, cut >= 3) << cut; // BVALID stands at the first edge of reset
            s.send(t, tlm::END_RESP);
            resetn.write(true);
            sc_core::wait(5 * ns);
            EXPECT_EQ(s.read(ITS_FRAME_GITS, 0x80), 0u);
        }
    });
}

TEST(Phases, WorkInTheFastFace)
{
    at_rig s;
    transfer a(true, 0, 8, 0x8000000040000001), b(false, 0, 4);
    s.gic.set_face("fast");
    s.simulate([&] {
        sc_core::wait(10 * ns);
        EXPECT_EQ(s.gic.face(), its::face_kind::fast);
        a.trans.set_address(s.at(ITS_FRAME_GITS, 0x80));
        b.trans.set_address(s.at(ITS_FRAME_GITS, 0x84));
        s.backward = [&](tlm::tlm_generic_payload &t, tlm::tlm_phase &phase, sc_time &delay) {
            EXPECT_EQ(phase, tlm::BEGIN_RESP);
            EXPECT_GT(delay, SC_ZERO_TIME);
            s.seen.push_back({&t, phase, sc_core::sc_time_stamp(), t.get_response_status()});
            s.news.notify(SC_ZERO_TIME);
            return tlm::TLM_ACCEPTED;
        };
        s.send(a, tlm::BEGIN_REQ);
        s.send(b, tlm::BEGIN_REQ, 5 * ns);
        EXPECT_EQ(s.await(a, tlm::BEGIN_RESP).status, tlm::TLM_OK_RESPONSE);
        sc_core::wait(20 * ns);
        EXPECT_EQ(s.count(b, tlm::BEGIN_RESP), 0u); // one response at a time
        s.send(a, tlm::END_RESP);
        s.await(b, tlm::BEGIN_RESP);
        s.send(b, tlm::END_RESP);
        EXPECT_EQ(b.value(), 0x80000000u);
        EXPECT_EQ(s.count(b, tlm::BEGIN_RESP), 1u);
    });
}

} // namespace
