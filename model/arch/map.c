/* SPDX-License-Identifier: MIT */
/* map.c - address map of the slave port. */
#include "arch/map.h"

#include "arch/bits.h"

#define FRAME 0x10000u
#define RD_FRAMES 0x20000u

static unsigned rd_bits(const its_profile *profile)
{
    unsigned bits = its_log2_up(profile->redistributors);
    return bits > 1 ? bits : 1;
}

static uint64_t region_bytes(const its_profile *profile, bool whole_gic)
{
    return whole_gic ? UINT64_C(1) << (18 + rd_bits(profile)) : 2 * FRAME;
}

uint64_t its_map_window_base(const its_profile *profile, bool whole_gic)
{
    uint64_t region = region_bytes(profile, whole_gic);
    uint64_t window = UINT64_C(4) << profile->devid_bits;
    return window > region ? window : region;
}

uint64_t its_map_bytes(const its_profile *profile, bool whole_gic)
{
    if (!profile->device_window)
        return region_bytes(profile, whole_gic);
    return its_map_window_base(profile, whole_gic) + (UINT64_C(4) << profile->devid_bits);
}

static its_place decode_gic(const its_profile *profile, uint64_t address)
{
    its_place p = {.frame = ITS_FRAME_NONE, .offset = (uint32_t)address};
    uint64_t first_rd = UINT64_C(1) << (17 + rd_bits(profile));

    if (address >= first_rd) {
        uint64_t rd = (address - first_rd) / RD_FRAMES;
        if (rd >= profile->redistributors)
            return p;
        p.rd = (uint16_t)rd;
        p.frame = (address & FRAME) ? ITS_FRAME_GICR_SGI : ITS_FRAME_GICR;
    } else if (address < FRAME) {
        p.frame = ITS_FRAME_GICD;
    } else if (address >= 2 * FRAME && address < 3 * FRAME) {
        p.frame = ITS_FRAME_GITS;
    } else if (address >= 3 * FRAME && address < 4 * FRAME) {
        p.frame = ITS_FRAME_TRANSLATION;
    } else {
        return p;
    }
    p.offset = (uint32_t)(address % FRAME);
    return p;
}

its_place its_map_decode(const its_profile *profile, bool whole_gic, uint64_t address)
{
    its_place p = {.frame = ITS_FRAME_NONE, .offset = (uint32_t)address};

    if (profile->device_window) {
        uint64_t base = its_map_window_base(profile, whole_gic);
        if (address >= base && address - base < (UINT64_C(4) << profile->devid_bits)) {
            p.frame = ITS_FRAME_TRANSLATION;
            p.offset = 0x40u | (uint32_t)(address & 3u);
            p.device = (uint32_t)((address - base) >> 2);
            p.in_window = true;
            return p;
        }
    }
    if (address >= region_bytes(profile, whole_gic))
        return p;
    if (whole_gic)
        return decode_gic(profile, address);
    p.frame = address < FRAME ? ITS_FRAME_GITS : ITS_FRAME_TRANSLATION;
    p.offset = (uint32_t)(address % FRAME);
    return p;
}

uint64_t its_map_address(const its_profile *profile, its_frame frame, unsigned rd, uint32_t offset)
{
    uint64_t first_rd = UINT64_C(1) << (17 + rd_bits(profile));

    switch (frame) {
    case ITS_FRAME_GICD:
        return offset;
    case ITS_FRAME_GITS:
        return 2 * FRAME + offset;
    case ITS_FRAME_TRANSLATION:
        return 3 * FRAME + offset;
    case ITS_FRAME_GICR:
        return first_rd + (uint64_t)rd * RD_FRAMES + offset;
    case ITS_FRAME_GICR_SGI:
        return first_rd + (uint64_t)rd * RD_FRAMES + FRAME + offset;
    case ITS_FRAME_NONE:
        break;
    }
    return FRAME + offset;
}
