/* SPDX-License-Identifier: MIT */
#include "watch/text.h"

#include <cctype>
#include <cstdio>
#include <cstring>
#include <memory>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "arch/cmd.h"
#include "arch/decide.h"
#include "arch/map.h"
#include "its/wires.h"
#include "watch/counters.h"
#include "wire/rdmsg.h"

namespace {

its_event event(its_unit unit, its_event_kind kind, uint32_t ref, uint64_t a, uint64_t b,
                unsigned c)
{
    its_event e{};
    e.cycle = 1234;
    e.a = a;
    e.b = b;
    e.ref = ref;
    e.c = static_cast<uint16_t>(c);
    e.unit = static_cast<uint8_t>(unit);
    e.kind = static_cast<uint8_t>(kind);
    return e;
}

std::string line(const its_event &e)
{
    char text[ITS_TEXT_BYTES];
    size_t length = its_text_event(&e, text, sizeof text);
    EXPECT_EQ(length, std::strlen(text));
    return text;
}

TEST(Text, HexadecimalAndMsiReference)
{
    EXPECT_EQ(line(event(ITS_UNIT_MSIQ, ITS_EV_MSI_ACCEPT, 7, 0x1f, 0, 0)),
              "1234 msiq MSI_ACCEPT device=0x1f event=0x0 msi=7");
}

TEST(Text, DecimalFieldsSkipTheUnusedOne)
{
    EXPECT_EQ(line(event(ITS_UNIT_XLAT, ITS_EV_MSI_SEND, 7, 8195, 99, 2)),
              "1234 xlat MSI_SEND intid=8195 rd=2 msi=7");
}

TEST(Text, CommandReferenceIsItsPlaceInTheQueue)
{
    EXPECT_EQ(line(event(ITS_UNIT_CMDX, ITS_EV_CMD_DONE, its_ref_cmd(0), 0, 0, ITS_CMD_MAPTI)),
              "1234 cmdx CMD_DONE op=MAPTI cmd=0");
}

TEST(Text, NothingToReferTo)
{
    EXPECT_EQ(line(event(ITS_UNIT_DRAIN, ITS_EV_STATE, 0, 0, 0, ITS_WRITEBACK)),
              "1234 drain STATE state=WRITEBACK");
    EXPECT_EQ(line(event(ITS_UNIT_REG, ITS_EV_RESET, 0, 0, 0, 0)), "1234 reg RESET");
}

TEST(Text, DropReasonsEntriesClientsAndQueuesHaveNames)
{
    EXPECT_EQ(line(event(ITS_UNIT_XLAT, ITS_EV_MSI_DROP, 1, 2, 3, ITS_DROP_DEVICE_UNMAPPED)),
              "1234 xlat MSI_DROP device=0x2 event=0x3 reason=DEVICE_UNMAPPED msi=1");
    EXPECT_EQ(line(event(ITS_UNIT_CACHE, ITS_EV_EVICT, 1, 2, 3, ITS_ENTRY_ITE)),
              "1234 cache EVICT device=0x2 key=0x3 entry=ITE msi=1");
    EXPECT_EQ(line(event(ITS_UNIT_MST, ITS_EV_MEM_READ, 1, 0x80001000, 8, ITS_ENTRY_COLLECTION_L1)),
              "1234 mst MEM_READ addr=0x80001000 bytes=8 client=COLLECTION_L1 msi=1");
    EXPECT_EQ(
        line(event(ITS_UNIT_GICR, ITS_EV_MEM_WRITE, 0, 0x80, UINT64_MAX, ITS_CLIENT_LPI_PENDING)),
        "1234 gicr MEM_WRITE addr=0x80 data=0xffffffffffffffff client=LPI_PENDING");
    EXPECT_EQ(line(event(ITS_UNIT_MSIQ, ITS_EV_LEVEL, 0, 16, 0, ITS_QUEUE_WRITE_BUFFER)),
              "1234 msiq LEVEL level=16 queue=WRITE_BUFFER");
}

TEST(Text, MessagesCarryTheirRedistributorAndAcknowledgementsTheirFlags)
{
    EXPECT_EQ(line(event(ITS_UNIT_RDLINK, ITS_EV_RD_SEND, 5, its_ev_lpi(8192, 127), 0, RD_SET)),
              "1234 rdlink RD_SEND intid=8192 rd=127 kind=SET msi=5");
    EXPECT_EQ(line(event(ITS_UNIT_RDLINK, ITS_EV_RD_ACK, its_ref_cmd(9),
                         its_ev_lpi(8192, 3) | ITS_ACK_PENDING, RD_DONE, RD_TAKE)),
              "1234 rdlink RD_ACK intid=8192 rd=3 pending=1 outcome=DONE kind=TAKE cmd=9");
    EXPECT_EQ(line(event(ITS_UNIT_RDLINK, ITS_EV_RD_ACK, its_ref_cmd(9),
                         its_ev_lpi(8200, 0) | ITS_ACK_MORE, RD_LPI_OFF, RD_HAND_OVER)),
              "1234 rdlink RD_ACK intid=8200 rd=0 more=1 outcome=LPI_OFF kind=HAND_OVER cmd=9");
}

TEST(Text, RegisterOffsetsShowTheRedistributorOfGicrFramesOnly)
{
    EXPECT_EQ(
        line(event(ITS_UNIT_REG, ITS_EV_REG_WRITE, 0, its_ev_reg(0x80, 0), 0xb800, ITS_FRAME_GITS)),
        "1234 reg REG_WRITE offset=0x80 value=0xb800 frame=GITS");
    EXPECT_EQ(
        line(event(ITS_UNIT_GICR, ITS_EV_REG_READ, 0, its_ev_reg(0x70, 2), 1, ITS_FRAME_GICR)),
        "1234 gicr REG_READ offset=0x70 rd=2 value=0x1 frame=GICR");
    EXPECT_EQ(
        line(event(ITS_UNIT_SLV, ITS_EV_REG_BAD, 0, its_ev_reg(0x71, 2), 2, ITS_FRAME_GICR_SGI)),
        "1234 slv REG_BAD offset=0x71 rd=2 bytes=2 frame=GICR_SGI");
}

TEST(Text, DropCountersBearTheNamesOfTheReasons)
{
    auto counters = std::make_unique<its_counters>();
    its_counters_reset(counters.get());
    for (unsigned reason = 0; reason < ITS_DROPS; reason++) {
        std::string name = std::string("drops_") + its_drop_name(static_cast<its_drop>(reason));
        for (char &c : name)
            c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        const char *listed;
        uint64_t value;
        ASSERT_TRUE(
            its_counters_at(counters.get(), ITS_COUNT_drops_none + reason, &listed, &value));
        EXPECT_EQ(name, listed);
    }
}

TEST(Text, ErrorCodesShowNumberAndName)
{
    EXPECT_EQ(
        line(event(ITS_UNIT_CMDX, ITS_EV_CMD_ERROR, its_ref_cmd(3), 0x010801, 0, ITS_CMD_MAPD)),
        "1234 cmdx CMD_ERROR code=010801:MAPD_DEVICE_OOR op=MAPD cmd=3");
}

TEST(Text, WhatTheEventDoesNotKnowIsLeftOut)
{
    EXPECT_EQ(line(event(ITS_UNIT_REG, ITS_EV_MSI_DROP, 0, 0, 5, ITS_DROP_NO_DEVICE_ID)),
              "1234 reg MSI_DROP event=0x5 reason=NO_DEVICE_ID");
    EXPECT_EQ(line(event(ITS_UNIT_REG, ITS_EV_MSI_DROP, 0, 0, 5, ITS_DROP_DISABLED)),
              "1234 reg MSI_DROP device=0x0 event=0x5 reason=DISABLED");
    EXPECT_EQ(line(event(ITS_UNIT_CMDF, ITS_EV_CMD_FAULT, its_ref_cmd(3), 0x1000, 0, 0)),
              "1234 cmdf CMD_FAULT addr=0x1000 cmd=3");
    EXPECT_EQ(line(event(ITS_UNIT_CMDX, ITS_EV_CMD_FAULT, its_ref_cmd(3), 0, 0, ITS_CMD_INV)),
              "1234 cmdx CMD_FAULT addr=0x0 op=INV cmd=3");
}

TEST(Text, ValuesOutsideTheirEnumerationPrintAsNumbers)
{
    EXPECT_EQ(line(event(ITS_UNIT_CACHE, ITS_EV_HIT, 0, 0, 0, 6)),
              "1234 cache HIT device=0x0 key=0x0 entry=?6");
    EXPECT_EQ(line(event(ITS_UNIT_XLAT, ITS_EV_MSI_DROP, 0, 0, 0, ITS_DROPS)),
              "1234 xlat MSI_DROP device=0x0 event=0x0 reason=?" + std::to_string(ITS_DROPS));
    EXPECT_EQ(line(event(ITS_UNIT_CMDX, ITS_EV_CMD_DONE, 0, 0, 0, 0xfe)),
              "1234 cmdx CMD_DONE op=?0xfe");
    EXPECT_EQ(line(event(ITS_UNIT_CMDX, ITS_EV_CMD_DONE, 0, 0, 0, 0x105)),
              "1234 cmdx CMD_DONE op=?0x105");
    its_event e = event(ITS_UNITS, ITS_EVENTS, 0, 0, 0, 0);
    EXPECT_EQ(line(e), "1234 ?" + std::to_string(ITS_UNITS) + " ?" + std::to_string(ITS_EVENTS));
}

TEST(Text, LinesAreCutToTheBuffer)
{
    its_event e = event(ITS_UNIT_MSIQ, ITS_EV_MSI_ACCEPT, 7, 1, 2, 0);
    char text[12];
    std::memset(text, 'x', sizeof text);
    EXPECT_EQ(its_text_event(&e, text, 11), 10u);
    EXPECT_STREQ(text, "1234 msiq ");
    EXPECT_EQ(text[11], 'x');
    EXPECT_EQ(its_text_event(&e, text, 0), 0u);
    EXPECT_EQ(text[0], '1');
}

TEST(Text, EveryKindWithTheWidestValuesFitsTheBuffer)
{
    for (unsigned kind = 0; kind < ITS_EVENTS; kind++) {
        for (unsigned c = 0; c < 16; c++) {
            its_event e{UINT64_MAX,
                        UINT64_MAX,
                        UINT64_MAX,
                        UINT32_MAX,
                        static_cast<uint16_t>(c),
                        static_cast<uint8_t>(ITS_UNIT_RDLINK),
                        static_cast<uint8_t>(kind)};
            EXPECT_LT(line(e).size(), ITS_TEXT_BYTES - 20) << kind;
        }
    }
}

TEST(Text, EveryKindAndUnitHasItsOwnName)
{
    std::set<std::string> kinds, units;
    for (unsigned kind = 0; kind < ITS_EVENTS; kind++)
        kinds.insert(its_text_kind(kind));
    for (unsigned unit = 0; unit < ITS_UNITS; unit++)
        units.insert(its_text_unit(unit));
    EXPECT_EQ(kinds.size(), static_cast<size_t>(ITS_EVENTS));
    EXPECT_EQ(units.size(), static_cast<size_t>(ITS_UNITS));
    EXPECT_EQ(its_text_kind(ITS_EVENTS), nullptr);
    EXPECT_EQ(its_text_unit(ITS_UNITS), nullptr);
}

TEST(Text, SinkWritesOneLineAnEvent)
{
    char text[256] = "";
    std::FILE *file = fmemopen(text, sizeof text, "w");
    ASSERT_NE(file, nullptr);
    its_probe probe{its_text_sink, file, 42};
    its_emit(&probe, ITS_UNIT_DRAIN, ITS_EV_STATE, 0, 0, 0, ITS_ON);
    probe.cycle = 43;
    its_emit(&probe, ITS_UNIT_MSIQ, ITS_EV_MSI_ACCEPT, 1, 2, 3, 0);
    std::fclose(file);
    EXPECT_STREQ(text, "42 drain STATE state=ON\n43 msiq MSI_ACCEPT device=0x2 event=0x3 msi=1\n");
}

TEST(Text, SinkLeavesAWriteErrorInTheStream)
{
    std::FILE *file = std::fopen("/dev/full", "w");
    if (!file)
        GTEST_SKIP() << "no /dev/full here";
    its_event e = event(ITS_UNIT_MSIQ, ITS_EV_MSI_ACCEPT, 7, 1, 2, 0);
    its_text_sink(file, &e);
    EXPECT_NE(std::fclose(file), 0);
}

} // namespace
