/* SPDX-License-Identifier: Apache-2.0 */
#include "core/search_date.h"

#include "core/date.h"

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

/*
 * Days since 1970-01-01 of a day of the Gregorian calendar (Howard Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms": years begin in March, so that the leap day is the last).
 */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool read_day(struct str typed, int64_t *first, int64_t *behind)
{
    uint64_t date;
    if (!date_parse(typed, &date))
        return false;
    *first = days_of((int64_t)(date / 10000), (int64_t)(date / 100 % 100), (int64_t)(date % 100));
    *behind = *first + 1;
    return true;
}

/* "2026-11" or "2026". */
static bool read_month(struct str typed, int64_t *first, int64_t *behind)
{
    uint64_t year, month = 1;
    bool whole = typed.len == 4;
    if (!whole && (typed.len != 7 || typed.ptr[4] != '-' ||
                   !str_to_u64(str_slice(typed, 5, 7), &month) || month < 1 || month > 12))
        return false;
    if (!str_to_u64(str_slice(typed, 0, 4), &year) || year < 1000)
        return false;
    uint64_t next = whole ? 1 : month % 12 + 1;
    *first = days_of((int64_t)year, (int64_t)month, 1);
    *behind = days_of((int64_t)(year + (next == 1)), (int64_t)next, 1);
    return true;
}

/* "7d": that many days ago. */
static bool read_ago(struct str typed, int64_t today, int64_t *first, int64_t *behind)
{
    static const struct {
        char unit;
        int64_t days;
    } units[] = {{'d', 1}, {'w', 7}, {'m', 30}, {'y', 365}};
    uint64_t n;
    if (typed.len < 2 || typed.len > 5 || !str_to_u64(str_slice(typed, 0, typed.len - 1), &n))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if ((typed.ptr[typed.len - 1] | 32) != units[i].unit)
            continue;
        *first = today - (int64_t)n * units[i].days;
        *behind = *first + 1;
        return *first > 0;
    }
    return false;
}

bool search_date(struct str typed, int64_t now_ms, int64_t *first, int64_t *behind)
{
    int64_t today = now_ms / day_ms;
    bool is_today = str_eq_nocase(typed, STR("today")),
         is_yesterday = str_eq_nocase(typed, STR("yesterday"));
    if (is_today || is_yesterday) {
        *first = today - is_yesterday;
        *behind = *first + 1;
    } else if (!read_day(typed, first, behind) && !read_month(typed, first, behind) &&
               !read_ago(typed, today, first, behind)) {
        return false;
    }
    if (*behind <= 0 || *first < 0)
        return false; /* before anything that could have been stored */
    *first *= day_ms;
    *behind *= day_ms;
    return true;
}
