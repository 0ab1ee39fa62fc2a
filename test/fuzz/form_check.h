/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of every form that was read, wherever it came from. */
#ifndef TEST_FUZZ_FORM_CHECK_H
#define TEST_FUZZ_FORM_CHECK_H

#include "base/json.h"
#include "base/must.h"
#include "base/utf8.h"
#include "core/character.h"
#include "core/form.h"
#include "core/form_words.h"

enum { FORM_CHECK_MAX = 64 << 20 };

#define FORM_CHECK_CHOICE(value)                                                                   \
    {                                                                                              \
        STR_INIT(value), STR_INIT("Label of " value)                                               \
    }

static const struct choice form_check_items[] = {FORM_CHECK_CHOICE("a"), FORM_CHECK_CHOICE("other"),
                                                 FORM_CHECK_CHOICE("b")};

static struct form_rules form_check_rules = {
    FORM_FIXED_FIELDS,
    .choices[CHOICE_INDUSTRY] = {form_check_items, 3},
    .choices[CHOICE_SERVICE] = {form_check_items, 3},
    .choices[CHOICE_TIMELINE] = {form_check_items, 3},
    .choices[CHOICE_BUDGET] = {form_check_items, 3},
};

/* Before main: targets take the rules as they are. */
__attribute__((constructor)) static void form_check_say_it_in_english(void)
{
    static struct arena a;
    static struct words words;
    words_init(&words, LANGUAGE_EN);
    form_words(&a, &words, &form_check_rules);
}

static inline void form_check_values(const struct form *form)
{
    for (size_t f = 0; f < form_check_rules.fields_n; f++) {
        struct str value = form->value[f];
        must(utf8_valid(value));
        must(str_eq(value, character_trim(value)));
        must(str_find(value, '\0', 0) == value.len);
        must(str_find(value, '\r', 0) == value.len && str_find(value, '\t', 0) == value.len);
    }
    must(form->value[FIELD_INDUSTRY_OTHER].len == 0 ||
         str_eq(form->value[FIELD_INDUSTRY], form_other));
}

static inline void form_check_same(const struct form *a, const struct form *b)
{
    for (size_t f = 0; f < form_check_rules.fields_n; f++)
        must(str_eq(a->value[f], b->value[f]));
}

/* Written as a body of either kind, it reads back the same. */
static inline void form_check_round_trips(struct arena *a, const struct form *form)
{
    struct form back;
    struct buf body;
    struct json j;
    buf_init(&body, FORM_CHECK_MAX);
    form_to_urlencoded(&form_check_rules, form, FORM_ALL, &body);
    must(buf_ok(&body));
    must(form_from_urlencoded(a, &form_check_rules, buf_view(&body), FORM_ALL, &back, NULL) ==
         ERR_NONE);
    form_check_same(form, &back);

    buf_clear(&body);
    json_init(&j, &body);
    json_object(&j, NULL);
    for (size_t f = 0; f < form_check_rules.fields_n; f++) {
        const struct field_info *info = &form_check_rules.fields[f];
        struct str rest = form->value[f], value;
        if (info->kind != FIELD_CHOICES) {
            json_str(&j, info->name.ptr, rest);
            continue;
        }
        json_array(&j, info->name.ptr);
        while (rest.len && str_cut(&rest, '\n', &value))
            json_str(&j, NULL, value);
        json_end(&j);
    }
    json_end(&j);
    must(buf_ok(&body));
    must(form_from_json(a, &form_check_rules, buf_view(&body), FORM_ALL, &back, NULL) == ERR_NONE);
    form_check_same(form, &back);
    buf_release(&body);
}

/* Validating says at most one thing a field, in their order, and the same thing when asked again.
 */
static inline void form_check_findings(struct arena *a, struct form *form)
{
    struct findings found, again;
    form_validate(a, &form_check_rules, FORM_ALL, form, &found);
    form_validate(a, &form_check_rules, FORM_ALL, form, &again);
    must(found.n == again.n);
    for (size_t i = 0; i < found.n; i++) {
        must(found.items[i].field == again.items[i].field);
        must(found.items[i].code == again.items[i].code);
        must(found.items[i].message.len > 0);
        must(i == 0 || found.items[i - 1].field < found.items[i].field);
    }
    for (size_t f = 0; f < form_check_rules.fields_n; f++) {
        struct str shown = form_display(a, &form_check_rules, form, f);
        must((shown.len == 0) == (form->value[f].len == 0));
        must(utf8_valid(shown));
    }
}

static inline void form_check(struct arena *a, struct form *form)
{
    form_check_values(form);
    form_check_round_trips(a, form);
    form_check_findings(a, form);
    form_check_values(form);
    form_check_round_trips(a, form);
}

#endif
