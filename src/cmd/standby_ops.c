/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/standby_ops.h"

#include "base/exposition.h"
#include "base/must.h"
#include "net/address.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <unistd.h>

enum { REASON_MAX = 160, REQUEST_MAX = 2048, ANSWER_MAX = 512, METRICS_MAX = 1 << 20 };

struct standby_ops {
    int sockets[ADDRESS_MAX];
    nfds_t n;
    int stop; /* an event ends the thread */
    pthread_t thread;
    pthread_mutex_t lock; /* guards reason */
    char reason[REASON_MAX];
};

void standby_ops_say(struct standby_ops *o, const char *reason)
{
    if (!o)
        return;
    pthread_mutex_lock(&o->lock);
    snprintf(o->reason, sizeof o->reason, "%s", reason);
    pthread_mutex_unlock(&o->lock);
}

static bool send_all(int fd, struct str text)
{
    while (text.len) {
        ssize_t n = send(fd, text.ptr, text.len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        text = str_slice(text, (size_t)n, text.len);
    }
    return true;
}

static void answer_metrics(struct str request, int fd)
{
    struct buf out;
    char head[ANSWER_MAX];
    bool open = exposition_wants_open(request);
    buf_init(&out, METRICS_MAX);
    bool whole = exposition_write(&out, open);
    int n = snprintf(head, sizeof head,
                     "HTTP/1.1 200 OK\r\nContent-Type: %.*s\r\nContent-Length: %zu\r\n"
                     "Connection: close\r\n\r\n",
                     STR_ARG(exposition_types[open]), out.len);
    if (whole && send_all(fd, str_of(head, (size_t)n)) && send_all(fd, buf_view(&out)))
        shutdown(fd, SHUT_WR);
    buf_release(&out);
}

static void answer(struct standby_ops *o, int fd)
{
    static const struct timeval patience = {.tv_sec = 1};
    static const char live[] = "alive\n";
    char request[REQUEST_MAX], body[REASON_MAX + 32], text[ANSWER_MAX];
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    ssize_t got = recv(fd, request, sizeof request, 0);
    if (got <= 0)
        return;
    if (str_starts(str_of(request, (size_t)got), STR("GET /metrics "))) {
        answer_metrics(str_of(request, (size_t)got), fd);
        return;
    }
    bool alive = str_starts(str_of(request, (size_t)got), STR("GET /livez "));
    pthread_mutex_lock(&o->lock);
    snprintf(body, sizeof body, "[no] standby: %s\nnot ready\n", o->reason);
    pthread_mutex_unlock(&o->lock);
    const char *said = alive ? live : body;
    int n = snprintf(text, sizeof text,
                     "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
                     "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                     alive ? "200 OK" : "503 Service Unavailable", strlen(said), said);
    if (send(fd, text, (size_t)n, MSG_NOSIGNAL) == n)
        shutdown(fd, SHUT_WR);
}

static void *run(void *context)
{
    struct standby_ops *o = context;
    struct pollfd wait[ADDRESS_MAX + 1];
    pthread_setname_np(pthread_self(), "standby ops");
    for (nfds_t i = 0; i < o->n; i++)
        wait[i] = (struct pollfd){.fd = o->sockets[i], .events = POLLIN};
    wait[o->n] = (struct pollfd){.fd = o->stop, .events = POLLIN};
    while (poll(wait, o->n + 1, -1) >= 0 || errno == EINTR) {
        if (wait[o->n].revents)
            break;
        for (nfds_t i = 0; i < o->n; i++) {
            int fd = wait[i].revents ? accept4(wait[i].fd, NULL, NULL, SOCK_CLOEXEC) : -1;
            if (fd < 0)
                continue;
            answer(o, fd);
            close(fd);
        }
    }
    return NULL;
}

static void release(struct standby_ops *o)
{
    for (nfds_t i = 0; i < o->n; i++)
        close(o->sockets[i]);
    if (o->stop >= 0)
        close(o->stop);
    pthread_mutex_destroy(&o->lock);
    free(o);
}

enum err standby_ops_open(struct str listen, struct standby_ops **out, struct why *why)
{
    struct address_list list;
    *out = NULL;
    if (listen.len == 0)
        return ERR_NONE;
    enum err e = address_parse(listen, &list, why);
    if (e)
        return e;
    struct standby_ops *o = calloc(1, sizeof *o);
    must(o != NULL && pthread_mutex_init(&o->lock, NULL) == 0);
    snprintf(o->reason, sizeof o->reason, "starting");
    o->stop = eventfd(0, EFD_CLOEXEC);
    must(o->stop >= 0);
    for (size_t i = 0; !e && i < list.n; i++) {
        int fd = -1;
        e = address_free(&list.items[i], why);
        if (!e)
            e = address_listen(&list.items[i], list.n > 1, &fd, why);
        if (!e && fd >= 0)
            o->sockets[o->n++] = fd;
    }
    if (e) {
        release(o);
        return e;
    }
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    must(pthread_create(&o->thread, NULL, run, o) == 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    *out = o;
    return ERR_NONE;
}

void standby_ops_close(struct standby_ops *o)
{
    if (!o)
        return;
    uint64_t one = 1;
    must(write(o->stop, &one, sizeof one) == sizeof one);
    pthread_join(o->thread, NULL);
    release(o);
}
