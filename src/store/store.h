/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data directory and the database in it.
 *
 *     <data>/            0700
 *       lock             held (flock) by the one process that serves this directory
 *       anteroom.db      SQLite, WAL, STRICT tables; -wal and -shm beside it
 *       anteroom.db.before-<version>   the file as it was before a migration
 *       keys/            0700: self-signed certificate, the key of the status links
 *
 * store_open makes the directory when missing, takes the lock, refuses network file systems, a
 * second process, another program's database and a newer schema (with a sentence and a remedy),
 * looks for damage and applies migrations, each in a transaction, after copying the file. Then
 * writer.h writes (one thread, the only writer) and reader.h reads (one read-only connection per
 * thread).
 *
 * The look for damage has 15 ms after a clean stop and 250 ms after a crash (a log was left
 * behind), so that the start stays quick; the newest audit events are always checked. A database
 * too large for that is checked to its end by a thread beside the service. Damage found at any time
 * ends the service: writer and reader_ping answer ERR_DATA from then on, nothing is served
 * silently.
 *
 * Only SQLite ever opens the database file in this process while it is in use: closing any other
 * descriptor on it would drop SQLite's POSIX locks.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/err.h"

struct store;

/* Opens for serving: takes the lock, migrates. `directory` is a path. */
enum err store_open(const char *directory, struct store **out, struct why *why);

/* Closes cleanly (last checkpoint, lock given back). Readers and the writer must be gone. NULL is
 * fine. */
void store_close(struct store *store);

/*
 * What the replica has, any thread: there is one (and what is known of it counts); it was empty, so
 * that nothing is in it; every submission up to this row number is in it now. reader_safe_since
 * (reader.h) asks.
 */
void store_expect_safe(struct store *store);
void store_forget_safe(struct store *store);
void store_note_safe(struct store *store, int64_t submission);

/* Path of a file in the data directory, e.g. store_path(s, "keys/tls.key", buf, size). */
const char *store_path(const struct store *store, const char *name, char *out, size_t size);

/* The version of SQLite, and of the schema this binary brings. */
const char *store_sqlite_version(void);
unsigned store_schema_version(void);

#endif
