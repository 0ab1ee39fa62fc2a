/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "lib/expect.h"

static void appending(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1000);
    buf_str(&b, STR("a"));
    buf_str(&b, STR_EMPTY);
    buf_bytes(&b, NULL, 0);
    buf_byte(&b, '\0');
    buf_bytes(&b, "xyz", 2);
    buf_u64(&b, 0);
    buf_u64(&b, UINT64_MAX);
    buf_fmt(&b, "%s-%d", "f", -3);
    memcpy(buf_extend(&b, 2), "!?", 2);
    assert_true(buf_ok(&b));
    struct str want = STR("a\0xy018446744073709551615f--3!?");
    assert_true(str_eq(buf_view(&b), want));
    buf_release(&b);
    assert_int_equal(buf_view(&b).len, 0);
}

/* Every way to append stops exactly at the maximum, and stays stopped. */
static void the_maximum_holds(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 600);
    for (int i = 0; i < 600; i++)
        buf_byte(&b, 'x');
    assert_true(buf_ok(&b));
    assert_int_equal(strlen(buf_cstring(&b)), 600); /* the NUL is outside the maximum */
    buf_byte(&b, 'y');
    assert_false(buf_ok(&b));
    assert_int_equal(buf_view(&b).len, 600);
    assert_string_equal(buf_cstring(&b), "");
    assert_null(buf_extend(&b, 0));
    buf_clear(&b);
    assert_true(buf_ok(&b));
    buf_fmt(&b, "%601d", 1);
    assert_false(buf_ok(&b));
    buf_clear(&b);
    buf_fmt(&b, "%600d", 1);
    assert_true(buf_ok(&b));
    buf_clear(&b);
    assert_null(buf_extend(&b, SIZE_MAX));
    assert_false(buf_ok(&b));
    buf_release(&b);
}

static void a_failed_one_takes_nothing(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4);
    buf_str(&b, STR("12345"));
    buf_str(&b, STR("1"));
    buf_u64(&b, 1);
    buf_fmt(&b, "1");
    assert_false(buf_ok(&b));
    assert_int_equal(b.len, 0);
    buf_release(&b);
}

static void room_in_advance(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1000);
    assert_true(buf_reserve(&b, 900));
    assert_int_equal(b.len, 0);
    const char *before = b.ptr;
    for (int i = 0; i < 900; i++)
        buf_byte(&b, 'x');
    assert_ptr_equal(b.ptr, before);
    assert_false(buf_reserve(&b, 101));
    assert_false(buf_ok(&b));
    buf_release(&b);
}

static void nothing_is_an_empty_text(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 0);
    assert_string_equal(buf_cstring(&b), "");
    assert_true(buf_ok(&b));
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appending),
        cmocka_unit_test(the_maximum_holds),
        cmocka_unit_test(a_failed_one_takes_nothing),
        cmocka_unit_test(room_in_advance),
        cmocka_unit_test(nothing_is_an_empty_text),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
