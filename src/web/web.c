/* SPDX-License-Identifier: Apache-2.0 */
#include "web/web.h"

#include "base/clock.h"
#include "base/log.h"
#include "config/config.h"
#include "net/address.h"
#include "net/inherited.h"
#include "store/people.h"
#include "store/reader.h"
#include "store/store.h"
#include "web/attempts.h"
#include "web/challenge.h"
#include "web/crowd.h"
#include "web/headers.h"
#include "web/loop.h"
#include "web/measure.h"
#include "web/ops.h"
#include "web/rate.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/setup_link.h"
#include "web/state.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

_Static_assert((int)WEB_HOSTS == (int)LISTENER_KINDS, "a host for each kind of listener");

enum { COMPRESS_FROM = 1024, COMPRESS_LEVEL = 4 };
enum { BODY_SLACK = 4, HEAD_SLACK = 2, STREAMS_AT_ONCE = 64, LOOPS_MAX = 64 };

struct handler {
    h2o_handler_t super;
    struct web *web;
    enum listener_kind kind;
};

/* Which loop a request is on: the context is a member of its loop. */
static struct loop *loop_of(h2o_req_t *req)
{
    return H2O_STRUCT_FROM_MEMBER(struct loop, context, req->conn->ctx);
}

static void redirect_to_https(struct request *r)
{
    struct str target = str_of(r->h2o->path.base, r->h2o->path.len);
    if (!str_starts(target, STR("/")))
        target = STR("/");
    respond_header(r, STR("location"),
                   arena_fmt(&r->arena, "%.*s%.*s", STR_ARG(r->web->public_url), STR_ARG(target)));
    respond_bytes(r, 308, STR_EMPTY, STR_EMPTY);
}

static int on_request(h2o_handler_t *super, h2o_req_t *req)
{
    static void (*const dispatch[LISTENER_KINDS])(struct request *) = {
        [LISTENER_PUBLIC] = router_dispatch,
        [LISTENER_REDIRECT] = redirect_to_https,
        [LISTENER_OPS] = ops_dispatch,
    };
    const struct handler *self = (const struct handler *)super;
    dispatch[self->kind](request_new(req, self->web, loop_of(req)));
    return 0;
}

/* libh2o's own configuration: its defaults are for another use (1 GiB bodies, no forced end). */
static void configure(struct web *web)
{
    const struct config *c = web->config;
    h2o_globalconf_t *g = web->globalconf;
    h2o_config_init(g);
    headers_prepare();
    g->server_name = h2o_iovec_init(NULL, 0); /* no Server header */
    /* Somewhat above our own limit, so that most who exceed it get our page and not a bare line. */
    g->max_request_entity_size = (size_t)c->limits_body_size * BODY_SLACK;
    h2o_max_reqlen = (size_t)c->limits_header_size * HEAD_SLACK;
    g->handshake_timeout = (uint64_t)c->limits_request_time;
    g->http1.req_timeout = (uint64_t)c->limits_request_time;
    g->http1.upgrade_to_http2 = 0;
    g->http2.idle_timeout = (uint64_t)c->limits_idle_time;
    g->http2.graceful_shutdown_timeout = (uint64_t)c->server_drain_time;
    g->http2.max_concurrent_requests_per_connection = STREAMS_AT_ONCE;

    /* Pages only: assets are compressed at build time. Nothing a stranger chose is ever on one page
     * with a secret (forms from other sites are refused), so lengths tell nothing. */
    h2o_compress_args_t compression = {
        .min_size = COMPRESS_FROM, .gzip = {.quality = COMPRESS_LEVEL}, .brotli = {.quality = -1}};
    static const char *const names[LISTENER_KINDS] = {"public", "redirect", "operations"};
    for (int kind = 0; kind < LISTENER_KINDS; kind++) {
        h2o_hostconf_t *host =
            h2o_config_register_host(g, h2o_iovec_init(names[kind], strlen(names[kind])), 65535);
        web->hosts[kind][0] = host;
        struct handler *handler =
            (struct handler *)(void *)h2o_create_handler(&host->fallback_path, sizeof *handler);
        handler->super.on_req = on_request;
        handler->web = web;
        handler->kind = (enum listener_kind)kind;
        headers_attach(&host->fallback_path, kind == LISTENER_PUBLIC);
        if (kind == LISTENER_PUBLIC)
            h2o_compress_register(&host->fallback_path, &compression);
        if (kind != LISTENER_OPS) /* probes every few seconds would be most of the log */
            access_log_attach(&host->fallback_path);
    }
}

/* Each loop has copies of the sockets that we were given. */
static enum err listen_inherited(struct web *web, struct inherited *given, uint16_t port,
                                 enum listener_kind kind, unsigned loops, struct why *why)
{
    for (unsigned i = 0; i < loops; i++) {
        int fds[INHERITED_MAX], n = inherited_take(given, port, fds);
        if (n < 0)
            return err_set(why, ERR_IO, "listen", "%s", err_errno(errno));
        for (int k = 0; k < n; k++)
            loop_listen(&web->loops[i], kind, fds[k], true);
    }
    return ERR_NONE;
}

/* Each loop opens its own descriptor on the same address. */
static enum err listen_on(struct web *web, struct inherited *given, struct str text,
                          enum listener_kind kind, struct why *why)
{
    struct address_list list;
    enum err e = address_parse(text, &list, why);
    unsigned loops = kind == LISTENER_OPS ? 1 : web->loops_n;
    if (e == ERR_NONE && inherited_has(given, list.port))
        return listen_inherited(web, given, list.port, kind, loops, why);
    for (size_t k = 0; e == ERR_NONE && k < list.n; k++)
        e = address_free(&list.items[k], why);
    for (unsigned i = 0; e == ERR_NONE && i < loops; i++)
        for (size_t k = 0; e == ERR_NONE && k < list.n; k++) {
            int fd;
            e = address_listen(&list.items[k], k > 0, &fd, why);
            if (e == ERR_NONE && fd >= 0)
                loop_listen(&web->loops[i], kind, fd, false);
        }
    return e;
}

static enum err listen_all(struct web *web, struct why *why)
{
    const struct config *c = web->config;
    struct inherited given;
    enum err e = inherited_open(&given, why);
    if (e == ERR_NONE)
        e = listen_on(web, &given, c->server_listen, LISTENER_PUBLIC, why);
    if (e == ERR_NONE && c->server_http_listen.len)
        e = listen_on(web, &given, c->server_http_listen, LISTENER_REDIRECT, why);
    if (e == ERR_NONE && c->server_ops_listen.len)
        e = listen_on(web, &given, c->server_ops_listen, LISTENER_OPS, why);
    if (e == ERR_NONE)
        e = inherited_all_taken(&given, why);
    inherited_close(&given);
    return e;
}

struct str web_url_of(const struct config *c)
{
    struct str url = c->server_public_url;
    while (url.len && url.ptr[url.len - 1] == '/')
        url.len--;
    if (url.len)
        return url;
    struct address_list list;
    struct why why;
    unsigned port = 8443;
    if (address_parse(c->server_listen, &list, &why) == ERR_NONE)
        port = list.port;
    static char text[64];
    snprintf(text, sizeof text, port == 443 ? "https://localhost" : "https://localhost:%u", port);
    return str_from(text);
}

static unsigned count_loops(const struct config *c)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t wanted = c->server_loops > 0 ? c->server_loops : cores;
    return wanted < 1 ? 1 : wanted > LOOPS_MAX ? LOOPS_MAX : (unsigned)wanted;
}

/* A colour that visitors would see otherwise than asked for: worth a word at each start. */
static void tell_accent(const struct web *web)
{
    const struct colour_palette *p = &web->brand.palette;
    char light[COLOUR_TEXT_SIZE], dark[COLOUR_TEXT_SIZE];
    if (web->brand.has_accent && (p->light.adjusted || p->dark.adjusted))
        log_event(p->light.adjusted ? LOG_WARN : LOG_INFO, "accent adjusted for contrast",
                  LOG_STR("asked", web->config->brand_accent),
                  LOG_TEXT("light", colour_text(p->light.accent, light)),
                  LOG_TEXT("dark", colour_text(p->dark.accent, dark)));
}

enum err web_open(const struct web_options *options, struct web **out, struct why *why)
{
    struct web *web = h2o_mem_alloc(sizeof *web);
    *web = (struct web){
        .config = options->config,
        .store = options->store,
        .tls = options->tls,
        .assets_dir = options->assets_dir,
        .public_url = web_url_of(options->config),
        .loops_n = count_loops(options->config),
    };
    audit_watch_init(&web->audit);
    say_prepare(web);
    router_prepare(web);
    web->globalconf = h2o_mem_alloc(sizeof *web->globalconf);
    configure(web);
    web->loops = h2o_mem_alloc(sizeof *web->loops * web->loops_n);
    memset(web->loops, 0, sizeof *web->loops * web->loops_n);
    *out = web;

    char key_file[PATH_MAX];
    store_path(web->store, "keys/links.key", key_file, sizeof key_file);
    enum err e = link_key_open(key_file, &web->link_key, why);
    store_path(web->store, "keys/staff.key", key_file, sizeof key_file);
    if (e == ERR_NONE)
        e = staff_key_open(key_file, web->staff_key, why);
    if (e == ERR_NONE)
        e = issuers_open(web->config, &web->issuers, why);
    if (e == ERR_NONE)
        e = brand_open(web->config, &web->brand, why);
    if (e == ERR_NONE)
        tell_accent(web);
    unsigned opened = 0;
    while (e == ERR_NONE && opened < web->loops_n) {
        e = loop_open(&web->loops[opened], web, opened, why);
        opened += e == ERR_NONE;
    }
    if (e == ERR_NONE)
        e = listen_all(web, why);
    if (e != ERR_NONE) {
        web->loops_n = opened;
        web_close(web);
        *out = NULL;
    }
    return e;
}

void web_run(struct web *web, struct writer *writer)
{
    web->writer = writer;
    desks_start(web);
    exposition_source(measure_expose, web);
    for (; web->loops_started < web->loops_n; web->loops_started++)
        loop_start(&web->loops[web->loops_started]);
}

struct str web_public_url(const struct web *web)
{
    return web->public_url;
}

void web_needs(struct web *web, struct issuers_needs *out)
{
    issuers_needs(web->config, &web->issuers, out);
}

struct str web_setup_link(struct web *web, struct arena *a)
{
    struct reader *reader = NULL;
    bool there = true;
    if (!web->config->auth_local || reader_open(web->store, &reader, NULL) != ERR_NONE)
        return STR_EMPTY;
    enum err e = reader_has_administrator(reader, &there, NULL);
    reader_close(reader);
    if (e || there)
        return STR_EMPTY;
    struct str link = setup_link_make(a, web->staff_key, clock_wall_ms());
    return arena_fmt(a, "%.*s%.*s", STR_ARG(web->public_url), STR_ARG(link));
}

bool web_drain(struct web *web, int64_t drain_ms)
{
    web->drain_until = clock_monotonic_ms() + drain_ms;
    atomic_store(&web->stopping, true);
    for (unsigned i = 0; i < web->loops_started; i++)
        loop_stop(&web->loops[i]);
    for (unsigned i = 0; i < web->loops_started; i++)
        loop_wait(&web->loops[i]);
    return atomic_load(&web->cut) == 0;
}

void web_close(struct web *web)
{
    if (!web)
        return;
    bool clean = true;
    exposition_drop(web);
    issuers_stop(&web->issuers);
    desks_stop(web); /* they send to the loops until they have ended */
    for (unsigned i = 0; i < web->loops_n; i++)
        clean &= loop_close(&web->loops[i]);
    if (!clean)
        return; /* see loop_close: what was cut off still refers to us, and the process ends */
    h2o_config_dispose(web->globalconf);
    free(web->globalconf);
    free(web->loops);
    rate_free(web->rate);
    crowd_free(web->crowd);
    spent_free(web->spent);
    attempts_free(web->attempts);
    brand_release(&web->brand);
    issuers_close(&web->issuers);
    audit_watch_release(&web->audit);
    arena_release(&web->arena);
    free(web);
}
