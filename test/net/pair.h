/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both ends of a TLS connection in memory: the server is our adapter, driven in the way libh2o's
 * lib/common/socket.c drives it (a BIO over buffers that says "not now" when empty and refuses
 * writes during a read); the client is mbedTLS's own, through its public interface.
 *
 * And the files a server needs: keys and certificates made on the spot, in a folder of the test.
 */
#ifndef TEST_NET_PAIR_H
#define TEST_NET_PAIR_H

/* Ahead of base/banned.h: its prototypes have a parameter called "random". */
#include <mbedtls/ssl.h>

#include "base/buf.h"
#include "net/openssl/ssl.h"
#include "net/tls.h"

/* -- files ----------------------------------------------------------------------------------------
 */

enum key_kind { KEY_P256, KEY_P384, KEY_RSA2048, KEY_RSA1024, KEY_SECP521 };

/* The test's own folder; made at the first use, removed by folder_remove. */
const char *in_folder(const char *name); /* its path; good until the 8th call from now */
void folder_remove(void);

void put_text(const char *name, const char *text, unsigned mode);

void key_make(mbedtls_pk_context *key, enum key_kind kind);
void key_write(const char *name, mbedtls_pk_context *key); /* SEC 1 or PKCS#1 */
void key_write_pkcs8(const char *name, mbedtls_pk_context *key);

/* A certificate for key signed by itself, from and to as "20260101000000". */
void certificate_write(const char *name, mbedtls_pk_context *key, const char *from, const char *to);

void certificate_write_named(const char *name, mbedtls_pk_context *key, const char *subject,
                             const char *from, const char *to);

/* A key and a certificate of that kind, opened. */
struct tls *tls_of(enum key_kind kind);

/* -- connections ----------------------------------------------------------------------------------
 */

struct pair_options {
    int version; /* MBEDTLS_SSL_VERSION_TLS1_2 or _3; 0 for both */
    int suite;   /* the only one the client offers; 0 for all */
    const char **protocols;
    const uint16_t *groups;
    const mbedtls_ssl_session *session; /* to resume */
};

struct pipe {
    struct buf bytes;
    size_t taken;
    size_t limit; /* bytes that get through; what follows is lost */
    size_t flip;  /* one bit of the byte at this offset arrives changed; SIZE_MAX for none */
};

struct pair {
    SSL *server;
    int accepted;       /* what SSL_accept said last: 1, or -1 */
    bool server_failed; /* … and it was not "want read" */
    bool in_read;       /* libh2o's did_write_in_read */
    bool wrote_in_read;
    mbedtls_ssl_context client;
    mbedtls_ssl_config client_config;
    int client_code; /* mbedTLS's */
    int suites[2];
    struct pipe up;   /* client to server */
    struct pipe down; /* server to client */
};

void pair_open(struct pair *p, struct tls *tls, const struct pair_options *options);
void pair_close(struct pair *p);

/* Turn by turn until nothing moves. True when both ends have finished. */
bool pair_shake(struct pair *p);

/* One SSL_read as libh2o does it, and the client's side of the same. */
int pair_server_read(struct pair *p, void *out, int n);
int pair_client_read(struct pair *p, void *out, size_t n);

/* Reads what came behind the handshake (TLS 1.3 tickets) and copies the session. */
bool pair_session(struct pair *p, mbedtls_ssl_session *out);

#endif
