/* SPDX-License-Identifier: Apache-2.0 */
/* form_copy, finding names, and answers as a person reads them (form_display.c). */
#include "core/form.h"

#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct arena arena;
    arena_init(&arena);
    *state = &arena;
    return 0;
}

static int teardown(void **state)
{
    arena_release(*state);
    return 0;
}

static void copies_the_steps_asked_for(void **state)
{
    struct form from = sample_form();
    (void)state;
    for (unsigned steps = 0; steps <= FORM_ALL; steps++) {
        struct form to = {0};
        for (enum field f = 0; f < FIELD_COUNT; f++)
            to.value[f] = STR("before");
        form_copy(&sample_rules, &to, &from, steps);
        for (enum field f = 0; f < FIELD_COUNT; f++) {
            bool copied = steps & FORM_STEP(field_info(f)->step);
            assert_true(str_eq(to.value[f], copied ? from.value[f] : STR("before")));
        }
    }
}

static void codes_have_names(void **state)
{
    (void)state;
    for (enum finding_code c = 0; c < FINDING_CODES; c++) {
        assert_non_null(finding_code_name(c));
        for (enum finding_code d = 0; d < c; d++)
            assert_string_not_equal(finding_code_name(c), finding_code_name(d));
    }
    assert_string_equal(finding_code_name(FINDING_MISSING), "missing");
}

static void displays(void **state)
{
    static const struct {
        enum field field;
        struct str value, shown;
    } rows[] = {
        {FIELD_COMPANY_NAME, STR_INIT("A & B"), STR_INIT("A & B")},
        {FIELD_ADDRESS, STR_INIT("a\nb"), STR_INIT("a\nb")},
        {FIELD_COMPANY_SIZE, STR_INIT("250"), STR_INIT("250")},
        {FIELD_INDUSTRY, STR_INIT("software"), STR_INIT("Label of software")},
        {FIELD_INDUSTRY, STR_INIT("gone"), STR_INIT("gone")},
        {FIELD_SERVICE_TYPE, STR_INIT("devops"), STR_INIT("Label of devops")},
        {FIELD_SERVICE_TYPE, STR_INIT("devops\ngone\naudit"),
         STR_INIT("Label of devops, gone, Label of audit")},
        {FIELD_TIMELINE, STR_INIT("not_sure"), STR_INIT("Label of not_sure")},
        {FIELD_CONSENT_GIVEN, STR_INIT("yes"), STR_INIT("Yes")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct form form = sample_form();
        form.value[rows[i].field] = rows[i].value;
        struct str shown = form_display(*state, &sample_rules, &form, rows[i].field);
        assert_true(str_eq(shown, rows[i].shown));
    }
    struct form nothing = {0};
    for (enum field f = 0; f < FIELD_COUNT; f++)
        assert_int_equal(form_display(*state, &sample_rules, &nothing, f).len, 0);
}

static void another_industry_reads_as_its_name(void **state)
{
    struct form form = sample_form();
    form.value[FIELD_INDUSTRY] = STR("other");
    assert_true(
        str_eq(form_display(*state, &sample_rules, &form, FIELD_INDUSTRY), STR("Label of other")));
    form.value[FIELD_INDUSTRY_OTHER] = STR("Marine surveying");
    assert_true(str_eq(form_display(*state, &sample_rules, &form, FIELD_INDUSTRY),
                       STR("Marine surveying")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_the_steps_asked_for),
        cmocka_unit_test(codes_have_names),
        cmocka_unit_test_setup_teardown(displays, setup, teardown),
        cmocka_unit_test_setup_teardown(another_industry_reads_as_its_name, setup, teardown),
    };
    return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
