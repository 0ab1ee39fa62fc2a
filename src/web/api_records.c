/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/utf8.h"
#include "core/record_change.h"
#include "store/people.h"
#include "store/search.h"
#include "web/api.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/staff.h"
#include "web/ticket.h"

/*
 * /api/v1/submissions: a page of them, one, its changes, its notes. What is answered stands in the
 * audit before it goes out.
 */

enum { LIMIT_USUAL = 50 };

/* ---- one ------------------------------------------------------------------------------------ */

static void answer_record(struct request *r, const struct client_id *id)
{
    struct record record;
    struct why why = {0};
    struct json j;
    struct buf out;
    int64_t safe_ms = 0;
    enum err e = reader_record(r->loop->reader, &r->arena, id, &record, &why);
    if (!e)
        e = reader_safe_since(r->loop->reader, record.row, &safe_ms, &why);
    if (e) {
        api_failed(r, e, &why);
        return;
    }
    api_begin(&out, &j);
    api_put_record(&r->arena, &j, &record, safe_ms);
    json_end(&j);
    respond_header(r, STR("etag"),
                   arena_fmt(&r->arena, "\"%llu\"", (unsigned long long)record.revision));
    api_respond(r, 200, &out);
}

/* The reading stands in the audit, or the change is made. */
static void done_with_record(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    if (job->result)
        api_failed(r, job->result, &job->why);
    else
        answer_record(r, job->context);
}

/* The ID, if there is such a record; else the request has been answered. */
static struct client_id *record_asked_for(struct request *r)
{
    struct client_id *id = arena_new(&r->arena, struct client_id);
    struct record record;
    struct why why = {0};
    if (!api_client_id(r, id))
        return NULL;
    enum err e = reader_record(r->loop->reader, &r->arena, id, &record, &why);
    if (e)
        api_failed(r, e, &why);
    return e ? NULL : id;
}

void handle_api_record(struct request *r)
{
    struct client_id *id = record_asked_for(r);
    if (!id)
        return;
    const struct record_read input = {r->staff->actor, *id};
    ticket_write(ticket_new(r, JOB_WRITE, done_with_record), record_read, &input, sizeof input, id);
}

/* "3" of If-Match: "3"; false when there is no such header. */
static bool read_if_match(const struct request *r, uint64_t *revision)
{
    struct str tag = request_header(r, STR("if-match"));
    return tag.len > 2 && tag.ptr[0] == '"' && tag.ptr[tag.len - 1] == '"' &&
           str_to_u64(str_slice(tag, 1, tag.len - 1), revision);
}

void handle_api_record_change(struct request *r)
{
    struct client_id *id = arena_new(&r->arena, struct client_id);
    struct record_change_asked asked;
    struct why why = {0};
    if (!api_client_id(r, id))
        return;
    enum err e = record_change_read(&r->arena, r->body, &asked, &why);
    if (!e && !asked.has_revision && !read_if_match(r, &asked.revision))
        e = err_set(&why, ERR_INPUT, "read what was sent",
                    "revision: say which one you saw, here or in If-Match");
    if (e) {
        api_failed(r, e, &why);
        return;
    }
    const struct record_change input = {
        .actor = r->staff->actor,
        .id = *id,
        .revision = asked.revision,
        .has_status = asked.has_status,
        .has_owner = asked.has_owner,
        .status = asked.status,
        .owner = asked.owner,
    };
    ticket_write(ticket_new(r, JOB_WRITE, done_with_record), record_change, &input, sizeof input,
                 id);
}

/* ---- its events and notes ------------------------------------------------------------------- */

static void put_event(struct json *j, const struct event *e)
{
    json_object(j, NULL);
    json_int(j, "id", e->id);
    api_put_time(j, "at", e->at_ms);
    json_str(j, "author", e->author);
    json_str(j, "kind", event_kind_name(e->kind));
    if (e->kind == EVENT_NOTE) {
        json_str(j, "text", e->text);
    } else {
        json_str(j, "was", e->was);
        json_str(j, "becomes", e->becomes);
    }
    json_end(j);
}

static void answer_events(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    struct why why = job->why;
    struct record record;
    struct events events;
    uint64_t before = 0;
    enum err e = job->result;
    str_to_u64(request_query(r, STR("before")), &before);
    if (!e)
        e = reader_record(r->loop->reader, &r->arena, job->context, &record, &why);
    if (!e)
        e = reader_events(r->loop->reader, &r->arena, record.row, (int64_t)(before & INT64_MAX),
                          &events, &why);
    if (e) {
        api_failed(r, e, &why);
        return;
    }
    struct json j;
    struct buf out;
    api_begin(&out, &j);
    json_array(&j, "items");
    for (size_t i = 0; i < events.n; i++)
        put_event(&j, &events.items[i]);
    json_end(&j);
    if (events.more)
        json_int(&j, "before", events.items[events.n - 1].id);
    else
        json_null(&j, "before");
    json_end(&j);
    api_respond(r, 200, &out);
}

void handle_api_events(struct request *r)
{
    struct client_id *id = record_asked_for(r);
    if (!id)
        return;
    const struct record_read input = {r->staff->actor, *id};
    ticket_write(ticket_new(r, JOB_WRITE, answer_events), record_read, &input, sizeof input, id);
}

static void noted(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    if (job->result)
        api_failed(r, job->result, &job->why);
    else
        respond_bytes(r, 204, STR_EMPTY, STR_EMPTY);
}

void handle_api_note(struct request *r)
{
    struct client_id id;
    struct why why = {0};
    struct str text;
    if (!api_client_id(r, &id))
        return;
    enum err e = note_read(&r->arena, r->body, &text, &why);
    if (!e && (utf8_length(text) > NOTE_MOST || utf8_has_control(text, true)))
        e = err_set(&why, ERR_INPUT, "read what was sent",
                    "text: at most %d characters, none of them hidden", NOTE_MOST);
    if (e) {
        api_failed(r, e, &why);
        return;
    }
    struct ticket *t = ticket_new(r, JOB_WRITE, noted);
    const struct record_note input = {
        r->staff->actor, id, arena_str(ticket_arena(t), utf8_compose(ticket_arena(t), text))};
    ticket_write(t, record_note, &input, sizeof input, NULL);
}

/* ---- a page of them ------------------------------------------------------------------------- */

struct listing {
    struct str q, status, cursor;
    unsigned limit;
    struct search_names names;
    struct search_page page;
    int64_t *safe_ms;
};

static enum err find(struct reader *reader, struct arena *a, struct listing *l, struct why *why)
{
    struct people people;
    struct search_query query;
    enum err e = reader_people(reader, a, &people, why);
    if (e)
        return e;
    struct search_owner *owners = arena_new_array(a, struct search_owner, people.n + 1);
    for (size_t i = 0; i < people.n; i++)
        owners[i] =
            (struct search_owner){people.items[i].id, people.items[i].login, people.items[i].name};
    l->names.owners = owners;
    l->names.owners_n = people.n;
    search_parse(a, &l->names, l->q, &query);
    search_filter(a, &l->names, STR("status"), l->status, &query);
    const struct search_request request = {&query, l->cursor, l->limit, SEARCH_WITHIN_MS};
    e = search_page(reader, a, &request, &l->page, why);
    l->safe_ms = arena_new_array(a, int64_t, l->page.n + 1);
    for (size_t i = 0; !e && i < l->page.n; i++)
        e = reader_safe_since(reader, l->page.hits[i].record.row, &l->safe_ms[i], why);
    return e;
}

static void run(struct reader *reader, struct ticket *t)
{
    struct job *job = ticket_job(t);
    job->result = reader ? find(reader, ticket_arena(t), job->context, &job->why)
                         : err_set(&job->why, ERR_INTERNAL, "read the list", "there is no reader");
}

/* How many were given stands in the audit: out with them. */
static void answer_list(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    if (job->result)
        api_failed(r, job->result, &job->why);
    else
        respond_bytes(r, 200, STR("application/json"), *(const struct str *)job->context);
}

/* Written while what the desk found is there; sent when the audit has it. */
static void found(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    const struct listing *l = job->context;
    if (job->result) {
        api_failed(r, job->result, &job->why);
        return;
    }
    struct json j;
    struct buf out;
    api_begin(&out, &j);
    json_array(&j, "items");
    for (size_t i = 0; i < l->page.n; i++) {
        json_object(&j, NULL);
        api_put_record(&r->arena, &j, &l->page.hits[i].record, l->safe_ms[i]);
        json_end(&j);
    }
    json_end(&j);
    if (l->page.behind.len)
        json_str(&j, "cursor", l->page.behind);
    else
        json_null(&j, "cursor");
    json_bool(&j, "too_broad", l->page.too_broad);
    json_end(&j);
    struct str *body = arena_new(&r->arena, struct str);
    *body = buf_ok(&out) ? arena_str(&r->arena, buf_view(&out)) : STR_EMPTY;
    buf_release(&out);
    if (!body->len) {
        respond_error(r, ERR_TOO_BIG, NULL);
        return;
    }
    const struct records_read input = {r->staff->actor, STR("records.listed"), l->page.n};
    ticket_write(ticket_new(r, JOB_WRITE, answer_list), records_read, &input, sizeof input, body);
}

void handle_api_records(struct request *r)
{
    struct ticket *t = ticket_new(r, JOB_CALL, found);
    struct arena *a = ticket_arena(t);
    struct listing *l = arena_new(a, struct listing);
    uint64_t limit = LIMIT_USUAL;
    struct str asked = request_parameter(r, STR("limit"));
    if (asked.len && (!str_to_u64(asked, &limit) || limit < 1 || limit > SEARCH_PAGE_MOST)) {
        struct why why;
        ticket_drop(t);
        api_failed(r,
                   err_set(&why, ERR_INPUT, "read the address", "limit: 1 to %d", SEARCH_PAGE_MOST),
                   &why);
        return;
    }
    struct choice *statuses = arena_new_array(a, struct choice, STATUS_COUNT);
    for (enum status s = 0; s < STATUS_COUNT; s++)
        statuses[s] = (struct choice){status_name(s), status_name(s)};
    *l = (struct listing){
        .q = arena_str(a, request_parameter(r, STR("q"))),
        .status = arena_str(a, request_parameter(r, STR("status"))),
        .cursor = arena_str(a, request_parameter(r, STR("cursor"))),
        .limit = (unsigned)limit,
        .names =
            {
                .statuses = statuses,
                .statuses_n = STATUS_COUNT,
                .services = say_rules(r)->choices[CHOICE_SERVICE],
                .me = r->staff->person,
                .now_ms = clock_wall_ms(),
            },
    };
    ticket_job(t)->context = l;
    if (ticket_ask(t, DESK_READ, run) != ERR_NONE)
        respond_error(r, ERR_BUSY, NULL);
}
