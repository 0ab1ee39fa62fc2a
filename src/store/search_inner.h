/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of a search share: search.c has pages and cursors, search_find.c which submissions
 * they show, search_company.c the same by company, search_show.c what of them was found.
 * Nobody else includes this.
 */
#ifndef STORE_SEARCH_INNER_H
#define STORE_SEARCH_INNER_H

#include "store/reader_inner.h"
#include "store/search.h"

struct searching {
    struct reader *reader;
    struct arena *arena;
    const struct search_query *query;
    struct search_needles wanted, unwanted;
    struct str match;     /* what the index is asked; empty: nothing */
    int64_t searched;     /* the last submission that is in the index */
    int64_t above, below; /* rows between these, of the dates and the cursor */
    int64_t deadline_us;
    bool too_broad; /* it has passed */
    bool reading;   /* in one transaction for all of it */
    struct why *why;
};

/* Row numbers in the order in which they were found. */
struct search_rows {
    int64_t *ids;
    size_t n, most;
};

/* Prepares one search: bounds of dates, expression. The deadline begins. */
enum err search_begin(struct searching *x, struct reader *reader, struct arena *a,
                      const struct search_query *query, int64_t within_ms, struct why *why);

/* From here on there is no deadline: what was found is read. */
void search_take_time(struct searching *x);

/* Also when search_begin failed. */
void search_end(struct searching *x);

/* The rows between x->above and x->below, by number, up or down, until `most` are found. */
enum err search_walk(struct searching *x, bool up, struct search_rows *out);

/*
 * The rows behind (or before) the company of row `from` in the order of companies; 0: from the
 * beginning or the end.
 */
enum err search_walk_companies(struct searching *x, int64_t from, bool forward,
                               struct search_rows *out);

/* Steps a statement: ERR_MISSING at its end, and when the deadline has passed. */
enum err search_step(struct searching *x, sqlite3_stmt *s);

/* A submission's row; ERR_MISSING also when the deadline has passed. */
enum err search_record(struct searching *x, struct arena *a, int64_t row, struct record *out);

/* Does a submission answer the whole query? Without a look at the index, nor at notes. */
bool search_is_answer(const struct searching *x, const struct record *r);

/* Its filters only. */
bool search_is_filtered(const struct searching *x, const struct record *r);

enum err search_show(struct searching *x, int64_t row, struct search_hit *out);

#endif
