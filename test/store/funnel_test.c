/* SPDX-License-Identifier: Apache-2.0 */
#include "store/funnel.h"
#include "store/trial.h"

static int64_t counted(const struct trial *t, const char *where)
{
    char sql[256];
    snprintf(sql, sizeof sql, "SELECT coalesce(sum(n), 0) FROM funnel WHERE %s", where);
    return trial_number(&t->directory, sql);
}

static void begin_anew(struct trial *t)
{
    trial_stop(t); /* writes what was counted */
    trial_start(t, NULL);
}

static struct job finishing(uint64_t number, uint64_t revision, unsigned finished,
                            unsigned completed, int64_t took_ms)
{
    struct job job = trial_draft(NULL, number, revision, STR("noise"));
    job.draft.step = finished;
    job.draft.completed = completed;
    job.draft.took_ms = took_ms;
    return job;
}

static void a_journey_counts_each_stage_once(void **state)
{
    struct trial *t = *state;
    funnel_started(writer_funnel(t->writer));
    struct job first = finishing(1, 0, 1, 1, 30 * 1000);
    struct job second = finishing(1, 1, 3, 2, 5 * 60 * 1000);
    struct job changed = finishing(1, 2, 3, 0, 1000);
    struct job sent = trial_submission(NULL), again = trial_submission(NULL);
    sent.submit.has_draft = again.submit.has_draft = true;
    sent.submit.draft = again.submit.draft = first.draft.id;
    sent.submit.took_ms = again.submit.took_ms = 3600 * 1000;
    struct job *const all[] = {&first, &second, &changed, &sent, &again};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_int_equal(trial_do(t->writer, all[i]), ERR_NONE);
    begin_anew(t);
    for (int i = 0; i < FUNNEL_STAGES; i++) {
        char where[96];
        snprintf(where, sizeof where, "kind = 'reached' AND step = '%.*s'",
                 STR_ARG(funnel_stage_names[i]));
        assert_int_equal(counted(t, where), 1);
    }
    assert_int_equal(counted(t, "kind = 'took'"), 3);
    assert_int_equal(counted(t, "kind = 'took' AND step = 'company' AND code = '1m'"), 1);
    assert_int_equal(counted(t, "kind = 'took' AND step = 'engagement' AND code = '10m'"), 1);
    assert_int_equal(counted(t, "kind = 'took' AND step = 'check' AND code = 'longer'"), 1);
    /* Of today, all of it. */
    assert_int_equal(trial_number(&t->directory, "SELECT count(DISTINCT day) FROM funnel"), 1);
}

static void what_was_not_stored_is_not_counted(void **state)
{
    struct trial *t = *state;
    struct job first = finishing(1, 0, 1, 1, -1), late = finishing(1, 7, 3, 2, -1);
    struct job api = trial_submission(NULL);
    assert_int_equal(trial_do(t->writer, &first), ERR_NONE);
    assert_int_equal(trial_do(t->writer, &late), ERR_CONFLICT);
    assert_int_equal(trial_do(t->writer, &api), ERR_NONE);
    begin_anew(t);
    assert_int_equal(counted(t, "1"), 1); /* “company”; its time is not known */
}

static void refused_pages_count_fields_and_codes(void **state)
{
    struct trial *t = *state;
    struct funnel *f = writer_funnel(t->writer);
    struct findings findings = {.n = 2};
    findings.items[0].field = FIELD_EMAIL_ADDRESS;
    findings.items[0].code = FINDING_WRONG;
    findings.items[1].field = FIELD_CONSENT_GIVEN;
    findings.items[1].code = FINDING_MISSING;
    for (int i = 0; i < 3; i++)
        funnel_refused(f, FUNNEL_COMPANY, &findings);
    begin_anew(t);
    assert_int_equal(counted(t, "kind = 'refused' AND step = 'company'"), 3);
    assert_int_equal(
        counted(t, "kind = 'error' AND step = 'company' AND field = 'email' AND code = 'wrong'"),
        3);
    assert_int_equal(counted(t, "kind = 'error' AND step = 'engagement' AND field = 'consent' "
                                "AND code = 'missing'"),
                     3);
    assert_int_equal(counted(t, "1"), 9);
    /* Again, on top of what is there. */
    funnel_refused(writer_funnel(t->writer), FUNNEL_COMPANY, &findings);
    begin_anew(t);
    assert_int_equal(counted(t, "1"), 12);
}

static void every_cell_is_a_row_that_the_table_takes(void **state)
{
    struct trial *t = *state;
    struct funnel *f = writer_funnel(t->writer);
    const int cells = FUNNEL_ERROR_AT + FIELD_COUNT * FINDING_CODES; /* no field is added here */
    for (int i = 0; i < cells; i++)
        atomic_store(&f->cells[i], 1);
    atomic_store(&f->any, true);
    begin_anew(t);
    assert_int_equal(trial_number(&t->directory, "SELECT count(*) FROM funnel"), cells);
}

static void expired_drafts_are_counted_by_where_they_stopped(void **state)
{
    struct trial *t = *state;
    const unsigned finished[] = {0, 1, 1, 3, 2};
    for (uint64_t i = 0; i < 5; i++) {
        struct job job = finishing(i + 1, 0, finished[i], 0, -1);
        job.draft.expires_ms = 1;
        assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    }
    struct job sent = trial_submission(NULL), alive = finishing(9, 0, 1, 0, -1);
    sent.submit.has_draft = true;
    memcpy(sent.submit.draft.bytes, &(uint64_t){5}, 8);
    assert_int_equal(trial_do(t->writer, &sent), ERR_NONE);
    assert_int_equal(trial_do(t->writer, &alive), ERR_NONE);
    assert_int_equal(trial_sql(&t->directory, "UPDATE draft SET updated_ms = 86400000 * 20000 + 5 "
                                              "WHERE sent_ms IS NULL"),
                     SQLITE_OK);
    /* The writer looks for expired drafts shortly after it starts. */
    trial_stop(t);
    trial_start(t, NULL);
    while (trial_number(&t->directory, "SELECT count(*) FROM draft") != 1)
        usleep(10 * 1000);
    assert_int_equal(counted(t, "kind = 'stopped'"), 4);
    assert_int_equal(counted(t, "kind = 'stopped' AND day = 20000"), 4);
    assert_int_equal(counted(t, "kind = 'stopped' AND step = 'company'"), 1);
    assert_int_equal(counted(t, "kind = 'stopped' AND step = 'engagement'"), 2);
    assert_int_equal(counted(t, "kind = 'stopped' AND step = 'check'"), 1);
}

/* Two seconds of jobs: counts ride with the groups; nothing waits for the end. */
static void counts_go_with_a_group(void **state)
{
    struct trial *t = *state;
    uint64_t number = 100;
    funnel_started(writer_funnel(t->writer));
    while (counted(t, "step = 'started'") == 0) {
        struct job job = finishing(number++, 0, 1, 1, -1);
        assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    }
    assert_true(counted(t, "step = 'company'") < (int64_t)number - 100 + 1);
}

static void add_up(void *context, const struct funnel_row *row)
{
    int64_t *sum = context;
    *sum += row->n;
}

static void the_reader_reads_from_a_day_on(void **state)
{
    struct trial *t = *state;
    int64_t sum = 0;
    struct why why;
    assert_int_equal(trial_sql(&t->directory,
                               "INSERT INTO funnel VALUES (100, 'reached', 'sent', '', '', 5), "
                               "(101, 'reached', 'sent', '', '', 7)"),
                     SQLITE_OK);
    trial_must(reader_funnel(t->reader, 101, add_up, &sum, &why), &why);
    assert_int_equal(sum, 7);
    trial_must(reader_funnel(t->reader, 0, add_up, &sum, &why), &why);
    assert_int_equal(sum, 19);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_journey_counts_each_stage_once, trial_setup,
                                        trial_teardown),
        cmocka_unit_test_setup_teardown(what_was_not_stored_is_not_counted, trial_setup,
                                        trial_teardown),
        cmocka_unit_test_setup_teardown(refused_pages_count_fields_and_codes, trial_setup,
                                        trial_teardown),
        cmocka_unit_test_setup_teardown(every_cell_is_a_row_that_the_table_takes, trial_setup,
                                        trial_teardown),
        cmocka_unit_test_setup_teardown(expired_drafts_are_counted_by_where_they_stopped,
                                        trial_setup, trial_teardown),
        cmocka_unit_test_setup_teardown(counts_go_with_a_group, trial_setup, trial_teardown),
        cmocka_unit_test_setup_teardown(the_reader_reads_from_a_day_on, trial_setup,
                                        trial_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
