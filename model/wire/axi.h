/* SPDX-License-Identifier: MIT */
/*
 * axi.h - payloads of the AXI4 channels (AMBA AXI and ACE Protocol Specification, IHI 0022).
 *
 * The slave port is bus_bytes wide, the master port 8 bytes. Data sits on its byte lanes.
 */
#ifndef ITSIM_WIRE_AXI_H
#define ITSIM_WIRE_AXI_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/chan.h"

enum { ITS_AXI_OKAY = 0, ITS_AXI_EXOKAY = 1, ITS_AXI_SLVERR = 2, ITS_AXI_DECERR = 3 };
enum { ITS_AXI_FIXED = 0, ITS_AXI_INCR = 1, ITS_AXI_WRAP = 2 };

/* AxPROT bits. */
enum { ITS_AXI_PRIVILEGED = 1, ITS_AXI_NONSECURE = 2, ITS_AXI_INSTRUCTION = 4 };

typedef struct its_axi_address {
    uint64_t addr;
    uint32_t device; /* AxUSER: DeviceID of the requester, when has_device */
    uint16_t id;     /* AxID */
    uint8_t len;     /* beats minus 1 */
    uint8_t size;    /* log2 of bytes a beat */
    uint8_t burst;   /* ITS_AXI_FIXED ... */
    uint8_t prot;    /* ITS_AXI_PRIVILEGED ... */
    uint8_t cache;   /* AxCACHE */
    bool has_device; /* AxUSER carries a DeviceID */
} its_axi_address;

typedef struct its_axi_w {
    uint64_t data;
    uint8_t strb;
    bool last;
} its_axi_w;

typedef struct its_axi_b {
    uint16_t id;
    uint8_t resp;
} its_axi_b;

typedef struct its_axi_r {
    uint64_t data;
    uint16_t id;
    uint8_t resp;
    bool last;
} its_axi_r;

/* One AXI4 port. Which end drives what follows from the direction of each channel. */
typedef struct its_axi {
    ITS_CHANNEL(its_axi_address) aw;
    ITS_CHANNEL(its_axi_w) w;
    ITS_CHANNEL(its_axi_b) b;
    ITS_CHANNEL(its_axi_address) ar;
    ITS_CHANNEL(its_axi_r) r;
} its_axi;

#endif
