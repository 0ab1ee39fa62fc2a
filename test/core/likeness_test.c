/* SPDX-License-Identifier: Apache-2.0 */
#include "core/likeness.h"

#include "lib/expect.h"

static struct likeness of(struct arena *a, const char *company, const char *email)
{
    struct form form = {0};
    form.value[FIELD_COMPANY_NAME] = str_from(company);
    form.value[FIELD_EMAIL_ADDRESS] = str_from(email);
    return likeness_of(a, &form);
}

static void test_case_and_space_do_not_count(void **state)
{
    (void)state;
    static const struct {
        const char *one, *other;
        bool alike;
    } cases[] = {
        {"Acme GmbH", "ACME  gmbh", true},
        {"Ångström & Söhne", "ÅNGSTRÖM & SÖHNE", true},
        {"Acme GmbH", "AcmeGmbH", true},
        {"Acme\u00a0GmbH", "Acme GmbH", true},
        {"ΑΘΗΝΑ", "αθηνα", true},
        {"Acme", "Acme GmbH", false},
        {"Acme GmbH", "Acme-GmbH", false},
        {"a", "", false},
        {"\u023a\u023a", "\u2c65\u2c65", true},
    };
    struct arena a = ARENA_INIT;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct likeness one = of(&a, cases[i].one, "x"), other = of(&a, cases[i].other, "y");
        assert_int_equal(one.company == other.company, cases[i].alike);
        assert_true(one.company >= 0);
        assert_true(one.email != other.email);
    }
    arena_release(&a);
}

static void test_nothing_is_like_nothing(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct likeness none = of(&a, "", " \u2003");
    assert_int_equal(none.company, 0);
    assert_int_equal(none.email, 0);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_case_and_space_do_not_count),
        cmocka_unit_test(test_nothing_is_like_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
