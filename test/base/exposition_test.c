/* SPDX-License-Identifier: Apache-2.0 */
#include "base/exposition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct histogram times;

static void write_all(struct exposition *x, void *context)
{
    (void)context;
    exposition_counter(x, "test_things_total", "Things.", 7);
    exposition_family(x, "test_info", EXPOSITION_INFO, "What it is.");
    exposition_count(x, "version=\"1\"", 1);
    exposition_family(x, "test_state", EXPOSITION_GAUGE, "How it is.");
    exposition_number(x, "kind=\"a\"", 0.25);
    exposition_number(x, "kind=\"b\"", 1795253400.125);
    exposition_family(x, "test_seconds", EXPOSITION_HISTOGRAM, "How long.");
    exposition_histogram(x, "kind=\"a\"", &histogram_us, &times);
}

static struct str written(bool open)
{
    static char text[8192];
    struct buf out;
    buf_init(&out, sizeof text);
    assert_true(exposition_write(&out, open));
    if (out.len)
        memcpy(text, out.ptr, out.len);
    struct str view = str_of(text, out.len);
    buf_release(&out);
    return view;
}

static void both_formats(void **state)
{
    (void)state;
    exposition_source(write_all, &times);
    struct str plain = written(false);
    static const char expected[] = "# HELP test_things_total Things.\n"
                                   "# TYPE test_things_total counter\n"
                                   "test_things_total 7\n"
                                   "# HELP test_info What it is.\n"
                                   "# TYPE test_info gauge\n"
                                   "test_info{version=\"1\"} 1\n"
                                   "# HELP test_state How it is.\n"
                                   "# TYPE test_state gauge\n"
                                   "test_state{kind=\"a\"} 0.25\n"
                                   "test_state{kind=\"b\"} 1795253400.125\n"
                                   "# HELP test_seconds How long.\n"
                                   "# TYPE test_seconds histogram\n";
    assert_true(str_starts(plain, str_from(expected)));
    assert_false(str_contains(plain, STR("# EOF")));
    size_t lines = 0;
    for (size_t i = 0; i < plain.len; i++)
        lines += plain.ptr[i] == '\n';
    assert_int_equal(lines, 12 + histogram_us.n + 3);
    struct str open = written(true);
    assert_true(str_starts(open, STR("# HELP test_things Things.\n# TYPE test_things counter\n"
                                     "test_things_total 7\n# HELP test What it is.\n"
                                     "# TYPE test info\ntest_info{version=\"1\"} 1\n")));
    assert_true(str_ends(open, STR("\n# EOF\n")));
    exposition_drop(&times);
    assert_int_equal(written(false).len, 0);
}

static void a_histogram_counts_upwards(void **state)
{
    (void)state;
    exposition_source(write_all, &times);
    static const uint64_t values[] = {0, 500, 501, 1000, 10000000, 10000001, 99000000};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        histogram_add(&times, &histogram_us, values[i]);
    struct str text = written(false);
    static const char *const lines[] = {
        "test_seconds_bucket{kind=\"a\",le=\"0.0005\"} 2\n",
        "test_seconds_bucket{kind=\"a\",le=\"0.001\"} 4\n",
        "test_seconds_bucket{kind=\"a\",le=\"5.0\"} 4\n",
        "test_seconds_bucket{kind=\"a\",le=\"10.0\"} 5\n",
        "test_seconds_bucket{kind=\"a\",le=\"+Inf\"} 7\n",
        "test_seconds_sum{kind=\"a\"} 119.002002\n",
        "test_seconds_count{kind=\"a\"} 7\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!str_contains(text, str_from(lines[i])))
            fail_msg("no %s in %.*s", lines[i], STR_ARG(text));
    exposition_drop(&times);
}

static void what_is_asked_for(void **state)
{
    (void)state;
    assert_true(exposition_wants_open(STR("application/openmetrics-text;version=1.0.0,"
                                          "text/plain;version=0.0.4;q=0.5,*/*;q=0.1")));
    assert_false(exposition_wants_open(STR("text/plain;version=0.0.4;q=0.5,*/*;q=0.1")));
    assert_false(exposition_wants_open(STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_formats),
        cmocka_unit_test(a_histogram_counts_upwards),
        cmocka_unit_test(what_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
