/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading: one read-only connection, prepared statements, short point reads.
 *
 * Owner: the thread that made it. Threads: a reader belongs to one thread; make one per loop.
 * Views returned live in the arena passed in.
 */
#ifndef STORE_READER_H
#define STORE_READER_H

#include "base/arena.h"
#include "core/audit.h"
#include "store/writer.h"

struct store;
struct reader;

enum err reader_open(struct store *store, struct reader **out, struct why *why);
void reader_close(struct reader *reader);

struct draft {
    uint64_t revision;
    unsigned step;     /* FORM_STEP bits of the steps that were ever finished */
    struct str sealed; /* empty once sent */
    bool sent;
    struct client_id client_id; /* when sent */
    int64_t sent_ms;
    int64_t expires_ms;
};

/* ERR_MISSING when there is none (or it has expired at now_ms). */
enum err reader_draft(struct reader *reader, struct arena *a, const struct draft_id *id,
                      int64_t now_ms, struct draft *out, struct why *why);

struct submission_row {
    struct client_id client_id;
    int64_t created_ms;
    struct str status;
    struct str duplicate_of; /* an earlier Client ID (writer.h), or empty */
    struct form form;        /* the fixed fields */
    struct str extra;        /* the others as JSON: form_extra.h reads it */
};

/*
 * Opens a data directory for reading only, without the lock, beside a running server or after one
 * (commands). ERR_MISSING when there is no database in it.
 */
enum err reader_open_directory(const char *directory, struct reader **out, struct why *why);

/*
 * Newest first, at most limit. visit returns false to stop; the row's views are valid during the
 * call. Read a page at a time with nothing held in between, so visit may be as slow as a pager.
 */
enum err reader_submissions(struct reader *reader, uint64_t limit,
                            bool (*visit)(void *context, const struct submission_row *row),
                            void *context, struct why *why);

struct submission_state {
    int64_t created_ms;
    struct str status;
    int64_t safe_ms; /* in the replica too, at the latest since; 0: not, or not known */
};

/* ERR_MISSING when there is no such submission. */
enum err reader_state(struct reader *reader, struct arena *a, const struct client_id *id,
                      struct submission_state *out, struct why *why);

/* Since when, at the latest, the submission of that row number has been in the replica too; 0: it
 * is not, or nobody knows. Beside a running server: as far as its database says. */
enum err reader_safe_since(struct reader *reader, int64_t submission, int64_t *since_ms,
                           struct why *why);

enum err reader_count(struct reader *reader, uint64_t *submissions, struct why *why);

/* One count of the funnel (funnel.h). */
struct funnel_row {
    int64_t day; /* since 1970-01-01, UTC */
    struct str kind, step, field, code;
    int64_t n;
};

/* Every count from that day on, in order of days; the row's views are valid during the call. */
enum err reader_funnel(struct reader *reader, int64_t day,
                       void (*visit)(void *context, const struct funnel_row *row), void *context,
                       struct why *why);

struct audit_report {
    uint64_t events; /* that were checked and right */
    uint64_t
        broken; /* the first event that is not, 0 when all are; events behind it are unproven */
    struct audit_hash head; /* of the last right event: to be kept elsewhere and compared */
};

/* Walks the whole audit chain. A broken one is ERR_DATA with its number in the report. */
enum err reader_audit_verify(struct reader *reader, struct audit_report *out, struct why *why);

/* Does a trivial read work, and is the database not known to be damaged? For /readyz. */
enum err reader_ping(struct reader *reader, struct why *why);

#endif
