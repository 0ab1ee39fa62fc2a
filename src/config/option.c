/* SPDX-License-Identifier: Apache-2.0 */
#include "config/option.h"

#include "base/utf8.h"
#include "config/check.h"

#include <stdarg.h>

#define ROW(row_kind, row_section, row_key, row_fallback, row_about, ...)                          \
    [OPTION_##row_section##_##                                                                     \
        row_key] = {.kind = (row_kind),                                                            \
                    .section = #row_section,                                                       \
                    .key = #row_key,                                                               \
                    .fallback = (row_fallback),                                                    \
                    .about = (row_about),                                                          \
                    .offset = offsetof(struct config, row_section##_##row_key),                    \
                    ##__VA_ARGS__},

const struct option options[OPTION_COUNT] = {
#define OPTION_STR(section, key, ...)  ROW(OPTION_KIND_STR, section, key, __VA_ARGS__)
#define OPTION_INT(section, key, ...)  ROW(OPTION_KIND_INT, section, key, __VA_ARGS__)
#define OPTION_BOOL(section, key, ...) ROW(OPTION_KIND_BOOL, section, key, __VA_ARGS__)
#define OPTION_SIZE(section, key, ...) ROW(OPTION_KIND_SIZE, section, key, __VA_ARGS__)
#define OPTION_TIME(section, key, ...) ROW(OPTION_KIND_TIME, section, key, __VA_ARGS__)
#include "config/options.def"
};

const struct option_section option_sections[] = {
#define OPTION_SECTION(section, about) {#section, about},
#include "config/options.def"
};
const size_t option_sections_n = sizeof option_sections / sizeof *option_sections;

struct str option_path(const char *section, const char *key, char out[OPTION_PATH_MAX])
{
    int n = snprintf(out, OPTION_PATH_MAX, "%s%s%s", section, key ? "." : "", key ? key : "");
    for (size_t i = 0; section[i]; i++)
        if (out[i] == '_')
            out[i] = '.';
    return str_of(out, (size_t)n);
}

struct str option_variable(const struct option *option, char out[2 * OPTION_PATH_MAX])
{
    static const struct str prefix = STR_INIT("ANTEROOM_");
    char path_text[OPTION_PATH_MAX];
    struct str path = option_path(option->section, option->key, path_text);
    size_t n = prefix.len;
    memcpy(out, prefix.ptr, prefix.len);
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        out[n++] = c == '.' ? '_' : c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
        if (c == '.')
            out[n++] = '_';
    }
    out[n] = '\0';
    return str_of(out, n);
}

const char *option_fallback(const struct option *option)
{
    return option->text ? text_catalogue[LANGUAGE_EN][text_find(str_from(option->text))].all.ptr
                        : option->fallback;
}

const struct option *option_find(struct str path)
{
    char text[OPTION_PATH_MAX];
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (str_eq(option_path(options[i].section, options[i].key, text), path))
            return &options[i];
    return NULL;
}

const char *option_shown(struct str text, char out[OPTION_SHOWN_MAX])
{
    size_t n = 0, most = OPTION_SHOWN_MAX - 4; /* room for "…" and NUL */
    for (size_t at = 0; at < text.len;) {
        uint32_t code;
        size_t taken = utf8_decode(text, at, &code);
        bool odd = taken == 0 || utf8_is_control(code);
        size_t width = odd ? 1 : taken;
        if (n + width > most) {
            memcpy(out + n, "…", 3);
            n += 3;
            break;
        }
        memcpy(out + n, odd ? "?" : text.ptr + at, width);
        n += width;
        at += taken ? taken : 1;
    }
    out[n] = '\0';
    return out;
}

struct unit {
    struct str name;
    int64_t factor;
};

/* A whole number, at most one space, a unit. */
static bool parse_amount(struct str text, const struct unit *units, size_t n, int64_t *out)
{
    size_t digits = 0;
    uint64_t number;
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    if (!str_to_u64(str_slice(text, 0, digits), &number) || number > INT64_MAX)
        return false;
    struct str unit = str_slice(text, digits, text.len);
    if (str_starts(unit, STR(" ")))
        unit = str_slice(unit, 1, unit.len);
    for (size_t i = 0; i < n; i++)
        if (str_eq(unit, units[i].name))
            return !__builtin_mul_overflow((int64_t)number, units[i].factor, out);
    return false;
}

bool option_parse_time(struct str text, int64_t *milliseconds)
{
    static const struct unit units[] = {
        {STR_INIT("ms"), 1},      {STR_INIT("s"), 1000},     {STR_INIT("m"), 60000},
        {STR_INIT("h"), 3600000}, {STR_INIT("d"), 86400000},
    };
    return parse_amount(text, units, sizeof units / sizeof *units, milliseconds);
}

bool option_parse_size(struct str text, int64_t *bytes)
{
    static const struct unit units[] = {
        {STR_INIT("B"), 1},
        {STR_INIT("KiB"), 1 << 10},
        {STR_INIT("MiB"), 1 << 20},
        {STR_INIT("GiB"), 1 << 30},
    };
    return parse_amount(text, units, sizeof units / sizeof *units, bytes);
}

bool option_parse_rate(struct str text, int64_t *count, int64_t *milliseconds)
{
    enum { MOST = 1000000, SECOND = 1000, DAY = 24 * 3600 * SECOND };
    uint64_t number;
    size_t slash = str_find(text, '/', 0);
    if (!str_to_u64(str_slice(text, 0, slash), &number) || number > MOST)
        return false;
    *count = (int64_t)number;
    *milliseconds = SECOND;
    if (number == 0)
        return slash == text.len;
    return option_parse_time(str_slice(text, slash + 1, text.len), milliseconds) &&
           *milliseconds >= SECOND && *milliseconds <= DAY;
}

static bool parse_int(struct str text, int64_t *out)
{
    uint64_t number;
    if (!str_to_u64(text, &number) || number > INT64_MAX)
        return false;
    *out = (int64_t)number;
    return true;
}

static bool parse_bool(struct str text, int64_t *out)
{
    *out = str_eq(text, STR("true"));
    return *out || str_eq(text, STR("false"));
}

/* What is not text: how it is read, what it is called, how it is written. */
static const struct {
    bool (*parse)(struct str, int64_t *);
    const char *name, *hint;
} numbers[] = {
    [OPTION_KIND_INT] = {parse_int, "a whole number", "Write digits only, like 4096."},
    [OPTION_KIND_BOOL] = {parse_bool, "true or false", "Write true or false."},
    [OPTION_KIND_SIZE] = {option_parse_size, "a size",
                          "Write a whole number and its unit: B, KiB, MiB or GiB, as in 256 KiB."},
    [OPTION_KIND_TIME] = {option_parse_time, "a time",
                          "Write a whole number and its unit: ms, s, m, h or d, as in 30s."},
};

static bool refuse(struct option_problem *problem, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool refuse(struct option_problem *problem, const char *hint, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(problem->detail, sizeof problem->detail, format, args);
    va_end(args);
    snprintf(problem->hint, sizeof problem->hint, "%s", hint);
    return false;
}

static bool set_number(const struct option *o, struct str text, void *member,
                       struct option_problem *problem)
{
    char shown[OPTION_SHOWN_MAX];
    int64_t value, limit;
    if (text.len == 0)
        return refuse(problem, numbers[o->kind].hint, "a value is missing");
    if (!numbers[o->kind].parse(text, &value))
        return refuse(problem, numbers[o->kind].hint, "“%s” is not %s", option_shown(text, shown),
                      numbers[o->kind].name);
    if (o->least && numbers[o->kind].parse(str_from(o->least), &limit) && value < limit)
        return refuse(problem, "", "%s is too little: at least %s", option_shown(text, shown),
                      o->least);
    if (o->most && numbers[o->kind].parse(str_from(o->most), &limit) && value > limit)
        return refuse(problem, "", "%s is too much: at most %s", option_shown(text, shown),
                      o->most);
    if (o->kind == OPTION_KIND_BOOL)
        *(bool *)member = value != 0;
    else
        *(int64_t *)member = value;
    return true;
}

static bool is_allowed(const char *allowed, struct str text)
{
    struct str rest = str_from(allowed), one;
    while (str_cut(&rest, '|', &one))
        if (str_eq(one, text))
            return true;
    return false;
}

/* "debug, info, warn or error" */
static void list_allowed(const char *allowed, char *out, size_t size)
{
    struct str rest = str_from(allowed), one;
    size_t n = 0;
    for (bool first = true; str_cut(&rest, '|', &one) && n < size; first = false) {
        const char *glue = first ? "" : rest.ptr ? ", " : " or ";
        n += (size_t)snprintf(out + n, size - n, "%s%.*s", glue, STR_ARG(one));
    }
}

static bool set_text(const struct option *o, struct str text, struct config *config,
                     struct str *member, struct option_problem *problem)
{
    char shown[OPTION_SHOWN_MAX], choices[160];
    uint64_t most = OPTION_TEXT_MAX;
    if (o->most)
        str_to_u64(str_from(o->most), &most);
    if (!utf8_valid(text))
        return refuse(problem, "", "the text is not UTF-8");
    text = utf8_compose(&config->arena, text); /* first: composing can make a text longer */
    if (utf8_has_control(text, false))
        return refuse(problem, "It is one line of text.", "the text holds a control character");
    if (utf8_length(text) > most)
        return refuse(problem, "", "the text is too long: at most %llu characters",
                      (unsigned long long)most);
    if (o->allowed && !is_allowed(o->allowed, text)) {
        list_allowed(o->allowed, choices, sizeof choices);
        return refuse(problem, "", "“%s” is not one of %s", option_shown(text, shown), choices);
    }
    if (o->required && str_trim(text).len == 0)
        return refuse(problem, "", "it may not be empty");
    if (text.len && o->check && !o->check(text, problem))
        return false;
    *member = arena_str(&config->arena, text);
    return true;
}

bool option_set(const struct option *option, struct str text, struct config *config,
                struct option_problem *problem)
{
    void *member = (char *)config + option->offset;
    *problem = (struct option_problem){0};
    return option->kind == OPTION_KIND_STR ? set_text(option, text, config, member, problem)
                                           : set_number(option, text, member, problem);
}
