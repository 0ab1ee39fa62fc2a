/* SPDX-License-Identifier: Apache-2.0 */
#include "base/metric.h"

#include "base/exposition.h"
#include "base/log.h"

#include <stdatomic.h>
#include <string.h>

const struct metric_row metric_rows[METRIC_COUNT] = {
#define COUNTER(id, name, labels, help, event) [METRIC_##id] = {name, labels, help, event},
#include "base/metrics.def"
#undef COUNTER
};

static atomic_uint_fast64_t values[METRIC_COUNT];

/* Of metric_log's thread. */
static struct {
    uint64_t value;
    int64_t at_ms;
    bool ever;
} told[METRIC_COUNT];

void metric_add(enum metric metric, uint64_t n)
{
    atomic_fetch_add_explicit(&values[metric], n, memory_order_relaxed);
}

uint64_t metric_value(enum metric metric)
{
    return atomic_load_explicit(&values[metric], memory_order_relaxed);
}

void metric_expose(struct exposition *x)
{
    for (enum metric m = 0; m < METRIC_COUNT; m++) {
        const struct metric_row *row = &metric_rows[m];
        if (m == 0 || strcmp(row->name, metric_rows[m - 1].name) != 0)
            exposition_family(x, row->name, EXPOSITION_COUNTER, row->help);
        exposition_count(x, row->labels, metric_value(m));
    }
}

void metric_log(int64_t now_ms, bool last)
{
    for (enum metric m = 0; m < METRIC_COUNT; m++) {
        uint64_t value = metric_value(m);
        bool due = last || !told[m].ever || now_ms - told[m].at_ms >= METRIC_LOG_MS;
        if (!metric_rows[m].event || value == told[m].value || !due)
            continue;
        log_event(LOG_WARN, metric_rows[m].event, LOG_INT("count", value - told[m].value),
                  LOG_INT("total", value));
        told[m].value = value;
        told[m].at_ms = now_ms;
        told[m].ever = true;
    }
}
