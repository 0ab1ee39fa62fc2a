/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/destination_sealed.h"

#include "base/must.h"
#include "base/random.h"
#include "replicate/destination_kind.h"
#include "replicate/sealed_reader.h"

#include <stdlib.h>

struct sealed_place {
    struct destination base;
    struct destination *inner;
    const struct sealed_keys *keys; /* NULL: none */
    bool only;

    /* The file whose header was read last, so that a range of it needs no second request. */
    enum { UNKNOWN, PLAIN, SEALED } last;
    char name[DESTINATION_NAME_MAX + 1];
    struct sealed_file file;
};

static enum err told(struct sealed_place *p, enum err e)
{
    p->base.retry_ms = p->inner->retry_ms;
    return e;
}

static bool has_keys(const struct sealed_place *p)
{
    return p->keys && p->keys->n > 0;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* The stored bytes of what is put: any range, so that it can be sent again, and checksums taken. */
struct writing {
    const struct destination_body *body; /* plain */
    struct sealed_file file;
    uint64_t at;           /* the chunk in `stored` begins here */
    size_t n;              /* and has so many bytes; 0: none */
    unsigned char *plain;  /* a chunk */
    unsigned char *stored; /* the same, encrypted */
};

static enum err plain_bytes(const struct destination_body *b, uint64_t from, unsigned char *out,
                            size_t n, struct why *why)
{
    if (b->read)
        return b->read(b->context, from, out, n, why);
    for (size_t i = 0; n && i < b->n; i++) {
        struct str part = b->parts[i];
        uint64_t skip = from < part.len ? from : part.len;
        size_t take = part.len - (size_t)skip < n ? part.len - (size_t)skip : n;
        if (take)
            memcpy(out, part.ptr + skip, take);
        out += take;
        n -= take;
        from -= skip;
    }
    return ERR_NONE;
}

static enum err make_chunk(struct writing *w, uint64_t number, struct why *why)
{
    uint64_t begin = number * SEALED_CHUNK, left = w->body->size - begin;
    size_t n = left < SEALED_CHUNK ? (size_t)left : SEALED_CHUNK;
    enum err e = plain_bytes(w->body, begin, w->plain, n, why);
    w->n = 0;
    if (e)
        return e;
    sealed_chunk(&w->file, number, n == left, str_of(w->plain, n), w->stored);
    w->at = SEALED_HEADER_SIZE + number * SEALED_STORED_CHUNK;
    w->n = n + AEAD_TAG_SIZE;
    return ERR_NONE;
}

static enum err read_stored(void *context, uint64_t from, void *out, size_t n, struct why *why)
{
    struct writing *w = context;
    unsigned char *to = out;
    enum err e = ERR_NONE;
    while (!e && n) {
        const unsigned char *bytes = w->file.header;
        uint64_t begin = 0;
        size_t have = SEALED_HEADER_SIZE;
        if (from >= SEALED_HEADER_SIZE) {
            if (w->n == 0 || from < w->at || from - w->at >= w->n)
                e = make_chunk(w, (from - SEALED_HEADER_SIZE) / SEALED_STORED_CHUNK, why);
            bytes = w->stored;
            begin = w->at;
            have = w->n;
        }
        if (e)
            break;
        size_t skip = (size_t)(from - begin), part = have - skip < n ? have - skip : n;
        memcpy(to, bytes + skip, part);
        to += part;
        from += part;
        n -= part;
    }
    return e;
}

/* What lies in memory is encrypted there; a file is on its way. */
static enum err put_sealed(struct sealed_place *p, struct str name,
                           const struct destination_body *body,
                           const struct destination_notes *notes, bool replace, struct why *why)
{
    struct writing w = {.body = body};
    unsigned char salt[SEALED_SALT_SIZE], *whole = NULL;
    struct destination_body stored = {
        .read = read_stored, .context = &w, .size = sealed_size(body->size)};
    struct str part;
    random_bytes(salt, sizeof salt);
    sealed_file_new(&w.file, p->keys, name, salt);
    w.plain = malloc(SEALED_CHUNK);
    w.stored = malloc(SEALED_STORED_CHUNK);
    must(w.plain && w.stored);
    enum err e = ERR_NONE;
    if (!body->read) {
        whole = malloc(stored.size);
        must(whole != NULL);
        e = read_stored(&w, 0, whole, stored.size, why);
        part = str_of(whole, stored.size);
        stored = (struct destination_body){.parts = &part, .n = 1, .size = part.len};
    }
    if (!e)
        e = p->inner->kind->put(p->inner, name, &stored, notes, replace, why);
    free(whole);
    free(w.plain);
    free(w.stored);
    sealed_file_release(&w.file);
    return e;
}

static enum err put(struct destination *d, struct str name, const struct destination_body *body,
                    const struct destination_notes *notes, bool replace, struct why *why)
{
    struct sealed_place *p = (struct sealed_place *)d;
    p->inner->retry_ms = 0;
    if (!has_keys(p))
        return told(p, p->inner->kind->put(p->inner, name, body, notes, replace, why));
    struct arena a = ARENA_INIT;
    unsigned char salt[SEALED_NOTE_SALT_SIZE];
    random_bytes(salt, sizeof salt);
    struct destination_notes written;
    enum err e = sealed_notes(&a, p->keys, name, notes, salt, &written, why);
    if (!e)
        e = put_sealed(p, name, body, &written, replace, why);
    arena_release(&a);
    return told(p, e);
}

/* ---- reading --------------------------------------------------------------------------------- */

static void forget(struct sealed_place *p)
{
    sealed_file_release(&p->file);
    p->last = UNKNOWN;
}

static bool is_known(const struct sealed_place *p, struct str name)
{
    return p->last != UNKNOWN && str_eq(str_from(p->name), name);
}

static enum err feed(void *context, const void *bytes, size_t n, struct why *why)
{
    return sealed_reader_feed(context, bytes, n, why);
}

static enum err nothing(void *context, const void *bytes, size_t n, struct why *why)
{
    (void)context, (void)bytes, (void)n, (void)why;
    return ERR_NONE;
}

static enum err read_range(struct sealed_place *p, struct str name, uint64_t from, uint64_t n,
                           enum err (*take)(void *context, const void *bytes, size_t n,
                                            struct why *why),
                           void *context, struct why *why)
{
    struct sealed_reader r;
    if (from == 0)
        forget(p);
    sealed_reader_init(&r, p->keys, name, &p->file, from, n);
    r.sealed_only = p->only;
    r.take = take;
    r.context = context;
    enum err e = p->inner->kind->get(p->inner, name, sealed_reader_from(&r),
                                     sealed_reader_count(&r), feed, &r, why);
    if (!e)
        e = sealed_reader_end(&r, why);
    sealed_reader_release(&r);
    if (e == ERR_DATA) {
        forget(p);
    } else if (from == 0 && !e) {
        p->last = p->file.aead ? SEALED : PLAIN;
        snprintf(p->name, sizeof p->name, "%.*s", STR_ARG(name));
    }
    return e;
}

struct header {
    unsigned char bytes[SEALED_HEADER_SIZE];
    size_t n;
};

static enum err take_header(void *context, const void *bytes, size_t n, struct why *why)
{
    struct header *h = context;
    (void)why;
    if (n > sizeof h->bytes - h->n)
        n = sizeof h->bytes - h->n;
    memcpy(h->bytes + h->n, bytes, n);
    h->n += n;
    return ERR_NONE;
}

/* Reads the header of a file of which a later range is wanted, or only its size. */
static enum err learn(struct sealed_place *p, struct str name, struct why *why)
{
    struct header h = {.n = 0};
    struct sealed_reader r;
    forget(p);
    enum err e = p->inner->kind->get(p->inner, name, 0, sizeof h.bytes, take_header, &h, why);
    if (e)
        return e;
    sealed_reader_init(&r, p->keys, name, &p->file, 0, sizeof h.bytes);
    r.sealed_only = p->only;
    r.take = nothing;
    e = sealed_reader_feed(&r, h.bytes, h.n, why);
    if (!e && r.state == SEALED_READER_HEAD)
        e = sealed_reader_end(&r, why);
    sealed_reader_release(&r);
    if (e)
        return e;
    p->last = p->file.aead ? SEALED : PLAIN;
    snprintf(p->name, sizeof p->name, "%.*s", STR_ARG(name));
    return ERR_NONE;
}

static enum err get(struct destination *d, struct str name, uint64_t from, uint64_t n,
                    enum err (*take)(void *context, const void *bytes, size_t n, struct why *why),
                    void *context, struct why *why)
{
    struct sealed_place *p = (struct sealed_place *)d;
    p->inner->retry_ms = 0;
    enum err e = ERR_NONE;
    if (from && has_keys(p) && !is_known(p, name))
        e = learn(p, name, why);
    if (!e && from && (!has_keys(p) || p->last == PLAIN))
        e = p->inner->kind->get(p->inner, name, from, n, take, context, why);
    else if (!e)
        e = read_range(p, name, from, n, take, context, why);
    return told(p, e);
}

static enum err sealed_state(size_t key, struct destination_blob *out, struct why *why)
{
    out->sealed = key == 0 ? DESTINATION_SEALED : DESTINATION_SEALED_BEFORE;
    if (sealed_plain_size(out->size, &out->size))
        return ERR_NONE;
    return err_set(why, ERR_DATA, "look at a file of the replica",
                   "%.*s was cut: no encrypted file has %llu bytes", STR_ARG(out->name),
                   (unsigned long long)out->size);
}

/* Its notes say what it is. Where they were lost, or it has none of ours, its header does. */
static enum err look(struct destination *d, struct arena *a, struct str name,
                     struct destination_blob *out, struct why *why)
{
    struct sealed_place *p = (struct sealed_place *)d;
    bool found = false;
    size_t key = 0;
    p->inner->retry_ms = 0;
    enum err e = p->inner->kind->look(p->inner, a, name, out, why);
    if (!e)
        e = sealed_notes_open(a, p->keys, name, &out->notes, &found, &key, why);
    if (!e && found)
        e = sealed_state(key, out, why);
    else if (!e && has_keys(p) && out->size >= SEALED_HEADER_SIZE + AEAD_TAG_SIZE) {
        e = learn(p, name, why);
        if (!e && p->last == SEALED)
            e = sealed_state(p->file.key, out, why);
    }
    return told(p, e);
}

/* ---- what passes through ----------------------------------------------------------------------
 */

static enum err list(struct destination *d, struct arena *a, struct str prefix, struct str after,
                     struct destination_blob **out, size_t *n, struct why *why)
{
    struct sealed_place *p = (struct sealed_place *)d;
    p->inner->retry_ms = 0;
    return told(p, p->inner->kind->list(p->inner, a, prefix, after, out, n, why));
}

static enum err delete_all(struct destination *d, const struct str *names, size_t n,
                           struct why *why)
{
    struct sealed_place *p = (struct sealed_place *)d;
    p->inner->retry_ms = 0;
    return told(p, p->inner->kind->delete (p->inner, names, n, why));
}

static enum err lease(struct destination *d, struct str name, struct str holder, int seconds,
                      struct why *why)
{
    struct sealed_place *p = (struct sealed_place *)d;
    p->inner->retry_ms = 0;
    return told(p, p->inner->kind->lease(p->inner, name, holder, seconds, why));
}

static enum err lease_end(struct destination *d, struct str name, struct str holder,
                          struct why *why)
{
    struct sealed_place *p = (struct sealed_place *)d;
    p->inner->retry_ms = 0;
    return told(p, p->inner->kind->lease_end(p->inner, name, holder, why));
}

static void needs(const struct destination *d, struct destination_needs *out)
{
    const struct destination *inner = ((const struct sealed_place *)d)->inner;
    inner->kind->needs(inner, out);
}

static void stop(struct destination *d)
{
    destination_stop(((struct sealed_place *)d)->inner);
}

static void limit(struct destination *d, int64_t until_ms)
{
    destination_limit(((struct sealed_place *)d)->inner, until_ms);
}

static void release(struct destination *d)
{
    struct sealed_place *p = (struct sealed_place *)d;
    forget(p);
    destination_free(p->inner);
    free(p);
}

struct destination *destination_sealed_open(struct destination *inner,
                                            const struct sealed_keys *keys, bool only)
{
    static const struct destination_kind kind = {.put = put,
                                                 .look = look,
                                                 .get = get,
                                                 .list = list,
                                                 .delete = delete_all,
                                                 .lease = lease,
                                                 .lease_end = lease_end,
                                                 .needs = needs,
                                                 .stop = stop,
                                                 .limit = limit,
                                                 .free = release};
    struct sealed_place *p = calloc(1, sizeof *p);
    must(p);
    p->base.kind = &kind;
    p->inner = inner;
    p->keys = keys;
    p->only = only;
    return &p->base;
}
