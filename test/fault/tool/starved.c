/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `anteroom serve` with a malloc that fails when a test says so: for us, for libh2o, for mbedTLS
 * and for SQLite alike. starved serve [--data DIR] …, and in the environment STARVED=FILE: three
 * numbers of 64 bits, in the machine's order, that the test writes and reads while the server runs.
 *
 *     from, until      the allocations that fail: those that begin as number from … until - 1
 *     counted          how many there were; writing it sets where counting goes on
 */
#include "cmd/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct starvation {
    _Atomic uint64_t from, until, counted;
};

static struct starvation none, *starvation = &none;

/* glibc's own, under the names it exports for this.
 * NOLINTBEGIN(bugprone-reserved-identifier,cert-*)
 */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);
/* NOLINTEND(bugprone-reserved-identifier,cert-*) */

static bool fails(void)
{
    uint64_t n = atomic_fetch_add(&starvation->counted, 1);
    bool yes = n >= atomic_load(&starvation->from) && n < atomic_load(&starvation->until);
    if (yes)
        errno = ENOMEM;
    return yes;
}

void *malloc(size_t n)
{
    return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return fails() ? NULL : __libc_realloc(p, n);
}

int main(int argc, char **argv)
{
    const char *file = getenv("STARVED");
    int fd = file ? open(file, O_RDWR | O_CLOEXEC) : -1;
    void *shared = fd < 0
                       ? MAP_FAILED
                       : mmap(NULL, sizeof *starvation, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (argc < 2 || strcmp(argv[1], "serve") != 0 || shared == MAP_FAILED) {
        fputs("usage: STARVED=FILE starved serve …\n", stderr);
        return 2;
    }
    close(fd);
    starvation = shared;
    return cmd_serve(argc - 1, argv + 1);
}
