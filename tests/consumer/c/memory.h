/* SPDX-License-Identifier: MIT */
/*
 * memory.h - a memory with an AXI4 slave port, 8 bytes wide: one read and one write at a time, no
 * delay. Start with an all-zero struct; drive before the clock edge, clock after it.
 */
#ifndef CONSUMER_MEMORY_H
#define CONSUMER_MEMORY_H

#include "wire/axi.h"

#define MEMORY_BASE UINT64_C(0x80000000)

struct memory {
    uint8_t bytes[0x10000]; /* at MEMORY_BASE; accesses elsewhere end in DECERR */
    its_axi_address ar, aw;
    its_axi_w w;
    unsigned beat;
    bool reading, have_aw, have_w, answering;
};

void memory_drive(const struct memory *m, its_axi *port);
void memory_clock(struct memory *m, const its_axi *port);

#endif
