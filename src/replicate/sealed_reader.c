/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/sealed_reader.h"

#include "base/must.h"

#include <stdlib.h>

static const char op[] = "decrypt a file of the replica";

static uint64_t min(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

void sealed_reader_init(struct sealed_reader *r, const struct sealed_keys *keys, struct str name,
                        struct sealed_file *file, uint64_t from, uint64_t n)
{
    uint64_t to = n > UINT64_MAX - from ? UINT64_MAX : from + n;
    *r = (struct sealed_reader){.keys = keys, .name = name, .file = file, .from = from, .to = to};
    if (from > 0) {
        must(file->aead != NULL);
        r->state = SEALED_READER_CHUNKS;
        r->at = from / SEALED_CHUNK * SEALED_CHUNK;
    }
    r->stored = malloc(SEALED_STORED_CHUNK);
    r->plain = malloc(SEALED_CHUNK);
    must(r->stored && r->plain);
}

void sealed_reader_release(struct sealed_reader *r)
{
    free(r->stored);
    free(r->plain);
    *r = (struct sealed_reader){.n = 0};
}

/* Where the stored bytes of that many chunks end. */
static uint64_t end_of(uint64_t chunks)
{
    return SEALED_HEADER_SIZE + chunks * SEALED_STORED_CHUNK;
}

uint64_t sealed_reader_from(const struct sealed_reader *r)
{
    return r->from ? end_of(r->from / SEALED_CHUNK) : 0;
}

uint64_t sealed_reader_count(const struct sealed_reader *r)
{
    if (!r->keys || r->keys->n == 0) /* it passes through, or is refused by its first bytes */
        return r->to - r->from;
    if (r->to > UINT64_MAX / 2)
        return UINT64_MAX;
    return end_of((r->to - 1) / SEALED_CHUNK + 1) + 1 - sealed_reader_from(r);
}

/* Plain bytes that begin at r->at: those that were asked for. */
static enum err give(struct sealed_reader *r, const unsigned char *bytes, size_t n, struct why *why)
{
    uint64_t begin = r->at, end = r->at + n;
    r->at = end;
    if (begin < r->from)
        begin = r->from;
    if (end > r->to)
        end = r->to;
    if (begin >= end)
        return ERR_NONE;
    return r->take(r->context, bytes + (begin - (r->at - n)), (size_t)(end - begin), why);
}

static enum err open_chunk(struct sealed_reader *r, bool last, struct why *why)
{
    uint64_t number = r->at / SEALED_CHUNK;
    unsigned long long begin = end_of(number);
    size_t n = r->n;
    r->n = 0;
    if (sealed_chunk_open(r->file, number, last, str_of(r->stored, n), r->plain))
        return give(r, r->plain, n - AEAD_TAG_SIZE, why);
    enum err e =
        err_set(why, ERR_DATA, op, "%.*s: bytes %llu to %llu are not what was put there%s",
                STR_ARG(r->name), begin, begin + n, last ? ", or the file was cut there" : "");
    err_hint(why, "It was damaged, changed, or put in another's place. `anteroom restore --verify` "
                  "tells what of the replica is good.");
    return e;
}

static enum err not_sealed(struct sealed_reader *r, struct why *why)
{
    if (!r->sealed_only)
        return ERR_NONE;
    enum err e = err_set(why, ERR_DATA, op, "%.*s is not encrypted", STR_ARG(r->name));
    err_hint(why,
             "replica.encryption_only refuses such files. Somebody else put it there, or it is "
             "older than the encryption.");
    return e;
}

/* Takes what the head still lacks; what it is shows by then. */
static enum err feed_head(struct sealed_reader *r, const unsigned char **bytes, size_t *n,
                          struct why *why)
{
    size_t want = r->n < SEALED_MARK_SIZE ? SEALED_MARK_SIZE : SEALED_HEADER_SIZE;
    size_t part = min(*n, want - r->n);
    memcpy(r->stored + r->n, *bytes, part);
    r->n += part;
    *bytes += part;
    *n -= part;
    struct str head = str_of(r->stored, r->n);
    if (r->n == SEALED_MARK_SIZE && !sealed_is(head)) {
        enum err e = not_sealed(r, why);
        r->state = SEALED_READER_PLAIN;
        r->n = 0;
        return e ? e : give(r, r->stored, head.len, why);
    }
    if (r->n < SEALED_HEADER_SIZE)
        return ERR_NONE;
    r->state = SEALED_READER_CHUNKS;
    r->n = 0;
    return sealed_file_read(r->file, r->keys, r->name, r->stored, why);
}

/* A chunk is opened when the byte behind it is there: only then is it known not to be the last. */
static enum err feed_chunk(struct sealed_reader *r, const unsigned char **bytes, size_t *n,
                           struct why *why)
{
    if (r->n == SEALED_STORED_CHUNK) {
        enum err e = open_chunk(r, false, why);
        if (e)
            return e;
    }
    if (r->at >= r->to) { /* all that was asked for */
        *n = 0;
        return ERR_NONE;
    }
    size_t part = min(*n, SEALED_STORED_CHUNK - r->n);
    memcpy(r->stored + r->n, *bytes, part);
    r->n += part;
    *bytes += part;
    *n -= part;
    return ERR_NONE;
}

enum err sealed_reader_feed(struct sealed_reader *r, const void *bytes, size_t n, struct why *why)
{
    const unsigned char *from = bytes;
    enum err e = ERR_NONE;
    while (!e && n) {
        if (r->state == SEALED_READER_HEAD) {
            e = feed_head(r, &from, &n, why);
        } else if (r->state == SEALED_READER_CHUNKS) {
            e = feed_chunk(r, &from, &n, why);
        } else {
            e = give(r, from, n, why);
            n = 0;
        }
    }
    return e;
}

enum err sealed_reader_end(struct sealed_reader *r, struct why *why)
{
    if (r->state == SEALED_READER_PLAIN)
        return ERR_NONE;
    if (r->state == SEALED_READER_HEAD) {
        if (sealed_is(str_of(r->stored, r->n)))
            return err_set(why, ERR_DATA, op, "%.*s ends in its header", STR_ARG(r->name));
        enum err e = r->n ? not_sealed(r, why) : ERR_NONE;
        return e ? e : give(r, r->stored, r->n, why);
    }
    if (r->at >= r->to || (r->n == 0 && r->at > 0)) /* enough, or nothing lies there */
        return ERR_NONE;
    return open_chunk(r, true, why);
}
