/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database file that was restored, looked through before it is used: is every page of it sound,
 * does the audit chain hold from the first event to the last, and how much is in it?
 *
 * The file has no log beside it and nobody uses it. Nothing is changed, migrated or repaired.
 * Damage is ERR_DATA. Threads: any; it starts one of its own for the audit chain and ends it.
 */
#ifndef STORE_EXAMINE_H
#define STORE_EXAMINE_H

#include "base/arena.h"
#include "base/err.h"
#include "core/audit.h"

struct examine_table {
    struct str name;
    uint64_t rows;
};

struct examine_report {
    unsigned schema;              /* migrations it has */
    struct examine_table *tables; /* by name; in the arena */
    size_t tables_n;
    uint64_t events; /* of the audit chain */
    struct audit_head head;
};

enum err examine_file(struct arena *a, const char *path, struct examine_report *out,
                      struct why *why);

/* A reader of a file that will have a log makes an empty one beside it: takes that away. */
void examine_tidy(const char *path);

/* Takes a data directory for a restore: makes it, refuses network file systems, and locks it as
 * store_open does. *lock is to be closed when all is done. */
enum err examine_take(const char *directory, int *lock, struct why *why);

/* The file's name is durable. */
enum err examine_sync(const char *directory, struct why *why);

#endif
