/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A calendar date as text, "2026-11-21" (ISO 8601-1:2019 §5.2.2.1, extended format), and as the
 * number its digits make, 20261121: dates compare as their numbers do.
 *
 * The calendar is the Gregorian one from the year 1000 on. Threads: pure functions.
 */
#ifndef CORE_DATE_H
#define CORE_DATE_H

#include "base/arena.h"

/* False when the text is not a date, or there is no such day. */
bool date_parse(struct str text, uint64_t *out);

/* The text of a date that date_parse gave. */
struct str date_text(struct arena *a, uint64_t date);

/* The date of a day that is counted from 1970-01-01; also before the year 1000. */
void date_civil(int64_t days, int64_t *year, unsigned *month, unsigned *day);

#endif
