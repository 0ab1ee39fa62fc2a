/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/control_inner.h"

#include "core/urlencoded.h"
#include "store/reader.h"
#include "store/store.h"
#include "store/writer.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void write_request(struct buf *out, const char *name, const struct control_pair *pairs,
                          size_t n)
{
    buf_str(out, str_from(name));
    char before = ' ';
    for (size_t i = 0; i < n; i++) {
        if (!pairs[i].value)
            continue;
        buf_byte(out, before);
        urlencoded_escape(out, str_from(pairs[i].name));
        buf_byte(out, '=');
        urlencoded_escape(out, str_from(pairs[i].value));
        before = '&';
    }
    buf_byte(out, '\n');
}

/* ---- with a server ----------------------------------------------------------------------------
 */

/* A connection to a running server, or -1. */
static int reach(const struct config *config)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char path[CONTROL_PATH_MAX];
    if (!control_path(config->data_directory, path))
        return -1;
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static enum err no_answer(struct why *why)
{
    enum err e = err_set(why, ERR_NETWORK, "ask the running server", "it gave no answer");
    err_hint(why, "Is it stopping? Try again; if this stays, see its log.");
    return e;
}

static void copy_line(struct str *rest, char *out, size_t size)
{
    struct str line = STR_EMPTY;
    str_cut(rest, '\n', &line);
    snprintf(out, size, "%.*s", STR_ARG(line));
}

static enum err read_answer(struct str answer, struct arena *a, struct str *out, struct why *why)
{
    struct str rest = answer, line;
    uint64_t kind;
    if (!str_cut(&rest, '\n', &line) || !str_to_u64(line, &kind) || kind >= ERR_COUNT)
        return no_answer(why);
    if (kind) {
        copy_line(&rest, why->op, sizeof why->op);
        copy_line(&rest, why->detail, sizeof why->detail);
        copy_line(&rest, why->hint, sizeof why->hint);
        return (enum err)kind;
    }
    *out = arena_str(a, rest);
    return ERR_NONE;
}

static enum err ask(int fd, struct str request, struct arena *a, struct str *out, struct why *why)
{
    enum { PIECE = 16384 };
    struct buf answer;
    buf_init(&answer, CONTROL_ANSWER_MAX + CONTROL_REQUEST_MAX);
    bool sent = send(fd, request.ptr, request.len, MSG_NOSIGNAL) == (ssize_t)request.len;
    while (sent) {
        char piece[PIECE];
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n <= 0)
            break;
        buf_bytes(&answer, piece, (size_t)n);
    }
    enum err e = buf_ok(&answer) ? read_answer(buf_view(&answer), a, out, why) : no_answer(why);
    buf_release(&answer);
    return e;
}

/* ---- without one ------------------------------------------------------------------------------
 */

static enum err do_alone(const struct config *config, struct str request, struct arena *a,
                         struct str *out, struct why *why)
{
    struct store *store = NULL;
    struct writer *writer = NULL;
    struct reader *reader = NULL;
    const struct writer_options options = {
        .rules = &config->rules, .inbox_limit = 16, .group_limit = 16};
    struct buf text;
    buf_init(&text, CONTROL_ANSWER_MAX);
    struct str directory = arena_str(a, config->data_directory);
    enum err e = store_open(directory.ptr, &store, why);
    if (!e)
        e = writer_start(store, &options, &writer, why);
    if (!e)
        e = reader_open(store, &reader, why);
    if (!e) {
        struct control_call call = {
            .config = config,
            .store = store,
            .reader = reader,
            .writer = writer,
            .arena = a,
            .out = &text,
        };
        e = control_do(&call, str_slice(request, 0, request.len - 1), why);
    }
    if (!e)
        *out = arena_str(a, buf_view(&text));
    buf_release(&text);
    reader_close(reader);
    writer_stop(writer);
    store_close(store);
    return e;
}

enum err control_ask(const struct config *config, const char *name,
                     const struct control_pair *pairs, size_t n, struct arena *a,
                     struct str *answer, struct why *why)
{
    struct buf request;
    buf_init(&request, CONTROL_REQUEST_MAX);
    write_request(&request, name, pairs, n);
    enum err e;
    int fd = -1;
    if (!buf_ok(&request)) {
        e = err_set(why, ERR_TOO_BIG, "ask for it", "what was given is too long");
    } else {
        fd = reach(config);
        e = fd >= 0 ? ask(fd, buf_view(&request), a, answer, why)
                    : do_alone(config, buf_view(&request), a, answer, why);
    }
    if (fd >= 0)
        close(fd);
    buf_release(&request);
    return e;
}
