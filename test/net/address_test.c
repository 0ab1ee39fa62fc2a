/* SPDX-License-Identifier: Apache-2.0 */
#include "net/address.h"

#include "lib/expect.h"

#include <fcntl.h>

static void check_parse(const char *text, const char *first, const char *second)
{
    struct address_list list;
    struct why why = {0};
    char shown[ADDRESS_TEXT];
    assert_int_equal(address_parse(str_from(text), &list, &why), ERR_NONE);
    assert_int_equal(list.n, second ? 2 : 1);
    assert_string_equal(address_text(&list.items[0], shown), first);
    if (second)
        assert_string_equal(address_text(&list.items[1], shown), second);
}

static void reads_what_operators_write(void **state)
{
    (void)state;
    check_parse("localhost:8443", "127.0.0.1:8443", "[::1]:8443");
    check_parse("LocalHost:1", "127.0.0.1:1", "[::1]:1");
    check_parse(":65535", "0.0.0.0:65535", "[::]:65535");
    check_parse("*:443", "0.0.0.0:443", "[::]:443");
    check_parse("192.0.2.7:8443", "192.0.2.7:8443", NULL);
    check_parse("[2001:db8::7]:8443", "[2001:db8::7]:8443", NULL);
    check_parse("[::ffff:192.0.2.7]:80", "[::ffff:192.0.2.7]:80", NULL);
    check_parse("[2001:DB8:0:0:0:0:0:7]:80", "[2001:db8::7]:80", NULL);
}

static void keeps_the_port(void **state)
{
    (void)state;
    struct address_list list;
    assert_int_equal(address_parse(STR("localhost:8443"), &list, NULL), ERR_NONE);
    assert_int_equal(list.port, 8443);
}

static void refuses_the_rest_and_says_how(void **state)
{
    (void)state;
    static const struct str wrong[] = {
        STR_INIT(""),
        STR_INIT(":"),
        STR_INIT("8443"),
        STR_INIT("localhost"),
        STR_INIT("localhost:"),
        STR_INIT("localhost:0"),
        STR_INIT("localhost:65536"),
        STR_INIT("localhost:99999999999999999999"),
        STR_INIT("localhost:-1"),
        STR_INIT("localhost:+1"),
        STR_INIT("localhost: 1"),
        STR_INIT("localhost:1 "),
        STR_INIT("localhost:http"),
        STR_INIT("example.com:443"),
        STR_INIT("::1:8443"),
        STR_INIT("2001:db8::7:8443"),
        STR_INIT("[]:1"),
        STR_INIT("[:1"),
        STR_INIT("[::1:1"),
        STR_INIT("::1]:1"),
        STR_INIT("[127.0.0.1]:1"),
        STR_INIT("[::1%lo]:1"),
        STR_INIT("[::1]x:1"),
        STR_INIT("127.0.0.1.1:1"),
        STR_INIT("127.1:1"),
        STR_INIT("256.0.0.1:1"),
        STR_INIT("0x7f000001:1"),
        STR_INIT("127.0.0.1\0.evil:1"),
        STR_INIT("1111111111111111111111111111111111111111111111111111111111111111111111:1"),
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct address_list list;
        struct why why = {0};
        if (address_parse(wrong[i], &list, &why) != ERR_CONFIG)
            fail_msg("“%.*s” was not refused", STR_ARG(wrong[i]));
        assert_contains(why.detail, "is not an address and a port");
        assert_contains(why.hint, "localhost:8443");
    }
}

/* A loopback address with a port that nobody has. */
static void free_address(struct address_list *out)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof in;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof in), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
    close(fd);
    *out = (struct address_list){.n = 1, .port = ntohs(in.sin_port)};
    memcpy(&out->items[0].sockaddr, &in, sizeof in);
    out->items[0].len = sizeof in;
}

static void listens_once_for_each_loop(void **state)
{
    (void)state;
    struct address_list list;
    struct why why = {0};
    int fds[3];
    free_address(&list);
    assert_int_equal(address_free(&list.items[0], &why), ERR_NONE);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(address_listen(&list.items[0], false, &fds[i], &why), ERR_NONE);
        assert_true(fcntl(fds[i], F_GETFL) & O_NONBLOCK);
        assert_true(fcntl(fds[i], F_GETFD) & FD_CLOEXEC);
    }
    for (int i = 0; i < 3; i++)
        close(fds[i]);
    assert_int_equal(address_free(&list.items[0], &why), ERR_NONE);
}

/* Another server of ours shares its port as our loops do: the kernel alone would let us in. */
static void sees_a_server_that_shares(void **state)
{
    (void)state;
    struct address_list list;
    struct why why = {0};
    char shown[ADDRESS_TEXT];
    int fd;
    free_address(&list);
    assert_int_equal(address_listen(&list.items[0], false, &fd, &why), ERR_NONE);
    assert_int_equal(address_free(&list.items[0], &why), ERR_CONFLICT);
    assert_contains(why.detail, address_text(&list.items[0], shown));
    assert_contains(why.hint, "server.listen");

    struct address_list everywhere;
    char text[16];
    snprintf(text, sizeof text, ":%u", list.port);
    assert_int_equal(address_parse(str_from(text), &everywhere, &why), ERR_NONE);
    assert_int_equal(address_free(&everywhere.items[0], &why), ERR_CONFLICT);
    close(fd);
}

static void names_a_port_that_is_taken(void **state)
{
    (void)state;
    struct address_list list;
    struct why why = {0};
    int fd = -1;
    free_address(&list);
    int other = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(
        bind(other, (const struct sockaddr *)&list.items[0].sockaddr, list.items[0].len), 0);
    assert_int_equal(listen(other, 1), 0);
    assert_int_equal(address_listen(&list.items[0], false, &fd, &why), ERR_CONFLICT);
    assert_int_equal(fd, -1);
    assert_contains(why.hint, "ss -ltnp");
    assert_int_equal(address_listen(&list.items[0], true, &fd, &why), ERR_CONFLICT);
    close(other);
}

static void an_address_of_another_machine(void **state)
{
    (void)state;
    struct address_list list;
    struct why why = {0};
    int fd = -1;
    assert_int_equal(address_parse(STR("192.0.2.7:8443"), &list, &why), ERR_NONE);
    assert_int_equal(address_free(&list.items[0], &why), ERR_NONE);
    assert_int_equal(address_listen(&list.items[0], false, &fd, &why), ERR_IO);
    assert_contains(why.hint, "ip addr");
    assert_int_equal(address_listen(&list.items[0], true, &fd, &why), ERR_NONE);
    assert_int_equal(fd, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_operators_write),
        cmocka_unit_test(keeps_the_port),
        cmocka_unit_test(refuses_the_rest_and_says_how),
        cmocka_unit_test(listens_once_for_each_loop),
        cmocka_unit_test(sees_a_server_that_shares),
        cmocka_unit_test(names_a_port_that_is_taken),
        cmocka_unit_test(an_address_of_another_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
