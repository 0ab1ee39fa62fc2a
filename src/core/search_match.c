/* SPDX-License-Identifier: Apache-2.0 */
#include "core/search_match.h"

#include "base/fold.h"
#include "core/search_text.h"

/* ---- the index's expression ------------------------------------------------------------------ */

static void phrase(struct buf *out, struct str text, bool prefix)
{
    struct fold fold = {text, 0};
    struct fold_word w;
    bool first = true;
    buf_byte(out, '"');
    while (fold_next(&fold, &w)) {
        if (!first)
            buf_byte(out, ' ');
        buf_str(out, fold_word(&w));
        first = false;
    }
    buf_str(out, prefix ? STR("\"*") : STR("\""));
}

/* The digits without what is dialled before them at home or abroad; "" when too few are left. */
static struct str dialled(struct str typed, char digits[SEARCH_DIGITS_MAX])
{
    size_t n = search_text_digits(typed, digits, SEARCH_DIGITS_MAX), from = 0;
    while (from < n && digits[from] == '0')
        from++;
    return n - from >= SEARCH_GRAM ? str_of(digits + from, n - from) : STR_EMPTY;
}

/* Each four digits follow the four before them by one: together, and in this order. */
static void grams(struct buf *out, struct str digits)
{
    buf_str(out, STR(" OR \""));
    for (size_t i = 0; i + SEARCH_GRAM <= digits.len; i++)
        search_text_facet(out, 'p', str_slice(digits, i, i + SEARCH_GRAM));
    buf_byte(out, '"');
}

static void put_term(const struct search_term *t, struct str instead, struct buf *out)
{
    char digits[SEARCH_DIGITS_MAX];
    buf_byte(out, '(');
    if (instead.len) {
        buf_str(out, instead);
    } else if (t->kind == SEARCH_CLIENT_ID) {
        phrase(out, str_slice(t->text, 3, t->text.len), false);
    } else {
        phrase(out, t->text, t->kind == SEARCH_PREFIX);
        struct str number = t->kind == SEARCH_NUMBER ? dialled(t->text, digits) : STR_EMPTY;
        if (number.len)
            grams(out, number);
    }
    buf_byte(out, ')');
}

static void put_filter(const struct search_filter *f, struct buf *out)
{
    static const char kinds[SEARCH_FILTER_KINDS] = {'s', 'o', 'c'};
    buf_byte(out, '"');
    search_text_facet(out, kinds[f->kind], f->value);
    buf_byte(out, '"');
}

/* The alternatives of one kind; false when there are none. */
static bool put_alternatives(const struct search_query *q, enum search_filter_kind kind,
                             struct buf *out)
{
    bool any = false;
    for (size_t i = 0; i < q->filters_n; i++) {
        const struct search_filter *f = &q->filters[i];
        if (f->kind != kind || f->excluded)
            continue;
        buf_str(out, any ? STR(" OR ") : out->len ? STR(" AND (") : STR("("));
        put_filter(f, out);
        any = true;
    }
    if (any)
        buf_byte(out, ')');
    return any;
}

bool search_expression(const struct search_query *q, const struct str *instead, struct buf *out)
{
    struct buf all;
    buf_init(&all, out->max);
    for (size_t i = 0; i < q->terms_n; i++) {
        if (q->terms[i].excluded)
            continue;
        if (all.len)
            buf_str(&all, STR(" AND "));
        put_term(&q->terms[i], instead ? instead[i] : STR_EMPTY, &all);
    }
    for (int kind = 0; kind < SEARCH_FILTER_KINDS; kind++)
        put_alternatives(q, (enum search_filter_kind)kind, &all);
    bool any = q->terms_n || q->filters_n;
    if (any) {
        buf_byte(out, '(');
        if (all.len)
            buf_str(out, buf_view(&all));
        else
            search_text_facet(out, 'a', STR_EMPTY);
        buf_byte(out, ')');
    }
    for (size_t i = 0; i < q->terms_n; i++) {
        if (!q->terms[i].excluded)
            continue;
        buf_str(out, STR(" NOT "));
        put_term(&q->terms[i], instead ? instead[i] : STR_EMPTY, out);
    }
    for (size_t i = 0; i < q->filters_n; i++) {
        if (!q->filters[i].excluded)
            continue;
        buf_str(out, STR(" NOT "));
        put_filter(&q->filters[i], out);
    }
    buf_release(&all);
    return any;
}

struct str search_prefix(struct arena *a, const struct search_term *t)
{
    struct fold fold = {t->text, 0};
    struct fold_word w = {0};
    struct str last = STR_EMPTY;
    while (t->kind == SEARCH_PREFIX && fold_next(&fold, &w))
        last = arena_str(a, fold_word(&w));
    return last;
}

/* ---- where they stand in a text -------------------------------------------------------------- */

void search_needles(struct arena *a, const struct search_query *q, bool excluded,
                    struct search_needles *out)
{
    char digits[SEARCH_DIGITS_MAX];
    *out = (struct search_needles){0};
    for (size_t i = 0; i < q->terms_n; i++) {
        const struct search_term *t = &q->terms[i];
        if (t->excluded != excluded)
            continue;
        struct search_needle *needle = &out->items[out->n++];
        bool id = t->kind == SEARCH_CLIENT_ID;
        struct fold fold = {id ? str_slice(t->text, 3, t->text.len) : t->text, 0};
        struct fold_word w;
        while (needle->words_n < SEARCH_WORDS_MAX && fold_next(&fold, &w))
            needle->words[needle->words_n++] = arena_str(a, fold_word(&w));
        needle->text = t->text;
        needle->prefix = t->kind == SEARCH_PREFIX;
        if (t->kind == SEARCH_NUMBER)
            needle->digits = arena_str(a, dialled(t->text, digits));
        out->digits |= needle->digits.len != 0;
    }
}

static bool is_word(const struct search_needle *needle, size_t i, const struct fold_word *w)
{
    return needle->prefix && i + 1 == needle->words_n ? str_starts(fold_word(w), needle->words[i])
                                                      : str_eq(fold_word(w), needle->words[i]);
}

/* Where the needle ends that begins with this word; 0: it does not. */
static size_t words_end(const struct search_needle *needle, struct str text,
                        const struct fold_word *first)
{
    if (!needle->words_n || !is_word(needle, 0, first))
        return 0;
    struct fold fold = {text, first->to};
    struct fold_word w = {.to = first->to};
    for (size_t i = 1; i < needle->words_n; i++)
        if (!fold_next(&fold, &w) || !is_word(needle, i, &w))
            return 0;
    return w.to;
}

/* The same for the digits of a number that begin at `from`. */
static size_t digits_end(struct str digits, struct str text, size_t from)
{
    static const struct str between = STR_INIT(" +()-./");
    size_t n = 0, at = from;
    for (; at < text.len && n < digits.len; at++) {
        if (text.ptr[at] == digits.ptr[n])
            n++;
        else if (n == 0 || str_find(between, text.ptr[at], 0) == between.len)
            return 0;
    }
    return digits.len && n == digits.len ? at : 0;
}

/* The end of the longest thing that begins with this word; its needles in *found. */
static size_t find_word(const struct search_needles *needles, struct str text,
                        const struct fold_word *w, unsigned *found)
{
    size_t longest = 0;
    for (size_t i = 0; i < needles->n; i++) {
        size_t end = words_end(&needles->items[i], text, w);
        *found |= end ? 1u << i : 0;
        longest = end > longest ? end : longest;
    }
    return longest;
}

/* The same for digits, which may begin within what is a word here: the 30 of +4930. */
static size_t find_digits(const struct search_needles *needles, struct str text, size_t from,
                          unsigned *found)
{
    size_t longest = 0;
    for (size_t i = 0; i < needles->n; i++) {
        size_t end = digits_end(needles->items[i].digits, text, from);
        *found |= end ? 1u << i : 0;
        longest = end > longest ? end : longest;
    }
    return longest;
}

struct place {
    size_t from, to;
};

enum { PLACES_MAX = 64 };

/* Where needles stand, one behind the other. */
static size_t find_places(const struct search_needles *needles, struct str text,
                          struct place places[PLACES_MAX], unsigned *found)
{
    struct fold fold = {text, 0};
    struct fold_word w;
    size_t n = 0, behind = 0;
    while (n < PLACES_MAX && fold_next(&fold, &w)) {
        if (w.from < behind)
            continue;
        size_t from = w.from, end = find_word(needles, text, &w, found);
        for (; !end && needles->digits && from < w.to; from += !end)
            end = find_digits(needles, text, from, found);
        if (!end)
            continue;
        places[n++] = (struct place){from, end};
        behind = end;
    }
    return n;
}

static size_t forward_to_character(struct str text, size_t at)
{
    while (at < text.len && ((unsigned char)text.ptr[at] & 0xC0) == 0x80)
        at++;
    return at;
}

/* The beginning of the window: a third of the width before the first place, where a word begins if
 * there is one near. */
static size_t window(struct str text, size_t first, size_t width)
{
    if (text.len <= width || first <= width / 3)
        return 0;
    size_t from = first - width / 3;
    for (size_t at = from; at > 0 && at + width / 4 > from; at--)
        if (text.ptr[at - 1] == ' ' || text.ptr[at - 1] == '\n')
            return at;
    return forward_to_character(text, from);
}

struct str search_excerpt(struct arena *a, const struct search_needles *needles, struct str text,
                          size_t width, unsigned *found)
{
    struct place places[PLACES_MAX];
    unsigned bits = 0;
    size_t n = find_places(needles, text, places, &bits);
    size_t from = window(text, n ? places[0].from : 0, width), to = text.len;
    if (to - from > width)
        to = forward_to_character(text, from + width);
    struct buf out;
    buf_init(&out, text.len + (size_t)2 * PLACES_MAX + 16);
    buf_str(&out, from ? STR("…") : STR_EMPTY);
    size_t at = from;
    for (size_t i = 0; i < n && places[i].from < to; i++) {
        size_t end = places[i].to < to ? places[i].to : to;
        buf_str(&out, str_slice(text, at, places[i].from));
        buf_byte(&out, SEARCH_MARK_BEGIN);
        buf_str(&out, str_slice(text, places[i].from, end));
        buf_byte(&out, SEARCH_MARK_END);
        at = end;
    }
    buf_str(&out, str_slice(text, at, to));
    buf_str(&out, to < text.len ? STR("…") : STR_EMPTY);
    if (found)
        *found = bits;
    struct str excerpt = arena_str(a, buf_view(&out));
    buf_release(&out);
    return excerpt;
}
