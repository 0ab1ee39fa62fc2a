/* SPDX-License-Identifier: Apache-2.0 */
#include "store/records_many.h"
#include "store/saved_views.h"
#include "store/trial.h"

static enum err change(struct trial *t, write_verb *verb, void *input)
{
    struct job job = {.kind = JOB_WRITE, .done = trial_answered, .write = {verb, input}};
    return trial_do(t->writer, &job);
}

static struct client_id submit(struct trial *t)
{
    struct job job = trial_submission(NULL);
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    return job.submit.client_id;
}

static void a_person(struct trial *t, int id, const char *state)
{
    char sql[200];
    snprintf(sql, sizeof sql,
             "INSERT INTO person (id, login, name, role, state, created_ms, changed_ms) "
             "VALUES (%d, 'p%d', 'P', 'agent', '%s', 1, 1)",
             id, id, state);
    assert_int_equal(trial_sql(&t->directory, sql), SQLITE_OK);
}

static int64_t number(struct trial *t, const char *sql)
{
    return trial_number(&t->directory, sql);
}

/* Each of five ends otherwise; those that can be changed are, with an event for each change. */
static void each_as_it_may(void **state)
{
    struct trial *t = *state;
    struct record_mark marks[6];
    for (int i = 0; i < 5; i++)
        marks[i] = (struct record_mark){submit(t), 0};
    marks[5] = (struct record_mark){client_id_make(1), 0};
    a_person(t, 7, "active");
    assert_int_equal(writer_newest(t->writer), 5);
    /* 1: another revision. 2: spam, which does not become won. 3: won and theirs already. */
    struct record_status s = {actor_person(7), marks[1].id, 0, STATUS_CONTACTED};
    assert_int_equal(change(t, record_status, &s), ERR_NONE);
    s = (struct record_status){actor_person(7), marks[2].id, 0, STATUS_SPAM};
    assert_int_equal(change(t, record_status, &s), ERR_NONE);
    marks[2].revision = 1;
    assert_int_equal(
        trial_sql(&t->directory,
                  "UPDATE submission SET status = 'contacted', owner = 7 WHERE id = 4"),
        SQLITE_OK);
    int64_t events = number(t, "SELECT count(*) FROM event");
    int64_t audited = number(t, "SELECT count(*) FROM audit");
    struct records_change c = {.actor = actor_person(7), .marks = marks, .n = 6};
    c.has_status = c.has_owner = true;
    c.becomes = STATUS_CONTACTED;
    c.owner = 7;
    if (status_may_become(STATUS_SPAM, STATUS_CONTACTED))
        fail_msg("another example is needed");
    assert_int_equal(change(t, records_change, &c), ERR_NONE);
    assert_int_equal(c.changed, 2);
    assert_int_equal(c.same, 1);
    assert_int_equal(c.stale, 1);
    assert_int_equal(c.refused, 1);
    assert_int_equal(c.missing, 1);
    assert_int_equal(number(t, "SELECT count(*) FROM event") - events, 4);
    assert_int_equal(number(t, "SELECT count(*) FROM audit") - audited, 4);
    assert_int_equal(number(t, "SELECT count(*) FROM submission WHERE status = 'contacted' AND "
                               "owner = 7 AND revision = 2"),
                     2);
}

/* A person who is not there any more: nothing is changed, not even of those before. */
static void no_such_owner(void **state)
{
    struct trial *t = *state;
    a_person(t, 8, "disabled");
    struct record_mark marks[2] = {{submit(t), 0}, {submit(t), 0}};
    int64_t events = number(t, "SELECT count(*) FROM event");
    struct records_change c = {.actor = actor_person(7), .marks = marks, .n = 2, .has_owner = true};
    c.has_status = true;
    c.becomes = STATUS_CONTACTED;
    for (c.owner = 8; c.owner < 10; c.owner++)
        assert_int_equal(change(t, records_change, &c), ERR_INPUT);
    assert_int_equal(number(t, "SELECT count(*) FROM event"), events);
    c = (struct records_change){
        .actor = actor_person(7), .marks = marks, .n = 2, .has_owner = true};
    assert_int_equal(change(t, records_change, &c), ERR_NONE);
    assert_int_equal(c.same, 2);
}

static void views(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    struct saved_views all;
    struct why why;
    struct saved_view_keep keep[] = {
        {actor_person(7), 7, STR("mine"), STR("owner=me")},
        {actor_person(7), 0, STR("zebra"), STR("status=new")},
        {actor_person(8), 8, STR("mine"), STR("owner=me&status=won")},
        {actor_person(7), 7, STR("mine"), STR("owner=me&sort=oldest")}, /* instead of the first */
    };
    for (size_t i = 0; i < sizeof keep / sizeof *keep; i++)
        assert_int_equal(change(t, saved_view_keep, &keep[i]), ERR_NONE);
    trial_must(reader_saved_views(t->reader, &a, 7, &all, &why), &why);
    assert_int_equal(all.n, 2);
    assert_true(str_eq(all.items[0].name, STR("zebra")));
    assert_int_equal(all.items[0].person, 0);
    assert_true(str_eq(all.items[1].query, STR("owner=me&sort=oldest")));

    /* Others' are not theirs to drop, everybody's only with the right to. */
    struct saved_view_drop drop = {actor_person(8), 8, all.items[1].id, true};
    assert_int_equal(change(t, saved_view_drop, &drop), ERR_MISSING);
    drop = (struct saved_view_drop){actor_person(8), 8, all.items[0].id, false};
    assert_int_equal(change(t, saved_view_drop, &drop), ERR_MISSING);
    drop.shared = true;
    assert_int_equal(change(t, saved_view_drop, &drop), ERR_NONE);
    assert_int_equal(change(t, saved_view_drop, &drop), ERR_MISSING);
    trial_must(reader_saved_views(t->reader, &a, 7, &all, &why), &why);
    assert_int_equal(all.n, 1);

    char name[32];
    for (int i = 1; i <= SAVED_VIEWS_MOST; i++) {
        snprintf(name, sizeof name, "view %d", i);
        struct saved_view_keep more = {actor_person(7), 7, str_from(name), STR("q=a")};
        assert_int_equal(change(t, saved_view_keep, &more),
                         i < SAVED_VIEWS_MOST ? ERR_NONE : ERR_CONFLICT);
    }
    struct saved_view_keep again = {actor_person(7), 7, STR("mine"), STR("q=b")};
    assert_int_equal(change(t, saved_view_keep, &again), ERR_NONE);
    trial_must(reader_saved_views(t->reader, &a, 7, &all, &why), &why);
    assert_int_equal(all.n, SAVED_VIEWS_MOST);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_as_it_may, trial_setup, trial_teardown),
        cmocka_unit_test_setup_teardown(no_such_owner, trial_setup, trial_teardown),
        cmocka_unit_test_setup_teardown(views, trial_setup, trial_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
