/* SPDX-License-Identifier: MIT */
/*
 * Save, unmap, save, load: no mapping comes back. A save is what software does before the power goes
 * (a disable, until Quiescent; a new GIC then finds the tables in memory), or what a simulator does
 * (gic500_save() and a copy of memory, at any edge).
 */
#include "software.h"

namespace {

using bench::gic;
using laws::machine;
using laws::reference;
using laws::software;

enum class save { NONE, DISABLE, SNAPSHOT };

class Resurrection : public testing::TestWithParam<machine> {
protected:
    void boot(its_face face, uint64_t seed)
    {
        g = laws::make(GetParam());
        g->mem.latency = unsigned(seed % 3);
        g->boot();
        g->face(face);
        ref = std::make_unique<reference>(*g);
        sw = std::make_unique<software>(*g, *ref, laws::dense(4), seed);
        collections.clear();
        unmapped = 0;
        sw->map_all();
        sync();
    }
    /* Commands carried out; the last MAPC of every collection is remembered, as firmware would. */
    void sync()
    {
        size_t from = done;
        sw->sync();
        for (done = sw->log.size(); from < done; from++)
            if (sw->log[from].opcode == ITS_CMD_MAPC)
                collections[sw->log[from].icid] = sw->log[from];
    }
    /* Several mappings go; MSIs meanwhile bring neighbours into the caches. */
    void unmap()
    {
        for (uint64_t n = 1 + sw->pick(6); n; n--) {
            its_cmd c{};
            c.device = sw->device();
            c.event = sw->event();
            c.icid = uint16_t(sw->icid());
            c.opcode = uint8_t(sw->chance(3)   ? ITS_CMD_MAPD
                               : sw->chance(3) ? ITS_CMD_MAPC
                                               : ITS_CMD_DISCARD);
            its_verdict v = ref->ask(c);
            unmapped += v.kind == ITS_VERDICT_DO && v.write;
            sw->queue(c);
            if (sw->chance(2)) {
                sync();
                sw->msi(sw->device(), sw->event());
                g->settle();
            }
        }
        if (sw->chance(4)) { /* where no other ITT ever was */
            its_cmd c = sw->mapped(sw->device());
            c.itt += 0x100000;
            sw->queue(c);
        }
        sync();
    }
    void first(save how)
    {
        if (how == save::DISABLE) {
            g->quiesce();
            g->enable();
        } else if (how == save::SNAPSHOT) {
            another_bench(g->save());
        }
    }
    /* The GIC loaded into another one that had a life of its own. */
    void another_bench(const gic::snapshot &state)
    {
        auto other = laws::make(GetParam());
        its_face face = g->fast() ? ITS_FACE_FAST : ITS_FACE_CLOCKED;
        other->boot();
        other->mapd(1);
        other->mapti(1, 0, 8200, 1);
        other->run();
        other->face(face);
        other->load(state);
        continue_on(std::move(other));
    }
    /* A new GIC on the memory of the old one, set up as resume code does. */
    void another_gic()
    {
        auto next = laws::make(GetParam());
        next->mem.data = g->mem.data;
        next->write(ITS_FRAME_GICD, 0, next->profile.security ? 0x37 : 0x13);
        next->bases();
        for (unsigned rd = 0; rd < next->profile.redistributors; rd++)
            next->lpis(rd);
        next->enable();
        for (auto &c : collections)
            if (c.first < next->profile.hcc)
                next->command(c.second);
        next->run();
        for (auto &set : ref->pending)
            set.clear(); /* lpis() says that the pending tables are zero */
        continue_on(std::move(next));
    }
    void continue_on(std::unique_ptr<gic> next)
    {
        g = std::move(next);
        sw = std::make_unique<software>(*g, *ref, laws::dense(4), sw->pick(1000000));
        done = 0;
    }
    void second_and_load(save how)
    {
        if (how == save::SNAPSHOT) {
            another_bench(g->save());
            return;
        }
        g->disable();
        if (sw->chance(2)) { /* a simulator's save while caches are written back */
            g->tick(sw->pick(30));
            another_bench(g->save());
        }
        while (!g->look().quiescent)
            g->tick();
        EXPECT_TRUE(sw->same_tables());
        another_gic();
    }

    std::unique_ptr<gic> g;
    std::unique_ptr<reference> ref;
    std::unique_ptr<software> sw;
    std::map<uint32_t, its_cmd> collections;
    size_t done = 0; /* commands of the software's log that were carried out */
    unsigned unmapped = 0;
};

INSTANTIATE_TEST_SUITE_P(Machines, Resurrection, testing::ValuesIn(laws::machines()),
                         laws::machine_name);

TEST_P(Resurrection, SaveUnmapSaveLoadNeverBringsAMappingBack)
{
    unsigned unmapped_in_all = 0;
    uint64_t seed = 0;
    for (its_face face : {ITS_FACE_CLOCKED, ITS_FACE_FAST})
        for (save before : {save::NONE, save::DISABLE, save::SNAPSHOT})
            for (save after : {save::DISABLE, save::SNAPSHOT})
                for (unsigned i = 0; i < 10; i++) {
                    SCOPED_TRACE(testing::Message() << "seed " << ++seed);
                    boot(face, seed);
                    first(before);
                    unmap();
                    second_and_load(after);
                    ASSERT_TRUE(sw->same_translations());
                    unmapped_in_all += unmapped;
                }
    EXPECT_GT(unmapped_in_all, seed) << "most programs unmap something";
}

} // namespace
