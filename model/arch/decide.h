/* SPDX-License-Identifier: MIT */
/*
 * decide.h - what a command or an MSI means. The one place where semantics live.
 *
 * its_decide() is a pure function: no state, no memory, no time. The caller asks; the verdict is what
 * must be known next, or what happens. The caller looks that entry up or fetches it, notes it in
 * `known`, and asks again: a miss is a replay, as in hardware. Each verdict of kind NEED names an
 * operand that was not yet HELD or FAULT, so replays always end.
 *
 * Semantics: Arm GIC Architecture Specification (IHI 0069), chapters on the ITS and its commands;
 * choices it leaves open are fields of the profile.
 */
#ifndef ITSIM_ARCH_DECIDE_H
#define ITSIM_ARCH_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/cmd.h"
#include "arch/entry.h"
#include "arch/profile.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A table as its GITS_BASER describes it. */
typedef struct its_table {
    uint64_t base;      /* byte address, aligned to the page */
    uint64_t entries;   /* identifiers below this fit (two-level: if every L1 entry is valid) */
    uint64_t per_page;  /* two-level: entries in one level-2 page */
    uint32_t stride;    /* bytes from entry to entry */
    uint8_t page_shift; /* 12, 14, 16 */
    bool valid;
    bool indirect;
} its_table;

/* What the registers say; it changes only while the ITS is OFF. */
typedef struct its_facts {
    const its_profile *profile;
    its_table device;
    its_table collection; /* valid is false when the profile has no collection table */
} its_facts;

/*
 * Builds a table from a GITS_BASER value of this stride (bytes, above 0; 0 gives an invalid table).
 * Page_Size 3 counts as 64 KB; address bits below the page are taken as 0.
 */
its_table its_table_from_baser(uint64_t baser, uint32_t stride);

/* Base of a level-2 page: the address of a level-1 entry without the bits that are RES0. */
static inline uint64_t its_table_page(const its_table *table, uint64_t address)
{
    return address & ~((UINT64_C(1) << table->page_shift) - 1u);
}

typedef struct its_request {
    its_cmd cmd; /* an MSI uses device and event only */
    bool msi;
    uint8_t unused[7]; /* states compare as bytes: no padding */
} its_request;

/*
 * The EventID an MSI is looked up by: with eventid_wide 1 the bits above eventid_bits are ignored.
 * Verdicts name it; who looks up before asking must use it too.
 */
static inline uint32_t its_msi_event(const its_profile *profile, uint32_t event)
{
    return profile->eventid_wide ? event & (uint32_t)((UINT64_C(1) << profile->eventid_bits) - 1u)
                                 : event;
}

/* Places for every entry one request can need. */
typedef enum {
    ITS_OPERAND_DEVICE_L1,
    ITS_OPERAND_DTE,
    ITS_OPERAND_ITE,
    ITS_OPERAND_CTE,  /* of the ITE's collection, or the command's when it names only that */
    ITS_OPERAND_CTE2, /* MOVI: of the new collection */
    ITS_OPERAND_COLLECTION_L1,
    ITS_OPERAND_COLLECTION_L12,
    ITS_OPERANDS
} its_operand;

enum {
    ITS_UNASKED, /* not looked up yet */
    ITS_MISSED, /* looked up by key: neither a cache, nor a register, nor the write buffer has it */
    ITS_HELD,   /* known; value and address are good */
    ITS_FAULT   /* its read got a bus error */
};

typedef struct its_operands {
    uint8_t state[8]; /* ITS_UNASKED ...; index its_operand */
    uint64_t address[ITS_OPERANDS];
    its_entry value[ITS_OPERANDS];
} its_operands;

typedef enum {
    ITS_VERDICT_NEED,
    ITS_VERDICT_DO,
    ITS_VERDICT_DROP,  /* MSI only */
    ITS_VERDICT_ERROR, /* command only */
    ITS_VERDICT_FAULT  /* command only: a table read it needs got a bus error */
} its_verdict_kind;

/* Why an MSI is dropped. The first block is its_decide's, the second is found elsewhere. */
typedef enum {
    ITS_DROP_NONE,
    ITS_DROP_BASE_INVALID, /* a device or collection BASER is not valid */
    ITS_DROP_EVENT_WIDE,   /* EventID bits above eventid_bits */
    ITS_DROP_DEVICE_OOR,   /* DeviceID out of range, or its level-1 entry invalid */
    ITS_DROP_DEVICE_UNMAPPED,
    ITS_DROP_EVENT_OOR, /* EventID beyond the device's ITT */
    ITS_DROP_EVENT_UNMAPPED,
    ITS_DROP_COLLECTION_OOR, /* ICID out of range, or its level-1 entry invalid */
    ITS_DROP_COLLECTION_UNMAPPED,
    ITS_DROP_TARGET_OOR,   /* no such redistributor */
    ITS_DROP_TABLE_FAULT,  /* a table read got a bus error */
    ITS_DROP_DISABLED,     /* GITS_CTLR.Enabled was 0 at acceptance */
    ITS_DROP_LPI_OFF,      /* redistributor: EnableLPIs is 0 */
    ITS_DROP_INTID_OOR,    /* redistributor: INTID beyond PROPBASER.IDbits */
    ITS_DROP_ASLEEP,       /* GICR_WAKER.Sleep is 1, at acceptance or at the redistributor */
    ITS_DROP_NO_DEVICE_ID, /* the write carried no DeviceID */
    ITS_DROPS
} its_drop;

/* Reason byte of a command error code (IHI 0069, "ITS command error encodings"; OcteonTX CSRs). */
enum {
    ITS_ERR_DEVICE_OOR = 0x01,
    ITS_ERR_ITTSIZE_OOR = 0x02, /* MAPD */
    ITS_ERR_PROCNUM_OOR = 0x02, /* MAPC */
    ITS_ERR_COLLECTION_OOR = 0x03,
    ITS_ERR_UNMAPPED_DEVICE = 0x04,
    ITS_ERR_ID_OOR = 0x05,
    ITS_ERR_PHYSICALID_OOR = 0x06,
    ITS_ERR_UNMAPPED_INTERRUPT = 0x07,
    ITS_ERR_UNMAPPED_COLLECTION = 0x09,
    ITS_ERR_ITE_INVALID = 0x10,
    ITS_ERR_TGT_OOR = 0x20,     /* GIC-600: SYNC, MOVALL source */
    ITS_ERR_DST_TGT_OOR = 0x21, /* GIC-600: MOVALL destination */
    ITS_ERR_LPI_OFF = 0x23,     /* GIC-600: EnableLPIs is 0 at the target, or at MOVALL's source */
    ITS_ERR_DST_LPI_OFF = 0x24, /* GIC-600: EnableLPIs is 0 at the destination */
    ITS_ERR_TGT_PHYSICALID_OOR = 0x26, /* GIC-600: the target does not have this INTID */
    ITS_ERR_MAPTI_MAPPED = 0x08,       /* ours: mapti_mapped 2 */
    ITS_ERR_UNSUPPORTED = 0xFF
};

/* What a redistributor is told. */
typedef enum {
    ITS_RD_NONE,
    ITS_RD_SET,     /* make intid pending */
    ITS_RD_CLEAR,   /* make intid not pending */
    ITS_RD_DISCARD, /* clear, and drop the held configuration */
    ITS_RD_INV,     /* re-read the configuration of intid */
    ITS_RD_INVALL,  /* re-read all configuration */
    ITS_RD_SYNC,    /* acknowledge when everything before is done */
    ITS_RD_MOVE,    /* compound: if intid is pending at rd, take it there and set it at rd2 */
    ITS_RD_MOVE_ALL /* compound: rd hands its whole pending set to rd2 */
} its_rd_message;

typedef enum { ITS_SCAN_NONE, ITS_SCAN_DROP, ITS_SCAN_WRITE_BACK } its_scan;

typedef struct its_verdict {
    uint64_t address; /* NEED: where the entry lies, if fetch; DO: where `entry` is written;
                         FAULT: where the read that failed went */
    its_entry entry;  /* DO: value to write */
    uint32_t code;    /* ERROR: 24 bits, 0x01, command byte, reason byte */
    uint32_t device;  /* NEED, DO: key of a device-keyed entry; DO: the device to scan */
    uint32_t event;   /* NEED, DO: EventID of an ITE; the ICID of a CTE or collection L1 */
    uint32_t intid;   /* DO: of the message */
    uint16_t rd;      /* DO: target of the message */
    uint16_t rd2;     /* DO: second target of a compound message */
    uint8_t kind;     /* its_verdict_kind */
    uint8_t operand;  /* NEED: its_operand to fill in; FAULT: the one whose read failed */
    uint8_t what;     /* NEED, DO with write: its_entry_kind */
    uint8_t drop;     /* DROP: its_drop */
    uint8_t message;  /* DO: its_rd_message */
    uint8_t scan;     /* DO: its_scan of `device`'s events */
    bool fetch;       /* NEED: address is computable. Look up by key first if UNASKED, then fetch */
    bool write; /* DO: write `entry` of kind `what` at address (hardware collection: no address) */
    uint8_t unused[4]; /* states compare as bytes: no padding */
} its_verdict;

/*
 * Rules for the caller:
 * - NEED with the operand UNASKED: look it up by key. Found: HELD. Not found: if `fetch`, read memory
 *   (HELD or FAULT), else note MISSED and ask again. (A caller without caches may skip the lookup.)
 * - NEED with the operand MISSED: `fetch` is true; read memory.
 * - Level-1 entries are held only when valid: an invalid one read from memory is HELD in `known` for
 *   this request and must not be kept for another.
 * - Hardware collections (icid < hcc) are always found by key: HELD, with address 0.
 * - DO: the effects are, in this order, at most one scan, one message, one entry write.
 */
void its_decide(const its_facts *facts, const its_request *rq, const its_operands *known,
                its_verdict *out);

/*
 * Collections (GITS_TYPER.HCC, CCT): ICIDs below hcc are always the hardware's. Without a valid
 * collection table these are all there are. With one, cct 1 adds its entries behind them (entry
 * icid - hcc); cct 0 makes the table alone the limit, entry icid is that of the ICID and the first
 * hcc entries stay unused (the architecture leaves open where those live: ours).
 *
 * True when icid is one of the hardware collections rather than one of the table in memory.
 */
static inline bool its_collection_in_hardware(const its_facts *facts, uint32_t icid)
{
    return icid < facts->profile->hcc;
}

/*
 * Does the queue stop at this command, its verdict being ERROR or FAULT? (profile command_error,
 * table_error.) The GIC-600, command_error 2, stops at what the ITS itself finds; what belongs to a
 * redistributor, reasons 0x20 to 0x2f, only loses its effect (GIC-600AE TRM, command errors).
 */
bool its_command_stalls(const its_profile *profile, const its_verdict *verdict);

/* Whose report an error of this command is: an INT's is that of a translation, like an MSI's (GIC-600AE
 * TRM, command errors: FCTLR.UEE; FCTLR.CEE for the others). */
enum { ITS_REPORT_COMMAND = 1, ITS_REPORT_TRANSLATION = 2 };
uint8_t its_command_report(uint8_t opcode);

/* The 24-bit code of an error: 0x01, command byte (CLEAR has SYNC's, as published), reason. */
uint32_t its_error_code(uint8_t opcode, uint8_t reason);

/* What a command changes; while it runs, translations that use this key must not go on. */
typedef enum { ITS_HOLD_NONE, ITS_HOLD_DEVICE, ITS_HOLD_EVENT, ITS_HOLD_COLLECTION } its_hold_kind;
its_hold_kind its_cmd_holds(uint8_t opcode);

/* "DEVICE_UNMAPPED" etc.; "SET" etc. Never NULL. */
const char *its_drop_name(its_drop drop);
const char *its_rd_message_name(its_rd_message message);

/* GITS_STATUSR.Syndrome for a drop reason, 0 when it has none. */
uint8_t its_drop_syndrome(its_drop drop);

/*
 * "MAPD_DEVICE_OOR" for 0x010801; written to `text`, cut to `bytes` with the terminating zero.
 * CLEAR's codes carry command byte 05, as published; 0x010520, which CLEAR shares with SYNC, is
 * SYNC_TGT_OOR. An opcode that is no GICv3 command reads "UNKNOWN_UNSUPPORTED".
 */
void its_error_name(uint32_t code, char *text, unsigned bytes);

#ifdef __cplusplus
}
#endif

#endif
