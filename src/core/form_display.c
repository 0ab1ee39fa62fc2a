/* SPDX-License-Identifier: Apache-2.0 */
#include "core/form.h"

static struct str label_of(const struct choices *list, struct str value)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->items[i].value, value))
            return list->items[i].label;
    return value;
}

static struct str labels_of(struct arena *a, const struct choices *list, struct str between,
                            struct str lines)
{
    struct str all = STR_EMPTY, rest = lines, value;
    while (str_cut(&rest, '\n', &value)) {
        struct str label = label_of(list, value);
        all = all.len ? arena_fmt(a, "%.*s%.*s%.*s", STR_ARG(all), STR_ARG(between), STR_ARG(label))
                      : label;
    }
    return all;
}

struct str form_display(struct arena *a, const struct form_rules *rules, const struct form *form,
                        size_t field)
{
    const struct field_info *info = &rules->fields[field];
    const struct choices *list = &rules->choices[info->list];
    struct str value = form->value[field];
    if (value.len == 0)
        return info->kind == FIELD_CHECKBOX ? rules->no : STR_EMPTY;
    if (field == FIELD_INDUSTRY && str_eq(value, form_other) &&
        form->value[FIELD_INDUSTRY_OTHER].len)
        return form->value[FIELD_INDUSTRY_OTHER];
    switch (info->kind) {
    case FIELD_CHOICE:
        return label_of(list, value);
    case FIELD_CHOICES:
        return labels_of(a, list, rules->between, value);
    case FIELD_CONSENT:
    case FIELD_CHECKBOX:
        return rules->yes;
    default:
        return value;
    }
}
