/* SPDX-License-Identifier: Apache-2.0 */
#include "core/form_read.h"

#include "base/utf8.h"
#include "core/character.h"

_Static_assert(FIELDS_MAX <= 64, "struct form_read counts the fields in 64 bits");

static const char operation[] = "read the form";

enum { NAME_SHOWN_MAX = 40, GROUP = 3, CHOICES_MAX = 100, CHOICE_BYTES_MAX = 128, SHORT_MAX = 64 };

void form_read_begin(struct form_read *r, struct arena *a, const struct form_rules *rules,
                     unsigned steps, struct form *out, struct why *why)
{
    *r = (struct form_read){.arena = a, .rules = rules, .steps = steps, .form = out, .why = why};
    *out = (struct form){0};
}

/* A name somebody made up may be repeated to them (and in a log) only when it is harmless. */
static bool may_be_shown(struct str name)
{
    if (name.len == 0 || name.len > NAME_SHOWN_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
            c != '_' && c != '-')
            return false;
    }
    return true;
}

enum err form_read_refuse(struct form_read *r, size_t field, const char *what)
{
    return err_set(r->why, ERR_INPUT, operation, "%.*s: %s", STR_ARG(r->rules->fields[field].name),
                   what);
}

enum err form_read_field(struct form_read *r, struct str name, bool again, size_t *out)
{
    size_t field = form_field(r->rules, name), none = r->rules->fields_n;
    if (field == none && may_be_shown(name))
        return err_set(r->why, ERR_INPUT, operation, "%.*s: there is no field of that name",
                       STR_ARG(name));
    if (field == none)
        return err_set(r->why, ERR_INPUT, operation, "it holds a field that does not exist");
    const struct field_info *info = &r->rules->fields[field];
    if (!(r->steps & FORM_STEP(info->step)))
        return form_read_refuse(r, field, "this field belongs to another step");
    uint64_t bit = (uint64_t)1 << field;
    if ((r->seen & bit) && !(again && info->kind == FIELD_CHOICES))
        return form_read_refuse(r, field, "this field is there twice");
    r->seen |= bit;
    *out = field;
    return ERR_NONE;
}

/* Line ends as LF, tabs as spaces. */
static struct str plain_lines(struct arena *a, struct str s)
{
    if (str_find(s, '\r', 0) == s.len && str_find(s, '\t', 0) == s.len)
        return s;
    char *text = arena_alloc(a, s.len);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '\r' && i + 1 < s.len && s.ptr[i + 1] == '\n')
            continue;
        text[n++] = c == '\r' ? '\n' : c == '\t' ? ' ' : c;
    }
    return str_of(text, n);
}

/*
 * More code points than this are too many however they compose: composing makes one of four at the
 * most (the longest canonical decomposition of any character). Such text is left as it came, which
 * also bounds what a hostile pile of combining marks can cost.
 */
static size_t compose_limit(const struct field_info *info)
{
    bool has_length = info->kind <= FIELD_PHONE; /* of the others max means something else */
    return 4 * (has_length ? (size_t)info->max : SHORT_MAX);
}

static struct str tidy(struct arena *a, const struct field_info *info, struct str s)
{
    struct str text = character_trim(plain_lines(a, s));
    return utf8_length(text) > compose_limit(info) ? text : utf8_compose(a, text);
}

static bool is_separator(uint32_t code)
{
    enum { APOSTROPHE = 0x2019, ARABIC_THOUSANDS = 0x066C };
    return code == ',' || code == '.' || code == '\'' || code == APOSTROPHE ||
           code == ARABIC_THOUSANDS || character_is_blank(code);
}

static struct str without_leading_zeros(struct str digits)
{
    size_t zeros = 0;
    while (zeros + 1 < digits.len && digits.ptr[zeros] == '0')
        zeros++;
    return str_slice(digits, zeros, digits.len);
}

/* "10 000" → "10000"; what is not a number, or not grouped in threes, as it came. */
static struct str plain_number(struct arena *a, struct str s)
{
    char *digits = arena_alloc(a, s.len);
    size_t n = 0, group = 0; /* digits in all, and since the last separator */
    uint32_t code, separator = 0;
    for (size_t at = 0; at < s.len;) {
        at += utf8_decode(s, at, &code);
        if (code >= '0' && code <= '9') {
            digits[n++] = (char)code;
            group++;
            continue;
        }
        bool group_fits = separator ? group == GROUP : group >= 1 && group <= GROUP;
        if (!is_separator(code) || (separator && code != separator) || !group_fits)
            return s;
        separator = code;
        group = 0;
    }
    if (n == 0 || (separator && group != GROUP))
        return s;
    return without_leading_zeros(str_of(digits, n));
}

/* One more value below those that are there; none twice, none empty. */
static enum err add_choice(struct form_read *r, size_t field, struct str value)
{
    struct str *all = &r->form->value[field];
    struct str rest = *all, line;
    size_t n = 0;
    if (str_find(value, '\n', 0) < value.len)
        return form_read_refuse(r, field, "a value must not hold line breaks");
    if (value.len > CHOICE_BYTES_MAX)
        return form_read_refuse(r, field, "a value is too long to be one of the list");
    if (value.len == 0)
        return ERR_NONE;
    for (; str_cut(&rest, '\n', &line); n++)
        if (str_eq(line, value))
            return ERR_NONE;
    if (n == CHOICES_MAX)
        return form_read_refuse(r, field, "it holds too many values");
    *all = n ? arena_fmt(r->arena, "%.*s\n%.*s", STR_ARG(*all), STR_ARG(value)) : value;
    return ERR_NONE;
}

/* What is read as digits, whatever script they are typed in. */
static bool has_digits(enum field_kind kind)
{
    return kind == FIELD_PHONE || kind == FIELD_NUMBER || kind == FIELD_DATE;
}

enum err form_read_value(struct form_read *r, size_t field, struct str value)
{
    const struct field_info *info = &r->rules->fields[field];
    struct str text = tidy(r->arena, info, value);
    if (info->kind == FIELD_CHOICES)
        return add_choice(r, field, text);
    if (has_digits(info->kind))
        text = character_plain_digits(r->arena, text);
    r->form->value[field] = info->kind == FIELD_NUMBER ? plain_number(r->arena, text) : text;
    return ERR_NONE;
}

void form_read_end(struct form_read *r)
{
    struct str *value = r->form->value;
    if (!str_eq(value[FIELD_INDUSTRY], form_other))
        value[FIELD_INDUSTRY_OTHER] = STR_EMPTY;
}
