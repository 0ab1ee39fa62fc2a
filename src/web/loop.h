/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event loop: a thread with its own libh2o context, listening sockets, database reader and
 * connections. Loops share nothing but the constant struct web; the kernel spreads connections
 * between them (SO_REUSEPORT).
 *
 * Only the server's files include this header: it carries libh2o.
 */
#ifndef WEB_LOOP_H
#define WEB_LOOP_H

#include "web/web.h"

#include <h2o.h>
#include <pthread.h>
#include <stdatomic.h>

struct reader;

enum listener_kind { LISTENER_PUBLIC, LISTENER_REDIRECT, LISTENER_OPS, LISTENER_KINDS };

enum { LISTENERS_MAX = 6 };

struct listener {
    struct loop *loop;
    enum listener_kind kind;
    h2o_socket_t *sock;
};

/* One connection, from accept to close; reached from libh2o's socket through on_close.data. */
struct connection {
    struct connection *next, **link; /* the loop's list */
    struct loop *loop;
    h2o_socket_t *sock;
    unsigned requests; /* being answered */
    bool served; /* at least one request came */
    bool http2;
};

struct loop {
    struct web *web;
    unsigned number;
    pthread_t thread;
    h2o_context_t context;
    h2o_accept_ctx_t accept[LISTENER_KINDS];
    struct listener listeners[LISTENERS_MAX];
    size_t listeners_n;
    bool listening; /* not draining, and below the limit of connections */
    h2o_multithread_receiver_t wake;
    h2o_multithread_receiver_t tickets;
    unsigned tickets_out; /* jobs at the writer that will come back */
    struct reader *reader;
    struct connection *connections;
    unsigned connections_n;
    unsigned connections_max;
    h2o_timeout_entry_t resume_accept; /* after running out of file descriptors */
    h2o_timeout_entry_t drain_sweep;
    int64_t drain_began_ms;
    atomic_bool done;
};

/* Opens the reader and takes over the descriptors (closed on failure too). */
enum err loop_open(struct loop *loop, struct web *web, unsigned number, struct why *why);

/* Adds a listening descriptor; the loop owns it from now on. */
void loop_listen(struct loop *loop, enum listener_kind kind, int fd);

/* The thread's main; arg is the loop. Returns when web->stopping is set and all is drained. */
void *loop_run(void *arg);

/* From any thread: look at web->stopping. */
void loop_wake(struct loop *loop);

/*
 * Frees the loop. False when connections were cut off: they still hang in libh2o's context, which
 * has no verb to end them, so their memory is left to the end of the process.
 */
bool loop_close(struct loop *loop);

#endif
