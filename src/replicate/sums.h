/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checksum of every page of the live database, and of the whole (ltx_checksum.h), kept up as
 * commits come: eight bytes a page, so a database of 1 GiB costs 2 MiB.
 *
 * Owner: sums_release. Threads: one at a time.
 */
#ifndef REPLICATE_SUMS_H
#define REPLICATE_SUMS_H

#include <stddef.h>
#include <stdint.h>

struct sums {
    uint64_t *page; /* of page i + 1; 0: nothing is known of it */
    uint32_t pages, room;
    uint32_t page_size;
    uint64_t database;
};

/* Of a database without pages. */
void sums_init(struct sums *s, uint32_t page_size);
void sums_release(struct sums *s);

/* The page is this now. pgno from 1; never the lock page. */
void sums_set(struct sums *s, uint32_t pgno, const void *data);

/* The database has so many pages now: what lies behind is gone. */
void sums_resize(struct sums *s, uint32_t pages);

#endif
