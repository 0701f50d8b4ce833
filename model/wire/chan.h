/* SPDX-License-Identifier: MIT */
/*
 * chan.h - a valid/ready channel: the source drives valid and d, the sink drives ready, both as a
 * function of registered state only. A transfer happens at a clock edge where both are true.
 * Once valid, a source keeps valid and d until the transfer.
 */
#ifndef ITSIM_WIRE_CHAN_H
#define ITSIM_WIRE_CHAN_H

#include <stdbool.h>

#define ITS_CHANNEL(payload)                                                                       \
    struct {                                                                                       \
        payload d;                                                                                 \
        bool valid;                                                                                \
        bool ready;                                                                                \
    }

#define its_fire(channel) ((channel)->valid && (channel)->ready)

#endif
