// SPDX-License-Identifier: MIT
// The slave port alone: single accesses, what they carry, what is refused.
#include "slv_bench.h"

namespace {

// --- single accesses -----------------------------------------------------------------------------

TEST_F(Slv, MakesOneAccessOfAWriteOfAnySize)
{
    const struct {
        uint64_t address;
        unsigned size, strb, lane, bytes;
    } cases[] = {{0x80, 3, 0xff, 0, 8}, {0x80, 2, 0x0f, 0, 4}, {0x84, 2, 0xf0, 4, 4},
                 {0x82, 1, 0x0c, 2, 2}, {0x87, 0, 0x80, 7, 1}, {0x80, 3, 0xf0, 4, 4},
                 {0x80, 2, 0x03, 0, 2}, {0x80, 3, 0x20, 5, 1}, {0x86, 3, 0xc0, 6, 2}};
    for (auto c : cases) {
        accesses.clear();
        EXPECT_EQ(write(c.address, c.size, UINT64_C(0x8877665544332211), c.strb), ITS_AXI_OKAY);
        ASSERT_EQ(accesses.size(), 1u);
        const its_access &a = accesses[0];
        EXPECT_TRUE(a.write);
        EXPECT_EQ(a.offset, 0x80u + c.lane);
        EXPECT_EQ(a.bytes, c.bytes);
        uint64_t mask = c.bytes == 8 ? ~UINT64_C(0) : (UINT64_C(1) << 8 * c.bytes) - 1;
        EXPECT_EQ(a.data, UINT64_C(0x8877665544332211) >> 8 * c.lane & mask);
        EXPECT_EQ(a.frame, ITS_FRAME_GITS);
    }
}

TEST_F(Slv, PutsReadDataOnItsLanes)
{
    for (unsigned i = 0; i < 8; i++)
        bytes[uint64_t(ITS_FRAME_GITS) << 32 | (0x80 + i)] = static_cast<uint8_t>(0x10 + i);
    for (unsigned size = 0; size < 4; size++)
        for (uint64_t a = 0x80; a < 0x88; a += 1u << size) {
            its_axi_r got = read(a, size);
            for (unsigned i = 0; i < (1u << size); i++)
                EXPECT_EQ(got.data >> 8 * ((a + i) & 7) & 0xff, 0x10 + (a + i - 0x80));
            EXPECT_TRUE(got.last);
            EXPECT_EQ(got.id, 1);
            EXPECT_EQ(accesses.back().bytes, 1u << size);
            EXPECT_EQ(accesses.back().offset, a);
            EXPECT_FALSE(accesses.back().write);
        }
}

TEST_F(Slv, UsesTheBytesFromAnUnalignedAddressToTheEndOfTheBeat)
{
    read(0x86, 2);
    EXPECT_EQ(accesses.back().offset, 0x86u);
    EXPECT_EQ(accesses.back().bytes, 2);
    read(0x84, 3);
    EXPECT_EQ(accesses.back().bytes, 4);
    size_t had = accesses.size();
    read(0x81, 2); // three bytes: nothing that could be done at once
    EXPECT_EQ(accesses.size(), had);
    ASSERT_EQ(count(ITS_EV_REG_BAD), 1u);
    EXPECT_EQ(events.back().unit, ITS_UNIT_SLV);
    EXPECT_EQ(events.back().ref, ITS_REF_NONE);
    EXPECT_EQ(events.back().a, its_ev_reg(0x81, 0));
    EXPECT_EQ(events.back().b, 4u) << "the beat as it was asked for";
    EXPECT_EQ(events.back().c, ITS_FRAME_GITS);
}

TEST_F(Slv, CarriesSecurityPrivilegeAndDeviceId)
{
    its_axi_address a = addr(0x10040, 2);
    a.prot = ITS_AXI_PRIVILEGED, a.device = 0x1234, a.has_device = true;
    aw.push_back(a);
    wd.push_back({5, 0x0f, true});
    a.prot = ITS_AXI_NONSECURE, a.has_device = false;
    aw.push_back(a);
    wd.push_back({6, 0x0f, true});
    run();
    ASSERT_EQ(accesses.size(), 2u);
    EXPECT_EQ(accesses[0].frame, ITS_FRAME_TRANSLATION);
    EXPECT_EQ(accesses[0].offset, 0x40u);
    EXPECT_TRUE(accesses[0].has_device);
    EXPECT_EQ(accesses[0].device, 0x1234u);
    EXPECT_TRUE(accesses[0].privileged);
    EXPECT_FALSE(accesses[0].nonsecure);
    EXPECT_FALSE(accesses[1].has_device);
    EXPECT_TRUE(accesses[1].nonsecure);
    EXPECT_FALSE(accesses[1].privileged);
}

TEST_F(Slv, TakesTheDeviceIdFromTheAddressInItsWindow)
{
    profile.device_window = 1;
    uint64_t base = its_map_window_base(&profile, false);
    write(base + 4 * 0x321, 2, UINT64_C(0xaa00000000), 0xf0);
    ASSERT_EQ(accesses.size(), 1u);
    EXPECT_EQ(accesses[0].frame, ITS_FRAME_TRANSLATION);
    EXPECT_EQ(accesses[0].offset, 0x40u);
    EXPECT_EQ(accesses[0].device, 0x321u);
    EXPECT_TRUE(accesses[0].has_device);
    EXPECT_EQ(accesses[0].data, 0xaau);
}

TEST_F(Slv, DecodesTheWholeGic)
{
    w.whole_gic = true;
    uint64_t a = its_map_address(&profile, ITS_FRAME_GICR, 2, 0x70);
    read(a, 2);
    EXPECT_EQ(accesses.back().frame, ITS_FRAME_GICR);
    EXPECT_EQ(accesses.back().rd, 2);
    EXPECT_EQ(accesses.back().offset, 0x70u);
    read(UINT64_C(0x7fffffff0000), 2);
    EXPECT_EQ(accesses.back().frame, ITS_FRAME_NONE);
}

TEST_F(Slv, TurnsAFaultIntoSlverr)
{
    faults[uint64_t(ITS_FRAME_GITS) << 32 | 0x80] = true;
    EXPECT_EQ(read(0x80, 2).resp, ITS_AXI_SLVERR);
    EXPECT_EQ(write(0x80, 2, 1, 0xf), ITS_AXI_SLVERR);
    EXPECT_EQ(read(0x84, 2).resp, ITS_AXI_OKAY);
    EXPECT_EQ(write(0x88, 2, 1, 0xf), ITS_AXI_OKAY);
}

// A bus of four bytes has four strobes, whatever a host leaves in the other bits of the pins.
TEST_F(Slv, StrobesBeyondTheBusAreNotThere)
{
    make("flat", 4);
    for (unsigned strb : {0x0fu, 0xffu, 0x3fu, 0xf0u}) {
        accesses.clear();
        EXPECT_EQ(write(0x80, 2, 0x44332211, strb), ITS_AXI_OKAY);
        ASSERT_EQ(accesses.size(), strb & 0xf ? 1u : 0u) << strb;
        if (!accesses.empty()) {
            EXPECT_EQ(accesses[0].bytes, 4u);
            EXPECT_EQ(accesses[0].data, 0x44332211u);
        }
    }
    EXPECT_EQ(count(ITS_EV_REG_BAD), 0u);
}

TEST_F(Slv, NeverHalfAppliesSparseStrobes)
{
    const struct {
        uint64_t address;
        unsigned size, strb;
    } cases[] = {{0x80, 3, 0x81}, {0x80, 3, 0x3f}, {0x80, 2, 0x07}, {0x80, 2, 0x06},
                 {0x80, 3, 0x3c}, {0x80, 2, 0xf0}, {0x84, 2, 0x0f}, {0x86, 2, 0xf0},
                 {0x80, 2, 0xff}, {0x80, 0, 0x02}};
    for (uint32_t error : {0u, 1u}) {
        profile.bad_access = error;
        for (auto c : cases)
            EXPECT_EQ(write(c.address, c.size, 0, c.strb), error ? ITS_AXI_SLVERR : ITS_AXI_OKAY)
                << c.address << " " << c.strb;
    }
    EXPECT_TRUE(accesses.empty());
    EXPECT_EQ(count(ITS_EV_REG_BAD), 20u);
    EXPECT_EQ(events[0].unit, ITS_UNIT_SLV);
    EXPECT_EQ(events[0].c, ITS_FRAME_GITS);
    EXPECT_EQ(events[0].a, 0x80u);
}

TEST_F(Slv, DoesNothingForABeatWithoutStrobes)
{
    profile.bad_access = 1;
    EXPECT_EQ(write(0x80, 2, 0, 0), ITS_AXI_OKAY);
    EXPECT_TRUE(accesses.empty());
    EXPECT_TRUE(events.empty());
}

TEST_F(Slv, RefusesBurstsThatAxiDoesNotAllow)
{
    struct {
        unsigned bus;
        its_axi_address a;
    } cases[] = {{4, addr(0x80, 3)},
                 {8, addr(0x80, 4)},
                 {8, addr(0x80, 7)},
                 {8, addr(0x80, 200)},
                 {8, addr(0x80, 2, 1, 3)},
                 {8, addr(0x80, 2, 3, ITS_AXI_WRAP)},
                 {8, addr(0x82, 2, 4, ITS_AXI_WRAP)},
                 {8, addr(0x80, 2, 17, ITS_AXI_FIXED)},
                 {8, addr(0xff8, 2, 3)}};
    for (uint32_t error : {0u, 1u})
        for (auto &c : cases) {
            make("flat", c.bus);
            profile.bad_access = error;
            accesses.clear();
            events.clear();
            r.clear();
            b.clear();
            ar.push_back(c.a);
            aw.push_back(c.a);
            for (unsigned i = 0; i <= c.a.len; i++)
                wd.push_back({0, 0xff, i == c.a.len});
            run();
            uint8_t resp = error ? ITS_AXI_SLVERR : ITS_AXI_OKAY;
            ASSERT_EQ(r.size(), c.a.len + 1u);
            for (unsigned i = 0; i <= c.a.len; i++) {
                EXPECT_EQ(r[i].resp, resp);
                EXPECT_EQ(r[i].data, 0u);
                EXPECT_EQ(r[i].last, i == c.a.len);
            }
            ASSERT_EQ(b.size(), 1u);
            EXPECT_EQ(b[0].resp, resp);
            EXPECT_TRUE(accesses.empty());
            EXPECT_EQ(count(ITS_EV_REG_BAD), 2u * (c.a.len + 1u));
        }
}

} // namespace
