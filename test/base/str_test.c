/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include "lib/expect.h"

static void empty_views(void **state)
{
    (void)state;
    struct str none = STR_EMPTY, part;
    assert_true(str_eq(none, STR("")));
    assert_true(str_eq_nocase(none, STR("")));
    assert_int_equal(str_cmp(none, STR("")), 0);
    assert_true(str_cmp(none, STR("a")) < 0);
    assert_true(str_starts(none, none));
    assert_true(str_ends(none, none));
    assert_true(str_contains(none, none));
    assert_false(str_contains(none, STR("a")));
    assert_int_equal(str_find(none, 'a', 0), 0);
    assert_int_equal(str_trim(none).len, 0);
    assert_int_equal(str_slice(none, 0, 5).len, 0);
    assert_int_equal(str_from(NULL).len, 0);
    assert_false(str_cut(&none, ',', &part));
    assert_true(str_eq_secret(none, none));
}

static void comparing(void **state)
{
    (void)state;
    assert_true(str_eq(STR("abc"), STR("abc")));
    assert_false(str_eq(STR("abc"), STR("abd")));
    assert_false(str_eq(STR("abc"), STR("ab")));
    assert_true(str_eq_nocase(STR("AbC-1"), STR("aBc-1")));
    assert_false(str_eq_nocase(STR("[\\]"), STR("{|}"))); /* 32 apart, and no letters */
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("b"), STR("ab")) > 0);
    assert_true(str_cmp(STR("\x80"), STR("a")) > 0); /* bytes are unsigned */
    assert_true(str_eq_secret(STR("key"), STR("key")));
    assert_false(str_eq_secret(STR("key"), STR("kez")));
    assert_false(str_eq_secret(STR("key"), STR("ke")));
}

static void parts(void **state)
{
    (void)state;
    assert_true(str_starts(STR("abc"), STR("ab")));
    assert_false(str_starts(STR("ab"), STR("abc")));
    assert_true(str_ends(STR("abc"), STR("bc")));
    assert_false(str_ends(STR("bc"), STR("abc")));
    assert_true(str_contains(STR("abc"), STR("b")));
    assert_false(str_contains(STR("abc"), STR("ca")));
    assert_int_equal(str_find(STR("a,b,c"), ',', 2), 3);
    assert_int_equal(str_find(STR("a,b,c"), ',', 9), 5);
    assert_str(str_slice(STR("abcdef"), 2, 4), "cd");
    assert_str(str_slice(STR("abcdef"), 4, 99), "ef");
    assert_int_equal(str_slice(STR("abcdef"), 4, 2).len, 0);
    assert_str(str_trim(STR(" \t\r\n\f\v a b \n")), "a b");
    assert_int_equal(str_trim(STR(" \n ")).len, 0);
    assert_str(str_trim(STR("\xC2\xA0")), "\xC2\xA0"); /* ASCII only */
}

static void cutting(void **state)
{
    (void)state;
    static const char *const wanted[] = {"a", "", "b", ""};
    struct str rest = STR("a,,b,"), part;
    for (size_t i = 0; i < 4; i++) {
        assert_true(str_cut(&rest, ',', &part));
        assert_str(part, wanted[i]);
    }
    assert_false(str_cut(&rest, ',', &part));
    rest = STR("");
    assert_true(str_cut(&rest, ',', &part)); /* an empty text has one empty part */
    assert_false(str_cut(&rest, ',', &part));
}

static void numbers(void **state)
{
    (void)state;
    uint64_t n = 7;
    assert_true(str_to_u64(STR("0"), &n) && n == 0);
    assert_true(str_to_u64(STR("007"), &n) && n == 7);
    assert_true(str_to_u64(STR("18446744073709551615"), &n) && n == UINT64_MAX);
    static const char *const wrong[] = {
        "", "-1", "+1", " 1", "1 ", "1x", "0x1", "18446744073709551616", "99999999999999999999",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(str_to_u64(str_from(wrong[i]), &n));
    assert_true(n == UINT64_MAX); /* untouched by what failed */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_views), cmocka_unit_test(comparing), cmocka_unit_test(parts),
        cmocka_unit_test(cutting),     cmocka_unit_test(numbers),
    };
    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
