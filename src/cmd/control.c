/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/control_inner.h"

#include "base/log.h"
#include "base/must.h"
#include "core/urlencoded.h"
#include "store/reader.h"
#include "store/store.h"
#include "store/writer.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

struct control {
    const struct config *config;
    struct store *store;
    struct writer *writer;
    int listener, stop;
    pthread_t thread;
    bool started;
    char path[CONTROL_PATH_MAX];
};

/* ---- verbs ---------------------------------------------------------------------------------- */

struct str control_argument(const struct control_call *c, const char *name)
{
    struct urlencoded u;
    struct str found, value;
    urlencoded_init(&u, c->arguments);
    while (urlencoded_next(&u, c->arena, &found, &value))
        if (str_eq(found, str_from(name)))
            return value;
    return STR_EMPTY;
}

static void write_done(struct job *job)
{
    sem_post(job->owner);
}

enum err control_write(struct control_call *c, write_verb *verb, void *input, struct why *why)
{
    sem_t done;
    must(sem_init(&done, 0, 0) == 0);
    struct job job = {
        .kind = JOB_WRITE,
        .write = {verb, input},
        .done = write_done,
        .owner = &done,
    };
    enum err e = writer_put(c->writer, &job);
    if (e)
        err_set(why, e, "hand it to the server", "its writer takes no more just now");
    else
        while (sem_wait(&done) != 0)
            ;
    sem_destroy(&done);
    if (!e && job.result) {
        e = job.result;
        *why = job.why;
    }
    return e;
}

/* "user.add" of "user.add login=x" */
enum err control_do(struct control_call *c, struct str request, struct why *why)
{
    size_t space = str_find(request, ' ', 0);
    struct str name = str_slice(request, 0, space);
    c->arguments = str_slice(request, space + 1, request.len);
    for (const struct control_row *row = control_rows; row->name; row++)
        if (str_eq(str_from(row->name), name))
            return row->run(c, why);
    enum err e = err_set(why, ERR_USAGE, "do that", "this server knows no “%.*s”", STR_ARG(name));
    err_hint(why, "Command and server are of different versions?");
    return e;
}

/* ---- the door ------------------------------------------------------------------------------- */

bool control_path(struct str data_directory, char out[CONTROL_PATH_MAX])
{
    int n = snprintf(out, CONTROL_PATH_MAX, "%.*s/control", STR_ARG(data_directory));
    return n > 0 && n < CONTROL_PATH_MAX;
}

static bool take_socket(struct control *control)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    _Static_assert(sizeof address.sun_path >= CONTROL_PATH_MAX, "it fits");
    memcpy(address.sun_path, control->path, strlen(control->path) + 1);
    unlink(control->path); /* of a server that was killed: we have the directory's lock */
    control->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    control->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (control->listener < 0 || control->stop < 0)
        return false;
    mode_t before = umask(0177); /* 0600 from the first moment; no other thread makes files yet */
    bool bound = bind(control->listener, (const struct sockaddr *)&address, sizeof address) == 0;
    umask(before);
    return bound && listen(control->listener, 8) == 0;
}

void control_open(const struct config *config, struct store *store, struct control **out,
                  struct why *why)
{
    static const char op[] = "open the door for commands";
    struct control *control = calloc(1, sizeof *control);
    must(control != NULL);
    *control = (struct control){.config = config, .store = store, .listener = -1, .stop = -1};
    *out = control;
    bool fits = control_path(config->data_directory, control->path);
    if (fits && take_socket(control))
        return;
    if (fits)
        err_set(why, ERR_IO, op, "%s: %s", control->path, err_errno(errno));
    else
        err_set(why, ERR_CONFIG, op, "the data directory's path is too long for a socket");
    err_hint(why, "anteroom user and token work while the server is stopped.");
    control_close(control);
    *out = NULL;
}

/* Only this user, and root: the file's mode says so too, but a directory may be opened wider. */
static bool is_ours(int fd)
{
    struct ucred peer;
    socklen_t n = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 &&
           (peer.uid == getuid() || peer.uid == 0);
}

/* Up to the end of the line; false when it does not come in time, or is too long. */
static bool read_request(int fd, char *text, struct str *out)
{
    size_t n = 0;
    while (n < CONTROL_REQUEST_MAX) {
        ssize_t got = recv(fd, text + n, CONTROL_REQUEST_MAX - n, 0);
        if (got <= 0)
            return false;
        char *end = memchr(text + n, '\n', (size_t)got);
        n += (size_t)got;
        if (end) {
            *out = str_of(text, (size_t)(end - text));
            return true;
        }
    }
    return false;
}

static void send_all(int fd, struct str bytes)
{
    while (bytes.len) {
        ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes = str_slice(bytes, (size_t)sent, bytes.len);
    }
}

static void answer(struct control *control, struct reader *reader, int fd)
{
    static const struct timeval patience = {.tv_sec = 2};
    char text[CONTROL_REQUEST_MAX];
    struct str request;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (!is_ours(fd) || !read_request(fd, text, &request))
        return;
    struct arena a = ARENA_INIT;
    struct buf out, head;
    struct why why = {0};
    buf_init(&out, CONTROL_ANSWER_MAX);
    buf_init(&head, CONTROL_REQUEST_MAX);
    struct control_call call = {
        .config = control->config,
        .store = control->store,
        .reader = reader,
        .writer = control->writer,
        .arena = &a,
        .out = &out,
    };
    enum err e = control_do(&call, request, &why);
    if (e)
        buf_fmt(&head, "%d\n%s\n%s\n%s\n", (int)e, why.op, why.detail, why.hint);
    else
        buf_str(&head, STR("0\n"));
    send_all(fd, buf_view(&head));
    if (!e && buf_ok(&out))
        send_all(fd, buf_view(&out));
    buf_release(&head);
    buf_release(&out);
    arena_release(&a);
}

static void *serve(void *context)
{
    struct control *control = context;
    struct reader *reader = NULL;
    struct why why = {0};
    pthread_setname_np(pthread_self(), "control");
    if (reader_open(control->store, &reader, &why) != ERR_NONE) {
        log_why(LOG_ERROR, "no door for commands", &why);
        return NULL;
    }
    struct pollfd fds[] = {{.fd = control->listener, .events = POLLIN},
                           {.fd = control->stop, .events = POLLIN}};
    while (poll(fds, 2, -1) >= 0 || errno == EINTR) {
        if (fds[1].revents)
            break;
        int fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        answer(control, reader, fd);
        close(fd);
    }
    reader_close(reader);
    return NULL;
}

void control_run(struct control *control, struct writer *writer)
{
    if (!control)
        return;
    control->writer = writer;
    control->started = pthread_create(&control->thread, NULL, serve, control) == 0;
}

void control_close(struct control *control)
{
    if (!control)
        return;
    uint64_t one = 1;
    if (control->started && write(control->stop, &one, sizeof one) == sizeof one)
        pthread_join(control->thread, NULL);
    if (control->listener >= 0) {
        close(control->listener);
        unlink(control->path);
    }
    if (control->stop >= 0)
        close(control->stop);
    free(control);
}
