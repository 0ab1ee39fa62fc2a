/* SPDX-License-Identifier: Apache-2.0 */
#include "core/network.h"

#include "lib/expect.h"

static struct ip ip(const char *text)
{
    struct ip out;
    if (!ip_parse(str_from(text), &out))
        fail_msg("“%s” is not read", text);
    return out;
}

static bool holds(const char *network, const char *address)
{
    struct network n;
    struct ip a = ip(address);
    if (!network_parse(str_from(network), &n))
        fail_msg("“%s” is not read", network);
    return network_holds(&n, &a);
}

static void reads_addresses(void **state)
{
    (void)state;
    const unsigned char v4[4] = {192, 0, 2, 7};
    struct ip wanted = ip_from_v4(v4), got = ip("192.0.2.7"), mapped = ip("::ffff:192.0.2.7");
    assert_memory_equal(&got, &wanted, sizeof got);
    assert_memory_equal(&mapped, &wanted, sizeof mapped);
    assert_true(ip_is_v4(&got));
    got = ip("2001:DB8::7");
    assert_false(ip_is_v4(&got));
    assert_int_equal(got.bytes[15], 7);
    static const struct str wrong[] = {
        STR_INIT(""),
        STR_INIT("1.2.3"),
        STR_INIT("1.2.3.256"),
        STR_INIT("1.2.3.4 "),
        STR_INIT(" 1.2.3.4"),
        STR_INIT("[::1]"),
        STR_INIT("::1%lo"),
        STR_INIT("localhost"),
        STR_INIT("1.2.3.4:5"),
        STR_INIT("::1\0.2"),
        STR_INIT("0x1.2.3.4"),
        STR_INIT("1:2:3"),
        STR_INIT("1111111111111111111111111111111111111111111111111111111111111"),
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct ip out;
        if (ip_parse(wrong[i], &out))
            fail_msg("“%.*s” was read", STR_ARG(wrong[i]));
    }
}

static void a_network_holds_its_addresses(void **state)
{
    (void)state;
    assert_true(holds("10.0.0.0/8", "10.255.255.255"));
    assert_false(holds("10.0.0.0/8", "11.0.0.0"));
    assert_true(holds("172.16.0.0/12", "172.31.0.1"));
    assert_false(holds("172.16.0.0/12", "172.32.0.1"));
    assert_true(holds("192.0.2.7", "192.0.2.7"));
    assert_false(holds("192.0.2.7", "192.0.2.6"));
    assert_true(holds("192.0.2.7/32", "::ffff:192.0.2.7"));
    assert_true(holds("0.0.0.0/0", "203.0.113.1"));
    assert_false(holds("0.0.0.0/0", "2001:db8::1"));
    assert_true(holds("::/0", "203.0.113.1"));
    assert_true(holds("2001:db8::/33", "2001:db8:7fff::1"));
    assert_false(holds("2001:db8::/33", "2001:db8:8000::1"));
    assert_true(holds("::1", "::1"));
}

static void wrong_networks_are_refused(void **state)
{
    (void)state;
    const char *const wrong[] = {"10.0.0.0/33", "10.0.0.1/8",  "10.0.0.0/",     "10.0.0.0/-1",
                                 "10.0.0.0/+8", "10.0.0.0/ 8", "10.0.0.0/8/8",  "::/129",
                                 "::1/64",      "/8",          "2001:db8::/15", "10/8"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct network out;
        if (network_parse(str_from(wrong[i]), &out))
            fail_msg("“%s” was read", wrong[i]);
    }
}

static void lists(void **state)
{
    (void)state;
    struct networks list;
    struct str wrong = STR_EMPTY;
    assert_true(networks_parse(STR("10.0.0.0/8 ,  2001:db8::1"), &list, &wrong));
    assert_int_equal(list.n, 2);
    struct ip inside = ip("2001:db8::1"), outside = ip("2001:db8::2");
    assert_true(networks_hold(&list, &inside));
    assert_false(networks_hold(&list, &outside));

    assert_true(networks_parse(STR_EMPTY, &list, &wrong));
    assert_true(networks_parse(STR("  "), &list, &wrong));
    assert_int_equal(list.n, 0);
    assert_false(networks_hold(&list, &inside));

    assert_false(networks_parse(STR("10.0.0.0/8, proxy, 10.0.0.1"), &list, &wrong));
    assert_str(wrong, "proxy");
    assert_false(networks_parse(STR("10.0.0.0/8,"), &list, &wrong));

    char many[NETWORKS_MAX * 10 + 10] = "";
    size_t n = 0;
    for (int i = 0; i <= NETWORKS_MAX; i++)
        n += (size_t)snprintf(many + n, sizeof many - n, "%s10.0.0.%d", i ? "," : "", i % 9);
    assert_false(networks_parse(str_of(many, n), &list, &wrong));
    assert_int_equal(list.n, NETWORKS_MAX);
    assert_true(networks_parse(str_of(many, n - sizeof "10.0.0.5"), &list, &wrong));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_addresses),
        cmocka_unit_test(a_network_holds_its_addresses),
        cmocka_unit_test(wrong_networks_are_refused),
        cmocka_unit_test(lists),
    };
    return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}
