/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of store/ share of an open data directory. Nobody else includes this.
 *
 * store_open leaves its connection in `first` for the writer to take over, so that the log is not
 * folded into the database (and synced) between the check and the service.
 *
 * Threads: `damaged` is set once by whoever finds damage and read by all; the rest belongs to the
 * thread that opened the store, and then to the writer.
 */
#ifndef STORE_STORE_INNER_H
#define STORE_STORE_INNER_H

#include "store/connection.h"
#include "store/safe.h"
#include "store/store.h"

#include <pthread.h>
#include <stdatomic.h>

struct store {
    char directory[CONNECTION_PATH_MAX];
    char database[CONNECTION_PATH_MAX + 16];
    int lock_fd;
    struct connection first; /* db is NULL once the writer has it */
    atomic_bool damaged;     /* found while running: nothing is served any more */
    atomic_bool closing;
    struct safe safe; /* what is in the replica too, since when */
    bool check_due;   /* the check at start was given up for its length */
    bool checking;    /* the thread below runs */
    pthread_t checker;
};

enum { STORE_CHECK_USUAL = -1 };

/* store_open with a time of its own for the check at start; what remains is checked beside the
 * service, from when the writer starts: opening starts no thread. */
enum err store_open_within(const char *directory, int64_t check_ms, struct store **out,
                           struct why *why);

/* Starts what remains of that check. */
void store_check_rest(struct store *s);

#endif
