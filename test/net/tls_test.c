/* SPDX-License-Identifier: Apache-2.0 */
/* What the context promises: the policy, ALPN, resumption, and what is told about a handshake. */
#include "pair.h"

#include "net/drbg.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <mbedtls/ssl_ciphersuites.h>

static struct tls *ecdsa, *rsa;
static struct tls_handshake last;
static unsigned seen;

static void remember(void *arg, const struct tls_handshake *handshake)
{
    (void)arg;
    last = *handshake;
    seen++;
}

static int open_both(void **state)
{
    (void)state;
    ecdsa = tls_of(KEY_P256);
    rsa = tls_of(KEY_RSA2048);
    tls_observe(ecdsa, remember, NULL);
    tls_observe(rsa, remember, NULL);
    return 0;
}

static int close_both(void **state)
{
    (void)state;
    tls_close(ecdsa);
    tls_close(rsa);
    folder_remove();
    return 0;
}

/* -- the policy
 * ------------------------------------------------------------------------------------- */

static void both_versions(void **state)
{
    (void)state;
    static const struct {
        int version;
        const char *name;
    } rows[] = {{MBEDTLS_SSL_VERSION_TLS1_2, "TLSv1.2"}, {MBEDTLS_SSL_VERSION_TLS1_3, "TLSv1.3"}};
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 2; k++) {
            struct pair p;
            seen = 0;
            pair_open(&p, k ? rsa : ecdsa, &(struct pair_options){.version = rows[i].version});
            assert_true(pair_shake(&p));
            assert_string_equal(SSL_get_version(p.server), rows[i].name);
            assert_false(SSL_session_reused(p.server));
            assert_int_equal(seen, 1);
            assert_null(last.failure);
            assert_string_equal(last.version, rows[i].name);
            assert_string_equal(last.cipher, SSL_get_cipher_name(p.server));
            pair_close(&p);
            assert_int_equal(seen, 1);
        }
}

static void each_cipher(void **state)
{
    (void)state;
    static const struct {
        int suite;
        int version;
        bool rsa;
        int bits;
    } rows[] = {
        {MBEDTLS_TLS1_3_AES_128_GCM_SHA256, 3, false, 128},
        {MBEDTLS_TLS1_3_AES_256_GCM_SHA384, 3, false, 256},
        {MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256, 3, true, 256},
        {MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, 2, false, 128},
        {MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, 2, false, 256},
        {MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, 2, false, 256},
        {MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, 2, true, 128},
        {MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, 2, true, 256},
        {MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, 2, true, 256},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pair p;
        int version =
            rows[i].version == 3 ? MBEDTLS_SSL_VERSION_TLS1_3 : MBEDTLS_SSL_VERSION_TLS1_2;
        pair_open(&p, rows[i].rsa ? rsa : ecdsa,
                  &(struct pair_options){.version = version, .suite = rows[i].suite});
        assert_true(pair_shake(&p));
        const SSL_CIPHER *cipher = SSL_get_current_cipher(p.server);
        assert_int_equal(SSL_CIPHER_get_id(cipher), 0x03000000U | (unsigned)rows[i].suite);
        assert_int_equal(SSL_get_cipher_bits(p.server, NULL), rows[i].bits);
        char word[8];
        assert_int_equal(mbedtls_ssl_write(&p.client, (const unsigned char *)"ping", 4), 4);
        assert_int_equal(pair_server_read(&p, word, sizeof word), 4);
        assert_int_equal(SSL_write(p.server, "pong!", 5), 5);
        assert_int_equal(pair_client_read(&p, word, sizeof word), 5);
        pair_close(&p);
    }
}

static void each_group(void **state)
{
    (void)state;
    static const uint16_t rows[][2] = {{MBEDTLS_SSL_IANA_TLS_GROUP_X25519, 0},
                                       {MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1, 0},
                                       {MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1, 0}};
    for (size_t i = 0; i < 3; i++)
        for (int version = 0; version < 2; version++) {
            struct pair p;
            struct pair_options o = {.groups = rows[i],
                                     .version = version ? MBEDTLS_SSL_VERSION_TLS1_3
                                                        : MBEDTLS_SSL_VERSION_TLS1_2};
            /* With TLS 1.2 the list also says which curves a certificate may have. */
            pair_open(&p, version ? ecdsa : rsa, &o);
            assert_true(pair_shake(&p));
            pair_close(&p);
        }
    static const uint16_t foreign[] = {MBEDTLS_SSL_IANA_TLS_GROUP_SECP521R1, 0};
    struct pair p;
    pair_open(&p, ecdsa, &(struct pair_options){.groups = foreign});
    assert_false(pair_shake(&p));
    assert_true(p.server_failed);
    pair_close(&p);
}

static void server_prefers_aes_128(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, ecdsa, &(struct pair_options){.version = MBEDTLS_SSL_VERSION_TLS1_2});
    static const int wish[] = {MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                               MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                               MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, 0};
    mbedtls_ssl_conf_ciphersuites(&p.client_config, wish);
    assert_true(pair_shake(&p));
    assert_int_equal(SSL_CIPHER_get_id(SSL_get_current_cipher(p.server)),
                     TLS1_CK_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
    pair_close(&p);
}

/* -- a client hello written by hand: what no library offers any more -----------------------------
 */

static void hello_u16(struct buf *b, unsigned n)
{
    buf_byte(b, (char)(n >> 8));
    buf_byte(b, (char)n);
}

/* TLS 1.2's ClientHello with one suite, the usual extensions, and optionally one more. */
static void hello(struct buf *b, unsigned version, unsigned suite, struct str extension)
{
    static const char extensions[] = {0x00, 0x0a, 0, 4, 0, 2, 0,    0x17,             /* P-256 */
                                      0x00, 0x0b, 0, 2, 1, 0,                         /* points */
                                      0x00, 0x0d, 0, 6, 0, 4, 0x04, 0x03, 0x04, 0x01, /* SHA-256 */
                                      0x00, 0x17, 0, 0};                              /* EMS */
    size_t ext = sizeof extensions + extension.len;
    size_t body = 2 + 32 + 1 + 4 + 2 + 2 + ext;
    buf_byte(b, 22);
    hello_u16(b, 0x0301);
    hello_u16(b, (unsigned)(body + 4));
    buf_byte(b, 1);
    buf_byte(b, 0);
    hello_u16(b, (unsigned)body);
    hello_u16(b, version);
    for (int i = 0; i < 32; i++)
        buf_byte(b, (char)i);
    buf_byte(b, 0); /* session id */
    hello_u16(b, 2);
    hello_u16(b, suite);
    hello_u16(b, 0x0100); /* compression: none */
    hello_u16(b, (unsigned)ext);
    buf_bytes(b, extensions, sizeof extensions);
    buf_str(b, extension);
}

/* The server's answer to those bytes: the alert's number, or -1 when it goes on. */
static int answer(struct tls *tls, struct str bytes)
{
    struct pair p;
    pair_open(&p, tls, NULL);
    buf_str(&p.up.bytes, bytes);
    int accepted = SSL_accept(p.server);
    assert_int_equal(accepted, -1);
    int alert = -1;
    if (SSL_get_error(p.server, accepted) == SSL_ERROR_SSL) {
        assert_int_equal(p.down.bytes.len, 7);
        assert_int_equal(p.down.bytes.ptr[0], 21); /* alert */
        assert_int_equal(p.down.bytes.ptr[5], 2);  /* fatal */
        alert = p.down.bytes.ptr[6];
        assert_int_equal(SSL_shutdown(p.server), 1);
        assert_int_equal(p.down.bytes.len, 7);
        assert_int_equal(SSL_accept(p.server), -1);
    }
    pair_close(&p);
    return alert;
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        unsigned version, suite;
        bool rsa;
        const char *failure; /* NULL: accepted, which proves that the hello itself is right */
    } rows[] = {
        {0x0303, 0xC02B, false, NULL},
        {0x0303, 0xC02F, true, NULL},
        {0x0302, 0xC02B, false, "no TLS version in common"},                 /* TLS 1.1 */
        {0x0301, 0xC02B, false, "no TLS version in common"},                 /* TLS 1.0 */
        {0x0300, 0xC02B, false, "no TLS version in common"},                 /* SSL 3 */
        {0x0303, 0x009C, true, "no cipher suite or key exchange in common"}, /* static RSA */
        {0x0303, 0xC013, true, "no cipher suite or key exchange in common"}, /* CBC, SHA-1 */
        {0x0303, 0xC027, true, "no cipher suite or key exchange in common"}, /* CBC, SHA-256 */
        {0x0303, 0xC023, false, "no cipher suite or key exchange in common"},
        {0x0303, 0x009E, true, "no cipher suite or key exchange in common"}, /* DHE */
        {0x0303, 0xC02F, false,
         "no cipher suite or key exchange in common"}, /* RSA suite, EC key */
        {0x0303, 0x0000, false, "no cipher suite or key exchange in common"}, /* none at all */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf b;
        buf_init(&b, 1024);
        hello(&b, rows[i].version, rows[i].suite, STR_EMPTY);
        int alert = answer(rows[i].rsa ? rsa : ecdsa, buf_view(&b));
        if (rows[i].failure) {
            assert_true(alert == 70 /* version */ || alert == 40 /* handshake failure */);
            assert_string_equal(last.failure, rows[i].failure);
        } else {
            assert_int_equal(alert, -1);
        }
        buf_release(&b);
    }
}

static void not_tls(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, ecdsa, NULL);
    buf_str(&p.up.bytes, STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    assert_int_equal(SSL_accept(p.server), -1);
    assert_int_equal(SSL_get_error(p.server, -1), SSL_ERROR_SSL);
    assert_string_equal(last.failure, "not TLS");
    assert_int_equal(SSL_shutdown(p.server), 1);
    assert_int_equal(p.down.bytes.len, 0);
    pair_close(&p);
}

/* -- ALPN
 * ------------------------------------------------------------------------------------------- */

static void alpn(void **state)
{
    (void)state;
    static const char *both[] = {"http/1.1", "h2", NULL}, *one[] = {"spdy/3", "http/1.1", NULL},
                      *other[] = {"spdy/3", "h3", NULL};
    static const struct {
        const char **offered;
        const char *chosen;
    } rows[] = {{both, "h2"}, {one, "http/1.1"}, {NULL, ""}};
    for (size_t i = 0; i < 3; i++)
        for (int version = 0; version < 2; version++) {
            struct pair p;
            pair_open(&p, ecdsa,
                      &(struct pair_options){.protocols = rows[i].offered,
                                             .version = version ? MBEDTLS_SSL_VERSION_TLS1_3
                                                                : MBEDTLS_SSL_VERSION_TLS1_2});
            assert_true(pair_shake(&p));
            const unsigned char *name;
            unsigned n;
            SSL_get0_alpn_selected(p.server, &name, &n);
            assert_true(str_eq(str_of(name, n), str_from(rows[i].chosen)));
            pair_close(&p);
        }
    struct pair p;
    pair_open(&p, ecdsa, &(struct pair_options){.protocols = other});
    assert_false(pair_shake(&p));
    assert_true(p.server_failed);
    assert_string_equal(last.failure, "no application protocol in common");
    pair_close(&p);
}

/* -- many things at once
 * ---------------------------------------------------------------------------- */

static void client_certificate_is_not_asked_for(void **state)
{
    (void)state;
    for (int version = 0; version < 2; version++) {
        struct pair p;
        pair_open(&p, ecdsa,
                  &(struct pair_options){.version = version ? MBEDTLS_SSL_VERSION_TLS1_3
                                                            : MBEDTLS_SSL_VERSION_TLS1_2});
        assert_true(pair_shake(&p));
        if (!version) { /* readable: no CertificateRequest (13) among the plain handshake messages
                         */
            struct str s = buf_view(&p.down.bytes);
            for (size_t at = 0; at + 5 <= s.len && s.ptr[at] == 22;) {
                assert_int_not_equal(s.ptr[at + 5], 13);
                at +=
                    5 + (size_t)((unsigned char)s.ptr[at + 3] << 8 | (unsigned char)s.ptr[at + 4]);
                if (at < s.len && s.ptr[at] == 20)
                    break;
            }
        }
        pair_close(&p);
    }
}

static void facts(void **state)
{
    (void)state;
    char fingerprint[TLS_FINGERPRINT_SIZE];
    tls_fingerprint(ecdsa, fingerprint);
    assert_int_equal(strlen(fingerprint), 95);
    assert_int_equal(strspn(fingerprint, "0123456789ABCDEF:"), 95);
    assert_true(tls_expires_ms(ecdsa) == INT64_C(2082758400000)); /* 2036-01-01 */
    assert_int_equal(strncmp(tls_version(), "mbedTLS 3.6.", 12), 0);
}

static void context_outlives_its_owner(void **state)
{
    (void)state;
    struct tls *tls = tls_of(KEY_P256);
    struct pair p;
    pair_open(&p, tls, NULL);
    tls_close(tls);
    assert_true(pair_shake(&p));
    char word[4];
    assert_int_equal(SSL_write(p.server, "four", 4), 4);
    assert_int_equal(pair_client_read(&p, word, 4), 4);
    pair_close(&p);
}

static void random_bytes_differ(void **state)
{
    (void)state;
    unsigned char a[3000] = {0}, b[3000] = {0};
    assert_int_equal(drbg_bytes(NULL, a, sizeof a), 0); /* more than one request of the DRBG */
    assert_int_equal(drbg_bytes(NULL, b, sizeof b), 0);
    assert_memory_not_equal(a, b, 32);
    assert_memory_not_equal(a + 2968, b + 2968, 32);
    assert_int_equal(drbg_bytes(NULL, a, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_versions),
        cmocka_unit_test(each_cipher),
        cmocka_unit_test(each_group),
        cmocka_unit_test(server_prefers_aes_128),
        cmocka_unit_test(refused),
        cmocka_unit_test(not_tls),
        cmocka_unit_test(alpn),
        cmocka_unit_test(client_certificate_is_not_asked_for),
        cmocka_unit_test(facts),
        cmocka_unit_test(context_outlives_its_owner),
        cmocka_unit_test(random_bytes_differ),
    };
    return cmocka_run_group_tests_name("tls", tests, open_both, close_both);
}
