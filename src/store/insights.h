/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The figures: what came each day, of which industry, for which service, how soon somebody
 * answered; and the sums of the funnel (store/funnel.h).
 *
 *     submissions ──insights_count, behind the search index──▶ table arrival (kind, day, value, n)
 *     first contact ──the schema's trigger, at once───────────▶
 *
 * Numbers by day, so a page costs as much as it has days and values, whether there are a thousand
 * submissions or a million. A submission is counted about a second after it came; one that is
 * erased stays counted: nothing here leads to it. Days are UTC, numbered from 1970-01-01.
 *
 * Threads: insights_count on the writer's; reading on the reader's.
 */
#ifndef STORE_INSIGHTS_H
#define STORE_INSIGHTS_H

#include "base/arena.h"
#include "store/connection.h"
#include "store/funnel.h"

struct reader;

/*
 * Counts submissions with row numbers above *counted up to `upto`, a bounded number of them, and
 * moves *counted on. In the open transaction; SQLite's code, SQLITE_DONE when it worked.
 */
int insights_count(struct connection *c, int64_t *counted, int64_t upto);

/* How soon a first contact was, counted with the day on which the submission came. */
enum contact_span {
    CONTACT_HOUR,
    CONTACT_HOURS, /* four */
    CONTACT_DAY,
    CONTACT_DAYS, /* three */
    CONTACT_WEEK,
    CONTACT_LONGER,
    CONTACT_SPANS
};

extern const struct str contact_span_names[CONTACT_SPANS]; /* "1h", … as the table has them */

struct tally {
    struct str value; /* as stored: of the operator's list, or what once was in it */
    uint64_t n;
};

struct tallies {
    const struct tally *items;
    size_t n;
};

struct reason {
    struct str field, code; /* a field's name, a finding's (core/form.h) */
    uint64_t n;
};

struct insights {
    const uint64_t *days; /* submissions of each day from the first to the last */
    size_t days_n;
    uint64_t all;
    struct tallies industries, services; /* the most frequent first */
    uint64_t contacts[CONTACT_SPANS];
    uint64_t reached[FUNNEL_STAGES], stopped[FUNNEL_STAGES], refused[FUNNEL_STAGES];
    uint64_t took[FUNNEL_STAGES][FUNNEL_SPANS];
    const struct reason *reasons; /* the most frequent first */
    size_t reasons_n;
};

enum { INSIGHTS_DAYS_MOST = 3660, INSIGHTS_VALUES_MOST = 400 };

/* The figures of the days `first` to `last`, at most INSIGHTS_DAYS_MOST of them. */
enum err reader_insights(struct reader *reader, struct arena *a, int64_t first, int64_t last,
                         struct insights *out, struct why *why);

/* How many submissions came in those days. */
enum err reader_arrivals(struct reader *reader, int64_t first, int64_t last, uint64_t *out,
                         struct why *why);

#endif
