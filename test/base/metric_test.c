/* SPDX-License-Identifier: Apache-2.0 */
#include "base/metric.h"

#include "base/log.h"
#include "lib/expect.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int pipe_ends[2];

/* What has been logged since the last time. */
static const char *logged(void)
{
    static char text[8192];
    ssize_t n = read(pipe_ends[0], text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static int lines(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static int prepare(void **state)
{
    (void)state;
    if (pipe(pipe_ends) != 0 || fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK) != 0)
        return -1;
    log_init(pipe_ends[1], LOG_INFO, LOG_FORMAT_JSON);
    return 0;
}

static void a_flood_is_one_line_an_interval(void **state)
{
    (void)state;
    metric_log(1000, false);
    assert_int_equal(lines(logged()), 0);
    for (int i = 0; i < 500; i++)
        metric_add(METRIC_ended_quiet, 1);
    metric_log(2000, false);
    const char *first = logged();
    assert_int_equal(lines(first), 1);
    assert_non_null(strstr(first, "no whole request in time"));
    assert_non_null(strstr(first, "\"count\":500,\"total\":500"));
    metric_add(METRIC_ended_quiet, 7);
    metric_log(2000 + METRIC_LOG_MS - 1, false);
    assert_int_equal(lines(logged()), 0);
    metric_log(2000 + METRIC_LOG_MS, false);
    assert_non_null(strstr(logged(), "\"count\":7,\"total\":507"));
    metric_log(100000, false);
    assert_int_equal(lines(logged()), 0);
}

static void the_end_tells_what_is_left(void **state)
{
    (void)state;
    metric_add(METRIC_ended_credit, 1);
    metric_log(200000, false);
    assert_int_equal(lines(logged()), 1);
    metric_add(METRIC_ended_credit, 1);
    metric_add(METRIC_shed_rate, 1); /* no trouble: no line */
    metric_log(200001, true);
    assert_int_equal(lines(logged()), 1);
    assert_int_equal(metric_value(METRIC_shed_rate), 1);
}

static void rows_of_one_name_stand_together(void **state)
{
    (void)state;
    for (int i = 0; i < METRIC_COUNT; i++)
        for (int k = 0; k < i; k++) {
            bool same = strcmp(metric_rows[i].name, metric_rows[k].name) == 0;
            if (same && strcmp(metric_rows[i].labels, metric_rows[k].labels) == 0)
                fail_msg("%s{%s} twice", metric_rows[i].name, metric_rows[i].labels);
            if (same && strcmp(metric_rows[i].name, metric_rows[i - 1].name) != 0)
                fail_msg("%s stands in two places", metric_rows[i].name);
            if (same && strcmp(metric_rows[i].help, metric_rows[k].help) != 0)
                fail_msg("%s has two helps", metric_rows[i].name);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_is_one_line_an_interval),
        cmocka_unit_test(the_end_tells_what_is_left),
        cmocka_unit_test(rows_of_one_name_stand_together),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
