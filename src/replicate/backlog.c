/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/backlog.h"

#include "base/must.h"

#include <errno.h>

void backlog_init(struct backlog *b, size_t limit)
{
    *b = (struct backlog){.limit = limit};
    b->last = &b->first;
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    must(pthread_mutex_init(&b->lock, NULL) == 0 && pthread_cond_init(&b->arrived, &attr) == 0);
    pthread_condattr_destroy(&attr);
}

/* With the lock. */
static void drop_until(struct backlog *b, uint64_t seq)
{
    while (b->first && b->first->seq <= seq) {
        struct commit *c = b->first;
        b->first = c->next;
        b->bytes -= commit_size(c);
        commit_free(c);
    }
    if (!b->first)
        b->last = &b->first;
    b->oldest_ms = b->first ? b->first->at_ms : 0;
}

void backlog_release(struct backlog *b)
{
    drop_until(b, UINT64_MAX);
    pthread_cond_destroy(&b->arrived);
    pthread_mutex_destroy(&b->lock);
}

void backlog_put(struct backlog *b, struct commit *commit)
{
    commit->next = NULL;
    pthread_mutex_lock(&b->lock);
    b->seq = commit->seq;
    if (!b->oldest_ms)
        b->oldest_ms = commit->at_ms;
    *b->last = commit;
    b->last = &commit->next;
    b->bytes += commit_size(commit);
    if (b->bytes > b->limit) {
        int64_t oldest_ms = b->oldest_ms;
        drop_until(b, UINT64_MAX);
        b->oldest_ms = oldest_ms; /* it waits for the image */
        b->wishes++;
    }
    pthread_mutex_unlock(&b->lock);
    pthread_cond_signal(&b->arrived);
}

void backlog_want_image(struct backlog *b)
{
    pthread_mutex_lock(&b->lock);
    b->wishes++;
    pthread_mutex_unlock(&b->lock);
    pthread_cond_signal(&b->arrived);
}

void backlog_close(struct backlog *b)
{
    pthread_mutex_lock(&b->lock);
    b->closed = true;
    pthread_mutex_unlock(&b->lock);
    pthread_cond_signal(&b->arrived);
}

void backlog_wake(struct backlog *b)
{
    pthread_cond_signal(&b->arrived);
}

void backlog_take(struct backlog *b, int64_t until_ms, struct backlog_taken *out)
{
    struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    pthread_mutex_lock(&b->lock);
    int rc = 0;
    while (!b->first && b->wishes == b->met && !b->closed && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&b->arrived, &b->lock, &until);
    *out = (struct backlog_taken){
        .seq = b->seq, .image_wanted = b->wishes != b->met, .closed = b->closed};
    if (!out->image_wanted) {
        out->commits = b->first;
        b->first = NULL;
        b->last = &b->first;
        b->bytes = 0;
        b->oldest_ms = 0;
    }
    pthread_mutex_unlock(&b->lock);
}

struct backlog_mark backlog_mark(struct backlog *b)
{
    pthread_mutex_lock(&b->lock);
    struct backlog_mark mark = {.seq = b->seq, .wishes = b->wishes};
    pthread_mutex_unlock(&b->lock);
    return mark;
}

void backlog_image_made(struct backlog *b, struct backlog_mark mark)
{
    pthread_mutex_lock(&b->lock);
    b->met = mark.wishes;
    drop_until(b, mark.seq);
    pthread_mutex_unlock(&b->lock);
}

uint64_t backlog_seq(struct backlog *b)
{
    pthread_mutex_lock(&b->lock);
    uint64_t seq = b->seq;
    pthread_mutex_unlock(&b->lock);
    return seq;
}

uint64_t backlog_bytes(struct backlog *b)
{
    pthread_mutex_lock(&b->lock);
    uint64_t bytes = b->bytes;
    pthread_mutex_unlock(&b->lock);
    return bytes;
}

int64_t backlog_oldest_ms(struct backlog *b)
{
    pthread_mutex_lock(&b->lock);
    int64_t ms = b->oldest_ms;
    pthread_mutex_unlock(&b->lock);
    return ms;
}
