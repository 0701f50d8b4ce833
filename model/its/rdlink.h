/* SPDX-License-Identifier: MIT */
/*
 * rdlink.h - messages to the redistributors, their credits and acknowledgements.
 *
 * One queue a redistributor, so that a full one never blocks another. A message is offered rd_cycles
 * after it entered its queue and while fewer than rd_credits are unacknowledged. Messages to one
 * redistributor stay in order, and so do their acknowledgements. Perturbed (arch/perturb.h), both take
 * longer.
 *
 * Compound effects, one at a time:
 *   MOVE      TAKE to rd; if it was pending, SET to rd2
 *   MOVE_ALL  HAND_OVER to rd; each LPI it hands over becomes a SET to rd2
 * compound_busy holds command messages back until the last acknowledgement of the compound.
 *
 * A redistributor may refuse what it is told (the outcome of its acknowledgement). With command_error
 * 2, as on a GIC-600, a command's refused message is reported: CMD_REFUSED.
 */
#ifndef ITSIM_ITS_RDLINK_H
#define ITSIM_ITS_RDLINK_H

#include "its/wires.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Senders see `rd_full` one edge late and two may send at once, and compounds use two places more. */
#define ITS_RDQ_PLACES 24u

typedef struct its_rdlink_message {
    its_rdmsg msg;
    uint8_t unused[4]; /* states compare as bytes: no padding */
    uint64_t due;      /* edge from which it may be offered */
} its_rdlink_message;

typedef struct its_rdlink_port {
    its_rdlink_message queue[ITS_RDQ_PLACES];
    uint64_t ack_due; /* perturb: edge from which acknowledgements are taken */
    uint32_t sent;    /* messages that entered the queue so far */
    uint32_t acked; /* acknowledged so far: in order, so message number n is when acked reaches n */
    uint16_t unacked; /* offered and taken, not acknowledged */
    uint8_t head;
    uint8_t used;
} its_rdlink_port;

typedef enum {
    COMPOUND_NONE,
    COMPOUND_ASKED, /* TAKE or HAND_OVER sent, its last acknowledgement not received */
    COMPOUND_SETS   /* SETs on their way to rd2 */
} its_compound_state;

typedef struct its_rdlink {
    its_rdlink_port port[ITS_MAX_RD];
    its_rdset queued;  /* ports with a message in the queue */
    its_rdset waiting; /* ports with an unacknowledged message */
    its_rdset full;
    its_rdset offer;       /* the head may be offered in the coming cycle */
    its_rdset deaf;        /* perturb: no acknowledgement is taken in the coming cycle */
    uint64_t next;         /* edge from which a head that has credit may be offered */
    uint32_t command_seq;  /* number of the last command message at command_rd */
    uint32_t compound_seq; /* number of the last SET of the compound at compound_rd2 */
    uint32_t compound_ref;
    uint16_t command_rd;
    uint16_t compound_rd;
    uint16_t compound_rd2;
    uint8_t compound;         /* its_compound_state */
    uint8_t compound_message; /* ITS_RD_MOVE or ITS_RD_MOVE_ALL */
    uint8_t mark;             /* high-water mark of the queues */
    bool command_simple;      /* the last command sent one message, command_seq to command_rd */
    bool command_acked;
    uint8_t command_refused; /* pulses for reports; this one its_command_report() */
    bool msi_refused;
} its_rdlink;

void its_rdlink_reset(its_rdlink *u);
void its_rdlink_drive(const its_rdlink *u, its_wires *w);
void its_rdlink_clock(its_rdlink *u, const its_wires *w);

/* The wire message of a simple (not compound) effect. */
its_rd_kind its_rdlink_kind(uint8_t message);

/*
 * Error code of a command for this acknowledgement: 0 when the message was carried out, was an MSI's,
 * or the redistributor was asleep. A SET may be part of a compound effect, ITS_RD_MOVE or
 * ITS_RD_MOVE_ALL; else `part_of` is ITS_RD_NONE. (GIC-600AE TRM, command errors 0x20 to 0x26.)
 */
uint32_t its_rdlink_refusal(const its_rdack *ack, uint8_t part_of);

/* 0, or the command's its_command_report(): reported. */
uint8_t its_rdlink_report(const its_profile *profile, const its_probe *probe, const its_rdack *ack,
                          uint8_t part_of);

/* The acknowledgement says that an MSI found no LPI to set. */
bool its_rdlink_msi_refused(const its_rdack *ack);

/* `now` is the next edge to be clocked. */
uint64_t its_rdlink_wake(const its_rdlink *u, uint64_t now);

#ifdef __cplusplus
}
#endif

#endif
