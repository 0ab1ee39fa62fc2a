/* SPDX-License-Identifier: Apache-2.0 */
#include "core/form.h"

#include "base/utf8.h"
#include "core/character.h"
#include "core/date.h"

/* What a rule says: nothing is wrong, or one of the finding codes. */
enum { RIGHT = -1 };

/* ---- one function a kind; each gets an answer that is not empty ---------------------------- */

static int rule_line(const struct field_info *info, const struct choices *list, struct str s)
{
    (void)list;
    if (utf8_has_control(s, info->kind == FIELD_TEXT))
        return FINDING_CONTROL;
    return utf8_length(s) > info->max ? FINDING_TOO_LONG : RIGHT;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alphanumeric(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* atext of RFC 5322 §3.2.3, and "." anywhere, as HTML has it. */
static bool is_local_part(struct str s)
{
    static const struct str marks = STR_INIT(".!#$%&'*+/=?^_`{|}~-");
    for (size_t i = 0; i < s.len; i++)
        if (!is_alphanumeric(s.ptr[i]) && str_find(marks, s.ptr[i], 0) == marks.len)
            return false;
    return s.len > 0;
}

/* A host name's label: RFC 1034 §3.5 with RFC 1123's leading digit. */
static bool is_label(struct str s)
{
    enum { LABEL_MAX = 63 };
    if (s.len == 0 || s.len > LABEL_MAX || s.ptr[0] == '-' || s.ptr[s.len - 1] == '-')
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!is_alphanumeric(s.ptr[i]) && s.ptr[i] != '-')
            return false;
    return true;
}

/* "Valid e-mail address" of the HTML Living Standard, and a dot in the domain. */
static int rule_email(const struct field_info *info, const struct choices *list, struct str s)
{
    (void)list;
    if (utf8_length(s) > info->max)
        return FINDING_TOO_LONG;
    size_t at = str_find(s, '@', 0);
    if (at == s.len || !is_local_part(str_slice(s, 0, at)))
        return FINDING_WRONG;
    struct str rest = str_of(s.ptr + at + 1, s.len - at - 1), label;
    size_t labels = 0;
    for (; str_cut(&rest, '.', &label); labels++)
        if (!is_label(label))
            return FINDING_WRONG;
    return labels >= 2 ? RIGHT : FINDING_WRONG;
}

/* What people put between the digits of a phone number. */
static bool is_phone_filler(uint32_t code)
{
    return code == '.' || code == '(' || code == ')' || code == '[' || code == ']' ||
           character_is_blank(code) || character_is_dash(code);
}

static int rule_phone(const struct field_info *info, const struct choices *list, struct str s)
{
    enum { E164_MIN = 7, E164_MAX = 15, NATIONAL_MIN = 5, NATIONAL_MAX = 20 };
    (void)list;
    if (utf8_length(s) > info->max)
        return FINDING_TOO_LONG;
    size_t digits = 0;
    bool international = false, zero_first = false;
    uint32_t code;
    for (size_t at = 0; at < s.len;) {
        at += utf8_decode(s, at, &code);
        if (is_phone_filler(code))
            continue;
        if (code == '+' && digits == 0 && !international) {
            international = true;
        } else if (code >= '0' && code <= '9') {
            zero_first |= digits == 0 && code == '0';
            digits++;
        } else {
            return FINDING_WRONG;
        }
    }
    if (international)
        return !zero_first && digits >= E164_MIN && digits <= E164_MAX ? RIGHT : FINDING_WRONG;
    return digits >= NATIONAL_MIN && digits <= NATIONAL_MAX ? RIGHT : FINDING_WRONG;
}

static int rule_number(const struct field_info *info, const struct choices *list, struct str s)
{
    uint64_t n;
    (void)list;
    for (size_t i = 0; i < s.len; i++)
        if (!is_digit(s.ptr[i]))
            return FINDING_WRONG;
    return str_to_u64(s, &n) && n >= info->min && n <= info->max ? RIGHT : FINDING_OUT_OF_RANGE;
}

static bool is_choice(const struct choices *list, struct str value)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->items[i].value, value))
            return true;
    return false;
}

static int rule_choice(const struct field_info *info, const struct choices *list, struct str s)
{
    (void)info;
    return is_choice(list, s) ? RIGHT : FINDING_NOT_A_CHOICE;
}

static int rule_choices(const struct field_info *info, const struct choices *list, struct str s)
{
    struct str rest = s, value;
    (void)info;
    while (str_cut(&rest, '\n', &value))
        if (!is_choice(list, value))
            return FINDING_NOT_A_CHOICE;
    return RIGHT;
}

static int rule_consent(const struct field_info *info, const struct choices *list, struct str s)
{
    (void)info;
    (void)list;
    return str_eq(s, STR("yes")) ? RIGHT : FINDING_MISSING;
}

static int rule_date(const struct field_info *info, const struct choices *list, struct str s)
{
    uint64_t n;
    (void)list;
    if (!date_parse(s, &n))
        return FINDING_WRONG;
    return n >= info->min && n <= info->max ? RIGHT : FINDING_OUT_OF_RANGE;
}

static int (*const rules_by_kind[FIELD_KINDS])(const struct field_info *, const struct choices *,
                                               struct str) = {
    [FIELD_LINE] = rule_line,        [FIELD_TEXT] = rule_line,       [FIELD_EMAIL] = rule_email,
    [FIELD_PHONE] = rule_phone,      [FIELD_NUMBER] = rule_number,   [FIELD_CHOICE] = rule_choice,
    [FIELD_CHOICES] = rule_choices,  [FIELD_CONSENT] = rule_consent, [FIELD_DATE] = rule_date,
    [FIELD_CHECKBOX] = rule_consent,
};

/* ---- the whole form ------------------------------------------------------------------------ */

static struct str message(const struct field_info *info, int code)
{
    switch (code) {
    case FINDING_MISSING:
        return info->if_missing;
    case FINDING_TOO_LONG:
        return info->if_long;
    case FINDING_CONTROL:
        return info->if_control;
    default:
        return info->if_wrong;
    }
}

static bool is_required(const struct form_rules *rules, const struct form *form, size_t field)
{
    if (field == FIELD_INDUSTRY_OTHER)
        return str_eq(form->value[FIELD_INDUSTRY], form_other);
    return rules->fields[field].required;
}

static int check(const struct form_rules *rules, const struct form *form, size_t field)
{
    const struct field_info *info = &rules->fields[field];
    struct str value = form->value[field];
    if (value.len == 0)
        return is_required(rules, form, field) ? FINDING_MISSING : RIGHT;
    return rules_by_kind[info->kind](info, &rules->choices[info->list], value);
}

static bool has_line(struct str lines, struct str wanted)
{
    struct str line;
    while (str_cut(&lines, '\n', &line))
        if (str_eq(line, wanted))
            return true;
    return false;
}

/* The same values, as the operator's list has them one after the other. */
static struct str in_list_order(struct arena *a, const struct choices *list, struct str lines)
{
    char *text = arena_alloc(a, lines.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        struct str value = list->items[i].value;
        if (!has_line(lines, value) || n + value.len + 1 > lines.len + 1)
            continue;
        memcpy(text + n, value.ptr, value.len);
        n += value.len;
        text[n++] = '\n';
    }
    return str_of(text, n ? n - 1 : 0);
}

void form_validate(struct arena *a, const struct form_rules *rules, unsigned steps,
                   struct form *form, struct findings *out)
{
    out->n = 0;
    for (size_t i = 0; i < rules->fields_n; i++) {
        size_t f = rules->order[i];
        const struct field_info *info = &rules->fields[f];
        if (!(steps & FORM_STEP(info->step)))
            continue;
        int code = check(rules, form, f);
        if (code != RIGHT)
            out->items[out->n++] =
                (struct finding){f, (enum finding_code)code, message(info, code)};
        else if (info->kind == FIELD_CHOICES)
            form->value[f] = in_list_order(a, &rules->choices[info->list], form->value[f]);
    }
}
