/* SPDX-License-Identifier: Apache-2.0 */
#include "store/search_index.h"

#include "base/clock.h"
#include "core/search_text.h"
#include "store/insights.h"
#include "store/write_inner.h"

#include <inttypes.h>

enum {
    WORDS_MAX = 4 << 20, /* bytes of one entry: more than any form; what is more of notes is left
                            out, the same when it is taken out */
    FACETS_MAX = 64 << 10,
    EVENTS = 20000, /* looked at in one slice, most of them of submissions that come later */
    RENEWALS = 200  /* entries that notes are added to in one slice */
};

static const char op[] = "index the submissions";

/* Where the index stands, and room to make entries in. */
struct indexing {
    struct connection *c;
    int64_t submissions, notes; /* the last one of each that is in it */
    int64_t counted;            /* the last one that is in the figures (insights.h) */
    struct buf words, facets, fresh, added;
    struct arena arena; /* of one entry */
};

/* An entry as it is put in or taken out; the views are the indexing's. */
struct entry {
    int64_t id, owner;
    struct str status, company;
};

static int run(sqlite3_stmt *s)
{
    int rc = s ? sqlite3_step(s) : SQLITE_ERROR;
    sqlite3_reset(s);
    return rc;
}

static int run_query(struct connection *c, enum sql_query query)
{
    return run(connection_query(c, query));
}

/* ---- marks ---------------------------------------------------------------------------------- */

static int read_mark(struct connection *c, struct str key, int64_t *out)
{
    *out = 0;
    sqlite3_stmt *s = connection_query(c, SQL_META_FIND);
    if (!s)
        return SQLITE_ERROR;
    bind_text(s, P_META_FIND_KEY, key);
    int rc = sqlite3_step(s);
    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int64(s, C_META_FIND_VALUE);
    sqlite3_reset(s);
    return rc == SQLITE_ROW ? SQLITE_DONE : rc;
}

static int write_mark(struct connection *c, struct str key, int64_t value)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%" PRId64, value);
    sqlite3_stmt *s = connection_query(c, SQL_META_PUT);
    if (!s)
        return SQLITE_ERROR;
    bind_text(s, P_META_PUT_KEY, key);
    bind_text(s, P_META_PUT_VALUE, str_of(text, (size_t)n));
    return run(s);
}

static int begin(struct indexing *x, struct connection *c)
{
    *x = (struct indexing){.c = c};
    buf_init(&x->words, WORDS_MAX);
    buf_init(&x->facets, FACETS_MAX);
    buf_init(&x->fresh, WORDS_MAX);
    buf_init(&x->added, WORDS_MAX);
    int rc = read_mark(c, STR("searched"), &x->submissions);
    if (rc == SQLITE_DONE)
        rc = read_mark(c, STR("searched_notes"), &x->notes);
    return rc == SQLITE_DONE ? read_mark(c, STR("counted"), &x->counted) : rc;
}

static void end(struct indexing *x)
{
    buf_release(&x->words);
    buf_release(&x->facets);
    buf_release(&x->fresh);
    buf_release(&x->added);
    arena_release(&x->arena);
}

/* ---- entries -------------------------------------------------------------------------------- */

/* The words of the notes of those events. */
static int add_notes(struct indexing *x, int64_t id, int64_t since, int64_t upto, struct buf *out)
{
    sqlite3_stmt *s = connection_query(x->c, SQL_SEARCH_NOTES);
    if (!s)
        return SQLITE_ERROR;
    sqlite3_bind_int64(s, P_SEARCH_NOTES_ID, id);
    sqlite3_bind_int64(s, P_SEARCH_NOTES_SINCE, since);
    sqlite3_bind_int64(s, P_SEARCH_NOTES_UPTO, upto);
    int rc;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW)
        search_text_words(out, column_text(s, C_SEARCH_NOTES_TEXT));
    sqlite3_reset(s);
    return rc;
}

/* The entry of the row that s stands on, with its notes up to that event. Both statements that
 * read one have the same columns. */
static int make(struct indexing *x, sqlite3_stmt *s, int64_t notes, struct entry *out)
{
    _Static_assert(C_SEARCH_BATCH_COMPANY_NAME == C_SEARCH_SUBJECT_COMPANY_NAME, "one order");
    arena_release(&x->arena);
    buf_clear(&x->words);
    buf_clear(&x->facets);
    struct search_subject subject = {
        .client_id = column_text(s, C_SEARCH_BATCH_CLIENT_ID),
        .extra = column_text(s, C_SEARCH_BATCH_EXTRA),
        .status = column_text(s, C_SEARCH_BATCH_STATUS),
        .owner = sqlite3_column_int64(s, C_SEARCH_BATCH_OWNER),
    };
    for (int f = 0; f < (int)FIELD_COUNT; f++)
        subject.form.value[f] = column_text(s, C_SEARCH_BATCH_COMPANY_NAME + f);
    *out = (struct entry){
        .id = sqlite3_column_int64(s, C_SEARCH_BATCH_ID),
        .owner = subject.owner,
        .status = arena_str(&x->arena, subject.status),
        .company = search_text_company(&x->arena, subject.form.value[FIELD_COMPANY_NAME]),
    };
    search_text_subject(&x->arena, &subject, &x->words);
    search_text_facets(&subject, &x->facets);
    return add_notes(x, out->id, 0, notes, &x->words);
}

/* Putting in and taking out have the same parameters. */
_Static_assert(P_SEARCH_PUT_ID == P_SEARCH_TAKE_ID && P_SEARCH_PUT_WORDS == P_SEARCH_TAKE_WORDS &&
                   P_SEARCH_PUT_FACETS == P_SEARCH_TAKE_FACETS,
               "one order");
_Static_assert(P_TALLY_ADD_STATUS == P_TALLY_SUBTRACT_STATUS &&
                   P_TALLY_ADD_OWNER == P_TALLY_SUBTRACT_OWNER,
               "one order");
_Static_assert(P_COMPANY_ORDER_PUT_NAME == P_COMPANY_ORDER_TAKE_NAME &&
                   P_COMPANY_ORDER_PUT_ID == P_COMPANY_ORDER_TAKE_ID,
               "one order");

/* The text alone is put in or taken out. */
static int move_text(struct indexing *x, bool put, int64_t id, struct str words, struct str facets)
{
    sqlite3_stmt *s = connection_query(x->c, put ? SQL_SEARCH_PUT : SQL_SEARCH_TAKE);
    if (!s)
        return SQLITE_ERROR;
    sqlite3_bind_int64(s, P_SEARCH_PUT_ID, id);
    bind_text(s, P_SEARCH_PUT_WORDS, words);
    bind_text(s, P_SEARCH_PUT_FACETS, facets);
    return run(s);
}

static int count(struct indexing *x, bool put, const struct entry *e)
{
    sqlite3_stmt *s = connection_query(x->c, put ? SQL_TALLY_ADD : SQL_TALLY_SUBTRACT);
    if (!s)
        return SQLITE_ERROR;
    bind_text(s, P_TALLY_ADD_STATUS, e->status);
    sqlite3_bind_int64(s, P_TALLY_ADD_OWNER, e->owner);
    return run(s);
}

static int order(struct indexing *x, bool put, const struct entry *e)
{
    sqlite3_stmt *s = connection_query(x->c, put ? SQL_COMPANY_ORDER_PUT : SQL_COMPANY_ORDER_TAKE);
    if (!s)
        return SQLITE_ERROR;
    bind_text(s, P_COMPANY_ORDER_PUT_NAME, e->company);
    sqlite3_bind_int64(s, P_COMPANY_ORDER_PUT_ID, e->id);
    return run(s);
}

static int move(struct indexing *x, bool put, const struct entry *e)
{
    int rc = move_text(x, put, e->id, buf_view(&x->words), buf_view(&x->facets));
    if (rc == SQLITE_DONE)
        rc = count(x, put, e);
    return rc == SQLITE_DONE ? order(x, put, e) : rc;
}

/* ---- slices --------------------------------------------------------------------------------- */

static int clear(struct indexing *x)
{
    static const enum sql_query queries[] = {SQL_SEARCH_CLEAR, SQL_TALLY_CLEAR,
                                             SQL_COMPANY_ORDER_CLEAR, SQL_SEARCH_ADDED_CLEAR};
    int rc = SQLITE_DONE;
    for (size_t i = 0; rc == SQLITE_DONE && i < sizeof queries / sizeof *queries; i++)
        rc = run_query(x->c, queries[i]);
    x->submissions = x->notes = 0;
    return rc == SQLITE_DONE ? write_mark(x->c, STR("search_text"), SEARCH_TEXT_VERSION) : rc;
}

static int add_submissions(struct indexing *x, unsigned rows, int64_t deadline_us, bool *more)
{
    sqlite3_stmt *s = connection_query(x->c, SQL_SEARCH_BATCH);
    if (!s)
        return SQLITE_ERROR;
    sqlite3_bind_int64(s, P_SEARCH_BATCH_AFTER, x->submissions);
    sqlite3_bind_int64(s, P_SEARCH_BATCH_N, rows);
    struct entry e;
    int rc, done = SQLITE_DONE;
    unsigned n = 0;
    while (done == SQLITE_DONE && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        done = make(x, s, x->notes, &e);
        if (done == SQLITE_DONE)
            done = move(x, true, &e);
        x->submissions = e.id;
        n++;
        if (clock_monotonic_us() >= deadline_us) {
            rc = SQLITE_DONE;
            *more = true;
            break;
        }
    }
    sqlite3_reset(s);
    *more |= n == rows;
    return done == SQLITE_DONE ? rc : done;
}

/*
 * The notes of the events above `since`, up to `upto`, are added, or taken out as they were added:
 * x->added has the text. s stands on the submission.
 */
static int make_added(struct indexing *x, sqlite3_stmt *s, int64_t since, int64_t upto)
{
    struct entry e;
    buf_clear(&x->fresh);
    buf_clear(&x->added);
    int rc = make(x, s, upto, &e);
    if (rc == SQLITE_DONE)
        rc = add_notes(x, e.id, since, upto, &x->fresh);
    if (rc == SQLITE_DONE)
        search_text_added(&x->arena, buf_view(&x->words), buf_view(&x->fresh), &x->added);
    return rc;
}

static int note_added(struct indexing *x, int64_t id, int64_t since, int64_t upto)
{
    sqlite3_stmt *s = connection_query(x->c, SQL_SEARCH_ADDED_PUT);
    if (!s)
        return SQLITE_ERROR;
    sqlite3_bind_int64(s, P_SEARCH_ADDED_PUT_ID, id);
    sqlite3_bind_int64(s, P_SEARCH_ADDED_PUT_SINCE, since);
    sqlite3_bind_int64(s, P_SEARCH_ADDED_PUT_UPTO, upto);
    return run(s);
}

static int renew(struct indexing *x, int64_t id, int64_t upto)
{
    sqlite3_stmt *s = connection_query(x->c, SQL_SEARCH_SUBJECT);
    if (!s)
        return SQLITE_ERROR;
    sqlite3_bind_int64(s, P_SEARCH_SUBJECT_ID, id);
    int rc = sqlite3_step(s), done = SQLITE_DONE;
    bool there = rc == SQLITE_ROW;
    if (there)
        done = make_added(x, s, x->notes, upto);
    sqlite3_reset(s);
    if (there && done == SQLITE_DONE)
        done = move_text(x, true, id, buf_view(&x->added), STR_EMPTY);
    if (there && done == SQLITE_DONE)
        done = note_added(x, id, x->notes, upto);
    return there || rc == SQLITE_DONE ? done : rc;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The submissions with new notes, each once, in order: the index is quickest so. */
static int add_notes_of(struct indexing *x, bool *more)
{
    int64_t ids[RENEWALS], upto = x->notes;
    size_t n = 0, events = 0;
    sqlite3_stmt *s = connection_query(x->c, SQL_SEARCH_EVENTS);
    if (!s)
        return SQLITE_ERROR;
    sqlite3_bind_int64(s, P_SEARCH_EVENTS_AFTER, x->notes);
    sqlite3_bind_int64(s, P_SEARCH_EVENTS_N, EVENTS);
    int rc = SQLITE_DONE;
    while (n < RENEWALS && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        events++;
        upto = sqlite3_column_int64(s, C_SEARCH_EVENTS_ID);
        int64_t id = sqlite3_column_int64(s, C_SEARCH_EVENTS_SUBMISSION);
        if (str_eq(column_text(s, C_SEARCH_EVENTS_KIND), STR("note")) && id <= x->submissions)
            ids[n++] = id;
    }
    sqlite3_reset(s);
    *more = n == RENEWALS || events == EVENTS;
    if (rc == SQLITE_ROW)
        rc = SQLITE_DONE;
    qsort(ids, n, sizeof *ids, by_number);
    for (size_t i = 0; rc == SQLITE_DONE && i < n; i++)
        if (i == 0 || ids[i] != ids[i - 1])
            rc = renew(x, ids[i], upto);
    x->notes = upto;
    return rc;
}

/* Is there anything to do at all? A transaction is a sync. */
static int is_due(struct indexing *x, bool *due, bool *anew)
{
    int64_t version;
    int rc = read_mark(x->c, STR("search_text"), &version);
    sqlite3_stmt *s = connection_query(x->c, SQL_SEARCH_MARKS);
    if (rc != SQLITE_DONE || !s)
        return SQLITE_ERROR;
    rc = sqlite3_step(s);
    if (rc == SQLITE_ROW) {
        int64_t newest = sqlite3_column_int64(s, C_SEARCH_MARKS_SUBMISSION);
        *anew = version != SEARCH_TEXT_VERSION;
        *due = newest > x->submissions || (*anew && newest) || x->submissions > x->counted ||
               sqlite3_column_int64(s, C_SEARCH_MARKS_EVENT) > x->notes;
    }
    sqlite3_reset(s);
    return rc == SQLITE_ROW ? SQLITE_DONE : rc;
}

enum err search_index(struct connection *c, unsigned rows, int64_t within_us, bool *more,
                      struct why *why)
{
    struct indexing x;
    bool due = false, anew = false;
    int64_t deadline_us = clock_monotonic_us() + within_us;
    *more = false;
    int rc = begin(&x, c);
    if (rc == SQLITE_DONE)
        rc = is_due(&x, &due, &anew);
    if (rc == SQLITE_DONE && due) {
        rc = run_query(c, SQL_BEGIN);
        if (rc == SQLITE_DONE && anew)
            rc = clear(&x);
        if (rc == SQLITE_DONE)
            rc = add_notes_of(&x, more);
        if (rc == SQLITE_DONE)
            rc = add_submissions(&x, rows, deadline_us, more);
        if (rc == SQLITE_DONE)
            rc = insights_count(c, &x.counted, x.submissions);
        *more |= x.submissions > x.counted;
        if (rc == SQLITE_DONE)
            rc = write_mark(c, STR("searched"), x.submissions);
        if (rc == SQLITE_DONE)
            rc = write_mark(c, STR("counted"), x.counted);
        if (rc == SQLITE_DONE)
            rc = write_mark(c, STR("searched_notes"), x.notes);
        if (rc == SQLITE_DONE)
            rc = run_query(c, SQL_COMMIT);
    }
    enum err e = rc == SQLITE_DONE ? ERR_NONE : connection_error(c, op, why);
    end(&x);
    return e;
}

/* ---- one submission ------------------------------------------------------------------------- */

static int flush(struct indexing *x)
{
    return run_query(x->c, SQL_SEARCH_FLUSH);
}

static int be_secure(struct indexing *x, bool on)
{
    sqlite3_stmt *s = connection_query(x->c, SQL_SEARCH_SECURE);
    if (!s)
        return SQLITE_ERROR;
    sqlite3_bind_int(s, P_SEARCH_SECURE_ON, on);
    return run(s);
}

/* The notes that were added last are taken out first: *notes is then what the entry had before. A
 * word that was there before is found again only when the index is done with this. */
static int take_added(struct indexing *x, sqlite3_stmt *subject, int64_t id, int64_t *notes,
                      bool *any)
{
    sqlite3_stmt *s = connection_query(x->c, SQL_SEARCH_ADDED_NEWEST);
    if (!s)
        return SQLITE_ERROR;
    sqlite3_bind_int64(s, P_SEARCH_ADDED_NEWEST_ID, id);
    int rc = sqlite3_step(s);
    *any = rc == SQLITE_ROW;
    int64_t since = *any ? sqlite3_column_int64(s, C_SEARCH_ADDED_NEWEST_SINCE) : 0;
    int64_t upto = *any ? sqlite3_column_int64(s, C_SEARCH_ADDED_NEWEST_UPTO) : 0;
    sqlite3_reset(s);
    if (!*any)
        return rc;
    rc = make_added(x, subject, since, upto);
    if (rc == SQLITE_DONE)
        rc = move_text(x, false, id, buf_view(&x->added), STR_EMPTY);
    if (rc == SQLITE_DONE)
        rc = flush(x);
    s = connection_query(x->c, SQL_SEARCH_ADDED_TAKE);
    if (rc != SQLITE_DONE || !s)
        return SQLITE_ERROR;
    sqlite3_bind_int64(s, P_SEARCH_ADDED_TAKE_ID, id);
    sqlite3_bind_int64(s, P_SEARCH_ADDED_TAKE_UPTO, upto);
    *notes = since;
    return run(s);
}

static int take_row(struct indexing *x, sqlite3_stmt *s, int64_t id)
{
    struct entry e;
    int64_t notes = x->notes;
    bool any = true;
    int rc = flush(x);
    if (rc == SQLITE_DONE)
        rc = be_secure(x, true);
    while (rc == SQLITE_DONE && any)
        rc = take_added(x, s, id, &notes, &any);
    if (rc == SQLITE_DONE)
        rc = make(x, s, notes, &e);
    if (rc == SQLITE_DONE)
        rc = move(x, false, &e);
    if (rc == SQLITE_DONE)
        rc = flush(x);
    return rc == SQLITE_DONE ? be_secure(x, false) : rc;
}

static int put_row(struct indexing *x, sqlite3_stmt *s)
{
    struct entry e;
    int rc = make(x, s, x->notes, &e);
    return rc == SQLITE_DONE ? move(x, true, &e) : rc;
}

static enum err move_one(struct write *w, bool put, int64_t id, struct why *why)
{
    struct indexing x;
    int64_t version = 0;
    sqlite3_stmt *s = write_query(w, SQL_SEARCH_SUBJECT);
    int rc = begin(&x, w->group->connection);
    if (rc == SQLITE_DONE)
        rc = read_mark(x.c, STR("search_text"), &version);
    /* An index of other words is about to be cleared. */
    if (rc == SQLITE_DONE && s && version == SEARCH_TEXT_VERSION && id <= x.submissions) {
        sqlite3_bind_int64(s, P_SEARCH_SUBJECT_ID, id);
        rc = sqlite3_step(s);
        if (rc == SQLITE_ROW)
            rc = put ? put_row(&x, s) : take_row(&x, s, id);
        sqlite3_reset(s);
    }
    end(&x);
    return rc == SQLITE_DONE && s ? ERR_NONE : write_failed(w, op, why);
}

enum err search_forget(struct write *w, int64_t submission, struct why *why)
{
    return move_one(w, false, submission, why);
}

enum err search_remember(struct write *w, int64_t submission, struct why *why)
{
    return move_one(w, true, submission, why);
}

enum err search_forget_client(struct write *w, const struct client_id *id, struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_SUBMISSION_STATE);
    if (!s)
        return write_failed(w, op, why);
    bind_text(s, P_SUBMISSION_STATE_CLIENT_ID, client_id_str(id));
    bool there = write_row(w, s);
    int64_t row = there ? sqlite3_column_int64(s, C_SUBMISSION_STATE_ID) : 0;
    sqlite3_reset(s);
    if (w->broken)
        return write_failed(w, op, why);
    return there ? search_forget(w, row, why) : ERR_NONE;
}
