/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include "lib/expect.h"

static void known_times(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {1, "1970-01-01T00:00:00.001Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {951782400000, "2000-02-29T00:00:00.000Z"},
        {1795253400125, "2026-11-21T09:30:00.125Z"},
        {253402300799999, "9999-12-31T23:59:59.999Z"},
    };
    char out[CLOCK_RFC3339_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_str(clock_rfc3339(rows[i].ms, out), rows[i].text);
}

static void the_zone_does_not_matter(void **state)
{
    (void)state;
    char out[CLOCK_RFC3339_SIZE];
    setenv("TZ", "Asia/Tokyo", 1);
    tzset();
    assert_str(clock_rfc3339(0, out), "1970-01-01T00:00:00.000Z");
}

static void clocks_go_forward(void **state)
{
    (void)state;
    int64_t us = clock_monotonic_us(), ms = clock_monotonic_ms();
    assert_true(clock_monotonic_us() >= us);
    assert_true(clock_monotonic_ms() >= ms);
    assert_true(ms >= us / 1000); /* one clock in two units */
    assert_true(clock_wall_ms() > 1700000000000);
}

static void moments_as_people_type_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms; /* -1: refused */
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-11-21T09:30:00.125Z", 1795253400125},
        {"2026-11-21T10:30:00.125000000+01:00", 1795253400125},
        {"2026-11-21 04:00:00.1259-05:30", 1795253400125},
        {"2024-02-29T00:00:00Z", 1709164800000},
        {"2026-02-29T00:00:00Z", -1},
        {"2026-04-31T00:00:00Z", -1},
        {"2026-11-21T24:00:00Z", -1},
        {"2026-11-21T09:30:00", -1},
        {"2026-11-21T09:30Z", -1},
        {"2026-11-21T09:30:00.Z", -1},
        {"2026-11-21T09:30:00Zx", -1},
        {"2026-11-21", -1},
        {"", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t ms = 0;
        bool right = clock_read_rfc3339(str_from(rows[i].text), &ms);
        assert_int_equal(right, rows[i].ms >= 0);
        if (right)
            assert_int_equal(ms, rows[i].ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_times),
        cmocka_unit_test(the_zone_does_not_matter),
        cmocka_unit_test(clocks_go_forward),
        cmocka_unit_test(moments_as_people_type_them),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
