/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bare libh2o server for comparison: the same TLS adapter, the same libh2o, as many loops, and
 * one handler that sends the bytes of a file for every request. What Anteroom's page costs beyond
 * this is Anteroom's own.
 *
 *     bare_h2o PORT CERTIFICATE KEY FILE LOOPS
 */
#include "base/err.h"
#include "net/tls.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <h2o.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOPS_MAX = 64, BODY_MAX = 1 << 20 };

struct loop {
    h2o_context_t context;
    h2o_accept_ctx_t accept;
    h2o_socket_t *listener;
};

static h2o_globalconf_t config;
static char body[BODY_MAX];
static size_t body_len;

static int on_request(h2o_handler_t *self, h2o_req_t *req)
{
    static h2o_generator_t generator = {NULL, NULL};
    (void)self;
    req->res.status = 200;
    req->res.reason = "OK";
    req->res.content_length = body_len;
    h2o_add_header(&req->pool, &req->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL,
                   H2O_STRLIT("text/html; charset=utf-8"));
    h2o_start_response(req, &generator);
    h2o_iovec_t bytes = h2o_iovec_init(body, body_len);
    h2o_send(req, &bytes, 1, H2O_SEND_STATE_FINAL);
    return 0;
}

static void on_accept(h2o_socket_t *listener, const char *error)
{
    struct loop *loop = listener->data;
    h2o_socket_t *sock;
    if (error)
        return;
    for (int n = 0; n < 16 && (sock = h2o_evloop_socket_accept(listener)); n++)
        h2o_accept(&loop->accept, sock);
}

static int listen_on(uint16_t port)
{
    struct sockaddr_in in = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&in, sizeof in) || listen(fd, 4096)) {
        perror("bare_h2o: listen");
        exit(1);
    }
    return fd;
}

static void *run(void *arg)
{
    struct loop *loop = arg;
    for (;;)
        h2o_evloop_run(loop->context.loop, INT32_MAX);
    return NULL;
}

static void read_body(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, body, sizeof body);
    if (n <= 0) {
        perror("bare_h2o: file");
        exit(1);
    }
    body_len = (size_t)n;
    close(fd);
}

static uint64_t number(const char *text)
{
    uint64_t n = 0;
    if (!str_to_u64(str_from(text), &n)) {
        fprintf(stderr, "bare_h2o: “%s” is not a number\n", text);
        exit(2);
    }
    return n;
}

int main(int argc, char **argv)
{
    static struct loop loops[LOOPS_MAX];
    struct tls *tls = NULL;
    struct why why = {0};
    if (argc != 6) {
        fprintf(stderr, "usage: bare_h2o PORT CERTIFICATE KEY FILE LOOPS\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    read_body(argv[4]);
    if (tls_open(argv[2], argv[3], &tls, &why) != ERR_NONE) {
        fprintf(stderr, "bare_h2o: %s: %s\n", why.op, why.detail);
        return 1;
    }
    h2o_config_init(&config);
    config.server_name = h2o_iovec_init(NULL, 0);
    h2o_hostconf_t *host =
        h2o_config_register_host(&config, h2o_iovec_init(H2O_STRLIT("bare")), 65535);
    h2o_create_handler(&host->fallback_path, sizeof(h2o_handler_t))->on_req = on_request;

    size_t n = (size_t)number(argv[5]);
    pthread_t threads[LOOPS_MAX];
    for (size_t i = 0; i < n && i < LOOPS_MAX; i++) {
        struct loop *loop = &loops[i];
        h2o_context_init(&loop->context, h2o_evloop_create(), &config);
        loop->accept = (h2o_accept_ctx_t){
            .ctx = &loop->context, .hosts = config.hosts, .ssl_ctx = tls_context(tls)};
        loop->listener = h2o_evloop_socket_create(
            loop->context.loop, listen_on((uint16_t)number(argv[1])), H2O_SOCKET_FLAG_DONT_READ);
        loop->listener->data = loop;
        h2o_socket_read_start(loop->listener, on_accept);
        h2o_multithread_create_thread(&threads[i], NULL, run, loop);
    }
    pause();
    return 0;
}
