/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the replica of a running server is, for people and programs beside it:
 * <data>/replica/status.json.
 *
 *     {"time":"2026-11-21T09:30:00.125Z","url":"abs://a@c/p","health":"good","txid":17,…,
 *      "levels":[{"level":0,"files":3,"bytes":1200},…],"snapshot":{…},"drill":{…}}
 *
 * Written anew when anything in it changed ("time" is when), and replaced as a whole. Health is
 * "good", "behind" or "fenced". Times are UTC, null when there is none yet; lag and durations ms.
 *
 * Threads: one at a time per struct. Owner: report_release.
 */
#ifndef REPLICATE_REPORT_H
#define REPLICATE_REPORT_H

#include "replicate/keeper.h"
#include "replicate/replicator.h"

struct report {
    struct buf last; /* what the file says, without its time */
};

void report_init(struct report *r);
void report_release(struct report *r);

/* What changed since the last time; also when it is the first. */
enum err report_write(struct report *r, const char *data, struct str url,
                      const struct replicator_state *replicator, const struct keeper_state *keeper,
                      int64_t now_ms, struct why *why);

#endif
