/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time, in one unit each: wall time as milliseconds since 1970-01-01T00:00:00Z (int64_t, what is
 * stored), durations and deadlines as milliseconds of the monotonic clock (never stored).
 * core/ never reads a clock: it is handed the time.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/str.h"

enum { CLOCK_RFC3339_SIZE = 25 }; /* "2026-11-21T09:30:00.125Z" and its NUL */

int64_t clock_wall_ms(void);
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);
int64_t clock_boot_ms(void); /* monotonic, and goes on while the machine sleeps */

/* "2026-11-21T09:30:00.125Z": UTC, always three decimals, so text order is time order. */
struct str clock_rfc3339(int64_t wall_ms, char out[CLOCK_RFC3339_SIZE]);

/* A moment as people type it (RFC 3339): "2026-11-21T09:30:00Z", with parts of a second, with
 * "+01:00" instead of Z. What is below a millisecond is cut off. */
bool clock_read_rfc3339(struct str text, int64_t *wall_ms);

#endif
