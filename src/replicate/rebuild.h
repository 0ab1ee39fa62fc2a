/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database file made from LTX files, one after the other, page by page as they are decoded.
 *
 *     rebuild_init(&r, fd, &why);
 *     rebuild_file(&r, source, &name, &why);   … in the order of a plan (plan.h)
 *     rebuild_end(&r, &why);                   cut to its size, and on the disk
 *
 * Pages are written where they belong, neighbours together. After a file that failed the database
 * is not what any transaction left, until files up to that one's last TXID have been applied.
 * Known all the time: the checksum of the whole database, from those of its pages (sums.h).
 *
 * Memory: 8 bytes a page, and 1.5 MiB. Owner: rebuild_release; the descriptor stays the caller's.
 * Threads: one at a time.
 */
#ifndef REPLICATE_REBUILD_H
#define REPLICATE_REBUILD_H

#include "replicate/ltx_decode.h"
#include "replicate/ltx_name.h"
#include "replicate/sums.h"

struct rebuild {
    int fd;
    struct ltx_unpacker unpacker;
    struct ltx_decoder decoder; /* header and trailer are those of the last file */
    struct sums sums;           /* page_size 0: no file yet */
    uint64_t txid;              /* of the last file; 0: none yet */
    unsigned char *run;         /* neighbouring pages on their way to the file */
    size_t run_n;
    uint64_t run_at;   /* the byte where they belong */
    uint64_t unsynced; /* bytes written since the disk was last told to begin */
};

enum err rebuild_init(struct rebuild *r, int fd, struct why *why);
void rebuild_release(struct rebuild *r);

/* Goes on with what fd holds: so many pages, as transaction txid left them. Reads them all. */
enum err rebuild_resume(struct rebuild *r, uint32_t page_size, uint32_t pages, uint64_t txid,
                        struct why *why);

/* Applies one file, which must be the one of that name and not leave out transactions. */
enum err rebuild_file(struct rebuild *r, struct ltx_source source, const struct ltx_name *name,
                      struct why *why);

/* Everything written so far is on the disk. */
enum err rebuild_sync(struct rebuild *r, struct why *why);

/* The file has its size. */
enum err rebuild_end(struct rebuild *r, struct why *why);

#endif
