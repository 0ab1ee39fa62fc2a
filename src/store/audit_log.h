/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the audit: events by who did it, to what, and what it was, newest first, a page at a
 * time in both directions.
 *
 * What visitors and programs without a token send is most of the rows and in no index (0006): an
 * actor "visitor" or "api" is found by walking, as they stand close; what happened to a record is
 * found by its index and the record's own first event. A search that finds little is ended at the
 * deadline (ERR_BUSY), never left to scan.
 *
 * Threads: a reader's own; long ones belong on DESK_READ.
 */
#ifndef STORE_AUDIT_LOG_H
#define STORE_AUDIT_LOG_H

#include "base/arena.h"
#include "base/err.h"
#include "core/audit.h"

struct reader;

/* Empty and 0: whatever it is. */
struct audit_filter {
    struct str actor;   /* "person/7" */
    struct str subject; /* a Client ID, "person/7" */
    struct str action;  /* "record.read" */
    int64_t from_ms, to_ms;
};

struct audit_events {
    const struct audit_event *items; /* newest first */
    size_t n;
    bool newer, older; /* there are more on that side */
};

enum { AUDIT_PAGE_MOST = 200, AUDIT_DEADLINE_MS = 500 };

/*
 * At most n events: below `below` going back (0: from the newest), or above `above` when that is
 * not 0 (the oldest of the newer ones, still newest first).
 */
enum err reader_audit_events(struct reader *reader, struct arena *a,
                             const struct audit_filter *filter, uint64_t below, uint64_t above,
                             size_t n, struct audit_events *out, struct why *why);

/* The newest event's number and hash, 0 when there is none. */
enum err reader_audit_head(struct reader *reader, struct audit_head *out, struct why *why);

/* The hash that the event of that number has; ERR_MISSING. */
enum err reader_audit_hash(struct reader *reader, uint64_t seq, struct audit_hash *out,
                           struct why *why);

/* Goes on from a head that was checked before, by at most `most` events; *more: there are others.
 */
enum err reader_audit_check(struct reader *reader, struct audit_head *head, uint64_t most,
                            bool *more, struct why *why);

/* Each action that is in the index, for a list to choose from. */
struct audit_actions {
    const struct str *items;
    size_t n;
};
enum err reader_audit_actions(struct reader *reader, struct arena *a, struct audit_actions *out,
                              struct why *why);

#endif
