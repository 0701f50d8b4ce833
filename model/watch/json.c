/* SPDX-License-Identifier: MIT */
#include "watch/json.h"

#include <inttypes.h>

static void write_counters(FILE *file, const its_counters *u)
{
    const char *name;
    uint64_t value;
    for (unsigned i = 0; its_counters_at(u, i, &name, &value); i++)
        fprintf(file, "%s\n    \"%s\": %" PRIu64, i ? "," : "", name, value);
}

static void write_bins(FILE *file, const its_hist *h)
{
    const char *comma = "";
    for (unsigned i = 0; i < ITS_HIST_BINS; i++) {
        if (!h->bin[i])
            continue;
        uint64_t high = its_hist_high(i) < h->max ? its_hist_high(i) : h->max;
        fprintf(file, "%s[%" PRIu64 ", %" PRIu64 ", %" PRIu64 "]", comma, its_hist_low(i), high,
                h->bin[i]);
        comma = ", ";
    }
}

static void write_latency(FILE *file, const its_hist *h)
{
    fprintf(file, "{\"count\": %" PRIu64 ", \"min\": %" PRIu64 ", \"mean\": %" PRIu64, h->count,
            h->min, its_hist_mean(h));
    static const unsigned percents[] = {50, 90, 99};
    for (unsigned i = 0; i < sizeof percents / sizeof *percents; i++)
        fprintf(file, ", \"p%u\": %" PRIu64, percents[i], its_hist_percentile(h, percents[i]));
    fprintf(file, ", \"max\": %" PRIu64 ",\n      \"bins\": [", h->max);
    write_bins(file, h);
    fputs("]}", file);
}

bool its_json_write(FILE *file, const its_counters *counters)
{
    fputs("{\n  \"counters\": {", file);
    write_counters(file, counters);
    fputs("\n  },\n  \"latency\": {", file);
    for (unsigned i = 0; i < ITS_LATENCIES; i++) {
        fprintf(file, "%s\n    \"%s\": ", i ? "," : "", its_latency_name(i));
        write_latency(file, &counters->latency[i]);
    }
    fputs("\n  }\n}", file);
    return !ferror(file);
}
