/* SPDX-License-Identifier: Apache-2.0 */
#include "store/safe.h"

#include "base/must.h"

#include <string.h>

void safe_init(struct safe *s)
{
    *s = (struct safe){0};
    must(pthread_mutex_init(&s->lock, NULL) == 0);
}

void safe_release(struct safe *s)
{
    pthread_mutex_destroy(&s->lock);
}

void safe_expect(struct safe *s)
{
    pthread_mutex_lock(&s->lock);
    s->expected = true;
    pthread_mutex_unlock(&s->lock);
}

void safe_forget(struct safe *s)
{
    pthread_mutex_lock(&s->lock);
    s->forget = true;
    s->forgetting = false;
    s->n = 0;
    s->taken = 0; /* what is being written goes with the next group again */
    s->through = 0;
    pthread_mutex_unlock(&s->lock);
}

void safe_note(struct safe *s, int64_t submission, int64_t at_ms)
{
    pthread_mutex_lock(&s->lock);
    struct safe_mark *last = s->n > s->taken ? &s->marks[s->n - 1] : NULL;
    bool together = last && (at_ms - last->from_ms < SAFE_TOGETHER_MS || s->n == SAFE_MARKS);
    if (submission > s->through && together) {
        last->submission = s->through = submission;
        last->at_ms = at_ms;
    } else if (submission > s->through && s->n < SAFE_MARKS) { /* else: the next one says it too */
        s->through = submission;
        s->marks[s->n++] =
            (struct safe_mark){.submission = submission, .at_ms = at_ms, .from_ms = at_ms};
    }
    pthread_mutex_unlock(&s->lock);
}

bool safe_any(struct safe *s)
{
    pthread_mutex_lock(&s->lock);
    bool any = s->n || s->forget;
    pthread_mutex_unlock(&s->lock);
    return any;
}

static int step(sqlite3_stmt *s)
{
    int rc = s ? sqlite3_step(s) : SQLITE_ERROR;
    sqlite3_reset(s);
    return rc;
}

int safe_write(struct safe *s, struct connection *c)
{
    struct safe_mark marks[SAFE_MARKS];
    pthread_mutex_lock(&s->lock);
    size_t n = s->taken = s->n;
    bool forget = s->forgetting = s->forget;
    memcpy(marks, s->marks, n * sizeof *marks);
    pthread_mutex_unlock(&s->lock);
    int rc = forget ? step(connection_query(c, SQL_SAFE_FORGET)) : SQLITE_DONE;
    for (size_t i = 0; rc == SQLITE_DONE && i < n; i++) {
        sqlite3_stmt *q = connection_query(c, SQL_SAFE_PUT);
        if (q) {
            sqlite3_bind_int64(q, P_SAFE_PUT_SUBMISSION, marks[i].submission);
            sqlite3_bind_int64(q, P_SAFE_PUT_AT_MS, marks[i].at_ms);
        }
        rc = step(q);
    }
    return rc;
}

void safe_settle(struct safe *s, bool committed)
{
    pthread_mutex_lock(&s->lock);
    if (committed) {
        s->n -= s->taken;
        memmove(s->marks, s->marks + s->taken, s->n * sizeof *s->marks);
        if (s->forgetting)
            s->forget = false;
    }
    s->taken = 0;
    s->forgetting = false;
    pthread_mutex_unlock(&s->lock);
}

/* In memory first: a mark that goes over into the table meanwhile is found in one of the two. */
static int64_t in_memory(struct safe *s, int64_t submission, bool *ask)
{
    int64_t since_ms = 0;
    pthread_mutex_lock(&s->lock);
    *ask = s->expected && !s->forget;
    for (size_t i = 0; s->expected && since_ms == 0 && i < s->n; i++)
        if (submission <= s->marks[i].submission)
            since_ms = s->marks[i].at_ms;
    pthread_mutex_unlock(&s->lock);
    return since_ms;
}

int safe_since(struct safe *s, struct connection *c, int64_t submission, int64_t *since_ms)
{
    bool ask = true;
    *since_ms = s ? in_memory(s, submission, &ask) : 0;
    if (!ask)
        return SQLITE_DONE;
    sqlite3_stmt *q = connection_query(c, SQL_SAFE_FIND);
    if (!q)
        return SQLITE_ERROR;
    sqlite3_bind_int64(q, P_SAFE_FIND_SUBMISSION, submission);
    int rc = sqlite3_step(q);
    if (rc == SQLITE_ROW) {
        *since_ms = sqlite3_column_int64(q, C_SAFE_FIND_AT_MS);
        rc = SQLITE_DONE;
    }
    sqlite3_reset(q);
    return rc;
}
