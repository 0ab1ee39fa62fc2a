/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trial.h"

#include "store/schema.h"

/* A made-up history: three versions, the third of which fails half way. */
static const struct sql_migration history[] = {
    {"0001-first.up.sql", "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1), (2);"},
    {"0002-second.up.sql", "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x * 10;"},
    {"0003-third.up.sql", "DELETE FROM a; INSERT INTO nothing VALUES (1);"},
};

struct fixture {
    struct trial_directory directory;
    char path[128];
    struct connection c;
};

static int setup(void **state)
{
    static struct fixture f;
    struct why why;
    f = (struct fixture){.directory = trial_directory()};
    snprintf(f.path, sizeof f.path, "%s/anteroom.db", f.directory.path);
    trial_must(connection_open(&f.c, f.path, CONNECTION_WRITE, &why), &why);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    connection_close(&f->c);
    trial_remove(&f->directory);
    return 0;
}

static enum err migrate(struct fixture *f, unsigned n, struct why *why)
{
    struct schema_state from;
    enum err e = schema_look(&f->c, n, &from, why);
    return e ? e : schema_migrate(&f->c, &from, history, n, why);
}

static int64_t number(struct fixture *f, const char *sql)
{
    int64_t n = -1;
    struct why why;
    trial_must(connection_number(&f->c, sql, &n, "ask", &why), &why);
    return n;
}

static bool there(const struct fixture *f, const char *ending)
{
    char path[160];
    snprintf(path, sizeof path, "%s%s", f->path, ending);
    return access(path, F_OK) == 0;
}

static void each_version_follows_with_a_copy(void **state)
{
    struct fixture *f = *state;
    struct why why;
    trial_must(migrate(f, 1, &why), &why);
    assert_int_equal(number(f, "PRAGMA user_version"), 1);
    assert_int_equal(number(f, "PRAGMA application_id"), SCHEMA_APPLICATION_ID);
    assert_false(there(f, ".before-1"));
    trial_must(migrate(f, 2, &why), &why);
    assert_int_equal(number(f, "PRAGMA user_version"), 2);
    assert_int_equal(number(f, "SELECT sum(y) FROM a"), 30);
    assert_true(there(f, ".before-2"));
    assert_false(there(f, ".before-2.part"));
    trial_must(migrate(f, 2, &why), &why); /* nothing to do */
}

static void a_new_file_gets_all_versions_at_once(void **state)
{
    struct fixture *f = *state;
    struct why why;
    trial_must(migrate(f, 2, &why), &why);
    assert_int_equal(number(f, "SELECT sum(y) FROM a"), 30);
    assert_false(there(f, ".before-2"));
}

static void a_failing_migration_changes_nothing(void **state)
{
    struct fixture *f = *state;
    struct why why;
    trial_must(migrate(f, 2, &why), &why);
    assert_int_equal(migrate(f, 3, &why), ERR_INTERNAL);
    assert_non_null(strstr(why.op, "0003-third"));
    assert_int_equal(number(f, "PRAGMA user_version"), 2);
    assert_int_equal(number(f, "SELECT count(*) FROM a"), 2);
    assert_true(there(f, ".before-3"));
    /* Again: the copy of the first attempt is no obstacle. */
    assert_int_equal(migrate(f, 3, &why), ERR_INTERNAL);
    assert_int_equal(number(f, "SELECT count(*) FROM a"), 2);
}

static void an_interrupted_copy_is_made_again(void **state)
{
    struct fixture *f = *state;
    struct why why;
    trial_must(migrate(f, 1, &why), &why);
    char part[160];
    snprintf(part, sizeof part, "%s.before-2.part", f->path);
    FILE *file = fopen(part, "w");
    assert_non_null(file);
    fputs("half a copy", file);
    fclose(file);
    trial_must(migrate(f, 2, &why), &why);
    assert_true(there(f, ".before-2"));
    assert_false(there(f, ".before-2.part"));
}

static void a_check_without_time_is_not_finished(void **state)
{
    struct fixture *f = *state;
    struct why why;
    bool finished;
    trial_must(migrate(f, 1, &why), &why);
    trial_must(connection_run(&f->c,
                              "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n "
                              "WHERE x < 500000) INSERT INTO a SELECT x FROM n",
                              "fill", &why),
               &why);
    trial_must(schema_check(&f->c, 1, &finished, &why), &why);
    assert_false(finished);
    trial_must(schema_check(&f->c, 600000, &finished, &why), &why);
    assert_true(finished);
}

int main(void)
{
#define SCHEMA_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        SCHEMA_TEST(each_version_follows_with_a_copy),
        SCHEMA_TEST(a_new_file_gets_all_versions_at_once),
        SCHEMA_TEST(a_failing_migration_changes_nothing),
        SCHEMA_TEST(an_interrupted_copy_is_made_again),
        SCHEMA_TEST(a_check_without_time_is_not_finished),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
