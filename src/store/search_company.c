/* SPDX-License-Identifier: Apache-2.0 */
#include "core/search_text.h"
#include "store/search_inner.h"

/* Fewer than these are read and sorted; of more, enough come along when the order is walked. */
enum { SORTED_MOST = 2000 };

struct place {
    struct str name;
    int64_t id;
};

static int compare(struct place a, struct place b)
{
    int by_name = str_cmp(a.name, b.name);
    return by_name ? by_name : (a.id > b.id) - (a.id < b.id);
}

static int by_place(const void *a, const void *b)
{
    return compare(*(const struct place *)a, *(const struct place *)b);
}

static enum err place_of(struct searching *x, int64_t id, struct place *out)
{
    struct arena a = ARENA_INIT;
    struct record r;
    enum err e = search_record(x, &a, id, &r);
    if (!e)
        *out = (struct place){
            search_text_company(x->arena, r.submission.form.value[FIELD_COMPANY_NAME]), id};
    arena_release(&a);
    return e;
}

/* Before everything, behind everything, or the place of the cursor's row. */
static enum err start_of(struct searching *x, int64_t from, bool forward, struct place *out)
{
    *out =
        forward ? (struct place){STR_EMPTY, 0} : (struct place){STR("\xF4\x8F\xBF\xBF"), INT64_MAX};
    enum err e = from ? place_of(x, from, out) : ERR_NONE;
    if (e == ERR_MISSING)
        e = err_set(x->why, ERR_INPUT, "search", "the page's submission is gone");
    return e;
}

static bool is_within(struct searching *x, int64_t id)
{
    struct arena a = ARENA_INIT;
    struct record r;
    bool within = id > x->above && id < x->below;
    if (within && x->query->filters_n)
        within = search_record(x, &a, id, &r) == ERR_NONE && search_is_filtered(x, &r);
    arena_release(&a);
    return within;
}

static enum err walk_order(struct searching *x, struct place from, bool forward,
                           struct search_rows *out)
{
    sqlite3_stmt *s;
    enum err e =
        reader_query(x->reader, forward ? SQL_COMPANY_BEHIND : SQL_COMPANY_BEFORE, &s, x->why);
    if (e)
        return e;
    _Static_assert(P_COMPANY_BEHIND_NAME == P_COMPANY_BEFORE_NAME &&
                       P_COMPANY_BEHIND_ID == P_COMPANY_BEFORE_ID,
                   "one order");
    bind_text(s, P_COMPANY_BEHIND_NAME, from.name);
    sqlite3_bind_int64(s, P_COMPANY_BEHIND_ID, from.id);
    while (out->n < out->most && !x->too_broad && (e = search_step(x, s)) == ERR_NONE) {
        int64_t id = sqlite3_column_int64(s, 0);
        if (is_within(x, id))
            out->ids[out->n++] = id;
    }
    sqlite3_reset(s);
    return e == ERR_MISSING ? ERR_NONE : e;
}

static enum err sort_few(struct searching *x, const struct search_rows *few, struct place from,
                         bool forward, struct search_rows *out)
{
    struct place *places = arena_new_array(x->arena, struct place, few->n);
    size_t n = 0;
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < few->n; i++) {
        e = place_of(x, few->ids[i], &places[n]);
        n += e == ERR_NONE;
        if (e == ERR_MISSING)
            e = ERR_NONE;
    }
    qsort(places, n, sizeof *places, by_place);
    for (size_t i = 0; i < n && out->n < out->most; i++) {
        struct place p = places[forward ? i : n - 1 - i];
        int order = compare(p, from);
        if (forward ? order > 0 : order < 0)
            out->ids[out->n++] = p.id;
    }
    return e;
}

enum err search_walk_companies(struct searching *x, int64_t from, bool forward,
                               struct search_rows *out)
{
    struct place start;
    struct search_rows few = {.most = SORTED_MOST};
    enum err e = start_of(x, from, forward, &start);
    if (e || search_is_empty(x->query))
        return e ? e : walk_order(x, start, forward, out);
    few.ids = arena_new_array(x->arena, int64_t, SORTED_MOST);
    e = search_walk(x, false, &few);
    if (e || x->too_broad)
        return e;
    return few.n < few.most ? sort_few(x, &few, start, forward, out)
                            : walk_order(x, start, forward, out);
}
