/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps a replica small and quick to restore, beside the replicator that fills it.
 *
 *     shipper ──keeper_told──▶ keeper: merges, snapshots, deletions by retention.h; a drill a day
 *
 * A turn does what is due and stops at the first failure; the next turn after a pause begins anew.
 * Every step leaves a whole replica: a merged file is put before anything it replaces goes, and
 * what a turn had not come to, the next one of whatever process does. Two keepers do each other no
 * harm.
 *
 * A gap (somebody deleted files) is not believed before the list was read anew. Then an image is
 * asked for, and becomes a snapshot: from it on the replica is whole again, and what was before the
 * gap can be restored as before.
 *
 * Order: keeper_open before anything is shipped, for it has to be told of every file; keeper_start
 * any time. At the end, and when the replicator is fenced, keeper_stop.
 *
 * Time is given: wall time in ms. Threads: keeper_told and keeper_state from any; keeper_turn from
 * one at a time, and not when there is a thread. Owner: keeper_free.
 */
#ifndef REPLICATE_KEEPER_H
#define REPLICATE_KEEPER_H

#include "replicate/notes.h"
#include "replicate/retention.h"

struct keeper;

struct keeper_options {
    const char *data;                /* the data directory */
    struct destination *destination; /* ours from now on */
    struct retention_rules rules;
    /* Restores the newest state into a folder that it makes and removes; *txid is how far. NULL, or
     * drill_ms 0: there are no drills. */
    enum err (*drill)(void *context, const char *scratch, uint64_t *txid, struct why *why);
    int64_t drill_ms; /* from one to the next */
    /* Files are missing in the replica: asks for one with the whole database, of which keeper_image
     * tells when it came. May be NULL: then it stays as it is. */
    void (*heal)(void *context);
    void (*turned)(void *context); /* after every turn of the thread; may be NULL */
    void *context;
};

struct keeper_drill {
    int64_t at_ms; /* 0: none yet */
    int64_t took_ms;
    uint64_t txid;
    enum err result;
    struct why why;
};

struct keeper_state {
    bool known; /* the replica has been listed */
    struct {
        uint64_t files, bytes;
    } levels[LTX_LEVEL_SNAPSHOT + 1];
    uint64_t snapshot_txid;
    int64_t snapshot_ms; /* of the newest; 0: none */
    int64_t oldest_ms;   /* of the oldest point that is kept; 0: none */
    uint64_t healed;     /* gaps that a new image has closed */
    uint64_t gap;        /* not 0: no file has this TXID, and later ones are there */
    uint64_t merges, deletions, failures;
    uint64_t put, fetched;     /* bytes */
    enum err result;           /* of the last turn */
    struct why trouble;        /* why it failed */
    struct keeper_drill drill; /* the last one */
    uint64_t verified_txid;    /* of the last that found all right; with when: 0 none yet */
    int64_t verified_ms;
};

void keeper_open(const struct keeper_options *options, struct keeper **out);

/* A file came to the replica. */
void keeper_told(struct keeper *k, const struct ltx_name *name, const struct notes *notes,
                 uint64_t size);

/* That file holds the whole database; after keeper_told. */
void keeper_image(struct keeper *k, const struct ltx_name *name);

/*
 * A blob beside the log, put with the next turn whether it was there or not; of several under way
 * the last one counts. At most KEEPER_BESIDE_MAX bytes.
 */
enum { KEEPER_BESIDE_MAX = 1024 };
void keeper_beside(struct keeper *k, struct str name, struct str content);

/* Does what is due. ERR_NONE: nothing more is. */
enum err keeper_turn(struct keeper *k, int64_t now_ms, struct why *why);

/* A turn a second, on a thread. */
void keeper_start(struct keeper *k);

/* Ends after the step it is at, within about a second: a call under way is given up, and the next
 * keeper begins with what it finds. */
void keeper_stop(struct keeper *k);
void keeper_free(struct keeper *k); /* NULL is fine */

void keeper_state(struct keeper *k, struct keeper_state *out);

#endif
