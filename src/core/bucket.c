/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bucket.h"

int64_t bucket_take(struct bucket *bucket, const struct bucket_rate *rate, int64_t now_us)
{
    if (rate->tokens == 0)
        return 0;
    int64_t step = rate->period_us / rate->tokens;
    int64_t from = bucket->full_at_us > now_us ? bucket->full_at_us : now_us;
    int64_t wait = from + step - (now_us + rate->period_us);
    if (wait > 0)
        return wait;
    bucket->full_at_us = from + step;
    return 0;
}
