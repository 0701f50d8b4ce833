/* SPDX-License-Identifier: MIT */
/*
 * The checks of every request, in the order the architecture's pseudocode makes them (IHI 0069,
 * chapter 5). Each request has a ladder: from the first check to the last, a way to make it fail and
 * the verdict it then gets. One defect gets its own verdict; of several the one on the highest rung
 * wins. A bus error stands on the ladder where its read is needed.
 */
#include "decide_world.h"

#include <functional>

using namespace decide_test;

namespace {

struct Rung {
    std::string defect;
    std::function<void(World &, its_request &)> damage;
    Expect expect;
};

using Ladder = std::vector<Rung>;

struct Subject {
    std::string name;
    its_request request;
    Expect success;
    Ladder ladder;
};

using World_maker = World (*)();

struct Ground {
    const char *name;
    World_maker make;
};

const Ground TWO_LEVEL = {"TwoLevelTables", two_level};
const Ground GROUNDS[] = {TWO_LEVEL,
                          {"FlatTables", flat},
                          {"HardwareCollections", hardware_only},
                          {"HardwareAndMemoryCollections", mixed}};

/* --- rungs -------------------------------------------------------------------------------------- */

void device_rungs(Ladder &l, const World &w, Expect out_of_range, Expect bus_error, bool with_baser)
{
    if (w.profile.devid_bits < 32)
        l.push_back(
            {"DeviceBeyondDevbits",
             [](const World &v, its_request &rq) { rq.cmd.device = 1u << v.profile.devid_bits; },
             out_of_range});
    if (with_baser)
        l.push_back({"DeviceTableNotValid", [](World &v, its_request &) { v.device.valid = false; },
                     out_of_range});
    if (w.device.entries() < UINT64_C(1) << w.profile.devid_bits)
        l.push_back(
            {"DeviceBeyondTheTable",
             [](World &v, its_request &rq) { rq.cmd.device = uint32_t(v.device.entries()); },
             out_of_range});
    if (!w.device.indirect)
        return;
    l.push_back({"DeviceLevel1OnABusError",
                 [](World &v, its_request &) { v.faults.insert(v.l1(v.dev)); }, bus_error});
    l.push_back({"DeviceLevel1Invalid",
                 [](World &v, its_request &) { v.put_level1(v.l1(v.dev), 0, false); },
                 out_of_range});
}

void dte_rungs(Ladder &l, Expect unmapped, Expect bus_error)
{
    l.push_back({"DteOnABusError",
                 [](World &v, its_request &) { v.faults.insert(v.dte_at(v.dev)); }, bus_error});
    l.push_back({"DeviceUnmapped",
                 [](World &v, its_request &) { v.put(ITS_ENTRY_DTE, v.dte_at(v.dev), invalid()); },
                 unmapped});
}

void event_rung(Ladder &l, Expect out_of_range)
{
    l.push_back({"EventBeyondTheItt",
                 [](const World &v, its_request &rq) { rq.cmd.event = 2u << v.size; },
                 out_of_range});
}

void ite_rungs(Ladder &l, Expect unmapped, Expect bus_error)
{
    l.push_back({"IteOnABusError",
                 [](World &v, its_request &) { v.faults.insert(v.ite_at(v.dev, v.evt)); },
                 bus_error});
    l.push_back(
        {"EventUnmapped",
         [](World &v, its_request &) { v.put(ITS_ENTRY_ITE, v.ite_at(v.dev, v.evt), invalid()); },
         unmapped});
}

/* Which collection a rung speaks of. */
uint16_t first(const World &w)
{
    return w.icid;
}

uint16_t second(const World &w)
{
    return w.icid2;
}

using Which = uint16_t (*)(const World &);

void level1_rungs(Ladder &l, const World &w, const std::string &name, Which which, Expect bad,
                  Expect bus_error)
{
    if (!w.collection.indirect)
        return;
    l.push_back({name + "Level1OnABusError",
                 [which](World &v, its_request &) { v.faults.insert(v.collection_l1(which(v))); },
                 bus_error});
    l.push_back(
        {name + "Level1Invalid",
         [which](World &v, its_request &) { v.put_level1(v.collection_l1(which(v)), 0, false); },
         bad});
}

void cte_rungs(Ladder &l, const World &w, const std::string &name, Which which, Expect unmapped,
               Expect bus_error)
{
    if (which(w) >= w.profile.hcc)
        l.push_back({name + "CteOnABusError",
                     [which](World &v, its_request &) { v.faults.insert(v.cte_at(which(v))); },
                     bus_error});
    l.push_back({name + "Unmapped",
                 [which](World &v, its_request &) { v.set_collection(which(v), invalid()); },
                 unmapped});
}

/* ColOOR of the ICID in the command. */
void command_collection_rungs(Ladder &l, const World &w, Which which, Expect out_of_range)
{
    if (w.profile.icid_bits < 16)
        l.push_back({"CollectionBeyondIcidBits",
                     [](const World &v, its_request &rq) {
                         rq.cmd.icid = uint16_t(1u << v.profile.icid_bits);
                     },
                     out_of_range});
    if (w.profile.collection_table)
        l.push_back({"CollectionTableNotValid",
                     [](World &v, its_request &) { v.collection.valid = false; }, out_of_range});
    if (w.collections() < UINT64_C(1) << w.profile.icid_bits)
        l.push_back(
            {"CollectionBeyondTheTable",
             [](const World &v, its_request &rq) { rq.cmd.icid = uint16_t(v.collections()); },
             out_of_range});
    level1_rungs(l, w, "Collection", which, out_of_range, fault());
}

/* The same for the ICID an ITE names, down to its CTE. */
void event_collection_rungs(Ladder &l, const World &w, Expect out_of_range, const Expect &unmapped,
                            const Expect &bus_error)
{
    auto rename = [](World &v, uint64_t icid) {
        v.put(ITS_ENTRY_ITE, v.ite_at(v.dev, v.evt), ite(v.intid, uint16_t(icid)));
    };
    if (w.profile.icid_bits < 16)
        l.push_back(
            {"EventsCollectionBeyondIcidBits",
             [rename](World &v, its_request &) { rename(v, UINT64_C(1) << v.profile.icid_bits); },
             out_of_range});
    if (w.collections() < UINT64_C(1) << w.profile.icid_bits)
        l.push_back({"EventsCollectionBeyondTheTable",
                     [rename](World &v, its_request &) { rename(v, v.collections()); },
                     out_of_range});
    level1_rungs(l, w, "EventsCollection", first, out_of_range, bus_error);
    cte_rungs(l, w, "EventsCollection", first, unmapped, bus_error);
}

Expect code(uint8_t command, uint8_t reason)
{
    return error(UINT32_C(0x010000) | uint32_t(command) << 8 | reason);
}

/* --- requests ----------------------------------------------------------------------------------- */

Subject subject_mapd(const World &w, bool valid)
{
    Subject s;
    uint64_t itt = UINT64_C(0x0000cafe1200);
    its_scan scan = valid ? ITS_SCAN_WRITE_BACK : ITS_SCAN_DROP;
    s.name = valid ? "MAPD" : "MAPDUnmapping";
    s.request = mapd(w.dev, 3, itt, valid);
    s.success = done()
                    .scans(scan, w.dev)
                    .writes_dte(w.dte_at(w.dev), w.dev, valid ? dte(itt, 3) : invalid());
    device_rungs(s.ladder, w, error(0x010801), fault(), true);
    if (valid)
        s.ladder.push_back(
            {"SizeBeyondEventidBits",
             [](World &v, its_request &rq) { rq.cmd.size = uint8_t(v.profile.eventid_bits); },
             error(0x010802)});
    return s;
}

Subject subject_mapc(const World &w, bool valid)
{
    Subject s;
    std::optional<uint64_t> at;
    if (w.icid >= w.profile.hcc)
        at = w.cte_at(w.icid);
    s.name = valid ? "MAPC" : "MAPCUnmapping";
    s.request = mapc(w.icid, 2, valid);
    s.success = done().writes_cte(at, w.icid, valid ? cte(2) : invalid());
    command_collection_rungs(s.ladder, w, first, error(0x010903));
    if (valid)
        s.ladder.push_back(
            {"NoSuchRedistributor",
             [](const World &v, its_request &rq) { rq.cmd.rdbase = v.profile.redistributors; },
             error(0x010902)});
    return s;
}

Subject subject_mapti(const World &w, its_opcode opcode)
{
    Subject s;
    uint32_t fresh = 9001;
    bool is_mapi = opcode == ITS_CMD_MAPI;
    s.name = is_mapi ? "MAPI" : "MAPTI";
    s.request = is_mapi ? mapi(w.dev, fresh, w.icid2) : mapti(w.dev, fresh, 8192, w.icid2);
    s.success = done().writes_ite(w.ite_at(w.dev, fresh), w.dev, fresh,
                                  ite(is_mapi ? fresh : 8192, w.icid2));
    device_rungs(s.ladder, w, code(opcode, 1), fault(), true);
    command_collection_rungs(s.ladder, w, second, code(opcode, 3));
    dte_rungs(s.ladder, code(opcode, 4), fault());
    s.ladder.push_back({"EventBeyondTheItt",
                        [is_mapi](const World &v, its_request &rq) {
                            rq.cmd.event = 2u << v.size;
                            if (is_mapi)
                                rq.cmd.intid = rq.cmd.event;
                        },
                        code(opcode, 5)});
    s.ladder.push_back({"IntidBelowTheLpis",
                        [is_mapi](World &, its_request &rq) {
                            rq.cmd.intid = 8191;
                            if (is_mapi)
                                rq.cmd.event = 8191;
                        },
                        code(opcode, 6)});
    return s;
}

Subject subject_movi(const World &w)
{
    Subject s;
    s.name = "MOVI";
    s.request = movi(w.dev, w.evt, w.icid2);
    s.success = done()
                    .sends(ITS_RD_MOVE, w.rd, w.intid, w.rd2)
                    .writes_ite(w.ite_at(w.dev, w.evt), w.dev, w.evt, ite(w.intid, w.icid2));
    device_rungs(s.ladder, w, error(0x010101), fault(), true);
    command_collection_rungs(s.ladder, w, second, error(0x010103));
    dte_rungs(s.ladder, error(0x010104), fault());
    event_rung(s.ladder, error(0x010105));
    ite_rungs(s.ladder, error(0x010107), fault());
    event_collection_rungs(s.ladder, w, error(0x010109), error(0x010109), fault());
    cte_rungs(s.ladder, w, "NewCollection", second, error(0x010109), fault());
    return s;
}

Subject subject_event(const World &w, its_opcode opcode, uint8_t command, its_rd_message message)
{
    Subject s;
    s.name = its_cmd_name(uint8_t(opcode));
    s.request = event_command(opcode, w.dev, w.evt);
    s.success = done().sends(message, w.rd, w.intid);
    if (opcode == ITS_CMD_DISCARD)
        s.success = s.success.writes_ite(w.ite_at(w.dev, w.evt), w.dev, w.evt, invalid());
    device_rungs(s.ladder, w, code(command, 1), fault(), true);
    dte_rungs(s.ladder, code(command, 4), fault());
    event_rung(s.ladder, code(command, 5));
    ite_rungs(s.ladder, code(command, 7), fault());
    event_collection_rungs(s.ladder, w, code(command, 0x10), code(command, 0x10), fault());
    return s;
}

Subject subject_invall(const World &w)
{
    Subject s;
    s.name = "INVALL";
    s.request = invall(w.icid);
    s.success = done().sends(ITS_RD_INVALL, w.rd);
    command_collection_rungs(s.ladder, w, first, error(0x010D03));
    cte_rungs(s.ladder, w, "Collection", first, error(0x010D09), fault());
    return s;
}

Subject subject_sync(const World &)
{
    Subject s;
    s.name = "SYNC";
    s.request = sync(3);
    s.success = done().sends(ITS_RD_SYNC, 3);
    s.ladder.push_back(
        {"NoSuchRedistributor",
         [](const World &v, its_request &rq) { rq.cmd.rdbase = v.profile.redistributors; },
         error(0x010520)});
    return s;
}

Subject subject_movall(const World &)
{
    Subject s;
    s.name = "MOVALL";
    s.request = movall(1, 2);
    s.success = done().sends(ITS_RD_MOVE_ALL, 1, 0, 2);
    s.ladder.push_back(
        {"NoSuchSource",
         [](const World &v, its_request &rq) { rq.cmd.rdbase = v.profile.redistributors; },
         error(0x010E20)});
    s.ladder.push_back(
        {"NoSuchDestination",
         [](const World &v, its_request &rq) { rq.cmd.rdbase2 = v.profile.redistributors; },
         error(0x010E21)});
    return s;
}

Subject subject_msi(const World &w)
{
    Subject s;
    Expect bus_error = drop(ITS_DROP_TABLE_FAULT);
    auto no_table = [](World &v, its_request &) { v.collection.valid = false; };
    s.name = "MSI";
    s.request = msi(w.dev, w.evt);
    s.success = done().sends(ITS_RD_SET, w.rd, w.intid);
    s.ladder.push_back({"DeviceTableNotValid",
                        [](World &v, its_request &) { v.device.valid = false; },
                        drop(ITS_DROP_BASE_INVALID)});
    if (w.profile.collection_table && w.profile.hcc == 0)
        s.ladder.push_back({"CollectionTableNotValid", no_table, drop(ITS_DROP_BASE_INVALID)});
    s.ladder.push_back(
        {"EventBeyondEventidBits",
         [](const World &v, its_request &rq) { rq.cmd.event |= 1u << v.profile.eventid_bits; },
         drop(ITS_DROP_EVENT_WIDE)});
    device_rungs(s.ladder, w, drop(ITS_DROP_DEVICE_OOR), bus_error, false);
    dte_rungs(s.ladder, drop(ITS_DROP_DEVICE_UNMAPPED), bus_error);
    event_rung(s.ladder, drop(ITS_DROP_EVENT_OOR));
    ite_rungs(s.ladder, drop(ITS_DROP_EVENT_UNMAPPED), bus_error);
    if (w.profile.collection_table && w.profile.hcc != 0)
        s.ladder.push_back({"CollectionTableNotValid", no_table, drop(ITS_DROP_COLLECTION_OOR)});
    event_collection_rungs(s.ladder, w, drop(ITS_DROP_COLLECTION_OOR),
                           drop(ITS_DROP_COLLECTION_UNMAPPED), bus_error);
    s.ladder.push_back({"NoSuchRedistributor",
                        [](World &v, its_request &) {
                            v.set_collection(v.icid, cte(uint16_t(v.profile.redistributors)));
                        },
                        drop(ITS_DROP_TARGET_OOR)});
    return s;
}

std::vector<Subject> subjects(const World &w)
{
    return {subject_mapd(w, true),
            subject_mapd(w, false),
            subject_mapc(w, true),
            subject_mapc(w, false),
            subject_mapti(w, ITS_CMD_MAPTI),
            subject_mapti(w, ITS_CMD_MAPI),
            subject_movi(w),
            subject_event(w, ITS_CMD_INT, 0x03, ITS_RD_SET),
            subject_event(w, ITS_CMD_CLEAR, 0x05, ITS_RD_CLEAR),
            subject_event(w, ITS_CMD_INV, 0x0C, ITS_RD_INV),
            subject_event(w, ITS_CMD_DISCARD, 0x0F, ITS_RD_DISCARD),
            subject_invall(w),
            subject_sync(w),
            subject_movall(w),
            subject_msi(w)};
}

/*
 * Two defects whose order is not compared. The DTE is needed after the collection's level-1 entry,
 * but in which order the two are read is open, so a bus error on the first may be met first.
 */
bool open_order(const Rung &upper, const Rung &lower)
{
    return upper.defect == "CollectionLevel1Invalid" && lower.defect == "DteOnABusError";
}

/* Lower rungs first: a higher one may then change a table the lower one had to find. */
testing::AssertionResult with_defects(const Ground &ground, const Subject &s,
                                      const std::vector<size_t> &rungs)
{
    World w = ground.make();
    its_request rq = s.request;
    for (auto r = rungs.rbegin(); r != rungs.rend(); ++r)
        s.ladder[*r].damage(w, rq);
    if (rungs.empty())
        return w.decides(rq, s.success);

    const Rung &top = s.ladder[rungs.front()];
    testing::AssertionResult result = w.decides(rq, top.expect);
    for (size_t r : rungs)
        if (!result && open_order(top, s.ladder[r]))
            result = w.decides(rq, s.ladder[r].expect);
    return result;
}

std::string names(const Subject &s, const std::vector<size_t> &rungs)
{
    std::string text = s.name;
    for (size_t r : rungs)
        text += " " + s.ladder[r].defect;
    return text;
}

/* --- every subject on every ground -------------------------------------------------------------- */

struct On_ground {
    Ground ground;
    size_t subject;
    std::string name;
};

std::ostream &operator<<(std::ostream &out, const On_ground &p)
{
    return out << p.name;
}

std::vector<On_ground> everything()
{
    std::vector<On_ground> all;
    for (const Ground &g : GROUNDS) {
        std::vector<Subject> list = subjects(g.make());
        for (size_t i = 0; i < list.size(); i++)
            all.push_back({g, i, list[i].name + "On" + g.name});
    }
    return all;
}

class Decide : public testing::TestWithParam<On_ground> {
protected:
    Ground ground = GetParam().ground;
    Subject subject = subjects(ground.make())[GetParam().subject];
};

TEST_P(Decide, DoesItWhenNothingIsWrong)
{
    EXPECT_TRUE(with_defects(ground, subject, {}));
}

TEST_P(Decide, ReportsTheFirstOfUpToThreeDefects)
{
    size_t n = subject.ladder.size();
    for (size_t i = 0; i < n; i++) {
        ASSERT_TRUE(with_defects(ground, subject, {i})) << names(subject, {i});
        for (size_t j = i + 1; j < n; j++) {
            ASSERT_TRUE(with_defects(ground, subject, {i, j})) << names(subject, {i, j});
            for (size_t k = j + 1; k < n; k++)
                ASSERT_TRUE(with_defects(ground, subject, {i, j, k})) << names(subject, {i, j, k});
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Subjects, Decide, testing::ValuesIn(everything()),
                         [](const auto &i) { return i.param.name; });

/* --- one test a rung, and one a pair of neighbours, where all rungs exist ------------------------- */

struct On_ladder {
    size_t subject;
    size_t rung;
    std::string name;
};

std::ostream &operator<<(std::ostream &out, const On_ladder &p)
{
    return out << p.name;
}

std::vector<On_ladder> every_rung()
{
    std::vector<On_ladder> all;
    std::vector<Subject> list = subjects(TWO_LEVEL.make());
    for (size_t i = 0; i < list.size(); i++)
        for (size_t r = 0; r < list[i].ladder.size(); r++)
            all.push_back({i, r, list[i].name + "With" + list[i].ladder[r].defect});
    return all;
}

std::vector<On_ladder> every_pair()
{
    std::vector<On_ladder> all;
    std::vector<Subject> list = subjects(TWO_LEVEL.make());
    for (size_t i = 0; i < list.size(); i++)
        for (size_t r = 0; r + 1 < list[i].ladder.size(); r++) {
            const Rung &upper = list[i].ladder[r];
            const Rung &lower = list[i].ladder[r + 1];
            if (!open_order(upper, lower))
                all.push_back(
                    {i, r, list[i].name + "Finds" + upper.defect + "Before" + lower.defect});
        }
    return all;
}

class DecideDefect : public testing::TestWithParam<On_ladder> {
protected:
    Subject subject = subjects(TWO_LEVEL.make())[GetParam().subject];
};

TEST_P(DecideDefect, GetsItsVerdict)
{
    EXPECT_TRUE(with_defects(TWO_LEVEL, subject, {GetParam().rung}));
}

INSTANTIATE_TEST_SUITE_P(Rungs, DecideDefect, testing::ValuesIn(every_rung()),
                         [](const auto &i) { return i.param.name; });

using DecideOrder = DecideDefect;

TEST_P(DecideOrder, EarlierCheckWins)
{
    EXPECT_TRUE(with_defects(TWO_LEVEL, subject, {GetParam().rung, GetParam().rung + 1}));
}

INSTANTIATE_TEST_SUITE_P(Pairs, DecideOrder, testing::ValuesIn(every_pair()),
                         [](const auto &i) { return i.param.name; });

} // namespace
