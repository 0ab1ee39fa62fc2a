/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole database at one moment, page by page, while it is being served: the beginning of a copy
 * that commit.h keeps up to date.
 *
 * A connection of its own holds a read transaction, so that the writer goes on beside it (the log
 * cannot start over meanwhile, and grows). Pages come from SQLite's sqlite_dbpage, through its
 * cache and log: nobody else opens the file.
 *
 * Which commit it is the image of: pin it in a JOB_CALL (writer.h), or before the writer starts.
 *
 * Owner: image_close (NULL is fine). Threads: one at a time; pinning may be on another than
 * reading.
 */
#ifndef STORE_IMAGE_H
#define STORE_IMAGE_H

#include "base/err.h"
#include "store/commit.h"

struct store;
struct image;

enum err image_open(struct store *store, struct image **out, struct why *why);
void image_close(struct image *image);

/* From now on it is the database as it is now. Unpins what was pinned. */
enum err image_pin(struct image *image, struct why *why);
void image_unpin(struct image *image);

struct image_shape {
    uint32_t page_size; /* bytes */
    uint32_t pages;     /* the page of SQLite's locks (at 1 GiB) counted */
};

enum err image_shape(struct image *image, struct image_shape *out, struct why *why);

/* What it holds as the newest. */
enum err image_head(struct image *image, struct commit_head *out, struct why *why);

/* At most `limit` entries of its ledger of erasures behind number `after`, oldest first; pinned or
 * not. */
enum err image_erasures(struct image *image, uint64_t after, struct erasure *out, size_t limit,
                        size_t *n, struct why *why);

/* Is this event in it, with this very hash? Before the first event every database is the same. */
enum err image_descends(struct image *image, const struct audit_head *from, bool *out,
                        struct why *why);

/*
 * Gives every page of the pinned database but the one of SQLite's locks, ascending from 1. visit
 * returns false to stop: ERR_NONE all the same.
 */
enum err image_read(struct image *image,
                    bool (*visit)(void *context, uint32_t page, const unsigned char *data),
                    void *context, struct why *why);

#endif
