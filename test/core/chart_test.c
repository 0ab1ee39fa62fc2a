/* SPDX-License-Identifier: Apache-2.0 */
#include "core/chart.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void axes(void **state)
{
    static const struct {
        uint64_t most, end;
    } rows[] = {{0, 2},
                {1, 2},
                {2, 2},
                {3, 4},
                {4, 4},
                {5, 6},
                {10, 10},
                {11, 20},
                {21, 40},
                {41, 60},
                {100, 100},
                {101, 200},
                {399, 400},
                {401, 600},
                {999999, 1000000},
                {1000001, 2000000}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct chart_axis axis = chart_axis(rows[i].most);
        assert_int_equal(axis.end, rows[i].end);
        assert_int_equal(axis.half * 2, axis.end);
    }
    assert_true(chart_axis(UINT64_MAX).end > 0);
}

static void bars_are_days_weeks_and_months(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    uint64_t counts[800];
    for (size_t i = 0; i < 800; i++)
        counts[i] = 1;
    counts[3] = 7;
    assert_int_equal(chart_unit(92), CHART_DAY);
    assert_int_equal(chart_unit(93), CHART_WEEK);
    assert_int_equal(chart_unit(732), CHART_MONTH);

    struct chart_bars days = chart_bars(&a, 20000, counts, 30, CHART_DAY);
    assert_int_equal(days.n, 30);
    assert_int_equal(days.highest, 3);
    assert_int_equal(days.most, 7);

    /* 20000 is 2024-10-04, a Friday. */
    struct chart_bars weeks = chart_bars(&a, 20000, counts, 17, CHART_WEEK);
    assert_int_equal(weeks.n, 3);
    assert_int_equal(weeks.items[0].n, 3);
    assert_int_equal(weeks.items[0].last, 20002);
    assert_int_equal(weeks.items[1].n, 13);
    assert_int_equal(weeks.items[2].first, 20010);
    assert_int_equal(weeks.items[2].n, 7);

    struct chart_bars months = chart_bars(&a, 20000, counts, 800, CHART_MONTH);
    assert_int_equal(months.n, 27);
    assert_int_equal(months.items[0].n, 28 + 6);
    assert_int_equal(months.items[1].n, 30);
    assert_int_equal(months.items[2].n, 31);
    assert_int_equal(months.items[4].n, 28); /* February 2025 */
    assert_int_equal(chart_bars(&a, 20000, counts, 0, CHART_DAY).n, 0);
    arena_release(&a);
}

static void the_middle(void **state)
{
    (void)state;
    static const uint64_t none[3], one[3] = {0, 1, 0}, even[3] = {1, 1, 0}, late[3] = {4, 0, 5};
    assert_int_equal(chart_middle(none, 3), 3);
    assert_int_equal(chart_middle(one, 3), 1);
    assert_int_equal(chart_middle(even, 3), 0);
    assert_int_equal(chart_middle(late, 3), 2);
}

static void parts_of_a_whole(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    assert_string_equal(chart_percent(&a, 1, 3).ptr, "33.33%");
    assert_string_equal(chart_percent(&a, 2, 3).ptr, "66.67%");
    assert_string_equal(chart_percent(&a, 0, 0).ptr, "0.00%");
    assert_string_equal(chart_percent(&a, 5, 4).ptr, "100.00%");
    assert_string_equal(chart_percent(&a, 1000000000000, 1000000000000).ptr, "100.00%");
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(axes),
        cmocka_unit_test(bars_are_days_weeks_and_months),
        cmocka_unit_test(the_middle),
        cmocka_unit_test(parts_of_a_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
