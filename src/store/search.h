/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The team's lists: the queue and the search, one verb for both.
 *
 *     search_parse / search_filter (core/search.h) ──▶ struct search_query ──▶ search_page
 *
 * A page is at most `limit` submissions in the order of query->sort, and cursors to the pages
 * before and behind it. A cursor is the last row that was shown and a hash of the query: the pages
 * stay right while submissions arrive, nothing is skipped or counted through, and a cursor of
 * another query is refused (ERR_INPUT). A link keeps the query beside the cursor.
 *
 * Newest and oldest first cost the same everywhere in the list. By company name: when the filters
 * leave few submissions they are sorted, when they leave many the order is walked; with words it is
 * newest first. What would take longer than `within_ms` is given up: too_broad, with what was found
 * until then; say so, and ask for something narrower.
 *
 * A submission is found a moment after it came: the newest ones, which are not in the index yet
 * (store/search_index.h), are looked through one by one.
 *
 * Owner: texts are in the arena. Threads: a worker's own reader: a page may take within_ms.
 */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "core/search.h"
#include "core/search_match.h"
#include "store/records.h"

enum { SEARCH_PAGE_MOST = 200, SEARCH_WITHIN_MS = 200, SEARCH_COUNT_MOST = 1000 };

/* Where the words of the query were found; nothing is marked in a list without words. */
enum search_place {
    SEARCH_IN_NOTHING, /* in company, contact or the Client ID only, or no words were asked for */
    SEARCH_IN_FIELD,   /* field says which */
    SEARCH_IN_EXTRA,   /* an extra field's answer */
    SEARCH_IN_NOTE     /* the team's */
};

struct search_hit {
    struct record record;
    /* With the marks of search_match.h around what was found. */
    struct str company, contact;
    enum search_place place;
    enum field field;
    struct str excerpt; /* about 160 bytes of it */
};

struct search_request {
    const struct search_query *query;
    struct str cursor; /* empty: the first page */
    unsigned limit;    /* 1 to SEARCH_PAGE_MOST */
    int64_t within_ms; /* SEARCH_WITHIN_MS */
};

struct search_page {
    const struct search_hit *hits;
    size_t n;
    struct str before, behind; /* cursors; empty: there is no such page */
    bool too_broad;
};

/* ERR_INPUT: the cursor is none, or of another query. */
enum err search_page(struct reader *reader, struct arena *a, const struct search_request *request,
                     struct search_page *out, struct why *why);

struct search_count {
    uint64_t n;
    bool more; /* at least n: "1,000+" */
};

/* How many there are. Exact where only status and owner are asked for, else up to
 * SEARCH_COUNT_MOST. */
enum err search_count(struct reader *reader, struct arena *a, const struct search_query *query,
                      int64_t within_ms, struct search_count *out, struct why *why);

struct search_tally {
    struct str status;
    int64_t owner; /* 0: nobody */
    uint64_t n;
};

struct search_tallies {
    const struct search_tally *items;
    size_t n;
};

/* Exact: how many submissions of each status each person has. A few hundred rows at most; quick
 * enough for a loop's own reader. */
enum err search_tallies(struct reader *reader, struct arena *a, struct search_tallies *out,
                        struct why *why);

#endif
