/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two files of a group share: group.c has the transaction, group_jobs.c what visitors'
 * drafts and submissions write in it. Nobody else includes this.
 */
#ifndef STORE_GROUP_INNER_H
#define STORE_GROUP_INNER_H

#include "store/group.h"

/* What became of one job's statements. */
enum outcome {
    OUTCOME_DONE,  /* what it wrote is right (maybe nothing); its result is set */
    OUTCOME_UNDO,  /* its result is set, but what it wrote must go */
    OUTCOME_CLASH, /* the Client ID exists: undo and draw another */
    OUTCOME_BROKEN /* SQLite failed: the group is over */
};

/* Runs a statement that answers no row, and resets it. */
int group_run(sqlite3_stmt *s);

/* A statement failed: the job is refused, or the group is over. */
enum outcome group_failed(struct group *g, struct job *job, int rc, const char *op);

enum outcome group_draft(struct group *g, struct job *job);
enum outcome group_submission(struct group *g, struct job *job);

#endif
