/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and normalising a form (form_read.c through form_urlencoded.c), and writing it back. */
#include "core/form.h"
#include "core/urlencoded.h"

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

static void assert_value(const struct form *form, enum field field, struct str expected)
{
    struct str value = form->value[field];
    if (!str_eq(value, expected))
        fail_msg("%.*s is “%.*s”, not “%.*s”", STR_ARG(field_info(field)->name), STR_ARG(value),
                 STR_ARG(expected));
}

/* What one field becomes of a typed text. */
static void assert_becomes(struct arena *a, enum field field, struct str typed, struct str expected)
{
    struct buf body;
    struct form form;
    struct why why = {0};
    buf_init(&body, 1 << 20);
    buf_str(&body, field_info(field)->name);
    buf_byte(&body, '=');
    urlencoded_escape(&body, typed);
    assert_int_equal(form_from_urlencoded(a, &sample_rules, buf_view(&body), FORM_ALL, &form, &why),
                     ERR_NONE);
    assert_value(&form, field, expected);
    buf_release(&body);
}

static void nothing(void **state)
{
    struct form form = sample_read(*state, "", FORM_ALL);
    for (enum field f = 0; f < FIELD_COUNT; f++)
        assert_int_equal(form.value[f].len, 0);
}

static void text_is_normalised(void **state)
{
    static const struct {
        enum field field;
        struct str typed, expected;
    } rows[] = {
        {FIELD_COMPANY_NAME, STR_INIT("  A  B  "), STR_INIT("A  B")},
        {FIELD_COMPANY_NAME, STR_INIT("\t\r\n A\tB \v\f"), STR_INIT("A B")},
        {FIELD_COMPANY_NAME, STR_INIT("   "), STR_INIT("")},
        /* JavaScript's trim(): no-break space, ogham, em space, line separator, BOM, ideographic */
        {FIELD_COMPANY_NAME,
         STR_INIT("\xC2\xA0\xE1\x9A\x80\xE2\x80\x83 A\xE2\x80\xA8\xEF\xBB\xBF\xE3\x80\x80"),
         STR_INIT("A")},
        /* but neither zero-width space nor Mongolian vowel separator */
        {FIELD_COMPANY_NAME,
         STR_INIT("\xE2\x80\x8B"
                  "A\xE1\xA0\x8E"),
         STR_INIT("\xE2\x80\x8B"
                  "A\xE1\xA0\x8E")},
        {FIELD_COMPANY_NAME, STR_INIT("Cafe\xCC\x81"), STR_INIT("Café")},
        {FIELD_COMPANY_NAME, STR_INIT("\xE2\x84\xAB"), STR_INIT("\xC3\x85")}, /* Ångström sign */
        {FIELD_COMPANY_NAME, STR_INIT("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"), STR_INIT("한")},
        {FIELD_COMPANY_NAME, STR_INIT("a\xCC\x81\xCC\xA3"), STR_INIT("\xE1\xBA\xA1\xCC\x81")},
        {FIELD_ADDRESS, STR_INIT("a\r\nb\rc\nd"), STR_INIT("a\nb\nc\nd")},
        {FIELD_ADDRESS, STR_INIT("\r\n\r\na\r\n\r\nb\r\n"), STR_INIT("a\n\nb")},
        {FIELD_ADDRESS, STR_INIT("a\n\rb"), STR_INIT("a\n\nb")},
        {FIELD_EMAIL_ADDRESS, STR_INIT(" Name@Example.COM "), STR_INIT("Name@Example.COM")},
        {FIELD_PHONE_NUMBER, STR_INIT(" +44 (0)20 7946-0000 "), STR_INIT("+44 (0)20 7946-0000")},
        {FIELD_PHONE_NUMBER, STR_INIT("+٤٤ ۲۰ ７９４６"), STR_INIT("+44 20 7946")},
        {FIELD_COMPANY_NAME, STR_INIT("٣ نجوم"), STR_INIT("٣ نجوم")},
        {FIELD_TIMELINE, STR_INIT(" soon "), STR_INIT("soon")},
        {FIELD_CONSENT_GIVEN, STR_INIT("yes"), STR_INIT("yes")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_becomes(*state, rows[i].field, rows[i].typed, rows[i].expected);
}

static void numbers_are_normalised(void **state)
{
    static const struct {
        struct str typed, expected;
    } rows[] = {
        {STR_INIT("250"), STR_INIT("250")},
        {STR_INIT(" 250 "), STR_INIT("250")},
        {STR_INIT("0250"), STR_INIT("250")},
        {STR_INIT("000"), STR_INIT("0")},
        {STR_INIT("1,000"), STR_INIT("1000")},
        {STR_INIT("1.000"), STR_INIT("1000")},
        {STR_INIT("1 000"), STR_INIT("1000")},
        {STR_INIT("1'000"), STR_INIT("1000")},
        {STR_INIT("1\xE2\x80\x99"
                  "000"),
         STR_INIT("1000")},
        {STR_INIT("1\xE2\x80\x89"
                  "000"),
         STR_INIT("1000")}, /* thin space */
        {STR_INIT("10\xE2\x80\xAF"
                  "000\xE2\x80\xAF"
                  "000"),
         STR_INIT("10000000")}, /* narrow no-break space */
        {STR_INIT("12\xC2\xA0"
                  "345"),
         STR_INIT("12345")},
        {STR_INIT("123,456,789"), STR_INIT("123456789")},
        {STR_INIT("99999999999999999999999999"), STR_INIT("99999999999999999999999999")},
        /* kept as typed */
        {STR_INIT("1234,567"), STR_INIT("1234,567")},
        {STR_INIT("1,00"), STR_INIT("1,00")},
        {STR_INIT("1,0000"), STR_INIT("1,0000")},
        {STR_INIT("1,000.000"), STR_INIT("1,000.000")},
        {STR_INIT("1,000,00"), STR_INIT("1,000,00")},
        {STR_INIT("1,,000"), STR_INIT("1,,000")},
        {STR_INIT(",000"), STR_INIT(",000")},
        {STR_INIT("1,"), STR_INIT("1,")},
        {STR_INIT("1,000,"), STR_INIT("1,000,")},
        {STR_INIT(","), STR_INIT(",")},
        {STR_INIT("1.5"), STR_INIT("1.5")},
        {STR_INIT("-5"), STR_INIT("-5")},
        {STR_INIT("+5"), STR_INIT("+5")},
        {STR_INIT("1-000"), STR_INIT("1-000")},
        {STR_INIT("about 50"), STR_INIT("about 50")},
        /* digits of other keyboards */
        {STR_INIT("٢٥٠"), STR_INIT("250")},
        {STR_INIT("٠١٠٬٠٠٠"), STR_INIT("10000")},
        {STR_INIT("۱۲ ۳۴۵"), STR_INIT("12345")},
        {STR_INIT("１,0００"), STR_INIT("1000")},
        {STR_INIT("١٠ تقريبا"), STR_INIT("10 تقريبا")},
        {STR_INIT("२५०"), STR_INIT("२५०")}, /* not these */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_becomes(*state, FIELD_COMPANY_SIZE, rows[i].typed, rows[i].expected);
}

static void choices_repeat(void **state)
{
    struct form form = sample_read(*state,
                                   "service_type=b&service_type=+a+&notes=x&service_type="
                                   "&service_type=b",
                                   FORM_ALL);
    assert_value(&form, FIELD_SERVICE_TYPE, STR("b\na"));
    form = sample_read(*state, "service_type=", FORM_ALL);
    assert_value(&form, FIELD_SERVICE_TYPE, STR(""));
}

static void other_industry_goes_with_other(void **state)
{
    struct form form =
        sample_read(*state, "industry_other=Marine+surveying&industry=other", FORM_ALL);
    assert_value(&form, FIELD_INDUSTRY_OTHER, STR("Marine surveying"));
    form = sample_read(*state, "industry_other=Marine+surveying&industry=retail", FORM_ALL);
    assert_value(&form, FIELD_INDUSTRY_OTHER, STR(""));
    form = sample_read(*state, "industry_other=Marine+surveying", FORM_ALL);
    assert_value(&form, FIELD_INDUSTRY_OTHER, STR(""));
}

static void own_controls_of_the_page_are_passed_over(void **state)
{
    struct form form = sample_read(*state, "_from=check&_from=check&_=&notes=x&_token=%F0%9F%98%80",
                                   FORM_STEP(STEP_ENGAGEMENT));
    assert_value(&form, FIELD_NOTES, STR("x"));
}

static void refuses(void **state)
{
    static const struct {
        struct str body;
        unsigned steps;
        const char *detail;
    } rows[] = {
        {STR_INIT("notes=a&notes=a"), FORM_ALL, "notes: this field is there twice"},
        {STR_INIT("consent=yes&consent=yes"), FORM_ALL, "consent: this field is there twice"},
        {STR_INIT("shoe_size=9"), FORM_ALL, "shoe_size: there is no field of that name"},
        {STR_INIT("Email=a"), FORM_ALL, "Email: there is no field of that name"},
        {STR_INIT("email%00=a"), FORM_ALL, "it holds a NUL character"},
        {STR_INIT("=a"), FORM_ALL, "it holds a field that does not exist"},
        {STR_INIT("%1B%5B31m=a"), FORM_ALL, "it holds a field that does not exist"},
        {STR_INIT("email=a"), FORM_STEP(STEP_ENGAGEMENT),
         "email: this field belongs to another step"},
        {STR_INIT("notes=a"), FORM_STEP(STEP_COMPANY), "notes: this field belongs to another step"},
        {STR_INIT("service_type=a%0Ab"), FORM_ALL,
         "service_type: a value must not hold line breaks"},
        {STR_INIT("notes=%"), FORM_ALL, "a % is not followed by two hexadecimal digits"},
        {STR_INIT("notes=%FF"), FORM_ALL, "it holds bytes that are not UTF-8"},
        {STR_INIT("_x=%FF"), FORM_ALL, "it holds bytes that are not UTF-8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct form form;
        struct why why = {0};
        enum err e =
            form_from_urlencoded(*state, &sample_rules, rows[i].body, rows[i].steps, &form, &why);
        assert_int_equal(e, ERR_INPUT);
        assert_string_equal(why.detail, rows[i].detail);
        assert_int_equal(
            form_from_urlencoded(*state, &sample_rules, rows[i].body, rows[i].steps, &form, NULL),
            ERR_INPUT);
    }
}

static void choices_are_bounded(void **state)
{
    struct buf body;
    struct form form;
    struct why why;
    buf_init(&body, 1 << 20);
    for (unsigned i = 0; i < 100; i++)
        buf_fmt(&body, "service_type=v%u&service_type=v%u&", i, i);
    assert_int_equal(
        form_from_urlencoded(*state, &sample_rules, buf_view(&body), FORM_ALL, &form, &why),
        ERR_NONE);
    buf_fmt(&body, "service_type=v100");
    assert_int_equal(
        form_from_urlencoded(*state, &sample_rules, buf_view(&body), FORM_ALL, &form, &why),
        ERR_INPUT);
    assert_string_equal(why.detail, "service_type: it holds too many values");
    struct str value = sample_repeat(*state, STR("v"), 128);
    buf_clear(&body);
    buf_fmt(&body, "service_type=%.*s", STR_ARG(value));
    assert_int_equal(
        form_from_urlencoded(*state, &sample_rules, buf_view(&body), FORM_ALL, &form, &why),
        ERR_NONE);
    buf_byte(&body, 'v');
    assert_int_equal(
        form_from_urlencoded(*state, &sample_rules, buf_view(&body), FORM_ALL, &form, &why),
        ERR_INPUT);
    buf_release(&body);
}

static void comes_back_the_same(void **state)
{
    for (unsigned steps = 1; steps <= FORM_ALL; steps++) {
        struct form form = sample_form(), back, wanted = {0};
        struct buf body;
        struct why why = {0};
        buf_init(&body, 1 << 20);
        form_copy(&sample_rules, &wanted, &form, steps);
        form_to_urlencoded(&sample_rules, &form, steps, &body);
        assert_int_equal(
            form_from_urlencoded(*state, &sample_rules, buf_view(&body), steps, &back, &why),
            ERR_NONE);
        for (enum field f = 0; f < FIELD_COUNT; f++)
            assert_value(&back, f, wanted.value[f]);
        buf_release(&body);
    }
}

static void writes_the_canonical_body(void **state)
{
    struct form form = sample_read(*state,
                                   "consent=yes&notes=%c3%a9&service_type=b&service_type=a"
                                   "&phone=&email=a%40b.c",
                                   FORM_ALL);
    struct buf body;
    buf_init(&body, 1024);
    form_to_urlencoded(&sample_rules, &form, FORM_ALL, &body);
    assert_string_equal(buf_cstring(&body),
                        "email=a%40b.c&service_type=b&service_type=a&notes=%C3%A9&consent=yes");
    buf_clear(&body);
    form_to_urlencoded(&sample_rules, &form, FORM_STEP(STEP_COMPANY), &body);
    assert_string_equal(buf_cstring(&body), "email=a%40b.c");
    buf_release(&body);
}

/* Nothing is cut: what is far too long is all there. */
static void nothing_is_cut(void **state)
{
    struct str text = sample_repeat(*state, STR("Lorem ipsum é\n"), 20000);
    assert_becomes(*state, FIELD_NOTES, text, str_slice(text, 0, text.len - 1));
    struct str marks = sample_repeat(*state, STR("e\xCC\x81"), 2000); /* composes to 2,000 */
    assert_becomes(*state, FIELD_NOTES, marks, sample_repeat(*state, STR("é"), 2000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(text_is_normalised, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_are_normalised, setup, teardown),
        cmocka_unit_test_setup_teardown(choices_repeat, setup, teardown),
        cmocka_unit_test_setup_teardown(other_industry_goes_with_other, setup, teardown),
        cmocka_unit_test_setup_teardown(own_controls_of_the_page_are_passed_over, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(choices_are_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(comes_back_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(writes_the_canonical_body, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_cut, setup, teardown),
    };
    return cmocka_run_group_tests_name("form_urlencoded", tests, NULL, NULL);
}
