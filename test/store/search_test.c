/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trial.h"

#include "core/search_text.h"
#include "store/erase.h"
#include "store/search.h"
#include "store/search_index.h"

#include <inttypes.h>

static const struct choice statuses[] = {{STR_INIT("new"), STR_INIT("New")},
                                         {STR_INIT("contacted"), STR_INIT("Contacted")},
                                         {STR_INIT("won"), STR_INIT("Won")}};
static const struct choice services[] = {{STR_INIT("devops"), STR_INIT("DevOps")},
                                         {STR_INIT("ci_cd"), STR_INIT("CI and CD")},
                                         {STR_INIT("cloud_migration"), STR_INIT("Cloud")}};
static const struct search_owner owners[] = {{7, STR_INIT("ada"), STR_INIT("Ada Lovelace")}};

static struct search_names names(void)
{
    return (struct search_names){
        .statuses = statuses,
        .statuses_n = 3,
        .owners = owners,
        .owners_n = 1,
        .services = {services, 3},
        .me = 7,
        .now_ms = clock_wall_ms(),
    };
}

struct answers {
    const char *company, *contact, *phone, *service, *scope;
};

static struct client_id put(struct trial *t, struct answers a)
{
    struct trial_answers none = TRIAL_ANSWERS;
    struct job job = trial_submission(&none);
    struct str *value = job.submit.form.value;
    value[FIELD_COMPANY_NAME] = str_from(a.company);
    value[FIELD_CONTACT_NAME] = str_from(a.contact ? a.contact : "Somebody");
    value[FIELD_PHONE_NUMBER] = str_from(a.phone ? a.phone : "+1 555 0100");
    value[FIELD_SERVICE_TYPE] = str_from(a.service ? a.service : "devops");
    value[FIELD_PROJECT_SCOPE] = str_from(a.scope ? a.scope : "Nothing much.");
    value[FIELD_EMAIL_ADDRESS] = STR("jo.doe@somewhere.example");
    job.submit.extra =
        STR("{\"vat\":\"DE136695976\",\"tools\":[\"jenkins\",\"git\"],\"sites\":31415}");
    assert_int_equal(trial_do(t->writer, &job), ERR_NONE);
    return job.submit.client_id;
}

/* Over a connection that nobody else writes with. */
static void index_within(struct trial *t, unsigned rows)
{
    char path[128];
    struct connection c;
    struct why why;
    snprintf(path, sizeof path, "%s/anteroom.db", t->directory.path);
    trial_must(connection_open(&c, path, CONNECTION_WRITE, &why), &why);
    for (bool more = true; more;)
        trial_must(search_index(&c, rows, INT64_C(60000000), &more, &why), &why);
    connection_close(&c);
}

static void index_all(struct trial *t)
{
    index_within(t, 1000);
}

static void do_write(struct trial *t, write_verb *verb, void *input)
{
    struct job job = {.kind = JOB_WRITE, .done = trial_answered, .write = {verb, input}};
    if (trial_do(t->writer, &job))
        fail_msg("%s: %s", job.why.op, job.why.detail);
}

static void note(struct trial *t, struct client_id id, const char *text)
{
    struct record_note n = {actor_person(7), id, str_from(text)};
    do_write(t, record_note, &n);
}

struct found {
    struct arena arena;
    struct search_query query;
    struct search_page page;
};

static void find_page(struct trial *t, struct found *f, const char *typed, enum search_sort sort,
                      struct str cursor, unsigned limit)
{
    struct why why;
    struct search_names n = names();
    f->arena = ARENA_INIT;
    search_parse(&f->arena, &n, str_from(typed), &f->query);
    f->query.sort = sort;
    struct search_request r = {&f->query, cursor, limit, 60000};
    trial_must(search_page(t->reader, &f->arena, &r, &f->page, &why), &why);
    assert_false(f->page.too_broad);
}

/* The companies that are found, "A, B". */
static void expect(struct trial *t, const char *typed, const char *companies)
{
    struct found f;
    struct buf out;
    buf_init(&out, 4096);
    find_page(t, &f, typed, SEARCH_NEWEST, STR_EMPTY, 50);
    for (size_t i = 0; i < f.page.n; i++)
        buf_fmt(&out, "%s%.*s", i ? ", " : "",
                STR_ARG(f.page.hits[i].record.submission.form.value[FIELD_COMPANY_NAME]));
    if (strcmp(buf_cstring(&out), companies) != 0)
        fail_msg("%s: found “%s”, not “%s”", typed, buf_cstring(&out), companies);
    buf_release(&out);
    arena_release(&f.arena);
}

static void put_some(struct trial *t, struct client_id id[4])
{
    id[0] = put(t, (struct answers){"Müller & Söhne", "Gräta Weiß", "+49 30 1234567", "devops",
                                    "We need a cloud migration of our order system."});
    id[1] = put(t, (struct answers){"O'Connor Foods", "Ada Byron", "(020) 7946-0958",
                                    "ci_cd\ncloud_migration", "Migration of clouds? Kubernetes!"});
    id[2] = put(t, (struct answers){"株式会社東京", "佐藤 太郎", NULL, "devops", "spam spam"});
    id[3] = put(t, (struct answers){"Łódź Meble", "Małgorzata", NULL, "devops", "ordering"});
}

static void look_for_everything(struct trial *t, const struct client_id id[4])
{
    expect(t, "", "Łódź Meble, 株式会社東京, O'Connor Foods, Müller & Söhne");
    expect(t, "muller", "Müller & Söhne");
    expect(t, "MUELLER", "Müller & Söhne");
    expect(t, "weiss", "Müller & Söhne");
    expect(t, "lodz", "Łódź Meble");
    expect(t, "o'connor", "O'Connor Foods");
    expect(t, "東京", "株式会社東京");
    expect(t, "migration", "O'Connor Foods, Müller & Söhne");
    expect(t, "\"cloud migration\"", "O'Connor Foods, Müller & Söhne"); /* a service's value too */
    expect(t, "\"migration of our\"", "Müller & Söhne");
    expect(t, "migration -kubernetes", "Müller & Söhne");
    expect(t, "-migration", "Łódź Meble, 株式会社東京");
    expect(t, "kube*", "O'Connor Foods");
    expect(t, "order*", "Łódź Meble, Müller & Söhne");
    expect(t, "-order*", "株式会社東京, O'Connor Foods");
    expect(t, "\"our ord*\"", "");
    expect(t, "\"our ord\"*", "Müller & Söhne");
    expect(t, "jo.doe@somewhere.example spam", "株式会社東京");
    expect(t, "7946", "O'Connor Foods");
    expect(t, "79460958", "O'Connor Foods");
    expect(t, "0958", "O'Connor Foods");
    expect(t, "946095", "O'Connor Foods");
    expect(t, "+49 (30) 12345", "Müller & Söhne");
    expect(t, "030 1234567", "Müller & Söhne");
    expect(t, "12345678", "");
    expect(t, "31415 jenkins DE136695976 lodz", "Łódź Meble");
    expect(t, "service:ci", "O'Connor Foods");
    expect(t, "service:devops -spam", "Łódź Meble, Müller & Söhne");
    expect(t, "service:ci,devops migration", "O'Connor Foods, Müller & Söhne");
    expect(t, "from:today to:today lodz", "Łódź Meble");
    expect(t, "to:yesterday", "");
    expect(t, id[1].text, "O'Connor Foods");
    expect(t, id[1].text + 3, "O'Connor Foods");
    char half[6] = {0};
    memcpy(half, id[2].text + 9, 5);
    expect(t, half, "株式会社東京");
    char wrong[CLIENT_ID_LEN + 1];
    snprintf(wrong, sizeof wrong, "%s", id[3].text);
    wrong[5] = wrong[5] == '7' ? '8' : '7';
    expect(t, wrong, "Łódź Meble");
    expect(t, "\" OR * NEAR( ) ^ words: {a b} : \\", "");
}

static void what_was_sent_is_found(void **state)
{
    struct trial *t = *state;
    struct client_id id[4];
    put_some(t, id);
    look_for_everything(t, id); /* nothing is in the index yet */
    index_all(t);
    assert_int_equal(
        trial_number(&t->directory, "SELECT value = 4 FROM meta WHERE key = 'searched'"), 1);
    look_for_everything(t, id);
}

static void slices_follow_each_other(void **state)
{
    struct trial *t = *state;
    struct client_id id[4];
    put_some(t, id);
    index_within(t, 1);
    look_for_everything(t, id);
}

static void what_is_worked_is_found_as_it_is(void **state)
{
    struct trial *t = *state;
    struct client_id id[4];
    assert_int_equal(trial_sql(&t->directory,
                               "INSERT INTO person (id, login, name, role, created_ms, changed_ms) "
                               "VALUES (7, 'ada', 'Ada', 'agent', 1, 1)"),
                     SQLITE_OK);
    put_some(t, id);
    note(t, id[0], "Called: wants Terraform in spring.");
    index_all(t);
    expect(t, "terraform", "Müller & Söhne");
    note(t, id[0], "Sent the proposal to Söhne.");
    note(t, id[2], "Terraform as well.");
    struct record_status s = {actor_person(7), id[0], 0, STATUS_CONTACTED};
    do_write(t, record_status, &s);
    struct record_assign a = {actor_person(7), id[0], 1, 7};
    do_write(t, record_assign, &a);
    expect(t, "status:contacted", "Müller & Söhne");
    expect(t, "status:contacted migration", "Müller & Söhne");
    expect(t, "status:new migration", "O'Connor Foods");
    expect(t, "owner:me", "Müller & Söhne");
    expect(t, "owner:ada status:contacted", "Müller & Söhne");
    expect(t, "owner:none migration", "O'Connor Foods");
    expect(t, "owner:none", "Łódź Meble, 株式会社東京, O'Connor Foods");
    expect(t, "-status:new", "Müller & Söhne");
    index_all(t);
    expect(t, "terraform", "株式会社東京, Müller & Söhne");
    expect(t, "terraform proposal spring migration", "Müller & Söhne");
    expect(t, "status:contacted migration", "Müller & Söhne");
    assert_int_equal(
        trial_sql(&t->directory, "INSERT INTO search (search) VALUES ('integrity-check')"),
        SQLITE_OK);
    expect(t, "\"cloud migration\"", "O'Connor Foods, Müller & Söhne");
}

static enum err forget(struct write *w, void *input, struct why *why)
{
    return search_forget(w, *(int64_t *)input, why);
}

static enum err remember(struct write *w, void *input, struct why *why)
{
    return search_remember(w, *(int64_t *)input, why);
}

static void what_is_forgotten_leaves_nothing(void **state)
{
    struct trial *t = *state;
    struct client_id id[4];
    int64_t row = 1;
    put_some(t, id);
    note(t, id[0], "Zweibrücken");
    index_all(t);
    note(t, id[0], "Zweibrücken again, and Müller's migration; our order.");
    index_all(t);
    note(t, id[0], "Müller of Zweibrücken");
    note(t, id[2], "Zweibrücken no more");
    index_all(t);
    expect(t, "zweibruecken", "株式会社東京, Müller & Söhne");
    expect(t, "\"migration of our order system\"", "Müller & Söhne");
    expect(t, "\"and mullers\"", "");
    expect(t, "\"again and müller's migration our order\"", "Müller & Söhne");
    expect(t, "\"muller of zweibrücken\"", "Müller & Söhne");
    note(t, id[0], "Terraform"); /* not in the index yet: not taken out of it either */
    do_write(t, forget, &row);
    expect(t, "muller", "");
    expect(t, "zweibruecken", "株式会社東京");
    expect(t, "migration", "O'Connor Foods");
    static const char *const words[] = {"muller", "again", "1234567", "grata", "sohne"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM search_word WHERE term = '%s'", words[i]);
        assert_int_equal(trial_number(&t->directory, sql), 0);
    }
    /* Not even in the pages of the index, once the log has been folded into the file. */
    assert_int_equal(trial_number(&t->directory, "SELECT count(*) FROM search_data "
                                                 "WHERE instr(CAST(block AS TEXT), 'grata')"),
                     0);
    assert_int_equal(trial_number(&t->directory, "SELECT sum(n) FROM tally"), 3);
    do_write(t, remember, &row);
    expect(t, "muller", "Müller & Söhne");
    index_all(t);
    expect(t, "terraform muller zweibruecken", "Müller & Söhne");
    assert_int_equal(trial_number(&t->directory, "SELECT sum(n) FROM tally"), 4);
}

static void an_erased_submission_is_not_found(void **state)
{
    struct trial *t = *state;
    struct client_id id[4];
    put_some(t, id);
    note(t, id[1], "Bratislava");
    index_all(t);
    struct erase_input input = {.client_id = id[1], .actor = actor_person(7)};
    do_write(t, erase_submission, &input);
    expect(t, "", "Łódź Meble, 株式会社東京, Müller & Söhne");
    expect(t, "migration", "Müller & Söhne");
    expect(t, "bratislava", "");
    assert_int_equal(trial_number(&t->directory, "SELECT count(*) FROM search_word WHERE term IN "
                                                 "('bratislava', 'kubernetes', 'foods')"),
                     0);
    note(t, id[0], "Bratislava"); /* its number is that of the erased note */
    index_all(t);
    expect(t, "bratislava", "Müller & Söhne");
    assert_int_equal(trial_number(&t->directory, "SELECT sum(n) FROM tally"), 3);
    assert_int_equal(trial_number(&t->directory, "SELECT count(*) FROM company_order"), 3);
}

static void other_words_make_a_new_index(void **state)
{
    struct trial *t = *state;
    struct client_id id[4];
    put_some(t, id);
    index_all(t);
    assert_int_equal(
        trial_sql(&t->directory, "UPDATE meta SET value = '0' WHERE key = 'search_text'"),
        SQLITE_OK);
    index_all(t);
    look_for_everything(t, id);
    assert_int_equal(trial_number(&t->directory, "SELECT sum(n) FROM tally"), 4);
    assert_int_equal(trial_number(&t->directory, "SELECT count(*) FROM company_order"), 4);
}

/* ---- pages ---------------------------------------------------------------------------------- */

/* Walks to the end and back; each page is the same both ways. */
static void turn_pages(struct trial *t, const char *typed, enum search_sort sort, unsigned limit,
                       size_t all)
{
    struct found pages[40];
    size_t n = 0, seen = 0;
    struct str cursor = STR_EMPTY;
    do {
        find_page(t, &pages[n], typed, sort, cursor, limit);
        cursor = pages[n].page.behind;
        seen += pages[n].page.n;
        assert_true((pages[n].page.before.len == 0) == (n == 0));
        n++;
    } while (cursor.len && n < 40);
    assert_int_equal(seen, all);
    for (size_t i = n - 1; i > 0; i--) {
        struct found back;
        find_page(t, &back, typed, sort, pages[i].page.before, limit);
        assert_int_equal(back.page.n, pages[i - 1].page.n);
        for (size_t k = 0; k < back.page.n; k++)
            assert_int_equal(back.page.hits[k].record.row, pages[i - 1].page.hits[k].record.row);
        assert_true((back.page.before.len == 0) == (i == 1));
        arena_release(&back.arena);
    }
    for (size_t i = 0; i < n; i++)
        arena_release(&pages[i].arena);
}

static void pages_turn_both_ways(void **state)
{
    struct trial *t = *state;
    char name[24];
    for (int i = 0; i < 47; i++) {
        snprintf(name, sizeof name, "Company %c%d", 'A' + i * 7 % 26, i);
        put(t, (struct answers){name, NULL, NULL, i % 2 ? "devops" : "ci_cd", "cloudy"});
        if (i == 30)
            index_all(t);
    }
    for (int sort = SEARCH_NEWEST; sort <= SEARCH_OLDEST; sort++) {
        turn_pages(t, "", sort, 10, 47);
        turn_pages(t, "cloudy", sort, 10, 47);
        turn_pages(t, "status:new", sort, 47, 47);
        turn_pages(t, "service:ci", sort, 7, 24);
        turn_pages(t, "cloudy service:devops", sort, 5, 23);
        turn_pages(t, "owner:none status:new", sort, 46, 47);
    }
    index_all(t);
    turn_pages(t, "", SEARCH_COMPANY, 10, 47);
    turn_pages(t, "service:ci", SEARCH_COMPANY, 7, 24);
    turn_pages(t, "status:won", SEARCH_COMPANY, 7, 0);
}

static void cursors_belong_to_their_query(void **state)
{
    struct trial *t = *state;
    struct client_id id[4];
    struct found f;
    struct why why;
    put_some(t, id);
    find_page(t, &f, "", SEARCH_NEWEST, STR_EMPTY, 2);
    assert_true(f.page.behind.len > 0);
    static const char *const wrong[] = {"x",
                                        "n",
                                        "n1",
                                        "n1-",
                                        "n-1",
                                        "p1-0",
                                        "n1-zz",
                                        "n1-ffffffff-1",
                                        "nffffffffffffffffffff-0",
                                        "n1a2b-9f8e7d6c9f8e7d6c9f8e7d6c9f8e7d6c9f8e7d6c"};
    struct search_page page;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct search_request r = {&f.query, str_from(wrong[i]), 2, 60000};
        assert_int_equal(search_page(t->reader, &f.arena, &r, &page, &why), ERR_INPUT);
    }
    struct search_query other = f.query;
    other.sort = SEARCH_OLDEST;
    struct search_request r = {&other, f.page.behind, 2, 60000};
    assert_int_equal(search_page(t->reader, &f.arena, &r, &page, &why), ERR_INPUT);
    arena_release(&f.arena);
}

static void too_much_is_given_up(void **state)
{
    struct trial *t = *state;
    struct why why;
    struct arena a = ARENA_INIT;
    struct search_names n = names();
    for (int i = 0; i < 300; i++)
        put(t, (struct answers){"Company", NULL, NULL, NULL, "cloudy"});
    struct search_query q;
    search_parse(&a, &n, STR("cloudy -nothing"), &q);
    struct search_request r = {&q, STR_EMPTY, 200, 0};
    struct search_page page;
    trial_must(search_page(t->reader, &a, &r, &page, &why), &why);
    assert_true(page.too_broad);
    r.within_ms = 60000; /* and the reader is as good as before */
    trial_must(search_page(t->reader, &a, &r, &page, &why), &why);
    assert_false(page.too_broad);
    assert_int_equal(page.n, 200);
    arena_release(&a);
}

/* ---- what is shown, and counted ---------------------------------------------------------------
 */

static void what_was_found_is_marked(void **state)
{
    struct trial *t = *state;
    struct client_id id[4];
    struct found f;
    put_some(t, id);
    note(t, id[3], "They like <b>oak</b> & birch.");
    index_all(t);
    find_page(t, &f, "mueller migration", SEARCH_NEWEST, STR_EMPTY, 10);
    assert_int_equal(f.page.n, 1);
    const struct search_hit *hit = &f.page.hits[0];
    assert_true(str_eq(hit->company, STR("\x02Müller\x03 & Söhne")));
    assert_true(str_eq(hit->contact, STR("Gräta Weiß")));
    assert_int_equal(hit->place, SEARCH_IN_FIELD);
    assert_int_equal(hit->field, FIELD_PROJECT_SCOPE);
    assert_true(
        str_eq(hit->excerpt, STR("We need a cloud \x02migration\x03 of our order system.")));
    arena_release(&f.arena);
    find_page(t, &f, "oak", SEARCH_NEWEST, STR_EMPTY, 10);
    assert_int_equal(f.page.hits[0].place, SEARCH_IN_NOTE);
    assert_true(str_eq(f.page.hits[0].excerpt, STR("They like <b>\x02oak\x03</b> & birch.")));
    arena_release(&f.arena);
    find_page(t, &f, "jenkins lodz", SEARCH_NEWEST, STR_EMPTY, 10);
    assert_int_equal(f.page.hits[0].place, SEARCH_IN_EXTRA);
    assert_true(str_contains(f.page.hits[0].excerpt, STR("\x02jenkins\x03")));
    arena_release(&f.arena);
}

static uint64_t count(struct trial *t, const char *typed)
{
    struct arena a = ARENA_INIT;
    struct why why;
    struct search_query q;
    struct search_count out;
    struct search_names n = names();
    search_parse(&a, &n, str_from(typed), &q);
    trial_must(search_count(t->reader, &a, &q, 60000, &out, &why), &why);
    assert_false(out.more);
    arena_release(&a);
    return out.n;
}

static void everything_is_counted(void **state)
{
    struct trial *t = *state;
    struct client_id id[4];
    for (int i = 0; i < 2; i++) {
        put_some(t, id);
        assert_int_equal(count(t, ""), 4 * (i + 1));
        assert_int_equal(count(t, "status:new"), 4 * (i + 1));
        assert_int_equal(count(t, "-status:new"), 0);
        assert_int_equal(count(t, "owner:none"), 4 * (i + 1));
        assert_int_equal(count(t, "migration"), 2 * (i + 1));
        assert_int_equal(count(t, "service:ci"), i + 1);
        index_all(t);
    }
    struct arena a = ARENA_INIT;
    struct why why;
    struct search_tallies tallies;
    trial_must(search_tallies(t->reader, &a, &tallies, &why), &why);
    assert_int_equal(tallies.n, 1);
    assert_int_equal(tallies.items[0].n, 8);
    arena_release(&a);
}

/* ---- the writer does it -----------------------------------------------------------------------
 */

static void the_writer_indexes_beside_its_groups(void **state)
{
    struct trial *t = *state;
    const struct writer_options options = {.inbox_limit = 64, .group_limit = 16, .search = true};
    struct client_id id[4];
    put_some(t, id); /* by a writer that does not */
    trial_stop(t);
    trial_start(t, &options);
    put_some(t, id);
    note(t, id[1], "Terraform");
    static const struct timespec moment = {.tv_nsec = 10000000};
    for (int i = 0; i < 3000; i++) {
        if (trial_number(&t->directory,
                         "SELECT count(*) FROM meta WHERE (key = 'searched' AND value = '8') "
                         "OR (key = 'searched_notes' AND value = '1')") == 2)
            break;
        nanosleep(&moment, NULL);
    }
    expect(t, "muller", "Müller & Söhne, Müller & Söhne");
    expect(t, "terraform", "O'Connor Foods");
}

/* ---- plans ---------------------------------------------------------------------------------- */

/* No list and no search reads a table from its beginning to its end. */
static void nothing_is_scanned(void **state)
{
    static const enum sql_query hot[] = {
        SQL_LIST_NEWEST,        SQL_LIST_OLDEST,       SQL_LIST_STATUS_NEWEST,
        SQL_LIST_STATUS_OLDEST, SQL_LIST_OWNER_NEWEST, SQL_LIST_OWNER_OLDEST,
        SQL_COMPANY_BEHIND,     SQL_COMPANY_BEFORE,    SQL_SUBMISSION_FROM,
        SQL_NOTE_TEXTS,         SQL_RECORD_BY_ROW,     SQL_RECORD_FIND,
        SQL_SEARCH_BATCH,       SQL_SEARCH_NOTES,      SQL_SEARCH_EVENTS,
        SQL_SEARCH_MARKS,       SQL_SEARCH_NEWEST,     SQL_SEARCH_OLDEST,
        SQL_SEARCH_WORD,        SQL_SUBMISSION_NEWEST};
    struct trial *t = *state;
    char path[128], sql[2048];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/anteroom.db", t->directory.path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    for (size_t i = 0; i < sizeof hot / sizeof *hot; i++) {
        sqlite3_stmt *s;
        snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", sql_text[hot[i]]);
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
        while (sqlite3_step(s) == SQLITE_ROW) {
            const char *plan = (const char *)sqlite3_column_text(s, 3);
            bool virtual = strstr(plan, "VIRTUAL TABLE INDEX") && !strstr(plan, "INDEX 0:");
            bool scan = strstr(plan, "SCAN") && !strstr(plan, "CONSTANT ROW") && !virtual;
            if (scan || strstr(plan, "TEMP B-TREE"))
                fail_msg("%s: %s", sql_name[hot[i]], plan);
        }
        sqlite3_finalize(s);
    }
    sqlite3_close(db);
}

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, trial_setup, trial_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(what_was_sent_is_found),
        STORE_TEST(slices_follow_each_other),
        STORE_TEST(what_is_worked_is_found_as_it_is),
        STORE_TEST(what_is_forgotten_leaves_nothing),
        STORE_TEST(an_erased_submission_is_not_found),
        STORE_TEST(other_words_make_a_new_index),
        STORE_TEST(pages_turn_both_ways),
        STORE_TEST(cursors_belong_to_their_query),
        STORE_TEST(too_much_is_given_up),
        STORE_TEST(what_was_found_is_marked),
        STORE_TEST(everything_is_counted),
        STORE_TEST(the_writer_indexes_beside_its_groups),
        STORE_TEST(nothing_is_scanned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
