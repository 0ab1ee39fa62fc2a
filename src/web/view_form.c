/* SPDX-License-Identifier: Apache-2.0 */
#include "web/view_form.h"

enum {
    RADIOS_AT_MOST = 8, /* more choices than this become a select */
    TEXT_ROWS = 5,
    ADDRESS_ROWS = 3,
    ADDRESS_LIMIT = 1000, /* longer texts get more room and a character count */
};

struct str step_path(enum step step)
{
    static const struct str paths[STEP_COUNT] = {
        [STEP_COMPANY] = STR_INIT("/apply/company"),
        [STEP_ENGAGEMENT] = STR_INIT("/apply/engagement"),
    };
    return paths[step];
}

/* How each kind is asked. */
static const struct {
    struct str kind, type, inputmode, dir;
} kinds[] = {
    [FIELD_LINE] = {STR_INIT("line"), STR_INIT("text"), STR_INIT(""), STR_INIT("auto")},
    [FIELD_TEXT] = {STR_INIT("text"), STR_INIT(""), STR_INIT(""), STR_INIT("auto")},
    [FIELD_EMAIL] = {STR_INIT("email"), STR_INIT("email"), STR_INIT("email"), STR_INIT("ltr")},
    [FIELD_PHONE] = {STR_INIT("phone"), STR_INIT("tel"), STR_INIT("tel"), STR_INIT("ltr")},
    [FIELD_NUMBER] = {STR_INIT("number"), STR_INIT("text"), STR_INIT("numeric"), STR_INIT("ltr")},
    [FIELD_CHOICE] = {STR_INIT("choice"), STR_INIT(""), STR_INIT(""), STR_INIT("")},
    [FIELD_CHOICES] = {STR_INIT("choices"), STR_INIT(""), STR_INIT(""), STR_INIT("")},
    [FIELD_CONSENT] = {STR_INIT("consent"), STR_INIT(""), STR_INIT(""), STR_INIT("")},
    /* Where a browser offers a calendar, apply.js asks for it. */
    [FIELD_DATE] = {STR_INIT("date"), STR_INIT("text"), STR_INIT(""), STR_INIT("ltr")},
    [FIELD_CHECKBOX] = {STR_INIT("checkbox"), STR_INIT(""), STR_INIT(""), STR_INIT("")},
};

/* One of the lines of a text, as FIELD_CHOICES keeps its values. */
static bool has_line(struct str lines, struct str wanted)
{
    struct str rest = lines, line;
    while (str_cut(&rest, '\n', &line))
        if (str_eq(line, wanted))
            return true;
    return false;
}

static struct view_choices choices_of(struct arena *a, const struct field_info *info,
                                      const struct choices *list)
{
    struct view_choice *items = arena_new_array(a, struct view_choice, list->n);
    for (size_t i = 0; i < list->n; i++) {
        const struct choice *c = &list->items[i];
        items[i] = (struct view_choice){
            .id = i == 0 ? info->name
                         : arena_fmt(a, "%.*s-%.*s", STR_ARG(info->name), STR_ARG(c->value)),
            .value = c->value,
            .label = c->label,
        };
    }
    return (struct view_choices){items, list->n};
}

/* The choices again with those marked that were made. */
static struct view_choices choices_marked(struct arena *a, struct view_choices from,
                                          struct str value)
{
    struct view_choice *items = arena_new_array(a, struct view_choice, from.n);
    memcpy(items, from.items, sizeof *items * from.n);
    for (size_t i = 0; i < from.n; i++)
        items[i].selected = has_line(value, items[i].value);
    return (struct view_choices){items, from.n};
}

/* "notes-hint notes-count": what describes a field, as aria-describedby wants it. */
static struct str ids(struct arena *a, struct str name, const char *first, const char *second)
{
    if (first && second)
        return arena_fmt(a, "%.*s%s %.*s%s", STR_ARG(name), first, STR_ARG(name), second);
    if (!first)
        first = second;
    return first ? arena_fmt(a, "%.*s%s", STR_ARG(name), first) : STR_EMPTY;
}

static void question_fill(struct arena *a, const struct form_rules *rules, size_t field,
                          struct view_field *out)
{
    const struct field_info *info = &rules->fields[field];
    const struct choices *list = &rules->choices[info->list];
    bool long_text = info->kind == FIELD_TEXT && info->max >= ADDRESS_LIMIT;
    bool date = info->kind == FIELD_DATE;
    const char *hint = info->hint.len ? "-hint" : NULL;
    const char *more = long_text ? "-count" : date ? "-format" : NULL;
    *out = (struct view_field){
        .name = info->name,
        .label = info->label,
        .hint = info->hint,
        .described_by = ids(a, info->name, hint, more),
        .type = kinds[info->kind].type,
        .inputmode = kinds[info->kind].inputmode,
        .autocomplete = info->autocomplete,
        .width = info->width,
        .dir = kinds[info->kind].dir,
        .kind = kinds[info->kind].kind,
        .if_missing = info->if_missing,
        .if_wrong = info->if_wrong,
        .if_control = info->if_control,
        .if_long = info->if_long,
        .min = info->min,
        .max = info->max,
        .rows = long_text ? TEXT_ROWS : ADDRESS_ROWS,
        .required = info->required,
        .is_text = info->kind == FIELD_TEXT,
        .is_radios = info->kind == FIELD_CHOICE && list->n <= RADIOS_AT_MOST,
        .is_select = info->kind == FIELD_CHOICE && list->n > RADIOS_AT_MOST,
        .is_checkboxes = info->kind == FIELD_CHOICES,
        .is_checkbox = info->kind == FIELD_CHECKBOX,
        .is_consent = info->kind == FIELD_CONSENT,
        .is_date = date,
        .has_count = long_text,
        .only_with_other = field == FIELD_INDUSTRY_OTHER,
    };
    out->is_line = !out->is_text && !out->is_radios && !out->is_select && !out->is_checkboxes &&
                   !out->is_checkbox && !out->is_consent;
    if (info->list != CHOICE_NONE)
        out->choices = choices_of(a, info, list);
}

void view_questions_prepare(struct arena *a, const struct form_rules *rules,
                            struct view_questions *out)
{
    out->rules = rules;
    for (size_t f = 0; f < rules->fields_n; f++)
        question_fill(a, rules, f, &out->fields[f]);
}

static void field_fill(struct arena *a, const struct view_field *question, struct str value,
                       const struct finding *finding, struct view_field *out)
{
    *out = *question;
    out->value = value;
    if (value.len && out->choices.n)
        out->choices = choices_marked(a, out->choices, value);
    if (!finding)
        return;
    out->error = finding->message;
    out->described_by = arena_fmt(a, "%.*s%s%.*s-error", STR_ARG(out->described_by),
                                  out->described_by.len ? " " : "", STR_ARG(out->name));
}

struct view_fields view_fields_of(struct arena *a, const struct view_questions *questions,
                                  enum step step, const struct form *form,
                                  const struct findings *findings)
{
    const struct form_rules *rules = questions->rules;
    struct view_field *items = arena_new_array(a, struct view_field, rules->fields_n);
    size_t n = 0;
    for (size_t i = 0; i < rules->fields_n; i++) {
        size_t f = rules->order[i];
        if (rules->fields[f].step == step)
            field_fill(a, &questions->fields[f], form->value[f],
                       findings ? findings_for(findings, f) : NULL, &items[n++]);
    }
    return (struct view_fields){items, n};
}

static struct view_errors errors_of(struct arena *a, const struct form_rules *rules,
                                    const struct findings *findings, bool here)
{
    struct view_error *items = arena_new_array(a, struct view_error, findings->n);
    for (size_t i = 0; i < findings->n; i++) {
        const struct finding *f = &findings->items[i];
        const struct field_info *info = &rules->fields[f->field];
        items[i].message = f->message;
        items[i].href = here ? arena_fmt(a, "#%.*s", STR_ARG(info->name))
                             : arena_fmt(a, "%.*s?from=check#%.*s", STR_ARG(step_path(info->step)),
                                         STR_ARG(info->name));
    }
    return (struct view_errors){items, findings->n};
}

struct view_errors view_errors_of(struct arena *a, const struct form_rules *rules,
                                  const struct findings *findings)
{
    return errors_of(a, rules, findings, true);
}

struct view_errors view_errors_elsewhere(struct arena *a, const struct form_rules *rules,
                                         const struct findings *findings)
{
    return errors_of(a, rules, findings, false);
}

struct view_answers view_answers_of(struct arena *a, const struct form_rules *rules, enum step step,
                                    const struct form *form)
{
    struct view_answer *items = arena_new_array(a, struct view_answer, rules->fields_n);
    size_t n = 0;
    for (size_t i = 0; i < rules->fields_n; i++) {
        size_t f = rules->order[i];
        const struct field_info *info = &rules->fields[f];
        /* The name of another industry is read in the answer to "industry". */
        if (info->step != step || f == FIELD_INDUSTRY_OTHER)
            continue;
        struct str value = form_display(a, rules, form, f);
        items[n++] = (struct view_answer){
            .label = info->label,
            .value = value,
            .change =
                arena_fmt(a, "%.*s?from=check#%.*s", STR_ARG(step_path(step)), STR_ARG(info->name)),
            .given = value.len > 0,
        };
    }
    return (struct view_answers){items, n};
}
