/* SPDX-License-Identifier: MIT */
/*
 * cmdx.h - command execution: carries out one command at a time.
 *
 * Takes a packet from cmdf, spends command_cycles on decoding it, raises the hold on what it changes
 * (its_cmd_holds), waits one edge so that nothing already offered by the translator is overtaken,
 * then asks its_decide() and fetches until it knows enough, and carries out the effects in their
 * order: scan, message, entry write. The hold falls after the last effect. SYNC (and every command
 * when sync is strict) then waits for its acknowledgement. `retire` tells cmdf.
 */
#ifndef ITSIM_ITS_CMDX_H
#define ITSIM_ITS_CMDX_H

#include "its/wires.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    CMDX_IDLE,
    CMDX_DECODE,
    CMDX_HOLD, /* hold visible; the translator stops using what it covers */
    CMDX_LOOKUP,
    CMDX_ANSWER,
    CMDX_WANT_FETCH,
    CMDX_FETCH,
    CMDX_SCAN,
    CMDX_SEND,
    CMDX_WRITE,
    CMDX_ACK
} its_cmdx_state;

typedef struct its_cmdx {
    its_operands known;
    its_request request;
    its_verdict verdict;
    its_hold hold;
    its_lookup lookup;
    its_fetch fetch;
    its_rd_request message;
    uint32_t ref;
    uint32_t await; /* CMDX_SEND, sync_waits: translations whose messages go before the SYNC */
    uint8_t state;  /* its_cmdx_state */
    uint8_t count;  /* CMDX_DECODE: cycles left */
    bool acked;
    bool retire;
    bool retire_stall;
    uint8_t error; /* pulse: its_command_report() */
} its_cmdx;

void its_cmdx_reset(its_cmdx *u);
void its_cmdx_drive(const its_cmdx *u, its_wires *w);
void its_cmdx_clock(its_cmdx *u, const its_wires *w);
uint64_t its_cmdx_wake(const its_cmdx *u);

#ifdef __cplusplus
}
#endif

#endif
