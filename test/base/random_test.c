/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"

#include "lib/expect.h"

/* No statistics: only that every byte is written, nothing behind, and two draws differ. */
static void fills_exactly(void **state)
{
    (void)state;
    static unsigned char a[100000], b[sizeof a];
    random_bytes(a, sizeof a - 1);
    assert_int_equal(a[sizeof a - 1], 0);
    unsigned zero_runs = 0;
    for (size_t i = 0; i + 8 < sizeof a; i++)
        zero_runs += memcmp(a + i, "\0\0\0\0\0\0\0", 8) == 0;
    assert_int_equal(zero_runs, 0);
    random_bytes(b, sizeof b);
    assert_memory_not_equal(a, b, 32);
    random_bytes(a, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fills_exactly)};
    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
