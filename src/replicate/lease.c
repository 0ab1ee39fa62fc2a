/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/lease.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/random.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char op[] = "take the lease of the replica";
static const struct str leader = STR_INIT("leader");

enum { END_MS = 2000 /* for giving it back */ };

struct lease {
    struct destination *place;
    struct destination *back; /* where it is given back: what is under way at `place` is stopped */
    char holder[DESTINATION_HOLDER_LEN + 1];
    bool held, started;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
};

/* The name in <data>/replica/holder; drawn and written when there is none. */
static enum err name_holder(struct lease *l, const char *data, struct why *why)
{
    char path[PATH_MAX];
    unsigned char bytes[DESTINATION_HOLDER_LEN / 2];
    snprintf(path, sizeof path, "%s/replica", data);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return err_set(why, ERR_IO, op, "%s: %s", path, err_errno(errno));
    snprintf(path, sizeof path, "%s/replica/holder", data);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_set(why, ERR_IO, op, "%s: %s", path, err_errno(errno));
    ssize_t n = read(fd, l->holder, DESTINATION_HOLDER_LEN);
    bool known = n == DESTINATION_HOLDER_LEN;
    for (size_t i = 0; known && i < DESTINATION_HOLDER_LEN; i++)
        known = (l->holder[i] >= '0' && l->holder[i] <= '9') ||
                (l->holder[i] >= 'a' && l->holder[i] <= 'f');
    enum err e = ERR_NONE;
    if (!known) {
        struct arena a = ARENA_INIT;
        random_bytes(bytes, sizeof bytes);
        struct str hex = text_hex(&a, str_of(bytes, sizeof bytes));
        memcpy(l->holder, hex.ptr, DESTINATION_HOLDER_LEN);
        if (pwrite(fd, hex.ptr, hex.len, 0) != (ssize_t)hex.len || fsync(fd) != 0)
            e = err_set(why, ERR_IO, op, "%s: %s", path, err_errno(errno));
        arena_release(&a);
    }
    close(fd);
    return e;
}

enum err lease_open(const struct destination_options *at, const char *data, struct lease **out,
                    struct why *why)
{
    *out = NULL;
    struct lease *l = calloc(1, sizeof *l);
    must(l != NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    must(pthread_mutex_init(&l->lock, NULL) == 0 && pthread_cond_init(&l->changed, &attr) == 0);
    pthread_condattr_destroy(&attr);
    struct destination_options options = *at;
    options.timeout_ms = LEASE_RENEW_MS;
    enum err e = name_holder(l, data, why);
    if (!e)
        e = destination_open(&options, &l->place, why);
    options.stop = NULL;
    if (!e)
        e = destination_open(&options, &l->back, why);
    if (e)
        lease_free(l);
    else
        *out = l;
    return e;
}

enum err lease_try(struct lease *l, struct why *why)
{
    enum err e = destination_lease(l->place, leader, str_from(l->holder), LEASE_SECONDS, why);
    l->held = e == ERR_NONE;
    return e;
}

enum err lease_exists(struct lease *l, bool *out, struct why *why)
{
    struct arena a = ARENA_INIT;
    struct destination_blob blob;
    enum err e = destination_look(l->place, &a, leader, &blob, why);
    arena_release(&a);
    *out = e == ERR_NONE;
    return e == ERR_MISSING ? ERR_NONE : e;
}

enum err lease_taken(const struct destination_options *at, const char *data, int64_t within_ms,
                     bool *taken, struct why *why)
{
    struct lease *l;
    bool there = false;
    *taken = false;
    enum err e = lease_open(at, data, &l, why);
    if (e)
        return e;
    destination_limit(l->place, clock_monotonic_ms() + within_ms);
    e = lease_exists(l, &there, why);
    if (!e && there)
        e = lease_try(l, why);
    *taken = e == ERR_CONFLICT;
    lease_free(l);
    return *taken ? ERR_NONE : e;
}

/* False: it is time to end. */
static bool pause_for(struct lease *l, int64_t ms)
{
    int64_t end = clock_monotonic_ms() + ms;
    struct timespec t = {.tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000};
    pthread_mutex_lock(&l->lock);
    while (!l->stopping && clock_monotonic_ms() < end)
        pthread_cond_timedwait(&l->changed, &l->lock, &t);
    bool go_on = !l->stopping;
    pthread_mutex_unlock(&l->lock);
    return go_on;
}

static void *run(void *context)
{
    struct lease *l = context;
    bool was_held = true;
    pthread_setname_np(pthread_self(), "lease");
    while (pause_for(l, LEASE_RENEW_MS)) {
        struct why why;
        bool held = lease_try(l, &why) == ERR_NONE;
        if (was_held && !held)
            log_why(LOG_WARN, "lease not renewed", &why);
        was_held = held;
    }
    return NULL;
}

void lease_keep(struct lease *l)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    must(pthread_create(&l->thread, NULL, run, l) == 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    l->started = true;
}

void lease_free(struct lease *l)
{
    if (!l)
        return;
    pthread_mutex_lock(&l->lock);
    l->stopping = true;
    pthread_mutex_unlock(&l->lock);
    pthread_cond_broadcast(&l->changed);
    if (l->place)
        destination_stop(l->place);
    if (l->started)
        pthread_join(l->thread, NULL);
    struct why why;
    if (l->held) {
        destination_limit(l->back, clock_monotonic_ms() + END_MS);
        if (destination_lease_end(l->back, leader, str_from(l->holder), &why))
            log_why(LOG_WARN, "lease not given back", &why);
    }
    destination_free(l->place);
    destination_free(l->back);
    pthread_cond_destroy(&l->changed);
    pthread_mutex_destroy(&l->lock);
    free(l);
}
