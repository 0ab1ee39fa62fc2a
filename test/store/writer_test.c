/* SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "store/trial.h"

#include <stdatomic.h>

static void expect_chain(const struct trial *t, uint64_t events)
{
    struct audit_report report;
    struct why why;
    trial_must(reader_audit_verify(t->reader, &report, &why), &why);
    assert_int_equal(report.events, events);
    assert_int_equal(report.broken, 0);
}

static void expect_submissions(const struct trial *t, uint64_t n)
{
    uint64_t count;
    struct why why;
    trial_must(reader_count(t->reader, &count, &why), &why);
    assert_int_equal(count, n);
}

/* ---- submissions ---------------------------------------------------------------------------- */

static void a_submission_is_stored_with_its_rows(void **state)
{
    struct trial *t = *state;
    struct job job = trial_submission(NULL);
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    assert_false(job.submit.repeated);
    assert_int_equal(job.submit.client_id.text[0], 'C');
    assert_int_equal(strlen(job.submit.client_id.text), CLIENT_ID_LEN);
    assert_true(job.submit.created_ms > 0);
    expect_submissions(t, 1);
    expect_chain(t, 1);
    assert_int_equal(trial_number(&t->directory,
                                  "SELECT count(*) FROM outbox o JOIN submission s "
                                  "USING (client_id, created_ms) JOIN audit a ON "
                                  "a.subject = s.client_id AND a.at_ms = s.created_ms "
                                  "WHERE o.topic = 'submission.created' AND a.seq = 1 AND "
                                  "o.payload ->> 'client_id' = s.client_id AND "
                                  "a.detail ->> 'locale' = 'en' AND a.actor = 'visitor'"),
                     1);
}

static void the_audit_and_outbox_hold_nothing_typed(void **state)
{
    struct trial *t = *state;
    struct job job = trial_submission(NULL);
    for (enum field f = 0; f < FIELD_COUNT; f++)
        if (str_eq(job.submit.form.value[f], STR("something")))
            job.submit.form.value[f] = STR("Typed-By-Somebody");
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    assert_int_equal(trial_number(&t->directory,
                                  "SELECT (SELECT count(*) FROM audit WHERE "
                                  "detail LIKE '%Typed%' OR subject LIKE '%Typed%') + "
                                  "(SELECT count(*) FROM outbox WHERE payload LIKE '%Typed%')"),
                     0);
}

static void a_repeat_gets_the_first_answer(void **state)
{
    struct trial *t = *state;
    struct job first = trial_submission(NULL), again = trial_submission(NULL);
    trial_key(&first, 7);
    trial_key(&again, 7);
    again.submit.fingerprint[0] ^= 1; /* the form: another content is still a repeat */
    assert_int_equal(trial_do(t->writer, &first), ERR_NONE);
    assert_int_equal(trial_do(t->writer, &again), ERR_NONE);
    assert_true(again.submit.repeated);
    assert_string_equal(again.submit.client_id.text, first.submit.client_id.text);
    assert_int_equal(again.submit.created_ms, first.submit.created_ms);
    expect_submissions(t, 1);
    expect_chain(t, 1);
}

static void an_api_key_for_other_content_is_refused(void **state)
{
    struct trial *t = *state;
    struct job first = trial_submission(NULL), same = trial_submission(NULL),
               other = trial_submission(NULL);
    struct job *const all[] = {&first, &same, &other};
    for (size_t i = 0; i < 3; i++) {
        trial_key(all[i], 9);
        all[i]->submit.source = STR("api");
    }
    other.submit.fingerprint[31] ^= 1;
    assert_int_equal(trial_do(t->writer, &first), ERR_NONE);
    assert_int_equal(trial_do(t->writer, &same), ERR_NONE);
    assert_true(same.submit.repeated);
    assert_int_equal(trial_do(t->writer, &other), ERR_CONFLICT);
    expect_submissions(t, 1);
    assert_int_equal(trial_number(&t->directory, "SELECT count(*) FROM audit WHERE actor = 'api'"),
                     1);
}

/* Client IDs that exist already are drawn first: the same ones for two submissions. */
static unsigned draws;

static void draw_the_same_twice(void *out, size_t n)
{
    uint64_t bits = draws++ < 4 ? 5 : 6 + draws;
    memset(out, 0, n);
    memcpy(out, &bits, n < sizeof bits ? n : sizeof bits);
}

static void a_client_id_that_exists_is_drawn_again(void **state)
{
    struct trial *t = *state;
    const struct writer_options options = {
        .inbox_limit = 16, .group_limit = 16, .draw = draw_the_same_twice};
    trial_stop(t);
    trial_start(t, &options);
    draws = 0;
    struct job first = trial_submission(NULL), second = trial_submission(NULL);
    trial_key(&first, 1);
    trial_key(&second, 2);
    assert_int_equal(trial_do(t->writer, &first), ERR_NONE);
    assert_int_equal(trial_do(t->writer, &second), ERR_NONE);
    assert_string_not_equal(first.submit.client_id.text, second.submit.client_id.text);
    expect_submissions(t, 2);
    expect_chain(t, 2);
    /* The key answers with the ID that was stored in the end. */
    struct job again = trial_submission(NULL);
    trial_key(&again, 2);
    assert_int_equal(trial_do(t->writer, &again), ERR_NONE);
    assert_string_equal(again.submit.client_id.text, second.submit.client_id.text);
    struct writer_stats stats;
    writer_stats(t->writer, &stats);
    assert_int_equal(stats.rewritten, 1);
}

/* ---- groups --------------------------------------------------------------------------------- */

/* Holds the writer in an answer until the test has put the next group. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool held, open;
};

static void wait_at_gate(struct job *job)
{
    struct gate *gate = job->owner;
    pthread_mutex_lock(&gate->lock);
    gate->held = true;
    pthread_cond_broadcast(&gate->changed);
    while (!gate->open)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

static void hold(struct trial *t, struct gate *gate, struct job *job)
{
    *gate = (struct gate){PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, false};
    *job = trial_submission(NULL);
    job->done = wait_at_gate;
    job->owner = gate;
    assert_int_equal(writer_put(t->writer, job), ERR_NONE);
    pthread_mutex_lock(&gate->lock);
    while (!gate->held)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

static void let_go(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->open = true;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->lock);
}

static void a_bad_job_is_answered_alone(void **state)
{
    struct trial *t = *state;
    struct gate gate;
    struct job holder, jobs[5];
    struct trial_answers answers = TRIAL_ANSWERS;
    hold(t, &gate, &holder);
    for (size_t i = 0; i < 5; i++) {
        jobs[i] = trial_submission(&answers);
        trial_key(&jobs[i], i);
    }
    /* Refused by the schema after rows of the same job were written. */
    jobs[2].submit.form.value[trial_field("company_size")] = STR("many");
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(writer_put(t->writer, &jobs[i]), ERR_NONE);
    let_go(&gate);
    trial_wait(&answers, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(jobs[i].result, i == 2 ? ERR_INTERNAL : ERR_NONE);
    expect_submissions(t, 5);
    expect_chain(t, 5);
    assert_int_equal(trial_number(&t->directory, "SELECT count(*) FROM idempotency"), 4);
    struct writer_stats stats;
    writer_stats(t->writer, &stats);
    assert_int_equal(stats.commits, 2);
    assert_int_equal(stats.rewritten, 1);
    assert_int_equal(stats.failed, 1);
    assert_int_equal(stats.submissions, 5);
    /* It was no fault of the key: the corrected submission is taken. */
    jobs[2].submit.form.value[trial_field("company_size")] = STR("1000");
    assert_int_equal(trial_do(t->writer, &jobs[2]), ERR_NONE);
    assert_false(jobs[2].submit.repeated);
}

static void repeats_in_one_group_are_stored_once(void **state)
{
    struct trial *t = *state;
    struct gate gate;
    struct job holder, jobs[20];
    struct trial_answers answers = TRIAL_ANSWERS;
    hold(t, &gate, &holder);
    for (size_t i = 0; i < 20; i++) {
        jobs[i] = trial_submission(&answers);
        trial_key(&jobs[i], i % 2);
        assert_int_equal(writer_put(t->writer, &jobs[i]), ERR_NONE);
    }
    let_go(&gate);
    trial_wait(&answers, 20);
    for (size_t i = 0; i < 20; i++) {
        assert_int_equal(jobs[i].result, ERR_NONE);
        assert_string_equal(jobs[i].submit.client_id.text, jobs[i % 2].submit.client_id.text);
        assert_int_equal(jobs[i].submit.repeated, i >= 2);
    }
    expect_submissions(t, 3);
}

static void a_full_inbox_says_busy(void **state)
{
    struct trial *t = *state;
    const struct writer_options options = {.inbox_limit = 10, .group_limit = 4};
    trial_stop(t);
    trial_start(t, &options);
    struct gate gate;
    struct job holder, jobs[12];
    struct trial_answers answers = TRIAL_ANSWERS;
    hold(t, &gate, &holder);
    for (size_t i = 0; i < 12; i++) {
        jobs[i] = trial_submission(&answers);
        assert_int_equal(writer_put(t->writer, &jobs[i]), i < 10 ? ERR_NONE : ERR_BUSY);
    }
    struct writer_stats stats;
    writer_stats(t->writer, &stats);
    assert_int_equal(stats.waiting, 10);
    let_go(&gate);
    trial_wait(&answers, 10);
    assert_int_equal(writer_put(t->writer, &jobs[10]), ERR_NONE);
    trial_wait(&answers, 11);
    writer_stats(t->writer, &stats);
    /* 1, then 10 as 4 + 4 + 2, then 1. */
    assert_int_equal(stats.commits, 5);
    expect_submissions(t, 12);
}

static void jobs_are_stored_and_answered_in_order(void **state)
{
    enum { N = 500 };
    struct trial *t = *state;
    static struct job jobs[N];
    static char names[N][8];
    struct trial_answers answers = TRIAL_ANSWERS;
    for (size_t i = 0; i < N; i++) {
        jobs[i] = trial_submission(&answers);
        snprintf(names[i], sizeof names[i], "%zu", i + 1);
        jobs[i].submit.form.value[trial_field("company_name")] = str_from(names[i]);
        assert_int_equal(writer_put(t->writer, &jobs[i]), ERR_NONE);
    }
    trial_wait(&answers, N);
    assert_int_equal(
        trial_number(&t->directory, "SELECT count(*) FROM submission WHERE company_name = id"), N);
    expect_chain(t, N);
}

/* ---- many threads --------------------------------------------------------------------------- */

enum { THREADS = 8, PER_THREAD = 1250, KEYS = 4000 };

struct producer {
    pthread_t thread;
    struct trial *trial;
    unsigned number;
    unsigned busy;
    struct job jobs[PER_THREAD];
    struct trial_answers answers;
};

/* Each key is used by two or three threads: KEYS submissions in the end. */
static void *produce(void *context)
{
    struct producer *p = context;
    for (unsigned i = 0; i < PER_THREAD; i++) {
        p->jobs[i] = trial_submission(&p->answers);
        trial_key(&p->jobs[i], (p->number * PER_THREAD + i) % KEYS);
        while (writer_put(p->trial->writer, &p->jobs[i]) == ERR_BUSY) {
            p->busy++;
            usleep(100);
        }
    }
    trial_wait(&p->answers, PER_THREAD);
    return NULL;
}

static void ten_thousand_jobs_of_eight_threads(void **state)
{
    struct trial *t = *state;
    const struct writer_options options = {.inbox_limit = 300, .group_limit = 100};
    trial_stop(t);
    trial_start(t, &options);
    static struct producer producers[THREADS];
    static struct client_id ids[KEYS];
    memset(ids, 0, sizeof ids);
    for (unsigned i = 0; i < THREADS; i++) {
        producers[i] = (struct producer){.trial = t, .number = i, .answers = TRIAL_ANSWERS};
        assert_int_equal(pthread_create(&producers[i].thread, NULL, produce, &producers[i]), 0);
    }
    unsigned stored = 0;
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(producers[i].thread, NULL);
    for (unsigned i = 0; i < THREADS; i++) {
        for (unsigned n = 0; n < PER_THREAD; n++) {
            const struct job *job = &producers[i].jobs[n];
            struct client_id *id = &ids[(i * PER_THREAD + n) % KEYS];
            assert_int_equal(job->result, ERR_NONE);
            stored += !job->submit.repeated;
            if (!id->text[0])
                *id = job->submit.client_id;
            assert_string_equal(job->submit.client_id.text, id->text);
        }
    }
    assert_int_equal(stored, KEYS);
    expect_submissions(t, KEYS);
    expect_chain(t, KEYS);
    assert_int_equal(trial_number(&t->directory, "SELECT count(DISTINCT client_id) FROM outbox"),
                     KEYS);
    struct writer_stats stats;
    writer_stats(t->writer, &stats);
    assert_int_equal(stats.jobs, THREADS * PER_THREAD);
    assert_int_equal(stats.submissions, KEYS);
    assert_true(stats.healthy);
}

static void stopping_commits_what_waits(void **state)
{
    enum { N = 300 };
    struct trial *t = *state;
    static struct job jobs[N];
    struct trial_answers answers = TRIAL_ANSWERS;
    for (size_t i = 0; i < N; i++) {
        jobs[i] = trial_submission(&answers);
        assert_int_equal(writer_put(t->writer, &jobs[i]), ERR_NONE);
    }
    trial_stop(t);
    assert_int_equal(answers.n, N);
    char path[128];
    snprintf(path, sizeof path, "%s/anteroom.db-wal", t->directory.path);
    assert_int_not_equal(access(path, F_OK), 0); /* a clean stop leaves no log behind */
    trial_start(t, NULL);
    expect_submissions(t, N);
    expect_chain(t, N);
}

/* ---- drafts --------------------------------------------------------------------------------- */

static enum err find_draft(struct trial *t, uint64_t number, struct arena *a, struct draft *out)
{
    struct draft_id id = {{0}};
    struct why why;
    memcpy(id.bytes, &number, sizeof number);
    return reader_draft(t->reader, a, &id, clock_wall_ms(), out, &why);
}

static void a_draft_is_saved_by_revision(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    struct draft draft;
    assert_int_equal(find_draft(t, 1, &a, &draft), ERR_MISSING);
    struct job job = trial_draft(NULL, 1, 0, STR("first"));
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    assert_int_equal(find_draft(t, 1, &a, &draft), ERR_NONE);
    assert_int_equal(draft.revision, 1);
    assert_true(str_eq(draft.sealed, STR("first")));
    assert_false(draft.sent);

    static const struct {
        uint64_t number, revision;
        enum err result;
    } steps[] = {
        {1, 0, ERR_CONFLICT}, {1, 2, ERR_CONFLICT}, {1, 1, ERR_NONE},
        {1, 1, ERR_CONFLICT}, {1, 2, ERR_NONE},     {2, 1, ERR_MISSING},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        job = trial_draft(NULL, steps[i].number, steps[i].revision, STR("later"));
        assert_int_equal(trial_do(t->writer, &job), steps[i].result);
    }
    assert_int_equal(find_draft(t, 1, &a, &draft), ERR_NONE);
    assert_int_equal(draft.revision, 3);
    assert_true(str_eq(draft.sealed, STR("later")));
    arena_release(&a);
}

static void a_sent_draft_is_erased_and_answers_again(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    struct draft draft;
    struct job job = trial_draft(NULL, 4, 0, STR("sealed words"));
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    struct job jobs[3];
    for (size_t i = 0; i < 3; i++) {
        jobs[i] = trial_submission(NULL);
        jobs[i].submit.has_draft = true;
        memcpy(jobs[i].submit.draft.bytes, job.draft.id.bytes, DRAFT_ID_SIZE);
    }
    trial_key(&jobs[2], 44); /* a new key, and a draft that was sent: still the first answer */
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(trial_do(t->writer, &jobs[i]), ERR_NONE);
        assert_int_equal(jobs[i].submit.repeated, i > 0);
        assert_string_equal(jobs[i].submit.client_id.text, jobs[0].submit.client_id.text);
        assert_int_equal(jobs[i].submit.created_ms, jobs[0].submit.created_ms);
    }
    expect_submissions(t, 1);
    assert_int_equal(trial_number(&t->directory, "SELECT count(*) FROM idempotency"), 0);
    assert_int_equal(find_draft(t, 4, &a, &draft), ERR_NONE);
    assert_true(draft.sent);
    assert_int_equal(draft.sealed.len, 0);
    assert_string_equal(draft.client_id.text, jobs[0].submit.client_id.text);
    assert_int_equal(draft.sent_ms, jobs[0].submit.created_ms);
    job = trial_draft(NULL, 4, draft.revision, STR("back"));
    assert_int_equal(trial_do(t->writer, &job), ERR_CONFLICT);
    arena_release(&a);
}

static void a_missing_draft_is_no_obstacle(void **state)
{
    struct trial *t = *state;
    struct job job = trial_submission(NULL);
    job.submit.has_draft = true;
    memset(job.submit.draft.bytes, 0x77, DRAFT_ID_SIZE);
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    assert_false(job.submit.repeated);
    expect_submissions(t, 1);
}

static void expired_drafts_are_missing_and_purged(void **state)
{
    enum { N = 450 };
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    struct draft draft;
    static struct job jobs[N];
    struct trial_answers answers = TRIAL_ANSWERS;
    for (size_t i = 0; i < N; i++) {
        jobs[i] = trial_draft(&answers, i, 0, STR("old"));
        if (i)
            jobs[i].draft.expires_ms = clock_wall_ms() - 1000;
        assert_int_equal(writer_put(t->writer, &jobs[i]), ERR_NONE);
    }
    trial_wait(&answers, N);
    assert_int_equal(find_draft(t, 1, &a, &draft), ERR_MISSING);
    /* The writer looks shortly after its start, and again at once while there are more. */
    trial_stop(t);
    trial_start(t, NULL);
    while (trial_number(&t->directory, "SELECT count(*) FROM draft") > 1)
        usleep(20000);
    assert_int_equal(find_draft(t, 0, &a, &draft), ERR_NONE);
    arena_release(&a);
}

/* Two readers, one of which always reads: the log's file stays within its bound. */
struct endless {
    pthread_t thread;
    const char *directory;
    atomic_bool stop;
    int64_t hold_ms;
};

static void *read_without_end(void *context)
{
    struct endless *e = context;
    char path[128];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/anteroom.db", e->directory);
    must(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    while (!atomic_load(&e->stop)) {
        const struct timespec hold = {.tv_nsec = e->hold_ms * 1000000};
        sqlite3_exec(db, "BEGIN; SELECT count(*) FROM meta", NULL, NULL, NULL);
        nanosleep(&hold, NULL);
        sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    }
    sqlite3_close(db);
    return NULL;
}

static void readers_without_a_pause(void **state)
{
    struct trial *t = *state;
    enum { LIMIT = 64, SUBMISSIONS = 1500 };
    trial_stop(t);
    trial_start(
        t, &(struct writer_options){.inbox_limit = 4096, .group_limit = 1, .log_pages = LIMIT});
    struct endless readers[2] = {{.directory = t->directory.path, .hold_ms = 13},
                                 {.directory = t->directory.path, .hold_ms = 17}};
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&readers[i].thread, NULL, read_without_end, &readers[i]),
                         0);
    off_t largest = 0;
    char log[128];
    struct stat st;
    snprintf(log, sizeof log, "%s/anteroom.db-wal", t->directory.path);
    for (int i = 0; i < SUBMISSIONS; i++) {
        struct job job = trial_submission(NULL);
        assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
        if (stat(log, &st) == 0 && st.st_size > largest)
            largest = st.st_size;
    }
    for (int i = 0; i < 2; i++) {
        atomic_store(&readers[i].stop, true);
        pthread_join(readers[i].thread, NULL);
    }
    print_message("# the log grew to %lld pages, its limit is %d\n",
                  (long long)largest / (4096 + 24), LIMIT);
    assert_true(largest < (off_t)(LIMIT * 40) * (4096 + 24));
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, trial_setup, trial_teardown)
    const struct CMUnitTest tests[] = {
        STORE_TEST(readers_without_a_pause),
        STORE_TEST(a_submission_is_stored_with_its_rows),
        STORE_TEST(the_audit_and_outbox_hold_nothing_typed),
        STORE_TEST(a_repeat_gets_the_first_answer),
        STORE_TEST(an_api_key_for_other_content_is_refused),
        STORE_TEST(a_client_id_that_exists_is_drawn_again),
        STORE_TEST(a_bad_job_is_answered_alone),
        STORE_TEST(repeats_in_one_group_are_stored_once),
        STORE_TEST(a_full_inbox_says_busy),
        STORE_TEST(jobs_are_stored_and_answered_in_order),
        STORE_TEST(ten_thousand_jobs_of_eight_threads),
        STORE_TEST(stopping_commits_what_waits),
        STORE_TEST(a_draft_is_saved_by_revision),
        STORE_TEST(a_sent_draft_is_erased_and_answers_again),
        STORE_TEST(a_missing_draft_is_no_obstacle),
        STORE_TEST(expired_drafts_are_missing_and_purged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
