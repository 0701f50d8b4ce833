/* SPDX-License-Identifier: MIT */
/*
 * What events say of one thing agrees, whoever reports them: in runs in which commands, MSIs, misses
 * and messages overlap, on every machine. model/wire/event.def says what their arguments mean.
 */
#include <deque>
#include <map>

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
    /* Everything that is reported in some busy runs; `each` sees one run after the other. */
    template <class EACH>
    void runs(EACH each)
    {
        for (uint64_t seed : {1u, 2u, 3u}) {
            busy run(GetParam(), seed == 1 ? 0 : 11, seed, 60, {{"translations", "16"}});
            size_t next = 0;
            while (!run.over(*run.g, next))
                run.advance(*run.g, next);
            run.g->quiesce();
            each(run.g->events);
        }
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
        std::map<uint64_t, std::deque<message>> unacknowledged;       /* by redistributor */
        std::map<uint32_t, std::pair<uint64_t, uint64_t>> translated; /* INTID and redistributor */
        for (const auto &e : events) {
            if (e.kind == ITS_EV_MSI_SEND)
                translated[e.ref] = {e.a, e.c};
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

} // namespace
