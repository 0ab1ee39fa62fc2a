/* SPDX-License-Identifier: Apache-2.0 */
/* The table itself: what every row owes, whatever fields there are. */
#include "core/field.h"
#include "core/field_reference.h"

#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void names_are_found(void **state)
{
    (void)state;
    for (enum field f = 0; f < FIELD_COUNT; f++) {
        struct str name = field_info(f)->name;
        assert_int_equal(form_field(&sample_rules, name), f);
        assert_int_equal(strlen(name.ptr), name.len);
        assert_int_equal(form_field(&sample_rules, str_slice(name, 0, name.len - 1)), FIELD_COUNT);
        for (size_t i = 0; i < name.len; i++)
            assert_true((name.ptr[i] >= 'a' && name.ptr[i] <= 'z') || name.ptr[i] == '_');
    }
    assert_int_equal(form_field(&sample_rules, STR("")), FIELD_COUNT);
    assert_int_equal(form_field(&sample_rules, STR("EMAIL")), FIELD_COUNT);
}

/* The contract's names, in the contract's order. */
static void the_contract(void **state)
{
    static const char *const names[] = {
        "company_name", "address",      "industry",     "industry_other", "contact_name",
        "email",        "phone",        "company_size", "service_type",   "project_scope",
        "timeline",     "budget_range", "notes",        "consent",
    };
    (void)state;
    assert_int_equal(FIELD_COUNT, sizeof names / sizeof *names);
    for (enum field f = 0; f < FIELD_COUNT; f++) {
        assert_string_equal(field_info(f)->name.ptr, names[f]);
        assert_int_equal(field_info(f)->step,
                         f <= FIELD_COMPANY_SIZE ? STEP_COMPANY : STEP_ENGAGEMENT);
        assert_int_equal(field_info(f)->required, f != FIELD_NOTES && f != FIELD_INDUSTRY_OTHER);
    }
}

/* "4,000" */
static struct str grouped(struct arena *a, uint64_t n)
{
    return n < 1000
               ? arena_fmt(a, "%u", (unsigned)n)
               : arena_fmt(a, "%.*s,%03u", STR_ARG(grouped(a, n / 1000)), (unsigned)(n % 1000));
}

static void assert_voice(struct str sentence)
{
    static const struct str never[] = {STR_INIT("lease"), STR_INIT("nvalid"), STR_INIT("ops"),
                                       STR_INIT("!")};
    if (sentence.len == 0)
        return;
    assert_true(sentence.ptr[0] >= 'A' && sentence.ptr[0] <= 'Z');
    assert_true(!str_ends(sentence, STR(".")));
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        assert_false(str_contains(sentence, never[i]));
}

static void each_row_has_its_sentences(void **state)
{
    struct arena a = ARENA_INIT;
    (void)state;
    for (enum field f = 0; f < FIELD_COUNT; f++) {
        const struct field_info *info = &sample_rules.fields[f];
        bool is_text = info->kind == FIELD_LINE || info->kind == FIELD_TEXT;
        bool has_length = is_text || info->kind == FIELD_EMAIL || info->kind == FIELD_PHONE;
        bool is_list = info->kind == FIELD_CHOICE || info->kind == FIELD_CHOICES;
        assert_true(info->label.len > 0);
        assert_true(str_eq(info->width, STR("full")) || str_eq(info->width, STR("half")) ||
                    str_eq(info->width, STR("short")));
        assert_int_equal(info->if_missing.len > 0, f != FIELD_NOTES);
        assert_int_equal(info->if_long.len > 0, has_length);
        assert_int_equal(info->if_control.len > 0, is_text);
        assert_int_equal(info->if_wrong.len > 0, !is_text && info->kind != FIELD_CONSENT);
        assert_int_equal(info->list != CHOICE_NONE, is_list);
        if (has_length)
            assert_true(str_contains(info->if_long, grouped(&a, info->max)));
        if (info->kind == FIELD_NUMBER)
            assert_true(str_contains(info->if_wrong, grouped(&a, info->max)));
        assert_voice(info->label);
        assert_voice(info->if_missing);
        assert_voice(info->if_wrong);
        assert_voice(info->if_control);
        assert_voice(info->if_long);
    }
    arena_release(&a);
}

static void the_reference_names_everything(void **state)
{
    struct buf page;
    (void)state;
    buf_init(&page, 1 << 16);
    fields_write_reference(&page);
    assert_true(buf_ok(&page));
    for (enum field f = 0; f < FIELD_COUNT; f++) {
        const struct field_info *info = &sample_rules.fields[f];
        assert_true(str_contains(buf_view(&page), info->name));
        assert_true(str_contains(buf_view(&page), info->label));
        assert_true(str_contains(buf_view(&page), info->if_missing));
        assert_true(str_contains(buf_view(&page), info->if_wrong));
        assert_true(str_contains(buf_view(&page), info->if_control));
        assert_true(str_contains(buf_view(&page), info->if_long));
    }
    buf_release(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(the_contract),
        cmocka_unit_test(each_row_has_its_sentences),
        cmocka_unit_test(the_reference_names_everything),
    };
    return cmocka_run_group_tests_name("field", tests, NULL, NULL);
}
