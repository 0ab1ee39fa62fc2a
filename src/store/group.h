/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One transaction for a group of jobs: what each job writes, and who is undone when one fails.
 *
 * A SAVEPOINT per job costs about as much as a row, and almost no job ever needs it. So the group
 * is first written without; when a job turns out to have written something that must not stay (a
 * Client ID that exists already, a draft that was sent before), the transaction is rolled back and
 * the whole group written again with a savepoint around each job. Either way a job is stored whole
 * or not at all, and does not touch its neighbours.
 *
 * A failure of SQLite itself (disk, memory, damage) ends the group: nothing of it is stored, and
 * the connection is not to be used again. Private to store/; runs on the writer's thread.
 */
#ifndef STORE_GROUP_H
#define STORE_GROUP_H

#include "base/buf.h"
#include "store/audit_walk.h"
#include "store/commit.h"
#include "store/writer.h"

struct group {
    struct connection *connection;
    struct commit_head head; /* in this transaction */
    int64_t now_ms;          /* one wall time for the whole transaction */
    void (*draw)(void *out, size_t n);
    struct buf detail;     /* scratch for the audit event's JSON */
    struct funnel *funnel; /* its counts go with the next group_write; NULL: none */
    struct safe *safe;     /* and its marks; NULL: none */
    uint64_t rewritten;    /* groups that were written a second time, for the stats */
};

/* Reads what the last committed transaction left. The connection is borrowed. */
enum err group_init(struct group *g, struct connection *c, void (*draw)(void *, size_t),
                    struct why *why);
void group_release(struct group *g);

/*
 * Writes and commits the chain of jobs. ERR_NONE: it is on disk and each job has its own result.
 * Anything else: nothing is stored and no result is set. careful: with savepoints at once.
 */
enum err group_write(struct group *g, struct job *jobs, bool careful, struct why *why);

/* The schema refuses the values: the job's fault, not the disk's. */
bool group_is_refusal(int rc);

/* Adds an event to the audit chain; SQLite's result code, SQLITE_DONE when it is there. */
int group_audit(struct group *g, struct str actor, struct str action, struct str subject,
                struct str detail);

/* Writes what goes with the next group in a transaction of its own. */
enum err group_beside(struct group *g, struct why *why);

/* Counts where they stopped (funnel.h) and deletes at most n expired drafts, in a transaction of
 * its own. */
enum err group_purge(struct group *g, unsigned n, unsigned *purged, struct why *why);

/* A durable write of no meaning: does the disk take it? */
enum err group_probe(struct group *g, struct why *why);

#endif
