/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One page of a database as an LZ4 frame, and back.
 *
 * Frames are written with independent blocks of up to 64 KiB and a content checksum (the LZ4 frame
 * format, version 1.6), so a page can be taken out of the middle of a file and is known to be
 * whole. A frame by somebody else may announce blocks of up to 4 MiB; LZ4 then takes twice that
 * memory.
 *
 * Owner: whoever called _init calls _release. Threads: one at a time; encoders and decoders of one
 * thread may share one.
 */
#ifndef REPLICATE_LTX_PACK_H
#define REPLICATE_LTX_PACK_H

#include "replicate/ltx.h"

#include <lz4frame.h>

struct ltx_packer {
    LZ4F_cctx *context;
};

struct ltx_unpacker {
    LZ4F_dctx *context;
    unsigned char *page; /* LTX_PAGE_MAX bytes: what was unpacked last */
};

/* Bytes that the compressed part of one page's frame may have at most, written or read. */
size_t ltx_packed_max(size_t page_size);

/* ERR_IO when there is no memory; then nothing is to be released. */
enum err ltx_packer_init(struct ltx_packer *p, struct why *why);
void ltx_packer_release(struct ltx_packer *p);

/* A page into out, which has ltx_packed_max(n) bytes; returns how many it took. */
size_t ltx_pack(struct ltx_packer *p, const void *page, size_t n, unsigned char *out);

enum err ltx_unpacker_init(struct ltx_unpacker *u, struct why *why);
void ltx_unpacker_release(struct ltx_unpacker *u);

/*
 * The LZ4 frame that in begins with, unpacked into u->page: exactly n bytes; *used is the length of
 * the frame. NULL, or what is wrong with it.
 */
const char *ltx_unpack_frame(struct ltx_unpacker *u, struct str in, size_t n, size_t *used);

/* The same for an LZ4 block, which is all of in. */
const char *ltx_unpack_block(struct ltx_unpacker *u, struct str in, size_t n);

#endif
