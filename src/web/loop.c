/* SPDX-License-Identifier: Apache-2.0 */
#include "web/loop.h"

#include "base/clock.h"
#include "base/metric.h"
#include "config/config.h"
#include "net/tls.h"
#include "store/reader.h"
#include "web/accept.h"
#include "web/arrivals.h"
#include "web/measure.h"
#include "web/state.h"
#include "web/ticket.h"

#include <malloc.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    TICK_MS = 100,            /* of libh2o's hundred_ms_timeout */
    TRIM_FROM = 64,           /* connections at once, 1.6 MB */
    DRAIN_GRACE_MS = 2000,    /* libh2o's second GOAWAY follows the first after one second */
    STALLED_READER_MS = 30000 /* un-acknowledged data for longer than this closes a connection */
};

/*
 * libh2o lets an HTTP/2 connection stay for ever that sends its body a byte at a time, or opens no
 * window for the answer. Here every connection ends on which, for the time of a request and of
 * being idle together, no request came whole and none was answered.
 */
static void on_quiet_sweep(h2o_timeout_entry_t *entry)
{
    struct loop *loop = H2O_STRUCT_FROM_MEMBER(struct loop, quiet_sweep, entry);
    int64_t oldest_ms = clock_monotonic_ms() - loop->quiet_max_ms;
    for (struct connection *c = loop->connections; c; c = c->next)
        if (c->quiet_since_ms < oldest_ms && !c->listening && !c->ended) {
            shutdown(h2o_socket_get_fd(c->sock), SHUT_RDWR);
            c->ended = true;
            metric_add(METRIC_ended_quiet, 1);
        }
    /* libh2o counts what it ends for its credit (our patch 0006), and nobody else counts there. */
    uint64_t spent =
        loop->context.http2.events.protocol_level_errors[-H2O_HTTP2_ERROR_ENHANCE_YOUR_CALM];
    metric_add(METRIC_ended_credit, spent - loop->credits_spent);
    loop->credits_spent = spent;
    /* After a crowd has gone quiet its memory goes back to the system, not only to the next ones.
     */
    if (tls_rest() >= TRIM_FROM)
        malloc_trim(0);
    if (loop->connections)
        h2o_timeout_link(loop->context.loop, &loop->context.one_sec_timeout, &loop->quiet_sweep);
}

/*
 * A timer that should run every TICK_MS while there is a connection: what it is late by is how long
 * a turn of the loop takes, and how long everybody on it waits.
 */
static void tick(struct loop *loop)
{
    loop->tick_at_ms = clock_monotonic_ms() + TICK_MS;
    h2o_timeout_link(loop->context.loop, &loop->context.hundred_ms_timeout, &loop->tick);
}

static void on_tick(h2o_timeout_entry_t *entry)
{
    struct loop *loop = H2O_STRUCT_FROM_MEMBER(struct loop, tick, entry);
    int64_t lag_max_ms = loop->web->config->limits_lag, now_ms = clock_monotonic_ms();
    if (lag_max_ms && now_ms - loop->tick_at_ms > lag_max_ms)
        loop->late_until_ms = now_ms + LOOP_LATE_MS;
    if (loop->connections)
        tick(loop);
}

bool loop_is_late(const struct loop *loop)
{
    return loop->late_until_ms > clock_monotonic_ms();
}

void loop_watch(struct loop *loop)
{
    if (!h2o_timeout_is_linked(&loop->quiet_sweep))
        h2o_timeout_link(loop->context.loop, &loop->context.one_sec_timeout, &loop->quiet_sweep);
    if (!h2o_timeout_is_linked(&loop->tick))
        tick(loop);
}

void loop_listen(struct loop *loop, enum listener_kind kind, int fd, bool inherited)
{
    /* Inherited by accepted sockets: a peer that stops reading is dropped by the kernel. */
    int stalled = STALLED_READER_MS;
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &stalled, sizeof stalled);
    struct listener *listener = &loop->listeners[loop->listeners_n++];
    *listener = (struct listener){.loop = loop, .kind = kind, .fd = fd, .inherited = inherited};
}

/*
 * libh2o sends GOAWAY on HTTP/2 and answers HTTP/1 with "Connection: close", but an idle HTTP/1
 * connection would keep us waiting: those are closed here. Connections that never asked anything
 * (perhaps in the middle of their handshake) and HTTP/2 get some time first.
 */
static void on_drain_sweep(h2o_timeout_entry_t *entry)
{
    struct loop *loop = H2O_STRUCT_FROM_MEMBER(struct loop, drain_sweep, entry);
    bool grace_over = clock_monotonic_ms() > loop->drain_began_ms + DRAIN_GRACE_MS;
    for (struct connection *c = loop->connections; c; c = c->next) {
        bool idle = c->requests == 0 && c->sock->input->size == 0;
        if (idle && (grace_over || (c->served && !c->http2)))
            shutdown(h2o_socket_get_fd(c->sock), SHUT_RDWR);
    }
    if (loop->connections)
        h2o_timeout_link(loop->context.loop, &loop->context.hundred_ms_timeout, &loop->drain_sweep);
}

static void on_stop(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages)
{
    struct loop *loop = H2O_STRUCT_FROM_MEMBER(struct loop, stop, receiver);
    while (!h2o_linklist_is_empty(messages))
        h2o_linklist_unlink(messages->next);
    loop->stopping = true;
}

enum err loop_open(struct loop *loop, struct web *web, unsigned number, struct why *why)
{
    const struct config *c = web->config;
    loop->web = web;
    loop->number = number;
    loop->measure = measure_new();
    loop->connections_max = (unsigned)(c->limits_connections / (int64_t)web->loops_n);
    if (loop->connections_max == 0)
        loop->connections_max = 1;
    loop->quiet_max_ms = c->limits_request_time + c->limits_idle_time;
    sem_init(&loop->serving, 0, 0);
    sem_init(&loop->drained, 0, 0);
    sem_init(&loop->may_end, 0, 0);
    return reader_open(web->store, &loop->reader, why);
}

/* What libh2o has of this loop, on the loop's thread. */
static void set_up(struct loop *loop)
{
    struct web *web = loop->web;
    h2o_context_init(&loop->context, h2o_evloop_create(), web->globalconf);
    h2o_multithread_register_receiver(loop->context.queue, &loop->stop, on_stop);
    ticket_listen(loop);
    loop->quiet_sweep.cb = on_quiet_sweep;
    loop->tick.cb = on_tick;
    loop->drain_sweep.cb = on_drain_sweep;
    for (int kind = 0; kind < LISTENER_KINDS; kind++)
        loop->accept[kind] = (h2o_accept_ctx_t){
            .ctx = &loop->context,
            .hosts = web->hosts[kind],
            .ssl_ctx = kind == LISTENER_PUBLIC ? tls_context(web->tls) : NULL,
        };
    for (size_t i = 0; i < loop->listeners_n; i++) {
        struct listener *l = &loop->listeners[i];
        l->sock = h2o_evloop_socket_create(loop->context.loop, l->fd, H2O_SOCKET_FLAG_DONT_READ);
        l->sock->data = l;
    }
    accept_start(loop);
}

static void drain(struct loop *loop)
{
    struct web *web = loop->web;
    accept_end(loop);
    arrivals_end(loop);
    loop->drain_began_ms = clock_monotonic_ms();
    h2o_context_request_shutdown(&loop->context);
    h2o_timeout_link(loop->context.loop, &loop->context.hundred_ms_timeout, &loop->drain_sweep);
    while ((loop->connections || loop->tickets_out) && clock_monotonic_ms() < web->drain_until)
        h2o_evloop_run(loop->context.loop, 50);

    for (struct connection *c = loop->connections; c; c = c->next)
        if (c->requests)
            atomic_fetch_add(&web->cut, 1);
}

static void take_down(struct loop *loop)
{
    ticket_unlisten(loop);
    h2o_multithread_unregister_receiver(loop->context.queue, &loop->stop);
    /* libh2o insists on empty timers, and its own for the second GOAWAY may still be running. */
    h2o_timeout_unlink(&loop->context.http2._graceful_shutdown_timeout);
    h2o_timeout_unlink(&loop->quiet_sweep);
    h2o_timeout_unlink(&loop->tick);
    h2o_timeout_unlink(&loop->drain_sweep);
    accept_take_down(loop);
    arrivals_take_down(loop);
    h2o_evloop_t *evloop = loop->context.loop;
    h2o_context_dispose(&loop->context);
    h2o_evloop_destroy(evloop);
}

static void wait_for(sem_t *step)
{
    while (sem_wait(step) != 0) /* EINTR */
        ;
}

/*
 * Between draining and the end the queue stays open: whoever sent the last message (the writer, or
 * the one who told us to stop) may still be on the way out of sending it.
 */
static void *run(void *arg)
{
    struct loop *loop = arg;
    set_up(loop);
    sem_post(&loop->serving);
    while (!loop->stopping)
        h2o_evloop_run(loop->context.loop, INT32_MAX);
    drain(loop);
    sem_post(&loop->drained);
    wait_for(&loop->may_end);
    loop->clean = !loop->connections && !loop->tickets_out;
    if (loop->clean)
        take_down(loop);
    return NULL;
}

void loop_start(struct loop *loop)
{
    h2o_multithread_create_thread(&loop->thread, NULL, run, loop);
    loop->started = true;
    wait_for(&loop->serving);
}

void loop_stop(struct loop *loop)
{
    h2o_multithread_send_message(&loop->stop, &loop->stop_message);
}

void loop_wait(struct loop *loop)
{
    wait_for(&loop->drained);
}

bool loop_close(struct loop *loop)
{
    bool clean = true;
    if (loop->started) {
        sem_post(&loop->may_end);
        pthread_join(loop->thread, NULL);
        clean = loop->clean;
    } else {
        for (size_t i = 0; i < loop->listeners_n; i++) /* a start that failed half-way */
            close(loop->listeners[i].fd);
    }
    reader_close(loop->reader);
    measure_free(loop->measure);
    sem_destroy(&loop->serving);
    sem_destroy(&loop->drained);
    sem_destroy(&loop->may_end);
    return clean;
}
