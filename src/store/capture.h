/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads what the last commit put into the write-ahead log and gives it to the sink (commit.h).
 *
 * The log is read through SQLite's own handle of it, right after the commit, on the thread that
 * committed: no second descriptor on any file, no second connection, nothing polled. That nothing
 * is missed rests on two things: only this connection writes, and only it checkpoints, so the log
 * starts over only between two of our commits (seen by its salt).
 *
 * The log's format: https://sqlite.org/fileformat2.html#walformat, numbers big-endian. A head of 32
 * bytes (page size at 8, two salts at 16), then frames: page number, size of the database in pages
 * for the last frame of a commit and else 0, the salts, two checksums, the page.
 *
 * Private to store/; the writer's thread only.
 */
#ifndef STORE_CAPTURE_H
#define STORE_CAPTURE_H

#include "store/commit.h"

#include <sqlite3.h>

struct capture {
    const struct commit_sink *sink;
    uint64_t seq;          /* of the last commit given */
    unsigned char salt[8]; /* of the log it stood in */
    uint32_t frames;       /* of that log that were given */
};

/* The log must be empty, or its frames part of the sink's image; log_pages: how many those are. */
void capture_init(struct capture *c, const struct commit_sink *sink);

/* Call in SQLite's hook after each commit; log_pages: frames in the log now. */
void capture_commit(struct capture *c, sqlite3 *db, unsigned log_pages,
                    const struct commit_head *head);

/* The log was emptied by somebody, or read again after a failure: tells the sink. */
void capture_lose(struct capture *c);

#endif
