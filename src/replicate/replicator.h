/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps a replica of the database at a destination, as it is being written.
 *
 *     writer ──sink──▶ backlog ──one thread──▶ shipper ──▶ ltx/0/N-N.ltx
 *
 * One thread takes everything that waits, makes one file of it (one TXID) and puts it; while it is
 * on the way the next gathers. The destination away: submissions go on, the file on the way is put
 * again with growing pauses, the backlog grows to its limit, then an image takes its place.
 *
 * Jobs that wait for the replica (writer.h, wait_for_sink) are answered when the file with their
 * commit is there; ERR_NETWORK when that takes longer than sync_ms, or when another writer has
 * taken the replica over ("fenced"): then nothing more is put, nothing is answered as done, and
 * on_fenced is called once.
 *
 * Start: replicator_open before the writer starts, with an opened store: it looks whether the
 * replica continues this database (docs/explanation/replication.md has the table); then
 * writer_start with replicator_sink; then replicator_start, before any job is put. Stop:
 * writer_stop, then replicator_stop; in between what waits is put.
 *
 * Threads: replicator_state from any. Owner: replicator_free.
 */
#ifndef REPLICATE_REPLICATOR_H
#define REPLICATE_REPLICATOR_H

#include "replicate/shipper.h"
#include "store/commit.h"
#include "store/writer.h"

struct replicator;
struct store;

enum { REPLICATOR_START_MS = 1500 };

struct replicator_options {
    const char *data;                /* the data directory */
    struct destination *destination; /* ours from now on, also when opening fails */
    size_t backlog;                  /* bytes of commits that may wait; 0: 64 MiB */
    int64_t sync_ms;                 /* how long a job waits at most; 0: 10 s */
    /* Files are begun at least so long apart: under load the pages that every commit touches are
     * then compressed and put once, not a hundred times. 0 where jobs wait. */
    int64_t pace_ms;
    /* Open although the destination is away, or answers too slowly (it has
     * REPLICATOR_START_MS), and read the
     * database's checksums beside the writer: opening takes no longer than that. What cannot be
     * compared now is compared once the place is there. */
    bool start_without;
    bool takeover; /* continue a replica that another wrote: its epoch goes up */
    /* A new leader: its epoch goes up, and opening puts its first file, so that from then on no
     * other's is taken; ERR_CONFLICT when another came first. start_without does not count. */
    bool lead;
    void (*on_fenced)(void *context); /* once, on the replicator's thread; may be NULL */
    /* A file was put; on the replicator's thread; may be NULL. */
    void (*on_put)(void *context, const struct ltx_name *name, const struct notes *notes,
                   uint64_t size);
    /* And it holds the whole database; after on_put; may be NULL. */
    void (*on_image)(void *context, const struct ltx_name *name);
    void *context;
};

enum err replicator_open(struct store *store, const struct replicator_options *options,
                         struct replicator **out, struct why *why);

/* For writer_options. */
const struct commit_sink *replicator_sink(struct replicator *r);

/* Starts the thread. The writer runs, has no job yet, and stays until writer_stop. */
void replicator_start(struct replicator *r, struct writer *writer);

/* The next file is to hold the whole database. Any thread. */
void replicator_want_image(struct replicator *r);

/* After writer_stop: puts what waits, for at most so long, and ends the thread; a call that is
 * under way then is given up. */
void replicator_stop(struct replicator *r, int64_t within_ms);
void replicator_free(struct replicator *r); /* NULL is fine */

enum replicator_health {
    REPLICATOR_GOOD,
    REPLICATOR_BEHIND, /* the destination did not take the last file */
    REPLICATOR_FENCED  /* another writer has the replica */
};

struct replicator_state {
    enum replicator_health health;
    struct why trouble; /* why not good */
    struct shipper_position position;
    uint64_t seq_committed; /* of the writer's commits */
    uint64_t seq_safe;      /* all up to it are in the replica */
    int64_t safe_ms;        /* wall time when the last file was put; 0: none yet */
    uint64_t backlog;       /* bytes of commits that wait in memory */
    int64_t lag_ms;         /* age of the oldest commit that is not there; 0: all are */
    uint64_t files, bytes, images, failures;
    uint64_t captured; /* bytes of the write-ahead log that were given to it */
};

void replicator_state(struct replicator *r, struct replicator_state *out);

#endif
