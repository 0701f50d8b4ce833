/* SPDX-License-Identifier: MIT */
/* MAPD, MAPC, MAPTI, MAPI beyond the order of their checks: limits, choices, what is never read. */
#include "decide_world.h"

#include <algorithm>

using namespace decide_test;

namespace {

constexpr uint64_t ITT = UINT64_C(0x0000123456789a00);

Expect maps_device(const World &w, uint32_t device, uint64_t itt, uint8_t size)
{
    return done()
        .scans(ITS_SCAN_WRITE_BACK, device)
        .writes_dte(w.dte_at(device), device, dte(itt, size));
}

Expect maps_event(const World &w, uint32_t event, uint32_t intid, uint16_t icid)
{
    return done().writes_ite(w.ite_at(w.dev, event), w.dev, event, ite(intid, icid));
}

Expect maps_collection(const World &w, uint16_t icid, uint16_t rd)
{
    return done().writes_cte(w.cte_at(icid), icid, cte(rd));
}

bool reads(const Answer &a, uint64_t address)
{
    return std::count(a.reads.begin(), a.reads.end(), address) != 0;
}

/* --- MAPD ----------------------------------------------------------------------------------------- */

TEST(DecideMapd, MapsTheLastDeviceOfDevbitsAndRefusesTheNext)
{
    World w = flat();
    w.profile.devid_bits = 9;
    EXPECT_TRUE(w.decides(mapd(511, 4, ITT), maps_device(w, 511, ITT, 4)));
    EXPECT_TRUE(w.decides(mapd(512, 4, ITT), error(0x010801)));
    EXPECT_TRUE(w.decides(mapd(512, 4, ITT, false), error(0x010801)));
}

TEST(DecideMapd, MapsTheLastDeviceOfAFlatTableAndRefusesTheNext)
{
    World w = flat();
    w.device.pages = 2;
    EXPECT_TRUE(w.decides(mapd(1023, 4, ITT), maps_device(w, 1023, ITT, 4)));
    EXPECT_TRUE(w.decides(mapd(1024, 4, ITT), error(0x010801)));
}

TEST(DecideMapd, MapsTheLastDeviceOfATwoLevelTableAndRefusesTheNext)
{
    World w = two_level();
    uint32_t last = (1u << 18) - 1;
    w.map_device(last, ITT, 0);
    EXPECT_TRUE(w.decides(mapd(last, 4, ITT), maps_device(w, last, ITT, 4)));
    EXPECT_TRUE(w.decides(mapd(last + 1, 4, ITT), error(0x010801)));
}

TEST(DecideMapd, MapsDeviceFfffffffWhenDevbitsIs32)
{
    World w = two_level();
    w.profile.devid_bits = 32;
    w.device.page_bytes = 65536;
    w.device.pages = 256;
    w.map_device(0xffffffff, ITT, 0);
    EXPECT_TRUE(w.decides(mapd(0xffffffff, 4, ITT), maps_device(w, 0xffffffff, ITT, 4)));
}

TEST(DecideMapd, TakesDeviceZero)
{
    for (World w : {flat(), two_level(), hardware_only()})
        EXPECT_TRUE(w.decides(mapd(0, 4, ITT), maps_device(w, 0, ITT, 4)));
}

TEST(DecideMapd, TakesTheLargestSizeAndRefusesTheNext)
{
    for (int width : {1, 5, 16, 31}) {
        uint8_t bits = uint8_t(width);
        World w = flat();
        w.profile.eventid_bits = bits;
        uint8_t most = uint8_t(bits - 1);
        EXPECT_TRUE(w.decides(mapd(7, most, ITT), maps_device(w, 7, ITT, most))) << unsigned(bits);
        EXPECT_TRUE(w.decides(mapd(7, bits, ITT), error(0x010802))) << unsigned(bits);
        EXPECT_TRUE(w.decides(mapd(7, 31, ITT), error(0x010802))) << unsigned(bits);
    }
}

TEST(DecideMapd, TakesSize31WhenEventIdsHave32Bits)
{
    World w = flat();
    w.profile.eventid_bits = 32;
    EXPECT_TRUE(w.decides(mapd(7, 31, ITT), maps_device(w, 7, ITT, 31)));
}

TEST(DecideMapd, IgnoresSizeWhenUnmapping)
{
    World w = flat();
    Expect unmaps = done().scans(ITS_SCAN_DROP, 7).writes_dte(w.dte_at(7), 7, invalid());
    EXPECT_TRUE(w.decides(mapd(7, 31, ITT, false), unmaps));
}

TEST(DecideMapd, UnmapsAnUnmappedDeviceWithSuccess)
{
    World w = two_level();
    uint32_t other = w.dev + 1;
    Expect unmaps =
        done().scans(ITS_SCAN_DROP, other).writes_dte(w.dte_at(other), other, invalid());
    EXPECT_TRUE(w.decides(mapd(other, 0, 0, false), unmaps));
}

TEST(DecideMapd, NeverReadsTheOldDte)
{
    for (bool valid : {true, false}) {
        EXPECT_TRUE(flat().ask(mapd(0x123, 4, ITT, valid)).reads.empty());
        World w = two_level();
        Answer a = w.ask(mapd(w.dev, 4, ITT, valid));
        EXPECT_EQ(a.reads, std::vector<uint64_t>{w.l1(w.dev)});
    }
}

TEST(DecideMapd, WritesOverADteThatCannotBeRead)
{
    World w = two_level();
    w.faults.insert(w.dte_at(w.dev));
    EXPECT_TRUE(w.decides(mapd(w.dev, 4, ITT), maps_device(w, w.dev, ITT, 4)));
}

TEST(DecideMapd, TakesTheAddressOfAHeldDteWithoutReadingLevel1)
{
    World w = two_level();
    uint64_t home = w.dte_at(w.dev);
    for (its_entry old : {dte(w.itt, w.size), invalid()}) {
        World v = w;
        v.faults.insert(v.l1(v.dev));
        v.held.push_back({ITS_ENTRY_DTE, v.dev, 0, home, old});
        Answer a = v.ask(mapd(v.dev, 4, ITT));
        EXPECT_EQ("",
                  difference(
                      done().scans(ITS_SCAN_WRITE_BACK, v.dev).writes_dte(home, v.dev, dte(ITT, 4)),
                      a.verdict));
        EXPECT_TRUE(a.reads.empty());
    }
}

TEST(DecideMapd, SucceedsOnceLevel1HasBecomeValid)
{
    World w = two_level();
    uint32_t device = 100000;
    EXPECT_TRUE(w.decides(mapd(device, 4, ITT), error(0x010801)));
    w.put_level1(w.l1(device), UINT64_C(0x700000000));
    EXPECT_TRUE(w.decides(mapd(device, 4, ITT), maps_device(w, device, ITT, 4)));
}

/* --- MAPC ----------------------------------------------------------------------------------------- */

TEST(DecideMapc, MapsTheLastIcidOfIcidBitsAndRefusesTheNext)
{
    World w = two_level();
    w.set_collection(0x3fff, invalid());
    EXPECT_TRUE(w.decides(mapc(0x3fff, 0), maps_collection(w, 0x3fff, 0)));
    EXPECT_TRUE(w.decides(mapc(0x4000, 0), error(0x010903)));
    EXPECT_TRUE(w.decides(mapc(0x4000, 0, false), error(0x010903)));
}

TEST(DecideMapc, MapsIcidFfffWhenIcidsHave16Bits)
{
    World w = two_level();
    w.profile.icid_bits = 16;
    w.set_collection(0xffff, invalid());
    EXPECT_TRUE(w.decides(mapc(0xffff, 2), maps_collection(w, 0xffff, 2)));
}

TEST(DecideMapc, MapsTheLastIcidOfAFlatTableAndRefusesTheNext)
{
    World w = flat();
    EXPECT_TRUE(w.decides(mapc(511, 2), maps_collection(w, 511, 2)));
    EXPECT_TRUE(w.decides(mapc(512, 2), error(0x010903)));
}

TEST(DecideMapc, KeepsHardwareCollectionsOffMemory)
{
    World w = hardware_only();
    for (uint16_t icid = 0; icid < 5; icid++) {
        EXPECT_TRUE(w.decides(mapc(icid, 3), done().writes_cte(std::nullopt, icid, cte(3))));
        EXPECT_TRUE(w.ask(mapc(icid, 3)).reads.empty());
    }
    EXPECT_TRUE(w.decides(mapc(5, 3), error(0x010903)));
    EXPECT_TRUE(w.decides(mapc(0xffff, 3), error(0x010903)));
}

TEST(DecideMapc, NamesTheCollectionInKvmsFormat)
{
    World w = flat();
    w.profile.table_layout = 1;
    its_entry named = cte(2);
    named.intid = 511;
    EXPECT_TRUE(w.decides(mapc(511, 2), done().writes_cte(w.cte_at(511), 511, named)));
    Expect unmaps = done().writes_cte(w.cte_at(511), 511, invalid());
    EXPECT_TRUE(w.decides(mapc(511, 2, false), unmaps));
}

TEST(DecideMapc, CountsMemoryCollectionsAfterHardwareOnesWhenCctIs1)
{
    World w = flat();
    w.profile.hcc = 5;
    w.profile.cct = 1;
    EXPECT_TRUE(w.decides(mapc(4, 1), done().writes_cte(std::nullopt, 4, cte(1))));
    EXPECT_TRUE(w.decides(mapc(5, 1), done().writes_cte(w.collection.base, 5, cte(1))));
    EXPECT_TRUE(
        w.decides(mapc(516, 1), done().writes_cte(w.collection.base + 511 * 8, 516, cte(1))));
    EXPECT_TRUE(w.decides(mapc(517, 1), error(0x010903)));
}

TEST(DecideMapc, CountsTheTableAloneWhenCctIs0)
{
    World w = flat();
    w.profile.hcc = 5;
    EXPECT_TRUE(w.decides(mapc(4, 1), done().writes_cte(std::nullopt, 4, cte(1))));
    EXPECT_TRUE(w.decides(mapc(5, 1), done().writes_cte(w.collection.base + 5 * 8, 5, cte(1))));
    EXPECT_TRUE(
        w.decides(mapc(511, 1), done().writes_cte(w.collection.base + 511 * 8, 511, cte(1))));
    EXPECT_TRUE(w.decides(mapc(512, 1), error(0x010903)));
}

TEST(DecideMapc, HasExactlyTheHardwareCollectionsWhileTheTableIsNotValid)
{
    for (uint32_t cct : {0u, 1u}) {
        World w = flat();
        w.profile.hcc = 5;
        w.profile.cct = cct;
        w.collection.valid = false;
        EXPECT_TRUE(w.decides(mapc(4, 1), done().writes_cte(std::nullopt, 4, cte(1))));
        EXPECT_TRUE(w.decides(mapc(5, 1), error(0x010903)));
    }
}

TEST(DecideMapc, TargetsEveryRedistributorAndNoMore)
{
    World w = flat();
    for (uint32_t count : {1u, 4u, 128u}) {
        w.profile.redistributors = count;
        EXPECT_TRUE(w.decides(mapc(6, count - 1), maps_collection(w, 6, uint16_t(count - 1))));
        EXPECT_TRUE(w.decides(mapc(6, count), error(0x010902)));
        EXPECT_TRUE(w.decides(mapc(6, 0xffff), error(0x010902)));
    }
}

TEST(DecideMapc, FindsRedistributorsByAddressWhenPtaIs1)
{
    World w = flat();
    w.profile.pta = 1;
    w.profile.rd_base = 0x2f10; /* 0x2f10_0000 */
    w.profile.rd_stride = 4;
    EXPECT_TRUE(w.decides(mapc(6, 0x2f10), maps_collection(w, 6, 0)));
    EXPECT_TRUE(w.decides(mapc(6, 0x2f1c), maps_collection(w, 6, 3)));
    EXPECT_TRUE(w.decides(mapc(6, 0x2f20), error(0x010902)));
    EXPECT_TRUE(w.decides(mapc(6, 0x2f0c), error(0x010902)));
    EXPECT_TRUE(w.decides(mapc(6, 0x2f12), error(0x010902)));
    EXPECT_TRUE(w.decides(mapc(6, 0x2f11), error(0x010902)));
    EXPECT_TRUE(w.decides(mapc(6, 1), error(0x010902)));
    EXPECT_TRUE(w.decides(mapc(6, UINT64_C(0x800002f10)), error(0x010902))) << "address bit 51";
    EXPECT_TRUE(w.decides(mapc(6, UINT64_C(0x400000000) + 0x2f10), error(0x010902)));
}

TEST(DecideMapc, FindsRedistributorsAtTheTopOfTheAddressRange)
{
    World w = flat();
    w.profile.pta = 1;
    w.profile.rd_base = 0xfffffffe;
    w.profile.rd_stride = 2;
    EXPECT_TRUE(w.decides(mapc(6, 0xfffffffe), maps_collection(w, 6, 0)));
    EXPECT_TRUE(w.decides(mapc(6, UINT64_C(0x100000000)), maps_collection(w, 6, 1)));
    EXPECT_TRUE(w.decides(mapc(6, 0), error(0x010902))) << "no wrap to address 0";
}

TEST(DecideMapc, IgnoresRdbaseWhenUnmapping)
{
    for (uint32_t pta : {0u, 1u}) {
        World w = flat();
        w.profile.pta = pta;
        w.profile.rd_base = 0x2f10;
        EXPECT_TRUE(
            w.decides(mapc(6, 0xfff0, false), done().writes_cte(w.cte_at(6), 6, invalid())));
    }
}

TEST(DecideMapc, RemapsAMappedCollectionAndMovesNothing)
{
    World w = two_level();
    EXPECT_TRUE(w.decides(mapc(w.icid, 3), maps_collection(w, w.icid, 3)));
}

/* --- MAPTI and MAPI ------------------------------------------------------------------------------- */

TEST(DecideMapti, MapsTheLastEventOfTheIttAndRefusesTheNext)
{
    for (unsigned size : {0u, 4u, 15u}) {
        World w = flat();
        w.map_device(w.dev, w.itt, uint8_t(size));
        uint32_t last = (2u << size) - 1;
        EXPECT_TRUE(w.decides(mapti(w.dev, 0, 9000, 6), maps_event(w, 0, 9000, 6)));
        EXPECT_TRUE(w.decides(mapti(w.dev, last, 9000, 6), maps_event(w, last, 9000, 6)));
        EXPECT_TRUE(w.decides(mapti(w.dev, last + 1, 9000, 6), error(0x010A05)));
        EXPECT_TRUE(w.decides(mapti(w.dev, 0xffffffff, 9000, 6), error(0x010A05)));
    }
}

TEST(DecideMapti, RefusesEventsBeyondEventidBitsWhateverTheDteSays)
{
    World w = flat();
    w.put(ITS_ENTRY_DTE, w.dte_at(w.dev), dte(w.itt, 31));
    EXPECT_TRUE(w.decides(mapti(w.dev, 0xffff, 9000, 6), maps_event(w, 0xffff, 9000, 6)));
    EXPECT_TRUE(w.decides(mapti(w.dev, 0x10000, 9000, 6), error(0x010A05)));
    EXPECT_TRUE(w.decides(mapi(w.dev, 0x10000, 6), error(0x010B05)));
}

TEST(DecideMapti, MapsEventFfffffffWhenEventIdsHave32Bits)
{
    World w = flat();
    w.profile.eventid_bits = 32;
    w.map_device(w.dev, w.itt, 31);
    uint64_t at = w.itt + UINT64_C(0xffffffff) * w.profile.ite_bytes;
    EXPECT_TRUE(w.decides(mapti(w.dev, 0xffffffff, 9000, 6),
                          done().writes_ite(at, w.dev, 0xffffffff, ite(9000, 6))));
}

TEST(DecideMapti, MapsTheLpisOfIntidBitsOnly)
{
    for (uint32_t bits : {14u, 15u, 16u}) {
        World w = flat();
        w.profile.intid_bits = bits;
        uint32_t last = (1u << bits) - 1;
        EXPECT_TRUE(w.decides(mapti(w.dev, 5, 8192, 6), maps_event(w, 5, 8192, 6)));
        EXPECT_TRUE(w.decides(mapti(w.dev, 5, last, 6), maps_event(w, 5, last, 6)));
        EXPECT_TRUE(w.decides(mapti(w.dev, 5, 8191, 6), error(0x010A06)));
        EXPECT_TRUE(w.decides(mapti(w.dev, 5, 1023, 6), error(0x010A06)));
        EXPECT_TRUE(w.decides(mapti(w.dev, 5, 0, 6), error(0x010A06)));
        EXPECT_TRUE(w.decides(mapti(w.dev, 5, last + 1, 6), error(0x010A06)));
        EXPECT_TRUE(w.decides(mapti(w.dev, 5, 0xffffffff, 6), error(0x010A06)));
    }
}

TEST(DecideMapi, MapsTheEventsThatAreLpis)
{
    World w = flat();
    w.profile.eventid_bits = 20;
    w.map_device(w.dev, w.itt, 19);
    EXPECT_TRUE(w.decides(mapi(w.dev, 8192, 6), maps_event(w, 8192, 8192, 6)));
    EXPECT_TRUE(w.decides(mapi(w.dev, 65535, 6), maps_event(w, 65535, 65535, 6)));
    EXPECT_TRUE(w.decides(mapi(w.dev, 8191, 6), error(0x010B06)));
    EXPECT_TRUE(w.decides(mapi(w.dev, 65536, 6), error(0x010B06)));
}

TEST(DecideMapti, DoesNotNeedTheCollectionMapped)
{
    for (World w : {flat(), two_level(), hardware_only(), mixed()}) {
        w.set_collection(w.icid2, invalid());
        EXPECT_TRUE(w.decides(mapti(w.dev, 5, 9000, w.icid2), maps_event(w, 5, 9000, w.icid2)));
    }
}

TEST(DecideMapti, ReadsNoCte)
{
    World w = two_level();
    w.faults.insert(w.cte_at(w.icid2));
    EXPECT_TRUE(w.decides(mapti(w.dev, 5, 9000, w.icid2), maps_event(w, 5, 9000, w.icid2)));
    EXPECT_FALSE(reads(w.ask(mapti(w.dev, 5, 9000, w.icid2)), w.cte_at(w.icid2)));
}

TEST(DecideMapti, OverwritesAMappedEventWithoutReadingIt)
{
    World w = two_level();
    w.faults.insert(w.ite_at(w.dev, w.evt));
    EXPECT_TRUE(w.decides(mapti(w.dev, w.evt, 9000, w.icid2), maps_event(w, w.evt, 9000, w.icid2)));
    EXPECT_TRUE(w.decides(mapi(w.dev, w.evt, w.icid2), maps_event(w, w.evt, w.evt, w.icid2)));
    EXPECT_FALSE(reads(w.ask(mapti(w.dev, w.evt, 9000, w.icid2)), w.ite_at(w.dev, w.evt)));
    EXPECT_FALSE(reads(w.ask(mapti(w.dev, w.evt, 9000, w.icid2), true), w.ite_at(w.dev, w.evt)));
}

TEST(DecideMapti, KeepsAMappedEventWhenTheProfileSaysSo)
{
    World w = two_level();
    w.profile.mapti_mapped = 1;
    EXPECT_TRUE(w.decides(mapti(w.dev, w.evt, 9000, w.icid2), done()));
    EXPECT_TRUE(w.decides(mapi(w.dev, w.evt, w.icid2), done()));
    EXPECT_TRUE(w.decides(mapti(w.dev, 5, 9000, w.icid2), maps_event(w, 5, 9000, w.icid2)));
}

TEST(DecideMapti, ReportsAMappedEventWhenTheProfileSaysSo)
{
    World w = two_level();
    w.profile.mapti_mapped = 2;
    EXPECT_TRUE(w.decides(mapti(w.dev, w.evt, 9000, w.icid2), error(0x010A08)));
    EXPECT_TRUE(w.decides(mapi(w.dev, w.evt, w.icid2), error(0x010B08)));
    EXPECT_TRUE(w.decides(mapti(w.dev, 5, 9000, w.icid2), maps_event(w, 5, 9000, w.icid2)));
}

TEST(DecideMapti, LooksAtTheOldEventLast)
{
    for (uint32_t choice : {1u, 2u}) {
        World w = two_level();
        w.profile.mapti_mapped = choice;
        EXPECT_TRUE(w.decides(mapti(w.dev, w.evt, 8191, w.icid2), error(0x010A06)));
        w.faults.insert(w.ite_at(w.dev, w.evt));
        EXPECT_TRUE(w.decides(mapti(w.dev, w.evt, 8191, w.icid2), error(0x010A06)));
        EXPECT_TRUE(w.decides(mapti(w.dev, w.evt, 9000, w.icid2), fault()));
    }
}

TEST(DecideMapti, BelievesAHeldEventThatMemoryDoesNotKnowYet)
{
    World w = flat();
    w.profile.mapti_mapped = 2;
    w.held.push_back({ITS_ENTRY_ITE, w.dev, 5, w.ite_at(w.dev, 5), ite(9000, 6)});
    EXPECT_TRUE(w.decides(mapti(w.dev, 5, 9001, 6), error(0x010A08)));
    w.held[0].value = invalid();
    w.held[0].event = w.evt;
    w.held[0].address = w.ite_at(w.dev, w.evt);
    EXPECT_TRUE(w.decides(mapti(w.dev, w.evt, 9001, 6), maps_event(w, w.evt, 9001, 6)));
}

} // namespace
