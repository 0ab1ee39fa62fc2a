/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A wall clock that jumps: back and forth by seconds and by decades, as when a machine without a
 * battery meets its time server. Order, the audit chain and what was promised must not depend on
 * it; only the expiry of drafts may, and never against a clock that went back.
 *
 * The program's clock_gettime stands in for libc's, so base/clock.c reads this clock.
 */
#include "fault/vfs_shim.h"
#include "store/trial.h"

#include <stdatomic.h>
#include <sys/syscall.h>

#define HOUR_MS 3600000LL
#define DAY_MS  (24 * HOUR_MS)

static _Atomic int64_t offset_ms; /* of the wall clock */

int clock_gettime(clockid_t clock, struct timespec *out)
{
    int64_t by = clock == CLOCK_REALTIME ? atomic_load(&offset_ms) : 0;
    if (syscall(SYS_clock_gettime, clock, out))
        return -1;
    int64_t ns = out->tv_nsec + by % 1000 * 1000000;
    out->tv_sec += by / 1000 + (ns < 0 ? -1 : ns / 1000000000);
    out->tv_nsec = ns < 0 ? ns + 1000000000 : ns % 1000000000;
    return 0;
}

static int setup(void **state)
{
    atomic_store(&offset_ms, 0);
    vfs_shim_reset();
    return trial_setup(state);
}

static struct job submit(struct trial *t, uint64_t key)
{
    struct job job = trial_submission(NULL);
    trial_key(&job, key);
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    return job;
}

static enum err find_draft(struct trial *t, uint64_t number)
{
    struct arena a = ARENA_INIT;
    struct draft_id id = {{0}};
    struct draft draft;
    struct why why;
    memcpy(id.bytes, &number, sizeof number);
    enum err e = reader_draft(t->reader, &a, &id, clock_wall_ms(), &draft, &why);
    arena_release(&a);
    return e;
}

static void expect_chain(struct trial *t, uint64_t events)
{
    struct audit_report report;
    struct why why;
    trial_must(reader_audit_verify(t->reader, &report, &why), &why);
    assert_int_equal(report.events, events);
}

static void the_clock_of_this_program_is_ours(void **state)
{
    (void)state;
    int64_t wall = clock_wall_ms(), monotonic = clock_monotonic_ms();
    atomic_store(&offset_ms, -DAY_MS - 1);
    assert_true(clock_wall_ms() < wall);
    assert_true(clock_wall_ms() > wall - 2 * DAY_MS);
    assert_true(clock_monotonic_ms() >= monotonic);
}

struct seen {
    char ids[512][CLIENT_ID_LEN + 1];
    size_t n;
};

static bool see(void *context, const struct submission_row *row)
{
    struct seen *seen = context;
    for (size_t i = 0; i < seen->n; i++)
        assert_string_not_equal(seen->ids[i], row->client_id.text);
    snprintf(seen->ids[seen->n++], sizeof seen->ids[0], "%s", row->client_id.text);
    return true;
}

/* From the epoch to the year 2160, hundreds of times: more than a page of the list. */
static void each_submission_is_listed_once_and_the_chain_holds(void **state)
{
    static struct seen seen;
    struct trial *t = *state;
    struct why why;
    int64_t now = clock_wall_ms();
    uint64_t random = 1, n = 400;
    seen.n = 0;
    for (uint64_t key = 1; key <= n; key++) {
        uint64_t r = vfs_shim_random(&random);
        int64_t by = key % 3 ? (int64_t)(r % 7) * HOUR_MS : (int64_t)(r % 6000000000000);
        atomic_store(&offset_ms, by - (key % 3 ? 3 * HOUR_MS : now));
        submit(t, key);
    }
    trial_must(reader_submissions(t->reader, 10000, see, &seen, &why), &why);
    assert_int_equal(seen.n, n);
    expect_chain(t, n);
    trial_stop(t);
    trial_start(t, NULL); /* the start checks the chain's end */
    expect_chain(t, n);
}

static void a_repeat_gets_the_first_answer_at_any_time(void **state)
{
    static const int64_t steps[] = {-1, -HOUR_MS, -400 * DAY_MS, HOUR_MS, 400 * DAY_MS};
    struct trial *t = *state;
    struct job first = submit(t, 7);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        atomic_store(&offset_ms, steps[i]);
        struct job again = submit(t, 7);
        assert_true(again.submit.repeated);
        assert_string_equal(again.submit.client_id.text, first.submit.client_id.text);
        assert_int_equal(again.submit.created_ms, first.submit.created_ms);
    }
    expect_chain(t, 1);
}

static void a_draft_outlives_a_clock_that_goes_back(void **state)
{
    struct trial *t = *state;
    struct job job = trial_draft(NULL, 1, 0, STR("sealed"));
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    atomic_store(&offset_ms, -400 * DAY_MS);
    trial_stop(t);
    trial_start(t, NULL);
    usleep(500000); /* the writer has looked for expired ones meanwhile, or not: both are right */
    assert_int_equal(find_draft(t, 1), ERR_NONE);
    job = trial_draft(NULL, 1, 1, STR("sealed again"));
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    assert_int_equal(find_draft(t, 1), ERR_NONE);
}

/* Hidden while the clock says so; and a sent one leads to its Client ID when it is right again. */
static void a_jump_forward_hides_a_draft_but_loses_no_submission(void **state)
{
    struct trial *t = *state;
    struct job job = trial_draft(NULL, 1, 0, STR("sealed"));
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    struct job sent = trial_submission(NULL);
    sent.submit.has_draft = true;
    memcpy(sent.submit.draft.bytes, job.draft.id.bytes, DRAFT_ID_SIZE);
    trial_key(&sent, 1);
    assert_int_equal(trial_do(t->writer, &sent), ERR_NONE);
    assert_int_equal(find_draft(t, 1), ERR_NONE);

    atomic_store(&offset_ms, 2 * HOUR_MS);
    assert_int_equal(find_draft(t, 1), ERR_MISSING);
    while (trial_number(&t->directory, "SELECT count(*) FROM draft")) {
        trial_stop(t); /* the writer purges soon after its start */
        trial_start(t, NULL);
        usleep(300000);
    }
    atomic_store(&offset_ms, 0);
    struct job again = submit(t, 1);
    assert_true(again.submit.repeated);
    assert_string_equal(again.submit.client_id.text, sent.submit.client_id.text);
    expect_chain(t, 1);
}

/* The pauses between attempts are the monotonic clock's. */
static void recovery_does_not_wait_for_a_clock_that_went_back(void **state)
{
    struct trial *t = *state;
    vfs_shim_fail(VFS_SYNC, 0, 2, SQLITE_IOERR_FSYNC);
    struct job job = trial_submission(NULL);
    trial_key(&job, 1);
    assert_int_equal(trial_do(t->writer, &job), ERR_IO);
    atomic_store(&offset_ms, -400 * DAY_MS);
    do {
        usleep(1000);
        job = trial_submission(NULL);
        trial_key(&job, 1);
    } while (trial_do(t->writer, &job) != ERR_NONE);
    expect_chain(t, 1);
}

int main(void)
{
#define CLOCK_TEST(name) cmocka_unit_test_setup_teardown(name, setup, trial_teardown)
    const struct CMUnitTest tests[] = {
        CLOCK_TEST(the_clock_of_this_program_is_ours),
        CLOCK_TEST(each_submission_is_listed_once_and_the_chain_holds),
        CLOCK_TEST(a_repeat_gets_the_first_answer_at_any_time),
        CLOCK_TEST(a_draft_outlives_a_clock_that_goes_back),
        CLOCK_TEST(a_jump_forward_hides_a_draft_but_loses_no_submission),
        CLOCK_TEST(recovery_does_not_wait_for_a_clock_that_went_back),
    };
    vfs_shim_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
