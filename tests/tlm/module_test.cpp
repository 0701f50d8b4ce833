// SPDX-License-Identifier: MIT
// Ports that stay unbound, interrupt outputs, parameters, and the module of the ITS alone.
#include "itsim/tlm/its.h"

#include <cstring>

#include "apart.h"
#include "rig.h"

namespace {

using namespace rig;

// Boot, a mapping, an MSI: does the LPI arrive?
template <class SOC>
void expect_an_lpi(SOC &s)
{
    s.boot();
    s.mapd(1);
    s.mapti(1, 0, 8192, 0);
    s.sync(0);
    s.consume();
    s.msi(1, 0);
    s.settle();
    EXPECT_EQ(s.gic.acknowledge(0), 8192u);
}

TEST(Ports, AllButTheSocketsMayStayUnbound)
{
    rig::soc<> s;
    s.simulate([&] { expect_an_lpi(s); });
}

TEST(Ports, LpiOutputsFollowThePendingLpis)
{
    rig::soc<> s;
    sc_core::sc_vector<sc_core::sc_signal<bool>> irq("irq", 3);
    for (unsigned i = 0; i < 3; i++)
        s.gic.lpi[i].bind(irq[i]);
    s.simulate([&] {
        s.boot();
        s.mapd(1);
        for (uint32_t e = 0; e < 4; e++)
            s.mapti(1, e, 8192 + e, e);
        s.sync(0);
        s.consume();
        s.msi(1, 2);
        s.msi(1, 3); // nobody listens to redistributor 3
        s.settle();
        EXPECT_FALSE(irq[0].read());
        EXPECT_FALSE(irq[1].read());
        EXPECT_TRUE(irq[2].read());
        EXPECT_EQ(s.gic.acknowledge(2), 8194u);
        s.settle();
        sc_core::wait(2 * ns);
        EXPECT_FALSE(irq[2].read());
        EXPECT_EQ(s.gic.acknowledge(3), 8195u);
    });
}

TEST(Ports, AnInterruptWakesAProcessThatAcknowledgesIt)
{
    for (const char *face : {"timed", "fast"}) {
        SCOPED_TRACE(face);
        std::string got = apart([face] {
            rig::soc<> s;
            sc_core::sc_signal<bool> irq("irq");
            std::string taken;
            s.gic.lpi[0].bind(irq);
            s.gic.set_face(face);
            sc_core::sc_spawn_options options;
            options.spawn_method();
            options.dont_initialize();
            options.set_sensitivity(&irq.posedge_event());
            sc_core::sc_spawn([&] { taken += std::to_string(s.gic.acknowledge(0)) + " "; }, "isr",
                              &options);
            s.simulate([&] {
                s.boot();
                s.mapd(1);
                for (uint32_t e = 0; e < 4; e++)
                    s.mapti(1, e, 8192 + e, 0);
                s.sync(0);
                s.consume();
                for (uint32_t e = 0; e < 4; e++) {
                    s.msi(1, e);
                    s.settle();
                    sc_core::wait(50 * ns);
                }
            });
            return taken;
        });
        EXPECT_EQ(got, "8192 8193 8194 8195 ");
    }
}

TEST(Ports, ErrorsAreAPulseAndUnmappedMsisALevel)
{
    for (const char *face : {"timed", "cycle", "fast"}) {
        SCOPED_TRACE(face);
        std::string got = apart([face] {
            rig::soc<> s;
            sc_core::sc_signal<bool> error("error"), unmapped("unmapped");
            s.gic.set("seis", "1");
            s.gic.set("umsi", "3");
            s.gic.syserr.bind(error);
            s.gic.umsi_irq.bind(unmapped);
            s.gic.set_face(face);
            std::string seen;
            sc_core::sc_time rose;
            auto on_error = [&] {
                if (error.read())
                    rose = sc_core::sc_time_stamp();
                else if (sc_core::sc_time_stamp() - rose <= 2 * ns)
                    seen += "pulse ";
            };
            sc_core::sc_spawn_options options;
            options.spawn_method();
            options.dont_initialize();
            options.set_sensitivity(&error.value_changed_event());
            sc_core::sc_spawn(on_error, "on_error", &options);
            s.simulate([&] {
                s.boot();
                s.write(ITS_FRAME_GITS, 0, 0x101);
                s.mapti(7, 0, 8192, 0); // no such device
                s.sync(0);
                s.consume();
                sc_core::wait(20 * ns);
                seen += unmapped.read() ? "unmapped " : "";
                s.msi(7, 0);
                s.settle();
                sc_core::wait(20 * ns);
                seen += unmapped.read() ? "unmapped " : "";
                s.write(ITS_FRAME_GITS, 0x40, 16);
                sc_core::wait(20 * ns);
                seen += unmapped.read() ? "unmapped " : "";
            });
            return seen;
        });
        EXPECT_EQ(got, "pulse unmapped ");
    }
}

TEST(Ports, WakeRequestComesForASleepingPe)
{
    rig::soc<> s;
    sc_core::sc_signal<bool> wake("wake");
    s.gic.wake_request[1].bind(wake);
    s.simulate([&] {
        s.boot();
        s.mapd(1);
        s.mapti(1, 0, 8192, 1);
        s.sync(1);
        s.consume();
        s.write(ITS_FRAME_GICR, 0x14, 2, 4, 1); // ProcessorSleep
        s.settle();
        EXPECT_FALSE(wake.read());
        s.msi(1, 0);
        s.settle();
        sc_core::wait(2 * ns);
        EXPECT_TRUE(wake.read());
    });
}

TEST(Parameters, AreProfileFields)
{
    rig::soc<> s;
    s.gic.set("redistributors", "2");
    s.gic.set("devid_bits", "0x10");
    EXPECT_EQ(s.gic.profile().hcc, 3u); // moves along
    s.simulate([&] {
        EXPECT_EQ((s.read(ITS_FRAME_GITS, 0x8, 8) >> 13 & 0x1f) + 1, 16u);
        EXPECT_EQ(s.read(ITS_FRAME_GICR, 0x8, 4, 1) >> 4 & 1u, 1u); // Last
    });
}

TEST(Parameters, UnknownOnesAndBadValuesAreErrors)
{
    rig::soc<> s;
    expect_report("/its/param", 4);
    EXPECT_THROW(s.gic.set("no_such", "1"), sc_core::sc_report);
    EXPECT_THROW(s.gic.set("devid_bits", "many"), sc_core::sc_report);
    EXPECT_THROW(s.gic.set("devid_bits", "99"), sc_core::sc_report);
    EXPECT_THROW(s.gic.set_clock_period(SC_ZERO_TIME), sc_core::sc_report);
    EXPECT_EQ(s.gic.profile().devid_bits, 20u);
}

TEST(Parameters, AreLockedAfterElaboration)
{
    rig::soc<> s;
    expect_report("/its/param", 3);
    s.simulate([&] {
        EXPECT_THROW(s.gic.set("devid_bits", "16"), sc_core::sc_report);
        EXPECT_THROW(s.gic.set_profile(s.gic.profile()), sc_core::sc_report);
        EXPECT_THROW(s.gic.set_clock_period(2 * ns), sc_core::sc_report);
        EXPECT_EQ(s.gic.profile().devid_bits, 20u);
    });
}

TEST(Parameters, AreLockedWhereErrorsDoNotThrowToo)
{
    rig::soc<> s;
    expect_report("/its/param", 3);
    sc_core::sc_report_handler::set_actions("/its/param", sc_core::SC_ERROR, sc_core::SC_DISPLAY);
    s.simulate([&] {
        its_profile before = s.gic.profile(), flat;
        its_profile_preset(&flat, "flat");
        s.gic.set("devid_bits", "16");
        s.gic.set_profile(flat);
        s.gic.set_clock_period(2 * ns);
        EXPECT_EQ(std::memcmp(&before, &s.gic.profile(), sizeof before), 0);
        uint64_t edge = s.gic.cycle();
        sc_core::wait(2 * ns);
        EXPECT_EQ(s.gic.cycle(), edge + 2);
    });
}

TEST(Parameters, AWholeProfileKeepsTheWidthOfTheModule)
{
    rig::soc<64> s;
    its_profile p;
    its_profile_preset(&p, "flat");
    s.gic.set_profile(p);
    EXPECT_EQ(s.gic.profile().bus_bytes, 8u);
    s.simulate([&] { expect_an_lpi(s); });
}

// What the error says at the end of elaboration.
std::string contradiction(const char *key, const char *value)
{
    rig::soc<> s;
    expect_report("/its/param");
    s.gic.set(key, value);
    try {
        sc_core::sc_start(SC_ZERO_TIME);
    } catch (const sc_core::sc_report &e) {
        return e.get_msg();
    }
    return "";
}

TEST(Parameters, AContradictionIsAnErrorThatNamesTheField)
{
    std::string why = contradiction("event_cache_sets", "3");
    EXPECT_NE(why.find("event_cache_sets"), std::string::npos) << why;
    EXPECT_EQ(why.find("soc.gic: event_cache_sets"), 0u) << why;
}

TEST(Parameters, AWidthThatIsNotTheModulesIsAnError)
{
    std::string why = contradiction("bus_bytes", "8");
    EXPECT_NE(why.find("bus_bytes"), std::string::npos) << why;
}

// Where errors do not throw the simulation goes on, with something that works.
TEST(Parameters, ThePresetTakesThePlaceOfAContradiction)
{
    rig::soc<> s;
    expect_report("/its/param");
    s.gic.set("redistributors", "2");
    s.gic.set("event_cache_sets", "3");
    sc_core::sc_report_handler::set_actions("/its/param", sc_core::SC_ERROR, sc_core::SC_DISPLAY);
    s.simulate([&] {
        its_profile preset;
        its_profile_preset(&preset, "gic500");
        EXPECT_EQ(std::memcmp(&preset, &s.gic.profile(), sizeof preset), 0);
        expect_an_lpi(s);
    });
}

TEST(Outputs, ThoseWithoutARedistributorAreOneWarning)
{
    rig::soc<> s;
    sc_core::sc_signal<bool> nobody("nobody"), either("either");
    expect_report("/its/param");
    s.gic.lpi[5].bind(nobody);
    s.gic.wake_request[127].bind(either);
    s.simulate([&] { EXPECT_EQ(s.gic.acknowledge(4), GIC500_SPURIOUS); });
}

TEST(Calls, BeforeThereIsAModelHaveAnAnswer)
{
    rig::soc<> s;
    EXPECT_EQ(s.gic.acknowledge(0), GIC500_SPURIOUS);
    EXPECT_FALSE(s.gic.pending(0, 8192));
    EXPECT_EQ(s.gic.look().cycle, 0u);
    EXPECT_EQ(s.gic.drop_clean_lines(), 0u);
    EXPECT_EQ(s.gic.digest(), 0u);
    EXPECT_EQ(s.gic.cycle(), 0u);
}

TEST(Observer, SeesEveryClockedEdgeWithItsPins)
{
    rig::soc<> s;
    uint64_t last = 0;
    unsigned edges = 0, writes = 0;
    s.gic.set_face("cycle");
    s.gic.set_observer([&](const gic500_pins &pins, const gic500_status &status) {
        EXPECT_TRUE(edges == 0 || status.cycle == last + 1);
        edges++;
        last = status.cycle;
        writes += pins.s_axi.aw.valid && pins.s_axi.aw.ready;
    });
    s.simulate([&] {
        s.write(ITS_FRAME_GITS, 0x80, 1);
        s.write(ITS_FRAME_GITS, 0x84, 1);
        sc_core::wait(20 * ns);
    });
    EXPECT_GT(edges, 20u);
    EXPECT_EQ(writes, 2u);
}

// --- the ITS alone -------------------------------------------------------------------------------

// Redistributors of somebody else: they note what they get, and answer after a time of their own.
struct foreign_gic : sc_core::sc_module, its::rd_if {
    sc_core::sc_export<its::rd_if> rd{"rd"};
    sc_core::sc_port<its::rd_ack_if> ack{"ack"};
    std::vector<its_rd_out> got;
    sc_time latency = 5 * ns;

    explicit foreign_gic(const sc_core::sc_module_name &name) : sc_module(name)
    {
        rd.bind(*this);
        SC_HAS_PROCESS(foreign_gic);
        SC_THREAD(answer);
    }
    void message(const its_rd_out &m) override
    {
        got.push_back(m);
        if (latency == SC_ZERO_TIME)
            acknowledge(m);
        else
            news_.notify(SC_ZERO_TIME);
    }
    void answer()
    {
        for (size_t next = 0;;) {
            while (next == got.size() || latency == SC_ZERO_TIME)
                sc_core::wait(news_);
            sc_core::wait(latency);
            acknowledge(got[next++]);
        }
    }
    void acknowledge(const its_rd_out &m)
    {
        its_rd_in in{};
        in.rd = m.rd;
        in.ack.intid = m.msg.intid;
        in.ack.ref = m.msg.ref;
        in.ack.kind = m.msg.kind;
        in.ack.outcome = RD_DONE;
        ack->acknowledge(in);
    }
    unsigned count(its_rd_kind kind) const
    {
        unsigned n = 0;
        for (const its_rd_out &m : got)
            n += m.msg.kind == kind;
        return n;
    }

private:
    sc_core::sc_event news_{"news"};
};

struct its_rig : sc_core::sc_module {
    its::its<32> its_alone{"its"};
    its::memory<64> ram{"ram"};
    foreign_gic gic{"gic"};
    sc_core::sc_signal<bool> resetn{"resetn", true};
    tlm_utils::simple_initiator_socket<its_rig, 32> bus{"bus"};
    uint32_t cwriter = 0;

    explicit its_rig(const sc_core::sc_module_name &name = "rig") : sc_module(name)
    {
        bus.bind(its_alone.s_axi);
        its_alone.m_axi.bind(ram.socket);
        its_alone.rd.bind(gic.rd);
        gic.ack.bind(its_alone.rd_ack);
        its_alone.resetn.bind(resetn);
        ram.add_ram(0x40000000, 0x20000000);
        ram.set_latency(10 * ns);
    }
    void simulate(const std::function<void()> &body)
    {
        bool finished = false;
        sc_core::sc_spawn([&] {
            body();
            finished = true;
            sc_core::sc_pause();
        });
        sc_core::sc_start();
        EXPECT_TRUE(finished);
    }
    uint64_t access(bool write, uint64_t address, uint64_t value, unsigned bytes,
                    int64_t device = -1)
    {
        transfer a(write, address, bytes, value);
        sc_time delay;
        if (device >= 0)
            a.trans.set_extension(new its::device_id_ext(static_cast<uint32_t>(device)));
        bus->b_transport(a.trans, delay);
        EXPECT_EQ(a.status(), tlm::TLM_OK_RESPONSE);
        return a.value();
    }
    void command(its_cmd c)
    {
        uint64_t dw[4];
        its_cmd_pack(&c, dw);
        ram.store(0x40000000 + cwriter, dw, sizeof dw);
        cwriter += ITS_CMD_BYTES;
    }
    void boot()
    {
        its_cmd mapc{}, mapd{}, mapti{}, sync{};
        mapc.opcode = ITS_CMD_MAPC;
        mapc.icid = 1;
        mapc.rdbase = 2;
        mapc.valid = true;
        mapd.opcode = ITS_CMD_MAPD;
        mapd.device = 7;
        mapd.size = 4;
        mapd.itt = 0x48000000;
        mapd.valid = true;
        mapti.opcode = ITS_CMD_MAPTI;
        mapti.device = 7;
        mapti.event = 3;
        mapti.intid = 8200;
        mapti.icid = 1;
        sync.opcode = ITS_CMD_SYNC;
        sync.rdbase = 2;
        access(true, 0x100, UINT64_C(1) << 63 | 0x41000000 | 2u << 8 | 7u, 8);
        access(true, 0x80, UINT64_C(1) << 63 | 0x40000000 | 15u, 8);
        access(true, 0x0, 1, 4);
        command(mapc);
        command(mapd);
        command(mapti);
        command(sync);
        access(true, 0x88, cwriter, 4);
    }
};

TEST(ItsAlone, SendsAMessageForEveryMsi)
{
    its_rig s;
    s.simulate([&] {
        s.boot();
        sc_core::wait(500 * ns);
        EXPECT_EQ(s.access(false, 0x90, 0, 4), s.cwriter);
        EXPECT_EQ(s.gic.count(RD_SYNC), 1u);
        s.access(true, 0x10040, 3, 4, 7);
        sc_core::wait(200 * ns);
        ASSERT_EQ(s.gic.count(RD_SET), 1u);
        EXPECT_EQ(s.gic.got.back().msg.intid, 8200u);
        EXPECT_EQ(s.gic.got.back().rd, 2u);
    });
}

TEST(ItsAlone, SyncWaitsForTheAcknowledgement)
{
    its_rig s;
    s.gic.latency = 5000 * ns;
    s.simulate([&] {
        s.boot();
        sc_core::wait(4000 * ns);
        EXPECT_EQ(s.gic.count(RD_SYNC), 1u);
        EXPECT_EQ(s.access(false, 0x90, 0, 4), s.cwriter - ITS_CMD_BYTES);
        sc_core::wait(3000 * ns);
        EXPECT_EQ(s.access(false, 0x90, 0, 4), s.cwriter);
    });
}

TEST(ItsAlone, MayBeAcknowledgedFromWithinTheMessage)
{
    its_rig s;
    s.gic.latency = SC_ZERO_TIME;
    s.simulate([&] {
        s.boot();
        sc_core::wait(500 * ns);
        EXPECT_EQ(s.access(false, 0x90, 0, 4), s.cwriter);
        for (unsigned i = 0; i < 20; i++)
            s.access(true, 0x10040, 3, 4, 7);
        sc_core::wait(500 * ns);
        EXPECT_GE(s.gic.count(RD_SET), 1u);
    });
}

TEST(ItsAlone, HoldsAtMostItsCreditsUnacknowledged)
{
    its_rig s;
    s.its_alone.set("rd_credits", "2");
    s.simulate([&] {
        s.boot();
        sc_core::wait(500 * ns);
        s.gic.latency = 100000 * ns;
        for (unsigned i = 0; i < 8; i++)
            s.access(true, 0x10040, 3, 4, 7);
        sc_core::wait(1000 * ns);
        EXPECT_LE(s.gic.count(RD_SET), 2u);
    });
}

TEST(ItsAlone, ResetForgetsMessagesAndAcknowledgements)
{
    its_rig s;
    s.simulate([&] {
        s.boot();
        sc_core::wait(80 * ns);
        s.resetn.write(false);
        sc_core::wait(20 * ns);
        s.resetn.write(true);
        sc_core::wait(200 * ns);
        EXPECT_EQ(s.access(false, 0, 0, 4), 0x80000000u);
        s.cwriter = 0;
        s.gic.got.clear();
    });
}

TEST(ItsAlone, AnswersIn128KilobytesAndToDebugReads)
{
    its_rig s;
    s.simulate([&] {
        transfer a(false, 0x20000, 4), b(false, 0x8, 8);
        sc_time delay;
        s.bus->b_transport(a.trans, delay);
        EXPECT_EQ(a.status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
        EXPECT_EQ(s.bus->transport_dbg(b.trans), 8u);
        EXPECT_EQ(b.value(), s.access(false, 0x8, 0, 8));
        EXPECT_NE(b.value(), 0u);
    });
}

TEST(ItsAlone, HasNoFastFace)
{
    its_rig s;
    expect_report("/its/param");
    EXPECT_THROW(s.its_alone.set_face("fast"), sc_core::sc_report);
}

} // namespace
