/* SPDX-License-Identifier: Apache-2.0 */
#include "store/connection.h"

#include <pthread.h>

/*
 * For every connection:
 *   trusted_schema, defensive  a file that somebody prepared runs no function of its choosing
 *   cell_size_check            damage is found when a page is read, not after it was used
 *   temp_store                 no temporary files: they would hold answers outside the database
 *   mmap_size                  off: an I/O error must be an answer, not a SIGBUS
 */
static const char common_settings[] = "PRAGMA trusted_schema = OFF;"
                                      "PRAGMA cell_size_check = ON;"
                                      "PRAGMA temp_store = MEMORY;"
                                      "PRAGMA mmap_size = 0;";

/*
 * For the writer:
 *   synchronous         FULL: in WAL mode NORMAL does not sync at COMMIT
 *   wal_autocheckpoint  off: the writer decides when, outside anybody's answer
 *   journal_size_limit  as long as the log normally gets, so that it is overwritten in place
 *                       (a sync of a file that does not grow is cheaper) and shrinks after a burst
 *   cache_size          4 MiB at most; given back when idle (writer.c)
 *   secure_delete       FAST: what is erased is overwritten where that costs no extra write
 */
static const char write_settings[] = "PRAGMA synchronous = FULL;"
                                     "PRAGMA foreign_keys = ON;"
                                     "PRAGMA wal_autocheckpoint = 0;"
                                     "PRAGMA journal_size_limit = 16777216;"
                                     "PRAGMA cache_size = -4096;"
                                     "PRAGMA secure_delete = FAST;";

/* A reader does point reads: half a MiB of cache each holds the upper levels of every tree. */
static const char read_settings[] = "PRAGMA query_only = ON;"
                                    "PRAGMA cache_size = -512;";

/* Counting memory costs a lock of the whole process at every malloc; each connection belongs to
 * one thread. Fails harmlessly when somebody initialised SQLite before. */
static void configure_once(void)
{
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
}

enum err connection_open(struct connection *c, const char *path, enum connection_mode mode,
                         struct why *why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure_once);

    *c = (struct connection){.path = path};
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (mode == CONNECTION_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                          : SQLITE_OPEN_READONLY);
    enum err e = ERR_NONE;
    if (sqlite3_open_v2(path, &c->db, flags, NULL) != SQLITE_OK) {
        e = connection_error(c, "open the database", why);
    } else {
        /* Somebody else's lock (an operator's shell, a command's recovery) is waited for. */
        sqlite3_busy_timeout(c->db, CONNECTION_BUSY_MS);
        sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
        sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
        e = connection_run(c, common_settings, "open the database", why);
    }
    if (!e)
        e = connection_run(c, mode == CONNECTION_WRITE ? write_settings : read_settings,
                           "open the database", why);
    if (e)
        connection_close(c);
    return e;
}

void connection_close(struct connection *c)
{
    for (size_t i = 0; i < SQL_QUERIES; i++)
        sqlite3_finalize(c->statement[i]);
    if (c->db && c->failed)
        sqlite3_db_config(c->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_close_v2(c->db);
    *c = (struct connection){0};
}

sqlite3_stmt *connection_query(struct connection *c, enum sql_query query)
{
    sqlite3_stmt **s = &c->statement[query];
    if (!*s)
        sqlite3_prepare_v3(c->db, sql_text[query], -1, SQLITE_PREPARE_PERSISTENT, s, NULL);
    return *s;
}

enum err connection_run(struct connection *c, const char *sql, const char *op, struct why *why)
{
    if (sqlite3_exec(c->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return connection_error(c, op, why);
    return ERR_NONE;
}

enum err connection_number(struct connection *c, const char *sql, int64_t *out, const char *op,
                           struct why *why)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(c->db, sql, -1, &s, NULL) != SQLITE_OK ||
        sqlite3_step(s) != SQLITE_ROW) {
        enum err e = connection_error(c, op, why);
        sqlite3_finalize(s);
        return e;
    }
    *out = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return ERR_NONE;
}

enum err connection_use_log(struct connection *c, struct why *why)
{
    static const char op[] = "set up the database's log";
    /* The pragma answers "wal" before it has written the file's header: run it to its end, where
     * the disk may still refuse, and then ask what came of it. */
    enum err e = connection_run(c, "PRAGMA journal_mode = WAL", op, why);
    if (e)
        return e;
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(c->db, "PRAGMA journal_mode", -1, &s, NULL) != SQLITE_OK ||
        sqlite3_step(s) != SQLITE_ROW)
        e = connection_error(c, op, why);
    else if (!str_eq(column_text(s, 0), STR("wal")))
        e = err_set(why, ERR_IO, op, "%s: the file system does not take a write-ahead log",
                    c->path);
    sqlite3_finalize(s);
    return e;
}

static int rewrite(sqlite3_file *log)
{
    unsigned char bytes[32 << 10];
    sqlite3_int64 size = 0;
    int rc = log->pMethods->xFileSize(log, &size);
    for (sqlite3_int64 at = 0; rc == SQLITE_OK && at < size; at += (sqlite3_int64)sizeof bytes) {
        int n = size - at < (sqlite3_int64)sizeof bytes ? (int)(size - at) : (int)sizeof bytes;
        rc = log->pMethods->xRead(log, bytes, n, at);
        if (rc == SQLITE_OK)
            rc = log->pMethods->xWrite(log, bytes, n, at);
    }
    return rc == SQLITE_OK && size ? log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) : rc;
}

enum err connection_settle_log(struct connection *c, struct why *why)
{
    static const char op[] = "settle the database's log";
    sqlite3_file *log = NULL;
    /* With the right to write, nobody else adds to the log or starts it over meanwhile. */
    enum err e = connection_run(c, "BEGIN IMMEDIATE", op, why);
    if (e)
        return e;
    int rc = sqlite3_file_control(c->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, (void *)&log);
    if (rc == SQLITE_OK && log && log->pMethods)
        rc = rewrite(log);
    sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        return ERR_NONE;
    c->failed = true;
    return err_set(why, ERR_IO, op, "%s-wal: %s", c->path, sqlite3_errstr(rc));
}

/* One row a result of SQLite that an operator can do something about. */
static const struct {
    int code;
    enum err kind;
    const char *hint;
} results[] = {
    {SQLITE_FULL, ERR_IO, "The disk is full: free space there, it goes on by itself."},
    {SQLITE_IOERR, ERR_IO, "Look at the disk and the kernel's log (dmesg)."},
    {SQLITE_READONLY, ERR_IO,
     "Make the data directory and its files writable for this user, or choose another directory."},
    {SQLITE_PERM, ERR_IO, "Make the data directory and its files writable for this user."},
    {SQLITE_CANTOPEN, ERR_IO,
     "Check that the directory exists, that this user may write there, and the limit on open "
     "files."},
    {SQLITE_CORRUPT, ERR_DATA,
     "The database is damaged. Stop here, keep the files, and restore from a backup or replica."},
    {SQLITE_NOTADB, ERR_DATA,
     "The file is not a database. Move it away, or restore it from a backup or replica."},
    {SQLITE_BUSY, ERR_BUSY,
     "Another program holds the database: end it (a shell on the file, a backup tool)."},
    {SQLITE_LOCKED, ERR_BUSY, ""},
    {SQLITE_NOMEM, ERR_IO, "The machine is out of memory."},
};

enum err connection_error(struct connection *c, const char *op, struct why *why)
{
    int code = c->db ? sqlite3_extended_errcode(c->db) : SQLITE_NOMEM;
    const char *text = c->db ? sqlite3_errmsg(c->db) : "out of memory";
    enum err kind = ERR_INTERNAL;
    const char *hint = "";
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        if (results[i].code != (code & 0xff))
            continue;
        kind = results[i].kind;
        hint = results[i].hint;
    }
    int number = c->db ? sqlite3_system_errno(c->db) : 0;
    err_set(why, kind, op, "%s: %s%s%s (SQLite %d)", c->path, text, number ? ": " : "",
            number ? err_errno(number) : "", code);
    err_hint(why, "%s", hint);
    c->failed |= (code & 0xff) == SQLITE_IOERR;
    return kind;
}

void bind_text(sqlite3_stmt *s, int parameter, struct str text)
{
    sqlite3_bind_text64(s, parameter, text.ptr ? text.ptr : "", text.len, SQLITE_STATIC,
                        SQLITE_UTF8);
}

void bind_bytes(sqlite3_stmt *s, int parameter, const void *bytes, size_t n)
{
    sqlite3_bind_blob64(s, parameter, bytes ? bytes : "", n, SQLITE_STATIC);
}

struct str column_text(sqlite3_stmt *s, int column)
{
    const void *p = sqlite3_column_text(s, column);
    return str_of(p, (size_t)sqlite3_column_bytes(s, column));
}

struct str column_bytes(sqlite3_stmt *s, int column)
{
    const void *p = sqlite3_column_blob(s, column);
    return str_of(p, (size_t)sqlite3_column_bytes(s, column));
}
