/* SPDX-License-Identifier: MIT */
/* The whole of it once: boot, map, MSI, pending, acknowledge; every command; on every machine. */
#include "reference.h"

namespace {

using bench::gic;
using laws::machine;

class Smoke : public testing::TestWithParam<machine> {
protected:
    void SetUp() override
    {
        g = laws::make(GetParam());
        g->boot();
    }
    std::unique_ptr<gic> g;
};

INSTANTIATE_TEST_SUITE_P(Machines, Smoke, testing::ValuesIn(laws::machines()), laws::machine_name);

TEST_P(Smoke, BootLeavesTheItsEnabledAndIdle)
{
    EXPECT_EQ(g->ctlr() & 1u, 1u);
    EXPECT_EQ(g->look().drain, 1);
    EXPECT_TRUE(g->look().idle);
    EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x90), g->cwriter());
    for (unsigned rd = 0; rd < g->profile.redistributors; rd++)
        EXPECT_EQ(g->read(ITS_FRAME_GICR, 0, 4, rd) & 1, 1u) << rd;
}

TEST_P(Smoke, AnMsiBecomesPendingAtTheMappedRedistributorAndIsAcknowledged)
{
    g->mapd(3);
    g->mapti(3, 7, 8200, 2);
    g->run();
    g->msi(3, 7);
    g->settle();
    EXPECT_EQ(g->pending_set(2), std::set<uint32_t>{8200});
    for (unsigned rd : {0u, 1u, 3u})
        EXPECT_TRUE(g->pending_set(rd).empty()) << rd;
    g->tick();
    EXPECT_EQ(g->pins.lpi[0], 4u);
    EXPECT_EQ(g->acknowledge(2), 8200u);
    EXPECT_EQ(g->acknowledge(2), GIC500_SPURIOUS);
    g->settle();
    g->tick();
    EXPECT_TRUE(g->pending_set(2).empty());
    EXPECT_EQ(g->pins.lpi[0], 0u);
}

TEST_P(Smoke, ManyMsisAllArrive)
{
    for (uint32_t d = 0; d < 12; d++) {
        g->mapd(d);
        for (uint32_t e = 0; e < 10; e++)
            g->mapti(d, e, 8192 + d * 16 + e, (d + e) % 4);
    }
    g->run();
    std::vector<std::set<uint32_t>> expected(4);
    for (uint32_t e = 0; e < 10; e++)
        for (uint32_t d = 0; d < 12; d++) {
            g->msi(d, e);
            expected[(d + e) % 4].insert(8192 + d * 16 + e);
        }
    g->settle();
    for (unsigned rd = 0; rd < 4; rd++)
        EXPECT_EQ(g->pending_set(rd), expected[rd]) << rd;
    for (unsigned rd = 0; rd < 4; rd++)
        for (uint32_t intid : expected[rd]) { /* equal priorities: the lowest INTID first */
            ASSERT_EQ(g->acknowledge(rd), intid);
            g->settle();
        }
    EXPECT_EQ(g->count(ITS_EV_MSI_DROP), 0u);
}

TEST_P(Smoke, EveryCommandDoesWhatTheReferenceDoes)
{
    laws::reference ref(*g);
    std::vector<its_cmd> cmds;
    auto both = [&](its_cmd c) {
        g->command(c);
        cmds.push_back(c);
    };
    auto make = [&](uint8_t op, uint32_t d, uint32_t e, uint32_t icid, uint32_t intid = 0) {
        its_cmd c = g->op(op);
        c.device = d;
        c.event = e;
        c.icid = uint16_t(icid);
        c.intid = op == ITS_CMD_MAPI ? e : intid;
        return c;
    };
    for (uint16_t c = 0; c < 4; c++) {
        its_cmd m = g->op(ITS_CMD_MAPC);
        m.icid = c;
        m.rdbase = c;
        m.valid = true;
        both(m);
    }
    its_cmd d = g->op(ITS_CMD_MAPD);
    d.device = 5;
    d.size = 13;
    d.itt = g->itt(5);
    d.valid = true;
    both(d);
    both(make(ITS_CMD_MAPTI, 5, 1, 0, 8201));
    both(make(ITS_CMD_MAPTI, 5, 2, 1, 8202));
    both(make(ITS_CMD_MAPTI, 5, 3, 2, 8203));
    both(make(ITS_CMD_MAPI, 5, 8204, 3));
    for (uint32_t e : {1u, 2u, 3u, 8204u})
        both(make(ITS_CMD_INT, 5, e, 0));
    both(make(ITS_CMD_CLEAR, 5, 1, 0));
    both(make(ITS_CMD_MOVI, 5, 2, 3));
    both(make(ITS_CMD_DISCARD, 5, 3, 0));
    both(make(ITS_CMD_INV, 5, 2, 0));
    both(make(ITS_CMD_INVALL, 0, 0, 3));
    its_cmd all = g->op(ITS_CMD_MOVALL);
    all.rdbase = 3;
    all.rdbase2 = 1;
    both(all);
    its_cmd sync = g->op(ITS_CMD_SYNC);
    sync.rdbase = 1;
    both(sync);
    both(make(ITS_CMD_INT, 5, 3, 0)); /* discarded */
    both(make(ITS_CMD_INT, 6, 0, 0)); /* unmapped device */
    both(make(0x29, 0, 0, 0));        /* a GICv4 command */
    g->run();
    unsigned errors = 0;
    for (const auto &c : cmds)
        errors += ref.command(c).kind == ITS_VERDICT_ERROR;

    EXPECT_EQ(errors, 3u);
    EXPECT_EQ(g->count(ITS_EV_CMD_ERROR), errors);
    EXPECT_EQ(g->read(ITS_FRAME_GITS, 0x90), g->cwriter());
    for (unsigned rd = 0; rd < 4; rd++)
        EXPECT_EQ(g->pending_set(rd), ref.pending[rd]) << rd;
    EXPECT_EQ(ref.pending[1], (std::set<uint32_t>{8202, 8204}));
    g->quiesce();
    EXPECT_TRUE(laws::same_tables(*g, ref.memory, {0, 5, 6}, 16384, 8));
}

TEST_P(Smoke, ADisableReachesQuiescentAndLeavesMemoryComplete)
{
    g->mapd(1);
    g->mapti(1, 0, 8192, 0);
    g->run();
    EXPECT_EQ(laws::tables(*g).dte(1).valid, !laws::back(*g));
    g->quiesce();
    EXPECT_EQ(g->ctlr(), 0x80000000u);
    laws::tables t(*g);
    ASSERT_TRUE(t.dte(1).valid);
    EXPECT_TRUE(t.ite(t.dte(1).address, 0).valid);
    g->tick(100);
    EXPECT_EQ(g->its_accesses_while_off, 0u);
}

TEST_P(Smoke, TheFastFaceDoesTheSame)
{
    g->face(ITS_FACE_FAST);
    g->mapd(3);
    g->mapti(3, 7, 8200, 2);
    g->run();
    g->msi(3, 7);
    EXPECT_EQ(g->pending_set(2), std::set<uint32_t>{8200});
    EXPECT_EQ(g->acknowledge(2), 8200u);
    g->quiesce();
    EXPECT_TRUE(laws::tables(*g).dte(3).valid);
    EXPECT_EQ(g->its_accesses_while_off, 0u);
}

TEST_P(Smoke, ResetPutsEverythingBack)
{
    g->mapd(1);
    g->run();
    uint64_t before = g->mem.writes;
    g->reset();
    g->tick(50);
    EXPECT_EQ(g->mem.writes, before);
    EXPECT_EQ(g->ctlr(), 0x80000000u);
    g->boot();
    g->mapd(1);
    g->mapti(1, 0, 8192, 0);
    g->run();
    g->msi(1, 0);
    g->settle();
    EXPECT_TRUE(g->pending(0, 8192));
}

} // namespace
