/* SPDX-License-Identifier: Apache-2.0 */
#include "core/form_words.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct words words[LANGUAGE_COUNT];

static int setup(void **state)
{
    static struct arena a;
    for (enum language l = 0; l < LANGUAGE_COUNT; l++)
        words_init(&words[l], l);
    *state = &a;
    return 0;
}

static int teardown(void **state)
{
    arena_release(*state);
    return 0;
}

static void assert_str(struct str got, const char *want)
{
    if (!str_eq(got, str_from(want)))
        fail_msg("“%.*s”, not “%s”", STR_ARG(got), want);
}

static void keys_are_found(void **state)
{
    (void)state;
    for (enum text t = 0; t < TEXT_COUNT; t++)
        assert_int_equal(text_find(text_infos[t].key), t);
    assert_int_equal(text_find(STR("form")), TEXT_COUNT);
    assert_int_equal(text_find(STR("")), TEXT_COUNT);
    assert_int_equal(text_find(STR("zzz")), TEXT_COUNT);
    assert_int_equal(language_find(STR("DE")), LANGUAGE_DE);
    assert_int_equal(language_find(STR("")), LANGUAGE_COUNT);
}

/* Those that are looked up by name belong to a field or a choice: nobody else would miss them. */
static void names_belong_to_somebody(void **state)
{
    struct arena *a = *state;
    for (enum text t = 0; t < TEXT_COUNT; t++) {
        if (!str_starts(text_infos[t].key, STR("field.")))
            continue;
        bool found = false;
        for (enum field f = 0; f < FIELD_COUNT; f++) {
            struct str prefix = arena_fmt(a, "field.%.*s.", STR_ARG(field_info(f)->name));
            found |= str_starts(text_infos[t].key, prefix);
        }
        assert_true(found);
    }
}

static void fills(void **state)
{
    struct arena *a = *state;
    const struct text_value values[] = {{"a", STR("1")}, {"b", STR("{a}")}};
    assert_str(text_fill(a, STR("{a} and {b}, {c} {A} { a}{"), values, 2),
               "1 and {a}, {c} {A} { a}{");
    assert_str(text_fill(a, STR(""), values, 2), "");
    assert_str(text_fill(a, STR("{a}"), values, 2), "1");
    assert_str(text_fill(a, STR("{{a}}"), values, 2), "{1}");
}

static void numbers_dates_and_durations(void **state)
{
    struct arena *a = *state;
    const struct words *en = &words[LANGUAGE_EN], *de = &words[LANGUAGE_DE],
                       *ar = &words[LANGUAGE_AR];
    assert_str(words_number(a, en, 0), "0");
    assert_str(words_number(a, en, 999), "999");
    assert_str(words_number(a, de, 10000000), "10.000.000");
    assert_str(words_number(a, ar, 4005), "4,005");
    const int64_t at = 1795253400000; /* 2026-11-21T09:30Z */
    assert_str(words_time(a, en, at), "21 November 2026 at 09:30 UTC");
    assert_str(words_time(a, de, at), "21. November 2026 um 09:30 Uhr UTC");
    assert_str(words_time(a, ar, at), "21 نوفمبر 2026، الساعة 09:30 بالتوقيت العالمي (UTC)");
    assert_str(words_time(a, en, 951782400000), "29 February 2000 at 00:00 UTC");
    assert_str(words_time(a, en, -1000), "31 December 1969 at 23:59 UTC");
    assert_str(words_duration(a, en, 604800000), "7 days");
    assert_str(words_duration(a, en, 86400000), "1 day");
    assert_str(words_duration(a, en, 129600000), "36 hours");
    assert_str(words_duration(a, de, 604800000), "7 Tagen");
    assert_str(words_duration(a, ar, 604800000), "7 أيام");
    assert_str(words_duration(a, ar, 172800000), "يومين");
    assert_str(words_duration(a, ar, 600000), "10 دقائق");
    assert_str(words_duration(a, ar, 5400000), "90 دقيقة");
}

static void every_field_has_its_words(void **state)
{
    for (enum language l = 0; l < LANGUAGE_COUNT; l++) {
        struct form_rules rules = {FORM_FIXED_FIELDS};
        form_words(*state, &words[l], &rules);
        for (enum field f = 0; f < FIELD_COUNT; f++) {
            const struct field_info *info = &rules.fields[f];
            assert_true(info->label.len > 0);
            assert_int_equal(info->if_missing.len > 0, f != FIELD_NOTES);
            if (info->if_long.len)
                assert_true(
                    str_contains(info->if_long, words_number(*state, &words[l], info->max)));
            assert_false(str_contains(info->if_wrong, STR("{")));
        }
        assert_true(rules.yes.len && rules.no.len && rules.between.len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_found),
        cmocka_unit_test(names_belong_to_somebody),
        cmocka_unit_test(fills),
        cmocka_unit_test(numbers_dates_and_durations),
        cmocka_unit_test(every_field_has_its_words),
    };
    return cmocka_run_group_tests_name("words", tests, setup, teardown);
}
