/* SPDX-License-Identifier: Apache-2.0 */
#include "store/search.h"

#include "base/must.h"
#include "store/search_inner.h"

#include <inttypes.h>

/* ---- cursors -------------------------------------------------------------------------------- */

/* "n" or "p" for the page behind or before, the row, "-", the query: n1a2b-9f8e7d6c */
enum { CURSOR_MAX = 40 };

struct cursor {
    bool there, forward;
    int64_t row;
};

/* FNV-1a: a mistake is to be noticed, and nobody gains by forging it. */
static uint32_t hash_of(struct arena *a, const struct search_query *q)
{
    struct str text = search_write(a, q);
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * 16777619u;
    return (hash ^ (uint32_t)q->sort) * 16777619u;
}

static bool read_hex(struct str text, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                                                : 16;
        if (digit > 15)
            return false;
        *out = *out << 4 | digit;
    }
    return text.len && text.len <= 15;
}

static enum err read_cursor(struct arena *a, const struct search_request *r, struct cursor *out,
                            struct why *why)
{
    *out = (struct cursor){.forward = true};
    if (!r->cursor.len)
        return ERR_NONE;
    uint64_t row = 0, hash = 0;
    struct str rest = str_slice(r->cursor, 1, r->cursor.len), number = STR_EMPTY;
    char way = r->cursor.ptr[0];
    bool right = r->cursor.len <= CURSOR_MAX && (way == 'n' || way == 'p') &&
                 str_cut(&rest, '-', &number) && read_hex(number, &row) && read_hex(rest, &hash);
    if (!right || hash != hash_of(a, r->query) || row == 0)
        return err_set(why, ERR_INPUT, "turn the page", "the link is of another list");
    *out = (struct cursor){true, way == 'n', (int64_t)row};
    return ERR_NONE;
}

static struct str write_cursor(struct arena *a, const struct search_query *q, char way, int64_t row)
{
    return arena_fmt(a, "%c%" PRIx64 "-%" PRIx32, way, (uint64_t)row, hash_of(a, q));
}

/* ---- pages ---------------------------------------------------------------------------------- */

static enum err find(struct searching *x, const struct cursor *at, struct search_rows *rows)
{
    const struct search_query *q = x->query;
    if (q->sort == SEARCH_COMPANY && q->terms_n == 0)
        return search_walk_companies(x, at->row, at->forward, rows);
    bool up = (q->sort == SEARCH_OLDEST) == at->forward;
    if (at->there && up && at->row > x->above)
        x->above = at->row;
    if (at->there && !up && at->row < x->below)
        x->below = at->row;
    return search_walk(x, up, rows);
}

/* A Client ID alone is looked up: it is found at once, and as it was meant. */
static enum err find_client_id(struct searching *x, struct search_rows *rows)
{
    const struct search_query *q = x->query;
    const struct search_term *t = &q->terms[0];
    if (q->terms_n != 1 || t->kind != SEARCH_CLIENT_ID || t->excluded)
        return ERR_NONE;
    sqlite3_stmt *s;
    enum err e = reader_query(x->reader, SQL_SUBMISSION_STATE, &s, x->why);
    if (e)
        return e;
    bind_text(s, P_SUBMISSION_STATE_CLIENT_ID, t->text);
    e = search_step(x, s);
    int64_t row = e ? 0 : sqlite3_column_int64(s, C_SUBMISSION_STATE_ID);
    sqlite3_reset(s);
    if (e)
        return e == ERR_MISSING ? ERR_NONE : e;
    struct record r;
    e = search_record(x, x->arena, row, &r);
    if (!e && row > x->above && row < x->below && search_is_filtered(x, &r))
        rows->ids[rows->n++] = row;
    return e == ERR_MISSING ? ERR_NONE : e;
}

static void reverse(struct search_rows *rows)
{
    for (size_t i = 0, j = rows->n; i + 1 < j; i++) {
        int64_t id = rows->ids[i];
        rows->ids[i] = rows->ids[--j];
        rows->ids[j] = id;
    }
}

static enum err show(struct searching *x, const struct search_rows *rows, struct search_page *out)
{
    struct search_hit *hits = arena_new_array(x->arena, struct search_hit, rows->n);
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < rows->n; i++) {
        e = search_show(x, rows->ids[i], &hits[out->n]);
        out->n += e == ERR_NONE;
        if (e == ERR_MISSING) /* erased, and the index has not heard of it */
            e = ERR_NONE;
    }
    out->hits = hits;
    return e;
}

enum err search_page(struct reader *reader, struct arena *a, const struct search_request *r,
                     struct search_page *out, struct why *why)
{
    must(r->limit && r->limit <= SEARCH_PAGE_MOST);
    struct searching x;
    struct cursor at;
    struct search_rows rows = {.most = r->limit + 1};
    *out = (struct search_page){0};
    enum err e = read_cursor(a, r, &at, why);
    if (e)
        return e;
    rows.ids = arena_new_array(a, int64_t, rows.most);
    e = search_begin(&x, reader, a, r->query, r->within_ms, why);
    if (!e && !at.there)
        e = find_client_id(&x, &rows);
    if (!e && !rows.n)
        e = find(&x, &at, &rows);
    search_take_time(&x);
    bool more = rows.n > r->limit;
    rows.n -= more;
    if (!at.forward)
        reverse(&rows);
    if (!e)
        e = show(&x, &rows, out);
    search_end(&x);
    if (!e && rows.n && (at.there && (at.forward || more)))
        out->before = write_cursor(a, r->query, 'p', rows.ids[0]);
    if (!e && rows.n && (at.forward ? more : true))
        out->behind = write_cursor(a, r->query, 'n', rows.ids[rows.n - 1]);
    out->too_broad = x.too_broad;
    return e;
}

/* ---- counting ------------------------------------------------------------------------------- */

enum err search_tallies(struct reader *reader, struct arena *a, struct search_tallies *out,
                        struct why *why)
{
    enum { TALLIES_MOST = 5000 };
    sqlite3_stmt *s;
    int64_t searched = 0;
    *out = (struct search_tallies){0};
    enum err e = reader_query(reader, SQL_META_FIND, &s, why);
    if (e)
        return e;
    bind_text(s, P_META_FIND_KEY, STR("searched"));
    e = reader_row(reader, s, why);
    if (!e)
        searched = sqlite3_column_int64(s, C_META_FIND_VALUE);
    sqlite3_reset(s);
    if (e && e != ERR_MISSING)
        return e;
    e = reader_query(reader, SQL_TALLY_ALL, &s, why);
    if (e)
        return e;
    struct search_tally *items = arena_new_array(a, struct search_tally, TALLIES_MOST);
    sqlite3_bind_int64(s, P_TALLY_ALL_SEARCHED, searched);
    while (out->n < TALLIES_MOST && (e = reader_row(reader, s, why)) == ERR_NONE)
        items[out->n++] = (struct search_tally){
            .status = arena_str(a, column_text(s, C_TALLY_ALL_STATUS)),
            .owner = sqlite3_column_int64(s, C_TALLY_ALL_OWNER),
            .n = (uint64_t)sqlite3_column_int64(s, C_TALLY_ALL_N),
        };
    sqlite3_reset(s);
    out->items = items;
    return e == ERR_MISSING ? ERR_NONE : e;
}

static bool is_tallied(const struct search_query *q)
{
    bool only = !q->terms_n && !q->from_ms && !q->to_ms;
    for (size_t i = 0; i < q->filters_n; i++)
        only = only && q->filters[i].kind != SEARCH_SERVICE;
    return only;
}

static enum err count_tallies(struct searching *x, struct search_count *out)
{
    struct search_tallies tallies;
    enum err e = search_tallies(x->reader, x->arena, &tallies, x->why);
    for (size_t i = 0; !e && i < tallies.n; i++) {
        const struct search_tally *t = &tallies.items[i];
        const struct record r = {.submission.status = t->status, .owner = t->owner};
        if (search_is_filtered(x, &r))
            out->n += t->n;
    }
    return e;
}

enum err search_count(struct reader *reader, struct arena *a, const struct search_query *query,
                      int64_t within_ms, struct search_count *out, struct why *why)
{
    struct searching x;
    struct search_rows rows = {.most = SEARCH_COUNT_MOST + 1};
    *out = (struct search_count){0};
    enum err e = search_begin(&x, reader, a, query, within_ms, why);
    if (!e && is_tallied(query)) {
        e = count_tallies(&x, out);
    } else if (!e) {
        rows.ids = arena_new_array(a, int64_t, rows.most);
        e = search_walk(&x, false, &rows);
        out->more = rows.n == rows.most || x.too_broad;
        out->n = rows.n - (rows.n == rows.most);
    }
    search_end(&x);
    return e;
}
