/* SPDX-License-Identifier: Apache-2.0 */
#include "web/rate.h"

#include "lib/expect.h"

#include <pthread.h>
#include <string.h>

static const int64_t second = 1000000;
static const struct bucket_rate rates[RATE_CLASSES] = {
    [RATE_PAGE] = {20, 60000000}, [RATE_SUBMIT] = {5, 10000000}};

/* The n-th client of many, of IPv4. */
static struct ip client(uint64_t n)
{
    const unsigned char bytes[4] = {10, (unsigned char)(n >> 16), (unsigned char)(n >> 8),
                                    (unsigned char)n};
    return ip_from_v4(bytes);
}

/* How many of n requests at one time are let through. */
static int64_t take(struct rate *rate, enum rate_class class, uint64_t who, int n, int64_t now)
{
    struct ip ip = client(who);
    int64_t taken = 0;
    for (int i = 0; i < n; i++)
        taken += rate_take(rate, class, &ip, now) == 0;
    return taken;
}

static void each_client_and_class_has_its_own(void **state)
{
    (void)state;
    struct rate *rate = rate_new(rates);
    assert_int_equal(take(rate, RATE_PAGE, 1, 100, second), 20);
    assert_int_equal(take(rate, RATE_SUBMIT, 1, 100, second), 5);
    assert_int_equal(take(rate, RATE_PAGE, 2, 100, second), 20);
    assert_int_equal(take(rate, RATE_SUBMIT, 1, 100, 3 * second), 1);
    rate_free(rate);
}

static void no_rate_and_free_are_not_counted(void **state)
{
    (void)state;
    struct rate *rate = rate_new(rates);
    assert_int_equal(take(rate, RATE_API, 1, 1000, second), 1000);
    assert_int_equal(take(rate, RATE_FREE, 1, 1000, second), 1000);
    rate_free(rate);
}

static void the_wait_is_told(void **state)
{
    (void)state;
    struct rate *rate = rate_new(rates);
    struct ip ip = client(1);
    take(rate, RATE_SUBMIT, 1, 5, second);
    assert_int_equal(rate_take(rate, RATE_SUBMIT, &ip, second), 2 * second);
    rate_free(rate);
}

/* Sixty times as many clients as slots do not push an empty bucket out. */
static void nobody_is_pushed_out_empty(void **state)
{
    (void)state;
    struct rate *rate = rate_new(rates);
    assert_int_equal(take(rate, RATE_PAGE, 1, 100, second), 20);
    for (uint64_t who = 2; who < 1000000; who++) {
        take(rate, RATE_PAGE, who, 1, second);
        if (who % 10007 == 0)
            assert_int_equal(take(rate, RATE_PAGE, 1, 1, second), 0);
    }
    assert_int_equal(take(rate, RATE_PAGE, 1, 1, second), 0);
    rate_free(rate);
}

/* However many addresses there are, all together get what the slots hold and no more. */
static void many_addresses_have_one_bound(void **state)
{
    (void)state;
    struct rate *rate = rate_new(rates);
    int64_t taken = 0;
    for (int round = 0; round < 40; round++)
        for (uint64_t who = 0; who < 2 * RATE_SLOTS; who++)
            taken += take(rate, RATE_PAGE, who, 1, second);
    assert_true(taken <= RATE_SLOTS * 20);
    assert_true(taken > RATE_SLOTS * 19); /* and the table is used evenly */
    rate_free(rate);
}

/*
 * Who owns an IPv6 network of 48 bits is 65536 clients of 64 bits, and gets what RATE_SITE clients
 * get. A neighbour who is refused for himself takes nothing from them.
 */
static void a_network_of_48_bits_has_a_rate_too(void **state)
{
    (void)state;
    struct rate *rate = rate_new(rates);
    struct ip loud = {{0x20, 0x01, 0x0d, 0xb8, 0, 7}}, many = loud, beside = loud;
    int64_t taken = 0;
    for (int i = 0; i < 100000; i++)
        taken += rate_take(rate, RATE_PAGE, &loud, second) == 0;
    assert_int_equal(taken, 20);
    for (unsigned subnet = 1; subnet < 65536; subnet++) {
        many.bytes[6] = (unsigned char)(subnet >> 8);
        many.bytes[7] = (unsigned char)subnet;
        taken += rate_take(rate, RATE_PAGE, &many, second) == 0;
    }
    assert_true(taken <= RATE_SITE * 20);
    assert_true(taken > RATE_SITE * 19);
    assert_true(rate_take(rate, RATE_PAGE, &many, second) > 0);
    beside.bytes[5] = 8;
    assert_int_equal(rate_take(rate, RATE_PAGE, &beside, second), 0);
    rate_free(rate);
}

/* A crowd of honest clients, four times as many as slots and each far below its rate, is let in. */
static void a_crowd_is_let_in(void **state)
{
    (void)state;
    struct rate *rate = rate_new((const struct bucket_rate[RATE_CLASSES]){{60, 60 * second}});
    for (uint64_t who = 0; who < 4 * RATE_SLOTS; who++)
        assert_int_equal(take(rate, RATE_PAGE, who, 3, second), 3);
    rate_free(rate);
}

enum { THREADS = 4 };

struct thread {
    struct rate *rate;
    int64_t taken;
};

static void *run(void *context)
{
    struct thread *t = context;
    t->taken = 0;
    for (uint64_t i = 0; i < 4000; i++)
        t->taken += take(t->rate, RATE_PAGE, i % 100, 1, second);
    return NULL;
}

static void loops_share_it(void **state)
{
    (void)state;
    struct rate *rate = rate_new(rates);
    pthread_t ids[THREADS];
    struct thread threads[THREADS];
    int64_t taken = 0;
    for (int i = 0; i < THREADS; i++) {
        threads[i].rate = rate;
        assert_int_equal(pthread_create(&ids[i], NULL, run, &threads[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(ids[i], NULL);
        taken += threads[i].taken;
    }
    assert_int_equal(taken, 100 * 20);
    rate_free(rate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_client_and_class_has_its_own),
        cmocka_unit_test(no_rate_and_free_are_not_counted),
        cmocka_unit_test(the_wait_is_told),
        cmocka_unit_test(nobody_is_pushed_out_empty),
        cmocka_unit_test(many_addresses_have_one_bound),
        cmocka_unit_test(a_network_of_48_bits_has_a_rate_too),
        cmocka_unit_test(a_crowd_is_let_in),
        cmocka_unit_test(loops_share_it),
    };
    return cmocka_run_group_tests_name("rate", tests, NULL, NULL);
}
