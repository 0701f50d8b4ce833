/* SPDX-License-Identifier: MIT */
/* Encodings below are written out by hand from IHI 0069, chapter "ITS commands". */
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

extern "C" {
#include "arch/cmd.h"
}

namespace {

using packet = std::array<uint64_t, ITS_CMD_WORDS>;

packet pack(const its_cmd &cmd)
{
    packet dw;
    dw.fill(~UINT64_C(0)); /* pack must write every bit */
    its_cmd_pack(&cmd, dw.data());
    return dw;
}

its_cmd unpack(const packet &dw)
{
    return its_cmd_unpack(dw.data());
}

its_cmd make(uint8_t opcode)
{
    its_cmd cmd = {};
    cmd.opcode = opcode;
    return cmd;
}

void expect_equal(const its_cmd &a, const its_cmd &b)
{
    EXPECT_EQ(a.opcode, b.opcode);
    EXPECT_EQ(a.device, b.device);
    EXPECT_EQ(a.event, b.event);
    EXPECT_EQ(a.intid, b.intid);
    EXPECT_EQ(a.icid, b.icid);
    EXPECT_EQ(a.itt, b.itt);
    EXPECT_EQ(a.rdbase, b.rdbase);
    EXPECT_EQ(a.rdbase2, b.rdbase2);
    EXPECT_EQ(a.size, b.size);
    EXPECT_EQ(a.valid, b.valid);
    EXPECT_EQ(a.res0_set, b.res0_set);
}

const uint8_t opcodes[] = {ITS_CMD_MOVI, ITS_CMD_INT,    ITS_CMD_CLEAR,  ITS_CMD_SYNC,
                           ITS_CMD_MAPD, ITS_CMD_MAPC,   ITS_CMD_MAPTI,  ITS_CMD_MAPI,
                           ITS_CMD_INV,  ITS_CMD_INVALL, ITS_CMD_MOVALL, ITS_CMD_DISCARD};

} // namespace

TEST(Cmd, MapdPacksEveryField)
{
    its_cmd cmd = make(ITS_CMD_MAPD);
    cmd.device = 0x12345678;
    cmd.size = 0x1f;
    cmd.itt = UINT64_C(0x000fedcba9876500);
    cmd.valid = true;
    packet want = {UINT64_C(0x1234567800000008), 0x1f, UINT64_C(0x800fedcba9876500), 0};
    EXPECT_EQ(pack(cmd), want);
}

TEST(Cmd, MapcPacksEveryField)
{
    its_cmd cmd = make(ITS_CMD_MAPC);
    cmd.icid = 0xabcd;
    cmd.rdbase = UINT64_C(0xfedcba987);
    cmd.valid = true;
    packet want = {0x09, 0, UINT64_C(0x800fedcba987abcd), 0};
    EXPECT_EQ(pack(cmd), want);
}

TEST(Cmd, MaptiPacksEveryField)
{
    its_cmd cmd = make(ITS_CMD_MAPTI);
    cmd.device = 0x11;
    cmd.event = 0x22222222;
    cmd.intid = 0x33333333;
    cmd.icid = 0x4444;
    packet want = {UINT64_C(0x000000110000000a), UINT64_C(0x3333333322222222), 0x4444, 0};
    EXPECT_EQ(pack(cmd), want);
}

TEST(Cmd, MapiTakesItsIntidFromTheEvent)
{
    packet dw = {UINT64_C(0x000000110000000b), 0x2345, 0x0007, 0};
    its_cmd cmd = unpack(dw);
    EXPECT_EQ(cmd.event, 0x2345u);
    EXPECT_EQ(cmd.intid, 0x2345u);
    EXPECT_EQ(cmd.icid, 7u);
    EXPECT_FALSE(cmd.res0_set);
    EXPECT_EQ(pack(cmd), dw);
}

TEST(Cmd, MoviPacksEveryField)
{
    its_cmd cmd = make(ITS_CMD_MOVI);
    cmd.device = 0xffffffff;
    cmd.event = 0xfffffffe;
    cmd.icid = 0xffff;
    packet want = {UINT64_C(0xffffffff00000001), 0xfffffffe, 0xffff, 0};
    EXPECT_EQ(pack(cmd), want);
}

TEST(Cmd, MovallPacksSourceAndDestination)
{
    its_cmd cmd = make(ITS_CMD_MOVALL);
    cmd.rdbase = 3;
    cmd.rdbase2 = UINT64_C(0x800000001);
    packet want = {0x0e, 0, 0x30000, UINT64_C(0x0008000000010000)};
    EXPECT_EQ(pack(cmd), want);
}

TEST(Cmd, SyncAndInvallPackTheirOneField)
{
    its_cmd sync = make(ITS_CMD_SYNC);
    sync.rdbase = 5;
    EXPECT_EQ(pack(sync), (packet{0x05, 0, 0x50000, 0}));
    its_cmd invall = make(ITS_CMD_INVALL);
    invall.icid = 9;
    EXPECT_EQ(pack(invall), (packet{0x0d, 0, 9, 0}));
}

TEST(Cmd, EventCommandsPackDeviceAndEvent)
{
    for (uint8_t op : {ITS_CMD_INT, ITS_CMD_CLEAR, ITS_CMD_INV, ITS_CMD_DISCARD}) {
        its_cmd cmd = make(op);
        cmd.device = 0xd;
        cmd.event = 0xe;
        EXPECT_EQ(pack(cmd), (packet{UINT64_C(0xd00000000) | op, 0xe, 0, 0}));
    }
}

TEST(Cmd, UnpackIsTheInverseOfPack)
{
    for (uint8_t op : opcodes) {
        its_cmd all = make(op); /* every field set: pack keeps those the command has */
        all.device = 0x89abcdef;
        all.event = 0x76543210;
        all.intid = 0x13572468;
        all.icid = 0x9876;
        all.itt = UINT64_C(0x000123456789ab00);
        all.rdbase = UINT64_C(0xabcdef012);
        all.rdbase2 = UINT64_C(0x210fedcba);
        all.size = 21;
        all.valid = true;
        packet dw = pack(all);
        its_cmd cmd = unpack(dw);
        EXPECT_FALSE(cmd.res0_set) << its_cmd_name(op);
        EXPECT_EQ(pack(cmd), dw) << its_cmd_name(op);
        expect_equal(unpack(pack(cmd)), cmd);
    }
}

TEST(Cmd, PackCutsFieldsToTheirWidth)
{
    its_cmd cmd = make(ITS_CMD_MAPD);
    cmd.size = 0xff;
    cmd.itt = ~UINT64_C(0);
    EXPECT_EQ(pack(cmd), (packet{0x08, 0x1f, UINT64_C(0x000fffffffffff00), 0}));
    its_cmd sync = make(ITS_CMD_SYNC);
    sync.rdbase = ~UINT64_C(0);
    EXPECT_EQ(pack(sync), (packet{0x05, 0, UINT64_C(0x000fffffffff0000), 0}));
}

TEST(Cmd, EveryBitIsAFieldOrRes0)
{
    for (uint8_t op : opcodes) {
        for (unsigned bit = 8; bit < 256; bit++) {
            packet dw = {op, 0, 0, 0};
            dw[bit / 64] |= UINT64_C(1) << (bit % 64);
            its_cmd cmd = unpack(dw);
            EXPECT_EQ(cmd.opcode, op);
            if (cmd.res0_set)
                EXPECT_EQ(pack(cmd), (packet{op, 0, 0, 0})) << its_cmd_name(op) << " bit " << bit;
            else
                EXPECT_EQ(pack(cmd), dw) << its_cmd_name(op) << " bit " << bit;
        }
    }
}

/* Whatever the packet holds in their places. */
TEST(Cmd, FieldsThatACommandDoesNotHaveAreZero)
{
    using set = std::set<uint8_t>;
    const set of_device = {ITS_CMD_MOVI,  ITS_CMD_INT,  ITS_CMD_CLEAR, ITS_CMD_MAPD,
                           ITS_CMD_MAPTI, ITS_CMD_MAPI, ITS_CMD_INV,   ITS_CMD_DISCARD};
    const set of_event = {ITS_CMD_MOVI, ITS_CMD_INT, ITS_CMD_CLEAR,  ITS_CMD_MAPTI,
                          ITS_CMD_MAPI, ITS_CMD_INV, ITS_CMD_DISCARD};
    const set of_collection = {ITS_CMD_MOVI, ITS_CMD_MAPC, ITS_CMD_MAPTI, ITS_CMD_MAPI,
                               ITS_CMD_INVALL};
    for (uint8_t op : opcodes) {
        packet dw;
        dw.fill(~UINT64_C(0));
        dw[0] = UINT64_C(0xffffffffffffff00) | op;
        its_cmd c = unpack(dw);
        EXPECT_EQ(c.device != 0, of_device.count(op) == 1) << its_cmd_name(op);
        EXPECT_EQ(c.event != 0, of_event.count(op) == 1) << its_cmd_name(op);
        EXPECT_EQ(c.intid != 0, op == ITS_CMD_MAPTI || op == ITS_CMD_MAPI) << its_cmd_name(op);
        EXPECT_EQ(c.icid != 0, of_collection.count(op) == 1) << its_cmd_name(op);
        EXPECT_EQ(c.size != 0, op == ITS_CMD_MAPD) << its_cmd_name(op);
        EXPECT_EQ(c.itt != 0, op == ITS_CMD_MAPD) << its_cmd_name(op);
        EXPECT_EQ(c.valid, op == ITS_CMD_MAPD || op == ITS_CMD_MAPC) << its_cmd_name(op);
        EXPECT_EQ(c.rdbase != 0, op == ITS_CMD_SYNC || op == ITS_CMD_MAPC || op == ITS_CMD_MOVALL)
            << its_cmd_name(op);
        EXPECT_EQ(c.rdbase2 != 0, op == ITS_CMD_MOVALL) << its_cmd_name(op);
    }
}

TEST(Cmd, UnknownOpcodesSetOnlyTheOpcode)
{
    for (unsigned op = 0; op < 256; op++) {
        bool known = false;
        for (uint8_t k : opcodes)
            known = known || k == op;
        EXPECT_EQ(its_cmd_known(uint8_t(op)), known) << op;
        if (known)
            continue;
        packet dw;
        dw.fill(~UINT64_C(0));
        dw[0] = UINT64_C(0xffffffffffffff00) | op;
        expect_equal(unpack(dw), make(uint8_t(op)));
        EXPECT_EQ(pack(unpack(dw)), (packet{op, 0, 0, 0}));
        EXPECT_STREQ(its_cmd_name(uint8_t(op)), "UNKNOWN");
    }
}

TEST(Cmd, NamesAreTheArchitectures)
{
    std::string names;
    for (uint8_t op : opcodes)
        names += std::string(its_cmd_name(op)) + " ";
    EXPECT_EQ(names, "MOVI INT CLEAR SYNC MAPD MAPC MAPTI MAPI INV INVALL MOVALL DISCARD ");
}
