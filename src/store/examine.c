/* SPDX-License-Identifier: Apache-2.0 */
#include "store/examine.h"

#include "base/must.h"
#include "store/audit_walk.h"
#include "store/directory.h"
#include "store/schema.h"

#include <pthread.h>
#include <unistd.h>

enum { NAME_SIZE = CONNECTION_PATH_MAX + 8, TABLES_MAX = 256 };

static const char op[] = "look through the restored database";

struct chain_check {
    const char *path;
    struct audit_walk walk;
    enum err e;
    struct why why;
};

static void *check_chain(void *context)
{
    struct chain_check *check = context;
    struct connection c;
    check->e = connection_open(&c, check->path, CONNECTION_READ, &check->why);
    if (check->e)
        return NULL;
    check->e = audit_check_all(&c, &check->walk, &check->why);
    connection_close(&c);
    return NULL;
}

/* The rows of a table whose name the schema gave. */
static enum err count(struct connection *c, struct examine_table *table, struct why *why)
{
    char *sql = sqlite3_mprintf("SELECT count(*) FROM \"%.*w\"", STR_ARG(table->name));
    must(sql != NULL);
    int64_t rows = 0;
    enum err e = connection_number(c, sql, &rows, op, why);
    sqlite3_free(sql);
    table->rows = (uint64_t)rows;
    return e;
}

static enum err count_all(struct connection *c, struct arena *a, struct examine_report *out,
                          struct why *why)
{
    out->tables = arena_new_array(a, struct examine_table, TABLES_MAX);
    sqlite3_stmt *s = connection_query(c, SQL_TABLES);
    if (!s)
        return connection_error(c, op, why);
    int rc;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW && out->tables_n < TABLES_MAX)
        out->tables[out->tables_n++].name = arena_str(a, column_text(s, C_TABLES_NAME));
    enum err e = rc == SQLITE_DONE || rc == SQLITE_ROW ? ERR_NONE : connection_error(c, op, why);
    sqlite3_reset(s);
    for (size_t i = 0; !e && i < out->tables_n; i++)
        e = count(c, &out->tables[i], why);
    return e;
}

static enum err look(struct connection *c, struct arena *a, struct examine_report *out,
                     struct why *why)
{
    struct schema_state state = {0};
    bool finished;
    enum err e = schema_look(c, SQL_SCHEMA_VERSION, &state, why);
    if (!e && state.version == 0)
        e = err_set(why, ERR_DATA, op, "%s is no database of anteroom", c->path);
    out->schema = state.version;
    if (!e)
        e = schema_check(c, INT32_MAX, &finished, why);
    return e ? e : count_all(c, a, out, why);
}

enum err examine_file(struct arena *a, const char *path, struct examine_report *out,
                      struct why *why)
{
    struct connection c;
    *out = (struct examine_report){0};
    enum err e = connection_open(&c, path, CONNECTION_READ, why);
    if (e)
        return e;
    struct chain_check chain = {.path = path};
    pthread_t thread;
    bool started = pthread_create(&thread, NULL, check_chain, &chain) == 0;
    e = look(&c, a, out, why);
    if (started)
        pthread_join(thread, NULL);
    else if (!e)
        check_chain(&chain);
    connection_close(&c);
    if (!e && chain.e && why)
        *why = chain.why;
    if (!e)
        e = chain.e;
    out->events = chain.walk.events;
    out->head = chain.walk.head;
    examine_tidy(path);
    return e;
}

void examine_tidy(const char *path)
{
    static const char *const ends[] = {"-wal", "-shm"};
    char beside[NAME_SIZE];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(beside, sizeof beside, "%s%s", path, ends[i]);
        unlink(beside);
    }
}

enum err examine_take(const char *directory, int *lock, struct why *why)
{
    enum err e = directory_prepare(directory, why);
    return e ? e : directory_lock(directory, lock, why);
}

enum err examine_sync(const char *directory, struct why *why)
{
    return directory_sync(directory, why);
}
