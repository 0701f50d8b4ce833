// SPDX-License-Identifier: MIT
// s_axi by b_transport and transport_dbg: statuses, sizes, many threads, delays.
#include "rig.h"

namespace {

using namespace rig;

TEST(Slave, ReadsAndWritesRegisters)
{
    rig::soc<> s;
    s.simulate([&] {
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0), 0x80000000u);
        s.write(ITS_FRAME_GITS, 0x80, 0x8000000040000001, 8);
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0x80, 8), 0x8000000040000001u);
        s.write(ITS_FRAME_GITS, 0x84, 0x80001234); // the high half alone
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0x80, 8), 0x8000123440000001u);
        EXPECT_EQ(s.read(ITS_FRAME_GICR, 0x08, 4, 3) >> 8 & 0xffffu, 3u);
    });
}

TEST(Slave, A64BitPortTakes8BytesInOneBeat)
{
    rig::soc<64> s;
    s.simulate([&] {
        s.write(ITS_FRAME_GITS, 0x80, 0x8000000040000001, 8);
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0x80, 8), 0x8000000040000001u);
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0x84, 4), 0x80000000u);
        EXPECT_EQ(s.count(ITS_EV_REG_WRITE), 1u);
    });
}

TEST(Slave, ABurstReadsConsecutiveRegisters)
{
    rig::soc<> s;
    s.simulate([&] {
        transfer a(false, s.at(ITS_FRAME_GITS, 0xffe0), 32);
        EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
        const unsigned char expected[] = {0x94, 0xb4, 0x3b, 0x00, 0x0d, 0xf0, 0x05, 0xb1};
        for (unsigned i = 0; i < 8; i++)
            EXPECT_EQ(a.data[4 * i], expected[i]) << i;
    });
}

TEST(Slave, AddressesOutsideTheRegionAreAddressErrors)
{
    rig::soc<> s;
    s.simulate([&] {
        uint64_t end = its_map_bytes(&s.gic.profile(), true);
        for (uint64_t address : {end, end + 0x1000, UINT64_C(1) << 40, UINT64_MAX - 3}) {
            transfer a(false, address, 4);
            EXPECT_EQ(s.transport(a), tlm::TLM_ADDRESS_ERROR_RESPONSE) << address;
        }
        transfer across(false, end - 4, 8);
        EXPECT_EQ(s.transport(across), tlm::TLM_ADDRESS_ERROR_RESPONSE);
        transfer last(false, end - 4, 4);
        EXPECT_EQ(s.transport(last), tlm::TLM_OK_RESPONSE);
    });
}

TEST(Slave, LengthsThatAreNoAxiBurstAreBurstErrors)
{
    rig::soc<> s;
    s.simulate([&] {
        uint64_t base = s.at(ITS_FRAME_GITS, 0);
        for (unsigned length : {3u, 5u, 6u, 7u, 9u, 18u, 1028u}) {
            transfer a(false, base, length);
            EXPECT_EQ(s.transport(a), tlm::TLM_BURST_ERROR_RESPONSE) << length;
        }
        transfer none(false, base, 4);
        none.trans.set_data_length(0);
        EXPECT_EQ(s.transport(none), tlm::TLM_BURST_ERROR_RESPONSE);
        transfer boundary(false, base + 0xffc, 8);
        EXPECT_EQ(s.transport(boundary), tlm::TLM_BURST_ERROR_RESPONSE);
        transfer longest(false, base, 1024);
        EXPECT_EQ(s.transport(longest), tlm::TLM_OK_RESPONSE);
    });
}

TEST(Slave, StreamingAndByteEnablesAreRefused)
{
    rig::soc<> s;
    s.simulate([&] {
        transfer streaming(true, s.at(ITS_FRAME_GITS, 0x80), 8);
        streaming.trans.set_streaming_width(4);
        EXPECT_EQ(s.transport(streaming), tlm::TLM_BURST_ERROR_RESPONSE);
        transfer enables(true, s.at(ITS_FRAME_GITS, 0x80), 8);
        unsigned char all[] = {TLM_BYTE_ENABLED};
        enables.trans.set_byte_enable_ptr(all);
        enables.trans.set_byte_enable_length(1);
        EXPECT_EQ(s.transport(enables), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        transfer nothing(true, s.at(ITS_FRAME_GITS, 0x80), 4);
        nothing.trans.set_data_ptr(nullptr);
        EXPECT_EQ(s.transport(nothing), tlm::TLM_GENERIC_ERROR_RESPONSE);
        EXPECT_TRUE(s.events.empty());
    });
}

TEST(Slave, AnIgnoredCommandDoesNothing)
{
    rig::soc<> s;
    s.simulate([&] {
        transfer a(true, s.at(ITS_FRAME_GITS, 0x80), 4, 1);
        a.trans.set_command(tlm::TLM_IGNORE_COMMAND);
        EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
        EXPECT_TRUE(s.events.empty());
    });
}

TEST(Slave, MisalignedAccessesAreBadOnesOfTheModel)
{
    rig::soc<> s;
    s.simulate([&] {
        transfer a(true, s.at(ITS_FRAME_GITS, 0x82), 4, 0xffffffff);
        EXPECT_EQ(s.transport(a), tlm::TLM_OK_RESPONSE);
        EXPECT_GT(s.count(ITS_EV_REG_BAD), 0u);
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0x80, 8), 0u);
    });
}

TEST(Slave, BadAccessesCanBeBusErrors)
{
    rig::soc<> s;
    s.gic.set("bad_access", "1");
    s.simulate([&] {
        transfer a(true, s.at(ITS_FRAME_GITS, 0x82), 4, 0xffffffff);
        EXPECT_EQ(s.transport(a), tlm::TLM_GENERIC_ERROR_RESPONSE);
        transfer b(false, s.at(ITS_FRAME_GITS, 0x81), 1);
        EXPECT_EQ(s.transport(b), tlm::TLM_GENERIC_ERROR_RESPONSE);
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0), 0x80000000u);
    });
}

TEST(Slave, WaitsTheAnnotatedDelayFirst)
{
    rig::soc<> s;
    s.simulate([&] {
        transfer a(false, s.at(ITS_FRAME_GITS, 0), 4);
        sc_time delay = 1000 * ns;
        s.bus->b_transport(a.trans, delay);
        EXPECT_EQ(delay, SC_ZERO_TIME);
        EXPECT_GT(sc_core::sc_time_stamp(), 1000 * ns);
        EXPECT_LT(sc_core::sc_time_stamp(), 1010 * ns);
        ASSERT_EQ(s.count(ITS_EV_REG_READ), 1u);
        EXPECT_GE(s.events.back().cycle, 1000u);
    });
}

TEST(Slave, ReturnsAtTheEdgeOfTheResponse)
{
    rig::soc<> s;
    s.gic.set_clock_period(4 * ns);
    s.simulate([&] {
        sc_core::wait(5 * ns); // between edges 1 and 2
        s.read(ITS_FRAME_GITS, 0);
        EXPECT_EQ(sc_core::sc_time_stamp().value() % (4 * ns).value(), 0u);
        uint64_t first = s.gic.cycle();
        EXPECT_GT(first, 2u);
        s.read(ITS_FRAME_GITS, 0);
        uint64_t second = s.gic.cycle() - first;
        s.read(ITS_FRAME_GITS, 0);
        EXPECT_EQ(s.gic.cycle() - first, 2 * second); // every access takes the same time
    });
}

TEST(Slave, ManyThreadsMayCallAtOnce)
{
    constexpr unsigned threads = 40, rounds = 5;
    rig::soc<> s;
    unsigned done = 0;
    sc_core::sc_event all("all");
    s.simulate([&] {
        s.boot();
        for (unsigned t = 0; t < threads; t++) {
            s.mapd(t);
            for (unsigned r = 0; r < rounds; r++)
                s.mapti(t, r, 8192 + t * rounds + r, t % 4);
        }
        for (unsigned rd = 0; rd < 4; rd++)
            s.sync(rd);
        s.consume();
        for (unsigned t = 0; t < threads; t++)
            sc_core::sc_spawn([&, t] {
                for (unsigned r = 0; r < rounds; r++) {
                    EXPECT_EQ(s.msi(t, r), tlm::TLM_OK_RESPONSE);
                    EXPECT_EQ(s.read(ITS_FRAME_GITS, 0x4), 0x0001143bu);
                }
                if (++done == threads)
                    all.notify();
            });
        sc_core::wait(all);
        s.settle();
        for (unsigned i = 0; i < threads * rounds; i++)
            EXPECT_TRUE(s.gic.pending(i / rounds % 4, 8192 + i)) << i;
    });
    EXPECT_EQ(done, threads);
}

TEST(Slave, AThreadThatIsKilledLeavesThePortUsable)
{
    rig::soc<> s;
    s.simulate([&] {
        for (unsigned edges = 0; edges < 6; edges++) {
            auto victim = sc_core::sc_spawn([&] {
                transfer a(true, s.at(ITS_FRAME_GITS, 0x80), 8, UINT64_MAX);
                s.transport(a);
            });
            sc_core::wait(edges * ns);
            victim.kill();
            EXPECT_EQ(s.read(ITS_FRAME_GITS, 0x4), 0x0001143bu);
        }
    });
}

TEST(Debug, ReadsRegistersWithoutSideEffects)
{
    rig::soc<> s;
    s.simulate([&] {
        s.boot();
        s.mapd(1);
        s.mapti(1, 0, 8192, 2);
        s.sync(2);
        s.consume();
        EXPECT_EQ(s.msi(1, 0), tlm::TLM_OK_RESPONSE);
        sc_core::wait(7.5 * ns); // with the MSI under way
        uint64_t digest = s.gic.digest();
        size_t events = s.events.size();
        for (uint64_t address = 0; address < 0x40000; address += 64) {
            transfer a(false, address, 64);
            EXPECT_EQ(s.bus->transport_dbg(a.trans), 64u);
        }
        EXPECT_EQ(s.gic.digest(), digest);
        EXPECT_EQ(s.events.size(), events);

        transfer typer(false, s.at(ITS_FRAME_GITS, 0x8), 8);
        EXPECT_EQ(s.bus->transport_dbg(typer.trans), 8u);
        EXPECT_EQ(typer.value(), s.read(ITS_FRAME_GITS, 0x8, 8));
        transfer odd(false, s.at(ITS_FRAME_GITS, 0xffe3), 3);
        EXPECT_EQ(s.bus->transport_dbg(odd.trans), 3u);
        EXPECT_EQ(odd.value(), 0x00b400u);
    });
}

TEST(Debug, WritesDoNothing)
{
    rig::soc<> s;
    s.simulate([&] {
        transfer a(true, s.at(ITS_FRAME_GITS, 0x80), 4, 1);
        EXPECT_EQ(s.bus->transport_dbg(a.trans), 0u);
        EXPECT_EQ(s.read(ITS_FRAME_GITS, 0x80), 0u);
        transfer outside(false, its_map_bytes(&s.gic.profile(), true), 4);
        EXPECT_EQ(s.bus->transport_dbg(outside.trans), 0u);
        transfer across(false, its_map_bytes(&s.gic.profile(), true) - 4, 8);
        EXPECT_EQ(s.bus->transport_dbg(across.trans), 4u);
    });
}

TEST(Slave, GrantsNoDmi)
{
    rig::soc<> s;
    s.simulate([&] {
        transfer a(false, s.at(ITS_FRAME_GITS, 0), 4);
        a.trans.set_dmi_allowed(true);
        s.transport(a);
        EXPECT_FALSE(a.trans.is_dmi_allowed());
        tlm::tlm_dmi dmi;
        EXPECT_FALSE(s.bus->get_direct_mem_ptr(a.trans, dmi));
    });
}

} // namespace
