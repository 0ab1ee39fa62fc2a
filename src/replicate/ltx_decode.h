/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads one LTX file (ltx.h) after another from a source, a page at a time, and believes nothing.
 *
 *     ltx_decoder_init(&d, &unpacker, 0);
 *     ltx_decoder_begin(&d, source, LTX_KNOWN_ALL, &why);   d.header is there
 *     while (!(err = ltx_decoder_page(&d, &pgno, &page, &why)) && pgno)
 *         …                                                 pgno 0: the whole file was right
 *     ltx_decoder_release(&d);
 *
 * Checked: the header; the order of the pages, and that none is missing (ltx_pages.h, where `known`
 * is explained); that each frame is exactly one page; that the index says where the frames are;
 * both checksums of the trailer, as far as the file keeps them; that nothing follows. A page is
 * handed out before the checksums at the end are known: until pgno is 0 it must not be trusted.
 *
 * Memory: what reads ahead (two packed pages, or `ahead` bytes if that is more), and the unpacker,
 * which many decoders may share: a page is valid until the next one is read through it. The size of
 * the file does not matter: of the index only a checksum is kept, and compared.
 * Threads: one at a time.
 */
#ifndef REPLICATE_LTX_DECODE_H
#define REPLICATE_LTX_DECODE_H

#include "replicate/ltx_pack.h"
#include "replicate/ltx_pages.h"

struct ltx_decoder {
    struct ltx_unpacker *unpacker;
    struct ltx_header header;
    struct ltx_trailer trailer; /* once pgno was 0 */
    struct ltx_pages pages;
    struct ltx_source source;
    unsigned char *ahead; /* bytes [from, to) of it are read and not used yet */
    size_t ahead_size, from, to;
    uint64_t used;  /* bytes of the file so far */
    uint64_t file;  /* checksum so far */
    uint64_t index; /* checksum of what the index must be */
    uint64_t index_size;
    bool open;  /* between begin and pgno 0, without an error */
    bool ended; /* the source has no more */
};

/* The unpacker stays with the caller. */
void ltx_decoder_init(struct ltx_decoder *d, struct ltx_unpacker *unpacker, size_t ahead);
void ltx_decoder_release(struct ltx_decoder *d);

/* Reads the header. */
enum err ltx_decoder_begin(struct ltx_decoder *d, struct ltx_source source, uint32_t known,
                           struct why *why);

/* The next page; or 0, when there is none and the rest of the file has been checked. */
enum err ltx_decoder_page(struct ltx_decoder *d, uint32_t *pgno, const unsigned char **page,
                          struct why *why);

#endif
