/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pressure: how hard it is pushed at the door, in levels. 0 is calm.
 *
 *     level   new journeys, less what the rate allows     the writer's inbox
 *       1     the whole rate's tokens ahead                a quarter full
 *       2     twice                                        three eighths
 *       3     four times                                   half full
 *
 * Counted are the journeys that somebody wants to begin and the forms that were refused by a
 * client's own rate, of all clients together, in a bucket that leaks at the rate (core/bucket.h's
 * arithmetic, without its lid). It holds five times the rate at most, so four rate periods after
 * the last of an attack it is calm again. Nothing flaps: it falls only as fast as it leaks.
 *
 * Threads: from any; one atomic.
 */
#ifndef WEB_PRESSURE_H
#define WEB_PRESSURE_H

#include "core/bucket.h"

#include <stdatomic.h>
#include <stdbool.h>

enum { PRESSURE_MOST = 3 };

struct pressure {
    struct bucket_rate rate; /* constant; tokens 0: journeys are not counted */
    atomic_llong full_at_us;
    atomic_uint told; /* the level that was last logged */
};

/* One more who wants in. */
void pressure_count(struct pressure *p, int64_t now_us);

/* waiting and limit are the writer's inbox. */
unsigned pressure_level(const struct pressure *p, unsigned waiting, unsigned limit, int64_t now_us);

/* True when the level begins or ends to be above zero: once, for the log. */
bool pressure_turns(struct pressure *p, unsigned level);

#endif
