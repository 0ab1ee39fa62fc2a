/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Since when each submission is in the replica too.
 *
 *     replicator ──safe_note──▶ marks in memory ──with a group, once a second──▶ table safe_mark
 *
 * A mark (submission, at_ms) says: every row up to that number, and above the mark before, has been
 * there since at_ms at the latest. Marks less than a second apart become one, with the later time,
 * so that a burst costs a row a second and no submission one of its own. What was not written when
 * the process ended is noted anew at the next start, with that start's time: a time that is said is
 * never too early.
 *
 * Nothing is said before this process knows what its replica is (safe_expect): a server without
 * one has no second place.
 *
 * Threads: safe_note, safe_forget and safe_since from any; safe_write and safe_settle are the
 * writer's. Private to store/: others use store_note_safe and reader_safe_since.
 */
#ifndef STORE_SAFE_H
#define STORE_SAFE_H

#include "store/connection.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { SAFE_MARKS = 64, SAFE_TOGETHER_MS = 1000 };

struct safe_mark {
    int64_t submission, at_ms;
    int64_t from_ms; /* the first time that became one with it */
};

struct safe {
    pthread_mutex_t lock; /* guards everything below */
    struct safe_mark marks[SAFE_MARKS];
    size_t n;
    size_t taken;    /* of them, between safe_write and safe_settle */
    int64_t through; /* the highest that was noted */
    bool expected;   /* there is a replica */
    bool forget;     /* what the table says is of another replica */
    bool forgetting; /* between safe_write and safe_settle */
};

void safe_init(struct safe *s);
void safe_release(struct safe *s);

/* There is a replica: what the table says counts. */
void safe_expect(struct safe *s);

/* The replica was empty: nothing of what was noted before is in it. */
void safe_forget(struct safe *s);

/* Everything up to that row number has been there since at_ms. */
void safe_note(struct safe *s, int64_t submission, int64_t at_ms);

/* Is there something to write? */
bool safe_any(struct safe *s);

/* Writes the marks in the open transaction; SQLite's code, SQLITE_DONE when it worked. Then
 * safe_settle: not committed keeps them. */
int safe_write(struct safe *s, struct connection *c);
void safe_settle(struct safe *s, bool committed);

/* Since when the submission has been there; *since_ms 0: it is not, or nobody knows. SQLite's code,
 * SQLITE_DONE when it worked. s NULL: beside another process, only the table is asked. */
int safe_since(struct safe *s, struct connection *c, int64_t submission, int64_t *since_ms);

#endif
