/* SPDX-License-Identifier: MIT */
/*
 * perturb.h - one of the many legal runs, chosen by the seed in the profile field `perturb`.
 *
 * Whatever has a freedom asks here when the occasion arises: a message is sent, an answer comes, a
 * lookup is made; never because a clock edge passes. What it is told depends on nothing but the seed,
 * the kind of the occasion, its time and which one it is. So one seed is one run, skipped edges make
 * no difference, and nothing needs to be kept in the state. Which freedoms there are, and why each is
 * legal, is in docs/model.md. All figures are ours.
 */
#ifndef ITSIM_ARCH_PERTURB_H
#define ITSIM_ARCH_PERTURB_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/profile.h"
#include "arch/seldom.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    ITS_PERTURB_COMMAND,     /* decode of a command */
    ITS_PERTURB_TRANSLATION, /* start of a translation */
    ITS_PERTURB_ANSWER,      /* an answer of the memory, inside the bus master */
    ITS_PERTURB_WRITE,       /* a line in the write buffer */
    ITS_PERTURB_EVICT,       /* a lookup: some line may go */
    ITS_PERTURB_MESSAGE,     /* a message on its way to a redistributor */
    ITS_PERTURB_ACK,         /* its acknowledgement on the way back */
    ITS_PERTURB_CONFIG,      /* an LPI was set: some idle configuration may be forgotten */
    ITS_PERTURB_QUIESCENT,   /* a disable */
    ITS_PERTURB_RESET,       /* UNKNOWN fields at reset */
    ITS_PERTURB_MEMORY       /* latency of a memory that a platform brings along */
} its_perturb_kind;

/* The longest its_perturb_delay(), in cycles. */
#define ITS_PERTURB_LONGEST 127u

/* A well-mixed number of x (the finalizer of splitmix64). */
static inline uint64_t its_mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/*
 * 64 random bits for one occasion: `when` is its cycle or running number, `which` tells occasions of
 * one kind and time apart.
 */
ITS_SELDOM
uint64_t its_perturb_bits(uint32_t seed, its_perturb_kind kind, uint64_t when, uint64_t which);

/*
 * A delay in cycles, 0..ITS_PERTURB_LONGEST. Each seed has for each kind a longest delay of its own, 1,
 * 7, 31 or 127; half of all delays are 0, so that what is usual and what is rare both happen.
 */
ITS_SELDOM
unsigned its_perturb_delay(uint32_t seed, its_perturb_kind kind, uint64_t when, uint64_t which);

/* Whether something that may happen does: once in 2, 8, 32 or 128 times, as the seed has it. */
ITS_SELDOM
bool its_perturb_chance(uint32_t seed, its_perturb_kind kind, uint64_t when, uint64_t which);

/* The delay this profile asks for: 0 with perturb 0. */
static inline unsigned its_perturbed(const its_profile *p, its_perturb_kind kind, uint64_t when,
                                     uint64_t which)
{
    return p->perturb ? its_perturb_delay(p->perturb, kind, when, which) : 0;
}

/* The edge until which that delay lasts, from edge `now` on. */
static inline uint64_t its_perturbed_due(const its_profile *p, its_perturb_kind kind, uint64_t now,
                                         uint64_t which)
{
    return now + its_perturbed(p, kind, now, which);
}

/* Cycles of a stage that takes 1..255 of them, with a delay; at most 255. One begins a cycle. */
ITS_SELDOM
uint8_t its_perturb_stage(uint32_t seed, its_perturb_kind kind, uint64_t when, uint32_t cycles);

#ifdef __cplusplus
}
#endif

#endif
