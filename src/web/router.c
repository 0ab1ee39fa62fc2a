/* SPDX-License-Identifier: Apache-2.0 */
#include "web/router.h"

#include "config/config.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/state.h"

static const struct route routes[] = {
#define GET                                 STR_INIT("GET")
#define POST                                STR_INIT("POST")
#define ROUTE(method, path, handler, flags) {method, STR_INIT(path), handle_##handler, (flags)},
#include "web/routes.def"
#undef ROUTE
#undef GET
#undef POST
};

enum { ROUTES = sizeof routes / sizeof *routes };

static bool path_matches(struct str pattern, struct str path, struct str *param)
{
    if (!str_ends(pattern, STR("/*")))
        return str_eq(pattern, path);
    struct str prefix = str_slice(pattern, 0, pattern.len - 1);
    if (!str_starts(path, prefix) || path.len == prefix.len)
        return false;
    *param = str_slice(path, prefix.len, path.len);
    return true;
}

const struct route *router_find(struct str method, struct str path, struct str *param,
                                const char **allow)
{
    bool head = str_eq(method, STR("HEAD"));
    bool get = false, post = false;
    for (size_t i = 0; i < ROUTES; i++) {
        const struct route *route = &routes[i];
        if (!path_matches(route->path, path, param))
            continue;
        if (str_eq(route->method, method) || (head && str_eq(route->method, STR("GET"))))
            return route;
        get |= str_eq(route->method, STR("GET"));
        post |= str_eq(route->method, STR("POST"));
    }
    *allow = get && post ? "GET, HEAD, POST" : get ? "GET, HEAD" : post ? "POST" : NULL;
    return NULL;
}

/* True when the route's guards let the request in; otherwise it has been answered. */
static bool guards_pass(struct request *r)
{
    unsigned flags = r->route->flags;
    if ((int64_t)request_head_size(r) > r->web->config->limits_header_size) {
        respond_problem(r, 431, STR("Your browser sent too much beside the request"),
                        STR("Clear this website's cookies and open the page again."));
        return false;
    }
    if ((int64_t)r->body.len > r->web->config->limits_body_size) {
        respond_too_long(r);
        return false;
    }
    if ((flags & ROUTE_JSON) && !str_eq_nocase(request_content_type(r), STR("application/json"))) {
        respond_problem(r, 415, STR("Unsupported media type"),
                        STR("Send the submission as application/json."));
        return false;
    }
    if (!(flags & ROUTE_FORM))
        return true;
    if (!request_same_origin(r)) {
        respond_problem(r, 403, STR("This form was sent from another website"),
                        STR("We only take forms filled in on this website. Start from the start "
                            "page."));
        return false;
    }
    if (!str_eq_nocase(request_content_type(r), STR("application/x-www-form-urlencoded"))) {
        respond_problem(r, 415, STR("This form was sent in a way we cannot read"),
                        STR("Go back, reload the page and send it again."));
        return false;
    }
    return true;
}

void router_dispatch(struct request *r)
{
    const char *allow = NULL;
    r->route = router_find(r->method, r->path, &r->param, &allow);
    if (r->route) {
        if (guards_pass(r))
            r->route->handle(r);
        return;
    }
    if (allow) {
        respond_header(r, STR("allow"), str_from(allow));
        respond_problem(r, 405, STR("This address does not take that"),
                        STR("Go to the start page and follow the links from there."));
        return;
    }
    respond_problem(r, 404, STR("This page does not exist"),
                    STR("Check the address, or go to the start page."));
}
