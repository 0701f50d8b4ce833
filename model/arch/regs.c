/* SPDX-License-Identifier: MIT */
#include "arch/regs.h"

#include "arch/entry.h"
#include "arch/perturb.h"

#define RO ITS_REG_RO
#define RW ITS_REG_RW
#define WO ITS_REG_WO

/* Cores of a cluster: a GIC-500 has at most 8, and numbers clusters and cores without gaps. */
#define CORES_PER_CLUSTER 8u

static const its_reg_desc descriptions[] = {
#define REG32(frame, name, offset, access, reset, mask, doc)                                       \
    [name] = {#name, doc, UINT64_C(reset), UINT64_C(mask), offset, frame, access, 4},
#define REG64(frame, name, offset, access, reset, mask, doc)                                       \
    [name] = {#name, doc, UINT64_C(reset), UINT64_C(mask), offset, frame, access, 8},
#include "arch/regs.def"
#undef REG32
#undef REG64
    [ITS_REG_RESERVED] = {"reserved", "reads as zero, ignores writes", 0, 0, 0, ITS_FRAME_NONE, RO,
                          4},
};

#define KEY(frame, offset) ((uint32_t)(frame) << 16 | (uint32_t)(offset))

its_reg its_reg_find(its_frame frame, uint32_t offset)
{
    if (offset > 0xffffu)
        return ITS_REG_RESERVED;

    switch (KEY(frame, offset & ~UINT32_C(3))) {
#define REG32(frame, name, offset, access, reset, mask, doc)                                       \
    case KEY(frame, offset):                                                                       \
        return name;
#define REG64(frame, name, offset, access, reset, mask, doc)                                       \
    case KEY(frame, offset):                                                                       \
    case KEY(frame, (offset) + 4):                                                                 \
        return name;
#include "arch/regs.def"
#undef REG32
#undef REG64
    default:
        return ITS_REG_RESERVED;
    }
}

const its_reg_desc *its_reg_at(its_reg reg)
{
    return &descriptions[(unsigned)reg < ITS_REGS ? reg : ITS_REG_RESERVED];
}

bool its_reg_present(const its_profile *profile, its_reg reg)
{
    if (reg == GITS_BASER1)
        return profile->collection_table != 0;
    if (reg >= GITS_BASER2 && reg <= GITS_BASER7)
        return false;
    if (reg == GITS_FCTLR || reg == GITS_OPR || reg == GITS_OPSR || reg == GITS_CFGID)
        return profile->cache_control != 0;
    if (reg == GITS_STATUSR)
        return profile->umsi >= 1;
    if (reg == GITS_UMSIR)
        return profile->umsi >= 2;
    if (reg == GICR_INVLPIR || reg == GICR_INVALLR || reg == GICR_SYNCR)
        return profile->direct_inv != 0;
    return (unsigned)reg < ITS_REGS;
}

static its_reg find_present(const its_profile *profile, its_frame frame, uint32_t offset)
{
    its_reg reg = its_reg_find(frame, offset);
    return its_reg_present(profile, reg) ? reg : ITS_REG_RESERVED;
}

/* Whether an access that is not 4 aligned bytes means something to the register at its offset. */
static bool odd_size_ok(const its_profile *profile, its_frame frame, uint32_t offset,
                        unsigned bytes)
{
    its_reg reg = find_present(profile, frame, offset);
    const its_reg_desc *d = its_reg_at(reg);
    bool alone = find_present(profile, frame, offset + 4) == ITS_REG_RESERVED;

    if (reg == GITS_TRANSLATER && offset == d->offset)
        return bytes == 2 || (bytes == 8 && profile->msi64);
    if (reg != ITS_REG_RESERVED)
        return bytes == 8 && d->bytes == 8;
    if (frame == ITS_FRAME_GICD || frame == ITS_FRAME_GICR_SGI || frame == ITS_FRAME_NONE)
        return bytes < 8 || alone;
    return bytes == 8 && alone;
}

bool its_reg_access_ok(const its_profile *profile, its_frame frame, uint32_t offset, unsigned bytes)
{
    bool power = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;

    if (!power || offset % bytes != 0)
        return false;
    return bytes == 4 || odd_size_ok(profile, frame, offset, bytes);
}

/* --- values that the profile decides ---------------------------------------------------------- */

static uint64_t gits_typer(const its_profile *p)
{
    uint64_t v = its_reg_at(GITS_TYPER)->reset;
    v = ITS_SET(v, GITS_TYPER_CCT, p->cct);
    v = ITS_SET(v, GITS_TYPER_ITT_ENTRY_SIZE, p->ite_bytes - 1u);
    v = ITS_SET(v, GITS_TYPER_ID_BITS, p->eventid_bits - 1u);
    v = ITS_SET(v, GITS_TYPER_DEVBITS, p->devid_bits - 1u);
    v = ITS_SET(v, GITS_TYPER_SEIS, p->seis);
    v = ITS_SET(v, GITS_TYPER_PTA, p->pta);
    v = ITS_SET(v, GITS_TYPER_UMSI, p->umsi >= 2);
    v = ITS_SET(v, GITS_TYPER_UMSI_IRQ, p->umsi >= 3);
    v = ITS_SET(v, GITS_TYPER_HCC, p->hcc);
    /* CIL is RES0 without collections in memory; CIDbits means something only with it. */
    if (p->collection_table && p->icid_bits < 16) {
        v = ITS_SET(v, GITS_TYPER_CIL, 1);
        v = ITS_SET(v, GITS_TYPER_CIDBITS, p->icid_bits - 1u);
    }
    return ITS_SET(v, GITS_TYPER_INV, p->inv);
}

static uint64_t gits_cfgid(const its_profile *p)
{
    uint64_t v = its_reg_at(GITS_CFGID)->reset;
    v = ITS_SET(v, CFGID_EVENT_INDEX, its_log2_up(p->event_cache_sets));
    v = ITS_SET(v, CFGID_DEVICE_INDEX, its_log2_up(p->device_cache_sets));
    v = ITS_SET(v, CFGID_COLLECTION_INDEX, its_log2_up(p->collection_cache_sets));
    v = ITS_SET(v, CFGID_LOCK, 1);
    v = ITS_SET(v, CFGID_MSI64, p->msi64);
    v = ITS_SET(v, CFGID_TARGET_BITS, its_log2_up(p->redistributors));
    return ITS_SET(v, CFGID_CREDITS, p->rd_credits - 1u);
}

static uint64_t gicr_typer(const its_profile *p, unsigned rd)
{
    uint64_t v = its_reg_at(GICR_TYPER)->reset;
    v = ITS_SET(v, GICR_TYPER_LAST, rd + 1u == p->redistributors);
    v = ITS_SET(v, GICR_TYPER_PROCESSOR_NUMBER, rd);
    v = ITS_SET(v, GICR_TYPER_AFF0, rd % CORES_PER_CLUSTER);
    return ITS_SET(v, GICR_TYPER_AFF1, rd / CORES_PER_CLUSTER);
}

static uint64_t gicd_typer(const its_profile *p)
{
    uint64_t v = its_reg_at(GICD_TYPER)->reset;
    v = ITS_SET(v, GICD_TYPER_SECURITY_EXTN, p->security);
    return ITS_SET(v, GICD_TYPER_IDBITS, p->intid_bits - 1u);
}

static uint64_t baser_reset(const its_profile *p, its_reg reg)
{
    its_entry_kind kind = reg == GITS_BASER0 ? ITS_ENTRY_DTE : ITS_ENTRY_CTE;
    uint64_t v = its_reg_at(reg)->reset;
    v = ITS_SET(v, BASER_ENTRY_SIZE, its_entry_stride(p, kind) - 1u);
    return ITS_SET(v, BASER_PAGE_SIZE, p->page_size_reset);
}

static uint64_t gicr_ctlr(const its_profile *p)
{
    uint64_t v = ITS_SET(its_reg_at(GICR_CTLR)->reset, GICR_CTLR_CES, p->ces);
    return ITS_SET(v, GICR_CTLR_IR, p->direct_inv);
}

uint64_t its_reg_reset(const its_profile *profile, its_reg reg, unsigned rd)
{
    if (!its_reg_present(profile, reg))
        return 0;
    if (reg == GITS_IIDR || reg == GICR_IIDR || reg == GICD_IIDR)
        return profile->iidr;
    if (reg == GITS_PIDR0)
        return profile->pidr & 0xffu;
    if (reg == GITS_PIDR4)
        return profile->pidr >> 8;
    if (reg == GITS_CFGID)
        return gits_cfgid(profile);
    if (reg == GITS_TYPER)
        return gits_typer(profile);
    if (reg == GITS_BASER0 || reg == GITS_BASER1)
        return baser_reset(profile, reg);
    if (reg == GICR_CTLR)
        return gicr_ctlr(profile);
    if (reg == GICR_TYPER)
        return gicr_typer(profile, rd);
    if (reg == GICD_TYPER)
        return gicd_typer(profile);
    if (reg == GICD_CTLR && !profile->security)
        return 0x50; /* DS and ARE */
    return its_reg_at(reg)->reset;
}

/* Without the address bits that the profile lacks, and the fields it fixes at 0. */
static uint64_t narrow(const its_profile *p, uint64_t mask, uint64_t shareability,
                       uint64_t outer_cache)
{
    mask &= ~its_mask(p->pa_bits, 52 - p->pa_bits);
    if (!p->shareability)
        mask &= ~shareability;
    if (!p->outer_cache)
        mask &= ~outer_cache;
    return mask;
}

static uint64_t baser_mask(const its_profile *p, its_reg reg)
{
    uint64_t mask = its_reg_at(reg)->mask;
    if (!(reg == GITS_BASER0 ? p->device_indirect : p->collection_indirect))
        mask &= ~ITS_MASK(BASER_INDIRECT);
    return narrow(p, mask, ITS_MASK(BASER_SHAREABILITY), ITS_MASK(BASER_OUTER_CACHE));
}

uint64_t its_reg_mask(const its_profile *profile, its_reg reg)
{
    uint64_t mask = its_reg_at(reg)->mask;

    if (!its_reg_present(profile, reg))
        return 0;
    if (reg == GITS_BASER0 || reg == GITS_BASER1)
        return baser_mask(profile, reg);
    if (reg == GITS_CBASER)
        return narrow(profile, mask, ITS_MASK(CBASER_SHAREABILITY), ITS_MASK(CBASER_OUTER_CACHE));
    if (reg == GICR_PROPBASER)
        return narrow(profile, mask, ITS_MASK(PROPBASER_SHAREABILITY),
                      ITS_MASK(PROPBASER_OUTER_CACHE));
    if (reg == GICR_PENDBASER)
        return narrow(profile, mask, ITS_MASK(PENDBASER_SHAREABILITY),
                      ITS_MASK(PENDBASER_OUTER_CACHE));
    if (reg == GITS_CTLR && profile->umsi < 3)
        return mask & ~ITS_MASK(GITS_CTLR_UMSI_IRQ);
    if (reg == GICR_WAKER && !profile->waker_sleep)
        return mask & ~ITS_MASK(GICR_WAKER_SLEEP);
    if (reg == GICD_CTLR && !profile->security)
        return mask & 0x3u;
    return mask;
}

uint64_t its_reg_unknown(const its_profile *profile, its_reg reg)
{
    switch ((unsigned)reg) {
    case GITS_CBASER:
        return its_reg_mask(profile, reg) & ~ITS_MASK(CBASER_VALID);
    case GITS_BASER0:
    case GITS_BASER1:
        return its_reg_mask(profile, reg) & ~ITS_MASK(BASER_VALID);
    case GITS_CWRITER:
    case GICR_PROPBASER:
        return its_reg_mask(profile, reg);
    case GICR_PENDBASER:
        return its_reg_mask(profile, reg) & ~ITS_MASK(PENDBASER_PTZ);
    default:
        return 0;
    }
}

/* What UNKNOWN fields are to be, when they are to be anything but zero. */
static uint64_t random_reset(const its_profile *profile, its_reg reg, unsigned rd)
{
    if (profile->perturb)
        return its_perturb_bits(profile->perturb, ITS_PERTURB_RESET, reg, rd);
    return its_mix((uint64_t)profile->reset_seed << 32 | (uint64_t)reg << 16 | rd);
}

uint64_t its_reg_out_of_reset(const its_profile *profile, its_reg reg, unsigned rd)
{
    uint64_t value = its_reg_reset(profile, reg, rd);
    uint64_t unknown = its_reg_unknown(profile, reg);

    if (!profile->unknown_reset && !profile->perturb)
        return value;
    return its_reg_write(profile, reg, value,
                         (value & ~unknown) | (random_reset(profile, reg, rd) & unknown));
}

uint64_t its_reg_read_mask(its_reg reg)
{
    if (its_reg_at(reg)->access == ITS_REG_WO)
        return 0;
    return reg == GICR_PENDBASER ? ~ITS_MASK(PENDBASER_PTZ) : ~UINT64_C(0);
}

/* --- writes and parts ------------------------------------------------------------------------- */

static uint64_t settle_baser(const its_profile *p, uint64_t old, uint64_t v)
{
    unsigned page = (unsigned)ITS_GET(v, BASER_PAGE_SIZE);
    if (page == 3)
        page = 2;
    if (!(p->page_sizes >> page & 1u))
        page = (unsigned)ITS_GET(old, BASER_PAGE_SIZE);
    v = ITS_SET(v, BASER_PAGE_SIZE, page);

    if (page == 1)
        v &= ~its_mask(12, 2);
    if (page == 2) /* [15:12] are address bits [51:48], as many as the profile has */
        v &= ~its_mask(12, 4) | its_mask(0, p->pa_bits) >> 48 << 12;
    return v;
}

uint64_t its_reg_write(const its_profile *profile, its_reg reg, uint64_t old, uint64_t value)
{
    uint64_t mask = its_reg_mask(profile, reg);
    uint64_t v = (old & ~mask) | (value & mask);
    if ((reg == GITS_BASER0 || reg == GITS_BASER1) && mask)
        v = settle_baser(profile, old, v);
    return v;
}

/* Where in its register an access lies; 32-bit registers are accessed whole. */
static unsigned part_lsb(its_reg reg, uint32_t offset)
{
    const its_reg_desc *d = its_reg_at(reg);
    return d->bytes == 8 ? 8u * ((offset - d->offset) & 7u) : 0;
}

uint64_t its_reg_merge(its_reg reg, uint32_t offset, unsigned bytes, uint64_t old, uint64_t data)
{
    return its_field_set(old, part_lsb(reg, offset), 8u * bytes, data);
}

uint64_t its_reg_part(its_reg reg, uint32_t offset, unsigned bytes, uint64_t value)
{
    return its_field_get(value, part_lsb(reg, offset), 8u * bytes);
}

uint8_t its_axcache(uint64_t inner)
{
    static const uint8_t encodings[8] = {
        0x0, /* Device-nGnRnE */
        0x3, /* Normal Non-cacheable */
        0x6, /* Read-allocate Write-through */
        0x7, /* Read-allocate Write-back */
        0xa, /* Write-allocate Write-through */
        0xb, /* Write-allocate Write-back */
        0xe, /* Read- and Write-allocate Write-through */
        0xf, /* Read- and Write-allocate Write-back */
    };
    return encodings[inner & 7u];
}

uint64_t its_baser_address(uint64_t baser)
{
    switch (ITS_GET(baser, BASER_PAGE_SIZE)) {
    case 0:
        return baser & its_mask(12, 36);
    case 1:
        return baser & its_mask(14, 34);
    default:
        return (baser & its_mask(16, 32)) | its_field_get(baser, 12, 4) << 48;
    }
}
