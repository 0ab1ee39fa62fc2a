/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The LTX files that a replica has, from the list of its blobs, and what one of them says of
 * itself. Names that are none (ltx_name.h) are passed over, as stock tools do it.
 *
 * Temporary failures are tried again for a while (retry.h). Owner: the arena. Threads: one at a
 * time per destination.
 */
#ifndef REPLICATE_LISTING_H
#define REPLICATE_LISTING_H

#include "replicate/destination.h"
#include "replicate/ltx.h"
#include "replicate/notes.h"
#include "replicate/plan.h"

struct listing {
    struct plan_file *files; /* by level, then by TXIDs; in the arena */
    size_t n;
};

enum err listing_read(struct destination *d, struct arena *a, struct listing *out, struct why *why);

/* The first bytes of a file: which database, and when. */
enum err listing_header(struct destination *d, const struct ltx_name *name, struct ltx_header *out,
                        struct why *why);

/*
 * What stands beside a file. *there is false when nothing of ours does: it was copied without, or
 * put by a stock tool.
 */
enum err listing_notes(struct destination *d, const struct ltx_name *name, struct notes *out,
                       bool *there, struct why *why);

#endif
