/* SPDX-License-Identifier: Apache-2.0 */
#include "store/erase.h"

#include "base/must.h"
#include "base/random.h"
#include "store/erase_inner.h"
#include "store/examine.h"
#include "store/schema.h"
#include "store/search_index.h"
#include "store/store_inner.h"
#include "store/write_inner.h"

#include <stdlib.h>
#include <string.h>

static const char op[] = "erase the submission";

/*
 * All that is kept of a submission, in this order: each statement has one parameter, the Client ID.
 * The submission's own row goes last, for the others find theirs by it.
 */
static const enum sql_query rows_of_submission[] = {
    SQL_ERASE_LIKENESS, SQL_ERASE_EVENTS, SQL_ERASE_IDEMPOTENCY,
    SQL_ERASE_DRAFT,    SQL_ERASE_OUTBOX, SQL_ERASE_SUBMISSION,
};

enum { CLIENT_ID = 1 };

static enum err erase_rows(struct write *w, const struct client_id *id, int64_t *erased,
                           struct why *why)
{
    /* FAST leaves what was on pages that are free now. */
    struct connection *c = w->group->connection;
    enum err e = connection_run(c, "PRAGMA secure_delete = ON", op, why);
    if (!e)
        e = write_run(w, write_query(w, SQL_ERASE_KEEP_NUMBER), op, NULL, why);
    if (!e)
        e = search_forget_client(w, id, why);
    for (size_t i = 0; !e && i < sizeof rows_of_submission / sizeof *rows_of_submission; i++) {
        sqlite3_stmt *s = write_query(w, rows_of_submission[i]);
        if (s)
            bind_text(s, CLIENT_ID, client_id_str(id));
        e = write_run(w, s, op, erased, why);
    }
    enum err back = connection_run(c, "PRAGMA secure_delete = FAST", op, e ? NULL : why);
    return e ? e : back;
}

static enum err note(struct write *w, const struct erasure *entry, struct why *why)
{
    struct erasure_head head = erasure_head(entry);
    sqlite3_stmt *s = write_query(w, SQL_ERASURE_INSERT);
    if (s) {
        sqlite3_bind_int64(s, P_ERASURE_INSERT_NUMBER, (sqlite3_int64)entry->number);
        sqlite3_bind_int64(s, P_ERASURE_INSERT_AT_MS, entry->at_ms);
        bind_text(s, P_ERASURE_INSERT_CLIENT_ID, client_id_str(&entry->client_id));
        bind_bytes(s, P_ERASURE_INSERT_BEFORE, entry->before.bytes, AUDIT_HASH_SIZE);
    }
    enum err e = write_run(w, s, op, NULL, why);
    if (!e)
        w->group->head.erasure = head;
    return e;
}

static enum err audit(struct write *w, struct str actor, const struct erasure *entry,
                      struct why *why)
{
    char detail[48];
    int n =
        snprintf(detail, sizeof detail, "{\"erasure\":%llu}", (unsigned long long)entry->number);
    return write_audit(w, actor, STR("submission.erased"), client_id_str(&entry->client_id),
                       str_of(detail, (size_t)n), why);
}

enum err erase_submission(struct write *w, void *context, struct why *why)
{
    struct erase_input *input = context;
    const struct erasure_head *head = &w->group->head.erasure;
    const struct erasure entry = {.number = head->number + 1,
                                  .at_ms = w->now_ms,
                                  .client_id = input->client_id,
                                  .before = head->hash};
    int64_t erased = 0;
    input->number = entry.number;
    enum err e = erase_rows(w, &entry.client_id, &erased, why);
    if (!e && erased == 0)
        e = err_set(why, ERR_MISSING, op, "it does not exist");
    if (!e)
        e = note(w, &entry, why);
    return e ? e : audit(w, actor_str(&input->actor), &entry, why);
}

/* ---- again ----------------------------------------------------------------------------------- */

static enum err again(struct write *w, void *context, struct why *why)
{
    const struct erasure *entry = context;
    const struct actor actor = actor_system();
    int64_t erased;
    if (!erasure_follows(entry, &w->group->head.erasure))
        return err_set(why, ERR_CONFLICT, op, "entry %llu does not follow this database's ledger",
                       (unsigned long long)entry->number);
    enum err e = erase_rows(w, &entry->client_id, &erased, why);
    if (!e)
        e = note(w, entry, why);
    return e ? e : audit(w, actor_str(&actor), entry, why);
}

/* In one transaction: all of them, or none. */
static enum err again_all(struct connection *c, const struct erasure *entries, size_t n,
                          struct why *why)
{
    struct group group;
    if (n == 0)
        return ERR_NONE;
    struct job *jobs = calloc(n, sizeof *jobs);
    struct erasure *copies = calloc(n, sizeof *copies);
    must(jobs && copies);
    memcpy(copies, entries, n * sizeof *copies);
    for (size_t i = 0; i < n; i++)
        jobs[i] = (struct job){.kind = JOB_WRITE,
                               .write = {again, &copies[i]},
                               .next = i + 1 < n ? &jobs[i + 1] : NULL};
    enum err e = group_init(&group, c, random_bytes, why);
    if (!e) {
        e = group_write(&group, jobs, false, why);
        for (size_t i = 0; !e && i < n; i++) {
            e = jobs[i].result;
            if (e && why)
                *why = jobs[i].why;
        }
        group_release(&group);
    }
    free(copies);
    free(jobs);
    return e;
}

enum err erase_again_file(const char *path, const struct erasure *entries, size_t n,
                          struct why *why)
{
    struct connection c;
    struct schema_state state;
    enum err e = connection_open(&c, path, CONNECTION_WRITE, why);
    if (e)
        return e;
    e = schema_look(&c, SQL_SCHEMA_VERSION, &state, why);
    state.empty = true; /* there is no need of a copy: it is one */
    if (!e)
        e = connection_use_log(&c, why);
    if (!e)
        e = schema_migrate(&c, &state, sql_migrations, SQL_SCHEMA_VERSION, why);
    if (!e)
        e = again_all(&c, entries, n, why);
    if (!e &&
        sqlite3_wal_checkpoint_v2(c.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
        e = connection_error(&c, op, why);
    connection_close(&c);
    return e;
}

enum err erase_again_store(struct store *s, const struct erasure *entries, size_t n,
                           struct why *why)
{
    must(s->first.db != NULL);
    return again_all(&s->first, entries, n, why);
}

/* ---- looking --------------------------------------------------------------------------------- */

enum err erase_read(struct connection *c, uint64_t after, struct erasure *out, size_t limit,
                    size_t *n, struct why *why)
{
    static const char look[] = "read the erasures";
    *n = 0;
    sqlite3_stmt *s = connection_query(c, SQL_ERASURE_PAGE);
    if (!s)
        return connection_error(c, look, why);
    sqlite3_bind_int64(s, P_ERASURE_PAGE_AFTER, (sqlite3_int64)after);
    sqlite3_bind_int64(s, P_ERASURE_PAGE_PAGE, (sqlite3_int64)limit);
    int rc;
    enum err e = ERR_NONE;
    while (!e && (rc = sqlite3_step(s)) == SQLITE_ROW && *n < limit) {
        struct erasure *entry = &out[(*n)++];
        struct str before = column_bytes(s, C_ERASURE_PAGE_BEFORE);
        *entry = (struct erasure){
            .number = (uint64_t)sqlite3_column_int64(s, C_ERASURE_PAGE_NUMBER),
            .at_ms = sqlite3_column_int64(s, C_ERASURE_PAGE_AT_MS),
        };
        if (before.len != AUDIT_HASH_SIZE ||
            client_id_parse(column_text(s, C_ERASURE_PAGE_CLIENT_ID), &entry->client_id) !=
                CLIENT_ID_RIGHT)
            e = err_set(why, ERR_DATA, look, "entry %llu is damaged",
                        (unsigned long long)entry->number);
        else
            memcpy(entry->before.bytes, before.ptr, AUDIT_HASH_SIZE);
    }
    if (!e && rc != SQLITE_DONE && rc != SQLITE_ROW)
        e = connection_error(c, look, why);
    sqlite3_reset(s);
    return e;
}

enum err erase_read_head(struct connection *c, struct erasure_head *out, struct why *why)
{
    int64_t number = 0;
    struct erasure newest;
    size_t n = 0;
    *out = (struct erasure_head){0};
    enum err e =
        connection_number(c, sql_text[SQL_ERASURE_NEWEST], &number, "read the newest erasure", why);
    if (!e && number)
        e = erase_read(c, (uint64_t)number - 1, &newest, 1, &n, why);
    if (!e && n)
        *out = erasure_head(&newest);
    return e;
}

enum err erase_look_store(struct store *s, struct erasure_head *out, struct why *why)
{
    must(s->first.db != NULL);
    return erase_read_head(&s->first, out, why);
}

enum err erase_look(const char *path, struct erasure_head *out, struct why *why)
{
    struct connection c;
    int64_t there = 0;
    *out = (struct erasure_head){0};
    enum err e = connection_open(&c, path, CONNECTION_READ, why);
    if (e)
        return e;
    e = connection_number(&c, sql_text[SQL_ERASURE_TABLE], &there, "read the newest erasure", why);
    if (!e && there) /* else: of a time before there was one */
        e = erase_read_head(&c, out, why);
    connection_close(&c);
    examine_tidy(path);
    return e;
}
