/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forged tokens: each way that is known to have worked somewhere is tried on what net/oidc.h does
 * with an ID token: read, look the key up, check the signature, check the claims.
 */
#include "pair.h"

#include "base/text.h"
#include "core/claims.h"
#include "lib/expect.h"
#include "net/drbg.h"
#include "net/signature.h"

#include <mbedtls/ecdsa.h>
#include <mbedtls/md.h>
#include <mbedtls/rsa.h>
#include <psa/crypto.h>

enum { NOW = 1800000000 };

static struct arena arena; /* of one test */
static struct arena all;   /* of the program */
static mbedtls_pk_context pk_rsa, pk_ec, pk_other;
static struct signing_key *rsa, *ec, *other_ec;
static struct jwks keys;
static struct str rsa_modulus;

static struct str b64(struct str s)
{
    return text_base64url(&arena, s);
}

/* ---- an issuer --------------------------------------------------------------------------------*/

static struct str jwk_rsa(void)
{
    unsigned char n[256], e[4] = {0};
    mbedtls_rsa_export_raw(mbedtls_pk_rsa(pk_rsa), n, sizeof n, NULL, 0, NULL, 0, NULL, 0, e,
                           sizeof e);
    rsa_modulus = arena_str(&all, str_of(n, sizeof n));
    struct str n64 = text_base64url(&all, rsa_modulus);
    struct str e64 = text_base64url(&all, str_of(e + 1, 3));
    return arena_fmt(&all, "{\"kty\":\"RSA\",\"kid\":\"r\",\"n\":\"%.*s\",\"e\":\"%.*s\"}",
                     STR_ARG(n64), STR_ARG(e64));
}

static struct str jwk_ec(void)
{
    unsigned char der[200];
    int n = mbedtls_pk_write_pubkey_der(&pk_ec, der, sizeof der);
    assert_true(n > 64); /* x and y end it */
    const unsigned char *point = der + sizeof der - 64;
    struct str x = text_base64url(&all, str_of(point, 32));
    struct str y = text_base64url(&all, str_of(point + 32, 32));
    return arena_fmt(
        &all, "{\"kty\":\"EC\",\"kid\":\"e\",\"crv\":\"P-256\",\"x\":\"%.*s\",\"y\":\"%.*s\"}",
        STR_ARG(x), STR_ARG(y));
}

static struct signing_key *opened(const char *name, mbedtls_pk_context *pk, enum key_kind kind)
{
    struct signing_key *k;
    struct why why;
    key_make(pk, kind);
    key_write(name, pk);
    assert_int_equal(signing_key_open(str_from(in_folder(name)), STR_EMPTY, &k, &why), ERR_NONE);
    return k;
}

static int make_keys(void **state)
{
    (void)state;
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    rsa = opened("rsa.key", &pk_rsa, KEY_RSA2048);
    ec = opened("ec.key", &pk_ec, KEY_P256);
    other_ec = opened("other.key", &pk_other, KEY_P256);
    struct str first = jwk_rsa(), second = jwk_ec();
    return jwks_read(&all,
                     arena_fmt(&all, "{\"keys\":[%.*s,%.*s]}", STR_ARG(first), STR_ARG(second)),
                     &keys)
               ? 0
               : -1;
}

static int drop_keys(void **state)
{
    (void)state;
    signing_key_free(rsa);
    signing_key_free(ec);
    signing_key_free(other_ec);
    mbedtls_pk_free(&pk_rsa);
    mbedtls_pk_free(&pk_ec);
    mbedtls_pk_free(&pk_other);
    arena_release(&all);
    folder_remove();
    return 0;
}

static int forget(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* ---- tokens -----------------------------------------------------------------------------------*/

#define RIGHT                                                                                      \
    "{\"iss\":\"https://id.example\",\"aud\":\"anteroom\",\"sub\":\"s\",\"exp\":1800000300,"       \
    "\"iat\":1800000000,\"nonce\":\"n\"}"

static struct str signed_by(struct signing_key *k, const char *header, const char *payload)
{
    struct str token;
    struct why why;
    assert_int_equal(signing_key_sign(k, &arena, str_from(header), str_from(payload), &token, &why),
                     ERR_NONE);
    return token;
}

/* What oidc_finish does with what it got. */
static enum token_verdict judge(struct str token)
{
    struct jws jws;
    struct claims claims;
    const struct claims_rules rules = {
        .issuer = STR("https://id.example"),
        .client_id = STR("anteroom"),
        .nonce = STR("n"),
        .now_s = NOW,
        .skew_s = 120,
    };
    enum token_verdict v = jws_read(&arena, token, JWS_ID_TOKEN, &jws);
    if (v != TOKEN_GOOD)
        return v;
    const struct jwk *key = jwks_find(&keys, jws.algorithm, jws.key_id);
    if (!key)
        return TOKEN_KEY_UNKNOWN;
    if (!signature_is_good(key, jws.signed_bytes, jws.signature))
        return TOKEN_SIGNATURE;
    return claims_check(&arena, jws.payload, &rules, &claims);
}

static struct str joined(const char *header, const char *payload, struct str signature)
{
    struct str h = b64(str_from(header)), p = b64(str_from(payload)), s = b64(signature);
    return arena_fmt(&arena, "%.*s.%.*s.%.*s", STR_ARG(h), STR_ARG(p), STR_ARG(s));
}

static void both_algorithms(void **state)
{
    (void)state;
    assert_int_equal(judge(signed_by(rsa, "{\"alg\":\"RS256\",\"kid\":\"r\"}", RIGHT)), TOKEN_GOOD);
    assert_int_equal(judge(signed_by(ec, "{\"alg\":\"ES256\",\"kid\":\"e\"}", RIGHT)), TOKEN_GOOD);
    assert_int_equal(judge(signed_by(ec, "{\"alg\":\"ES256\"}", RIGHT)), TOKEN_GOOD);
}

static void nothing_signed(void **state)
{
    static const char *const headers[] = {"{\"alg\":\"none\"}", "{\"alg\":\"None\"}",
                                          "{\"alg\":\"\"}",     "{\"alg\":null}",
                                          "{\"typ\":\"JWT\"}",  "{\"alg\":\"none\",\"kid\":\"r\"}"};
    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct str token = joined(headers[i], RIGHT, STR("x"));
        assert_int_equal(judge(token), TOKEN_ALGORITHM);
        token = str_slice(token, 0, token.len - 2); /* an empty signature */
        assert_int_equal(judge(token), TOKEN_SHAPE);
        assert_int_equal(judge(str_slice(token, 0, token.len - 1)), TOKEN_SHAPE);
    }
}

/* The public key taken for the secret of a HMAC: as DER, as PEM, as the modulus. */
static void hmac_with_the_public_key(void **state)
{
    unsigned char der[600], pem[1000], mac[32];
    (void)state;
    int n = mbedtls_pk_write_pubkey_der(&pk_rsa, der, sizeof der);
    assert_true(n > 0);
    assert_int_equal(mbedtls_pk_write_pubkey_pem(&pk_rsa, pem, sizeof pem), 0);
    const struct str secrets[] = {str_of(der + sizeof der - n, (size_t)n),
                                  str_from((const char *)pem), rsa_modulus};
    static const char *const headers[] = {"{\"alg\":\"HS256\",\"kid\":\"r\"}",
                                          "{\"alg\":\"RS256\",\"kid\":\"r\"}"};
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 2; k++) {
            struct str token = joined(headers[k], RIGHT, STR("x"));
            struct str text = str_slice(token, 0, token.len - 3);
            mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256),
                            (const unsigned char *)secrets[i].ptr, secrets[i].len,
                            (const unsigned char *)text.ptr, text.len, mac);
            assert_int_equal(judge(joined(headers[k], RIGHT, str_of(mac, sizeof mac))),
                             k == 0 ? TOKEN_ALGORITHM : TOKEN_SIGNATURE);
        }
}

static void other_keys(void **state)
{
    (void)state;
    assert_int_equal(judge(signed_by(other_ec, "{\"alg\":\"ES256\",\"kid\":\"e\"}", RIGHT)),
                     TOKEN_SIGNATURE);
    assert_int_equal(judge(signed_by(rsa, "{\"alg\":\"RS256\",\"kid\":\"x\"}", RIGHT)),
                     TOKEN_KEY_UNKNOWN);
    assert_int_equal(judge(signed_by(rsa, "{\"alg\":\"RS256\",\"kid\":\"e\"}", RIGHT)),
                     TOKEN_KEY_UNKNOWN);
    assert_int_equal(judge(signed_by(rsa, "{\"alg\":\"RS256\",\"kid\":\"../../r\"}", RIGHT)),
                     TOKEN_KEY_UNKNOWN);
    /* One that brings its own key along. */
    assert_int_equal(
        judge(signed_by(other_ec,
                        "{\"alg\":\"ES256\",\"jwk\":{\"kty\":\"EC\"},\"jku\":\"https://evil\","
                        "\"x5u\":\"https://evil\",\"x5c\":[\"MII\"]}",
                        RIGHT)),
        TOKEN_SIGNATURE);
}

/* Any bit of any part. */
static void changed(void **state)
{
    struct str token = signed_by(ec, "{\"alg\":\"ES256\",\"kid\":\"e\"}", RIGHT);
    (void)state;
    for (size_t i = 0; i < token.len; i++) {
        struct str copy = arena_str(&arena, token);
        char *at = (char *)(uintptr_t)copy.ptr + i;
        *at = *at == 'A' ? 'B' : 'A';
        assert_int_not_equal(judge(copy), TOKEN_GOOD);
    }
    for (size_t i = 0; i < token.len; i++)
        assert_int_not_equal(judge(str_slice(token, 0, i)), TOKEN_GOOD);
}

/* The payload of one with the signature of another. */
static void parts_of_two(void **state)
{
    struct str one = signed_by(rsa, "{\"alg\":\"RS256\",\"kid\":\"r\"}", RIGHT);
    struct str two =
        signed_by(rsa, "{\"alg\":\"RS256\",\"kid\":\"r\"}", "{\"iss\":\"https://id.example\"}");
    (void)state;
    size_t a = str_find(one, '.', str_find(one, '.', 0) + 1);
    size_t b = str_find(two, '.', str_find(two, '.', 0) + 1);
    struct str head = str_slice(one, 0, a), tail = str_slice(two, b, two.len);
    assert_int_equal(judge(arena_fmt(&arena, "%.*s%.*s", STR_ARG(head), STR_ARG(tail))),
                     TOKEN_SIGNATURE);
    assert_int_equal(judge(arena_fmt(&arena, "%.*s.AAAA", STR_ARG(one))), TOKEN_SHAPE);
    assert_int_equal(judge(arena_fmt(&arena, "%.*s=", STR_ARG(one))), TOKEN_SHAPE);
    assert_int_equal(judge(arena_fmt(&arena, "%.*s ", STR_ARG(one))), TOKEN_SHAPE);
}

static void signatures_of_another_form(void **state)
{
    const char *header = "{\"alg\":\"ES256\",\"kid\":\"e\"}";
    struct str token = signed_by(ec, header, RIGHT);
    struct str text = str_slice(token, 0, token.len - TEXT_BASE64_LEN(64) - 1);
    unsigned char hash[32], der[MBEDTLS_ECDSA_MAX_LEN], zero[64] = {0};
    size_t n;
    (void)state;
    mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), (const unsigned char *)text.ptr,
               text.len, hash);
    assert_int_equal(mbedtls_ecdsa_write_signature(mbedtls_pk_ec(pk_ec), MBEDTLS_MD_SHA256, hash,
                                                   sizeof hash, der, sizeof der, &n, drbg_bytes,
                                                   NULL),
                     0);
    assert_int_equal(judge(joined(header, RIGHT, str_of(der, n))), TOKEN_SIGNATURE);
    /* r and s are 0 (CVE-2022-21449), the order of the curve, all ones */
    assert_int_equal(judge(joined(header, RIGHT, str_of(zero, sizeof zero))), TOKEN_SIGNATURE);
    memset(zero, 0xff, sizeof zero);
    assert_int_equal(judge(joined(header, RIGHT, str_of(zero, sizeof zero))), TOKEN_SIGNATURE);
    const char *rs = "{\"alg\":\"RS256\",\"kid\":\"r\"}";
    unsigned char number[257] = {0};
    assert_int_equal(judge(joined(rs, RIGHT, str_of(number, 256))), TOKEN_SIGNATURE);
    number[255] = 1;
    assert_int_equal(judge(joined(rs, RIGHT, str_of(number, 256))), TOKEN_SIGNATURE);
    memset(number, 0xff, sizeof number);
    assert_int_equal(judge(joined(rs, RIGHT, str_of(number, 256))), TOKEN_SIGNATURE);
    /* a good one with a zero in front */
    struct str right = signed_by(rsa, rs, RIGHT), raw;
    size_t dot = str_find(right, '.', str_find(right, '.', 0) + 1);
    assert_true(text_unbase64url(&arena, str_slice(right, dot + 1, right.len), &raw));
    number[0] = 0;
    memcpy(number + 1, raw.ptr, 256);
    assert_int_equal(judge(joined(rs, RIGHT, str_of(number, 257))), TOKEN_SIGNATURE);
}

/* Rightly signed, and not for us. */
static void claims_of_others(void **state)
{
    static const struct {
        enum token_verdict wanted;
        const char *payload;
    } rows[] = {
        {TOKEN_ISSUER, "{\"iss\":\"https://evil.example\"}"},
        {TOKEN_AUDIENCE, "{\"iss\":\"https://id.example\",\"aud\":\"other\"}"},
        {TOKEN_EXPIRED, "{\"iss\":\"https://id.example\",\"aud\":\"anteroom\",\"iat\":1,"
                        "\"exp\":1799999000}"},
        {TOKEN_NOT_YET, "{\"iss\":\"https://id.example\",\"aud\":\"anteroom\",\"iat\":1800009000,"
                        "\"exp\":1800009300}"},
        {TOKEN_NONCE, "{\"iss\":\"https://id.example\",\"aud\":\"anteroom\",\"iat\":1800000000,"
                      "\"exp\":1800000300,\"nonce\":\"m\"}"},
        {TOKEN_TWICE, "{\"iss\":\"https://id.example\",\"aud\":\"other\",\"aud\":\"anteroom\"}"},
        {TOKEN_SHAPE, "eyJhbGciOiJub25lIn0.e30."}, /* a token in a token */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(judge(signed_by(ec, "{\"alg\":\"ES256\",\"kid\":\"e\"}", rows[i].payload)),
                         rows[i].wanted);
    char *huge = arena_alloc(&arena, 40000);
    memset(huge, ' ', 39999);
    assert_int_equal(judge(signed_by(ec, "{\"alg\":\"ES256\"}", huge)), TOKEN_TOO_BIG);
}

static void a_point_that_is_not_on_the_curve(void **state)
{
    struct jwk key = keys.keys[1];
    char y[32];
    (void)state;
    struct str token = signed_by(ec, "{\"alg\":\"ES256\"}", RIGHT);
    struct jws jws;
    assert_int_equal(jws_read(&arena, token, JWS_ID_TOKEN, &jws), TOKEN_GOOD);
    assert_true(signature_is_good(&key, jws.signed_bytes, jws.signature));
    memcpy(y, key.b.ptr, sizeof y);
    y[31] = (char)(y[31] ^ 1);
    key.b = str_of(y, sizeof y);
    assert_false(signature_is_good(&key, jws.signed_bytes, jws.signature));
    key = keys.keys[0];
    assert_false(signature_is_good(&key, jws.signed_bytes, jws.signature));
}

static void keys_of_our_own(void **state)
{
    struct signing_key *k;
    struct why why;
    mbedtls_pk_context pk;
    struct str sha1, sha256;
    (void)state;
    certificate_write("rsa.crt", &pk_rsa, "20260101000000", "20360101000000");
    certificate_write("ec.crt", &pk_ec, "20260101000000", "20360101000000");
    char key[200], certificate[200];
    snprintf(key, sizeof key, "%s", in_folder("rsa.key"));
    snprintf(certificate, sizeof certificate, "%s", in_folder("rsa.crt"));
    assert_int_equal(signing_key_open(str_from(key), str_from(certificate), &k, &why), ERR_NONE);
    assert_int_equal(signing_key_algorithm(k), JWS_RS256);
    assert_true(signing_key_thumbprints(k, &arena, &sha1, &sha256));
    assert_int_equal(sha1.len, 27);
    assert_int_equal(sha256.len, 43);
    signing_key_free(k);
    assert_false(signing_key_thumbprints(ec, &arena, &sha1, &sha256));
    snprintf(certificate, sizeof certificate, "%s", in_folder("ec.crt"));
    assert_int_equal(signing_key_open(str_from(key), str_from(certificate), &k, &why), ERR_CONFIG);
    assert_contains(why.detail, "another key");
    assert_null(k);
    key_make(&pk, KEY_P384);
    key_write("p384.key", &pk);
    mbedtls_pk_free(&pk);
    assert_int_equal(signing_key_open(str_from(in_folder("p384.key")), STR_EMPTY, &k, &why),
                     ERR_CONFIG);
    assert_contains(why.hint, "P-256");
    assert_int_equal(signing_key_open(STR("/nowhere"), STR_EMPTY, &k, &why), ERR_CONFIG);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, forget)
    const struct CMUnitTest tests[] = {
        TEST(both_algorithms),
        TEST(nothing_signed),
        TEST(hmac_with_the_public_key),
        TEST(other_keys),
        TEST(changed),
        TEST(parts_of_two),
        TEST(signatures_of_another_form),
        TEST(claims_of_others),
        TEST(a_point_that_is_not_on_the_curve),
        TEST(keys_of_our_own),
    };
    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
