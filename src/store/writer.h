/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The single writer: one thread, one connection, group commit.
 *
 *     loops ──writer_put──▶ inbox (bounded) ──▶ BEGIN IMMEDIATE, the rows of every job,
 *                                              COMMIT (one fsync for the group) ──▶ job->done
 *
 * No timer: the writer takes everything that waits; while one fsync runs the next group gathers. A
 * job is acknowledged (done with ERR_NONE) only after the COMMIT that holds it was fsynced. A job
 * that cannot be stored is answered alone (group.h). When the disk fails, every job of the group is
 * answered with that error; none was acknowledged. Whether the group is in the database after all
 * (its frames were written, the fsync failed) is settled before the next group: the connection is
 * closed, and a new one copies all that is committed into the database file, syncs it and makes a
 * durable write; until that works every job is answered ERR_IO at once, and it is tried again with
 * growing pauses. So a caller that repeats a job with the same idempotency key (or the same draft)
 * gets the right answer either way: stored once, and what is answered is durable.
 *
 * A sink (commit.h) gets every commit; jobs that want to wait for it are answered by it.
 *
 * Owner: the caller makes the job (its memory, usually an arena in it) and gets it back in done.
 * Threads: writer_put from any thread, never blocks; done runs on the writer's thread or the sink's
 * and must only hand the job over to its loop (it may call writer_put).
 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "base/err.h"
#include "core/client_id.h"
#include "core/form.h"
#include "core/likeness.h"
#include "store/write.h"

struct commit_sink;
struct funnel;
struct store;
struct writer;

enum job_kind {
    JOB_DRAFT,  /* save a sealed draft */
    JOB_SUBMIT, /* submission + audit + outbox (+ its draft is marked as sent), in one transaction
                 */
    JOB_WRITE,  /* a change by a verb of write.h */
    JOB_CALL    /* writes nothing: a function runs on the writer's thread between two commits */
};

enum { DRAFT_ID_SIZE = 16, IDEMPOTENCY_SIZE = 32, FINGERPRINT_SIZE = 32 };

struct draft_id {
    unsigned char bytes[DRAFT_ID_SIZE];
};

struct job_draft {
    struct draft_id id;
    uint64_t revision; /* the one that was read; 0 to create. Another one stored: ERR_CONFLICT */
    struct str sealed; /* opaque: only the browser's cookie opens it */
    unsigned step;     /* FORM_STEP bits of the steps that are finished */
    int64_t expires_ms;
    /* For the funnel: what this job finishes for the first time, and how long that took; -1: not
     * known. */
    unsigned completed;
    int64_t took_ms;
};

struct job_submit {
    struct form form;  /* valid, all steps; of it the fixed fields are stored */
    struct str extra;  /* the others as JSON (form_extra.h); empty: there are none */
    struct str source; /* "form" or "api" */
    struct str locale; /* "en" */
    struct str consent_version;
    struct likeness likeness; /* what a later submission is compared with; 0: with nothing */
    bool has_draft;
    struct draft_id draft; /* sealed content is erased when sent; one that was sent before gives
                              the first answer; one that has expired is no obstacle */
    int64_t took_ms;       /* on the check page, for the funnel; -1: not known */
    /* SHA-256 of what makes a repeat a repeat (draft id, or API key). The same one again gets the
     * first answer; with another fingerprint (SHA-256 of the content) it is refused with
     * ERR_CONFLICT (for source "api"; the form's repeats always get the first answer). */
    bool has_idempotency;
    unsigned char idempotency[IDEMPOTENCY_SIZE];
    unsigned char fingerprint[FINGERPRINT_SIZE];
    /* answers */
    struct client_id client_id;
    int64_t created_ms;
    bool repeated; /* the first answer again; nothing was stored */
};

/* Everything given to the sink before is what the database holds when run is called. */
struct job_call {
    void (*run)(void *context);
    void *context;
};

struct job_write {
    write_verb *run;
    void *input;
};

struct job {
    struct job *next; /* the inbox's own, then the sink's */
    enum job_kind kind;
    union {
        struct job_draft draft;
        struct job_submit submit;
        struct job_write write;
        struct job_call call;
    };
    bool
        wait_for_sink; /* done only when the sink says so (commit.h); without one it says nothing */
    int64_t put_us;    /* monotonic; set by writer_put */
    enum err result;
    struct why why;
    void (*done)(struct job *job); /* on the writer's thread or the sink's, once */
    void *owner;                   /* the caller's */
    void *context;                 /* the caller's too */
};

struct writer_options {
    const struct form_rules *rules; /* names the funnel's fields; NULL: the fixed ones */
    unsigned inbox_limit;           /* jobs waiting at most; writer_put answers ERR_BUSY beyond */
    unsigned group_limit;           /* jobs per commit at most */
    unsigned log_pages;   /* checkpoint when the log holds so many; 0: 2048, which is 8 MiB */
    int64_t duplicate_ms; /* how far back a company or an address is a duplicate; 0: not asked */
    bool search;          /* keeps the search index (search_index.h) */
    /* Randomness for Client IDs; NULL: random_bytes. */
    void (*draw)(void *out, size_t n);
    /* Gets every commit; NULL: nobody does. Must live until writer_stop has returned. */
    const struct commit_sink *sink;
};

struct writer_stats {
    uint64_t commits, jobs, failed, submissions;
    uint64_t rewritten;   /* groups written a second time because of one job (group.h) */
    uint64_t checkpoints; /* times the log was copied into the database file */
    uint64_t commit_us;   /* all commits together, from BEGIN to durable */
    unsigned waiting;     /* in the inbox or with the sink now */
    unsigned log_pages;   /* in the write-ahead log after the last commit */
    bool healthy;         /* the last commit worked */
};

enum err writer_start(struct store *store, const struct writer_options *options,
                      struct writer **out, struct why *why);

/* ERR_NONE: the writer owns the job until done. ERR_BUSY: the inbox is full (or stopping). */
enum err writer_put(struct writer *writer, struct job *job);

/* The row number of the newest submission that is committed; 0: there is none. Any thread. */
int64_t writer_newest(const struct writer *writer);

/* Jobs in the inbox or with the sink now. */
unsigned writer_waiting(struct writer *writer);

/* The sink's: gives a chain of held jobs back, each with e as its result; why may be NULL with
 * ERR_NONE. On any thread. */
void writer_release(struct writer *writer, struct job *jobs, enum err e, const struct why *why);

/* The sink's: from now on every job is answered ERR_NETWORK with why, nothing is written. For a
 * database that somebody else has taken over. */
void writer_fence(struct writer *writer, const struct why *why);

void writer_stats(struct writer *writer, struct writer_stats *out);

/* The same and more for /metrics; context is the writer. A source of base/exposition.h. */
struct exposition;
void writer_expose(struct exposition *x, void *context);

/* Where loops count what makes no job (funnel.h); lives as long as the writer. */
struct funnel *writer_funnel(struct writer *writer);

/* Commits what waits, checkpoints, ends the thread. Every thread that puts jobs must have ended or
 * stopped putting. NULL is fine. */
void writer_stop(struct writer *writer);

#endif
