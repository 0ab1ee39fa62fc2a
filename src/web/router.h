/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From method and path to a handler, by the one table routes.def, and the guards a row asks for.
 *
 * A path that exists with another method is 405 with Allow; HEAD is GET without the body. Guards
 * run before the handler: the client's rate (429, rate.h), pressure on the store (503; proof.h is
 * asked later), content type (415), origin (403), body size (413); then, on routes of the team, who
 * asks (staff.h).
 */
#ifndef WEB_ROUTER_H
#define WEB_ROUTER_H

#include "base/str.h"
#include "core/access.h"

struct request;
struct web;

enum route_flags {
    ROUTE_FORM = 1,     /* a POST from a page of ours */
    ROUTE_JSON = 2,     /* an API call */
    ROUTE_PRIVATE = 4,  /* Cache-Control: no-store */
    ROUTE_KEEPS = 8,    /* its handler looks at the request's hold */
    ROUTE_BEGINS = 16,  /* a new journey: turned away first when the store is under pressure */
    ROUTE_INVITES = 64, /* a page that new journeys begin at: turned away when a loop is late */
    ROUTE_FREE = 32,    /* counts against no rate */
    ROUTE_API = 128,    /* called by programs */
    ROUTE_UNUSED = 256, /* does not count as using the session */
    ROUTE_GUESS = 512,  /* somebody could guess a secret here: counts as a sign-in */
    ROUTE_EARLY = 1024, /* of the team, also before the second step that their role asks for */
};

struct route {
    struct str method;
    struct str path;
    void (*handle)(struct request *r);
    unsigned flags;
    enum action action; /* ACTION_none: open to everybody */
};

/* What the guards need of the configuration: rates, trusted proxies. Once, before the first
 * request. */
void router_prepare(struct web *web);

/* Answers the request, now or through a ticket. */
void router_dispatch(struct request *r);

/* Finds the row; *allow gets the methods of that path when only the method is wrong. */
const struct route *router_find(struct str method, struct str path, struct str *param,
                                const char **allow);

#define ROUTE(method, path, handler, flags)         void handle_##handler(struct request *r);
#define STAFF(method, path, handler, action, flags) void handle_##handler(struct request *r);
#include "web/routes.def"
#undef STAFF
#undef ROUTE

#endif
