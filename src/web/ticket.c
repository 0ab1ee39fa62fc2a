/* SPDX-License-Identifier: Apache-2.0 */
#include "web/ticket.h"

#include "base/log.h"
#include "base/workers.h"
#include "config/config.h"
#include "store/reader.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/state.h"

struct ticket {
    h2o_multithread_message_t message;
    struct arena arena; /* the ticket itself lies in it */
    struct loop *loop;
    struct request *request; /* NULL once it is gone */
    ticket_answer *answer;
    struct job job;
    struct work work; /* at another desk */
    ticket_run *run;
};

/* On the writer's thread: nothing but handing it over. */
static void job_done(struct job *job)
{
    struct ticket *t = job->owner;
    h2o_multithread_send_message(&t->loop->tickets, &t->message);
}

static struct ticket *make(struct loop *loop, enum job_kind kind)
{
    struct arena arena = ARENA_INIT;
    struct ticket *t = arena_new(&arena, struct ticket);
    t->arena = arena;
    t->loop = loop;
    t->job.kind = kind;
    t->job.done = job_done;
    t->job.owner = t;
    return t;
}

struct ticket *ticket_alone(struct loop *loop, enum job_kind kind)
{
    return make(loop, kind);
}

struct ticket *ticket_new(struct request *r, enum job_kind kind, ticket_answer *answer)
{
    struct ticket *t = make(r->loop, kind);
    t->request = r;
    t->answer = answer;
    enum sync_class class = r->route->flags & (ROUTE_JSON | ROUTE_API) ? SYNC_API
                            : kind == JOB_WRITE                        ? SYNC_STAFF
                                                                       : SYNC_FORM;
    t->job.wait_for_sink = kind != JOB_DRAFT && (r->web->config->sync & class);
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

/* ---- other desks ---------------------------------------------------------------------------- */

static void work_run(struct work *work, void *local)
{
    struct ticket *t = H2O_STRUCT_FROM_MEMBER(struct ticket, work, work);
    t->run(local, t);
}

static void work_done(struct work *work)
{
    struct ticket *t = H2O_STRUCT_FROM_MEMBER(struct ticket, work, work);
    h2o_multithread_send_message(&t->loop->tickets, &t->message);
}

enum err ticket_ask(struct ticket *t, enum desk desk, ticket_run *run)
{
    t->run = run;
    t->work = (struct work){.run = work_run, .done = work_done};
    enum err e = workers_put(t->loop->web->desks[desk], &t->work);
    if (e == ERR_NONE)
        t->loop->tickets_out++;
    else
        ticket_drop(t);
    return e;
}

/* Without a reader every query there answers an error; the loops have opened theirs already. */
static void *desk_open(void *context)
{
    struct web *web = context;
    struct reader *reader = NULL;
    struct why why;
    if (reader_open(web->store, &reader, &why) != ERR_NONE)
        log_why(LOG_ERROR, "cannot open a reader", &why);
    return reader;
}

static void desk_close(void *local)
{
    reader_close(local);
}

void desks_start(struct web *web)
{
    static const struct workers_options rows[DESK_COUNT] = {
        [DESK_READ] = {"reader", 2, 64, desk_open, desk_close, NULL},
        [DESK_HASH] = {"hasher", 1, 32, NULL, NULL, NULL},
        [DESK_CALL] = {"caller", 2, 32, NULL, NULL, NULL},
    };
    for (int i = 0; i < DESK_COUNT; i++) {
        struct workers_options options = rows[i];
        options.context = web;
        web->desks[i] = workers_start(&options);
    }
}

void desks_stop(struct web *web)
{
    for (int i = 0; i < DESK_COUNT; i++) {
        workers_stop(web->desks[i]);
        web->desks[i] = NULL;
    }
}

void ticket_write(struct ticket *t, write_verb *verb, const void *input, size_t size, void *context)
{
    struct request *r = t->request;
    void *copy = arena_alloc(&t->arena, size);
    memcpy(copy, input, size);
    t->job.write = (struct job_write){verb, copy};
    t->job.context = context;
    if (ticket_put(t) != ERR_NONE && r)
        respond_error(r, ERR_BUSY, NULL);
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
