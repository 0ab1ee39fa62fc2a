/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LTX, version 3: the pages that one or more transactions changed, as one file. This is the format
 * that Litestream 0.5 keeps its replicas in; the source is the superfly/ltx library, v0.5.
 * Whole numbers are big-endian unless they are said to be varints.
 *
 *   header   100 bytes
 *              0 "LTX1"                      40 u64 checksum of the database before
 *              4 u32 flags                   48 i64 where in the WAL it was, 0: unknown
 *              8 u32 page size               56 i64 bytes of WAL
 *             12 u32 commit                  64 u32 salt 1 of the WAL
 *             16 u64 smallest TXID           68 u32 salt 2 of the WAL
 *             24 u64 largest TXID            72 u64 who made it, 0: unsaid
 *             32 i64 ms since 1970           80 20 bytes of zeros
 *   frames   per page, ascending: u32 page number, u16 flags, the page compressed
 *              flags 0: one LZ4 frame, with a content checksum (readers of the source rely on its
 *              length) · flags 1: u32 n, n bytes of LZ4 block; read here, never written: only
 *              Litestream ≥ 0.5.16 reads those
 *            6 bytes of zeros end them
 *   index    per page: varint page number, varint place of its frame, varint size of its frame;
 *            varint 0; u64 bytes of index before this number
 *   trailer  u64 checksum of the database afterwards, u64 checksum of the file
 *
 * commit is the size of the database in pages afterwards. A smallest TXID of 1 means a snapshot:
 * all pages from 1 to commit. The page that holds byte 2^30, SQLite's lock page, is in no file.
 *
 * Checksums are CRC-64/GO-ISO with bit 63 set, so that none is 0 (checksum of the database: see
 * ltx_checksum.h). The file's covers header, each frame's header and its page *uncompressed*, the 6
 * zeros, the index with its length, and the checksum before it. Flag 2 says that the database's
 * checksums are not kept: both are 0, snapshots or not. The file's is always there. We write flag
 * 2, because Litestream's restore refuses the others (its issue 1427), and keep the database's
 * checksum beside the file.
 *
 * What is damaged is ERR_DATA, with the byte where it shows. Streams may return what they like; it
 * is passed on. Threads: one at a time per struct.
 */
#ifndef REPLICATE_LTX_H
#define REPLICATE_LTX_H

#include "base/err.h"

enum {
    LTX_HEADER_SIZE = 100,
    LTX_FRAME_HEADER_SIZE = 6,
    LTX_TRAILER_SIZE = 16,
    LTX_PAGE_MIN = 512,
    LTX_PAGE_MAX = 65536,
    LTX_FLAG_NO_CHECKSUM = 2, /* of the header: the database's checksums are not kept */
    LTX_FRAME_BLOCK = 1,      /* of a frame: its length, then an LZ4 block */
    LTX_INDEX_ENTRY_MAX = 5 + 10 + 5,
};

struct ltx_header {
    uint32_t flags;
    uint32_t page_size; /* bytes: a power of two from 512 to 65536 */
    uint32_t commit;    /* pages of the database afterwards */
    uint64_t min_txid;
    uint64_t max_txid;
    int64_t at_ms;      /* since 1970 */
    uint64_t pre_apply; /* 0 in a snapshot and with LTX_FLAG_NO_CHECKSUM */
    int64_t wal_offset; /* this and the next four: 0 when unknown, and after compaction */
    int64_t wal_size;
    uint32_t wal_salt1;
    uint32_t wal_salt2;
    uint64_t node;
};

struct ltx_trailer {
    uint64_t post_apply; /* 0 with LTX_FLAG_NO_CHECKSUM */
    uint64_t file;
};

/* Where a file comes from: up to n bytes into out, *got of them; 0 is the end. */
struct ltx_source {
    enum err (*read)(void *from, void *out, size_t n, size_t *got, struct why *why);
    void *from;
};

/* Where a file goes: all n bytes, in order. */
struct ltx_sink {
    enum err (*write)(void *to, const void *bytes, size_t n, struct why *why);
    void *to;
};

/* A source that reads *rest and moves it on; a sink that appends to a struct buf, up to its max. */
struct ltx_source ltx_source_str(struct str *rest);
struct buf;
struct ltx_sink ltx_sink_buf(struct buf *to);

/* The first TXID is 1: such a file holds the whole database. */
bool ltx_is_snapshot(const struct ltx_header *h);

/* The number of the page that is never stored, for a page size. */
uint32_t ltx_lock_page(uint32_t page_size);

/* The page after pgno that a file may hold. */
uint32_t ltx_next_page(uint32_t page_size, uint32_t pgno);

/* Refuses what no file may say (and what stock readers refuse). */
enum err ltx_header_check(const struct ltx_header *h, struct why *why);

void ltx_header_write(const struct ltx_header *h, unsigned char out[LTX_HEADER_SIZE]);

/* Reads and checks. */
enum err ltx_header_read(const unsigned char in[LTX_HEADER_SIZE], struct ltx_header *h,
                         struct why *why);

/* Big-endian numbers, and varints: seven bits a byte, the lowest first, the last below 128. */
void ltx_put_u16(unsigned char *out, uint16_t n);
void ltx_put_u32(unsigned char *out, uint32_t n);
void ltx_put_u64(unsigned char *out, uint64_t n);
uint16_t ltx_get_u16(const unsigned char *in);
uint32_t ltx_get_u32(const unsigned char *in);
uint64_t ltx_get_u64(const unsigned char *in);
size_t ltx_put_varint(unsigned char out[10], uint64_t n);

/* One page's entry of the index; returns its length. */
size_t ltx_put_entry(unsigned char out[LTX_INDEX_ENTRY_MAX], uint32_t pgno, uint64_t at,
                     uint64_t size);

#endif
