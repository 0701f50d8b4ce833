/* SPDX-License-Identifier: MIT */
/*
 * What software can learn of errors: GITS_STATUSR, GITS_UMSIR and its interrupt (profile umsi), the
 * system error output (profile seis; GITS_FCTLR.CEE and UEE of a GIC-600); in both faces. (Arm
 * Architecture Registers; GIC-600 TRM.)
 */
#include "machines.h"

#include "arch/regs.h"

namespace {

using bench::gic;

constexpr uint32_t FCTLR = 0x20, STATUSR = 0x40, UMSIR = 0x48;
constexpr uint32_t UEE = 1u << 2, CEE = 1u << 3;
enum : uint32_t { RRD = 1, WRD = 2, RWOD = 4, WROD = 8, UMSI = 16, OVERFLOWED = 32 };

class Report : public testing::TestWithParam<its_face> {
protected:
    void start(const char *preset, const laws::settings &set = {})
    {
        g = std::make_unique<gic>(preset, set);
        g->boot();
        g->face(GetParam());
        g->mapd(1, 4);
        g->mapti(1, 0, 8192, 0);
        g->mapti(1, 1, 8193, 1);
        g->mapti(1, 2, 8194, 9); /* a collection nobody mapped */
        g->run();
        high = rises = 0;
        g->wires = [this] {
            rises += g->pins.syserr && !level;
            high += g->pins.syserr;
            level = g->pins.syserr;
        };
    }
    uint32_t statusr() { return uint32_t(g->read(ITS_FRAME_GITS, STATUSR)); }
    uint64_t umsir() { return g->read(ITS_FRAME_GITS, UMSIR, 8); }
    void clear(uint32_t bits) { g->write(ITS_FRAME_GITS, STATUSR, bits); }
    void msi(uint32_t device, uint32_t event)
    {
        g->msi(device, event);
        g->settle();
    }
    bool irq()
    {
        gic500_pins now = g->pins;
        gic500_drive(g->get(), &now);
        return now.umsi_irq;
    }
    void bad_command()
    {
        g->event(ITS_CMD_CLEAR, 9, 9);
        g->run();
        g->tick(3);
    }
    /* Times the output rose since the last call; it is high for one cycle each time. */
    unsigned errors()
    {
        g->settle();
        g->tick(3);
        unsigned n = rises;
        if (GetParam() == ITS_FACE_CLOCKED) {
            EXPECT_EQ(high, rises);
        }
        EXPECT_FALSE(level);
        EXPECT_EQ(g->count(ITS_EV_SYSERR), n);
        g->events.clear();
        high = rises = 0;
        return n;
    }

    std::unique_ptr<gic> g;
    unsigned high = 0, rises = 0;
    bool level = false;
};

INSTANTIATE_TEST_SUITE_P(Face, Report, testing::Values(ITS_FACE_CLOCKED, ITS_FACE_FAST),
                         [](auto &i) { return i.param == ITS_FACE_FAST ? "fast" : "clocked"; });

TEST_P(Report, CommandErrorsRaiseTheOutputWhenCeeIsSet)
{
    start("gic600");
    bad_command();
    EXPECT_TRUE(g->look().stalled) << "whatever CEE says";
    g->skip_command();
    EXPECT_EQ(errors(), 0u);
    g->write(ITS_FRAME_GITS, FCTLR, CEE);
    bad_command();
    EXPECT_EQ(errors(), 1u);
    g->skip_command();
    g->write(ITS_FRAME_GICR, 0, 0, 4, 1);
    g->event(ITS_CMD_CLEAR, 1, 1); /* found by the redistributor */
    g->run();
    EXPECT_EQ(errors(), 1u);
    g->movall(1, 2);
    g->run();
    EXPECT_EQ(errors(), 1u);
    g->event(ITS_CMD_INT, 1, 1);
    g->run();
    EXPECT_EQ(errors(), 0u) << "a translation's";
    msi(9, 9);
    msi(1, 1);
    EXPECT_EQ(errors(), 0u) << "MSIs are not CEE's";
    g->mem.fault = [](uint64_t a, bool) { return a >= gic::QUEUE && a < gic::DEVICES; };
    g->event(ITS_CMD_INT, 1, 0);
    g->run();
    EXPECT_EQ(errors(), 1u) << "a command that cannot be read";
}

TEST_P(Report, LostMsisRaiseTheOutputWhenUeeIsSet)
{
    start("gic600");
    msi(9, 9);
    EXPECT_EQ(errors(), 0u);
    g->write(ITS_FRAME_GITS, FCTLR, UEE);
    for (auto [device, event] :
         {std::pair(9u, 0u), {1u, 7u}, {1u, 16u}, {1u, 2u}, {1u, 1u << 16}}) {
        msi(device, event);
        EXPECT_EQ(errors(), 1u) << device << " " << event;
    }
    g->write(ITS_FRAME_GICR, 0, 0, 4, 1);
    g->settle();
    msi(1, 1);
    EXPECT_EQ(errors(), 1u) << "LPIs are off there";
    g->event(ITS_CMD_INT, 1, 1); /* found by the redistributor */
    g->run();
    EXPECT_EQ(errors(), 1u);
    g->event(ITS_CMD_INT, 9, 9);
    g->run();
    EXPECT_TRUE(g->look().stalled);
    EXPECT_EQ(errors(), 1u);
    g->skip_command();
    bad_command();
    EXPECT_EQ(errors(), 0u) << "other commands are not UEE's";
    g->quiesce();
    msi(9, 9);
    EXPECT_EQ(errors(), 0u) << "not accepted at all";
}

TEST_P(Report, WithSeisEveryCommandErrorRaisesTheOutput)
{
    start("flat", {{"seis", "1"}});
    EXPECT_EQ(ITS_GET(g->read(ITS_FRAME_GITS, 8, 8), GITS_TYPER_SEIS), 1u);
    bad_command();
    EXPECT_EQ(errors(), 1u);
    bad_command();
    bad_command();
    EXPECT_EQ(errors(), 2u);
    msi(9, 9);
    EXPECT_EQ(errors(), 0u);
    start("flat");
    EXPECT_EQ(ITS_GET(g->read(ITS_FRAME_GITS, 8, 8), GITS_TYPER_SEIS), 0u);
    bad_command();
    EXPECT_EQ(errors(), 0u);
}

TEST_P(Report, StatusrNamesTheFirstMsiWithoutATranslation)
{
    struct {
        uint32_t device, event, syndrome;
    } const lost[] = {
        {0x10000, 3, 2}, {9, 3, 3}, {1, 16, 4}, {1, 0x10000, 4}, {1, 7, 5}, {1, 2, 7},
    };
    start("flat", {{"umsi", "2"}});
    EXPECT_EQ(statusr(), 0u);
    EXPECT_EQ(umsir(), 0u);
    for (auto &m : lost) {
        msi(1, 0);
        EXPECT_EQ(statusr(), 0u);
        msi(m.device, m.event);
        EXPECT_EQ(statusr(), UMSI | m.syndrome << 6);
        EXPECT_EQ(umsir(), uint64_t(m.device) << 32 | m.event);
        msi(8, 8);
        EXPECT_EQ(statusr(), UMSI | OVERFLOWED | m.syndrome << 6);
        EXPECT_EQ(umsir(), uint64_t(m.device) << 32 | m.event) << "the first one stays";
        clear(OVERFLOWED);
        EXPECT_EQ(statusr(), UMSI | m.syndrome << 6);
        clear(0);
        EXPECT_EQ(statusr(), UMSI | m.syndrome << 6);
        clear(UMSI);
        EXPECT_EQ(statusr(), 0u);
        EXPECT_EQ(umsir(), 0u);
    }
    msi(9, 9);
    msi(9, 8);
    clear(UMSI);
    EXPECT_EQ(statusr(), OVERFLOWED);
    bad_command();
    EXPECT_EQ(statusr(), OVERFLOWED) << "INT is a command";
    clear(0xffffffff);
    EXPECT_EQ(statusr(), 0u);
}

TEST(ReportClocked, MsisLostInOneCycleOverflow)
{
    gic g("flat", {{"umsi", "2"}});
    g.boot();
    g.mapd(1, 4);
    g.run();
    /* Two misses to one DTE are answered together, and both MSIs are dropped then. */
    g.mem.latency = 60;
    gic500_drop_clean_lines(g.get());
    g.msi(2, 1);
    g.msi(2, 2);
    g.settle();
    EXPECT_EQ(g.count(ITS_EV_MSI_DROP), 2u);
    EXPECT_EQ(g.read(ITS_FRAME_GITS, STATUSR), UMSI | OVERFLOWED | 3u << 6);
    EXPECT_EQ(g.read(ITS_FRAME_GITS, UMSIR, 8) >> 32, 2u);
}

TEST_P(Report, StatusrCollectsAccessesToTheWrongPlaces)
{
    start("flat", {{"umsi", "1"}});
    g->read(ITS_FRAME_GITS, 0);
    g->write(ITS_FRAME_GITS, 0x88, g->cwriter());
    for (uint32_t n = 2; n < 8; n++) { /* unimplemented, but registers */
        g->read(ITS_FRAME_GITS, 0x100 + 8 * n);
        g->write(ITS_FRAME_GITS, 0x100 + 8 * n, 0);
    }
    msi(1, 0);
    msi(9, 9);
    EXPECT_EQ(statusr(), 0u) << "no unmapped MSIs with umsi 1";
    g->read(ITS_FRAME_GITS, 0x2000);
    EXPECT_EQ(statusr(), RRD);
    g->write(ITS_FRAME_GITS, 0x2000, 1);
    EXPECT_EQ(statusr(), RRD | WRD);
    clear(RRD);
    EXPECT_EQ(statusr(), WRD);
    g->write(ITS_FRAME_GITS, 0x90, 0);
    EXPECT_EQ(statusr(), WRD | WROD);
    g->read(ITS_FRAME_TRANSLATION, 0x40);
    EXPECT_EQ(statusr(), WRD | WROD | RWOD);
    clear(15);
    g->read(ITS_FRAME_TRANSLATION, 0x40);
    EXPECT_EQ(statusr(), RWOD);
    clear(15);
    g->read(ITS_FRAME_TRANSLATION, 0x44);
    g->write(ITS_FRAME_TRANSLATION, 0x44, 0);
    EXPECT_EQ(statusr(), RRD | WRD);
    clear(15);
    EXPECT_EQ(umsir(), 0u);
    EXPECT_EQ(statusr(), RRD) << "no GITS_UMSIR with umsi 1";
    EXPECT_EQ(ITS_GET(g->read(ITS_FRAME_GITS, 8, 8), GITS_TYPER_UMSI), 0u);
}

TEST_P(Report, WithoutStatusrNothingIsKept)
{
    start("flat");
    g->read(ITS_FRAME_GITS, 0x2000);
    msi(9, 9);
    EXPECT_EQ(statusr(), 0u);
    EXPECT_EQ(umsir(), 0u);
    clear(63);
    EXPECT_EQ(statusr(), 0u);
}

TEST_P(Report, TheInterruptForUnmappedMsisIsTheirsToEnable)
{
    start("flat", {{"umsi", "3"}});
    uint64_t typer = g->read(ITS_FRAME_GITS, 8, 8);
    EXPECT_EQ(ITS_GET(typer, GITS_TYPER_UMSI), 1u);
    EXPECT_EQ(ITS_GET(typer, GITS_TYPER_UMSI_IRQ), 1u);
    msi(9, 9);
    EXPECT_FALSE(irq()) << "not enabled";
    g->write(ITS_FRAME_GITS, 0, 0x101);
    EXPECT_EQ(g->ctlr(), 0x101u);
    EXPECT_TRUE(irq());
    clear(UMSI);
    EXPECT_FALSE(irq());
    msi(9, 9);
    EXPECT_TRUE(irq());
    g->write(ITS_FRAME_GITS, 0, 1);
    EXPECT_FALSE(irq());
    start("flat", {{"umsi", "2"}});
    typer = g->read(ITS_FRAME_GITS, 8, 8);
    EXPECT_EQ(ITS_GET(typer, GITS_TYPER_UMSI), 1u);
    EXPECT_EQ(ITS_GET(typer, GITS_TYPER_UMSI_IRQ), 0u);
    g->write(ITS_FRAME_GITS, 0, 0x101);
    EXPECT_EQ(g->ctlr(), 1u);
    msi(9, 9);
    EXPECT_FALSE(irq());
}

TEST_P(Report, ResetForgetsWhatWasReported)
{
    start("flat", {{"umsi", "3"}, {"seis", "1"}});
    g->write(ITS_FRAME_GITS, 0, 0x101);
    msi(9, 9);
    EXPECT_TRUE(irq());
    g->reset();
    EXPECT_FALSE(irq());
    EXPECT_EQ(statusr(), 0u);
    EXPECT_EQ(umsir(), 0u);
    EXPECT_EQ(g->ctlr(), 0x80000000u);
}

} // namespace
