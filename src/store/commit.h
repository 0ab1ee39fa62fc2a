/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a commit changed, for somebody who keeps a copy elsewhere.
 *
 *     writer: COMMIT ─▶ capture.h reads the log's new frames ─▶ sink->commit(commit) ─▶ answers
 *
 * The writer gives every commit to its sink as it happens, in order: the pages it wrote, whole, as
 * SQLite's log has them (https://sqlite.org/fileformat2.html#walformat). A page may be there more
 * than once; the last one counts. Together with an image of the database (image.h) as it was at
 * commit 0 they are every later state of it.
 *
 * When commits could not be captured (the disk failed and the log was settled by reading it again),
 * the sink is told `lost`: what it has of the database ends there, and it wants a new image.
 *
 * Owner: a commit is the sink's once it was given; commit_free. Threads: all these functions are
 * called on the writer's thread and must not block it: they take, and somebody else works.
 */
#ifndef STORE_COMMIT_H
#define STORE_COMMIT_H

#include "base/err.h"
#include "core/audit.h"
#include "core/erasure.h"

struct job;

enum { COMMIT_FRAME_HEAD = 24 }; /* bytes before each page */

/* How far the database has come: what it holds as the newest. */
struct commit_head {
    struct audit_head audit;
    int64_t submission; /* row number; 0: there was none */
    struct erasure_head erasure;
};

struct commit {
    struct commit *next; /* the sink's own */
    uint64_t seq;        /* 1, 2, 3, … since the writer was started */
    int64_t at_ms;       /* wall time */
    struct commit_head head;
    uint32_t page_size; /* bytes */
    uint32_t db_pages;  /* of the whole database afterwards */
    size_t frames_n;    /* at least 1 */
    unsigned char frames[];
};

struct commit_sink {
    void *self;
    /* Takes what was committed. */
    void (*commit)(void *self, struct commit *commit);
    /* What was committed since the last one given is not known. */
    void (*lost)(void *self);
    /*
     * Jobs that want to be answered only when they are safe elsewhere (job.wait_for_sink),
     * committed with the last commit given or before it. The sink takes the chain and gives it back
     * with writer_release, on any thread, after at most so long as it thinks right.
     */
    void (*hold)(void *self, struct job *jobs);
    /* That was all: the writer is about to end, and takes no more calls (writer.h). */
    void (*closed)(void *self);
};

/* Frame i (0 is the first): its page's number, 1 and up, and its content of page_size bytes. */
uint32_t commit_page(const struct commit *commit, size_t i);
const unsigned char *commit_data(const struct commit *commit, size_t i);

/* Bytes of memory a commit occupies, for whoever bounds how many wait. */
size_t commit_size(const struct commit *commit);

/* NULL is fine. */
void commit_free(struct commit *commit);

#endif
