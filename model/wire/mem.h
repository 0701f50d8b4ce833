/* SPDX-License-Identifier: MIT */
/*
 * mem.h - how a unit asks the bus master for memory, inside the block.
 *
 * A request is a whole item (an entry, a command packet, a byte of LPI configuration); the master
 * makes AXI bursts of it. The client picks an AXI ID that is not busy; at most one access is
 * outstanding on an ID and direction. Answers are broadcast; the client knows its ID and must be
 * ready to take the answer whenever it comes.
 */
#ifndef ITSIM_WIRE_MEM_H
#define ITSIM_WIRE_MEM_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/chan.h"

/* AXI IDs. Reads and writes are separate spaces. Below ITS_ID_RD the access is the ITS's. */
enum {
    ITS_ID_TABLE = 0,   /* 0..5: table reads for MSIs; 0..3: table writes */
    ITS_ID_COMMAND = 6, /* table reads for the running command */
    ITS_ID_QUEUE = 7,   /* command fetch */
    ITS_ID_RD = 8,      /* 8..15: redistributors */
    ITS_IDS = 16
};

typedef struct its_mem_request {
    uint64_t addr;
    uint64_t data; /* write: little-endian value of `bytes` bytes */
    uint32_t ref;  /* event.h: the command or MSI it is for */
    uint8_t bytes; /* 1, 2, 4, 8, and 32 or 64 for reads; naturally aligned */
    uint8_t id;
    uint8_t cache;  /* AxCACHE */
    uint8_t client; /* who wants it: its_entry_kind or its_client, for events */
    bool write;
    uint8_t unused[7]; /* states compare as bytes: no padding */
} its_mem_request;

typedef struct its_mem_response {
    uint64_t data[8]; /* read: little-endian, right aligned, `bytes` of the request */
    uint8_t id;
    bool valid; /* this cycle only */
    bool write; /* answers a write */
    bool fault; /* SLVERR or DECERR on any beat */
} its_mem_response;

typedef ITS_CHANNEL(its_mem_request) its_mem_ch;

/*
 * What a host in the fast face offers instead of a bus: complete at once. `data` points to `bytes`
 * bytes in memory order. False means a bus error.
 */
typedef struct its_memory {
    bool (*read)(void *host, uint64_t addr, void *data, unsigned bytes, unsigned id);
    bool (*write)(void *host, uint64_t addr, const void *data, unsigned bytes, unsigned id);
    void *host;
} its_memory;

#endif
