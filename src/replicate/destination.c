/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/destination.h"

#include "base/must.h"
#include "replicate/destination_kind.h"
#include "replicate/destination_sealed.h"
#include "replicate/destination_url.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_MS = 250 /* how often one who sleeps looks whether it was stopped */ };

bool destination_name_valid(struct str name)
{
    if (name.len == 0 || name.len > DESTINATION_NAME_MAX || name.ptr[name.len - 1] == '/')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool first = i == 0 || name.ptr[i - 1] == '/';
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (!word && (first || (c != '.' && c != '/')))
            return false;
    }
    return true;
}

static bool note_valid(const struct destination_note *n)
{
    for (size_t i = 0; i < n->key.len; i++) {
        char c = n->key.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(i > 0 && c >= '0' && c <= '9'))
            return false;
    }
    for (size_t i = 0; i < n->value.len; i++)
        if (n->value.ptr[i] <= ' ' || n->value.ptr[i] > '~')
            return false;
    return n->key.len > 0 && n->key.len <= DESTINATION_NOTE_MAX && n->value.len > 0 &&
           n->value.len <= DESTINATION_NOTE_MAX;
}

/* Names and notes come from us and never from outside: a wrong one is a defect. */
static void must_be_valid(struct str name, const struct destination_notes *notes)
{
    must(destination_name_valid(name));
    must(!notes || notes->n <= DESTINATION_NOTES_MAX);
    for (size_t i = 0; notes && i < notes->n; i++)
        must(note_valid(&notes->items[i]));
}

enum err destination_open(const struct destination_options *options, struct destination **out,
                          struct why *why)
{
    struct destination_address address;
    struct destination *d = NULL;
    *out = NULL;
    enum err e = destination_url_read(options->url, &address, why);
    if (e != ERR_NONE)
        return e;
    if (address.place == DESTINATION_AZURE)
        e = destination_azure_open(options, &address, &d, why);
    else if (address.place == DESTINATION_FILE)
        e = destination_file_open(address.path, &d, why);
    else
        d = destination_null_open();
    if (e != ERR_NONE)
        return e;
    d->stop = options->stop;
    d->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : DESTINATION_TIMEOUT_MS;
    d = destination_sealed_open(d, options->keys, options->sealed_only);
    d->url = arena_str(&d->arena, options->url);
    d->stop = options->stop;
    *out = d;
    return ERR_NONE;
}

void destination_free(struct destination *d)
{
    if (!d)
        return;
    struct arena arena = d->arena;
    d->kind->free(d);
    arena_release(&arena);
}

void destination_stop(struct destination *d)
{
    atomic_store(&d->stopped, true);
    if (d->kind->stop)
        d->kind->stop(d);
}

bool destination_stopped(const struct destination *d)
{
    return atomic_load(&d->stopped) || (d->stop && atomic_load(d->stop));
}

bool destination_pause(const struct destination *d, int64_t ms)
{
    for (int64_t left = ms; left > 0 && !destination_stopped(d); left -= PAUSE_MS) {
        int64_t now = left < PAUSE_MS ? left : PAUSE_MS;
        nanosleep(&(struct timespec){.tv_nsec = now * 1000000}, NULL);
    }
    return !destination_stopped(d);
}

void destination_limit(struct destination *d, int64_t until_ms)
{
    if (d->kind->limit)
        d->kind->limit(d, until_ms);
}

void destination_needs(const struct destination *d, struct destination_needs *out)
{
    *out = (struct destination_needs){0};
    d->kind->needs(d, out);
}

struct str destination_url(const struct destination *d)
{
    return d->url;
}

int64_t destination_retry_ms(const struct destination *d)
{
    return d->retry_ms;
}

static enum err put(struct destination *d, struct str name, const struct destination_body *body,
                    const struct destination_notes *notes, bool replace, struct why *why)
{
    static const struct destination_notes none = {.n = 0};
    must_be_valid(name, notes);
    d->retry_ms = 0;
    return d->kind->put(d, name, body, notes ? notes : &none, replace, why);
}

enum err destination_put(struct destination *d, struct str name, const struct str *parts, size_t n,
                         const struct destination_notes *notes, struct why *why)
{
    struct destination_body body = {.parts = parts, .n = n};
    for (size_t i = 0; i < n; i++)
        body.size += parts[i].len;
    return put(d, name, &body, notes, false, why);
}

static enum err read_file(void *context, uint64_t from, void *out, size_t n, struct why *why)
{
    const int *fd = context;
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(*fd, (char *)out + done, n - done, (off_t)(from + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_set(why, ERR_IO, "read what goes into the replica", "%s",
                           got < 0 ? err_errno(errno) : "the file became shorter");
        done += (size_t)got;
    }
    return ERR_NONE;
}

enum err destination_put_file(struct destination *d, struct str name, int fd, uint64_t size,
                              const struct destination_notes *notes, struct why *why)
{
    must(fd >= 0);
    const struct destination_body body = {.read = read_file, .context = &fd, .size = size};
    return put(d, name, &body, notes, false, why);
}

enum err destination_replace(struct destination *d, struct str name, struct str content,
                             const struct destination_notes *notes, struct why *why)
{
    const struct destination_body body = {.parts = &content, .n = 1, .size = content.len};
    return put(d, name, &body, notes, true, why);
}

enum err destination_look(struct destination *d, struct arena *a, struct str name,
                          struct destination_blob *out, struct why *why)
{
    must_be_valid(name, NULL);
    *out = (struct destination_blob){.name = arena_str(a, name)};
    d->retry_ms = 0;
    return d->kind->look(d, a, name, out, why);
}

enum err destination_get(struct destination *d, struct str name, uint64_t from, uint64_t n,
                         enum err (*take)(void *context, const void *bytes, size_t n,
                                          struct why *why),
                         void *context, struct why *why)
{
    must_be_valid(name, NULL);
    d->retry_ms = 0;
    return n == 0 ? ERR_NONE : d->kind->get(d, name, from, n, take, context, why);
}

enum err destination_list(struct destination *d, struct arena *a, struct str prefix,
                          struct str after, struct destination_blob **out, size_t *n,
                          struct why *why)
{
    *out = arena_new_array(a, struct destination_blob, DESTINATION_LIST_MAX);
    *n = 0;
    d->retry_ms = 0;
    return d->kind->list(d, a, prefix, after, out, n, why);
}

enum err destination_delete(struct destination *d, const struct str *names, size_t n,
                            struct why *why)
{
    for (size_t i = 0; i < n; i++)
        must_be_valid(names[i], NULL);
    d->retry_ms = 0;
    return d->kind->delete (d, names, n, why);
}

enum err destination_lease(struct destination *d, struct str name, struct str holder, int seconds,
                           struct why *why)
{
    must_be_valid(name, NULL);
    must(holder.len == DESTINATION_HOLDER_LEN && seconds >= 15 && seconds <= 60);
    d->retry_ms = 0;
    return d->kind->lease(d, name, holder, seconds, why);
}

enum err destination_lease_end(struct destination *d, struct str name, struct str holder,
                               struct why *why)
{
    must_be_valid(name, NULL);
    must(holder.len == DESTINATION_HOLDER_LEN);
    d->retry_ms = 0;
    return d->kind->lease_end(d, name, holder, why);
}
