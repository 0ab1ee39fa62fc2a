/* SPDX-License-Identifier: Apache-2.0 */
#include "web/crowd.h"

#include "lib/expect.h"

#include <pthread.h>

enum { MOST = 4 };

static struct ip ip(const char *text)
{
    struct ip out;
    if (!ip_parse(str_from(text), &out))
        fail_msg("“%s” is not read", text);
    return out;
}

/* How many of n connections come in; their places stay taken. */
static int enter(struct crowd *crowd, const char *who, struct crowd_place *places, int n)
{
    struct ip client = ip(who);
    int in = 0;
    for (int i = 0; i < n; i++)
        in += crowd_enter(crowd, &client, &places[in]);
    return in;
}

static void each_client_has_its_own(void **state)
{
    (void)state;
    struct crowd *crowd = crowd_new(MOST);
    struct crowd_place a[9], b[9], c[9];
    assert_int_equal(enter(crowd, "192.0.2.1", a, 9), MOST);
    assert_int_equal(enter(crowd, "192.0.2.2", b, 9), MOST);
    assert_int_equal(enter(crowd, "2001:db8::1", c, 9), MOST);
    assert_int_equal(enter(crowd, "2001:db8::ffff:2", c, 1), 0); /* the same /64 */
    crowd_leave(crowd, &a[0]);
    assert_int_equal(enter(crowd, "192.0.2.2", b, 1), 0);
    assert_int_equal(enter(crowd, "192.0.2.1", a, 9), 1);
    crowd_free(crowd);
}

static void what_was_refused_is_not_counted(void **state)
{
    (void)state;
    struct crowd *crowd = crowd_new(MOST);
    struct crowd_place places[MOST], none[9];
    for (int turn = 0; turn < 100; turn++) {
        assert_int_equal(enter(crowd, "192.0.2.1", places, MOST), MOST);
        assert_int_equal(enter(crowd, "192.0.2.1", none, 9), 0);
        for (int i = 0; i < MOST; i++)
            crowd_leave(crowd, &places[i]);
    }
    crowd_free(crowd);
}

/* 65536 networks of 64 bits are one network of 48 bits, and one customer. */
static void a_network_of_48_bits_has_a_limit_too(void **state)
{
    (void)state;
    struct crowd *crowd = crowd_new(MOST);
    struct crowd_place place;
    int in = 0;
    for (unsigned subnet = 0; subnet < 1000; subnet++) {
        struct ip client = ip("2001:db8:7::1");
        client.bytes[6] = (unsigned char)(subnet >> 8);
        client.bytes[7] = (unsigned char)subnet;
        in += crowd_enter(crowd, &client, &place);
    }
    assert_int_equal(in, MOST * CROWD_SITE);
    assert_int_equal(enter(crowd, "2001:db8:8::1", &place, 1), 1);
    crowd_free(crowd);
}

static void no_limit_counts_nothing(void **state)
{
    (void)state;
    struct crowd *crowd = crowd_new(0);
    struct crowd_place place;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(enter(crowd, "192.0.2.1", &place, 1), 1);
    assert_int_equal(place.n, 0);
    crowd_free(crowd);
}

static void *come_and_go(void *arg)
{
    struct crowd_place place;
    struct ip client = ip("192.0.2.1");
    for (int i = 0; i < 20000; i++)
        if (crowd_enter(arg, &client, &place))
            crowd_leave(arg, &place);
    return NULL;
}

static void threads_leave_nothing_behind(void **state)
{
    (void)state;
    struct crowd *crowd = crowd_new(MOST);
    struct crowd_place places[9];
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, crowd), 0);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(enter(crowd, "192.0.2.1", places, 9), MOST);
    crowd_free(crowd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_client_has_its_own),
        cmocka_unit_test(what_was_refused_is_not_counted),
        cmocka_unit_test(a_network_of_48_bits_has_a_limit_too),
        cmocka_unit_test(no_limit_counts_nothing),
        cmocka_unit_test(threads_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
