/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ticket: a job for the writer, or for another desk, on behalf of a request that waits.
 *
 *     loop: ticket_new ─ fill ticket->job ─ ticket_put ──▶ writer ──▶ message to the loop ─▶ answer
 *
 * The ticket owns its memory (an arena of its own: the form is copied into it), so the request may
 * end first: then the request is forgotten, the job is still done, and nobody is answered.
 *
 * Threads: made and answered on the request's loop; only the job travels.
 */
#ifndef WEB_TICKET_H
#define WEB_TICKET_H

#include "base/arena.h"
#include "store/writer.h"

struct request;
struct loop;
struct reader;
struct ticket;
struct web;

typedef void ticket_answer(struct request *r, struct job *job, struct ticket *ticket);

/* A ticket for r with an empty job of that kind; answer is called on r's loop, if r is still there.
 */
struct ticket *ticket_new(struct request *r, enum job_kind kind, ticket_answer *answer);

struct job *ticket_job(struct ticket *t);
struct arena *ticket_arena(struct ticket *t);

/* One that nobody waits for. */
struct ticket *ticket_alone(struct loop *loop, enum job_kind kind);

/*
 * Work for another desk than the writer's: run is called on one of its threads and sets the job's
 * result; what it finds out goes into the ticket's arena (job->context is the caller's). reader is
 * NULL but for DESK_READ. On ERR_BUSY the ticket is gone and the caller answers.
 */
enum desk {
    DESK_READ, /* queries that take longer than a loop may wait; two threads */
    DESK_HASH, /* passwords: one thread, so that many at once cost no more memory */
    DESK_CALL, /* calls to other servers; two threads */
    DESK_COUNT
};

typedef void ticket_run(struct reader *reader, struct ticket *ticket);

enum err ticket_ask(struct ticket *t, enum desk desk, ticket_run *run);

/* The desks' threads, from when the server runs; stopped when the loops have drained. */
void desks_start(struct web *web);
void desks_stop(struct web *web);

/* Hands it in to the writer. On ERR_BUSY the ticket is gone and the caller answers. */
enum err ticket_put(struct ticket *t);

/*
 * A change (store/write.h) for the writer: the verb with a copy of its input, whose views lie in
 * the ticket's arena; context is the caller's, in the job. When the writer takes nothing more in,
 * the request is answered so, and the ticket is gone.
 */
void ticket_write(struct ticket *t, write_verb *verb, const void *input, size_t size,
                  void *context);

/* Gives up a ticket that was not put. */
void ticket_drop(struct ticket *t);

/* The request is ending: do not answer it any more. */
void ticket_forget(struct ticket *t);

/* Sets up receiving on a loop; called once by loop.c, ended by ticket_unlisten. */
void ticket_listen(struct loop *loop);
void ticket_unlisten(struct loop *loop);

#endif
