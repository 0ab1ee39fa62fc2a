/* SPDX-License-Identifier: Apache-2.0 */
#include "core/workflow.h"

#include "lib/expect.h"

static void names(void **state)
{
    (void)state;
    enum status found;
    for (enum status s = 0; s < STATUS_COUNT; s++) {
        assert_true(status_find(status_name(s), &found));
        assert_int_equal(found, s);
        assert_false(status_may_become(s, s));
    }
    assert_false(status_find(STR("done"), &found));
    assert_false(status_find(STR_EMPTY, &found));
    assert_false(status_may_become(STATUS_COUNT, STATUS_NEW));
    assert_false(status_may_become(STATUS_NEW, STATUS_COUNT));
}

/* From every status there is a way on, and every status can be reached again from new. */
static void nothing_is_a_dead_end(void **state)
{
    (void)state;
    for (enum status from = 0; from < STATUS_COUNT; from++) {
        bool reached[STATUS_COUNT] = {0};
        reached[from] = true;
        for (int round = 0; round < STATUS_COUNT; round++)
            for (enum status a = 0; a < STATUS_COUNT; a++)
                for (enum status b = 0; b < STATUS_COUNT; b++)
                    reached[b] |= reached[a] && status_may_become(a, b);
        for (enum status s = 0; s < STATUS_COUNT; s++)
            assert_true(reached[s]);
    }
    assert_false(status_may_become(STATUS_WON, STATUS_SPAM));
    assert_false(status_may_become(STATUS_SPAM, STATUS_WON));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(nothing_is_a_dead_end),
    };
    return cmocka_run_group_tests_name("workflow", tests, NULL, NULL);
}
