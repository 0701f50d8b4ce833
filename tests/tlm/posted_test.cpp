// SPDX-License-Identifier: MIT
// MSIs that are bufferable: their initiators go on at once, the writes go their way to the pins.
#include <set>

#include "apart.h"
#include "arch/map.h"
#include "rig.h"

namespace {

using namespace rig;

struct keeper : tlm::tlm_mm_interface {
    void free(tlm::tlm_generic_payload *) override {}
};

// A write to GITS_TRANSLATER; the extensions go with the transaction.
struct msi_write : transfer {
    msi_write(uint64_t address, uint32_t device, uint32_t event, bool bufferable = true)
        : transfer(true, address, 4, event)
    {
        trans.set_extension(new its::device_id_ext(device));
        trans.set_extension(new its::attributes_ext({true, false, bufferable}));
    }
};

// Device d, event e: INTID 8192 + 8 d + e at redistributor d.
struct posting : rig::soc<> {
    sc_core::sc_signal<bool> resetn{"resetn", true};
    keeper mm;

    explicit posting(const std::string &face = "timed")
    {
        gic.resetn.bind(resetn);
        gic.set_face(face);
        backward = [this](tlm::tlm_generic_payload &, const tlm::tlm_phase &phase, sc_time &) {
            phases++;
            phase_came.notify(SC_ZERO_TIME);
            return phase == tlm::BEGIN_RESP ? tlm::TLM_COMPLETED : tlm::TLM_ACCEPTED;
        };
    }
    void start()
    {
        boot();
        for (uint32_t d = 0; d < 4; d++) {
            mapd(d);
            for (uint32_t e = 0; e < 8; e++)
                mapti(d, e, 8192 + 8 * d + e, d);
            sync(d);
        }
        consume();
        events.clear();
    }
    uint64_t translater() const { return at(ITS_FRAME_TRANSLATION, 0x40); }
    tlm::tlm_sync_enum send(msi_write &a, sc_time delay = SC_ZERO_TIME)
    {
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        a.trans.set_mm(&mm);
        a.trans.acquire();
        return bus->nb_transport_fw(a.trans, phase, delay);
    }
    std::vector<uint64_t> accepted() const
    {
        std::vector<uint64_t> found;
        for (const its_event &e : events)
            if (e.kind == ITS_EV_MSI_ACCEPT)
                found.push_back(8 * e.a + e.b);
        return found;
    }

    unsigned phases = 0; // called back
    sc_core::sc_event phase_came{"phase_came"};
};

TEST(Posted, BTransportReturnsAtOnceAndTheTransactionIsFree)
{
    posting s;
    s.simulate([&] {
        s.start();
        msi_write a(s.translater(), 1, 3);
        sc_time before = sc_core::sc_time_stamp(), delay;
        s.bus->b_transport(a.trans, delay);
        EXPECT_EQ(a.status(), tlm::TLM_OK_RESPONSE);
        EXPECT_EQ(sc_core::sc_time_stamp() + delay, before);
        EXPECT_EQ(s.accepted(), std::vector<uint64_t>{});
        EXPECT_FALSE(s.gic.look().idle);
        a.data = {7, 7, 7, 7};
        s.settle();
        EXPECT_EQ(s.gic.acknowledge(1), 8192u + 8 + 3);
        EXPECT_EQ(s.gic.acknowledge(1), GIC500_SPURIOUS);
    });
}

// Three devices send at a time, twice: what is seen outside, and the events if somebody listens.
std::string three_devices(const std::string &face, bool bufferable, bool listening)
{
    posting s(face);
    sc_core::sc_vector<sc_core::sc_signal<bool>> irq{"irq", 3};
    std::string log;
    sc_core::sc_spawn_options method;
    method.spawn_method();
    method.dont_initialize();
    for (unsigned n = 0; n < 3; n++) {
        s.gic.lpi[n].bind(irq[n]);
        method.set_sensitivity(&irq[n].value_changed_event());
    }
    sc_core::sc_spawn(
        [&] {
            for (auto &line : irq)
                log += line.read() ? '1' : '0';
            log += " at " + sc_core::sc_time_stamp().to_string() + "\n";
        },
        "irqs", &method);
    s.ram.watch([&](auto, bool, uint64_t address, unsigned) {
        log += std::to_string(address) + " at " + sc_core::sc_time_stamp().to_string() + "\n";
    });
    if (!listening)
        s.gic.listen(nullptr, nullptr);
    s.simulate([&] {
        s.start();
        for (unsigned round = 0; round < 2; round++) {
            for (uint32_t d = 0; d < 3; d++)
                sc_core::sc_spawn([&s, bufferable, d] {
                    msi_write a(s.translater(), d, d, bufferable);
                    EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
                });
            sc_core::wait(100 * ns);
        }
        for (uint32_t d = 0; d < 3; d++)
            EXPECT_EQ(s.gic.acknowledge(d), 8192u + 9 * d);
        sc_core::wait(ns);
    });
    return log + s.event_text();
}

TEST(Posted, ComesAtTheEdgeOfOneThatIsWaitedFor)
{
    for (bool listening : {true, false}) {
        std::string cycle = apart([=] { return three_devices("cycle", true, listening); });
        EXPECT_NE(cycle, "");
        EXPECT_EQ(cycle, apart([=] { return three_devices("timed", true, listening); }));
        EXPECT_EQ(cycle, apart([=] { return three_devices("timed", false, listening); }));
    }
}

// Reports that software asked for, of an MSI that is dropped before a lookup, the soonest there can be.
std::string reports(const std::string &face)
{
    posting s(face);
    sc_core::sc_signal<bool> umsi{"umsi"}, error{"error"};
    std::string log;
    s.gic.set("umsi", "3");
    s.gic.set("cache_control", "1");
    s.gic.set("translation_cycles", "1");
    s.gic.umsi_irq.bind(umsi);
    s.gic.syserr.bind(error);
    s.gic.listen(nullptr, nullptr);
    sc_core::sc_spawn_options method;
    method.spawn_method();
    method.dont_initialize();
    method.set_sensitivity(&umsi.value_changed_event());
    method.set_sensitivity(&error.value_changed_event());
    sc_core::sc_spawn(
        [&] {
            log += std::string(umsi.read() ? "umsi" : "-") + (error.read() ? " error" : " -") +
                   " at " + sc_core::sc_time_stamp().to_string() + "\n";
        },
        "outputs", &method);
    s.simulate([&] {
        s.start();
        s.write(ITS_FRAME_GITS, 0, 0x101);  // UMSIirq
        s.write(ITS_FRAME_GITS, 0x20, 0xc); // FCTLR.CEE, UEE
        s.settle();
        sc_core::wait(100 * ns);
        msi_write a(s.translater(), 0xfffff, 3);
        EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
        sc_core::wait(100 * ns);
    });
    return log;
}

TEST(Posted, ReportsOfItComeAtTheirEdges)
{
    std::string cycle = apart([] { return reports("cycle"); });
    EXPECT_NE(cycle.find("umsi error"), std::string::npos) << cycle;
    EXPECT_EQ(cycle, reports("timed"));
}

TEST(Posted, AMethodProcessCompletesItsTransactionAtOnce)
{
    posting s;
    msi_write a(s.translater(), 2, 5);
    tlm::tlm_sync_enum answer = tlm::TLM_ACCEPTED;
    sc_core::sc_event go;
    sc_core::sc_spawn_options method;
    method.spawn_method();
    method.dont_initialize();
    method.set_sensitivity(&go);
    sc_core::sc_spawn([&] { answer = s.send(a); }, "device", &method);
    s.simulate([&] {
        s.start();
        go.notify();
        sc_core::wait(ns);
        EXPECT_EQ(answer, tlm::TLM_COMPLETED);
        EXPECT_EQ(a.status(), tlm::TLM_OK_RESPONSE);
        EXPECT_EQ(a.trans.get_ref_count(), 1);
        s.settle();
        EXPECT_EQ(s.gic.acknowledge(2), 8192u + 16 + 5);
    });
    EXPECT_EQ(s.phases, 0u);
}

TEST(Posted, TheDelayOfNbTransportCountsBeforeIt)
{
    posting s;
    s.simulate([&] {
        s.start();
        msi_write a(s.translater(), 0, 1);
        uint64_t edges = s.gic.cycle();
        EXPECT_EQ(s.send(a, 40 * ns), tlm::TLM_COMPLETED);
        s.settle();
        // 40 edges, one that takes it, one that accepts it: the 42nd, counted from 0.
        for (const its_event &e : s.events)
            EXPECT_EQ(e.kind == ITS_EV_MSI_ACCEPT, e.cycle == edges + 41);
        EXPECT_EQ(s.accepted(), std::vector<uint64_t>{1});
    });
}

TEST(Posted, SixteenAreOnTheirWayTheNextOneHasToWait)
{
    posting s;
    s.simulate([&] {
        s.start();
        std::vector<std::unique_ptr<msi_write>> all;
        std::vector<uint64_t> sent;
        for (uint32_t i = 0; i < 17; i++) {
            all.push_back(std::make_unique<msi_write>(s.translater(), i % 4, i / 4));
            EXPECT_EQ(s.send(*all.back()), i < 16 ? tlm::TLM_COMPLETED : tlm::TLM_ACCEPTED) << i;
            sent.push_back(8 * (i % 4) + i / 4);
        }
        for (unsigned phase = 1; phase <= 2; phase++) { // END_REQ, BEGIN_RESP
            sc_core::wait(1000 * ns, s.phase_came);
            EXPECT_EQ(s.phases, phase);
        }
        EXPECT_EQ(s.accepted(), sent);
        msi_write later(s.translater(), 0, 7);
        EXPECT_EQ(s.send(later), tlm::TLM_COMPLETED);
        s.settle();
        for (const auto &a : all)
            EXPECT_EQ(a->status(), tlm::TLM_OK_RESPONSE);
    });
}

// Sixteen, and one more by b_transport so much later: how long it takes.
std::string seventeenth(const std::string &face, bool listening, unsigned half_cycles)
{
    posting s(face);
    std::string took;
    if (!listening)
        s.gic.listen(nullptr, nullptr);
    s.simulate([&] {
        s.start();
        s.settle();
        sc_core::wait(100.5 * ns);
        std::vector<std::unique_ptr<msi_write>> all;
        for (uint32_t i = 0; i < 16; i++) {
            all.push_back(std::make_unique<msi_write>(s.translater(), i % 4, i / 4));
            EXPECT_EQ(s.send(*all.back()), tlm::TLM_COMPLETED);
        }
        sc_core::wait(0.5 * half_cycles * ns);
        msi_write a(s.translater(), 0, 5);
        sc_time before = sc_core::sc_time_stamp();
        EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
        took = (sc_core::sc_time_stamp() - before).to_string();
        s.settle();
    });
    return took;
}

TEST(Posted, HowManyAreOnTheirWayDoesNotDependOnTheFace)
{
    std::set<std::string> times;
    for (unsigned half_cycles = 1; half_cycles < 20; half_cycles++) {
        std::string cycle = apart([=] { return seventeenth("cycle", false, half_cycles); });
        for (bool listening : {true, false})
            EXPECT_EQ(cycle, apart([=] { return seventeenth("timed", listening, half_cycles); }))
                << half_cycles;
        times.insert(cycle);
    }
    EXPECT_GT(times.size(), 2u);
    EXPECT_EQ(times.count("0 s"), 1u);
}

TEST(Posted, OnlyMsisAre)
{
    posting s;
    s.simulate([&] {
        s.start();
        auto time_of = [&](bool write, uint64_t address, unsigned bytes = 4) {
            transfer a(write, address, bytes, 0);
            a.trans.set_extension(new its::device_id_ext(1));
            a.trans.set_extension(new its::attributes_ext({true, false, true}));
            sc_time before = sc_core::sc_time_stamp();
            EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
            return sc_core::sc_time_stamp() - before;
        };
        EXPECT_GE(time_of(true, s.at(ITS_FRAME_GICR, 0x14)), 3 * ns);
        EXPECT_GE(time_of(false, s.at(ITS_FRAME_GITS, 0)), 3 * ns);
        EXPECT_GE(time_of(false, s.translater()), 3 * ns);
        EXPECT_GE(time_of(true, s.at(ITS_FRAME_TRANSLATION, 0)), 3 * ns);
        EXPECT_GE(time_of(true, s.translater() + 4), 3 * ns);
        EXPECT_GE(time_of(true, s.translater(), 1), 3 * ns) << "it has no single bytes";
        EXPECT_EQ(time_of(true, s.translater(), 2), SC_ZERO_TIME);
        s.settle();
    });
}

TEST(Posted, WritesToADeviceWindowAre)
{
    posting s;
    s.gic.set("device_window", "1");
    s.simulate([&] {
        s.start();
        uint64_t window = its_map_window_base(&s.gic.profile(), true);
        transfer a(true, window + 4 * 2, 4, 6);
        a.trans.set_extension(new its::attributes_ext({true, false, true}));
        sc_time before = sc_core::sc_time_stamp();
        EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
        EXPECT_EQ(sc_core::sc_time_stamp(), before);
        s.settle();
        EXPECT_EQ(s.gic.acknowledge(2), 8192u + 16 + 6);
    });
}

TEST(Posted, ResolversAreAskedOnce)
{
    posting s;
    unsigned devices = 0, attributes = 0;
    bool bufferable = false;
    s.gic.add_device_resolver([&](const tlm::tlm_generic_payload &, uint32_t &device) {
        devices++;
        device = 1;
        return true;
    });
    s.gic.add_attribute_resolver([&](const tlm::tlm_generic_payload &, its::access_attributes &a) {
        attributes++;
        a.bufferable = bufferable;
        return true;
    });
    s.simulate([&] {
        s.start();
        auto send = [&] {
            transfer a(true, s.translater(), 4, 1);
            tlm::tlm_phase phase = tlm::BEGIN_REQ;
            sc_time delay;
            a.trans.set_mm(&s.mm);
            a.trans.acquire();
            devices = attributes = 0;
            s.phases = 0;
            tlm::tlm_sync_enum answer = s.bus->nb_transport_fw(a.trans, phase, delay);
            sc_core::wait(100 * ns);
            EXPECT_EQ(devices, 1u);
            EXPECT_EQ(attributes, 1u);
            return answer;
        };
        EXPECT_EQ(send(), tlm::TLM_ACCEPTED);
        EXPECT_EQ(s.phases, 2u);
        bufferable = true;
        EXPECT_EQ(send(), tlm::TLM_COMPLETED);
        EXPECT_EQ(s.phases, 0u);
        s.gic.set_face("fast");
        sc_core::wait(5 * ns);
        EXPECT_EQ(send(), tlm::TLM_ACCEPTED);
    });
}

// An MSI whose data name the device, on a port that carries it in one beat.
TEST(Posted, Msi64Is)
{
    rig::soc<64> s;
    s.gic.set("msi64", "1");
    s.simulate([&] {
        s.boot();
        s.mapd(3);
        s.mapti(3, 5, 8200, 1);
        s.sync(1);
        s.consume();
        transfer a(true, s.at(ITS_FRAME_TRANSLATION, 0x40), 8, UINT64_C(3) << 32 | 5);
        a.trans.set_extension(new its::attributes_ext({true, false, true}));
        sc_time before = sc_core::sc_time_stamp();
        EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
        EXPECT_EQ(sc_core::sc_time_stamp(), before);
        s.settle();
        EXPECT_EQ(s.gic.acknowledge(1), 8200u);
    });
}

// Two reads that a reset cuts off, while it was not known yet that the MSI before them is over.
std::string cut_off(const std::string &face)
{
    posting s(face);
    transfer first(false, s.at(ITS_FRAME_GITS, 0), 4), second(false, s.at(ITS_FRAME_GITS, 8), 4);
    std::string log;
    s.gic.listen(nullptr, nullptr);
    s.backward = [&](const tlm::tlm_generic_payload &t, const tlm::tlm_phase &phase, sc_time &) {
        if (phase != tlm::BEGIN_RESP)
            return tlm::TLM_ACCEPTED;
        log += (&t == &first.trans ? "first at " : "second at ") +
               sc_core::sc_time_stamp().to_string() + "\n";
        return tlm::TLM_COMPLETED;
    };
    auto read = [&](transfer &a) {
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_time delay;
        a.trans.set_mm(&s.mm);
        a.trans.acquire();
        s.bus->nb_transport_fw(a.trans, phase, delay);
    };
    s.simulate([&] {
        s.start();
        s.settle();
        sc_core::wait(100.5 * ns);
        msi_write a(s.translater(), 0, 1);
        EXPECT_EQ(s.send(a), tlm::TLM_COMPLETED);
        sc_core::wait(4 * ns);
        read(first);
        sc_core::wait(ns);
        read(second);
        sc_core::wait(ns);
        s.resetn.write(false);
        sc_core::wait(5 * ns);
    });
    return log;
}

TEST(Posted, WhatAResetCutsOffIsAnsweredInItsOrder)
{
    std::string cycle = apart([] { return cut_off("cycle"); });
    EXPECT_NE(cycle.find("second"), std::string::npos);
    EXPECT_EQ(cycle, cut_off("timed"));
}

TEST(Posted, OneWithoutADeviceIdFailsAsAnyOther)
{
    posting s;
    expect_report("/its/slv");
    s.simulate([&] {
        s.start();
        transfer a(true, s.translater(), 4, 1);
        a.trans.set_extension(new its::attributes_ext({true, false, true}));
        EXPECT_EQ(s.transport(a), tlm::TLM_GENERIC_ERROR_RESPONSE);
    });
}

TEST(Posted, AResetLosesThoseOnTheirWay)
{
    posting s;
    s.simulate([&] {
        s.start();
        for (uint32_t e = 0; e < 8; e++) {
            msi_write a(s.translater(), 0, e);
            EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
        }
        expect_report("/its/slv");
        sc_core::wait(5 * ns);
        s.resetn.write(false);
        sc_core::wait(2 * ns);
        msi_write late(s.translater(), 0, 0);
        EXPECT_EQ(s.transport(late), tlm::TLM_GENERIC_ERROR_RESPONSE) << "in reset";
        size_t before = s.accepted().size();
        EXPECT_GT(before, 0u);
        EXPECT_LT(before, 8u);
        s.resetn.write(true);
        sc_core::wait(100 * ns);
        EXPECT_EQ(s.accepted().size(), before);
        s.start();
        for (uint32_t e = 0; e < 16; e++) { // all places are free again
            msi_write a(s.translater(), 0, e % 8);
            EXPECT_EQ(s.send(a), tlm::TLM_COMPLETED) << e;
        }
        s.settle();
        EXPECT_EQ(s.gic.acknowledge(0), 8192u);
    });
}

// The core turns fast at the edge at which the response to something else makes a device send one.
TEST(Posted, OneThatIsSentWhileTheFaceChangesArrives)
{
    posting s;
    msi_write msi(s.translater(), 3, 2);
    transfer first(false, s.at(ITS_FRAME_GITS, 0), 4), second(false, s.at(ITS_FRAME_GITS, 0), 4);
    tlm::tlm_sync_enum answer = tlm::TLM_UPDATED;
    s.backward = [&](const tlm::tlm_generic_payload &t, const tlm::tlm_phase &phase, sc_time &) {
        if (phase != tlm::BEGIN_RESP || &t == &first.trans) // its END_RESP comes later
            return tlm::TLM_ACCEPTED;
        if (&t == &second.trans)
            answer = s.send(msi);
        return tlm::TLM_COMPLETED;
    };
    auto phase_of = [&](transfer &a, tlm::tlm_phase phase) {
        sc_time delay;
        s.bus->nb_transport_fw(a.trans, phase, delay);
    };
    s.simulate([&] {
        s.resetn.write(false); // both are answered without the pins
        sc_core::wait(3 * ns);
        for (transfer *read : {&first, &second}) {
            read->trans.set_mm(&s.mm);
            read->trans.acquire();
            phase_of(*read, tlm::BEGIN_REQ);
        }
        sc_core::wait(3 * ns);
        s.resetn.write(true);
        sc_core::wait(5 * ns);
        s.start();
        s.settle();
        sc_core::wait(20.5 * ns);
        s.gic.set_face("fast");
        phase_of(first, tlm::END_RESP);
        sc_core::wait(100 * ns);
        EXPECT_EQ(answer, tlm::TLM_ACCEPTED);
        EXPECT_EQ(s.gic.face(), its::face_kind::fast);
        EXPECT_EQ(s.gic.acknowledge(3), 8192u + 24 + 2);
    });
}

TEST(Posted, AChangeToTheFastFaceWaitsForThem)
{
    posting s;
    s.simulate([&] {
        s.start();
        for (uint32_t e = 0; e < 8; e++) {
            msi_write a(s.translater(), 3, e);
            EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
        }
        s.gic.set_face("fast");
        sc_core::wait(3 * ns);
        EXPECT_EQ(s.gic.face(), its::face_kind::timed);
        sc_core::wait(500 * ns);
        EXPECT_EQ(s.gic.face(), its::face_kind::fast);
        EXPECT_EQ(s.accepted().size(), 8u);
        for (uint32_t e = 0; e < 8; e++)
            EXPECT_EQ(s.gic.acknowledge(3), 8192u + 24 + e);
        msi_write a(s.translater(), 3, 0); // like any other there
        EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
        EXPECT_EQ(s.gic.acknowledge(3), 8192u + 24);
    });
}

} // namespace
