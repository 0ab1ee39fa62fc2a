/* SPDX-License-Identifier: Apache-2.0 */
/* Ahead of base/banned.h: its prototypes have a parameter called "random". */
#include <mbedtls/ssl.h>

#include "net/credentials.h"

#include "base/must.h"
#include "net/drbg.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mbedtls/ecp.h>
#include <mbedtls/error.h>
#include <mbedtls/pem.h>
#include <mbedtls/sha256.h>

#define OP_CHAIN "load the TLS certificate"
#define OP_KEY   "load the TLS key"

enum { PEM_MAX = 256 * 1024 }; /* bytes; the longest chains in use have a tenth of it */

/* A file's text with a NUL behind it, which mbedTLS wants counted. */
struct pem {
    char *text;
    size_t len; /* without the NUL */
    bool exposed;
};

static void pem_release(struct pem *p)
{
    if (p->text)
        explicit_bzero(p->text, p->len);
    free(p->text);
    *p = (struct pem){0};
}

static enum err pem_missing(const char *op, const char *file, struct why *why)
{
    int number = errno;
    enum err e = err_set(why, ERR_CONFIG, op, "%s: %s", file, err_errno(number));
    if (number == EACCES)
        err_hint(why, "Let the user that runs the server read it: chown or chmod %s", file);
    else if (number == ENOENT)
        err_hint(why, "Correct the path, or remove server.tls from the configuration to be "
                      "served with a self-signed certificate.");
    return e;
}

static enum err pem_read(struct pem *p, const char *op, const char *file, struct why *why)
{
    *p = (struct pem){0};
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return pem_missing(op, file, why);
    struct stat st;
    enum err e = ERR_NONE;
    if (fstat(fd, &st) != 0)
        e = pem_missing(op, file, why);
    else if (!S_ISREG(st.st_mode))
        e = err_set(why, ERR_CONFIG, op, "%s: not a file", file);
    else if (st.st_size > PEM_MAX)
        e = err_set(why, ERR_CONFIG, op, "%s: larger than %d KiB", file, PEM_MAX / 1024);
    if (e != ERR_NONE) {
        close(fd);
        return e;
    }
    p->exposed = (st.st_mode & (S_IROTH | S_IWOTH)) != 0;
    p->text = calloc(1, PEM_MAX + 1);
    ssize_t got = 1;
    while (p->text && got > 0 && p->len < PEM_MAX) {
        got = read(fd, p->text + p->len, PEM_MAX - p->len);
        if (got > 0)
            p->len += (size_t)got;
        else if (got < 0 && errno == EINTR)
            got = 1;
    }
    if (!p->text || got < 0) {
        e = err_set(why, ERR_IO, op, "%s: %s", file, err_errno(errno));
        pem_release(p);
    }
    close(fd);
    return e;
}

static bool pem_has(const struct pem *p, const char *words)
{
    return str_contains(str_of(p->text, p->len), str_from(words));
}

/* mbedTLS's own words, without the module's name in front of them. */
static void mbedtls_text(int code, char *out, size_t size)
{
    mbedtls_strerror(code, out, size);
    const char *cut = strstr(out, " - ");
    if (cut)
        memmove(out, cut + 3, strlen(cut + 3) + 1);
}

static enum err not_pem(const char *op, const char *file, const char *what, struct why *why)
{
    enum err e = err_set(why, ERR_CONFIG, op, "%s: there is no PEM %s in it", file, what);
    err_hint(why,
             "A PEM file holds lines like \"-----BEGIN %s-----\". From DER: openssl %s "
             "-inform der -in FILE -out FILE.pem",
             what, strcmp(what, "CERTIFICATE") == 0 ? "x509" : "pkey");
    return e;
}

enum err credentials_read_chain(mbedtls_x509_crt *chain, const char *file, struct why *why)
{
    struct pem p;
    enum err e = pem_read(&p, OP_CHAIN, file, why);
    if (e != ERR_NONE)
        return e;
    if (!pem_has(&p, "-----BEGIN CERTIFICATE-----")) {
        if (pem_has(&p, "PRIVATE KEY-----")) {
            e = err_set(why, ERR_CONFIG, OP_CHAIN, "%s: it holds a key, not a certificate", file);
            err_hint(why, "Are the two files swapped?");
        } else {
            e = not_pem(OP_CHAIN, file, "CERTIFICATE", why);
        }
    } else {
        int r = mbedtls_x509_crt_parse(chain, (unsigned char *)p.text, p.len + 1);
        char text[128];
        if (r < 0) {
            mbedtls_text(r, text, sizeof text);
            e = err_set(why, ERR_CONFIG, OP_CHAIN, "%s: damaged certificate: %s", file, text);
        } else if (r > 0) {
            e = err_set(why, ERR_CONFIG, OP_CHAIN, "%s: %d of its certificates are damaged", file,
                        r);
        }
        if (r != 0) {
            err_hint(why, "Look at it with: openssl x509 -in %s -noout -text", file);
            mbedtls_x509_crt_free(chain);
        }
    }
    pem_release(&p);
    return e;
}

/* RSA from 2048 bits; ECDSA on the curves that clients of TLS know. */
static enum err key_is_usable(mbedtls_pk_context *key, const char *file, struct why *why)
{
    enum err e = ERR_NONE;
    if (mbedtls_pk_can_do(key, MBEDTLS_PK_RSA)) {
        size_t bits = mbedtls_pk_get_bitlen(key);
        if (bits < 2048)
            e = err_set(why, ERR_CONFIG, OP_KEY, "%s: RSA with %zu bits is too short", file, bits);
    } else if (mbedtls_pk_can_do(key, MBEDTLS_PK_ECDSA)) {
        mbedtls_ecp_group_id curve = mbedtls_ecp_keypair_get_group_id(mbedtls_pk_ec(*key));
        if (curve != MBEDTLS_ECP_DP_SECP256R1 && curve != MBEDTLS_ECP_DP_SECP384R1 &&
            curve != MBEDTLS_ECP_DP_SECP521R1)
            e = err_set(why, ERR_CONFIG, OP_KEY, "%s: a curve that browsers do not use", file);
    } else {
        e = err_set(why, ERR_CONFIG, OP_KEY, "%s: neither RSA nor ECDSA", file);
    }
    if (e != ERR_NONE)
        err_hint(why, "Order the certificate for a P-256 key (openssl ecparam -name prime256v1 "
                      "-genkey -noout) or RSA with at least 2048 bits.");
    return e;
}

enum err credentials_read_key(mbedtls_pk_context *key, const char *file, bool *exposed,
                              struct why *why)
{
    struct pem p;
    enum err e = pem_read(&p, OP_KEY, file, why);
    if (e != ERR_NONE)
        return e;
    *exposed = p.exposed;
    if (!pem_has(&p, "PRIVATE KEY-----")) {
        if (pem_has(&p, "-----BEGIN CERTIFICATE-----")) {
            e = err_set(why, ERR_CONFIG, OP_KEY, "%s: it holds a certificate, not a key", file);
            err_hint(why, "Are the two files swapped?");
        } else {
            e = not_pem(OP_KEY, file, "PRIVATE KEY", why);
        }
    } else if (pem_has(&p, "ENCRYPTED")) {
        e = err_set(why, ERR_CONFIG, OP_KEY, "%s: the key is encrypted", file);
        err_hint(why,
                 "A server starts without a person to ask: openssl pkey -in %s -out "
                 "plain.key, mode 0600, and keep it where only the server reads.",
                 file);
    } else {
        int r = mbedtls_pk_parse_key(key, (unsigned char *)p.text, p.len + 1, NULL, 0, drbg_bytes,
                                     NULL);
        if (r == MBEDTLS_ERR_PK_UNKNOWN_PK_ALG || r == MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE) {
            e = err_set(why, ERR_CONFIG, OP_KEY, "%s: neither RSA nor ECDSA", file);
            err_hint(why, "Order the certificate for a P-256 key, or RSA with 2048 bits.");
        } else if (r != 0) {
            char text[128];
            mbedtls_text(r, text, sizeof text);
            e = err_set(why, ERR_CONFIG, OP_KEY, "%s: damaged key: %s", file, text);
            err_hint(why, "Look at it with: openssl pkey -in %s -noout -check", file);
        } else {
            e = key_is_usable(key, file, why);
        }
    }
    pem_release(&p);
    if (e != ERR_NONE)
        mbedtls_pk_free(key);
    return e;
}

static bool fits(const mbedtls_x509_crt *certificate, const mbedtls_pk_context *key)
{
    return mbedtls_pk_check_pair(&certificate->pk, key, drbg_bytes, NULL) == 0;
}

static enum err check_pair(const struct credentials *c, struct why *why)
{
    if (fits(&c->chain, &c->key))
        return ERR_NONE;
    for (const mbedtls_x509_crt *other = c->chain.next; other; other = other->next)
        if (fits(other, &c->key)) {
            enum err e =
                err_set(why, ERR_CONFIG, OP_CHAIN,
                        "%s: the server's own certificate is not the first", c->certificate_file);
            err_hint(why, "Put the server's own certificate first, then the intermediate ones.");
            return e;
        }
    enum err e = err_set(why, ERR_CONFIG, OP_KEY, "%s does not belong to %s", c->key_file,
                         c->certificate_file);
    err_hint(why, "Both must print the same: openssl x509 -noout -pubkey -in CERTIFICATE; "
                  "openssl pkey -pubout -in KEY");
    return e;
}

/* mbedTLS sends the chain as one message, and a message must fit its output buffer. */
static enum err check_size(const struct credentials *c, struct why *why)
{
    size_t total = 64; /* headers, and TLS 1.3's request context */
    for (const mbedtls_x509_crt *x = &c->chain; x; x = x->next)
        total += x->raw.len + 5; /* length, and TLS 1.3's extensions */
    if (total <= MBEDTLS_SSL_OUT_CONTENT_LEN)
        return ERR_NONE;
    enum err e = err_set(why, ERR_CONFIG, OP_CHAIN, "%s: %zu bytes of certificates; %d can be sent",
                         c->certificate_file, total, MBEDTLS_SSL_OUT_CONTENT_LEN);
    err_hint(why, "Leave only the server's certificate and the intermediate ones in the file.");
    return e;
}

void credentials_init(struct credentials *c)
{
    *c = (struct credentials){.key_exposed = false};
    mbedtls_x509_crt_init(&c->chain);
    mbedtls_pk_init(&c->key);
}

void credentials_release(struct credentials *c)
{
    mbedtls_x509_crt_free(&c->chain);
    mbedtls_pk_free(&c->key);
    credentials_init(c);
}

enum err credentials_load(struct credentials *c, const char *certificate_file, const char *key_file,
                          struct why *why)
{
    snprintf(c->certificate_file, sizeof c->certificate_file, "%s", certificate_file);
    snprintf(c->key_file, sizeof c->key_file, "%s", key_file);
    enum err e = credentials_read_chain(&c->chain, certificate_file, why);
    if (e == ERR_NONE)
        e = credentials_read_key(&c->key, key_file, &c->key_exposed, why);
    if (e == ERR_NONE)
        e = check_pair(c, why);
    if (e == ERR_NONE)
        e = check_size(c, why);
    if (e != ERR_NONE)
        credentials_release(c);
    return e;
}

void credentials_digest(const char *certificate_file, const char *key_file,
                        unsigned char out[CREDENTIALS_DIGEST_SIZE])
{
    const char *files[] = {certificate_file, key_file};
    mbedtls_sha256_context sha;
    mbedtls_sha256_init(&sha);
    must(mbedtls_sha256_starts(&sha, 0) == 0);
    for (size_t i = 0; i < 2; i++) {
        struct pem p;
        struct why why;
        uint64_t head[2] = {(uint64_t)pem_read(&p, OP_CHAIN, files[i], &why), p.len};
        must(mbedtls_sha256_update(&sha, (const unsigned char *)head, sizeof head) == 0);
        if (p.text)
            must(mbedtls_sha256_update(&sha, (const unsigned char *)p.text, p.len) == 0);
        pem_release(&p);
    }
    must(mbedtls_sha256_finish(&sha, out) == 0);
    mbedtls_sha256_free(&sha);
}

int64_t credentials_time_ms(const mbedtls_x509_time *t)
{
    struct tm tm = {.tm_year = t->year - 1900,
                    .tm_mon = t->mon - 1,
                    .tm_mday = t->day,
                    .tm_hour = t->hour,
                    .tm_min = t->min,
                    .tm_sec = t->sec};
    return (int64_t)timegm(&tm) * 1000;
}
