/* SPDX-License-Identifier: MIT */
/*
 * cmd.h - ITS command packets: the 32-byte entries of the command queue.
 *
 * Pure functions. Encodings: Arm GIC Architecture Specification (IHI 0069), chapter "ITS commands".
 */
#ifndef ITSIM_ARCH_CMD_H
#define ITSIM_ARCH_CMD_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ITS_CMD_BYTES 32u
#define ITS_CMD_WORDS 4u

/* DW0[7:0] of a command packet. */
typedef enum {
    ITS_CMD_MOVI = 0x01,
    ITS_CMD_INT = 0x03,
    ITS_CMD_CLEAR = 0x04,
    ITS_CMD_SYNC = 0x05,
    ITS_CMD_MAPD = 0x08,
    ITS_CMD_MAPC = 0x09,
    ITS_CMD_MAPTI = 0x0A,
    ITS_CMD_MAPI = 0x0B,
    ITS_CMD_INV = 0x0C,
    ITS_CMD_INVALL = 0x0D,
    ITS_CMD_MOVALL = 0x0E,
    ITS_CMD_DISCARD = 0x0F
} its_opcode;

/*
 * An unpacked command. Fields that the opcode does not use are 0. For MAPI, intid equals event.
 * RDbase fields hold bits [51:16] of their doubleword, right aligned (36 bits): a Processor_Number
 * in its low 16 bits when GITS_TYPER.PTA is 0, address bits [51:16] when it is 1.
 */
typedef struct its_cmd {
    uint64_t itt;      /* MAPD: ITT_addr, a byte address, 256-byte aligned */
    uint64_t rdbase;   /* MAPC, SYNC; MOVALL: source */
    uint64_t rdbase2;  /* MOVALL: destination */
    uint32_t device;   /* DeviceID */
    uint32_t event;    /* EventID */
    uint32_t intid;    /* pINTID */
    uint16_t icid;     /* ICID */
    uint8_t opcode;    /* DW0[7:0] as fetched, known or not */
    uint8_t size;      /* MAPD: EventID bits minus 1 */
    bool valid;        /* MAPD, MAPC: the V bit */
    bool res0_set;     /* a bit that is RES0 for this opcode was 1 (ignored; a checker may warn) */
    uint8_t unused[6]; /* states compare as bytes: no padding */
} its_cmd;

/* Unpacks four little-endian doublewords. Every input is accepted; unknown opcodes set only opcode. */
its_cmd its_cmd_unpack(const uint64_t dw[ITS_CMD_WORDS]);

/* Packs a command; the inverse of unpack for every known opcode. Fields are cut to their width. */
void its_cmd_pack(const its_cmd *cmd, uint64_t dw[ITS_CMD_WORDS]);

/* "MAPTI", or "UNKNOWN" for an opcode outside its_opcode. Never NULL. */
const char *its_cmd_name(uint8_t opcode);

/* True for the twelve physical GICv3 commands. */
bool its_cmd_known(uint8_t opcode);

#ifdef __cplusplus
}
#endif

#endif
