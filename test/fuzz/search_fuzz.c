/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is typed into the search box, and a text to find it in (behind the first NUL): never an
 * error of the index, written back so that it reads the same, and marks that leave the text as it
 * is.
 */
#include "base/must.h"
#include "base/utf8.h"
#include "core/search_match.h"
#include "core/search_text.h"

#include <sqlite3.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct choice statuses[] = {{STR_INIT("new"), STR_INIT("New one")},
                                         {STR_INIT("won"), STR_INIT("Won")}};
static const struct choice services[] = {{STR_INIT("ci_cd"), STR_INIT("Pipelines")}};
static const struct search_owner owners[] = {{7, STR_INIT("ada b"), STR_INIT("Ada Byron")}};
static const struct search_names names = {
    .statuses = statuses,
    .statuses_n = 2,
    .owners = owners,
    .owners_n = 1,
    .services = {services, 1},
    .me = 7,
    .now_ms = INT64_C(1795262400000),
};

/* The index as the schema makes it, with nothing in it. */
static sqlite3_stmt *index_query(void)
{
    static sqlite3 *db;
    static sqlite3_stmt *s;
    if (s)
        return s;
    must(sqlite3_open(":memory:", &db) == SQLITE_OK);
    must(sqlite3_exec(db,
                      "CREATE VIRTUAL TABLE search USING fts5(words, facets, content = '', "
                      "columnsize = 0, tokenize = 'ascii')",
                      NULL, NULL, NULL) == SQLITE_OK);
    must(sqlite3_prepare_v2(db, "SELECT rowid FROM search WHERE search MATCH ?1", -1, &s, NULL) ==
         SQLITE_OK);
    return s;
}

static void check_expression(const struct search_query *q)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    if (search_expression(q, NULL, &out)) {
        sqlite3_stmt *s = index_query();
        must(buf_ok(&out) && out.len);
        sqlite3_bind_text(s, 1, out.ptr, (int)out.len, SQLITE_STATIC);
        must(sqlite3_step(s) == SQLITE_DONE);
        sqlite3_reset(s);
    }
    buf_release(&out);
}

static void check_written(struct arena *a, const struct search_query *q)
{
    struct search_query again;
    struct str text = search_write(a, q);
    search_parse(a, &names, text, &again);
    if (text.len <= SEARCH_TYPED_MAX)
        must(str_eq(text, search_write(a, &again)));
}

/* Without marks and dots it is a part of the text. */
static void check_excerpt(struct arena *a, const struct search_query *q, struct str text)
{
    struct search_needles needles;
    struct buf plain;
    unsigned found;
    search_needles(a, q, false, &needles);
    struct str excerpt = search_excerpt(a, &needles, text, 40, &found);
    must(needles.n == 32 || found >> needles.n == 0);
    must(utf8_valid(excerpt));
    buf_init(&plain, excerpt.len + 1);
    int depth = 0;
    for (size_t i = 0; i < excerpt.len; i++) {
        depth += (excerpt.ptr[i] == SEARCH_MARK_BEGIN) - (excerpt.ptr[i] == SEARCH_MARK_END);
        must(depth == 0 || depth == 1);
        if (excerpt.ptr[i] != SEARCH_MARK_BEGIN && excerpt.ptr[i] != SEARCH_MARK_END)
            buf_byte(&plain, excerpt.ptr[i]);
    }
    struct str view = buf_view(&plain), dots = STR("…");
    if (!str_contains(text, dots)) {
        view = str_starts(view, dots) ? str_slice(view, dots.len, view.len) : view;
        view = str_ends(view, dots) ? str_slice(view, 0, view.len - dots.len) : view;
        must(str_contains(text, view));
    }
    must(depth == 0);
    buf_release(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = ARENA_INIT;
    struct search_query q;
    struct str all = str_of(data, size);
    size_t at = str_find(all, '\0', 0);
    struct str text = str_slice(all, at < size ? at + 1 : size, size);
    search_parse(&a, &names, str_slice(all, 0, at), &q);
    check_expression(&q);
    check_written(&a, &q);
    if (utf8_valid(text) && !utf8_has_control(text, true))
        check_excerpt(&a, &q, text);
    arena_release(&a);
    return 0;
}
