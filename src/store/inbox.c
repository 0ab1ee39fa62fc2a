/* SPDX-License-Identifier: Apache-2.0 */
#include "store/inbox.h"

#include "base/must.h"

#include <errno.h>

void inbox_init(struct inbox *b, unsigned limit)
{
    *b = (struct inbox){.limit = limit};
    b->last = &b->first;
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    must(pthread_mutex_init(&b->lock, NULL) == 0 && pthread_cond_init(&b->arrived, &attr) == 0);
    pthread_condattr_destroy(&attr);
}

void inbox_release(struct inbox *b)
{
    pthread_cond_destroy(&b->arrived);
    pthread_mutex_destroy(&b->lock);
}

bool inbox_put(struct inbox *b, struct job *job)
{
    job->next = NULL;
    pthread_mutex_lock(&b->lock);
    bool taken = !b->closed && b->waiting < b->limit;
    if (taken) {
        *b->last = job;
        b->last = &job->next;
        b->waiting++;
    }
    bool wake = taken && b->asleep;
    if (wake)
        b->asleep = false;
    pthread_mutex_unlock(&b->lock);
    if (wake)
        pthread_cond_signal(&b->arrived);
    return taken;
}

void inbox_close(struct inbox *b)
{
    pthread_mutex_lock(&b->lock);
    b->closed = true;
    b->asleep = false;
    pthread_mutex_unlock(&b->lock);
    pthread_cond_signal(&b->arrived);
}

struct job *inbox_take(struct inbox *b, unsigned n, int64_t until_ms, bool *closed)
{
    struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    pthread_mutex_lock(&b->lock);
    int rc = 0;
    while (!b->first && !b->closed && rc != ETIMEDOUT) {
        b->asleep = true;
        rc = pthread_cond_timedwait(&b->arrived, &b->lock, &until);
    }
    b->asleep = false;
    struct job *taken = b->first, **end = b->waiting <= n ? b->last : &b->first;
    unsigned count = b->waiting <= n ? b->waiting : 0;
    for (; *end && count < n; count++)
        end = &(*end)->next;
    if (count) {
        b->first = *end;
        *end = NULL;
        if (!b->first)
            b->last = &b->first;
        b->waiting -= count;
    }
    *closed = b->closed && !taken;
    pthread_mutex_unlock(&b->lock);
    return taken;
}

unsigned inbox_waiting(struct inbox *b)
{
    pthread_mutex_lock(&b->lock);
    unsigned n = b->waiting;
    pthread_mutex_unlock(&b->lock);
    return n;
}
