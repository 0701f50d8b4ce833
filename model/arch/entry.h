/* SPDX-License-Identifier: MIT */
/*
 * entry.h - formats of what the ITS keeps in memory: DTE, ITE, CTE, level-1 entries.
 *
 * Pure functions. The level-1 format is the architecture's (IHI 0069); DTE, ITE and CTE layouts are
 * IMPLEMENTATION DEFINED. An all-zero word always decodes as invalid, since software hands tables
 * over zeroed. Profile table_layout 0, ours:
 *
 *   DTE (8 bytes)      [0] valid  [5:1] EventID bits minus 1  [51:8] ITT address bits [51:8]
 *   ITE (4 or 8 bytes) [0] valid  [n:1] INTID, n = intid_bits  [..] ICID directly above it
 *   CTE (2, 4, 8)      [0] valid  [15:1] redistributor number
 *
 * table_layout 1, Linux KVM's (Documentation/virt/kvm/devices/arm-vgic-its.rst), except that "next"
 * is always 0 (and ignored) and that collections are indexed by ICID like everything else:
 *
 *   DTE  [63] valid  [62:49] next  [48:5] ITT address bits [51:8]  [4:0] EventID bits minus 1
 *   ITE  [63:48] next  [47:16] INTID, 0 = invalid  [15:0] ICID
 *   CTE  [63] valid  [51:16] redistributor number  [15:0] ICID
 *
 * An entry may take more bytes in its table than its content has (dte_bytes 16, ite_bytes 12): the
 * content then stands at the start, in the widest of 8, 4, 2 bytes that divides the stride.
 */
#ifndef ITSIM_ARCH_ENTRY_H
#define ITSIM_ARCH_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/profile.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    ITS_ENTRY_DEVICE_L1,     /* level-1 entry of the device table */
    ITS_ENTRY_COLLECTION_L1, /* level-1 entry of the collection table */
    ITS_ENTRY_DTE,
    ITS_ENTRY_ITE,
    ITS_ENTRY_CTE,
    ITS_ENTRY_KINDS
} its_entry_kind;

/* One unpacked entry of any kind; members its kind or layout does not have are 0. */
typedef struct its_entry {
    uint64_t address; /* DTE: ITT base; level 1: level-2 page base */
    uint32_t intid;   /* ITE; CTE: its own ICID, where the layout holds it */
    uint16_t target;  /* ITE: ICID; CTE: redistributor number */
    uint8_t size;     /* DTE: EventID bits minus 1 */
    bool valid;
} its_entry;

/* Bytes from one entry of this kind to the next (level 1: 8). */
unsigned its_entry_stride(const its_profile *profile, its_entry_kind kind);

/* Bytes of its content: 8, 4 or 2, the widest that divides the stride. One bus access reads it. */
unsigned its_entry_bytes(const its_profile *profile, its_entry_kind kind);

/* Content word (little-endian value of its_entry_bytes bytes) to fields and back. Any word is legal. */
its_entry its_entry_unpack(const its_profile *profile, its_entry_kind kind, uint64_t word);
uint64_t its_entry_pack(const its_profile *profile, its_entry_kind kind, const its_entry *entry);

/*
 * Level-1 entries carry a page size: the low N bits of the address are RES0, N = log2 of the page.
 * Unpack leaves them in; its_table_page() in decide.h cuts them.
 */

/* "DTE", "ITE", "CTE", "device L1", "collection L1". Never NULL. */
const char *its_entry_name(its_entry_kind kind);

/* LPI configuration byte (GICR_PROPBASER table): priority in steps of 4, bit 0 enable. */
#define LPI_CONFIG_PRIORITY 2, 6
#define LPI_CONFIG_ENABLE 0, 1

#ifdef __cplusplus
}
#endif

#endif
