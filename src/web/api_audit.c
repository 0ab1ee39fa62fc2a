/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "core/search_date.h"
#include "store/audit_log.h"
#include "web/api.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/ticket.h"

/* GET /api/v1/audit: events newest first, by actor, record, action and time. */

enum { LIMIT_USUAL = 50 };

struct asked {
    struct audit_filter filter;
    uint64_t before, limit;
    struct audit_events events;
};

static void run(struct reader *reader, struct ticket *t)
{
    struct job *job = ticket_job(t);
    struct asked *q = job->context;
    job->result = reader ? reader_audit_events(reader, ticket_arena(t), &q->filter, q->before, 0,
                                               q->limit, &q->events, &job->why)
                         : err_set(&job->why, ERR_INTERNAL, "read the audit", "there is no reader");
}

static void found(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    const struct asked *q = job->context;
    if (job->result) {
        api_failed(r, job->result, &job->why);
        return;
    }
    struct json j;
    struct buf out;
    api_begin(&out, &j);
    json_array(&j, "items");
    for (size_t i = 0; i < q->events.n; i++) {
        const struct audit_event *e = &q->events.items[i];
        json_object(&j, NULL);
        json_int(&j, "number", (int64_t)e->seq);
        api_put_time(&j, "at", e->at_ms);
        json_str(&j, "actor", e->actor);
        json_str(&j, "action", e->action);
        json_str(&j, "subject", e->subject);
        json_str(&j, "detail", e->detail);
        json_end(&j);
    }
    json_end(&j);
    if (q->events.n && q->events.older)
        json_int(&j, "before", (int64_t)q->events.items[q->events.n - 1].seq);
    else
        json_null(&j, "before");
    json_end(&j);
    api_respond(r, 200, &out);
}

/* A number of the address; false: it is none. */
static bool number(struct request *r, struct str name, uint64_t most, uint64_t *out)
{
    struct str text = request_parameter(r, name);
    return !text.len || (str_to_u64(text, out) && *out <= most);
}

static bool day(struct request *r, struct str name, bool end, int64_t *out)
{
    int64_t first, behind;
    struct str text = request_parameter(r, name);
    if (!text.len)
        return true;
    if (!search_date(text, clock_wall_ms(), &first, &behind))
        return false;
    *out = end ? behind : first;
    return true;
}

void handle_api_audit(struct request *r)
{
    struct ticket *t = ticket_new(r, JOB_CALL, found);
    struct arena *a = ticket_arena(t);
    struct asked *q = arena_new(a, struct asked);
    struct client_id id;
    struct why why;
    struct str record = request_parameter(r, STR("record"));
    q->limit = LIMIT_USUAL;
    q->filter.actor = arena_str(a, request_parameter(r, STR("actor")));
    q->filter.action = arena_str(a, request_parameter(r, STR("action")));
    bool right = number(r, STR("before"), INT64_MAX, &q->before) &&
                 number(r, STR("limit"), AUDIT_PAGE_MOST, &q->limit) && q->limit &&
                 day(r, STR("from"), false, &q->filter.from_ms) &&
                 day(r, STR("to"), true, &q->filter.to_ms) &&
                 (!record.len || client_id_parse(record, &id) == CLIENT_ID_RIGHT);
    if (!right) {
        ticket_drop(t);
        api_failed(r,
                   err_set(&why, ERR_INPUT, "read the address",
                           "record: a Client ID; from, to: 2026-11-21; before: a number; limit: "
                           "1 to %d",
                           AUDIT_PAGE_MOST),
                   &why);
        return;
    }
    if (record.len)
        q->filter.subject = arena_str(a, client_id_str(&id));
    ticket_job(t)->context = q;
    if (ticket_ask(t, DESK_READ, run) != ERR_NONE)
        respond_error(r, ERR_BUSY, NULL);
}
