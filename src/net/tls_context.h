/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pair of certificate and key in use: mbedTLS's configuration with the certificate, key and
 * ticket keys it points to. And what libh2o calls SSL_CTX: a place that always holds the pair in
 * use. libh2o keeps a bare pointer to it from a connection's accept to its first bytes, however
 * long that takes, so the place itself never changes; what is in it does (tls_reload). Private to
 * net/: tls.c makes both, tls_openssl.c makes connections from them.
 *
 * Owner: a tls_context is counted. The place holds one reference, each connection another; the last
 * one frees it.
 * Threads: a tls_context is read-only once made, but for the count and the ticket keys, which
 * mbedTLS guards with a mutex of its own (MBEDTLS_THREADING_C). The place has a lock, held for the
 * few instructions between reading its pointer and counting.
 */
#ifndef NET_TLS_CONTEXT_H
#define NET_TLS_CONTEXT_H

/* Ahead of base/banned.h: its prototypes have a parameter called "random". */
#include <mbedtls/ssl.h>

#include <mbedtls/ssl_ticket.h>

#include "net/credentials.h"
#include "net/tls.h"

#include <pthread.h>
#include <stdatomic.h>

struct tls_context {
    atomic_int references;
    mbedtls_ssl_config config;
    mbedtls_ssl_ticket_context tickets;
    struct credentials credentials;
    void (*seen)(void *arg, const struct tls_handshake *handshake); /* or NULL */
    void *seen_arg;
};

struct ssl_ctx_st {
    pthread_mutex_t lock;
    struct tls_context *current;
};

/* The pair in use, counted for the caller. */
struct tls_context *tls_context_take(struct ssl_ctx_st *place);
void tls_context_drop(struct tls_context *context); /* NULL is allowed */

/*
 * Tickets as mbedTLS asks for them; p is the tls_context. Opening one marks the connection whose
 * handshake runs on this thread (tls_openssl.c).
 */
int tls_ticket_write(void *p, const mbedtls_ssl_session *session, unsigned char *start,
                     const unsigned char *end, size_t *length, uint32_t *lifetime);
int tls_ticket_open(void *p, mbedtls_ssl_session *session, unsigned char *ticket, size_t length);

#endif
