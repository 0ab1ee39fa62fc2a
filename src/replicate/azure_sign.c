/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SharedKey of the Blob service, version 2015-02-21 and later: a text made of the method, eleven
 * standard headers, every x-ms- header sorted by name, and the resource with its parameters sorted
 * by name, signed by HMAC-SHA-256 with the account's key.
 * Source: "Authorize with Shared Key", REST API of Azure Storage.
 */
#include "base/buf.h"
#include "base/hmac.h"
#include "base/must.h"
#include "base/text.h"
#include "replicate/azure.h"

enum { TEXT_MAX = 64 * 1024 };

static const struct str standard[] = {
    STR_INIT("Content-Encoding"),
    STR_INIT("Content-Language"),
    STR_INIT("Content-Length"),
    STR_INIT("Content-MD5"),
    STR_INIT("Content-Type"),
    STR_INIT("Date"),
    STR_INIT("If-Modified-Since"),
    STR_INIT("If-Match"),
    STR_INIT("If-None-Match"),
    STR_INIT("If-Unmodified-Since"),
    STR_INIT("Range"),
};

static uint64_t body_size(const struct fetch_body *b)
{
    uint64_t size = b && b->read ? b->size : 0;
    for (size_t i = 0; b && !b->read && i < b->n; i++)
        size += b->parts[i].len;
    return size;
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct fetch_header *)a)->name, ((const struct fetch_header *)b)->name);
}

static void standard_headers(struct buf *text, const struct azure_call *call)
{
    for (size_t i = 0; i < sizeof standard / sizeof *standard; i++) {
        uint64_t size = str_eq(standard[i], STR("Content-Length")) ? body_size(call->body) : 0;
        if (size > 0)
            buf_u64(text, size);
        for (size_t k = 0; k < call->n_headers; k++)
            if (str_eq_nocase(call->headers[k].name, standard[i]))
                buf_str(text, call->headers[k].value);
        buf_byte(text, '\n');
    }
}

/* Our names are in lower case already. */
static void own_headers(struct buf *text, const struct azure_call *call)
{
    struct fetch_header own[AZURE_HEADERS_MAX] = {0};
    size_t n = 0;
    for (size_t i = 0; i < call->n_headers; i++)
        if (str_starts(call->headers[i].name, STR("x-ms-")))
            own[n++] = call->headers[i];
    qsort(own, n, sizeof *own, by_name);
    for (size_t i = 0; i < n; i++)
        buf_fmt(text, "%.*s:%.*s\n", STR_ARG(own[i].name), STR_ARG(own[i].value));
}

static void resource(struct buf *text, struct str account, struct str path,
                     const struct azure_call *call)
{
    struct fetch_header sorted[AZURE_PARAMETERS_MAX] = {0};
    for (size_t i = 0; i < call->n_parameters; i++)
        sorted[i] = call->parameters[i];
    qsort(sorted, call->n_parameters, sizeof *sorted, by_name);
    buf_fmt(text, "/%.*s%.*s", STR_ARG(account), STR_ARG(path));
    for (size_t i = 0; i < call->n_parameters; i++)
        buf_fmt(text, "\n%.*s:%.*s", STR_ARG(sorted[i].name), STR_ARG(sorted[i].value));
}

struct str azure_sign(struct arena *a, struct str account, struct str key, struct str path,
                      const struct azure_call *call)
{
    struct buf text;
    unsigned char mac[HMAC_SIZE];
    buf_init(&text, TEXT_MAX);
    buf_fmt(&text, "%s\n", call->method);
    standard_headers(&text, call);
    own_headers(&text, call);
    resource(&text, account, path, call);
    must(buf_ok(&text));
    hmac_sha256(key, buf_view(&text), mac);
    buf_release(&text);
    struct str signature = text_base64(a, str_of(mac, sizeof mac));
    return arena_fmt(a, "SharedKey %.*s:%.*s", STR_ARG(account), STR_ARG(signature));
}
