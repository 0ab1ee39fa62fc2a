/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many blobs, fetched by several threads, read by one as if they lay one behind the other.
 *
 *     place ──┬─ thread ─▶ ░░░░ ─┐
 *             ├─ thread ─▶ ░░    ├─▶ conveyor_source(c, 0), (c, 1), …   in their order
 *             └─ thread ─▶       ┘
 *
 * Each thread has a connection of its own and fetches the next piece (a blob, or CONVEYOR_PIECE
 * bytes of a large one) that is not on the way yet; at most CONVEYOR_AHEAD of them wait to be read.
 * So the memory is bounded, by 24 MiB, and one large blob is as quick as many small ones.
 *
 * An attempt that fails and may succeed later (err_is_temporary) is made again, with growing pauses
 * (retry.h), CONVEYOR_ATTEMPTS times. What fails for good is the reader's error when it comes to
 * that place; ERR_MISSING says that the blob is no longer there.
 *
 * Owner: conveyor_close. Threads: opened, read and closed by one; the others are its own.
 */
#ifndef REPLICATE_CONVEYOR_H
#define REPLICATE_CONVEYOR_H

#include "replicate/destination.h"
#include "replicate/ltx.h"

enum {
    CONVEYOR_PIECE = 1 << 20,
    CONVEYOR_AHEAD = 24,
    CONVEYOR_THREADS_MAX = 16,
    CONVEYOR_ATTEMPTS = 8
};

struct conveyor_item {
    struct str name;
    uint64_t size; /* bytes, or more: as a list says it */
};

struct conveyor;

/* The items and their names, and what the options point to, stay where they are until the end. */
enum err conveyor_open(const struct destination_options *options, unsigned threads,
                       const struct conveyor_item *items, size_t n, struct conveyor **out,
                       struct why *why);
void conveyor_close(struct conveyor *c); /* NULL is fine; also before all is read */

/* The next item: from the first on, each read to its end before the next one. */
struct ltx_source conveyor_next(struct conveyor *c);

#endif
