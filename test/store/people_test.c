/* SPDX-License-Identifier: Apache-2.0 */
#include "store/people.h"
#include "store/trial.h"

static const int64_t later_ms = INT64_C(1) << 50;

static struct session_hash hash_of(const char *token)
{
    return session_hash(str_from(token));
}

static enum err change(struct trial *t, write_verb *verb, void *input)
{
    struct job job = {.kind = JOB_WRITE, .done = trial_answered, .write = {verb, input}};
    return trial_do(t->writer, &job);
}

static struct session_begin begin(int64_t person, const char *token)
{
    return (struct session_begin){.hash = hash_of(token),
                                  .person = person,
                                  .expires_ms = later_ms,
                                  .method = STR("password"),
                                  .client = STR("Firefox, Windows")};
}

static int64_t invite(struct trial *t, const char *login, enum role role, const char *link)
{
    struct person_invite i = {.actor = actor_command(),
                              .login = str_from(login),
                              .name = STR("Somebody"),
                              .role = role,
                              .link = hash_of(link),
                              .expires_ms = later_ms};
    assert_int_equal(change(t, person_invite, &i), ERR_NONE);
    assert_true(i.person > 0);
    return i.person;
}

static enum err use_link(struct trial *t, const char *link, const char *login, const char *session,
                         int64_t *person)
{
    struct invitation_use u = {.link = hash_of(link),
                               .login = str_from(login),
                               .name = STR("Margaret Hale"),
                               .password = STR("$argon2id$hash"),
                               .begin = begin(0, session)};
    enum err e = change(t, invitation_use, &u);
    *person = u.begin.person;
    return e;
}

/* The first administrator, by a link as the first start makes one. */
static int64_t administrator(struct trial *t)
{
    int64_t person;
    struct first_link f = {
        .actor = actor_system(), .link = hash_of("first"), .expires_ms = later_ms};
    assert_int_equal(change(t, first_link, &f), ERR_NONE);
    assert_int_equal(use_link(t, "first", "margaret", "s1", &person), ERR_NONE);
    return person;
}

static struct person person_of(struct trial *t, struct arena *a, int64_t id,
                               struct person_secrets *secrets)
{
    struct person p = {0};
    struct why why;
    trial_must(reader_person(t->reader, a, id, &p, secrets, &why), &why);
    return p;
}

static bool is_signed_in(struct trial *t, const char *token)
{
    struct arena a = ARENA_INIT;
    struct session_hash hash = hash_of(token);
    struct session s;
    enum err e = reader_session(t->reader, &a, &hash, &s, NULL);
    arena_release(&a);
    return e == ERR_NONE;
}

static int64_t events(struct trial *t, const char *action)
{
    char sql[120];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM audit WHERE action = '%s'", action);
    return trial_number(&t->directory, sql);
}

static void the_first_administrator(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    bool there = true;
    int64_t nobody;
    assert_int_equal(reader_has_administrator(t->reader, &there, NULL), ERR_NONE);
    assert_false(there);

    /* A second link takes the place of the first. */
    struct first_link f = {
        .actor = actor_system(), .link = hash_of("lost"), .expires_ms = later_ms};
    assert_int_equal(change(t, first_link, &f), ERR_NONE);
    int64_t person = administrator(t);
    assert_int_equal(use_link(t, "lost", "thief", "s9", &nobody), ERR_MISSING);
    assert_int_equal(use_link(t, "first", "thief", "s9", &nobody), ERR_MISSING);

    struct person p = person_of(t, &a, person, NULL);
    assert_true(str_eq(p.login, STR("margaret")) && p.role == ROLE_ADMINISTRATOR);
    assert_true(p.state == PERSON_ACTIVE && p.has_password && !p.has_totp);
    assert_true(p.signed_in_ms > 0);
    assert_true(is_signed_in(t, "s1"));
    assert_int_equal(reader_has_administrator(t->reader, &there, NULL), ERR_NONE);
    assert_true(there);
    assert_int_equal(change(t, first_link, &f), ERR_CONFLICT);
    f.anyway = true;
    assert_int_equal(change(t, first_link, &f), ERR_NONE);
    assert_int_equal(events(t, "person.first"), 1);
    arena_release(&a);
}

static void a_first_link_that_is_signed(void **state)
{
    struct trial *t = *state;
    struct invitation_use u = {.signed_first = true,
                               .login = STR("margaret"),
                               .name = STR("Margaret Hale"),
                               .password = STR("$argon2id$hash"),
                               .begin = begin(0, "s1")};
    assert_int_equal(change(t, invitation_use, &u), ERR_NONE);
    assert_true(is_signed_in(t, "s1"));
    u.login = STR("thief");
    assert_int_equal(change(t, invitation_use, &u), ERR_MISSING);
}

static void invited_and_in(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    struct invitation link;
    int64_t id = invite(t, "john.thornton", ROLE_AGENT, "l1"), person;
    struct session_hash hash = hash_of("l1");
    assert_int_equal(reader_invitation(t->reader, &hash, &link, NULL), ERR_NONE);
    assert_true(link.kind == INVITATION_INVITE && link.person == id && link.expires_ms == later_ms);
    assert_int_equal(person_of(t, &a, id, NULL).state, PERSON_INVITED);
    assert_true(person_of(t, &a, id, NULL).link_until_ms == later_ms);

    struct person_invite twice = {.actor = actor_command(),
                                  .login = STR("JOHN.THORNTON"),
                                  .name = STR("Another"),
                                  .role = ROLE_VIEWER,
                                  .link = hash_of("l2"),
                                  .expires_ms = later_ms};
    assert_int_equal(change(t, person_invite, &twice), ERR_CONFLICT);

    assert_int_equal(use_link(t, "l1", "is not asked", "s1", &person), ERR_NONE);
    assert_int_equal(person, id);
    struct person p;
    assert_int_equal(reader_person_called(t->reader, &a, STR("John.Thornton"), &p, NULL, NULL),
                     ERR_NONE);
    assert_true(p.id == id && p.state == PERSON_ACTIVE && str_eq(p.name, STR("Somebody")));
    assert_int_equal(p.link_until_ms, 0);
    assert_int_equal(reader_invitation(t->reader, &hash, &link, NULL), ERR_MISSING);
    assert_int_equal(reader_person_called(t->reader, &a, STR("nobody"), &p, NULL, NULL),
                     ERR_MISSING);
    arena_release(&a);
}

static void a_link_that_is_too_old(void **state)
{
    struct trial *t = *state;
    int64_t person;
    struct person_invite i = {.actor = actor_command(),
                              .login = STR("late"),
                              .name = STR("Late"),
                              .role = ROLE_VIEWER,
                              .link = hash_of("old"),
                              .expires_ms = 1000};
    assert_int_equal(change(t, person_invite, &i), ERR_NONE);
    assert_int_equal(use_link(t, "old", "late", "s1", &person), ERR_MISSING);
    assert_false(is_signed_in(t, "s1"));
    struct person_link again = {.actor = actor_command(),
                                .person = i.person,
                                .link = hash_of("new"),
                                .expires_ms = later_ms};
    assert_int_equal(change(t, person_link, &again), ERR_NONE);
    assert_int_equal(use_link(t, "new", "late", "s1", &person), ERR_NONE);
}

static void enrol(struct trial *t, int64_t person, const char *session)
{
    struct totp_enrol e = {
        .person = person, .sealed = STR("sealed"), .step = 100, .begin = begin(person, session)};
    e.begin.strong = true;
    for (int i = 0; i < RECOVERY_CODES; i++)
        e.codes[i][0] = (unsigned char)i;
    assert_int_equal(change(t, totp_enrol, &e), ERR_NONE);
}

static void each_code_once(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    struct person_secrets secrets;
    int64_t id = administrator(t);
    enrol(t, id, "s2");
    assert_false(is_signed_in(t, "s1")); /* the weaker one has ended */
    assert_true(is_signed_in(t, "s2"));
    assert_true(person_of(t, &a, id, &secrets).has_totp);
    assert_true(str_eq(secrets.totp, STR("sealed")) && secrets.recovery_codes == RECOVERY_CODES);

    struct second_step x = {.step = 100, .begin = begin(id, "s3")};
    assert_int_equal(change(t, second_step, &x), ERR_REFUSED); /* it was used to enrol */
    assert_false(is_signed_in(t, "s3"));
    x.step = 101;
    assert_int_equal(change(t, second_step, &x), ERR_NONE);
    x.begin = begin(id, "s4");
    assert_int_equal(change(t, second_step, &x), ERR_REFUSED);

    struct second_step code = {.code = {7}, .begin = begin(id, "s5")};
    assert_int_equal(change(t, second_step, &code), ERR_NONE);
    code.begin = begin(id, "s6");
    assert_int_equal(change(t, second_step, &code), ERR_REFUSED);
    assert_false(is_signed_in(t, "s6"));
    person_of(t, &a, id, &secrets);
    assert_int_equal(secrets.recovery_codes, RECOVERY_CODES - 1);
    assert_int_equal(events(t, "person.recovery_used"), 1);

    struct recovery_renew anew = {.person = id};
    for (int i = 0; i < RECOVERY_CODES; i++)
        anew.codes[i][1] = (unsigned char)(i + 1);
    assert_int_equal(change(t, recovery_renew, &anew), ERR_NONE);
    person_of(t, &a, id, &secrets);
    assert_int_equal(secrets.recovery_codes, RECOVERY_CODES);
    struct second_step stale = {.code = {8}, .begin = begin(id, "s7")};
    assert_int_equal(change(t, second_step, &stale), ERR_REFUSED);
    arena_release(&a);
}

static void passwords(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    struct person_secrets secrets;
    int64_t id = administrator(t);
    struct password_change c = {
        .person = id, .password = STR("$argon2id$two"), .begin = begin(id, "s2")};
    assert_int_equal(change(t, password_change, &c), ERR_NONE);
    assert_false(is_signed_in(t, "s1"));
    assert_true(is_signed_in(t, "s2"));
    struct password_renew r = {
        .person = id, .before = STR("$argon2id$hash"), .password = STR("$argon2id$late")};
    assert_int_equal(change(t, password_renew, &r), ERR_NONE);
    person_of(t, &a, id, &secrets);
    assert_true(str_eq(secrets.password, STR("$argon2id$two")));
    r.before = STR("$argon2id$two");
    r.password = STR("$argon2id$three");
    assert_int_equal(change(t, password_renew, &r), ERR_NONE);
    person_of(t, &a, id, &secrets);
    assert_true(str_eq(secrets.password, STR("$argon2id$three")));
    arena_release(&a);
}

static void a_reset_takes_everything_away(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    struct person_secrets secrets;
    int64_t id = administrator(t), person;
    enrol(t, id, "s2");
    struct person_link l = {
        .actor = actor_command(), .person = id, .link = hash_of("reset"), .expires_ms = later_ms};
    assert_int_equal(change(t, person_link, &l), ERR_NONE);
    /* Until it is used nothing changes. */
    assert_true(is_signed_in(t, "s2"));
    assert_true(person_of(t, &a, id, NULL).has_totp);
    assert_int_equal(use_link(t, "reset", "other", "s3", &person), ERR_NONE);
    assert_int_equal(person, id);
    struct person p = person_of(t, &a, id, &secrets);
    assert_false(p.has_totp);
    assert_true(str_eq(p.login, STR("margaret")));
    assert_int_equal(secrets.recovery_codes, 0);
    assert_int_equal(secrets.totp_step, 0);
    assert_false(is_signed_in(t, "s2"));
    assert_true(is_signed_in(t, "s3"));
    arena_release(&a);
}

static void disabled(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    int64_t boss = administrator(t), id = invite(t, "john", ROLE_AGENT, "l1"), person;
    assert_int_equal(use_link(t, "l1", "", "s5", &person), ERR_NONE);
    struct person_disable d = {.actor = actor_person(boss), .person = id, .disabled = true};
    assert_int_equal(change(t, person_disable, &d), ERR_NONE);
    assert_int_equal(person_of(t, &a, id, NULL).state, PERSON_DISABLED);
    assert_false(is_signed_in(t, "s5"));
    /* No way in: not a session, not a new link. */
    struct session_begin b = begin(id, "s6");
    assert_int_equal(change(t, session_begin, &b), ERR_REFUSED);
    struct person_link l = {
        .actor = actor_command(), .person = id, .link = hash_of("reset"), .expires_ms = later_ms};
    assert_int_equal(change(t, person_link, &l), ERR_CONFLICT);
    d.disabled = false;
    assert_int_equal(change(t, person_disable, &d), ERR_NONE);
    assert_int_equal(person_of(t, &a, id, NULL).state, PERSON_ACTIVE);
    assert_int_equal(change(t, session_begin, &b), ERR_NONE);
    d.person = 999;
    assert_int_equal(change(t, person_disable, &d), ERR_MISSING);
    arena_release(&a);
}

static void an_administrator_remains(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    int64_t boss = administrator(t), second = invite(t, "second", ROLE_ADMINISTRATOR, "l1"), person;
    struct person_disable d = {.actor = actor_command(), .person = boss, .disabled = true};
    struct person_change c = {
        .actor = actor_command(), .person = boss, .name = STR("M"), .role = ROLE_VIEWER};
    /* The second one has not come in yet. */
    assert_int_equal(change(t, person_disable, &d), ERR_CONFLICT);
    assert_int_equal(change(t, person_change, &c), ERR_CONFLICT);
    assert_int_equal(person_of(t, &a, boss, NULL).state, PERSON_ACTIVE);
    assert_int_equal(use_link(t, "l1", "", "s2", &person), ERR_NONE);
    assert_int_equal(person, second);
    assert_int_equal(change(t, person_change, &c), ERR_NONE);
    assert_int_equal(person_of(t, &a, boss, NULL).role, ROLE_VIEWER);
    assert_int_equal(change(t, person_disable, &d), ERR_NONE);
    struct people all;
    assert_int_equal(reader_people(t->reader, &a, &all, NULL), ERR_NONE);
    assert_int_equal(all.n, 2);
    struct audit_report report;
    assert_int_equal(reader_audit_verify(t->reader, &report, NULL), ERR_NONE);
    arena_release(&a);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, trial_setup, trial_teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_first_administrator),
        TEST(a_first_link_that_is_signed),
        TEST(invited_and_in),
        TEST(a_link_that_is_too_old),
        TEST(each_code_once),
        TEST(passwords),
        TEST(a_reset_takes_everything_away),
        TEST(disabled),
        TEST(an_administrator_remains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
