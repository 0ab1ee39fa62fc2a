/* SPDX-License-Identifier: Apache-2.0 */
#include "web/setup_link.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const unsigned char key[KEY_FILE_SIZE] = {1, 2, 3}, other[KEY_FILE_SIZE] = {3, 2, 1};
static const int64_t now_ms = INT64_C(1795000000000), day_ms = INT64_C(24) * 3600 * 1000;
static const struct str path = STR_INIT("/auth/setup/");

static void for_a_day_and_by_this_key(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct str link = setup_link_make(&a, key, now_ms);
    assert_true(str_starts(link, path));
    struct str token = str_slice(link, path.len, link.len);
    assert_true(setup_link_is(&a, key, token, now_ms));
    assert_true(setup_link_is(&a, key, token, now_ms + day_ms - 1));
    assert_false(setup_link_is(&a, key, token, now_ms + day_ms));
    assert_false(setup_link_is(&a, other, token, now_ms));
    arena_release(&a);
}

static void nothing_else(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct str link = setup_link_make(&a, key, now_ms);
    char bent[64];
    size_t n = link.len - path.len;
    for (size_t i = 0; i < n; i++) {
        memcpy(bent, link.ptr + path.len, n);
        bent[i] = bent[i] == 'A' ? 'B' : 'A';
        assert_false(setup_link_is(&a, key, str_of(bent, n), now_ms));
    }
    memcpy(bent, link.ptr + path.len, n);
    assert_false(setup_link_is(&a, key, str_of(bent, n - 1), now_ms));
    bent[n] = 'A';
    assert_false(setup_link_is(&a, key, str_of(bent, n + 1), now_ms));
    assert_false(setup_link_is(&a, key, STR_EMPTY, now_ms));
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(for_a_day_and_by_this_key),
        cmocka_unit_test(nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
