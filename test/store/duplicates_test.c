/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trial.h"

#include "store/duplicates.h"
#include "store/schema.h"

enum { DAY_MS = 24 * 3600 * 1000 };

static struct client_id put(struct trial *t, int64_t company, int64_t email)
{
    struct trial_answers answers = TRIAL_ANSWERS;
    struct job job = trial_submission(&answers);
    job.submit.likeness = (struct likeness){company, email};
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    return job.submit.client_id;
}

/* Compares everything, over a connection that nobody else writes with. */
static unsigned compare_all(struct trial *t, int64_t within_ms)
{
    char path[128];
    struct connection c;
    struct why why;
    unsigned batches = 0;
    snprintf(path, sizeof path, "%s/anteroom.db", t->directory.path);
    trial_must(connection_open(&c, path, CONNECTION_WRITE, &why), &why);
    for (bool more = true; more; batches++)
        trial_must(duplicates_mark(&c, within_ms, &more, &why), &why);
    connection_close(&c);
    return batches;
}

static void assert_mark(struct trial *t, struct client_id of, const char *earlier)
{
    char sql[200];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM submission WHERE client_id = '%s' AND duplicate_of = '%s'",
             of.text, earlier);
    assert_int_equal(trial_number(&t->directory, sql), 1);
}

static void the_newest_earlier_one_is_named(void **state)
{
    struct trial *t = *state;
    struct client_id first = put(t, 10, 20), other = put(t, 11, 21), company = put(t, 10, 22),
                     email = put(t, 12, 21), both = put(t, 10, 21), none = put(t, 0, 0),
                     none_again = put(t, 0, 0);
    compare_all(t, DAY_MS);
    assert_mark(t, first, "");
    assert_mark(t, other, "");
    assert_mark(t, company, first.text);
    assert_mark(t, email, other.text);
    assert_true(trial_number(&t->directory, "SELECT count(*) FROM submission WHERE "
                                            "duplicate_of <> ''") == 3);
    (void)both;
    assert_mark(t, none, "");
    assert_mark(t, none_again, "");
    compare_all(t, DAY_MS); /* and again: nothing is its own duplicate */
    assert_mark(t, first, "");
}

static void what_is_too_long_ago_does_not_count(void **state)
{
    struct trial *t = *state;
    put(t, 10, 20);
    assert_int_equal(trial_sql(&t->directory, "UPDATE submission SET created_ms = created_ms - "
                                              "2 * 86400000"),
                     SQLITE_OK);
    struct client_id late = put(t, 10, 20);
    compare_all(t, DAY_MS);
    assert_mark(t, late, "");
}

static void batches_follow_each_other(void **state)
{
    struct trial *t = *state;
    struct client_id first = put(t, 1, 2), last = first;
    for (int i = 0; i < DUPLICATES_BATCH; i++)
        last = put(t, 100 + i, 1000 + i);
    last = put(t, 1, 3);
    assert_int_equal(compare_all(t, DAY_MS), 2);
    assert_mark(t, last, first.text);
}

/* A database of the first schema, with a submission in it, becomes one of today's. */
static void older_submissions_are_kept_and_compared_with_nothing(void **state)
{
    struct trial *t = *state;
    char path[128];
    struct connection c;
    struct schema_state from;
    struct why why;
    trial_stop(t);
    snprintf(path, sizeof path, "%s/anteroom.db", t->directory.path);
    assert_int_equal(unlink(path), 0);
    trial_must(connection_open(&c, path, CONNECTION_WRITE, &why), &why);
    trial_must(schema_look(&c, 1, &from, &why), &why);
    trial_must(schema_migrate(&c, &from, sql_migrations, 1, &why), &why);
    trial_must(connection_run(&c,
                              "INSERT INTO submission VALUES (1, 'CL-00000-00000', 1, 'new', "
                              "'form', 'en', '1', 1, 'a', 'b', 'c', '', 'd', 'e', 'f', 1, 'g', "
                              "'h', 'i', 'j', '', 'yes')",
                              "test", &why),
               &why);
    connection_close(&c);
    trial_start(t, NULL);
    put(t, 10, 20);
    compare_all(t, INT64_C(100) * 365 * DAY_MS);
    assert_int_equal(trial_number(&t->directory, "SELECT count(*) FROM submission WHERE "
                                                 "duplicate_of = ''"),
                     2);
}

static void the_writer_does_it_when_it_has_time(void **state)
{
    struct trial *t = *state;
    const struct writer_options options = {
        .inbox_limit = 16, .group_limit = 16, .duplicate_ms = DAY_MS};
    trial_stop(t);
    trial_start(t, &options);
    struct client_id first = put(t, 10, 20), second = put(t, 10, 20);
    while (trial_number(&t->directory,
                        "SELECT count(*) FROM submission WHERE duplicate_of <> ''") == 0)
        usleep(10 * 1000);
    assert_mark(t, second, first.text);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, trial_setup, trial_teardown)
    const struct CMUnitTest tests[] = {
        STORE_TEST(the_newest_earlier_one_is_named),
        STORE_TEST(what_is_too_long_ago_does_not_count),
        STORE_TEST(batches_follow_each_other),
        STORE_TEST(older_submissions_are_kept_and_compared_with_nothing),
        STORE_TEST(the_writer_does_it_when_it_has_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
