/* SPDX-License-Identifier: Apache-2.0 */
/* The files: every way a certificate and key can be wrong, each with its remedy; and our own pair.
 */
#include "pair.h"

#include "base/clock.h"
#include "net/credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <psa/crypto.h>

static mbedtls_pk_context p256, p384, p521, rsa, rsa1024;

static int make_files(void **state)
{
    (void)state;
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    key_make(&p256, KEY_P256);
    key_make(&p384, KEY_P384);
    key_make(&p521, KEY_SECP521);
    key_make(&rsa, KEY_RSA2048);
    key_make(&rsa1024, KEY_RSA1024);
    key_write("p256.key", &p256);
    key_write("p384.key", &p384);
    key_write("p521.key", &p521);
    key_write("rsa.key", &rsa);
    key_write("rsa1024.key", &rsa1024);
    key_write_pkcs8("p256.p8", &p256);
    key_write_pkcs8("rsa.p8", &rsa);
    certificate_write("p256.crt", &p256, "20260101000000", "20360101000000");
    certificate_write("p384.crt", &p384, "20260101000000", "20360101000000");
    certificate_write("p521.crt", &p521, "20260101000000", "20360101000000");
    certificate_write("rsa.crt", &rsa, "20260101000000", "20360101000000");
    certificate_write("rsa1024.crt", &rsa1024, "20260101000000", "20360101000000");
    return 0;
}

static int drop_files(void **state)
{
    (void)state;
    mbedtls_pk_context *keys[] = {&p256, &p384, &p521, &rsa, &rsa1024};
    for (size_t i = 0; i < 5; i++)
        mbedtls_pk_free(keys[i]);
    folder_remove();
    return 0;
}

static void read_text(const char *name, char *out, size_t size)
{
    FILE *f = fopen(in_folder(name), "re");
    assert_non_null(f);
    size_t n = fread(out, 1, size - 1, f);
    out[n] = '\0';
    fclose(f);
}

/* Text of several files, one behind the other, as a new file. */
static void join(const char *name, const char *const *parts)
{
    static char text[600000];
    size_t n = 0;
    for (; *parts; parts++) {
        read_text(*parts, text + n, sizeof text - n);
        n += strlen(text + n);
    }
    put_text(name, text, 0600);
}

/* -- what serves
 * --------------------------------------------------------------------------------------- */

static void kinds_that_serve(void **state)
{
    (void)state;
    static const struct {
        const char *certificate, *key;
    } rows[] = {
        {"p256.crt", "p256.key"}, {"p256.crt", "p256.p8"}, {"p384.crt", "p384.key"},
        {"p521.crt", "p521.key"}, {"rsa.crt", "rsa.key"},  {"rsa.crt", "rsa.p8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tls *tls;
        struct why why;
        assert_int_equal(
            tls_open(in_folder(rows[i].certificate), in_folder(rows[i].key), &tls, &why), ERR_NONE);
        struct pair p;
        pair_open(&p, tls, NULL);
        assert_true(pair_shake(&p));
        pair_close(&p);
        tls_close(tls);
    }
}

static void pleasant_files(void **state)
{
    (void)state;
    struct tls *tls;
    /* Certificate and key in one file, parameters in front of the key, words around. */
    put_text("words", "The certificate of example.test, then its key.\n", 0600);
    put_text("parameters",
             "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n",
             0600);
    join("all.pem", (const char *const[]){"words", "p256.crt", "parameters", "p256.key", NULL});
    assert_int_equal(tls_open(in_folder("all.pem"), in_folder("all.pem"), &tls, NULL), ERR_NONE);
    tls_close(tls);
    /* A chain. */
    join("chain.crt", (const char *const[]){"p256.crt", "rsa.crt", "p384.crt", NULL});
    assert_int_equal(tls_open(in_folder("chain.crt"), in_folder("p256.key"), &tls, NULL), ERR_NONE);
    struct pair p;
    pair_open(&p, tls, NULL);
    assert_true(pair_shake(&p));
    pair_close(&p);
    tls_close(tls);
    /* Reached through a symbolic link, as mounted secrets are. */
    assert_int_equal(symlink(in_folder("p256.key"), in_folder("link.key")), 0);
    assert_int_equal(tls_open(in_folder("p256.crt"), in_folder("link.key"), &tls, NULL), ERR_NONE);
    tls_close(tls);
    tls_close(NULL);
}

/* -- what does not
 * ------------------------------------------------------------------------------------- */

static void each_error_names_file_and_remedy(void **state)
{
    (void)state;
    put_text("empty", "", 0600);
    put_text("noise", "\x30\x82\x01\x0a der, perhaps", 0600);
    put_text("cut.crt", "-----BEGIN CERTIFICATE-----\nMIIB", 0600);
    put_text("bad.crt", "-----BEGIN CERTIFICATE-----\nMIIBAAAA\n-----END CERTIFICATE-----\n", 0600);
    put_text("bad.key", "-----BEGIN PRIVATE KEY-----\nMIIBAAAA\n-----END PRIVATE KEY-----\n", 0600);
    put_text("cut.key", "-----BEGIN EC PRIVATE KEY-----\nMIIB", 0600);
    put_text("enc.key",
             "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n"
             "-----END ENCRYPTED PRIVATE KEY-----\n",
             0600);
    put_text("enc1.key",
             "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
             "DEK-Info: AES-256-CBC,00\n\nMIIB\n-----END EC PRIVATE KEY-----\n",
             0600);
    /* Ed25519 (RFC 8410): 1.3.101.112 around 32 zero bytes. */
    put_text("ed.key",
             "-----BEGIN PRIVATE KEY-----\n"
             "MC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
             "-----END PRIVATE KEY-----\n",
             0600);
    static char big[300 * 1024];
    memset(big, ' ', sizeof big - 1);
    put_text("big", big, 0600);
    join("half.crt", (const char *const[]){"p256.crt", "bad.crt", NULL});
    join("order.crt", (const char *const[]){"rsa.crt", "p256.crt", NULL});
    const char *many[64] = {"p256.crt"};
    for (size_t i = 1; i < 63; i++)
        many[i] = "rsa.crt";
    join("long.crt", many);

    static const struct {
        const char *certificate, *key, *detail, *hint;
    } rows[] = {
        {"none.crt", "p256.key", "none.crt: No such file", "server.tls"},
        {"p256.crt", "none.key", "none.key: No such file", "server.tls"},
        {".", "p256.key", "not a file", ""},
        {"big", "p256.key", "larger than 256 KiB", ""},
        {"empty", "p256.key", "no PEM CERTIFICATE", "-----BEGIN CERTIFICATE-----"},
        {"noise", "p256.key", "no PEM CERTIFICATE", "openssl x509 -inform der"},
        {"p256.crt", "noise", "no PEM PRIVATE KEY", "openssl pkey -inform der"},
        {"p256.key", "p256.crt", "it holds a key", "swapped"},
        {"p256.crt", "p256.crt", "it holds a certificate", "swapped"},
        {"cut.crt", "p256.key", "damaged certificate", "openssl x509 -in"},
        {"bad.crt", "p256.key", "damaged certificate", "openssl x509 -in"},
        {"half.crt", "p256.key", "1 of its certificates", "openssl x509 -in"},
        {"p256.crt", "cut.key", "damaged key", "openssl pkey -in"},
        {"p256.crt", "bad.key", "damaged key", "openssl pkey -in"},
        {"p256.crt", "enc.key", "the key is encrypted", "openssl pkey -in"},
        {"p256.crt", "enc1.key", "the key is encrypted", "openssl pkey -in"},
        {"p256.crt", "ed.key", "neither RSA nor ECDSA", "P-256"},
        {"rsa1024.crt", "rsa1024.key", "RSA with 1024 bits", "2048"},
        {"p256.crt", "rsa.key", "does not belong to", "openssl x509 -noout -pubkey"},
        {"p256.crt", "p384.key", "does not belong to", "openssl x509 -noout -pubkey"},
        {"order.crt", "p256.key", "is not the first", "first"},
        {"long.crt", "p256.key", "bytes of certificates", "intermediate"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tls *tls = (struct tls *)1;
        struct why why = {.op = ""};
        enum err e = tls_open(in_folder(rows[i].certificate), in_folder(rows[i].key), &tls, &why);
        char text[700];
        err_text(&why, text, sizeof text);
        if (e != ERR_CONFIG || !strstr(why.detail, rows[i].detail) ||
            !strstr(why.hint, rows[i].hint))
            fail_msg("%s + %s: %s", rows[i].certificate, rows[i].key, text);
        assert_null(tls);
        assert_int_equal(
            tls_open(in_folder(rows[i].certificate), in_folder(rows[i].key), &tls, NULL),
            ERR_CONFIG);
    }
}

static void unreadable(void **state)
{
    (void)state;
    put_text("closed.key", "x", 0000);
    struct tls *tls;
    struct why why;
    bool root = geteuid() == 0; /* who may read everything: be nobody for a moment */
    if (root)
        assert_int_equal(seteuid(65534), 0);
    enum err e = tls_open(in_folder("p256.crt"), in_folder("closed.key"), &tls, &why);
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(e, ERR_CONFIG);
    assert_non_null(strstr(why.detail, "Permission denied"));
    assert_non_null(strstr(why.hint, "chmod"));
}

/* -- what serves with a warning
 * ------------------------------------------------------------------------ */

static void warnings(void **state)
{
    (void)state;
    const int64_t now_ms = INT64_C(1795219200000); /* 2026-11-21 */
    certificate_write("old.crt", &p256, "20200101000000", "20260101000000");
    certificate_write("early.crt", &p256, "20300101000000", "20360101000000");
    static const struct {
        const char *certificate;
        unsigned mode;
        size_t n;
        const char *detail;
    } rows[] = {
        {"p256.crt", 0600, 0, ""},
        {"p256.crt", 0640, 0, ""}, /* a group of its own is how secrets are mounted */
        {"p256.crt", 0644, 1, "every user"},
        {"old.crt", 0600, 1, "expired at 2026-01-01"},
        {"early.crt", 0400, 1, "valid only from 2030-01-01"},
        {"old.crt", 0604, 2, "expired at"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tls *tls;
        struct why found[TLS_WARNINGS_MAX];
        assert_int_equal(chmod(in_folder("p256.key"), rows[i].mode), 0);
        assert_int_equal(
            tls_open(in_folder(rows[i].certificate), in_folder("p256.key"), &tls, NULL), ERR_NONE);
        assert_int_equal(tls_warnings(tls, now_ms, found), rows[i].n);
        if (rows[i].n)
            assert_non_null(strstr(found[0].detail, rows[i].detail));
        for (size_t k = 0; k < rows[i].n; k++)
            assert_true(found[k].hint[0] && found[k].op[0]);
        tls_close(tls);
    }
    assert_int_equal(chmod(in_folder("p256.key"), 0600), 0);
}

/* -- our own pair
 * --------------------------------------------------------------------------------------- */

static unsigned mode_of(const char *name)
{
    struct stat st;
    assert_int_equal(stat(in_folder(name), &st), 0);
    return st.st_mode & 07777;
}

static void self_signed(void **state)
{
    (void)state;
    bool made;
    struct why why;
    mode_t mask = umask(0);
    assert_int_equal(
        tls_self_signed(in_folder("own.crt"), in_folder("own.key"), "host.example", &made, &why),
        ERR_NONE);
    umask(mask);
    assert_true(made);
    assert_int_equal(mode_of("own.key"), 0600);
    assert_int_equal(mode_of("own.crt"), 0644);

    struct tls *tls;
    assert_int_equal(tls_open(in_folder("own.crt"), in_folder("own.key"), &tls, &why), ERR_NONE);
    struct why found[TLS_WARNINGS_MAX];
    assert_int_equal(tls_warnings(tls, clock_wall_ms(), found), 0);
    int64_t days = (tls_expires_ms(tls) - clock_wall_ms()) / (24 * 3600 * 1000);
    assert_true(days >= TLS_SELF_SIGNED_DAYS - 2 && days < TLS_SELF_SIGNED_DAYS);
    char one[TLS_FINGERPRINT_SIZE], two[TLS_FINGERPRINT_SIZE];
    tls_fingerprint(tls, one);
    struct pair p;
    pair_open(&p, tls, NULL);
    assert_true(pair_shake(&p));
    pair_close(&p);
    tls_close(tls);

    /* Again: nothing changes. */
    char key[4096], again[4096];
    read_text("own.key", key, sizeof key);
    assert_int_equal(tls_self_signed(in_folder("own.crt"), in_folder("own.key"), NULL, &made, &why),
                     ERR_NONE);
    assert_false(made);
    read_text("own.key", again, sizeof again);
    assert_string_equal(key, again);
    /* The certificate is lost: a new one for the same key. */
    assert_int_equal(unlink(in_folder("own.crt")), 0);
    assert_int_equal(tls_self_signed(in_folder("own.crt"), in_folder("own.key"), NULL, &made, &why),
                     ERR_NONE);
    assert_true(made);
    read_text("own.key", again, sizeof again);
    assert_string_equal(key, again);
    assert_int_equal(tls_open(in_folder("own.crt"), in_folder("own.key"), &tls, &why), ERR_NONE);
    tls_fingerprint(tls, two);
    assert_string_not_equal(one, two);
    tls_close(tls);
    /* The key is lost: that needs a person. */
    assert_int_equal(unlink(in_folder("own.key")), 0);
    assert_int_equal(tls_self_signed(in_folder("own.crt"), in_folder("own.key"), NULL, &made, &why),
                     ERR_CONFIG);
    assert_false(made);
    assert_int_equal(access(in_folder("own.key"), F_OK), -1);
}

/* A client that checks the chain and the name, with the certificate as its only root. */
static void self_signed_names(void **state)
{
    (void)state;
    static const struct {
        const char *host, *name;
        bool fits;
    } rows[] = {
        {NULL, "localhost", true},
        {NULL, "127.0.0.1", true},
        {NULL, "::1", true},
        {NULL, "example.test", false},
        {"example.test", "example.test", true},
        {"example.test", "localhost", true},
        {"10.1.2.3", "10.1.2.3", true},
        {"10.1.2.3", "10.1.2.4", false},
        {"2001:db8::7", "2001:db8::7", true},
        {"localhost", "localhost", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool made;
        struct why why;
        unlink(in_folder("named.crt"));
        assert_int_equal(tls_self_signed(in_folder("named.crt"), in_folder("named.key"),
                                         rows[i].host, &made, &why),
                         ERR_NONE);
        mbedtls_x509_crt chain;
        mbedtls_x509_crt_init(&chain);
        assert_int_equal(credentials_read_chain(&chain, in_folder("named.crt"), NULL), ERR_NONE);
        uint32_t flags;
        int r = mbedtls_x509_crt_verify(&chain, &chain, NULL, rows[i].name, &flags, NULL, NULL);
        assert_int_equal(r == 0, rows[i].fits);
        assert_int_equal(mbedtls_x509_crt_check_extended_key_usage(
                             &chain, "\x2b\x06\x01\x05\x05\x07\x03\x01", 8),
                         0);
        assert_int_equal(mbedtls_x509_crt_get_ca_istrue(&chain), 0);
        mbedtls_x509_crt_free(&chain);
    }
}

static void self_signed_is_renewed_only_when_ours(void **state)
{
    (void)state;
    bool made;
    char from[16] = "20250101000000", to[16];
    time_t soon = (time_t)(clock_wall_ms() / 1000) + 29 * 24 * 3600;
    struct tm tm;
    gmtime_r(&soon, &tm);
    strftime(to, sizeof to, "%Y%m%d%H%M%S", &tm);
    /* Somebody else's, about to expire: hands off. */
    key_write("theirs.key", &p256);
    certificate_write("theirs.crt", &p256, from, to);
    assert_int_equal(
        tls_self_signed(in_folder("theirs.crt"), in_folder("theirs.key"), NULL, &made, NULL),
        ERR_NONE);
    assert_false(made);
    /* Ours, about to expire: renewed, the key kept. */
    certificate_write_named("ours.crt", &p256, "CN=localhost,O=Anteroom self-signed", from, to);
    key_write("ours.key", &p256);
    assert_int_equal(
        tls_self_signed(in_folder("ours.crt"), in_folder("ours.key"), NULL, &made, NULL), ERR_NONE);
    assert_true(made);
    struct tls *tls;
    assert_int_equal(tls_open(in_folder("ours.crt"), in_folder("ours.key"), &tls, NULL), ERR_NONE);
    assert_true(tls_expires_ms(tls) > (int64_t)soon * 1000 + INT64_C(86400000));
    tls_close(tls);
}

static void self_signed_refusals(void **state)
{
    (void)state;
    bool made;
    struct why why;
    static const char *const hosts[] = {"",          "a b",         "x,O=Evil", "a/b",
                                        "ü.example", "1.2.3.4:443", "a+b",      "\"q\""};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        assert_int_equal(
            tls_self_signed(in_folder("no.crt"), in_folder("no.key"), hosts[i], &made, &why),
            ERR_CONFIG);
        assert_int_equal(access(in_folder("no.key"), F_OK), -1);
    }
    assert_int_equal(
        tls_self_signed(in_folder("gone/x.crt"), in_folder("gone/x.key"), NULL, &made, &why),
        ERR_IO);
    assert_non_null(strstr(why.hint, "folder"));
    put_text("bad2.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", 0600);
    assert_int_equal(
        tls_self_signed(in_folder("bad2.crt"), in_folder("bad2.key"), NULL, &made, &why),
        ERR_CONFIG);
    char text[100];
    read_text("bad2.key", text, sizeof text);
    assert_non_null(strstr(text, "AAAA")); /* never written over */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_that_serve),
        cmocka_unit_test(pleasant_files),
        cmocka_unit_test(each_error_names_file_and_remedy),
        cmocka_unit_test(unreadable),
        cmocka_unit_test(warnings),
        cmocka_unit_test(self_signed),
        cmocka_unit_test(self_signed_names),
        cmocka_unit_test(self_signed_is_renewed_only_when_ours),
        cmocka_unit_test(self_signed_refusals),
    };
    return cmocka_run_group_tests_name("tls_files", tests, make_files, drop_files);
}
