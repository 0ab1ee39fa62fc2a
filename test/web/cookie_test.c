/* SPDX-License-Identifier: Apache-2.0 */
#include "web/cookie.h"

#include "lib/expect.h"

static void finds_one_among_others(void **state)
{
    (void)state;
    assert_str(cookie_find(STR("a=1; b=2; c=3"), STR("a")), "1");
    assert_str(cookie_find(STR("a=1; b=2; c=3"), STR("b")), "2");
    assert_str(cookie_find(STR("a=1;b=2;c=3"), STR("c")), "3");
    assert_str(cookie_find(STR("  a=1 ;\tb=2  "), STR("b")), "2");
    assert_str(cookie_find(STR("a=x=y=="), STR("a")), "x=y==");
    assert_str(cookie_find(STR(";;; ;a=1;;"), STR("a")), "1");
}

static void takes_the_first_of_two(void **state)
{
    (void)state;
    assert_str(cookie_find(STR("a=1; a=2"), STR("a")), "1");
}

static void takes_the_whole_name_only(void **state)
{
    (void)state;
    assert_str(cookie_find(STR("aa=1; Aa=2; a =3; b=a=4"), STR("a")), "");
    assert_str(cookie_find(STR("xa=1"), STR("a")), "");
    assert_str(cookie_find(STR("a"), STR("a")), "");
    assert_str(cookie_find(STR("A=1"), STR("a")), "");
    assert_str(cookie_find(STR("a\0b=1"), STR("a")), "");
    assert_str(cookie_find(STR("b=2, a=1"), STR("a")), "");
}

static void empty_is_not_there(void **state)
{
    (void)state;
    assert_str(cookie_find(STR_EMPTY, STR("a")), "");
    assert_str(cookie_find(STR(""), STR("a")), "");
    assert_str(cookie_find(STR("a="), STR("a")), "");
    assert_str(cookie_find(STR("="), STR("a")), "");
}

/* What makes "__Host-" hold (RFC 6265bis §4.1.3.2): Secure, Path=/ and no Domain. */
static void sets_a_host_cookie(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    assert_str(cookie_set(&a, STR("__Host-x"), STR("v_-"), 604800),
               "__Host-x=v_-; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=604800");
    assert_str(cookie_set(&a, STR("__Host-x"), STR_EMPTY, 0),
               "__Host-x=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_one_among_others),    cmocka_unit_test(takes_the_first_of_two),
        cmocka_unit_test(takes_the_whole_name_only), cmocka_unit_test(empty_is_not_there),
        cmocka_unit_test(sets_a_host_cookie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
