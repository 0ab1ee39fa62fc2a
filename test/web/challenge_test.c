/* SPDX-License-Identifier: Apache-2.0 */
#include "web/challenge.h"

#include "base/clock.h"
#include "base/text.h"
#include "lib/expect.h"

static struct arena a;
static const unsigned char key[32] = {1, 2, 3}, other_key[32] = {1, 2, 4};
static const struct ip client = {{0x20, 1, 7}}, other_client = {{0x20, 1, 8}};
static const int64_t now = 1795237200000;

static int forget(void **state)
{
    (void)state;
    arena_release(&a);
    return 0;
}

static struct challenge make(unsigned bits, unsigned char number)
{
    return (struct challenge){
        .bits = bits, .wait_s = 20, .issued_ms = now, .random = {number, 2, 3, 4, 5, 6, 7, 8}};
}

/* What a browser does. */
static struct str solve(const struct challenge *c, struct str token, uint64_t *tries)
{
    for (uint64_t n = 0;; n++) {
        struct str number = arena_fmt(&a, "%llu", (unsigned long long)n);
        if (challenge_is_solved(c, token, number, now)) {
            *tries += n + 1;
            return number;
        }
    }
}

static void a_token_gives_back_what_was_signed(void **state)
{
    (void)state;
    struct challenge c = make(13, 9), read;
    struct str token = challenge_token(&a, key, &client, &c);
    assert_int_equal(token.len, 48);
    assert_true(challenge_read(&a, key, &client, token, now, &read));
    assert_int_equal(read.bits, 13);
    assert_int_equal(read.wait_s, 20);
    assert_int_equal(read.issued_ms, now);
    assert_memory_equal(read.random, c.random, sizeof c.random);
    assert_false(challenge_read(&a, other_key, &client, token, now, &read));
    assert_false(challenge_read(&a, key, &other_client, token, now, &read));
}

static void no_changed_bit_is_believed(void **state)
{
    (void)state;
    struct challenge c = make(13, 9), read;
    struct str token = challenge_token(&a, key, &client, &c), bytes;
    assert_true(text_unbase64url(&a, token, &bytes));
    for (size_t bit = 0; bit < bytes.len * 8; bit++) {
        char *changed = arena_alloc(&a, bytes.len);
        memcpy(changed, bytes.ptr, bytes.len);
        changed[bit / 8] = (char)(changed[bit / 8] ^ (1 << bit % 8));
        struct str text = text_base64url(&a, str_of(changed, bytes.len));
        assert_false(challenge_read(&a, key, &client, text, now, &read));
    }
    for (size_t n = 0; n < token.len; n++)
        assert_false(challenge_read(&a, key, &client, str_slice(token, 0, n), now, &read));
    assert_false(
        challenge_read(&a, key, &client, arena_fmt(&a, "%.*sA", STR_ARG(token)), now, &read));
}

static void it_lives_for_its_time(void **state)
{
    (void)state;
    struct challenge c = make(0, 1), read;
    struct str token = challenge_token(&a, key, &client, &c);
    assert_true(challenge_read(&a, key, &client, token, now + CHALLENGE_LIFE_MS - 1, &read));
    assert_false(challenge_read(&a, key, &client, token, now + CHALLENGE_LIFE_MS, &read));
    assert_false(challenge_read(&a, key, &client, token, now - 60000, &read));
    assert_true(challenge_is_solved(&c, token, STR("0"), now + CHALLENGE_SOLVE_MS - 1));
    assert_false(challenge_is_solved(&c, token, STR("0"), now + CHALLENGE_SOLVE_MS));
    assert_int_equal(challenge_wait_s(&c, now), 20);
    assert_int_equal(challenge_wait_s(&c, now + 1), 20);
    assert_int_equal(challenge_wait_s(&c, now + 19999), 1);
    assert_int_equal(challenge_wait_s(&c, now + 20000), 0);
}

static void only_a_solution_solves(void **state)
{
    (void)state;
    struct challenge c = make(8, 1);
    struct str token = challenge_token(&a, key, &client, &c);
    uint64_t tries = 0, solved = 0;
    struct str number = solve(&c, token, &tries);
    assert_true(challenge_is_solved(&c, token, number, now));
    static const char *const none[] = {"", "-1", "1x", " 1", "18446744073709551616", "0x10"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(challenge_is_solved(&c, token, str_from(none[i]), now));
    for (int n = 0; n < 512; n++)
        solved += challenge_is_solved(&c, token, arena_fmt(&a, "%d", n), now);
    assert_in_range(solved, 0, 20); /* two are to be expected */
}

/* Each bit doubles the work: 64 challenges of 6 bits, 64 tries each on average. */
static void the_work_is_what_the_bits_say(void **state)
{
    (void)state;
    uint64_t tries = 0;
    for (int i = 0; i < 64; i++) {
        struct challenge c = make(6, (unsigned char)i);
        solve(&c, challenge_token(&a, key, &client, &c), &tries);
    }
    assert_in_range(tries, 64 * 64 / 2, 64 * 64 * 2);
    struct challenge c = make(24, 0);
    struct str token = challenge_token(&a, key, &client, &c);
    int64_t began_us = clock_monotonic_us();
    enum { ROUNDS = 500 };
    for (int i = 0; i < ROUNDS; i++) {
        struct challenge read;
        assert_true(challenge_read(&a, key, &client, token, now, &read));
        challenge_is_solved(&read, token, STR("7"), now);
    }
    print_message("# checking one answer takes %.1f us\n",
                  (double)(clock_monotonic_us() - began_us) / ROUNDS);
}

static void it_counts_once(void **state)
{
    (void)state;
    struct spent *spent = spent_new();
    for (int i = 0; i < 256; i++) {
        struct challenge c = make(0, 1);
        c.random[CHALLENGE_RANDOM - 1] = (unsigned char)i; /* another set each */
        assert_true(spent_take(spent, &c));
        assert_false(spent_take(spent, &c));
    }
    spent_free(spent);
}

/* A set that is full forgets its oldest, and then refuses all that are as old. */
static void what_is_forgotten_does_not_count_again(void **state)
{
    (void)state;
    struct spent *spent = spent_new();
    enum { MANY = SPENT_WAYS * 5 };
    struct challenge made[MANY];
    for (int i = 0; i < MANY; i++) {
        made[i] = make(0, (unsigned char)i); /* the last byte is the same: one set */
        made[i].issued_ms = now + (i * 7) % MANY;
        spent_take(spent, &made[i]);
        for (int k = 0; k <= i; k++)
            assert_false(spent_take(spent, &made[k]));
    }
    struct challenge young = make(0, 200), old = make(0, 201);
    young.issued_ms = now + MANY;
    old.issued_ms = now - 1;
    assert_true(spent_take(spent, &young));
    assert_false(spent_take(spent, &old));
    spent_free(spent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_token_gives_back_what_was_signed, forget),
        cmocka_unit_test_teardown(no_changed_bit_is_believed, forget),
        cmocka_unit_test_teardown(it_lives_for_its_time, forget),
        cmocka_unit_test_teardown(only_a_solution_solves, forget),
        cmocka_unit_test_teardown(the_work_is_what_the_bits_say, forget),
        cmocka_unit_test(it_counts_once),
        cmocka_unit_test(what_is_forgotten_does_not_count_again),
    };
    return cmocka_run_group_tests_name("challenge", tests, NULL, NULL);
}
