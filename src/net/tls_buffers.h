/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two record buffers of a connection, 25 KB, given back while nothing is in them. mbedTLS keeps
 * them from a connection's first byte to its last; most connections say nothing most of the time.
 *
 * What mbedTLS has in a buffer between two records is the number of the next one to come, eight
 * bytes; all else are places in it, kept here as distances from its start. Reaches into
 * mbedtls_ssl_context as mbedTLS 3.6's handle_buffer_resizing (library/ssl_tls.c) does, and is the
 * only file that does.
 *
 * Owner: the connection. Threads: the connection's loop.
 */
#ifndef NET_TLS_BUFFERS_H
#define NET_TLS_BUFFERS_H

#include "base/str.h"

struct mbedtls_ssl_context;

enum { TLS_PLACES = 5, TLS_NUMBER_SIZE = 8 };

struct tls_buffers {
    size_t in_size, out_size; /* 0: mbedTLS has them */
    size_t in[TLS_PLACES], out[TLS_PLACES];
    unsigned char next_in[TLS_NUMBER_SIZE];
};

/* True when they were given back: the handshake is over and neither holds a part of a record. */
bool tls_buffers_give(struct tls_buffers *b, struct mbedtls_ssl_context *tls);

/* Has them there again. False without memory: the connection has to end. */
bool tls_buffers_have(struct tls_buffers *b, struct mbedtls_ssl_context *tls);

#endif
