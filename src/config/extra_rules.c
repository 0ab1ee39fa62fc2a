/* SPDX-License-Identifier: Apache-2.0 */
#include "config/extra.h"
#include "config/extra_words.h"

/* Whether a field stands where it does because of that other one. */
static bool follows(const struct extras *extras, size_t field, size_t other)
{
    while (field >= FIELD_COUNT && field != other)
        field = extras->items[field - FIELD_COUNT].after;
    return field == other;
}

/* Each behind its field, and behind the earlier ones that are there already. */
void extras_place(struct extras *extras)
{
    size_t n = FIELD_COUNT;
    memcpy(extras->order, fields_fixed_order, FIELD_COUNT);
    for (size_t i = 0; i < extras->n; i++) {
        size_t after = extras->items[i].after, at = 0;
        while (extras->order[at] != after)
            at++;
        for (at++; at < n && extras->order[at] >= FIELD_COUNT &&
                   follows(extras, extras->order[at], after);)
            at++;
        memmove(extras->order + at + 1, extras->order + at, n - at);
        extras->order[at] = (unsigned char)(FIELD_COUNT + i);
        n++;
    }
}

static struct str width_of(const struct extra_field *f)
{
    enum { SHORT_LINE = 24, HALF_LINE = 120 };
    switch (f->kind) {
    case FIELD_PHONE:
    case FIELD_NUMBER:
    case FIELD_DATE:
        return STR("short");
    case FIELD_EMAIL:
    case FIELD_CHOICE:
        return STR("half");
    case FIELD_LINE:
        return f->max <= SHORT_LINE  ? STR("short")
               : f->max <= HALF_LINE ? STR("half")
                                     : STR("full");
    default:
        return STR("full");
    }
}

static struct choices choices_in(struct arena *a, const struct extra_field *f, struct str language)
{
    struct choice *items = arena_new_array(a, struct choice, f->choices_n);
    for (size_t i = 0; i < f->choices_n; i++)
        items[i] =
            (struct choice){f->choices[i].value, localized_for(&f->choices[i].label, language)};
    return (struct choices){items, f->choices_n};
}

void extras_add(struct arena *a, const struct extras *extras, const struct words *words,
                struct form_rules *rules)
{
    struct str language = language_codes[words->language];
    if (extras->n == 0)
        return;
    struct field_info *fields = arena_new_array(a, struct field_info, FIELD_COUNT + extras->n);
    memcpy(fields, rules->fields, sizeof *fields * FIELD_COUNT);
    for (size_t i = 0; i < extras->n; i++) {
        const struct extra_field *f = &extras->items[i];
        struct field_info *info = &fields[FIELD_COUNT + i];
        *info = (struct field_info){
            .name = f->id,
            .step = f->step,
            .kind = f->kind,
            .privacy = f->privacy,
            .required = f->required,
            .min = f->min,
            .max = f->max,
            .label = localized_for(&f->label, language),
            .hint = localized_for(&f->hint, language),
            .width = width_of(f),
        };
        extra_words(a, words, info);
        struct str missing = localized_for(&f->missing, language);
        if (missing.len)
            info->if_missing = missing;
        if (f->choices_n) {
            info->list = CHOICE_LISTS + (unsigned)i;
            rules->choices[info->list] = choices_in(a, f, language);
        }
    }
    rules->fields = fields;
    rules->order = (const unsigned char *)arena_str(a, str_of(extras->order, FIELDS_MAX)).ptr;
    rules->fields_n = FIELD_COUNT + extras->n;
}

uint64_t extras_longest_body(const struct form_rules *rules)
{
    enum {
        ESCAPED_MAX = 12,
        SHORT_ANSWER = 40
    }; /* bytes a character; bytes of a number or a day */
    uint64_t bytes = 0;
    for (size_t f = 0; f < rules->fields_n; f++) {
        const struct field_info *info = &rules->fields[f];
        const struct choices *list = &rules->choices[info->list];
        bytes += info->name.len + 2;
        bytes += info->kind <= FIELD_PHONE ? ESCAPED_MAX * info->max : SHORT_ANSWER;
        for (size_t i = 0; info->kind == FIELD_CHOICES && i < list->n; i++)
            bytes += info->name.len + 2 + list->items[i].value.len;
    }
    return bytes;
}
