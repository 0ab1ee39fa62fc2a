/* SPDX-License-Identifier: Apache-2.0 */
#include "web/request.h"

#include "base/clock.h"
#include "config/config.h"
#include "core/urlencoded.h"
#include "net/peer.h"
#include "web/cookie.h"
#include "web/loop.h"
#include "web/measure.h"
#include "web/respond.h"
#include "web/state.h"
#include "web/ticket.h"

#include "web/html.h"

/* Where the wrapper is remembered: libh2o keeps named values a request, and nothing else of ours.
 */
static const char env_name[] = "anteroom";

/* What lies on libh2o's pool: its destructor is how we learn that the request ends. */
struct wrapper {
    struct request request;
    struct html html;
    bool html_used;
};

static struct connection *connection_of(h2o_req_t *h2o)
{
    return h2o->conn->callbacks->get_socket(h2o->conn)->on_close.data;
}

static void wrapper_dispose(void *pointer)
{
    struct wrapper *w = pointer;
    if (w->request.ticket)
        ticket_forget(w->request.ticket);
    if (w->html_used)
        html_release(&w->html);
    arena_release(&w->request.arena);
}

static void on_request_end(void *pointer)
{
    struct connection **c = pointer;
    if (!*c)
        return;
    (*c)->requests--;
    if ((*c)->kind != LISTENER_OPS)
        measure_active((*c)->loop->measure, -1);
    (*c)->quiet_since_ms = clock_monotonic_ms();
}

static struct str view(h2o_iovec_t v)
{
    return str_of(v.base, v.len);
}

struct request *request_new(h2o_req_t *h2o, struct web *web, struct loop *loop)
{
    struct wrapper *w = h2o_mem_alloc_shared(&h2o->pool, sizeof *w, wrapper_dispose);
    memset(w, 0, sizeof *w);
    struct str target = view(h2o->path);
    size_t question = h2o->query_at == SIZE_MAX ? target.len : h2o->query_at;
    w->request = (struct request){
        .h2o = h2o,
        .web = web,
        .loop = loop,
        .method = view(h2o->method),
        .path = str_slice(target, 0, question),
        .query = str_slice(target, question + 1, target.len),
        .body = h2o->entity.base ? view(h2o->entity) : STR_EMPTY,
        .body_dropped = !h2o->entity.base && h2o->entity.len,
        .started_us = clock_monotonic_us(),
        .language = web->config->language,
    };

    struct connection **c = h2o_mem_alloc_shared(&h2o->pool, sizeof *c, on_request_end);
    *c = connection_of(h2o);
    if (*c) {
        (*c)->requests++;
        if ((*c)->kind != LISTENER_OPS)
            measure_active(loop->measure, 1);
        (*c)->quiet_since_ms = w->request.started_us / 1000;
        (*c)->served = true;
        (*c)->http2 = h2o->version >= 0x200;
    }

    h2o_iovec_t *slot = h2o_req_getenv(h2o, env_name, sizeof env_name - 1, 1);
    slot->base = (char *)&w->request;
    slot->len = 0;
    return &w->request;
}

struct request *request_of(h2o_req_t *h2o)
{
    h2o_iovec_t *slot = h2o_req_getenv(h2o, env_name, sizeof env_name - 1, 0);
    return slot ? (struct request *)(void *)slot->base : NULL;
}

/* request is the wrapper's first member. */
struct html *respond_html(struct request *r)
{
    struct wrapper *w = (struct wrapper *)(void *)r;
    if (!w->html_used) {
        html_init(&w->html, PAGE_MAX);
        buf_reserve(&w->html.out, PAGE_USUAL);
        w->html.texts = &r->web->texts[r->language];
        w->html_used = true;
    }
    return &w->html;
}

struct str request_header(const struct request *r, struct str name)
{
    ssize_t at = h2o_find_header_by_str(&r->h2o->headers, name.ptr, name.len, -1);
    return at < 0 ? STR_EMPTY : view(r->h2o->headers.entries[at].value);
}

size_t request_head_size(const struct request *r)
{
    size_t size = r->h2o->path.len;
    for (size_t i = 0; i < r->h2o->headers.size; i++)
        size += r->h2o->headers.entries[i].name->len + r->h2o->headers.entries[i].value.len;
    return size;
}

struct str request_cookie(const struct request *r, struct str name)
{
    ssize_t at = -1;
    while ((at = h2o_find_header(&r->h2o->headers, H2O_TOKEN_COOKIE, at)) >= 0) {
        struct str value = cookie_find(view(r->h2o->headers.entries[at].value), name);
        if (value.len)
            return value;
    }
    return STR_EMPTY;
}

struct str request_content_type(const struct request *r)
{
    struct str type = request_header(r, STR("content-type"));
    return str_trim(str_slice(type, 0, str_find(type, ';', 0)));
}

struct str request_query(const struct request *r, struct str name)
{
    struct str rest = r->query, pair;
    while (str_cut(&rest, '&', &pair)) {
        size_t equals = str_find(pair, '=', 0);
        if (str_eq(str_slice(pair, 0, equals), name))
            return str_slice(pair, equals + 1, pair.len);
    }
    return STR_EMPTY;
}

static struct str first_of(struct request *r, struct str body, struct str wanted)
{
    struct urlencoded u;
    struct str name, value;
    urlencoded_init(&u, body);
    while (urlencoded_next(&u, &r->arena, &name, &value))
        if (str_eq(name, wanted))
            return value;
    return STR_EMPTY;
}

struct str request_parameter(struct request *r, struct str name)
{
    return first_of(r, r->query, name);
}

struct str request_field(struct request *r, struct str name)
{
    return first_of(r, r->body, name);
}

/* The last ones of a header that may be repeated: what our own proxies wrote comes last. */
enum { PROXY_LINES = 8 };

bool request_client(const struct request *r, struct ip *out)
{
    const struct networks *trusted = &r->web->trusted;
    struct sockaddr_storage address;
    h2o_conn_t *conn = r->h2o->conn;
    if (conn->callbacks->get_peername(conn, (struct sockaddr *)&address) == 0 ||
        !peer_from_sockaddr((const struct sockaddr *)&address, out))
        return false;
    if (!networks_hold(trusted, out))
        return true;

    struct str name = r->web->config->server_proxy_header, lines[PROXY_LINES];
    size_t n = 0;
    for (size_t i = r->h2o->headers.size; i > 0 && n < PROXY_LINES; i--) {
        const h2o_header_t *header = &r->h2o->headers.entries[i - 1];
        if (h2o_memis(header->name->base, header->name->len, name.ptr, name.len))
            lines[PROXY_LINES - ++n] = view(header->value);
    }
    bool forwarded = str_eq(name, STR("forwarded"));
    *out = peer_client(trusted, *out, forwarded ? PEER_FORWARDED : PEER_X_FORWARDED_FOR,
                       lines + PROXY_LINES - n, n);
    return !networks_hold(trusted, out);
}

bool request_same_origin(const struct request *r)
{
    struct str site = request_header(r, STR("sec-fetch-site"));
    if (site.len && !str_eq(site, STR("same-origin")) && !str_eq(site, STR("none")))
        return false;
    struct str origin = request_header(r, STR("origin"));
    if (origin.len == 0)
        return true;
    if (str_eq(origin, r->web->public_url))
        return true;
    static const struct str https = STR_INIT("https://");
    struct str authority = view(r->h2o->authority);
    return str_starts(origin, https) &&
           str_eq_nocase(str_slice(origin, https.len, origin.len), authority);
}
