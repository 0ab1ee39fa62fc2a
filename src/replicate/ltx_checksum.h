/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checksum of a database, kept up page by page.
 *
 *     page       bit 63 | CRC-64/GO-ISO of (page number as u32, big-endian ‖ page)
 *     database   bit 63 | exclusive-or of the checksums of all its pages but the lock page
 *
 * Exclusive-or needs no order, and what is put in twice is out again: a changed page costs its old
 * and its new checksum, whatever the size of the database. A page that truncation takes away is put
 * in once more; a new page has no old checksum.
 *
 *     sum = ltx_database_swap(sum, old, ltx_page_checksum(pgno, page, page_size));
 *
 * Two databases with one checksum can be made by who wants to; it finds damage, and copies that
 * went apart. Threads: safe anywhere; no state.
 */
#ifndef REPLICATE_LTX_CHECKSUM_H
#define REPLICATE_LTX_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#define LTX_CHECKSUM_BIT ((uint64_t)1 << 63)

/* Of a database without pages. */
#define LTX_DATABASE_EMPTY LTX_CHECKSUM_BIT

uint64_t ltx_page_checksum(uint32_t pgno, const void *page, size_t page_size);

/* With this page's checksum put in, or taken out: it is the same. */
uint64_t ltx_database_toggle(uint64_t database, uint64_t page);

/* With a page's old checksum exchanged for its new one. */
uint64_t ltx_database_swap(uint64_t database, uint64_t before, uint64_t after);

#endif
