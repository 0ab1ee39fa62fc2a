/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the writer share: writer.c takes jobs, groups and answers them and keeps house;
 * writer_disk.c owns the connection: the log, losing the disk, getting it back. Nobody else
 * includes this.
 *
 * Threads: the writer's own, but where a member says otherwise.
 */
#ifndef STORE_WRITER_INNER_H
#define STORE_WRITER_INNER_H

#include "base/exposition.h"
#include "store/capture.h"
#include "store/funnel.h"
#include "store/group.h"
#include "store/inbox.h"
#include "store/store_inner.h"

#include <stdatomic.h>

struct writer {
    struct store *store;
    struct inbox inbox;
    unsigned group_limit;
    unsigned log_limit; /* pages */
    void (*draw)(void *, size_t);
    int64_t duplicate_ms;
    pthread_t thread;

    atomic_uint held;       /* jobs with the sink */
    _Atomic int64_t newest; /* submission that is committed */
    struct why fence;       /* written once, before fenced */
    atomic_bool fenced;

    /* The writer thread's own. */
    struct connection connection;
    struct capture capture;
    struct group group;
    bool open;          /* connection and group are usable */
    struct why trouble; /* why not, when not */
    enum err trouble_kind;
    int64_t retry_at_ms, retry_pause_ms;
    int64_t purge_at_ms;
    bool uncompared; /* there may be submissions to compare */
    int64_t compare_at_ms;
    bool indexes;   /* is asked to */
    bool unindexed; /* there may be submissions or notes to put into the search index */
    bool burst;     /* the last group was a large one */
    int64_t index_at_ms;
    unsigned log_pages;     /* after the last commit */
    unsigned log_length;    /* pages in its file when it was last looked at */
    unsigned checkpoint_at; /* log pages */
    bool rested;            /* nothing happened since memory was given back */

    int64_t beside_at_ms; /* when counts and marks may go with a group again */
    struct funnel funnel; /* any thread's */

    struct histogram commit_us, batch; /* counted by the writer, read by any */

    pthread_mutex_t stats_lock; /* guards stats; held for some stores */
    struct writer_stats stats;
};

/* Copies the log into the database file, as far as no reader needs the old pages. */
void writer_checkpoint(struct writer *w);

/* A connection that can be written with, and what the last committed transaction left. */
enum err writer_use_connection(struct writer *w, struct why *why);
void writer_close_connection(struct writer *w);

/* The disk failed: every job gets this until it works again; tried again with growing pauses. */
void writer_set_trouble(struct writer *w, enum err kind, const struct why *why);

/* Tries to get a connection back when it is time to. */
void writer_recover(struct writer *w);

#endif
