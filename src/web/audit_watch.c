/* SPDX-License-Identifier: Apache-2.0 */
#include "web/audit_watch.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/audit_log.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/state.h"
#include "web/ticket.h"

enum { AGAIN_MS = 60 * 1000, WHOLE_MS = 24 * 3600 * 1000, EVENTS_AT_ONCE = 20000 };

void audit_watch_init(struct audit_watch *w)
{
    *w = (struct audit_watch){.lock = PTHREAD_MUTEX_INITIALIZER};
}

void audit_watch_release(struct audit_watch *w)
{
    pthread_mutex_destroy(&w->lock);
}

static void settle(struct audit_watch *w, enum err e, const struct audit_head *head)
{
    pthread_mutex_lock(&w->lock);
    w->running = false;
    if (e == ERR_NONE || e == ERR_DATA) {
        w->head = *head;
        w->at_ms = clock_wall_ms();
        w->broken = e == ERR_DATA ? head->seq + 1 : 0;
    }
    pthread_mutex_unlock(&w->lock);
}

/* On a thread of the desk. The lock is not held while events are read. */
static void check(struct reader *reader, struct ticket *t)
{
    struct audit_watch *w = ticket_job(t)->context;
    struct why why;
    pthread_mutex_lock(&w->lock);
    struct audit_head head = w->head;
    pthread_mutex_unlock(&w->lock);
    bool more = true;
    enum err e = reader ? ERR_NONE : ERR_IO;
    while (!e && more)
        e = reader_audit_check(reader, &head, EVENTS_AT_ONCE, &more, &why);
    if (e == ERR_DATA)
        log_why(LOG_ERROR, "the audit chain is broken", &why);
    settle(w, e, &head);
}

/* Is a check due? Then it is as good as begun. */
static bool begin(struct audit_watch *w, struct audit_found *found)
{
    int64_t now_ms = clock_wall_ms();
    pthread_mutex_lock(&w->lock);
    bool whole = !w->whole_ms || now_ms - w->whole_ms >= WHOLE_MS || w->broken;
    bool due = !w->running && (!w->at_ms || whole || now_ms - w->at_ms >= AGAIN_MS) &&
               (!w->broken || now_ms - w->at_ms >= AGAIN_MS);
    if (due && whole) {
        w->whole_ms = now_ms;
        w->head = (struct audit_head){0};
    }
    w->running |= due;
    *found = (struct audit_found){
        .events = w->broken ? w->broken - 1 : w->head.seq,
        .at_ms = w->at_ms,
        .broken = w->broken,
        .running = w->running,
    };
    pthread_mutex_unlock(&w->lock);
    return due;
}

struct audit_found audit_watch_look(struct request *r)
{
    struct audit_watch *w = &r->web->audit;
    struct audit_found found;
    if (begin(w, &found)) {
        struct ticket *t = ticket_alone(r->loop, JOB_WRITE);
        ticket_job(t)->context = w;
        if (ticket_ask(t, DESK_READ, check) != ERR_NONE)
            settle(w, ERR_BUSY, NULL);
    }
    return found;
}
