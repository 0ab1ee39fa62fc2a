/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"

#include "base/must.h"

#include <errno.h>
#include <sys/random.h>

void random_bytes(void *out, size_t n)
{
    char *at = out;
    while (n) {
        ssize_t got = getrandom(at, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        must(got > 0);
        at += got;
        n -= (size_t)got;
    }
}
