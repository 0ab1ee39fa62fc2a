/* SPDX-License-Identifier: Apache-2.0 */
#include "base/workers.h"

#include "base/must.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct workers {
    struct workers_options options;
    pthread_mutex_t lock; /* guards what is below; held for a few stores */
    pthread_cond_t arrived;
    struct work *first, **last;
    unsigned waiting;
    bool closed;
    pthread_t threads[];
};

/* The oldest; NULL at the end. */
static struct work *take(struct workers *w)
{
    pthread_mutex_lock(&w->lock);
    while (!w->first && !w->closed)
        pthread_cond_wait(&w->arrived, &w->lock);
    struct work *work = w->first;
    if (work) {
        w->first = work->next;
        if (!w->first)
            w->last = &w->first;
        w->waiting--;
    }
    pthread_mutex_unlock(&w->lock);
    return work;
}

static void *run(void *context)
{
    struct workers *w = context;
    const struct workers_options *o = &w->options;
    pthread_setname_np(pthread_self(), o->name);
    void *local = o->open ? o->open(o->context) : NULL;
    for (struct work *work; (work = take(w));) {
        work->run(work, local);
        work->done(work);
    }
    if (o->close)
        o->close(local);
    return NULL;
}

struct workers *workers_start(const struct workers_options *options)
{
    must(options->threads && options->limit);
    struct workers *w = calloc(1, sizeof *w + options->threads * sizeof *w->threads);
    must(w != NULL);
    w->options = *options;
    w->last = &w->first;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->arrived, NULL);
    /* Signals are the main thread's business. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (unsigned i = 0; i < options->threads; i++)
        must(pthread_create(&w->threads[i], NULL, run, w) == 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return w;
}

enum err workers_put(struct workers *w, struct work *work)
{
    pthread_mutex_lock(&w->lock);
    bool taken = !w->closed && w->waiting < w->options.limit;
    if (taken) {
        work->next = NULL;
        *w->last = work;
        w->last = &work->next;
        w->waiting++;
        pthread_cond_signal(&w->arrived);
    }
    pthread_mutex_unlock(&w->lock);
    return taken ? ERR_NONE : ERR_BUSY;
}

unsigned workers_waiting(struct workers *w)
{
    pthread_mutex_lock(&w->lock);
    unsigned waiting = w->waiting;
    pthread_mutex_unlock(&w->lock);
    return waiting;
}

void workers_stop(struct workers *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->closed = true;
    pthread_cond_broadcast(&w->arrived);
    pthread_mutex_unlock(&w->lock);
    for (unsigned i = 0; i < w->options.threads; i++)
        pthread_join(w->threads[i], NULL);
    pthread_cond_destroy(&w->arrived);
    pthread_mutex_destroy(&w->lock);
    free(w);
}
