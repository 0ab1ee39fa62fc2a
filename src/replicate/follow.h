/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database that follows a replica: restored once, then kept up with the leader file by file.
 *
 *     follow_open ─▶ follow_step, follow_step, … ─▶ follow_take: <data>/anteroom.db
 *
 * It lies in <data>/replica/following/, so that nobody mistakes it for one that may be served. A
 * later start goes on with it: position.h says which state it is, and the checksum of its pages
 * whether that is so. The next file is asked for by its name (ltx/0/N-N.ltx); when compaction took
 * it away, the list of the replica says what leads on. After each file the checksum of the whole
 * database is compared with the one in its notes: another one is ERR_DATA, and the next step
 * restores anew.
 *
 * Errors leave it as it is: step again. Temporary ones (err_is_temporary) are the place's. Memory:
 * 8 bytes a page, and one file when it is not large. Owner: follow_close. Threads: one at a time.
 */
#ifndef REPLICATE_FOLLOW_H
#define REPLICATE_FOLLOW_H

#include "replicate/destination.h"

enum { FOLLOW_STEP = 256 };

struct follow;

struct follow_state {
    uint64_t txid;     /* where it is; 0: not restored yet */
    uint64_t newest;   /* of the replica, as far as is known */
    int64_t at_ms;     /* when its last file was made */
    unsigned restores; /* how often it was restored */
    uint64_t files;    /* followed since */
    bool all;          /* the last step came to the end */
};

/* `from` and what it points to, and data, stay the caller's. Nothing is asked of the place yet. */
enum err follow_open(const struct destination_options *from, const char *data, struct follow **out,
                     struct why *why);
void follow_close(struct follow *f); /* NULL is fine */

/*
 * Before the first step: takes <data>/anteroom.db, which nobody has open, as what is followed, when
 * the leader that it was left a position beside the replica's files and its pages have that
 * checksum: then all of it is in the replica. Else nothing is touched, and *adopted is false.
 */
enum err follow_adopt(struct follow *f, bool *adopted, struct why *why);

/*
 * What is there now, up to FOLLOW_STEP files of it; when `thorough` also by the replica's list
 * (which costs more: every now and then, and before follow_take). ERR_MISSING: there is no replica.
 */
enum err follow_step(struct follow *f, bool thorough, struct why *why);

/* After a thorough step that came to the end: durable, and put in its place as anteroom.db, which
 * must not be there. */
enum err follow_take(struct follow *f, struct why *why);

struct follow_state follow_state(const struct follow *f);

#endif
