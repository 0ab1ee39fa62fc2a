/* SPDX-License-Identifier: Apache-2.0 */
#include "store/writer.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/random.h"
#include "store/chain.h"
#include "store/duplicates.h"
#include "store/search_index.h"
#include "store/writer_inner.h"

#include <malloc.h>
#include <signal.h>

enum {
    IDLE_MS = 200,        /* nothing to do for so long: time for the log */
    REST_MS = 5000,       /* and for so long: give memory back, look for expired drafts */
    IDLE_PAGES = 256,     /* log pages worth a checkpoint after IDLE_MS; any after REST_MS */
    BESIDE_MS = 1000,     /* how often, at most, counts and marks go with a group */
    COMPARE_MS = 1000,    /* how often, under load, submissions are compared with earlier ones */
    PURGE_MS = 60 * 1000, /* how often expired drafts are looked for under load */
    PURGE_DRAFTS = 200,   /* at a time */
    INDEX_WAIT_MS = 200,  /* what came is indexed so much later, some of it together */
    INDEX_US = 4000,      /* at a time, */
    INDEX_ROWS = 1000,    /* */
    INDEX_REST = 10,      /* then not for so many times what it took */
    INDEX_REST_BURST = 100,
    BURST_JOBS = 16 /* in a group: the writer has better to do */
};

static const struct form_rules fixed_rules = {FORM_FIXED_FIELDS};

/* ---- groups --------------------------------------------------------------------------------- */

static bool is_call(const struct job *job)
{
    return job->kind == JOB_CALL;
}

static bool waits_for_sink(const struct job *job)
{
    return job->wait_for_sink && job->result == ERR_NONE;
}

/* Answers what was committed, but for the jobs that the sink will answer. */
static void answer_committed(struct writer *w, struct job *jobs)
{
    const struct commit_sink *sink = w->capture.sink;
    struct job *held = sink && sink->hold ? chain_take(&jobs, waits_for_sink) : NULL;
    chain_answer(jobs, ERR_NONE, NULL);
    if (!held)
        return;
    atomic_fetch_add(&w->held, chain_length(held));
    sink->hold(sink->self, held);
}

void writer_release(struct writer *w, struct job *jobs, enum err e, const struct why *why)
{
    unsigned n = chain_length(jobs);
    chain_answer(jobs, e, why);
    atomic_fetch_sub(&w->held, n); /* last: from 0 on the writer may go */
}

void writer_fence(struct writer *w, const struct why *why)
{
    if (atomic_load(&w->fenced))
        return;
    w->fence = *why;
    atomic_store_explicit(&w->fenced, true, memory_order_release);
}

static void run_calls(struct job *calls)
{
    for (struct job *job = calls; job; job = job->next) {
        job->result = ERR_NONE;
        job->call.run(job->call.context);
    }
    chain_answer(calls, ERR_NONE, NULL);
}

static void count(struct writer *w, const struct job *jobs, enum err e, int64_t us)
{
    uint64_t n = 0, failed = 0, submissions = 0;
    bool drafts = true;
    for (; jobs; jobs = jobs->next) {
        n++;
        drafts = drafts && jobs->kind == JOB_DRAFT;
        failed += e || jobs->result;
        submissions += jobs->kind == JOB_SUBMIT && !e && !jobs->result && !jobs->submit.repeated;
        if (!e && !jobs->result)
            funnel_job(&w->funnel, jobs);
    }
    w->burst = n >= BURST_JOBS;
    if (w->indexes && !drafts && !w->unindexed) {
        w->unindexed = true;
        int64_t at_ms = clock_monotonic_ms() + INDEX_WAIT_MS;
        w->index_at_ms = at_ms > w->index_at_ms ? at_ms : w->index_at_ms;
    }
    if (!e) {
        histogram_add(&w->commit_us, &histogram_us, (uint64_t)us);
        histogram_add(&w->batch, &histogram_number, n);
    }
    pthread_mutex_lock(&w->stats_lock);
    w->stats.jobs += n;
    w->stats.failed += failed;
    if (!e) {
        w->stats.commits++;
        w->stats.commit_us += (uint64_t)us;
        w->stats.submissions += submissions;
        w->stats.rewritten += w->group.rewritten;
        w->group.rewritten = 0;
        w->stats.log_pages = w->log_pages;
    }
    pthread_mutex_unlock(&w->stats_lock);
}

static bool any_beside(struct writer *w)
{
    return funnel_any(&w->funnel) || safe_any(&w->store->safe);
}

/* What goes with the next group: counts of visits, marks of what is in the replica. */
static void take_beside(struct writer *w, int64_t now, bool due)
{
    due = due || now >= w->beside_at_ms;
    w->group.funnel = due && funnel_any(&w->funnel) ? &w->funnel : NULL;
    w->group.safe = due && safe_any(&w->store->safe) ? &w->store->safe : NULL;
    if (w->group.funnel || w->group.safe)
        w->beside_at_ms = now + BESIDE_MS;
}

static enum err refuse_damaged(struct why *why)
{
    enum err e = err_set(why, ERR_DATA, "write to the database", "it is damaged");
    err_hint(why, "Keep the files, and restore from a backup or replica.");
    return e;
}

static void write_group(struct writer *w, struct job *jobs)
{
    struct why why;
    enum err e;
    struct job *calls = chain_take(&jobs, is_call);
    int64_t start = clock_monotonic_us();
    if (!jobs) {
        run_calls(calls);
        return;
    }
    writer_recover(w);
    if (atomic_load_explicit(&w->store->damaged, memory_order_relaxed)) {
        e = refuse_damaged(&why);
    } else if (atomic_load_explicit(&w->fenced, memory_order_acquire)) {
        e = ERR_NETWORK;
        why = w->fence;
    } else if (!w->open) {
        e = w->trouble_kind;
        why = w->trouble;
    } else {
        take_beside(w, start / 1000, false);
        e = group_write(&w->group, jobs, false, &why);
        if (e == ERR_DATA)
            atomic_store(&w->store->damaged, true);
        if (e) {
            writer_close_connection(w);
            writer_set_trouble(w, e, &why);
        }
    }
    count(w, jobs, e, clock_monotonic_us() - start);
    if (!e)
        atomic_store_explicit(&w->newest, w->group.head.submission, memory_order_relaxed);
    if (e)
        chain_answer(jobs, e, &why);
    else
        answer_committed(w, jobs);
    run_calls(calls);
    w->uncompared = w->duplicate_ms > 0;
    w->rested = false;
}

/* ---- the thread ----------------------------------------------------------------------------- */

static void purge(struct writer *w, int64_t now)
{
    struct why why;
    unsigned purged = 0;
    enum err e = group_purge(&w->group, PURGE_DRAFTS, &purged, &why);
    if (e) {
        writer_close_connection(w);
        writer_set_trouble(w, e, &why);
        return;
    }
    /* As many as asked for: there are more, soon again. */
    w->purge_at_ms = now + (purged == PURGE_DRAFTS ? IDLE_MS : PURGE_MS);
    if (purged)
        log_event(LOG_INFO, "expired drafts deleted", LOG_INT("drafts", purged));
}

static void compare(struct writer *w, int64_t now)
{
    struct why why;
    enum err e = duplicates_mark(&w->connection, w->duplicate_ms, &w->uncompared, &why);
    if (e) {
        w->uncompared = true;
        writer_close_connection(w);
        writer_set_trouble(w, e, &why);
        return;
    }
    w->compare_at_ms = now + COMPARE_MS;
}

/* A slice, and a rest in proportion: of a burst's time little is taken, of any other's a tenth. */
static void index_some(struct writer *w, int64_t now)
{
    struct why why;
    int64_t start = clock_monotonic_us();
    enum err e = search_index(&w->connection, INDEX_ROWS, INDEX_US, &w->unindexed, &why);
    if (e) {
        w->unindexed = true;
        writer_close_connection(w);
        writer_set_trouble(w, e, &why);
        return;
    }
    int64_t took_ms = (clock_monotonic_us() - start) / 1000 + 1;
    w->index_at_ms = now + took_ms * (w->burst ? INDEX_REST_BURST : INDEX_REST);
}

/* What found no group to go with. */
static void write_beside(struct writer *w, int64_t now)
{
    struct why why;
    take_beside(w, now, true);
    enum err e = group_beside(&w->group, &why);
    if (e) {
        writer_close_connection(w);
        writer_set_trouble(w, e, &why);
        return;
    }
    w->rested = false;
}

static void rest(struct writer *w)
{
    if (w->log_pages)
        writer_checkpoint(w);
    sqlite3_db_release_memory(w->connection.db);
    malloc_trim(0); /* freed pages of the cache stay with the process otherwise */
    w->rested = true;
}

/* What is due beside the groups. idle_ms: for how long nothing came. Answers when to look again. */
static int64_t keep_house(struct writer *w, int64_t now, int64_t idle_ms)
{
    writer_recover(w);
    if (!w->open)
        return w->retry_at_ms;
    bool about_to_rest = idle_ms >= REST_MS && !w->rested;
    if ((about_to_rest || now >= w->purge_at_ms) && any_beside(w))
        write_beside(w, now);
    if (w->open && now >= w->purge_at_ms)
        purge(w, now);
    if (w->open && w->uncompared && (idle_ms >= IDLE_MS || now >= w->compare_at_ms))
        compare(w, now);
    bool fenced = atomic_load_explicit(&w->fenced, memory_order_relaxed);
    if (w->open && w->unindexed && !fenced && (idle_ms >= IDLE_MS || now >= w->index_at_ms))
        index_some(w, now);
    if (w->open &&
        (w->log_pages >= w->checkpoint_at || (idle_ms >= IDLE_MS && w->log_pages >= IDLE_PAGES)))
        writer_checkpoint(w);
    if (w->open && idle_ms >= REST_MS && !w->rested)
        rest(w);
    if (!w->open)
        return w->retry_at_ms;
    if ((w->uncompared || (w->unindexed && !fenced)) && idle_ms >= IDLE_MS)
        return now;
    int64_t at = now + (idle_ms < IDLE_MS ? IDLE_MS : REST_MS);
    if (w->rested)
        at = w->purge_at_ms > now ? w->purge_at_ms : now + IDLE_MS;
    return w->unindexed && !fenced && w->index_at_ms < at ? w->index_at_ms : at;
}

static void *writer_run(void *context)
{
    struct writer *w = context;
    pthread_setname_np(pthread_self(), "writer"); /* from outside it would take a file of /proc */
    int64_t now = clock_monotonic_ms(), busy_at = now, look_at = now + IDLE_MS;
    bool closed = false;
    while (!closed) {
        struct job *jobs = inbox_take(&w->inbox, w->group_limit, look_at, &closed);
        if (jobs)
            write_group(w, jobs);
        now = clock_monotonic_ms();
        if (jobs)
            busy_at = now;
        /* Under load only what cannot wait; the clock was read anyway. */
        look_at = keep_house(w, now, now - busy_at);
    }
    if (w->open && any_beside(w))
        write_beside(w, now);
    if (w->open) {
        sqlite3_wal_checkpoint_v2(w->connection.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        writer_close_connection(w);
    }
    if (w->capture.sink && w->capture.sink->closed)
        w->capture.sink->closed(w->capture.sink->self);
    return NULL;
}

enum err writer_start(struct store *store, const struct writer_options *options,
                      struct writer **out, struct why *why)
{
    must(options->inbox_limit && options->group_limit);
    *out = NULL;
    struct writer *w = calloc(1, sizeof *w);
    must(w != NULL);
    w->store = store;
    w->funnel.rules = options->rules ? options->rules : &fixed_rules;
    w->group_limit = options->group_limit;
    w->draw = options->draw ? options->draw : random_bytes;
    w->duplicate_ms = options->duplicate_ms;
    w->uncompared = w->duplicate_ms > 0;
    w->indexes = w->unindexed = options->search;
    w->log_limit = options->log_pages ? options->log_pages : CONNECTION_LOG_PAGES;
    w->checkpoint_at = w->log_limit;
    w->purge_at_ms = clock_monotonic_ms() + IDLE_MS;
    w->stats.healthy = true;
    enum err e = ERR_NONE;
    if (store->first.db) {
        w->connection = store->first;
        store->first = (struct connection){0};
    } else {
        e = connection_open(&w->connection, store->database, CONNECTION_WRITE, why);
    }
    capture_init(&w->capture, options->sink);
    /* What the log holds from before is in the sink's image: it begins with an empty one. */
    if (!e && options->sink &&
        sqlite3_wal_checkpoint_v2(w->connection.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) !=
            SQLITE_OK)
        e = connection_error(&w->connection, "checkpoint the database", why);
    if (!e)
        e = writer_use_connection(w, why);
    if (e) {
        connection_close(&w->connection);
        free(w);
        return e;
    }
    inbox_init(&w->inbox, options->inbox_limit);
    pthread_mutex_init(&w->stats_lock, NULL);

    /* Signals are the main thread's business. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&w->thread, NULL, writer_run, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    must(rc == 0);
    store_check_rest(store);
    *out = w;
    return ERR_NONE;
}

enum err writer_put(struct writer *w, struct job *job)
{
    if (job->kind != JOB_CALL && atomic_load(&w->held) >= w->inbox.limit)
        return ERR_BUSY;
    job->put_us = clock_monotonic_us();
    return inbox_put(&w->inbox, job) ? ERR_NONE : ERR_BUSY;
}

int64_t writer_newest(const struct writer *w)
{
    return atomic_load_explicit(&w->newest, memory_order_relaxed);
}

unsigned writer_waiting(struct writer *w)
{
    return inbox_waiting(&w->inbox) + atomic_load(&w->held);
}

void writer_stats(struct writer *w, struct writer_stats *out)
{
    pthread_mutex_lock(&w->stats_lock);
    *out = w->stats;
    pthread_mutex_unlock(&w->stats_lock);
    out->waiting = writer_waiting(w);
}

struct funnel *writer_funnel(struct writer *w)
{
    return &w->funnel;
}

void writer_stop(struct writer *w)
{
    if (!w)
        return;
    static const struct timespec moment = {.tv_nsec = 2000000};
    inbox_close(&w->inbox);
    pthread_join(w->thread, NULL);
    while (atomic_load(&w->held)) /* the sink has them yet */
        nanosleep(&moment, NULL);
    inbox_release(&w->inbox);
    pthread_mutex_destroy(&w->stats_lock);
    free(w);
}
