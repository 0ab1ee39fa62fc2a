/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS for the public listener: mbedTLS 3.6 under libh2o's own socket layer.
 *
 * libh2o's lib/common/socket.c speaks OpenSSL's API. net/openssl/ holds headers with just the names
 * it uses, tls_openssl.c implements them on mbedTLS; neither OpenSSL's headers nor its library take
 * part. This header is what the rest of Anteroom sees: a context made from a certificate and key.
 *
 * Policy (Mozilla "intermediate", the server's order for TLS 1.2): TLS 1.2 and 1.3; ECDHE with
 * AES-GCM or ChaCha20-Poly1305; X25519, P-256, P-384; RSA keys from 2048 bits, ECDSA on P-256,
 * P-384 and P-521; no renegotiation, no compression, no static RSA, no client certificates; ALPN h2
 * and http/1.1 (a client that offers only others is refused, RFC 7301). The server name a client
 * asks for (SNI) plays no part: there is one certificate.
 *
 * Sessions resume by stateless tickets. Their key changes every TLS_TICKET_SECONDS, the one before
 * still opens tickets that are in date, and both die when the certificate is exchanged: such a
 * client gets a full handshake.
 *
 * Threads: shared by all loops. tls_reload, and what reads or changes a struct tls, belong to the
 * thread that opened it; connections may come and go meanwhile. tls_close may come while
 * connections are alive: they keep what they need. Each connection belongs to a loop.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "base/err.h"

enum {
    TLS_TICKET_SECONDS = 4 * 3600,
    TLS_RENEW_DAYS = 30,        /* a self-signed certificate is renewed this long before its end */
    TLS_SELF_SIGNED_DAYS = 825, /* the longest that browsers accept */
    TLS_WARNINGS_MAX = 4,
    TLS_DIGEST_SIZE = 32,
    TLS_FINGERPRINT_SIZE = 96, /* 32 bytes as "AB:CD:…" and the NUL */
};

struct tls;        /* an SSL_CTX, and the pair that is in use */
struct ssl_ctx_st; /* what libh2o calls SSL_CTX */

/* How a handshake ended. Every text is a constant. */
struct tls_handshake {
    const char *failure; /* NULL: it succeeded; else one line for logs and metrics */
    const char *version; /* "TLSv1.3" */
    const char *cipher;  /* mbedTLS's name */
    bool resumed;        /* by a ticket */
};

/*
 * From PEM files: the server's own certificate first, then those that lead to a root; the key
 * unencrypted in PKCS#8, SEC 1 or PKCS#1. ERR_CONFIG with a remedy when they cannot serve.
 */
enum err tls_open(const char *certificate_file, const char *key_file, struct tls **out,
                  struct why *why);

/*
 * Serves another pair from now on. Connections that have begun keep the old one, which goes with
 * the last of them. On failure nothing changes.
 */
enum err tls_reload(struct tls *tls, const char *certificate_file, const char *key_file,
                    struct why *why);

/* What the files hold now; another value later means that tls_reload is due. */
void tls_files_digest(const char *certificate_file, const char *key_file,
                      unsigned char out[TLS_DIGEST_SIZE]);

void tls_close(struct tls *tls);

/* For h2o_accept_ctx_t.ssl_ctx; lives as long as tls. */
struct ssl_ctx_st *tls_context(struct tls *tls);

/*
 * Calls seen(arg, …) at the end of each handshake, on the loop that serves it. Set it before the
 * first connection; it outlasts reloads, and arg lives as long as connections do.
 */
void tls_observe(struct tls *tls, void (*seen)(void *arg, const struct tls_handshake *handshake),
                 void *arg);

/* Wall time (ms) at which the certificate's validity ends. */
int64_t tls_expires_ms(const struct tls *tls);

/*
 * What an operator should know about the files although they serve: out of date, not yet valid, a
 * key that every user can read. Returns how many of out are filled.
 */
size_t tls_warnings(const struct tls *tls, int64_t now_ms, struct why out[TLS_WARNINGS_MAX]);

/* The certificate names that host: a DNS name (with * as RFC 6125 has it) or an IP address. */
bool tls_covers(const struct tls *tls, const char *host);

/* Its issuer is itself: nobody vouches for it. */
bool tls_is_self_signed(const struct tls *tls);

/* Colon-separated SHA-256 of the leaf certificate, for a person to compare. */
void tls_fingerprint(const struct tls *tls, char out[TLS_FINGERPRINT_SIZE]);

/*
 * Makes sure that both files are there: a P-256 key (mode 0600) and a self-signed certificate for
 * DNS:localhost, host (a name or an address; NULL for none), 127.0.0.1 and ::1. A key that is there
 * is kept; a certificate is replaced only when it is our own and has less than TLS_RENEW_DAYS left.
 * Each file appears whole or not at all. *made tells whether a certificate was made.
 */
enum err tls_self_signed(const char *certificate_file, const char *key_file, const char *host,
                         bool *made, struct why *why);

/*
 * Takes from this thread's connections that were silent since the last call the memory of their
 * buffers, 25 KB each, which they get again when there is something to read or write; how many gave
 * it. Called about once a second.
 */
size_t tls_rest(void);

const char *tls_version(void); /* "mbedTLS 3.6.6" */

#endif
