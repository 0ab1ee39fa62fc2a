/* SPDX-License-Identifier: Apache-2.0 */
#include "store/audit_log.h"

#include "base/clock.h"
#include "store/audit_walk.h"
#include "store/reader_inner.h"

enum { ACTIONS_MOST = 100, PROGRESS_STEPS = 1000 };

/* The eight statements have the same columns; their parameters have the same names. */
enum kind { OF_SUBJECT, OF_ACTOR, OF_ACTION, OF_ALL, KINDS };

static const enum sql_query queries[KINDS][2] = {
    [OF_SUBJECT] = {SQL_AUDIT_OF_SUBJECT, SQL_AUDIT_OF_SUBJECT_UP},
    [OF_ACTOR] = {SQL_AUDIT_OF_ACTOR, SQL_AUDIT_OF_ACTOR_UP},
    [OF_ACTION] = {SQL_AUDIT_OF_ACTION, SQL_AUDIT_OF_ACTION_UP},
    [OF_ALL] = {SQL_AUDIT_OF_ALL, SQL_AUDIT_OF_ALL_UP},
};

/* What no index has. */
static bool is_public(struct str actor)
{
    return str_eq(actor, STR("visitor")) || str_eq(actor, STR("api"));
}

static enum kind kind_of(const struct audit_filter *f)
{
    if (f->subject.len)
        return OF_SUBJECT;
    if (f->actor.len)
        return is_public(f->actor) ? OF_ALL : OF_ACTOR;
    return f->action.len && !str_eq(f->action, STR("submission.created")) ? OF_ACTION : OF_ALL;
}

static void bind_named(sqlite3_stmt *s, const char *name, struct str text)
{
    int parameter = sqlite3_bind_parameter_index(s, name);
    if (parameter)
        bind_text(s, parameter, text);
}

static void bind_number(sqlite3_stmt *s, const char *name, int64_t n)
{
    sqlite3_bind_int64(s, sqlite3_bind_parameter_index(s, name), n);
}

/* ---- times to numbers ----------------------------------------------------------------------- */

static enum err time_of(struct reader *reader, uint64_t seq, int64_t *at_ms, struct why *why)
{
    sqlite3_stmt *s = NULL;
    enum err e = reader_query(reader, SQL_AUDIT_AT, &s, why);
    if (e)
        return e;
    sqlite3_bind_int64(s, P_AUDIT_AT_SEQ, (sqlite3_int64)seq);
    e = reader_row(reader, s, why);
    *at_ms = e ? 0 : sqlite3_column_int64(s, C_AUDIT_AT_AT_MS);
    sqlite3_reset(s);
    return e;
}

/* The first event at that time or later, as far as clocks were right. */
static enum err first_at(struct reader *reader, uint64_t newest, int64_t at_ms, uint64_t *out,
                         struct why *why)
{
    uint64_t low = 1, high = newest + 1;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        int64_t found;
        enum err e = time_of(reader, middle, &found, why);
        if (e)
            return e;
        if (found < at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    *out = low;
    return ERR_NONE;
}

/* The numbers that the filter's times allow: above *above and below *below. */
static enum err window(struct reader *reader, const struct audit_filter *f, uint64_t *above,
                       uint64_t *below, struct why *why)
{
    struct audit_head head;
    uint64_t first;
    enum err e = reader_audit_head(reader, &head, why);
    if (!e && f->from_ms && (e = first_at(reader, head.seq, f->from_ms, &first, why)) == ERR_NONE &&
        first - 1 > *above)
        *above = first - 1;
    if (!e && f->to_ms && (e = first_at(reader, head.seq, f->to_ms, &first, why)) == ERR_NONE &&
        first < *below)
        *below = first;
    return e;
}

/* ---- events --------------------------------------------------------------------------------- */

static struct audit_event copy_event(sqlite3_stmt *s, struct arena *a)
{
    return (struct audit_event){
        .seq = (uint64_t)sqlite3_column_int64(s, C_AUDIT_PAGE_SEQ),
        .at_ms = sqlite3_column_int64(s, C_AUDIT_PAGE_AT_MS),
        .actor = arena_str(a, column_text(s, C_AUDIT_PAGE_ACTOR)),
        .action = arena_str(a, column_text(s, C_AUDIT_PAGE_ACTION)),
        .subject = arena_str(a, column_text(s, C_AUDIT_PAGE_SUBJECT)),
        .detail = arena_str(a, column_text(s, C_AUDIT_PAGE_DETAIL)),
    };
}

static int past(void *deadline)
{
    return clock_monotonic_ms() >= *(const int64_t *)deadline;
}

static enum err read_rows(struct reader *reader, sqlite3_stmt *s, struct arena *a, size_t most,
                          struct audit_event *items, size_t *n, struct why *why)
{
    sqlite3 *db = reader_connection(reader)->db;
    int64_t deadline = clock_monotonic_ms() + AUDIT_DEADLINE_MS;
    sqlite3_progress_handler(db, PROGRESS_STEPS, past, &deadline);
    enum err e = ERR_NONE;
    int rc = SQLITE_ROW;
    for (*n = 0; *n <= most && (rc = sqlite3_step(s)) == SQLITE_ROW; ++*n)
        items[*n] = copy_event(s, a);
    sqlite3_progress_handler(db, 0, NULL, NULL);
    if ((rc & 0xff) == SQLITE_INTERRUPT)
        e = err_set(why, ERR_BUSY, "search the audit", "it takes too long");
    else if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        e = connection_error(reader_connection(reader), "read the audit", why);
    sqlite3_reset(s);
    return e;
}

static void turn_round(struct audit_event *items, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct audit_event other = items[i];
        items[i] = items[n - 1 - i];
        items[n - 1 - i] = other;
    }
}

enum err reader_audit_events(struct reader *reader, struct arena *a,
                             const struct audit_filter *filter, uint64_t below, uint64_t above,
                             size_t n, struct audit_events *out, struct why *why)
{
    bool up = above != 0;
    uint64_t lowest = above, highest = below ? below : INT64_MAX;
    size_t most = n < AUDIT_PAGE_MOST ? n : AUDIT_PAGE_MOST, found = 0;
    struct audit_event *items = arena_new_array(a, struct audit_event, most + 1);
    sqlite3_stmt *s = NULL;
    *out = (struct audit_events){items, 0, false, false};
    enum err e = window(reader, filter, &lowest, &highest, why);
    if (!e)
        e = reader_query(reader, queries[kind_of(filter)][up], &s, why);
    if (e)
        return e;
    bind_named(s, ":subject", filter->subject);
    bind_named(s, ":actor", filter->actor);
    bind_named(s, ":action", filter->action);
    bind_number(s, ":above", (int64_t)lowest);
    bind_number(s, ":below", (int64_t)highest);
    bind_number(s, ":n", (int64_t)most + 1);
    e = read_rows(reader, s, a, most, items, &found, why);
    if (e)
        return e;
    bool more = found > most;
    out->n = more ? most : found;
    if (up)
        turn_round(items, out->n);
    out->newer = up ? more : below != 0;
    out->older = up || more;
    return ERR_NONE;
}

/* ---- the chain ------------------------------------------------------------------------------ */

enum err reader_audit_head(struct reader *reader, struct audit_head *out, struct why *why)
{
    return audit_read_head(reader_connection(reader), out, why);
}

enum err reader_audit_hash(struct reader *reader, uint64_t seq, struct audit_hash *out,
                           struct why *why)
{
    sqlite3_stmt *s = NULL;
    enum err e = reader_query(reader, SQL_AUDIT_HASH, &s, why);
    if (e)
        return e;
    sqlite3_bind_int64(s, P_AUDIT_HASH_SEQ, (sqlite3_int64)seq);
    e = reader_row(reader, s, why);
    if (!e) {
        struct str hash = column_bytes(s, C_AUDIT_HASH_HASH);
        if (hash.len == AUDIT_HASH_SIZE)
            memcpy(out->bytes, hash.ptr, AUDIT_HASH_SIZE);
        else
            e = err_set(why, ERR_DATA, "read the audit", "event %llu has no hash",
                        (unsigned long long)seq);
    }
    sqlite3_reset(s);
    return e;
}

enum err reader_audit_check(struct reader *reader, struct audit_head *head, uint64_t most,
                            bool *more, struct why *why)
{
    return audit_check_some(reader_connection(reader), head, most, more, why);
}

enum err reader_audit_actions(struct reader *reader, struct arena *a, struct audit_actions *out,
                              struct why *why)
{
    struct str *items = arena_new_array(a, struct str, ACTIONS_MOST);
    *out = (struct audit_actions){items, 0};
    sqlite3_stmt *s = NULL;
    enum err e = reader_query(reader, SQL_AUDIT_ACTIONS, &s, why);
    while (!e && out->n < ACTIONS_MOST && (e = reader_row(reader, s, why)) == ERR_NONE)
        items[out->n++] = arena_str(a, column_text(s, C_AUDIT_ACTIONS_ACTION));
    if (s)
        sqlite3_reset(s);
    return e == ERR_MISSING ? ERR_NONE : e;
}
