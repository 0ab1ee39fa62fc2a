/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS for the public listener: mbedTLS 3.6 under libh2o's own socket layer.
 *
 * libh2o's lib/common/socket.c speaks OpenSSL's API. net/openssl/ holds headers with just the names
 * it uses, tls_openssl.c implements them on mbedTLS; neither OpenSSL's headers nor its library take
 * part. This header is what the rest of Anteroom sees: a context made from a certificate and key.
 *
 * Policy (Mozilla "intermediate"): TLS 1.2 and 1.3; ECDHE with AES-GCM or ChaCha20-Poly1305;
 * X25519, P-256, P-384; no renegotiation, no compression, no static RSA; ALPN h2, http/1.1; session
 * tickets (stateless) whose keys rotate.
 *
 * Threads: a context is shared by all loops (reference counted); each connection belongs to a loop.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "base/err.h"

struct tls;        /* owns one SSL_CTX */
struct ssl_ctx_st; /* what libh2o calls SSL_CTX */

/* From PEM files; the chain's first certificate must belong to the key. */
enum err tls_open(const char *certificate_file, const char *key_file, struct tls **out,
                  struct why *why);
void tls_close(struct tls *tls);

/* For h2o_accept_ctx_t.ssl_ctx; lives as long as tls. */
struct ssl_ctx_st *tls_context(struct tls *tls);

/* Wall time (ms) at which the certificate's validity ends. */
int64_t tls_expires_ms(const struct tls *tls);

/*
 * Makes a P-256 key (mode 0600) and a self-signed certificate (825 days; DNS:localhost, the given
 * host name, 127.0.0.1, ::1) unless both files are there already. *made tells which.
 */
enum err tls_self_signed(const char *certificate_file, const char *key_file, const char *host,
                         bool *made, struct why *why);

/* Colon-separated SHA-256 of the leaf certificate, for a person to compare. */
void tls_fingerprint(const struct tls *tls, char out[96]);

const char *tls_version(void); /* "mbedTLS 3.6.6" */

#endif
