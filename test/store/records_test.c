/* SPDX-License-Identifier: Apache-2.0 */
#include "store/records.h"
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

static struct record record_of(struct trial *t, struct arena *a, const struct client_id *id)
{
    struct record r = {0};
    struct why why;
    trial_must(reader_record(t->reader, a, id, &r, &why), &why);
    return r;
}

static struct events events_of(struct trial *t, struct arena *a, int64_t row, int64_t below)
{
    struct events events;
    struct why why;
    trial_must(reader_events(t->reader, a, row, below, &events, &why), &why);
    return events;
}

static void a_person_who_is(struct trial *t, int id, const char *role, const char *state)
{
    char sql[200];
    snprintf(sql, sizeof sql,
             "INSERT INTO person (id, login, name, role, state, created_ms, changed_ms) "
             "VALUES (%d, 'p%d', 'P', '%s', '%s', 1, 1)",
             id, id, role, state);
    assert_int_equal(trial_sql(&t->directory, sql), SQLITE_OK);
}

static void a_person(struct trial *t, int id, const char *state)
{
    a_person_who_is(t, id, "agent", state);
}

/* What is read is what was sent; a record nobody touched has no events. */
static void a_new_record(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    struct client_id id = submit(t), other = client_id_make(1);
    struct record r = record_of(t, &a, &id);
    assert_int_equal(r.status, STATUS_NEW);
    assert_int_equal(r.owner, 0);
    assert_int_equal(r.revision, 0);
    assert_true(r.audit > 0);
    assert_true(str_eq(r.submission.form.value[trial_field("company_size")], STR("250")));
    assert_true(str_eq(r.consent_version, STR("2026-01")));
    assert_int_equal(events_of(t, &a, r.row, 0).n, 0);
    assert_int_equal(reader_record(t->reader, &a, &other, &r, NULL), ERR_MISSING);
    arena_release(&a);
}

/* The second of two people who saw the same is refused, and nothing of theirs is there. */
static void two_at_once(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    struct client_id id = submit(t);
    a_person(t, 7, "active");
    struct record_status s = {actor_person(7), id, 0, STATUS_CONTACTED};
    struct record_assign o = {actor_person(8), id, 0, 7};
    assert_int_equal(change(t, record_status, &s), ERR_NONE);
    assert_int_equal(change(t, record_assign, &o), ERR_CONFLICT);
    assert_int_equal(change(t, record_status, &s), ERR_CONFLICT);
    struct record r = record_of(t, &a, &id);
    assert_int_equal(r.status, STATUS_CONTACTED);
    assert_int_equal(r.owner, 0);
    assert_int_equal(r.revision, 1);
    assert_true(r.contacted_ms > 0 && r.changed_ms >= r.contacted_ms);
    struct events events = events_of(t, &a, r.row, 0);
    assert_int_equal(events.n, 1);
    assert_true(str_eq(events.items[0].author, STR("person/7")));
    assert_true(str_eq(events.items[0].was, STR("new")));
    assert_true(str_eq(events.items[0].becomes, STR("contacted")));
    o.revision = 1;
    assert_int_equal(change(t, record_assign, &o), ERR_NONE);
    o.revision = 2;
    assert_int_equal(change(t, record_assign, &o), ERR_NONE); /* the same: nothing happens */
    r = record_of(t, &a, &id);
    assert_int_equal(r.owner, 7);
    assert_int_equal(r.revision, 2);
    arena_release(&a);
}

static void what_is_refused(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    struct client_id id = submit(t), nowhere = client_id_make(2);
    a_person(t, 7, "disabled");
    struct record_status s = {actor_person(1), id, 0, STATUS_NEW};
    assert_int_equal(change(t, record_status, &s), ERR_INPUT);
    s.becomes = STATUS_WON;
    s.id = nowhere;
    assert_int_equal(change(t, record_status, &s), ERR_MISSING);
    struct record_assign o = {actor_person(1), id, 0, 7};
    assert_int_equal(change(t, record_assign, &o), ERR_INPUT);
    o.owner = 99;
    assert_int_equal(change(t, record_assign, &o), ERR_INPUT);
    a_person_who_is(t, 8, "auditor", "active");
    o.owner = 8;
    assert_int_equal(change(t, record_assign, &o), ERR_INPUT);
    struct record_note n = {actor_person(1), nowhere, STR("hello")};
    assert_int_equal(change(t, record_note, &n), ERR_MISSING);
    struct record r = record_of(t, &a, &id);
    assert_int_equal(r.revision, 0);
    assert_int_equal(events_of(t, &a, r.row, 0).n, 0);
    arena_release(&a);
}

/* Notes never collide, keep their order, and come a page at a time. */
static void many_notes(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    struct client_id id = submit(t);
    for (int i = 0; i < EVENTS_MOST + 5; i++) {
        struct record_note n = {actor_person(1), id, arena_fmt(&a, "note %d", i)};
        assert_int_equal(change(t, record_note, &n), ERR_NONE);
    }
    struct record r = record_of(t, &a, &id);
    assert_int_equal(r.revision, 0);
    struct events first = events_of(t, &a, r.row, 0);
    assert_int_equal(first.n, EVENTS_MOST);
    assert_true(first.more);
    assert_true(str_eq(first.items[0].text, arena_fmt(&a, "note %d", EVENTS_MOST + 4)));
    struct events rest = events_of(t, &a, r.row, first.items[first.n - 1].id);
    assert_int_equal(rest.n, 5);
    assert_false(rest.more);
    assert_true(str_eq(rest.items[4].text, STR("note 0")));
    arena_release(&a);
}

/* Each of them is in the audit, and the chain holds. */
static void all_is_audited(void **state)
{
    struct trial *t = *state;
    struct client_id id = submit(t);
    struct record_read read = {actor_person(3), id};
    struct record_status s = {actor_token(4), id, 0, STATUS_SPAM};
    struct record_note n = {actor_person(3), id, STR("a secret of theirs")};
    assert_int_equal(change(t, record_read, &read), ERR_NONE);
    assert_int_equal(change(t, record_status, &s), ERR_NONE);
    assert_int_equal(change(t, record_note, &n), ERR_NONE);
    assert_int_equal(trial_number(&t->directory,
                                  "SELECT count(*) FROM audit WHERE (actor, action) IN (VALUES "
                                  "('person/3', 'record.read'), ('token/4', 'record.status'), "
                                  "('person/3', 'record.note'))"),
                     3);
    assert_int_equal(
        trial_number(&t->directory, "SELECT count(*) FROM audit WHERE detail LIKE '%secret%'"), 0);
    struct audit_report report;
    assert_int_equal(reader_audit_verify(t->reader, &report, NULL), ERR_NONE);
    assert_int_equal(report.events, 4);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, trial_setup, trial_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_new_record), TEST(two_at_once),    TEST(what_is_refused),
        TEST(many_notes),   TEST(all_is_audited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
