/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Raw mbedTLS for comparison: accept, shake hands, wait for the client's end, close. The same
 * configuration and certificate as the server's, blocking sockets, no libh2o, no event loop. What
 * Anteroom's handshake costs beyond this is Anteroom's own.
 *
 *     bare_tls PORT CERTIFICATE KEY THREADS
 */
#include "net/tls_context.h"

#include "base/must.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum { THREADS_MAX = 64 };

static struct tls *tls;
static uint16_t port;

static int put(void *p, const unsigned char *bytes, size_t n)
{
    ssize_t r = send(*(int *)p, bytes, n, MSG_NOSIGNAL);
    return r < 0 ? MBEDTLS_ERR_SSL_CONN_EOF : (int)r;
}

static int get(void *p, unsigned char *out, size_t n)
{
    ssize_t r = recv(*(int *)p, out, n, 0);
    return r <= 0 ? MBEDTLS_ERR_SSL_CONN_EOF : (int)r;
}

static int listen_on(void)
{
    struct sockaddr_in in = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&in, sizeof in) || listen(fd, 4096)) {
        perror("bare_tls: listen");
        exit(1);
    }
    return fd;
}

static void *serve(void *arg)
{
    const int *listener = arg;
    for (;;) {
        int fd = accept4(*listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        mbedtls_ssl_context ssl;
        mbedtls_ssl_init(&ssl);
        struct tls_context *context = tls_context_take(tls_context(tls));
        must(mbedtls_ssl_setup(&ssl, &context->config) == 0);
        mbedtls_ssl_set_bio(&ssl, &fd, put, get, NULL);
        if (mbedtls_ssl_handshake(&ssl) == 0) {
            unsigned char byte;
            mbedtls_ssl_read(&ssl, &byte, 1); /* until close_notify */
            mbedtls_ssl_close_notify(&ssl);
        }
        mbedtls_ssl_free(&ssl);
        tls_context_drop(context);
        close(fd);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    struct why why = {0};
    uint64_t where, n;
    pthread_t threads[THREADS_MAX];
    if (argc != 5 || !str_to_u64(str_from(argv[1]), &where) || where > UINT16_MAX ||
        !str_to_u64(str_from(argv[4]), &n) || n > THREADS_MAX) {
        fputs("usage: bare_tls PORT CERTIFICATE KEY THREADS\n", stderr);
        return 2;
    }
    port = (uint16_t)where;
    if (tls_open(argv[2], argv[3], &tls, &why) != ERR_NONE) {
        fprintf(stderr, "bare_tls: %s: %s\n", why.op, why.detail);
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    int listener = listen_on();
    for (size_t i = 0; i < n; i++)
        must(pthread_create(&threads[i], NULL, serve, &listener) == 0);
    pause();
    return 0;
}
