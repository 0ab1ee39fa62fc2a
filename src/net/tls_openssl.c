/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions of net/openssl/ssl.h on mbedTLS. Where they differ from OpenSSL's, on purpose:
 *
 * - SSL_new never returns NULL, because libh2o does not look: when memory is short the connection
 *   exists and its handshake fails.
 * - SSL_accept and SSL_read report WANT_READ only when the BIO said so. mbedTLS also says it after
 * a message it ignored, with more input waiting, and libh2o would sleep on that input.
 * - SSL_read writes nothing to the BIO: libh2o takes a write during a read for a renegotiation and
 *   forgets its bytes. An alert that is due waits in mbedTLS's buffer for SSL_shutdown.
 * - After close_notify SSL_read answers 0 once and then fails if more arrives. Answering 0 for ever
 *   would let a client fill libh2o's input buffer without end.
 * - A failed connection stays failed: SSL_read and SSL_write answer -1 and touch nothing.
 * - SSL_shutdown is done after one call: it does not wait for the client's close_notify.
 */
/* Ahead of base/banned.h: its prototypes have a parameter called "random". */
#include <mbedtls/ssl.h>

#include "base/must.h"
#include "net/openssl/ssl.h"
#include "net/tls_buffers.h"
#include "net/tls_context.h"

#include <mbedtls/ssl_ciphersuites.h>

struct ssl_st {
    struct tls_context *context;
    mbedtls_ssl_context tls;
    BIO *bio;
    int error;        /* SSL_ERROR_… of the last call */
    bool established; /* the handshake succeeded */
    bool failed;      /* over, for good */
    bool closed;      /* the client said close_notify */
    bool resumed;     /* a ticket of ours was opened */
    bool reading;     /* inside SSL_read: no writes */
    bool owing;       /* an alert waits for SSL_shutdown */
    bool progress;    /* the BIO handed out bytes since this was last cleared */
    bool ended;       /* the BIO has no more, ever */
    bool used;        /* since the last tls_rest */
    struct tls_buffers buffers;
    SSL *next, **link; /* this thread's connections that have their buffers */
};

static _Thread_local SSL *awake;

/* Whose handshake runs on this thread: tickets are opened per context, but counted per connection.
 */
static _Thread_local SSL *shaking;

static const struct {
    int code;
    const char *text;
} failures[] = {
    {MBEDTLS_ERR_SSL_INVALID_RECORD, "not TLS"},
    {MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION, "no TLS version in common"},
    {MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE, "no cipher suite or key exchange in common"},
    {MBEDTLS_ERR_SSL_NO_APPLICATION_PROTOCOL, "no application protocol in common"},
    {MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE, "refused by the client"},
    {MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY, "given up by the client"},
    {MBEDTLS_ERR_SSL_CONN_EOF, "given up by the client"},
    {MBEDTLS_ERR_SSL_DECODE_ERROR, "malformed message"},
    {MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER, "malformed message"},
    {MBEDTLS_ERR_SSL_UNSUPPORTED_EXTENSION, "malformed message"},
    {MBEDTLS_ERR_SSL_UNRECOGNIZED_NAME, "malformed message"},
    {MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE, "message out of order"},
    {MBEDTLS_ERR_SSL_INVALID_MAC, "damaged or forged record"},
    {MBEDTLS_ERR_SSL_ALLOC_FAILED, "out of memory"},
};

static const char *failure_text(int code)
{
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        if (failures[i].code == code)
            return failures[i].text;
    return "handshake failed";
}

static void report(const SSL *ssl, const char *failure)
{
    const struct tls_context *context = ssl->context;
    if (!context->seen)
        return;
    struct tls_handshake handshake = {.failure = failure, .resumed = ssl->resumed};
    if (!failure) {
        handshake.version = SSL_get_version(ssl);
        handshake.cipher = SSL_get_cipher_name(ssl);
    }
    context->seen(context->seen_arg, &handshake);
}

/* -- tickets ------------------------------------------------------------------------------------
 */

int tls_ticket_write(void *p, const mbedtls_ssl_session *session, unsigned char *start,
                     const unsigned char *end, size_t *length, uint32_t *lifetime)
{
    struct tls_context *context = p;
    return mbedtls_ssl_ticket_write(&context->tickets, session, start, end, length, lifetime);
}

int tls_ticket_open(void *p, mbedtls_ssl_session *session, unsigned char *ticket, size_t length)
{
    struct tls_context *context = p;
    int r = mbedtls_ssl_ticket_parse(&context->tickets, session, ticket, length);
    if (r == 0 && shaking)
        shaking->resumed = true;
    return r;
}

/* -- BIO ----------------------------------------------------------------------------------------
 */

BIO_METHOD *BIO_meth_new(int type, const char *name)
{
    (void)type;
    (void)name;
    return calloc(1, sizeof(BIO_METHOD));
}

BIO *BIO_new(const BIO_METHOD *method)
{
    BIO *bio = calloc(1, sizeof *bio);
    if (bio)
        bio->method = method;
    return bio;
}

static int bio_send(void *p, const unsigned char *bytes, size_t n)
{
    SSL *ssl = p;
    if (ssl->reading) {
        ssl->owing = true;
        return MBEDTLS_ERR_SSL_WANT_WRITE;
    }
    int r = ssl->bio->method->write(ssl->bio, (const char *)bytes, (int)n);
    return r < 0 ? MBEDTLS_ERR_SSL_CONN_EOF : r;
}

static int bio_receive(void *p, unsigned char *out, size_t n)
{
    SSL *ssl = p;
    ssl->bio->retry = 0;
    int r = ssl->bio->method->read(ssl->bio, (char *)out, n > INT32_MAX ? INT32_MAX : (int)n);
    if (r > 0)
        ssl->progress = true;
    if (r == 0 && n > 0)
        ssl->ended = true;
    if (r >= 0)
        return r;
    return ssl->bio->retry ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_SSL_CONN_EOF;
}

/* -- rest ---------------------------------------------------------------------------------------
 */

static void unlink_awake(SSL *ssl)
{
    if (ssl->link)
        *ssl->link = ssl->next;
    if (ssl->link && ssl->next)
        ssl->next->link = ssl->link;
    ssl->link = NULL;
}

/* Every call that may touch a record begins with this. */
static bool wake(SSL *ssl)
{
    ssl->used = true;
    if (ssl->link)
        return true;
    if (!tls_buffers_have(&ssl->buffers, &ssl->tls))
        return false;
    ssl->next = awake;
    ssl->link = &awake;
    if (awake)
        awake->link = &ssl->next;
    awake = ssl;
    return true;
}

size_t tls_rest(void)
{
    size_t given = 0;
    for (SSL *ssl = awake, *next; ssl; ssl = next) {
        next = ssl->next;
        if (!ssl->used && ssl->established && !ssl->failed &&
            tls_buffers_give(&ssl->buffers, &ssl->tls)) {
            unlink_awake(ssl);
            given++;
        }
        ssl->used = false;
    }
    return given;
}

/* -- a connection -------------------------------------------------------------------------------
 */

SSL *SSL_new(SSL_CTX *ctx)
{
    SSL *ssl = calloc(1, sizeof *ssl);
    must(ssl != NULL);
    ssl->context = tls_context_take(ctx);
    mbedtls_ssl_init(&ssl->tls);
    mbedtls_ssl_set_bio(&ssl->tls, ssl, bio_send, bio_receive, NULL);
    int r = mbedtls_ssl_setup(&ssl->tls, &ssl->context->config);
    wake(ssl);
    if (r != 0) {
        ssl->failed = true;
        report(ssl, failure_text(r));
    }
    return ssl;
}

void SSL_free(SSL *ssl)
{
    if (!ssl)
        return;
    if (!ssl->established && !ssl->failed)
        report(ssl, "given up by the client");
    unlink_awake(ssl);
    mbedtls_ssl_free(&ssl->tls);
    free(ssl->bio);
    tls_context_drop(ssl->context);
    free(ssl);
}

void SSL_set_bio(SSL *ssl, BIO *reader, BIO *writer)
{
    must(reader == writer);
    if (ssl->bio != reader)
        free(ssl->bio);
    ssl->bio = reader;
}

BIO *SSL_get_rbio(SSL *ssl)
{
    return ssl->bio;
}

/* Ends a call: notes its outcome and gives what it returns. */
static int outcome(SSL *ssl, int error, int result)
{
    ssl->error = error;
    return result;
}

static int fail(SSL *ssl)
{
    ssl->failed = true;
    return outcome(ssl, SSL_ERROR_SSL, -1);
}

/*
 * True when mbedTLS should simply be asked again: it ignored a message ("want read") or found a
 * record with nothing in it (0), and more input may wait. Each turn has taken bytes from the BIO,
 * so this ends.
 */
static bool again(const SSL *ssl, int r)
{
    bool nothing = r == MBEDTLS_ERR_SSL_WANT_READ || (r == 0 && !ssl->ended);
    return nothing && !ssl->bio->retry && ssl->progress;
}

int SSL_accept(SSL *ssl)
{
    if (ssl->failed || !wake(ssl))
        return fail(ssl);
    int r;
    shaking = ssl;
    do {
        ssl->progress = false;
        r = mbedtls_ssl_handshake(&ssl->tls);
    } while (r != 0 && again(ssl, r));
    shaking = NULL;
    if (r == 0) {
        if (!ssl->established) {
            ssl->established = true;
            report(ssl, NULL);
        }
        return outcome(ssl, SSL_ERROR_NONE, 1);
    }
    if (r == MBEDTLS_ERR_SSL_WANT_READ && ssl->bio->retry)
        return outcome(ssl, SSL_ERROR_WANT_READ, -1);
    report(ssl, failure_text(r));
    return fail(ssl);
}

int SSL_read(SSL *ssl, void *out, int n)
{
    if (ssl->failed || !ssl->established || ssl->closed || n <= 0 || !wake(ssl))
        return fail(ssl);
    int r;
    ssl->reading = true;
    do {
        ssl->progress = false;
        r = mbedtls_ssl_read(&ssl->tls, out, (size_t)n);
    } while (again(ssl, r));
    ssl->reading = false;
    if (r > 0)
        return outcome(ssl, SSL_ERROR_NONE, r);
    if (r == MBEDTLS_ERR_SSL_WANT_READ && ssl->bio->retry)
        return outcome(ssl, SSL_ERROR_WANT_READ, -1);
    if (r == 0 || r == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
        ssl->closed = true;
        return outcome(ssl, SSL_ERROR_ZERO_RETURN, 0);
    }
    return fail(ssl);
}

int SSL_write(SSL *ssl, const void *bytes, int n)
{
    if (ssl->failed || !ssl->established || n < 0 || !wake(ssl))
        return fail(ssl);
    const unsigned char *at = bytes;
    size_t left = (size_t)n;
    while (left > 0) {
        int r = mbedtls_ssl_write(&ssl->tls, at, left);
        if (r <= 0)
            return fail(ssl);
        at += r;
        left -= (size_t)r;
    }
    return outcome(ssl, SSL_ERROR_NONE, n);
}

int SSL_pending(SSL *ssl)
{
    return (int)mbedtls_ssl_get_bytes_avail(&ssl->tls);
}

int SSL_shutdown(SSL *ssl)
{
    /* A handshake that failed has its alert in the BIO already: let it out. */
    if (!ssl->established || (ssl->failed && !ssl->owing))
        return outcome(ssl, SSL_ERROR_NONE, 1);
    if (!wake(ssl))
        return fail(ssl);
    /* With an alert still in its buffer, mbedTLS sends that one and nothing else. */
    ssl->owing = false;
    if (mbedtls_ssl_close_notify(&ssl->tls) != 0)
        return fail(ssl);
    ssl->failed = true;
    return outcome(ssl, SSL_ERROR_NONE, 1);
}

int SSL_get_error(const SSL *ssl, int result)
{
    (void)result;
    return ssl->error;
}

/* -- what was agreed on --------------------------------------------------------------------------
 */

const char *SSL_get_version(const SSL *ssl)
{
    return mbedtls_ssl_get_version(&ssl->tls);
}

const char *SSL_get_cipher_name(const SSL *ssl)
{
    return mbedtls_ssl_get_ciphersuite(&ssl->tls);
}

const SSL_CIPHER *SSL_get_current_cipher(const SSL *ssl)
{
    int id = mbedtls_ssl_get_ciphersuite_id_from_ssl(&ssl->tls);
    return (const SSL_CIPHER *)mbedtls_ssl_ciphersuite_from_id(id);
}

static const mbedtls_ssl_ciphersuite_t *suite(const SSL_CIPHER *cipher)
{
    return (const mbedtls_ssl_ciphersuite_t *)cipher;
}

uint32_t SSL_CIPHER_get_id(const SSL_CIPHER *cipher)
{
    if (!cipher)
        return 0;
    return 0x03000000U | (uint32_t)mbedtls_ssl_ciphersuite_get_id(suite(cipher));
}

int SSL_get_cipher_bits(const SSL *ssl, int *algorithm_bits)
{
    const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);
    int bits = cipher ? (int)mbedtls_ssl_ciphersuite_get_cipher_key_bitlen(suite(cipher)) : 0;
    if (algorithm_bits)
        *algorithm_bits = bits;
    return bits;
}

int SSL_session_reused(const SSL *ssl)
{
    return ssl->resumed;
}

void SSL_get0_alpn_selected(const SSL *ssl, const unsigned char **protocol, unsigned *length)
{
    const char *name = mbedtls_ssl_get_alpn_protocol(&ssl->tls);
    *protocol = (const unsigned char *)name;
    *length = name ? (unsigned)strlen(name) : 0;
}
