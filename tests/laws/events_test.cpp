/* SPDX-License-Identifier: MIT */
/*
 * What the faces report. Software that lets everything come to rest between two steps has the same
 * accesses, commands, translations and interrupts reported in the fast face as edge by edge.
 */
#include <algorithm>
#include <tuple>

#include "software.h"
#include "watch/text.h"

namespace {

using bench::gic;
using laws::machine;
using laws::reference;
using laws::software;

/* Lookups are made again after a miss, queues fill and messages travel in the cycle face only. */
bool of_time(uint8_t kind)
{
    switch (kind) {
    case ITS_EV_HIT:
    case ITS_EV_MISS:
    case ITS_EV_INSTALL:
    case ITS_EV_EVICT:
    case ITS_EV_KILL:
    case ITS_EV_MSI_START:
    case ITS_EV_LEVEL:
    case ITS_EV_STATE:
    case ITS_EV_RD_SEND:
    case ITS_EV_RD_ACK:
        return true;
    default:
        return false;
    }
}

std::vector<std::string> reported(gic &g)
{
    std::vector<std::string> all;
    for (const its_event &e : g.events)
        if (!of_time(e.kind)) {
            char line[ITS_TEXT_BYTES];
            its_event timeless = e;
            timeless.cycle = 0;
            if (e.unit == ITS_UNIT_GICR &&
                (e.kind == ITS_EV_MEM_READ || e.kind == ITS_EV_MEM_WRITE))
                timeless.unit = ITS_UNIT_MST; /* no bus master to report it */
            its_text_event(&timeless, line, sizeof line);
            all.push_back(line);
        }
    std::sort(all.begin(), all.end());
    g.events.clear();
    return all;
}

class Events : public testing::TestWithParam<machine> {
protected:
    struct half {
        explicit half(const machine &m, its_face face) : g(laws::make(m))
        {
            g->boot();
            g->face(face);
            ref = std::make_unique<reference>(*g);
            sw = std::make_unique<software>(*g, *ref, laws::dense(4), 5);
            sw->map_all();
            g->run();
            g->events.clear();
        }
        void step(unsigned i)
        {
            its_cmd c = sw->random_command();
            uint32_t device = sw->device(), event = sw->event();
            if (i % 2) {
                sw->queue(c);
                g->publish();
            } else {
                g->msi(device, event);
            }
            g->settle();
        }
        std::unique_ptr<gic> g;
        std::unique_ptr<reference> ref;
        std::unique_ptr<software> sw;
    };
};

/* Those whose caches have room for everything here, or for nothing: what is evicted depends on time. */
std::vector<machine> no_evictions()
{
    std::vector<machine> some;
    for (const machine &m : laws::machines())
        if (m.name == "gic500" || m.name == "flat" || m.name == "flat_through_64" ||
            m.name == "flat_back_64")
            some.push_back(m);
    return some;
}

INSTANTIATE_TEST_SUITE_P(Machines, Events, testing::ValuesIn(no_evictions()), laws::machine_name);

std::string differences(const std::vector<std::string> &a, const std::vector<std::string> &b)
{
    std::vector<std::string> only_a, only_b;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(only_a));
    std::set_difference(b.begin(), b.end(), a.begin(), a.end(), std::back_inserter(only_b));
    std::string text;
    for (const std::string &line : only_a)
        text += "cycle only: " + line + "\n";
    for (const std::string &line : only_b)
        text += "fast only: " + line + "\n";
    return text;
}

TEST_P(Events, OfTheFastFaceAreThoseOfTheCycleFace)
{
    half cycle(GetParam(), ITS_FACE_CLOCKED), fast(GetParam(), ITS_FACE_FAST);
    for (unsigned i = 0; i < 1500; i++) {
        cycle.step(i);
        fast.step(i);
        ASSERT_EQ(differences(reported(*cycle.g), reported(*fast.g)), "") << "step " << i;
    }
}

} // namespace
