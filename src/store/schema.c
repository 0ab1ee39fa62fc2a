/* SPDX-License-Identifier: Apache-2.0 */
#include "store/schema.h"

#include "base/clock.h"
#include "store/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum err schema_look(struct connection *c, unsigned newest, struct schema_state *out,
                     struct why *why)
{
    static const char op[] = "open the database";
    int64_t objects = 0, id = 0, version = 0;
    enum err e = connection_number(c, "SELECT count(*) FROM sqlite_schema", &objects, op, why);
    if (!e)
        e = connection_number(c, "PRAGMA application_id", &id, op, why);
    if (!e)
        e = connection_number(c, "PRAGMA user_version", &version, op, why);
    if (e)
        return e;
    out->empty = objects == 0;
    out->version = version > 0 ? (unsigned)version : 0;
    if (id != SCHEMA_APPLICATION_ID && !(id == 0 && objects == 0 && version == 0)) {
        e = err_set(why, ERR_DATA, op, "%s is a database of another program", c->path);
        err_hint(why, "Choose another directory with --data.");
    } else if (version > (int64_t)newest) {
        e = err_set(why, ERR_DATA, op,
                    "%s was written by a newer anteroom (schema %lld, this one knows %u)", c->path,
                    (long long)version, newest);
        err_hint(why, "Run that version or a later one, or restore %s.before-%lld.", c->path,
                 (long long)version);
    }
    return e;
}

static int past_deadline(void *deadline)
{
    return clock_monotonic_ms() >= *(int64_t *)deadline;
}

enum err schema_check(struct connection *c, int64_t budget_ms, bool *finished, struct why *why)
{
    static const char op[] = "check the database";
    *finished = false;
    if (budget_ms <= 0)
        return ERR_NONE;
    int64_t deadline = clock_monotonic_ms() + budget_ms;
    sqlite3_progress_handler(c->db, 1000, past_deadline, &deadline);
    sqlite3_stmt *s = NULL;
    enum err e = ERR_NONE;
    *finished = true;
    int rc = sqlite3_prepare_v2(c->db, "PRAGMA quick_check(1)", -1, &s, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(s);
    if (rc == SQLITE_ROW) {
        struct str found = column_text(s, 0);
        if (!str_eq(found, STR("ok"))) {
            e = err_set(why, ERR_DATA, op, "%s is damaged: %.*s", c->path, STR_ARG(found));
            err_hint(why, "Keep the files, and restore from a backup or replica. Nothing is served "
                          "from a damaged database.");
        }
    } else if ((rc & 0xff) == SQLITE_INTERRUPT) {
        *finished = false;
    } else {
        e = connection_error(c, op, why);
    }
    sqlite3_finalize(s);
    sqlite3_progress_handler(c->db, 0, NULL, NULL);
    return e;
}

static enum err sync_file(const char *path, struct why *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int failed = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    return failed ? err_set(why, ERR_IO, "copy the database", "%s: %s", path, err_errno(failed))
                  : ERR_NONE;
}

/* A copy under a temporary name first: a copy that is there under its name is complete. */
static enum err copy_before(struct connection *c, unsigned version, struct why *why)
{
    static const char op[] = "copy the database before changing its schema";
    char to[CONNECTION_PATH_MAX + 32], part[CONNECTION_PATH_MAX + 40];
    snprintf(to, sizeof to, "%s.before-%u", c->path, version);
    snprintf(part, sizeof part, "%s.part", to);
    unlink(part);
    /* Private like the database; VACUUM INTO takes an empty file. */
    int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(why, ERR_IO, op, "%s: %s", part, err_errno(errno));
    close(fd);

    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(c->db, "VACUUM INTO ?1", -1, &s, NULL);
    if (rc == SQLITE_OK) {
        bind_text(s, 1, str_from(part));
        rc = sqlite3_step(s);
    }
    enum err e = rc == SQLITE_DONE ? ERR_NONE : connection_error(c, op, why);
    sqlite3_finalize(s);
    if (!e)
        e = sync_file(part, why);
    if (!e && rename(part, to) != 0)
        e = err_set(why, ERR_IO, op, "%s: %s", to, err_errno(errno));
    if (!e) {
        char *slash = strrchr(to, '/');
        if (slash)
            *slash = '\0';
        e = directory_sync(slash ? to : ".", why);
    }
    if (e)
        unlink(part);
    return e;
}

static enum err apply(struct connection *c, const struct sql_migration *m, unsigned version,
                      struct why *why)
{
    char op[64], stamp[128];
    snprintf(op, sizeof op, "apply migration %s", m->name);
    snprintf(stamp, sizeof stamp, "PRAGMA application_id = %d; PRAGMA user_version = %u; COMMIT;",
             SCHEMA_APPLICATION_ID, version);
    enum err e = connection_run(c, "BEGIN IMMEDIATE", op, why);
    if (!e)
        e = connection_run(c, m->sql, op, why);
    if (!e)
        e = connection_run(c, stamp, op, why);
    if (e && !sqlite3_get_autocommit(c->db))
        sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
    return e;
}

enum err schema_migrate(struct connection *c, const struct schema_state *from,
                        const struct sql_migration *migrations, unsigned n, struct why *why)
{
    if (from->version >= n)
        return ERR_NONE;
    enum err e = ERR_NONE;
    if (!from->empty)
        e = copy_before(c, n, why);
    for (unsigned i = from->version; !e && i < n; i++)
        e = apply(c, &migrations[i], i + 1, why);
    return e;
}
