// SPDX-License-Identifier: MIT
// Edges, faces and resetn: the cycle face and the timed face see the same cycles, whatever comes when.
#include <ctime>
#include <random>

#include "apart.h"
#include "rig.h"

namespace {

using namespace rig;

struct clocked : rig::soc<> {
    sc_core::sc_signal<bool> resetn{"resetn", true};
    sc_core::sc_vector<sc_core::sc_signal<bool>> irq{"irq", 4};

    explicit clocked(const std::string &face, const sc_core::sc_module_name &name = "soc")
        : rig::soc<>(name)
    {
        gic.resetn.bind(resetn);
        for (unsigned n = 0; n < 4; n++)
            gic.lpi[n].bind(irq[n]);
        gic.set_face(face);
        gic.set("lpi_entries", "2");
        gic.set("event_cache_sets", "1");
    }
    void map(unsigned devices_mapped)
    {
        for (uint32_t d = 0; d < devices_mapped; d++) {
            mapd(d);
            for (uint32_t e = 0; e < 8; e++)
                mapti(d, e, 8192 + 8 * d + e, (d + e) % 4);
        }
        for (unsigned rd = 0; rd < 4; rd++)
            sync(rd);
        consume();
    }
};

std::string now()
{
    return " at " + sc_core::sc_time_stamp().to_string() + "\n";
}

// A write of an MSI by nb_transport, begun now; `log` gets its phases.
void write_by_phases(clocked &s, uint32_t device, uint32_t event, std::string &log)
{
    transfer a(true, s.at(ITS_FRAME_TRANSLATION, 0x40), 4, event);
    its::device_id_ext id(device);
    sc_core::sc_event over;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_time delay;
    s.backward = [&](tlm::tlm_generic_payload &, const tlm::tlm_phase &p, sc_time &) {
        log += (p == tlm::END_REQ ? "END_REQ" : "BEGIN_RESP") + now();
        if (p == tlm::END_REQ)
            return tlm::TLM_ACCEPTED;
        over.notify();
        return tlm::TLM_COMPLETED;
    };
    a.trans.set_extension(&id);
    if (s.bus->nb_transport_fw(a.trans, phase, delay) == tlm::TLM_ACCEPTED)
        sc_core::wait(over);
    a.trans.clear_extension(&id);
}

// Notes when interrupts rise and fall, and every access to memory.
void note_all(clocked &s, std::string &log)
{
    sc_core::sc_spawn_options method;
    method.spawn_method();
    method.dont_initialize();
    for (auto &line : s.irq)
        method.set_sensitivity(&line.value_changed_event());
    sc_core::sc_spawn(
        [&] {
            for (auto &line : s.irq)
                log += line.read() ? '1' : '0';
            log += now();
        },
        "irqs", &method);
    s.ram.watch([&](auto, bool write, uint64_t address, unsigned) {
        log += (write ? "write " : "read ") + std::to_string(address) + now();
    });
}

// Everything a platform can do, at times that have nothing to do with the clock.
std::string random_run(const std::string &face, unsigned seed, bool with_resets, bool listening)
{
    clocked s(face);
    allow_reports("/its/slv"); // of posted MSIs that a reset cut off
    std::mt19937 random(seed);
    std::string log;
    if (!listening)
        s.gic.listen(nullptr, nullptr);
    note_all(s, log);
    auto pick = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    auto some_time = [&] {
        unsigned kind = pick(4);
        return kind == 0 ? SC_ZERO_TIME
               : kind == 1
                   ? static_cast<double>(pick(100)) * ns
                   : sc_time(static_cast<double>(pick(kind == 2 ? 5000 : 500000)), sc_core::SC_PS);
    };
    s.simulate([&] {
        s.boot();
        s.map(4);
        for (unsigned round = 0; round < 300; round++) {
            if (sc_time t = some_time(); t != SC_ZERO_TIME)
                sc_core::wait(t);
            switch (pick(with_resets ? 9 : 8)) {
            case 0:
            case 1:
                s.msi(pick(5), pick(9));
                log += "MSI" + now();
                break;
            case 2:
                write_by_phases(s, pick(5), pick(9), log);
                break;
            case 3:
                log += std::to_string(s.read(ITS_FRAME_GITS, 0x90)) + "\n";
                break;
            case 4:
                log += std::to_string(s.gic.acknowledge(pick(4))) + " at " +
                       std::to_string(s.gic.cycle()) + "\n";
                break;
            case 5:
                log += std::to_string(s.gic.drop_clean_lines()) + "\n";
                break;
            case 6:
                s.mapti(pick(4), pick(8), 8192 + pick(32), pick(4));
                s.consume();
                break;
            case 7:
                for (unsigned n = pick(20); n > 0; n--)
                    s.msi(pick(5), pick(9), true);
                break;
            case 8:
                s.resetn.write(false);
                sc_core::wait(some_time() + ns);
                s.resetn.write(true);
                sc_core::wait(some_time() + 2 * ns);
                s.ram.fill(s.devices, 0x80000, 0);
                s.boot();
                s.map(4);
                break;
            }
        }
        s.settle();
        log += std::to_string(s.gic.digest()) + " " + std::to_string(s.gic.cycle()) + "\n";
    });
    return log + s.event_text();
}

class Faces : public testing::TestWithParam<unsigned> {};

TEST_P(Faces, CycleAndTimedGiveTheSameTrace)
{
    bool with_resets = GetParam() % 2;
    std::string cycle = apart([&] { return random_run("cycle", GetParam(), with_resets, true); });
    std::string timed = random_run("timed", GetParam(), with_resets, true);
    EXPECT_GT(timed.size(), 10000u);
    EXPECT_TRUE(cycle == timed);
}

TEST_P(Faces, EdgesThatNobodySeesMayBeDoneLate)
{
    bool with_resets = GetParam() % 2;
    std::string cycle = apart([&] { return random_run("cycle", GetParam(), with_resets, false); });
    std::string timed = random_run("timed", GetParam(), with_resets, false);
    EXPECT_GT(timed.size(), 10000u);
    EXPECT_TRUE(cycle == timed);
}

INSTANTIATE_TEST_SUITE_P(Seed, Faces, testing::Range(1u, 13u));

TEST(Clock, SleepsWhileNothingHappens)
{
    clocked s("timed");
    s.simulate([&] {
        s.boot();
        s.settle();
        uint64_t before = s.gic.cycle();
        uint64_t deltas = sc_core::sc_delta_count();
        sc_core::wait(1, sc_core::SC_SEC);
        EXPECT_EQ(s.gic.cycle() - before, 1000000000u);
        EXPECT_LT(sc_core::sc_delta_count() - deltas, 10u);
    });
}

// An MSI takes some twenty edges; what is seen of it is its response and its interrupt.
TEST(Clock, SleepsWhileNothingIsSeen)
{
    clocked s("timed");
    s.simulate([&] {
        s.boot();
        s.map(1);
        s.settle();
        s.msi(0, 0);
        s.settle(); // its entries are held from now on
        s.gic.acknowledge(0);
        sc_core::wait(10 * ns);
        for (bool listening : {true, false}) {
            if (!listening)
                s.gic.listen(nullptr, nullptr);
            uint64_t deltas = sc_core::sc_delta_count();
            s.msi(0, 0);
            sc_core::wait(s.irq[0].posedge_event());
            deltas = sc_core::sc_delta_count() - deltas;
            EXPECT_GT(deltas, listening ? 12u : 3u);
            EXPECT_LT(deltas, listening ? 30u : 10u);
            s.gic.acknowledge(0);
            sc_core::wait(10 * ns);
        }
    });
}

// What is left to do then is little, and the rest of a long time is skipped.
TEST(Clock, ASecondAfterTheLastInterruptTakesNoTime)
{
    clocked s("timed");
    s.gic.listen(nullptr, nullptr);
    s.simulate([&] {
        s.boot();
        s.map(1);
        for (unsigned rest = 0; rest < 20; rest++) {
            s.msi(0, 0);
            sc_core::wait(s.irq[0].posedge_event());
            sc_core::wait(rest * ns);
            s.gic.acknowledge(0);
            std::clock_t before = std::clock();
            uint64_t cycle = s.gic.cycle();
            sc_core::wait(1, sc_core::SC_SEC);
            EXPECT_EQ(s.gic.cycle() - cycle, 1000000000u);
            ASSERT_LT(std::clock() - before, CLOCKS_PER_SEC) << rest;
        }
    });
}

TEST(Clock, EventsMayBeHeardLateButBeforeAnythingIsSeenOrAsked)
{
    clocked s("timed");
    std::vector<uint8_t> heard;
    s.simulate([&] {
        s.boot();
        s.map(1);
        s.msi(0, 0);
        s.settle();
        s.gic.acknowledge(0);
        s.settle();
        s.gic.listen(
            [](void *host, const its_event *e) {
                static_cast<std::vector<uint8_t> *>(host)->push_back(e->kind);
            },
            &heard, true);
        s.msi(0, 0);
        sc_core::wait(4 * ns);
        EXPECT_TRUE(heard.empty() ||
                    heard.back() != ITS_EV_HIT); // the edge of the response is done
        s.gic.cycle();
        ASSERT_FALSE(heard.empty());
        EXPECT_EQ(heard.back(), ITS_EV_HIT);
        sc_core::wait(s.irq[0].posedge_event());
        EXPECT_EQ(heard.back(), ITS_EV_LPI_SET);
    });
}

TEST(Clock, PeriodSetsTheCyclesOfATime)
{
    clocked s("timed");
    s.gic.set_clock_period(2.5 * ns);
    s.simulate([&] {
        sc_core::wait(1000 * ns);
        EXPECT_EQ(s.gic.cycle(), 400u);
        sc_core::wait(2 * ns);
        EXPECT_EQ(s.gic.cycle(), 400u);
        sc_core::wait(0.5 * ns);
        EXPECT_EQ(s.gic.cycle(), 401u);
    });
}

TEST(Reset, AnswersAccessesUnderWayWithErrorsAndNeverHangs)
{
    clocked s("timed");
    s.simulate([&] {
        sc_core::wait(5 * ns); // creation was a reset of its own
        for (unsigned cut = 0; cut < 8; cut++) {
            tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
            sc_core::sc_spawn([&] {
                transfer a(true, s.at(ITS_FRAME_GITS, 0x80), 8, 0x8000000040000001);
                status = s.transport(a);
            });
            sc_core::wait(cut * ns);
            s.resetn.write(false);
            sc_core::wait(3 * ns);
            EXPECT_NE(status, tlm::TLM_INCOMPLETE_RESPONSE) << cut;
            if (cut < 4) {
                EXPECT_EQ(status, tlm::TLM_GENERIC_ERROR_RESPONSE) << cut;
            }
            transfer during(false, s.at(ITS_FRAME_GITS, 0), 4);
            EXPECT_EQ(s.transport(during), tlm::TLM_GENERIC_ERROR_RESPONSE);
            s.resetn.write(true);
            sc_core::wait(2 * ns);
            EXPECT_EQ(s.read(ITS_FRAME_GITS, 0x80, 8), 0u) << cut;
        }
        EXPECT_EQ(s.count(ITS_EV_RESET), 8u);
    });
}

TEST(Reset, InTheMiddleOfMemoryAccessesLeavesNothingBehind)
{
    clocked s("timed");
    s.ram.set_latency(37 * ns);
    s.simulate([&] {
        for (unsigned cut = 0; cut < 100; cut += 7) {
            s.ram.fill(s.devices, 0x80000, 0);
            s.boot();
            s.map(2);
            for (uint32_t e = 0; e < 8; e++)
                s.msi(e % 2, e);
            sc_core::wait(cut * ns);
            s.resetn.write(false);
            sc_core::wait(4 * ns);
            s.resetn.write(true);
            sc_core::wait(2 * ns);
            EXPECT_EQ(s.read(ITS_FRAME_GITS, 0), 0x80000000u);
            for (unsigned i = 0; i < 1000 && s.gic.look().reads_owed + s.gic.look().writes_owed;
                 i++)
                sc_core::wait(ns);
            gic500_status look = s.gic.look();
            EXPECT_EQ(look.reads_owed + look.writes_owed, 0u);
            EXPECT_TRUE(look.idle);
        }
    });
}

TEST(Reset, APulseBetweenTwoEdgesIsNotSeen)
{
    clocked s("timed");
    s.simulate([&] {
        s.write(ITS_FRAME_GITS, 0x80, 1);
        sc_core::wait(0.25 * ns);
        s.resetn.write(false);
        sc_core::wait(0.5 * ns);
        s.resetn.write(true);
        sc_core::wait(5 * ns);
        EXPECT_EQ(s.count(ITS_EV_RESET), 0u);
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0x80), 1u);
    });
}

TEST(Reset, LowFromTheStartHoldsTheModel)
{
    clocked s("timed");
    s.resetn.write(false);
    s.simulate([&] {
        sc_core::wait(20 * ns);
        transfer a(false, s.at(ITS_FRAME_GITS, 0), 4);
        EXPECT_EQ(s.transport(a), tlm::TLM_GENERIC_ERROR_RESPONSE);
        s.resetn.write(true);
        sc_core::wait(2 * ns);
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0), 0x80000000u);
    });
}

TEST(FastFace, DeliversInterruptsWithLatencyAnnotated)
{
    clocked s("fast");
    const sc_core::sc_signal<bool> &irq = s.irq[1];
    s.simulate([&] {
        s.boot();
        EXPECT_EQ(s.gic.face(), its::face_kind::fast);
        s.mapd(1);
        for (uint32_t e = 0; e < 8; e++)
            s.mapti(1, e, 8192 + e, 1);
        s.sync(1);
        s.consume();
        EXPECT_FALSE(irq.read());
        transfer a(true, s.at(ITS_FRAME_TRANSLATION, 0x40), 4, 3);
        a.trans.set_extension(new its::device_id_ext(1));
        sc_time now = sc_core::sc_time_stamp(), delay;
        s.bus->b_transport(a.trans, delay);
        EXPECT_EQ(a.status(), tlm::TLM_OK_RESPONSE);
        EXPECT_EQ(sc_core::sc_time_stamp(), now); // nothing was spent
        EXPECT_GT(delay, 10 * ns);                // a memory access is in it
        EXPECT_TRUE(s.gic.pending(1, 8195));
        sc_core::wait(SC_ZERO_TIME);
        EXPECT_TRUE(irq.read());
        EXPECT_EQ(s.gic.acknowledge(1), 8195u);
        sc_core::wait(SC_ZERO_TIME);
        EXPECT_FALSE(irq.read());
        EXPECT_EQ(s.gic.acknowledge(1), GIC500_SPURIOUS);
        for (uint32_t e = 0; e < 8; e++)
            s.msi(1, e);
        for (uint32_t e = 0; e < 8; e++) // some of them were spilled
            EXPECT_EQ(s.gic.acknowledge(1), 8192 + e);
    });
}

TEST(FastFace, QuiescentComesWhenTheDrainWouldHaveEnded)
{
    clocked s("fast");
    s.gic.set("quiescent_min", "500");
    s.simulate([&] {
        s.boot();
        s.map(4);
        uint64_t start = s.gic.cycle();
        s.write(ITS_FRAME_GITS, 0, 0);
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0) >> 31, 0u);
        EXPECT_GT(s.count(ITS_EV_WRITE_BACK), 0u); // written back at once
        while (!(s.read(ITS_FRAME_GITS, 0) >> 31))
            ;
        EXPECT_GE(s.gic.cycle() - start, 500u);
        EXPECT_LE(s.gic.cycle() - start, 600u);
    });
}

TEST(FastFace, CallersWaitTheirTurn)
{
    clocked s("fast");
    s.ram.allow_dmi(false);
    unsigned done = 0;
    s.simulate([&] {
        s.boot();
        s.map(4);
        for (unsigned t = 0; t < 8; t++)
            sc_core::sc_spawn([&, t] {
                for (uint32_t e = 0; e < 8; e++)
                    EXPECT_EQ(s.msi(t % 4, e), tlm::TLM_OK_RESPONSE);
                done++;
            });
        sc_core::wait(1, sc_core::SC_MS);
        EXPECT_EQ(done, 8u);
        for (uint32_t i = 0; i < 32; i++)
            EXPECT_TRUE(s.gic.pending((i / 8 + i % 8) % 4, 8192 + i)) << i;
    });
}

TEST(FastFace, ResetTakesEverythingAway)
{
    clocked s("fast");
    s.simulate([&] {
        s.boot();
        s.resetn.write(false);
        sc_core::wait(3 * ns);
        transfer a(false, s.at(ITS_FRAME_GITS, 0), 4);
        EXPECT_EQ(s.transport(a), tlm::TLM_GENERIC_ERROR_RESPONSE);
        s.resetn.write(true);
        sc_core::wait(2 * ns);
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0), 0x80000000u);
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0x80, 8), 0u);
        EXPECT_EQ(s.count(ITS_EV_RESET), 1u);
        EXPECT_EQ(s.gic.face(), its::face_kind::fast);
    });
}

TEST(FaceSwitch, GoesBothWaysInMidRun)
{
    clocked s("timed");
    s.simulate([&] {
        s.boot();
        s.map(4);
        const char *faces[] = {"fast", "cycle", "fast", "timed", "cycle", "timed", "fast", "timed"};
        uint32_t round = 0;
        for (const char *face : faces) {
            s.gic.set_face(face);
            for (uint32_t e = 0; e < 8; e++) {
                EXPECT_EQ(s.msi(round % 4, e), tlm::TLM_OK_RESPONSE);
                s.settle();
                unsigned rd = (round % 4 + e) % 4;
                EXPECT_EQ(s.gic.acknowledge(rd), 8192 + 8 * (round % 4) + e) << face;
            }
            EXPECT_EQ(s.gic.face() == its::face_kind::fast, std::string(face) == "fast") << face;
            round++;
        }
    });
}

TEST(FaceSwitch, WaitsForWorkUnderWayAndLosesNothing)
{
    clocked s("timed");
    s.ram.set_latency(100 * ns);
    s.simulate([&] {
        s.boot();
        s.map(4);
        unsigned done = 0;
        for (unsigned t = 0; t < 4; t++)
            sc_core::sc_spawn([&, t] {
                for (uint32_t e = 0; e < 8; e++)
                    EXPECT_EQ(s.msi(t, e), tlm::TLM_OK_RESPONSE);
                done++;
            });
        sc_core::wait(3 * ns);
        s.gic.set_face("fast");
        sc_core::wait(30 * ns);
        EXPECT_NE(s.gic.face(), its::face_kind::fast);
        sc_core::wait(1, sc_core::SC_MS);
        EXPECT_EQ(s.gic.face(), its::face_kind::fast);
        EXPECT_EQ(done, 4u);
        for (uint32_t i = 0; i < 32; i++)
            EXPECT_TRUE(s.gic.pending((i / 8 + i % 8) % 4, 8192 + i)) << i;
    });
}

TEST(FaceSwitch, AFaceThatDoesNotExistIsAnError)
{
    clocked s("timed");
    expect_report("/its/param");
    EXPECT_THROW(s.gic.set_face("slow"), sc_core::sc_report);
}

} // namespace
