/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was erased after a database's moment, erased again from it: by the ledger beside the replica
 * (ledger.h). Before such a database is used, and all or nothing.
 *
 * Threads: one at a time per destination and per file.
 */
#ifndef REPLICATE_ERASURES_H
#define REPLICATE_ERASURES_H

#include "core/erasure.h"
#include "replicate/destination.h"

struct store;

/*
 * The entries that a database file lacks which was just restored from this replica, *n of them, in
 * the arena: for erase_again_file. The replica's newest file says how many there are to be (without
 * notes: the ledger itself). When they cannot be read: the error, with a remedy.
 */
enum err erasures_lacking(struct destination *d, struct arena *a, const char *database,
                          struct erasure **out, size_t *n, struct why *why);

/* All that the newest file knows of: ERR_DATA when the ledger is not whole. */
enum err erasures_all(struct destination *d, struct arena *a, struct erasure **out, size_t *n,
                      struct why *why);

/* A store that is put in the replica's place (replica.takeover), before its writer starts. */
enum err erasures_of_store(struct destination *d, struct store *store, uint64_t *n,
                           struct why *why);

#endif
