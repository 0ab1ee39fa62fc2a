/* SPDX-License-Identifier: Apache-2.0 */
/* What is believed of an ID token whose signature is good, and what becomes of it. */
#include "core/claims.h"

#include "base/buf.h"
#include "lib/expect.h"

enum { NOW = 1800000000, AGENT = 1, ADMINISTRATOR = 4 };

static struct arena arena;
static struct claims claims;
static struct claims_rules rules;

static const struct claims_match mfa[] = {{STR_INIT("amr"), STR_INIT("mfa")},
                                          {STR_INIT("acrs"), STR_INIT("c1")}};
static const struct claims_role roles[] = {
    {{STR_INIT("roles"), STR_INIT("Onboarding.Admin")}, ADMINISTRATOR},
    {{STR_INIT("groups"), STR_INIT("8b1c")}, AGENT},
    {{STR_INIT("hd"), STR_INIT("example.com")}, AGENT},
    {{STR_INIT("email"), STR_INIT("boss@example.com")}, ADMINISTRATOR},
};

static int begin(void **state)
{
    (void)state;
    rules = (struct claims_rules){
        .issuer = STR("https://id.example.com/t"),
        .client_id = STR("anteroom"),
        .nonce = STR("n-1"),
        .now_s = NOW,
        .skew_s = 120,
        .otherwise = 0,
    };
    return 0;
}

static int forget(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* The four members that are always there, with "more" in front of them. */
static struct str payload(const char *more)
{
    return arena_fmt(&arena,
                     "{%s\"iss\":\"https://id.example.com/t\",\"sub\":\"s\",\"aud\":\"anteroom\","
                     "\"exp\":%d,\"iat\":%d,\"nonce\":\"n-1\"}",
                     more, NOW + 300, NOW);
}

static enum token_verdict check(const char *json)
{
    return claims_check(&arena, str_from(json), &rules, &claims);
}

static enum token_verdict with(const char *more)
{
    return claims_check(&arena, payload(more), &rules, &claims);
}

static void a_good_one(void **state)
{
    (void)state;
    assert_int_equal(with("\"name\":\" Zoë \",\"email\":\"zoe@example.com\",\"sid\":\"x\","), 0);
    assert_str(claims.subject, "s");
    assert_str(claims.name, "Zoë");
    assert_str(claims.email, "zoe@example.com");
    assert_str(claims.session, "x");
    assert_int_equal(claims.expires_s, NOW + 300);
    assert_false(claims.mfa);
    assert_int_equal(claims.role, 0);
}

static void each_rule(void **state)
{
#define HEAD  "{\"iss\":\"https://id.example.com/t\",\"sub\":\"s\",\"nonce\":\"n-1\","
#define TIMES "\"exp\":1800000300,\"iat\":1800000000"
    static const struct {
        enum token_verdict wanted;
        const char *json;
    } rows[] = {
        {TOKEN_GOOD, HEAD TIMES ",\"aud\":[\"anteroom\"]}"},
        {TOKEN_GOOD, HEAD TIMES ",\"aud\":[\"other\",\"anteroom\"],\"azp\":\"anteroom\"}"},
        {TOKEN_GOOD, HEAD "\"aud\":\"anteroom\",\"exp\":1799999881,\"iat\":1799999000.5}"},
        {TOKEN_GOOD, HEAD "\"aud\":\"anteroom\",\"exp\":1.8000003e9,\"iat\":1800000120}"},
        {TOKEN_SHAPE, ""},
        {TOKEN_SHAPE, "[]"},
        {TOKEN_SHAPE, "{\"iss\":}"},
        {TOKEN_SHAPE, HEAD TIMES ",\"aud\":\"anteroom\"} {}"},
        {TOKEN_TWICE, HEAD TIMES ",\"aud\":\"anteroom\",\"iss\":\"https://id.example.com/t\"}"},
        {TOKEN_TWICE, HEAD TIMES ",\"aud\":\"anteroom\",\"\\u0073ub\":\"root\"}"},
        {TOKEN_TWICE, HEAD TIMES ",\"aud\":\"anteroom\",\"x\":[{\"a\":1,\"a\":2}]}"},
        {TOKEN_ISSUER, "{\"iss\":\"https://id.example.com/t/\",\"sub\":\"s\"}"},
        {TOKEN_ISSUER, "{\"iss\":[\"https://id.example.com/t\"],\"sub\":\"s\"}"},
        {TOKEN_ISSUER, "{\"iss\":\"HTTPS://id.example.com/t\",\"sub\":\"s\"}"},
        {TOKEN_ISSUER, "{\"iss\":\"https://id.example.com/t\\u0000\",\"sub\":\"s\"}"},
        {TOKEN_ISSUER, "{}"},
        {TOKEN_AUDIENCE, HEAD TIMES "}"},
        {TOKEN_AUDIENCE, HEAD TIMES ",\"aud\":\"anteroom2\"}"},
        {TOKEN_AUDIENCE, HEAD TIMES ",\"aud\":[]}"},
        {TOKEN_AUDIENCE, HEAD TIMES ",\"aud\":[\"anteroom\",7]}"},
        {TOKEN_AUDIENCE, HEAD TIMES ",\"aud\":{\"anteroom\":1}}"},
        {TOKEN_PARTY, HEAD TIMES ",\"aud\":[\"anteroom\",\"other\"]}"},
        {TOKEN_PARTY, HEAD TIMES ",\"aud\":\"anteroom\",\"azp\":\"other\"}"},
        {TOKEN_NO_TIMES, HEAD "\"aud\":\"anteroom\",\"exp\":1800000300}"},
        {TOKEN_NO_TIMES, HEAD "\"aud\":\"anteroom\",\"iat\":1800000000}"},
        {TOKEN_NO_TIMES, HEAD "\"aud\":\"anteroom\",\"exp\":\"1800000300\",\"iat\":1800000000}"},
        {TOKEN_NO_TIMES, HEAD "\"aud\":\"anteroom\",\"exp\":1e300,\"iat\":1800000000}"},
        {TOKEN_NO_TIMES, HEAD "\"aud\":\"anteroom\",\"exp\":-1,\"iat\":1800000000}"},
        {TOKEN_NO_TIMES, HEAD TIMES ",\"aud\":\"anteroom\",\"nbf\":null}"},
        {TOKEN_EXPIRED, HEAD "\"aud\":\"anteroom\",\"exp\":1799999880,\"iat\":1799990000}"},
        {TOKEN_NOT_YET, HEAD "\"aud\":\"anteroom\",\"exp\":1900000000,\"iat\":1800000121}"},
        {TOKEN_NOT_YET, HEAD TIMES ",\"aud\":\"anteroom\",\"nbf\":1800000121}"},
        {TOKEN_NONCE,
         "{\"iss\":\"https://id.example.com/t\",\"sub\":\"s\",\"aud\":\"anteroom\"," TIMES "}"},
        {TOKEN_NONCE, "{\"iss\":\"https://id.example.com/t\",\"sub\":\"s\",\"aud\":\"anteroom\","
                      "\"nonce\":\"n-2\"," TIMES "}"},
        {TOKEN_SUBJECT,
         "{\"iss\":\"https://id.example.com/t\",\"aud\":\"anteroom\",\"nonce\":\"n-1\"," TIMES "}"},
        {TOKEN_SUBJECT,
         "{\"iss\":\"https://id.example.com/t\",\"aud\":\"anteroom\",\"nonce\":\"n-1\","
         "\"sub\":7," TIMES "}"},
        {TOKEN_SUBJECT,
         "{\"iss\":\"https://id.example.com/t\",\"aud\":\"anteroom\",\"nonce\":\"n-1\","
         "\"sub\":\"a\\u0000b\"," TIMES "}"},
        {TOKEN_SUBJECT,
         "{\"iss\":\"https://id.example.com/t\",\"aud\":\"anteroom\",\"nonce\":\"n-1\","
         "\"sub\":\"a\\u202eb\"," TIMES "}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum token_verdict v = check(rows[i].json);
        if (v != rows[i].wanted)
            print_error("%s: %s\n", token_verdict_name(v), rows[i].json);
        assert_int_equal(v, rows[i].wanted);
    }
}

static void nobody_is_asked_without_a_nonce(void **state)
{
    (void)state;
    rules.nonce = STR_EMPTY;
    assert_int_equal(with(""), TOKEN_NONCE);
}

static void deep_or_wide_is_refused(void **state)
{
    struct buf text;
    (void)state;
    buf_init(&text, 1 << 16);
    buf_str(&text, STR("\"x\":"));
    for (int i = 0; i < 17; i++)
        buf_byte(&text, '[');
    for (int i = 0; i < 17; i++)
        buf_byte(&text, ']');
    buf_byte(&text, ',');
    assert_int_equal(with(buf_cstring(&text)), TOKEN_SHAPE);
    buf_clear(&text);
    for (int i = 0; i < 300; i++)
        buf_fmt(&text, "\"x%d\":1,", i);
    assert_int_equal(with(buf_cstring(&text)), TOKEN_SHAPE);
    buf_release(&text);
}

static void a_second_factor(void **state)
{
    (void)state;
    rules.mfa = mfa;
    rules.n_mfa = 2;
    assert_int_equal(with("\"amr\":[\"pwd\",\"mfa\"],"), TOKEN_GOOD);
    assert_true(claims.mfa);
    assert_int_equal(with("\"amr\":[\"pwd\"],"), TOKEN_GOOD);
    assert_false(claims.mfa);
    rules.mfa_demanded = true;
    assert_int_equal(with("\"acrs\":[\"c1\"],"), TOKEN_GOOD);
    assert_int_equal(with("\"acrs\":\"c1\","), TOKEN_GOOD);
    assert_int_equal(with("\"amr\":[\"pwd\"],"), TOKEN_MFA);
    assert_int_equal(with("\"amr\":{\"mfa\":true},"), TOKEN_MFA);
    assert_int_equal(with(""), TOKEN_MFA);
}

static void the_first_row_that_matches_gives_the_role(void **state)
{
    static const struct {
        const char *more;
        enum token_verdict wanted;
        int role;
    } rows[] = {
        {"\"roles\":[\"Onboarding.Admin\"],\"groups\":[\"8b1c\"],", TOKEN_GOOD, ADMINISTRATOR},
        {"\"roles\":\"Onboarding.Admin\",", TOKEN_GOOD, ADMINISTRATOR},
        {"\"roles\":[\"onboarding.admin\"],", TOKEN_NO_ROLE, -1},
        {"\"groups\":[\"1\",\"8b1c\"],", TOKEN_GOOD, AGENT},
        {"\"hd\":\"example.com\",", TOKEN_GOOD, AGENT},
        {"\"hd\":\"example.com.evil\",", TOKEN_NO_ROLE, -1},
        {"\"email\":\"boss@example.com\",\"email_verified\":true,", TOKEN_GOOD, ADMINISTRATOR},
        {"\"email\":\"boss@example.com\",\"email_verified\":\"true\",", TOKEN_GOOD, ADMINISTRATOR},
        {"\"email\":\"boss@example.com\",\"email_verified\":false,", TOKEN_NO_ROLE, -1},
        {"\"email\":\"boss@example.com\",", TOKEN_NO_ROLE, -1},
        {"\"email\":[\"boss@example.com\"],", TOKEN_NO_ROLE, -1},
        /* Entra ID: more than 200 groups */
        {"\"_claim_names\":{\"groups\":\"src1\"},", TOKEN_GROUPS_ELSEWHERE, -1},
        {"\"hasgroups\":true,\"hd\":\"example.com\",", TOKEN_GROUPS_ELSEWHERE, -1},
        {"\"hasgroups\":true,\"roles\":[\"Onboarding.Admin\"],", TOKEN_GOOD, ADMINISTRATOR},
        {"\"_claim_names\":{\"other\":\"src1\"},\"groups\":[\"8b1c\"],", TOKEN_GOOD, AGENT},
        {"", TOKEN_NO_ROLE, -1},
    };
    (void)state;
    rules.roles = roles;
    rules.n_roles = 4;
    rules.otherwise = CLAIMS_NO_ROLE;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum token_verdict v = with(rows[i].more);
        if (v != rows[i].wanted)
            print_error("%s: %s\n", token_verdict_name(v), rows[i].more);
        assert_int_equal(v, rows[i].wanted);
        if (v == TOKEN_GOOD)
            assert_int_equal(claims.role, rows[i].role);
    }
}

static void names_that_cannot_be_shown_are_left_out(void **state)
{
    (void)state;
    assert_int_equal(with("\"name\":\"a\\u202eb\",\"preferred_username\":\"zoe@example.com\","), 0);
    assert_str(claims.name, "zoe@example.com");
    assert_str(claims.email, "zoe@example.com");
    assert_int_equal(with("\"name\":7,\"preferred_username\":\"DOMAIN\\\\zoe\","), 0);
    assert_str(claims.name, "DOMAIN\\zoe");
    assert_str(claims.email, "");
}

static void access_tokens(void **state)
{
    struct str scopes;
#define ACCESS(more)                                                                               \
    claims_check_access(&arena,                                                                    \
                        STR("{" more "\"iss\":\"https://id.example.com/t\",\"sub\":\"s\","         \
                            "\"aud\":\"anteroom\"," TIMES "}"),                                    \
                        &rules, &claims, &scopes)
    (void)state;
    rules.roles = roles;
    rules.n_roles = 4;
    rules.otherwise = CLAIMS_NO_ROLE;
    assert_int_equal(ACCESS("\"scp\":\"a records.read\",\"azp\":\"somebody\","), TOKEN_GOOD);
    assert_str(scopes, "a records.read");
    assert_int_equal(claims.role, CLAIMS_NO_ROLE);
    assert_true(claims_has_scope(scopes, STR("records.read")));
    assert_false(claims_has_scope(scopes, STR("records")));
    assert_false(claims_has_scope(scopes, STR("")));
    assert_int_equal(ACCESS("\"scope\":\"b\",\"roles\":[\"Onboarding.Admin\"],"), TOKEN_GOOD);
    assert_int_equal(claims.role, ADMINISTRATOR);
    assert_int_equal(ACCESS("\"scp\":[\"records.read\"],"), TOKEN_GOOD);
    assert_true(scopes.ptr && scopes.len == 0);
    assert_int_equal(ACCESS("\"scp\":\"\","), TOKEN_GOOD);
    assert_true(scopes.ptr && scopes.len == 0);
    assert_int_equal(ACCESS("\"hasgroups\":true,"), TOKEN_GOOD);
    assert_null(scopes.ptr);
    assert_int_equal(claims.role, CLAIMS_NO_ROLE);
    assert_int_equal(ACCESS("\"nonce\":\"n-1\","), TOKEN_TYPE);
}

static void every_verdict_has_words(void **state)
{
    (void)state;
    for (enum token_verdict v = 0; v < TOKEN_VERDICTS; v++) {
        assert_true(strlen(token_verdict_name(v)) > 2);
        assert_true(str_ends(str_from(token_verdict_text(v)), STR(".")));
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, forget)
    const struct CMUnitTest tests[] = {
        TEST(a_good_one),
        TEST(each_rule),
        TEST(nobody_is_asked_without_a_nonce),
        TEST(deep_or_wide_is_refused),
        TEST(a_second_factor),
        TEST(the_first_row_that_matches_gives_the_role),
        TEST(names_that_cannot_be_shown_are_left_out),
        TEST(access_tokens),
        TEST(every_verdict_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
