/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event loop: a thread with its own libh2o context, listening sockets, database reader and
 * connections. Loops share nothing but the constant struct web; the kernel spreads connections
 * between them (SO_REUSEPORT).
 *
 *     loop_open, loop_listen ─▶ loop_start ─▶ loop_stop ─▶ loop_wait ─▶ loop_close
 *
 * Threads: these verbs belong to the thread that starts the server. Everything of libh2o is made,
 * used and taken down on the loop's own thread: its sockets keep their buffers in a free list of
 * the thread that made them, which knows no lock.
 *
 * Only the server's files include this header: it carries libh2o.
 */
#ifndef WEB_LOOP_H
#define WEB_LOOP_H

#include "net/inherited.h"
#include "web/crowd.h"
#include "web/web.h"

#include <h2o.h>
#include <pthread.h>
#include <semaphore.h>

struct arrivals;
struct reader;

enum listener_kind { LISTENER_PUBLIC, LISTENER_REDIRECT, LISTENER_OPS, LISTENER_KINDS };

enum { LISTENERS_MAX = 6 + INHERITED_MAX };

struct listener {
    struct loop *loop;
    enum listener_kind kind;
    int fd;         /* until the loop's thread makes sock of it */
    bool inherited; /* somebody else keeps the socket open */
    h2o_socket_t *sock;
};

/* One connection, from accept to close; reached from libh2o's socket through on_close.data. */
struct connection {
    struct connection *next, **link; /* the loop's list */
    struct loop *loop;
    h2o_socket_t *sock;
    int64_t quiet_since_ms; /* monotonic; the last time a request came whole or was answered */
    unsigned requests;      /* being answered */
    unsigned listening;     /* of them, streams that have read all there is (arrivals.h) */
    enum listener_kind kind;
    struct crowd_place place;           /* counted for its client */
    h2o_timeout_entry_t header_timeout; /* while a PROXY header is awaited */
    bool served;                        /* at least one request came */
    bool http2;
    bool ended; /* by the quiet sweep */
};

struct loop {
    struct web *web;
    unsigned number;
    pthread_t thread;
    h2o_context_t context;
    h2o_accept_ctx_t accept[LISTENER_KINDS];
    struct listener listeners[LISTENERS_MAX];
    size_t listeners_n;
    bool started, stopping;
    sem_t serving, drained, may_end; /* the steps of its life, each posted once */
    h2o_multithread_receiver_t stop;
    h2o_multithread_message_t stop_message;
    h2o_multithread_receiver_t tickets;
    unsigned tickets_out; /* jobs at the writer that will come back */
    struct reader *reader;
    struct measure *measure; /* of its requests */
    struct connection *connections;
    unsigned connections_n;
    unsigned connections_max;
    h2o_timeout_entry_t resume_accept; /* after running out of file descriptors */
    h2o_timeout_entry_t quiet_sweep;
    int64_t quiet_max_ms;
    uint64_t credits_spent; /* of libh2o's count, as far as it has been told */
    h2o_timeout_entry_t tick;
    h2o_timeout_entry_t arrivals_second;
    struct arrivals *arrivals; /* streams of live arrivals (arrivals.h) */
    unsigned arrivals_n;
    unsigned exports_n;                /* under way (export.h) */
    int64_t tick_at_ms, late_until_ms; /* monotonic */
    h2o_timeout_entry_t drain_sweep;
    int64_t drain_began_ms;
    bool clean; /* at the end: nothing was cut off, all memory is given back */
};

/* Opens the reader. */
enum err loop_open(struct loop *loop, struct web *web, unsigned number, struct why *why);

/*
 * Adds a listening descriptor; the loop owns it from now on. An inherited one is a copy: who waits
 * in its queue when we drain is left to the next process.
 */
void loop_listen(struct loop *loop, enum listener_kind kind, int fd, bool inherited);

/* Starts the thread; returns when it takes connections. */
void loop_start(struct loop *loop);

/* Tells the thread to drain until web->drain_until; waits for the end of that. */
void loop_stop(struct loop *loop);
void loop_wait(struct loop *loop);

/*
 * Ends the thread and frees the loop, started or not. Nobody may send it tickets any more: the
 * writer has been stopped. False when connections were cut off: they still hang in libh2o's
 * context, which has no verb to end them, so their memory is left to the end of the process.
 */
bool loop_close(struct loop *loop);

/*
 * True while the loop runs later than limits.lag, and for LOOP_LATE_MS after: more is asked of it
 * than it can do, and who begins something new is told to come back. Its own thread only.
 */
enum { LOOP_LATE_MS = 2000 };
bool loop_is_late(const struct loop *loop);

/* Looks after a connection that has just been added. Its own thread only. */
void loop_watch(struct loop *loop);

#endif
