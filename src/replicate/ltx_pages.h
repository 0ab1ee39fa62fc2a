/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of the pages in one LTX file, which writers keep and readers check: ascending, none
 * behind the end of the database, never the lock page, and no gap among the pages that are new. In
 * a snapshot all are new; otherwise those behind `known`, the size of the database before.
 *
 * For a snapshot it also adds up the checksum of the database. Threads: one at a time.
 */
#ifndef REPLICATE_LTX_PAGES_H
#define REPLICATE_LTX_PAGES_H

#include "replicate/ltx.h"

/* The size of the database before is not known: no page counts as new. */
#define LTX_KNOWN_ALL UINT32_MAX

struct ltx_pages {
    const struct ltx_header *header;
    const char *op;    /* for struct why */
    uint32_t known;    /* pages that were there before; 0 in a snapshot */
    uint32_t last;     /* the page before the next */
    uint32_t count;    /* pages so far */
    uint64_t database; /* checksum of the database so far, in a snapshot */
};

/* header stays where it is as long as p is used. */
void ltx_pages_begin(struct ltx_pages *p, const struct ltx_header *header, uint32_t known,
                     const char *op);

/* May pgno be next? at is the byte where it stands. */
enum err ltx_pages_next(struct ltx_pages *p, uint32_t pgno, uint64_t at, struct why *why);

/* Puts the page into the checksum of a snapshot. */
void ltx_pages_add(struct ltx_pages *p, const void *page);

/* May this be all? */
enum err ltx_pages_end(const struct ltx_pages *p, uint64_t at, struct why *why);

#endif
