/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/replication.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/secret_file.h"
#include "replicate/erasures.h"
#include "replicate/lease.h"
#include "replicate/listing.h"
#include "replicate/restore.h"
#include "replicate/sealed.h"
#include "store/store.h"

#include <limits.h>
#include <unistd.h>

enum { PACE_MS = 200, PROGRESS_MS = 5000 };

static const char op_secret[] = "read a secret of the replica";

static enum err read_keys(const struct config *c, struct arena *a, struct destination_options *out,
                          struct why *why)
{
    struct str text;
    enum err e = secret_file_read(a, c->replica_encryption_key_file, op_secret, &text, why);
    out->sealed_only = c->replica_encryption_only;
    if (!e && text.len == 0 && out->sealed_only) {
        e = err_set(why, ERR_CONFIG, "set up the replica",
                    "replica.encryption_only is on, and there is no replica.encryption_key_file");
        err_hint(why, "Name the file with the key, or turn replica.encryption_only off.");
    }
    if (e || text.len == 0)
        return e;
    struct sealed_keys *keys = arena_new(a, struct sealed_keys);
    out->keys = keys;
    return sealed_keys_read(text, keys, why);
}

enum err replication_options(const struct config *c, struct arena *a,
                             struct destination_options *out, struct why *why)
{
    *out = (struct destination_options){
        .url = c->replica_url,
        .endpoint = c->replica_endpoint,
        .ca_file = c->replica_ca_file,
    };
    enum err e =
        secret_file_read(a, c->replica_account_key_file, op_secret, &out->account_key, why);
    if (!e)
        e = secret_file_read(a, c->replica_sas_file, op_secret, &out->sas, why);
    return e ? e : read_keys(c, a, out, why);
}

enum err replication_place(const struct config *c, struct arena *a, struct destination **out,
                           struct why *why)
{
    struct destination_options options;
    *out = NULL;
    enum err e = replication_options(c, a, &options, why);
    return e ? e : destination_open(&options, out, why);
}

/* Is there anything to restore? A container that is not there yet has nothing. */
static enum err holds_files(const struct destination_options *options, bool *holds, struct why *why)
{
    struct destination *d;
    struct arena a = ARENA_INIT;
    struct listing listing = {0};
    enum err e = destination_open(options, &d, why);
    if (!e)
        e = listing_read(d, &a, &listing, why);
    *holds = !e && listing.n > 0;
    destination_free(d);
    arena_release(&a);
    return e == ERR_MISSING ? ERR_NONE : e;
}

/* How far a restore is, every few seconds. */
struct told {
    int64_t at_ms;
};

static void log_progress(void *context, const struct restore_progress *progress)
{
    struct told *told = context;
    int64_t now = clock_monotonic_ms();
    if (now - told->at_ms < PROGRESS_MS)
        return;
    told->at_ms = now;
    log_event(LOG_INFO, "restoring", LOG_INT("files", progress->files),
              LOG_INT("of_files", progress->files_n), LOG_INT("bytes", progress->bytes),
              LOG_INT("of_bytes", progress->bytes_n));
}

static void log_damage(void *context, const struct why *why)
{
    (void)context;
    log_why(LOG_WARN, "replica damaged", why);
}

enum err replication_restore(const struct config *c, const atomic_bool *stop, struct arena *a,
                             struct why *why)
{
    char data[PATH_MAX], database[PATH_MAX];
    snprintf(data, sizeof data, "%.*s", STR_ARG(c->data_directory));
    snprintf(database, sizeof database, "%.*s/anteroom.db", STR_ARG(c->data_directory));
    if (c->replica_url.len == 0 || !str_eq(c->replica_restore, STR("auto")) ||
        access(database, F_OK) == 0)
        return ERR_NONE;
    struct destination_options options;
    bool holds = false;
    enum err e = replication_options(c, a, &options, why);
    options.stop = stop;
    if (!e) {
        log_event(LOG_INFO, "no database here", LOG_STR("asking", options.url));
        e = holds_files(&options, &holds, why);
    }
    if (e || !holds)
        return e;
    log_event(LOG_INFO, "restoring", LOG_STR("from", options.url), LOG_TEXT("to", data));
    struct told told = {clock_monotonic_ms()};
    const struct restore_options restore = {.from = &options,
                                            .to = data,
                                            .aim = RESTORE_LATEST,
                                            .progress = log_progress,
                                            .notice = log_damage,
                                            .context = &told};
    struct restore_report report;
    e = restore_run(&restore, a, &report, why);
    if (e)
        return e;
    char time[CLOCK_RFC3339_SIZE];
    log_event(LOG_INFO, "restored", LOG_INT("txid", report.txid),
              LOG_STR("committed", clock_rfc3339(report.at_ms, time)),
              LOG_BOOL("compared", report.compared), LOG_INT("resumed", report.resumed),
              LOG_INT("files", report.files), LOG_INT("erased_again", report.erased),
              LOG_INT("took_ms", report.restore_ms));
    return ERR_NONE;
}

/* On the replicator's thread; the main thread looks at it every two seconds, and the writer has
 * stopped taking anything already. */
static void on_fenced(void *context)
{
    atomic_store(&((struct replication *)context)->fenced, true);
}

/* On the replicator's thread. */
static void on_put(void *context, const struct ltx_name *name, const struct notes *notes,
                   uint64_t size)
{
    keeper_told(((struct replication *)context)->keeper, name, notes, size);
}

/* The same. */
static void on_image(void *context, const struct ltx_name *name)
{
    keeper_image(((struct replication *)context)->keeper, name);
}

/* On the keeper's thread. */
static void on_gap(void *context)
{
    replicator_want_image(((struct replication *)context)->replicator);
}

/* What cannot be written now is tried again soon. */
void replication_report(struct replication *r)
{
    struct replicator_state replicator;
    struct keeper_state keeper;
    if (!r->keeper)
        return;
    pthread_mutex_lock(&r->reporting);
    replicator_state(r->replicator, &replicator);
    keeper_state(r->keeper, &keeper);
    report_write(&r->report, r->data, str_from(r->url), &replicator, &keeper, clock_wall_ms(),
                 NULL);
    pthread_mutex_unlock(&r->reporting);
}

/* On the keeper's thread, once a second. */
static void on_turned(void *context)
{
    replication_report(context);
}

/* With a place of its own: calls of the two do not wait for each other. */
/* On the keeper's thread: the newest state, checked like any restore, in a folder that goes again.
 */
static enum err drill(void *context, const char *scratch, uint64_t *txid, struct why *why)
{
    const struct replication *r = context;
    const struct restore_options options = {.from = &r->from, .to = scratch, .scratch = true};
    struct restore_report report;
    struct arena a = ARENA_INIT;
    restore_discard(scratch); /* of a drill that a stop cut short */
    enum err e = restore_run(&options, &a, &report, why);
    *txid = report.txid;
    arena_release(&a);
    restore_discard(scratch);
    return e;
}

/* Level 0, as shipped, and how snapshots are thinned stay as they are. */
static void set_rules(const struct config *c, struct retention_rules *out)
{
    *out = retention_rules_default;
    out->snapshot_ms = c->replica_snapshot_time;
    out->levels_n = (unsigned)c->levels.n + 1;
    for (size_t i = 0; i < c->levels.n; i++)
        out->levels[i + 1] = (struct retention_level){.span_ms = c->levels.items[i].span_ms,
                                                      .keep_ms = c->levels.items[i].keep_ms};
}

static enum err open_keeper(const struct config *c, struct arena *a, struct replication *out,
                            struct why *why)
{
    struct keeper_options options = {
        .data = out->data,
        .drill = drill,
        .drill_ms = c->replica_drill_time,
        .heal = on_gap,
        .turned = on_turned,
        .context = out,
    };
    set_rules(c, &options.rules);
    enum err e = replication_options(c, a, &out->from, why);
    if (!e)
        e = destination_open(&out->from, &options.destination, why);
    out->from.stop = &out->closing;
    if (e)
        return e;
    snprintf(out->url, sizeof out->url, "%.*s", STR_ARG(destination_url(options.destination)));
    report_init(&out->report);
    must(pthread_mutex_init(&out->reporting, NULL) == 0);
    keeper_open(&options, &out->keeper);
    return ERR_NONE;
}

/* A primary takes no part in electing, and must not put beside one who was elected. */
static enum err refuse_beside_leader(const struct config *c, const struct replication *r,
                                     const struct destination_options *at, struct why *why)
{
    struct replicator_state state;
    bool taken;
    replicator_state(r->replicator, &state);
    if (!str_eq(c->replica_role, STR("primary")) || state.health != REPLICATOR_GOOD ||
        lease_taken(at, r->data, REPLICATOR_START_MS, &taken, NULL) || !taken)
        return ERR_NONE;
    enum err e = err_set(why, ERR_CONFLICT, "write to the replica",
                         "another server leads it, or did until some seconds ago");
    err_hint(why,
             "Servers that share a replica all have replica.role auto or standby. If the other "
             "one has ended, start again in 15 seconds.");
    return e;
}

enum err replication_open(const struct config *c, const atomic_bool *stop, struct store *store,
                          struct arena *a, struct replication *out, struct why *why)
{
    *out = (struct replication){0};
    if (c->replica_url.len == 0 && str_eq(c->replica_mode, STR("sync"))) {
        enum err e = err_set(why, ERR_CONFIG, "set up the replica",
                             "replica.mode is sync, and there is no replica.url");
        err_hint(why, "Say in replica.url where the replica is, or leave the mode at async.");
        return e;
    }
    if (c->replica_url.len == 0)
        return ERR_NONE;
    snprintf(out->data, sizeof out->data, "%.*s", STR_ARG(c->data_directory));
    bool waits = str_eq(c->replica_mode, STR("sync"));
    struct replicator_options options = {
        .data = out->data,
        .backlog = (size_t)c->replica_backlog,
        .sync_ms = c->replica_sync_time,
        /* Visitors are served when the place is away; a promise of two places cannot begin so. */
        .start_without = !waits,
        .pace_ms = waits ? 0 : PACE_MS,
        .takeover = c->replica_takeover,
        .lead = !str_eq(c->replica_role, STR("primary")),
        .on_fenced = on_fenced,
        .on_put = on_put,
        .on_image = on_image,
        .context = out,
    };
    struct destination_options at;
    enum err e = replication_options(c, a, &at, why);
    at.stop = stop;
    if (!e)
        e = destination_open(&at, &options.destination, why);
    if (e)
        return e;
    destination_needs(options.destination, &out->needs);
    uint64_t erased = 0;
    if (c->replica_takeover)
        e = erasures_of_store(options.destination, store, &erased, why);
    if (e) {
        destination_free(options.destination);
        return e;
    }
    if (erased)
        log_event(LOG_WARN, "erased again", LOG_INT("submissions", erased),
                  LOG_TEXT("reason", "the replica's ledger says that they were"));
    e = replicator_open(store, &options, &out->replicator, why);
    if (!e)
        e = refuse_beside_leader(c, out, &at, why);
    if (!e)
        e = open_keeper(c, a, out, why);
    return e;
}

const struct commit_sink *replication_sink(const struct replication *r)
{
    return r->replicator ? replicator_sink(r->replicator) : NULL;
}

void replication_run(struct replication *r, struct writer *writer)
{
    if (!r->replicator)
        return;
    replicator_start(r->replicator, writer);
    keeper_start(r->keeper);
}

void replication_close(struct replication *r, int64_t within_ms)
{
    if (!r->replicator)
        return;
    struct replicator_state state;
    int64_t least_ms = REPLICATION_STOP_MS;
    int64_t until_ms = clock_monotonic_ms() + (within_ms > least_ms ? within_ms : least_ms);
    atomic_store(&r->closing, true);
    if (r->keeper)
        keeper_stop(r->keeper);
    replicator_stop(r->replicator, until_ms - clock_monotonic_ms());
    replicator_state(r->replicator, &state);
    if (state.seq_safe < state.seq_committed)
        log_event(
            LOG_WARN, "replica behind", LOG_INT("commits", state.seq_committed - state.seq_safe),
            LOG_TEXT("remedy", "start the server again with this data directory: it catches up"));
    replicator_free(r->replicator);
    if (r->keeper)
        pthread_mutex_destroy(&r->reporting);
    keeper_free(r->keeper);
    report_release(&r->report);
    *r = (struct replication){0};
}
