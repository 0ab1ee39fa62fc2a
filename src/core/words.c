/* SPDX-License-Identifier: Apache-2.0 */
#include "core/words.h"

#include "base/must.h"
#include "core/date.h"

enum text text_find(struct str key)
{
    unsigned from = 0, to = TEXT_COUNT;
    while (from < to) {
        unsigned middle = (from + to) / 2;
        int order = str_cmp(key, text_infos[middle].key);
        if (order == 0)
            return (enum text)middle;
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return TEXT_COUNT;
}

enum language language_find(struct str code)
{
    enum language i = 0;
    while (i < LANGUAGE_COUNT && !str_eq_nocase(language_codes[i], code))
        i++;
    return i;
}

void words_init(struct words *words, enum language language)
{
    must(language < LANGUAGE_COUNT);
    words->language = language;
    words->rule = plural_find(language_codes[language]);
    must(words->rule);
    memcpy(words->texts, text_catalogue[language], sizeof words->texts);
}

struct str words_say(const struct words *words, enum text key)
{
    must(key < TEXT_COUNT);
    return words->texts[key].all;
}

struct str words_find(const struct words *words, struct str key)
{
    enum text found = text_find(key);
    return found < TEXT_COUNT ? words->texts[found].all : STR_EMPTY;
}

static bool is_name(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((s.ptr[i] < 'a' || s.ptr[i] > 'z') && s.ptr[i] != '_')
            return false;
    return s.len > 0;
}

struct str text_cut(struct str *rest, struct str *name)
{
    struct str all = *rest;
    for (size_t open = str_find(all, '{', 0); open < all.len; open = str_find(all, '{', open + 1)) {
        size_t close = str_find(all, '}', open);
        *name = str_slice(all, open + 1, close);
        if (close == all.len || !is_name(*name))
            continue;
        *rest = str_slice(all, close + 1, all.len);
        return str_slice(all, 0, open);
    }
    *name = STR_EMPTY;
    *rest = STR_EMPTY;
    return all;
}

static const struct str *value_of(struct str name, const struct text_value *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(str_from(values[i].name), name))
            return &values[i].value;
    return NULL;
}

struct str text_fill(struct arena *a, struct str text, const struct text_value *values, size_t n)
{
    struct str out = STR_EMPTY, rest = text, name;
    while (rest.len) {
        struct str before = text_cut(&rest, &name);
        const struct str *value = value_of(name, values, n);
        if (!name.len)
            out = out.len ? arena_fmt(a, "%.*s%.*s", STR_ARG(out), STR_ARG(before)) : before;
        else if (value)
            out = arena_fmt(a, "%.*s%.*s%.*s", STR_ARG(out), STR_ARG(before), STR_ARG(*value));
        else
            out = arena_fmt(a, "%.*s%.*s{%.*s}", STR_ARG(out), STR_ARG(before), STR_ARG(name));
    }
    return out;
}

struct str words_fill(struct arena *a, const struct words *words, enum text key,
                      const struct text_value *values, size_t n)
{
    return text_fill(a, words_say(words, key), values, n);
}

struct str words_form(const struct words *words, enum text key, uint64_t n)
{
    must(key < TEXT_COUNT);
    const struct wording *text = &words->texts[key];
    return text->plural ? text->plural[words->rule->choose(n)] : text->all;
}

struct str words_count(struct arena *a, const struct words *words, enum text key, uint64_t n)
{
    const struct text_value value = {"n", words_number(a, words, n)};
    return text_fill(a, words_form(words, key, n), &value, 1);
}

struct str words_number(struct arena *a, const struct words *words, uint64_t n)
{
    struct str group = words_say(words, TEXT_LANGUAGE_GROUP);
    enum { GROUP = 1000 };
    if (n < GROUP)
        return arena_fmt(a, "%llu", (unsigned long long)n);
    return arena_fmt(a, "%.*s%.*s%03u", STR_ARG(words_number(a, words, n / GROUP)), STR_ARG(group),
                     (unsigned)(n % GROUP));
}

static struct str moment(struct arena *a, const struct words *words, enum text form,
                         int64_t wall_ms)
{
    enum { DAY_S = 86400 };
    static const enum text months[] = {
        TEXT_DATE_MONTH_01, TEXT_DATE_MONTH_02, TEXT_DATE_MONTH_03, TEXT_DATE_MONTH_04,
        TEXT_DATE_MONTH_05, TEXT_DATE_MONTH_06, TEXT_DATE_MONTH_07, TEXT_DATE_MONTH_08,
        TEXT_DATE_MONTH_09, TEXT_DATE_MONTH_10, TEXT_DATE_MONTH_11, TEXT_DATE_MONTH_12,
    };
    int64_t s = wall_ms / 1000, year;
    int64_t days = (s >= 0 ? s : s - DAY_S + 1) / DAY_S;
    unsigned of_day = (unsigned)(s - days * DAY_S), month, day;
    date_civil(days, &year, &month, &day);
    const struct text_value values[] = {
        {"day", arena_fmt(a, "%u", day)},
        {"month", words_say(words, months[month - 1])},
        {"year", arena_fmt(a, "%lld", (long long)year)},
        {"time", arena_fmt(a, "%02u:%02u", of_day / 3600, of_day / 60 % 60)},
    };
    return words_fill(a, words, form, values, sizeof values / sizeof *values);
}

struct str words_time(struct arena *a, const struct words *words, int64_t wall_ms)
{
    return moment(a, words, TEXT_DATE_TIME, wall_ms);
}

struct str words_day(struct arena *a, const struct words *words, int64_t wall_ms)
{
    return moment(a, words, TEXT_DATE_DAY, wall_ms);
}

struct str words_day_of_year(struct arena *a, const struct words *words, int64_t wall_ms)
{
    return moment(a, words, TEXT_DATE_DAY_OF_YEAR, wall_ms);
}

struct str words_month(struct arena *a, const struct words *words, int64_t wall_ms)
{
    return moment(a, words, TEXT_DATE_MONTH, wall_ms);
}

struct str words_duration(struct arena *a, const struct words *words, int64_t ms)
{
    static const struct {
        int64_t ms;
        enum text text;
    } units[] = {
        {86400000, TEXT_DURATION_DAYS},
        {3600000, TEXT_DURATION_HOURS},
        {60000, TEXT_DURATION_MINUTES},
        {1000, TEXT_DURATION_SECONDS},
    };
    size_t i = 0;
    while (i + 1 < sizeof units / sizeof *units && ms % units[i].ms)
        i++;
    return words_count(a, words, units[i].text, (uint64_t)(ms / units[i].ms));
}
