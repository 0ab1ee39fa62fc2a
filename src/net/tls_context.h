/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What libh2o calls SSL_CTX: mbedTLS's configuration with the certificate, key and ticket keys it
 * points to. Private to net/: tls.c makes it, tls_openssl.c makes connections from it.
 *
 * Owner: counted. tls.c holds one reference, each connection another; the last one frees it.
 * Threads: read-only once made, but for the count and the ticket keys, which mbedTLS guards with a
 * mutex of its own (MBEDTLS_THREADING_C).
 */
#ifndef NET_TLS_CONTEXT_H
#define NET_TLS_CONTEXT_H

/* Ahead of base/banned.h: its prototypes have a parameter called "random". */
#include <mbedtls/ssl.h>

#include <mbedtls/ssl_ticket.h>

#include "net/credentials.h"
#include "net/tls.h"

#include <stdatomic.h>

struct ssl_ctx_st {
    atomic_int references;
    mbedtls_ssl_config config;
    mbedtls_ssl_ticket_context tickets;
    struct credentials credentials;
    void (*seen)(void *arg, const struct tls_handshake *handshake); /* or NULL */
    void *seen_arg;
};

struct ssl_ctx_st *tls_context_hold(struct ssl_ctx_st *context);
void tls_context_drop(struct ssl_ctx_st *context); /* NULL is allowed */

/*
 * Tickets as mbedTLS asks for them; p is the context. Opening one marks the connection whose
 * handshake runs on this thread (tls_openssl.c).
 */
int tls_ticket_write(void *p, const mbedtls_ssl_session *session, unsigned char *start,
                     const unsigned char *end, size_t *length, uint32_t *lifetime);
int tls_ticket_open(void *p, mbedtls_ssl_session *session, unsigned char *ticket, size_t length);

#endif
