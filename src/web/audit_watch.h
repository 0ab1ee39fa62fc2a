/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of the audit chain, as the page of the audit shows it.
 *
 * It is checked while somebody looks: the whole chain first and once a day, then what came since,
 * at most once a minute, on DESK_READ and some thousand events at a time. What is shown is the last
 * that was found out; nobody waits for it. anteroom audit verify is the same without a server.
 *
 * Threads: any; a lock around a few values.
 */
#ifndef WEB_AUDIT_WATCH_H
#define WEB_AUDIT_WATCH_H

#include "core/audit.h"

#include <pthread.h>

struct request;

struct audit_watch {
    pthread_mutex_t lock;   /* guards everything below */
    struct audit_head head; /* everything up to here follows from each other */
    int64_t at_ms;          /* when that was found out; 0: not yet */
    int64_t whole_ms;       /* when the check of the whole began */
    uint64_t broken;        /* the first event that does not; 0: none is known */
    bool running;
};

void audit_watch_init(struct audit_watch *w);
void audit_watch_release(struct audit_watch *w);

struct audit_found {
    uint64_t events;
    int64_t at_ms;
    uint64_t broken;
    bool running; /* a check is on its way */
};

/* What is known, and starts what is due. */
struct audit_found audit_watch_look(struct request *r);

#endif
