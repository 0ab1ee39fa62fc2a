/* SPDX-License-Identifier: Apache-2.0 */
#include "core/form_words.h"

const struct str choice_list_names[CHOICE_LISTS] = {
    [CHOICE_NONE] = STR_INIT(""),
    [CHOICE_INDUSTRY] = STR_INIT("industry"),
    [CHOICE_SERVICE] = STR_INIT("service_type"),
    [CHOICE_TIMELINE] = STR_INIT("timeline"),
    [CHOICE_BUDGET] = STR_INIT("budget_range"),
};

static struct str text_of(struct arena *a, const struct words *words, const struct field_info *info,
                          const char *part)
{
    const struct text_value values[] = {
        {"min", words_number(a, words, info->min)},
        {"max", words_number(a, words, info->max)},
    };
    struct str key = arena_fmt(a, "field.%.*s.%s", STR_ARG(info->name), part);
    return text_fill(a, words_find(words, key), values, sizeof values / sizeof *values);
}

static void field_words(struct arena *a, const struct words *words, struct field_info *info)
{
    info->label = text_of(a, words, info, "label");
    info->hint = text_of(a, words, info, "hint");
    info->if_missing = text_of(a, words, info, "missing");
    info->if_wrong = text_of(a, words, info, "wrong");
    info->if_control = text_of(a, words, info, "control");
    info->if_long = text_of(a, words, info, "long");
}

static void choice_words(struct arena *a, const struct words *words, enum choice_list list,
                         struct choices *choices)
{
    struct choice *items = arena_new_array(a, struct choice, choices->n);
    for (size_t i = 0; i < choices->n; i++) {
        items[i] = choices->items[i];
        if (!items[i].label.len)
            items[i].label =
                words_find(words, arena_fmt(a, "choice.%.*s.%.*s", STR_ARG(choice_list_names[list]),
                                            STR_ARG(items[i].value)));
    }
    choices->items = items;
}

void form_words(struct arena *a, const struct words *words, struct form_rules *rules)
{
    struct field_info *fields = arena_new_array(a, struct field_info, rules->fields_n);
    memcpy(fields, rules->fields, sizeof *fields * rules->fields_n);
    for (enum field f = 0; f < FIELD_COUNT; f++)
        field_words(a, words, &fields[f]);
    rules->fields = fields;
    for (enum choice_list list = CHOICE_NONE + 1; list < CHOICE_LISTS; list++)
        choice_words(a, words, list, &rules->choices[list]);
    rules->yes = words_say(words, TEXT_FORM_YES);
    rules->no = words_say(words, TEXT_FORM_NO);
    rules->between = words_say(words, TEXT_FORM_BETWEEN);
}
