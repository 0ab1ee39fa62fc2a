/* SPDX-License-Identifier: Apache-2.0 */
#include "config/choices.h"

#include "base/utf8.h"
#include "config/option.h"

static const struct choice industries[] = {
    {STR_INIT("agriculture"), STR_INIT("")},
    {STR_INIT("automotive"), STR_INIT("")},
    {STR_INIT("construction"), STR_INIT("")},
    {STR_INIT("education"), STR_INIT("")},
    {STR_INIT("energy"), STR_INIT("")},
    {STR_INIT("finance"), STR_INIT("")},
    {STR_INIT("government"), STR_INIT("")},
    {STR_INIT("healthcare"), STR_INIT("")},
    {STR_INIT("hospitality"), STR_INIT("")},
    {STR_INIT("manufacturing"), STR_INIT("")},
    {STR_INIT("media"), STR_INIT("")},
    {STR_INIT("nonprofit"), STR_INIT("")},
    {STR_INIT("professional_services"), STR_INIT("")},
    {STR_INIT("retail"), STR_INIT("")},
    {STR_INIT("software"), STR_INIT("")},
    {STR_INIT("telecommunications"), STR_INIT("")},
    {STR_INIT("transport"), STR_INIT("")},
    {STR_INIT("other"), STR_INIT("")},
};

static const struct choice services[] = {
    {STR_INIT("devops"), STR_INIT("")},
    {STR_INIT("cloud_migration"), STR_INIT("")},
    {STR_INIT("cloud_architecture"), STR_INIT("")},
    {STR_INIT("ci_cd"), STR_INIT("")},
    {STR_INIT("kubernetes"), STR_INIT("")},
    {STR_INIT("infrastructure_as_code"), STR_INIT("")},
    {STR_INIT("observability"), STR_INIT("")},
    {STR_INIT("reliability"), STR_INIT("")},
    {STR_INIT("security"), STR_INIT("")},
    {STR_INIT("cost_optimisation"), STR_INIT("")},
    {STR_INIT("data_platform"), STR_INIT("")},
    {STR_INIT("software_development"), STR_INIT("")},
    {STR_INIT("managed_services"), STR_INIT("")},
    {STR_INIT("training"), STR_INIT("")},
    {STR_INIT("other"), STR_INIT("")},
};

static const struct choice timelines[] = {
    {STR_INIT("as_soon_as_possible"), STR_INIT("")},
    {STR_INIT("one_month"), STR_INIT("")},
    {STR_INIT("three_months"), STR_INIT("")},
    {STR_INIT("six_months"), STR_INIT("")},
    {STR_INIT("later"), STR_INIT("")},
    {STR_INIT("not_sure"), STR_INIT("")},
};

/* Without a currency: the bands are coarse, and the operator knows which one clients think in. */
static const struct choice budgets[] = {
    {STR_INIT("under_10k"), STR_INIT("")}, {STR_INIT("10k_25k"), STR_INIT("")},
    {STR_INIT("25k_50k"), STR_INIT("")},   {STR_INIT("50k_100k"), STR_INIT("")},
    {STR_INIT("100k_250k"), STR_INIT("")}, {STR_INIT("over_250k"), STR_INIT("")},
    {STR_INIT("not_sure"), STR_INIT("")},
};

#define LIST(array) (array), sizeof(array) / sizeof *(array)

const struct choices_info choices_info[CHOICE_LISTS] = {
    [CHOICE_INDUSTRY] = {"industry", "What the company does. Must have the value other.", "other",
                         LIST(industries)},
    [CHOICE_SERVICE] = {"service_type", "What you offer; a visitor may choose several.", NULL,
                        LIST(services)},
    [CHOICE_TIMELINE] = {"timeline", "When it should begin. Must have the value not_sure.",
                         "not_sure", LIST(timelines)},
    [CHOICE_BUDGET] = {"budget_range",
                       "What it may cost: write your currency into the labels. Must have the value "
                       "not_sure.",
                       "not_sure", LIST(budgets)},
};

enum choice_list choices_find(struct str key)
{
    for (enum choice_list list = CHOICE_NONE + 1; list < CHOICE_LISTS; list++)
        if (str_eq(str_from(choices_info[list].key), key))
            return list;
    return CHOICE_NONE;
}

void choices_set_defaults(struct form_rules *rules)
{
    *rules = (struct form_rules){FORM_FIXED_FIELDS};
    for (enum choice_list list = CHOICE_NONE; list < CHOICE_LISTS; list++)
        rules->choices[list] = (struct choices){choices_info[list].items, choices_info[list].n};
}

static bool is_value(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
            return false;
    }
    return text.len >= 1 && text.len <= CHOICE_VALUE_MAX;
}

static bool has_value(const struct choice *items, size_t n, struct str value)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(items[i].value, value))
            return true;
    return false;
}

enum err choices_read_value(const struct tree *node, const char *name, struct why *why)
{
    char shown[OPTION_SHOWN_MAX];
    struct str value = node->kind == TREE_TEXT ? node->text : STR_EMPTY;
    if (is_value(value))
        return ERR_NONE;
    enum err e =
        tree_refuse(why, name, node->place, "“%s” cannot be a value", option_shown(value, shown));
    err_hint(why, "Values are 1–%d of a–z, 0–9, “_” and “-”; the label is what people read.",
             CHOICE_VALUE_MAX);
    return e;
}

static enum err check_value(const struct tree *node, const char *name, const struct choice *earlier,
                            size_t n, struct why *why)
{
    enum err e = choices_read_value(node, name, why);
    if (e == ERR_NONE && has_value(earlier, n, node->text))
        e = tree_refuse(why, name, node->place, "the value “%.*s” stands in this list twice",
                        STR_ARG(node->text));
    return e;
}

/* One entry: exactly a value and a label, the label perhaps by language. */
static enum err read_choice(struct arena *a, const struct tree *entry, const char *name,
                            const struct choice *earlier, size_t n, struct choice *out,
                            struct localized *words, struct why *why)
{
    const struct tree *value = NULL, *label = NULL;
    char shown[OPTION_SHOWN_MAX];
    enum err e = ERR_NONE;
    for (const struct tree *part = entry->kind == TREE_MAP ? entry->first : NULL; part;
         part = part->next) {
        bool is_label = str_eq(part->key, STR("label"));
        if (!is_label && !str_eq(part->key, STR("value")))
            e = tree_refuse(why, name, part->key_place, "a choice has no “%s”",
                            option_shown(part->key, shown));
        else if (part->kind != TREE_TEXT && !(is_label && part->kind == TREE_MAP))
            e = tree_refuse(why, name, part->place, "“%s” takes a text",
                            is_label ? "label" : "value");
        if (e != ERR_NONE)
            break;
        *(is_label ? &label : &value) = part;
    }
    if (e == ERR_NONE && (!value || !label))
        e = tree_refuse(why, name, entry->place, "a choice needs a value and a label");
    if (e != ERR_NONE || !value || !label) {
        err_hint(why, "Write: - {value: software, label: \"Software and IT\"}");
        return e;
    }
    e = check_value(value, name, earlier, n, why);
    if (e == ERR_NONE)
        e = localized_read(a, label, "the label", CHOICE_LABEL_MAX, name, words, why);
    if (e == ERR_NONE) /* the tree goes away; the copies stay */
        *out = (struct choice){arena_str(a, value->text), words->items[0].text};
    return e;
}

enum err choices_read(struct arena *a, const struct tree *node, enum choice_list list,
                      const char *name, struct form_rules *rules, const struct localized **labels,
                      struct why *why)
{
    const struct choices_info *info = &choices_info[list];
    if (node->kind != TREE_LIST) {
        enum err e = tree_refuse(why, name, node->place, "form.choices.%s is a list", info->key);
        err_hint(why,
                 "Begin each entry with “- ”: - {value: software, label: \"Software and IT\"}");
        return e;
    }
    if (node->n < 1 || node->n > CHOICES_MAX)
        return tree_refuse(why, name, node->place, "form.choices.%s needs 1–%d entries", info->key,
                           CHOICES_MAX);
    struct choice *items = arena_new_array(a, struct choice, node->n);
    struct localized *words = arena_new_array(a, struct localized, node->n);
    size_t n = 0;
    for (const struct tree *entry = node->first; entry; entry = entry->next, n++) {
        enum err e = read_choice(a, entry, name, items, n, &items[n], &words[n], why);
        if (e != ERR_NONE)
            return e;
    }
    if (info->required && !has_value(items, n, str_from(info->required)))
        return tree_refuse(why, name, node->place,
                           "form.choices.%s needs an entry with the value “%s”", info->key,
                           info->required);
    rules->choices[list] = (struct choices){items, n};
    *labels = words;
    return ERR_NONE;
}
