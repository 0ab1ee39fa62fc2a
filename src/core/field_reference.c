/* SPDX-License-Identifier: Apache-2.0 */
#include "core/field_reference.h"

#include "core/form_words.h"

static const char introduction[] =
    "# The fields of the form\n"
    "\n"
    "Written from `src/core/fields.def` by `make docs`. A field's name is the same word everywhere: "
    "the HTML control, the\n"
    "JSON key of the API, the column of exports and of the database.\n"
    "\n"
    "All text is UTF-8. It is composed (Unicode NFC) and trimmed, line ends become a line feed, tabs "
    "become spaces;\n"
    "nothing is cut. Lengths count code points. `null`, `\"\"` and leaving a field out mean \"not "
    "given\".\n"
    "\n"
    "Operators add fields of their own: [`form.extra_fields`](configuration.md#formextra_fields). "
    "All of this is true of\n"
    "them as well. In a number, a phone number and a date, Arabic-Indic, Persian and full-width digits "
    "become 0–9.\n"
    "Privacy says whom an answer tells about: the company, a person, or a person in "
    "something sensitive.\n";

static const char *const step_titles[STEP_COUNT] = {
    [STEP_COMPANY] = "Step 1: company",
    [STEP_ENGAGEMENT] = "Step 2: engagement",
};

static const char *const json_types[FIELD_KINDS] = {
    [FIELD_LINE] = "string",
    [FIELD_TEXT] = "string",
    [FIELD_EMAIL] = "string",
    [FIELD_PHONE] = "string",
    [FIELD_NUMBER] = "number, string",
    [FIELD_CHOICE] = "string",
    [FIELD_CHOICES] = "list of strings",
    [FIELD_CONSENT] = "true, `\"yes\"`",
    [FIELD_DATE] = "string",
    [FIELD_CHECKBOX] = "true, `\"yes\"`",
};

static const char *const list_names[CHOICE_LISTS] = {
    [CHOICE_INDUSTRY] = "industry",
    [CHOICE_SERVICE] = "service_type",
    [CHOICE_TIMELINE] = "timeline",
    [CHOICE_BUDGET] = "budget_range",
};

static const char *const privacy_names[] = {
    [PRIVACY_BUSINESS] = "business",
    [PRIVACY_PERSONAL] = "personal",
    [PRIVACY_SENSITIVE] = "sensitive",
};

static void write_answer(struct buf *out, const struct field_info *info)
{
    unsigned long long min = info->min, max = info->max;
    switch (info->kind) {
    case FIELD_LINE:
        buf_fmt(out, "one line, at most %llu characters", max);
        break;
    case FIELD_TEXT:
        buf_fmt(out, "text with line breaks, at most %llu characters", max);
        break;
    case FIELD_EMAIL:
        buf_fmt(out,
                "one address as HTML has it, with a dot in the domain, at most %llu characters",
                max);
        break;
    case FIELD_PHONE:
        buf_fmt(out,
                "+ and 7–15 digits, or 5–20 digits; spaces, dots, dashes and brackets are fine; "
                "kept as typed, at most %llu characters",
                max);
        break;
    case FIELD_NUMBER:
        buf_fmt(out, "a whole number from %llu to %llu; thousands may be grouped", min, max);
        break;
    case FIELD_CHOICE:
        buf_fmt(out, "one value of `form.choices.%s`", list_names[info->list]);
        break;
    case FIELD_CHOICES:
        buf_fmt(out, "one or more values of `form.choices.%s`", list_names[info->list]);
        break;
    default:
        buf_str(out, STR("`yes`"));
        break;
    }
}

static struct str required(enum field field)
{
    if (field == FIELD_INDUSTRY_OTHER)
        return STR("when `industry` is `other`; else it is dropped");
    return field_info(field)->required ? STR("yes") : STR("no");
}

static void write_fields(struct buf *out, const struct form_rules *rules, enum step step)
{
    buf_fmt(out,
            "\n## %s\n\n| field | label | answer | JSON | required | privacy "
            "|\n|---|---|---|---|---|---|\n",
            step_titles[step]);
    for (enum field f = 0; f < FIELD_COUNT; f++) {
        const struct field_info *info = &rules->fields[f];
        if (info->step != step)
            continue;
        buf_fmt(out, "| `%.*s` | %.*s | ", STR_ARG(info->name), STR_ARG(info->label));
        write_answer(out, info);
        buf_fmt(out, " | %s | %.*s | %s |\n", json_types[info->kind], STR_ARG(required(f)),
                privacy_names[info->privacy]);
    }
}

static void write_sentence(struct buf *out, const struct field_info *info, const char *code,
                           struct str sentence)
{
    if (sentence.len)
        buf_fmt(out, "| `%.*s` | `%s` | %.*s |\n", STR_ARG(info->name), code, STR_ARG(sentence));
}

static const char *wrong_codes(enum field_kind kind)
{
    if (kind == FIELD_CHOICE || kind == FIELD_CHOICES)
        return "not_a_choice";
    return kind == FIELD_NUMBER ? "wrong`, `out_of_range" : "wrong";
}

static void write_findings(struct buf *out, const struct form_rules *rules)
{
    buf_str(out,
            STR("\n## What can be wrong\n\nThe same sentences on the page, in the browser's own "
                "checks and in the API (`errors[{field, code, message}]`).\n"
                "\n| field | code | message |\n|---|---|---|\n"));
    for (enum field f = 0; f < FIELD_COUNT; f++) {
        const struct field_info *info = &rules->fields[f];
        write_sentence(out, info, "missing", info->if_missing);
        write_sentence(out, info, "control_character", info->if_control);
        write_sentence(out, info, "too_long", info->if_long);
        write_sentence(out, info, wrong_codes(info->kind), info->if_wrong);
    }
}

/* In English: what people read in other languages stands in the catalogues. */
void fields_write_reference(struct buf *out)
{
    struct arena a = ARENA_INIT;
    struct words *words = arena_new(&a, struct words);
    struct form_rules rules = {FORM_FIXED_FIELDS};
    words_init(words, LANGUAGE_EN);
    form_words(&a, words, &rules);
    buf_str(out, str_from(introduction));
    for (enum step s = 0; s < STEP_COUNT; s++)
        write_fields(out, &rules, s);
    write_findings(out, &rules);
    arena_release(&a);
}
