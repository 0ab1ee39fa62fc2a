/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request, as handlers see it: views of what came, an arena that lives exactly as long as the
 * request, and the place where it is answered (respond.h).
 *
 * libh2o owns the request and may end it at any moment the loop runs (the visitor left); everything
 * here goes with it. Work that outlives a turn of the loop is a ticket (ticket.h), which is told.
 *
 * Threads: a request never leaves its loop.
 */
#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include "base/arena.h"
#include "base/err.h"
#include "core/network.h"
#include "core/words.h"

struct st_h2o_req_t;
struct loop;
struct route;
struct staff;
struct ticket;
struct web;

/*
 * A form that is not taken in now. The routes marked ROUTE_KEEPS are handled all the same and show
 * what was typed once more, with this notice and status; nothing is stored.
 */
struct hold {
    int status; /* 429 or 503; 0: go on */
    struct str notice;
};

struct request {
    struct st_h2o_req_t *h2o;
    struct web *web;
    struct loop *loop;
    const struct route *route; /* NULL: nothing fits */
    struct arena arena;
    struct str method;
    struct str path;  /* without the query */
    struct str query; /* behind the "?", undecoded */
    struct str param; /* what a route's "*" stands for */
    struct str body;
    bool body_dropped;     /* it was far over the limit: libh2o hands the request on without it */
    struct ticket *ticket; /* work under way for this request, or NULL */
    int64_t started_us;    /* monotonic */
    int64_t begun_us;      /* when an answer without an end was begun (arrivals.h); 0: it has one */
    int retry_s;           /* for Retry-After; 0: the usual pause */
    struct hold hold;
    enum language language;    /* what the visitor reads (say.h) */
    const struct staff *staff; /* who of the team asks (staff.h); NULL: nobody known */
};

/* Wraps a request of libh2o and remembers it there; freed with it. */
struct request *request_new(struct st_h2o_req_t *h2o, struct web *web, struct loop *loop);

/* The request a libh2o request was wrapped in; NULL when it failed before. */
struct request *request_of(struct st_h2o_req_t *h2o);

/*
 * The value of a header (lower-case name). The first one when repeated; empty with a NULL pointer
 * when absent.
 */
struct str request_header(const struct request *r, struct str name);

/* Bytes of the target and of all header names and values. */
size_t request_head_size(const struct request *r);

/* The value of a cookie, empty when absent; looks through all Cookie headers. */
struct str request_cookie(const struct request *r, struct str name);

/*
 * The client's address: the peer's, or what trusted proxies say (net/peer.h). False when there is
 * none, or it is a trusted proxy itself.
 */
bool request_client(const struct request *r, struct ip *out);

/* The media type without parameters: "application/json" of "application/json; charset=utf-8". */
struct str request_content_type(const struct request *r);

/* A query parameter, undecoded; empty when absent. */
struct str request_query(const struct request *r, struct str name);

/* A query parameter, and a field of an urlencoded body, decoded; the first of that name, empty when
 * there is none. A body that cannot be read has no fields. */
struct str request_parameter(struct request *r, struct str name);
struct str request_field(struct request *r, struct str name);

/*
 * True when the request comes from a page of ours, as far as the browser tells: Origin, when there,
 * is this host's; Sec-Fetch-Site, when there, is not cross-site.
 */
bool request_same_origin(const struct request *r);

#endif
