/* SPDX-License-Identifier: MIT */
/*
 * regbus.h - register accesses inside the block: from the slave port to whoever owns the frame.
 * One access at a time: the next request is offered only after the response of the one before.
 */
#ifndef ITSIM_WIRE_REGBUS_H
#define ITSIM_WIRE_REGBUS_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/map.h"
#include "wire/chan.h"

typedef struct its_access {
    uint64_t data;   /* write: right aligned */
    uint32_t offset; /* bytes, in the frame */
    uint32_t device; /* DeviceID of the requester, when has_device */
    uint16_t rd;     /* ITS_FRAME_GICR*: redistributor number */
    uint8_t frame;   /* its_frame */
    uint8_t bytes;   /* 1, 2, 4, 8 */
    bool write;
    bool has_device;
    bool nonsecure;
    bool privileged;
} its_access;

typedef struct its_access_result {
    uint64_t data; /* read: right aligned */
    bool fault;    /* answer with an error response */
} its_access_result;

typedef ITS_CHANNEL(its_access) its_access_ch;
typedef ITS_CHANNEL(its_access_result) its_result_ch;

#endif
