/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include "lib/expect.h"

static void zeroed_and_aligned(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    for (size_t n = 0; n < 20000; n = n * 2 + 1) {
        char *p = arena_alloc(&a, n);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xAA, n);
    }
    arena_release(&a);
}

/* Everything given out stays what it was while the arena grows. */
static void nothing_moves(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    static uint32_t *all[COUNT];
    struct arena a = ARENA_INIT;
    for (uint32_t i = 0; i < COUNT; i++) {
        all[i] = arena_new_array(&a, uint32_t, 1 + i % 37);
        all[i][i % 37] = i;
    }
    for (uint32_t i = 0; i < COUNT; i++)
        assert_int_equal(all[i][i % 37], i);
    arena_release(&a);
}

static void released_is_usable_again(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    arena_release(&a);
    assert_str(arena_str(&a, STR("once")), "once");
    arena_release(&a);
    assert_null(a.block);
    assert_str(arena_str(&a, STR("twice")), "twice");
    arena_release(&a);
}

static void texts_end_in_nul(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct str copy = arena_str(&a, str_of("a\0bc", 3));
    assert_int_equal(copy.len, 3);
    assert_memory_equal(copy.ptr, "a\0b", 4);
    assert_string_equal(arena_str(&a, STR_EMPTY).ptr, "");
    struct str text = arena_fmt(&a, "%d %.*s", 42, STR_ARG(STR("x")));
    assert_str(text, "42 x");
    assert_string_equal(text.ptr, "42 x");
    assert_int_equal(arena_fmt(&a, "%10000d", 1).len, 10000);
    arena_release(&a);
}

static void absurd_sizes_stop(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    assert_stops(arena_array(&a, SIZE_MAX / 2, 4));
    volatile size_t most = SIZE_MAX / 2; /* not a constant the compiler warns about */
    assert_stops(arena_alloc(&a, most));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeroed_and_aligned),       cmocka_unit_test(nothing_moves),
        cmocka_unit_test(released_is_usable_again), cmocka_unit_test(texts_end_in_nul),
        cmocka_unit_test(absurd_sizes_stop),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
