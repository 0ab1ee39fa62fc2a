/* SPDX-License-Identifier: Apache-2.0 */
#include "core/chart.h"

#include "core/date.h"

enum { DAYS_MOST = 92, WEEKS_MOST = 731 };

enum chart_unit chart_unit(size_t days)
{
    return days <= DAYS_MOST ? CHART_DAY : days <= WEEKS_MOST ? CHART_WEEK : CHART_MONTH;
}

/* Days of one bar have the same. */
static int64_t place_of(int64_t day, enum chart_unit unit)
{
    enum { WEEK = 7, TO_MONDAY = 3 /* 1970-01-01 was a Thursday */, MONTHS = 12 };
    int64_t year;
    unsigned month, of_month;
    switch (unit) {
    case CHART_DAY:
        return day;
    case CHART_WEEK:
        return (day + TO_MONDAY) / WEEK;
    default:
        date_civil(day, &year, &month, &of_month);
        return year * MONTHS + month;
    }
}

struct chart_bars chart_bars(struct arena *a, int64_t first, const uint64_t *counts, size_t n,
                             enum chart_unit unit)
{
    struct chart_bar *items = arena_new_array(a, struct chart_bar, n);
    struct chart_bars out = {.items = items};
    int64_t place = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t day = first + (int64_t)i, at = place_of(day, unit);
        if (i == 0 || at != place)
            items[out.n++] = (struct chart_bar){.first = day};
        place = at;
        items[out.n - 1].last = day;
        items[out.n - 1].n += counts[i];
    }
    for (size_t i = 0; i < out.n; i++)
        if (items[i].n >= out.most) {
            out.highest = i;
            out.most = items[i].n;
        }
    return out;
}

struct chart_axis chart_axis(uint64_t most)
{
    static const unsigned ends[] = {2, 4, 6, 8, 10};
    enum { TEN = 10 };
    for (uint64_t by = 1;; by *= TEN)
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
            if (most <= ends[i] * by || by > UINT64_MAX / TEN / TEN)
                return (struct chart_axis){ends[i] * by, ends[i] * by / 2};
}

size_t chart_middle(const uint64_t *counts, size_t n)
{
    uint64_t all = 0, so_far = 0;
    for (size_t i = 0; i < n; i++)
        all += counts[i];
    for (size_t i = 0; i < n; i++) {
        so_far += counts[i];
        if (all && so_far >= all - all / 2)
            return i;
    }
    return n;
}

struct str chart_percent(struct arena *a, uint64_t part, uint64_t whole)
{
    enum { HUNDREDTHS = 10000, HUNDRED = 100 };
    if (part > whole)
        part = whole;
    /* By way of a double: counts are far below what it holds exactly. */
    unsigned x = whole ? (unsigned)((double)part * HUNDREDTHS / (double)whole + 0.5) : 0;
    return arena_fmt(a, "%u.%02u%%", x / HUNDRED, x % HUNDRED);
}
