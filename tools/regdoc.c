/* SPDX-License-Identifier: MIT */
/* regdoc - prints docs/registers.md from the register map (model/arch/regs.def). */
#include <inttypes.h>
#include <stdio.h>

#include "arch/profile.h"
#include "arch/regs.h"

static const char intro[] =
    "<!-- SPDX-License-Identifier: MIT -->\n"
    "<!-- Made by tools/regdoc.c from model/arch/regs.def: do not edit, run ./itsim docs. -->\n"
    "# Registers\n"
    "\n"
    "Offsets are relative to their 64 KB frame. \"Reset\" is the value out of `resetn`, or what a\n"
    "constant register reads; \"writable\" are the bits a write can change. Both are given for "
    "each\n"
    "preset; `-` means there is none: no such register, or nothing to write. \"(profile)\" marks\n"
    "registers that profile fields change further.\n"
    "The halves of 64-bit registers can be accessed separately. Everything not listed is "
    "reserved:\n"
    "it reads as zero and ignores writes. Fields that the architecture leaves UNKNOWN at reset "
    "are\n"
    "zero, Page_Size excepted, unless the profile says `unknown_reset` 1.\n";

static const struct {
    its_frame frame;
    const char *title;
} frames[] = {
    {ITS_FRAME_GITS, "ITS control frame"},
    {ITS_FRAME_TRANSLATION, "ITS translation frame"},
    {ITS_FRAME_GICR, "Redistributor, RD_base frame (values of redistributor 0)"},
    {ITS_FRAME_GICD, "Distributor frame"},
};

static const char *const access_names[] = {
    [ITS_REG_RO] = "RO",
    [ITS_REG_RW] = "RW",
    [ITS_REG_WO] = "WO",
};

static void print_value(bool present, unsigned bytes, uint64_t value)
{
    if (present)
        printf(" `0x%0*" PRIx64 "` |", (int)bytes * 2, value);
    else
        printf(" - |");
}

static void print_register(its_reg reg)
{
    const its_reg_desc *d = its_reg_at(reg);
    its_profile profile;

    printf("| 0x%04" PRIx32 " | %s | %u | %s |", d->offset, d->name, d->bytes * 8u,
           access_names[d->access]);
    for (unsigned i = 0; its_profile_preset_name(i); i++) {
        its_profile_preset(&profile, its_profile_preset_name(i));
        bool present = its_reg_present(&profile, reg);
        print_value(present, d->bytes, its_reg_reset(&profile, reg, 0));
        print_value(present && d->access != ITS_REG_RO, d->bytes, its_reg_mask(&profile, reg));
    }
    printf(" %s |\n", d->doc);
}

static void print_frame(its_frame frame, const char *title)
{
    printf("\n## %s\n\n| offset | register | bits | access |", title);
    for (unsigned i = 0; its_profile_preset_name(i); i++)
        printf(" reset, %s | writable, %s |", its_profile_preset_name(i),
               its_profile_preset_name(i));
    printf(" fields |\n|---|---|---|---|");
    for (unsigned i = 0; its_profile_preset_name(i); i++)
        printf("---|---|");
    printf("---|\n");

    for (unsigned reg = 0; reg < ITS_REGS; reg++) {
        if (its_reg_at((its_reg)reg)->frame == frame)
            print_register((its_reg)reg);
    }
}

int main(void)
{
    fputs(intro, stdout);
    for (unsigned i = 0; i < sizeof frames / sizeof frames[0]; i++)
        print_frame(frames[i].frame, frames[i].title);
    return ferror(stdout) || fclose(stdout) ? 1 : 0;
}
