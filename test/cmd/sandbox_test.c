/* SPDX-License-Identifier: Apache-2.0 */
/* A child enters the sandbox and tries what an intruder would; its exit status tells what became of
 * it. */
#include "base/str.h"
#include "cmd/sandbox.h"
#include "net/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64], inside[96], outside[96];

static int make_files(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/anteroom-sandbox-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(inside, sizeof inside, "%s/data", folder);
    snprintf(outside, sizeof outside, "%s/secret", folder);
    assert_int_equal(mkdir(inside, 0700), 0);
    int fd = open(outside, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_true(fd >= 0 && close(fd) == 0);
    return 0;
}

static int drop_files(void **state)
{
    (void)state;
    char file[128];
    snprintf(file, sizeof file, "%s/kept", inside);
    unlink(file);
    rmdir(inside);
    unlink(outside);
    return rmdir(folder);
}

/* The wait status of a child that enters and then calls attempt, whose answer is its exit status.
 */
static int in_sandbox_with(int (*attempt)(void), struct sandbox_ports ports)
{
    pid_t child = fork();
    if (child == 0) {
        const struct sandbox_path paths[] = {{inside, true},
                                             {"/nowhere", false},
                                             {"/etc/hosts", false},
                                             {"/etc/resolv.conf", false}};
        struct sandbox_report report;
        sandbox_enter(paths, 4, ports, &report);
        if (!report.in_force) {
            printf("# %s; %s; %s\n", report.privileges, report.files, report.calls);
            fflush(stdout);
            _exit(200);
        }
        _exit(attempt());
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

static int in_sandbox(int (*attempt)(void))
{
    return in_sandbox_with(attempt, (struct sandbox_ports){0});
}

static int nothing(void)
{
    return 0;
}

/* Where the kernel or an instrumented program has no sandbox there is nothing to test. */
static void need_sandbox(void)
{
    int status = in_sandbox(nothing);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 200)
        skip();
    assert_int_equal(status, 0);
}

static int errno_of(bool done)
{
    return done ? 0 : errno;
}

static int read_outside(void)
{
    return errno_of(open(outside, O_RDONLY | O_CLOEXEC) >= 0);
}

static int write_outside(void)
{
    return errno_of(open(outside, O_WRONLY | O_CLOEXEC) >= 0);
}

static int remove_outside(void)
{
    return errno_of(unlink(outside) == 0);
}

static int list_outside(void)
{
    return errno_of(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) >= 0);
}

static int make_socket(void)
{
    return errno_of(socket(AF_INET, SOCK_STREAM, 0) >= 0);
}

static int make_code(void)
{
    return errno_of(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
                    MAP_FAILED);
}

static int make_process(void)
{
    return errno_of(fork() >= 0);
}

static int signal_parent(void)
{
    return errno_of(kill(getppid(), 0) == 0);
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        int (*attempt)(void);
        int with;
    } rows[] = {
        {read_outside, EACCES}, {write_outside, EACCES}, {remove_outside, EACCES},
        {list_outside, EACCES}, {make_socket, ENOSYS},   {make_code, ENOSYS},
        {make_process, ENOSYS}, {signal_parent, ENOSYS},
    };
    need_sandbox();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status = in_sandbox(rows[i].attempt);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), rows[i].with);
    }
}

static int run_a_program(void)
{
    char *const argv[] = {NULL};
    execve("/bin/true", argv, argv);
    return 1;
}

static int become_root(void)
{
    return setuid(0) + 1;
}

static void deadly(void **state)
{
    (void)state;
    need_sandbox();
    int (*const attempts[])(void) = {run_a_program, become_root};
    for (size_t i = 0; i < 2; i++) {
        int status = in_sandbox(attempts[i]);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSYS);
    }
}

static void *on_a_thread(void *arg)
{
    *(int *)arg = read_outside();
    return NULL;
}

static int work(void)
{
    char file[128], random[16];
    snprintf(file, sizeof file, "%s/kept", inside);
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, "kept", 4) != 4 || fdatasync(fd) != 0 || ftruncate(fd, 2) != 0)
        return 1;
    if (unlink(file) != 0 || getrandom(random, sizeof random, 0) != sizeof random)
        return 2;
    pthread_t thread;
    int seen = 0;
    if (pthread_create(&thread, NULL, on_a_thread, &seen) != 0 || pthread_join(thread, NULL) != 0)
        return 3;
    if (seen != EACCES)
        return 4;
    void *large = malloc(64 << 20);
    free(large);
    struct rlimit core;
    if (!large || getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max != 0)
        return 5;
    return 0;
}

static void what_serving_needs_goes_on(void **state)
{
    (void)state;
    need_sandbox();
    assert_int_equal(in_sandbox(work), 0);
}

/* ---- who may be called --------------------------------------------------------------------------
 */

static int listener = -1;
static uint16_t open_port;
static struct fetch *client; /* opened before the sandbox, as a server does */

static int call(uint16_t port)
{
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? errno : errno_of(connect(fd, (const struct sockaddr *)&to, sizeof to) == 0);
}

static int call_another(void)
{
    return call((uint16_t)(open_port + 1));
}

static int call_by_path(void)
{
    return errno_of(socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
}

static int take_a_port(void)
{
    const struct sockaddr_in any = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? 99 : errno_of(bind(fd, (const struct sockaddr *)&any, sizeof any) == 0);
}

static void *fetch_it(void *arg)
{
    char url[64];
    snprintf(url, sizeof url, "http://localhost:%u/", open_port);
    const struct fetch_request request = {.method = "GET", .url = str_from(url), .whole_ms = 20000};
    struct fetch_answer answer;
    struct why why = {0};
    enum err e = fetch_send(client, &request, &answer, &why);
    if (e != ERR_NONE)
        printf("# %s: %s\n", why.op, why.detail);
    fflush(stdout);
    *(int *)arg = e != ERR_NONE ? 100 + (int)e : str_eq(answer.text, STR("ok")) ? 0 : 99;
    return NULL;
}

static int fetch_on_a_thread(void)
{
    pthread_t thread;
    int result = 98;
    if (pthread_create(&thread, NULL, fetch_it, &result) != 0 || pthread_join(thread, NULL) != 0)
        return 97;
    return result;
}

static void *answer_one(void *arg)
{
    static const char text[] =
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    char request[4096];
    int fd = accept(listener, NULL, NULL);
    if (fd >= 0 && read(fd, request, sizeof request) > 0 &&
        write(fd, text, sizeof text - 1) != (ssize_t)sizeof text - 1)
        printf("# the answer could not be written\n");
    close(fd);
    return arg;
}

/* A name is looked up and a request goes out, on a thread; to the given port and no other. */
static void calls_go_where_they_may(void **state)
{
    (void)state;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    need_sandbox();
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (const struct sockaddr *)&here, size), 0);
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&here, &size), 0);
    open_port = ntohs(here.sin_port);
    assert_int_equal(fetch_open(&(struct fetch_options){.direct = true}, &client, NULL), ERR_NONE);

    const struct sandbox_ports ports = {&open_port, 1};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, answer_one, NULL), 0);
    assert_int_equal(in_sandbox_with(fetch_on_a_thread, ports), 0);
    pthread_join(thread, NULL);

    int confined = sandbox_landlock() >= 4 ? EACCES : ECONNREFUSED;
    assert_int_equal(WEXITSTATUS(in_sandbox_with(call_another, ports)), confined);
    assert_int_equal(WEXITSTATUS(in_sandbox_with(call_by_path, ports)), ENOSYS);
    assert_int_equal(WEXITSTATUS(in_sandbox_with(take_a_port, ports)), ENOSYS);
    fetch_free(client);
    close(listener);
}

static int give_up(void)
{
    abort();
}

/* A server that finds itself broken still ends as such: abort() sends a signal to its own. */
static void abort_is_still_abort(void **state)
{
    (void)state;
    need_sandbox();
    int status = in_sandbox(give_up);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused),
        cmocka_unit_test(deadly),
        cmocka_unit_test(what_serving_needs_goes_on),
        cmocka_unit_test(calls_go_where_they_may),
        cmocka_unit_test(abort_is_still_abort),
    };
    return cmocka_run_group_tests(tests, make_files, drop_files);
}
