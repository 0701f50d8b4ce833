/* SPDX-License-Identifier: MIT */
#include "arch/cmd.h"

#include <stddef.h>

#include "arch/bits.h"

#define DW0_OPCODE 0, 8
#define DW0_DEVICE 32, 32
#define DW1_EVENT 0, 32
#define DW1_INTID 32, 32
#define DW1_SIZE 0, 5
#define DW2_ICID 0, 16
#define DW2_ITT 8, 44
#define DW2_RDBASE 16, 36
#define DW2_VALID 63, 1
#define DW3_RDBASE 16, 36

/* A field has one place in every command that has it, so a command is a set of fields. */
enum {
    HAS_DEVICE = 1 << 0,
    HAS_EVENT = 1 << 1,
    HAS_INTID = 1 << 2,
    HAS_SIZE = 1 << 3,
    HAS_ICID = 1 << 4,
    HAS_ITT = 1 << 5,
    HAS_RDBASE = 1 << 6,
    HAS_VALID = 1 << 7,
    HAS_RDBASE2 = 1 << 8
};

typedef struct {
    const char *name;
    unsigned fields;
} layout;

static const layout layouts[] = {
    [ITS_CMD_MOVI] = {"MOVI", HAS_DEVICE | HAS_EVENT | HAS_ICID},
    [ITS_CMD_INT] = {"INT", HAS_DEVICE | HAS_EVENT},
    [ITS_CMD_CLEAR] = {"CLEAR", HAS_DEVICE | HAS_EVENT},
    [ITS_CMD_SYNC] = {"SYNC", HAS_RDBASE},
    [ITS_CMD_MAPD] = {"MAPD", HAS_DEVICE | HAS_SIZE | HAS_ITT | HAS_VALID},
    [ITS_CMD_MAPC] = {"MAPC", HAS_ICID | HAS_RDBASE | HAS_VALID},
    [ITS_CMD_MAPTI] = {"MAPTI", HAS_DEVICE | HAS_EVENT | HAS_INTID | HAS_ICID},
    [ITS_CMD_MAPI] = {"MAPI", HAS_DEVICE | HAS_EVENT | HAS_ICID},
    [ITS_CMD_INV] = {"INV", HAS_DEVICE | HAS_EVENT},
    [ITS_CMD_INVALL] = {"INVALL", HAS_ICID},
    [ITS_CMD_MOVALL] = {"MOVALL", HAS_RDBASE | HAS_RDBASE2},
    [ITS_CMD_DISCARD] = {"DISCARD", HAS_DEVICE | HAS_EVENT},
};

static const layout *find_layout(uint8_t opcode)
{
    if (opcode >= sizeof layouts / sizeof layouts[0] || !layouts[opcode].name)
        return NULL;
    return &layouts[opcode];
}

/* The bits of each doubleword that mean something in this command; all others are RES0. */
static void used_bits(unsigned fields, uint64_t mask[ITS_CMD_WORDS])
{
    mask[0] = ITS_MASK(DW0_OPCODE) | (fields & HAS_DEVICE ? ITS_MASK(DW0_DEVICE) : 0);
    mask[1] = (fields & HAS_EVENT ? ITS_MASK(DW1_EVENT) : 0) |
              (fields & HAS_INTID ? ITS_MASK(DW1_INTID) : 0) |
              (fields & HAS_SIZE ? ITS_MASK(DW1_SIZE) : 0);
    mask[2] = (fields & HAS_ICID ? ITS_MASK(DW2_ICID) : 0) |
              (fields & HAS_ITT ? ITS_MASK(DW2_ITT) : 0) |
              (fields & HAS_RDBASE ? ITS_MASK(DW2_RDBASE) : 0) |
              (fields & HAS_VALID ? ITS_MASK(DW2_VALID) : 0);
    mask[3] = fields & HAS_RDBASE2 ? ITS_MASK(DW3_RDBASE) : 0;
}

its_cmd its_cmd_unpack(const uint64_t dw[ITS_CMD_WORDS])
{
    its_cmd cmd = {.opcode = (uint8_t)ITS_GET(dw[0], DW0_OPCODE)};
    const layout *l = find_layout(cmd.opcode);
    if (!l)
        return cmd;

    if (l->fields & HAS_DEVICE)
        cmd.device = (uint32_t)ITS_GET(dw[0], DW0_DEVICE);
    if (l->fields & HAS_EVENT)
        cmd.event = (uint32_t)ITS_GET(dw[1], DW1_EVENT);
    if (l->fields & HAS_INTID)
        cmd.intid = (uint32_t)ITS_GET(dw[1], DW1_INTID);
    if (l->fields & HAS_SIZE)
        cmd.size = (uint8_t)ITS_GET(dw[1], DW1_SIZE);
    if (l->fields & HAS_ICID)
        cmd.icid = (uint16_t)ITS_GET(dw[2], DW2_ICID);
    if (l->fields & HAS_ITT)
        cmd.itt = dw[2] & ITS_MASK(DW2_ITT);
    if (l->fields & HAS_RDBASE)
        cmd.rdbase = ITS_GET(dw[2], DW2_RDBASE);
    if (l->fields & HAS_VALID)
        cmd.valid = ITS_GET(dw[2], DW2_VALID) != 0;
    if (l->fields & HAS_RDBASE2)
        cmd.rdbase2 = ITS_GET(dw[3], DW3_RDBASE);
    if (cmd.opcode == ITS_CMD_MAPI)
        cmd.intid = cmd.event;

    uint64_t mask[ITS_CMD_WORDS];
    used_bits(l->fields, mask);
    for (unsigned i = 0; i < ITS_CMD_WORDS; i++)
        cmd.res0_set = cmd.res0_set || (dw[i] & ~mask[i]) != 0;
    return cmd;
}

void its_cmd_pack(const its_cmd *cmd, uint64_t dw[ITS_CMD_WORDS])
{
    const layout *l = find_layout(cmd->opcode);
    unsigned fields = l ? l->fields : 0;

    dw[0] = cmd->opcode;
    dw[1] = dw[2] = dw[3] = 0;
    if (fields & HAS_DEVICE)
        dw[0] = ITS_SET(dw[0], DW0_DEVICE, cmd->device);
    if (fields & HAS_EVENT)
        dw[1] = ITS_SET(dw[1], DW1_EVENT, cmd->event);
    if (fields & HAS_INTID)
        dw[1] = ITS_SET(dw[1], DW1_INTID, cmd->intid);
    if (fields & HAS_SIZE)
        dw[1] = ITS_SET(dw[1], DW1_SIZE, cmd->size);
    if (fields & HAS_ICID)
        dw[2] = ITS_SET(dw[2], DW2_ICID, cmd->icid);
    if (fields & HAS_ITT)
        dw[2] |= cmd->itt & ITS_MASK(DW2_ITT);
    if (fields & HAS_RDBASE)
        dw[2] = ITS_SET(dw[2], DW2_RDBASE, cmd->rdbase);
    if (fields & HAS_VALID)
        dw[2] = ITS_SET(dw[2], DW2_VALID, cmd->valid);
    if (fields & HAS_RDBASE2)
        dw[3] = ITS_SET(dw[3], DW3_RDBASE, cmd->rdbase2);
}

const char *its_cmd_name(uint8_t opcode)
{
    const layout *l = find_layout(opcode);
    return l ? l->name : "UNKNOWN";
}

bool its_cmd_known(uint8_t opcode)
{
    return find_layout(opcode) != NULL;
}
