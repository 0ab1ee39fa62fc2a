/* SPDX-License-Identifier: Apache-2.0 */
/* Ahead of base/banned.h: its prototypes have a parameter called "random". */
#include <mbedtls/ecdsa.h>
#include <mbedtls/md.h>
#include <mbedtls/rsa.h>

#include "net/signature.h"

#include "base/must.h"
#include "base/text.h"
#include "net/credentials.h"
#include "net/drbg.h"

#include <limits.h>

enum { DIGEST = 32, NUMBER = 32, POINT = 1 + 2 * NUMBER };

static const unsigned char *bytes(struct str s)
{
    return (const unsigned char *)s.ptr;
}

static bool digest(struct str message, unsigned char out[DIGEST])
{
    return mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), bytes(message), message.len,
                      out) == 0;
}

/* ---- checked ----------------------------------------------------------------------------------*/

static bool is_good_rsa(const struct jwk *key, const unsigned char hash[DIGEST],
                        struct str signature)
{
    mbedtls_rsa_context rsa;
    mbedtls_rsa_init(&rsa);
    bool good =
        mbedtls_rsa_import_raw(&rsa, bytes(key->a), key->a.len, NULL, 0, NULL, 0, NULL, 0,
                               bytes(key->b), key->b.len) == 0 &&
        mbedtls_rsa_complete(&rsa) == 0 && mbedtls_rsa_check_pubkey(&rsa) == 0 &&
        mbedtls_rsa_get_len(&rsa) == signature.len &&
        mbedtls_rsa_pkcs1_verify(&rsa, MBEDTLS_MD_SHA256, DIGEST, hash, bytes(signature)) == 0;
    mbedtls_rsa_free(&rsa);
    return good;
}

static bool is_good_ec(const struct jwk *key, const unsigned char hash[DIGEST],
                       struct str signature)
{
    unsigned char text[POINT] = {4}; /* not compressed */
    mbedtls_ecp_group group;
    mbedtls_ecp_point point;
    mbedtls_mpi r, s;
    if (signature.len != JWS_ES256_SIZE || key->a.len != NUMBER || key->b.len != NUMBER)
        return false;
    memcpy(text + 1, key->a.ptr, NUMBER);
    memcpy(text + 1 + NUMBER, key->b.ptr, NUMBER);
    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&point);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    bool good = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1) == 0 &&
                mbedtls_ecp_point_read_binary(&group, &point, text, sizeof text) == 0 &&
                mbedtls_ecp_check_pubkey(&group, &point) == 0 &&
                mbedtls_mpi_read_binary(&r, bytes(signature), NUMBER) == 0 &&
                mbedtls_mpi_read_binary(&s, bytes(signature) + NUMBER, NUMBER) == 0 &&
                mbedtls_ecdsa_verify(&group, hash, DIGEST, &point, &r, &s) == 0;
    mbedtls_mpi_free(&s);
    mbedtls_mpi_free(&r);
    mbedtls_ecp_point_free(&point);
    mbedtls_ecp_group_free(&group);
    return good;
}

bool signature_is_good(const struct jwk *key, struct str message, struct str signature)
{
    unsigned char hash[DIGEST];
    if (!digest(message, hash))
        return false;
    return key->algorithm == JWS_RS256 ? is_good_rsa(key, hash, signature)
                                       : is_good_ec(key, hash, signature);
}

/* ---- made -------------------------------------------------------------------------------------*/

struct signing_key {
    mbedtls_pk_context pk;
    enum jws_algorithm algorithm;
    bool has_certificate;
    unsigned char sha1[20], sha256[32];
};

static enum err read_certificate(struct signing_key *k, const char *file, struct why *why)
{
    mbedtls_x509_crt chain;
    mbedtls_x509_crt_init(&chain);
    enum err e = credentials_read_chain(&chain, file, why);
    if (e == ERR_NONE && mbedtls_pk_check_pair(&chain.pk, &k->pk, drbg_bytes, NULL) != 0) {
        e = err_set(why, ERR_CONFIG, "read the client's certificate",
                    "%s: it is the certificate of another key", file);
        err_hint(why, "Name the certificate that belongs to client_key_file.");
    }
    if (e == ERR_NONE) {
        mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA1), chain.raw.p, chain.raw.len, k->sha1);
        mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), chain.raw.p, chain.raw.len,
                   k->sha256);
        k->has_certificate = true;
    }
    mbedtls_x509_crt_free(&chain);
    return e;
}

enum err signing_key_open(struct str key_file, struct str certificate_file,
                          struct signing_key **out, struct why *why)
{
    char file[PATH_MAX];
    bool exposed;
    struct signing_key *k = calloc(1, sizeof *k);
    must(k);
    *out = NULL;
    mbedtls_pk_init(&k->pk);
    snprintf(file, sizeof file, "%.*s", STR_ARG(key_file));
    enum err e = credentials_read_key(&k->pk, file, &exposed, why);
    bool rsa = e == ERR_NONE && mbedtls_pk_can_do(&k->pk, MBEDTLS_PK_RSA);
    k->algorithm = rsa ? JWS_RS256 : JWS_ES256;
    if (e == ERR_NONE && !rsa &&
        mbedtls_ecp_keypair_get_group_id(mbedtls_pk_ec(k->pk)) != MBEDTLS_ECP_DP_SECP256R1) {
        e = err_set(why, ERR_CONFIG, "read the client's key",
                    "%s: it is on another curve than "
                    "P-256",
                    file);
        err_hint(why, "Use RSA with at least 2048 bits, or P-256.");
    }
    if (e == ERR_NONE && certificate_file.len) {
        snprintf(file, sizeof file, "%.*s", STR_ARG(certificate_file));
        e = read_certificate(k, file, why);
    }
    if (e != ERR_NONE) {
        signing_key_free(k);
        return e;
    }
    *out = k;
    return ERR_NONE;
}

enum err signing_key_of_secret(const unsigned char secret[SIGNING_SECRET_SIZE],
                               struct signing_key **out, struct why *why)
{
    struct signing_key *k = calloc(1, sizeof *k);
    must(k);
    mbedtls_pk_init(&k->pk);
    k->algorithm = JWS_ES256;
    bool done = mbedtls_pk_setup(&k->pk, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) == 0 &&
                mbedtls_ecp_read_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(k->pk), secret,
                                     SIGNING_SECRET_SIZE) == 0 &&
                mbedtls_ecp_keypair_calc_public(mbedtls_pk_ec(k->pk), drbg_bytes, NULL) == 0;
    *out = done ? k : NULL;
    if (!done)
        signing_key_free(k);
    return done ? ERR_NONE
                : err_set(why, ERR_CONFIG, "read the key that signs", "it is no number of P-256");
}

bool signing_key_public(const struct signing_key *k, struct arena *a, struct jwk *out)
{
    unsigned char point[POINT];
    size_t n = 0;
    if (k->algorithm != JWS_ES256 ||
        mbedtls_ecp_write_public_key(mbedtls_pk_ec(k->pk), MBEDTLS_ECP_PF_UNCOMPRESSED, &n, point,
                                     sizeof point) != 0 ||
        n != POINT)
        return false;
    *out = (struct jwk){
        .algorithm = JWS_ES256,
        .a = arena_str(a, str_of(point + 1, NUMBER)),
        .b = arena_str(a, str_of(point + 1 + NUMBER, NUMBER)),
    };
    return true;
}

void signing_key_free(struct signing_key *k)
{
    if (!k)
        return;
    mbedtls_pk_free(&k->pk);
    free(k);
}

enum jws_algorithm signing_key_algorithm(const struct signing_key *k)
{
    return k->algorithm;
}

bool signing_key_thumbprints(const struct signing_key *k, struct arena *a, struct str *sha1,
                             struct str *sha256)
{
    if (!k->has_certificate)
        return false;
    *sha1 = text_base64url(a, str_of(k->sha1, sizeof k->sha1));
    *sha256 = text_base64url(a, str_of(k->sha256, sizeof k->sha256));
    return true;
}

static bool sign_ec(struct signing_key *k, const unsigned char hash[DIGEST], unsigned char *out)
{
    mbedtls_ecp_group group;
    mbedtls_mpi d, r, s;
    mbedtls_ecp_group_init(&group);
    mbedtls_mpi_init(&d);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    bool done = mbedtls_ecp_export(mbedtls_pk_ec(k->pk), &group, &d, NULL) == 0 &&
                mbedtls_ecdsa_sign(&group, &r, &s, &d, hash, DIGEST, drbg_bytes, NULL) == 0 &&
                mbedtls_mpi_write_binary(&r, out, NUMBER) == 0 &&
                mbedtls_mpi_write_binary(&s, out + NUMBER, NUMBER) == 0;
    mbedtls_mpi_free(&s);
    mbedtls_mpi_free(&r);
    mbedtls_mpi_free(&d);
    mbedtls_ecp_group_free(&group);
    return done;
}

enum err signing_key_sign(struct signing_key *k, struct arena *a, struct str header,
                          struct str payload, struct str *token, struct why *why)
{
    unsigned char hash[DIGEST], signature[MBEDTLS_PK_SIGNATURE_MAX_SIZE];
    size_t n = JWS_ES256_SIZE;
    struct str first = text_base64url(a, header), second = text_base64url(a, payload);
    struct str text = arena_fmt(a, "%.*s.%.*s", STR_ARG(first), STR_ARG(second));
    bool done = digest(text, hash) &&
                (k->algorithm == JWS_ES256
                     ? sign_ec(k, hash, signature)
                     : mbedtls_pk_sign(&k->pk, MBEDTLS_MD_SHA256, hash, DIGEST, signature,
                                       sizeof signature, &n, drbg_bytes, NULL) == 0);
    if (!done)
        return err_set(why, ERR_INTERNAL, "sign a token", "the key does not sign");
    struct str third = text_base64url(a, str_of(signature, n));
    *token = arena_fmt(a, "%.*s.%.*s", STR_ARG(text), STR_ARG(third));
    return ERR_NONE;
}
