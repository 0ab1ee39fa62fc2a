/* SPDX-License-Identifier: Apache-2.0 */
#include "net/peer.h"

#include "lib/expect.h"

#include <arpa/inet.h>

static struct networks trusted;

static int prepare(void **state)
{
    (void)state;
    struct str wrong;
    return networks_parse(STR("10.0.0.0/8, 2001:db8:a::/48"), &trusted, &wrong) ? 0 : -1;
}

static struct ip ip(const char *text)
{
    struct ip out;
    if (!ip_parse(str_from(text), &out))
        fail_msg("“%s” is not read", text);
    return out;
}

static void check(enum peer_header header, const char *peer, const char *const *lines,
                  const char *wanted)
{
    struct str views[8];
    size_t n = 0;
    for (; lines[n]; n++)
        views[n] = str_from(lines[n]);
    struct ip got = peer_client(&trusted, ip(peer), header, views, n), right = ip(wanted);
    char shown[INET6_ADDRSTRLEN];
    if (memcmp(&got, &right, sizeof got) != 0)
        fail_msg("“%s” gave %s, not %s", n ? lines[n - 1] : "",
                 inet_ntop(AF_INET6, got.bytes, shown, sizeof shown), wanted);
}

/* One proxy, 10.0.0.1, that wrote this line. */
static void check_xff(const char *line, const char *wanted)
{
    check(PEER_X_FORWARDED_FOR, "10.0.0.1", (const char *const[]){line, NULL}, wanted);
}

static void check_forwarded(const char *line, const char *wanted)
{
    check(PEER_FORWARDED, "10.0.0.1", (const char *const[]){line, NULL}, wanted);
}

static void a_stranger_is_not_believed(void **state)
{
    (void)state;
    const char *const xff[] = {"192.0.2.1", NULL}, *const forwarded[] = {"for=192.0.2.1", NULL};
    check(PEER_X_FORWARDED_FOR, "203.0.113.9", xff, "203.0.113.9");
    check(PEER_FORWARDED, "203.0.113.9", forwarded, "203.0.113.9");
    check(PEER_X_FORWARDED_FOR, "2001:db8:b::1", xff, "2001:db8:b::1");
}

static void the_rightmost_address_that_is_not_ours(void **state)
{
    (void)state;
    check_xff("203.0.113.9", "203.0.113.9");
    check_xff("192.0.2.1, 203.0.113.9", "203.0.113.9");
    check_xff("192.0.2.1,203.0.113.9,10.2.3.4", "203.0.113.9");
    check_xff("203.0.113.9 , 10.2.3.4\t,\t2001:db8:a::5", "203.0.113.9");
    check_xff("10.9.9.9, 10.2.3.4", "10.9.9.9"); /* all ours: the first of them */
    check_xff("203.0.113.9:51515", "203.0.113.9");
    check_xff("2001:db8:b::9", "2001:db8:b::9");
    check_xff("[2001:db8:b::9]", "2001:db8:b::9");
    check_xff("[2001:db8:b::9]:51515", "2001:db8:b::9");
    check_xff(", ,203.0.113.9, ,", "203.0.113.9");
    check_xff("", "10.0.0.1");
    check(PEER_X_FORWARDED_FOR, "2001:db8:a::1", (const char *const[]){"203.0.113.9", NULL},
          "203.0.113.9");
}

static void repeated_headers_are_one_list(void **state)
{
    (void)state;
    const char *const lines[] = {"192.0.2.1", "203.0.113.9, 10.0.0.2", "10.0.0.3", NULL};
    check(PEER_X_FORWARDED_FOR, "10.0.0.1", lines, "203.0.113.9");
    const char *const none[] = {NULL};
    check(PEER_X_FORWARDED_FOR, "10.0.0.1", none, "10.0.0.1");
    const char *const elements[] = {"for=192.0.2.1", "for=203.0.113.9", "for=10.0.0.3", NULL};
    check(PEER_FORWARDED, "10.0.0.1", elements, "203.0.113.9");
}

static void what_is_no_address_ends_the_walk(void **state)
{
    (void)state;
    const char *const wrong[] = {"unknown",        "192.0.2.1, unknown", "192.0.2.1 203.0.113.9",
                                 "203.0.113",      "[203.0.113.9]",      "[2001:db8:b::9",
                                 "2001:db8:b::9]", "[2001:db8:b::9]x",   "\"203.0.113.9\"",
                                 "192.0.2.1;",     "for=192.0.2.1",      ":80"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        check_xff(wrong[i], "10.0.0.1");
    check_xff("192.0.2.1, unknown, 10.2.2.2", "10.2.2.2");
}

static void reads_forwarded(void **state)
{
    (void)state;
    check_forwarded("for=203.0.113.9", "203.0.113.9");
    check_forwarded("For=\"203.0.113.9:4711\"", "203.0.113.9");
    check_forwarded("for=\"[2001:db8:b::9]:4711\";proto=https;by=10.0.0.1", "2001:db8:b::9");
    check_forwarded("proto=https ; for=203.0.113.9 ;host=\"a, b\"", "203.0.113.9");
    check_forwarded("for=192.0.2.1, for=203.0.113.9;by=_x, for=10.2.3.4", "203.0.113.9");
    check_forwarded("for=\"_hidden\"", "10.0.0.1");
    check_forwarded("for=unknown", "10.0.0.1");
    check_forwarded("proto=https", "10.0.0.1");
    check_forwarded("for=192.0.2.1;for=203.0.113.9", "10.0.0.1");
    check_forwarded("for=", "10.0.0.1");
    check_forwarded("for=\"203.0.113.9", "10.0.0.1");
    check_forwarded("for=\"203.0.113.9\"x", "10.0.0.1");
    check_forwarded("203.0.113.9", "10.0.0.1");
    check_forwarded("for=203.0.113.9;", "10.0.0.1");
}

/* What a client writes in front, or gets quoted by the proxy, does not reach the proxy's element.
 */
static void forged_parts_change_nothing(void **state)
{
    (void)state;
    check_forwarded("for=\"x, for=203.0.113.9", "203.0.113.9");
    check_forwarded("\", for=203.0.113.9;proto=\"https\"", "203.0.113.9");
    check_forwarded("\\\", for=\"203.0.113.9\"", "203.0.113.9");
    check_forwarded("for=203.0.113.9;host=\",for=192.0.2.1\"", "203.0.113.9");
    check_forwarded("for=203.0.113.9;host=\"x\\\",for=192.0.2.1;a=\\\"\"", "203.0.113.9");
    check_forwarded("for=203.0.113.9;host=\"\\\\\"", "203.0.113.9");
}

static void one_client(void **state)
{
    (void)state;
    struct ip a = peer_key(ip("2001:db8:b:1::1")), b = peer_key(ip("2001:db8:b:1:ffff::2"));
    struct ip c = peer_key(ip("2001:db8:b:2::1"));
    assert_memory_equal(&a, &b, sizeof a);
    assert_memory_not_equal(&a, &c, sizeof a);
    a = peer_key(ip("192.0.2.1"));
    b = peer_key(ip("192.0.2.2"));
    assert_memory_not_equal(&a, &b, sizeof a);
}

static void sockets(void **state)
{
    (void)state;
    struct ip got, wanted = ip("127.0.0.1");
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    assert_true(peer_from_sockaddr((const struct sockaddr *)&in, &got));
    assert_memory_equal(&got, &wanted, sizeof got);
    wanted = ip("::1");
    assert_true(peer_from_sockaddr((const struct sockaddr *)&in6, &got));
    assert_memory_equal(&got, &wanted, sizeof got);
    struct sockaddr local = {.sa_family = AF_UNIX};
    assert_false(peer_from_sockaddr(&local, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stranger_is_not_believed),
        cmocka_unit_test(the_rightmost_address_that_is_not_ours),
        cmocka_unit_test(repeated_headers_are_one_list),
        cmocka_unit_test(what_is_no_address_ends_the_walk),
        cmocka_unit_test(reads_forwarded),
        cmocka_unit_test(forged_parts_change_nothing),
        cmocka_unit_test(one_client),
        cmocka_unit_test(sockets),
    };
    return cmocka_run_group_tests_name("peer", tests, prepare, NULL);
}
