/* SPDX-License-Identifier: MIT */
/*
 * rdmsg.h - messages from an ITS to a redistributor, and its acknowledgements.
 *
 * A redistributor takes messages in order and acknowledges each in order. Compound effects (MOVI,
 * MOVALL) are made of these by rdlink, since redistributors never meet each other:
 *   TAKE p      the redistributor clears p if pending; its acknowledgement says whether it was
 *   HAND_OVER   it answers with one acknowledgement a pending LPI (more = true, intid), LPIs spilled
 *               to its table included, and forgets each; the last acknowledgement has more = false
 */
#ifndef ITSIM_WIRE_RDMSG_H
#define ITSIM_WIRE_RDMSG_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/chan.h"

typedef enum {
    RD_SET,     /* make intid pending */
    RD_CLEAR,   /* make intid not pending */
    RD_DISCARD, /* clear, and drop the held configuration of intid */
    RD_INV,     /* re-read the configuration of intid */
    RD_INVALL,  /* re-read all configuration */
    RD_SYNC,    /* nothing: its acknowledgement says all before is done */
    RD_TAKE,
    RD_HAND_OVER
} its_rd_kind;

typedef enum {
    RD_DONE,
    RD_LPI_OFF,   /* EnableLPIs is 0: message ignored */
    RD_INTID_OOR, /* INTID below 8192 or beyond PROPBASER.IDbits: message ignored */
    RD_ASLEEP,    /* GICR_WAKER.Sleep is 1: message ignored */
    RD_NO_TARGET  /* no such redistributor */
} its_rd_outcome;

typedef struct its_rdmsg {
    uint32_t intid;
    uint32_t ref;      /* event.h: the command or MSI it belongs to */
    uint8_t kind;      /* its_rd_kind */
    uint8_t its;       /* number of the sending ITS */
    uint8_t unused[2]; /* states compare as bytes: no padding */
} its_rdmsg;

typedef struct its_rdack {
    uint32_t intid;
    uint32_t ref;
    uint8_t kind;    /* of the message */
    uint8_t outcome; /* its_rd_outcome */
    bool pending;    /* TAKE: it was pending */
    bool more;       /* HAND_OVER: more acknowledgements of this message follow */
} its_rdack;

typedef ITS_CHANNEL(its_rdmsg) its_rdmsg_ch;
typedef ITS_CHANNEL(its_rdack) its_rdack_ch;

#endif
