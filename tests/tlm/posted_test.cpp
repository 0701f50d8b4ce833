// SPDX-License-Identifier: MIT
// MSIs that are bufferable: their initiators go on at once, the writes go their way to the pins.
#include "apart.h"
#include "rig.h"

namespace {

using namespace rig;

struct keeper : tlm::tlm_mm_interface {
    void free(tlm::tlm_generic_payload *) override {}
};

// A write to GITS_TRANSLATER; the extensions go with the transaction.
struct msi_write : transfer {
    msi_write(uint64_t address, uint32_t device, uint32_t event, bool bufferable = true,
              unsigned bytes = 4)
        : transfer(true, address, bytes, event)
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
        backward = [this](tlm::tlm_generic_payload &, tlm::tlm_phase &phase, sc_time &) {
            phases++;
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

// Three devices send at a time, twice.
std::string three_devices(const std::string &face, bool bufferable)
{
    posting s(face);
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
        EXPECT_EQ(s.gic.acknowledge(2), 8192u + 16 + 2);
    });
    return s.event_text();
}

TEST(Posted, ComesAtTheEdgeOfOneThatIsWaitedFor)
{
    std::string cycle = apart([] { return three_devices("cycle", true); });
    std::string timed = apart([] { return three_devices("timed", true); });
    EXPECT_NE(cycle, "");
    EXPECT_EQ(cycle, timed);
    EXPECT_EQ(cycle, three_devices("timed", false));
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
        for (uint32_t i = 0; i < 20; i++) {
            all.push_back(std::make_unique<msi_write>(s.translater(), i % 4, i / 4));
            EXPECT_EQ(s.send(*all.back()), i < 16 ? tlm::TLM_COMPLETED : tlm::TLM_ACCEPTED) << i;
            sent.push_back(8 * (i % 4) + i / 4);
        }
        sc_core::wait(500 * ns);
        EXPECT_EQ(s.phases, 2u * 4u);
        EXPECT_EQ(s.accepted(), sent);
        msi_write later(s.translater(), 0, 7);
        EXPECT_EQ(s.send(later), tlm::TLM_COMPLETED);
        s.settle();
        for (const auto &a : all)
            EXPECT_EQ(a->status(), tlm::TLM_OK_RESPONSE);
    });
}

TEST(Posted, OnlyMsisAre)
{
    posting s;
    s.simulate([&] {
        s.start();
        auto wait_of = [&](bool write, uint64_t address) {
            transfer a(write, address, 4, 0);
            a.trans.set_extension(new its::attributes_ext({true, false, true}));
            sc_time before = sc_core::sc_time_stamp();
            EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
            return sc_core::sc_time_stamp() - before;
        };
        EXPECT_GE(wait_of(true, s.at(ITS_FRAME_GICR, 0x14)), 3 * ns);
        EXPECT_GE(wait_of(false, s.at(ITS_FRAME_GITS, 0)), 3 * ns);
        EXPECT_GE(wait_of(false, s.translater()), 3 * ns);
    });
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

TEST(Posted, AnErrorThatComesLaterIsReported)
{
    posting s;
    s.gic.set("bad_access", "1");
    expect_report("/its/slv");
    s.simulate([&] {
        s.start();
        msi_write a(s.translater(), 1, 3, true, 1); // GITS_TRANSLATER has no single bytes
        EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
        s.settle();
        EXPECT_EQ(s.count(ITS_EV_REG_BAD), 1u);
        msi_write good(s.translater(), 1, 3);
        EXPECT_EQ(s.transport(good), tlm::TLM_OK_RESPONSE);
        s.settle();
        EXPECT_EQ(s.gic.acknowledge(1), 8192u + 8 + 3);
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
        sc_core::wait(5 * ns);
        s.resetn.write(false);
        sc_core::wait(2 * ns);
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
