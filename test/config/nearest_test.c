/* SPDX-License-Identifier: Apache-2.0 */
#include "config/nearest.h"

#include "lib/expect.h"

static void distances(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        unsigned distance;
    } rows[] = {
        {"", "", 0},       {"", "abc", 3},          {"abc", "", 3},     {"abc", "abc", 0},
        {"abc", "abd", 1}, {"abc", "ab", 1},        {"abc", "xabc", 1}, {"listen", "lissen", 1},
        {"ab", "ba", 1},   {"listen", "lisetn", 1}, {"ca", "abc", 3},   {"kitten", "sitting", 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str a = str_from(rows[i].a), b = str_from(rows[i].b);
        assert_int_equal(nearest_distance(a, b), rows[i].distance);
        assert_int_equal(nearest_distance(b, a), rows[i].distance);
    }
}

static void suggestions(void **state)
{
    (void)state;
    static const struct {
        const char *path, *near; /* NULL: nothing */
    } rows[] = {
        {"server.ops_lissen", "server.ops_listen"},
        {"server.Listen", "server.listen"},
        {"sever", "server"},
        {"brandd", "brand"},
        {"server.tls.certificate", "server.tls.certificate_file"},
        {"server.certificate_file", "server.tls.certificate_file"},
        {"listen", "server.listen"},
        {"log.level", "telemetry.log.level"},
        {"body_size", "limits.body_size"},
        {"form.choices.timelines", "form.choices.timeline"},
        {"form.choises", "form.choices"},
        {"industry", "form.choices.industry"},
        {"data.dir", NULL},
        {"completely.elsewhere", NULL},
        {"x", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char near[OPTION_PATH_MAX] = "";
        bool found = nearest_path(str_from(rows[i].path), near);
        if (rows[i].near)
            assert_string_equal(near, rows[i].near);
        if (found != (rows[i].near != NULL))
            print_error("%s: %s\n", rows[i].path, near);
        assert_int_equal(found, rows[i].near != NULL);
    }
}

static void a_very_long_path(void **state)
{
    (void)state;
    static char text[5000], near[OPTION_PATH_MAX];
    memset(text, 's', sizeof text);
    for (size_t n = 50; n < 80; n++)
        assert_false(nearest_path(str_of(text, n), near));
    assert_false(nearest_path(str_of(text, sizeof text), near));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances),
        cmocka_unit_test(suggestions),
        cmocka_unit_test(a_very_long_path),
    };
    return cmocka_run_group_tests_name("nearest", tests, NULL, NULL);
}
