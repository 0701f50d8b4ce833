/* SPDX-License-Identifier: MIT */
/* Commands on a mapped event, on collections and on redistributors, and what is no command. */
#include "decide_world.h"

using namespace decide_test;

namespace {

/* A held event, with a line address of its own and a device that cannot be read. */
World held_event()
{
    World w = two_level();
    w.held.push_back({ITS_ENTRY_ITE, w.dev, w.evt, UINT64_C(0xabcd00), ite(w.intid, w.icid)});
    w.faults.insert(w.l1(w.dev));
    w.faults.insert(w.dte_at(w.dev));
    return w;
}

struct Event_command {
    const char *name;
    its_opcode opcode;
    uint8_t code;
    its_rd_message message;
};

std::ostream &operator<<(std::ostream &out, const Event_command &p)
{
    return out << p.name;
}

class DecideEvent : public testing::TestWithParam<Event_command> {
protected:
    Expect acts(const World &w, uint32_t event, std::optional<uint64_t> at, uint16_t rd,
                uint32_t intid) const
    {
        Expect e = done().sends(GetParam().message, rd, intid);
        if (GetParam().opcode == ITS_CMD_DISCARD)
            e = e.writes_ite(at, w.dev, event, invalid());
        return e;
    }

    its_request command(uint32_t device, uint32_t event) const
    {
        return event_command(GetParam().opcode, device, event);
    }

    Expect fails(uint8_t reason) const
    {
        return error(UINT32_C(0x010000) | uint32_t(GetParam().code) << 8 | reason);
    }
};

TEST_P(DecideEvent, ReachesTheLastEventOfTheIttAndNoFurther)
{
    World w = flat();
    uint32_t last = (2u << w.size) - 1;
    w.map_event(w.dev, last, 65535, w.icid2);
    EXPECT_TRUE(
        w.decides(command(w.dev, last), acts(w, last, w.ite_at(w.dev, last), w.rd2, 65535)));
    EXPECT_TRUE(w.decides(command(w.dev, last + 1), fails(0x05)));
    EXPECT_TRUE(w.decides(command(w.dev, 0xffffffff), fails(0x05)));
}

TEST_P(DecideEvent, RefusesEventsBeyondEventidBitsWhateverTheDteSays)
{
    World w = flat();
    w.put(ITS_ENTRY_DTE, w.dte_at(w.dev), dte(w.itt, 31));
    EXPECT_TRUE(w.decides(command(w.dev, 0xffff), fails(0x07)));
    EXPECT_TRUE(w.decides(command(w.dev, 0x10000), fails(0x05)));
}

TEST_P(DecideEvent, RefusesTheFirstDeviceBeyondDevbits)
{
    World w = flat();
    w.profile.devid_bits = 9;
    EXPECT_TRUE(w.decides(command(511, 0), fails(0x04)));
    EXPECT_TRUE(w.decides(command(512, 0), fails(0x01)));
}

TEST_P(DecideEvent, NeedsNoDeviceWhenTheEventIsHeld)
{
    World w = held_event();
    EXPECT_TRUE(w.decides(command(w.dev, w.evt), acts(w, w.evt, 0xabcd00, w.rd, w.intid)));
}

TEST_P(DecideEvent, BelievesTheHeldEventOverMemory)
{
    World w = flat();
    Line line = {ITS_ENTRY_ITE, w.dev, w.evt, w.ite_at(w.dev, w.evt), ite(8400, w.icid2)};
    w.held.push_back(line);
    EXPECT_TRUE(w.decides(command(w.dev, w.evt), acts(w, w.evt, line.address, w.rd2, 8400)));
    w.held[0].value = invalid();
    EXPECT_TRUE(w.decides(command(w.dev, w.evt), fails(0x07)));
}

TEST_P(DecideEvent, BelievesTheHeldDeviceOverMemory)
{
    World w = two_level();
    w.held.push_back({ITS_ENTRY_DTE, w.dev, 0, w.dte_at(w.dev), dte(0x90000, 0)});
    EXPECT_TRUE(w.decides(command(w.dev, w.evt), fails(0x05)));
    w.put(ITS_ENTRY_ITE, 0x90000 + w.profile.ite_bytes, ite(8500, w.icid));
    EXPECT_TRUE(
        w.decides(command(w.dev, 1), acts(w, 1, 0x90000 + w.profile.ite_bytes, w.rd, 8500)));
    w.held[0].value = invalid();
    EXPECT_TRUE(w.decides(command(w.dev, w.evt), fails(0x04)));
}

TEST_P(DecideEvent, BelievesTheHeldCollectionOverMemory)
{
    World w = two_level();
    w.held.push_back({ITS_ENTRY_CTE, 0, w.icid, w.cte_at(w.icid), cte(0)});
    EXPECT_TRUE(
        w.decides(command(w.dev, w.evt), acts(w, w.evt, w.ite_at(w.dev, w.evt), 0, w.intid)));
    w.held[0].value = invalid();
    EXPECT_TRUE(w.decides(command(w.dev, w.evt), fails(0x10)));
}

TEST_P(DecideEvent, SendsNothingToARedistributorThatDoesNotExist)
{
    World w = flat();
    w.set_collection(w.icid, cte(uint16_t(w.profile.redistributors)));
    Answer a = w.ask(command(w.dev, w.evt));
    EXPECT_EQ("", a.problem);
    EXPECT_EQ(unsigned(ITS_VERDICT_ERROR), unsigned(a.verdict.kind)) << describe(a.verdict);
}

INSTANTIATE_TEST_SUITE_P(Commands, DecideEvent,
                         testing::Values(Event_command{"INT", ITS_CMD_INT, 0x03, ITS_RD_SET},
                                         Event_command{"CLEAR", ITS_CMD_CLEAR, 0x05, ITS_RD_CLEAR},
                                         Event_command{"INV", ITS_CMD_INV, 0x0C, ITS_RD_INV},
                                         Event_command{"DISCARD", ITS_CMD_DISCARD, 0x0F,
                                                       ITS_RD_DISCARD}),
                         [](const auto &i) { return i.param.name; });

/* --- MOVI ----------------------------------------------------------------------------------------- */

TEST(DecideMovi, SendsNothingBetweenCollectionsOfOneRedistributor)
{
    for (World w : {flat(), two_level(), hardware_only(), mixed()}) {
        w.set_collection(w.icid2, cte(w.rd));
        EXPECT_TRUE(w.decides(
            movi(w.dev, w.evt, w.icid2),
            done().writes_ite(w.ite_at(w.dev, w.evt), w.dev, w.evt, ite(w.intid, w.icid2))));
    }
}

TEST(DecideMovi, MayNameTheCollectionTheEventHas)
{
    for (World w : {flat(), two_level(), hardware_only(), mixed()})
        EXPECT_TRUE(
            w.decides(movi(w.dev, w.evt, w.icid), done().writes_ite(w.ite_at(w.dev, w.evt), w.dev,
                                                                    w.evt, ite(w.intid, w.icid))));
}

TEST(DecideMovi, MovesBetweenHardwareAndMemory)
{
    World w = mixed();
    w.set_collection(2, cte(0));
    uint64_t at = w.ite_at(w.dev, w.evt);
    EXPECT_TRUE(w.decides(
        movi(w.dev, w.evt, 2),
        done().sends(ITS_RD_MOVE, w.rd, w.intid, 0).writes_ite(at, w.dev, w.evt, ite(w.intid, 2))));
    w.map_event(w.dev, w.evt, w.intid, 2);
    EXPECT_TRUE(w.decides(movi(w.dev, w.evt, w.icid),
                          done()
                              .sends(ITS_RD_MOVE, 0, w.intid, w.rd)
                              .writes_ite(at, w.dev, w.evt, ite(w.intid, w.icid))));
}

TEST(DecideMovi, WritesAHeldEventToItsOwnLine)
{
    World w = held_event();
    EXPECT_TRUE(w.decides(movi(w.dev, w.evt, w.icid2),
                          done()
                              .sends(ITS_RD_MOVE, w.rd, w.intid, w.rd2)
                              .writes_ite(0xabcd00, w.dev, w.evt, ite(w.intid, w.icid2))));
}

TEST(DecideMovi, ChecksTheNewCollectionEvenWhenTheEventIsHeld)
{
    World w = held_event();
    EXPECT_TRUE(w.decides(movi(w.dev, w.evt, 0x4000), error(0x010103)));
    w.put_level1(w.collection_l1(w.icid2), 0, false);
    EXPECT_TRUE(w.decides(movi(w.dev, w.evt, w.icid2), error(0x010103)));
}

TEST(DecideMovi, SendsNothingToARedistributorThatDoesNotExist)
{
    for (bool old : {true, false}) {
        World w = flat();
        w.set_collection(old ? w.icid : w.icid2, cte(uint16_t(w.profile.redistributors)));
        Answer a = w.ask(movi(w.dev, w.evt, w.icid2));
        EXPECT_EQ("", a.problem);
        EXPECT_EQ(unsigned(ITS_VERDICT_ERROR), unsigned(a.verdict.kind)) << describe(a.verdict);
    }
}

TEST(DecideMovi, ReadsEachOfSevenEntriesOnce)
{
    World w = two_level();
    Answer a = w.ask(movi(w.dev, w.evt, w.icid2), true);
    std::multiset<uint64_t> read(a.reads.begin(), a.reads.end());
    EXPECT_EQ(read, (std::multiset<uint64_t>{w.l1(w.dev), w.dte_at(w.dev), w.ite_at(w.dev, w.evt),
                                             w.collection_l1(w.icid), w.cte_at(w.icid),
                                             w.collection_l1(w.icid2), w.cte_at(w.icid2)}));
    EXPECT_LE(a.asks, MAX_ASKS);
}

/* --- INVALL, MOVALL, SYNC ------------------------------------------------------------------------- */

TEST(DecideInvall, GoesToTheTargetOfTheCollection)
{
    for (World w : {flat(), two_level(), hardware_only(), mixed()}) {
        EXPECT_TRUE(w.decides(invall(w.icid), done().sends(ITS_RD_INVALL, w.rd)));
        EXPECT_TRUE(w.decides(invall(w.icid2), done().sends(ITS_RD_INVALL, w.rd2)));
    }
}

TEST(DecideInvall, StopsAtTheLastCollection)
{
    World w = hardware_only();
    EXPECT_TRUE(w.decides(invall(3), error(0x010D09)));
    EXPECT_TRUE(w.decides(invall(5), error(0x010D03)));
    w = flat();
    EXPECT_TRUE(w.decides(invall(511), error(0x010D09)));
    EXPECT_TRUE(w.decides(invall(512), error(0x010D03)));
}

TEST(DecideInvall, SendsNothingToARedistributorThatDoesNotExist)
{
    World w = flat();
    w.set_collection(w.icid, cte(uint16_t(w.profile.redistributors)));
    Answer a = w.ask(invall(w.icid));
    EXPECT_EQ("", a.problem);
    EXPECT_EQ(unsigned(ITS_VERDICT_ERROR), unsigned(a.verdict.kind)) << describe(a.verdict);
}

TEST(DecideMovall, FromARedistributorToItselfIsNothing)
{
    World w = flat();
    EXPECT_TRUE(w.decides(movall(2, 2), done()));
}

TEST(DecideMovall, FromNowhereToNowhereIsAnError)
{
    World w = flat();
    EXPECT_TRUE(w.decides(movall(4, 4), error(0x010E20)));
}

TEST(DecideMovall, TakesEveryRedistributorAndNoMore)
{
    World w = flat();
    w.profile.redistributors = 128;
    EXPECT_TRUE(w.decides(movall(0, 127), done().sends(ITS_RD_MOVE_ALL, 0, 0, 127)));
    EXPECT_TRUE(w.decides(movall(127, 0), done().sends(ITS_RD_MOVE_ALL, 127, 0, 0)));
    EXPECT_TRUE(w.decides(movall(128, 0), error(0x010E20)));
    EXPECT_TRUE(w.decides(movall(0, 128), error(0x010E21)));
}

TEST(DecideMovall, FindsRedistributorsByAddressWhenPtaIs1)
{
    World w = flat();
    w.profile.pta = 1;
    w.profile.rd_base = 0x800;
    EXPECT_TRUE(w.decides(movall(0x802, 0x806), done().sends(ITS_RD_MOVE_ALL, 1, 0, 3)));
    EXPECT_TRUE(w.decides(movall(0x806, 0x806), done()));
    EXPECT_TRUE(w.decides(movall(1, 0x802), error(0x010E20)));
    EXPECT_TRUE(w.decides(movall(0x803, 0x802), error(0x010E20)));
    EXPECT_TRUE(w.decides(movall(0x802, 0x808), error(0x010E21)));
}

TEST(DecideSync, GoesToEveryRedistributorAndNoFurther)
{
    World w = flat();
    for (uint32_t rd = 0; rd < w.profile.redistributors; rd++)
        EXPECT_TRUE(w.decides(sync(rd), done().sends(ITS_RD_SYNC, uint16_t(rd))));
    EXPECT_TRUE(w.decides(sync(w.profile.redistributors), error(0x010520)));
    EXPECT_TRUE(w.decides(sync(0xffff), error(0x010520)));
}

TEST(DecideSync, FindsRedistributorsByAddressWhenPtaIs1)
{
    World w = flat();
    w.profile.pta = 1;
    w.profile.rd_base = 0x800;
    EXPECT_TRUE(w.decides(sync(0x804), done().sends(ITS_RD_SYNC, 2)));
    EXPECT_TRUE(w.decides(sync(2), error(0x010520)));
    EXPECT_TRUE(w.decides(sync(0x7fe), error(0x010520)));
}

TEST(DecideRedistributorCommands, ReadNothing)
{
    World w = two_level();
    EXPECT_TRUE(w.ask(sync(0)).reads.empty());
    EXPECT_TRUE(w.ask(movall(0, 1)).reads.empty());
}

TEST(DecideRedistributorCommands, WorkWithoutAnyTable)
{
    World w = two_level();
    w.device.valid = false;
    w.collection.valid = false;
    EXPECT_TRUE(w.decides(sync(0), done().sends(ITS_RD_SYNC, 0)));
    EXPECT_TRUE(w.decides(movall(0, 1), done().sends(ITS_RD_MOVE_ALL, 0, 0, 1)));
}

/* --- no command ----------------------------------------------------------------------------------- */

TEST(DecideUnknown, EveryOtherOpcodeIsUnsupported)
{
    const std::set<unsigned> known = {1, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};
    World w = two_level();
    for (unsigned opcode = 0; opcode < 256; opcode++) {
        if (known.count(opcode))
            continue;
        EXPECT_TRUE(w.decides(raw(uint8_t(opcode)), error(0x0100ff | opcode << 8)));
        EXPECT_TRUE(w.ask(raw(uint8_t(opcode))).reads.empty());
    }
}

struct Virtual_command {
    const char *name;
    uint8_t opcode;
};

std::ostream &operator<<(std::ostream &out, const Virtual_command &p)
{
    return out << p.name;
}

class DecideGicv4 : public testing::TestWithParam<Virtual_command> {};

TEST_P(DecideGicv4, IsUnsupported)
{
    for (World w : {flat(), two_level(), hardware_only(), mixed()}) {
        its_request rq = event_command(its_opcode(GetParam().opcode), w.dev, w.evt);
        rq.cmd.valid = true;
        EXPECT_TRUE(w.decides(rq, error(UINT32_C(0x0100ff) | uint32_t(GetParam().opcode) << 8)));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Commands, DecideGicv4,
    testing::Values(Virtual_command{"VMOVI", 0x21}, Virtual_command{"VMOVP", 0x22},
                    Virtual_command{"VSGI", 0x23}, Virtual_command{"VSYNC", 0x25},
                    Virtual_command{"VMAPP", 0x29}, Virtual_command{"VMAPTI", 0x2A},
                    Virtual_command{"VMAPI", 0x2B}, Virtual_command{"VINVALL", 0x2D},
                    Virtual_command{"INVDB", 0x2E}),
    [](const auto &i) { return i.param.name; });

} // namespace
