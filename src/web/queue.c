/* SPDX-License-Identifier: Apache-2.0 */
#include "web/queue.h"

#include "base/clock.h"
#include "config/config.h"
#include "web/record.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/staff.h"
#include "web/ticket.h"

/* ---- asking, at a desk ---------------------------------------------------------------------- */

void queue_name_owners(struct arena *a, const struct people *people, struct search_names *names)
{
    struct search_owner *owners = arena_new_array(a, struct search_owner, people->n + 1);
    for (size_t i = 0; i < people->n; i++) {
        const struct person *p = &people->items[i];
        owners[i] = (struct search_owner){p->id, p->login, p->name};
    }
    names->owners = owners;
    names->owners_n = people->n;
}

static enum err find_page(struct reader *reader, struct arena *a, struct queue *q, struct why *why)
{
    struct search_request request = {
        .query = &q->query,
        .cursor = q->url.cursor,
        .limit = QUEUE_PAGE,
        .within_ms = SEARCH_WITHIN_MS,
    };
    enum err e = search_page(reader, a, &request, &q->page, why);
    if (e == ERR_INPUT && q->url.cursor.len) {
        q->cursor_wrong = true;
        request.cursor = q->url.cursor = STR_EMPTY;
        e = search_page(reader, a, &request, &q->page, why);
    }
    return e;
}

static enum err find_safe(struct reader *reader, struct arena *a, struct queue *q, struct why *why)
{
    enum err e = ERR_NONE;
    q->safe_ms = arena_new_array(a, int64_t, q->page.n + 1);
    for (size_t i = 0; !e && i < q->page.n; i++)
        e = reader_safe_since(reader, q->page.hits[i].record.row, &q->safe_ms[i], why);
    return e;
}

static enum err ask(struct reader *reader, struct arena *a, struct queue *q, struct why *why)
{
    enum err e = reader_people(reader, a, &q->people, why);
    if (!e)
        e = reader_saved_views(reader, a, q->names.me, &q->views, why);
    if (!e)
        e = search_tallies(reader, a, &q->tallies, why);
    if (e)
        return e;
    queue_name_owners(a, &q->people, &q->names);
    queue_url_ask(a, &q->names, &q->url, &q->query);
    e = find_page(reader, a, q, why);
    if (!e)
        e = search_count(reader, a, &q->query, SEARCH_WITHIN_MS, &q->count, why);
    return e ? e : find_safe(reader, a, q, why);
}

static void run(struct reader *reader, struct ticket *ticket)
{
    struct job *job = ticket_job(ticket);
    if (reader)
        job->result = ask(reader, ticket_arena(ticket), job->context, &job->why);
    else
        job->result = err_set(&job->why, ERR_INTERNAL, "read the queue", "there is no reader");
}

/* ---- answering ------------------------------------------------------------------------------ */

/* Nothing but a Client ID, rightly written, that exists. */
static bool is_direct_hit(const struct queue *q)
{
    return q->query.terms_n == 1 && q->query.terms[0].kind == SEARCH_CLIENT_ID &&
           !q->query.terms[0].excluded && !q->query.filters_n && !q->query.from_ms &&
           !q->query.to_ms && !q->query.told_n && q->page.n == 1;
}

static void found(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    const struct queue *q = job->context;
    if (job->result)
        respond_error(r, job->result, &job->why);
    else if (is_direct_hit(q))
        respond_redirect(
            r, arena_fmt(&r->arena, "/staff/records/%.*s",
                         STR_ARG(client_id_str(&q->page.hits[0].record.submission.client_id))));
    else
        queue_write(r, q);
}

/* "New", "Won": what statuses are called is understood too. */
static const struct choice *statuses_of(struct request *r, struct arena *a)
{
    struct choice *items = arena_new_array(a, struct choice, STATUS_COUNT);
    for (enum status s = 0; s < STATUS_COUNT; s++)
        items[s] = (struct choice){status_name(s), record_status_label(r, s)};
    return items;
}

struct search_names queue_names(struct request *r, struct arena *a)
{
    return (struct search_names){
        .statuses = statuses_of(r, a),
        .statuses_n = STATUS_COUNT,
        .services = say_rules(r)->choices[CHOICE_SERVICE],
        .me = r->staff->person,
        .now_ms = clock_wall_ms(),
    };
}

void queue_show(struct request *r, const struct queue_url *url, const struct queue_again *again)
{
    struct ticket *t = ticket_new(r, JOB_CALL, found);
    struct arena *a = ticket_arena(t);
    struct queue *q = arena_new(a, struct queue);
    *q = (struct queue){
        .again = *again, /* stays with the request: only its answer looks at it */
        .names = queue_names(r, a),
    };
    /* By way of its text: the desk may outlive the request. */
    struct str text = arena_str(a, queue_url_write(&r->arena, url));
    size_t question = str_find(text, '?', 0);
    queue_url_read(a, str_slice(text, question + 1, text.len), &q->url);
    q->url.broken = url->broken;
    ticket_job(t)->context = q;
    if (ticket_ask(t, DESK_READ, run) != ERR_NONE)
        respond_error(r, ERR_BUSY, NULL);
}

void handle_queue_page(struct request *r)
{
    struct queue_url url;
    queue_url_read(&r->arena, r->query, &url);
    queue_show(r, &url, &(struct queue_again){.status = 200});
}
