/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of the replica that are more than one word.
 *
 *     replica.sync_for   "form, api"                     whose answers wait for the replica
 *     replica.levels     "1s for 24h, 10s for 7d, 5m"    how fine, for how long, ascending; the
 *                                                        last one for replica.retention
 *
 * A span is a multiple of the one before, and no level goes before a finer one does: what is coarse
 * is made of what is fine.
 *
 * Pure. Threads: safe anywhere.
 */
#ifndef CONFIG_REPLICA_H
#define CONFIG_REPLICA_H

#include "base/str.h"

struct config;
struct option_problem;

enum sync_class { SYNC_FORM = 1, SYNC_API = 2, SYNC_STAFF = 4 };

enum { REPLICA_LEVELS_MAX = 8 };

struct replica_levels {
    struct {
        int64_t span_ms, keep_ms; /* keep_ms 0, of the last: as long as anything */
    } items[REPLICA_LEVELS_MAX];
    size_t n;
};

/* The SYNC_ bits of a list; false: *wrong is no such class. */
bool sync_classes_read(struct str text, unsigned *out, struct str *wrong);

/* False, and why: it is no such list. */
bool replica_levels_read(struct str text, struct replica_levels *out,
                         struct option_problem *problem);

/* Both, from the options that were read, into config->sync and config->levels; false when the
 * retention is shorter than a level. */
bool replica_settle(struct config *config, struct option_problem *problem);

#endif
