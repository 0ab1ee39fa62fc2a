/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workers: a few threads that do what a loop must not wait for, a bounded queue before them.
 *
 *     workers_put ──▶ queue (limit) ──▶ one of n threads: work->run(work, local) ──▶ work->done
 *
 * Each thread may keep something of its own (a database reader): `open` makes it on the thread,
 * `close` ends it; without them local is NULL.
 *
 * Owner: the caller makes the work and gets it back in done. Threads: workers_put from any; run and
 * done on a worker's; done must only hand the work over.
 */
#ifndef BASE_WORKERS_H
#define BASE_WORKERS_H

#include "base/err.h"

struct workers;

struct work {
    struct work *next; /* the queue's own */
    void (*run)(struct work *work, void *local);
    void (*done)(struct work *work);
};

struct workers_options {
    const char *name; /* of the threads, at most 15 characters */
    unsigned threads;
    unsigned limit; /* waiting at most */
    void *(*open)(void *context);
    void (*close)(void *local);
    void *context;
};

struct workers *workers_start(const struct workers_options *options);

/* ERR_BUSY: the queue is full, or it is being stopped. */
enum err workers_put(struct workers *w, struct work *work);

unsigned workers_waiting(struct workers *w);

/* Does what waits, then ends the threads. NULL is fine. */
void workers_stop(struct workers *w);

#endif
