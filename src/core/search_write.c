/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fold.h"
#include "core/search.h"

static const char *const operators[SEARCH_FILTER_KINDS] = {"status", "owner", "service"};

static size_t words_in(struct str text)
{
    struct fold fold = {text, 0};
    struct fold_word w;
    size_t n = 0;
    while (fold_next(&fold, &w))
        n++;
    return n;
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
    bool bare = t->kind != SEARCH_WORDS && t->kind != SEARCH_PREFIX;
    for (size_t i = 0; i < t->text.len; i++)
        bare = bare && t->text.ptr[i] != ' ';
    bare |= words_in(t->text) == 1 && str_find(t->text, ' ', 0) == t->text.len &&
            str_find(t->text, ':', 0) == t->text.len && t->text.ptr[0] != '-';
    separate(out, t->excluded);
    if (!bare && t->kind != SEARCH_NUMBER)
        buf_byte(out, '"');
    buf_str(out, t->text);
    if (!bare && t->kind != SEARCH_NUMBER)
        buf_byte(out, '"');
    if (t->kind == SEARCH_PREFIX)
        buf_byte(out, '*');
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
