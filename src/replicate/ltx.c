/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/ltx.h"

#include "base/buf.h"
#include "replicate/ltx_checksum.h"

static const char op[] = "read an LTX header";
static const uint64_t lock_byte = 0x40000000;
static const unsigned char magic[4] = {'L', 'T', 'X', '1'};

static enum err read_str(void *from, void *out, size_t n, size_t *got, struct why *why)
{
    (void)why;
    struct str *rest = from;
    *got = n < rest->len ? n : rest->len;
    if (*got)
        memcpy(out, rest->ptr, *got);
    *rest = str_slice(*rest, *got, rest->len);
    return ERR_NONE;
}

struct ltx_source ltx_source_str(struct str *rest)
{
    return (struct ltx_source){read_str, rest};
}

static enum err write_buf(void *to, const void *bytes, size_t n, struct why *why)
{
    struct buf *b = to;
    buf_bytes(b, bytes, n);
    if (buf_ok(b))
        return ERR_NONE;
    return err_set(why, ERR_TOO_BIG, "write an LTX file", "more than %zu bytes", b->max);
}

struct ltx_sink ltx_sink_buf(struct buf *to)
{
    return (struct ltx_sink){write_buf, to};
}

bool ltx_is_snapshot(const struct ltx_header *h)
{
    return h->min_txid == 1;
}

uint32_t ltx_lock_page(uint32_t page_size)
{
    return (uint32_t)(lock_byte / page_size) + 1;
}

uint32_t ltx_next_page(uint32_t page_size, uint32_t pgno)
{
    return pgno + 1 == ltx_lock_page(page_size) ? pgno + 2 : pgno + 1;
}

static bool is_page_size(uint32_t n)
{
    return n >= LTX_PAGE_MIN && n <= LTX_PAGE_MAX && (n & (n - 1)) == 0;
}

enum err ltx_header_check(const struct ltx_header *h, struct why *why)
{
    const bool kept = !(h->flags & LTX_FLAG_NO_CHECKSUM);
    if (h->flags & ~(uint32_t)LTX_FLAG_NO_CHECKSUM)
        return err_set(why, ERR_DATA, op, "byte 4: flags %#x are unknown", h->flags);
    if (!is_page_size(h->page_size))
        return err_set(why, ERR_DATA, op, "byte 8: a page of %u bytes", h->page_size);
    if (h->commit == UINT32_MAX)
        return err_set(why, ERR_DATA, op, "byte 12: %u pages", h->commit);
    if (!h->min_txid || h->min_txid > h->max_txid)
        return err_set(why, ERR_DATA, op, "byte 16: TXIDs from %llu to %llu",
                       (unsigned long long)h->min_txid, (unsigned long long)h->max_txid);
    if (h->pre_apply && (ltx_is_snapshot(h) || !kept))
        return err_set(why, ERR_DATA, op, "byte 40: a checksum of a database before %s",
                       kept ? "the first transaction" : "in a file that keeps none");
    if (kept && !ltx_is_snapshot(h) && !(h->pre_apply & LTX_CHECKSUM_BIT))
        return err_set(why, ERR_DATA, op, "byte 40: no checksum of the database before");
    if (h->wal_offset < 0 || h->wal_size < 0 ||
        (h->wal_offset == 0 && (h->wal_size || h->wal_salt1 || h->wal_salt2)))
        return err_set(why, ERR_DATA, op, "byte 48: %lld bytes of WAL at %lld",
                       (long long)h->wal_size, (long long)h->wal_offset);
    return ERR_NONE;
}

void ltx_header_write(const struct ltx_header *h, unsigned char out[LTX_HEADER_SIZE])
{
    memset(out, 0, LTX_HEADER_SIZE);
    memcpy(out, magic, sizeof magic);
    ltx_put_u32(out + 4, h->flags);
    ltx_put_u32(out + 8, h->page_size);
    ltx_put_u32(out + 12, h->commit);
    ltx_put_u64(out + 16, h->min_txid);
    ltx_put_u64(out + 24, h->max_txid);
    ltx_put_u64(out + 32, (uint64_t)h->at_ms);
    ltx_put_u64(out + 40, h->pre_apply);
    ltx_put_u64(out + 48, (uint64_t)h->wal_offset);
    ltx_put_u64(out + 56, (uint64_t)h->wal_size);
    ltx_put_u32(out + 64, h->wal_salt1);
    ltx_put_u32(out + 68, h->wal_salt2);
    ltx_put_u64(out + 72, h->node);
}

enum err ltx_header_read(const unsigned char in[LTX_HEADER_SIZE], struct ltx_header *h,
                         struct why *why)
{
    if (memcmp(in, magic, sizeof magic) != 0)
        return err_set(why, ERR_DATA, op, "byte 0: this is no LTX file");
    *h = (struct ltx_header){
        .flags = ltx_get_u32(in + 4),
        .page_size = ltx_get_u32(in + 8),
        .commit = ltx_get_u32(in + 12),
        .min_txid = ltx_get_u64(in + 16),
        .max_txid = ltx_get_u64(in + 24),
        .at_ms = (int64_t)ltx_get_u64(in + 32),
        .pre_apply = ltx_get_u64(in + 40),
        .wal_offset = (int64_t)ltx_get_u64(in + 48),
        .wal_size = (int64_t)ltx_get_u64(in + 56),
        .wal_salt1 = ltx_get_u32(in + 64),
        .wal_salt2 = ltx_get_u32(in + 68),
        .node = ltx_get_u64(in + 72),
    };
    /* Whoever put something here knows more of the format than we do. */
    for (int i = 80; i < LTX_HEADER_SIZE; i++)
        if (in[i])
            return err_set(why, ERR_DATA, op, "byte %d: not zero, as this version has it", i);
    return ltx_header_check(h, why);
}

void ltx_put_u16(unsigned char *out, uint16_t n)
{
    out[0] = (unsigned char)(n >> 8);
    out[1] = (unsigned char)n;
}

void ltx_put_u32(unsigned char *out, uint32_t n)
{
    ltx_put_u16(out, (uint16_t)(n >> 16));
    ltx_put_u16(out + 2, (uint16_t)n);
}

void ltx_put_u64(unsigned char *out, uint64_t n)
{
    ltx_put_u32(out, (uint32_t)(n >> 32));
    ltx_put_u32(out + 4, (uint32_t)n);
}

uint16_t ltx_get_u16(const unsigned char *in)
{
    return (uint16_t)(in[0] << 8 | in[1]);
}

uint32_t ltx_get_u32(const unsigned char *in)
{
    return (uint32_t)ltx_get_u16(in) << 16 | ltx_get_u16(in + 2);
}

uint64_t ltx_get_u64(const unsigned char *in)
{
    return (uint64_t)ltx_get_u32(in) << 32 | ltx_get_u32(in + 4);
}

size_t ltx_put_varint(unsigned char out[10], uint64_t n)
{
    size_t len = 0;
    for (; n >= 0x80; n >>= 7)
        out[len++] = (unsigned char)(n | 0x80);
    out[len++] = (unsigned char)n;
    return len;
}

size_t ltx_put_entry(unsigned char out[LTX_INDEX_ENTRY_MAX], uint32_t pgno, uint64_t at,
                     uint64_t size)
{
    size_t len = ltx_put_varint(out, pgno);
    len += ltx_put_varint(out + len, at);
    return len + ltx_put_varint(out + len, size);
}
