/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/random.h"
#include "replicate/replicator_inner.h"
#include "replicate/retry.h"
#include "store/store.h"

enum { TURN_MS = 1000 /* how often jobs are looked at that wait too long */ };

/* ---- the writer's side ---------------------------------------------------------------------- */

static void on_commit(void *self, struct commit *commit)
{
    struct replicator *r = self;
    atomic_fetch_add(&r->captured, commit_size(commit));
    backlog_put(&r->backlog, commit);
}

static void on_lost(void *self)
{
    backlog_want_image(&((struct replicator *)self)->backlog);
}

static void on_hold(void *self, struct job *jobs)
{
    struct replicator *r = self;
    uint64_t seq = backlog_mark(&r->backlog).seq;
    pthread_mutex_lock(&r->lock);
    bool fenced = r->state.health == REPLICATOR_FENCED;
    bool safe = !fenced && seq <= r->state.seq_safe;
    struct why trouble = r->state.trouble;
    if (!fenced && !safe) {
        struct held *h = calloc(1, sizeof *h);
        must(h != NULL);
        *h = (struct held){.jobs = jobs, .seq = seq, .until_ms = clock_monotonic_ms() + r->sync_ms};
        *r->held_last = h;
        r->held_last = &h->next;
        pthread_cond_signal(&r->arrived);
    }
    pthread_mutex_unlock(&r->lock);
    if (fenced)
        writer_release(r->writer, jobs, ERR_NETWORK, &trouble);
    else if (safe)
        writer_release(r->writer, jobs, ERR_NONE, NULL);
}

/* From here on the writer may be gone at any time; under the lock it is either there or this. */
static void on_closed(void *self)
{
    struct replicator *r = self;
    pthread_mutex_lock(&r->lock);
    r->writer_gone = true;
    pthread_mutex_unlock(&r->lock);
    backlog_close(&r->backlog);
}

void replicator_sink_init(struct replicator *r)
{
    r->sink = (struct commit_sink){
        .self = r, .commit = on_commit, .lost = on_lost, .hold = on_hold, .closed = on_closed};
}

/* ---- answering ------------------------------------------------------------------------------ */

/* Takes the first group when it is safe, or (overdue) has waited long enough, or always (all). */
static struct held *take_held(struct replicator *r, bool all, bool *safe)
{
    pthread_mutex_lock(&r->lock);
    struct held *h = r->held;
    *safe = h && h->seq <= r->state.seq_safe;
    if (h && !*safe && !all && clock_monotonic_ms() < h->until_ms)
        h = NULL;
    if (h) {
        r->held = h->next;
        if (!r->held)
            r->held_last = &r->held;
    }
    pthread_mutex_unlock(&r->lock);
    return h;
}

/* Answers those whose commit is in the replica, and those who waited too long; `all`: everybody,
 * the others with e. */
static void answer_held(struct replicator *r, bool all, enum err e, const struct why *why)
{
    struct held *h;
    bool safe;
    while ((h = take_held(r, all, &safe))) {
        struct why late;
        err_set(&late, ERR_NETWORK, "store the submission in two places",
                "it is stored here, and the replica does not answer");
        if (safe)
            writer_release(r->writer, h->jobs, ERR_NONE, NULL);
        else if (all)
            writer_release(r->writer, h->jobs, e, why);
        else
            writer_release(r->writer, h->jobs, ERR_NETWORK, &late);
        free(h);
    }
}

/*
 * The thread that keeps the promise of sync_ms to those who are held, whatever the one that ships
 * is waiting for: a place that takes connections and does not answer keeps that one for long.
 */
void *replicator_answers(void *context)
{
    struct replicator *r = context;
    pthread_setname_np(pthread_self(), "replica answers");
    pthread_mutex_lock(&r->lock);
    while (!r->ended) {
        int64_t end = r->held ? r->held->until_ms : INT64_MAX;
        const struct timespec t = {.tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000};
        if (clock_monotonic_ms() >= end) {
            pthread_mutex_unlock(&r->lock);
            answer_held(r, false, ERR_NONE, NULL);
            pthread_mutex_lock(&r->lock);
        } else if (r->held) {
            pthread_cond_timedwait(&r->arrived, &r->lock, &t);
        } else {
            pthread_cond_wait(&r->arrived, &r->lock);
        }
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* ---- state ---------------------------------------------------------------------------------- */

void replicator_note_put(struct replicator *r, uint64_t bytes, bool image)
{
    pthread_mutex_lock(&r->lock);
    bool was_behind = r->state.health == REPLICATOR_BEHIND;
    r->state.health = REPLICATOR_GOOD;
    r->state.position = r->shipper.position;
    r->state.seq_safe = r->staged_seq;
    r->state.safe_ms = clock_wall_ms();
    r->state.files++;
    r->state.bytes += bytes;
    r->state.images += image;
    pthread_mutex_unlock(&r->lock);
    r->failures = 0;
    store_note_safe(r->store, r->shipper.head.submission);
    if (was_behind)
        log_event(LOG_WARN, "replica reached again", LOG_INT("txid", r->shipper.position.txid));
}

void replicator_note_trouble(struct replicator *r, enum replicator_health health,
                             const struct why *why)
{
    pthread_mutex_lock(&r->lock);
    bool is_new = r->state.health != health;
    r->state.health = health;
    r->state.trouble = *why;
    r->state.failures++;
    pthread_mutex_unlock(&r->lock);
    if (is_new)
        log_why(LOG_ERROR,
                health == REPLICATOR_FENCED ? "replica taken over by another"
                                            : "replica not reached",
                why);
}

void replicator_state(struct replicator *r, struct replicator_state *out)
{
    int64_t oldest_ms = backlog_oldest_ms(&r->backlog);
    uint64_t seq = backlog_mark(&r->backlog).seq;
    pthread_mutex_lock(&r->lock);
    *out = r->state;
    pthread_mutex_unlock(&r->lock);
    out->seq_committed = seq;
    out->captured = atomic_load(&r->captured);
    out->backlog = backlog_bytes(&r->backlog);
    int64_t lag_ms = oldest_ms ? clock_wall_ms() - oldest_ms : 0;
    if (lag_ms > out->lag_ms)
        out->lag_ms = lag_ms;
}

void replicator_want_image(struct replicator *r)
{
    backlog_want_image(&r->backlog);
}

/* ---- shipping ------------------------------------------------------------------------------- */

/* Waits, but not beyond the end. False: it is time to give up. */
static bool pause_for(struct replicator *r, int64_t ms)
{
    int64_t until_ms = clock_monotonic_ms() + ms;
    pthread_mutex_lock(&r->lock);
    for (;;) {
        int64_t now = clock_monotonic_ms(), end = until_ms;
        if (r->stopping && r->stop_until_ms < end)
            end = r->stop_until_ms;
        if (now >= end)
            break;
        struct timespec t = {.tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000};
        pthread_cond_timedwait(&r->changed, &r->lock, &t);
    }
    bool go_on = !r->stopping || clock_monotonic_ms() < r->stop_until_ms;
    pthread_mutex_unlock(&r->lock);
    return go_on;
}

static void fence(struct replicator *r, const struct why *why)
{
    replicator_note_trouble(r, REPLICATOR_FENCED, why);
    pthread_mutex_lock(&r->lock);
    if (!r->writer_gone)
        writer_fence(r->writer, why);
    pthread_mutex_unlock(&r->lock);
    if (r->on_fenced)
        r->on_fenced(r->context);
    answer_held(r, true, ERR_NETWORK, why);
}

/* Lets commits gather for a moment. */
static void pace(struct replicator *r)
{
    int64_t left = r->shipped_ms + r->pace_ms - clock_monotonic_ms();
    pthread_mutex_lock(&r->lock);
    bool hurry = r->stopping;
    pthread_mutex_unlock(&r->lock);
    if (left > 0 && !hurry)
        pause_for(r, left);
}

/* Waits after a failure; in slices, so that nobody who waits is kept longer than promised. */
static bool wait_after_failure(struct replicator *r, const struct why *why)
{
    uint64_t chance;
    replicator_note_trouble(r, REPLICATOR_BEHIND, why);
    random_bytes(&chance, sizeof chance);
    int64_t left = retry_wait_ms(++r->failures, chance, destination_retry_ms(r->destination));
    for (; left > 0; left -= TURN_MS) {
        answer_held(r, false, ERR_NONE, NULL);
        if (!pause_for(r, left < TURN_MS ? left : TURN_MS))
            return false;
    }
    answer_held(r, false, ERR_NONE, NULL);
    return true;
}

/* Puts what is staged, for as long as it takes. False: fenced, or no time left. */
static bool put(struct replicator *r, bool image)
{
    uint64_t bytes = r->shipper.size;
    for (;;) {
        struct why why;
        enum err e = r->shipper.size ? shipper_put(&r->shipper, &why) : ERR_NONE;
        if (!e)
            e = replicator_tell_erasures(r, &r->shipper.head.erasure, &why);
        if (!e) {
            struct notes notes = shipper_notes(&r->shipper);
            replicator_note_put(r, bytes, image);
            if (r->on_put)
                r->on_put(r->context, &r->shipper.name, &notes, bytes);
            if (image && r->on_image)
                r->on_image(r->context, &r->shipper.name);
            answer_held(r, false, ERR_NONE, NULL);
            return true;
        }
        if (e == ERR_CONFLICT) {
            fence(r, &why);
            return false;
        }
        if (!wait_after_failure(r, &why))
            return false;
    }
}

/* Between two commits: on the writer's thread, or when there is no writer. */
static void pin(void *context)
{
    struct pinning *p = context;
    p->mark = backlog_mark(&p->replicator->backlog);
    p->at_ms = clock_wall_ms();
    p->e = image_pin(p->replicator->image, &p->why);
}

static void pinned(struct job *job)
{
    sem_post(&((struct pinning *)job->owner)->done);
}

/* Pins the image between two commits; *mark says which. */
enum err replicator_pin_now(struct replicator *r, struct pinning *p, struct why *why)
{
    *p = (struct pinning){.replicator = r};
    struct job call = {
        .kind = JOB_CALL, .call = {.run = pin, .context = p}, .done = pinned, .owner = p};
    sem_init(&p->done, 0, 0);
    pthread_mutex_lock(&r->lock);
    bool alone = r->writer_gone || !r->writer;
    bool asked = !alone && writer_put(r->writer, &call) == ERR_NONE;
    pthread_mutex_unlock(&r->lock);
    if (alone) {
        pin(p);
    } else if (asked) {
        while (sem_wait(&p->done) != 0)
            ;
    } else {
        p->e =
            err_set(&p->why, ERR_BUSY, "read the database for the replica", "the writer is busy");
    }
    sem_destroy(&p->done);
    if (p->e)
        *why = p->why;
    return p->e;
}

static enum err stage_image(struct replicator *r, struct why *why)
{
    struct pinning p;
    enum err e = replicator_pin_now(r, &p, why);
    if (e)
        return e;
    e = shipper_image(&r->shipper, r->image, p.at_ms, why);
    image_unpin(r->image);
    if (!e) {
        r->staged_seq = p.mark.seq;
        backlog_image_made(&r->backlog, p.mark);
    }
    return e;
}

static enum err stage_commits(struct replicator *r, struct commit *commits, struct why *why)
{
    struct batch batch;
    batch_make(&batch, commits);
    enum err e = shipper_batch(&r->shipper, &batch, why);
    r->staged_seq = batch.seq;
    batch_release(&batch);
    return e;
}

/* ---- the thread ----------------------------------------------------------------------------- */

void *replicator_run(void *context)
{
    struct replicator *r = context;
    pthread_setname_np(pthread_self(), "replicator");
    for (;;) {
        struct backlog_taken taken;
        struct why why;
        enum err e = r->looked ? ERR_NONE : replicator_look(r, &why);
        if (e == ERR_CONFLICT) {
            fence(r, &why);
            break;
        }
        if (e) {
            if (!wait_after_failure(r, &why))
                break;
            continue;
        }
        pace(r);
        backlog_take(&r->backlog, clock_monotonic_ms() + TURN_MS, &taken);
        answer_held(r, false, ERR_NONE, NULL);
        if (!taken.image_wanted && !taken.commits) {
            if (taken.closed)
                break;
            continue;
        }
        r->shipped_ms = clock_monotonic_ms();
        e = taken.image_wanted ? stage_image(r, &why) : stage_commits(r, taken.commits, &why);
        if (e) { /* the checksums and the file are lost: begin with what the database holds */
            backlog_want_image(&r->backlog);
            if (!wait_after_failure(r, &why))
                break;
            continue;
        }
        if (!put(r, taken.image_wanted))
            break;
    }
    struct why why;
    err_set(&why, ERR_NETWORK, "store the submission in two places", "the server is stopping");
    answer_held(r, true, ERR_NETWORK, &why);
    pthread_mutex_lock(&r->lock);
    r->ended = true;
    pthread_mutex_unlock(&r->lock);
    pthread_cond_broadcast(&r->changed);
    pthread_cond_broadcast(&r->arrived);
    return NULL;
}
