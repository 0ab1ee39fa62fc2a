/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dates of a search: 2026-11-21, 2026-11, 2026, today, yesterday, 7d, 2w, 3m. Each is a span of
 * whole days in UTC; those that count back ("7d") are the one day so long ago. Private to search.c.
 */
#ifndef CORE_SEARCH_DATE_H
#define CORE_SEARCH_DATE_H

#include "base/str.h"

/* The first millisecond of the span and the first one behind it; false: it is no date. */
bool search_date(struct str typed, int64_t now_ms, int64_t *first, int64_t *behind);

#endif
