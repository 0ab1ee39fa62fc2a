/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "store/search_inner.h"

enum {
    EXPRESSION_MAX = 64 << 10,
    PREFIX_WORDS = 256, /* that a prefix may stand for, before the index has to merge them */
    TAIL_ROWS = 500,    /* not in the index yet, looked through */
    LOOK_STEPS = 100    /* of SQLite's machine between looks at the clock */
};

/* ---- the deadline --------------------------------------------------------------------------- */

static int is_over(void *context)
{
    const struct searching *x = context;
    return clock_monotonic_us() >= x->deadline_us;
}

void search_take_time(struct searching *x)
{
    sqlite3_progress_handler(reader_connection(x->reader)->db, 0, NULL, NULL);
}

void search_end(struct searching *x)
{
    sqlite3_stmt *s;
    search_take_time(x);
    if (x->reading && reader_query(x->reader, SQL_READ_END, &s, NULL) == ERR_NONE) {
        sqlite3_step(s);
        sqlite3_reset(s);
    }
    x->reading = false;
}

static enum err begin_reading(struct searching *x)
{
    sqlite3_stmt *s;
    enum err e = reader_query(x->reader, SQL_READ_BEGIN, &s, x->why);
    if (e)
        return e;
    e = reader_row(x->reader, s, x->why);
    sqlite3_reset(s);
    x->reading = e == ERR_MISSING;
    return x->reading ? ERR_NONE : e;
}

/* What a verb of the reader answered: given up is not a failure. */
static enum err settle(struct searching *x, enum err e)
{
    int code = sqlite3_errcode(reader_connection(x->reader)->db);
    if (e == ERR_NONE || e == ERR_MISSING || (code & 0xff) != SQLITE_INTERRUPT)
        return e;
    x->too_broad = true;
    return ERR_MISSING;
}

enum err search_step(struct searching *x, sqlite3_stmt *s)
{
    return settle(x, reader_row(x->reader, s, x->why));
}

enum err search_record(struct searching *x, struct arena *a, int64_t row, struct record *out)
{
    return settle(x, reader_record_row(x->reader, a, row, out, x->why));
}

/* ---- beginning ------------------------------------------------------------------------------- */

/* The first row that was created then or later: they are in the order of their creation. */
static enum err row_at(struct searching *x, int64_t at_ms, int64_t newest, int64_t *out)
{
    int64_t low = 0, high = newest + 1;
    sqlite3_stmt *s;
    enum err e = reader_query(x->reader, SQL_SUBMISSION_FROM, &s, x->why);
    while (!e && low < high) {
        int64_t middle = low + (high - low) / 2;
        sqlite3_bind_int64(s, P_SUBMISSION_FROM_ID, middle);
        enum err found = search_step(x, s);
        int64_t id = sqlite3_column_int64(s, C_SUBMISSION_FROM_ID);
        if (found == ERR_NONE && sqlite3_column_int64(s, C_SUBMISSION_FROM_CREATED_MS) < at_ms)
            low = id + 1;
        else
            high = middle;
        sqlite3_reset(s);
        e = found == ERR_MISSING ? ERR_NONE : found;
    }
    *out = low;
    return e;
}

static enum err read_marks(struct searching *x, int64_t *newest)
{
    sqlite3_stmt *s;
    enum err e = reader_query(x->reader, SQL_META_FIND, &s, x->why);
    if (e)
        return e;
    bind_text(s, P_META_FIND_KEY, STR("searched"));
    e = search_step(x, s);
    x->searched = e ? 0 : sqlite3_column_int64(s, C_META_FIND_VALUE);
    sqlite3_reset(s);
    if (e && e != ERR_MISSING)
        return e;
    e = reader_query(x->reader, SQL_SUBMISSION_NEWEST, &s, x->why);
    if (!e)
        e = search_step(x, s);
    if (!e)
        *newest = sqlite3_column_int64(s, C_SUBMISSION_NEWEST_ID);
    sqlite3_reset(s);
    return e;
}

/*
 * The words that a prefix stands for, as alternatives: the index walks them side by side, where it
 * would merge whole lists of submissions for the prefix itself. Empty when they are too many.
 */
static enum err spell_out(struct searching *x, const struct search_term *t, struct str *out)
{
    static const struct str last = STR_INIT("\xF4\x8F\xBF\xBF"); /* sorts behind every word */
    struct str prefix = search_prefix(x->arena, t), from = prefix;
    struct str to = arena_fmt(x->arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(last));
    struct buf words;
    sqlite3_stmt *s;
    unsigned n = 0;
    enum err e = reader_query(x->reader, SQL_SEARCH_WORD, &s, x->why);
    if (e || !prefix.len)
        return e;
    buf_init(&words, EXPRESSION_MAX);
    while (!e && n < PREFIX_WORDS) {
        bind_text(s, P_SEARCH_WORD_FROM, from);
        bind_text(s, P_SEARCH_WORD_TO, to);
        e = search_step(x, s);
        if (!e) {
            struct str word = column_text(s, C_SEARCH_WORD_TERM);
            buf_fmt(&words, "%s\"%.*s\"", n ? " OR " : "", STR_ARG(word));
            from = arena_fmt(x->arena, "%.*s\x01", STR_ARG(word));
            n++;
        }
        sqlite3_reset(s);
    }
    if (e == ERR_MISSING && n && buf_ok(&words))
        *out = arena_str(x->arena, buf_view(&words));
    buf_release(&words);
    return e == ERR_MISSING ? ERR_NONE : e;
}

static bool has_one_word(const struct search_needles *needles, const struct search_term *t)
{
    for (size_t i = 0; i < needles->n; i++)
        if (needles->items[i].prefix && str_eq(needles->items[i].text, t->text))
            return needles->items[i].words_n == 1;
    return false;
}

static enum err make_expression(struct searching *x)
{
    struct str instead[SEARCH_TERMS_MAX] = {{0}};
    struct buf out;
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < x->query->terms_n; i++) {
        const struct search_term *t = &x->query->terms[i];
        if (t->kind == SEARCH_PREFIX &&
            (has_one_word(&x->wanted, t) || has_one_word(&x->unwanted, t)))
            e = spell_out(x, t, &instead[i]);
    }
    buf_init(&out, (size_t)4 * EXPRESSION_MAX);
    if (!e && search_expression(x->query, instead, &out))
        x->match = arena_str(x->arena, buf_view(&out));
    if (!e && !buf_ok(&out))
        e = err_set(x->why, ERR_INPUT, "search", "the query is too long");
    buf_release(&out);
    return e;
}

enum err search_begin(struct searching *x, struct reader *reader, struct arena *a,
                      const struct search_query *query, int64_t within_ms, struct why *why)
{
    int64_t newest = 0, row;
    *x = (struct searching){.reader = reader, .arena = a, .query = query, .why = why};
    x->deadline_us = clock_monotonic_us() + within_ms * 1000;
    search_needles(a, query, false, &x->wanted);
    search_needles(a, query, true, &x->unwanted);
    enum err e = begin_reading(x);
    if (!e)
        e = read_marks(x, &newest);
    x->below = newest + 1;
    if (!e && query->from_ms) {
        e = row_at(x, query->from_ms, newest, &row);
        x->above = row - 1;
    }
    if (!e && query->to_ms) {
        e = row_at(x, query->to_ms, newest, &row);
        x->below = row;
    }
    sqlite3_progress_handler(reader_connection(reader)->db, LOOK_STEPS, is_over, x);
    return e ? e : make_expression(x);
}

/* ---- walking -------------------------------------------------------------------------------- */

/* All these statements have the same parameters and answer a row's number. */
static enum err walk(struct searching *x, enum sql_query query, struct str value, int64_t above,
                     int64_t below, struct search_rows *out)
{
    sqlite3_stmt *s;
    enum err e = reader_query(x->reader, query, &s, x->why);
    if (e || above >= below)
        return e;
    int at = sqlite3_bind_parameter_index(s, ":value");
    if (at)
        bind_text(s, at, value);
    sqlite3_bind_int64(s, sqlite3_bind_parameter_index(s, ":above"), above);
    sqlite3_bind_int64(s, sqlite3_bind_parameter_index(s, ":below"), below);
    while (out->n < out->most && (e = search_step(x, s)) == ERR_NONE)
        out->ids[out->n++] = sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    return e == ERR_MISSING ? ERR_NONE : e;
}

/* The only filter, when one index of the table answers it. */
static const struct search_filter *only_filter(const struct search_query *q)
{
    const struct search_filter *f = &q->filters[0];
    bool one = q->filters_n == 1 && q->terms_n == 0 && !f->excluded;
    if (one &&
        (f->kind == SEARCH_STATUS || (f->kind == SEARCH_OWNER && !str_eq(f->value, STR("0")))))
        return f;
    return NULL;
}

/* The rows that came after what the index has. */
static enum err walk_tail(struct searching *x, bool up, struct search_rows *out)
{
    int64_t ids[TAIL_ROWS];
    struct search_rows tail = {ids, 0, TAIL_ROWS};
    int64_t above = x->above > x->searched ? x->above : x->searched;
    enum err e = walk(x, up ? SQL_LIST_OLDEST : SQL_LIST_NEWEST, STR_EMPTY, above, x->below, &tail);
    for (size_t i = 0; !e && i < tail.n && out->n < out->most; i++) {
        struct arena a = ARENA_INIT;
        struct record r;
        e = search_record(x, &a, ids[i], &r);
        if (!e && search_is_answer(x, &r))
            out->ids[out->n++] = ids[i];
        arena_release(&a);
        if (e == ERR_MISSING)
            e = ERR_NONE;
    }
    return e;
}

static enum err walk_index(struct searching *x, bool up, struct search_rows *out)
{
    int64_t below = x->below < x->searched + 1 ? x->below : x->searched + 1;
    return walk(x, up ? SQL_SEARCH_OLDEST : SQL_SEARCH_NEWEST, x->match, x->above, below, out);
}

enum err search_walk(struct searching *x, bool up, struct search_rows *out)
{
    const struct search_filter *only = only_filter(x->query);
    if (only && only->kind == SEARCH_STATUS)
        return walk(x, up ? SQL_LIST_STATUS_OLDEST : SQL_LIST_STATUS_NEWEST, only->value, x->above,
                    x->below, out);
    if (only)
        return walk(x, up ? SQL_LIST_OWNER_OLDEST : SQL_LIST_OWNER_NEWEST, only->value, x->above,
                    x->below, out);
    if (!x->match.len)
        return walk(x, up ? SQL_LIST_OLDEST : SQL_LIST_NEWEST, STR_EMPTY, x->above, x->below, out);
    enum err e = up ? walk_index(x, up, out) : walk_tail(x, up, out);
    if (!e && !x->too_broad)
        e = up ? walk_tail(x, up, out) : walk_index(x, up, out);
    return e;
}
