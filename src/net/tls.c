/* SPDX-License-Identifier: Apache-2.0 */
/* Ahead of base/banned.h: its prototypes have a parameter called "random". */
#include <mbedtls/ssl.h>

#include "net/tls.h"

#include "base/clock.h"
#include "base/must.h"
#include "net/drbg.h"
#include "net/tls_context.h"

#include <mbedtls/sha256.h>
#include <mbedtls/ssl_ciphersuites.h>
#include <mbedtls/version.h>
#include <psa/crypto.h>

#define OP "prepare TLS"

struct tls {
    struct ssl_ctx_st place;
};

/* Best first; the order counts for TLS 1.2. mbedTLS keeps the pointers. */
static const int suites[] = {
    MBEDTLS_TLS1_3_AES_128_GCM_SHA256,
    MBEDTLS_TLS1_3_AES_256_GCM_SHA384,
    MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    0,
};

static const uint16_t groups[] = {
    MBEDTLS_SSL_IANA_TLS_GROUP_X25519,
    MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
    MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1,
    MBEDTLS_SSL_IANA_TLS_GROUP_NONE,
};

static const char *const protocols[] = {"h2", "http/1.1", NULL};

struct tls_context *tls_context_take(struct ssl_ctx_st *place)
{
    pthread_mutex_lock(&place->lock);
    struct tls_context *context = place->current;
    atomic_fetch_add_explicit(&context->references, 1, memory_order_relaxed);
    pthread_mutex_unlock(&place->lock);
    return context;
}

void tls_context_drop(struct tls_context *context)
{
    if (!context || atomic_fetch_sub_explicit(&context->references, 1, memory_order_acq_rel) != 1)
        return;
    mbedtls_ssl_config_free(&context->config);
    mbedtls_ssl_ticket_free(&context->tickets);
    credentials_release(&context->credentials);
    free(context);
}

/* What does not depend on the certificate. 0, or mbedTLS's code. */
static int apply_policy(struct tls_context *context)
{
    mbedtls_ssl_config *config = &context->config;
    int r = mbedtls_ssl_config_defaults(config, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM,
                                        MBEDTLS_SSL_PRESET_DEFAULT);
    if (r != 0)
        return r;
    mbedtls_ssl_conf_rng(config, drbg_bytes, NULL);
    mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_max_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_3);
    mbedtls_ssl_conf_ciphersuites(config, suites);
    mbedtls_ssl_conf_preference_order(config, MBEDTLS_SSL_SRV_CIPHERSUITE_ORDER_SERVER);
    mbedtls_ssl_conf_groups(config, groups);
    mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_NONE); /* asks for no client certificate */
    /* A resumed session draws fresh keys as well, so a stolen ticket key opens nothing recorded. */
    mbedtls_ssl_conf_tls13_key_exchange_modes(config,
                                              MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_EPHEMERAL_ALL);
    r = mbedtls_ssl_ticket_setup(&context->tickets, drbg_bytes, NULL, MBEDTLS_CIPHER_AES_256_GCM,
                                 TLS_TICKET_SECONDS);
    if (r != 0)
        return r;
    mbedtls_ssl_conf_session_tickets_cb(config, tls_ticket_write, tls_ticket_open, context);
    /* The parameter is not const, yet the list is only read. */
    return mbedtls_ssl_conf_alpn_protocols(config, (const char **)(uintptr_t)protocols);
}

static enum err context_open(const char *certificate_file, const char *key_file,
                             struct tls_context **out, struct why *why)
{
    struct tls_context *context = calloc(1, sizeof *context);
    must(context != NULL);
    atomic_init(&context->references, 1);
    mbedtls_ssl_config_init(&context->config);
    mbedtls_ssl_ticket_init(&context->tickets);
    credentials_init(&context->credentials);

    struct credentials *c = &context->credentials;
    enum err e = credentials_load(c, certificate_file, key_file, why);
    if (e == ERR_NONE) {
        int r = apply_policy(context);
        if (r == 0)
            r = mbedtls_ssl_conf_own_cert(&context->config, &c->chain, &c->key);
        if (r != 0)
            e = err_set(why, ERR_INTERNAL, OP, "mbedTLS answers -0x%04x", (unsigned)-r);
    }
    if (e != ERR_NONE) {
        tls_context_drop(context);
        context = NULL;
    }
    *out = context;
    return e;
}

enum err tls_open(const char *certificate_file, const char *key_file, struct tls **out,
                  struct why *why)
{
    *out = NULL;
    if (psa_crypto_init() != PSA_SUCCESS) /* TLS 1.3 computes through PSA; repeating is harmless */
        return err_set(why, ERR_INTERNAL, OP, "the cryptography library does not start");
    struct tls_context *context;
    enum err e = context_open(certificate_file, key_file, &context, why);
    if (e != ERR_NONE)
        return e;
    struct tls *tls = calloc(1, sizeof *tls);
    must(tls != NULL);
    pthread_mutex_init(&tls->place.lock, NULL);
    tls->place.current = context;
    *out = tls;
    return ERR_NONE;
}

enum err tls_reload(struct tls *tls, const char *certificate_file, const char *key_file,
                    struct why *why)
{
    struct tls_context *fresh, *old = tls->place.current;
    enum err e = context_open(certificate_file, key_file, &fresh, why);
    if (e != ERR_NONE)
        return e;
    fresh->seen = old->seen;
    fresh->seen_arg = old->seen_arg;
    pthread_mutex_lock(&tls->place.lock);
    tls->place.current = fresh;
    pthread_mutex_unlock(&tls->place.lock);
    tls_context_drop(old);
    return ERR_NONE;
}

_Static_assert((int)TLS_DIGEST_SIZE == (int)CREDENTIALS_DIGEST_SIZE, "one digest");

void tls_files_digest(const char *certificate_file, const char *key_file,
                      unsigned char out[TLS_DIGEST_SIZE])
{
    credentials_digest(certificate_file, key_file, out);
}

void tls_close(struct tls *tls)
{
    if (!tls)
        return;
    tls_context_drop(tls->place.current);
    pthread_mutex_destroy(&tls->place.lock);
    free(tls);
}

struct ssl_ctx_st *tls_context(struct tls *tls)
{
    return &tls->place;
}

void tls_observe(struct tls *tls, void (*seen)(void *arg, const struct tls_handshake *handshake),
                 void *arg)
{
    tls->place.current->seen = seen;
    tls->place.current->seen_arg = arg;
}

int64_t tls_expires_ms(const struct tls *tls)
{
    return credentials_time_ms(&tls->place.current->credentials.chain.valid_to);
}

size_t tls_warnings(const struct tls *tls, int64_t now_ms, struct why out[TLS_WARNINGS_MAX])
{
    const struct credentials *c = &tls->place.current->credentials;
    const char *op = "vouch for the TLS certificate";
    size_t n = 0;
    char date[CLOCK_RFC3339_SIZE];
    if (now_ms >= tls_expires_ms(tls)) {
        clock_rfc3339(tls_expires_ms(tls), date);
        err_set(&out[n], ERR_CONFIG, op, "%s: expired at %s", c->certificate_file, date);
        err_hint(&out[n++], "Browsers refuse it. Renew the certificate and reload.");
    }
    int64_t starts_ms = credentials_time_ms(&c->chain.valid_from);
    if (now_ms < starts_ms) {
        clock_rfc3339(starts_ms, date);
        err_set(&out[n], ERR_CONFIG, op, "%s: valid only from %s", c->certificate_file, date);
        err_hint(&out[n++], "Is this machine's clock right?");
    }
    if (c->key_exposed) {
        err_set(&out[n], ERR_CONFIG, "keep the TLS key secret",
                "%s: every user of this machine can read or write it", c->key_file);
        err_hint(&out[n++], "chmod 600 %s", c->key_file);
    }
    return n;
}

bool tls_covers(const struct tls *tls, const char *host)
{
    mbedtls_x509_crt *leaf = &tls->place.current->credentials.chain;
    uint32_t flags = 0;
    /* Who vouches for it is another question: only the name's flag counts. */
    mbedtls_x509_crt_verify(leaf, leaf, NULL, host, &flags, NULL, NULL);
    return (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) == 0;
}

bool tls_is_self_signed(const struct tls *tls)
{
    const mbedtls_x509_crt *leaf = &tls->place.current->credentials.chain;
    return str_eq(str_of(leaf->issuer_raw.p, leaf->issuer_raw.len),
                  str_of(leaf->subject_raw.p, leaf->subject_raw.len));
}

void tls_fingerprint(const struct tls *tls, char out[TLS_FINGERPRINT_SIZE])
{
    const mbedtls_x509_buf *der = &tls->place.current->credentials.chain.raw;
    unsigned char digest[32];
    must(mbedtls_sha256(der->p, der->len, digest, 0) == 0);
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < sizeof digest; i++) {
        out[i * 3] = digits[digest[i] >> 4];
        out[i * 3 + 1] = digits[digest[i] & 15];
        out[i * 3 + 2] = ':';
    }
    out[TLS_FINGERPRINT_SIZE - 1] = '\0';
}

const char *tls_version(void)
{
    return "mbedTLS " MBEDTLS_VERSION_STRING;
}
