/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's own fields through every reader and writer of a form, and as they are stored. */
#include "core/form_extra.h"

#include "sample.h"

#include "lib/expect.h"

enum {
    VAT = FIELD_COUNT,
    STORY,
    OFFICES,
    REGION,
    TOOLS,
    START,
    NDA,
    FIELDS,
    REGIONS = CHOICE_LISTS,
    TOOL_LIST
};

static const struct choice regions[] = {{STR_INIT("north"), STR_INIT("The north")},
                                        {STR_INIT("south"), STR_INIT("The south")}};
static const struct choice tools[] = {{STR_INIT("git"), STR_INIT("Git & friends")},
                                      {STR_INIT("jenkins"), STR_INIT("Jenkins")}};

static struct field_info fields[FIELDS];
/* VAT number before everything, the start date among the fixed fields. */
static unsigned char order[FIELDS];
static struct form_rules rules;
static struct arena a;

static const struct field_info extras[] = {
    {.name = STR_INIT("vat_number"),
     .kind = FIELD_LINE,
     .required = true,
     .max = 20,
     .if_missing = STR_INIT("Enter VAT number"),
     .if_long = STR_INIT("long"),
     .if_control = STR_INIT("control")},
    {.name = STR_INIT("story"), .kind = FIELD_TEXT, .max = 100},
    {.name = STR_INIT("offices"),
     .kind = FIELD_NUMBER,
     .min = 2,
     .max = 40,
     .if_wrong = STR_INIT("2 to 40")},
    {.name = STR_INIT("region"), .kind = FIELD_CHOICE, .list = REGIONS, .max = 1},
    {.name = STR_INIT("tools"), .kind = FIELD_CHOICES, .list = TOOL_LIST},
    {.name = STR_INIT("start"),
     .kind = FIELD_DATE,
     .min = 20260101,
     .max = 20271231,
     .if_wrong = STR_INIT("a date")},
    {.name = STR_INIT("nda"),
     .kind = FIELD_CHECKBOX,
     .required = true,
     .max = 1,
     .if_missing = STR_INIT("Tick")},
};

static int prepare(void **state)
{
    (void)state;
    rules = sample_rules;
    memcpy(fields, fields_fixed, sizeof fields_fixed);
    memcpy(fields + FIELD_COUNT, extras, sizeof extras);
    order[0] = VAT;
    for (size_t f = 0, at = 1; f < FIELDS; f++)
        if (f != VAT)
            order[at++] = (unsigned char)f;
    rules.fields = fields;
    rules.fields_n = FIELDS;
    rules.order = order;
    rules.choices[REGIONS] = (struct choices){regions, 2};
    rules.choices[TOOL_LIST] = (struct choices){tools, 2};
    return 0;
}

static int release(void **state)
{
    (void)state;
    arena_release(&a);
    return 0;
}

static struct form answered(void)
{
    struct form form = sample_form();
    form.value[VAT] = STR("DE 136695976");
    form.value[STORY] = STR("<b>one</b>\ntwo \xE2\x80\x9C");
    form.value[OFFICES] = STR("3");
    form.value[REGION] = STR("south");
    form.value[TOOLS] = STR("git\njenkins");
    form.value[START] = STR("2026-11-21");
    form.value[NDA] = STR("yes");
    return form;
}

static void assert_same(const struct form *x, const struct form *y)
{
    for (size_t f = 0; f < FIELDS; f++)
        if (!str_eq(x->value[f], y->value[f]))
            fail_msg("%.*s: “%.*s” and “%.*s”", STR_ARG(rules.fields[f].name), STR_ARG(x->value[f]),
                     STR_ARG(y->value[f]));
}

static void bodies_of_either_kind_read_back(void **state)
{
    struct form form = answered(), back;
    struct buf body;
    struct why why = {0};
    (void)state;
    buf_init(&body, 1 << 16);
    form_to_urlencoded(&rules, &form, FORM_ALL, &body);
    assert_int_equal(form_from_urlencoded(&a, &rules, buf_view(&body), FORM_ALL, &back, &why),
                     ERR_NONE);
    assert_same(&form, &back);
    assert_true(form_restore(&a, &rules, buf_view(&body), &back));
    assert_same(&form, &back);
    struct str json = STR("{\"vat_number\":\" DE 136695976 \",\"offices\":3,\"nda\":true,"
                          "\"tools\":[\"git\",\"jenkins\"],\"start\":\"2026-11-21\"}");
    assert_int_equal(form_from_json(&a, &rules, json, FORM_ALL, &back, &why), ERR_NONE);
    assert_str(back.value[VAT], "DE 136695976");
    assert_str(back.value[OFFICES], "3");
    assert_str(back.value[TOOLS], "git\njenkins");
    assert_str(back.value[START], "2026-11-21");
    assert_str(back.value[NDA], "yes");
    /* What is not configured is as unknown as ever. */
    assert_int_equal(form_from_json(&a, &sample_rules, json, FORM_ALL, &back, &why), ERR_INPUT);
    assert_string_equal(why.detail, "vat_number: there is no field of that name");
    buf_release(&body);
}

static void wrong_types_are_refused(void **state)
{
    static const char *const bodies[] = {
        "{\"nda\":1}",         "{\"nda\":[]}",       "{\"offices\":1.5}", "{\"start\":20261121}",
        "{\"tools\":\"git\"}", "{\"vat_number\":1}", "{\"region\":[]}",
    };
    struct form form;
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        assert_int_equal(form_from_json(&a, &rules, str_from(bodies[i]), FORM_ALL, &form, NULL),
                         ERR_INPUT);
}

static void findings_come_in_the_order_of_the_form(void **state)
{
    struct form form = {0};
    struct findings found;
    (void)state;
    form_validate(&a, &rules, FORM_ALL, &form, &found);
    assert_int_equal(found.items[0].field, VAT);
    assert_str(found.items[0].message, "Enter VAT number");
    assert_int_equal(found.items[1].field, FIELD_COMPANY_NAME);
    assert_int_equal(found.items[found.n - 1].field, NDA);
    form = answered();
    form_validate(&a, &rules, FORM_ALL, &form, &found);
    assert_int_equal(found.n, 0);
}

static void rules_of_each_kind(void **state)
{
    static const struct {
        size_t field;
        struct str value;
        int code; /* -1: right */
    } rows[] = {
        {VAT, STR_INIT("x"), -1},
        {VAT, STR_INIT("123456789012345678901"), FINDING_TOO_LONG},
        {VAT, STR_INIT("a\nb"), FINDING_CONTROL},
        {OFFICES, STR_INIT("2"), -1},
        {OFFICES, STR_INIT("1"), FINDING_OUT_OF_RANGE},
        {OFFICES, STR_INIT("41"), FINDING_OUT_OF_RANGE},
        {OFFICES, STR_INIT("-2"), FINDING_WRONG},
        {OFFICES, STR_INIT(""), -1},
        {REGION, STR_INIT("north"), -1},
        {REGION, STR_INIT("west"), FINDING_NOT_A_CHOICE},
        {TOOLS, STR_INIT("jenkins"), -1},
        {TOOLS, STR_INIT("git\nsvn"), FINDING_NOT_A_CHOICE},
        {START, STR_INIT("2026-01-01"), -1},
        {START, STR_INIT("2025-12-31"), FINDING_OUT_OF_RANGE},
        {START, STR_INIT("2028-01-01"), FINDING_OUT_OF_RANGE},
        {START, STR_INIT("2026-02-30"), FINDING_WRONG},
        {START, STR_INIT("soon"), FINDING_WRONG},
        {START, STR_INIT(""), -1},
        {NDA, STR_INIT("yes"), -1},
        {NDA, STR_INIT("on"), FINDING_MISSING},
        {NDA, STR_INIT(""), FINDING_MISSING},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct form form = answered();
        struct findings found;
        form.value[rows[i].field] = rows[i].value;
        form_validate(&a, &rules, FORM_ALL, &form, &found);
        int code = found.n ? (int)found.items[0].code : -1;
        if (found.n > 1 || code != rows[i].code)
            fail_msg("row %zu: %d", i, code);
    }
}

static void several_values_stand_in_the_order_of_the_list(void **state)
{
    struct form form = answered();
    struct findings found;
    (void)state;
    form.value[TOOLS] = STR("jenkins\ngit");
    form_validate(&a, &rules, FORM_ALL, &form, &found);
    assert_str(form.value[TOOLS], "git\njenkins");
}

static void displays(void **state)
{
    struct form form = answered(), nothing = {0};
    (void)state;
    assert_str(form_display(&a, &rules, &form, REGION), "The south");
    assert_str(form_display(&a, &rules, &form, TOOLS), "Git & friends, Jenkins");
    assert_str(form_display(&a, &rules, &form, NDA), "Yes");
    assert_str(form_display(&a, &rules, &form, START), "2026-11-21");
    assert_str(form_display(&a, &rules, &nothing, NDA), "No");
    assert_str(form_display(&a, &rules, &nothing, START), "");
}

/* ---- as stored ---- */

static void stored_as_types(void **state)
{
    struct form form = answered(), back = {0};
    (void)state;
    struct str stored = form_extra_store(&a, &rules, &form);
    assert_str(stored, "{\"vat_number\":\"DE 136695976\",\"story\":\"\\u003cb\\u003eone"
                       "\\u003c/b\\u003e\\ntwo \xE2\x80\x9C\",\"offices\":3,"
                       "\"region\":\"south\",\"tools\":[\"git\",\"jenkins\"],"
                       "\"start\":\"2026-11-21\",\"nda\":true}");
    form_extra_load(&a, &rules, stored, &back);
    for (size_t f = FIELD_COUNT; f < FIELDS; f++)
        assert_true(str_eq(back.value[f], form.value[f]));
    assert_int_equal(back.value[FIELD_COMPANY_NAME].len, 0);

    struct form nothing = {0};
    assert_str(form_extra_store(&a, &rules, &nothing), "{}");
    assert_str(form_extra_store(&a, &sample_rules, &form), "{}");
}

static void what_was_stored_for_other_questions(void **state)
{
    static const char stored[] =
        "{\"colour\":\"blue\",\"email\":\"no\",\"offices\":\"three\",\"tools\":\"git\","
        "\"vat_number\":7,\"nda\":false,\"region\":\"east\",\"start\":null}";
    struct form form = {0};
    (void)state;
    form_extra_load(&a, &rules, str_from(stored), &form);
    for (size_t f = 0; f < FIELDS; f++)
        assert_int_equal(form.value[f].len > 0, f == REGION);
    static const char *const broken[] = {"", "{", "[]", "7", "\"x\"", "{\"a\":1"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        form_extra_load(&a, &rules, str_from(broken[i]), &form);
        assert_str(form.value[REGION], "east");
    }
}

static void all_that_is_stored_is_copied(void **state)
{
    struct buf out;
    struct json j;
    (void)state;
    buf_init(&out, 4096);
    json_init(&j, &out);
    json_object(&j, NULL);
    json_str(&j, "status", STR("new"));
    form_extra_copy(&a,
                    STR("{\"colour\":\"blue\",\"n\":3,\"on\":true,\"list\":[\"a\",\"b\"],"
                        "\"none\":[]}"),
                    &j);
    form_extra_copy(&a, STR("nonsense"), &j);
    json_end(&j);
    assert_str(buf_view(&out), "{\"status\":\"new\",\"colour\":\"blue\",\"n\":3,\"on\":true,"
                               "\"list\":[\"a\",\"b\"],\"none\":[]}");
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_of_either_kind_read_back),
        cmocka_unit_test(wrong_types_are_refused),
        cmocka_unit_test(findings_come_in_the_order_of_the_form),
        cmocka_unit_test(rules_of_each_kind),
        cmocka_unit_test(several_values_stand_in_the_order_of_the_list),
        cmocka_unit_test(displays),
        cmocka_unit_test(stored_as_types),
        cmocka_unit_test(what_was_stored_for_other_questions),
        cmocka_unit_test(all_that_is_stored_is_copied),
    };
    return cmocka_run_group_tests_name("form_extra", tests, prepare, release);
}
