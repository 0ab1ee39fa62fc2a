/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A place in Azure Blob Storage: which requests each verb makes. How they are signed and what
 * answers mean: azure.h.
 *
 * Put is one Put Blob with "If-None-Match: *", which the service decides for exactly one of many.
 * A file over PUT_MAX goes in blocks, which nobody sees until Put Block List makes a blob of them,
 * with the same condition. Every body has its CRC-64 with it.
 */
#include "replicate/destination_azure.h"
#include "base/buf.h"
#include "base/must.h"
#include "base/random.h"
#include "base/text.h"
#include "replicate/azure.h"
#include "replicate/azure_crc64.h"
#include "replicate/azure_token.h"

enum {
    PUT_MAX = 32 * 1024 * 1024, /* one request; and the size of a block */
    BLOCKS_MAX = 50000,
    BLOCK_ID_SIZE = 24, /* 48 hexadecimal digits: drawn anew for each upload, then the number */
};

/* Bytes of the body from `from` on, as the client sends them. */
static struct fetch_body piece(const struct destination_body *b, uint64_t from, uint64_t size)
{
    if (!b->read)
        return (struct fetch_body){.parts = b->parts, .n = b->n};
    return (struct fetch_body){
        .read = b->read, .context = b->context, .offset = from, .size = size};
}

static enum err checksum(const struct fetch_body *b, uint64_t *out, struct why *why)
{
    *out = 0;
    for (size_t i = 0; !b->read && i < b->n; i++)
        *out = azure_crc64(*out, b->parts[i].ptr, b->parts[i].len);
    char chunk[16 * 1024];
    enum err e = ERR_NONE;
    for (uint64_t at = 0; !e && b->read && at < b->size;) {
        size_t n = b->size - at < sizeof chunk ? (size_t)(b->size - at) : sizeof chunk;
        e = b->read(b->context, b->offset + at, chunk, n, why);
        if (!e)
            *out = azure_crc64(*out, chunk, n);
        at += n;
    }
    return e;
}

static void notes_as_headers(struct azure_call *call, struct arena *a,
                             const struct destination_notes *notes)
{
    for (size_t i = 0; i < notes->n; i++)
        azure_header(call, arena_fmt(a, "x-ms-meta-%.*s", STR_ARG(notes->items[i].key)),
                     notes->items[i].value);
}

/* Sends a body with its checksum. */
static enum err send_body(struct azure_place *p, struct arena *a, struct azure_call *call,
                          const struct fetch_body *body, struct why *why)
{
    struct fetch_answer answer;
    uint64_t crc = 0;
    enum err e = checksum(body, &crc, why);
    if (e != ERR_NONE)
        return e;
    azure_header(call, STR("x-ms-content-crc64"), azure_crc64_text(a, crc));
    call->body = body;
    return azure_place_send(p, a, call, &answer, why);
}

static void condition_and_notes(struct azure_call *call, struct arena *a, bool replace,
                                const struct destination_notes *notes)
{
    if (!replace)
        azure_header(call, STR("If-None-Match"), STR("*"));
    notes_as_headers(call, a, notes);
}

static enum err put_whole(struct azure_place *p, struct arena *a, struct str name,
                          const struct destination_body *body,
                          const struct destination_notes *notes, bool replace, struct why *why)
{
    struct azure_call call = {.method = "PUT", .name = name};
    const struct fetch_body all = piece(body, 0, body->size);
    if (body->read)
        call.stall_ms = p->base.timeout_ms;
    else
        call.whole_ms = p->base.timeout_ms;
    azure_header(&call, STR("x-ms-blob-type"), STR("BlockBlob"));
    azure_header(&call, STR("Content-Type"), STR("application/octet-stream"));
    condition_and_notes(&call, a, replace, notes);
    return send_body(p, a, &call, &all, why);
}

static struct str block_id(struct arena *a, unsigned char id[BLOCK_ID_SIZE], uint64_t number)
{
    for (int i = 0; i < 8; i++)
        id[BLOCK_ID_SIZE - 1 - i] = (unsigned char)(number >> (8 * i));
    return text_base64(a, str_of(id, BLOCK_ID_SIZE));
}

/* Whether the name is taken is asked first: it would be a pity to find out at the end. */
static enum err put_blocks(struct azure_place *p, struct arena *a, struct str name,
                           const struct destination_body *body,
                           const struct destination_notes *notes, struct why *why)
{
    unsigned char id[BLOCK_ID_SIZE];
    struct destination_blob there = {0};
    struct buf list;
    enum err e = p->base.kind->look(&p->base, a, name, &there, NULL);
    if (e == ERR_NONE)
        return err_set(why, ERR_CONFLICT, "put a file into the replica", "%.*s is there already",
                       STR_ARG(name));
    random_bytes(id, sizeof id);
    buf_init(&list, (size_t)BLOCKS_MAX * 64);
    buf_str(&list, STR("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>"));
    e = body->size / PUT_MAX < BLOCKS_MAX
            ? ERR_NONE
            : err_set(why, ERR_TOO_BIG, "put a file into the replica", "over 50,000 blocks");
    for (uint64_t at = 0, n = 0; e == ERR_NONE && at < body->size; at += PUT_MAX, n++) {
        struct arena one = ARENA_INIT;
        uint64_t left = body->size - at;
        const struct fetch_body block = piece(body, at, left < PUT_MAX ? left : PUT_MAX);
        struct azure_call call = {.method = "PUT", .name = name, .stall_ms = p->base.timeout_ms};
        struct str text = block_id(&one, id, n);
        azure_parameter(&call, STR("blockid"), text);
        azure_parameter(&call, STR("comp"), STR("block"));
        e = send_body(p, &one, &call, &block, why);
        buf_fmt(&list, "<Latest>%.*s</Latest>", STR_ARG(text));
        arena_release(&one);
    }
    buf_str(&list, STR("</BlockList>"));
    if (e == ERR_NONE) {
        must(buf_ok(&list));
        const struct str text = buf_view(&list);
        const struct fetch_body all = {.parts = &text, .n = 1};
        struct azure_call call = {.method = "PUT", .name = name, .whole_ms = p->base.timeout_ms};
        azure_parameter(&call, STR("comp"), STR("blocklist"));
        azure_header(&call, STR("Content-Type"), STR("application/xml"));
        azure_header(&call, STR("x-ms-blob-content-type"), STR("application/octet-stream"));
        condition_and_notes(&call, a, false, notes);
        e = send_body(p, a, &call, &all, why);
    }
    buf_release(&list);
    return e;
}

static enum err put(struct destination *d, struct str name, const struct destination_body *body,
                    const struct destination_notes *notes, bool replace, struct why *why)
{
    struct azure_place *p = (struct azure_place *)d;
    struct arena a = ARENA_INIT;
    enum err e = body->read && body->size > PUT_MAX
                     ? put_blocks(p, &a, name, body, notes, why)
                     : put_whole(p, &a, name, body, notes, replace, why);
    arena_release(&a);
    return e;
}

/* ---- reading -----------------------------------------------------------------------------------
 */

static enum err look(struct destination *d, struct arena *a, struct str name,
                     struct destination_blob *out, struct why *why)
{
    struct azure_place *p = (struct azure_place *)d;
    struct azure_call call = {.method = "HEAD", .name = name, .whole_ms = d->timeout_ms};
    struct fetch_answer answer;
    struct fetch_header notes[DESTINATION_NOTES_MAX];
    struct arena scratch = ARENA_INIT;
    enum err e = azure_place_send(p, &scratch, &call, &answer, why);
    if (e == ERR_NONE) {
        str_to_u64(fetch_header(p->azure.fetch, "Content-Length"), &out->size);
        out->changed_ms = azure_time_ms(fetch_header(p->azure.fetch, "Last-Modified"));
        out->notes.n =
            fetch_headers(p->azure.fetch, STR("x-ms-meta-"), notes, DESTINATION_NOTES_MAX);
        for (size_t i = 0; i < out->notes.n; i++)
            out->notes.items[i] = (struct destination_note){arena_str(a, notes[i].name),
                                                            arena_str(a, notes[i].value)};
    }
    arena_release(&scratch);
    return e;
}

static enum err get(struct destination *d, struct str name, uint64_t from, uint64_t n,
                    enum err (*take)(void *context, const void *bytes, size_t n, struct why *why),
                    void *context, struct why *why)
{
    struct azure_place *p = (struct azure_place *)d;
    struct azure_call call = {
        .method = "GET", .name = name, .stall_ms = d->timeout_ms, .take = take, .context = context};
    struct arena a = ARENA_INIT;
    struct fetch_answer answer;
    if (n > UINT64_MAX - from)
        azure_header(&call, STR("Range"), arena_fmt(&a, "bytes=%llu-", (unsigned long long)from));
    else
        azure_header(&call, STR("Range"),
                     arena_fmt(&a, "bytes=%llu-%llu", (unsigned long long)from,
                               (unsigned long long)(from + n - 1)));
    enum err e = azure_place_send(p, &a, &call, &answer, why);
    if (e != ERR_NONE && answer.status == 416) /* it has no bytes there */
        e = ERR_NONE;
    arena_release(&a);
    return e;
}

/* ---- leases
 * ------------------------------------------------------------------------------
 */

/* "0123…" as the GUID that the service wants. */
static struct str guid(struct arena *a, struct str hex)
{
    return arena_fmt(a, "%.8s-%.4s-%.4s-%.4s-%.12s", hex.ptr, hex.ptr + 8, hex.ptr + 12,
                     hex.ptr + 16, hex.ptr + 20);
}

static enum err lease_call(struct azure_place *p, struct str name, struct str holder, int seconds,
                           struct why *why)
{
    static const struct fetch_body empty = {.n = 0};
    struct azure_call call = {
        .method = "PUT", .name = name, .body = &empty, .whole_ms = p->base.timeout_ms};
    struct arena a = ARENA_INIT;
    struct fetch_answer answer;
    azure_parameter(&call, STR("comp"), STR("lease"));
    if (seconds) { /* to acquire what one holds renews it */
        azure_header(&call, STR("x-ms-lease-action"), STR("acquire"));
        azure_header(&call, STR("x-ms-lease-duration"), arena_fmt(&a, "%d", seconds));
        azure_header(&call, STR("x-ms-proposed-lease-id"), guid(&a, holder));
    } else {
        azure_header(&call, STR("x-ms-lease-action"), STR("release"));
        azure_header(&call, STR("x-ms-lease-id"), guid(&a, holder));
    }
    enum err e = azure_place_send(p, &a, &call, &answer, why);
    arena_release(&a);
    return e;
}

static enum err lease(struct destination *d, struct str name, struct str holder, int seconds,
                      struct why *why)
{
    static const struct destination_notes none = {.n = 0};
    static const struct destination_body empty = {.n = 0};
    struct azure_place *p = (struct azure_place *)d;
    enum err e = lease_call(p, name, holder, seconds, why);
    if (e != ERR_MISSING || azure_said(&p->azure, "ContainerNotFound"))
        return e;
    e = put(d, name, &empty, &none, false, why);
    return e == ERR_NONE || e == ERR_CONFLICT ? lease_call(p, name, holder, seconds, why) : e;
}

static enum err lease_end(struct destination *d, struct str name, struct str holder,
                          struct why *why)
{
    struct azure_place *p = (struct azure_place *)d;
    enum err e = lease_call(p, name, holder, 0, why);
    return e == ERR_MISSING && !azure_said(&p->azure, "ContainerNotFound") ? ERR_NONE : e;
}

/* ---- the place
 * -----------------------------------------------------------------------------------
 */

enum err azure_place_send(struct azure_place *p, struct arena *a, struct azure_call *call,
                          struct fetch_answer *answer, struct why *why)
{
    enum err e = azure_send(&p->azure, a, call, answer, why);
    p->base.retry_ms = p->azure.asked_ms;
    return e;
}

static void needs(const struct destination *d, struct destination_needs *out)
{
    const struct azure_place *p = (const struct azure_place *)d;
    out->n_read = fetch_files(out->read);
    if (p->azure.ca_file)
        out->read[out->n_read++] = p->azure.ca_file;
    if (p->azure.token)
        out->n_read += azure_token_files(p->azure.token, &out->read[out->n_read]);
    out->ports[out->n_ports++] = fetch_port(p->azure.endpoint);
    if (p->azure.token)
        out->n_ports += azure_token_ports(p->azure.token, &out->ports[out->n_ports]);
    uint16_t proxy = fetch_proxy_port();
    if (proxy)
        out->ports[out->n_ports++] = proxy;
}

static void stop(struct destination *d)
{
    azure_stop(&((struct azure_place *)d)->azure);
}

static void limit(struct destination *d, int64_t until_ms)
{
    azure_limit(&((struct azure_place *)d)->azure, until_ms);
}

static void release(struct destination *d)
{
    struct azure_place *p = (struct azure_place *)d;
    azure_release(&p->azure);
    arena_release(&p->listed);
    free(p);
}

enum err destination_azure_open(const struct destination_options *options,
                                const struct destination_address *address, struct destination **out,
                                struct why *why)
{
    static const struct destination_kind kind = {.put = put,
                                                 .look = look,
                                                 .get = get,
                                                 .list = azure_place_list,
                                                 .delete = azure_place_delete,
                                                 .lease = lease,
                                                 .lease_end = lease_end,
                                                 .needs = needs,
                                                 .stop = stop,
                                                 .limit = limit,
                                                 .free = release};
    struct azure_place *p = calloc(1, sizeof *p);
    must(p);
    p->base.kind = &kind;
    const struct azure_options how = {options->account_key, options->sas, options->endpoint,
                                      options->ca_file, options->stop};
    enum err e = azure_open(&p->azure, &how, address, why);
    if (e != ERR_NONE) {
        free(p);
        return e;
    }
    *out = &p->base;
    return ERR_NONE;
}
