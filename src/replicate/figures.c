/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/figures.h"

#include <stdio.h>

static double seconds(int64_t ms)
{
    return (double)ms / 1000;
}

void figures_replicator(struct exposition *x, const struct replicator_state *r)
{
    exposition_gauge(x, "anteroom_replica_leads",
                     "1: this server writes the replica; 0: it follows.", 1);
    exposition_family(x, "anteroom_replica_state", EXPOSITION_GAUGE,
                      "1 for what it is: good, behind (the last file was not taken), fenced.");
    exposition_count(x, "state=\"good\"", r->health == REPLICATOR_GOOD);
    exposition_count(x, "state=\"behind\"", r->health == REPLICATOR_BEHIND);
    exposition_count(x, "state=\"fenced\"", r->health == REPLICATOR_FENCED);
    exposition_gauge(x, "anteroom_replica_lag_seconds",
                     "Age of the oldest commit that is not in the replica; 0: all are.",
                     seconds(r->lag_ms));
    exposition_gauge(x, "anteroom_replica_commits_waiting", "Commits that are not there.",
                     (double)(r->seq_committed - r->seq_safe));
    exposition_gauge(x, "anteroom_replica_backlog_bytes", "What waits in memory to be put there.",
                     (double)r->backlog);
    exposition_gauge(x, "anteroom_replica_txid", "The last file that was put.",
                     (double)r->position.txid);
    exposition_gauge(x, "anteroom_replica_epoch", "How often it was taken over.",
                     (double)r->position.epoch);
    if (r->safe_ms)
        exposition_gauge(x, "anteroom_replica_put_timestamp_seconds", "When the last file was put.",
                         seconds(r->safe_ms));
    exposition_counter(x, "anteroom_replica_files_total", "Files put, as shipped.", r->files);
    exposition_counter(x, "anteroom_replica_images_total", "Of them with the whole database.",
                       r->images);
    exposition_counter(x, "anteroom_replica_put_bytes_total", "Bytes of them.", r->bytes);
    exposition_counter(x, "anteroom_replica_failures_total", "Attempts that failed.", r->failures);
}

static void levels(struct exposition *x, const char *name, const char *help, bool bytes,
                   const struct keeper_state *k)
{
    char label[24];
    exposition_family(x, name, EXPOSITION_GAUGE, help);
    for (unsigned l = 0; l <= LTX_LEVEL_SNAPSHOT; l++) {
        if (!k->levels[l].files)
            continue;
        snprintf(label, sizeof label, "level=\"%u\"", l);
        exposition_count(x, label, bytes ? k->levels[l].bytes : k->levels[l].files);
    }
}

static void drill(struct exposition *x, const struct keeper_state *k)
{
    const struct keeper_drill *d = &k->drill;
    if (d->at_ms == 0)
        return;
    exposition_gauge(x, "anteroom_replica_drill_success",
                     "1: the last drill restored the replica and found all of it right.",
                     d->result == ERR_NONE);
    exposition_gauge(x, "anteroom_replica_drill_timestamp_seconds", "When the last drill was.",
                     seconds(d->at_ms));
    exposition_gauge(x, "anteroom_replica_drill_duration_seconds", "How long it took.",
                     seconds(d->took_ms));
    if (k->verified_ms == 0)
        return;
    exposition_gauge(x, "anteroom_replica_verified_txid",
                     "As far as a drill has restored the replica and found it right.",
                     (double)k->verified_txid);
    exposition_gauge(x, "anteroom_replica_verified_timestamp_seconds", "When that was.",
                     seconds(k->verified_ms));
}

void figures_keeper(struct exposition *x, const struct keeper_state *k)
{
    if (k->known) {
        levels(x, "anteroom_replica_level_files", "Files of each level.", false, k);
        levels(x, "anteroom_replica_level_bytes", "Bytes of each level.", true, k);
        exposition_gauge(x, "anteroom_replica_gap", "1: files are missing in it.", k->gap != 0);
    }
    if (k->oldest_ms)
        exposition_gauge(x, "anteroom_replica_oldest_timestamp_seconds",
                         "The oldest moment that can be restored.", seconds(k->oldest_ms));
    if (k->snapshot_ms)
        exposition_gauge(x, "anteroom_replica_snapshot_timestamp_seconds",
                         "The newest snapshot's moment.", seconds(k->snapshot_ms));
    exposition_counter(x, "anteroom_replica_gaps_closed_total", "Gaps closed by a new image.",
                       k->healed);
    exposition_counter(x, "anteroom_replica_merges_total", "Merged files put.", k->merges);
    exposition_counter(x, "anteroom_replica_deletions_total", "Files deleted.", k->deletions);
    exposition_counter(x, "anteroom_replica_keeper_failures_total",
                       "Turns of merging and deleting that failed.", k->failures);
    exposition_counter(x, "anteroom_replica_merged_bytes_total", "Bytes of merged files.", k->put);
    exposition_counter(x, "anteroom_replica_fetched_bytes_total", "Bytes fetched to be merged.",
                       k->fetched);
    drill(x, k);
}
