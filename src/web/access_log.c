/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "web/headers.h"
#include "web/loop.h"
#include "web/measure.h"
#include "web/request.h"
#include "web/router.h"

#include <h2o.h>

/* The route's pattern stands for the path: what people put into a URL is theirs. */
static struct str route_name(const struct request *r)
{
    return r && r->route ? r->route->path : STR("-");
}

/* A method nobody defined is the client's own text: it may be anything, a name or a terminal's
 * code. */
static struct str method_name(struct str method)
{
    static const struct str known[] = {
        STR_INIT("GET"),     STR_INIT("HEAD"),    STR_INIT("POST"),
        STR_INIT("PUT"),     STR_INIT("PATCH"),   STR_INIT("DELETE"),
        STR_INIT("OPTIONS"), STR_INIT("CONNECT"), STR_INIT("TRACE"),
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(known[i], method))
            return known[i];
    return STR("other");
}

static void log_access(h2o_logger_t *self, h2o_req_t *req)
{
    (void)self;
    const struct request *r = request_of(req);
    int64_t took_us = r ? clock_monotonic_us() - r->started_us : 0;
    /* 0: the client left before there was an answer. */
    int status = req->res.status ? req->res.status : 499;
    struct str method = method_name(str_of(req->method.base, req->method.len));
    if (r)
        measure_request(r->loop->measure, r->route, method, status,
                        r->begun_us ? r->begun_us - r->started_us : took_us);
    if (!log_enabled(LOG_INFO))
        return;
    log_event(LOG_INFO, "request", LOG_STR("method", method), LOG_STR("route", route_name(r)),
              LOG_INT("status", status), LOG_INT("bytes", req->bytes_sent),
              LOG_INT("body", req->entity.len), LOG_MICROS("took", took_us),
              LOG_TEXT("http", req->version >= 0x200 ? "2" : "1.1"));
}

void access_log_attach(h2o_pathconf_t *path)
{
    h2o_logger_t *self = h2o_create_logger(path, sizeof *self);
    self->log_access = log_access;
}
