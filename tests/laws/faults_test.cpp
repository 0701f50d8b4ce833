/* SPDX-License-Identifier: MIT */
/* Memory that answers with an error: what is lost is lost in both faces, and nothing else. */
#include "software.h"

namespace {

using bench::gic;
using laws::machine;

class Faults : public testing::TestWithParam<std::tuple<machine, its_face>> {
protected:
    /* Mapped, and known to memory; caches are empty. */
    void SetUp() override
    {
        g = laws::make(std::get<0>(GetParam()));
        g->boot();
        g->face(std::get<1>(GetParam()));
        laws::map_four(*g);
        g->empty_caches();
    }
    uint64_t dte(uint32_t device) const
    {
        return (g->two_level ? gic::DEVICE_PAGE : gic::DEVICES) + device * g->profile.dte_bytes;
    }
    uint64_t ite(uint32_t device, uint32_t event) const
    {
        return g->itt(device) + event * g->profile.ite_bytes;
    }
    bool delivered(uint32_t device, uint32_t event)
    {
        g->msi(device, event);
        g->settle();
        bool yes = g->pending(device, 8192 + 2 * device + event);
        while (g->acknowledge(device) != GIC500_SPURIOUS)
            g->settle();
        return yes;
    }
    /* Reasons of the MSIs dropped since the last look. */
    std::vector<unsigned> drops()
    {
        std::vector<unsigned> reasons;
        for (const its_event &e : g->events)
            if (e.kind == ITS_EV_MSI_DROP)
                reasons.push_back(e.c);
        g->events.clear();
        return reasons;
    }
    std::unique_ptr<gic> g;
};

INSTANTIATE_TEST_SUITE_P(Machines, Faults,
                         testing::Combine(testing::ValuesIn(laws::machines()),
                                          testing::Values(ITS_FACE_CLOCKED, ITS_FACE_FAST)),
                         [](const auto &i) {
                             return std::get<0>(i.param).name +
                                    (std::get<1>(i.param) == ITS_FACE_FAST ? "_fast" : "_cycle");
                         });

TEST_P(Faults, AnEntryThatCannotBeReadDropsTheMsiAndIsNotRemembered)
{
    for (uint64_t bad : {dte(1), ite(1, 0)}) {
        g->mem.fault = [&](uint64_t a, bool write) { return !write && a == bad; };
        EXPECT_FALSE(delivered(1, 0));
        EXPECT_EQ(g->count(ITS_EV_MEM_FAULT), 1u);
        EXPECT_EQ(drops(), std::vector<unsigned>{ITS_DROP_TABLE_FAULT});
        EXPECT_TRUE(delivered(2, 0)) << "another device's";
        g->mem.fault = [](uint64_t, bool) { return false; };
        EXPECT_TRUE(delivered(1, 0)) << "memory is well again";
        EXPECT_TRUE(drops().empty());
        g->empty_caches();
    }
}

TEST_P(Faults, AnEntryThatCannotBeWrittenIsLostAloneAndReported)
{
    const uint64_t bad = ite(1, 5);
    g->mem.fault = [&](uint64_t a, bool write) { return write && a == bad; };
    g->mapti(1, 5, 8210, 1);
    g->mapti(1, 6, 8211, 1);
    g->run();
    g->quiesce();
    EXPECT_EQ(g->count(ITS_EV_WRITE_LOST), 1u);
    EXPECT_EQ(g->count(ITS_EV_MEM_FAULT), 1u);
    for (const its_event &e : g->events)
        if (e.kind == ITS_EV_WRITE_LOST || e.kind == ITS_EV_MEM_FAULT) {
            EXPECT_EQ(e.a, bad);
            EXPECT_EQ(e.b, 0u);
            EXPECT_EQ(e.c, ITS_ENTRY_ITE);
            EXPECT_TRUE(e.ref == ITS_REF_NONE || (e.ref & ITS_REF_CMD)) << "no MSI wrote it";
        }
    laws::tables t(*g);
    EXPECT_FALSE(t.ite(g->itt(1), 5).valid);
    EXPECT_EQ(t.ite(g->itt(1), 6).intid, 8211u);
    EXPECT_TRUE(t.ite(g->itt(1), 0).valid);
}

} // namespace
