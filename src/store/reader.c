/* SPDX-License-Identifier: Apache-2.0 */
#include "store/reader_inner.h"

#include "base/must.h"
#include "store/audit_walk.h"
#include "store/schema.h"
#include "store/store_inner.h"

#include <errno.h>
#include <unistd.h>

enum { PAGE = 100 };

static const char op[] = "read the database";

struct reader {
    struct connection connection;
    struct store *store; /* NULL beside another process */
    char path[CONNECTION_PATH_MAX + 16];
};

static enum err open_path(struct reader *r, struct reader **out, struct why *why)
{
    enum err e = connection_open(&r->connection, r->path, CONNECTION_READ, why);
    struct schema_state state;
    if (!e)
        e = schema_look(&r->connection, SQL_SCHEMA_VERSION, &state, why);
    if (!e && state.version < SQL_SCHEMA_VERSION) {
        e = err_set(why, ERR_DATA, op, "%s has an older schema (%u, this version wants %u)",
                    r->path, state.version, SQL_SCHEMA_VERSION);
        err_hint(why, "Start this version's server on it once; it brings the schema up to date.");
    }
    if (e) {
        reader_close(r);
        r = NULL;
    }
    *out = r;
    return e;
}

static struct reader *make(void)
{
    struct reader *r = calloc(1, sizeof *r);
    must(r != NULL);
    return r;
}

enum err reader_open(struct store *store, struct reader **out, struct why *why)
{
    struct reader *r = make();
    r->store = store;
    snprintf(r->path, sizeof r->path, "%s", store->database);
    return open_path(r, out, why);
}

enum err reader_open_directory(const char *directory, struct reader **out, struct why *why)
{
    *out = NULL;
    struct reader *r = make();
    if (snprintf(r->path, sizeof r->path, "%s/anteroom.db", directory) >= (int)sizeof r->path) {
        free(r);
        return err_set(why, ERR_USAGE, op, "the directory's path is too long");
    }
    if (access(r->path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
        enum err e = err_set(why, ERR_MISSING, op, "there is no %s", r->path);
        err_hint(why, "Name the server's data directory with --data.");
        free(r);
        return e;
    }
    return open_path(r, out, why);
}

void reader_close(struct reader *r)
{
    if (!r)
        return;
    connection_close(&r->connection);
    free(r);
}

/* Damage that a read runs into ends the service for everybody (store.h). */
static enum err failure(struct reader *r, struct why *why)
{
    enum err e = connection_error(&r->connection, op, why);
    if (e == ERR_DATA && r->store)
        atomic_store(&r->store->damaged, true);
    return e;
}

static bool is_damaged(const struct reader *r)
{
    return r->store && atomic_load_explicit(&r->store->damaged, memory_order_relaxed);
}

static enum err refuse(const struct reader *r, struct why *why)
{
    enum err e = err_set(why, ERR_DATA, op, "%s is damaged", r->path);
    err_hint(why, "Keep the files, and restore from a backup or replica.");
    return e;
}

enum err reader_query(struct reader *r, enum sql_query query, sqlite3_stmt **out, struct why *why)
{
    *out = NULL;
    if (is_damaged(r))
        return refuse(r, why);
    *out = connection_query(&r->connection, query);
    return *out ? ERR_NONE : failure(r, why);
}

enum err reader_row(struct reader *r, sqlite3_stmt *s, struct why *why)
{
    int rc = sqlite3_step(s);
    return rc == SQLITE_ROW    ? ERR_NONE
           : rc == SQLITE_DONE ? err_set(why, ERR_MISSING, op, "there is none")
                               : failure(r, why);
}

struct connection *reader_connection(struct reader *r)
{
    return &r->connection;
}

static bool copy_client_id(struct client_id *out, struct str text)
{
    if (text.len != CLIENT_ID_LEN)
        return false;
    memcpy(out->text, text.ptr, CLIENT_ID_LEN);
    out->text[CLIENT_ID_LEN] = '\0';
    return true;
}

enum err reader_draft(struct reader *r, struct arena *a, const struct draft_id *id, int64_t now_ms,
                      struct draft *out, struct why *why)
{
    *out = (struct draft){0};
    if (is_damaged(r))
        return refuse(r, why);
    sqlite3_stmt *s = connection_query(&r->connection, SQL_DRAFT_FIND);
    if (!s)
        return failure(r, why);
    bind_bytes(s, P_DRAFT_FIND_ID, id->bytes, DRAFT_ID_SIZE);
    enum err e = ERR_NONE;
    int rc = sqlite3_step(s);
    if (rc == SQLITE_ROW) {
        out->revision = (uint64_t)sqlite3_column_int64(s, C_DRAFT_FIND_REVISION);
        out->step = (unsigned)sqlite3_column_int(s, C_DRAFT_FIND_STEP);
        out->sealed = arena_str(a, column_bytes(s, C_DRAFT_FIND_SEALED));
        out->expires_ms = sqlite3_column_int64(s, C_DRAFT_FIND_EXPIRES_MS);
        out->sent = copy_client_id(&out->client_id, column_text(s, C_DRAFT_FIND_CLIENT_ID));
        out->sent_ms = sqlite3_column_int64(s, C_DRAFT_FIND_SENT_MS);
        /* Out of memory a column reads as empty: that is no draft that expired. */
        if (!out->sent && !out->sealed.len)
            e = failure(r, why);
    } else if (rc != SQLITE_DONE) {
        e = failure(r, why);
    }
    sqlite3_reset(s);
    if (!e && (rc == SQLITE_DONE || out->expires_ms <= now_ms))
        e = err_set(why, ERR_MISSING, "read the draft", "it has expired or never existed");
    return e;
}

static void copy_row(struct arena *a, sqlite3_stmt *s, struct submission_row *out)
{
    copy_client_id(&out->client_id, column_text(s, C_SUBMISSION_PAGE_CLIENT_ID));
    out->created_ms = sqlite3_column_int64(s, C_SUBMISSION_PAGE_CREATED_MS);
    out->status = arena_str(a, column_text(s, C_SUBMISSION_PAGE_STATUS));
    out->duplicate_of = arena_str(a, column_text(s, C_SUBMISSION_PAGE_DUPLICATE_OF));
    out->form = (struct form){0};
    for (int f = 0; f < (int)FIELD_COUNT; f++)
        out->form.value[f] = arena_str(a, column_text(s, C_SUBMISSION_PAGE_COMPANY_NAME + f));
    out->extra = arena_str(a, column_text(s, C_SUBMISSION_PAGE_EXTRA));
}

/* The next page below *below into rows; *below moves on. */
static enum err read_page(struct reader *r, struct arena *a, int64_t *below, size_t page,
                          struct submission_row *rows, size_t *n, struct why *why)
{
    *n = 0;
    sqlite3_stmt *s = connection_query(&r->connection, SQL_SUBMISSION_PAGE);
    if (!s)
        return failure(r, why);
    sqlite3_bind_int64(s, P_SUBMISSION_PAGE_BELOW, *below);
    sqlite3_bind_int64(s, P_SUBMISSION_PAGE_PAGE, (sqlite3_int64)page);
    int rc;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW && *n < page) {
        *below = sqlite3_column_int64(s, C_SUBMISSION_PAGE_ID);
        copy_row(a, s, &rows[(*n)++]);
    }
    enum err e = rc == SQLITE_DONE ? ERR_NONE : failure(r, why);
    sqlite3_reset(s);
    return e;
}

enum err reader_submissions(struct reader *r, uint64_t limit,
                            bool (*visit)(void *context, const struct submission_row *row),
                            void *context, struct why *why)
{
    int64_t below = INT64_MAX;
    bool more = true;
    enum err e = ERR_NONE;
    while (!e && more && limit) {
        struct arena a = ARENA_INIT;
        size_t page = limit < PAGE ? (size_t)limit : PAGE, n;
        struct submission_row *rows = arena_new_array(&a, struct submission_row, page);
        e = read_page(r, &a, &below, page, rows, &n, why);
        for (size_t i = 0; !e && more && i < n; i++)
            more = visit(context, &rows[i]);
        limit -= n;
        more = more && n == page;
        arena_release(&a);
    }
    return e;
}

enum err reader_state(struct reader *r, struct arena *a, const struct client_id *id,
                      struct submission_state *out, struct why *why)
{
    *out = (struct submission_state){0};
    if (is_damaged(r))
        return refuse(r, why);
    sqlite3_stmt *s = connection_query(&r->connection, SQL_SUBMISSION_STATE);
    if (!s)
        return failure(r, why);
    bind_text(s, P_SUBMISSION_STATE_CLIENT_ID, client_id_str(id));
    enum err e = ERR_NONE;
    int64_t row = 0;
    int rc = sqlite3_step(s);
    if (rc == SQLITE_ROW) {
        out->created_ms = sqlite3_column_int64(s, C_SUBMISSION_STATE_CREATED_MS);
        row = sqlite3_column_int64(s, C_SUBMISSION_STATE_ID);
        out->status = arena_str(a, column_text(s, C_SUBMISSION_STATE_STATUS));
    } else if (rc == SQLITE_DONE) {
        e = err_set(why, ERR_MISSING, "read the submission", "it does not exist");
    } else {
        e = failure(r, why);
    }
    sqlite3_reset(s);
    return e ? e : reader_safe_since(r, row, &out->safe_ms, why);
}

enum err reader_safe_since(struct reader *r, int64_t submission, int64_t *since_ms, struct why *why)
{
    struct safe *safe = r->store ? &r->store->safe : NULL;
    return safe_since(safe, &r->connection, submission, since_ms) == SQLITE_DONE ? ERR_NONE
                                                                                 : failure(r, why);
}

enum err reader_count(struct reader *r, uint64_t *submissions, struct why *why)
{
    sqlite3_stmt *s = connection_query(&r->connection, SQL_SUBMISSION_COUNT);
    enum err e = ERR_NONE;
    if (s && sqlite3_step(s) == SQLITE_ROW)
        *submissions = (uint64_t)sqlite3_column_int64(s, C_SUBMISSION_COUNT_N);
    else
        e = failure(r, why);
    sqlite3_reset(s);
    return e;
}

enum err reader_funnel(struct reader *r, int64_t day,
                       void (*visit)(void *context, const struct funnel_row *row), void *context,
                       struct why *why)
{
    sqlite3_stmt *s = connection_query(&r->connection, SQL_FUNNEL_SINCE);
    if (!s)
        return failure(r, why);
    sqlite3_bind_int64(s, P_FUNNEL_SINCE_DAY, day);
    int rc;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        const struct funnel_row row = {
            .day = sqlite3_column_int64(s, C_FUNNEL_SINCE_DAY),
            .kind = column_text(s, C_FUNNEL_SINCE_KIND),
            .step = column_text(s, C_FUNNEL_SINCE_STEP),
            .field = column_text(s, C_FUNNEL_SINCE_FIELD),
            .code = column_text(s, C_FUNNEL_SINCE_CODE),
            .n = sqlite3_column_int64(s, C_FUNNEL_SINCE_N),
        };
        visit(context, &row);
    }
    enum err e = rc == SQLITE_DONE ? ERR_NONE : failure(r, why);
    sqlite3_reset(s);
    return e;
}

enum err reader_audit_verify(struct reader *r, struct audit_report *out, struct why *why)
{
    struct audit_walk walk = {0};
    enum err e = audit_check_all(&r->connection, &walk, why);
    *out = (struct audit_report){
        .events = walk.events,
        .broken = e == ERR_DATA ? walk.head.seq + 1 : 0,
        .head = walk.head.hash,
    };
    return e;
}

enum err reader_ping(struct reader *r, struct why *why)
{
    if (is_damaged(r))
        return refuse(r, why);
    sqlite3_stmt *s = connection_query(&r->connection, SQL_PING);
    enum err e = s && sqlite3_step(s) == SQLITE_ROW ? ERR_NONE : failure(r, why);
    sqlite3_reset(s);
    return e;
}
