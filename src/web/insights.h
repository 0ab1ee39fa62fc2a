/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The figures, /staff/insights?days=30 or ?from=2026-10-01&to=2026-11-21:
 *
 *     insights.c        which days; asks the store, on a desk beside the loops
 *     insights_view.c   makes the page of it
 *
 * A day that cannot be read is told, and the usual days are shown. All days are UTC.
 */
#ifndef WEB_INSIGHTS_H
#define WEB_INSIGHTS_H

#include "store/insights.h"
#include "store/search.h"

struct request;

enum { INSIGHTS_USUAL = 30, INSIGHTS_DAY_MS = 24 * 3600 * 1000 };

enum insights_wrong { RANGE_RIGHT, RANGE_NO_DATE, RANGE_TURNED, RANGE_TOO_LONG };

/* Which days; numbers count from 1970-01-01. */
struct insights_range {
    struct str from, to; /* as typed */
    int64_t first, last;
    unsigned days; /* of the tab; 0: from and to were given */
    enum insights_wrong from_wrong, to_wrong;
};

struct insights_visit {
    struct insights_range range;
    struct insights found;
    uint64_t before; /* submissions in as many days before */
    struct search_tallies tallies;
};

/* days: the tab that is asked for; from and to win over it. today is the last day there is. */
void insights_range_read(struct str days, struct str from, struct str to, int64_t now_ms,
                         struct insights_range *out);

/* Answers with the page of what was found. */
void insights_write(struct request *r, const struct insights_visit *visit);

#endif
