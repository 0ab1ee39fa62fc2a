/* SPDX-License-Identifier: Apache-2.0 */
#include "web/measure.h"

#include "base/must.h"
#include "web/loop.h"
#include "web/router.h"
#include "web/state.h"

#include <stdatomic.h>

enum { SLOTS = 512, SERIES_MAX = 448 };

struct series {
    const struct route *route;
    const char *method; /* the same pointer for the same method */
    int status;
    struct histogram took;
};

struct measure {
    _Atomic(struct series *) slots[SLOTS];
    unsigned n;
    atomic_int active;
    struct series rest; /* what found no slot */
};

struct measure *measure_new(void)
{
    struct measure *m = calloc(1, sizeof *m);
    must(m != NULL);
    return m;
}

void measure_free(struct measure *m)
{
    for (unsigned i = 0; m && i < SLOTS; i++)
        free(atomic_load(&m->slots[i]));
    free(m);
}

static bool same(const struct series *s, const struct series *key)
{
    return s->route == key->route && s->method == key->method && s->status == key->status;
}

/* The series of that key, or the slot that is free for it. */
static struct series *find(const struct measure *m, const struct series *key, unsigned *slot)
{
    uint64_t h = (uintptr_t)key->route / sizeof(struct route) * 31 + (uintptr_t)key->method;
    unsigned i = (unsigned)((h * 1000003 + (unsigned)key->status) * 0x9e3779b97f4a7c15ULL >> 55);
    for (;; i++) {
        struct series *s = atomic_load_explicit(&m->slots[i % SLOTS], memory_order_acquire);
        *slot = i % SLOTS;
        if (!s || same(s, key))
            return s;
    }
}

void measure_request(struct measure *m, const struct route *route, struct str method, int status,
                     int64_t took_us)
{
    const struct series key = {.route = route, .method = method.ptr, .status = status};
    unsigned slot;
    struct series *s = find(m, &key, &slot);
    if (!s && m->n < SERIES_MAX) {
        s = malloc(sizeof *s);
        must(s != NULL);
        *s = key;
        m->n++;
        atomic_store_explicit(&m->slots[slot], s, memory_order_release);
    }
    histogram_add(s ? &s->took : &m->rest.took, &histogram_us, took_us > 0 ? (uint64_t)took_us : 0);
}

void measure_active(struct measure *m, int change)
{
    atomic_fetch_add_explicit(&m->active, change, memory_order_relaxed);
}

/* ---- telling --------------------------------------------------------------------------------- */

static void add_up(struct histogram *sum, const struct histogram *h)
{
    for (size_t i = 0; i <= HISTOGRAM_BUCKETS; i++)
        sum->counts[i] += __atomic_load_n(&h->counts[i], __ATOMIC_RELAXED);
    sum->sum += __atomic_load_n(&h->sum, __ATOMIC_RELAXED);
}

static void tell(struct exposition *x, const struct series *s, const struct histogram *sum)
{
    char labels[320];
    struct str path = s->route ? s->route->path : STR_EMPTY;
    snprintf(labels, sizeof labels,
             "http_request_method=\"%s\",http_route=\"%.*s\",http_response_status_code=\"%d\"",
             s->method ? s->method : "", STR_ARG(path), s->status);
    exposition_histogram(x, labels, &histogram_us, sum);
}

/* Series i of loop n, with what the loops behind it have of the same; those before have told it. */
static void tell_slot(struct exposition *x, const struct web *web, unsigned n, unsigned i)
{
    struct series *s = atomic_load_explicit(&web->loops[n].measure->slots[i], memory_order_acquire);
    struct histogram sum = {0};
    unsigned slot;
    for (unsigned k = 0; s && k < n; k++)
        if (find(web->loops[k].measure, s, &slot))
            return;
    for (unsigned k = n; s && k < web->loops_n; k++) {
        const struct series *there = find(web->loops[k].measure, s, &slot);
        if (there)
            add_up(&sum, &there->took);
    }
    if (s)
        tell(x, s, &sum);
}

void measure_expose(struct exposition *x, void *context)
{
    const struct web *web = context;
    struct histogram rest = {0};
    int active = 0;
    exposition_family(x, "http_server_request_duration_seconds", EXPOSITION_HISTOGRAM,
                      "Duration of HTTP requests, from their last byte to the last one answered.");
    for (unsigned n = 0; n < web->loops_n; n++) {
        for (unsigned i = 0; i < SLOTS; i++)
            tell_slot(x, web, n, i);
        add_up(&rest, &web->loops[n].measure->rest.took);
        active += atomic_load_explicit(&web->loops[n].measure->active, memory_order_relaxed);
    }
    uint64_t any = 0;
    for (size_t i = 0; i <= HISTOGRAM_BUCKETS; i++)
        any += rest.counts[i];
    if (any)
        tell(x, &(const struct series){0}, &rest);
    exposition_gauge(x, "http_server_active_requests", "HTTP requests being answered.", active);
}
