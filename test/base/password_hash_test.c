/* SPDX-License-Identifier: Apache-2.0 */
#include "base/password_hash.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* From the tests of argon2's reference implementation. */
static const struct {
    const char *hash, *password;
} known[] = {
    {"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
     "password"},
    {"$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
     "password"},
    {"$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQ$9qWtwbpyPd3vm1rB1GThgPzZ3/ydHL92zKL+15XZypg",
     "password"},
    {"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94",
     "differentpassword"},
    {"$argon2id$v=19$m=65536,t=2,p=1$ZGlmZnNhbHQ$vfMrBczELrFdWP0ZsfhWsRPaHppYdP3MVEMIVlqoFBw",
     "password"},
};

static void agrees_with_the_reference(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct str hash = str_from(known[i].hash);
        bool stale = false;
        assert_int_equal(password_check(hash, str_from(known[i].password), &stale, NULL), ERR_NONE);
        assert_true(stale); /* all of them are of other parameters */
        assert_int_equal(password_check(hash, STR("Password"), &stale, NULL), ERR_REFUSED);
        assert_false(stale);
    }
}

static void a_hash_of_ours(void **state)
{
    (void)state;
    char one[PASSWORD_HASH_SIZE], two[PASSWORD_HASH_SIZE];
    struct str password = STR("d\xC3\xA9j\xC3\xA0 vu, said the kettle");
    bool stale = true;
    assert_int_equal(password_hash(password, one, NULL), ERR_NONE);
    assert_int_equal(password_hash(password, two, NULL), ERR_NONE);
    assert_true(str_starts(str_from(one), STR("$argon2id$v=19$m=19456,t=2,p=1$")));
    assert_false(str_eq(str_from(one), str_from(two))); /* each its own salt */
    assert_int_equal(password_check(str_from(one), password, &stale, NULL), ERR_NONE);
    assert_false(stale);
    assert_int_equal(password_check(str_from(two), password, &stale, NULL), ERR_NONE);
    assert_int_equal(
        password_check(str_from(one), str_slice(password, 0, password.len - 1), &stale, NULL),
        ERR_REFUSED);
    assert_int_equal(password_check(str_from(one), STR_EMPTY, &stale, NULL), ERR_REFUSED);
    assert_int_equal(password_check_nobody(password, NULL), ERR_REFUSED);
    assert_int_equal(password_check_nobody(STR_EMPTY, NULL), ERR_REFUSED);
}

static void what_is_no_hash(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "secret",
        "$argon2id$v=19$m=19456,t=2,p=1",
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ",
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$!!!",
        "$argon2id$v=19$m=19456,t=2,p=1,q=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        /* Ten tebibytes, a thousand million passes, no lane. */
        "$argon2id$v=19$m=10737418240,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=1000000000,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=0$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bool stale;
        struct why why = {0};
        assert_int_equal(password_check(str_from(wrong[i]), STR("password"), &stale, &why),
                         ERR_DATA);
        assert_true(why.detail[0]);
    }
}

static void wiped(void **state)
{
    (void)state;
    char secret[] = "secret";
    static const char nothing[sizeof secret];
    password_wipe(secret, sizeof secret);
    assert_memory_equal(secret, nothing, sizeof secret);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_reference),
        cmocka_unit_test(a_hash_of_ours),
        cmocka_unit_test(what_is_no_hash),
        cmocka_unit_test(wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
