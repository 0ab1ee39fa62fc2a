/* SPDX-License-Identifier: Apache-2.0 */
#include "web/accept.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "core/proxy_header.h"
#include "net/peer.h"
#include "web/crowd.h"
#include "web/loop.h"
#include "web/rate.h"
#include "web/state.h"

#include <errno.h>
#include <limits.h>

/* So that one burst does not starve the connections there are; a late loop takes one at a time. */
enum { ACCEPTS_A_TURN = 16, ACCEPTS_WHEN_LATE = 1 };

static void on_connection_close(void *data)
{
    struct connection *c = data;
    struct loop *loop = c->loop;
    *c->link = c->next;
    if (c->next)
        c->next->link = c->link;
    loop->connections_n--;
    h2o_timeout_unlink(&c->header_timeout);
    crowd_leave(loop->web->crowd, &c->place);
    free(c);
    accept_start(loop);
}

static struct connection *connection_open(struct listener *listener, h2o_socket_t *sock)
{
    struct loop *loop = listener->loop;
    struct connection *c = h2o_mem_alloc(sizeof *c);
    *c = (struct connection){
        .next = loop->connections,
        .link = &loop->connections,
        .loop = loop,
        .sock = sock,
        .kind = listener->kind,
        .quiet_since_ms = clock_monotonic_ms(),
    };
    if (c->next)
        c->next->link = &c->next;
    loop->connections = c;
    loop->connections_n++;
    sock->on_close.cb = on_connection_close;
    sock->on_close.data = c;
    loop_watch(loop);
    return c;
}

/* ---- who it is
 * ---------------------------------------------------------------------------------*/

static void refuse(struct connection *c, enum metric reason)
{
    metric_add(reason, 1);
    h2o_socket_close(c->sock); /* and with it c */
}

/* A client's own connection, or a proxy's, which are not limited. */
static void admit(struct connection *c, const struct ip *client)
{
    struct web *web = c->loop->web;
    bool limited = client && !networks_hold(&web->trusted, client);
    if (limited && !crowd_enter(web->crowd, client, &c->place))
        refuse(c, METRIC_refused_client);
    else if (limited && rate_take(web->rate, RATE_CONNECT, client, clock_monotonic_us()) > 0)
        refuse(c, METRIC_refused_rate);
    else
        h2o_accept(&c->loop->accept[c->kind], c->sock);
}

static void on_header_read(h2o_socket_t *sock, const char *error)
{
    struct connection *c = sock->on_close.data;
    struct proxy_header header;
    if (error) {
        h2o_socket_close(sock);
        return;
    }
    enum proxy_reading reading =
        proxy_header_read(str_of(sock->input->bytes, sock->input->size), &header);
    if (reading == PROXY_BEGUN)
        return;
    h2o_socket_read_stop(sock);
    h2o_timeout_unlink(&c->header_timeout);
    if (reading == PROXY_WRONG) {
        refuse(c, METRIC_refused_header);
        return;
    }
    h2o_buffer_consume(&sock->input, header.size);
    if (header.told) {
        struct sockaddr_storage address;
        size_t n = peer_to_sockaddr(header.client, header.port, &address);
        h2o_socket_setpeername(sock, (struct sockaddr *)&address, (socklen_t)n);
    }
    admit(c, header.told ? &header.client : NULL);
}

static void on_header_timeout(h2o_timeout_entry_t *entry)
{
    refuse(H2O_STRUCT_FROM_MEMBER(struct connection, header_timeout, entry), METRIC_refused_header);
}

static void await_header(struct connection *c)
{
    c->header_timeout.cb = on_header_timeout;
    h2o_timeout_link(c->loop->context.loop, &c->loop->context.handshake_timeout,
                     &c->header_timeout);
    h2o_socket_read_start(c->sock, on_header_read);
}

static void begin(struct connection *c)
{
    const struct web *web = c->loop->web;
    struct sockaddr_storage address;
    struct ip peer;
    if (c->kind == LISTENER_OPS) {
        h2o_accept(&c->loop->accept[c->kind], c->sock);
        return;
    }
    bool known = h2o_socket_getpeername(c->sock, (struct sockaddr *)&address) != 0 &&
                 peer_from_sockaddr((const struct sockaddr *)&address, &peer);
    if (!web->proxy_protocol)
        admit(c, known ? &peer : NULL);
    else if (known && networks_hold(&web->trusted, &peer))
        await_header(c);
    else
        refuse(c, METRIC_refused_stranger);
}

/* ---- the listeners
 * -----------------------------------------------------------------------------*/

/*
 * Stops taking connections without closing the sockets: the rest waits in the kernel's queue. At
 * the limit of connections operations are still let in; they ask what is the matter.
 */
static void pause_listening(struct loop *loop, bool operations_too)
{
    for (size_t i = 0; i < loop->listeners_n; i++)
        if (operations_too || loop->listeners[i].kind != LISTENER_OPS)
            h2o_socket_read_stop(loop->listeners[i].sock);
}

static void on_resume(h2o_timeout_entry_t *entry)
{
    accept_start(H2O_STRUCT_FROM_MEMBER(struct loop, resume_accept, entry));
}

static void take(struct listener *listener, int most)
{
    struct loop *loop = listener->loop;
    for (int n = 0; n < most; n++) {
        if (listener->kind != LISTENER_OPS && loop->connections_n >= loop->connections_max) {
            log_event(LOG_WARN, "connections at their limit",
                      LOG_INT("connections", loop->connections_n));
            pause_listening(loop, false);
            return;
        }
        h2o_socket_t *accepted = h2o_evloop_socket_accept(listener->sock);
        if (!accepted) {
            /* Out of descriptors or memory the listener stays readable: turning would be a spin. */
            if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
                log_event(LOG_WARN, "cannot accept", LOG_TEXT("detail", err_errno(errno)));
                pause_listening(loop, true);
                loop->resume_accept.cb = on_resume;
                if (!h2o_timeout_is_linked(&loop->resume_accept))
                    h2o_timeout_link(loop->context.loop, &loop->context.hundred_ms_timeout,
                                     &loop->resume_accept);
            }
            return;
        }
        begin(connection_open(listener, accepted));
    }
}

static void on_accept(h2o_socket_t *sock, const char *error)
{
    struct listener *listener = sock->data;
    if (!error)
        take(listener, loop_is_late(listener->loop) ? ACCEPTS_WHEN_LATE : ACCEPTS_A_TURN);
}

void accept_start(struct loop *loop)
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

/* A socket that somebody keeps for the next process keeps its queue too. */
void accept_end(struct loop *loop)
{
    for (size_t i = 0; i < loop->listeners_n; i++) {
        struct listener *l = &loop->listeners[i];
        if (h2o_socket_is_reading(l->sock) && !l->inherited)
            take(l, INT_MAX); /* nobody who was let in is reset */
        h2o_socket_read_stop(l->sock);
        h2o_socket_close(l->sock);
    }
    loop->listeners_n = 0;
}

void accept_take_down(struct loop *loop)
{
    h2o_timeout_unlink(&loop->resume_accept);
}
