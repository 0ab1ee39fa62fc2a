/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmocka and what it lacks: comparing a struct str with a C string and showing both, and expecting
 * that must() ends the program.
 */
#ifndef LIB_EXPECT_H
#define LIB_EXPECT_H

#include "base/str.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define assert_str(got, wanted) expect_str((got), (wanted), __FILE__, __LINE__)

static inline void expect_str(struct str got, const char *wanted, const char *file, int line)
{
    if (str_eq(got, str_from(wanted)))
        return;
    print_error("“%.*s” is not “%s”\n", STR_ARG(got), wanted);
    _fail(file, line);
}

#define assert_contains(text, part) expect_contains((text), (part), __FILE__, __LINE__)

static inline void expect_contains(const char *text, const char *part, const char *file, int line)
{
    if (strstr(text, part))
        return;
    print_error("“%s” does not hold “%s”\n", text, part);
    _fail(file, line);
}

/* Runs the body in a process of its own and fails unless must() stopped it. */
#define assert_stops(body)                                                                         \
    do {                                                                                           \
        pid_t expect_child = fork();                                                               \
        if (expect_child == 0) {                                                                   \
            const struct rlimit expect_no_core = {0, 0};                                           \
            setrlimit(RLIMIT_CORE, &expect_no_core);                                               \
            signal(SIGABRT, SIG_DFL);                                                              \
            close(2);                                                                              \
            body;                                                                                  \
            _exit(0);                                                                              \
        }                                                                                          \
        int expect_status;                                                                         \
        assert_int_equal(waitpid(expect_child, &expect_status, 0), expect_child);                  \
        assert_true(WIFSIGNALED(expect_status) && WTERMSIG(expect_status) == SIGABRT);             \
    } while (0)

#endif
