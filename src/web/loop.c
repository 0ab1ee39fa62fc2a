/* SPDX-License-Identifier: Apache-2.0 */
#include "web/loop.h"

#include "base/clock.h"
#include "base/log.h"
#include "config/config.h"
#include "net/tls.h"
#include "store/reader.h"
#include "web/state.h"
#include "web/ticket.h"

#include <errno.h>
#include <malloc.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ACCEPTS_A_TURN = 16,      /* so that one burst does not starve the connections there are */
    TRIM_FROM = 64,           /* connections at once, 1.6 MB */
    DRAIN_GRACE_MS = 2000,    /* libh2o's second GOAWAY follows the first after one second */
    STALLED_READER_MS = 30000 /* un-acknowledged data for longer than this closes a connection */
};

static void listen_again(struct loop *loop);

static void on_connection_close(void *data)
{
    struct connection *c = data;
    struct loop *loop = c->loop;
    *c->link = c->next;
    if (c->next)
        c->next->link = c->link;
    loop->connections_n--;
    free(c);
    listen_again(loop);
}

static void connection_open(struct loop *loop, h2o_socket_t *sock)
{
    struct connection *c = h2o_mem_alloc(sizeof *c);
    *c = (struct connection){
        .next = loop->connections,
        .link = &loop->connections,
        .loop = loop,
        .sock = sock,
        .quiet_since_ms = clock_monotonic_ms(),
    };
    if (c->next)
        c->next->link = &c->next;
    loop->connections = c;
    loop->connections_n++;
    sock->on_close.cb = on_connection_close;
    sock->on_close.data = c;
    if (!h2o_timeout_is_linked(&loop->quiet_sweep))
        h2o_timeout_link(loop->context.loop, &loop->context.one_sec_timeout, &loop->quiet_sweep);
}

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
        if (c->quiet_since_ms < oldest_ms)
            shutdown(h2o_socket_get_fd(c->sock), SHUT_RDWR);
    /* After a crowd has gone quiet its memory goes back to the system, not only to the next ones.
     */
    if (tls_rest() >= TRIM_FROM)
        malloc_trim(0);
    if (loop->connections)
        h2o_timeout_link(loop->context.loop, &loop->context.one_sec_timeout, &loop->quiet_sweep);
}

/*
 * Stops taking connections without closing the sockets: the rest waits in the kernel's queue. At
 * the limit of connections operations are still let in; they ask what is the matter.
 */
static void listen_pause(struct loop *loop, bool operations_too)
{
    for (size_t i = 0; i < loop->listeners_n; i++)
        if (operations_too || loop->listeners[i].kind != LISTENER_OPS)
            h2o_socket_read_stop(loop->listeners[i].sock);
}

static void on_accept(h2o_socket_t *sock, const char *error)
{
    struct listener *listener = sock->data;
    struct loop *loop = listener->loop;
    if (error)
        return;
    for (int n = 0; n < ACCEPTS_A_TURN; n++) {
        if (listener->kind != LISTENER_OPS && loop->connections_n >= loop->connections_max) {
            log_event(LOG_WARN, "connections at their limit",
                      LOG_INT("connections", loop->connections_n));
            listen_pause(loop, false);
            return;
        }
        h2o_socket_t *accepted = h2o_evloop_socket_accept(sock);
        if (!accepted) {
            /* Out of descriptors or memory the listener stays readable: turning would be a spin. */
            if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
                log_event(LOG_WARN, "cannot accept", LOG_TEXT("detail", err_errno(errno)));
                listen_pause(loop, true);
                if (!h2o_timeout_is_linked(&loop->resume_accept))
                    h2o_timeout_link(loop->context.loop, &loop->context.hundred_ms_timeout,
                                     &loop->resume_accept);
            }
            return;
        }
        connection_open(loop, accepted);
        h2o_accept(&loop->accept[listener->kind], accepted);
    }
}

static void listen_again(struct loop *loop)
{
    if (atomic_load(&loop->web->stopping))
        return;
    bool room = loop->connections_n < loop->connections_max;
    for (size_t i = 0; i < loop->listeners_n; i++) {
        struct listener *l = &loop->listeners[i];
        if ((room || l->kind == LISTENER_OPS) && !h2o_socket_is_reading(l->sock))
            h2o_socket_read_start(l->sock, on_accept);
    }
}

static void on_resume_accept(h2o_timeout_entry_t *entry)
{
    listen_again(H2O_STRUCT_FROM_MEMBER(struct loop, resume_accept, entry));
}

void loop_listen(struct loop *loop, enum listener_kind kind, int fd)
{
    /* Inherited by accepted sockets: a peer that stops reading is dropped by the kernel. */
    int stalled = STALLED_READER_MS;
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &stalled, sizeof stalled);
    struct listener *listener = &loop->listeners[loop->listeners_n++];
    *listener = (struct listener){.loop = loop, .kind = kind, .fd = fd};
}

/* Takes what has already been connected, then closes: nobody who was let in is reset. */
static void listeners_close(struct loop *loop)
{
    for (size_t i = 0; i < loop->listeners_n; i++) {
        if (h2o_socket_is_reading(loop->listeners[i].sock))
            on_accept(loop->listeners[i].sock, NULL);
        h2o_socket_read_stop(loop->listeners[i].sock);
        h2o_socket_close(loop->listeners[i].sock);
    }
    loop->listeners_n = 0;
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
    loop->resume_accept.cb = on_resume_accept;
    loop->quiet_sweep.cb = on_quiet_sweep;
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
    listen_again(loop);
}

static void drain(struct loop *loop)
{
    struct web *web = loop->web;
    listeners_close(loop);
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
    h2o_timeout_unlink(&loop->drain_sweep);
    h2o_timeout_unlink(&loop->resume_accept);
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
    sem_destroy(&loop->serving);
    sem_destroy(&loop->drained);
    sem_destroy(&loop->may_end);
    return clean;
}
