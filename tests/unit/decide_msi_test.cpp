/* SPDX-License-Identifier: MIT */
/* MSIs beyond the order of their checks: limits, choices, hits; and what a caller may rely on. */
#include "decide_world.h"

#include <cstring>

using namespace decide_test;

namespace {

TEST(DecideMsi, ReachesTheLastEventOfTheIttAndNoFurther)
{
    for (int width : {0, 4, 15}) {
        uint8_t size = uint8_t(width);
        World w = flat();
        w.map_device(w.dev, w.itt, size);
        uint32_t last = (2u << size) - 1;
        w.map_event(w.dev, last, 65535, w.icid);
        EXPECT_TRUE(w.decides(msi(w.dev, last), done().sends(ITS_RD_SET, w.rd, 65535)));
        EXPECT_TRUE(w.decides(msi(w.dev, last + 1),
                              drop(size == 15 ? ITS_DROP_EVENT_WIDE : ITS_DROP_EVENT_OOR)));
    }
}

TEST(DecideMsi, ReadsTheTablesOfEveryPreset)
{
    for (unsigned i = 0; its_profile_preset_name(i); i++) {
        World w(its_profile_preset_name(i));
        w.icid = 1;
        w.icid2 = 4;
        w.map_everything();
        EXPECT_TRUE(w.decides(msi(w.dev, w.evt), done().sends(ITS_RD_SET, w.rd, w.intid)))
            << its_profile_preset_name(i);
    }
}

TEST(DecideMsi, FindsNoTargetForACollectionThatKvmSavedUnmapped)
{
    World w("kvm");
    w.map_everything();
    w.memory[w.cte_at(w.icid)] = UINT64_C(0x8000ffffffff0006);
    EXPECT_TRUE(w.decides(msi(w.dev, w.evt), drop(ITS_DROP_TARGET_OOR)));
}

TEST(DecideMsi, ReachesTheLastDeviceAndNoFurther)
{
    World w = two_level();
    uint32_t last = (1u << 18) - 1;
    w.map_device(last, w.itt, 3);
    w.map_event(last, 1, 8192, w.icid);
    EXPECT_TRUE(w.decides(msi(last, 1), done().sends(ITS_RD_SET, w.rd, 8192)));
    EXPECT_TRUE(w.decides(msi(last + 1, 1), drop(ITS_DROP_DEVICE_OOR)));
    EXPECT_TRUE(w.decides(msi(0xffffffff, 1), drop(ITS_DROP_DEVICE_OOR)));
    w.profile.devid_bits = 18;
    EXPECT_TRUE(w.decides(msi(last, 1), done().sends(ITS_RD_SET, w.rd, 8192)));
    w.profile.devid_bits = 17;
    EXPECT_TRUE(w.decides(msi(last, 1), drop(ITS_DROP_DEVICE_OOR)));
}

TEST(DecideMsi, ReachesTheLastCollectionAndNoFurther)
{
    for (World w : {flat(), two_level(), hardware_only(), mixed()}) {
        uint16_t last = uint16_t(w.collections() - 1);
        w.set_collection(last, cte(2));
        w.map_event(w.dev, 7, 8199, last);
        w.map_event(w.dev, 8, 8200, uint16_t(last + 1));
        EXPECT_TRUE(w.decides(msi(w.dev, 7), done().sends(ITS_RD_SET, 2, 8199)));
        EXPECT_TRUE(w.decides(msi(w.dev, 8), drop(ITS_DROP_COLLECTION_OOR)));
    }
}

TEST(DecideMsi, ReachesTheLastRedistributorAndNoFurther)
{
    World w = flat();
    w.profile.redistributors = 128;
    w.set_collection(w.icid, cte(127));
    EXPECT_TRUE(w.decides(msi(w.dev, w.evt), done().sends(ITS_RD_SET, 127, w.intid)));
    w.set_collection(w.icid, cte(128));
    EXPECT_TRUE(w.decides(msi(w.dev, w.evt), drop(ITS_DROP_TARGET_OOR)));
}

TEST(DecideMsi, TargetsByNumberInTheTableEvenWhenPtaIs1)
{
    World w = flat();
    w.profile.pta = 1;
    w.profile.rd_base = 0x800;
    EXPECT_TRUE(w.decides(msi(w.dev, w.evt), done().sends(ITS_RD_SET, w.rd, w.intid)));
}

TEST(DecideMsi, IsDroppedWhenTheEventIdIsTooWide)
{
    World w = two_level();
    EXPECT_TRUE(w.decides(msi(w.dev, w.evt | 0x10000), drop(ITS_DROP_EVENT_WIDE)));
    EXPECT_TRUE(w.decides(msi(w.dev, w.evt | 0x80000000), drop(ITS_DROP_EVENT_WIDE)));
}

TEST(DecideMsi, LosesTheHighEventBitsWhenTheProfileSaysSo)
{
    World w = two_level();
    w.profile.eventid_wide = 1;
    EXPECT_TRUE(w.decides(msi(w.dev, w.evt | 0xffff0000), done().sends(ITS_RD_SET, w.rd, w.intid)));
    EXPECT_TRUE(w.decides(msi(w.dev, 0x10000 | 0x8000), drop(ITS_DROP_EVENT_OOR)));
    EXPECT_TRUE(w.decides(msi(w.dev, 0x10000 | 5), drop(ITS_DROP_EVENT_UNMAPPED)));
}

TEST(DecideMsi, NeverFindsAnEventTooWideWith32Bits)
{
    for (uint32_t wide : {0u, 1u}) {
        World w = flat();
        w.profile.eventid_bits = 32;
        w.profile.eventid_wide = wide;
        w.map_device(w.dev, w.itt, 31);
        w.map_event(w.dev, 0xffffffff, 8192, w.icid);
        EXPECT_TRUE(w.decides(msi(w.dev, 0xffffffff), done().sends(ITS_RD_SET, w.rd, 8192)));
    }
}

TEST(DecideCommand, DoesNotLoseHighEventBitsThatAnMsiWould)
{
    World w = two_level();
    w.profile.eventid_wide = 1;
    EXPECT_TRUE(w.decides(event_command(ITS_CMD_INT, w.dev, w.evt | 0x10000), error(0x010305)));
}

TEST(DecideMsi, IsDroppedWithoutADeviceTableWhateverIsHeld)
{
    World w = flat();
    w.held.push_back({ITS_ENTRY_ITE, w.dev, w.evt, w.ite_at(w.dev, w.evt), ite(w.intid, w.icid)});
    w.device.valid = false;
    EXPECT_TRUE(w.decides(msi(w.dev, w.evt), drop(ITS_DROP_BASE_INVALID)));
}

TEST(DecideMsi, NeedsNoCollectionTableForHardwareCollections)
{
    World w = mixed();
    w.set_collection(2, cte(3));
    w.map_event(w.dev, 7, 8199, 2);
    w.collection.valid = false;
    EXPECT_TRUE(w.decides(msi(w.dev, 7), done().sends(ITS_RD_SET, 3, 8199)));
}

TEST(DecideMsi, NeedsNoDeviceWhenTheEventIsHeld)
{
    World w = two_level();
    w.held.push_back({ITS_ENTRY_ITE, w.dev, w.evt, UINT64_C(0xabcd00), ite(w.intid, w.icid)});
    w.faults = {w.l1(w.dev), w.dte_at(w.dev), w.ite_at(w.dev, w.evt)};
    EXPECT_TRUE(w.decides(msi(w.dev, w.evt), done().sends(ITS_RD_SET, w.rd, w.intid)));
}

TEST(DecideMsi, BelievesHeldLinesOverMemory)
{
    World w = two_level();
    Line dev = {ITS_ENTRY_DTE, w.dev, 0, w.dte_at(w.dev), invalid()};
    Line evt = {ITS_ENTRY_ITE, w.dev, w.evt, w.ite_at(w.dev, w.evt), invalid()};
    Line col = {ITS_ENTRY_CTE, 0, w.icid, w.cte_at(w.icid), invalid()};
    w.held = {dev};
    EXPECT_TRUE(w.decides(msi(w.dev, w.evt), drop(ITS_DROP_DEVICE_UNMAPPED)));
    w.held = {evt};
    EXPECT_TRUE(w.decides(msi(w.dev, w.evt), drop(ITS_DROP_EVENT_UNMAPPED)));
    w.held = {col};
    EXPECT_TRUE(w.decides(msi(w.dev, w.evt), drop(ITS_DROP_COLLECTION_UNMAPPED)));
    evt.value = ite(8400, w.icid2);
    w.held = {evt};
    EXPECT_TRUE(w.decides(msi(w.dev, w.evt), done().sends(ITS_RD_SET, w.rd2, 8400)));
    col.value = cte(0);
    w.held = {col};
    EXPECT_TRUE(w.decides(msi(w.dev, w.evt), done().sends(ITS_RD_SET, 0, w.intid)));
}

TEST(DecideMsi, FindsWhatOnlyTheCacheKnows)
{
    World w = two_level();
    uint32_t other = w.dev + 1;
    w.held = {{ITS_ENTRY_DTE, other, 0, w.dte_at(other), dte(0x90000, 2)},
              {ITS_ENTRY_ITE, other, 3, 0x90000 + 3 * w.profile.ite_bytes, ite(8222, 9)},
              {ITS_ENTRY_CTE, 0, 9, w.cte_at(9), cte(2)}};
    EXPECT_TRUE(w.decides(msi(other, 3), done().sends(ITS_RD_SET, 2, 8222)));
    EXPECT_TRUE(w.decides(msi(other, 4), drop(ITS_DROP_EVENT_UNMAPPED)));
    EXPECT_TRUE(w.decides(msi(other, 8), drop(ITS_DROP_EVENT_OOR)));
}

/* The fast face looks up the event and the collection it names, and asks once. */
TEST(DecideMsi, AnswersAtOnceWhenEventAndCollectionAreKnown)
{
    for (World w : {flat(), two_level(), hardware_only(), mixed()}) {
        its_facts facts = w.facts();
        its_request rq = msi(w.dev, w.evt);
        its_operands known;
        its_verdict v;
        std::memset(&known, 0, sizeof known);
        known.state[ITS_OPERAND_ITE] = ITS_HELD;
        known.value[ITS_OPERAND_ITE] = ite(w.intid, w.icid);
        known.state[ITS_OPERAND_CTE] = ITS_HELD;
        known.value[ITS_OPERAND_CTE] = cte(w.rd);
        its_decide(&facts, &rq, &known, &v);
        EXPECT_EQ("", difference(done().sends(ITS_RD_SET, w.rd, w.intid), v));
    }
}

TEST(DecideMsi, ReadsEachOfFiveEntriesOnce)
{
    World w = two_level();
    Answer a = w.ask(msi(w.dev, w.evt), true);
    std::multiset<uint64_t> read(a.reads.begin(), a.reads.end());
    EXPECT_EQ(read, (std::multiset<uint64_t>{w.l1(w.dev), w.dte_at(w.dev), w.ite_at(w.dev, w.evt),
                                             w.collection_l1(w.icid), w.cte_at(w.icid)}));
}

TEST(DecideMsi, StopsReadingAtTheFirstReasonToDrop)
{
    World w = flat();
    EXPECT_TRUE(w.ask(msi(w.dev, 0x10000)).reads.empty());
    EXPECT_TRUE(w.ask(msi(1024, 0)).reads.empty());
    EXPECT_EQ(w.ask(msi(w.dev + 1, 0)).reads, std::vector<uint64_t>{w.dte_at(w.dev + 1)});
    EXPECT_EQ(w.ask(msi(w.dev, 0x8000)).reads, std::vector<uint64_t>{w.dte_at(w.dev)});
    EXPECT_EQ(w.ask(msi(w.dev, 5)).reads,
              (std::vector<uint64_t>{w.dte_at(w.dev), w.ite_at(w.dev, 5)}));
}

TEST(DecideMsi, OfZeroedMemoryIsDropped)
{
    World w("flat");
    EXPECT_TRUE(w.decides(msi(3, 0), drop(ITS_DROP_DEVICE_UNMAPPED)));
    w.map_device(3, UINT64_C(0x800000), 4);
    EXPECT_TRUE(w.decides(msi(3, 0), drop(ITS_DROP_EVENT_UNMAPPED)));
    w.map_event(3, 0, 8192, 0);
    EXPECT_TRUE(w.decides(msi(3, 0), drop(ITS_DROP_COLLECTION_UNMAPPED)));
    w.set_collection(0, cte(0));
    EXPECT_TRUE(w.decides(msi(3, 0), done().sends(ITS_RD_SET, 0, 8192)));
}

/* --- what a caller may rely on -------------------------------------------------------------------- */

TEST(DecideVerdict, TakesAtMost64Bytes)
{
    EXPECT_LE(sizeof(its_verdict), 64u);
}

TEST(DecideHolds, TheKeyThatACommandChanges)
{
    const std::map<unsigned, its_hold_kind> holds = {
        {ITS_CMD_MAPD, ITS_HOLD_DEVICE}, {ITS_CMD_MAPC, ITS_HOLD_COLLECTION},
        {ITS_CMD_MAPTI, ITS_HOLD_EVENT}, {ITS_CMD_MAPI, ITS_HOLD_EVENT},
        {ITS_CMD_MOVI, ITS_HOLD_EVENT},  {ITS_CMD_DISCARD, ITS_HOLD_EVENT},
    };
    for (unsigned opcode = 0; opcode < 256; opcode++) {
        auto found = holds.find(opcode);
        EXPECT_EQ(found == holds.end() ? ITS_HOLD_NONE : found->second,
                  its_cmd_holds(uint8_t(opcode)))
            << opcode;
    }
}

TEST(DecideDrop, HasTheSyndromeOfGitsStatusr)
{
    const std::map<its_drop, unsigned> syndromes = {
        {ITS_DROP_EVENT_WIDE, 4},          {ITS_DROP_DEVICE_OOR, 2},
        {ITS_DROP_DEVICE_UNMAPPED, 3},     {ITS_DROP_EVENT_OOR, 4},
        {ITS_DROP_EVENT_UNMAPPED, 5},      {ITS_DROP_COLLECTION_OOR, 7},
        {ITS_DROP_COLLECTION_UNMAPPED, 7},
    };
    for (unsigned i = 0; i < ITS_DROPS; i++) {
        auto found = syndromes.find(its_drop(i));
        EXPECT_EQ(found == syndromes.end() ? 0u : found->second, its_drop_syndrome(its_drop(i)))
            << its_drop_name(its_drop(i));
    }
}

TEST(DecideNames, OfDropsAreThoseOfTheEnumerators)
{
    EXPECT_STREQ("BASE_INVALID", its_drop_name(ITS_DROP_BASE_INVALID));
    EXPECT_STREQ("EVENT_WIDE", its_drop_name(ITS_DROP_EVENT_WIDE));
    EXPECT_STREQ("DEVICE_OOR", its_drop_name(ITS_DROP_DEVICE_OOR));
    EXPECT_STREQ("DEVICE_UNMAPPED", its_drop_name(ITS_DROP_DEVICE_UNMAPPED));
    EXPECT_STREQ("EVENT_OOR", its_drop_name(ITS_DROP_EVENT_OOR));
    EXPECT_STREQ("EVENT_UNMAPPED", its_drop_name(ITS_DROP_EVENT_UNMAPPED));
    EXPECT_STREQ("COLLECTION_OOR", its_drop_name(ITS_DROP_COLLECTION_OOR));
    EXPECT_STREQ("COLLECTION_UNMAPPED", its_drop_name(ITS_DROP_COLLECTION_UNMAPPED));
    EXPECT_STREQ("TARGET_OOR", its_drop_name(ITS_DROP_TARGET_OOR));
    EXPECT_STREQ("TABLE_FAULT", its_drop_name(ITS_DROP_TABLE_FAULT));
    EXPECT_STREQ("DISABLED", its_drop_name(ITS_DROP_DISABLED));
    EXPECT_STREQ("LPI_OFF", its_drop_name(ITS_DROP_LPI_OFF));
    EXPECT_STREQ("INTID_OOR", its_drop_name(ITS_DROP_INTID_OOR));
    EXPECT_STREQ("ASLEEP", its_drop_name(ITS_DROP_ASLEEP));
    EXPECT_STREQ("NO_DEVICE_ID", its_drop_name(ITS_DROP_NO_DEVICE_ID));
    EXPECT_NE(nullptr, its_drop_name(ITS_DROPS));
}

TEST(DecideNames, OfMessagesAreThoseOfTheEnumerators)
{
    EXPECT_STREQ("SET", its_rd_message_name(ITS_RD_SET));
    EXPECT_STREQ("CLEAR", its_rd_message_name(ITS_RD_CLEAR));
    EXPECT_STREQ("DISCARD", its_rd_message_name(ITS_RD_DISCARD));
    EXPECT_STREQ("INV", its_rd_message_name(ITS_RD_INV));
    EXPECT_STREQ("INVALL", its_rd_message_name(ITS_RD_INVALL));
    EXPECT_STREQ("SYNC", its_rd_message_name(ITS_RD_SYNC));
    EXPECT_STREQ("MOVE", its_rd_message_name(ITS_RD_MOVE));
    EXPECT_STREQ("MOVE_ALL", its_rd_message_name(ITS_RD_MOVE_ALL));
}

std::string error_name(uint32_t code, unsigned bytes = 64)
{
    char text[64];
    std::memset(text, '#', sizeof text);
    its_error_name(code, text, bytes);
    EXPECT_TRUE(bytes == 64 || text[bytes] == '#') << "wrote beyond the end";
    return bytes ? text : "";
}

TEST(DecideNames, OfErrorsAreTheArchitecturesOnes)
{
    EXPECT_EQ("MOVI_DEVICE_OOR", error_name(0x010101));
    EXPECT_EQ("MOVI_COLLECTION_OOR", error_name(0x010103));
    EXPECT_EQ("MOVI_UNMAPPED_DEVICE", error_name(0x010104));
    EXPECT_EQ("MOVI_ID_OOR", error_name(0x010105));
    EXPECT_EQ("MOVI_UNMAPPED_INTERRUPT", error_name(0x010107));
    EXPECT_EQ("MOVI_UNMAPPED_COLLECTION", error_name(0x010109));
    EXPECT_EQ("INT_ITE_INVALID", error_name(0x010310));
    EXPECT_EQ("CLEAR_DEVICE_OOR", error_name(0x010501));
    EXPECT_EQ("CLEAR_ITE_INVALID", error_name(0x010510));
    EXPECT_EQ("MAPD_DEVICE_OOR", error_name(0x010801));
    EXPECT_EQ("MAPD_ITTSIZE_OOR", error_name(0x010802));
    EXPECT_EQ("MAPC_PROCNUM_OOR", error_name(0x010902));
    EXPECT_EQ("MAPC_COLLECTION_OOR", error_name(0x010903));
    EXPECT_EQ("MAPTI_PHYSICALID_OOR", error_name(0x010A06));
    EXPECT_EQ("MAPI_ID_OOR", error_name(0x010B05));
    EXPECT_EQ("INV_UNMAPPED_INTERRUPT", error_name(0x010C07));
    EXPECT_EQ("INVALL_UNMAPPED_COLLECTION", error_name(0x010D09));
    EXPECT_EQ("MOVALL_TGT_OOR", error_name(0x010E20));
    EXPECT_EQ("MOVALL_DST_TGT_OOR", error_name(0x010E21));
    EXPECT_EQ("DISCARD_UNMAPPED_DEVICE", error_name(0x010F04));
    EXPECT_EQ("SYNC_TGT_OOR", error_name(0x010520));
}

TEST(DecideNames, OfErrorsFitTheirStorage)
{
    EXPECT_EQ("MAPD", error_name(0x010801, 5));
    EXPECT_EQ("", error_name(0x010801, 1));
    EXPECT_EQ("", error_name(0x010801, 0));
    EXPECT_FALSE(error_name(0x0121ff).empty());
    EXPECT_FALSE(error_name(0xffffffff).empty());
}

TEST(DecideStall, IsTheProfilesChoiceAndOnAGic600TheKindsOfErrors)
{
    its_profile p;
    its_profile_preset(&p, "flat");
    its_verdict v{};
    v.kind = ITS_VERDICT_ERROR;
    for (uint32_t choice : {0u, 1u, 2u}) {
        p.command_error = choice;
        for (unsigned reason = 0; reason < 256; reason++) {
            v.code = 0x010a00 | reason;
            bool at_redistributor = reason >= 0x20 && reason <= 0x2f;
            bool stalls = choice == 1 || (choice == 2 && !at_redistributor);
            EXPECT_EQ(its_command_stalls(&p, &v), stalls) << choice << " " << reason;
        }
    }
    v.kind = ITS_VERDICT_FAULT;
    for (uint32_t choice : {0u, 1u}) {
        p.table_error = choice;
        EXPECT_EQ(its_command_stalls(&p, &v), choice == 1);
    }
}

TEST(DecideNames, ErrorsAtARedistributorAreNamedToo)
{
    char text[40];
    const std::pair<uint32_t, const char *> names[] = {
        {0x010323, "INT_LPI_OFF"},        {0x010523, "CLEAR_LPI_OFF"},
        {0x010e24, "MOVALL_DST_LPI_OFF"}, {0x010c26, "INV_TGT_PHYSICALID_OOR"},
        {0x010520, "SYNC_TGT_OOR"},
    };
    for (auto &[code, name] : names) {
        its_error_name(code, text, sizeof text);
        EXPECT_STREQ(text, name);
    }
    EXPECT_EQ(its_error_code(ITS_CMD_CLEAR, 4), 0x010504u);
    EXPECT_EQ(its_error_code(ITS_CMD_DISCARD, 0x10), 0x010f10u);
}

} // namespace
