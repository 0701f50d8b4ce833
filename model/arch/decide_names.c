/* SPDX-License-Identifier: MIT */
/* Names of the values its_decide() answers with. */
#include <stdio.h>

#include "arch/decide.h"

const char *its_drop_name(its_drop drop)
{
    static const char *const names[ITS_DROPS] = {
        [ITS_DROP_NONE] = "NONE",
        [ITS_DROP_BASE_INVALID] = "BASE_INVALID",
        [ITS_DROP_EVENT_WIDE] = "EVENT_WIDE",
        [ITS_DROP_DEVICE_OOR] = "DEVICE_OOR",
        [ITS_DROP_DEVICE_UNMAPPED] = "DEVICE_UNMAPPED",
        [ITS_DROP_EVENT_OOR] = "EVENT_OOR",
        [ITS_DROP_EVENT_UNMAPPED] = "EVENT_UNMAPPED",
        [ITS_DROP_COLLECTION_OOR] = "COLLECTION_OOR",
        [ITS_DROP_COLLECTION_UNMAPPED] = "COLLECTION_UNMAPPED",
        [ITS_DROP_TARGET_OOR] = "TARGET_OOR",
        [ITS_DROP_TABLE_FAULT] = "TABLE_FAULT",
        [ITS_DROP_DISABLED] = "DISABLED",
        [ITS_DROP_LPI_OFF] = "LPI_OFF",
        [ITS_DROP_INTID_OOR] = "INTID_OOR",
        [ITS_DROP_ASLEEP] = "ASLEEP",
        [ITS_DROP_NO_DEVICE_ID] = "NO_DEVICE_ID",
    };
    return (unsigned)drop < ITS_DROPS ? names[drop] : "UNKNOWN";
}

const char *its_rd_message_name(its_rd_message message)
{
    static const char *const names[] = {
        [ITS_RD_NONE] = "NONE",       [ITS_RD_SET] = "SET",   [ITS_RD_CLEAR] = "CLEAR",
        [ITS_RD_DISCARD] = "DISCARD", [ITS_RD_INV] = "INV",   [ITS_RD_INVALL] = "INVALL",
        [ITS_RD_SYNC] = "SYNC",       [ITS_RD_MOVE] = "MOVE", [ITS_RD_MOVE_ALL] = "MOVE_ALL",
    };
    return (unsigned)message < sizeof names / sizeof names[0] ? names[message] : "UNKNOWN";
}

static const char *reason_name(uint8_t opcode, uint8_t reason)
{
    switch (reason) {
    case ITS_ERR_DEVICE_OOR:
        return "DEVICE_OOR";
    case ITS_ERR_ITTSIZE_OOR: /* and PROCNUM_OOR: one number, two commands */
        return opcode == ITS_CMD_MAPC ? "PROCNUM_OOR" : "ITTSIZE_OOR";
    case ITS_ERR_COLLECTION_OOR:
        return "COLLECTION_OOR";
    case ITS_ERR_UNMAPPED_DEVICE:
        return "UNMAPPED_DEVICE";
    case ITS_ERR_ID_OOR:
        return "ID_OOR";
    case ITS_ERR_PHYSICALID_OOR:
        return "PHYSICALID_OOR";
    case ITS_ERR_UNMAPPED_INTERRUPT:
        return "UNMAPPED_INTERRUPT";
    case ITS_ERR_MAPTI_MAPPED:
        return "MAPPED";
    case ITS_ERR_UNMAPPED_COLLECTION:
        return "UNMAPPED_COLLECTION";
    case ITS_ERR_ITE_INVALID:
        return "ITE_INVALID";
    case ITS_ERR_TGT_OOR:
        return "TGT_OOR";
    case ITS_ERR_DST_TGT_OOR:
        return "DST_TGT_OOR";
    case ITS_ERR_LPI_OFF:
        return "LPI_OFF";
    case ITS_ERR_DST_LPI_OFF:
        return "DST_LPI_OFF";
    case ITS_ERR_TGT_PHYSICALID_OOR:
        return "TGT_PHYSICALID_OOR";
    case ITS_ERR_UNSUPPORTED:
        return "UNSUPPORTED";
    default:
        return "UNKNOWN";
    }
}

void its_error_name(uint32_t code, char *text, unsigned bytes)
{
    uint8_t command = (uint8_t)(code >> 8);
    uint8_t reason = (uint8_t)code;

    /* Command byte 05 is CLEAR's, except for the one error that SYNC can have. */
    if (command == ITS_CMD_SYNC && reason != ITS_ERR_TGT_OOR)
        command = ITS_CMD_CLEAR;
    snprintf(text, bytes, "%s_%s", its_cmd_name(command), reason_name(command, reason));
}
