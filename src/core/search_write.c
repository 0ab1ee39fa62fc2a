/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fold.h"
#include "core/search.h"

static const char *const operators[SEARCH_FILTER_KINDS] = {"status", "owner", "service"};

/*
 * One word that can stand without quotes: nothing that it could become part of, as two halves of a
 * Client ID or the digits of a number do.
 */
static bool is_bare(struct str text)
{
    struct fold fold = {text, 0};
    struct fold_word w;
    if (!fold_next(&fold, &w) || w.from != 0 || w.to != text.len)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9')
            return false;
    return text.len < 2 || !str_eq_nocase(str_slice(text, 0, 2), STR("cl")) ||
           text.len > CLIENT_ID_LEN;
}

static bool is_plain_number(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.ptr[0] != '0';
}

bool search_is_empty(const struct search_query *q)
{
    return !q->terms_n && !q->filters_n && !q->from_ms && !q->to_ms;
}

static void separate(struct buf *out, bool excluded)
{
    if (out->len)
        buf_byte(out, ' ');
    if (excluded)
        buf_byte(out, '-');
}

static void write_term(const struct search_term *t, struct buf *out)
{
    bool bare = t->kind == SEARCH_CLIENT_ID || is_bare(t->text) ||
                (t->kind == SEARCH_NUMBER && is_plain_number(t->text));
    separate(out, t->excluded);
    buf_str(out, bare ? STR_EMPTY : STR("\""));
    buf_str(out, t->text);
    buf_str(out, bare ? STR_EMPTY : STR("\""));
    buf_str(out, t->kind == SEARCH_PREFIX ? STR("*") : STR_EMPTY);
}

struct str search_write(struct arena *a, const struct search_query *q)
{
    struct buf out;
    buf_init(&out, (size_t)4 * SEARCH_TYPED_MAX);
    for (size_t i = 0; i < q->terms_n; i++)
        write_term(&q->terms[i], &out);
    for (size_t i = 0; i < q->filters_n; i++) {
        const struct search_filter *f = &q->filters[i];
        bool quoted = str_find(f->shown, ' ', 0) < f->shown.len;
        separate(&out, f->excluded);
        buf_fmt(&out, "%s:%s%.*s%s", operators[f->kind], quoted ? "\"" : "", STR_ARG(f->shown),
                quoted ? "\"" : "");
    }
    if (q->from_ms) {
        separate(&out, false);
        buf_fmt(&out, "from:%.*s", STR_ARG(q->from));
    }
    if (q->to_ms) {
        separate(&out, false);
        buf_fmt(&out, "to:%.*s", STR_ARG(q->to));
    }
    struct str text = arena_str(a, buf_view(&out));
    buf_release(&out);
    return text;
}
