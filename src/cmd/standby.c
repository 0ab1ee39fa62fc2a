/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/standby.h"

#include "base/clock.h"
#include "base/exposition.h"
#include "base/log.h"
#include "cmd/replication.h"
#include "cmd/standby_ops.h"
#include "replicate/follow.h"
#include "store/examine.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    TURN_MS = 1000,
    LIST_EVERY = 60, /* turns: the whole list of the replica is asked for */
    SAY_MAX = 160
};

static const char op[] = "follow the replica";

struct waiting {
    struct standby *standby;
    struct follow *follow;
    struct standby_ops *ops;
    struct interrupt *interrupt;
    char data[PATH_MAX - 128];
    bool own;   /* a database of ours lies there, and nothing is followed */
    bool begin; /* may lead where nobody ever led */
    bool begun; /* somebody has led, or may */
    bool failing;
    unsigned turn;
    _Atomic uint64_t txid, behind; /* for the metrics, which another thread tells */
};

/* ---- a database that was ours --------------------------------------------------------------- */

static bool has_database(const struct waiting *w)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/anteroom.db", w->data);
    return access(path, F_OK) == 0;
}

static enum err set_aside(struct waiting *w, struct why *why)
{
    static const char *const files[] = {"anteroom.db-wal", "anteroom.db-shm", "anteroom.db"};
    char folder[PATH_MAX - 64], from[PATH_MAX], to[PATH_MAX];
    snprintf(folder, sizeof folder, "%s/replica", w->data);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return err_set(why, ERR_IO, op, "%s: %s", folder, err_errno(errno));
    snprintf(folder, sizeof folder, "%s/replica/set-aside-%" PRId64, w->data, clock_wall_ms());
    if (mkdir(folder, 0700) != 0)
        return err_set(why, ERR_IO, op, "%s: %s", folder, err_errno(errno));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(from, sizeof from, "%s/%s", w->data, files[i]);
        snprintf(to, sizeof to, "%s/%s", folder, files[i]);
        if (rename(from, to) != 0 && errno != ENOENT)
            return err_set(why, ERR_IO, op, "%s: %s", from, err_errno(errno));
    }
    w->own = false;
    log_event(LOG_WARN, "database set aside", LOG_TEXT("to", folder),
              LOG_TEXT("reason", "another server has led since"),
              LOG_TEXT("remedy", "anteroom list --data on it and here: what is only there never "
                                 "reached the replica; then delete it"));
    return ERR_NONE;
}

/* Another leads. When all of it is in the replica it is followed on from there; else, and when that
 * is not known, it is set aside. */
static enum err step_down(struct waiting *w, struct why *why)
{
    bool adopted = false;
    enum err e = follow_adopt(w->follow, &adopted, why);
    w->own = w->own && !adopted;
    return e || adopted ? e : set_aside(w, why);
}

/* ---- turns ---------------------------------------------------------------------------------- */

static void say(struct waiting *w)
{
    char text[SAY_MAX];
    struct follow_state f = follow_state(w->follow);
    atomic_store(&w->txid, f.txid);
    atomic_store(&w->behind, f.newest > f.txid ? f.newest - f.txid : 0);
    if (f.txid)
        snprintf(text, sizeof text, "following, at TXID %" PRIu64 ", %" PRIu64 " behind", f.txid,
                 f.newest > f.txid ? f.newest - f.txid : 0);
    else
        snprintf(text, sizeof text, "following, %s",
                 w->failing ? "the replica cannot be restored yet, see the log"
                            : "nothing is restored yet");
    standby_ops_say(w->ops, text);
}

static void write_metrics(struct exposition *x, void *context)
{
    struct waiting *w = context;
    exposition_gauge(x, "anteroom_replica_leads",
                     "1: this server writes the replica; 0: it follows.", 0);
    exposition_gauge(x, "anteroom_replica_txid", "The last file that was applied.",
                     (double)atomic_load(&w->txid));
    exposition_gauge(x, "anteroom_replica_files_behind", "Files known and not applied yet.",
                     (double)atomic_load(&w->behind));
}

/* The lease: ERR_NONE ours, ERR_CONFLICT another's. A standby takes none that nobody ever held. */
static enum err elect(struct waiting *w, struct why *why)
{
    enum err e = w->begun ? ERR_NONE : lease_exists(w->standby->lease, &w->begun, why);
    if (!e && !w->begun)
        return err_set(why, ERR_CONFLICT, op, "nobody has led yet");
    return e ? e : lease_try(w->standby->lease, why);
}

static void complain(struct waiting *w, enum err e, const struct why *why)
{
    bool failing = e != ERR_NONE && e != ERR_MISSING && e != ERR_CONFLICT;
    if (failing && !w->failing)
        log_why(LOG_WARN, "not following", why);
    w->failing = failing;
}

/* The lease is ours: everything that is in the replica, and it is still ours. */
static enum err take(struct waiting *w, bool *leads, struct why *why)
{
    if (w->own) {
        *leads = true;
        return ERR_NONE;
    }
    enum err e = follow_step(w->follow, true, why);
    bool empty = e == ERR_MISSING && w->begin;
    if (!e)
        e = lease_try(w->standby->lease, why);
    if (!e && !follow_state(w->follow).all)
        return ERR_NONE;
    if (!e)
        e = follow_take(w->follow, why);
    *leads = !e || empty;
    return empty ? ERR_NONE : e;
}

static enum err turn(struct waiting *w, bool *leads, struct why *why)
{
    enum err e = elect(w, why);
    if (!e)
        e = take(w, leads, why);
    else if (w->own && e == ERR_CONFLICT)
        e = step_down(w, why);
    else if (!w->own)
        e = follow_step(w->follow, w->turn++ % LIST_EVERY == LIST_EVERY - 1, why);
    if (atomic_load(&w->interrupt->stop)) /* then calls fail because they are stopped */
        return ERR_NONE;
    complain(w, e, why);
    say(w);
    return e;
}

static enum err wait_turns(struct waiting *w, struct why *why)
{
    int64_t began_ms = clock_monotonic_ms();
    bool leads = false;
    for (;;) {
        enum err e = turn(w, &leads, why);
        if (leads)
            break;
        if (e == ERR_CONFIG || e == ERR_USAGE)
            return e;
        if (interrupt_pause(w->interrupt, TURN_MS))
            return ERR_NONE;
    }
    struct follow_state f = follow_state(w->follow);
    log_event(LOG_INFO, "leading", LOG_TEXT("from", w->own ? "the database here" : "the replica"),
              LOG_INT("followed", f.files), LOG_INT("restored", f.restores),
              LOG_INT("waited_ms", clock_monotonic_ms() - began_ms));
    return ERR_NONE;
}

enum err standby_wait(struct standby *s, const struct config *c, struct arena *a, bool behind,
                      struct interrupt *interrupt, struct why *why)
{
    bool begin = str_eq(c->replica_role, STR("auto"));
    struct waiting w = {.standby = s, .interrupt = interrupt, .begin = begin, .begun = begin};
    int lock = -1;
    if (c->replica_url.len == 0 || str_eq(c->replica_role, STR("primary")))
        return ERR_NONE;
    snprintf(w.data, sizeof w.data, "%.*s", STR_ARG(c->data_directory));
    enum err e = s->lease ? ERR_NONE : replication_options(c, a, &s->options, why);
    s->options.stop = &interrupt->stop;
    if (!e)
        e = examine_take(w.data, &lock, why);
    if (!e && !s->lease)
        e = lease_open(&s->options, w.data, &s->lease, why);
    if (!e)
        e = follow_open(&s->options, w.data, &w.follow, why);
    exposition_source(write_metrics, &w);
    if (!e)
        e = standby_ops_open(c->server_ops_listen, &w.ops, why);
    w.own = has_database(&w);
    if (!e && behind && w.own)
        e = set_aside(&w, why);
    if (!e)
        e = wait_turns(&w, why);
    standby_ops_close(w.ops);
    exposition_drop(&w);
    follow_close(w.follow);
    if (lock >= 0)
        close(lock);
    return e;
}

void standby_keep(struct standby *s)
{
    if (s->lease)
        lease_keep(s->lease);
}

void standby_close(struct standby *s)
{
    lease_free(s->lease);
    s->lease = NULL;
}
