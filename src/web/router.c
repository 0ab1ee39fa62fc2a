/* SPDX-License-Identifier: Apache-2.0 */
#include "web/router.h"

#include "base/metric.h"
#include "config/option.h"
#include "net/peer.h"
#include "web/attempts.h"
#include "web/challenge.h"
#include "web/crowd.h"
#include "web/draft.h"
#include "web/loop.h"
#include "web/rate.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/say.h"
#include "web/staff.h"
#include "web/state.h"

static const struct route routes[] = {
#define GET   STR_INIT("GET")
#define POST  STR_INIT("POST")
#define PATCH STR_INIT("PATCH")
#define ROUTE(method, path, handler, flags)                                                        \
    {method, STR_INIT(path), handle_##handler, (flags), ACTION_none},
#define STAFF(method, path, handler, action, flags)                                                \
    {method, STR_INIT(path), handle_##handler, (flags) | ROUTE_PRIVATE, ACTION_##action},
#include "web/routes.def"
#undef STAFF
#undef ROUTE
#undef GET
#undef PATCH
#undef POST
};

enum { ROUTES = sizeof routes / sizeof *routes };

static bool path_matches(struct str pattern, struct str path, struct str *param)
{
    size_t star = str_find(pattern, '*', 0);
    if (star == pattern.len)
        return str_eq(pattern, path);
    struct str prefix = str_slice(pattern, 0, star),
               suffix = str_slice(pattern, star + 1, pattern.len);
    if (!str_starts(path, prefix) || !str_ends(path, suffix) || path.len <= prefix.len + suffix.len)
        return false;
    struct str found = str_slice(path, prefix.len, path.len - suffix.len);
    if (suffix.len && str_find(found, '/', 0) != found.len)
        return false;
    *param = found;
    return true;
}

const struct route *router_find(struct str method, struct str path, struct str *param,
                                const char **allow)
{
    bool head = str_eq(method, STR("HEAD"));
    bool get = false, post = false, patch = false;
    for (size_t i = 0; i < ROUTES; i++) {
        const struct route *route = &routes[i];
        if (!path_matches(route->path, path, param))
            continue;
        if (str_eq(route->method, method) || (head && str_eq(route->method, STR("GET"))))
            return route;
        get |= str_eq(route->method, STR("GET"));
        post |= str_eq(route->method, STR("POST"));
        patch |= str_eq(route->method, STR("PATCH"));
    }
    *allow = get && post    ? "GET, HEAD, POST"
             : get && patch ? "GET, HEAD, PATCH"
             : get          ? "GET, HEAD"
             : post         ? "POST"
             : patch        ? "PATCH"
                            : NULL;
    return NULL;
}

/* The texts were checked when the configuration was read. */
void router_prepare(struct web *web)
{
    const struct config *c = web->config;
    const struct str texts[RATE_CLASSES] = {
        [RATE_PAGE] = c->limits_rate_page,     [RATE_SUBMIT] = c->limits_rate_submit,
        [RATE_API] = c->limits_rate_api,       [RATE_CONNECT] = c->limits_rate_connect,
        [RATE_SIGNIN] = c->limits_rate_signin,
    };
    struct bucket_rate rates[RATE_CLASSES] = {0};
    for (int i = 0; i < RATE_CLASSES; i++) {
        int64_t milliseconds;
        if (option_parse_rate(texts[i], &rates[i].tokens, &milliseconds))
            rates[i].period_us = milliseconds * 1000;
    }
    /* So many may wait at a time, and one more each time a wait is over. */
    enum { WAITING = 4 };
    rates[RATE_WAIT] = (struct bucket_rate){WAITING, WAITING * c->form_challenge_wait * 1000};
    int64_t milliseconds;
    struct bucket_rate *crowd = &web->pressure.rate;
    if (option_parse_rate(c->form_challenge_rate, &crowd->tokens, &milliseconds))
        crowd->period_us = milliseconds * 1000;
    web->spent = spent_new();
    struct str wrong;
    networks_parse(c->server_trusted_proxies, &web->trusted, &wrong);
    web->proxy_protocol = str_eq(c->server_proxy_protocol, STR("v2"));
    web->rate = rate_new(rates);
    roles_read(c->auth_mfa_roles, &web->mfa_roles, &wrong);
    web->attempts = attempts_new();
    web->crowd = crowd_new((unsigned)c->limits_connections_per_client);
}

/* True when the route's guards let the request in; otherwise it has been answered. */
static bool guards_pass(struct request *r)
{
    unsigned flags = r->route->flags;
    if ((int64_t)request_head_size(r) > r->web->config->limits_header_size) {
        respond_problem(r, 431, say(r, TEXT_PROBLEM_HEAD), say(r, TEXT_PROBLEM_HEAD_TEXT));
        return false;
    }
    if (r->body_dropped || (int64_t)r->body.len > r->web->config->limits_body_size) {
        respond_too_long(r);
        return false;
    }
    if ((flags & ROUTE_JSON) && !str_eq_nocase(request_content_type(r), STR("application/json"))) {
        respond_problem(r, 415, say(r, TEXT_PROBLEM_MEDIA), say(r, TEXT_PROBLEM_MEDIA_TEXT));
        return false;
    }
    if (!(flags & ROUTE_FORM))
        return true;
    if (!request_same_origin(r)) {
        respond_problem(r, 403, say(r, TEXT_PROBLEM_ORIGIN), say(r, TEXT_PROBLEM_ORIGIN_TEXT));
        return false;
    }
    if (!str_eq_nocase(request_content_type(r), STR("application/x-www-form-urlencoded"))) {
        respond_problem(r, 415, say(r, TEXT_PROBLEM_ENCODING), say(r, TEXT_PROBLEM_ENCODING_TEXT));
        return false;
    }
    return true;
}

static enum rate_class rate_of(const struct route *route)
{
    unsigned flags = route ? route->flags : 0;
    return flags & ROUTE_FREE                 ? RATE_FREE
           : flags & ROUTE_GUESS              ? RATE_SIGNIN
           : flags & (ROUTE_JSON | ROUTE_API) ? RATE_API
           : flags & ROUTE_FORM               ? RATE_SUBMIT
                                              : RATE_PAGE;
}

/* Seconds until this client may ask again; 0: now. */
static int seconds_to_wait(const struct request *r)
{
    enum { SECOND_US = 1000000 };
    enum rate_class class = rate_of(r->route);
    struct ip client;
    if (class == RATE_FREE || !request_client(r, &client))
        return 0;
    client = peer_key(client);
    int64_t wait_us = rate_take(r->web->rate, class, &client, r->started_us);
    return (int)((wait_us + SECOND_US - 1) / SECOND_US);
}

/*
 * The loop is late, or the queue of the writer half full: whoever is under way still gets through,
 * new ones come later. Without this all would fill it together and be refused in the middle. A late
 * loop does not even show new ones where to begin.
 */
static bool is_shed(const struct request *r)
{
    unsigned flags = r->route ? r->route->flags : 0;
    if (!(flags & (ROUTE_BEGINS | ROUTE_INVITES)) || draft_is_returning(r))
        return false;
    bool late = loop_is_late(r->loop);
    bool behind = (flags & ROUTE_BEGINS) && (int64_t)writer_waiting(r->web->writer) * 2 >=
                                                r->web->config->limits_writer_queue;
    if (late || behind)
        metric_add(late ? METRIC_shed_late : METRIC_shed_writer, 1);
    return late || behind;
}

/* Fills the hold of a request that is not taken in now. */
static bool is_held(struct request *r)
{
    r->retry_s = seconds_to_wait(r);
    if (r->retry_s) {
        r->hold.status = 429;
        metric_add(METRIC_shed_rate, 1);
        if (r->route && (r->route->flags & ROUTE_FORM))
            pressure_count(&r->web->pressure, r->started_us);
        r->hold.notice = say_count(r, TEXT_NOTICE_RATE, (uint64_t)r->retry_s);
    } else if (is_shed(r)) {
        r->hold.status = 503;
        r->hold.notice = say(r, TEXT_NOTICE_BUSY);
    }
    return r->hold.status != 0;
}

/* For routes that have nothing to keep. */
static void respond_held(struct request *r)
{
    if (r->hold.status == 503 && r->route && (r->route->flags & ROUTE_INVITES)) {
        respond_problem(r, 503, say(r, TEXT_PROBLEM_BUSY), say(r, TEXT_PROBLEM_BUSY_PAGE));
        return;
    }
    if (r->hold.status == 503) {
        respond_error(r, ERR_BUSY, NULL);
        return;
    }
    respond_problem(r, 429, say(r, TEXT_PROBLEM_RATE),
                    say_count(r, TEXT_PROBLEM_RATE_TEXT, (uint64_t)r->retry_s));
}

void router_dispatch(struct request *r)
{
    const char *allow = NULL;
    r->route = router_find(r->method, r->path, &r->param, &allow);
    say_choose(r);
    if (is_held(r) && !(r->route && (r->route->flags & ROUTE_KEEPS))) {
        respond_held(r);
        return;
    }
    if (r->route) {
        if (guards_pass(r) && (r->route->action == ACTION_none || staff_let_in(r)))
            r->route->handle(r);
        return;
    }
    if (allow) {
        respond_header(r, STR("allow"), str_from(allow));
        respond_problem(r, 405, say(r, TEXT_PROBLEM_METHOD), say(r, TEXT_PROBLEM_METHOD_TEXT));
        return;
    }
    respond_problem(r, 404, say(r, TEXT_PROBLEM_MISSING), say(r, TEXT_PROBLEM_MISSING_TEXT));
}
