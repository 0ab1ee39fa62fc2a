/* SPDX-License-Identifier: Apache-2.0 */
#include "web/attempts.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { SECOND = 1000 };

static int setup(void **state)
{
    *state = attempts_new();
    return 0;
}

static int teardown(void **state)
{
    attempts_free(*state);
    return 0;
}

static void growing_pauses(void **state)
{
    struct attempts *a = *state;
    struct attempts_key key = attempts_key(a, "password", STR("margaret"), STR("192.0.2.1"));
    int64_t now = INT64_C(1795000000000);
    int pause, expected = ATTEMPTS_PAUSE_S;
    for (int i = 1; i < ATTEMPTS_FREE; i++) {
        assert_int_equal(attempts_take(a, key, now, &pause), 0);
        assert_int_equal(pause, 0);
    }
    for (int i = 0; i < 20; i++) {
        assert_int_equal(attempts_take(a, key, now, &pause), 0);
        assert_int_equal(pause, expected);
        assert_int_equal(attempts_take(a, key, now, &pause), expected);
        assert_int_equal(attempts_take(a, key, now + 1, &pause), expected);
        assert_int_equal(attempts_take(a, key, now + expected * SECOND - 1, &pause), 1);
        now += (int64_t)expected * SECOND;
        expected = expected * 2 < ATTEMPTS_PAUSE_MOST_S ? expected * 2 : ATTEMPTS_PAUSE_MOST_S;
    }
    assert_int_equal(expected, ATTEMPTS_PAUSE_MOST_S);
    attempts_passed(a, key);
    assert_int_equal(attempts_take(a, key, now, &pause), 0);
    assert_int_equal(pause, 0);
}

static void one_guesser_is_not_another(void **state)
{
    struct attempts *a = *state;
    int64_t now = INT64_C(1795000000000);
    int pause;
    struct attempts_key attacker = attempts_key(a, "password", STR("margaret"), STR("192.0.2.1"));
    struct attempts_key owner = attempts_key(a, "password", STR("margaret"), STR("192.0.2.2"));
    struct attempts_key code = attempts_key(a, "code", STR("margaret"), STR("192.0.2.1"));
    struct attempts_key glued = attempts_key(a, "password", STR("margaret1"), STR("92.0.2.1"));
    assert_true(attacker.number != glued.number);
    for (int i = 0; i < 50; i++)
        attempts_take(a, attacker, now, &pause);
    assert_true(attempts_take(a, attacker, now, &pause) > 0);
    assert_int_equal(attempts_take(a, owner, now, &pause), 0);
    assert_int_equal(attempts_take(a, code, now, &pause), 0);
}

static void given_back_or_forgotten(void **state)
{
    struct attempts *a = *state;
    int64_t now = INT64_C(1795000000000);
    int pause;
    struct attempts_key key = attempts_key(a, "password", STR("x"), STR("y"));
    for (int i = 0; i < 100; i++) {
        assert_int_equal(attempts_take(a, key, now, &pause), 0);
        attempts_give_back(a, key);
    }
    for (int i = 0; i < ATTEMPTS_FREE; i++)
        assert_int_equal(attempts_take(a, key, now, &pause), 0);
    assert_true(attempts_take(a, key, now, &pause) > 0);
    now += (int64_t)ATTEMPTS_FORGET_S * SECOND;
    assert_int_equal(attempts_take(a, key, now, &pause), 0);
    assert_int_equal(pause, 0);
    /* A clock that is set back by a year does not pause anybody for a year. */
    now -= INT64_C(365) * 86400 * SECOND;
    assert_int_equal(attempts_take(a, key, now, &pause), 0);
}

static void a_full_table_keeps_the_guessers(void **state)
{
    struct attempts *a = *state;
    int64_t now = INT64_C(1795000000000);
    int pause;
    struct attempts_key key = attempts_key(a, "password", STR("margaret"), STR("192.0.2.1"));
    for (int i = 0; i < 12; i++) {
        assert_int_equal(attempts_take(a, key, now, &pause), 0);
        now += (int64_t)pause * SECOND;
    }
    assert_int_equal(attempts_take(a, key, now, &pause), 0);
    for (unsigned i = 0; i < 100000; i++) {
        struct attempts_key other =
            attempts_key(a, "password", str_of(&i, sizeof i), STR("192.0.2.1"));
        attempts_take(a, other, now, &pause);
    }
    assert_true(attempts_take(a, key, now, &pause) > 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(growing_pauses),
        TEST(one_guesser_is_not_another),
        TEST(given_back_or_forgotten),
        TEST(a_full_table_keeps_the_guessers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
