/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/interrupt.h"

#include "base/clock.h"
#include "base/must.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void raise_stop(struct interrupt *i)
{
    pthread_mutex_lock(&i->lock);
    atomic_store(&i->stop, true);
    pthread_mutex_unlock(&i->lock);
    pthread_cond_broadcast(&i->raised);
}

static void *run(void *context)
{
    struct interrupt *i = context;
    struct pollfd wait[] = {{.fd = i->end, .events = POLLIN}, {.fd = i->signals, .events = POLLIN}};
    pthread_setname_np(pthread_self(), "interrupt");
    while (poll(wait, 2, -1) >= 0 || errno == EINTR) {
        struct signalfd_siginfo caught;
        if (wait[1].revents && read(i->signals, &caught, sizeof caught) == sizeof caught &&
            caught.ssi_signo != SIGHUP)
            raise_stop(i);
        if (wait[0].revents)
            break;
    }
    return NULL;
}

void interrupt_begin(struct interrupt *i, const sigset_t *signals)
{
    atomic_store(&i->stop, false);
    i->signals = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
    i->end = eventfd(0, EFD_CLOEXEC);
    must(i->signals >= 0 && i->end >= 0);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    must(pthread_mutex_init(&i->lock, NULL) == 0 && pthread_cond_init(&i->raised, &attr) == 0);
    pthread_condattr_destroy(&attr);
    must(pthread_create(&i->thread, NULL, run, i) == 0);
}

bool interrupt_pause(struct interrupt *i, int64_t ms)
{
    int64_t until = clock_monotonic_ms() + ms;
    const struct timespec t = {.tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000};
    pthread_mutex_lock(&i->lock);
    while (!atomic_load(&i->stop) && pthread_cond_timedwait(&i->raised, &i->lock, &t) == 0)
        ;
    pthread_mutex_unlock(&i->lock);
    return atomic_load(&i->stop);
}

bool interrupt_end(struct interrupt *i)
{
    uint64_t one = 1;
    must(write(i->end, &one, sizeof one) == sizeof one);
    pthread_join(i->thread, NULL);
    close(i->end);
    close(i->signals);
    pthread_cond_destroy(&i->raised);
    pthread_mutex_destroy(&i->lock);
    return atomic_load(&i->stop);
}
