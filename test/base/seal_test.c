/* SPDX-License-Identifier: Apache-2.0 */
#include "base/seal.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const unsigned char key[SEAL_KEY_SIZE] = {1, 2, 3};

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

static void comes_back(void **state)
{
    struct arena *a = *state;
    static char big[70000];
    random_bytes(big, sizeof big);
    for (size_t n = 0; n <= sizeof big; n = n * 3 + 1) {
        struct str plain = str_of(big, n), back;
        struct str sealed = seal(a, key, STR("draft"), plain);
        assert_int_equal(sealed.len, n + SEAL_OVERHEAD);
        assert_int_equal(sealed.ptr[0], 1);
        assert_true(seal_open(a, key, STR("draft"), sealed, &back));
        assert_true(str_eq(plain, back));
    }
}

static void empty_views(void **state)
{
    struct arena *a = *state;
    struct str back, sealed = seal(a, key, STR_EMPTY, STR_EMPTY);
    assert_int_equal(sealed.len, SEAL_OVERHEAD);
    assert_true(seal_open(a, key, STR_EMPTY, sealed, &back));
    assert_int_equal(back.len, 0);
    assert_false(seal_open(a, key, STR_EMPTY, STR_EMPTY, &back));
}

static void never_twice_the_same(void **state)
{
    struct arena *a = *state;
    struct str one = seal(a, key, STR("x"), STR("same words"));
    struct str two = seal(a, key, STR("x"), STR("same words"));
    assert_false(str_eq(one, two));
    assert_false(str_contains(one, STR("same")));
}

static void wrong_key_or_use(void **state)
{
    struct arena *a = *state;
    struct str sealed = seal(a, key, STR("draft"), STR("a secret")), back;
    unsigned char other[SEAL_KEY_SIZE];
    for (size_t i = 0; i < sizeof other; i++) {
        memcpy(other, key, sizeof other);
        other[i] ^= 0x80;
        assert_false(seal_open(a, other, STR("draft"), sealed, &back));
        assert_null(back.ptr);
    }
    assert_false(seal_open(a, key, STR("drafT"), sealed, &back));
    assert_false(seal_open(a, key, STR("draft "), sealed, &back));
    assert_false(seal_open(a, key, STR_EMPTY, sealed, &back));
    assert_true(seal_open(a, key, STR("draft"), sealed, &back));
}

static void any_flipped_bit(void **state)
{
    struct arena *a = *state;
    struct str sealed = seal(a, key, STR("draft"), STR("thirty-three bytes of plain text!")), back;
    for (size_t bit = 0; bit < sealed.len * 8; bit++) {
        char *copy = arena_alloc(a, sealed.len);
        memcpy(copy, sealed.ptr, sealed.len);
        copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
        assert_false(seal_open(a, key, STR("draft"), str_of(copy, sealed.len), &back));
        assert_null(back.ptr);
    }
}

static void any_missing_or_added_byte(void **state)
{
    struct arena *a = *state;
    struct str sealed = seal(a, key, STR("draft"), STR("some plain text")), back;
    for (size_t n = 0; n < sealed.len; n++) {
        assert_false(seal_open(a, key, STR("draft"), str_slice(sealed, 0, n), &back));
        assert_false(seal_open(a, key, STR("draft"), str_slice(sealed, n + 1, sealed.len), &back));
    }
    char *longer = arena_alloc(a, sealed.len + 1);
    memcpy(longer, sealed.ptr, sealed.len);
    assert_false(seal_open(a, key, STR("draft"), str_of(longer, sealed.len + 1), &back));
}

/*
 * Made by another implementation (Python's "cryptography", AESGCM): key 00 01 … 1f, nonce a0 … ab,
 * aad 01 "draft", plain text "hello".
 */
static void known_answer(void **state)
{
    static const unsigned char sealed[] = {0x01, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
                                           0xa8, 0xa9, 0xaa, 0xab, 0x8e, 0x7d, 0x10, 0x41, 0x2a,
                                           0xf2, 0x8c, 0x20, 0xc3, 0xe0, 0x08, 0xdf, 0xeb, 0x03,
                                           0xfb, 0x31, 0x98, 0x87, 0xa6, 0x53, 0x7d};
    unsigned char ascending[SEAL_KEY_SIZE];
    for (size_t i = 0; i < sizeof ascending; i++)
        ascending[i] = (unsigned char)i;
    struct str back;
    assert_true(seal_open(*state, ascending, STR("draft"), str_of(sealed, sizeof sealed), &back));
    assert_true(str_eq(back, STR("hello")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(empty_views, setup, teardown),
        cmocka_unit_test_setup_teardown(never_twice_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_key_or_use, setup, teardown),
        cmocka_unit_test_setup_teardown(any_flipped_bit, setup, teardown),
        cmocka_unit_test_setup_teardown(any_missing_or_added_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(known_answer, setup, teardown),
    };
    return cmocka_run_group_tests_name("seal", tests, NULL, NULL);
}
