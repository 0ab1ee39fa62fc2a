/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A query as what the index is asked (https://sqlite.org/fts5.html#full_text_query_syntax), and the
 * words of a text that it found.
 *
 * Every word of the expression is folded and stands in quotes, so nothing typed is ever syntax.
 *
 * Threads: pure functions.
 */
#ifndef CORE_SEARCH_MATCH_H
#define CORE_SEARCH_MATCH_H

#include "core/search.h"

enum { SEARCH_MARK_BEGIN = 0x02, SEARCH_MARK_END = 0x03 };

/*
 * The expression for terms and filters. False when there are none: every submission is meant, and
 * out is empty. instead: for each term, what is put for it (an OR of the words that a prefix stands
 * for); an entry that is empty, or NULL for all, leaves it as it is.
 */
bool search_expression(const struct search_query *query, const struct str *instead,
                       struct buf *out);

/* The last, unfinished word of a SEARCH_PREFIX term, folded, in the arena; "" for other terms. */
struct str search_prefix(struct arena *a, const struct search_term *term);

/* What a query looks for in a text: the terms that are not excluded, or those that are. */
struct search_needle {
    struct str text;                    /* of the term */
    struct str words[SEARCH_WORDS_MAX]; /* folded */
    size_t words_n;
    bool prefix;       /* the last one may go on */
    struct str digits; /* of a number: also in a row with only " +()-./" between them */
};

struct search_needles {
    struct search_needle items[SEARCH_TERMS_MAX];
    size_t n;
    bool digits; /* one of them has some */
};

void search_needles(struct arena *a, const struct search_query *query, bool excluded,
                    struct search_needles *out);

/*
 * At most about `width` bytes of text (whole characters) around the first place that a needle
 * stands at, with each such place between the bytes SEARCH_MARK_BEGIN and SEARCH_MARK_END, which no
 * stored text holds, and "…" where something was left out. Who shows it escapes the text and
 * replaces the marks. *found has a bit for each needle that stands in it.
 */
struct str search_excerpt(struct arena *a, const struct search_needles *needles, struct str text,
                          size_t width, unsigned *found);

#endif
