/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compaction of files that the input describes: the first byte chooses, then each file is a few
 * bytes (size of the database, which pages, how they look). They follow each other, so compaction
 * must succeed and be the same as applying them in order; one byte may be changed on the way, and
 * then it is refused or makes no difference. Names are read too: what is taken is written the same.
 */
#include "base/must.h"
#include "replicate/ltx_compact.h"
#include "replicate/ltx_decode.h"
#include "replicate/ltx_encode.h"
#include "replicate/ltx_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PAGES = 12, PAGE_SIZE = 512, FILES = 8, FILE_BYTES = 4 };

struct state {
    uint32_t commit;
    unsigned char page[PAGES][PAGE_SIZE];
};

/* Four bytes: size, 16 bits of which pages, look. */
static void write_file(struct ltx_encoder *e, struct state *s, const uint8_t *from, uint64_t txid,
                       struct buf *out)
{
    struct why why;
    const uint32_t known = txid == 1 ? 0 : s->commit, chosen = from[1] | (uint32_t)from[2] << 8;
    s->commit = 1 + from[0] % PAGES;
    const struct ltx_header h = {.flags = LTX_FLAG_NO_CHECKSUM,
                                 .page_size = PAGE_SIZE,
                                 .commit = s->commit,
                                 .min_txid = txid,
                                 .max_txid = txid};
    buf_init(out, 1 << 20);
    must(!ltx_encoder_begin(e, &h, known, ltx_sink_buf(out), &why));
    for (uint32_t pgno = 1; pgno <= s->commit; pgno++)
        if (pgno > known || chosen >> pgno & 1) {
            memset(s->page[pgno - 1], from[3], PAGE_SIZE);
            s->page[pgno - 1][pgno] = (unsigned char)txid;
            must(!ltx_encoder_page(e, pgno, s->page[pgno - 1], &why));
        }
    must(!ltx_encoder_end(e, 0, NULL, &why));
}

/* Applies a file to what was before it and compares with what is after it. */
static void expect(struct str file, struct state *before, const struct state *after, uint64_t last)
{
    struct ltx_unpacker unpacker;
    struct ltx_decoder d;
    struct why why;
    uint32_t pgno = 1;
    const unsigned char *page;
    must(!ltx_unpacker_init(&unpacker, &why));
    ltx_decoder_init(&d, &unpacker, 0);
    must(!ltx_decoder_begin(&d, ltx_source_str(&file), before->commit, &why));
    while (pgno) {
        must(!ltx_decoder_page(&d, &pgno, &page, &why));
        if (pgno)
            memcpy(before->page[pgno - 1], page, PAGE_SIZE);
    }
    must(d.header.commit == after->commit && d.header.max_txid == last);
    must(memcmp(before->page, after->page, (size_t)after->commit * PAGE_SIZE) == 0);
    ltx_decoder_release(&d);
    ltx_unpacker_release(&unpacker);
}

static void name(struct str text)
{
    struct ltx_name n;
    char out[LTX_NAME_SIZE];
    if (ltx_name_read(text, &n))
        must(str_eq(ltx_name_write(&n, out), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    name(str_of(data, size));
    if (size < 4 + FILE_BYTES)
        return 0;
    const size_t count = (size - 4) / FILE_BYTES < FILES ? (size - 4) / FILE_BYTES : FILES;
    const size_t first = data[0] % count;
    struct state now = {0}, before = {0};
    struct buf file[FILES], out;
    struct str rest[FILES];
    struct ltx_source source[FILES];
    struct ltx_encoder e;
    struct why why;
    must(!ltx_encoder_init(&e, &why));
    for (size_t i = 0; i < count; i++) {
        if (i == first)
            before = now;
        write_file(&e, &now, data + 4 + FILE_BYTES * i, i + 1, &file[i]);
    }
    struct buf *hurt = &file[first + data[1] % (count - first)];
    const size_t at = (data[2] | (size_t)data[3] << 8) % hurt->len;
    const bool whole = data[1] < 128;
    if (!whole)
        hurt->ptr[at] = (char)(hurt->ptr[at] ^ 1 << data[3] % 8);
    for (size_t i = first; i < count; i++) {
        rest[i] = buf_view(&file[i]);
        source[i - first] = ltx_source_str(&rest[i]);
    }
    buf_init(&out, 4 << 20);
    enum err err = ltx_compact(source, count - first, ltx_sink_buf(&out), NULL, NULL, &why);
    must(err ? !whole && err == ERR_DATA : true);
    if (!err)
        expect(buf_view(&out), &before, &now, count);
    ltx_encoder_release(&e);
    buf_release(&out);
    for (size_t i = 0; i < count; i++)
        buf_release(&file[i]);
    return 0;
}
