/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token bucket in one number: when it would be full again.
 *
 * A rate "60/1m" is a bucket of 60 tokens that fills in one minute. Taking one moves `full_at_us`
 * by a sixtieth of a minute; the bucket is empty when that would lie more than a minute ahead (this
 * is the generic cell rate algorithm). A bucket whose full_at_us is not ahead is full: it holds
 * nothing worth remembering, so a zeroed one is a new one.
 *
 * Times are microseconds of any clock that does not go back. Threads: plain values.
 */
#ifndef CORE_BUCKET_H
#define CORE_BUCKET_H

#include <stdint.h>

struct bucket {
    int64_t full_at_us;
};

struct bucket_rate {
    int64_t tokens;    /* 0: without limit */
    int64_t period_us; /* to fill an empty bucket; at most BUCKET_PERIOD_MAX_US */
};

#define BUCKET_TOKENS_MAX    INT64_C(1000000)
#define BUCKET_PERIOD_MAX_US (INT64_C(24) * 3600 * 1000000)

/* Takes a token: 0. From an empty bucket nothing is taken: microseconds until there is one. */
int64_t bucket_take(struct bucket *bucket, const struct bucket_rate *rate, int64_t now_us);

#endif
