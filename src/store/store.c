/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "store/audit_walk.h"
#include "store/directory.h"
#include "store/schema.h"
#include "store/store_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * How long the check at start may take. After a clean stop (no log was left behind) damage is
 * unlikely and the start is quick; after a crash more is looked at. What does not fit is checked by
 * a thread while the service runs.
 */
enum { CHECK_MS_CLEAN = 15, CHECK_MS_CRASHED = 250, CHECK_AUDIT_EVENTS = 256 };

static bool log_left_behind(const struct store *s)
{
    char path[sizeof s->database + 8];
    snprintf(path, sizeof path, "%s-wal", s->database);
    struct stat st;
    return stat(path, &st) == 0 && st.st_size > 0;
}

/* ---- the rest of a long check, beside the service ------------------------------------------- */

static int store_is_closing(void *context)
{
    return atomic_load((atomic_bool *)context);
}

static void mark_damaged(struct store *s, const char *found)
{
    struct why why;
    err_set(&why, ERR_DATA, "check the database", "%s is damaged: %s", s->database, found);
    err_hint(&why, "Nothing more is served from it. Keep the files, and restore from a backup or "
                   "replica.");
    log_why(LOG_ERROR, "database damaged", &why);
    atomic_store(&s->damaged, true);
}

/* Table by table, so that no long read keeps the log from being reused. */
static void check_tables(struct store *s, struct connection *c)
{
    static const char *const tables[] = {
        "meta",  "submission", "likeness",      "idempotency", "audit",      "outbox",
        "draft", "funnel",     "consent_text",  "safe_mark",   "erasure",    "person",
        "event", "tally",      "company_order", "search_data", "search_idx", "search_added"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char sql[64];
        snprintf(sql, sizeof sql, "PRAGMA quick_check(%s)", tables[i]);
        sqlite3_stmt *q = NULL;
        int rc = sqlite3_prepare_v2(c->db, sql, -1, &q, NULL);
        if (rc == SQLITE_OK)
            rc = sqlite3_step(q);
        const char *found = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(q, 0) : NULL;
        if (found && strcmp(found, "ok") != 0)
            mark_damaged(s, found);
        else if ((rc & 0xff) == SQLITE_CORRUPT)
            mark_damaged(s, sqlite3_errmsg(c->db));
        sqlite3_finalize(q);
        if (atomic_load(&s->damaged) || atomic_load(&s->closing))
            return;
    }
    log_event(LOG_INFO, "database checked", LOG_TEXT("result", "whole"));
}

static void *check_run(void *context)
{
    struct store *s = context;
    struct connection c;
    struct why why;
    if (connection_open(&c, s->database, CONNECTION_READ, &why)) {
        log_why(LOG_WARN, "database not checked", &why);
        return NULL;
    }
    sqlite3_progress_handler(c.db, 1000, store_is_closing, &s->closing);
    check_tables(s, &c);
    connection_close(&c);
    return NULL;
}

void store_check_rest(struct store *s)
{
    if (!s->check_due)
        return;
    s->check_due = false;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    s->checking = pthread_create(&s->checker, NULL, check_run, s) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* ---- opening --------------------------------------------------------------------------------- */

static enum err note_creation(struct connection *c, struct why *why)
{
    char now[CLOCK_RFC3339_SIZE];
    sqlite3_stmt *s = connection_query(c, SQL_META_PUT);
    if (!s)
        return connection_error(c, "write to the database", why);
    bind_text(s, P_META_PUT_KEY, STR("created"));
    bind_text(s, P_META_PUT_VALUE, clock_rfc3339(clock_wall_ms(), now));
    int rc = sqlite3_step(s);
    sqlite3_reset(s);
    return rc == SQLITE_DONE ? ERR_NONE : connection_error(c, "write to the database", why);
}

/*
 * The database holds what people wrote: nobody else's to read, whatever the directory or the umask
 * say. Its log takes the same mode. O_EXCL: a file that is there is never opened but by SQLite.
 */
static enum err make_private_file(const char *path, struct why *why)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    else if (errno != EEXIST) {
        enum err e = err_set(why, ERR_IO, "make the database", "%s: %s", path, err_errno(errno));
        err_hint(why, "Make the directory writable for this user, and see that the disk has room.");
        return e;
    }
    return ERR_NONE;
}

static enum err open_database(struct store *s, int64_t check_ms, struct why *why)
{
    bool finished = true;
    struct connection *c = &s->first;
    struct schema_state state;
    enum err e = make_private_file(s->database, why);
    if (!e)
        e = connection_open(c, s->database, CONNECTION_WRITE, why);
    if (!e)
        e = schema_look(c, SQL_SCHEMA_VERSION, &state, why);
    if (!e && !state.empty)
        e = schema_check(c, check_ms, &finished, why);
    if (!e)
        e = connection_use_log(c, why);
    if (!e)
        e = connection_settle_log(c, why);
    if (!e)
        e = schema_migrate(c, &state, sql_migrations, SQL_SCHEMA_VERSION, why);
    if (!e && state.version == 0)
        e = note_creation(c, why);
    if (!e)
        e = audit_check_tail(c, CHECK_AUDIT_EVENTS, why);
    s->check_due = !e && !finished;
    return e;
}

enum err store_open(const char *directory, struct store **out, struct why *why)
{
    return store_open_within(directory, STORE_CHECK_USUAL, out, why);
}

enum err store_open_within(const char *directory, int64_t check_ms, struct store **out,
                           struct why *why)
{
    *out = NULL;
    if (strlen(directory) >= CONNECTION_PATH_MAX)
        return err_set(why, ERR_USAGE, "use the data directory", "its path is too long");
    struct store *s = calloc(1, sizeof *s);
    must(s != NULL);
    safe_init(&s->safe);
    s->lock_fd = -1;
    snprintf(s->directory, sizeof s->directory, "%s", directory);
    store_path(s, "anteroom.db", s->database, sizeof s->database);
    enum err e = directory_prepare(directory, why);
    if (!e)
        e = directory_lock(directory, &s->lock_fd, why);
    char keys[CONNECTION_PATH_MAX + 16];
    if (!e && mkdir(store_path(s, "keys", keys, sizeof keys), 0700) != 0 && errno != EEXIST)
        e = err_set(why, ERR_IO, "make the keys directory", "%s: %s", keys, err_errno(errno));
    if (check_ms == STORE_CHECK_USUAL)
        check_ms = log_left_behind(s) ? CHECK_MS_CRASHED : CHECK_MS_CLEAN;
    if (!e)
        e = open_database(s, check_ms, why);
    if (e)
        store_close(s);
    else
        *out = s;
    return e;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    atomic_store(&s->closing, true);
    if (s->checking)
        pthread_join(s->checker, NULL);
    connection_close(&s->first);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    safe_release(&s->safe);
    free(s);
}

void store_expect_safe(struct store *s)
{
    safe_expect(&s->safe);
}

void store_forget_safe(struct store *s)
{
    safe_forget(&s->safe);
}

void store_note_safe(struct store *s, int64_t submission)
{
    safe_note(&s->safe, submission, clock_wall_ms());
}

const char *store_path(const struct store *s, const char *name, char *out, size_t size)
{
    snprintf(out, size, "%s/%s", s->directory, name);
    return out;
}

const char *store_sqlite_version(void)
{
    return sqlite3_libversion();
}

unsigned store_schema_version(void)
{
    return SQL_SCHEMA_VERSION;
}
