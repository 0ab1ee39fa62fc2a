/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the writer gave and nobody has shipped yet: commits, and jobs that wait for them.
 *
 *     writer ──commit, lost, hold──▶ backlog ──take──▶ replicator
 *
 * Bounded: commits beyond `limit` bytes are dropped together with those before them, and from then
 * on what is wanted is an image of the whole database (which the next taker is told). Jobs are
 * bounded by the writer (writer_put counts those that are held).
 *
 * Threads: any; one lock, held for a few stores.
 */
#ifndef REPLICATE_BACKLOG_H
#define REPLICATE_BACKLOG_H

#include "store/commit.h"
#include "store/writer.h"

#include <pthread.h>

struct backlog {
    pthread_mutex_t lock; /* guards everything below */
    pthread_cond_t arrived;
    struct commit *first, **last;
    size_t bytes, limit;
    uint64_t seq; /* of the last commit the writer gave, kept or dropped */
    /* How often an image was wanted, because the commits do not continue what was shipped; and how
     * many of those wishes an image has met. */
    uint64_t wishes, met;
    bool closed;       /* the writer gives no more */
    int64_t oldest_ms; /* wall time of the oldest commit waiting; 0: none */
};

struct backlog_taken {
    struct commit *commits; /* oldest first; the taker's */
    uint64_t seq;           /* everything up to it is in the commits, or was before */
    bool image_wanted;      /* then there are no commits: make an image */
    bool closed;            /* and nothing more will come */
};

void backlog_init(struct backlog *b, size_t limit);
void backlog_release(struct backlog *b);

/* The writer's three. */
void backlog_put(struct backlog *b, struct commit *commit);
void backlog_want_image(struct backlog *b);
void backlog_close(struct backlog *b);

/* All there is; waits for something until the monotonic time until_ms. */
void backlog_take(struct backlog *b, int64_t until_ms, struct backlog_taken *out);

/* Where the writer is now. To be asked on its thread, when an image is pinned. */
struct backlog_mark {
    uint64_t seq, wishes;
};
struct backlog_mark backlog_mark(struct backlog *b);

/* An image pinned then was made: what is older is not needed. */
void backlog_image_made(struct backlog *b, struct backlog_mark mark);

/* Wakes whoever waits in backlog_take. */
void backlog_wake(struct backlog *b);

uint64_t backlog_seq(struct backlog *b);
int64_t backlog_oldest_ms(struct backlog *b);
uint64_t backlog_bytes(struct backlog *b);

#endif
