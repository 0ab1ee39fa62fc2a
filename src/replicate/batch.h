/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commits that become one LTX file: the newest content of every page they wrote.
 *
 *     commits ──batch_make──▶ pages, ascending ──batch_write──▶ encoder
 *
 * Owner: the batch owns its commits from batch_make on. Threads: one at a time.
 */
#ifndef REPLICATE_BATCH_H
#define REPLICATE_BATCH_H

#include "replicate/ltx_encode.h"
#include "replicate/sums.h"
#include "store/commit.h"

struct batch_page {
    uint32_t pgno;
    uint32_t order; /* of two frames of a page the larger one is newer */
    const unsigned char *data;
};

struct batch {
    struct commit *commits;
    struct batch_page *pages; /* ascending, each once, none behind db_pages */
    size_t pages_n;
    uint32_t page_size;
    uint32_t db_pages; /* of the database after the last commit */
    uint64_t seq;      /* of the last commit */
    int64_t at_ms;     /* of the last commit */
    struct commit_head head;
    unsigned commits_n;
};

/* A chain of at least one, oldest first, all with one page size. */
void batch_make(struct batch *b, struct commit *commits);
void batch_release(struct batch *b);

/*
 * Gives every page to the encoder, which was begun with known = sums->pages, and brings sums up to
 * date. A page that is new in the database and was never written (SQLite does not write what it
 * put on its list of free pages) is given as zeros, which is what it reads as.
 */
enum err batch_write(const struct batch *b, struct ltx_encoder *encoder, struct sums *sums,
                     struct why *why);

#endif
