/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the replicator share: replicator.c is the sink and the thread that ships,
 * replicator_open.c compares replica and database, starts and stops. Nobody else includes this.
 */
#ifndef REPLICATE_REPLICATOR_INNER_H
#define REPLICATE_REPLICATOR_INNER_H

#include "replicate/backlog.h"
#include "replicate/baseline.h"
#include "replicate/replicator.h"

#include <semaphore.h>
#include <stdatomic.h>

/* Jobs that wait for the same commit. */
struct held {
    struct held *next;
    struct job *jobs;
    uint64_t seq;
    int64_t until_ms; /* monotonic */
};

/* The image of the database, pinned between two commits. */
struct pinning {
    struct replicator *replicator;
    struct backlog_mark mark;
    int64_t at_ms;
    enum err e;
    struct why why;
    sem_t done;
};

struct replicator {
    struct destination *destination;
    char data[STAGE_PATH_MAX];
    struct commit_sink sink;
    struct backlog backlog;
    atomic_ullong captured; /* bytes of the log */
    struct writer *writer;
    struct store *store;
    int64_t sync_ms, pace_ms;
    bool takeover;
    bool lead;
    void (*on_fenced)(void *context);
    void (*on_put)(void *context, const struct ltx_name *name, const struct notes *notes,
                   uint64_t size);
    void (*on_image)(void *context, const struct ltx_name *name);
    void *context;
    pthread_t thread, answers;
    bool started;

    /* The thread's own. */
    struct shipper shipper;
    struct image *image;
    bool looked; /* at the replica: what to ship is known */
    /* What is known before that: where the replica stands; the checksums of the database as it was
     * at the pinning, and what it held as the newest. */
    bool asked, learned;
    struct baseline_newest newest;
    bool pinned;
    struct pinning pinning;
    struct commit_head head;
    uint64_t ledger;     /* entries of the ledger of erasures that are there, from 1 on */
    uint64_t staged_seq; /* all commits up to it are in the file that is staged */
    unsigned failures;   /* in a row */
    int64_t shipped_ms;  /* monotonic; when the last file was begun */

    pthread_mutex_t lock;            /* guards everything below */
    pthread_cond_t changed, arrived; /* arrived: a job to be held */
    struct held *held, **held_last;  /* oldest first */
    struct replicator_state state;
    bool writer_gone;
    bool stopping, ended;
    int64_t stop_until_ms;
};

/* Pins it; p->mark says where the writer was. */
enum err replicator_pin_now(struct replicator *r, struct pinning *p, struct why *why);

void replicator_note_trouble(struct replicator *r, enum replicator_health health,
                             const struct why *why);

/* The file that was staged is there. */
void replicator_note_put(struct replicator *r, uint64_t bytes, bool image);

/* After the file with them: puts the entries up to that one into the ledger (ledger.h). */
enum err replicator_tell_erasures(struct replicator *r, const struct erasure_head *head,
                                  struct why *why);

/* How far the ledger is, and that it is this database's. */
enum err replicator_look_ledger(struct replicator *r, const struct erasure_head *head,
                                struct why *why);

/* Compares replica and database, and knows from then on what to ship first. */
enum err replicator_look(struct replicator *r, struct why *why);

/* Fills r->sink; the thread. */
void replicator_sink_init(struct replicator *r);
void *replicator_run(void *context);
void *replicator_answers(void *context);

#endif
