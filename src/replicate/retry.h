/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long to wait before trying again: exponential, with all of it left to chance ("full jitter"),
 * so that many who failed together do not come back together.
 *
 * Pure: the caller brings the random number. Threads: safe anywhere.
 */
#ifndef REPLICATE_RETRY_H
#define REPLICATE_RETRY_H

#include <stdint.h>

enum { RETRY_FIRST_MS = 100, RETRY_LAST_MS = 20 * 1000 };

/*
 * After `failures` attempts (1 and up): from 0 to RETRY_FIRST_MS · 2^(failures-1), at most
 * RETRY_LAST_MS, evenly by `random`; never less than what the peer asked for (asked_ms, 0:
 * nothing).
 */
int64_t retry_wait_ms(unsigned failures, uint64_t random, int64_t asked_ms);

#endif
