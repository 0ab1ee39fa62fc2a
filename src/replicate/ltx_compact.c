/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/ltx_compact.h"

#include "base/must.h"
#include "replicate/ltx_decode.h"
#include "replicate/ltx_encode.h"

static const char op[] = "compact LTX files";

struct input {
    struct ltx_decoder decoder;
    unsigned char *page; /* page pgno, which is not written yet */
    uint32_t pgno;       /* 0: there are no more */
};

struct compaction {
    struct ltx_unpacker unpacker;
    struct ltx_encoder encoder;
    struct input *inputs;
    size_t count;
    bool whole; /* the one input becomes a snapshot */
};

/* Says which of the inputs it was. */
static enum err blame(size_t i, enum err err, struct why *why)
{
    if (!err || !why)
        return err;
    struct why inner = *why;
    return err_set(why, err, op, "input %zu: %.200s", i + 1, inner.detail);
}

static enum err advance(struct compaction *c, size_t i, struct why *why)
{
    struct input *in = &c->inputs[i];
    const unsigned char *page;
    enum err err = ltx_decoder_page(&in->decoder, &in->pgno, &page, why);
    if (err)
        return blame(i, err, why);
    if (in->pgno)
        memcpy(in->page, page, in->decoder.header.page_size);
    return ERR_NONE;
}

/* Do these two follow each other, as far as headers tell? */
static enum err check_pair(size_t i, const struct ltx_header *a, const struct ltx_header *b,
                           struct why *why)
{
    const size_t number = i + 1;
    if (a->page_size != b->page_size)
        return err_set(why, ERR_DATA, op, "input %zu: pages of %u bytes after pages of %u", number,
                       b->page_size, a->page_size);
    if (a->flags != b->flags)
        return err_set(why, ERR_DATA, op, "input %zu: flags %u after flags %u", number, b->flags,
                       a->flags);
    if (a->max_txid == UINT64_MAX || b->min_txid != a->max_txid + 1)
        return err_set(why, ERR_DATA, op, "input %zu: TXID %016llx does not follow %016llx", number,
                       (unsigned long long)b->min_txid, (unsigned long long)a->max_txid);
    return ERR_NONE;
}

static enum err begin(struct compaction *c, const struct ltx_source *sources, struct ltx_sink sink,
                      struct why *why)
{
    enum err err = ERR_NONE;
    for (size_t i = 0; i < c->count && !err; i++) {
        struct input *in = &c->inputs[i];
        const uint32_t known = i ? c->inputs[i - 1].decoder.header.commit : LTX_KNOWN_ALL;
        ltx_decoder_init(&in->decoder, &c->unpacker, 0);
        err = blame(i, ltx_decoder_begin(&in->decoder, sources[i], known, why), why);
        if (!err && i)
            err = check_pair(i, &c->inputs[i - 1].decoder.header, &in->decoder.header, why);
        if (!err && !(in->page = malloc(in->decoder.header.page_size)))
            err = err_set(why, ERR_IO, op, "out of memory");
    }
    if (err)
        return err;
    must(c->count > 0);
    const struct ltx_header *first = &c->inputs[0].decoder.header,
                            *last = &c->inputs[c->count - 1].decoder.header;
    const struct ltx_header header = {
        .flags = first->flags,
        .page_size = first->page_size,
        .commit = last->commit,
        .min_txid = c->whole ? 1 : first->min_txid,
        .max_txid = last->max_txid,
        .at_ms = last->at_ms,
        .pre_apply = c->whole ? 0 : first->pre_apply,
    };
    err = ltx_encoder_begin(&c->encoder, &header, LTX_KNOWN_ALL, sink, why);
    for (size_t i = 0; i < c->count && !err; i++)
        err = advance(c, i, why);
    return err;
}

/* The lowest page that is left, from the newest input that has it; the others go past it. */
static enum err merge(struct compaction *c, struct why *why)
{
    for (;;) {
        uint32_t pgno = 0;
        size_t newest = 0;
        for (size_t i = 0; i < c->count; i++) {
            const uint32_t here = c->inputs[i].pgno;
            if (here && (!pgno || here <= pgno)) {
                pgno = here;
                newest = i;
            }
        }
        if (!pgno)
            return ERR_NONE;
        enum err err = ERR_NONE;
        if (pgno <= c->encoder.header.commit)
            err = ltx_encoder_page(&c->encoder, pgno, c->inputs[newest].page, why);
        for (size_t i = 0; i < c->count && !err; i++)
            if (c->inputs[i].pgno == pgno)
                err = advance(c, i, why);
        if (err)
            return err;
    }
}

static enum err end(struct compaction *c, struct ltx_trailer *trailer, struct why *why)
{
    for (size_t i = 1; i < c->count; i++) {
        const uint64_t before = c->inputs[i - 1].decoder.trailer.post_apply,
                       here = c->inputs[i].decoder.header.pre_apply;
        if (before != here)
            return err_set(why, ERR_DATA, op,
                           "input %zu: made for a database of checksum %016llx, not %016llx", i + 1,
                           (unsigned long long)here, (unsigned long long)before);
    }
    return ltx_encoder_end(&c->encoder, c->inputs[c->count - 1].decoder.trailer.post_apply, trailer,
                           why);
}

static enum err run(struct compaction *c, const struct ltx_source *inputs, struct ltx_sink sink,
                    struct ltx_header *header, struct ltx_trailer *trailer, struct why *why)
{
    enum err err = begin(c, inputs, sink, why);
    if (!err)
        err = merge(c, why);
    if (!err)
        err = end(c, trailer, why);
    if (!err && header)
        *header = c->encoder.header;
    return err;
}

static enum err compact(const struct ltx_source *inputs, size_t n, bool whole, struct ltx_sink sink,
                        struct ltx_header *header, struct ltx_trailer *trailer, struct why *why)
{
    if (n == 0 || n > LTX_COMPACT_MAX)
        return err_set(why, ERR_INTERNAL, op, "%zu files at a time, 1 to %d are possible", n,
                       LTX_COMPACT_MAX);
    struct compaction c = {.inputs = calloc(n, sizeof(struct input)), .count = n, .whole = whole};
    if (!c.inputs)
        return err_set(why, ERR_IO, op, "out of memory");
    enum err err = ltx_unpacker_init(&c.unpacker, why);
    if (!err) {
        err = ltx_encoder_init(&c.encoder, why);
        if (!err) {
            err = run(&c, inputs, sink, header, trailer, why);
            ltx_encoder_release(&c.encoder);
        }
        ltx_unpacker_release(&c.unpacker);
    }
    for (size_t i = 0; i < n; i++) {
        ltx_decoder_release(&c.inputs[i].decoder);
        free(c.inputs[i].page);
    }
    free(c.inputs);
    return err;
}

enum err ltx_compact(const struct ltx_source *inputs, size_t n, struct ltx_sink sink,
                     struct ltx_header *header, struct ltx_trailer *trailer, struct why *why)
{
    return compact(inputs, n, false, sink, header, trailer, why);
}

enum err ltx_compact_whole(const struct ltx_source *input, struct ltx_sink sink,
                           struct ltx_trailer *trailer, struct why *why)
{
    return compact(input, 1, true, sink, NULL, trailer, why);
}
