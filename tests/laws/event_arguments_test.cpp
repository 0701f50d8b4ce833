/* SPDX-License-Identifier: MIT */
/*
 * What events say of one thing agrees, whoever reports them: in runs in which commands, MSIs, misses
 * and messages overlap, on every machine. model/wire/event.def says what their arguments mean.
 */
#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>

#include "busy.h"

namespace {

using laws::busy;
using laws::machine;
using laws::settings;

struct format {
    const char *name;
    char a, b, c;
};

const format formats[] = {
#define EVENT(kind, an, af, bn, bf, cn, cf, when) {#kind, af, bf, cf},
#include "wire/event.def"
#undef EVENT
};

std::string text(const its_event &e)
{
    return "cycle " + std::to_string(e.cycle) + ": " + formats[e.kind].name;
}

class EventArguments : public testing::TestWithParam<machine> {
protected:
    /* Some busy runs, each until everything is at rest; `each_edge` looks on, `each` sees the end. */
    template <class EACH>
    void for_each_run(
        EACH each, const std::function<void(bench::gic &)> &each_edge = [](bench::gic &) {})
    {
        for (uint64_t seed : {1u, 2u, 3u}) {
            busy run(GetParam(), seed == 1 ? 0 : 11, seed, 60,
                     {{"translations", "16"}, {"command_error", "0"}});
            run.g->each_edge = [&] { each_edge(*run.g); };
            size_t next = 0;
            while (!run.over(*run.g, next))
                run.advance(*run.g, next);
            run.g->quiesce();
            each(run);
        }
    }
    /* Everything that is reported in them. */
    template <class EACH>
    void runs(EACH each)
    {
        for_each_run([&](busy &run) { each(run.g->events); });
    }
};

INSTANTIATE_TEST_SUITE_P(Machines, EventArguments, testing::ValuesIn(laws::machines()),
                         laws::machine_name);

TEST_P(EventArguments, ThatAnEventHasNotAreZero)
{
    runs([](const std::vector<its_event> &events) {
        for (const auto &e : events) {
            const format &f = formats[e.kind];
            ASSERT_TRUE(f.a != '-' || e.a == 0) << text(e);
            ASSERT_TRUE(f.b != '-' || e.b == 0) << text(e);
            ASSERT_TRUE(f.c != '-' || e.c == 0) << text(e);
        }
    });
}

TEST_P(EventArguments, NameOneDeviceAndEventForOneMsi)
{
    runs([](const std::vector<its_event> &events) {
        std::map<uint32_t, std::pair<uint64_t, uint64_t>> msis;
        unsigned checked = 0;
        for (const auto &e : events) {
            bool command = e.ref & ITS_REF_CMD;
            if (e.kind == ITS_EV_MSI_ACCEPT)
                msis[e.ref] = {e.a, e.b};
            bool names_it = e.kind == ITS_EV_MSI_START || e.kind == ITS_EV_MSI_MERGE ||
                            e.kind == ITS_EV_MSI_BACK || e.kind == ITS_EV_MSI_DROP ||
                            (e.kind == ITS_EV_KILL && e.unit == ITS_UNIT_XLAT);
            bool looks_it_up = (e.kind == ITS_EV_HIT || e.kind == ITS_EV_MISS) &&
                               e.c == ITS_ENTRY_ITE && e.ref != ITS_REF_NONE;
            if (command || (!names_it && !looks_it_up))
                continue;
            ASSERT_EQ(msis.count(e.ref), 1u) << text(e) << " of no MSI: " << e.ref;
            ASSERT_EQ(msis[e.ref], std::make_pair(e.a, e.b)) << text(e);
            checked++;
        }
        EXPECT_GT(checked, 100u);
    });
}

TEST_P(EventArguments, NameOneLpiFromTheTranslatorToTheAcknowledgement)
{
    runs([](const std::vector<its_event> &events) {
        struct message {
            uint64_t a;
            uint32_t ref;
            uint16_t kind;
        };
        std::map<uint64_t, std::deque<message>> unacknowledged; /* by redistributor */
        std::set<uint32_t> accepted;
        std::map<uint32_t, std::pair<uint64_t, uint64_t>> translated; /* INTID and redistributor */
        for (const auto &e : events) {
            if (e.kind == ITS_EV_MSI_ACCEPT)
                accepted.insert(e.ref);
            if (e.kind == ITS_EV_MSI_SEND) {
                ASSERT_EQ(accepted.count(e.ref), 1u) << text(e) << " of no MSI: " << e.ref;
                translated[e.ref] = {e.a, e.c};
            }
            if (e.kind == ITS_EV_LPI_SET && translated.count(e.ref)) {
                ASSERT_EQ(translated[e.ref], std::make_pair(e.a, uint64_t(e.c))) << text(e);
            }
            if (e.kind != ITS_EV_RD_SEND && e.kind != ITS_EV_RD_ACK)
                continue;
            auto &sent = unacknowledged[e.a >> 32 & 0xffff];
            if (e.kind == ITS_EV_RD_SEND) {
                sent.push_back({e.a, e.ref, e.c});
                if (e.c == RD_SET && translated.count(e.ref)) {
                    ASSERT_EQ(its_ev_lpi(uint32_t(translated[e.ref].first),
                                         unsigned(translated[e.ref].second)),
                              e.a)
                        << text(e);
                }
                continue;
            }
            ASSERT_FALSE(sent.empty()) << text(e);
            ASSERT_EQ(sent.front().ref, e.ref) << text(e);
            ASSERT_EQ(sent.front().kind, e.c) << text(e);
            if (e.a & ITS_ACK_MORE)
                continue;
            ASSERT_EQ(sent.front().a, e.a & ~ITS_ACK_PENDING) << text(e);
            sent.pop_front();
        }
        for (auto &rest : unacknowledged)
            EXPECT_TRUE(rest.second.empty()) << "redistributor " << rest.first;
    });
}

TEST_P(EventArguments, OfHighWaterMarksOnlyRise)
{
    runs([](const std::vector<its_event> &events) {
        std::map<uint16_t, uint64_t> mark;
        for (const auto &e : events) {
            if (e.kind != ITS_EV_LEVEL)
                continue;
            ASSERT_LT(e.c, ITS_QUEUES);
            ASSERT_GT(e.a, mark[e.c]) << text(e);
            mark[e.c] = e.a;
        }
        EXPECT_GT(mark[ITS_QUEUE_TRANSLATIONS], 1u);
    });
}

/* What stands in the queue, read by hand; device and event only where the command has them. */
struct packet {
    unsigned op;
    uint64_t device, event;
    packet(const bench::ram &memory, uint32_t place)
    {
        uint64_t at = bench::gic::QUEUE + 32ull * place;
        op = unsigned(memory.load(at, 8) & 0xff);
        bool collection = op == ITS_CMD_MAPC || op == ITS_CMD_SYNC || op == ITS_CMD_MOVALL ||
                          op == ITS_CMD_INVALL;
        device = collection ? 0 : memory.load(at, 8) >> 32;
        event = collection || op == ITS_CMD_MAPD ? 0 : memory.load(at + 8, 8) & 0xffffffff;
    }
};

TEST_P(EventArguments, NameTheCommandThatStandsInTheQueue)
{
    for_each_run([](busy &run) {
        uint32_t done = run.place;
        for (const auto &e : run.g->events) {
            bool command = e.kind >= ITS_EV_CMD_FETCH && e.kind <= ITS_EV_CMD_ERROR;
            ASSERT_TRUE(!command || (e.ref & ITS_REF_CMD)) << text(e);
            if (!(e.ref & ITS_REF_CMD))
                continue;
            uint32_t place = e.ref & ~ITS_REF_CMD;
            packet p(run.g->mem.data, place);
            if (e.kind == ITS_EV_CMD_FETCH) {
                ASSERT_EQ(e.a, bench::gic::QUEUE + 32 * place) << text(e);
            }
            if (e.kind == ITS_EV_CMD_START) {
                ASSERT_EQ(e.a, p.device) << text(e);
                ASSERT_EQ(e.b, p.event) << text(e);
            }
            if (e.kind == ITS_EV_CMD_START || e.kind == ITS_EV_CMD_DONE ||
                e.kind == ITS_EV_CMD_ERROR) {
                ASSERT_EQ(e.c, p.op) << text(e);
            }
            if (e.kind == ITS_EV_CMD_DONE) {
                ASSERT_EQ(place, done++) << text(e);
            }
            bool ite = e.c == ITS_ENTRY_ITE && (e.kind == ITS_EV_HIT || e.kind == ITS_EV_MISS ||
                                                e.kind == ITS_EV_WRITE_BACK);
            if (ite) {
                ASSERT_EQ(e.a, p.device) << text(e);
                ASSERT_EQ(e.b, p.event) << text(e);
            }
        }
        EXPECT_EQ(done, run.g->cwriter() / 32);
    });
}

template <class T>
bool among(const T &all, uint64_t value)
{
    return std::find(all.begin(), all.end(), value) != all.end();
}

TEST_P(EventArguments, NameEntriesThatThereAre)
{
    for_each_run([](busy &run) {
        unsigned checked = 0;
        for (const auto &e : run.g->events) {
            bool level1 = e.c <= ITS_ENTRY_COLLECTION_L1;
            bool entry = e.kind == ITS_EV_HIT || e.kind == ITS_EV_MISS ||
                         e.kind == ITS_EV_INSTALL || e.kind == ITS_EV_EVICT ||
                         e.kind == ITS_EV_KILL || e.kind == ITS_EV_WRITE_BACK;
            if (!entry || level1)
                continue;
            checked++;
            bool nobodys = e.kind == ITS_EV_INSTALL || e.kind == ITS_EV_EVICT;
            ASSERT_TRUE(!nobodys || e.ref == ITS_REF_NONE) << text(e);
            uint64_t device = e.c == ITS_ENTRY_CTE ? 0 : e.a;
            uint64_t event = e.c == ITS_ENTRY_ITE ? e.b : 0;
            ASSERT_TRUE(among(run.range.devices, device)) << text(e) << " " << e.a;
            ASSERT_TRUE(among(run.range.events, event)) << text(e) << " " << e.b;
            ASSERT_LT(e.c == ITS_ENTRY_CTE ? e.b : 0, run.range.icids) << text(e);
            ASSERT_TRUE(e.c != ITS_ENTRY_CTE || e.a == 0) << text(e) << " " << e.a;
            ASSERT_TRUE(e.c != ITS_ENTRY_DTE || e.b == 0) << text(e) << " " << e.b;
        }
        EXPECT_GT(checked, 100u);
    });
}

TEST_P(EventArguments, NameTheAccessesThatTheBusSees)
{
    using access = std::pair<uint64_t, uint64_t>; /* address, and bytes read or data written */
    std::vector<access> reads;
    std::vector<uint64_t> addresses, data;
    auto look = [&](const bench::gic &g) {
        const its_axi &bus = g.pins.m_axi;
        if (its_fire(&bus.ar))
            reads.push_back({bus.ar.d.addr, (bus.ar.d.len + 1ull) << bus.ar.d.size});
        if (its_fire(&bus.aw))
            addresses.push_back(bus.aw.d.addr);
        if (!its_fire(&bus.w))
            return;
        uint64_t value = 0;
        for (unsigned lane = 8; lane-- > 0;)
            if (bus.w.d.strb >> lane & 1)
                value = value << 8 | (bus.w.d.data >> 8 * lane & 0xff);
        data.push_back(value);
    };
    auto compare = [&](busy &run) {
        size_t read = 0, written = 0;
        for (const auto &e : run.g->events) {
            if (e.unit != ITS_UNIT_MST)
                continue;
            if (e.kind == ITS_EV_MEM_READ) {
                ASSERT_LT(read, reads.size());
                ASSERT_EQ(reads[read++], access(e.a, e.b)) << text(e);
            }
            if (e.kind == ITS_EV_MEM_WRITE) {
                ASSERT_LT(written, addresses.size());
                ASSERT_EQ(addresses[written], e.a) << text(e);
                ASSERT_EQ(data[written++], e.b) << text(e);
            }
        }
        EXPECT_EQ(read, reads.size());
        EXPECT_EQ(written, data.size());
        EXPECT_GT(read, 20u);
        reads.clear();
        addresses.clear();
        data.clear();
    };
    for_each_run(compare, look);
}

/* --- registers ------------------------------------------------------------------------------------ */

class RegisterEvents : public testing::TestWithParam<its_face> {};

INSTANTIATE_TEST_SUITE_P(Face, RegisterEvents, testing::Values(ITS_FACE_CLOCKED, ITS_FACE_FAST),
                         [](auto &i) { return i.param == ITS_FACE_FAST ? "fast" : "clocked"; });

TEST_P(RegisterEvents, SayWhereAndWhat)
{
    bench::gic g;
    g.boot();
    g.face(GetParam());
    const struct {
        its_frame frame;
        its_unit unit;
        uint32_t writable, read_only;
        unsigned rd;
    } places[] = {
        {ITS_FRAME_GITS, ITS_UNIT_REG, 0x88, 0x4, 0},
        {ITS_FRAME_GICD, ITS_UNIT_GICD, 0x0, 0x8, 0},
        {ITS_FRAME_GICR, ITS_UNIT_GICR, 0x70, 0x4, 2},
        {ITS_FRAME_GICR, ITS_UNIT_GICR, 0x0, 0x8, 0},
    };
    for (auto &p : places) {
        auto told = [&](its_event_kind kind, uint32_t offset, uint64_t value) {
            ASSERT_EQ(g.events.size(), 1u) << p.frame << " " << offset;
            const its_event &e = g.events[0];
            EXPECT_EQ(e.kind, kind) << p.frame << " " << offset;
            EXPECT_EQ(e.unit, p.unit);
            EXPECT_EQ(e.ref, ITS_REF_NONE);
            EXPECT_EQ(e.a, its_ev_reg(offset, p.rd));
            EXPECT_EQ(e.b, value);
            EXPECT_EQ(e.c, p.frame);
            g.events.clear();
        };
        g.events.clear();
        for (uint32_t offset : {p.writable, p.read_only}) {
            uint64_t value = g.read(p.frame, offset, 4, p.rd);
            told(ITS_EV_REG_READ, offset, value);
            g.write(p.frame, offset, value, 4, p.rd);
            bool ignored = offset == p.read_only || (p.frame == ITS_FRAME_GICR && offset);
            told(ignored ? ITS_EV_REG_IGNORED : ITS_EV_REG_WRITE, offset, value);
            g.read(p.frame, offset, 2, p.rd);
            told(ITS_EV_REG_BAD, offset, 2);
        }
    }
}

TEST_P(RegisterEvents, EveryRegisterOfTheItsIsReported)
{
    bench::gic g("gic600", {{"umsi", "3"}});
    g.boot();
    g.face(GetParam());
    g.quiesce();
    auto told = [&](its_event_kind kind, uint32_t offset, uint64_t value, its_frame frame) {
        ASSERT_EQ(g.events.size(), 1u) << offset;
        EXPECT_EQ(g.events[0].kind, kind) << offset;
        EXPECT_EQ(g.events[0].a, offset);
        EXPECT_EQ(g.events[0].b, value);
        EXPECT_EQ(g.events[0].c, frame);
        g.events.clear();
    };
    g.events.clear();
    for (uint32_t offset : {0x0u, 0x20u, 0x28u, 0x40u, 0x80u, 0x88u, 0x100u, 0x108u}) {
        uint64_t value = offset ? 0x40u : 0x100u; /* CTLR stays off */
        g.write(ITS_FRAME_GITS, offset, value);
        told(ITS_EV_REG_WRITE, offset, value, ITS_FRAME_GITS);
    }
    EXPECT_EQ(g.read(ITS_FRAME_TRANSLATION, 0x40), 0u);
    told(ITS_EV_REG_READ, 0x40, 0, ITS_FRAME_TRANSLATION);
}

} // namespace
