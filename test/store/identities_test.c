/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts elsewhere: who becomes whom. */
#include "lib/expect.h"
#include "store/identities.h"
#include "store/people.h"
#include "store/trial.h"

static const int64_t later_ms = INT64_C(1) << 50;

static enum err change(struct trial *t, write_verb *verb, void *input)
{
    struct job job = {.kind = JOB_WRITE, .done = trial_answered, .write = {verb, input}};
    return trial_do(t->writer, &job);
}

static struct identity_sign_in came(const char *subject, const char *name, const char *email,
                                    enum role role)
{
    static int sessions;
    char token[32];
    snprintf(token, sizeof token, "session %d", sessions++);
    return (struct identity_sign_in){
        .issuer = STR("https://id.example"),
        .id = STR("entra"),
        .subject = str_from(subject),
        .name = str_from(name),
        .email = str_from(email),
        .role = role,
        .begin = {.hash = session_hash(str_from(token)),
                  .expires_ms = later_ms,
                  .method = STR("entra"),
                  .client = STR("Firefox, Windows"),
                  .strong = true},
    };
}

static struct person person_of(struct trial *t, struct arena *a, int64_t id)
{
    struct person p = {0};
    struct why why;
    trial_must(reader_person(t->reader, a, id, &p, NULL, &why), &why);
    return p;
}

static void the_first_time_makes_a_person_and_each_time_refreshes(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    struct session s;
    struct identity_sign_in i = came("s1", "Zoë", "zoe@example.com", ROLE_AGENT);
    assert_int_equal(change(t, identity_sign_in, &i), ERR_NONE);
    int64_t zoe = i.begin.person;
    struct person p = person_of(t, &a, zoe);
    assert_str(p.login, "zoe@example.com");
    assert_str(p.name, "Zoë");
    assert_int_equal(p.role, ROLE_AGENT);
    assert_int_equal(p.state, PERSON_ACTIVE);
    assert_false(p.has_password);
    assert_int_equal(reader_session(t->reader, &a, &i.begin.hash, &s, NULL), ERR_NONE);
    assert_str(s.method, "entra");
    assert_true(s.strong);

    i = came("s1", "", "zoe@new.example", ROLE_ADMINISTRATOR);
    assert_int_equal(change(t, identity_sign_in, &i), ERR_NONE);
    assert_int_equal(i.begin.person, zoe);
    p = person_of(t, &a, zoe);
    assert_str(p.login, "zoe@example.com");
    assert_str(p.name, "Zoë");
    assert_str(p.email, "zoe@new.example");
    assert_int_equal(p.role, ROLE_ADMINISTRATOR);

    /* The issuer says so: also of the last administrator. */
    i = came("s1", "Zoë", "", ROLE_VIEWER);
    assert_int_equal(change(t, identity_sign_in, &i), ERR_NONE);
    assert_int_equal(person_of(t, &a, zoe).role, ROLE_VIEWER);
    arena_release(&a);
}

static void nobody_becomes_somebody_else_by_an_address(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    struct person_invite local = {.actor = actor_command(),
                                  .login = STR("boss@example.com"),
                                  .name = STR("Boss"),
                                  .role = ROLE_ADMINISTRATOR,
                                  .link = session_hash(STR("l")),
                                  .expires_ms = later_ms};
    assert_int_equal(change(t, person_invite, &local), ERR_NONE);
    static const char *const logins[] = {"BOSS@example.com (entra)", "entra-3", "entra-4"};
    for (int n = 0; n < 3; n++) {
        char subject[] = {'t', (char)('0' + n), '\0'};
        struct identity_sign_in i = came(subject, "Boss", "BOSS@example.com", ROLE_VIEWER);
        assert_int_equal(change(t, identity_sign_in, &i), ERR_NONE);
        assert_true(i.begin.person != local.person);
        assert_str(person_of(t, &a, i.begin.person).login, logins[n]);
    }
    /* The same subject of another issuer is somebody else. */
    struct identity_sign_in one = came("u", "", "", ROLE_VIEWER);
    struct identity_sign_in two = came("u", "", "", ROLE_VIEWER);
    two.issuer = STR("https://other.example");
    two.id = STR("other");
    assert_int_equal(change(t, identity_sign_in, &one), ERR_NONE);
    assert_int_equal(change(t, identity_sign_in, &two), ERR_NONE);
    assert_true(one.begin.person != two.begin.person);
    assert_str(person_of(t, &a, two.begin.person).login, "other-1");
    assert_str(person_of(t, &a, two.begin.person).name, "other-1");
    arena_release(&a);
}

static void who_is_disabled_stays_out(void **state)
{
    struct trial *t = *state;
    struct arena a = ARENA_INIT;
    struct session s;
    struct identity_sign_in i = came("s1", "Zoë", "", ROLE_AGENT);
    assert_int_equal(change(t, identity_sign_in, &i), ERR_NONE);
    struct person_disable d = {
        .actor = actor_command(), .person = i.begin.person, .disabled = true};
    assert_int_equal(change(t, person_disable, &d), ERR_NONE);
    i = came("s1", "Zoë", "", ROLE_ADMINISTRATOR);
    assert_int_equal(change(t, identity_sign_in, &i), ERR_REFUSED);
    assert_int_equal(reader_session(t->reader, &a, &i.begin.hash, &s, NULL), ERR_MISSING);
    assert_int_equal(person_of(t, &a, d.person).role, ROLE_AGENT);
    d.disabled = false;
    assert_int_equal(change(t, person_disable, &d), ERR_NONE);
    i = came("s1", "Zoë", "", ROLE_AGENT);
    assert_int_equal(change(t, identity_sign_in, &i), ERR_NONE);
    arena_release(&a);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, trial_setup, trial_teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_first_time_makes_a_person_and_each_time_refreshes),
        TEST(nobody_becomes_somebody_else_by_an_address),
        TEST(who_is_disabled_stays_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
