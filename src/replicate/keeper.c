/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/keeper.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/random.h"
#include "replicate/merge.h"
#include "replicate/retry.h"

#include <pthread.h>
#include <signal.h>

enum { TURN_MS = 1000, STEPS_MAX = 10000, LIST_AGAIN_MS = 60 * 1000 };

struct told {
    struct told *next;
    struct ltx_name name;
    struct notes notes;
    uint64_t size;
};

struct keeper {
    struct keeper_options options;
    char data[STAGE_PATH_MAX];
    pthread_t thread;
    bool started;

    /* Whoever turns. */
    struct shelf shelf;
    struct merge merge;
    bool listed, tidied;
    unsigned failures;     /* in a row */
    int64_t listed_ms;     /* when */
    int64_t next_drill_ms; /* 0: not set yet */
    int64_t asked_ms;      /* when an image was asked for; 0: none is on its way */

    pthread_mutex_t lock; /* guards everything below */
    pthread_cond_t changed;
    struct told *told, **told_last;
    struct {
        char name[64], content[KEEPER_BESIDE_MAX];
        size_t name_n, content_n; /* content_n 0: there is nothing to put */
    } beside;
    struct keeper_state state;
    struct ltx_name image; /* the newest file with the whole database; of TXID 0: none is known */
    bool stopping;
};

void keeper_open(const struct keeper_options *options, struct keeper **out)
{
    struct keeper *k = calloc(1, sizeof *k);
    must(k != NULL);
    k->options = *options;
    snprintf(k->data, sizeof k->data, "%s", options->data);
    merge_init(&k->merge, k->data, options->destination);
    k->told_last = &k->told;
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    must(pthread_mutex_init(&k->lock, NULL) == 0 && pthread_cond_init(&k->changed, &attr) == 0);
    pthread_condattr_destroy(&attr);
    *out = k;
}

void keeper_told(struct keeper *k, const struct ltx_name *name, const struct notes *notes,
                 uint64_t size)
{
    struct told *t = malloc(sizeof *t);
    must(t != NULL);
    *t = (struct told){.name = *name, .notes = *notes, .size = size};
    pthread_mutex_lock(&k->lock);
    *k->told_last = t;
    k->told_last = &t->next;
    pthread_mutex_unlock(&k->lock);
}

void keeper_image(struct keeper *k, const struct ltx_name *name)
{
    pthread_mutex_lock(&k->lock);
    k->image = *name;
    pthread_mutex_unlock(&k->lock);
}

static void hear(struct keeper *k, int64_t now_ms)
{
    pthread_mutex_lock(&k->lock);
    struct told *told = k->told;
    k->told = NULL;
    k->told_last = &k->told;
    pthread_mutex_unlock(&k->lock);
    for (struct told *next; told; told = next) {
        next = told->next;
        shelf_add(&k->shelf, &told->name, told->size, now_ms, &told->notes);
        free(told);
    }
}

static bool is_stopping(struct keeper *k)
{
    pthread_mutex_lock(&k->lock);
    bool stopping = k->stopping;
    pthread_mutex_unlock(&k->lock);
    return stopping;
}

/* ---- state ---------------------------------------------------------------------------------- */

static void note_shelf(struct keeper *k, uint64_t gap)
{
    struct keeper_state now = {.known = true, .gap = gap};
    for (size_t i = 0; i < k->shelf.n; i++) {
        const struct retention_file *f = &k->shelf.files[i];
        now.levels[f->name.level].files++;
        now.levels[f->name.level].bytes += f->size;
        if (f->name.level == LTX_LEVEL_SNAPSHOT) {
            now.snapshot_txid = f->name.max_txid;
            now.snapshot_ms = f->at_ms;
        }
    }
    now.oldest_ms = retention_oldest_ms(k->shelf.files, k->shelf.n);
    pthread_mutex_lock(&k->lock);
    struct keeper_state *s = &k->state;
    bool gap_is_new = gap && s->gap != gap;
    memcpy(s->levels, now.levels, sizeof s->levels);
    s->known = true;
    s->snapshot_txid = now.snapshot_txid;
    s->snapshot_ms = now.snapshot_ms;
    s->oldest_ms = now.oldest_ms;
    s->gap = gap;
    s->put = k->merge.put;
    s->fetched = k->merge.fetched;
    pthread_mutex_unlock(&k->lock);
    if (gap_is_new)
        log_event(LOG_WARN, "replica has a gap", LOG_INT("txid", gap),
                  LOG_TEXT("remedy", "a new image closes it by itself; what lay between cannot be "
                                     "restored any more: find out who deletes there"));
}

static void note_turn(struct keeper *k, enum err e, const struct why *why)
{
    pthread_mutex_lock(&k->lock);
    bool is_new = e && !k->state.result;
    k->state.result = e;
    k->state.failures += e != ERR_NONE;
    if (e)
        k->state.trouble = *why;
    pthread_mutex_unlock(&k->lock);
    if (is_new)
        log_why(LOG_WARN, "replica not tidied", why);
}

void keeper_state(struct keeper *k, struct keeper_state *out)
{
    pthread_mutex_lock(&k->lock);
    *out = k->state;
    pthread_mutex_unlock(&k->lock);
}

/* ---- a turn --------------------------------------------------------------------------------- */

static enum err do_merge(struct keeper *k, const struct retention_step *step, int64_t now_ms,
                         struct why *why)
{
    struct retention_file **files = calloc(step->n, sizeof *files);
    struct ltx_name *names = calloc(step->n, sizeof *names);
    struct notes notes;
    uint64_t size = 0;
    must(files && names);
    for (size_t i = 0; i < step->n; i++) {
        names[i] = step->files[i]->name;
        files[i] = shelf_find(&k->shelf, &names[i]);
    }
    enum err e = merge_run(&k->merge, files, step->n, &step->result, &notes, &size, why);
    if (!e)
        shelf_add(&k->shelf, &step->result, size, now_ms, &notes);
    bool snapshot = step->result.level == LTX_LEVEL_SNAPSHOT;
    for (size_t i = 0; !e && i < step->n; i++) {
        shelf_forget_notes(&k->shelf, &names[i]);
        merge_drop_copy(&k->merge, &names[i]);
    }
    free(names);
    free(files);
    if (e)
        return e;
    pthread_mutex_lock(&k->lock);
    k->state.merges++;
    pthread_mutex_unlock(&k->lock);
    log_event(snapshot ? LOG_INFO : LOG_DEBUG, snapshot ? "replica snapshot" : "replica merged",
              LOG_INT("level", step->result.level), LOG_INT("files", step->n),
              LOG_INT("txid", step->result.max_txid), LOG_INT("bytes", size));
    return ERR_NONE;
}

static enum err do_delete(struct keeper *k, const struct retention_step *step, struct why *why)
{
    char texts[RETENTION_DELETE_MAX][LTX_NAME_SIZE];
    struct str views[RETENTION_DELETE_MAX];
    struct ltx_name names[RETENTION_DELETE_MAX];
    for (size_t i = 0; i < step->n; i++) {
        names[i] = step->files[i]->name;
        views[i] = ltx_name_write(&names[i], texts[i]);
    }
    enum err e = destination_delete(k->options.destination, views, step->n, why);
    for (size_t i = 0; !e && i < step->n; i++) {
        shelf_drop(&k->shelf, &names[i]);
        merge_drop_copy(&k->merge, &names[i]);
    }
    pthread_mutex_lock(&k->lock);
    k->state.deletions += e ? 0 : step->n;
    pthread_mutex_unlock(&k->lock);
    return e;
}

/* The image becomes a snapshot: what follows it needs nothing from before. */
static enum err close_gap(struct keeper *k, const struct ltx_name *image, int64_t now_ms,
                          struct why *why)
{
    struct retention_file *files[] = {shelf_find(&k->shelf, image)};
    const struct ltx_name result = {LTX_LEVEL_SNAPSHOT, 1, image->max_txid};
    struct notes notes;
    uint64_t size = 0;
    enum err e = merge_run(&k->merge, files, 1, &result, &notes, &size, why);
    if (e)
        return e;
    shelf_add(&k->shelf, &result, size, now_ms, &notes);
    k->asked_ms = 0;
    pthread_mutex_lock(&k->lock);
    k->state.healed++;
    pthread_mutex_unlock(&k->lock);
    log_event(LOG_WARN, "replica gap closed", LOG_INT("txid", result.max_txid),
              LOG_INT("bytes", size));
    return ERR_NONE;
}

/* Files are missing from `gap` on. fresh: the list was read in this turn. *more: it is closed. */
static enum err heal(struct keeper *k, uint64_t gap, bool fresh, int64_t now_ms, bool *more,
                     struct why *why)
{
    pthread_mutex_lock(&k->lock);
    struct ltx_name image = k->image;
    pthread_mutex_unlock(&k->lock);
    if (!k->options.heal)
        return ERR_NONE;
    const struct ltx_name closed = {LTX_LEVEL_SNAPSHOT, 1, image.max_txid};
    if (image.max_txid > gap && shelf_find(&k->shelf, &image) && !shelf_find(&k->shelf, &closed)) {
        *more = true;
        return close_gap(k, &image, now_ms, why);
    }
    if (!fresh && !k->asked_ms) {
        k->listed = false;
        return ERR_NONE;
    }
    bool lost = now_ms < k->asked_ms || now_ms - k->asked_ms >= LIST_AGAIN_MS;
    if (!k->asked_ms || lost) {
        k->asked_ms = now_ms;
        k->options.heal(k->options.context);
    }
    return ERR_NONE;
}

/* One step; *more: there may be another. */
static enum err step_on(struct keeper *k, int64_t now_ms, bool fresh, bool *more, struct why *why)
{
    struct arena a;
    struct retention_step step;
    enum err e = ERR_NONE;
    arena_init(&a);
    retention_next(&a, k->shelf.files, k->shelf.n, &k->options.rules, now_ms, &step);
    if (step.kind == RETENTION_MERGE)
        e = do_merge(k, &step, now_ms, why);
    else if (step.kind == RETENTION_DELETE)
        e = do_delete(k, &step, why);
    *more = step.kind != RETENTION_REST;
    if (!*more)
        note_shelf(k, step.gap);
    if (!*more && step.gap)
        e = heal(k, step.gap, fresh, now_ms, more, why);
    arena_release(&a);
    return e;
}

static void do_drill(struct keeper *k, int64_t now_ms)
{
    char scratch[STAGE_PATH_MAX];
    if (!k->options.drill || k->options.drill_ms == 0)
        return;
    /* Not at every start at once, and not never for who starts daily; nor only when the time comes
     * again from which the clock was set back. */
    if (k->next_drill_ms == 0 || k->next_drill_ms - now_ms > k->options.drill_ms)
        k->next_drill_ms = now_ms + k->options.drill_ms / 24;
    if (now_ms < k->next_drill_ms ||
        snprintf(scratch, sizeof scratch, "%s/replica/drill", k->data) >= (int)sizeof scratch)
        return;
    k->next_drill_ms = now_ms + k->options.drill_ms;
    struct keeper_drill drill = {.at_ms = now_ms};
    int64_t from_ms = clock_monotonic_ms();
    drill.result = k->options.drill(k->options.context, scratch, &drill.txid, &drill.why);
    drill.took_ms = clock_monotonic_ms() - from_ms;
    pthread_mutex_lock(&k->lock);
    k->state.drill = drill;
    if (!drill.result) {
        k->state.verified_txid = drill.txid;
        k->state.verified_ms = drill.at_ms;
    }
    pthread_mutex_unlock(&k->lock);
    if (drill.result)
        log_why(LOG_ERROR, "replica drill failed", &drill.why);
    else
        log_event(LOG_INFO, "replica drill", LOG_INT("txid", drill.txid),
                  LOG_INT("took_ms", drill.took_ms));
}

enum err keeper_turn(struct keeper *k, int64_t now_ms, struct why *why)
{
    enum err e = ERR_NONE;
    bool fresh = !k->listed;
    if (fresh) {
        e = shelf_list(&k->shelf, k->options.destination, why);
        k->listed_ms = now_ms;
    }
    k->listed = !e;
    if (!e && !k->tidied) {
        merge_tidy(&k->merge, &k->shelf);
        k->tidied = true;
    }
    bool more = !e;
    for (int i = 0; more && !e && i < STEPS_MAX && !is_stopping(k); i++) {
        hear(k, now_ms);
        e = step_on(k, now_ms, fresh, &more, why);
    }
    bool doubtful =
        k->state.gap && (now_ms < k->listed_ms || now_ms - k->listed_ms >= LIST_AGAIN_MS);
    if (e == ERR_MISSING || e == ERR_DATA || doubtful) /* perhaps it is not as we think */
        k->listed = false;
    if (!e || !is_stopping(k)) /* a call that was stopped is no failure */
        note_turn(k, e, why);
    if (!e && !is_stopping(k))
        do_drill(k, now_ms);
    return e;
}

/* ---- the thread ----------------------------------------------------------------------------- */

/* False: it is time to end. */
static bool pause_for(struct keeper *k, int64_t ms)
{
    int64_t end = clock_monotonic_ms() + ms;
    struct timespec t = {.tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000};
    pthread_mutex_lock(&k->lock);
    while (!k->stopping && clock_monotonic_ms() < end)
        pthread_cond_timedwait(&k->changed, &k->lock, &t);
    bool go_on = !k->stopping;
    pthread_mutex_unlock(&k->lock);
    return go_on;
}

void keeper_beside(struct keeper *k, struct str name, struct str content)
{
    must(name.len <= sizeof k->beside.name && content.len <= sizeof k->beside.content);
    pthread_mutex_lock(&k->lock);
    memcpy(k->beside.name, name.ptr, name.len);
    memcpy(k->beside.content, content.ptr, content.len);
    k->beside.name_n = name.len;
    k->beside.content_n = content.len;
    pthread_mutex_unlock(&k->lock);
}

/* What could not be put is tried again with the next turn, unless another came meanwhile. */
static enum err put_beside(struct keeper *k, struct why *why)
{
    char name[sizeof k->beside.name], content[KEEPER_BESIDE_MAX];
    pthread_mutex_lock(&k->lock);
    size_t name_n = k->beside.name_n, n = k->beside.content_n;
    memcpy(name, k->beside.name, name_n);
    memcpy(content, k->beside.content, n);
    k->beside.content_n = 0;
    pthread_mutex_unlock(&k->lock);
    if (n == 0)
        return ERR_NONE;
    enum err e = destination_replace(k->options.destination, str_of(name, name_n),
                                     str_of(content, n), &(struct destination_notes){.n = 0}, why);
    pthread_mutex_lock(&k->lock);
    if (e && k->beside.content_n == 0)
        k->beside.content_n = n;
    pthread_mutex_unlock(&k->lock);
    return e;
}

static void *run(void *context)
{
    struct keeper *k = context;
    int64_t wait_ms = 0;
    pthread_setname_np(pthread_self(), "keeper");
    while (pause_for(k, wait_ms)) {
        struct why why;
        uint64_t chance;
        enum err e = keeper_turn(k, clock_wall_ms(), &why);
        if (!e && (e = put_beside(k, &why)) != ERR_NONE)
            log_why(LOG_WARN, "not put beside the replica", &why);
        k->failures = e ? k->failures + 1 : 0;
        random_bytes(&chance, sizeof chance);
        wait_ms = TURN_MS;
        if (e)
            wait_ms +=
                retry_wait_ms(k->failures, chance, destination_retry_ms(k->options.destination));
        if (k->options.turned)
            k->options.turned(k->options.context);
    }
    return NULL;
}

void keeper_start(struct keeper *k)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    must(pthread_create(&k->thread, NULL, run, k) == 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    k->started = true;
}

void keeper_stop(struct keeper *k)
{
    pthread_mutex_lock(&k->lock);
    k->stopping = true;
    pthread_mutex_unlock(&k->lock);
    pthread_cond_broadcast(&k->changed);
    destination_stop(k->options.destination);
    if (k->started)
        pthread_join(k->thread, NULL);
    k->started = false;
}

void keeper_free(struct keeper *k)
{
    if (!k)
        return;
    for (struct told *next; k->told; k->told = next) {
        next = k->told->next;
        free(k->told);
    }
    shelf_release(&k->shelf);
    merge_release(&k->merge);
    destination_free(k->options.destination);
    pthread_cond_destroy(&k->changed);
    pthread_mutex_destroy(&k->lock);
    free(k);
}
