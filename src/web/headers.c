/* SPDX-License-Identifier: Apache-2.0 */
#include "web/headers.h"

#include "base/buf.h"

#include <h2o.h>
#include <h2o/http1.h>

struct header {
    struct str name, value;
    bool https_only;
};

/*
 * The pages hold no inline script or style, load nothing from elsewhere, and may not be framed.
 * Referrer-Policy is same-origin, not no-referrer: with the latter browsers send "Origin: null" on
 * our own forms and the origin check could not work.
 */
static const struct header always[] = {
    {STR_INIT("content-security-policy"),
     STR_INIT("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
              "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
              "require-trusted-types-for 'script'; trusted-types 'none'"),
     false},
    {STR_INIT("x-content-type-options"), STR_INIT("nosniff"), false},
    {STR_INIT("referrer-policy"), STR_INIT("same-origin"), false},
    {STR_INIT("cross-origin-opener-policy"), STR_INIT("same-origin"), false},
    {STR_INIT("cross-origin-resource-policy"), STR_INIT("same-origin"), false},
    {STR_INIT("permissions-policy"),
     STR_INIT("camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
     false},
    {STR_INIT("x-frame-options"), STR_INIT("DENY"), false},
    {STR_INIT("strict-transport-security"), STR_INIT("max-age=63072000"), true},
};

struct headers_filter {
    h2o_filter_t super;
    bool https;
};

static void add_headers(h2o_filter_t *super, h2o_req_t *req, h2o_ostream_t **slot)
{
    const struct headers_filter *self = (const struct headers_filter *)super;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) {
        const struct header *h = &always[i];
        if (h->https_only && !self->https)
            continue;
        h2o_add_header_by_str(&req->pool, &req->res.headers, h->name.ptr, h->name.len, 1, NULL,
                              h->value.ptr, h->value.len);
    }
    h2o_setup_next_ostream(req, slot);
}

void headers_attach(h2o_pathconf_t *path, int https)
{
    struct headers_filter *self =
        (struct headers_filter *)(void *)h2o_create_filter(path, sizeof *self);
    self->super.on_setup_ostream = add_headers;
    self->https = https;
}

/* A whole answer of HTTP/1 to what never became a request. */
static h2o_iovec_t refusal(struct buf *answer, const char *status, struct str body)
{
    buf_init(answer, 8192);
    buf_fmt(answer,
            "HTTP/1.1 %s\r\nconnection: close\r\n"
            "content-type: text/plain; charset=utf-8\r\ncontent-length: %zu\r\n",
            status, body.len);
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        buf_fmt(answer, "%s: %s\r\n", always[i].name.ptr, always[i].value.ptr);
    buf_str(answer, STR("\r\n"));
    buf_str(answer, body);
    return h2o_iovec_init(answer->ptr, answer->len);
}

void headers_prepare(void)
{
    static struct buf bad, large;
    if (bad.len)
        return;
    h2o_http1_bad_request = refusal(&bad, "400 Bad Request", STR("This request cannot be read.\n"));
    h2o_http1_large_request = refusal(&large, "431 Request Header Fields Too Large",
                                      STR("The head of this request is too large.\n"));
}
