/* SPDX-License-Identifier: MIT */
/*
 * busy.h - a run in which commands, MSIs, evictions and memory accesses overlap, as a script of bus
 * writes at given cycles: it can be stopped at any edge, and gone on with on another bench.
 */
#ifndef ITSIM_TESTS_LAWS_BUSY_H
#define ITSIM_TESTS_LAWS_BUSY_H

#include "software.h"

namespace laws {

class busy {
public:
    static constexpr uint32_t CTLR = 0, CWRITER = 0x88;

    struct step {
        uint64_t at; /* cycle from the start; later when the bus is still busy */
        bool msi;
        uint32_t device; /* else the offset of a register */
        uint32_t event;  /* else its new value */
    };

    busy(const machine &m, unsigned latency, uint64_t seed = 1, unsigned commands = 16,
         const settings &more = {})
        : g(make(m, more))
    {
        g->mem.latency = latency;
        g->mem.loose = true;
        g->boot();
        reference ref(*g);
        software sw(*g, ref, dense(4), seed);
        sw.map_all();
        sw.sync();
        g->settle();
        range = sw.range();
        place = g->cwriter() / 32;
        mapped.push_back(ref.memory);
        uint64_t at = 0;
        for (unsigned i = 0; i < commands; i++) {
            its_cmd c = sw.random_command();
            sw.queue(c);
            sw.catch_up();
            mapped.push_back(ref.memory);
            if (sw.chance(2))
                steps.push_back({at, false, CWRITER, g->cwriter()});
            for (uint64_t n = sw.pick(4); n; n--)
                steps.push_back({at, true, sw.device(), sw.event()});
            at += sw.pick(50);
        }
        steps.push_back({at, false, CWRITER, g->cwriter()});
        g->events.clear();
        start = g->cycle();
    }

    /* One edge of the run on any bench that is in the state of edge `next` belongs to. */
    void advance(bench::gic &b, size_t &next) const
    {
        if (next < steps.size() && b.host_idle() && b.cycle() >= start + steps[next].at) {
            const step &s = steps[next++];
            if (s.msi)
                b.start_msi(s.device, s.event);
            else
                b.start_write(ITS_FRAME_GITS, s.device, s.event);
        }
        b.tick();
    }
    /* The same, and goes on to the next edge at which the script or the bench has something to do. */
    uint64_t advance_timed(bench::gic &b, size_t &next, uint64_t most) const
    {
        bool due = next < steps.size() && b.cycle() >= start + steps[next].at;
        if (!b.host_idle() || due) {
            advance(b, next);
            return 0;
        }
        uint64_t until = next < steps.size() ? start + steps[next].at - b.cycle() : most;
        return b.timed(std::min(until, most));
    }
    /* This run, clocked edge by edge to where its twin on `b` is, is in the same state. */
    testing::AssertionResult catches_up(bench::gic &b, size_t &next) const
    {
        while (g->cycle() < b.cycle())
            advance(*g, next);
        if (gic500_digest(g->get()) == gic500_digest(b.get()))
            return testing::AssertionSuccess();
        return testing::AssertionFailure() << "other states at cycle " << g->cycle();
    }
    /* Edges that may be done late here, `most` at most. */
    uint64_t late_edges(bench::gic &b, size_t next, uint64_t most) const
    {
        uint64_t until = next < steps.size() ? start + steps[next].at : UINT64_MAX;
        if (b.host_idle() && until <= b.cycle())
            return 0;
        if (b.host_idle())
            most = std::min(most, until - b.cycle());
        return std::min(most, b.unseen());
    }
    bool over(bench::gic &b, size_t next) const
    {
        return next == steps.size() && b.host_idle() && b.look().idle;
    }
    /* What the tables should say, given how far CREADR has come. */
    testing::AssertionResult right_tables(bench::gic &b) const
    {
        size_t done = b.look().creadr / 32 - place;
        if (done >= mapped.size())
            return testing::AssertionFailure() << "CREADR is astray";
        return same_tables(b, mapped[done], range.devices, range.events.back() + 1, 16);
    }

    std::unique_ptr<bench::gic> g;
    std::vector<step> steps;
    std::vector<bench::ram> mapped; /* [k]: the reference's memory after k commands */
    shape range;
    uint32_t place; /* of the first command */
    uint64_t start;
};

} // namespace laws

#endif
