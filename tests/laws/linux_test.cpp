/* SPDX-License-Identifier: MIT */
/*
 * What the Linux GICv3 drivers do at boot, at run time and over suspend and resume, register by
 * register, in their order and with their checks.
 */
#include <algorithm>

#include "software.h"

namespace {

using bench::gic;
using laws::machine;

constexpr uint32_t CTLR = 0x0, TYPER = 0x8, CBASER = 0x80, CWRITER = 0x88, CREADR = 0x90,
                   BASER = 0x100, PIDR2 = 0xffe8;
constexpr uint64_t VALID = 1ull << 63, INDIRECT = 1ull << 62, RAWAWB = 7ull << 59,
                   INNER = 1ull << 10, SHAREABLE = 3ull << 10;
constexpr uint64_t PROP = 0x60000000, PEND = 0x61000000, CMDQ = 0x62000000, TABLE = 0x63000000,
                   L2 = 0x68000000, ITT = 0x6a000000;

/* The driver's side: what it keeps in memory of its own. */
class linux_driver {
public:
    explicit linux_driver(gic &g) : g_(g) {}

    void probe()
    {
        ASSERT_EQ(read32(PIDR2) & 0xf0, 0x30u);
        quiesce();
        for (unsigned n = 0; n < 8; n++)
            g_.write(ITS_FRAME_GITS, BASER + 8 * n, 0, 8);
        quiesce();
        typer_ = read64(TYPER);
        for (unsigned n = 0; n < 8; n++)
            if ((read64(BASER + 8 * n) >> 56) & 7)
                table(n);
        queue();
        write32(CTLR, read32(CTLR) | 1);
        ASSERT_EQ(read32(CTLR) & 1, 1u);
    }

    void cpu(unsigned rd)
    {
        wake(rd);
        ASSERT_EQ(g_.read(ITS_FRAME_GICR, 0x8, 8, rd) & 1, 1u); /* PLPIS */
        ASSERT_EQ(g_.read(ITS_FRAME_GICR, 0, 4, rd) & 1, 0u);
        if (rd == 0) {
            g_.mem.data.fill(PROP, 0x10000 - 8192, 0xa2); /* default priority, RES1, disabled */
        }
        redistributor_tables(rd);
        send(mapc(rd));
        sync(rd);
        its_cmd inv = g_.op(ITS_CMD_INVALL);
        inv.icid = uint16_t(rd);
        send(inv);
        sync(rd);
    }

    void device(uint32_t dev, unsigned events)
    {
        if (two_level_) {
            uint64_t level1 = TABLE + 8ull * (dev / (page_ / entry_));
            if (!(g_.mem.data.load(level1, 8) & VALID))
                g_.mem.data.store(level1, VALID | (L2 + page_ * (dev / (page_ / entry_))), 8);
        }
        unsigned bits = 1;
        while ((1u << bits) < events)
            bits++;
        its_cmd c = g_.op(ITS_CMD_MAPD);
        c.device = dev;
        c.size = uint8_t(bits - 1);
        c.itt = ITT + dev * 0x1000ull;
        c.valid = true;
        send(c);
    }
    void activate(uint32_t dev, uint32_t event, uint32_t intid, unsigned cpu)
    {
        its_cmd c = g_.op(ITS_CMD_MAPTI);
        c.device = dev;
        c.event = event;
        c.intid = intid;
        c.icid = uint16_t(cpu);
        send(c);
        sync(cpu);
        configure(dev, event, intid, cpu, true);
    }
    void configure(uint32_t dev, uint32_t event, uint32_t intid, unsigned cpu, bool on)
    {
        uint8_t byte = g_.mem.data.get(PROP + intid - 8192);
        g_.mem.data.put(PROP + intid - 8192, uint8_t((byte & ~1) | on));
        its_cmd c = g_.op(ITS_CMD_INV);
        c.device = dev;
        c.event = event;
        send(c);
        sync(cpu);
    }
    void affinity(uint32_t dev, uint32_t event, unsigned from, unsigned to)
    {
        its_cmd c = g_.op(ITS_CMD_MOVI);
        c.device = dev;
        c.event = event;
        c.icid = uint16_t(to);
        send(c);
        sync(from);
    }
    void deactivate(uint32_t dev, uint32_t event, unsigned cpu)
    {
        its_cmd c = g_.op(ITS_CMD_DISCARD);
        c.device = dev;
        c.event = event;
        send(c);
        sync(cpu);
    }
    void free_device(uint32_t dev)
    {
        its_cmd c = g_.op(ITS_CMD_MAPD);
        c.device = dev;
        send(c);
    }

    void suspend()
    {
        ctlr_ = read32(CTLR);
        quiesce();
        cbaser_ = read64(CBASER);
    }
    /* The redistributors first, as firmware and the GICv3 driver do on each CPU's way up. */
    void resume()
    {
        for (unsigned rd = 0; rd < g_.profile.redistributors; rd++) {
            wake(rd);
            redistributor_tables(rd);
        }
        ASSERT_EQ(read32(CTLR) & 1, 0u);
        quiesce();
        g_.write(ITS_FRAME_GITS, CBASER, cbaser_, 8);
        write_ = 0;
        g_.write(ITS_FRAME_GITS, CWRITER, 0, 8);
        for (unsigned n = 0; n < 8; n++)
            if (baser_[n] & VALID)
                g_.write(ITS_FRAME_GITS, BASER + 8 * n, baser_[n], 8);
        write32(CTLR, ctlr_);
        for (unsigned rd = 0; rd < g_.profile.redistributors; rd++)
            if (rd < ((typer_ >> 24) & 0xff)) {
                send(mapc(rd));
                sync(rd);
            }
    }
    void quiesce()
    {
        uint32_t v = read32(CTLR);
        if ((v & 0x80000000) && !(v & 1))
            return;
        write32(CTLR, v & ~3u);
        for (int i = 0; !(read32(CTLR) & 0x80000000); i++)
            ASSERT_LT(i, 100000) << "quiesce times out";
    }

private:
    uint32_t read32(uint32_t off) { return uint32_t(g_.read(ITS_FRAME_GITS, off)); }
    uint64_t read64(uint32_t off) { return g_.read(ITS_FRAME_GITS, off, 8); }
    void write32(uint32_t off, uint32_t v) { g_.write(ITS_FRAME_GITS, off, v); }

    void wake(unsigned rd)
    {
        g_.write(ITS_FRAME_GICR, 0x14, g_.read(ITS_FRAME_GICR, 0x14, 4, rd) & ~2ull, 4, rd);
        for (int i = 0; g_.read(ITS_FRAME_GICR, 0x14, 4, rd) & 4; i++)
            ASSERT_LT(i, 1000);
    }
    /* Page size, then Indirect, then the whole value, which must read back. */
    void table(unsigned n)
    {
        uint32_t off = BASER + 8 * n;
        uint64_t base = TABLE + 0x800000ull * n, val = 0, size = 0;
        for (uint64_t sz : {2ull, 1ull, 0ull}) {
            val = (read64(off) & ~0x300ull) | sz << 8;
            g_.write(ITS_FRAME_GITS, off, val, 8);
            size = sz;
            if (((read64(off) >> 8) & 3) == sz)
                break;
        }
        uint64_t page = size == 2 ? 0x10000 : size == 1 ? 0x4000 : 0x1000;
        uint64_t type = (val >> 56) & 7, entry = ((val >> 48) & 0x1f) + 1;
        uint64_t ids = type == 1 ? 1ull << (((typer_ >> 13) & 0x1f) + 1) : 1ull << 16;
        uint64_t bytes = ids * entry;
        if (type == 1) {
            g_.write(ITS_FRAME_GITS, off, RAWAWB | INNER | INDIRECT | size << 8, 8);
            two_level_ = (read64(off) & INDIRECT) && bytes > 2 * page;
            if (two_level_)
                bytes = (bytes + page - 1) / page * 8;
            entry_ = entry;
            page_ = page;
        }
        uint64_t pages = std::min<uint64_t>(256, std::max<uint64_t>(1, (bytes + page - 1) / page));
        uint64_t want = base | type << 56 | (entry - 1) << 48 | RAWAWB | share_ | size << 8 |
                        (pages - 1) | (type == 1 && two_level_ ? INDIRECT : 0) | VALID;
        g_.write(ITS_FRAME_GITS, off, want, 8);
        uint64_t got = read64(off);
        if ((want ^ got) & SHAREABLE) { /* adopt what the hardware can do, and try again */
            share_ = got & SHAREABLE;
            want = (want & ~(SHAREABLE | (7ull << 59))) | share_ | (share_ ? RAWAWB : 1ull << 59);
            g_.write(ITS_FRAME_GITS, off, want, 8);
            got = read64(off);
        }
        ASSERT_EQ(got, want) << "GITS_BASER" << n << " doesn't stick";
        baser_[n] = got;
    }
    void queue()
    {
        uint64_t v = CMDQ | RAWAWB | INNER | 15 | VALID;
        g_.write(ITS_FRAME_GITS, CBASER, v, 8);
        uint64_t got = read64(CBASER);
        if (!(got & SHAREABLE)) {
            v = (v & ~(SHAREABLE | (7ull << 59))) | 1ull << 59;
            g_.write(ITS_FRAME_GITS, CBASER, v, 8);
            got = read64(CBASER);
        }
        ASSERT_EQ(got & ~SHAREABLE, v & ~SHAREABLE);
        g_.write(ITS_FRAME_GITS, CWRITER, 0, 8);
        write_ = 0;
    }
    void redistributor_tables(unsigned rd)
    {
        uint64_t prop = PROP | INNER | 7ull << 7 | 15,
                 pend = (PEND + rd * 0x10000ull) | INNER | 7ull << 7;
        g_.write(ITS_FRAME_GICR, 0x70, prop, 8, rd);
        uint64_t got = g_.read(ITS_FRAME_GICR, 0x70, 8, rd);
        if ((got ^ prop) & SHAREABLE && !(got & SHAREABLE)) {
            prop = (prop & ~(SHAREABLE | 7ull << 7)) | 1ull << 7;
            g_.write(ITS_FRAME_GICR, 0x70, prop, 8, rd);
            got = g_.read(ITS_FRAME_GICR, 0x70, 8, rd);
        }
        ASSERT_EQ(got & 0xfffffffff01full, prop & 0xfffffffff01full);
        g_.write(ITS_FRAME_GICR, 0x78, pend, 8, rd);
        got = g_.read(ITS_FRAME_GICR, 0x78, 8, rd);
        ASSERT_EQ(got & 0xffffffff0000ull, pend & 0xffffffff0000ull);
        g_.write(ITS_FRAME_GICR, 0, g_.read(ITS_FRAME_GICR, 0, 4, rd) | 1, 4, rd);
    }
    its_cmd mapc(unsigned rd)
    {
        its_cmd c = g_.op(ITS_CMD_MAPC);
        c.icid = uint16_t(rd);
        c.rdbase = (g_.read(ITS_FRAME_GICR, 0x8, 8, rd) >> 8) & 0xffff; /* PTA 0 */
        c.valid = true;
        return c;
    }
    void sync(unsigned rd)
    {
        its_cmd c = g_.op(ITS_CMD_SYNC);
        c.rdbase = rd;
        send(c);
    }
    /* One command, published, and CREADR polled until it has passed. */
    void send(const its_cmd &c)
    {
        uint64_t dw[4];
        its_cmd_pack(&c, dw);
        for (int i = 0; i < 4; i++)
            g_.mem.data.store(CMDQ + write_ + 8 * i, dw[i], 8);
        write_ = (write_ + 32) % 0x10000;
        write32(CWRITER, write_);
        for (int i = 0; read32(CREADR) != write_; i++)
            ASSERT_LT(i, 10000) << "ITS queue timeout";
    }

    gic &g_;
    uint64_t typer_ = 0, cbaser_ = 0, baser_[8] = {}, share_ = INNER, entry_ = 8, page_ = 0x10000;
    uint32_t write_ = 0, ctlr_ = 0;
    bool two_level_ = false;
};

class Linux : public testing::TestWithParam<machine> {
protected:
    void SetUp() override
    {
        g = laws::make(GetParam());
        g->mem.latency = 9;
        os = std::make_unique<linux_driver>(*g);
    }
    void boot()
    {
        g->write(ITS_FRAME_GICD, 0, 0x12);
        ASSERT_NO_FATAL_FAILURE(os->probe());
        for (unsigned rd = 0; rd < g->profile.redistributors; rd++)
            ASSERT_NO_FATAL_FAILURE(os->cpu(rd));
    }
    void devices()
    {
        for (uint32_t d : {8u, 0x100u, 0x1234u}) {
            os->device(d, 8);
            for (uint32_t e = 0; e < 5; e++)
                os->activate(d, e, first(d) + e, e % 4);
        }
    }
    uint32_t first(uint32_t d) const { return 8192 + (d == 8 ? 0 : d == 0x100 ? 32 : 64); }
    void everything_arrives()
    {
        for (uint32_t d : {8u, 0x100u, 0x1234u})
            for (uint32_t e = 0; e < 5; e++) {
                g->msi(d, e);
                g->settle();
                ASSERT_EQ(g->acknowledge(e % 4), first(d) + e) << d << " " << e;
                g->settle();
            }
    }
    std::unique_ptr<gic> g;
    std::unique_ptr<linux_driver> os;
};

INSTANTIATE_TEST_SUITE_P(Machines, Linux, testing::ValuesIn([] {
                             auto all = laws::machines(); /* the driver chooses two-level itself */
                             all.erase(std::remove_if(all.begin(), all.end(),
                                                      [](auto &m) { return m.two_level; }),
                                       all.end());
                             return all;
                         }()),
                         laws::machine_name);

TEST_P(Linux, BootsAndGetsItsInterrupts)
{
    ASSERT_NO_FATAL_FAILURE(boot());
    ASSERT_NO_FATAL_FAILURE(devices());
    everything_arrives();
    EXPECT_EQ(g->count(ITS_EV_CMD_ERROR), 0u);
    EXPECT_EQ(g->count(ITS_EV_MSI_DROP), 0u);
    EXPECT_EQ(g->its_accesses_while_off, 0u);
}

TEST_P(Linux, MasksMovesAndFreesInterrupts)
{
    ASSERT_NO_FATAL_FAILURE(boot());
    ASSERT_NO_FATAL_FAILURE(devices());
    os->configure(8, 1, 8193, 1, false);
    g->msi(8, 1);
    g->settle();
    EXPECT_EQ(g->acknowledge(1), GIC500_SPURIOUS);
    os->configure(8, 1, 8193, 1, true);
    EXPECT_EQ(g->acknowledge(1), 8193u);
    os->affinity(8, 1, 1, 3);
    g->msi(8, 1);
    g->settle();
    EXPECT_EQ(g->acknowledge(1), GIC500_SPURIOUS);
    EXPECT_EQ(g->acknowledge(3), 8193u);
    for (uint32_t e = 0; e < 5; e++)
        os->deactivate(0x100, e, e % 4);
    os->free_device(0x100);
    os->device(0x100, 4);
    os->activate(0x100, 0, 8300, 2);
    g->msi(0x100, 0);
    g->msi(0x100, 1);
    g->settle();
    EXPECT_EQ(g->acknowledge(2), 8300u);
    EXPECT_EQ(g->count(ITS_EV_MSI_DROP), 1u);
    EXPECT_EQ(g->count(ITS_EV_CMD_ERROR), 0u);
}

TEST_P(Linux, SuspendsLosesPowerAndResumesWithoutMappingAnythingAgain)
{
    ASSERT_NO_FATAL_FAILURE(boot());
    ASSERT_NO_FATAL_FAILURE(devices());
    for (int again = 0; again < 2; again++) {
        ASSERT_NO_FATAL_FAILURE(os->suspend());
        uint64_t writes = g->mem.writes;
        g->reset(4);
        g->tick(50);
        EXPECT_EQ(g->mem.writes, writes);
        g->write(ITS_FRAME_GICD, 0, 0x12);
        ASSERT_NO_FATAL_FAILURE(os->resume());
        everything_arrives();
    }
    EXPECT_EQ(g->count(ITS_EV_CMD_ERROR), 0u);
    EXPECT_EQ(g->count(ITS_EV_MSI_DROP), 0u);
    EXPECT_EQ(g->its_accesses_while_off, 0u);
}

TEST_P(Linux, SuspendsWithoutLosingPower)
{
    ASSERT_NO_FATAL_FAILURE(boot());
    ASSERT_NO_FATAL_FAILURE(devices());
    ASSERT_NO_FATAL_FAILURE(os->suspend());
    ASSERT_NO_FATAL_FAILURE(os->resume());
    everything_arrives();
}

TEST_P(Linux, ANewKernelTakesOverAnItsThatIsStillEnabled)
{
    ASSERT_NO_FATAL_FAILURE(boot());
    ASSERT_NO_FATAL_FAILURE(devices());
    /* kexec: no shutdown, the same tables zeroed and used again once Quiescent was seen */
    os->quiesce();
    for (unsigned rd = 0; rd < 4; rd++) {
        g->write(ITS_FRAME_GICR, 0, 0, 4, rd);
        for (int i = 0; g->read(ITS_FRAME_GICR, 0, 4, rd) & 8; i++)
            ASSERT_LT(i, 10000);
    }
    g->mem.data.fill(TABLE, 0x10000, 0);
    g->mem.data.fill(L2, 0x20000, 0);
    g->mem.data.fill(ITT, 0x1000 * 9, 0);
    os = std::make_unique<linux_driver>(*g);
    ASSERT_NO_FATAL_FAILURE(boot());
    g->msi(8, 0);
    g->settle();
    EXPECT_EQ(g->count(ITS_EV_MSI_DROP), 1u) << "what the old kernel mapped is gone";
    os->device(8, 8);
    os->activate(8, 0, 8192, 0);
    g->msi(8, 0);
    g->settle();
    EXPECT_EQ(g->acknowledge(0), 8192u);
}

} // namespace
