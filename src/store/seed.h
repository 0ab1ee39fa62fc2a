/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fills an empty data directory with made-up submissions (core/specimen.h), for measuring: rows,
 * audit chain, team, notes and search index as a server of three years would have them. The same
 * seed and number give the same answers, statuses and notes.
 *
 * Nothing is synced before the end: a directory that was not finished is to be thrown away.
 */
#ifndef STORE_SEED_H
#define STORE_SEED_H

#include "base/err.h"

struct seed_options {
    uint64_t records, seed;
    /* Told every some thousand records, with how many are done; NULL: nobody. */
    void (*tell)(void *context, uint64_t done);
    void *context;
};

/* ERR_CONFLICT when there is a submission in it already. */
enum err seed_fill(const char *directory, const struct seed_options *options, struct why *why);

#endif
