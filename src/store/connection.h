/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to the database file and the statements prepared on it.
 *
 * A statement is prepared when it is first asked for and kept; sqlcheck (src/tool) has prepared
 * every one of them while building, so a failure here is the disk's and not a misspelling. What
 * SQLite answers becomes an enum err and a sentence with a remedy in one place (connection_error).
 *
 * Settings that matter are in connection.c with their reasons. Private to store/.
 *
 * Threads: one at a time. Owner: connection_close, which may be called on a zeroed struct.
 */
#ifndef STORE_CONNECTION_H
#define STORE_CONNECTION_H

#include "base/err.h"
#include "sql.h"

#include <sqlite3.h>

enum {
    CONNECTION_PATH_MAX = 4096,
    /* The write-ahead log is checkpointed when it holds this many pages: 8 MiB. A larger log saves
     * writes (a page changed often is copied once) and costs time to read again after a crash. */
    CONNECTION_LOG_PAGES = 2048,
    CONNECTION_PAGE_SIZE = 4096,
    CONNECTION_BUSY_MS = 2000 /* for somebody else's lock */
};

enum connection_mode {
    CONNECTION_WRITE, /* creates the file; the writer, and store_open before it */
    CONNECTION_READ
};

struct connection {
    sqlite3 *db;
    sqlite3_stmt *statement[SQL_QUERIES];
    const char *path; /* the caller's, for messages */
    bool failed;      /* the disk refused something: see connection_close */
};

/* path must stay valid while the connection is open. */
enum err connection_open(struct connection *c, const char *path, enum connection_mode mode,
                         struct why *why);

/* After an I/O error the log is not copied into the database: pages whose sync failed may be in it,
 * and a copy of what the log itself might lose with the power would not fit what remains. */
void connection_close(struct connection *c);

/* Switches the file to a write-ahead log when it has none yet, and makes sure that it has. */
enum err connection_use_log(struct connection *c, struct why *why);

/*
 * Writes the whole log anew, byte for byte, and syncs it. A process whose sync failed leaves pages
 * in it that read as if they were there and are gone with the power, and with them all that is
 * written behind them. To be done with a log that is found, before anything is added to it or
 * copied out of it. Readers are not disturbed.
 */
enum err connection_settle_log(struct connection *c, struct why *why);

/* The prepared statement, ready to bind; NULL when it cannot be prepared. */
sqlite3_stmt *connection_query(struct connection *c, enum sql_query query);

/* Runs SQL that answers nothing of interest; `op` for the message. */
enum err connection_run(struct connection *c, const char *sql, const char *op, struct why *why);

/* The first column of the first row as a number. */
enum err connection_number(struct connection *c, const char *sql, int64_t *out, const char *op,
                           struct why *why);

/* What the last call on the connection failed with, as a sentence with a remedy. */
enum err connection_error(struct connection *c, const char *op, struct why *why);

/* Views as parameters: not copied, so they must live until the step; an empty one is '' not NULL.
 */
void bind_text(sqlite3_stmt *s, int parameter, struct str text);
void bind_bytes(sqlite3_stmt *s, int parameter, const void *bytes, size_t n);

/* A column as a view, valid until the next step or reset. */
struct str column_text(sqlite3_stmt *s, int column);
struct str column_bytes(sqlite3_stmt *s, int column);

#endif
