/* SPDX-License-Identifier: Apache-2.0 */
#include "net/inherited.h"

#include "lib/expect.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIRST = 3 };

/* What is at 3 and 4 in this process comes back afterwards: a sanitizer may have it open. */
static int saved[2];

static int setup(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        saved[i] = fcntl(FIRST + i, F_DUPFD_CLOEXEC, 100);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        close(FIRST + i);
        if (saved[i] >= 0) {
            dup2(saved[i], FIRST + i);
            close(saved[i]);
        }
    }
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_PID");
    return 0;
}

static void announce(int n, int pid)
{
    char text[16];
    snprintf(text, sizeof text, "%d", n);
    setenv("LISTEN_FDS", text, 1);
    snprintf(text, sizeof text, "%d", pid);
    setenv("LISTEN_PID", text, 1);
}

/* A socket at the descriptor; its port. */
static uint16_t put_socket(int at, int family, bool listening)
{
    struct sockaddr_storage name = {.ss_family = (sa_family_t)family};
    socklen_t len = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    int fd = socket(family, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&name, len), 0);
    if (listening)
        assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &len), 0);
    assert_int_equal(dup2(fd, at), at);
    if (fd != at)
        close(fd);
    struct sockaddr_in v4;
    memcpy(&v4, &name, sizeof v4); /* the port lies at the same place in both */
    return ntohs(v4.sin_port);
}

static void none_without_an_announcement_for_us(void **state)
{
    (void)state;
    struct inherited all;
    struct why why = {0};
    assert_int_equal(inherited_open(&all, &why), ERR_NONE);
    assert_int_equal(all.n, 0);
    announce(1, getpid() + 1);
    assert_int_equal(inherited_open(&all, &why), ERR_NONE);
    assert_int_equal(all.n, 0);
    assert_int_equal(inherited_all_taken(&all, &why), ERR_NONE);
}

static void copies_by_port_for_each_loop(void **state)
{
    (void)state;
    struct inherited all;
    struct why why = {0};
    uint16_t first = put_socket(FIRST, AF_INET, true),
             second = put_socket(FIRST + 1, AF_INET, true);
    int a[INHERITED_MAX], b[INHERITED_MAX], c[INHERITED_MAX];
    announce(2, getpid());
    assert_int_equal(inherited_open(&all, &why), ERR_NONE);
    assert_int_equal(all.n, 2);
    assert_true(inherited_has(&all, first) && inherited_has(&all, second));
    assert_false(inherited_has(&all, 1));
    assert_int_equal(inherited_take(&all, first, a), 1);
    assert_int_equal(inherited_take(&all, first, b), 1);
    assert_true(a[0] != b[0] && a[0] != FIRST);
    assert_true(fcntl(a[0], F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(a[0], F_GETFD) & FD_CLOEXEC);
    assert_int_equal(inherited_all_taken(&all, &why), ERR_CONFIG);
    assert_contains(why.hint, "server.listen");
    assert_int_equal(inherited_take(&all, second, c), 1);
    assert_int_equal(inherited_all_taken(&all, &why), ERR_NONE);
    inherited_close(&all);
    assert_int_equal(fcntl(FIRST, F_GETFD), -1);
    close(a[0]);
    close(b[0]);
    close(c[0]);
}

static void what_is_no_listening_socket_is_refused(void **state)
{
    (void)state;
    struct inherited all;
    struct why why = {0};
    announce(1, getpid());
    put_socket(FIRST, AF_INET, false);
    assert_int_equal(inherited_open(&all, &why), ERR_CONFIG);
    assert_contains(why.hint, "Accept=no");
    int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    dup2(file, FIRST);
    if (file != FIRST)
        close(file);
    assert_int_equal(inherited_open(&all, &why), ERR_CONFIG);
    announce(INHERITED_MAX + 1, getpid());
    assert_int_equal(inherited_open(&all, &why), ERR_CONFIG);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(none_without_an_announcement_for_us),
        TEST(copies_by_port_for_each_loop),
        TEST(what_is_no_listening_socket_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
