/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deleting: up to AZURE_BATCH_MAX blobs in one request to the container, in which each has a
 * request of its own that says who we are. What the batch did not settle is asked for by itself,
 * which also tells what is wrong. A place that does not answer a batch as one, but deletes one by
 * one, is not asked for a batch again.
 */
#include "base/buf.h"
#include "base/random.h"
#include "base/text.h"
#include "replicate/azure_batch.h"
#include "replicate/destination_azure.h"

enum {
    REQUEST_MAX = 4 * 1024 * 1024, /* the service's own bound */
    ANSWER_MAX = 1024 * 1024,
    NOT_IMPLEMENTED = 501,
};

static struct azure_call delete_call(struct str name)
{
    struct azure_call call = {.method = "DELETE", .name = name};
    azure_header(&call, STR("x-ms-delete-snapshots"), STR("include"));
    return call;
}

static enum err delete_one(struct azure_place *p, struct str name, struct why *why)
{
    struct azure_call call = delete_call(name);
    struct arena a = ARENA_INIT;
    struct fetch_answer answer;
    call.whole_ms = p->base.timeout_ms;
    enum err e = azure_place_send(p, &a, &call, &answer, why);
    if (e == ERR_MISSING && !azure_said(&p->azure, "ContainerNotFound"))
        e = ERR_NONE;
    arena_release(&a);
    return e;
}

static enum err write_batch(struct azure_place *p, struct arena *a, struct str boundary,
                            const struct str *names, size_t n, struct buf *out, struct why *why)
{
    enum err e = ERR_NONE;
    for (size_t i = 0; e == ERR_NONE && i < n; i++) {
        const struct azure_call call = delete_call(names[i]);
        buf_fmt(out,
                "--%.*s\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
                "Content-ID: %zu\r\n\r\n",
                STR_ARG(boundary), i);
        e = azure_embed(&p->azure, a, &call, out, why);
        buf_str(out, STR("\r\n"));
    }
    buf_fmt(out, "--%.*s--\r\n", STR_ARG(boundary));
    if (e == ERR_NONE && !buf_ok(out))
        e = err_set(why, ERR_TOO_BIG, "delete from the replica", "over 4 MiB of names");
    return e;
}

/* *settled: these are gone. Otherwise, without an error, it was no batch's answer. */
static enum err take_answer(struct azure_place *p, const struct fetch_answer *answer,
                            const struct str *names, size_t n, bool *settled, struct why *why)
{
    struct azure_batch batch;
    struct str type = fetch_header(p->azure.fetch, "Content-Type");
    if (!azure_batch_read(type, answer->text, n, &batch))
        return ERR_NONE;
    if (batch.whole.status) {
        enum err e = azure_error(batch.whole.status, batch.whole.code, 0, STR("a batch"), why);
        return e == ERR_BUSY ? e : ERR_NONE;
    }
    *settled = true;
    enum err e = ERR_NONE;
    for (size_t i = 0; e == ERR_NONE && i < n; i++) {
        const struct azure_batch_part *part = &batch.parts[i];
        if ((part->status >= 200 && part->status < 300) || str_eq(part->code, STR("BlobNotFound")))
            continue;
        e = azure_error(part->status, part->code, 0, names[i], why);
        if (e != ERR_BUSY)
            e = delete_one(p, names[i], why);
    }
    return e;
}

static enum err delete_batch(struct azure_place *p, const struct str *names, size_t n,
                             bool *settled, struct why *why)
{
    struct arena a = ARENA_INIT;
    struct buf text;
    unsigned char drawn[16];
    random_bytes(drawn, sizeof drawn);
    struct str hex = text_hex(&a, str_of(drawn, sizeof drawn));
    struct str boundary = arena_fmt(&a, "batch_%.*s", STR_ARG(hex));
    buf_init(&text, REQUEST_MAX);
    enum err e = write_batch(p, &a, boundary, names, n, &text, why);
    if (e == ERR_NONE) {
        const struct str view = buf_view(&text);
        const struct fetch_body body = {.parts = &view, .n = 1};
        struct azure_call call = {.method = "POST",
                                  .body = &body,
                                  .whole_ms = p->base.timeout_ms,
                                  .text_max = ANSWER_MAX};
        struct fetch_answer answer;
        azure_parameter(&call, STR("comp"), STR("batch"));
        azure_parameter(&call, STR("restype"), STR("container"));
        azure_header(&call, STR("Content-Type"),
                     arena_fmt(&a, "multipart/mixed; boundary=%.*s", STR_ARG(boundary)));
        e = azure_place_send(p, &a, &call, &answer, why);
        bool later = (e == ERR_BUSY && answer.status != NOT_IMPLEMENTED) || e == ERR_NETWORK;
        if (e == ERR_NONE)
            e = take_answer(p, &answer, names, n, settled, why);
        else if (answer.status && !later)
            e = ERR_NONE;
    }
    buf_release(&text);
    arena_release(&a);
    return e;
}

static enum err delete_some(struct azure_place *p, const struct str *names, size_t n,
                            struct why *why)
{
    bool settled = false;
    const bool asked = n > 1 && !p->no_batches;
    enum err e = asked ? delete_batch(p, names, n, &settled, why) : ERR_NONE;
    if (e != ERR_NONE || settled)
        return e;
    for (size_t i = 0; e == ERR_NONE && i < n; i++)
        e = delete_one(p, names[i], why);
    p->no_batches = p->no_batches || (asked && e == ERR_NONE);
    return e;
}

enum err azure_place_delete(struct destination *d, const struct str *names, size_t n,
                            struct why *why)
{
    enum err e = ERR_NONE;
    for (size_t i = 0; e == ERR_NONE && i < n; i += AZURE_BATCH_MAX) {
        size_t some = n - i < AZURE_BATCH_MAX ? n - i : AZURE_BATCH_MAX;
        e = delete_some((struct azure_place *)d, names + i, some, why);
    }
    return e;
}
