/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking at a data directory without serving from it: for `anteroom doctor`, beside a running
 * server or without one. Nothing is made, migrated or repaired; health_write makes a scratch file
 * of its own and takes it away again.
 *
 * Each verb answers an enum err with the sentence and the remedy in why. Threads: any.
 */
#ifndef STORE_HEALTH_H
#define STORE_HEALTH_H

#include "base/err.h"

/* It is there, local, and this user may write it. ERR_MISSING: not there (yet). */
enum err health_directory(const char *directory, struct why *why);

/* The process that serves it: *pid is 0 when nobody does, -1 when it does not say who it is. */
enum err health_served(const char *directory, long *pid, struct why *why);

struct health_disk {
    uint64_t free, size; /* bytes, for this user */
    uint64_t files_free; /* UINT64_MAX: the file system has no such limit */
};

enum err health_disk(const char *directory, struct health_disk *out, struct why *why);

/* Writes, syncs and reads back a scratch file; *us is what write and sync took. */
enum err health_write(const char *directory, int64_t *us, struct why *why);

struct health_database {
    unsigned schema; /* migrations it has */
    bool finished;   /* the look for damage came to the end of the file */
    uint64_t audit_seq;
    int64_t audit_ms; /* of the newest audit event; 0 when there is none */
};

/* Schema, damage (for at most budget_ms), and the newest audit events. ERR_MISSING: no database. */
enum err health_database(const char *directory, int64_t budget_ms, struct health_database *out,
                         struct why *why);

#endif
