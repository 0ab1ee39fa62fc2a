/* SPDX-License-Identifier: Apache-2.0 */
#include "store/safe.h"
#include "store/trial.h"

static void store_one(struct trial *t)
{
    struct job job = trial_submission(NULL);
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
}

static int64_t since(struct reader *r, int64_t submission)
{
    struct why why;
    int64_t at_ms = -1;
    trial_must(reader_safe_since(r, submission, &at_ms, &why), &why);
    return at_ms;
}

/* Nothing is said without a replica, nor of what is not there yet. */
static void only_what_was_noted_is_safe(void **state)
{
    struct trial *t = *state;
    store_one(t);
    store_one(t);
    store_note_safe(t->store, 1);
    assert_int_equal(since(t->reader, 1), 0);
    store_expect_safe(t->store);
    assert_true(since(t->reader, 1) > 0);
    assert_int_equal(since(t->reader, 2), 0);
}

/* Written with a group or at the end; found again by the next process and beside this one. */
static void the_marks_survive_a_restart(void **state)
{
    struct trial *t = *state;
    store_one(t);
    store_expect_safe(t->store);
    store_note_safe(t->store, 1);
    int64_t first = since(t->reader, 1);
    trial_stop(t);
    assert_int_equal(trial_number(&t->directory, "SELECT count(*) FROM safe_mark"), 1);
    trial_start(t, NULL);
    assert_int_equal(since(t->reader, 1), 0);
    store_expect_safe(t->store);
    assert_int_equal(since(t->reader, 1), first);
    struct reader *beside;
    struct why why;
    trial_must(reader_open_directory(t->directory.path, &beside, &why), &why);
    assert_int_equal(since(beside, 1), first);
    reader_close(beside);
    /* Noted once more, later: the first time stays. */
    store_note_safe(t->store, 1);
    trial_stop(t);
    trial_start(t, NULL);
    store_expect_safe(t->store);
    assert_int_equal(since(t->reader, 1), first);
}

static void what_another_replica_had_is_forgotten(void **state)
{
    struct trial *t = *state;
    store_one(t);
    store_expect_safe(t->store);
    store_note_safe(t->store, 1);
    trial_stop(t);
    trial_start(t, NULL);
    store_expect_safe(t->store);
    assert_true(since(t->reader, 1) > 0);
    store_forget_safe(t->store);
    assert_int_equal(since(t->reader, 1), 0);
    trial_stop(t);
    assert_int_equal(trial_number(&t->directory, "SELECT count(*) FROM safe_mark"), 0);
    trial_start(t, NULL);
}

/* A burst is a row a second, with the later time; a slow stream never more than fits. */
static void marks_close_together_are_one(void **state)
{
    (void)state;
    struct safe s;
    safe_init(&s);
    safe_expect(&s);
    for (int64_t i = 1; i <= 100; i++)
        safe_note(&s, i, 5000 + i * 9);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.marks[0].submission, 100);
    assert_int_equal(s.marks[0].at_ms, 5900);
    safe_note(&s, 50, 9000); /* nothing new */
    assert_int_equal(s.n, 1);
    for (int64_t i = 1; i <= 1000; i++)
        safe_note(&s, 100 + i, 10000 + i * 2000);
    assert_int_equal(s.n, SAFE_MARKS);
    assert_int_equal(s.marks[SAFE_MARKS - 1].submission, 1100);
    for (size_t i = 1; i < s.n; i++)
        assert_true(s.marks[i].submission > s.marks[i - 1].submission &&
                    s.marks[i].at_ms > s.marks[i - 1].at_ms);
    safe_release(&s);
}

/* A commit that fails keeps its marks; what comes meanwhile is another one. */
static void a_failed_commit_keeps_them(void **state)
{
    struct trial *t = *state;
    struct connection c;
    struct safe s;
    struct why why;
    char path[128];
    snprintf(path, sizeof path, "%s/anteroom.db", t->directory.path);
    trial_must(connection_open(&c, path, CONNECTION_WRITE, &why), &why);
    safe_init(&s);
    safe_note(&s, 3, 1000);
    trial_must(connection_run(&c, "BEGIN", "test", &why), &why);
    assert_int_equal(safe_write(&s, &c), SQLITE_DONE);
    safe_note(&s, 4, 1001);
    assert_int_equal(s.n, 2);
    trial_must(connection_run(&c, "ROLLBACK", "test", &why), &why);
    safe_settle(&s, false);
    assert_true(safe_any(&s));
    trial_must(connection_run(&c, "BEGIN", "test", &why), &why);
    assert_int_equal(safe_write(&s, &c), SQLITE_DONE);
    trial_must(connection_run(&c, "COMMIT", "test", &why), &why);
    safe_settle(&s, true);
    assert_false(safe_any(&s));
    connection_close(&c);
    safe_release(&s);
    assert_int_equal(trial_number(&t->directory, "SELECT count(*) FROM safe_mark"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_what_was_noted_is_safe, trial_setup, trial_teardown),
        cmocka_unit_test_setup_teardown(the_marks_survive_a_restart, trial_setup, trial_teardown),
        cmocka_unit_test_setup_teardown(what_another_replica_had_is_forgotten, trial_setup,
                                        trial_teardown),
        cmocka_unit_test(marks_close_together_are_one),
        cmocka_unit_test_setup_teardown(a_failed_commit_keeps_them, trial_setup, trial_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
