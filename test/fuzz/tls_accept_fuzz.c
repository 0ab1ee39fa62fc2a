/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's bytes, whatever they are, in front of the handshake: the path every stranger reaches.
 * The first byte says in how large pieces the rest arrives, as a network would cut it.
 */
#include "base/must.h"
#include "net/openssl/ssl.h"
#include "net/tls.h"

#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct wire {
    const uint8_t *at, *end; /* what has arrived and is not read yet */
    bool reading;
};

static struct tls *tls;
static BIO_METHOD *method;

static int wire_write(BIO *bio, const char *bytes, int n)
{
    const struct wire *w = BIO_get_data(bio);
    must(bytes != NULL && n > 0 && !w->reading);
    return n;
}

static int wire_read(BIO *bio, char *out, int n)
{
    struct wire *w = BIO_get_data(bio);
    if (w->at == w->end) {
        BIO_set_retry_read(bio);
        return -1;
    }
    if (n > w->end - w->at)
        n = (int)(w->end - w->at);
    memcpy(out, w->at, (size_t)n);
    w->at += n;
    return n;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    char folder[] = "/tmp/anteroom-fuzz-XXXXXX", certificate[64], key[64];
    must(mkdtemp(folder) != NULL);
    snprintf(certificate, sizeof certificate, "%s/tls.crt", folder);
    snprintf(key, sizeof key, "%s/tls.key", folder);
    bool made;
    must(tls_self_signed(certificate, key, NULL, &made, NULL) == ERR_NONE && made);
    must(tls_open(certificate, key, &tls, NULL) == ERR_NONE);
    unlink(certificate);
    unlink(key);
    rmdir(folder);
    method = BIO_meth_new(BIO_TYPE_FD, "fuzz");
    must(method != NULL);
    BIO_meth_set_write(method, wire_write);
    BIO_meth_set_read(method, wire_read);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    size_t piece = data[0] ? data[0] : SIZE_MAX;
    const uint8_t *end = data + size;
    struct wire w = {.at = data + 1, .end = data + 1};
    SSL *ssl = SSL_new(tls_context(tls));
    BIO *bio = BIO_new(method);
    must(bio != NULL);
    BIO_set_data(bio, &w);
    SSL_set_bio(ssl, bio, bio);

    int r = -1;
    while (w.end < end) {
        w.end += (size_t)(end - w.end) < piece ? (size_t)(end - w.end) : piece;
        if (r != 1)
            r = SSL_accept(ssl);
        if (r == 1) {
            char plain[64];
            w.reading = true;
            while (SSL_read(ssl, plain, sizeof plain) > 0)
                ;
            w.reading = false;
        }
        if (SSL_get_error(ssl, r) == SSL_ERROR_SSL)
            break;
        must(r == 1 || SSL_get_error(ssl, r) == SSL_ERROR_WANT_READ);
        must(r == 1 || w.at == w.end); /* it asks for more only when it has taken all */
    }
    (void)SSL_shutdown(ssl);
    SSL_free(ssl);
    return 0;
}
