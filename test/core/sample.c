/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

#include "core/form_words.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define CHOICE(value)                                                                              \
    {                                                                                              \
        STR_INIT(value), STR_INIT("Label of " value)                                               \
    }

static const struct choice industries[] = {CHOICE("software"), CHOICE("retail"), CHOICE("other")};
static const struct choice services[] = {CHOICE("devops"), CHOICE("cloud_migration"),
                                         CHOICE("audit")};
static const struct choice times[] = {CHOICE("not_sure"), CHOICE("soon")};

struct form_rules sample_rules = {
    FORM_FIXED_FIELDS,
    .choices[CHOICE_INDUSTRY] = {industries, 3},
    .choices[CHOICE_SERVICE] = {services, 3},
    .choices[CHOICE_TIMELINE] = {times, 2},
    .choices[CHOICE_BUDGET] = {times, 2},
};

/* Before main: tests take the rules as they are. */
__attribute__((constructor)) static void put_in_words(void)
{
    static struct arena a;
    static struct words words;
    words_init(&words, LANGUAGE_EN);
    form_words(&a, &words, &sample_rules);
}

struct form sample_form(void)
{
    return (struct form){{
        [FIELD_COMPANY_NAME] = STR("Kowalski & Söhne GmbH"),
        [FIELD_ADDRESS] = STR("Hauptstraße 1\n10115 Berlin\nGermany"),
        [FIELD_INDUSTRY] = STR("software"),
        [FIELD_CONTACT_NAME] = STR("Zofia Kowalska"),
        [FIELD_EMAIL_ADDRESS] = STR("zofia@example.com"),
        [FIELD_PHONE_NUMBER] = STR("+49 30 901820"),
        [FIELD_COMPANY_SIZE] = STR("250"),
        [FIELD_SERVICE_TYPE] = STR("devops\naudit"),
        [FIELD_PROJECT_SCOPE] = STR("Move 3 services.\n\nKeep the database."),
        [FIELD_TIMELINE] = STR("not_sure"),
        [FIELD_BUDGET_RANGE] = STR("soon"),
        [FIELD_NOTES] = STR("100% \"sure\" + more = done?"),
        [FIELD_CONSENT_GIVEN] = STR("yes"),
    }};
}

struct str sample_repeat(struct arena *a, struct str unit, size_t n)
{
    char *text = arena_alloc(a, unit.len * n + 1);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * unit.len, unit.ptr, unit.len);
    return str_of(text, unit.len * n);
}

struct form sample_read(struct arena *a, const char *body, unsigned steps)
{
    struct form form;
    struct why why = {0};
    enum err e = form_from_urlencoded(a, &sample_rules, str_from(body), steps, &form, &why);
    assert_string_equal(why.detail, "");
    assert_int_equal(e, ERR_NONE);
    return form;
}
