/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a chart of counts is drawn by: which bars there are, how high the axis goes, which of some
 * spans is the middle one. Pure; no drawing here.
 */
#ifndef CORE_CHART_H
#define CORE_CHART_H

#include "base/arena.h"

/* One bar stands for so much: more bars than that nobody can tell apart. */
enum chart_unit { CHART_DAY, CHART_WEEK, CHART_MONTH };

/* Days up to a quarter of a year, weeks up to two years, then months. */
enum chart_unit chart_unit(size_t days);

struct chart_bar {
    int64_t first, last; /* days since 1970-01-01 */
    uint64_t n;
};

struct chart_bars {
    const struct chart_bar *items;
    size_t n;
    size_t highest; /* the number of the highest one, the last of several */
    uint64_t most;  /* how high that is */
};

/* counts has one number a day from `first` on. Weeks begin on Monday; at both ends they, and
 * months, may be cut. */
struct chart_bars chart_bars(struct arena *a, int64_t first, const uint64_t *counts, size_t n,
                             enum chart_unit unit);

/* The axis: its end is the first of 2, 4, 6, 8, 10, 20, 40, … that holds `most`.
 * `half` of it is a whole number too. */
struct chart_axis {
    uint64_t end, half;
};

struct chart_axis chart_axis(uint64_t most);

/* In which of the spans the middle one of all that were counted lies; n when there is none. */
size_t chart_middle(const uint64_t *counts, size_t n);

/* "63.25%": a part of a whole, at most all of it; "0.00%" of nothing. */
struct str chart_percent(struct arena *a, uint64_t part, uint64_t whole);

#endif
