/* SPDX-License-Identifier: Apache-2.0 */
#include "web/pressure.h"

#include "lib/expect.h"

static const int64_t second = 1000000, now = 5000000;

static struct pressure sixty_a_minute(void)
{
    return (struct pressure){.rate = {60, 60 * second}};
}

static void count(struct pressure *p, int n)
{
    for (int i = 0; i < n; i++)
        pressure_count(p, now);
}

static void calm_below_the_rate(void **state)
{
    (void)state;
    struct pressure p = sixty_a_minute();
    assert_int_equal(pressure_level(&p, 0, 100, now), 0);
    count(&p, 59);
    assert_int_equal(pressure_level(&p, 0, 100, now), 0);
    for (int64_t t = now; t < now + 1000 * second; t += second) {
        pressure_count(&p, t); /* one a second, without end */
        assert_true(pressure_level(&p, 0, 100, t) <= 1);
    }
}

static void each_doubling_is_a_level(void **state)
{
    (void)state;
    struct pressure p = sixty_a_minute();
    count(&p, 60);
    assert_int_equal(pressure_level(&p, 0, 100, now), 1);
    count(&p, 60);
    assert_int_equal(pressure_level(&p, 0, 100, now), 2);
    count(&p, 120);
    assert_int_equal(pressure_level(&p, 0, 100, now), 3);
}

static void it_ends_four_periods_after_the_last(void **state)
{
    (void)state;
    struct pressure p = sixty_a_minute();
    count(&p, 100000);
    assert_int_equal(pressure_level(&p, 0, 100, now + 60 * second), 3);
    assert_int_equal(pressure_level(&p, 0, 100, now + 240 * second), 1);
    assert_int_equal(pressure_level(&p, 0, 100, now + 241 * second), 0);
}

static void the_queue_counts_too(void **state)
{
    (void)state;
    struct pressure p = {.rate = {0, 0}};
    count(&p, 1000);
    static const unsigned levels[][2] = {{0, 0},  {24, 0}, {25, 1}, {37, 1},
                                         {38, 2}, {49, 2}, {50, 3}, {100, 3}};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        assert_int_equal(pressure_level(&p, levels[i][0], 100, now), levels[i][1]);
}

static void a_turn_is_told_once(void **state)
{
    (void)state;
    struct pressure p = sixty_a_minute();
    static const unsigned levels[] = {0, 1, 2, 3, 1, 0, 0, 3};
    static const bool turns[] = {false, true, false, false, false, true, false, true};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        assert_int_equal(pressure_turns(&p, levels[i]), turns[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calm_below_the_rate),
        cmocka_unit_test(each_doubling_is_a_level),
        cmocka_unit_test(it_ends_four_periods_after_the_last),
        cmocka_unit_test(the_queue_counts_too),
        cmocka_unit_test(a_turn_is_told_once),
    };
    return cmocka_run_group_tests_name("pressure", tests, NULL, NULL);
}
