// SPDX-License-Identifier: MIT
// gicr_report_test.cpp - what a redistributor reports (model/wire/event.def): every argument of every
// event of a few small scenarios, in both faces.
#include "gicr_bench.h"

using namespace bench;

namespace {

constexpr uint8_t HIGH = 0x21, MIDDLE = 0x81, LOW = 0xf1;
constexpr uint16_t RD = 5; // whose number this redistributor has
constexpr uint32_t REF = 0x8000'0007;

struct told {
    unsigned kind;
    uint32_t ref;
    uint64_t a, b;
    uint16_t c;
    bool operator==(const told &o) const
    {
        return kind == o.kind && ref == o.ref && a == o.a && b == o.b && c == o.c;
    }
};

std::ostream &operator<<(std::ostream &o, const told &t)
{
    return o << "{kind " << t.kind << ", ref " << t.ref << ", a " << t.a << ", b " << t.b << ", c "
             << t.c << "}";
}

class GicrReport : public ::testing::TestWithParam<bool> {
protected:
    Bench b{profile(1), GetParam()}; // one line: what has none is in the table
    void SetUp() override { b.w.rd = b.ctx.rd = RD; }

    // Of LPIs, since the last call.
    std::vector<told> lpis()
    {
        b.run();
        std::vector<told> all;
        for (const its_event &e : b.events)
            if (e.kind >= ITS_EV_LPI_SET && e.kind <= ITS_EV_LPI_FLUSH) {
                EXPECT_EQ(e.unit, ITS_UNIT_GICR);
                all.push_back({e.kind, e.ref, e.a, e.b, e.c});
            }
        b.events.clear();
        return all;
    }
    // Accesses by `client`.
    std::vector<told> accesses(unsigned client)
    {
        b.run();
        std::vector<told> all;
        for (const its_event &e : b.events)
            if ((e.kind == ITS_EV_MEM_READ || e.kind == ITS_EV_MEM_WRITE ||
                 e.kind == ITS_EV_MEM_FAULT) &&
                e.c == client)
                all.push_back({e.kind, e.ref, e.a, e.b, e.c});
        b.events.clear();
        return all;
    }
    void set(uint32_t intid, uint8_t config)
    {
        b.mem.config(intid) = config;
        b.send(RD_SET, intid, REF);
        b.run();
    }
};

INSTANTIATE_TEST_SUITE_P(Face, GicrReport, ::testing::Bool(),
                         [](const auto &i) { return i.param ? "Fast" : "Cycle"; });

using all = std::vector<told>;

TEST_P(GicrReport, AMessageIsReportedWithItsOwnNumber)
{
    b.enable();
    b.events.clear();
    set(9000, MIDDLE);
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_CONFIG, REF, 9000, MIDDLE, RD},
                           {ITS_EV_LPI_SET, REF, 9000, 0, RD}}));
    set(9000, MIDDLE);
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_SET, REF, 9000, 1, RD}}));
    b.send(RD_CLEAR, 9000, REF + 1);
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_CLEAR, REF + 1, 9000, 1, RD}}));
    b.send(RD_TAKE, 9000, REF + 2);
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_CLEAR, REF + 2, 9000, 0, RD}}));
    b.send(RD_INV, 9000, REF + 3);
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_INV, REF + 3, 9000, 0, RD}}));
    b.send(RD_INVALL, 77, REF + 4);
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_INV, REF + 4, 0, 0, RD}}));
    b.send(RD_SET, 8191, REF + 5);
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_DROP, REF + 5, 8191, RD_INTID_OOR, RD}}));
}

TEST_P(GicrReport, MovesBetweenLineAndTableNameTheLpiThatMoves)
{
    b.enable();
    set(9000, MIDDLE);
    b.events.clear();
    set(9600, LOW);
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_CONFIG, REF, 9600, LOW, RD},
                           {ITS_EV_LPI_SPILL, REF, 9600, 0, RD},
                           {ITS_EV_LPI_SET, REF, 9600, 0, RD}}));
    set(9700, HIGH);
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_CONFIG, REF, 9700, HIGH, RD},
                           {ITS_EV_LPI_SPILL, REF, 9000, 0, RD},
                           {ITS_EV_LPI_SET, REF, 9700, 0, RD}}));
    EXPECT_EQ(9700u, b.acknowledge());
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_ACK, 0, 9700, 0, RD},
                           {ITS_EV_LPI_CONFIG, 0, 9000, MIDDLE, RD},
                           {ITS_EV_LPI_REFILL, 0, 9000, 0, RD}}));
    b.send(RD_HAND_OVER, 0, REF + 6);
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_CLEAR, REF + 6, 9000, 1, RD},
                           {ITS_EV_LPI_CLEAR, REF + 6, 9600, 1, RD}}));
}

// What a processor acknowledges has been reported as pending: at every edge of a SET that has to make room.
TEST(GicrReportOrder, AnLpiIsReportedBeforeItCanBeAcknowledged)
{
    unsigned acknowledged = 0;

    for (unsigned delay = 0; delay < 40; delay++) {
        Bench b(profile(1), false);
        b.enable();
        b.latency = 9;
        b.mem.config(9000) = MIDDLE;
        b.mem.config(9600) = HIGH;
        b.ask(RD_SET, 9000);
        b.events.clear();
        b.send(RD_SET, 9600);
        for (unsigned n = 0; n < delay; n++)
            b.tick();
        if (gicr_acknowledge(&b.u, &b.ctx) != 9600)
            continue;
        EXPECT_EQ(b.count(ITS_EV_LPI_SET), 1u) << "after " << delay << " edges";
        b.run();
        EXPECT_EQ(b.count(ITS_EV_LPI_SET), 1u) << "after " << delay << " edges";
        EXPECT_FALSE(b.pending(9600));
        acknowledged++;
    }
    EXPECT_GT(acknowledged, 10u);
}

TEST_P(GicrReport, SwitchingLpisOnAndOffBelongsToNoMessage)
{
    b.enable();
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_ENABLE, 0, 1, 0, RD}}));
    set(9000, MIDDLE);
    b.events.clear();
    b.disable();
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_FLUSH, 0, 0, 0, RD}, {ITS_EV_LPI_ENABLE, 0, 0, 0, RD}}));
    b.send(RD_INV, 9000, REF);
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_DROP, REF, 9000, RD_LPI_OFF, RD}}));
    b.enable(15, false);
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_ENABLE, 0, 1, 0, RD},
                           {ITS_EV_LPI_CONFIG, 0, 9000, MIDDLE, RD},
                           {ITS_EV_LPI_REFILL, 0, 9000, 0, RD}}));
    b.levels(true, false, true);
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_FLUSH, 0, 0, 0, RD}}));
    b.send(RD_SET, 9000, REF);
    EXPECT_EQ(lpis(), (all{{ITS_EV_LPI_DROP, REF, 9000, RD_ASLEEP, RD}}));
}

TEST_P(GicrReport, AccessesNameWhatTheyAreForAndWhoseTheyAre)
{
    b.enable();
    b.events.clear();
    set(9000, MIDDLE);
    EXPECT_EQ(accesses(ITS_CLIENT_LPI_CONFIG),
              (all{{ITS_EV_MEM_READ, REF, CONFIG + 9000 - 8192, 1, ITS_CLIENT_LPI_CONFIG}}));
    set(9600, LOW);
    uint64_t word = PENDING + 9600 / 64 * 8;
    EXPECT_EQ(accesses(ITS_CLIENT_LPI_PENDING),
              (all{{ITS_EV_MEM_WRITE, REF, word, 1ull << 9600 % 64, ITS_CLIENT_LPI_PENDING}}));
    b.acknowledge(); // 9600 comes back into the line
    uint64_t chunk = PENDING + 9600 / 512 * 64;
    EXPECT_EQ(accesses(ITS_CLIENT_LPI_PENDING),
              (all{{ITS_EV_MEM_WRITE, 0, word, 0, ITS_CLIENT_LPI_PENDING}}));
    b.disable();
    EXPECT_EQ(accesses(ITS_CLIENT_LPI_PENDING),
              (all{{ITS_EV_MEM_WRITE, 0, word, 1ull << 9600 % 64, ITS_CLIENT_LPI_PENDING}}));
    b.mem.fault_from = chunk;
    b.mem.fault_to = chunk + 64;
    b.enable(13, false);
    all loaded = accesses(ITS_CLIENT_LPI_PENDING);
    ASSERT_EQ(loaded.size(), 17u); // 16 chunks of 512 LPIs, and one that cannot be read
    for (unsigned i = 0, n = 0; i < 16; i++) {
        uint64_t addr = PENDING + 8192 / 8 + 64 * i;
        EXPECT_EQ(loaded[n++], (told{ITS_EV_MEM_READ, 0, addr, 64, ITS_CLIENT_LPI_PENDING}));
        if (addr == chunk) {
            EXPECT_EQ(loaded[n++], (told{ITS_EV_MEM_FAULT, 0, addr, 0, ITS_CLIENT_LPI_PENDING}));
        }
    }
}

} // namespace
