/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the replica is that a command is about, and the way in.
 *
 * It is the configuration's (replica.url), or another with the same way in (--from). Threads:
 * the main one.
 */
#ifndef CMD_REPLICA_AT_H
#define CMD_REPLICA_AT_H

#include "config/config.h"
#include "replicate/destination.h"

struct replica_at {
    struct config config;
    struct arena arena;
    struct destination_options options;
};

/* from may be NULL. Says on stderr what is wrong, and gives the exit code; 0 when it is known. */
int replica_at_load(struct replica_at *p, const char *config_file, const char *from);
void replica_at_release(struct replica_at *p);

#endif
