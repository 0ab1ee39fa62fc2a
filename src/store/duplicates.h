/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marks submissions of a company or an email address that wrote before: a hint for staff, in the
 * column duplicate_of (core/likeness.h says what is alike).
 *
 * It is not done while a submission is stored: two indexes of random numbers made that a third
 * slower (test/bench/writer_bench.c), and a hint may come a moment later. The writer does it when
 * it has time, a batch in a transaction of its own; meta's "compared" remembers how far it came, so
 * nothing is left out by a crash and nothing is compared twice. Private to store/; runs on the
 * writer's thread.
 */
#ifndef STORE_DUPLICATES_H
#define STORE_DUPLICATES_H

#include "store/connection.h"

enum { DUPLICATES_BATCH = 200 };

/*
 * Looks at the next batch. *more: there may be another one. When it fails nothing of it is stored,
 * and the connection is not to be used again.
 */
enum err duplicates_mark(struct connection *c, int64_t within_ms, bool *more, struct why *why);

#endif
