/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the server of a data directory says of its replica: the status.json it writes there
 * (replicate/report.h), read beside it. Owner: the arena. Threads: the main one.
 */
#ifndef CMD_REPLICA_SERVER_H
#define CMD_REPLICA_SERVER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

struct replica_server {
    bool there;   /* the file is, and is ours; else nothing below is set */
    bool running; /* it is served now; else that is how it was when it ended */
    struct str url, time, health, safe;
    struct str trouble, keeper_trouble; /* empty: none */
    int64_t txid, lag_ms, commits_waiting, backlog, gap;
    struct str drill_time, drill_trouble; /* empty: no drill yet; it was right */
    int64_t drill_txid, drill_ms;
};

/* ERR_NONE also when there is no such file. */
enum err replica_server_read(struct arena *a, struct str data, struct replica_server *out,
                             struct why *why);

void replica_server_print(const struct replica_server *s);
void replica_server_json(const struct replica_server *s, struct json *j, const char *key);

#endif
