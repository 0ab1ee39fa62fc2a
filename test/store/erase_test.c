/* SPDX-License-Identifier: Apache-2.0 */
#include "store/erase.h"
#include "store/trial.h"

static enum err erase(struct trial *t, const struct client_id *id, uint64_t *number)
{
    struct erase_input input = {.actor = actor_command(), .client_id = *id};
    struct job job = {
        .kind = JOB_WRITE, .write = {erase_submission, &input}, .done = trial_answered};
    enum err e = trial_do(t->writer, &job);
    *number = input.number;
    return e;
}

static struct client_id store_one(struct trial *t, uint64_t number)
{
    static const struct str company = STR_INIT("Perlmutt & Söhne");
    struct job draft = trial_draft(NULL, number, 0, STR("sealed"));
    assert_int_equal(trial_do(t->writer, &draft), ERR_NONE);
    struct job job = trial_submission(NULL);
    trial_key(&job, number);
    job.submit.form.value[trial_field("company_name")] = company;
    job.submit.likeness = (struct likeness){.company = (int64_t)number, .email = -(int64_t)number};
    job.submit.has_draft = true;
    job.submit.draft = draft.draft.id;
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    return job.submit.client_id;
}

static int64_t count(struct trial *t, const char *table)
{
    char sql[64];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
    return trial_number(&t->directory, sql);
}

/* Every table but the audit and the ledger has one row less, and no byte of the company is left. */
static void nothing_of_it_stays(void **state)
{
    static const char *const tables[] = {"submission", "idempotency", "draft", "outbox"};
    struct trial *t = *state;
    struct client_id a = store_one(t, 1);
    uint64_t number;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        assert_int_equal(count(t, tables[i]), 1);
    trial_sql(&t->directory,
              "INSERT INTO likeness VALUES (1, (SELECT client_id FROM submission), 1);"
              "INSERT INTO event (submission, at_ms, author, kind, text) "
              "VALUES (1, 1, 'person/1', 'note', 'Perlmutt rang up')");
    assert_int_equal(erase(t, &a, &number), ERR_NONE);
    assert_int_equal(number, 1);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        assert_int_equal(count(t, tables[i]), 0);
    assert_int_equal(count(t, "likeness"), 0);
    assert_int_equal(count(t, "event"), 0);
    assert_int_equal(trial_number(&t->directory, "SELECT count(*) FROM audit WHERE action = "
                                                 "'submission.erased' AND actor = 'command'"),
                     1);
    assert_int_equal(erase(t, &a, &number), ERR_MISSING);
    struct audit_report report;
    struct why why;
    trial_must(reader_audit_verify(t->reader, &report, &why), &why);
    trial_stop(t);
    char command[160];
    snprintf(command, sizeof command, "grep -q Perlmutt %s/anteroom.db", t->directory.path);
    assert_int_not_equal(system(command), 0);
    trial_start(t, NULL);
}

static void row_numbers_are_not_used_again(void **state)
{
    struct trial *t = *state;
    uint64_t number;
    store_one(t, 1);
    struct client_id b = store_one(t, 2);
    assert_int_equal(erase(t, &b, &number), ERR_NONE);
    store_one(t, 3);
    assert_int_equal(trial_number(&t->directory, "SELECT max(id) FROM submission"), 3);
    struct client_id d = store_one(t, 4);
    assert_int_equal(erase(t, &d, &number), ERR_NONE);
    trial_stop(t);
    trial_start(t, NULL);
    store_one(t, 5);
    assert_int_equal(trial_number(&t->directory, "SELECT max(id) FROM submission"), 5);
    assert_int_equal(number, 2);
}

/* A copy from before, given the entries it lacks, is rid of them, and both ledgers are one. */
static void an_older_copy_is_rid_of_them(void **state)
{
    struct trial *t = *state;
    struct client_id ids[4];
    uint64_t number;
    struct why why;
    for (uint64_t i = 0; i < 4; i++)
        ids[i] = store_one(t, i + 1);
    assert_int_equal(erase(t, &ids[0], &number), ERR_NONE);
    trial_stop(t);
    char copy[128], path[128], command[500];
    snprintf(path, sizeof path, "%s/anteroom.db", t->directory.path);
    snprintf(copy, sizeof copy, "%s/copy.db", t->directory.path);
    snprintf(command, sizeof command, "cp %s %s", path, copy);
    assert_int_equal(system(command), 0);
    trial_start(t, NULL);
    assert_int_equal(erase(t, &ids[1], &number), ERR_NONE);
    assert_int_equal(erase(t, &ids[3], &number), ERR_NONE);
    trial_stop(t);

    struct erasure_head old, new, then;
    trial_must(erase_look(copy, &old, &why), &why);
    trial_must(erase_look(path, &new, &why), &why);
    assert_int_equal(old.number, 1);
    assert_int_equal(new.number, 3);
    struct erasure second = {.number = 2, .client_id = ids[1], .before = old.hash};
    struct erasure entries[2] = {second, {.number = 3, .client_id = ids[3]}};
    char ms[] = "SELECT at_ms FROM erasure WHERE number = 2";
    entries[0].at_ms = trial_number(&t->directory, ms);
    ms[sizeof ms - 2] = '3';
    entries[1].at_ms = trial_number(&t->directory, ms);
    struct erasure_head middle = erasure_head(&entries[0]);
    entries[1].before = middle.hash;
    /* In the wrong order, or without one of them: nothing happens. */
    assert_int_equal(erase_again_file(copy, entries + 1, 1, &why), ERR_CONFLICT);
    trial_must(erase_look(copy, &then, &why), &why);
    assert_true(erasure_head_eq(&then, &old));
    trial_must(erase_again_file(copy, entries, 2, &why), &why);
    trial_must(erase_look(copy, &then, &why), &why);
    assert_true(erasure_head_eq(&then, &new));
    snprintf(command, sizeof command, "mv %s %s && rm -f %s-*", copy, path, path);
    assert_int_equal(system(command), 0);
    assert_int_equal(count(t, "submission"), 1);
    trial_start(t, NULL);
    struct audit_report report;
    trial_must(reader_audit_verify(t->reader, &report, &why), &why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_of_it_stays, trial_setup, trial_teardown),
        cmocka_unit_test_setup_teardown(row_numbers_are_not_used_again, trial_setup,
                                        trial_teardown),
        cmocka_unit_test_setup_teardown(an_older_copy_is_rid_of_them, trial_setup, trial_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
