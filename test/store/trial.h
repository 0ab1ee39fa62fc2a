/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the store share: a data directory that goes away again, jobs that differ by a
 * number, and waiting for their answers. Header only, because test/fault uses it too.
 */
#ifndef STORE_TRIAL_H
#define STORE_TRIAL_H

#include "base/clock.h"
#include "base/log.h"
#include "store/reader.h"
#include "store/store.h"
#include "store/writer.h"

#include <ftw.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

/* ---- directories ---------------------------------------------------------------------------- */

struct trial_directory {
    char path[64];
};

static inline struct trial_directory trial_directory(void)
{
    struct trial_directory d = {"/tmp/anteroom-test-XXXXXX"};
    assert_non_null(mkdtemp(d.path));
    return d;
}

static inline int trial_remove_one(const char *path, const struct stat *st, int flag,
                                   struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static inline void trial_remove(const struct trial_directory *d)
{
    nftw(d->path, trial_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- jobs and their answers ----------------------------------------------------------------- */

/* Counts answers; the jobs' owner. */
struct trial_answers {
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    unsigned n;
};

#define TRIAL_ANSWERS                                                                              \
    {                                                                                              \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0                                     \
    }

static inline void trial_answered(struct job *job)
{
    struct trial_answers *answers = job->owner;
    pthread_mutex_lock(&answers->lock);
    answers->n++;
    pthread_cond_broadcast(&answers->arrived);
    pthread_mutex_unlock(&answers->lock);
}

static inline void trial_wait(struct trial_answers *answers, unsigned n)
{
    pthread_mutex_lock(&answers->lock);
    while (answers->n < n)
        pthread_cond_wait(&answers->arrived, &answers->lock);
    pthread_mutex_unlock(&answers->lock);
}

static inline enum field trial_field(const char *name)
{
    for (enum field f = 0; f < FIELD_COUNT; f++)
        if (str_eq(field_info(f)->name, str_from(name)))
            return f;
    fail_msg("no field %s", name);
    return FIELD_COUNT;
}

/* A submission that is valid as far as the schema asks. */
static inline struct job trial_submission(struct trial_answers *answers)
{
    struct job job = {.kind = JOB_SUBMIT, .done = trial_answered, .owner = answers};
    for (enum field f = 0; f < FIELD_COUNT; f++)
        job.submit.form.value[f] = STR("something");
    job.submit.form.value[trial_field("company_size")] = STR("250");
    job.submit.form.value[trial_field("consent")] = STR("yes");
    job.submit.form.value[trial_field("notes")] = STR_EMPTY;
    job.submit.source = STR("form");
    job.submit.locale = STR("en");
    job.submit.consent_version = STR("2026-01");
    return job;
}

/* The idempotency key that belongs to a number. */
static inline void trial_key(struct job *job, uint64_t number)
{
    job->submit.has_idempotency = true;
    memset(job->submit.idempotency, 0x5a, IDEMPOTENCY_SIZE);
    memcpy(job->submit.idempotency, &number, sizeof number);
    memset(job->submit.fingerprint, 0xa5, FINGERPRINT_SIZE);
    memcpy(job->submit.fingerprint, &number, sizeof number);
}

static inline struct job trial_draft(struct trial_answers *answers, uint64_t number,
                                     uint64_t revision, struct str sealed)
{
    struct job job = {.kind = JOB_DRAFT, .done = trial_answered, .owner = answers};
    memcpy(job.draft.id.bytes, &number, sizeof number);
    job.draft.revision = revision;
    job.draft.sealed = sealed;
    job.draft.step = 1;
    job.draft.expires_ms = clock_wall_ms() + 3600 * 1000;
    return job;
}

/* Puts one job and waits; its result. Only for a job whose answers nobody else counts on. */
static inline enum err trial_do(struct writer *writer, struct job *job)
{
    struct trial_answers answers = TRIAL_ANSWERS;
    job->owner = &answers;
    enum err e = writer_put(writer, job);
    if (e)
        return e;
    trial_wait(&answers, 1);
    return job->result;
}

/* ---- an open store -------------------------------------------------------------------------- */

struct trial {
    struct trial_directory directory;
    struct store *store;
    struct writer *writer;
    struct reader *reader;
};

static inline void trial_must(enum err e, const struct why *why)
{
    if (e)
        fail_msg("%s: cannot %s: %s", err_name(e), why->op, why->detail);
}

static inline void trial_start(struct trial *t, const struct writer_options *options)
{
    const struct writer_options usual = {.inbox_limit = 4096, .group_limit = 512};
    struct why why;
    trial_must(store_open(t->directory.path, &t->store, &why), &why);
    trial_must(writer_start(t->store, options ? options : &usual, &t->writer, &why), &why);
    trial_must(reader_open(t->store, &t->reader, &why), &why);
}

static inline void trial_stop(struct trial *t)
{
    reader_close(t->reader);
    writer_stop(t->writer);
    store_close(t->store);
    t->reader = NULL;
    t->writer = NULL;
    t->store = NULL;
}

static inline int trial_setup(void **state)
{
    static struct trial t;
    log_init(2, LOG_ERROR + 1, LOG_FORMAT_TEXT);
    t = (struct trial){.directory = trial_directory()};
    trial_start(&t, NULL);
    *state = &t;
    return 0;
}

static inline int trial_teardown(void **state)
{
    struct trial *t = *state;
    trial_stop(t);
    trial_remove(&t->directory);
    return 0;
}

/* One number from the database file, by a connection of the test's own. */
static inline int64_t trial_number(const struct trial_directory *d, const char *sql)
{
    char path[128];
    snprintf(path, sizeof path, "%s/anteroom.db", d->path);
    sqlite3 *db;
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    sqlite3_busy_timeout(db, 10000);
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    int64_t n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return n;
}

/* Runs SQL past the store; what SQLite answers. */
static inline int trial_sql(const struct trial_directory *d, const char *sql)
{
    char path[128];
    snprintf(path, sizeof path, "%s/anteroom.db", d->path);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 10000); /* the writer keeps house when it likes */
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
    return rc;
}

#endif
