/* SPDX-License-Identifier: Apache-2.0 */
#include "web/ticket.h"

#include "config/config.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/router.h"
#include "web/state.h"

struct ticket {
    h2o_multithread_message_t message;
    struct arena arena; /* the ticket itself lies in it */
    struct loop *loop;
    struct request *request; /* NULL once it is gone */
    ticket_answer *answer;
    struct job job;
};

/* On the writer's thread: nothing but handing it over. */
static void job_done(struct job *job)
{
    struct ticket *t = job->owner;
    h2o_multithread_send_message(&t->loop->tickets, &t->message);
}

struct ticket *ticket_new(struct request *r, enum job_kind kind, ticket_answer *answer)
{
    struct arena arena = ARENA_INIT;
    struct ticket *t = arena_new(&arena, struct ticket);
    t->arena = arena;
    t->loop = r->loop;
    t->request = r;
    t->answer = answer;
    t->job.kind = kind;
    enum sync_class class = r->route->flags & ROUTE_JSON ? SYNC_API
                            : kind == JOB_WRITE          ? SYNC_STAFF
                                                         : SYNC_FORM;
    t->job.wait_for_sink = kind != JOB_DRAFT && (r->web->config->sync & class);
    t->job.done = job_done;
    t->job.owner = t;
    r->ticket = t;
    return t;
}

struct job *ticket_job(struct ticket *t)
{
    return &t->job;
}

struct arena *ticket_arena(struct ticket *t)
{
    return &t->arena;
}

void ticket_drop(struct ticket *t)
{
    struct arena arena = t->arena;
    if (t->request)
        t->request->ticket = NULL;
    arena_release(&arena);
}

enum err ticket_put(struct ticket *t)
{
    enum err e = writer_put(t->loop->web->writer, &t->job);
    if (e == ERR_NONE)
        t->loop->tickets_out++;
    else
        ticket_drop(t);
    return e;
}

void ticket_forget(struct ticket *t)
{
    t->request = NULL;
}

static void on_tickets(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages)
{
    (void)receiver;
    while (!h2o_linklist_is_empty(messages)) {
        struct ticket *t = H2O_STRUCT_FROM_MEMBER(struct ticket, message.link, messages->next);
        h2o_linklist_unlink(&t->message.link);
        t->loop->tickets_out--;
        struct request *r = t->request;
        if (r) {
            r->ticket = NULL; /* answering may make a new one */
            t->request = NULL;
            t->answer(r, &t->job, t);
        }
        ticket_drop(t);
    }
}

void ticket_listen(struct loop *loop)
{
    h2o_multithread_register_receiver(loop->context.queue, &loop->tickets, on_tickets);
}

void ticket_unlisten(struct loop *loop)
{
    h2o_multithread_unregister_receiver(loop->context.queue, &loop->tickets);
}
