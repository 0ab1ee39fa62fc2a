/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bucket.h"

#include "lib/expect.h"

static const int64_t second = 1000000;

static void gives_as_many_as_it_holds(void **state)
{
    (void)state;
    struct bucket_rate rate = {60, 60 * second};
    struct bucket bucket = {0};
    int64_t now = 5 * second;
    for (int i = 0; i < 60; i++)
        assert_int_equal(bucket_take(&bucket, &rate, now), 0);
    assert_int_equal(bucket_take(&bucket, &rate, now), second);
    assert_int_equal(bucket_take(&bucket, &rate, now), second); /* asking costs nothing */
}

static void fills_evenly(void **state)
{
    (void)state;
    struct bucket_rate rate = {4, 2 * second};
    struct bucket bucket = {0};
    for (int i = 0; i < 4; i++)
        assert_int_equal(bucket_take(&bucket, &rate, 0), 0);
    assert_int_equal(bucket_take(&bucket, &rate, second / 2 - 1), 1);
    assert_int_equal(bucket_take(&bucket, &rate, second / 2), 0);
    assert_int_equal(bucket_take(&bucket, &rate, second / 2), second / 2);
    for (int i = 0; i < 4; i++) /* whoever waits the whole period has them all */
        assert_int_equal(bucket_take(&bucket, &rate, 10 * second), 0);
    assert_int_equal(bucket_take(&bucket, &rate, 10 * second), second / 2);
}

/* After waiting as long as was told there is a token, for any rate. */
static void the_wait_is_true(void **state)
{
    (void)state;
    const struct bucket_rate rates[] = {{1, second},
                                        {7, second},
                                        {600, 60 * second},
                                        {1, BUCKET_PERIOD_MAX_US},
                                        {BUCKET_TOKENS_MAX, second}};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        struct bucket bucket = {0};
        int64_t now = 123456789, wait = 0, taken = 0;
        while ((wait = bucket_take(&bucket, &rates[i], now)) == 0)
            taken++;
        assert_int_equal(taken, rates[i].tokens);
        assert_true(bucket_take(&bucket, &rates[i], now + wait - 1) > 0);
        assert_int_equal(bucket_take(&bucket, &rates[i], now + wait), 0);
    }
}

static void no_rate_is_no_limit(void **state)
{
    (void)state;
    struct bucket_rate rate = {0};
    struct bucket bucket = {0};
    for (int i = 0; i < 1000; i++)
        assert_int_equal(bucket_take(&bucket, &rate, 0), 0);
    assert_int_equal(bucket.full_at_us, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_as_many_as_it_holds),
        cmocka_unit_test(fills_evenly),
        cmocka_unit_test(the_wait_is_true),
        cmocka_unit_test(no_rate_is_no_limit),
    };
    return cmocka_run_group_tests_name("bucket", tests, NULL, NULL);
}
