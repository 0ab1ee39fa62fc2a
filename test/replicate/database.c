/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/database.h"

#include "base/must.h"

uint32_t chance(uint32_t below)
{
    static uint64_t state = 0x9e3779b97f4a7c15u;
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * 0x2545f4914f6cdd1du) >> 33) % below;
}

unsigned char *database_page(const struct database *d, uint32_t pgno)
{
    return d->pages + (size_t)(pgno - 1) * d->page_size;
}

/* Zeros, a pattern, or what nothing compresses. */
static void fill_page(const struct database *d, uint32_t pgno)
{
    unsigned char *page = database_page(d, pgno);
    const uint32_t kind = chance(4), words = kind == 0 ? 0 : kind == 1 ? d->page_size / 4 : 40;
    memset(page, 0, d->page_size);
    for (uint32_t i = 0; i < words; i++)
        ltx_put_u32(page + 4 * (size_t)i, chance(UINT32_MAX));
    if (words == 40)
        for (uint32_t i = 160; i < d->page_size; i++)
            page[i] = page[i - 160];
    ltx_put_u32(page, pgno);
    ltx_put_u32(page + 4, chance(UINT32_MAX));
}

void database_init(struct database *d, uint32_t page_size, uint32_t commit)
{
    *d = (struct database){.page_size = page_size,
                           .commit = commit,
                           .txid = 1,
                           .pages = calloc(DATABASE_PAGES_MAX, page_size)};
    must(d->pages && commit <= DATABASE_PAGES_MAX);
    for (uint32_t pgno = 1; pgno <= commit; pgno++)
        fill_page(d, pgno);
}

void database_copy(struct database *to, const struct database *from)
{
    database_init(to, from->page_size, 0);
    to->commit = from->commit;
    to->txid = from->txid;
    memcpy(to->pages, from->pages, (size_t)from->commit * from->page_size);
}

void database_release(struct database *d)
{
    free(d->pages);
    d->pages = NULL;
}

uint64_t database_checksum(const struct database *d)
{
    uint64_t sum = LTX_DATABASE_EMPTY;
    for (uint32_t pgno = 1; pgno <= d->commit; pgno++)
        sum =
            ltx_database_toggle(sum, ltx_page_checksum(pgno, database_page(d, pgno), d->page_size));
    return sum;
}

void expect_same(const struct database *a, const struct database *b)
{
    assert_int_equal(a->page_size, b->page_size);
    assert_int_equal(a->commit, b->commit);
    assert_int_equal(a->txid, b->txid);
    assert_memory_equal(a->pages, b->pages, (size_t)a->commit * a->page_size);
}

void database_change(struct database *d)
{
    const uint32_t before = d->commit;
    d->txid++;
    if (chance(4) == 0)
        d->commit = 1 + chance(DATABASE_PAGES_MAX);
    for (uint32_t pgno = before + 1; pgno <= d->commit; pgno++)
        fill_page(d, pgno);
    for (uint32_t n = chance(6); n; n--)
        fill_page(d, 1 + chance(d->commit));
}

void expect_fine(enum err err, const struct why *why)
{
    if (!err)
        return;
    print_error("%s: %s\n", why->op, why->detail);
    fail();
}

struct buf database_file(const struct database *before, const struct database *after,
                         uint32_t flags)
{
    const bool kept = !(flags & LTX_FLAG_NO_CHECKSUM);
    struct ltx_encoder e;
    struct why why;
    struct buf out;
    buf_init(&out, FILE_MAX);
    const struct ltx_header header = {
        .flags = flags,
        .page_size = after->page_size,
        .commit = after->commit,
        .min_txid = before ? before->txid + 1 : 1,
        .max_txid = after->txid,
        .at_ms = 1795225800000 + (int64_t)after->txid,
        .pre_apply = before && kept ? database_checksum(before) : 0,
    };
    expect_fine(ltx_encoder_init(&e, &why), &why);
    expect_fine(
        ltx_encoder_begin(&e, &header, before ? before->commit : 0, ltx_sink_buf(&out), &why),
        &why);
    for (uint32_t pgno = 1; pgno <= after->commit; pgno++) {
        const unsigned char *page = database_page(after, pgno);
        if (!before || pgno > before->commit ||
            memcmp(database_page(before, pgno), page, after->page_size) != 0)
            expect_fine(ltx_encoder_page(&e, pgno, page, &why), &why);
    }
    expect_fine(ltx_encoder_end(&e, kept ? database_checksum(after) : 0, NULL, &why), &why);
    assert_int_equal(e.written, out.len);
    ltx_encoder_release(&e);
    return out;
}

enum err database_apply(struct database *d, struct str file, struct why *why)
{
    /* Kept for the next: the tests that damage files apply tens of thousands. */
    static struct ltx_unpacker unpacker;
    static struct ltx_decoder decoder;
    if (!unpacker.page) {
        expect_fine(ltx_unpacker_init(&unpacker, why), why);
        ltx_decoder_init(&decoder, &unpacker, 0);
    }
    uint32_t pgno = 1;
    const unsigned char *page;
    enum err err = ltx_decoder_begin(&decoder, ltx_source_str(&file), d->commit, why);
    while (!err && !(err = ltx_decoder_page(&decoder, &pgno, &page, why)) && pgno)
        memcpy(database_page(d, pgno), page, d->page_size);
    if (!err) {
        d->commit = decoder.header.commit;
        d->txid = decoder.header.max_txid;
    }
    return err;
}

static enum err read_portion(void *from, void *out, size_t n, size_t *got, struct why *why)
{
    struct portions *p = from;
    return ltx_source_str(&p->rest).read(&p->rest, out, n < p->portion ? n : p->portion, got, why);
}

struct ltx_source portions_source(struct portions *p)
{
    return (struct ltx_source){read_portion, p};
}
