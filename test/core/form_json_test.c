/* SPDX-License-Identifier: Apache-2.0 */
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

static struct form read_right(struct arena *a, const char *body)
{
    struct form form;
    struct why why = {0};
    enum err e = form_from_json(a, &sample_rules, str_from(body), FORM_ALL, &form, &why);
    assert_string_equal(why.detail, "");
    assert_int_equal(e, ERR_NONE);
    return form;
}

static void assert_value(const struct form *form, enum field field, struct str expected)
{
    if (!str_eq(form->value[field], expected))
        fail_msg("%.*s is “%.*s”, not “%.*s”", STR_ARG(field_info(field)->name),
                 STR_ARG(form->value[field]), STR_ARG(expected));
}

static const char whole[] =
    "{\"company_name\": \"Kowalski & S\\u00f6hne GmbH\",\n"
    " \"address\": \"Hauptstraße 1\\r\\n10115 Berlin\\nGermany\", \"industry\": \"software\",\n"
    " \"industry_other\": null, \"contact_name\": \" Zofia Kowalska \",\n"
    " \"email\": \"zofia@example.com\", \"phone\": \"+49 30 901820\", \"company_size\": 250,\n"
    " \"service_type\": [\"devops\", \"audit\", \"devops\"],\n"
    " \"project_scope\": \"Move 3 services.\\n\\nKeep the database.\", \"timeline\": \"not_sure\",\n"
    " \"budget_range\": \"soon\", \"notes\": \"100% \\\"sure\\\" + more = done?\",\n"
    " \"consent\": true}";

static void the_whole_form(void **state)
{
    struct form form = read_right(*state, whole), expected = sample_form();
    for (enum field f = 0; f < FIELD_COUNT; f++)
        assert_value(&form, f, expected.value[f]);
}

static void one_value_a_row(void **state)
{
    static const struct {
        const char *body;
        enum field field;
        struct str expected;
    } rows[] = {
        {"{}", FIELD_NOTES, STR_INIT("")},
        {" \t\r\n{ }\n", FIELD_NOTES, STR_INIT("")},
        {"{\"notes\":null}", FIELD_NOTES, STR_INIT("")},
        {"{\"notes\":\"\"}", FIELD_NOTES, STR_INIT("")},
        {"{\"notes\":\" e\\u0301\\ud83d\\ude00 \"}", FIELD_NOTES, STR_INIT("é\xF0\x9F\x98\x80")},
        {"{\"n\\u006ftes\":\"x\"}", FIELD_NOTES, STR_INIT("x")},
        {"{\"company_size\":\"1 000\"}", FIELD_COMPANY_SIZE, STR_INIT("1000")},
        {"{\"company_size\":-5}", FIELD_COMPANY_SIZE, STR_INIT("-5")}, /* a finding later */
        {"{\"company_size\":0}", FIELD_COMPANY_SIZE, STR_INIT("0")},
        {"{\"company_size\":99999999999999999999999}", FIELD_COMPANY_SIZE,
         STR_INIT("99999999999999999999999")},
        {"{\"company_size\":null}", FIELD_COMPANY_SIZE, STR_INIT("")},
        {"{\"service_type\":[]}", FIELD_SERVICE_TYPE, STR_INIT("")},
        {"{\"service_type\":null}", FIELD_SERVICE_TYPE, STR_INIT("")},
        {"{\"service_type\":[\"\",\"b\",\" a \",\"b\"]}", FIELD_SERVICE_TYPE, STR_INIT("b\na")},
        {"{\"consent\":true}", FIELD_CONSENT_GIVEN, STR_INIT("yes")},
        {"{\"consent\":\"yes\"}", FIELD_CONSENT_GIVEN, STR_INIT("yes")},
        {"{\"consent\":false}", FIELD_CONSENT_GIVEN, STR_INIT("")},
        {"{\"consent\":null}", FIELD_CONSENT_GIVEN, STR_INIT("")},
        {"{\"industry\":\"other\",\"industry_other\":\"x\"}", FIELD_INDUSTRY_OTHER, STR_INIT("x")},
        {"{\"industry\":\"retail\",\"industry_other\":\"x\"}", FIELD_INDUSTRY_OTHER, STR_INIT("")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct form form = read_right(*state, rows[i].body);
        assert_value(&form, rows[i].field, rows[i].expected);
    }
}

static void refuses(void **state)
{
    static const struct {
        const char *body, *detail; /* detail: how the sentence begins */
    } rows[] = {
        {"", "the body is empty"},
        {" ", "it is not JSON: "},
        {"nonsense", "it is not JSON: "},
        {"{\"notes\":\"x\"} x", "it is not JSON: "},
        {"{\"notes\":\"x\",}", "it is not JSON: "},
        {"{\"notes\":'x'}", "it is not JSON: "},
        {"{notes:\"x\"}", "it is not JSON: "},
        {"{\"notes\":\"x\"", "it is not JSON: "},
        {"{/* */}", "it is not JSON: "},
        {"{\"company_size\":NaN}", "it is not JSON: "},
        {"{\"company_size\":01}", "it is not JSON: "},
        {"{\"notes\":\"a\nb\"}", "it is not JSON: "},
        {"{\"notes\":\"\\ud800\"}", "it is not JSON: "},
        {"{\"notes\":\"\xFF\"}", "it is not JSON: "},
        {"{\"notes\":\"\xC0\x80\"}", "it is not JSON: "},
        {"\xEF\xBB\xBF{}", "it is not JSON: "},
        {"[]", "it must be one object with the fields by name"},
        {"\"x\"", "it must be one object with the fields by name"},
        {"null", "it must be one object with the fields by name"},
        {"12", "it must be one object with the fields by name"},
        {"{\"shoe_size\":9}", "shoe_size: there is no field of that name"},
        {"{\"_from\":\"check\"}", "_from: there is no field of that name"},
        {"{\"\":9}", "it holds a field that does not exist"},
        {"{\"<script>\":9}", "it holds a field that does not exist"},
        {"{\"notes\":\"x\",\"notes\":\"x\"}", "notes: this field is there twice"},
        {"{\"service_type\":[\"a\"],\"service_type\":[\"b\"]}",
         "service_type: this field is there twice"},
        {"{\"notes\":null,\"notes\":null}", "notes: this field is there twice"},
        {"{\"notes\":5}", "notes: must be text"},
        {"{\"notes\":true}", "notes: must be text"},
        {"{\"notes\":[\"x\"]}", "notes: must be text"},
        {"{\"notes\":{\"x\":1}}", "notes: must be text"},
        {"{\"industry\":[\"retail\"]}", "industry: must be text"},
        {"{\"notes\":\"\\u0000\"}", "notes: it holds a NUL character"},
        {"{\"company_size\":1.0}", "company_size: must be a whole number, or text"},
        {"{\"company_size\":250.000}", "company_size: must be a whole number, or text"},
        {"{\"company_size\":1e3}", "company_size: must be a whole number, or text"},
        {"{\"company_size\":true}", "company_size: must be a whole number, or text"},
        {"{\"company_size\":[1]}", "company_size: must be a whole number, or text"},
        {"{\"service_type\":\"devops\"}", "service_type: must be a list of texts"},
        {"{\"service_type\":{\"devops\":true}}", "service_type: must be a list of texts"},
        {"{\"service_type\":[\"a\",1]}", "service_type: must be a list of texts and nothing else"},
        {"{\"service_type\":[null]}", "service_type: must be a list of texts and nothing else"},
        {"{\"service_type\":[[\"a\"]]}", "service_type: must be a list of texts and nothing else"},
        {"{\"service_type\":[\"a\\nb\"]}", "service_type: a value must not hold line breaks"},
        {"{\"service_type\":[\"a\\u0000\"]}", "service_type: it holds a NUL character"},
        {"{\"consent\":1}", "consent: must be true or false"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct form form;
        struct why why = {0};
        enum err e =
            form_from_json(*state, &sample_rules, str_from(rows[i].body), FORM_ALL, &form, &why);
        assert_int_equal(e, ERR_INPUT);
        if (!str_starts(str_from(why.detail), str_from(rows[i].detail)))
            fail_msg("%s: “%s”, not “%s”", rows[i].body, why.detail, rows[i].detail);
        assert_int_equal(
            form_from_json(*state, &sample_rules, str_from(rows[i].body), FORM_ALL, &form, NULL),
            ERR_INPUT);
    }
}

static void a_field_of_another_step(void **state)
{
    struct form form;
    struct why why;
    assert_int_equal(form_from_json(*state, &sample_rules, STR("{\"notes\":\"x\"}"),
                                    FORM_STEP(STEP_COMPANY), &form, &why),
                     ERR_INPUT);
    assert_string_equal(why.detail, "notes: this field belongs to another step");
}

static void deep_nesting(void **state)
{
    struct form form;
    struct why why;
    struct str open = sample_repeat(*state, STR("["), 100000);
    struct str close = sample_repeat(*state, STR("]"), 100000);
    struct str body = arena_fmt(*state, "{\"notes\":%.*s%.*s}", STR_ARG(open), STR_ARG(close));
    assert_int_equal(form_from_json(*state, &sample_rules, body, FORM_ALL, &form, &why), ERR_INPUT);
    assert_string_equal(why.detail, "notes: must be text");
    assert_int_equal(form_from_json(*state, &sample_rules, open, FORM_ALL, &form, &why), ERR_INPUT);
}

/* Cut anywhere, the body is refused and nothing else happens. */
static void every_beginning(void **state)
{
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        struct form form;
        struct arena a = ARENA_INIT;
        char *exact = arena_alloc(&a, n);
        memcpy(exact, whole, n);
        assert_int_equal(form_from_json(&a, &sample_rules, str_of(exact, n), FORM_ALL, &form, NULL),
                         ERR_INPUT);
        arena_release(&a);
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_whole_form, setup, teardown),
        cmocka_unit_test_setup_teardown(one_value_a_row, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(a_field_of_another_step, setup, teardown),
        cmocka_unit_test_setup_teardown(deep_nesting, setup, teardown),
        cmocka_unit_test_setup_teardown(every_beginning, setup, teardown),
    };
    return cmocka_run_group_tests_name("form_json", tests, NULL, NULL);
}
