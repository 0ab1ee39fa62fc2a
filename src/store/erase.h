/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erasing a submission, and erasing again what a database from before still has.
 *
 *     erase_submission (write.h) ─▶ its rows go; an entry in the table erasure; an audit event
 *     replicator ─▶ the same entry in the ledger beside the replica (replicate/ledger.h)
 *     restore ─▶ erase_again with the entries that the restored database lacks
 *
 * With job.wait_for_sink the erasure is answered when the replica and its ledger have it; without,
 * or when that takes too long, it is done here, and the replicator goes on trying.
 *
 * Which rows belong to a submission is one list, in erase.c: a module with a table of its own adds
 * its statement there. What stays: the audit's events, which name the Client ID, and counts. Pages
 * that are given back are overwritten. Row numbers of submissions are not used again.
 *
 * Threads: verbs are the writer's; the rest one at a time per file.
 */
#ifndef STORE_ERASE_H
#define STORE_ERASE_H

#include "core/erasure.h"
#include "store/write.h"

struct store;

/* A write_verb. ERR_MISSING: there is no such submission. */
struct erase_input {
    struct actor actor;
    struct client_id client_id;
    /* answer */
    uint64_t number; /* of the entry */
};
write_verb erase_submission;

/* How far the ledger of a database file is that nobody has open. */
enum err erase_look(const char *path, struct erasure_head *out, struct why *why);

/*
 * Erases what these entries say, in order, which must follow its own: in a database file that
 * nobody has open (the schema is brought up to date first, without a copy), or in an opened store
 * before its writer starts.
 */
enum err erase_again_file(const char *path, const struct erasure *entries, size_t n,
                          struct why *why);
enum err erase_again_store(struct store *store, const struct erasure *entries, size_t n,
                           struct why *why);
enum err erase_look_store(struct store *store, struct erasure_head *out, struct why *why);

#endif
