/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other end of a connection, for the load clients: non-blocking TCP to 127.0.0.1, TLS by
 * mbedTLS, one epoll set. wire_handshake, wire_send and wire_receive go as far as they can and say
 * whether to come again when the socket is ready. Certificates are not checked: the server under
 * load made its own. Any failure is the caller's to count.
 *
 * Threads: one.
 */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

/* Ahead of base/banned.h: its prototypes have a parameter called "random". */
#include <mbedtls/ssl.h>

#include "base/clock.h"
#include "base/must.h"
#include "net/drbg.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <psa/crypto.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum wire_state { WIRE_DONE, WIRE_WAIT, WIRE_FAILED };

struct wire {
    int fd; /* -1: closed */
    mbedtls_ssl_context tls;
};

static mbedtls_ssl_config wire_config;
static int wire_epoll;

static inline void wire_prepare(void)
{
    static const char *protocols[] = {"http/1.1", NULL};
    must(psa_crypto_init() == PSA_SUCCESS);
    mbedtls_ssl_config_init(&wire_config);
    must(mbedtls_ssl_config_defaults(&wire_config, MBEDTLS_SSL_IS_CLIENT,
                                     MBEDTLS_SSL_TRANSPORT_STREAM,
                                     MBEDTLS_SSL_PRESET_DEFAULT) == 0);
    mbedtls_ssl_conf_rng(&wire_config, drbg_bytes, NULL);
    mbedtls_ssl_conf_authmode(&wire_config, MBEDTLS_SSL_VERIFY_NONE);
    must(mbedtls_ssl_conf_alpn_protocols(&wire_config, protocols) == 0);
    wire_epoll = epoll_create1(EPOLL_CLOEXEC);
    must(wire_epoll >= 0);
}

static inline int wire_put(void *p, const unsigned char *bytes, size_t n)
{
    struct wire *w = p;
    ssize_t r = send(w->fd, bytes, n, MSG_NOSIGNAL);
    if (r < 0)
        return errno == EAGAIN || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_WRITE
                                                 : MBEDTLS_ERR_SSL_CONN_EOF;
    return (int)r;
}

static inline int wire_get(void *p, unsigned char *out, size_t n)
{
    struct wire *w = p;
    ssize_t r = recv(w->fd, out, n, 0);
    if (r < 0)
        return errno == EAGAIN || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_READ
                                                 : MBEDTLS_ERR_SSL_CONN_EOF;
    return (int)r;
}

/* Starts connecting; what epoll reports carries owner. False: no socket. */
static inline bool wire_open(struct wire *w, uint16_t port, void *owner)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = owner};
    int on = 1;
    w->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (w->fd < 0)
        return false;
    setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if ((connect(w->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) ||
        epoll_ctl(wire_epoll, EPOLL_CTL_ADD, w->fd, &event)) {
        close(w->fd);
        w->fd = -1;
        return false;
    }
    mbedtls_ssl_init(&w->tls);
    must(mbedtls_ssl_setup(&w->tls, &wire_config) == 0);
    must(mbedtls_ssl_set_hostname(&w->tls, "localhost") == 0);
    mbedtls_ssl_set_bio(&w->tls, w, wire_put, wire_get, NULL);
    return true;
}

/* The socket stays open; the memory that TLS took on this side goes. */
static inline void wire_forget_tls(struct wire *w)
{
    mbedtls_ssl_free(&w->tls);
    mbedtls_ssl_init(&w->tls);
}

static inline void wire_close(struct wire *w)
{
    if (w->fd < 0)
        return;
    mbedtls_ssl_close_notify(&w->tls);
    mbedtls_ssl_free(&w->tls);
    close(w->fd);
    w->fd = -1;
}

static inline enum wire_state wire_verdict(int code)
{
    return code == MBEDTLS_ERR_SSL_WANT_READ || code == MBEDTLS_ERR_SSL_WANT_WRITE ? WIRE_WAIT
                                                                                   : WIRE_FAILED;
}

static inline enum wire_state wire_handshake(struct wire *w)
{
    int r = mbedtls_ssl_handshake(&w->tls);
    return r == 0 ? WIRE_DONE : wire_verdict(r);
}

/* Takes what it sends off *rest. */
static inline enum wire_state wire_send(struct wire *w, struct str *rest)
{
    while (rest->len) {
        int r = mbedtls_ssl_write(&w->tls, (const unsigned char *)rest->ptr, rest->len);
        if (r < 0)
            return wire_verdict(r);
        *rest = str_slice(*rest, (size_t)r, rest->len);
    }
    return WIRE_DONE;
}

/* Up to n bytes into out; *got tells how many. A ticket that comes along is not news. */
static inline enum wire_state wire_receive(struct wire *w, char *out, size_t n, size_t *got)
{
    int r;
    do
        r = mbedtls_ssl_read(&w->tls, (unsigned char *)out, n);
    while (r == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET);
    *got = r > 0 ? (size_t)r : 0;
    return r > 0 ? WIRE_DONE : wire_verdict(r);
}

#endif
