// SPDX-License-Identifier: MIT
// its::memory, and m_axi in front of memories of different manners.
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "apart.h"
#include "rig.h"

namespace {

using namespace rig;

// A memory alone, with a bus.
struct memory_rig : sc_core::sc_module {
    its::memory<64> ram{"ram"};
    tlm_utils::simple_initiator_socket<memory_rig, 64> bus{"bus"};
    unsigned invalidated = 0;

    explicit memory_rig(const sc_core::sc_module_name &name = "rig") : sc_module(name)
    {
        bus.bind(ram.socket);
        bus.register_invalidate_direct_mem_ptr(this, &memory_rig::invalidate);
        ram.add_ram(0x40000000, 0x10000000);
    }
    void invalidate(sc_dt::uint64, sc_dt::uint64) { invalidated++; }
    tlm::tlm_response_status transport(transfer &a, sc_time *spent = nullptr)
    {
        sc_time delay;
        bus->b_transport(a.trans, delay);
        if (spent)
            *spent = delay;
        return a.status();
    }
    void elaborate() { sc_core::sc_start(SC_ZERO_TIME); }
};

TEST(Memory, HoldsWhatIsWrittenAndIsZeroAtFirst)
{
    memory_rig m;
    m.elaborate();
    transfer r(false, 0x401ffffc, 8), w(true, 0x401ffffc, 8, 0x1122334455667788);
    EXPECT_EQ(m.transport(r), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(r.value(), 0u);
    EXPECT_EQ(m.transport(w), tlm::TLM_OK_RESPONSE); // across two pages
    EXPECT_EQ(m.transport(r), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(r.value(), 0x1122334455667788u);
    uint64_t direct = 0;
    EXPECT_TRUE(m.ram.load(0x401ffffc, &direct, 8));
    EXPECT_EQ(direct, 0x1122334455667788u);
    EXPECT_TRUE(m.ram.fill(0x401ffffe, 4, 0xff));
    EXPECT_EQ(m.bus->transport_dbg(r.trans), 8u);
    EXPECT_EQ(r.value(), 0x1122ffffffff7788u);
}

TEST(Memory, OnlyRamAnswers)
{
    memory_rig m;
    m.elaborate();
    transfer below(false, 0x3fffffff, 1), across(true, 0x4ffffffc, 8, 1), last(true, 0x4ffffff8, 8);
    EXPECT_EQ(m.transport(below), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(m.transport(across), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(m.transport(last), tlm::TLM_OK_RESPONSE);
    EXPECT_FALSE(m.ram.store(0x4ffffffc, "12345678", 8));
    EXPECT_FALSE(m.ram.fill(UINT64_MAX - 3, 8, 0));
    uint32_t word = 1;
    EXPECT_TRUE(m.ram.load(0x4ffffffc, &word, 4));
    EXPECT_EQ(word, 0u);
}

TEST(Memory, AdjacentRamIsOne)
{
    memory_rig m;
    m.ram.add_ram(0x50000000, 0x1000);
    m.elaborate();
    transfer across(true, 0x4ffffffc, 8, 1);
    EXPECT_EQ(m.transport(across), tlm::TLM_OK_RESPONSE);
}

TEST(Memory, ByteEnablesSelectBytes)
{
    memory_rig m;
    m.elaborate();
    transfer w(true, 0x40000000, 8, 0x8877665544332211);
    unsigned char enables[] = {TLM_BYTE_ENABLED, TLM_BYTE_DISABLED};
    w.trans.set_byte_enable_ptr(enables);
    w.trans.set_byte_enable_length(2);
    EXPECT_EQ(m.transport(w), tlm::TLM_OK_RESPONSE);
    transfer r(false, 0x40000000, 8);
    m.transport(r);
    EXPECT_EQ(r.value(), 0x0077005500330011u);
}

TEST(Memory, LatencyIsAnnotatedAndBandwidthMakesAccessesWait)
{
    memory_rig m;
    m.ram.set_latency(7 * ns);
    m.elaborate();
    transfer r(false, 0x40000000, 32);
    sc_time spent;
    m.transport(r, &spent);
    EXPECT_EQ(spent, 7 * ns);
    m.ram.set_bandwidth(8, ns);
    m.transport(r, &spent);
    EXPECT_EQ(spent, 11 * ns); // 32 bytes take 4 ns
    m.transport(r, &spent);
    EXPECT_EQ(spent, 15 * ns); // after the one before
}

TEST(Memory, JitterIsAnnotatedBySeedPlaceAndTimeAndKeepsDmiAway)
{
    memory_rig m;
    m.ram.set_latency(7 * ns);
    m.elaborate();
    auto taken = [&m](uint32_t seed) {
        std::vector<sc_time> all;
        m.ram.set_jitter(seed, ns);
        for (uint64_t a = 0x40000000; a < 0x40000800; a += 8) {
            transfer r(false, a, 8);
            all.emplace_back();
            m.transport(r, &all.back());
            EXPECT_EQ(r.trans.is_dmi_allowed(), seed == 0);
        }
        return all;
    };
    auto longest = [](const std::vector<sc_time> &v) {
        return *std::max_element(v.begin(), v.end());
    };
    std::set<sc_time> most;
    for (uint32_t seed = 1; seed <= 16; seed++) {
        auto v = taken(seed);
        EXPECT_EQ(*std::min_element(v.begin(), v.end()), 7 * ns);
        EXPECT_GT(longest(v), 7 * ns);
        most.insert(longest(v));
        EXPECT_EQ(v, taken(seed));
    }
    EXPECT_GT(most.size(), 2u);
    EXPECT_LE(*most.rbegin(), (7 + 127) * ns);
    EXPECT_EQ(longest(taken(0)), 7 * ns);
}

TEST(Memory, FaultWindowsFailUntilTheyAreTakenBack)
{
    memory_rig m;
    m.elaborate();
    auto status = [&](uint64_t address, unsigned bytes) {
        transfer r(false, address, bytes);
        return m.transport(r);
    };
    m.ram.fault(0x40001000, 0x1000, true);
    EXPECT_EQ(status(0x40000ff8, 8), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(status(0x40000ffc, 8), tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_EQ(status(0x40001ffc, 4), tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_EQ(status(0x40002000, 4), tlm::TLM_OK_RESPONSE);
    m.ram.fault(0x40001400, 0x400, false); // a hole in it
    EXPECT_EQ(status(0x400013ff, 1), tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_EQ(status(0x40001400, 64), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(status(0x40001800, 1), tlm::TLM_GENERIC_ERROR_RESPONSE);
    m.ram.fault(0, UINT64_MAX, false);
    EXPECT_EQ(status(0x40001000, 64), tlm::TLM_OK_RESPONSE);
    transfer w(true, 0x40001000, 8, 1);
    m.ram.fault(0x40001000, 1, true);
    EXPECT_EQ(m.transport(w), tlm::TLM_GENERIC_ERROR_RESPONSE);
    uint64_t kept = 1;
    m.ram.load(0x40001000, &kept, 8);
    EXPECT_EQ(kept, 0u);
}

TEST(Memory, GrantsDmiForPagesWithoutFaultsAndTakesItBack)
{
    memory_rig m;
    m.ram.set_latency(7 * ns);
    m.elaborate();
    auto granted = [&](uint64_t address, tlm::tlm_dmi &dmi) {
        transfer r(false, address, 8);
        m.transport(r);
        bool hint = r.trans.is_dmi_allowed();
        bool given = m.bus->get_direct_mem_ptr(r.trans, dmi);
        EXPECT_EQ(hint, given);
        return given;
    };
    tlm::tlm_dmi dmi;
    ASSERT_TRUE(granted(0x40300000, dmi));
    EXPECT_EQ(dmi.get_read_latency(), 7 * ns);
    EXPECT_LE(dmi.get_start_address(), 0x40300000u);
    EXPECT_GE(dmi.get_end_address(), 0x40300007u);
    dmi.get_dmi_ptr()[0x40300000 - dmi.get_start_address()] = 0x55;
    uint8_t byte = 0;
    m.ram.load(0x40300000, &byte, 1);
    EXPECT_EQ(byte, 0x55);
    EXPECT_EQ(m.invalidated, 0u);
    m.ram.fault(0x40300100, 1, true);
    EXPECT_EQ(m.invalidated, 1u);
    EXPECT_FALSE(granted(0x40300000, dmi));
    EXPECT_TRUE(granted(0x40000000, dmi));
    m.ram.watch([](its::memory_base::requester, bool, uint64_t, unsigned) {});
    EXPECT_EQ(m.invalidated, 2u);
    EXPECT_FALSE(granted(0x40000000, dmi));
    m.ram.watch({});
    EXPECT_TRUE(granted(0x40000000, dmi));
    m.ram.set_bandwidth(8, ns);
    EXPECT_FALSE(granted(0x40000000, dmi));
    m.ram.set_bandwidth(0, ns);
    m.ram.allow_dmi(false);
    EXPECT_FALSE(granted(0x40000000, dmi));
}

TEST(Memory, RamThatIsNoneIsAnError)
{
    memory_rig m;
    expect_report("/its/memory", 2);
    EXPECT_THROW(m.ram.add_ram(0x1000, 0), sc_core::sc_report);
    EXPECT_THROW(m.ram.add_ram(UINT64_MAX, 2), sc_core::sc_report);
}

// --- m_axi ---------------------------------------------------------------------------------------

// Traffic that misses, hits, writes back and spills; returns the event trace.
std::string busy_trace(bool dmi, uint64_t latency)
{
    rig::soc<> s;
    s.gic.set("device_cache_ways", "1");
    s.gic.set("event_cache_sets", "1");
    s.gic.set("lpi_entries", "2");
    s.ram.allow_dmi(dmi);
    s.ram.set_latency(static_cast<double>(latency) * ns);
    s.simulate([&] {
        s.boot();
        for (uint32_t d = 0; d < 3; d++) {
            s.mapd(d);
            for (uint32_t e = 0; e < 4; e++)
                s.mapti(d, e, 8192 + 4 * d + e, e % 2);
        }
        s.sync(0);
        s.sync(1);
        s.consume();
        for (uint32_t i = 0; i < 30; i++)
            s.msi(i % 3, i * 7 % 4);
        s.write(ITS_FRAME_GITS, 0, 0);
        while (!(s.read(ITS_FRAME_GITS, 0) >> 31))
            ;
        s.settle();
        EXPECT_GT(s.count(ITS_EV_WRITE_BACK), 0u);
        EXPECT_GT(s.count(ITS_EV_LPI_SPILL), 0u);
    });
    if (dmi)
        EXPECT_LT(s.ram.reads(its::memory_base::from_its), s.count(ITS_EV_MEM_READ) / 4u);
    else
        EXPECT_GT(s.ram.reads(its::memory_base::from_its), 20u);
    return s.event_text();
}

class DmiChangesNothing : public testing::TestWithParam<uint64_t> {};

TEST_P(DmiChangesNothing, InTimeOrOrder)
{
    std::string without = apart([] { return busy_trace(false, GetParam()); });
    std::string with = busy_trace(true, GetParam());
    EXPECT_GT(with.size(), 1000u);
    EXPECT_EQ(with, without);
}

INSTANTIATE_TEST_SUITE_P(Latency, DmiChangesNothing, testing::Values(0, 1, 37));

// A memory that waits inside b_transport, by a time of its own for each AXI ID; an ID can be stuck.
struct slow_memory : sc_core::sc_module {
    tlm_utils::simple_target_socket<slow_memory, 64> socket{"socket"};
    its::memory_base &ram;
    std::map<unsigned, sc_time> extra;
    unsigned stuck = 99;
    unsigned under_way = 0;
    unsigned most = 0;
    sc_core::sc_event release{"release"};

    slow_memory(const sc_core::sc_module_name &name, its::memory_base &r) : sc_module(name), ram(r)
    {
        socket.register_b_transport(this, &slow_memory::b_transport);
    }
    void b_transport(tlm::tlm_generic_payload &t, sc_time &)
    {
        unsigned id = t.get_extension<its::axi_id_ext>()->id;
        most = std::max(most, ++under_way);
        sc_core::wait(20 * ns + extra[id]);
        while (id == stuck)
            sc_core::wait(release);
        under_way--;
        bool ok = t.is_write() ? ram.store(t.get_address(), t.get_data_ptr(), t.get_data_length())
                               : ram.load(t.get_address(), t.get_data_ptr(), t.get_data_length());
        t.set_response_status(ok ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
};

struct slow_rig : rig::soc<> {
    slow_memory slow{"slow", ram};
    tlm_utils::simple_initiator_socket<slow_rig, 64> unused{"unused"};

    explicit slow_rig(const sc_core::sc_module_name &name = "soc") : rig::soc<>(name, false)
    {
        gic.m_axi.bind(slow.socket);
        unused.bind(ram.socket);
        gic.set("event_cache_sets", "1");
        gic.set("device_cache_ways", "4");
        gic.set("event_cache_ways", "1");
    }
};

TEST(MasterPort, MemoryMayWaitAndAccessesOfDifferentIdsOverlap)
{
    slow_rig s;
    s.simulate([&] {
        s.boot();
        for (uint32_t d = 0; d < 4; d++) {
            s.mapd(d);
            s.mapti(d, 0, 8192 + d, 0);
        }
        s.sync(0);
        s.consume();
        for (uint32_t d = 0; d < 4; d++)
            s.msi(d, 0);
        s.settle();
        for (uint32_t d = 0; d < 4; d++)
            EXPECT_TRUE(s.gic.pending(0, 8192 + d)) << d;
    });
    EXPECT_GT(s.slow.most, 1u);
}

TEST(MasterPort, AnIdThatNeverAnswersStopsOnlyWhatNeedsItsAnswer)
{
    slow_rig s;
    s.simulate([&] {
        s.boot();
        for (uint32_t d = 0; d < 4; d++) {
            s.mapd(d);
            s.mapti(d, 0, 8192 + d, 0);
        }
        s.sync(0);
        s.consume();
        s.settle();
        s.slow.stuck = 0; // the first read of a translation
        s.msi(0, 0);
        sc_core::wait(200 * ns);
        for (uint32_t d = 1; d < 4; d++)
            s.msi(d, 0);
        s.sync(0);
        s.consume();
        sc_core::wait(1000 * ns);
        EXPECT_FALSE(s.gic.pending(0, 8192));
        for (uint32_t d = 1; d < 4; d++)
            EXPECT_TRUE(s.gic.pending(0, 8192 + d)) << d;
        s.slow.stuck = 99;
        s.slow.release.notify();
        s.settle();
        EXPECT_TRUE(s.gic.pending(0, 8192));
    });
}

TEST(MasterPort, BusErrorsReachTheModel)
{
    rig::soc<> s;
    s.simulate([&] {
        s.boot();
        s.mapd(1);
        s.mapti(1, 0, 8192, 0);
        s.sync(0);
        s.consume();
        s.settle();
        EXPECT_EQ(s.count(ITS_EV_MEM_FAULT), 0u);
        s.ram.fault(s.queue, 0x10000, true);
        s.mapti(1, 1, 8193, 0);
        s.consume();
        EXPECT_GT(s.count(ITS_EV_MEM_FAULT), 0u);
        s.msi(1, 1);
        s.settle();
        EXPECT_FALSE(s.gic.pending(0, 8193));
    });
}

TEST(MasterPort, ReadsThePendingTableThroughDebugAccesses)
{
    rig::soc<> s;
    s.gic.set("lpi_entries", "2");
    s.simulate([&] {
        s.boot();
        s.mapd(1);
        for (uint32_t e = 0; e < 8; e++)
            s.mapti(1, e, 8192 + e, 0);
        s.sync(0);
        s.consume();
        for (uint32_t e = 0; e < 8; e++)
            s.msi(1, e);
        s.settle();
        EXPECT_GT(s.count(ITS_EV_LPI_SPILL), 0u);
        uint64_t digest = s.gic.digest();
        for (uint32_t e = 0; e < 9; e++)
            EXPECT_EQ(s.gic.pending(0, 8192 + e), e < 8) << e;
        EXPECT_EQ(s.gic.digest(), digest);
        for (uint32_t e = 0; e < 8; e++) {
            EXPECT_EQ(s.gic.acknowledge(0), 8192 + e);
            s.settle();
        }
        EXPECT_EQ(s.gic.acknowledge(0), GIC500_SPURIOUS);
    });
}

} // namespace
