/* SPDX-License-Identifier: MIT */
/*
 * fan.h - one sink for its_probe that hands every event to several, in the order they were added.
 */
#ifndef ITSIM_WATCH_FAN_H
#define ITSIM_WATCH_FAN_H

#include <stdbool.h>

#include "wire/event.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { ITS_FAN_SINKS = 8 };

typedef struct its_fan {
    struct {
        void (*sink)(void *host, const its_event *event);
        void *host;
    } out[ITS_FAN_SINKS];
    unsigned count;
} its_fan;

/* Start with an all-zero its_fan. False when the sink is NULL or ITS_FAN_SINKS are in use. */
bool its_fan_add(its_fan *u, void (*sink)(void *host, const its_event *event), void *host);

/* The sink; `fan` is an its_fan. */
void its_fan_sink(void *fan, const its_event *event);

#ifdef __cplusplus
}
#endif

#endif
