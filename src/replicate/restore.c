/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/restore.h"

#include "base/clock.h"
#include "base/must.h"
#include "replicate/conveyor.h"
#include "replicate/erasures.h"
#include "replicate/listing.h"
#include "replicate/rebuild.h"
#include "replicate/restore_place.h"
#include "store/erase.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 6, REPLANS = 16, STATE_EVERY_MS = 2000 };

static const char op[] = "restore from the replica";

struct restore {
    const struct restore_options *options;
    struct restore_report *report;
    struct arena *arena;
    struct destination *place;
    struct restore_place local;
    struct rebuild rebuild;
    struct listing listing;
    struct plan plan;
    uint64_t to;        /* the TXID to be at */
    size_t at;          /* the plan's file at hand, in the listing; SIZE_MAX: none */
    uint64_t *sums;     /* the database's checksum after each file of the plan */
    bool damaged;       /* the file at hand is: what why says is about it */
    struct why first;   /* what was said of the first damaged file */
    uint64_t safe_txid; /* as it stands in the state's file */
    int64_t safe_ms;
};

/* ---- what to do ------------------------------------------------------------------------------ */

static enum err when(void *context, size_t i, int64_t *at_ms, struct why *why)
{
    struct restore *r = context;
    struct ltx_header header;
    enum err e = listing_header(r->place, &r->listing.files[i].name, &header, why);
    *at_ms = e ? 0 : header.at_ms;
    return e;
}

static bool same_name(const struct ltx_name *a, const struct ltx_name *b)
{
    return a->level == b->level && a->min_txid == b->min_txid && a->max_txid == b->max_txid;
}

/* The replica's list anew; what was found damaged before stays out. */
static enum err list(struct restore *r, struct why *why)
{
    struct listing before = r->listing;
    enum err e = listing_read(r->place, r->arena, &r->listing, why);
    for (size_t i = 0; !e && i < before.n; i++)
        for (size_t k = 0; before.files[i].out && k < r->listing.n; k++)
            if (same_name(&before.files[i].name, &r->listing.files[k].name))
                r->listing.files[k].out = true;
    if (!e && r->listing.n == 0) {
        e = err_set(why, ERR_MISSING, op, "there is no replica at %.*s",
                    STR_ARG(destination_url(r->place)));
        err_hint(why, "Look whether the path is right: the files lie below it in ltx/.");
    }
    return e;
}

static enum err aim(struct restore *r, struct why *why)
{
    const struct restore_options *o = r->options;
    enum err e = ERR_NONE;
    r->to = o->aim == RESTORE_TXID ? o->txid : plan_newest(r->listing.files, r->listing.n);
    if (o->aim == RESTORE_TIME)
        e = plan_at(r->listing.files, r->listing.n, o->at_ms, when, r, &r->to, why);
    if (!e && r->to == 0) {
        e = err_set(why, ERR_MISSING, op, "the replica has nothing that old");
        err_hint(why, "anteroom replica status says from when to when it reaches.");
    }
    return e;
}

/* "TXID 17, of 2026-11-21T09:30:00.125Z" as the remedy of what cannot be restored. */
static void offer(struct restore *r, struct why *why)
{
    int64_t at_ms = 0;
    char time[CLOCK_RFC3339_SIZE];
    if (r->plan.txid == 0) {
        err_hint(why, "There is no good point before it either.");
        return;
    }
    if (r->plan.n == 0 || when(r, r->plan.files[r->plan.n - 1], &at_ms, NULL) != ERR_NONE)
        snprintf(time, sizeof time, "unknown");
    else
        clock_rfc3339(at_ms, time);
    err_hint(why,
             "The newest good point before it is TXID %llu, of %s: restore it with --txid %llu.",
             (unsigned long long)r->plan.txid, time, (unsigned long long)r->plan.txid);
}

static enum err unreachable(struct restore *r, struct why *why)
{
    const struct plan *p = &r->plan;
    enum err e = ERR_DATA;
    unsigned long long to = r->to, from = p->txid + 1;
    if (r->first.detail[0]) {
        if (why)
            *why = r->first;
    } else if (p->end == PLAN_GAP) {
        err_set(why, e, op, "the files of TXID %llu to %llu are missing", from,
                (unsigned long long)p->missing);
    } else if (p->end == PLAN_COARSE) {
        e = err_set(why, ERR_MISSING, op,
                    "TXID %llu is no point of its own any more; the next one is %llu", to,
                    (unsigned long long)p->next);
    } else {
        e = err_set(why, ERR_MISSING, op, "the replica ends before TXID %llu", to);
    }
    offer(r, why);
    return e;
}

static enum err make_plan(struct restore *r, struct why *why)
{
    plan_make(r->arena, r->listing.files, r->listing.n, r->rebuild.txid, r->to, &r->plan);
    /* A moment between two points is the earlier one; only what is missing is told. */
    if (r->plan.end == PLAN_COARSE && r->options->aim == RESTORE_TIME && r->plan.txid)
        r->to = r->plan.txid;
    else if (r->plan.end != PLAN_THERE)
        return unreachable(r, why);
    free(r->sums);
    r->sums = calloc(r->plan.n + 1, sizeof *r->sums);
    must(r->sums != NULL);
    return ERR_NONE;
}

/* Is there room for the database? Its size stands in the plan's last file. */
static enum err check_room(struct restore *r, struct why *why)
{
    if (r->plan.n == 0)
        return ERR_NONE;
    struct ltx_header h;
    r->at = r->plan.files[r->plan.n - 1];
    enum err e = listing_header(r->place, &r->listing.files[r->at].name, &h, why);
    r->damaged = e == ERR_DATA;
    return e ? e : restore_place_room(&r->local, (uint64_t)h.commit * h.page_size, why);
}

/* ---- doing it -------------------------------------------------------------------------------- */

struct counted {
    struct restore *restore;
    struct ltx_source source;
    struct restore_progress progress;
    uint64_t told;
};

static void tell(struct counted *c)
{
    c->told = c->progress.bytes;
    if (c->restore->options->progress)
        c->restore->options->progress(c->restore->options->context, &c->progress);
}

static enum err read_counted(void *from, void *out, size_t n, size_t *got, struct why *why)
{
    struct counted *c = from;
    enum err e = c->source.read(c->source.from, out, n, got, why);
    c->progress.bytes += e ? 0 : *got;
    if (c->progress.bytes - c->told >= 1 << 20)
        tell(c);
    return e;
}

/* A later try may go on from here. */
static enum err write_state(struct restore *r, struct why *why)
{
    const struct restore_state state = {.txid = r->rebuild.txid,
                                        .to = r->to,
                                        .page_size = r->rebuild.sums.page_size,
                                        .pages = r->rebuild.sums.pages};
    enum err e = rebuild_sync(&r->rebuild, why);
    if (!e)
        e = restore_place_keep(&r->local, &state, why);
    r->safe_ms = clock_monotonic_ms();
    return e;
}

/* After each file; after the last one that is done beside the examination. */
static enum err keep_state(struct restore *r, bool last, struct why *why)
{
    bool due = !r->options->scratch && !last && clock_monotonic_ms() - r->safe_ms >= STATE_EVERY_MS;
    return due ? write_state(r, why) : ERR_NONE;
}

static enum err fetch_all(struct restore *r, struct conveyor *conveyor, struct why *why)
{
    struct counted counted = {.restore = r,
                              .progress = {.files_n = r->plan.n, .bytes_n = r->plan.bytes}};
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < r->plan.n; i++) {
        r->at = r->plan.files[i];
        counted.source = conveyor_next(conveyor);
        const struct ltx_source source = {.read = read_counted, .from = &counted};
        e = rebuild_file(&r->rebuild, source, &r->listing.files[r->at].name, why);
        r->damaged = e == ERR_DATA;
        if (e)
            break;
        r->report->files++;
        r->report->bytes += r->listing.files[r->at].size;
        r->report->at_ms = r->rebuild.decoder.header.at_ms;
        r->sums[i] = r->rebuild.sums.database;
        counted.progress.files++;
        tell(&counted);
        e = keep_state(r, i + 1 == r->plan.n, why);
    }
    return e;
}

static enum err fetch_plan(struct restore *r, struct why *why)
{
    const size_t n = r->plan.n;
    if (n == 0)
        return ERR_NONE;
    struct arena a = ARENA_INIT;
    struct conveyor_item *items = arena_new_array(&a, struct conveyor_item, n);
    for (size_t i = 0; i < n; i++) {
        const struct plan_file *file = &r->listing.files[r->plan.files[i]];
        char *text = arena_alloc(&a, LTX_NAME_SIZE);
        items[i] = (struct conveyor_item){ltx_name_write(&file->name, text), file->size};
    }
    struct conveyor *conveyor;
    unsigned threads = r->options->threads ? r->options->threads : THREADS;
    enum err e = conveyor_open(r->options->from, threads, items, n, &conveyor, why);
    if (!e)
        e = fetch_all(r, conveyor, why);
    conveyor_close(conveyor);
    arena_release(&a);
    return e;
}

/*
 * The database's checksum is not what stands beside the last file: which was the first of the plan
 * after which it was not what stands beside it? That one is at fault, or its notes are.
 */
static void find_culprit(struct restore *r)
{
    for (size_t i = 0; i < r->plan.n; i++) {
        struct notes notes;
        bool there;
        r->at = r->plan.files[i];
        if (listing_notes(r->place, &r->listing.files[r->at].name, &notes, &there, NULL) ||
            (there && notes.dbsum != r->sums[i]))
            return;
    }
}

/* What stands beside the file that led here. */
static enum err compare(struct restore *r, struct notes *notes, struct why *why)
{
    bool there = false;
    enum err e = ERR_MISSING;
    /* Nothing was to be fetched (an earlier try had come to the end): any file that ends here. */
    for (size_t i = 0; r->plan.n == 0 && e && i < r->listing.n; i++)
        if (r->listing.files[i].name.max_txid == r->to && !r->listing.files[i].out) {
            r->at = i;
            e = listing_notes(r->place, &r->listing.files[i].name, notes, &there, why);
        }
    if (r->plan.n) {
        r->at = r->plan.files[r->plan.n - 1];
        e = listing_notes(r->place, &r->listing.files[r->at].name, notes, &there, why);
    }
    r->damaged = e == ERR_DATA;
    r->report->compared = !e && there;
    if (e || !there)
        return e;
    if (r->plan.n && notes->filesum != r->rebuild.decoder.trailer.file)
        e = err_set(why, ERR_DATA, op, "it is not the file that was put there: its checksum");
    if (!e && notes->dbsum != r->rebuild.sums.database) {
        find_culprit(r);
        e = err_set(why, ERR_DATA, op,
                    "the whole database after it has the checksum %016llx, and not %016llx",
                    (unsigned long long)r->rebuild.sums.database, (unsigned long long)notes->dbsum);
    }
    r->damaged = e != ERR_NONE;
    return e;
}

static enum err examine(struct restore *r, const struct notes *notes, struct why *why)
{
    struct restore_report *report = r->report;
    int64_t began_ms = clock_monotonic_ms();
    enum err e = examine_file(r->arena, r->local.part, &report->database, why);
    report->examine_ms = clock_monotonic_ms() - began_ms;
    const struct audit_head *head = &report->database.head;
    if (!e && report->compared &&
        (head->seq != notes->audit.seq ||
         memcmp(&head->hash, &notes->audit.hash, sizeof head->hash) != 0)) {
        e = err_set(why, ERR_DATA, op,
                    "its notes name audit event %llu as the newest, with another hash",
                    (unsigned long long)notes->audit.seq);
        r->damaged = true;
    }
    return e;
}

/* What was erased since. From then on the file is not what an interrupted restore goes on with. */
static enum err erase_again(struct restore *r, struct why *why)
{
    struct erasure *entries;
    size_t n;
    enum err e = erasures_lacking(r->place, r->arena, r->local.part, &entries, &n, why);
    if (!e && n) {
        restore_place_forget(&r->local);
        e = erase_again_file(r->local.part, entries, n, why);
    }
    if (!e && n)
        e = examine_file(r->arena, r->local.part, &r->report->database, why);
    r->report->erased = n;
    return e;
}

struct syncing {
    struct restore *restore;
    enum err e;
    struct why why;
};

static void *sync_all(void *context)
{
    struct syncing *s = context;
    s->e = write_state(s->restore, &s->why);
    return NULL;
}

/* Examined while the disk takes the rest of it: the one needs the processor, the other does not. */
static enum err settle(struct restore *r, struct notes *notes, struct why *why)
{
    struct syncing s = {.restore = r};
    pthread_t thread;
    if (r->options->scratch)
        return examine(r, notes, why);
    bool beside = pthread_create(&thread, NULL, sync_all, &s) == 0;
    enum err e = examine(r, notes, why);
    if (beside)
        pthread_join(thread, NULL);
    else
        sync_all(&s);
    if (s.e && why)
        *why = s.why;
    r->damaged = r->damaged && !s.e;
    return s.e ? s.e : e;
}

/* One try, from where we are to the end. */
static enum err attempt(struct restore *r, struct notes *notes, struct why *why)
{
    r->at = SIZE_MAX;
    r->damaged = false;
    enum err e = make_plan(r, why);
    if (!e)
        e = check_room(r, why);
    if (!e)
        e = fetch_plan(r, why);
    if (!e)
        e = compare(r, notes, why);
    if (!e)
        e = rebuild_end(&r->rebuild, why);
    return e ? e : settle(r, notes, why);
}

/* Nothing of what was restored so far counts. */
static enum err start_over(struct restore *r, struct why *why)
{
    int fd = r->rebuild.fd;
    rebuild_release(&r->rebuild);
    r->report->files = 0;
    r->report->bytes = 0;
    r->report->resumed = 0;
    enum err e = restore_place_clear(&r->local, why);
    enum err failed = rebuild_init(&r->rebuild, fd, e ? NULL : why);
    return e ? e : failed;
}

/* The file at hand is damaged: it is left out from now on. */
static void leave_out(struct restore *r, struct why *why)
{
    struct plan_file *file = &r->listing.files[r->at];
    char text[LTX_NAME_SIZE], detail[sizeof why->detail];
    file->out = true;
    r->report->damaged++;
    ltx_name_write(&file->name, text);
    memcpy(detail, why->detail, sizeof detail);
    err_set(why, ERR_DATA, op, "%s is damaged: %.*s", text, (int)(sizeof detail - 64), detail);
    if (!r->first.detail[0])
        r->first = *why;
    if (r->options->notice)
        r->options->notice(r->options->context, why);
}

/* After a try that failed: what to do so that the next one may not. Its error, when nothing. */
static enum err mend(struct restore *r, enum err e, struct why *why)
{
    if (e == ERR_DATA && r->report->resumed)
        return start_over(r, why); /* what lay here may be at fault */
    if (r->damaged && r->at != SIZE_MAX) {
        leave_out(r, why);
        return start_over(r, why);
    }
    if (e == ERR_MISSING && r->at != SIZE_MAX && r->report->replanned < REPLANS) {
        r->report->replanned++;
        return list(r, why);
    }
    return e;
}

static enum err run(struct restore *r, struct notes *notes, struct why *why)
{
    struct restore_state state;
    enum err e = list(r, why);
    if (!e)
        e = aim(r, why);
    if (!e && !r->options->scratch && restore_place_known(&r->local, &state) && state.to == r->to) {
        e = rebuild_resume(&r->rebuild, state.page_size, state.pages, state.txid, why);
        r->report->resumed = state.txid;
        if (e == ERR_DATA)
            e = start_over(r, why);
    }
    while (!e && (e = attempt(r, notes, why)) != ERR_NONE) {
        e = mend(r, e, why);
        if (e)
            return e;
    }
    return e || r->options->as_it_was ? e : erase_again(r, why);
}

enum err restore_run(const struct restore_options *options, struct arena *a,
                     struct restore_report *out, struct why *why)
{
    struct restore r = {.options = options, .report = out, .arena = a, .at = SIZE_MAX};
    struct notes notes;
    int64_t began_ms = clock_monotonic_ms();
    *out = (struct restore_report){0};
    enum err e = destination_open(options->from, &r.place, why);
    if (e)
        return e;
    e = restore_place_open(&r.local, options->to, options->from->url, why);
    if (!e) {
        e = rebuild_init(&r.rebuild, r.local.fd, why);
        if (!e)
            e = run(&r, &notes, why);
        out->txid = r.rebuild.txid;
        out->page_size = r.rebuild.sums.page_size;
        out->pages = r.rebuild.sums.pages;
        out->dbsum = r.rebuild.sums.database;
        rebuild_release(&r.rebuild);
        if (!e)
            e = restore_place_finish(&r.local, !options->scratch, why);
        else
            restore_place_leave(&r.local);
        restore_place_close(&r.local);
    }
    out->restore_ms = clock_monotonic_ms() - began_ms;
    free(r.sums);
    destination_free(r.place);
    return e;
}

void restore_discard(const char *directory)
{
    static const char *const names[] = {"anteroom.db", "anteroom.db.part", "anteroom.db.restore",
                                        "lock"};
    char path[PATH_MAX + 32];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        unlink(path);
    }
    rmdir(directory);
}
