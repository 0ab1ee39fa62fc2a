/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counters of the whole process: the rows of metrics.def, one number each that only grows.
 *
 *     metric_add(METRIC_ended_quiet, 1);
 *
 * What moved is also told in the log, without a line per event: metric_log writes one line for each
 * counter with an event that moved since its last line, at most every METRIC_LOG_MS, with how many
 * since then and in all. Whoever floods us does not flood the log.
 *
 * Threads: metric_add and metric_value from any; metric_log from one.
 */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include <stdbool.h>
#include <stdint.h>

enum { METRIC_LOG_MS = 10000 };

enum metric {
#define COUNTER(id, ...) METRIC_##id,
#include "base/metrics.def"
#undef COUNTER
    METRIC_COUNT
};

struct metric_row {
    const char *name, *labels, *help;
    const char *event; /* NULL: not told */
};

extern const struct metric_row metric_rows[METRIC_COUNT];

void metric_add(enum metric metric, uint64_t n);
uint64_t metric_value(enum metric metric);

/* All of them, for /metrics. */
struct exposition;
void metric_expose(struct exposition *x);

/* now_ms: monotonic; last: tells all that is left, as the process ends. */
void metric_log(int64_t now_ms, bool last);

#endif
