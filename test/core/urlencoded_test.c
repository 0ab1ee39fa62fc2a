/* SPDX-License-Identifier: Apache-2.0 */
#include "core/urlencoded.h"

#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int setup(void **state)
{
    static struct arena arena;
    arena_init(&arena);
    *state = &arena;
    return 0;
}

static int teardown(void **state)
{
    arena_release(*state);
    return 0;
}

/* The pairs as "name=value;" decoded, and what was refused. */
static struct str pairs_of(struct arena *a, struct str body, const char **problem)
{
    struct urlencoded u;
    struct str name, value, all = STR("");
    urlencoded_init(&u, body);
    while (urlencoded_next(&u, a, &name, &value))
        all = arena_fmt(a, "%.*s%.*s=%.*s;", STR_ARG(all), STR_ARG(name), STR_ARG(value));
    *problem = u.problem;
    return all;
}

static void decodes(void **state)
{
    static const struct {
        struct str body;
        const char *pairs;
    } rows[] = {
        {STR_INIT(""), ""},
        {STR_INIT("&"), ""},
        {STR_INIT("&&a=1&&&b=2&"), "a=1;b=2;"},
        {STR_INIT("a"), "a=;"},
        {STR_INIT("a="), "a=;"},
        {STR_INIT("=1"), "=1;"},
        {STR_INIT("="), "=;"},
        {STR_INIT("a=1=2"), "a=1=2;"},
        {STR_INIT("a=1;b=2"), "a=1;b=2;"}, /* ";" separates nothing */
        {STR_INIT("a+b=c+d"), "a b=c d;"},
        {STR_INIT("a=%2B%2b"), "a=++;"},
        {STR_INIT("%61%3D=%26"), "a==&;"},
        {STR_INIT("a=%C3%A9"), "a=é;"},
        {STR_INIT("a=\xC3\xA9"), "a=é;"},
        {STR_INIT("a=%F0%9F%98%80"), "a=\xF0\x9F\x98\x80;"},
        {STR_INIT("a=%0D%0A"), "a=\r\n;"},
        {STR_INIT("a=%41"), "a=A;"},
        {STR_INIT("a=%2541"), "a=%41;"}, /* once */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *problem;
        struct str all = pairs_of(*state, rows[i].body, &problem);
        assert_null(problem);
        assert_string_equal(all.ptr, rows[i].pairs);
    }
    const char *problem;
    assert_int_equal(pairs_of(*state, STR_EMPTY, &problem).len, 0);
    assert_null(problem);
}

static void refuses(void **state)
{
    static const struct str bodies[] = {
        STR_INIT("a=%"),      STR_INIT("a=%4"),        STR_INIT("a=%4g"),
        STR_INIT("a=%g4"),    STR_INIT("a=% 41"),      STR_INIT("a=%-1"),
        STR_INIT("%=1"),      STR_INIT("a=%4&b=1"),    STR_INIT("a=%00"),
        STR_INIT("a=x\0y"),   STR_INIT("%00=1"),       STR_INIT("a=%FF"),
        STR_INIT("a=\xFF"),   STR_INIT("a=%C3"),       STR_INIT("a=%C3&b=%A9"),
        STR_INIT("a=%C0%80"), STR_INIT("a=%ED%A0%80"), STR_INIT("a=%F4%90%80%80"),
        STR_INIT("%E9=1"),    STR_INIT("a=%u00e9"),
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const char *problem;
        pairs_of(*state, bodies[i], &problem);
        assert_non_null(problem);
    }
}

static void says_why(void **state)
{
    struct urlencoded u;
    struct str name, value;
    struct why why;
    urlencoded_init(&u, STR("a=1&b=%zz&c=3"));
    assert_true(urlencoded_next(&u, *state, &name, &value));
    assert_int_equal(urlencoded_end(&u, &why), ERR_NONE);
    assert_false(urlencoded_next(&u, *state, &name, &value));
    assert_false(urlencoded_next(&u, *state, &name, &value)); /* and stays there */
    assert_int_equal(urlencoded_end(&u, &why), ERR_INPUT);
    assert_string_equal(why.detail, "a % is not followed by two hexadecimal digits");
    assert_int_equal(urlencoded_end(&u, NULL), ERR_INPUT);
}

static void counts_pairs(void **state)
{
    const char *problem;
    pairs_of(*state, sample_repeat(*state, STR("a&"), URLENCODED_PAIRS_MAX), &problem);
    assert_null(problem);
    pairs_of(*state, sample_repeat(*state, STR("a&"), URLENCODED_PAIRS_MAX + 1), &problem);
    assert_non_null(problem);
}

/* Every byte: what is escaped reads back, and only what the standard leaves alone is left alone. */
static void escapes(void **state)
{
    struct buf out;
    buf_init(&out, 1024);
    urlencoded_escape(&out, STR("AZaz09*-._ ~!'()é\n&=+%"));
    assert_string_equal(buf_cstring(&out), "AZaz09*-._+%7E%21%27%28%29%C3%A9%0A%26%3D%2B%25");
    for (unsigned c = 1; c < 128; c++) {
        const char *problem;
        char byte = (char)c;
        buf_clear(&out);
        buf_byte(&out, '=');
        urlencoded_escape(&out, str_of(&byte, 1));
        struct str all = pairs_of(*state, buf_view(&out), &problem);
        assert_null(problem);
        assert_true(str_eq(all, arena_fmt(*state, "=%c;", byte)));
    }
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(decodes, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(says_why, setup, teardown),
        cmocka_unit_test_setup_teardown(counts_pairs, setup, teardown),
        cmocka_unit_test_setup_teardown(escapes, setup, teardown),
    };
    return cmocka_run_group_tests_name("urlencoded", tests, NULL, NULL);
}
