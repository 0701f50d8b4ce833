// SPDX-License-Identifier: MIT
// gicd_test.cpp - the few registers of the distributor.
#include <gtest/gtest.h>

#include <vector>

#include "gic/gicd.h"

namespace {

struct Dist {
    its_profile p;
    its_probe probe{};
    gicd u{};
    gicd_wires w{};
    std::vector<its_event> events;

    explicit Dist(uint32_t security = 0)
    {
        its_profile_preset(&p, "gic500");
        p.security = security;
        probe.sink = [](void *host, const its_event *e) {
            static_cast<Dist *>(host)->events.push_back(*e);
        };
        probe.host = this;
        w.profile = &p;
        w.probe = &probe;
        gicd_reset(&u, &w);
    }
    its_access_result access(uint32_t offset, unsigned bytes, bool write, uint64_t data = 0,
                             bool nonsecure = false)
    {
        its_access a{};
        a.frame = ITS_FRAME_GICD;
        a.offset = offset;
        a.bytes = uint8_t(bytes);
        a.write = write;
        a.data = data;
        a.nonsecure = nonsecure;
        return gicd_fast_access(&u, &a, &p, &probe);
    }
    uint32_t read(uint32_t offset, bool nonsecure = false)
    {
        return uint32_t(access(offset, 4, false, 0, nonsecure).data);
    }
};

TEST(Gicd, OneSecurityStateHasDsAndTwoGroups)
{
    Dist d;
    EXPECT_EQ(0x50u, d.read(0));
    EXPECT_FALSE(gicd_group1_enabled(&d.u));
    d.access(0, 4, true, 0x13);
    EXPECT_EQ(0x53u, d.read(0));
    EXPECT_TRUE(gicd_group1_enabled(&d.u));
    d.access(0, 4, true, 0xffffffff, true);
    EXPECT_EQ(0x53u, d.read(0, true));
    d.access(0, 4, true, 0x1);
    EXPECT_FALSE(gicd_group1_enabled(&d.u));
}

TEST(Gicd, TwoSecurityStatesHaveTwoViews)
{
    Dist d(1);
    EXPECT_EQ(0x30u, d.read(0));
    EXPECT_EQ(0x10u, d.read(0, true));
    d.access(0, 4, true, 0x7);
    EXPECT_EQ(0x37u, d.read(0));
    EXPECT_EQ(0x12u, d.read(0, true));
    d.access(0, 4, true, 0x0, true); // takes back its own group only
    EXPECT_EQ(0x35u, d.read(0));
    EXPECT_FALSE(gicd_group1_enabled(&d.u));
    d.access(0, 4, true, 0x2, true);
    EXPECT_TRUE(gicd_group1_enabled(&d.u));
}

TEST(Gicd, IdentificationFollowsTheProfile)
{
    Dist d;
    EXPECT_EQ(15u, d.read(4) >> 19 & 31u);
    EXPECT_EQ(1u, d.read(4) >> 17 & 1u);
    EXPECT_EQ(0u, d.read(4) >> 10 & 1u);
    EXPECT_EQ(1u, Dist(1).read(4) >> 10 & 1u) << "SecurityExtn";
    EXPECT_EQ(d.p.iidr, d.read(8));
    EXPECT_EQ(0x30u, d.read(0xffe8) & 0xf0u);
    EXPECT_EQ(d.read(4), gicd_peek(&d.u, 4, 4, &d.p));
    EXPECT_EQ(0u, gicd_peek(&d.u, 5, 4, &d.p));
}

TEST(Gicd, EverythingElseIsReserved)
{
    Dist d;
    for (uint32_t offset : {0x4u, 0x80u, 0x400u, 0x6100u, 0xc000u}) {
        uint32_t before = d.read(offset);
        d.access(offset, 4, true, 0xffffffff);
        EXPECT_EQ(before, d.read(offset));
    }
    EXPECT_EQ(0u, d.read(0x6100));
    EXPECT_FALSE(d.access(0x400, 1, true, 1).fault);
    d.p.bad_access = 1;
    EXPECT_TRUE(d.access(0x0, 1, false).fault);
}

TEST(Gicd, AnswersOneEdgeAfterItTookTheAccess)
{
    Dist d;
    gicd_drive(&d.u, &d.w);
    EXPECT_TRUE(d.w.access.ready);
    EXPECT_FALSE(d.w.result.valid);
    EXPECT_EQ(UINT64_MAX, gicd_wake(&d.u));
    d.w.access.d = its_access{};
    d.w.access.d.frame = ITS_FRAME_GICD;
    d.w.access.d.bytes = 4;
    d.w.access.valid = true;
    gicd_clock(&d.u, &d.w);
    gicd_drive(&d.u, &d.w);
    EXPECT_FALSE(d.w.access.ready);
    ASSERT_TRUE(d.w.result.valid);
    EXPECT_EQ(0x50u, d.w.result.d.data);
    EXPECT_EQ(0u, gicd_wake(&d.u));
    d.w.access.valid = false;
    gicd_clock(&d.u, &d.w);
    gicd_drive(&d.u, &d.w);
    EXPECT_TRUE(d.w.result.valid) << "the owner has not taken it";
    d.w.result.ready = true;
    gicd_clock(&d.u, &d.w);
    gicd_drive(&d.u, &d.w);
    EXPECT_FALSE(d.w.result.valid);
    EXPECT_TRUE(d.w.access.ready);
}

} // namespace
