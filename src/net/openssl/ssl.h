/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names libh2o 2.2.5 takes from OpenSSL, and nothing more. There is no OpenSSL behind them:
 * net/tls_openssl.c implements the functions on mbedTLS, and this folder stands in the include path
 * (-isystem src/net) where OpenSSL's headers would.
 *
 * What is a macro without effect belongs to a half of lib/common/socket.c that never runs here:
 * connections we open ourselves, an external session cache, NPN. SSL_is_server is the constant 1,
 * so the compiler drops most of that. Spelling, argument order and return values are those of
 * OpenSSL 1.1.0's manual pages, as far as socket.c can tell; each difference stands at its
 * function.
 *
 * Errors: -1 and SSL_get_error, as there. Owner: SSL_new holds a reference to its SSL_CTX and owns
 * the BIO given to it. Threads: an SSL_CTX is shared once it is set up; an SSL and its BIO belong
 * to one thread. Only libh2o and tls_openssl.c include this; everything else uses net/tls.h.
 */
#ifndef NET_OPENSSL_SSL_H
#define NET_OPENSSL_SSL_H

/* libh2o gets these through OpenSSL's headers. */
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "x509v3.h"

/* From 1.1.0 on libh2o expects opaque types and accessors, and it uses ALPN. */
#define OPENSSL_VERSION_NUMBER 0x10100000L

typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_st SSL;
typedef struct ssl_cipher_st SSL_CIPHER;
typedef struct ssl_session_st SSL_SESSION; /* never exists: no cache of our own, tickets only */
typedef struct crypto_ex_data_st CRYPTO_EX_DATA;

/* -- BIO: the pair of functions that moves records between TLS and libh2o's buffers ----------- */

typedef struct bio_st BIO;
typedef struct bio_method_st BIO_METHOD;

/* Set once by the first loop that needs it, and read by all without a lock: hence atomic. */
struct bio_method_st {
    /* All n bytes are taken (n), or none are and the connection is over (-1). */
    int (*_Atomic write)(BIO *bio, const char *bytes, int n);
    /* Bytes read; 0 at the end; -1 after BIO_set_retry_read when there are none at the moment. */
    int (*_Atomic read)(BIO *bio, char *bytes, int n);
};

struct bio_st {
    const BIO_METHOD *method;
    void *data;
    int close; /* what BIO_set_shutdown said; kept for the accessor only */
    int retry; /* the last read said "not now" */
};

#define BIO_TYPE_FD        0
#define BIO_CTRL_GET_CLOSE 8
#define BIO_CTRL_SET_CLOSE 9
#define BIO_CTRL_FLUSH     11

/* NULL when out of memory. A method lives as long as the process. */
BIO_METHOD *BIO_meth_new(int type, const char *name);
/* NULL when out of memory. Freed with the SSL it is set on. */
BIO *BIO_new(const BIO_METHOD *method);

#define BIO_meth_set_write(m, f) ((void)((m)->write = (f)))
#define BIO_meth_set_read(m, f)  ((void)((m)->read = (f)))
#define BIO_meth_set_puts(m, f)  ((void)(m), (void)(f))
#define BIO_meth_set_ctrl(m, f)  ((void)(m), (void)(f))
#define BIO_get_data(b)          ((b)->data)
#define BIO_set_data(b, p)       ((void)((b)->data = (p)))
#define BIO_set_init(b, i)       ((void)(b), (void)(i))
#define BIO_get_shutdown(b)      ((b)->close)
#define BIO_set_shutdown(b, c)   ((void)((b)->close = (c)))
#define BIO_set_retry_read(b)    ((void)((b)->retry = 1))

/* -- A connection ------------------------------------------------------------------------------ */

#define SSL_ERROR_NONE        0
#define SSL_ERROR_SSL         1 /* over; nothing more can be read or written */
#define SSL_ERROR_WANT_READ   2 /* needs bytes from the peer */
#define SSL_ERROR_WANT_WRITE  3 /* never happens: a BIO takes everything */
#define SSL_ERROR_ZERO_RETURN 6 /* the peer said close_notify */

/* NULL when out of memory. */
SSL *SSL_new(SSL_CTX *ctx);
void SSL_free(SSL *ssl);
/* One BIO for both directions; the SSL owns it and frees the one before. */
void SSL_set_bio(SSL *ssl, BIO *reader, BIO *writer);
BIO *SSL_get_rbio(SSL *ssl);

/* 1 when the handshake is complete, else -1. A fatal alert is in the BIO already. */
int SSL_accept(SSL *ssl);
/* Bytes of plain text, 0 after close_notify, else -1. It never writes to the BIO (see there). */
int SSL_read(SSL *ssl, void *out, int n);
/* n, split over several records if need be, or -1. There are no partial writes. */
int SSL_write(SSL *ssl, const void *bytes, int n);
/* Plain text that SSL_read can hand out without the BIO. */
int SSL_pending(SSL *ssl);
/* Queues close_notify (or the alert that is due): 1, "flush and close", or -1, "just close". */
int SSL_shutdown(SSL *ssl);
/* What the last call on this connection ended with; the second argument plays no part. */
int SSL_get_error(const SSL *ssl, int result);

const char *SSL_get_version(const SSL *ssl);     /* "TLSv1.3" */
const char *SSL_get_cipher_name(const SSL *ssl); /* IANA's name with dashes, as mbedTLS has it */
int SSL_get_cipher_bits(const SSL *ssl, int *algorithm_bits);
const SSL_CIPHER *SSL_get_current_cipher(const SSL *ssl);
/* IANA's number behind OpenSSL's prefix 0x0300. */
uint32_t SSL_CIPHER_get_id(const SSL_CIPHER *cipher);
int SSL_session_reused(const SSL *ssl);
/* The protocol both sides speak; length 0 when the client did not use ALPN. */
void SSL_get0_alpn_selected(const SSL *ssl, const unsigned char **protocol, unsigned *length);

/* socket.c subtracts a record's overhead from its size: it tells these suites by name. */
#define TLS1_CK_RSA_WITH_AES_128_GCM_SHA256         0x0300009C
#define TLS1_CK_RSA_WITH_AES_256_GCM_SHA384         0x0300009D
#define TLS1_CK_DHE_RSA_WITH_AES_128_GCM_SHA256     0x0300009E
#define TLS1_CK_DHE_RSA_WITH_AES_256_GCM_SHA384     0x0300009F
#define TLS1_CK_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 0x0300C02B
#define TLS1_CK_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 0x0300C02C
#define TLS1_CK_ECDHE_RSA_WITH_AES_128_GCM_SHA256   0x0300C02F
#define TLS1_CK_ECDHE_RSA_WITH_AES_256_GCM_SHA384   0x0300C030
#define TLS1_CK_ECDHE_RSA_CHACHA20_POLY1305         0x0300CCA8
#define TLS1_CK_ECDHE_ECDSA_CHACHA20_POLY1305       0x0300CCA9
#define TLS1_CK_DHE_RSA_CHACHA20_POLY1305           0x0300CCAA

/* -- Without effect -----------------------------------------------------------------------------
 */

#define ERR_clear_error() ((void)0)

/* net/tls.c sets ALPN when it makes the context: libh2o's registering adds nothing. */
#define SSL_TLSEXT_ERR_OK                                0
#define SSL_TLSEXT_ERR_NOACK                             3
#define SSL_CTX_set_alpn_select_cb(c, f, arg)            ((void)(c), (void)(f), (void)(arg))
#define SSL_CTX_set_next_protos_advertised_cb(c, f, arg) ((void)(c), (void)(f), (void)(arg))
#define SSL_get0_next_proto_negotiated(s, data, len)     ((void)(s), *(data) = NULL, *(len) = 0)

/* An external session cache: tickets make it unnecessary. */
#define SSL_CTX_sess_get_get_cb(c)                            ((void)(c), (void *)NULL)
#define SSL_CTX_sess_set_get_cb(c, f)                         ((void)(c), (void)(f))
#define SSL_CTX_sess_set_new_cb(c, f)                         ((void)(c), (void)(f))
#define SSL_get_session(s)                                    ((void)(s), (SSL_SESSION *)NULL)
#define SSL_SESSION_get_id(x, len)                            ((void)(x), *(len) = 0, (const unsigned char *)NULL)
#define d2i_SSL_SESSION(x, p, len)                            ((void)(p), (void)(len), (SSL_SESSION *)NULL)
#define i2d_SSL_SESSION(x, p)                                 ((void)(x), (void)(p), 0)
#define SSL_CTX_get_ex_data(c, i)                             ((void)(c), (void)(i), (void *)NULL)
#define SSL_CTX_set_ex_data(c, i, p)                          ((void)(c), (void)(i), (void)(p))
#define SSL_CTX_get_ex_new_index(l, p, create, copy, destroy) ((void)(destroy), 0)

/* Connections that we open: libcurl's business. */
#define SSL_is_server(s)               ((void)(s), 1)
#define SSL_connect(s)                 ((void)(s), -1)
#define SSL_get1_session(s)            ((void)(s), (SSL_SESSION *)NULL)
#define SSL_set_session(s, x)          ((void)(s), (void)(x))
#define SSL_SESSION_free(x)            ((void)(x))
#define SSL_set_tlsext_host_name(s, n) ((void)(s), (void)(n))
#define SSL_get_verify_result(s)       ((void)(s), 0L)
#define SSL_get_peer_certificate(s)    ((void)(s), (X509 *)NULL)

#endif
