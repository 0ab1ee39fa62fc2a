/* SPDX-License-Identifier: Apache-2.0 */
#include "core/form.h"

#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { RIGHT = -1 };

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

/* The sample form with one answer replaced: the code of what is wrong with that field, and nothing
 * is wrong with any other. */
static int code_of(struct arena *a, enum field field, struct str value)
{
    struct form form = sample_form();
    struct findings found;
    form.value[field] = value;
    form_validate(a, &sample_rules, FORM_ALL, &form, &found);
    if (found.n == 0)
        return RIGHT;
    assert_int_equal(found.n, 1);
    assert_int_equal(found.items[0].field, field);
    assert_true(found.items[0].message.len > 0);
    assert_ptr_equal(findings_for(&found, field), &found.items[0]);
    return (int)found.items[0].code;
}

static void assert_code(struct arena *a, enum field field, struct str value, int code)
{
    int got = code_of(a, field, value);
    if (got != code)
        fail_msg("%.*s = “%.*s”: %d, not %d", STR_ARG(field_info(field)->name), STR_ARG(value), got,
                 code);
}

static void the_sample_is_right(void **state)
{
    struct form form = sample_form();
    struct findings found;
    form_validate(*state, &sample_rules, FORM_ALL, &form, &found);
    assert_int_equal(found.n, 0);
    assert_null(findings_for(&found, FIELD_NOTES));
}

static void nothing_given(void **state)
{
    struct form form = {0};
    struct findings found;
    size_t expected = 0;
    form_validate(*state, &sample_rules, FORM_ALL, &form, &found);
    for (enum field f = 0; f < FIELD_COUNT; f++) {
        const struct finding *finding = findings_for(&found, f);
        if (!field_info(f)->required) {
            assert_null(finding);
            continue;
        }
        assert_ptr_equal(finding, &found.items[expected++]); /* in the order of the form */
        assert_int_equal(finding->code, FINDING_MISSING);
        assert_true(str_eq(finding->message, sample_rules.fields[f].if_missing));
    }
    assert_int_equal(found.n, expected);
}

static void only_the_steps_asked_for(void **state)
{
    for (enum step s = 0; s < STEP_COUNT; s++) {
        struct form form = {0};
        struct findings found;
        form_validate(*state, &sample_rules, FORM_STEP(s), &form, &found);
        assert_true(found.n > 0);
        for (size_t i = 0; i < found.n; i++)
            assert_int_equal(field_info(found.items[i].field)->step, s);
    }
}

/* At every limit of every text: exactly so many are right and one more is too many, whether a code
 * point takes one byte, two, four, or is a mark that joins its neighbour on the screen. */
static void lengths_count_code_points(void **state)
{
    static const struct {
        enum field field;
        size_t max;
    } limits[] = {
        {FIELD_COMPANY_NAME, 200}, {FIELD_ADDRESS, 500},        {FIELD_CONTACT_NAME, 120},
        {FIELD_NOTES, 4000},       {FIELD_PROJECT_SCOPE, 4000},
    };
    static const struct str units[] = {
        STR_INIT("a"),
        STR_INIT("ß"),
        STR_INIT("漢"),
        STR_INIT("\xF0\x9F\x98\x80"), /* an emoji */
        STR_INIT("\xCC\xB2"),         /* a combining low line */
        STR_INIT("\xE2\x80\x8D"),     /* a zero-width joiner, as in emoji of families */
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
            enum field f = limits[i].field;
            assert_int_equal(field_info(f)->max, limits[i].max);
            assert_code(*state, f, sample_repeat(*state, units[u], limits[i].max), RIGHT);
            assert_code(*state, f, sample_repeat(*state, units[u], limits[i].max + 1),
                        FINDING_TOO_LONG);
            assert_code(*state, f, units[u], RIGHT);
        }
}

static void hidden_characters(void **state)
{
    static const struct str hidden[] = {
        STR_INIT("a\x01z"),         STR_INIT("a\x1Bz"),         STR_INIT("a\x7Fz"),
        STR_INIT("a\xC2\x85z"),     STR_INIT("a\xC2\x9Fz"),     STR_INIT("a\xE2\x80\xA8z"),
        STR_INIT("a\xE2\x80\xAEz"), STR_INIT("a\xE2\x81\xA6z"), STR_INIT("a\xE2\x81\xA9z"),
        STR_INIT("a\xEF\xBB\xBFz"), STR_INIT("a\xEF\xBF\xBEz"), STR_INIT("a\x0Bz"),
    };
    static const enum field lines[] = {FIELD_COMPANY_NAME, FIELD_CONTACT_NAME};
    static const enum field texts[] = {FIELD_ADDRESS, FIELD_PROJECT_SCOPE, FIELD_NOTES};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        for (size_t k = 0; k < 2; k++)
            assert_code(*state, lines[k], hidden[i], FINDING_CONTROL);
        for (size_t k = 0; k < 3; k++)
            assert_code(*state, texts[k], hidden[i], FINDING_CONTROL);
    }
    assert_code(*state, FIELD_COMPANY_NAME, STR("a\nz"), FINDING_CONTROL);
    assert_code(*state, FIELD_ADDRESS, STR("a\nz"), RIGHT);
    /* Writing from right to left needs no hidden characters; joiners and marks are letters. */
    assert_code(*state, FIELD_COMPANY_NAME, STR("شركة المثال 24"), RIGHT);
    assert_code(*state, FIELD_CONTACT_NAME, STR("می\xE2\x80\x8Cخواهم"), RIGHT);
}

/* A row: the address, and whether it is right. */
static void email_addresses(void **state)
{
    static const struct {
        struct str text;
        bool right;
    } rows[] = {
        {STR_INIT("name@example.com"), true},
        {STR_INIT("a@b.c"), true},
        {STR_INIT("NAME@EXAMPLE.COM"), true},
        {STR_INIT("first.last+tag@sub-domain.example.co.uk"), true},
        {STR_INIT("!#$%&'*+/=?^_`{|}~-.@example.com"), true},
        {STR_INIT(".dots..anywhere.@example.com"), true}, /* HTML has it so */
        {STR_INIT("1@2.3"), true},
        {STR_INIT("a@xn--mnchen-3ya.de"), true},
        {STR_INIT("a@b-c.d--e.f"), true},
        {STR_INIT("a@localhost"), false}, /* right in HTML; we want a dot */
        {STR_INIT("name"), false},
        {STR_INIT("@example.com"), false},
        {STR_INIT("name@"), false},
        {STR_INIT("name@.com"), false},
        {STR_INIT("name@example."), false},
        {STR_INIT("name@example..com"), false},
        {STR_INIT("name@-example.com"), false},
        {STR_INIT("name@example-.com"), false},
        {STR_INIT("name@example.com-"), false},
        {STR_INIT("a@b@example.com"), false},
        {STR_INIT("a b@example.com"), false},
        {STR_INIT("name@exa mple.com"), false},
        {STR_INIT("name@exam_ple.com"), false},
        {STR_INIT("\"quoted\"@example.com"), false},
        {STR_INIT("name@[127.0.0.1]"), false},
        {STR_INIT("Name <name@example.com>"), false},
        {STR_INIT("a@example.com, b@example.com"), false},
        {STR_INIT("a@example.com\nb@example.com"), false},
        {STR_INIT("a(c)@example.com"), false},
        {STR_INIT("m\xC3\xBCller@example.com"), false},
        {STR_INIT("a@m\xC3\xBCnchen.de"), false},
        {STR_INIT("a@example.com\x01"), false},
        {STR_INIT("\xE2\x84\xAA@example.com"), false}, /* the Kelvin sign folds to k: not here */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_code(*state, FIELD_EMAIL_ADDRESS, rows[i].text,
                    rows[i].right ? RIGHT : FINDING_WRONG);
}

static void email_limits(void **state)
{
    struct arena *a = *state;
    struct str label63 = sample_repeat(a, STR("l"), 63), label64 = sample_repeat(a, STR("l"), 64);
    assert_code(a, FIELD_EMAIL_ADDRESS, arena_fmt(a, "a@%.*s.com", STR_ARG(label63)), RIGHT);
    assert_code(a, FIELD_EMAIL_ADDRESS, arena_fmt(a, "a@%.*s.com", STR_ARG(label64)),
                FINDING_WRONG);
    struct str local = sample_repeat(a, STR("n"), 254 - strlen("@example.com"));
    assert_code(a, FIELD_EMAIL_ADDRESS, arena_fmt(a, "%.*s@example.com", STR_ARG(local)), RIGHT);
    assert_code(a, FIELD_EMAIL_ADDRESS, arena_fmt(a, "%.*sn@example.com", STR_ARG(local)),
                FINDING_TOO_LONG);
    /* Each ASCII character in the local part, as the standard lists them. */
    for (char c = 1; c > 0 && c < 127; c++) {
        bool right = c == '@'
                         ? false
                         : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                               (c >= 'A' && c <= 'Z') || strchr(".!#$%&'*+/=?^_`{|}~-", c) != NULL;
        assert_code(a, FIELD_EMAIL_ADDRESS, arena_fmt(a, "x%cx@example.com", c),
                    right ? RIGHT : FINDING_WRONG);
    }
}

static void phone_numbers(void **state)
{
    static const struct {
        struct str text;
        int code;
    } rows[] = {
        {STR_INIT("+442079460000"), RIGHT},
        {STR_INIT("+44 20 7946 0000"), RIGHT},
        {STR_INIT("+44 (0)20 7946-0000"), RIGHT},
        {STR_INIT("(+44) 20.7946.0000"), RIGHT},
        {STR_INIT("[030] 90 18 20"), RIGHT},
        {STR_INIT("020 7946 0000"), RIGHT},
        {STR_INIT("+49\xC2\xA0"
                  "30\xE2\x80\xAF"
                  "901820"),
         RIGHT}, /* no-break spaces */
        {STR_INIT("555\xE2\x80\x93"
                  "0134\xE2\x88\x92"
                  "9"),
         RIGHT},                       /* en dash, minus sign */
        {STR_INIT("+1234567"), RIGHT}, /* 7 digits */
        {STR_INIT("+123456"), FINDING_WRONG},
        {STR_INIT("+123456789012345"), RIGHT}, /* 15 digits */
        {STR_INIT("+1234567890123456"), FINDING_WRONG},
        {STR_INIT("+0442079460000"), FINDING_WRONG},
        {STR_INIT("12345"), RIGHT},
        {STR_INIT("1234"), FINDING_WRONG},
        {STR_INIT("12345678901234567890"), RIGHT},
        {STR_INIT("123456789012345678901"), FINDING_WRONG},
        {STR_INIT("0000000"), RIGHT},
        {STR_INIT("++442079460000"), FINDING_WRONG},
        {STR_INIT("44+2079460000"), FINDING_WRONG},
        {STR_INIT("442079460000+"), FINDING_WRONG},
        {STR_INIT("+"), FINDING_WRONG},
        {STR_INIT("-----"), FINDING_WRONG},
        {STR_INIT("020 7946 0000 ext 5"), FINDING_WRONG},
        {STR_INIT("0800 FLOWERS"), FINDING_WRONG},
        {STR_INIT("020/79460000"), FINDING_WRONG},
        {STR_INIT("020 7946 0000\x01"), FINDING_WRONG},
        {STR_INIT("\xD9\xA1\xD9\xA2\xD9\xA3\xD9\xA4\xD9\xA5"), FINDING_WRONG}, /* Arabic digits */
        {STR_INIT("1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 "), RIGHT},         /* 40 */
        {STR_INIT("1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0  "), FINDING_TOO_LONG},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_code(*state, FIELD_PHONE_NUMBER, rows[i].text, rows[i].code);
}

static void company_sizes(void **state)
{
    static const struct {
        struct str text;
        int code;
    } rows[] = {
        {STR_INIT("1"), RIGHT},
        {STR_INIT("10000000"), RIGHT},
        {STR_INIT("0"), FINDING_OUT_OF_RANGE},
        {STR_INIT("10000001"), FINDING_OUT_OF_RANGE},
        {STR_INIT("18446744073709551616"), FINDING_OUT_OF_RANGE}, /* 2⁶⁴ */
        {STR_INIT("99999999999999999999999999"), FINDING_OUT_OF_RANGE},
        {STR_INIT("-1"), FINDING_WRONG},
        {STR_INIT("+5"), FINDING_WRONG},
        {STR_INIT("1.5"), FINDING_WRONG},
        {STR_INIT("1e3"), FINDING_WRONG},
        {STR_INIT("0x10"), FINDING_WRONG},
        {STR_INIT("about 50"), FINDING_WRONG},
        {STR_INIT("50-100"), FINDING_WRONG},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_code(*state, FIELD_COMPANY_SIZE, rows[i].text, rows[i].code);
}

static void choices(void **state)
{
    static const enum field fields[] = {FIELD_INDUSTRY, FIELD_TIMELINE, FIELD_BUDGET_RANGE,
                                        FIELD_SERVICE_TYPE};
    for (size_t i = 0; i < 4; i++) {
        assert_code(*state, fields[i], STR("no_such_thing"), FINDING_NOT_A_CHOICE);
        assert_code(*state, fields[i], STR("Label of soon"), FINDING_NOT_A_CHOICE);
        const struct choices *list = &sample_rules.choices[field_info(fields[i])->list];
        for (size_t k = 0; k < list->n; k++)
            if (!str_eq(list->items[k].value, form_other))
                assert_code(*state, fields[i], list->items[k].value, RIGHT);
    }
    assert_code(*state, FIELD_SERVICE_TYPE, STR("devops\nno_such_thing"), FINDING_NOT_A_CHOICE);
    assert_code(*state, FIELD_SERVICE_TYPE, STR("devops\n"), FINDING_NOT_A_CHOICE);
    assert_code(*state, FIELD_TIMELINE, STR("SOON"), FINDING_NOT_A_CHOICE);
    assert_code(*state, FIELD_TIMELINE, STR("soon\nsoon"), FINDING_NOT_A_CHOICE);
}

static void services_stand_in_the_order_of_the_list(void **state)
{
    struct form form = sample_form();
    struct findings found;
    form.value[FIELD_SERVICE_TYPE] = STR("audit\ncloud_migration\ndevops");
    form_validate(*state, &sample_rules, FORM_ALL, &form, &found);
    assert_int_equal(found.n, 0);
    assert_true(str_eq(form.value[FIELD_SERVICE_TYPE], STR("devops\ncloud_migration\naudit")));
    /* What is wrong is left as it was typed. */
    form.value[FIELD_SERVICE_TYPE] = STR("audit\nx\ndevops");
    form_validate(*state, &sample_rules, FORM_ALL, &form, &found);
    assert_int_equal(found.n, 1);
    assert_true(str_eq(form.value[FIELD_SERVICE_TYPE], STR("audit\nx\ndevops")));
}

static void another_industry_must_be_named(void **state)
{
    struct form form = sample_form();
    struct findings found;
    form.value[FIELD_INDUSTRY] = STR("other");
    form_validate(*state, &sample_rules, FORM_ALL, &form, &found);
    assert_int_equal(found.n, 1);
    assert_int_equal(found.items[0].field, FIELD_INDUSTRY_OTHER);
    assert_int_equal(found.items[0].code, FINDING_MISSING);
    assert_true(str_eq(found.items[0].message, STR("Enter your industry")));
    form.value[FIELD_INDUSTRY_OTHER] = sample_repeat(*state, STR("é"), 120);
    form_validate(*state, &sample_rules, FORM_ALL, &form, &found);
    assert_int_equal(found.n, 0);
    form.value[FIELD_INDUSTRY_OTHER] = sample_repeat(*state, STR("é"), 121);
    form_validate(*state, &sample_rules, FORM_ALL, &form, &found);
    assert_int_equal(found.items[0].code, FINDING_TOO_LONG);
}

static void consent_is_yes(void **state)
{
    static const struct str not_yes[] = {STR_INIT("no"), STR_INIT("on"), STR_INIT("YES"),
                                         STR_INIT("true")};
    for (size_t i = 0; i < 4; i++)
        assert_code(*state, FIELD_CONSENT_GIVEN, not_yes[i], FINDING_MISSING);
    assert_code(*state, FIELD_CONSENT_GIVEN, STR("yes"), RIGHT);
}

static void an_operator_without_choices(void **state)
{
    static const struct form_rules none = {FORM_FIXED_FIELDS};
    struct form form = sample_form();
    struct findings found;
    form_validate(*state, &none, FORM_ALL, &form, &found);
    assert_int_equal(found.n, 4);
    for (size_t i = 0; i < found.n; i++)
        assert_int_equal(found.items[i].code, FINDING_NOT_A_CHOICE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_sample_is_right, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_given, setup, teardown),
        cmocka_unit_test_setup_teardown(only_the_steps_asked_for, setup, teardown),
        cmocka_unit_test_setup_teardown(lengths_count_code_points, setup, teardown),
        cmocka_unit_test_setup_teardown(hidden_characters, setup, teardown),
        cmocka_unit_test_setup_teardown(email_addresses, setup, teardown),
        cmocka_unit_test_setup_teardown(email_limits, setup, teardown),
        cmocka_unit_test_setup_teardown(phone_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(company_sizes, setup, teardown),
        cmocka_unit_test_setup_teardown(choices, setup, teardown),
        cmocka_unit_test_setup_teardown(services_stand_in_the_order_of_the_list, setup, teardown),
        cmocka_unit_test_setup_teardown(another_industry_must_be_named, setup, teardown),
        cmocka_unit_test_setup_teardown(consent_is_yes, setup, teardown),
        cmocka_unit_test_setup_teardown(an_operator_without_choices, setup, teardown),
    };
    return cmocka_run_group_tests_name("form_validate", tests, NULL, NULL);
}
