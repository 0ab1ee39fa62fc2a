/* SPDX-License-Identifier: Apache-2.0 */
#include "store/write.h"

#include "store/write_inner.h"

#include <inttypes.h>
#include <stdio.h>

static struct actor actor_numbered(const char *kind, int64_t id)
{
    struct actor a;
    snprintf(a.text, sizeof a.text, "%s/%" PRId64, kind, id);
    return a;
}

struct actor actor_person(int64_t id)
{
    return actor_numbered("person", id);
}

struct actor actor_token(int64_t id)
{
    return actor_numbered("token", id);
}

struct actor actor_command(void)
{
    return (struct actor){"command"};
}

struct actor actor_system(void)
{
    return (struct actor){"system"};
}

struct str actor_str(const struct actor *a)
{
    return str_from(a->text);
}

sqlite3_stmt *write_query(struct write *w, enum sql_query query)
{
    return connection_query(w->group->connection, query);
}

enum err write_failed(struct write *w, const char *op, struct why *why)
{
    sqlite3 *db = w->group->connection->db;
    if (group_is_refusal(sqlite3_errcode(db)))
        return err_set(why, ERR_INTERNAL, op, "the database refuses it: %s", sqlite3_errmsg(db));
    w->broken = true;
    return ERR_IO;
}

enum err write_run(struct write *w, sqlite3_stmt *s, const char *op, int64_t *changed,
                   struct why *why)
{
    enum err e = s && sqlite3_step(s) == SQLITE_DONE ? ERR_NONE : write_failed(w, op, why);
    if (s)
        sqlite3_reset(s);
    if (changed)
        *changed = e ? 0 : sqlite3_changes64(w->group->connection->db);
    return e;
}

bool write_row(struct write *w, sqlite3_stmt *s)
{
    int rc = s ? sqlite3_step(s) : SQLITE_ERROR;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        w->broken = true;
    return rc == SQLITE_ROW;
}

int64_t write_last_id(const struct write *w)
{
    return sqlite3_last_insert_rowid(w->group->connection->db);
}

enum err write_audit(struct write *w, struct str actor, struct str action, struct str subject,
                     struct str detail, struct why *why)
{
    return group_audit(w->group, actor, action, subject, detail) == SQLITE_DONE
               ? ERR_NONE
               : write_failed(w, "add to the audit", why);
}
