/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chains of jobs (job.next, NULL at the end), as inbox_take gives them and the writer answers them.
 * Private to store/; whoever holds a chain owns its jobs. No locks.
 */
#ifndef STORE_CHAIN_H
#define STORE_CHAIN_H

#include "store/writer.h"

unsigned chain_length(const struct job *jobs);

/* Takes out the jobs that are wanted, in their order; the others stay in theirs. */
struct job *chain_take(struct job **jobs, bool (*wanted)(const struct job *job));

/* Calls each job's done; with e, as the result of all of them. why may be NULL with ERR_NONE. */
void chain_answer(struct job *jobs, enum err e, const struct why *why);

#endif
