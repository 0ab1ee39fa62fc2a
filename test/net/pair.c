/* SPDX-License-Identifier: Apache-2.0 */
#include "pair.h"

#include "base/must.h"
#include "net/drbg.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mbedtls/asn1write.h>
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/rsa.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>

/* -- files ----------------------------------------------------------------------------------------
 */

static char folder[64];

const char *in_folder(const char *name)
{
    static char paths[8][256];
    static unsigned turn;
    if (!folder[0]) {
        snprintf(folder, sizeof folder, "/tmp/anteroom-net-XXXXXX");
        must(mkdtemp(folder) != NULL);
    }
    char *path = paths[turn++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

void folder_remove(void)
{
    DIR *d = folder[0] ? opendir(folder) : NULL;
    if (!d)
        return;
    for (struct dirent *e = readdir(d); e; e = readdir(d))
        if (e->d_name[0] != '.')
            unlinkat(dirfd(d), e->d_name, 0);
    closedir(d);
    rmdir(folder);
    folder[0] = '\0';
}

void put_text(const char *name, const char *text, unsigned mode)
{
    int fd = open(in_folder(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    must(fchmod(fd, mode) == 0 && close(fd) == 0);
}

void key_make(mbedtls_pk_context *key, enum key_kind kind)
{
    static const mbedtls_ecp_group_id curves[] = {[KEY_P256] = MBEDTLS_ECP_DP_SECP256R1,
                                                  [KEY_P384] = MBEDTLS_ECP_DP_SECP384R1,
                                                  [KEY_SECP521] = MBEDTLS_ECP_DP_SECP521R1};
    bool rsa = kind == KEY_RSA2048 || kind == KEY_RSA1024;
    mbedtls_pk_init(key);
    must(mbedtls_pk_setup(key,
                          mbedtls_pk_info_from_type(rsa ? MBEDTLS_PK_RSA : MBEDTLS_PK_ECKEY)) == 0);
    if (rsa)
        must(mbedtls_rsa_gen_key(mbedtls_pk_rsa(*key), drbg_bytes, NULL,
                                 kind == KEY_RSA2048 ? 2048 : 1024, 65537) == 0);
    else
        must(mbedtls_ecp_gen_key(curves[kind], mbedtls_pk_ec(*key), drbg_bytes, NULL) == 0);
}

void key_write(const char *name, mbedtls_pk_context *key)
{
    char text[4096];
    must(mbedtls_pk_write_key_pem(key, (unsigned char *)text, sizeof text) == 0);
    put_text(name, text, 0600);
}

/* RFC 5208: the older encoding as an octet string behind its algorithm. */
void key_write_pkcs8(const char *name, mbedtls_pk_context *key)
{
    static const char ec[] = MBEDTLS_OID_EC_ALG_UNRESTRICTED;
    static const char p256[] = MBEDTLS_OID_EC_GRP_SECP256R1;
    static const char rsa[] = MBEDTLS_OID_PKCS1_RSA;
    bool is_rsa = mbedtls_pk_can_do(key, MBEDTLS_PK_RSA) == 1;
    unsigned char der[4096], *at = der + sizeof der;
    int n = mbedtls_pk_write_key_der(key, der, sizeof der);
    must(n > 0);
    at -= n;
    n += mbedtls_asn1_write_len(&at, der, (size_t)n);
    n += mbedtls_asn1_write_tag(&at, der, MBEDTLS_ASN1_OCTET_STRING);
    int algorithm = is_rsa ? mbedtls_asn1_write_null(&at, der)
                           : mbedtls_asn1_write_oid(&at, der, p256, sizeof p256 - 1);
    algorithm += mbedtls_asn1_write_oid(&at, der, is_rsa ? rsa : ec,
                                        is_rsa ? sizeof rsa - 1 : sizeof ec - 1);
    algorithm += mbedtls_asn1_write_len(&at, der, (size_t)algorithm);
    algorithm += mbedtls_asn1_write_tag(&at, der, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE);
    n += algorithm;
    n += mbedtls_asn1_write_int(&at, der, 0);
    n += mbedtls_asn1_write_len(&at, der, (size_t)n);
    n += mbedtls_asn1_write_tag(&at, der, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE);
    char text[4096];
    size_t length;
    must(mbedtls_pem_write_buffer("-----BEGIN PRIVATE KEY-----\n", "-----END PRIVATE KEY-----\n",
                                  at, (size_t)n, (unsigned char *)text, sizeof text, &length) == 0);
    put_text(name, text, 0600);
}

void certificate_write(const char *name, mbedtls_pk_context *key, const char *from, const char *to)
{
    certificate_write_named(name, key, "CN=example.test", from, to);
}

void certificate_write_named(const char *name, mbedtls_pk_context *key, const char *subject,
                             const char *from, const char *to)
{
    mbedtls_x509write_cert w;
    mbedtls_x509write_crt_init(&w);
    mbedtls_x509write_crt_set_version(&w, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(&w, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(&w, key);
    mbedtls_x509write_crt_set_issuer_key(&w, key);
    unsigned char serial[] = {1, 2, 3};
    char text[8192];
    must(mbedtls_x509write_crt_set_subject_name(&w, subject) == 0);
    must(mbedtls_x509write_crt_set_issuer_name(&w, subject) == 0);
    must(mbedtls_x509write_crt_set_serial_raw(&w, serial, sizeof serial) == 0);
    must(mbedtls_x509write_crt_set_validity(&w, from, to) == 0);
    must(mbedtls_x509write_crt_pem(&w, (unsigned char *)text, sizeof text, drbg_bytes, NULL) == 0);
    mbedtls_x509write_crt_free(&w);
    put_text(name, text, 0644);
}

struct tls *tls_of(enum key_kind kind)
{
    must(psa_crypto_init() == PSA_SUCCESS);
    mbedtls_pk_context key;
    key_make(&key, kind);
    key_write("of.key", &key);
    certificate_write("of.crt", &key, "20260101000000", "20360101000000");
    mbedtls_pk_free(&key);
    struct tls *tls;
    must(tls_open(in_folder("of.crt"), in_folder("of.key"), &tls, NULL) == ERR_NONE);
    return tls;
}

/* -- the wire -------------------------------------------------------------------------------------
 */

static void pipe_put(struct pipe *pipe, const void *bytes, size_t n)
{
    size_t room = pipe->limit > pipe->bytes.len ? pipe->limit - pipe->bytes.len : 0;
    size_t start = pipe->bytes.len;
    buf_bytes(&pipe->bytes, bytes, n < room ? n : room);
    must(buf_ok(&pipe->bytes));
    if (pipe->flip >= start && pipe->flip < pipe->bytes.len)
        pipe->bytes.ptr[pipe->flip] = (char)(pipe->bytes.ptr[pipe->flip] ^ 0x20);
}

static size_t pipe_take(struct pipe *pipe, void *out, size_t n)
{
    size_t there = pipe->bytes.len - pipe->taken;
    if (n > there)
        n = there;
    if (n)
        memcpy(out, pipe->bytes.ptr + pipe->taken, n);
    pipe->taken += n;
    return n;
}

static int server_bio_write(BIO *bio, const char *bytes, int n)
{
    struct pair *p = BIO_get_data(bio);
    if (p->in_read) {
        p->wrote_in_read = true;
        return -1;
    }
    pipe_put(&p->down, bytes, (size_t)n);
    return n;
}

static int server_bio_read(BIO *bio, char *out, int n)
{
    struct pair *p = BIO_get_data(bio);
    if (n == 0)
        return 0;
    size_t got = pipe_take(&p->up, out, (size_t)n);
    if (got == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    return (int)got;
}

static BIO_METHOD *method; /* reachable for as long as the test runs */

static void method_make(void)
{
    method = BIO_meth_new(BIO_TYPE_FD, "test");
    must(method != NULL);
    BIO_meth_set_write(method, server_bio_write);
    BIO_meth_set_read(method, server_bio_read);
}

static BIO_METHOD *server_bio(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, method_make);
    return method;
}

static int client_send(void *p, const unsigned char *bytes, size_t n)
{
    pipe_put(&((struct pair *)p)->up, bytes, n);
    return (int)n;
}

static int client_receive(void *p, unsigned char *out, size_t n)
{
    size_t got = pipe_take(&((struct pair *)p)->down, out, n);
    return got ? (int)got : MBEDTLS_ERR_SSL_WANT_READ;
}

/* -- the two ends ---------------------------------------------------------------------------------
 */

static void client_open(struct pair *p, const struct pair_options *o)
{
    mbedtls_ssl_config *c = &p->client_config;
    mbedtls_ssl_config_init(c);
    mbedtls_ssl_init(&p->client);
    must(mbedtls_ssl_config_defaults(c, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                     MBEDTLS_SSL_PRESET_DEFAULT) == 0);
    mbedtls_ssl_conf_rng(c, drbg_bytes, NULL);
    mbedtls_ssl_conf_authmode(c, MBEDTLS_SSL_VERIFY_NONE);
    mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
        c, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
    if (o->version) {
        mbedtls_ssl_conf_min_tls_version(c, (mbedtls_ssl_protocol_version)o->version);
        mbedtls_ssl_conf_max_tls_version(c, (mbedtls_ssl_protocol_version)o->version);
    }
    if (o->suite) {
        p->suites[0] = o->suite;
        p->suites[1] = 0;
        mbedtls_ssl_conf_ciphersuites(c, p->suites);
    }
    if (o->groups)
        mbedtls_ssl_conf_groups(c, o->groups);
    if (o->protocols)
        must(mbedtls_ssl_conf_alpn_protocols(c, o->protocols) == 0);
    must(mbedtls_ssl_setup(&p->client, c) == 0);
    must(mbedtls_ssl_set_hostname(&p->client, "example.test") == 0);
    if (o->session)
        must(mbedtls_ssl_set_session(&p->client, o->session) == 0);
    mbedtls_ssl_set_bio(&p->client, p, client_send, client_receive, NULL);
}

void pair_open(struct pair *p, struct tls *tls, const struct pair_options *options)
{
    static const struct pair_options none;
    *p = (struct pair){.accepted = -1};
    buf_init(&p->up.bytes, SIZE_MAX / 2);
    buf_init(&p->down.bytes, SIZE_MAX / 2);
    p->up.limit = p->down.limit = SIZE_MAX;
    p->up.flip = p->down.flip = SIZE_MAX;
    client_open(p, options ? options : &none);
    p->server = SSL_new(tls_context(tls));
    BIO *bio = BIO_new(server_bio());
    must(bio != NULL);
    BIO_set_data(bio, p);
    SSL_set_bio(p->server, bio, bio);
}

void pair_close(struct pair *p)
{
    SSL_free(p->server);
    mbedtls_ssl_free(&p->client);
    mbedtls_ssl_config_free(&p->client_config);
    buf_release(&p->up.bytes);
    buf_release(&p->down.bytes);
}

/* At every step of every test: a connection that can rest does, and must not notice. */
static void rest(void)
{
    tls_rest();
    tls_rest();
}

bool pair_shake(struct pair *p)
{
    bool client_done = false;
    size_t before;
    do {
        before = p->up.bytes.len + p->down.bytes.len + p->up.taken + p->down.taken;
        if (!client_done && (p->client_code == 0 || p->client_code == MBEDTLS_ERR_SSL_WANT_READ)) {
            p->client_code = mbedtls_ssl_handshake(&p->client);
            client_done = p->client_code == 0;
        }
        if (p->accepted != 1 && !p->server_failed) {
            rest();
            p->accepted = SSL_accept(p->server);
            p->server_failed =
                p->accepted != 1 && SSL_get_error(p->server, p->accepted) != SSL_ERROR_WANT_READ;
        }
    } while (before != p->up.bytes.len + p->down.bytes.len + p->up.taken + p->down.taken);
    return client_done && p->accepted == 1;
}

int pair_server_read(struct pair *p, void *out, int n)
{
    rest();
    p->in_read = true;
    int r = SSL_read(p->server, out, n);
    p->in_read = false;
    rest();
    return r;
}

/* mbedTLS answers "want read" once between taking a ticket in and telling about it. */
int pair_client_read(struct pair *p, void *out, size_t n)
{
    int r, waits = 0;
    do {
        r = mbedtls_ssl_read(&p->client, out, n);
        if (r == MBEDTLS_ERR_SSL_WANT_READ)
            waits++;
    } while (r == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET ||
             (r == MBEDTLS_ERR_SSL_WANT_READ && waits < 2));
    return r;
}

bool pair_session(struct pair *p, mbedtls_ssl_session *out)
{
    mbedtls_ssl_session_init(out);
    unsigned char byte;
    int r = 0;
    if (mbedtls_ssl_get_version_number(&p->client) == MBEDTLS_SSL_VERSION_TLS1_3)
        for (int i = 0; i < 3 && r != MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET; i++)
            r = mbedtls_ssl_read(&p->client, &byte, 1);
    return mbedtls_ssl_get_session(&p->client, out) == 0;
}
