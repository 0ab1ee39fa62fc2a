/* SPDX-License-Identifier: Apache-2.0 */
#include "store/duplicates.h"

#include "core/client_id.h"

struct row {
    int64_t id, created_ms, company, email; /* the hashes are 0 when there are none */
    char client_id[CLIENT_ID_LEN + 1];
};

static int run(struct connection *c, enum sql_query query)
{
    sqlite3_stmt *s = connection_query(c, query);
    int rc = s ? sqlite3_step(s) : SQLITE_ERROR;
    sqlite3_reset(s);
    return rc;
}

static void copy_text(char out[CLIENT_ID_LEN + 1], struct str text)
{
    snprintf(out, CLIENT_ID_LEN + 1, "%.*s", STR_ARG(text));
}

/* The rows that nobody has compared yet, oldest first; rc of the last step. */
static int read_batch(struct connection *c, struct row rows[DUPLICATES_BATCH], size_t *n)
{
    *n = 0;
    sqlite3_stmt *s = connection_query(c, SQL_DUPLICATE_BATCH);
    if (!s)
        return SQLITE_ERROR;
    sqlite3_bind_int(s, P_DUPLICATE_BATCH_N, DUPLICATES_BATCH);
    int rc;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        struct row *row = &rows[(*n)++];
        row->id = sqlite3_column_int64(s, C_DUPLICATE_BATCH_ID);
        row->created_ms = sqlite3_column_int64(s, C_DUPLICATE_BATCH_CREATED_MS);
        row->company = sqlite3_column_int64(s, C_DUPLICATE_BATCH_COMPANY_HASH);
        row->email = sqlite3_column_int64(s, C_DUPLICATE_BATCH_EMAIL_HASH);
        copy_text(row->client_id, column_text(s, C_DUPLICATE_BATCH_CLIENT_ID));
    }
    sqlite3_reset(s);
    return rc;
}

/* The newest that is alike, "" when there is none. */
static int find(struct connection *c, const struct row *row, int64_t within_ms,
                char out[CLIENT_ID_LEN + 1])
{
    out[0] = '\0';
    sqlite3_stmt *s = connection_query(c, SQL_LIKENESS_FIND);
    if (!s)
        return SQLITE_ERROR;
    sqlite3_bind_int64(s, P_LIKENESS_FIND_COMPANY, row->company);
    sqlite3_bind_int64(s, P_LIKENESS_FIND_EMAIL, row->email);
    sqlite3_bind_int64(s, P_LIKENESS_FIND_SINCE_MS, row->created_ms - within_ms);
    int rc = sqlite3_step(s);
    if (rc == SQLITE_ROW)
        copy_text(out, column_text(s, C_LIKENESS_FIND_CLIENT_ID));
    sqlite3_reset(s);
    return rc == SQLITE_ROW ? SQLITE_DONE : rc;
}

static int remember(struct connection *c, const struct row *row, int64_t hash)
{
    if (!hash)
        return SQLITE_DONE;
    sqlite3_stmt *s = connection_query(c, SQL_LIKENESS_PUT);
    if (!s)
        return SQLITE_ERROR;
    sqlite3_bind_int64(s, P_LIKENESS_PUT_HASH, hash);
    bind_text(s, P_LIKENESS_PUT_CLIENT_ID, str_from(row->client_id));
    sqlite3_bind_int64(s, P_LIKENESS_PUT_CREATED_MS, row->created_ms);
    int rc = sqlite3_step(s);
    sqlite3_reset(s);
    return rc;
}

static int mark(struct connection *c, const struct row *row, const char *earlier)
{
    sqlite3_stmt *s = connection_query(c, SQL_DUPLICATE_MARK);
    if (!s)
        return SQLITE_ERROR;
    sqlite3_bind_int64(s, P_DUPLICATE_MARK_ID, row->id);
    bind_text(s, P_DUPLICATE_MARK_DUPLICATE_OF, str_from(earlier));
    int rc = sqlite3_step(s);
    sqlite3_reset(s);
    return rc;
}

static int compare(struct connection *c, const struct row *row, int64_t within_ms)
{
    char earlier[CLIENT_ID_LEN + 1];
    int rc = find(c, row, within_ms, earlier);
    if (rc == SQLITE_DONE && earlier[0])
        rc = mark(c, row, earlier);
    if (rc == SQLITE_DONE)
        rc = remember(c, row, row->company);
    return rc == SQLITE_DONE ? remember(c, row, row->email) : rc;
}

static int note_progress(struct connection *c, int64_t id)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)id);
    sqlite3_stmt *s = connection_query(c, SQL_META_PUT);
    if (!s)
        return SQLITE_ERROR;
    bind_text(s, P_META_PUT_KEY, STR("compared"));
    bind_text(s, P_META_PUT_VALUE, str_from(text));
    int rc = sqlite3_step(s);
    sqlite3_reset(s);
    return rc;
}

enum err duplicates_mark(struct connection *c, int64_t within_ms, bool *more, struct why *why)
{
    struct row rows[DUPLICATES_BATCH];
    size_t n;
    *more = false;
    int rc = read_batch(c, rows, &n);
    if (rc == SQLITE_DONE && n == 0)
        return ERR_NONE;
    if (rc == SQLITE_DONE)
        rc = run(c, SQL_BEGIN);
    for (size_t i = 0; rc == SQLITE_DONE && i < n; i++)
        rc = compare(c, &rows[i], within_ms);
    if (rc == SQLITE_DONE)
        rc = note_progress(c, rows[n - 1].id);
    if (rc == SQLITE_DONE)
        rc = run(c, SQL_COMMIT);
    if (rc != SQLITE_DONE)
        return connection_error(c, "compare submissions", why);
    *more = n == DUPLICATES_BATCH;
    return ERR_NONE;
}
