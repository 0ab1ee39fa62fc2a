/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes one LTX file (ltx.h) after another, each page as it comes, into a sink.
 *
 *     ltx_encoder_init(&e, &why);
 *     ltx_encoder_begin(&e, &header, known, sink, &why);
 *     ltx_encoder_page(&e, 1, page, &why);                  ascending, without the lock page
 *     ltx_encoder_end(&e, post_apply, &trailer, &why);      then begin again, or
 *     ltx_encoder_release(&e);
 *
 * What no reader would take is refused before it is written: a page out of order or behind commit,
 * a gap in a snapshot. `known` is the size of the database before, in pages, so that a gap among
 * its new pages is refused too; LTX_KNOWN_ALL where that is not known. After an error the file is
 * lost: begin again. Nothing is to be published before end has returned ERR_NONE.
 *
 * Memory: one page, LZ4's tables, and the index: at most 20 bytes a page, usually 10.
 * Threads: one at a time.
 */
#ifndef REPLICATE_LTX_ENCODE_H
#define REPLICATE_LTX_ENCODE_H

#include "base/buf.h"
#include "replicate/ltx_pack.h"
#include "replicate/ltx_pages.h"

struct ltx_encoder {
    struct ltx_packer packer;
    struct ltx_header header;
    struct ltx_pages pages;
    struct ltx_sink sink;
    struct buf index;
    uint64_t written;     /* bytes of the file so far */
    uint64_t file;        /* checksum so far */
    unsigned char *frame; /* one frame, its header included */
    size_t frame_size;
    bool open; /* between begin and end, without an error */
};

enum err ltx_encoder_init(struct ltx_encoder *e, struct why *why);
void ltx_encoder_release(struct ltx_encoder *e);

/* Writes the header. */
enum err ltx_encoder_begin(struct ltx_encoder *e, const struct ltx_header *header, uint32_t known,
                           struct ltx_sink sink, struct why *why);

/* Writes one page: header.page_size bytes. */
enum err ltx_encoder_page(struct ltx_encoder *e, uint32_t pgno, const void *page, struct why *why);

/*
 * Writes index and trailer, which *trailer has too (it may be NULL). post_apply is the checksum of
 * the database afterwards: 0 when checksums are not kept; in a snapshot the pages give it, and
 * anything but 0 must be the same.
 */
enum err ltx_encoder_end(struct ltx_encoder *e, uint64_t post_apply, struct ltx_trailer *trailer,
                         struct why *why);

#endif
