/* SPDX-License-Identifier: MIT */
/*
 * regs.h - the register map as C: what lies where, what it reads out of reset, what can be written.
 *
 * Pure functions over regs.def, for whoever stores the registers (reg, gicr, gicd). A unit finds the
 * register of an access, merges the bytes written into the value it holds, lets its_reg_write() keep
 * what the profile lets software change, and answers reads with value & its_reg_read_mask(). What a
 * register does is the unit's business.
 */
#ifndef ITSIM_ARCH_REGS_H
#define ITSIM_ARCH_REGS_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/bits.h"
#include "arch/map.h"
#include "arch/profile.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Every register by its architectural name; GITS_BASER0 to GITS_BASER7 follow each other. */
typedef enum {
#define REG32(frame, name, offset, access, reset, mask, doc) name,
#define REG64(frame, name, offset, access, reset, mask, doc) name,
#include "arch/regs.def"
#undef REG32
#undef REG64
    ITS_REG_RESERVED, /* nothing there: reads as zero, ignores writes */
    ITS_REGS = ITS_REG_RESERVED
} its_reg;

typedef enum { ITS_REG_RO, ITS_REG_RW, ITS_REG_WO } its_reg_access;

typedef struct its_reg_desc {
    const char *name; /* "GITS_CBASER" */
    const char *doc;  /* its fields */
    uint64_t reset;   /* of the widest configuration: see its_reg_reset() */
    uint64_t mask;    /* of the widest configuration: see its_reg_mask() */
    uint32_t offset;  /* bytes, in its frame */
    uint8_t frame;    /* its_frame */
    uint8_t access;   /* its_reg_access */
    uint8_t bytes;    /* 4 or 8 */
} its_reg_desc;

/* The register that byte `offset` of the frame belongs to, or ITS_REG_RESERVED. */
its_reg its_reg_find(its_frame frame, uint32_t offset);

/* Its description; that of reserved space is named "reserved". Never NULL. */
const its_reg_desc *its_reg_at(its_reg reg);

/* False: this configuration does not have the register; treat it as reserved. */
bool its_reg_present(const its_profile *profile, its_reg reg);

/*
 * True when an access of `bytes` at `offset` has a size and alignment the architecture gives a
 * meaning: 4 aligned bytes anywhere; 8 aligned bytes of a 64-bit register or of reserved space, 2
 * bytes of GITS_TRANSLATER, 8 with msi64. False for bytes that are not 1, 2, 4 or 8. Frames whose byte registers are not modelled
 * (GICD, SGI_base) and unmapped space take any size outside the registers listed.
 */
bool its_reg_access_ok(const its_profile *profile, its_frame frame, uint32_t offset,
                       unsigned bytes);

/*
 * Value out of reset; for RO registers that never change, their value. Fields that are UNKNOWN at
 * reset are 0, except Page_Size. `rd` is the redistributor's number, for GICR registers.
 */
uint64_t its_reg_reset(const its_profile *profile, its_reg reg, unsigned rd);

/*
 * Bits a write can change. PENDBASER.PTZ is among them although it reads 0; CWRITER.Retry, which is
 * never stored, is not. Ones written to FCTLR's invalidations act, ones written to STATUSR clear.
 */
uint64_t its_reg_mask(const its_profile *profile, its_reg reg);

/* Bits that the architecture leaves UNKNOWN at reset: what unknown_reset 1 or perturb fills at random. */
uint64_t its_reg_unknown(const its_profile *profile, its_reg reg);

/*
 * its_reg_reset(), but with the UNKNOWN fields as the profile's unknown_reset wants them: 0, or random
 * numbers that depend on nothing but reset_seed, the register and `rd`. With perturb they are random
 * in any case, and perturb is the seed.
 */
uint64_t its_reg_out_of_reset(const its_profile *profile, its_reg reg, unsigned rd);

/* Bits a read can return: all, but for WO registers and PENDBASER.PTZ. */
uint64_t its_reg_read_mask(its_reg reg);

/*
 * The whole-register value after software wrote `value` over `old`. GITS_BASERn: a Page_Size that
 * the profile does not accept keeps the old one, 3 becomes 2 (64 KB); address bits that the page
 * size or the profile does not have become 0.
 */
uint64_t its_reg_write(const its_profile *profile, its_reg reg, uint64_t old, uint64_t value);

/* A write of `bytes` at `offset` to a register that holds `old`: the whole-register value meant. */
uint64_t its_reg_merge(its_reg reg, uint32_t offset, unsigned bytes, uint64_t old, uint64_t data);

/* The right-aligned part of the whole-register value that a read of `bytes` at `offset` returns. */
uint64_t its_reg_part(its_reg reg, uint32_t offset, unsigned bytes, uint64_t value);

/* --- fields ----------------------------------------------------------------------------------- */

#define GITS_CTLR_ENABLED 0, 1
#define GITS_CTLR_UMSI_IRQ 8, 1
#define GITS_CTLR_QUIESCENT 31, 1

#define GITS_TYPER_PHYSICAL 0, 1
#define GITS_TYPER_CCT 2, 1
#define GITS_TYPER_ITT_ENTRY_SIZE 4, 4
#define GITS_TYPER_ID_BITS 8, 5
#define GITS_TYPER_DEVBITS 13, 5
#define GITS_TYPER_SEIS 18, 1
#define GITS_TYPER_PTA 19, 1
#define GITS_TYPER_HCC 24, 8
#define GITS_TYPER_CIDBITS 32, 4
#define GITS_TYPER_CIL 36, 1
#define GITS_TYPER_UMSI 44, 1
#define GITS_TYPER_UMSI_IRQ 45, 1
#define GITS_TYPER_INV 46, 1

#define FCTLR_UEE 2, 1
#define FCTLR_CEE 3, 1
#define FCTLR_INVALIDATE 16, 3 /* its_invalidate */
#define FCTLR_PWE 30, 1

/* Caches that FCTLR.ICC, IDC and IEC drop, one bit each. */
typedef enum {
    ITS_INVALIDATE_COLLECTION = 1,
    ITS_INVALIDATE_DEVICE = 2,
    ITS_INVALIDATE_EVENT = 4
} its_invalidate;

#define OPR_EVENT 0, 16
#define OPR_DEVICE 32, 20
#define OPR_LOCK_TYPE 60, 4 /* its_opr_kind */

typedef enum {
    ITS_OPR_TRACK = 0,
    ITS_OPR_TRIAL = 1,
    ITS_OPR_LOCK = 2,
    ITS_OPR_UNLOCK = 3,
    ITS_OPR_TRACK_ABORT = 4,
    ITS_OPR_UNLOCK_ALL = 8
} its_opr_kind;

#define OPSR_INTID 0, 16
#define OPSR_TARGET 32, 13
#define OPSR_LOCKED 48, 1
#define OPSR_IN_PROGRESS 61, 1
#define OPSR_PASS 62, 1
#define OPSR_COMPLETE 63, 1

#define STATUSR_RRD 0, 1
#define STATUSR_WRD 1, 1
#define STATUSR_RWOD 2, 1
#define STATUSR_WROD 3, 1
#define STATUSR_UMSI 4, 1
#define STATUSR_OVERFLOW 5, 1
#define STATUSR_SYNDROME 6, 4

#define CFGID_CREDITS 8, 4
#define CFGID_TARGET_BITS 12, 4
#define CFGID_MSI64 16, 1
#define CFGID_LOCK 17, 1
#define CFGID_COLLECTION_INDEX 20, 4
#define CFGID_DEVICE_INDEX 24, 4
#define CFGID_EVENT_INDEX 28, 4

#define CBASER_VALID 63, 1
#define CBASER_INNER_CACHE 59, 3
#define CBASER_OUTER_CACHE 53, 3
#define CBASER_PA 12, 40
#define CBASER_SHAREABILITY 10, 2
#define CBASER_SIZE 0, 8 /* 4 KB pages minus 1 */

#define CWRITER_OFFSET 5, 15 /* in commands of 32 bytes */
#define CWRITER_RETRY 0, 1
#define CREADR_OFFSET 5, 15
#define CREADR_STALLED 0, 1

#define BASER_VALID 63, 1
#define BASER_INDIRECT 62, 1
#define BASER_INNER_CACHE 59, 3
#define BASER_TYPE 56, 3
#define BASER_OUTER_CACHE 53, 3
#define BASER_ENTRY_SIZE 48, 5 /* bytes minus 1 */
#define BASER_PA 12, 36
#define BASER_SHAREABILITY 10, 2
#define BASER_PAGE_SIZE 8, 2
#define BASER_SIZE 0, 8 /* pages minus 1 */
#define BASER_TYPE_DEVICES 1
#define BASER_TYPE_COLLECTIONS 4

#define GICR_CTLR_ENABLE_LPIS 0, 1
#define GICR_CTLR_CES 1, 1
#define GICR_CTLR_IR 2, 1
#define GICR_CTLR_RWP 3, 1
#define GICR_CTLR_UWP 31, 1

#define GICR_TYPER_PLPIS 0, 1
#define GICR_TYPER_LAST 4, 1
#define GICR_TYPER_PROCESSOR_NUMBER 8, 16
#define GICR_TYPER_AFF0 32, 8
#define GICR_TYPER_AFF1 40, 8

#define GICR_WAKER_SLEEP 0, 1
#define GICR_WAKER_PROCESSOR_SLEEP 1, 1
#define GICR_WAKER_CHILDREN_ASLEEP 2, 1
#define GICR_WAKER_QUIESCENT 31, 1

#define PROPBASER_OUTER_CACHE 56, 3
#define PROPBASER_PA 12, 40
#define PROPBASER_SHAREABILITY 10, 2
#define PROPBASER_INNER_CACHE 7, 3
#define PROPBASER_IDBITS 0, 5 /* INTID bits minus 1 */

#define PENDBASER_PTZ 62, 1
#define PENDBASER_OUTER_CACHE 56, 3
#define PENDBASER_PA 16, 36
#define PENDBASER_SHAREABILITY 10, 2
#define PENDBASER_INNER_CACHE 7, 3

#define GICR_SYNCR_BUSY 0, 1

#define GICD_TYPER_SECURITY_EXTN 10, 1
#define GICD_TYPER_LPIS 17, 1
#define GICD_TYPER_IDBITS 19, 5

/*
 * AxCACHE for an InnerCache field, 0..7 (IHI 0069 encodings; AMBA AXI4, memory types). Of the two
 * encodings AXI4 has for some types, those that mean the same on AR and AW.
 */
uint8_t its_axcache(uint64_t inner);

/* Byte address a GITS_BASERn names: with 64 KB pages bits [15:12] are address bits [51:48]. */
uint64_t its_baser_address(uint64_t baser);

#ifdef __cplusplus
}
#endif

#endif
