/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/patience.h"

#include "base/random.h"
#include "replicate/retry.h"

enum { ATTEMPTS = 8 };

bool patience(struct destination *d, enum err e, unsigned *failures)
{
    if (!err_is_temporary(e) || ++*failures == ATTEMPTS)
        return false;
    uint64_t random;
    random_bytes(&random, sizeof random);
    return destination_pause(d, retry_wait_ms(*failures, random, destination_retry_ms(d)));
}
