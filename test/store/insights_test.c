/* SPDX-License-Identifier: Apache-2.0 */
#include "store/insights.h"
#include "store/records.h"
#include "store/search_index.h"
#include "store/trial.h"

enum { DAY = 20000, DAY_MS = 24 * 3600 * 1000 };

static struct client_id put(struct trial *t, const char *industry, const char *services)
{
    struct job job = trial_submission(NULL);
    job.submit.form.value[FIELD_INDUSTRY] = str_from(industry);
    job.submit.form.value[FIELD_SERVICE_TYPE] = str_from(services);
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    return job.submit.client_id;
}

/* As if the submission of that row number had come then. */
static void came(struct trial *t, int64_t row, int64_t at_ms)
{
    char sql[128];
    snprintf(sql, sizeof sql, "UPDATE submission SET created_ms = %lld WHERE id = %lld",
             (long long)at_ms, (long long)row);
    assert_int_equal(trial_sql(&t->directory, sql), SQLITE_OK);
}

static void count_all(struct trial *t)
{
    struct connection c;
    struct why why;
    char path[128];
    snprintf(path, sizeof path, "%s/anteroom.db", t->directory.path);
    trial_must(connection_open(&c, path, CONNECTION_WRITE, &why), &why);
    bool more = true;
    while (more)
        trial_must(search_index(&c, 1000, INT64_MAX / 2, &more, &why), &why);
    connection_close(&c);
}

static struct insights look(struct trial *t, struct arena *a, int64_t first, int64_t last)
{
    struct insights out;
    struct why why;
    trial_must(reader_insights(t->reader, a, first, last, &out, &why), &why);
    return out;
}

static void days_industries_and_services(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    put(t, "retail", "devops");
    put(t, "retail", "devops\ncloud");
    put(t, "health", "cloud\ndevops\nci");
    put(t, "energy", "audit");
    came(t, 1, (int64_t)DAY * DAY_MS);
    came(t, 2, (int64_t)DAY * DAY_MS + DAY_MS - 1);
    came(t, 3, (int64_t)(DAY + 2) * DAY_MS);
    came(t, 4, (int64_t)(DAY + 40) * DAY_MS);
    assert_int_equal(look(t, &a, DAY, DAY + 40).all, 0);
    count_all(t);
    count_all(t); /* nothing is counted twice */
    struct insights got = look(t, &a, DAY, DAY + 6);
    assert_int_equal(got.all, 3);
    assert_int_equal(got.days_n, 7);
    assert_int_equal(got.days[0], 2);
    assert_int_equal(got.days[1], 0);
    assert_int_equal(got.days[2], 1);
    assert_int_equal(got.industries.n, 2);
    assert_true(str_eq(got.industries.items[0].value, STR("retail")));
    assert_int_equal(got.industries.items[0].n, 2);
    assert_int_equal(got.services.n, 3);
    assert_true(str_eq(got.services.items[0].value, STR("devops")));
    assert_int_equal(got.services.items[0].n, 3);
    assert_true(str_eq(got.services.items[1].value, STR("cloud")));
    assert_int_equal(got.services.items[1].n, 2);
    uint64_t n;
    struct why why;
    trial_must(reader_arrivals(t->reader, DAY + 1, DAY + 40, &n, &why), &why);
    assert_int_equal(n, 2);
    arena_release(&a);
}

static void set_status(struct trial *t, struct client_id id, enum status becomes)
{
    struct record_status input = {actor_person(7), id, 0, becomes};
    struct job job = {.kind = JOB_WRITE, .done = trial_answered, .write = {record_status, &input}};
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
}

static void the_first_contact_counts_once(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    struct client_id before = put(t, "retail", "devops"), behind = put(t, "retail", "devops"),
                     spam = put(t, "retail", "devops");
    int64_t now_ms = clock_wall_ms(), today = now_ms / DAY_MS;
    came(t, 2, now_ms - INT64_C(2) * DAY_MS);
    set_status(t, before, STATUS_CONTACTED); /* before it is counted */
    count_all(t);
    set_status(t, behind, STATUS_CONTACTED); /* and behind */
    set_status(t, spam, STATUS_SPAM);
    count_all(t);
    struct insights got = look(t, &a, today - 10, today + 1);
    assert_int_equal(got.all, 3);
    assert_int_equal(got.contacts[CONTACT_HOUR], 1);
    assert_int_equal(got.contacts[CONTACT_DAYS], 1);
    assert_int_equal(
        trial_number(&t->directory, "SELECT sum(n) FROM arrival WHERE kind = 'contact'"), 2);
    /* With the day on which it came. */
    got = look(t, &a, today - 10, today - 1);
    assert_int_equal(got.contacts[CONTACT_DAYS], 1);
    assert_int_equal(got.contacts[CONTACT_HOUR], 0);
    arena_release(&a);
}

static void both_say_the_same_of_a_span(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    static const int64_t edges_ms[] = {3600000, 14400000, 86400000, 259200000, 604800000};
    enum { EDGES = sizeof edges_ms / sizeof *edges_ms };
    char sql[160];
    for (int i = 0; i < EDGES; i++) {
        put(t, "retail", "devops");
        put(t, "retail", "devops");
    }
    assert_int_equal(trial_sql(&t->directory, "UPDATE submission SET created_ms = 1000"),
                     SQLITE_OK);
    for (int round = 0; round < 2; round++) { /* counted behind the contact, then before */
        if (round == 1)
            assert_int_equal(trial_sql(&t->directory, "UPDATE submission SET contacted_ms = 0;"
                                                      "DELETE FROM arrival WHERE kind = 'contact'"),
                             SQLITE_OK);
        for (int i = 0; i < 2 * EDGES; i++) {
            snprintf(sql, sizeof sql, "UPDATE submission SET contacted_ms = %lld WHERE id = %d",
                     (long long)(1000 + edges_ms[i / 2] - (i % 2)), i + 1);
            assert_int_equal(trial_sql(&t->directory, sql), SQLITE_OK);
        }
        count_all(t);
        struct insights got = look(t, &a, 0, 0);
        assert_int_equal(got.contacts[CONTACT_HOUR], 1);
        for (int i = CONTACT_HOURS; i < CONTACT_LONGER; i++)
            assert_int_equal(got.contacts[i], 2);
        assert_int_equal(got.contacts[CONTACT_LONGER], 1);
    }
    arena_release(&a);
}

static void the_funnel_is_summed(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    assert_int_equal(
        trial_sql(&t->directory,
                  "INSERT INTO funnel VALUES (100, 'reached', 'started', '', '', 9),"
                  "(101, 'reached', 'started', '', '', 4), (101, 'reached', 'sent', '', '', 3),"
                  "(101, 'took', 'company', '', '3m', 5), (101, 'refused', 'company', '', '', 2),"
                  "(101, 'error', 'company', 'email', 'wrong', 2),"
                  "(102, 'error', 'company', 'phone', 'missing', 3),"
                  "(102, 'stopped', 'check', '', '', 1), (103, 'reached', 'sent', '', '', 8)"),
        SQLITE_OK);
    struct insights got = look(t, &a, 100, 102);
    assert_int_equal(got.reached[FUNNEL_STARTED], 13);
    assert_int_equal(got.reached[FUNNEL_SENT], 3);
    assert_int_equal(got.took[FUNNEL_COMPANY][1], 5);
    assert_int_equal(got.refused[FUNNEL_COMPANY], 2);
    assert_int_equal(got.stopped[FUNNEL_CHECK], 1);
    assert_int_equal(got.reasons_n, 2);
    assert_true(str_eq(got.reasons[0].field, STR("phone")));
    assert_int_equal(got.reasons[0].n, 3);
    arena_release(&a);
}

static void many_are_counted_in_parts(void **state)
{
    struct trial *t = *state;
    put(t, "retail", "devops\ncloud");
    assert_int_equal(
        trial_sql(&t->directory,
                  "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 12001)"
                  "INSERT INTO submission (id, client_id, created_ms, source, locale,"
                  " consent_version, consent_ms, company_name, address, industry, contact_name,"
                  " email, phone, company_size, service_type, project_scope, timeline,"
                  " budget_range, consent)"
                  "SELECT i, printf('CL-%011d', i), 1 + i * 86400, 'form', 'en', '1', 1, 'x', 'x',"
                  " 'retail', 'x', 'x', 'x', 1, 'devops', 'x', 'x', 'x', 'yes' FROM n;"),
        SQLITE_OK);
    count_all(t);
    assert_int_equal(trial_number(&t->directory, "SELECT sum(n) FROM arrival WHERE kind = 'all'"),
                     12001);
    assert_int_equal(
        trial_number(&t->directory, "SELECT sum(n) FROM arrival WHERE value = 'cloud'"), 1);
    assert_int_equal(
        trial_number(&t->directory, "SELECT value = 12001 FROM meta WHERE key = 'counted'"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(days_industries_and_services, trial_setup, trial_teardown),
        cmocka_unit_test_setup_teardown(the_first_contact_counts_once, trial_setup, trial_teardown),
        cmocka_unit_test_setup_teardown(both_say_the_same_of_a_span, trial_setup, trial_teardown),
        cmocka_unit_test_setup_teardown(the_funnel_is_summed, trial_setup, trial_teardown),
        cmocka_unit_test_setup_teardown(many_are_counted_in_parts, trial_setup, trial_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
