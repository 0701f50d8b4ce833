/* SPDX-License-Identifier: MIT */
/* perturb.c - random numbers without a state. */
#include "arch/perturb.h"

uint64_t its_perturb_bits(uint32_t seed, its_perturb_kind kind, uint64_t when, uint64_t which)
{
    uint64_t run = its_mix((uint64_t)seed << 8 | (uint64_t)kind);
    return its_mix(its_mix(run ^ when) ^ which);
}

/* 0..3: how much of this kind the seed brings. Time and place have no part in it. */
static unsigned strength(uint32_t seed, its_perturb_kind kind)
{
    return (unsigned)(its_mix((uint64_t)seed << 8 | (uint64_t)kind) >> 62);
}

unsigned its_perturb_delay(uint32_t seed, its_perturb_kind kind, uint64_t when, uint64_t which)
{
    static const uint8_t longest[] = {1, 7, 31, ITS_PERTURB_LONGEST};
    uint64_t bits = its_perturb_bits(seed, kind, when, which);

    return bits & 1u ? (unsigned)(bits >> 32) % (longest[strength(seed, kind)] + 1u) : 0;
}

bool its_perturb_chance(uint32_t seed, its_perturb_kind kind, uint64_t when, uint64_t which)
{
    unsigned one_in = 2u << 2u * strength(seed, kind);

    return its_perturb_bits(seed, kind, when, which) % one_in == 0;
}

uint8_t its_perturb_stage(uint32_t seed, its_perturb_kind kind, uint64_t when, uint32_t cycles)
{
    cycles += its_perturb_delay(seed, kind, when, 0);
    return (uint8_t)(cycles < 255u ? cycles : 255u);
}
