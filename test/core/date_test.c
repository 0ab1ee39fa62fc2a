/* SPDX-License-Identifier: Apache-2.0 */
#include "core/date.h"

#include "lib/expect.h"

static void days_there_are(void **state)
{
    static const struct {
        struct str text;
        uint64_t number;
    } rows[] = {
        {STR_INIT("2026-11-21"), 20261121}, {STR_INIT("1000-01-01"), 10000101},
        {STR_INIT("9999-12-31"), 99991231}, {STR_INIT("2024-02-29"), 20240229},
        {STR_INIT("2000-02-29"), 20000229}, {STR_INIT("2026-04-30"), 20260430},
    };
    struct arena a = ARENA_INIT;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t number = 0;
        assert_true(date_parse(rows[i].text, &number));
        assert_int_equal(number, rows[i].number);
        assert_true(str_eq(date_text(&a, number), rows[i].text));
    }
    arena_release(&a);
}

static void days_there_are_not(void **state)
{
    static const char *const texts[] = {
        "",           "2026",       "2026-11",     "2026-11-2",   "2026-1-021",
        "26-11-21",   "2026-11-31", "2026-02-29",  "1900-02-29",  "2026-13-01",
        "2026-00-01", "2026-01-00", "2026-01-32",  "0999-12-31",  "0000-01-01",
        "20261121",   "2026/11/21", "21.11.2026",  "2026-11-21 ", " 2026-11-21",
        "2026-11-2a", "+026-11-21", "2026-11-211", "-026-11-21",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        uint64_t number = 7;
        assert_false(date_parse(str_from(texts[i]), &number));
        assert_int_equal(number, 7);
    }
}

/* Every day of four centuries, counted: 146,097 (the Gregorian cycle). */
static void the_calendar_repeats(void **state)
{
    unsigned days = 0;
    (void)state;
    for (unsigned year = 1600; year < 2000; year++)
        for (unsigned month = 0; month < 14; month++)
            for (unsigned day = 0; day < 33; day++) {
                char text[16];
                uint64_t number;
                snprintf(text, sizeof text, "%04u-%02u-%02u", year, month, day);
                days += date_parse(str_from(text), &number);
            }
    assert_int_equal(days, 146097);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_there_are),
        cmocka_unit_test(days_there_are_not),
        cmocka_unit_test(the_calendar_repeats),
    };
    return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
