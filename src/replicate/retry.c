/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/retry.h"

int64_t retry_wait_ms(unsigned failures, uint64_t random, int64_t asked_ms)
{
    int64_t most = RETRY_FIRST_MS;
    for (unsigned i = 1; i < failures && most < RETRY_LAST_MS; i++)
        most *= 2;
    if (most > RETRY_LAST_MS)
        most = RETRY_LAST_MS;
    int64_t wait = (int64_t)(random % (uint64_t)(most + 1));
    return wait > asked_ms ? wait : asked_ms;
}
