/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/ltx_encode.h"

#include "base/must.h"
#include "replicate/crc64.h"
#include "replicate/ltx_checksum.h"

static const char op[] = "write an LTX file";

/* The index of a database of 16 TiB: nothing SQLite can make comes near it. */
static const size_t index_max = (size_t)1 << 36;

enum err ltx_encoder_init(struct ltx_encoder *e, struct why *why)
{
    *e = (struct ltx_encoder){.open = false};
    buf_init(&e->index, index_max);
    return ltx_packer_init(&e->packer, why);
}

void ltx_encoder_release(struct ltx_encoder *e)
{
    ltx_packer_release(&e->packer);
    buf_release(&e->index);
    free(e->frame);
    e->frame = NULL;
    e->open = false;
}

static enum err put(struct ltx_encoder *e, const void *bytes, size_t n, struct why *why)
{
    enum err err = e->sink.write(e->sink.to, bytes, n, why);
    e->written += n;
    e->open = !err;
    return err;
}

/* What is covered by the checksum as it is written. */
static enum err put_covered(struct ltx_encoder *e, const void *bytes, size_t n, struct why *why)
{
    e->file = crc64(e->file, bytes, n);
    return put(e, bytes, n, why);
}

enum err ltx_encoder_begin(struct ltx_encoder *e, const struct ltx_header *header, uint32_t known,
                           struct ltx_sink sink, struct why *why)
{
    e->open = false;
    enum err err = ltx_header_check(header, why);
    if (err)
        return err;
    const size_t size = LTX_FRAME_HEADER_SIZE + ltx_packed_max(header->page_size);
    if (size > e->frame_size) {
        unsigned char *frame = realloc(e->frame, size);
        if (!frame)
            return err_set(why, ERR_IO, op, "out of memory");
        e->frame = frame;
        e->frame_size = size;
    }
    e->header = *header;
    e->sink = sink;
    e->written = 0;
    e->file = 0;
    buf_clear(&e->index);
    ltx_pages_begin(&e->pages, &e->header, known, op);

    unsigned char bytes[LTX_HEADER_SIZE];
    ltx_header_write(header, bytes);
    return put_covered(e, bytes, sizeof bytes, why);
}

enum err ltx_encoder_page(struct ltx_encoder *e, uint32_t pgno, const void *page, struct why *why)
{
    must(e->open);
    enum err err = ltx_pages_next(&e->pages, pgno, e->written, why);
    if (err) {
        e->open = false;
        return err;
    }
    ltx_pages_add(&e->pages, page);
    ltx_put_u32(e->frame, pgno);
    ltx_put_u16(e->frame + 4, 0);
    e->file = crc64(e->file, e->frame, LTX_FRAME_HEADER_SIZE);
    e->file = crc64(e->file, page, e->header.page_size);
    size_t n = LTX_FRAME_HEADER_SIZE +
               ltx_pack(&e->packer, page, e->header.page_size, e->frame + LTX_FRAME_HEADER_SIZE);

    unsigned char entry[LTX_INDEX_ENTRY_MAX];
    buf_bytes(&e->index, entry, ltx_put_entry(entry, pgno, e->written, n));
    return put(e, e->frame, n, why);
}

/* The checksum of the database afterwards that the file is to carry. */
static enum err choose_post_apply(const struct ltx_encoder *e, uint64_t *post_apply,
                                  struct why *why)
{
    const bool kept = !(e->header.flags & LTX_FLAG_NO_CHECKSUM);
    if (kept && ltx_is_snapshot(&e->header)) {
        if (*post_apply && *post_apply != e->pages.database)
            return err_set(why, ERR_DATA, op, "the database's checksum is %016llx, not %016llx",
                           (unsigned long long)e->pages.database, (unsigned long long)*post_apply);
        *post_apply = e->pages.database;
    }
    if (kept != ((*post_apply & LTX_CHECKSUM_BIT) != 0) || (!kept && *post_apply))
        return err_set(why, ERR_DATA, op, "%016llx is no checksum of a database%s",
                       (unsigned long long)*post_apply, kept ? "" : " that keeps none");
    return ERR_NONE;
}

enum err ltx_encoder_end(struct ltx_encoder *e, uint64_t post_apply, struct ltx_trailer *trailer,
                         struct why *why)
{
    static const unsigned char zeros[LTX_FRAME_HEADER_SIZE];
    must(e->open);
    enum err err = ltx_pages_end(&e->pages, e->written, why);
    if (!err)
        err = choose_post_apply(e, &post_apply, why);
    if (!err)
        err = put_covered(e, zeros, sizeof zeros, why);
    e->open = false;
    if (err)
        return err;

    unsigned char length[8], end[LTX_TRAILER_SIZE];
    buf_byte(&e->index, 0);
    ltx_put_u64(length, e->index.len);
    buf_bytes(&e->index, length, sizeof length);
    if (!buf_ok(&e->index))
        return err_set(why, ERR_IO, op, "out of memory");
    err = put_covered(e, e->index.ptr, e->index.len, why);
    if (!err) {
        ltx_put_u64(end, post_apply);
        e->file = LTX_CHECKSUM_BIT | crc64(e->file, end, 8);
        ltx_put_u64(end + 8, e->file);
        err = put(e, end, sizeof end, why);
    }
    e->open = false;
    if (trailer)
        *trailer = (struct ltx_trailer){post_apply, e->file};
    return err;
}
