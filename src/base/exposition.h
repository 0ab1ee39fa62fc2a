/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metrics as text, for who scrapes them: the Prometheus format 0.0.4, or OpenMetrics 1.0 when that
 * is asked for (https://prometheus.io/docs/instrumenting/exposition_formats/).
 *
 *     exposition_source(write, context)     once at start, by whoever has something to tell
 *     exposition_write(out, open) ─▶ each source: exposition_family, then its samples
 *
 * A family's name ends in _total when it is a counter, in _info when it says what something is, in
 * its unit (_seconds, _bytes) when it has one. Labels are written as `key="value"` with commas
 * between them; values in them are ours, and need no escape.
 *
 * Threads: sources may be added, dropped and written from any thread; one lock, held while writing.
 */
#ifndef BASE_EXPOSITION_H
#define BASE_EXPOSITION_H

#include "base/buf.h"

enum exposition_kind {
    EXPOSITION_COUNTER,
    EXPOSITION_GAUGE,
    EXPOSITION_HISTOGRAM,
    EXPOSITION_INFO
};

/* Where the buckets of a histogram end, ascending, in the unit that is counted; as text in the unit
 * that is told; and how much one of the first is in the second. */
enum { HISTOGRAM_BUCKETS = 14 };

struct histogram_shape {
    unsigned n;
    uint64_t upto[HISTOGRAM_BUCKETS];
    const char *text[HISTOGRAM_BUCKETS];
    double unit;
};

/* Counted by one thread at a time, read by any: each number is right, they may be a moment apart.
 */
struct histogram {
    uint64_t counts[HISTOGRAM_BUCKETS + 1]; /* the last: above all */
    uint64_t sum;
};

/* Microseconds, told in seconds: 0.5 ms to 10 s. Plain numbers: 1 to 4096. */
extern const struct histogram_shape histogram_us, histogram_number;

void histogram_add(struct histogram *h, const struct histogram_shape *shape, uint64_t value);

struct exposition {
    struct buf *out;
    bool open; /* OpenMetrics */
    const char *name;
    enum exposition_kind kind;
};

void exposition_family(struct exposition *x, const char *name, enum exposition_kind kind,
                       const char *help);

/* Samples of the family; labels may be NULL. */
void exposition_number(struct exposition *x, const char *labels, double value);
void exposition_count(struct exposition *x, const char *labels, uint64_t value);
void exposition_histogram(struct exposition *x, const char *labels,
                          const struct histogram_shape *shape, const struct histogram *h);

/* A family with one sample without labels. */
void exposition_gauge(struct exposition *x, const char *name, const char *help, double value);
void exposition_counter(struct exposition *x, const char *name, const char *help, uint64_t value);

typedef void exposition_writer(struct exposition *x, void *context);

/* context stays valid until exposition_drop; at most 16 sources. */
void exposition_source(exposition_writer *write, void *context);
void exposition_drop(void *context);

/* All of it. False: out has no room. */
bool exposition_write(struct buf *out, bool open);

/* What an Accept header asks for, and the content type of the answer. */
bool exposition_wants_open(struct str accept);
extern const struct str exposition_types[2]; /* of the plain one, of OpenMetrics */

#endif
