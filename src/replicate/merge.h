/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes one file of a replica out of several that are there already, and puts it.
 *
 * Inputs are read from the copies below the data directory (stage.h); one that is missing there, or
 * is not what the replica has (its notes say which checksum that is), is fetched first. A copy may
 * be damaged, since nothing synced it: what does not decode is thrown away, and fetched next time.
 *
 * Owner: merge_release. Threads: one at a time.
 */
#ifndef REPLICATE_MERGE_H
#define REPLICATE_MERGE_H

#include "replicate/shelf.h"
#include "replicate/stage.h"

struct merge {
    const char *data; /* the data directory */
    struct destination *destination;
    struct stage stage;
    uint64_t fetched, put; /* bytes, in all */
};

/* Both stay the caller's. */
void merge_init(struct merge *m, const char *data, struct destination *destination);
void merge_release(struct merge *m);

/*
 * The files in this order become `result`, whose notes are those of the last one but for its own
 * checksum, and whose size is *size. A single one that holds the whole database may become a
 * snapshot (from TXID 1 on). It is there already: then that is it. ERR_MISSING: an input is
 * not there any more.
 */
enum err merge_run(struct merge *m, struct retention_file **files, size_t n,
                   const struct ltx_name *result, struct notes *notes, uint64_t *size,
                   struct why *why);

/* The copy here is not needed any more. */
void merge_drop_copy(struct merge *m, const struct ltx_name *name);

/* Deletes every copy that is not on the shelf, and unfinished ones, but for what is being shipped.
 */
void merge_tidy(struct merge *m, const struct shelf *shelf);

#endif
