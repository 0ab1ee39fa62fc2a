/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "store/writer_inner.h"

enum {
    RETRY_FIRST_MS = 50, /* pauses between attempts to get the disk back */
    RETRY_LAST_MS = 5 * 1000,
    LOG_PATIENCE = 8, /* times the log's limit */
    READERS_MS = 500  /* waited for readers at most */
};

/* ---- the write-ahead log -------------------------------------------------------------------- */

/* SQLite calls it after each commit. */
static int on_commit(void *context, sqlite3 *db, const char *schema, int pages)
{
    struct writer *w = context;
    (void)schema;
    w->log_pages = (unsigned)pages;
    capture_commit(&w->capture, db, w->log_pages, &w->group.head);
    return SQLITE_OK;
}

/*
 * Copies the log into the database file, as far as no reader still needs the old pages, so that the
 * next commit can start the log over. What could not be copied is tried again after as many pages
 * as a full log has, not at every commit.
 *
 * Readers that follow each other without a pause keep the log from starting over, and its file
 * grows. When it has grown to LOG_PATIENCE times what it should be, it is waited for them: those
 * that begin meanwhile do not hold it up.
 */
void writer_checkpoint(struct writer *w)
{
    int pages = 0, copied = 0;
    bool wait = w->log_length >= LOG_PATIENCE * w->log_limit;
    if (wait)
        sqlite3_busy_timeout(w->connection.db, READERS_MS);
    int rc = sqlite3_wal_checkpoint_v2(w->connection.db, NULL,
                                       wait ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE,
                                       &pages, &copied);
    if (wait)
        sqlite3_busy_timeout(w->connection.db, CONNECTION_BUSY_MS);
    w->log_length = pages > 0 && !(wait && rc == SQLITE_OK) ? (unsigned)pages : 0;
    if (rc != SQLITE_OK && rc != SQLITE_BUSY) {
        struct why why;
        connection_error(&w->connection, "checkpoint the database", &why);
        log_why(LOG_WARN, "checkpoint failed", &why);
    }
    w->checkpoint_at = w->log_pages + w->log_limit;
    if (rc == SQLITE_OK && copied == pages) {
        w->log_pages = 0;
        w->checkpoint_at = w->log_limit;
    }
    pthread_mutex_lock(&w->stats_lock);
    w->stats.checkpoints++;
    pthread_mutex_unlock(&w->stats_lock);
}

/* ---- losing the disk and getting it back ---------------------------------------------------- */

void writer_close_connection(struct writer *w)
{
    group_release(&w->group);
    connection_close(&w->connection);
    w->open = false;
}

void writer_set_trouble(struct writer *w, enum err kind, const struct why *why)
{
    if (!w->trouble_kind || w->retry_pause_ms == 0)
        log_why(LOG_ERROR, "database not writable", why);
    w->trouble = *why;
    w->trouble_kind = kind;
    w->retry_pause_ms = w->retry_pause_ms ? w->retry_pause_ms * 2 : RETRY_FIRST_MS;
    if (w->retry_pause_ms > RETRY_LAST_MS)
        w->retry_pause_ms = RETRY_LAST_MS;
    w->retry_at_ms = clock_monotonic_ms() + w->retry_pause_ms;
    pthread_mutex_lock(&w->stats_lock);
    w->stats.healthy = false;
    pthread_mutex_unlock(&w->stats_lock);
}

/* A connection that can be written with, and what the last committed transaction left. */
enum err writer_use_connection(struct writer *w, struct why *why)
{
    sqlite3_wal_hook(w->connection.db, on_commit, w);
    enum err e = group_init(&w->group, &w->connection, w->draw, why);
    if (e)
        writer_close_connection(w);
    else
        w->open = true;
    atomic_store_explicit(&w->newest, w->group.head.submission, memory_order_relaxed);
    return e;
}

/*
 * After a failure. What must hold before anything is acknowledged again:
 *   the audit chain's newest events are whole (the reads work and hit no damage);
 *   everything a reader can see is durable: a failed fsync may have left log pages that look
 *   written and are not, and only writing them anew settles it: in the log first, so that the log
 *   holds whatever is copied out of it, then into the database file;
 *   a small durable write works (the disk has room and takes it).
 */
static enum err reopen(struct writer *w, struct why *why)
{
    enum err e = connection_open(&w->connection, w->store->database, CONNECTION_WRITE, why);
    if (e)
        return e;
    e = connection_use_log(&w->connection, why);
    if (!e)
        e = connection_settle_log(&w->connection, why);
    if (!e)
        e = audit_check_tail(&w->connection, 64, why);
    if (!e && sqlite3_wal_checkpoint_v2(w->connection.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                        NULL) != SQLITE_OK)
        e = connection_error(&w->connection, "checkpoint the database", why);
    if (e) {
        connection_close(&w->connection);
        return e;
    }
    w->log_pages = 0;
    w->checkpoint_at = w->log_limit;
    capture_lose(&w->capture); /* the failed group may have been settled as committed */
    e = writer_use_connection(w, why);
    if (!e)
        e = group_probe(&w->group, why);
    if (e && w->open)
        writer_close_connection(w);
    return e;
}

/* Tries to get a connection back when it is time to. */
void writer_recover(struct writer *w)
{
    if (w->open || clock_monotonic_ms() < w->retry_at_ms)
        return;
    struct why why;
    enum err e = reopen(w, &why);
    if (e) {
        writer_set_trouble(w, e, &why);
        return;
    }
    w->trouble_kind = ERR_NONE;
    w->retry_pause_ms = 0;
    pthread_mutex_lock(&w->stats_lock);
    w->stats.healthy = true;
    pthread_mutex_unlock(&w->stats_lock);
    log_event(LOG_WARN, "database writable again",
              LOG_INT("audit_events", w->group.head.audit.seq));
}
