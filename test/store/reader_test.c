/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trial.h"

struct seen {
    unsigned n, stop_at;
    bool in_order;
    unsigned next;
};

static bool see(void *context, const struct submission_row *row)
{
    struct seen *seen = context;
    uint64_t name;
    if (!str_to_u64(row->form.value[trial_field("company_name")], &name) || name != seen->next)
        seen->in_order = false;
    if (!str_eq(row->status, STR("new")) || row->created_ms <= 0 ||
        strlen(row->client_id.text) != CLIENT_ID_LEN)
        seen->in_order = false;
    seen->next--;
    return ++seen->n != seen->stop_at;
}

static void store_numbered(struct trial *t, unsigned n)
{
    static struct job jobs[1000];
    static char names[1000][12];
    struct trial_answers answers = TRIAL_ANSWERS;
    for (unsigned i = 0; i < n; i++) {
        jobs[i] = trial_submission(&answers);
        snprintf(names[i], sizeof names[i], "%u", i + 1);
        jobs[i].submit.form.value[trial_field("company_name")] = str_from(names[i]);
        assert_int_equal(writer_put(t->writer, &jobs[i]), ERR_NONE);
    }
    trial_wait(&answers, n);
}

static void submissions_come_newest_first(void **state)
{
    struct trial *t = *state;
    store_numbered(t, 250);
    static const struct {
        uint64_t limit;
        unsigned stop_at, expected;
    } cases[] = {
        {1000, 0, 250}, {250, 0, 250}, {251, 0, 250}, {100, 0, 100},    {101, 0, 101},
        {1, 0, 1},      {0, 0, 0},     {1000, 7, 7},  {1000, 100, 100},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct seen seen = {.stop_at = cases[i].stop_at, .in_order = true, .next = 250};
        struct why why;
        trial_must(reader_submissions(t->reader, cases[i].limit, see, &seen, &why), &why);
        assert_int_equal(seen.n, cases[i].expected);
        assert_true(seen.in_order);
    }
}

static void the_state_is_found_by_client_id(void **state)
{
    struct trial *t = *state;
    struct trial_answers answers = TRIAL_ANSWERS;
    struct job job = trial_submission(&answers);
    assert_int_equal(writer_put(t->writer, &job), ERR_NONE);
    trial_wait(&answers, 1);
    struct arena a = ARENA_INIT;
    struct submission_state found;
    struct why why;
    trial_must(reader_state(t->reader, &a, &job.submit.client_id, &found, &why), &why);
    assert_true(str_eq(found.status, STR("new")));
    assert_true(found.created_ms == job.submit.created_ms);
    struct client_id other = client_id_make(1);
    assert_int_equal(reader_state(t->reader, &a, &other, &found, &why), ERR_MISSING);
    arena_release(&a);
}

static void every_field_comes_back_under_its_name(void **state)
{
    struct trial *t = *state;
    struct job job = trial_submission(NULL);
    for (enum field f = 0; f < FIELD_COUNT; f++)
        if (str_eq(job.submit.form.value[f], STR("something")))
            job.submit.form.value[f] = field_info(f)->name;
    job.submit.form.value[trial_field("notes")] =
        STR("Zeile 1\nZeile 2 \xe2\x80\x93 \xf0\x9f\x90\x98");
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    for (enum field f = 0; f < FIELD_COUNT; f++) {
        char sql[128];
        snprintf(sql, sizeof sql, "SELECT %.*s = '%.*s' FROM submission",
                 STR_ARG(field_info(f)->name), STR_ARG(job.submit.form.value[f]));
        assert_int_equal(trial_number(&t->directory, sql), 1);
    }
}

static bool take_extra(void *context, const struct submission_row *row)
{
    char(*extra)[64] = context;
    snprintf(*extra, sizeof *extra, "%.*s", STR_ARG(row->extra));
    return false;
}

static void answers_to_extra_fields_come_back_as_they_were(void **state)
{
    static const struct {
        struct str given;
        const char *stored;
    } rows[] = {
        {STR_INIT(""), "{}"},
        {STR_INIT("{\"vat\":\"x\",\"n\":3}"), "{\"vat\":\"x\",\"n\":3}"},
    };
    struct trial *t = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct job job = trial_submission(NULL);
        struct why why;
        char extra[64] = "";
        job.submit.extra = rows[i].given;
        assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
        trial_must(reader_submissions(t->reader, 1, take_extra, &extra, &why), &why);
        assert_string_equal(extra, rows[i].stored);
    }
    /* Half an object would be a submission nobody can read: the schema refuses it. */
    struct job job = trial_submission(NULL);
    job.submit.extra = STR("{\"vat\":");
    assert_int_equal(trial_do(t->writer, &job), ERR_INTERNAL);
}

static void a_reader_opens_beside_the_server(void **state)
{
    struct trial *t = *state;
    store_numbered(t, 3);
    struct reader *reader;
    struct why why;
    uint64_t n;
    trial_must(reader_open_directory(t->directory.path, &reader, &why), &why);
    trial_must(reader_ping(reader, &why), &why);
    trial_must(reader_count(reader, &n, &why), &why);
    assert_int_equal(n, 3);
    store_numbered(t, 2);
    trial_must(reader_count(reader, &n, &why), &why);
    assert_int_equal(n, 5);
    reader_close(reader);
    trial_must(reader_ping(t->reader, &why), &why);
}

static void a_directory_without_a_database_is_missing(void **state)
{
    (void)state;
    struct reader *reader;
    struct why why;
    assert_int_equal(reader_open_directory("/nonexistent", &reader, &why), ERR_MISSING);
    assert_null(reader);
    assert_true(strstr(why.hint, "--data") != NULL);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, trial_setup, trial_teardown)
    const struct CMUnitTest tests[] = {
        STORE_TEST(submissions_come_newest_first),
        STORE_TEST(the_state_is_found_by_client_id),
        STORE_TEST(every_field_comes_back_under_its_name),
        STORE_TEST(answers_to_extra_fields_come_back_as_they_were),
        STORE_TEST(a_reader_opens_beside_the_server),
        STORE_TEST(a_directory_without_a_database_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
