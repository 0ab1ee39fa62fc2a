/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "core/urlencoded.h"
#include "web/queue.h"
#include "web/queue_told.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/staff.h"
#include "web/ticket.h"

/* The list that a form was on, from its own address: nothing else is led back to. */
static struct queue_url back_of(struct request *r)
{
    struct queue_url url;
    struct str back = request_field(r, STR("back"));
    size_t question = str_find(back, '?', 0);
    queue_url_read(&r->arena, str_slice(back, question + 1, back.len), &url);
    url.done = STR_EMPTY;
    return url;
}

/* ---- many records --------------------------------------------------------------------------- */

struct change {
    struct queue_url url;
    struct queue_again again;
};

static void show_again(struct request *r, struct change *c, struct str notice)
{
    c->again.status = 422;
    c->again.notice = notice;
    queue_show(r, &c->url, &c->again);
}

static void changed(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    struct change *c = job->context;
    const struct records_change *done = job->write.input;
    if (job->result == ERR_INPUT) {
        show_again(r, c, say(r, TEXT_QUEUE_NO_PERSON));
    } else if (job->result) {
        respond_error(r, job->result, &job->why);
    } else {
        c->url.done = queue_done_text(r, done);
        respond_redirect(r, queue_url_write(&r->arena, &c->url));
    }
}

/* "CL-7KQ4M-X2PHM.3" */
static bool read_mark(struct str text, struct record_mark *out)
{
    size_t dot = str_find(text, '.', 0);
    return client_id_parse(str_slice(text, 0, dot), &out->id) == CLIENT_ID_RIGHT &&
           str_to_u64(str_slice(text, dot + 1, text.len), &out->revision);
}

/* Every record that is marked; false when there are too many, or one is nonsense. */
static bool read_marks(struct request *r, struct queue_again *again, struct record_mark *marks)
{
    struct urlencoded u;
    struct str name, value;
    urlencoded_init(&u, r->body);
    while (urlencoded_next(&u, &r->arena, &name, &value)) {
        if (!str_eq(name, STR("mark")))
            continue;
        if (again->marks_n == RECORDS_MANY_MOST || !read_mark(value, &marks[again->marks_n]))
            return false;
        again->marks[again->marks_n++] = value;
    }
    return true;
}

void handle_queue_change(struct request *r)
{
    struct change *c = arena_new(&r->arena, struct change);
    struct record_mark marks[RECORDS_MANY_MOST];
    c->url = back_of(r);
    c->again.becomes = request_field(r, STR("becomes"));
    c->again.assign = request_field(r, STR("assign"));
    struct records_change input = {.actor = r->staff->actor};
    uint64_t owner = 0;
    bool right = read_marks(r, &c->again, marks);
    input.has_status = c->again.becomes.len != 0;
    input.has_owner = c->again.assign.len != 0;
    right &= !input.has_status || status_find(c->again.becomes, &input.becomes);
    right &= !input.has_owner || (str_to_u64(c->again.assign, &owner) && owner <= INT64_MAX);
    if (!right) {
        show_again(r, c, say_count(r, TEXT_QUEUE_NOT_READ, RECORDS_MANY_MOST));
        return;
    }
    if (!c->again.marks_n || (!input.has_status && !input.has_owner)) {
        show_again(r, c, say(r, c->again.marks_n ? TEXT_QUEUE_NO_CHOICE : TEXT_QUEUE_NO_MARKS));
        return;
    }
    struct ticket *t = ticket_new(r, JOB_WRITE, changed);
    struct record_mark *kept =
        arena_new_array(ticket_arena(t), struct record_mark, c->again.marks_n);
    memcpy(kept, marks, c->again.marks_n * sizeof *kept);
    input.owner = (int64_t)owner;
    input.marks = kept;
    input.n = c->again.marks_n;
    ticket_write(t, records_change, &input, sizeof input, c);
}

/* ---- saved views ---------------------------------------------------------------------------- */

enum { VIEW_QUERY_MAX = 4000 };

static void kept(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    struct change *c = job->context;
    if (job->result == ERR_CONFLICT) {
        c->again.status = 422;
        c->again.name_error = say_count(r, TEXT_QUEUE_NAME_MANY, SAVED_VIEWS_MOST);
        queue_show(r, &c->url, &c->again);
    } else if (job->result) {
        respond_error(r, job->result, &job->why);
    } else {
        respond_redirect(r, queue_url_write(&r->arena, &c->url));
    }
}

static struct str wrong_name(struct request *r, struct str name, struct str query)
{
    if (!name.len)
        return say(r, TEXT_QUEUE_NAME_MISSING);
    if (utf8_length(name) > SAVED_VIEW_NAME_MOST)
        return say_count(r, TEXT_QUEUE_NAME_LONG, SAVED_VIEW_NAME_MOST);
    if (utf8_has_control(name, false))
        return say(r, TEXT_QUEUE_NAME_CONTROL);
    return query.len > VIEW_QUERY_MAX ? say(r, TEXT_QUEUE_NAME_QUERY) : STR_EMPTY;
}

void handle_view_keep(struct request *r)
{
    struct change *c = arena_new(&r->arena, struct change);
    c->url = back_of(r);
    c->url.cursor = STR_EMPTY;
    c->again.name = utf8_compose(&r->arena, str_trim(request_field(r, STR("name"))));
    c->again.shared = request_field(r, STR("shared")).len && staff_may(r, ACTION_share_views);
    struct str query = queue_url_filter(&r->arena, &c->url);
    c->again.name_error = wrong_name(r, c->again.name, query);
    if (c->again.name_error.len) {
        c->again.status = 422;
        queue_show(r, &c->url, &c->again);
        return;
    }
    struct ticket *t = ticket_new(r, JOB_WRITE, kept);
    struct arena *a = ticket_arena(t);
    const struct saved_view_keep input = {
        .actor = r->staff->actor,
        .person = c->again.shared ? 0 : r->staff->person,
        .name = arena_str(a, c->again.name),
        .query = arena_str(a, query),
    };
    ticket_write(t, saved_view_keep, &input, sizeof input, c);
}

/* One that is gone already is what was wanted. */
static void dropped(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    if (job->result && job->result != ERR_MISSING)
        respond_error(r, job->result, &job->why);
    else
        respond_redirect(r, STR("/staff"));
}

void handle_view_drop(struct request *r)
{
    uint64_t id;
    struct saved_view_drop input = {
        .actor = r->staff->actor,
        .person = r->staff->person,
        .shared = staff_may(r, ACTION_share_views),
    };
    if (!str_to_u64(r->param, &id) || id > INT64_MAX) {
        respond_problem(r, 404, say(r, TEXT_PROBLEM_MISSING), say(r, TEXT_PROBLEM_MISSING_TEXT));
        return;
    }
    input.id = (int64_t)id;
    ticket_write(ticket_new(r, JOB_WRITE, dropped), saved_view_drop, &input, sizeof input, NULL);
}
