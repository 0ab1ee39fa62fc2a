/* SPDX-License-Identifier: Apache-2.0 */
#include "web/respond.h"

#include "base/json.h"
#include "base/log.h"
#include "base/must.h"
#include "web/html.h"
#include "web/request.h"
#include "web/router.h"
#include "web/say.h"
#include "web/shell.h"
#include "web/state.h"

#include "pages.h"

#include <h2o.h>

enum { RETRY_S = 2 };

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {303, "See Other"},
    {308, "Permanent Redirect"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};

static const char *reason_of(int status)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Unknown";
}

void respond_header(struct request *r, struct str name, struct str value)
{
    struct str kept = arena_str(&r->arena, value);
    h2o_add_header_by_str(&r->h2o->pool, &r->h2o->res.headers, name.ptr, name.len, 1, NULL,
                          kept.ptr, kept.len);
}

void respond_bytes(struct request *r, int status, struct str content_type, struct str body)
{
    static h2o_generator_t generator = {NULL, NULL};
    h2o_req_t *req = r->h2o;
    req->res.status = status;
    req->res.reason = reason_of(status);
    if (content_type.len)
        respond_header(r, STR("content-type"), content_type);
    if (r->route && (r->route->flags & ROUTE_PRIVATE))
        respond_header(r, STR("cache-control"), STR("no-store"));
    if (status == 503 || status == 429)
        respond_header(r, STR("retry-after"),
                       arena_fmt(&r->arena, "%d", r->retry_s ? r->retry_s : RETRY_S));
    bool head = str_eq(r->method, STR("HEAD"));
    if (status != 304)
        req->res.content_length = body.len;
    h2o_start_response(req, &generator);
    h2o_iovec_t bytes = h2o_iovec_init(body.ptr, body.len);
    h2o_send(req, &bytes, head || body.len == 0 ? 0 : 1, H2O_SEND_STATE_FINAL);
}

void respond_page(struct request *r, int status)
{
    struct html *html = respond_html(r);
    if (!html_ok(html) && status == 422) {
        respond_too_long(r);
        return;
    }
    if (!html_ok(html)) {
        log_event(LOG_ERROR, "page too large",
                  LOG_STR("route", r->route ? r->route->path : STR("-")));
        respond_bytes(r, 500, STR("text/plain; charset=utf-8"), say(r, TEXT_PROBLEM_TOO_LARGE));
        return;
    }
    say_headers(r);
    respond_bytes(r, status, STR("text/html; charset=utf-8"), html_view(html));
}

void respond_redirect(struct request *r, struct str location)
{
    respond_header(r, STR("location"), location);
    respond_bytes(r, 303, STR_EMPTY, STR_EMPTY);
}

/* application/problem+json, RFC 9457. */
static void respond_problem_json(struct request *r, int status, struct str title, struct str detail)
{
    struct buf *out = arena_new(&r->arena, struct buf);
    buf_init(out, 8192);
    struct json j;
    json_init(&j, out);
    json_object(&j, NULL);
    json_str(&j, "type", STR("about:blank"));
    json_str(&j, "title", title);
    json_int(&j, "status", status);
    json_str(&j, "detail", detail);
    json_end(&j);
    buf_byte(out, '\n');
    struct str body = arena_str(&r->arena, buf_view(out));
    buf_release(out);
    say_headers(r);
    respond_bytes(r, status, STR("application/problem+json"), body);
}

void respond_problem(struct request *r, int status, struct str heading, struct str text)
{
    if ((r->route && (r->route->flags & (ROUTE_JSON | ROUTE_API))) ||
        str_starts(r->path, STR("/api/"))) {
        respond_problem_json(r, status, heading, text);
        return;
    }
    struct view_problem v = {.heading = heading, .text = text, .link = STR("/")};
    shell_fill(&v.shell, r, heading);
    v.shell.plain = true;
    html_clear(respond_html(r));
    page_problem(respond_html(r), &v);
    respond_page(r, status);
}

void respond_too_long(struct request *r)
{
    respond_problem(r, 413, say(r, TEXT_PROBLEM_TOO_LONG), say(r, TEXT_PROBLEM_TOO_LONG_TEXT));
}

/* What people read for a kind of error; the details go to the log, not to them. */
static const struct {
    enum err kind;
    enum text heading, text;
} sentences[] = {
    {ERR_BUSY, TEXT_PROBLEM_BUSY, TEXT_PROBLEM_BUSY_TEXT},
    {ERR_IO, TEXT_PROBLEM_STORAGE, TEXT_PROBLEM_STORAGE_TEXT},
    {ERR_NETWORK, TEXT_PROBLEM_UNCONFIRMED, TEXT_PROBLEM_UNCONFIRMED_TEXT},
};

void respond_error(struct request *r, enum err kind, const struct why *why)
{
    if (kind == ERR_INPUT || kind == ERR_TOO_BIG) {
        respond_problem(r, err_http_status(kind), say(r, TEXT_PROBLEM_UNREADABLE),
                        arena_str(&r->arena, str_from(why->detail)));
        return;
    }
    if (kind != ERR_BUSY)
        log_why(LOG_ERROR, "request failed", why);
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (sentences[i].kind == kind) {
            respond_problem(r, err_http_status(kind), say(r, sentences[i].heading),
                            say(r, sentences[i].text));
            return;
        }
    respond_problem(r, err_http_status(kind), say(r, TEXT_PROBLEM_OURS),
                    say(r, TEXT_PROBLEM_OURS_TEXT));
}
