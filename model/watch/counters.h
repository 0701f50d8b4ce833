/* SPDX-License-Identifier: MIT */
/*
 * counters.h - counts what the model reports, and how long each MSI takes, stage by stage.
 *
 * An its_counters is a value: zero it with its_counters_reset(), use its_counters_sink() as the
 * sink of an its_probe (or of its_fan), read it at any time. Nothing is allocated.
 */
#ifndef ITSIM_WATCH_COUNTERS_H
#define ITSIM_WATCH_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "watch/hist.h"
#include "wire/event.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
#define COUNTER(name, what) ITS_COUNT_##name,
#include "watch/counters.def"
#undef COUNTER
    ITS_COUNTERS
} its_counter;

/* Stages of an MSI, and the length of commands. */
typedef enum {
    ITS_LATENCY_QUEUE,     /* MSI_ACCEPT to MSI_START */
    ITS_LATENCY_TRANSLATE, /* MSI_START to MSI_SEND */
    ITS_LATENCY_DELIVER,   /* MSI_SEND to LPI_SET */
    ITS_LATENCY_TOTAL,     /* MSI_ACCEPT to LPI_SET */
    ITS_LATENCY_COMMAND,   /* CMD_START to its end */
    ITS_LATENCIES
} its_latency;

enum { ITS_ERROR_CODES = 64, ITS_IN_FLIGHT = 256, ITS_NAME_BYTES = 16 };

typedef struct its_error_count {
    uint64_t count;
    uint32_t code;
    char name[ITS_NAME_BYTES]; /* "errors_010801" */
} its_error_count;

/* An MSI that was accepted and has neither arrived nor been dropped. */
typedef struct its_flight {
    uint64_t accept;
    uint64_t start;
    uint64_t send;
    uint32_t ref; /* 0: free */
    bool started;
    bool sent;
} its_flight;

typedef struct its_counters {
    uint64_t n[ITS_COUNTERS];
    its_hist latency[ITS_LATENCIES];
    its_error_count error[ITS_ERROR_CODES]; /* by code, ascending */
    unsigned errors;                        /* of them in use */
    its_flight flight[ITS_IN_FLIGHT];       /* place: low bits of ref */
    uint64_t state_since;
    uint64_t disable_since;
    uint64_t command_since;
    uint8_t state; /* its_drain_state */
    bool disabling;
    bool commanding;
} its_counters;

void its_counters_reset(its_counters *u);

/* The sink; `counters` is an its_counters. */
void its_counters_sink(void *counters, const its_event *event);

/*
 * Counts the cycles spent in the present drain state up to `cycle`. Call it before reading
 * cycles_...; counting goes on from there.
 */
void its_counters_settle(its_counters *u, uint64_t cycle);

/*
 * Counter number i of the one list that reports, traces and benchmarks share: first those of
 * counters.def, then errors_XXXXXX for each code seen. False past the last. The name lives as long
 * as `u` and stays good until the next event.
 */
bool its_counters_at(const its_counters *u, unsigned i, const char **name, uint64_t *value);

/* By name; false when there is none. errors_ and six lower-case hexadecimal digits is always
 * one. */
bool its_counters_named(const its_counters *u, const char *name, uint64_t *value);

/* What a counter of counters.def counts; NULL past the last. */
const char *its_counters_what(unsigned i);

/* "queue", "translate", "deliver", "total", "command"; NULL past the last. */
const char *its_latency_name(unsigned latency);

#ifdef __cplusplus
}
#endif

#endif
