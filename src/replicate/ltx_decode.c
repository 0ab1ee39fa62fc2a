/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/ltx_decode.h"

#include "base/must.h"
#include "replicate/crc64.h"
#include "replicate/ltx_checksum.h"

static const char op[] = "read an LTX file";

enum { AHEAD_MIN = 4096 };

void ltx_decoder_init(struct ltx_decoder *d, struct ltx_unpacker *unpacker, size_t ahead)
{
    *d = (struct ltx_decoder){.unpacker = unpacker,
                              .ahead_size = ahead > AHEAD_MIN ? ahead : AHEAD_MIN};
}

void ltx_decoder_release(struct ltx_decoder *d)
{
    free(d->ahead);
    d->ahead = NULL;
    d->open = false;
}

static enum err no_memory(struct why *why)
{
    return err_set(why, ERR_IO, op, "out of memory");
}

/* At least n bytes ahead, or all that there are. */
static enum err fill(struct ltx_decoder *d, size_t n, struct why *why)
{
    must(n <= d->ahead_size);
    if (d->ahead_size - d->from < n) {
        memmove(d->ahead, d->ahead + d->from, d->to - d->from);
        d->to -= d->from;
        d->from = 0;
    }
    while (!d->ended && d->to - d->from < n) {
        size_t got = 0;
        enum err err =
            d->source.read(d->source.from, d->ahead + d->to, d->ahead_size - d->to, &got, why);
        if (err)
            return err;
        must(got <= d->ahead_size - d->to);
        d->to += got;
        d->ended = got == 0;
    }
    return ERR_NONE;
}

/* Exactly n bytes ahead, at *at; they are used. */
static enum err take(struct ltx_decoder *d, size_t n, const unsigned char **at, struct why *why)
{
    enum err err = fill(d, n, why);
    if (err)
        return err;
    if (d->to - d->from < n)
        return err_set(why, ERR_DATA, op, "byte %llu: the file ends here, and it is not complete",
                       (unsigned long long)d->used + (d->to - d->from));
    *at = d->ahead + d->from;
    d->from += n;
    d->used += n;
    return ERR_NONE;
}

/* The same for what is covered by the checksum as it stands in the file. */
static enum err take_covered(struct ltx_decoder *d, size_t n, const unsigned char **at,
                             struct why *why)
{
    enum err err = take(d, n, at, why);
    if (!err)
        d->file = crc64(d->file, *at, n);
    return err;
}

static enum err begin(struct ltx_decoder *d, uint32_t known, struct why *why)
{
    const unsigned char *bytes = NULL;
    if (!d->ahead && !(d->ahead = malloc(d->ahead_size)))
        return no_memory(why);
    enum err err = take_covered(d, LTX_HEADER_SIZE, &bytes, why);
    if (!err)
        err = ltx_header_read(bytes, &d->header, why);
    if (err)
        return err;
    ltx_pages_begin(&d->pages, &d->header, known, op);

    const size_t wanted = 2 * (LTX_FRAME_HEADER_SIZE + 4 + ltx_packed_max(d->header.page_size));
    if (wanted > d->ahead_size) {
        unsigned char *ahead = realloc(d->ahead, wanted);
        if (!ahead)
            return no_memory(why);
        d->ahead = ahead;
        d->ahead_size = wanted;
    }
    return ERR_NONE;
}

enum err ltx_decoder_begin(struct ltx_decoder *d, struct ltx_source source, uint32_t known,
                           struct why *why)
{
    d->source = source;
    d->from = d->to = 0;
    d->used = d->file = d->index = d->index_size = 0;
    d->ended = false;
    enum err err = begin(d, known, why);
    d->open = !err;
    return err;
}

static enum err bad_frame(const struct ltx_decoder *d, uint64_t at, const char *what,
                          struct why *why)
{
    return err_set(why, ERR_DATA, op, "byte %llu: the frame of page %u: %s", (unsigned long long)at,
                   d->pages.last, what);
}

/* The page of the frame whose header has just been read. */
static enum err unpack(struct ltx_decoder *d, uint16_t flags, uint64_t at, struct why *why)
{
    const size_t most = ltx_packed_max(d->header.page_size);
    const unsigned char *bytes = NULL;
    if (flags == 0) {
        enum err err = fill(d, most, why);
        if (err)
            return err;
        size_t ahead = d->to - d->from, used;
        const char *wrong =
            ltx_unpack_frame(d->unpacker, str_of(d->ahead + d->from, ahead < most ? ahead : most),
                             d->header.page_size, &used);
        if (wrong)
            return bad_frame(d, at, wrong, why);
        return take(d, used, &bytes, why);
    }
    if (flags != LTX_FRAME_BLOCK)
        return bad_frame(d, at, "its flags are unknown", why);
    enum err err = take_covered(d, 4, &bytes, why);
    if (err)
        return err;
    const size_t n = ltx_get_u32(bytes);
    if (n > most)
        return bad_frame(d, at, "it is longer than any page makes it", why);
    err = take(d, n, &bytes, why);
    if (err)
        return err;
    const char *wrong = ltx_unpack_block(d->unpacker, str_of(bytes, n), d->header.page_size);
    return wrong ? bad_frame(d, at, wrong, why) : ERR_NONE;
}

/* The index is one spelling of what the frames were: its checksum and its length tell. */
static enum err check_index(struct ltx_decoder *d, struct why *why)
{
    const uint64_t at = d->used;
    const unsigned char *bytes = NULL;
    enum err err = ERR_NONE;
    uint64_t sum = 0;
    d->index = crc64(d->index, "", 1);
    d->index_size++;
    for (uint64_t left = d->index_size; left && !err;) {
        size_t n = left < d->ahead_size ? (size_t)left : d->ahead_size;
        err = take_covered(d, n, &bytes, why);
        if (!err)
            sum = crc64(sum, bytes, n);
        left -= n;
    }
    if (err)
        return err;
    if (sum != d->index)
        return err_set(why, ERR_DATA, op, "byte %llu: the index is not that of the %u pages before",
                       (unsigned long long)at, d->pages.count);
    err = take_covered(d, 8, &bytes, why);
    if (!err && ltx_get_u64(bytes) != d->index_size)
        err = err_set(why, ERR_DATA, op, "byte %llu: the index has %llu bytes, not %llu",
                      (unsigned long long)d->used - 8, (unsigned long long)d->index_size,
                      (unsigned long long)ltx_get_u64(bytes));
    return err;
}

static enum err check_trailer(struct ltx_decoder *d, struct why *why)
{
    const unsigned char *bytes = NULL;
    const unsigned long long at = d->used;
    const bool kept = !(d->header.flags & LTX_FLAG_NO_CHECKSUM);
    enum err err = take(d, LTX_TRAILER_SIZE, &bytes, why);
    if (err)
        return err;
    d->file = LTX_CHECKSUM_BIT | crc64(d->file, bytes, 8);
    d->trailer = (struct ltx_trailer){ltx_get_u64(bytes), ltx_get_u64(bytes + 8)};
    const uint64_t sum = d->trailer.post_apply;
    if (d->file != d->trailer.file)
        return err_set(why, ERR_DATA, op,
                       "byte %llu: the file's checksum is %016llx, and it says %016llx", at + 8,
                       (unsigned long long)d->file, (unsigned long long)d->trailer.file);
    if (kept != ((sum & LTX_CHECKSUM_BIT) != 0) || (!kept && sum))
        return err_set(why, ERR_DATA, op, "byte %llu: %016llx is no checksum of a database%s", at,
                       (unsigned long long)sum, kept ? "" : " that keeps none");
    if (kept && ltx_is_snapshot(&d->header) && sum != d->pages.database)
        return err_set(why, ERR_DATA, op,
                       "byte %llu: the database's checksum is %016llx, and it says %016llx", at,
                       (unsigned long long)d->pages.database, (unsigned long long)sum);
    err = fill(d, 1, why);
    if (!err && d->from != d->to)
        err = err_set(why, ERR_DATA, op, "byte %llu: the file goes on behind its end",
                      (unsigned long long)d->used);
    return err;
}

static enum err next_page(struct ltx_decoder *d, uint32_t *pgno, struct why *why)
{
    const unsigned char *bytes = NULL;
    const uint64_t at = d->used;
    enum err err = take_covered(d, LTX_FRAME_HEADER_SIZE, &bytes, why);
    if (err)
        return err;
    const uint32_t number = ltx_get_u32(bytes);
    const uint16_t flags = ltx_get_u16(bytes + 4);
    if (number == 0 && flags == 0) {
        err = ltx_pages_end(&d->pages, at, why);
        if (!err)
            err = check_index(d, why);
        return err ? err : check_trailer(d, why);
    }
    err = ltx_pages_next(&d->pages, number, at, why);
    if (!err)
        err = unpack(d, flags, at, why);
    if (err)
        return err;
    d->file = crc64(d->file, d->unpacker->page, d->header.page_size);
    ltx_pages_add(&d->pages, d->unpacker->page);

    unsigned char entry[LTX_INDEX_ENTRY_MAX];
    size_t n = ltx_put_entry(entry, number, at, d->used - at);
    d->index = crc64(d->index, entry, n);
    d->index_size += n;
    *pgno = number;
    return ERR_NONE;
}

enum err ltx_decoder_page(struct ltx_decoder *d, uint32_t *pgno, const unsigned char **page,
                          struct why *why)
{
    must(d->open);
    *pgno = 0;
    enum err err = next_page(d, pgno, why);
    d->open = !err && *pgno;
    *page = d->unpacker->page;
    return err;
}
