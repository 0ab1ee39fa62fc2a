/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The writer's inbox: jobs in the order they came, at most `limit` of them.
 *
 * The jobs are chained through their own `next`, so putting one costs a lock, two stores and, only
 * when the writer sleeps, a wake-up. Under load the writer never sleeps and nobody is woken.
 *
 * Threads: inbox_put from any; inbox_take from the writer's. The lock is held for a few stores and
 * never while anything else happens.
 */
#ifndef STORE_INBOX_H
#define STORE_INBOX_H

#include "store/writer.h"

#include <pthread.h>

struct inbox {
    pthread_mutex_t lock; /* guards everything below */
    pthread_cond_t arrived;
    struct job *first, **last;
    unsigned waiting, limit;
    bool closed;
    bool asleep; /* the writer waits for `arrived` */
};

void inbox_init(struct inbox *b, unsigned limit);
void inbox_release(struct inbox *b);

/* False when it is full or closed. */
bool inbox_put(struct inbox *b, struct job *job);

/* From now on nothing is taken in; inbox_take returns at once. */
void inbox_close(struct inbox *b);

/*
 * The oldest jobs, at most n, as a chain in their order; waits for one until the monotonic time
 * until_ms. NULL when none came (or the inbox is closed and empty: *closed).
 */
struct job *inbox_take(struct inbox *b, unsigned n, int64_t until_ms, bool *closed);

unsigned inbox_waiting(struct inbox *b);

#endif
