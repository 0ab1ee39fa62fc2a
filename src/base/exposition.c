/* SPDX-License-Identifier: Apache-2.0 */
#include "base/exposition.h"

#include "base/must.h"

#include <inttypes.h>
#include <pthread.h>

enum { SOURCES_MAX = 16 };

const struct str exposition_types[2] = {
    STR_INIT("text/plain; version=0.0.4; charset=utf-8"),
    STR_INIT("application/openmetrics-text; version=1.0.0; charset=utf-8"),
};

const struct histogram_shape histogram_us = {
    .n = 14,
    .upto = {500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000,
             5000000, 10000000},
    .text = {"0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5",
             "1.0", "2.5", "5.0", "10.0"},
    .unit = 1e-6,
};

const struct histogram_shape histogram_number = {
    .n = 13,
    .upto = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096},
    .text = {"1.0", "2.0", "4.0", "8.0", "16.0", "32.0", "64.0", "128.0", "256.0", "512.0",
             "1024.0", "2048.0", "4096.0"},
    .unit = 1,
};

static struct {
    exposition_writer *write;
    void *context;
} sources[SOURCES_MAX];
static size_t sources_n;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards both */

/* ---- histograms ------------------------------------------------------------------------------ */

/* One thread counts: a load and a store are enough. */
static void add(uint64_t *place, uint64_t n)
{
    __atomic_store_n(place, __atomic_load_n(place, __ATOMIC_RELAXED) + n, __ATOMIC_RELAXED);
}

void histogram_add(struct histogram *h, const struct histogram_shape *shape, uint64_t value)
{
    unsigned i = 0;
    while (i < shape->n && value > shape->upto[i])
        i++;
    add(&h->counts[i < shape->n ? i : HISTOGRAM_BUCKETS], 1);
    add(&h->sum, value);
}

/* ---- families and samples -------------------------------------------------------------------- */

/* OpenMetrics names a family without what its kind puts behind it. */
static int name_length(const struct exposition *x)
{
    struct str name = str_from(x->name);
    const struct str end = x->kind == EXPOSITION_COUNTER ? STR("_total")
                           : x->kind == EXPOSITION_INFO  ? STR("_info")
                                                         : STR_EMPTY;
    return (int)(x->open && end.len && str_ends(name, end) ? name.len - end.len : name.len);
}

void exposition_family(struct exposition *x, const char *name, enum exposition_kind kind,
                       const char *help)
{
    static const char *const kinds[] = {"counter", "gauge", "histogram", "info"};
    x->name = name;
    x->kind = kind;
    const char *word = kinds[!x->open && kind == EXPOSITION_INFO ? EXPOSITION_GAUGE : kind];
    int n = name_length(x);
    buf_fmt(x->out, "# HELP %.*s %s\n# TYPE %.*s %s\n", n, name, help, n, name, word);
}

static void begin_sample(struct exposition *x, const char *suffix, const char *labels,
                         const char *bucket)
{
    bool any = labels && *labels;
    buf_fmt(x->out, "%s%s", x->name, suffix);
    if (any || bucket)
        buf_fmt(x->out, "{%s%s%s%s%s}", any ? labels : "", any && bucket ? "," : "",
                bucket ? "le=\"" : "", bucket ? bucket : "", bucket ? "\"" : "");
}

void exposition_number(struct exposition *x, const char *labels, double value)
{
    begin_sample(x, "", labels, NULL);
    buf_fmt(x->out, " %.15g\n", value);
}

void exposition_count(struct exposition *x, const char *labels, uint64_t value)
{
    begin_sample(x, "", labels, NULL);
    buf_fmt(x->out, " %" PRIu64 "\n", value);
}

void exposition_histogram(struct exposition *x, const char *labels,
                          const struct histogram_shape *shape, const struct histogram *h)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < shape->n; i++) {
        n += __atomic_load_n(&h->counts[i], __ATOMIC_RELAXED);
        begin_sample(x, "_bucket", labels, shape->text[i]);
        buf_fmt(x->out, " %" PRIu64 "\n", n);
    }
    n += __atomic_load_n(&h->counts[HISTOGRAM_BUCKETS], __ATOMIC_RELAXED);
    begin_sample(x, "_bucket", labels, "+Inf");
    buf_fmt(x->out, " %" PRIu64 "\n", n);
    begin_sample(x, "_sum", labels, NULL);
    buf_fmt(x->out, " %.15g\n", (double)__atomic_load_n(&h->sum, __ATOMIC_RELAXED) * shape->unit);
    begin_sample(x, "_count", labels, NULL);
    buf_fmt(x->out, " %" PRIu64 "\n", n);
}

void exposition_gauge(struct exposition *x, const char *name, const char *help, double value)
{
    exposition_family(x, name, EXPOSITION_GAUGE, help);
    exposition_number(x, NULL, value);
}

void exposition_counter(struct exposition *x, const char *name, const char *help, uint64_t value)
{
    exposition_family(x, name, EXPOSITION_COUNTER, help);
    exposition_count(x, NULL, value);
}

/* ---- sources --------------------------------------------------------------------------------- */

void exposition_source(exposition_writer *write, void *context)
{
    pthread_mutex_lock(&lock);
    must(sources_n < SOURCES_MAX);
    sources[sources_n].write = write;
    sources[sources_n++].context = context;
    pthread_mutex_unlock(&lock);
}

void exposition_drop(void *context)
{
    pthread_mutex_lock(&lock);
    size_t kept = 0;
    for (size_t i = 0; i < sources_n; i++)
        if (sources[i].context != context)
            sources[kept++] = sources[i];
    sources_n = kept;
    pthread_mutex_unlock(&lock);
}

bool exposition_write(struct buf *out, bool open)
{
    struct exposition x = {.out = out, .open = open};
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < sources_n; i++)
        sources[i].write(&x, sources[i].context);
    pthread_mutex_unlock(&lock);
    if (open)
        buf_str(out, STR("# EOF\n"));
    return buf_ok(out);
}

bool exposition_wants_open(struct str accept)
{
    return str_contains(accept, STR("application/openmetrics-text"));
}
