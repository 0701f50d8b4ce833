/* SPDX-License-Identifier: MIT */
/*
 * json.h - all counters and histograms as JSON text, in a fixed order.
 *
 *   {
 *     "counters": {"hits_device_l1": 0, ...},
 *     "latency": {
 *       "queue": {"count": 9, "min": 1, "mean": 2, "p50": 2, "p90": 3, "p99": 3, "max": 3,
 *                 "bins": [[1, 1, 4], ...]},
 *       ...
 *     }
 *   }
 *
 * Names are those of counters.h; latencies are in cycles. A bin is [least, greatest, values]; empty
 * ones are left out.
 */
#ifndef ITSIM_WATCH_JSON_H
#define ITSIM_WATCH_JSON_H

#include <stdbool.h>
#include <stdio.h>

#include "watch/counters.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Writes one JSON object, no newline behind it, so that it can stand inside a larger one. False
 * when `file` has an error; what is still in its buffer shows up at fclose().
 */
bool its_json_write(FILE *file, const its_counters *counters);

#ifdef __cplusplus
}
#endif

#endif
