/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls_self_signed: the pair of files a server starts with when nobody gave it any. Browsers warn
 * about the certificate, which is right; tls_fingerprint lets a person compare.
 *
 * The key is written before the certificate, and a key that is there is used: whatever moment the
 * machine stops at, the next start finds a pair or completes it. Ours is told from an operator's
 * certificate by the organization in its name and by having signed itself.
 */
#include "base/clock.h"
#include "base/must.h"
#include "base/random.h"
#include "net/credentials.h"
#include "net/drbg.h"
#include "net/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mbedtls/asn1write.h>
#include <mbedtls/oid.h>
#include <psa/crypto.h>

#define OP           "make a self-signed certificate"
#define ORGANIZATION "Anteroom self-signed"

enum { PEM_SIZE = 4096, DAY_MS = 24 * 3600 * 1000 };

/* -- files, whole or not at all ------------------------------------------------------------------
 */

static enum err refused(const char *file, struct why *why)
{
    int number = errno;
    enum err e = err_set(why, ERR_IO, OP, "%s: %s", file, err_errno(number));
    if (number == EACCES || number == EPERM || number == EROFS)
        err_hint(why, "Let the server's user write to that folder, or give it a certificate and "
                      "key of your own (server.tls).");
    else if (number == ENOENT)
        err_hint(why, "Make the folder first.");
    return e;
}

/* So that the name itself survives a power loss. */
static bool sync_folder_of(const char *file)
{
    char folder[512];
    const char *slash = strrchr(file, '/');
    int n = slash ? (int)(slash - file) : 1;
    snprintf(folder, sizeof folder, "%.*s%s", n, slash ? file : ".", slash == file ? "/" : "");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool done = fsync(fd) == 0;
    close(fd);
    return done;
}

static bool write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t put = write(fd, bytes, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes += put;
        n -= (size_t)put;
    }
    return true;
}

static enum err put_file(const char *file, mode_t mode, const char *text, struct why *why)
{
    char draft[512];
    uint32_t salt;
    random_bytes(&salt, sizeof salt);
    int n = snprintf(draft, sizeof draft, "%s.%08x.new", file, salt);
    if (n < 0 || (size_t)n >= sizeof draft) {
        errno = ENAMETOOLONG;
        return refused(file, why);
    }
    int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return refused(file, why);
    bool done = write_all(fd, text, strlen(text)) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
    done = close(fd) == 0 && done;
    done = done && rename(draft, file) == 0 && sync_folder_of(file);
    if (done)
        return ERR_NONE;
    enum err e = refused(file, why);
    unlink(draft);
    return e;
}

/* -- the key --------------------------------------------------------------------------------------
 */

static enum err make_key(mbedtls_pk_context *key, const char *file, struct why *why)
{
    char text[PEM_SIZE];
    int r = mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
    if (r == 0)
        r = mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key), drbg_bytes, NULL);
    if (r == 0)
        r = mbedtls_pk_write_key_pem(key, (unsigned char *)text, sizeof text);
    enum err e = r == 0 ? put_file(file, S_IRUSR | S_IWUSR, text, why)
                        : err_set(why, ERR_INTERNAL, OP, "mbedTLS answers -0x%04x", (unsigned)-r);
    explicit_bzero(text, sizeof text);
    return e;
}

/* -- the certificate
 * -------------------------------------------------------------------------------- */

/* "20261121093000", the form that mbedTLS writes dates from. */
static void date_text(int64_t wall_ms, char out[15])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm tm;
    must(gmtime_r(&seconds, &tm) != NULL);
    must(strftime(out, 15, "%Y%m%d%H%M%S", &tm) == 14);
}

/* A name made of what may stand in a DNS name: what a certificate needs, and nothing to escape. */
static bool is_host_name(const char *host)
{
    size_t n = strlen(host);
    return n > 0 && n <= 253 &&
           strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") == n;
}

struct names {
    mbedtls_x509_san_list list[4];
    unsigned char address[16]; /* of the host, when it is one */
    size_t n;
};

static void add_name(struct names *names, int type, const void *bytes, size_t n)
{
    mbedtls_x509_san_list *at = &names->list[names->n];
    at->node.type = type;
    /* mbedTLS only reads it; its buffer type serves reading and writing. */
    at->node.san.unstructured_name =
        (mbedtls_x509_buf){.tag = type, .len = n, .p = (unsigned char *)(uintptr_t)bytes};
    if (names->n++ > 0)
        names->list[names->n - 2].next = at;
}

static void collect_names(struct names *names, const char *host)
{
    static const unsigned char loopback4[4] = {127, 0, 0, 1};
    static const unsigned char loopback6[16] = {[15] = 1};
    *names = (struct names){.n = 0};
    add_name(names, MBEDTLS_X509_SAN_DNS_NAME, "localhost", strlen("localhost"));
    add_name(names, MBEDTLS_X509_SAN_IP_ADDRESS, loopback4, sizeof loopback4);
    add_name(names, MBEDTLS_X509_SAN_IP_ADDRESS, loopback6, sizeof loopback6);
    if (!host)
        return;
    if (inet_pton(AF_INET, host, names->address) == 1)
        add_name(names, MBEDTLS_X509_SAN_IP_ADDRESS, names->address, 4);
    else if (inet_pton(AF_INET6, host, names->address) == 1)
        add_name(names, MBEDTLS_X509_SAN_IP_ADDRESS, names->address, 16);
    else if (strcmp(host, "localhost") != 0)
        add_name(names, MBEDTLS_X509_SAN_DNS_NAME, host, strlen(host));
}

/* Who it is for and how long; 0 or mbedTLS's code. */
static int fill_certificate(mbedtls_x509write_cert *w, mbedtls_pk_context *key, const char *host)
{
    char name[320], from[15], to[15];
    /* A common name holds 64 characters; browsers look at the alternative names only. */
    bool short_host = host && strlen(host) <= 64 && !strchr(host, ':');
    snprintf(name, sizeof name, "CN=%s,O=" ORGANIZATION, short_host ? host : "localhost");
    /* A day back: a visitor's clock may be slow. */
    int64_t start_ms = clock_wall_ms() - DAY_MS;
    date_text(start_ms, from);
    date_text(start_ms + (int64_t)TLS_SELF_SIGNED_DAYS * DAY_MS, to);

    unsigned char serial[16];
    random_bytes(serial, sizeof serial);
    serial[0] = (unsigned char)((serial[0] & 0x7f) | 0x40); /* positive and of full length */

    mbedtls_x509write_crt_set_version(w, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(w, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(w, key);
    mbedtls_x509write_crt_set_issuer_key(w, key);
    int r = mbedtls_x509write_crt_set_subject_name(w, name);
    if (r == 0)
        r = mbedtls_x509write_crt_set_issuer_name(w, name);
    if (r == 0)
        r = mbedtls_x509write_crt_set_serial_raw(w, serial, sizeof serial);
    if (r == 0)
        r = mbedtls_x509write_crt_set_validity(w, from, to);
    return r;
}

/* What it may be used for; 0 or mbedTLS's code. */
static int fill_extensions(mbedtls_x509write_cert *w, const char *host)
{
    struct names names;
    collect_names(&names, host);
    static const char server_auth[] = MBEDTLS_OID_SERVER_AUTH;
    mbedtls_asn1_sequence usage = {
        .buf = {.tag = MBEDTLS_ASN1_OID,
                .len = sizeof server_auth - 1,
                .p = (unsigned char *)(uintptr_t)server_auth},
    };
    int r = mbedtls_x509write_crt_set_basic_constraints(w, 0, -1);
    if (r == 0)
        r = mbedtls_x509write_crt_set_subject_key_identifier(w);
    if (r == 0)
        r = mbedtls_x509write_crt_set_key_usage(w, MBEDTLS_X509_KU_DIGITAL_SIGNATURE);
    if (r == 0)
        r = mbedtls_x509write_crt_set_ext_key_usage(w, &usage);
    if (r == 0)
        r = mbedtls_x509write_crt_set_subject_alternative_name(w, names.list);
    return r;
}

static enum err make_certificate(mbedtls_pk_context *key, const char *host, const char *file,
                                 struct why *why)
{
    char text[PEM_SIZE];
    mbedtls_x509write_cert w;
    mbedtls_x509write_crt_init(&w);
    int r = fill_certificate(&w, key, host);
    if (r == 0)
        r = fill_extensions(&w, host);
    if (r == 0)
        r = mbedtls_x509write_crt_pem(&w, (unsigned char *)text, sizeof text, drbg_bytes, NULL);
    mbedtls_x509write_crt_free(&w);
    if (r != 0)
        return err_set(why, ERR_INTERNAL, OP, "mbedTLS answers -0x%04x", (unsigned)-r);
    return put_file(file, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH, text, why);
}

/* -- what is there already
 * ---------------------------------------------------------------------------- */

static bool there(const char *file)
{
    struct stat st;
    return stat(file, &st) == 0 || errno != ENOENT;
}

/* One of ours that will soon be refused by browsers. */
static bool wants_renewal(const char *file)
{
    mbedtls_x509_crt chain;
    mbedtls_x509_crt_init(&chain);
    bool wanted = false;
    if (credentials_read_chain(&chain, file, NULL) == ERR_NONE) {
        char subject[512];
        int n = mbedtls_x509_dn_gets(subject, sizeof subject, &chain.subject);
        bool ours = n > 0 && strstr(subject, "O=" ORGANIZATION) && !chain.next &&
                    str_eq(str_of(chain.subject_raw.p, chain.subject_raw.len),
                           str_of(chain.issuer_raw.p, chain.issuer_raw.len));
        int64_t left_ms = credentials_time_ms(&chain.valid_to) - clock_wall_ms();
        wanted = ours && left_ms < (int64_t)TLS_RENEW_DAYS * DAY_MS;
    }
    mbedtls_x509_crt_free(&chain);
    return wanted;
}

enum err tls_self_signed(const char *certificate_file, const char *key_file, const char *host,
                         bool *made, struct why *why)
{
    *made = false;
    struct in6_addr unused;
    if (host && !is_host_name(host) && inet_pton(AF_INET6, host, &unused) != 1)
        return err_set(why, ERR_CONFIG, OP, "\"%.80s\" is neither a host name nor an address",
                       host);
    if (psa_crypto_init() != PSA_SUCCESS)
        return err_set(why, ERR_INTERNAL, OP, "the cryptography library does not start");
    bool have_certificate = there(certificate_file), have_key = there(key_file);
    if (have_certificate && have_key && !wants_renewal(certificate_file))
        return ERR_NONE;
    if (have_certificate && !have_key) {
        enum err e = err_set(why, ERR_CONFIG, OP, "%s is there, but its key %s is not",
                             certificate_file, key_file);
        err_hint(why, "Put the key back, or remove the certificate to have both made anew.");
        return e;
    }
    mbedtls_pk_context key;
    mbedtls_pk_init(&key);
    bool exposed;
    enum err e = have_key ? credentials_read_key(&key, key_file, &exposed, why)
                          : make_key(&key, key_file, why);
    if (e == ERR_NONE)
        e = make_certificate(&key, host, certificate_file, why);
    mbedtls_pk_free(&key);
    *made = e == ERR_NONE;
    return e;
}
