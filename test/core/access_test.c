/* SPDX-License-Identifier: Apache-2.0 */
#include "core/access.h"

#include "lib/expect.h"

/* Who must never be able to, whatever the table becomes. */
static void the_lines_that_hold(void **state)
{
    (void)state;
    for (enum action a = ACTION_none; a < ACTION_COUNT; a++) {
        assert_true(access_may(ROLE_ADMINISTRATOR, a));
        assert_true(action_name(a).len && action_text(a).len);
    }
    for (enum role r = 0; r < ROLE_COUNT; r++) {
        assert_true(access_may(r, ACTION_none) && access_may(r, ACTION_own_profile));
        assert_int_equal(access_may(r, ACTION_manage_people), r == ROLE_ADMINISTRATOR);
        assert_int_equal(access_may(r, ACTION_manage_tokens), r == ROLE_ADMINISTRATOR);
    }
    assert_false(access_may(ROLE_AUDITOR, ACTION_read_records));
    assert_false(access_may(ROLE_AUDITOR, ACTION_export_records));
    assert_false(access_may(ROLE_VIEWER, ACTION_work_records));
    assert_false(access_may(ROLE_AGENT, ACTION_erase_records));
    assert_false(access_may(ROLE_AGENT, ACTION_read_audit));
    assert_false(access_may(ROLE_COUNT, ACTION_none));
    assert_false(access_may(ROLE_ADMINISTRATOR, ACTION_COUNT));
}

static void names(void **state)
{
    (void)state;
    enum role found;
    for (enum role r = 0; r < ROLE_COUNT; r++) {
        assert_true(role_find(role_name(r), &found));
        assert_int_equal(found, r);
    }
    assert_false(role_find(STR("root"), &found));
    assert_false(role_find(STR(""), &found));
    assert_false(role_find(STR("Administrator"), &found));
}

static void lists(void **state)
{
    (void)state;
    unsigned bits;
    struct str wrong;
    assert_true(roles_read(STR("agent, administrator"), &bits, &wrong));
    assert_int_equal(bits, 1U << ROLE_AGENT | 1U << ROLE_ADMINISTRATOR);
    assert_true(roles_read(STR(""), &bits, &wrong));
    assert_int_equal(bits, 0);
    assert_false(roles_read(STR("agent, root"), &bits, &wrong));
    assert_true(str_eq(wrong, STR("root")));
    assert_false(roles_read(STR("agent,"), &bits, &wrong));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lines_that_hold),
        cmocka_unit_test(names),
        cmocka_unit_test(lists),
    };
    return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
