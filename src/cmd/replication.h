/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replica as the configuration asks for it: the place opened with its secrets read, and the
 * replicator in front of it. Without replica.url there is none, and every verb does nothing.
 *
 * Order: replication_open after the store and before the sandbox (it reads files and asks the
 * network), the writer with replication_sink, replication_run; at the end writer_stop, then
 * replication_close. Threads: the main one.
 */
#ifndef CMD_REPLICATION_H
#define CMD_REPLICATION_H

#include "config/config.h"
#include "replicate/report.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>

enum { REPLICATION_STOP_MS = 2 * 1000 }; /* for what waits when the server stops: at least */

struct replication {
    struct replicator *replicator; /* NULL: there is no replica */
    struct keeper *keeper;         /* merges, deletes and reports beside it */
    struct report report;
    pthread_mutex_t reporting; /* guards report */
    char data[PATH_MAX], url[DESTINATION_NAME_MAX];
    struct destination_options from; /* the place, for drills; its texts are the caller's arena's */
    struct destination_needs needs;  /* of the system, for the sandbox; nothing without a replica */
    atomic_bool fenced;              /* another writer has the replica: the server must end */
    atomic_bool closing;             /* a drill under way ends */
};

/* The place of the configuration's, for commands too. The texts of secrets live in the arena. */
enum err replication_options(const struct config *config, struct arena *a,
                             struct destination_options *out, struct why *why);

/* The same, opened. */
enum err replication_place(const struct config *config, struct arena *a, struct destination **out,
                           struct why *why);

/*
 * Before the store is opened: a data directory without a database gets the replica's, when there is
 * one (replica.restore); the log says how far it is. Without, nothing is done. stop: as
 * destination_options'; what was restored by then is there for the next start.
 */
enum err replication_restore(const struct config *config, const atomic_bool *stop, struct arena *a,
                             struct why *why);

/* Once `stop` is true the replica is not asked any more. */
enum err replication_open(const struct config *config, const atomic_bool *stop, struct store *store,
                          struct arena *a, struct replication *out, struct why *why);

const struct commit_sink *replication_sink(const struct replication *replication);

void replication_run(struct replication *replication, struct writer *writer);

/* Says how the replica is in <data>/replica/status.json. The keeper does it every second, but not
 * while the place keeps it waiting. */
void replication_report(struct replication *replication);

/* Puts what waits, for at most so long, and says so in the log when it could not. */
void replication_close(struct replication *replication, int64_t within_ms);

#endif
