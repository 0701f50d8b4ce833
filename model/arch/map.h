/* SPDX-License-Identifier: MIT */
/*
 * map.h - which frame an address of the slave port belongs to.
 *
 * The ITS alone answers in 128 KB: control page, translation page. The whole GIC-500 answers in one
 * region (GIC-500 TRM, address map): GICD 0x00000, message-based SPI alias 0x10000, GITS 0x20000,
 * translation 0x30000, redistributor i at R + i * 0x20000 with R = 2^(17 + max(1, ceil(log2 N))).
 * With device_window, words above its_map_window_base() are GITS_TRANSLATER, and the word number
 * there is the DeviceID.
 */
#ifndef ITSIM_ARCH_MAP_H
#define ITSIM_ARCH_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/profile.h"

#ifdef __cplusplus
extern "C" {
#endif

/* 64 KB frames; offsets are relative to the frame. GICR has two: RD_base, SGI_base. */
typedef enum {
    ITS_FRAME_GITS,        /* ITS control registers */
    ITS_FRAME_TRANSLATION, /* GITS_TRANSLATER */
    ITS_FRAME_GICD,
    ITS_FRAME_GICR,     /* RD_base of redistributor `rd` */
    ITS_FRAME_GICR_SGI, /* SGI_base of redistributor `rd` */
    ITS_FRAME_NONE      /* nothing there: read as zero, writes ignored */
} its_frame;

typedef struct its_place {
    uint32_t offset; /* bytes, in the frame */
    uint32_t device; /* in_window: DeviceID */
    uint16_t rd;     /* ITS_FRAME_GICR*: redistributor number */
    uint8_t frame;   /* its_frame */
    bool in_window;  /* a word of the DeviceID window */
} its_place;

/* Byte address on the slave port to frame. `whole_gic` false: the ITS alone, 128 KB. */
its_place its_map_decode(const its_profile *profile, bool whole_gic, uint64_t address);

/* Frame and offset (and redistributor) to the byte address on the slave port of the whole GIC. */
uint64_t its_map_address(const its_profile *profile, its_frame frame, unsigned rd, uint32_t offset);

/* First byte of the DeviceID window: the power of two above both the region and the window. */
uint64_t its_map_window_base(const its_profile *profile, bool whole_gic);

/* Bytes the slave port decodes in all, window included: what a platform maps. */
uint64_t its_map_bytes(const its_profile *profile, bool whole_gic);

#ifdef __cplusplus
}
#endif

#endif
