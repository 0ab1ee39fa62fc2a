/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/replicator_inner.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/random.h"
#include "base/text.h"
#include "replicate/baseline.h"
#include "replicate/position.h"
#include "store/store.h"

#include <signal.h>

enum {
    BACKLOG = 64 * 1024 * 1024,
    SYNC_MS = 10 * 1000,
    LEAD_MS = 20 * 1000, /* how long a new leader tries to put its first file */
    LEAD_TURN_MS = 500,
    WRITER_BYTES = (NOTES_WRITER_SIZE - 1) / 2
};

/* Where the replica is; asked once: when it moves on meanwhile, our put is refused. */
static enum err ask(struct replicator *r, struct why *why)
{
    if (r->asked)
        return ERR_NONE;
    enum err e = baseline_newest(r->destination, &r->newest, why);
    r->asked = !e;
    if (!e && r->newest.txid == 0)
        store_forget_safe(r->store);
    return e;
}

/* The checksums of the database as it is at the pinning; read once, and kept up by what is shipped
 * afterwards. */
static enum err learn(struct replicator *r, struct why *why)
{
    if (r->learned)
        return ERR_NONE;
    enum err e = r->pinned ? ERR_NONE : replicator_pin_now(r, &r->pinning, why);
    r->pinned = !e;
    if (!e)
        e = shipper_learn(&r->shipper, r->image, why);
    if (!e)
        e = image_head(r->image, &r->head, why);
    r->learned = !e;
    return e;
}

/* An image to ask for the replica's newest event, and for pages: any later one will do. */
static enum err pin_any(struct replicator *r, struct why *why)
{
    struct pinning later;
    enum err e = r->pinned ? ERR_NONE : replicator_pin_now(r, &later, why);
    r->pinned = r->pinned || !e;
    return e;
}

static void unpin(struct replicator *r)
{
    image_unpin(r->image);
    r->pinned = false;
}

/* How the replica and the database belong together (baseline.h); from then on the next file is
 * known. */
static enum err compare(struct replicator *r, enum baseline *baseline, struct why *why)
{
    enum err e = learn(r, why);
    if (!e)
        e = ask(r, why);
    if (!e)
        e = pin_any(r, why);
    if (!e)
        e = baseline_decide(r->destination, &r->newest, r->shipper.sums.database, r->image,
                            r->takeover, baseline, why);
    if (e)
        return e;
    e = replicator_look_ledger(r, &r->head.erasure, why);
    if (e)
        return e;
    r->shipper.position.txid = r->newest.txid;
    r->shipper.position.dbsum = r->newest.notes.dbsum;
    r->shipper.position.epoch =
        r->newest.notes.epoch + (r->newest.txid == 0 || r->takeover || r->lead);
    pthread_mutex_lock(&r->lock);
    r->state.position = r->shipper.position;
    pthread_mutex_unlock(&r->lock);
    log_event(LOG_INFO, "replica", LOG_STR("url", destination_url(r->destination)),
              LOG_INT("txid", r->newest.txid),
              LOG_TEXT("state", *baseline == BASELINE_CONTINUE ? "continued"
                                : r->newest.txid               ? "caught up with an image"
                                                               : "begun"));
    return ERR_NONE;
}

/*
 * The first slot of a new leader, with the database pinned as it is: until it is ours, the one
 * before may still put files; afterwards its next put is refused.
 */
static enum err take_slot(struct replicator *r, enum baseline baseline, const struct pinning *p,
                          struct why *why)
{
    int64_t until_ms = clock_monotonic_ms() + LEAD_MS;
    bool whole = baseline == BASELINE_IMAGE;
    enum err e = whole ? shipper_image(&r->shipper, r->image, p->at_ms, why)
                       : shipper_mark(&r->shipper, r->image, p->at_ms, why);
    uint64_t bytes = r->shipper.size;
    if (e)
        return e;
    r->staged_seq = p->mark.seq;
    while ((e = shipper_put(&r->shipper, why)) != ERR_NONE && e != ERR_CONFLICT &&
           clock_monotonic_ms() < until_ms && destination_pause(r->destination, LEAD_TURN_MS))
        ;
    if (!e)
        replicator_note_put(r, bytes, whole);
    return e;
}

/* Compares, and knows what to ship first. */
enum err replicator_look(struct replicator *r, struct why *why)
{
    enum baseline baseline = BASELINE_IMAGE;
    enum err e = compare(r, &baseline, why);
    if (!e && r->lead)
        e = take_slot(r, baseline, &r->pinning, why);
    if (!e && (baseline == BASELINE_CONTINUE || r->lead))
        e = replicator_tell_erasures(r, &r->head.erasure, why);
    unpin(r);
    if (e)
        return e;
    if (baseline == BASELINE_IMAGE && !r->lead) {
        backlog_want_image(&r->backlog);
    } else {
        backlog_image_made(&r->backlog, r->pinning.mark); /* the replica has what was before */
        store_note_safe(r->store, r->head.submission);
        pthread_mutex_lock(&r->lock);
        r->state.seq_safe = r->pinning.mark.seq;
        pthread_mutex_unlock(&r->lock);
    }
    r->looked = true;
    return ERR_NONE;
}

/* Before the writer starts, in little time: is this the database that the replica is of? */
static enum err judge(struct replicator *r, struct why *why)
{
    destination_limit(r->destination, clock_monotonic_ms() + REPLICATOR_START_MS);
    enum err e = ask(r, why);
    destination_limit(r->destination, 0);
    if (!e)
        e = pin_any(r, why);
    if (!e)
        e = baseline_permit(r->destination, &r->newest, r->image, r->takeover, why);
    unpin(r);
    return e;
}

/* ---- opening and closing -------------------------------------------------------------------- */

static void draw_writer(char out[NOTES_WRITER_SIZE])
{
    unsigned char bytes[WRITER_BYTES];
    struct arena a;
    arena_init(&a);
    random_bytes(bytes, sizeof bytes);
    snprintf(out, NOTES_WRITER_SIZE, "%.*s", STR_ARG(text_hex(&a, str_of(bytes, sizeof bytes))));
    arena_release(&a);
}

static void position_path(const struct replicator *r, char out[STAGE_PATH_MAX + 32])
{
    snprintf(out, STAGE_PATH_MAX + 32, "%s/replica/position", r->data);
}

/* The shape of the database, and everything that can be made ready without the destination. */
static enum err prepare(struct replicator *r, struct why *why)
{
    struct image_shape shape = {0};
    enum err e = image_open(r->store, &r->image, why);
    if (!e)
        e = image_pin(r->image, why);
    if (!e)
        e = image_shape(r->image, &shape, why);
    if (!e)
        e = shipper_init(&r->shipper, r->data, r->destination, shape.page_size, why);
    if (e)
        return e;
    image_unpin(r->image);
    draw_writer(r->shipper.position.writer);
    return ERR_NONE;
}

enum err replicator_open(struct store *store, const struct replicator_options *options,
                         struct replicator **out, struct why *why)
{
    *out = NULL;
    struct replicator *r = calloc(1, sizeof *r);
    must(r != NULL);
    r->store = store;
    store_expect_safe(store);
    r->destination = options->destination;
    r->pace_ms = options->pace_ms;
    r->takeover = options->takeover;
    r->lead = options->lead;
    r->sync_ms = options->sync_ms ? options->sync_ms : SYNC_MS;
    r->on_fenced = options->on_fenced;
    r->on_put = options->on_put;
    r->on_image = options->on_image;
    r->context = options->context;
    replicator_sink_init(r);
    r->held_last = &r->held;
    snprintf(r->data, sizeof r->data, "%s", options->data);
    backlog_init(&r->backlog, options->backlog ? options->backlog : BACKLOG);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    must(pthread_mutex_init(&r->lock, NULL) == 0 && pthread_cond_init(&r->changed, &attr) == 0 &&
         pthread_cond_init(&r->arrived, &attr) == 0);
    pthread_condattr_destroy(&attr);
    char path[STAGE_PATH_MAX + 32];
    position_path(r, path);
    position_forget(path); /* from now on it changes */
    enum err e = prepare(r, why);
    bool without = options->start_without && !options->lead;
    if (!e)
        e = without ? judge(r, why) : replicator_look(r, why);
    if (e && without && err_is_temporary(e)) {
        replicator_note_trouble(r, REPLICATOR_BEHIND, why);
        e = ERR_NONE;
    }
    if (e)
        replicator_free(r);
    else
        *out = r;
    return e;
}

const struct commit_sink *replicator_sink(struct replicator *r)
{
    return &r->sink;
}

void replicator_start(struct replicator *r, struct writer *writer)
{
    struct why why;
    r->writer = writer;
    /* Before the first commit, so that what the writer does from now on is not in it. */
    if (!r->looked)
        r->pinned = replicator_pin_now(r, &r->pinning, &why) == ERR_NONE;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    must(pthread_create(&r->thread, NULL, replicator_run, r) == 0 &&
         pthread_create(&r->answers, NULL, replicator_answers, r) == 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    r->started = true;
}

/* Until the thread has ended, or has no time left. */
static void wait_for_end(struct replicator *r)
{
    pthread_mutex_lock(&r->lock);
    const struct timespec until = {.tv_sec = r->stop_until_ms / 1000,
                                   .tv_nsec = r->stop_until_ms % 1000 * 1000000};
    while (!r->ended && pthread_cond_timedwait(&r->changed, &r->lock, &until) == 0)
        ;
    pthread_mutex_unlock(&r->lock);
}

/* The writer has ended and everything is put: the file that it leaves is the replica's newest
 * state. */
static void keep_position(struct replicator *r)
{
    char path[STAGE_PATH_MAX + 32];
    struct replicator_state state;
    replicator_state(r, &state);
    const struct sums *sums = &r->shipper.sums;
    const struct position p = {.txid = state.position.txid,
                               .page_size = sums->page_size,
                               .pages = sums->pages,
                               .dbsum = state.position.dbsum};
    position_path(r, path);
    if (r->looked && state.health == REPLICATOR_GOOD && state.seq_safe == state.seq_committed &&
        sums->database == p.dbsum && p.txid && p.pages)
        position_write(path, destination_url(r->destination), &p, NULL);
}

void replicator_stop(struct replicator *r, int64_t within_ms)
{
    pthread_mutex_lock(&r->lock);
    r->stopping = true;
    r->stop_until_ms = clock_monotonic_ms() + within_ms;
    pthread_mutex_unlock(&r->lock);
    pthread_cond_broadcast(&r->changed);
    backlog_wake(&r->backlog);
    if (r->started) {
        wait_for_end(r);
        destination_stop(r->destination);
        pthread_join(r->thread, NULL);
        pthread_join(r->answers, NULL);
        keep_position(r);
    }
    r->started = false;
}

void replicator_free(struct replicator *r)
{
    if (!r)
        return;
    image_close(r->image);
    if (r->shipper.data)
        shipper_release(&r->shipper);
    destination_free(r->destination);
    backlog_release(&r->backlog);
    pthread_cond_destroy(&r->changed);
    pthread_cond_destroy(&r->arrived);
    pthread_mutex_destroy(&r->lock);
    free(r);
}
