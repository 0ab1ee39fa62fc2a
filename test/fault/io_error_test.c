/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk that refuses: the n-th write, sync or read, once or for a while, or no room left. Whatever
 * happens, an answer comes (never a wrong one), reading goes on, and when the disk is back so is
 * the service, without a restart.
 */
#include "fault/vfs_shim.h"
#include "store/trial.h"

static int setup(void **state)
{
    vfs_shim_reset();
    return trial_setup(state);
}

static int teardown(void **state)
{
    vfs_shim_fail(0, 0, 0, 0);
    return trial_teardown(state);
}

static enum err submit(struct trial *t, uint64_t key, struct client_id *id)
{
    struct job job = trial_submission(NULL);
    trial_key(&job, key);
    enum err e = trial_do(t->writer, &job);
    if (!e && id)
        *id = job.submit.client_id;
    return e;
}

/* As a client does after a 503. Ends, because the fault does. */
static void submit_until_stored(struct trial *t, uint64_t key)
{
    struct writer_stats stats;
    while (submit(t, key, NULL) != ERR_NONE)
        usleep(1000);
    writer_stats(t->writer, &stats);
    assert_true(stats.healthy);
}

static void expect_all(struct trial *t, uint64_t n)
{
    uint64_t count;
    struct audit_report report;
    struct why why;
    trial_must(reader_count(t->reader, &count, &why), &why);
    assert_int_equal(count, n);
    trial_must(reader_audit_verify(t->reader, &report, &why), &why);
    assert_int_equal(report.events, n);
    assert_int_equal(trial_number(&t->directory, "SELECT count(*) FROM idempotency"), n);
}

static void a_failed_sync_is_no_acknowledgement(void **state)
{
    struct trial *t = *state;
    struct job job = trial_submission(NULL);
    trial_key(&job, 1);
    vfs_shim_fail(VFS_SYNC, 0, 1, SQLITE_IOERR_FSYNC);
    assert_int_equal(trial_do(t->writer, &job), ERR_IO);
    assert_true(job.why.hint[0] != '\0');
    struct writer_stats stats;
    writer_stats(t->writer, &stats);
    assert_false(stats.healthy);
    assert_int_equal(stats.failed, 1);
    submit_until_stored(t, 1);
    expect_all(t, 1);
}

static void a_full_disk_is_survived(void **state)
{
    struct trial *t = *state;
    struct why why;
    assert_int_equal(submit(t, 1, NULL), ERR_NONE);
    vfs_shim_fail(VFS_WRITE, 0, UINT64_MAX, SQLITE_FULL);
    for (uint64_t key = 2; key < 40; key++) {
        struct job job = trial_submission(NULL);
        trial_key(&job, key);
        assert_int_equal(trial_do(t->writer, &job), ERR_IO);
        assert_non_null(strstr(job.why.hint, "disk is full"));
        trial_must(reader_ping(t->reader, &why), &why); /* reading goes on */
    }
    uint64_t n;
    trial_must(reader_count(t->reader, &n, &why), &why);
    assert_int_equal(n, 1);
    vfs_shim_fail(0, 0, 0, 0);
    for (uint64_t key = 1; key < 40; key++)
        submit_until_stored(t, key);
    expect_all(t, 39);
}

/* The n-th operation of a kind fails, n from the first to behind the last. */
static void each_operation_may_fail(struct trial *t, unsigned operations, uint64_t times, int code)
{
    uint64_t key = 0;
    for (uint64_t after = 0; after < 24; after++) {
        vfs_shim_fail(operations, after, times, code);
        for (unsigned i = 0; i < 4; i++) {
            struct job job = trial_submission(NULL);
            trial_key(&job, ++key);
            enum err e = trial_do(t->writer, &job);
            if (e != ERR_NONE && e != ERR_IO)
                fail_msg("operation %llu: %s: %s", (unsigned long long)after, err_name(e),
                         job.why.detail);
        }
        vfs_shim_fail(0, 0, 0, 0);
        for (uint64_t again = key - 3; again <= key; again++)
            submit_until_stored(t, again);
    }
    expect_all(t, key);
}

static void each_sync_may_fail(void **state)
{
    each_operation_may_fail(*state, VFS_SYNC, 1, SQLITE_IOERR_FSYNC);
}

static void each_write_may_fail(void **state)
{
    each_operation_may_fail(*state, VFS_WRITE, 1, SQLITE_IOERR_WRITE);
}

static void room_may_end_at_any_write(void **state)
{
    each_operation_may_fail(*state, VFS_WRITE, 5, SQLITE_FULL);
}

static void each_read_may_fail(void **state)
{
    each_operation_may_fail(*state, VFS_READ, 2, SQLITE_IOERR_READ);
}

static void files_may_run_out(void **state)
{
    each_operation_may_fail(*state, VFS_OPEN | VFS_SYNC, 3, SQLITE_CANTOPEN);
}

/* Opening: a sentence, never a crash, and nothing left that stands in the way later. */
static void opening_may_fail_anywhere(void **state)
{
    static const struct {
        unsigned operations;
        int code;
    } faults[] = {
        {VFS_WRITE, SQLITE_FULL},          {VFS_SYNC, SQLITE_IOERR_FSYNC},
        {VFS_READ, SQLITE_IOERR_READ},     {VFS_OPEN, SQLITE_CANTOPEN},
        {VFS_DELETE, SQLITE_IOERR_DELETE},
    };
    (void)state;
    log_init(2, LOG_ERROR + 1, LOG_FORMAT_TEXT);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        unsigned refused = 0;
        for (uint64_t after = 0; after < 12; after++) {
            struct trial_directory d = trial_directory();
            struct store *store;
            struct why why;
            vfs_shim_reset();
            vfs_shim_fail(faults[i].operations, after, UINT64_MAX, faults[i].code);
            if (store_open(d.path, &store, &why)) {
                refused++;
                assert_true(why.detail[0] && why.hint[0]);
            } else {
                store_close(store);
            }
            vfs_shim_fail(0, 0, 0, 0);
            trial_must(store_open(d.path, &store, &why), &why);
            store_close(store);
            trial_remove(&d);
        }
        assert_true(refused > 0);
    }
    vfs_shim_reset();
}

int main(void)
{
#define FAULT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        FAULT_TEST(a_failed_sync_is_no_acknowledgement),
        FAULT_TEST(a_full_disk_is_survived),
        FAULT_TEST(each_sync_may_fail),
        FAULT_TEST(each_write_may_fail),
        FAULT_TEST(room_may_end_at_any_write),
        FAULT_TEST(each_read_may_fail),
        FAULT_TEST(files_may_run_out),
        cmocka_unit_test(opening_may_fail_anywhere),
    };
    vfs_shim_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
