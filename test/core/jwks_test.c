/* SPDX-License-Identifier: Apache-2.0 */
/* What an issuer publishes: its keys and its addresses. */
#include "base/text.h"
#include "core/jwks.h"
#include "core/oidc_discovery.h"
#include "lib/expect.h"

static struct arena arena;

static int forget(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* n bytes of 0xff as base64url */
static const char *number(size_t n)
{
    char *bytes = arena_alloc(&arena, n);
    memset(bytes, 0xff, n);
    return text_base64url(&arena, str_of(bytes, n)).ptr;
}

static struct str rsa(const char *id, size_t size, const char *e, const char *more)
{
    return arena_fmt(&arena, "{\"kty\":\"RSA\",\"kid\":\"%s\",\"n\":\"%s\",\"e\":\"%s\"%s}", id,
                     number(size), e, more);
}

static struct str ec(const char *id, const char *curve, size_t size)
{
    return arena_fmt(&arena,
                     "{\"kty\":\"EC\",\"kid\":\"%s\",\"crv\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}", id,
                     curve, number(size), number(size));
}

static size_t taken(struct str key)
{
    struct jwks set;
    assert_true(jwks_read(&arena, arena_fmt(&arena, "{\"keys\":[%.*s]}", STR_ARG(key)), &set));
    return set.n;
}

static void keys_that_are_taken(void **state)
{
    (void)state;
    assert_int_equal(taken(rsa("a", 256, "AQAB", "")), 1);
    assert_int_equal(taken(rsa("a", 1024, "Aw", "")), 1);
    assert_int_equal(taken(rsa("a", 256, "AQAB", ",\"use\":\"sig\",\"alg\":\"RS256\"")), 1);
    assert_int_equal(taken(rsa("a", 256, "AQAB", ",\"key_ops\":[\"sign\",\"verify\"]")), 1);
    assert_int_equal(taken(ec("a", "P-256", 32)), 1);
}

static void keys_that_are_passed_over(void **state)
{
    (void)state;
    assert_int_equal(taken(rsa("a", 255, "AQAB", "")), 0); /* below 2048 bits */
    assert_int_equal(taken(rsa("a", 1025, "AQAB", "")), 0);
    assert_int_equal(taken(rsa("a", 256, "AQ", "")), 0); /* 1 */
    assert_int_equal(taken(rsa("a", 256, "AAAB", "")), 0);
    assert_int_equal(taken(rsa("a", 256, "BA", "")), 0); /* even */
    assert_int_equal(taken(rsa("a", 256, "____________", "")), 0);
    assert_int_equal(taken(rsa("a", 256, "", "")), 0);
    assert_int_equal(taken(rsa("", 256, "AQAB", "")), 0);
    assert_int_equal(taken(rsa("a", 256, "AQAB", ",\"use\":\"enc\"")), 0);
    assert_int_equal(taken(rsa("a", 256, "AQAB", ",\"alg\":\"PS256\"")), 0);
    assert_int_equal(taken(rsa("a", 256, "AQAB", ",\"alg\":\"HS256\"")), 0);
    assert_int_equal(taken(rsa("a", 256, "AQAB", ",\"key_ops\":[\"encrypt\"]")), 0);
    assert_int_equal(taken(ec("a", "P-384", 48)), 0);
    assert_int_equal(taken(ec("a", "P-256", 33)), 0);
    assert_int_equal(taken(STR("{\"kty\":\"oct\",\"k\":\"AAAA\",\"alg\":\"HS256\"}")), 0);
    assert_int_equal(taken(STR("7,null,[],{}")), 0);
}

static void what_is_no_set(void **state)
{
    static const char *const texts[] = {
        "",
        "[]",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":[]",
        "{\"keys\":[],\"keys\":[]}",
        "{\"keys\":[{\"kid\":\"a\",\"kid\":\"b\"}]}",
    };
    struct jwks set;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(jwks_read(&arena, str_from(texts[i]), &set));
    struct buf many;
    buf_init(&many, 1 << 16);
    buf_str(&many, STR("{\"keys\":[1"));
    for (int i = 0; i < JWKS_KEYS_MAX; i++)
        buf_str(&many, STR(",1"));
    buf_str(&many, STR("]}"));
    assert_false(jwks_read(&arena, buf_view(&many), &set));
    buf_release(&many);
}

static void a_key_is_found_by_name_and_algorithm(void **state)
{
    struct jwks set;
    (void)state;
    struct str one = rsa("a", 256, "AQAB", ""), two = rsa("b", 256, "AQAB", "");
    struct str three = ec("a", "P-256", 32);
    assert_true(jwks_read(&arena,
                          arena_fmt(&arena, "{\"keys\":[%.*s,%.*s,%.*s]}", STR_ARG(one),
                                    STR_ARG(two), STR_ARG(three)),
                          &set));
    assert_ptr_equal(jwks_find(&set, JWS_RS256, STR("b")), &set.keys[1]);
    assert_ptr_equal(jwks_find(&set, JWS_ES256, STR("a")), &set.keys[2]);
    assert_null(jwks_find(&set, JWS_ES256, STR("b")));
    assert_null(jwks_find(&set, JWS_RS256, STR("c")));
    assert_null(jwks_find(&set, JWS_RS256, STR(""))); /* which of the two? */
    assert_ptr_equal(jwks_find(&set, JWS_ES256, STR("")), &set.keys[2]);
}

static void headers(void **state)
{
    static const struct {
        enum token_verdict wanted;
        const char *header;
        size_t signature;
    } rows[] = {
        {TOKEN_GOOD, "{\"alg\":\"RS256\",\"kid\":\"a\",\"typ\":\"JWT\"}", 256},
        {TOKEN_GOOD, "{\"alg\":\"ES256\",\"typ\":\"application/jwt\"}", 64},
        {TOKEN_SIGNATURE, "{\"alg\":\"ES256\"}", 70},
        {TOKEN_SIGNATURE, "{\"alg\":\"RS256\"}", 1025},
        {TOKEN_ALGORITHM, "{\"alg\":\"none\"}", 1},
        {TOKEN_ALGORITHM, "{\"alg\":\"rs256\"}", 256},
        {TOKEN_ALGORITHM, "{\"alg\":\"HS256\"}", 32},
        {TOKEN_ALGORITHM, "{\"alg\":[\"RS256\"]}", 256},
        {TOKEN_ALGORITHM, "{}", 256},
        {TOKEN_TWICE, "{\"alg\":\"RS256\",\"alg\":\"none\"}", 256},
        {TOKEN_TWICE, "{\"alg\":\"RS256\",\"kid\":\"a\",\"\\u006bid\":\"b\"}", 256},
        {TOKEN_TYPE, "{\"alg\":\"RS256\",\"typ\":\"at+jwt\"}", 256},
        {TOKEN_TYPE, "{\"alg\":\"RS256\",\"typ\":\"logout+jwt\"}", 256},
        {TOKEN_TYPE, "{\"alg\":\"RS256\",\"typ\":1}", 256},
        {TOKEN_CRITICAL, "{\"alg\":\"RS256\",\"crit\":[\"b64\"],\"b64\":false}", 256},
        {TOKEN_SHAPE, "{\"alg\":\"RS256\",\"kid\":7}", 256},
        {TOKEN_SHAPE, "{\"alg\":\"RS256\",\"kid\":\"\"}", 256},
        {TOKEN_SHAPE, "\"alg\"", 256},
    };
    struct jws jws;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str head = text_base64url(&arena, str_from(rows[i].header));
        struct str token =
            arena_fmt(&arena, "%.*s.e30.%s", STR_ARG(head), number(rows[i].signature));
        enum token_verdict v = jws_read(&arena, token, JWS_ID_TOKEN, &jws);
        if (v != rows[i].wanted)
            print_error("%s: %s\n", token_verdict_name(v), rows[i].header);
        assert_int_equal(v, rows[i].wanted);
        if (v == TOKEN_GOOD)
            assert_str(jws.payload, "{}");
    }
    struct str head = text_base64url(&arena, STR("{\"alg\":\"ES256\",\"typ\":\"at+JWT\"}"));
    assert_int_equal(jws_read(&arena, arena_fmt(&arena, "%.*s.e30.%s", STR_ARG(head), number(64)),
                              JWS_ACCESS_TOKEN, &jws),
                     TOKEN_GOOD);
}

static void shapes(void **state)
{
#define HEADER "eyJhbGciOiJFUzI1NiJ9"
    static const char *const texts[] = {
        "",
        ".",
        "..",
        "a",
        HEADER,
        HEADER ".e30",
        HEADER ".e30.",
        HEADER "..AAAA",
        ".e30.AAAA",
        HEADER ".e30.AAAA.",
        HEADER ".e30.AAAA.AAAA.AAAA",
        HEADER ".e30=.AAAA",
        HEADER ".e3.AAAA",
        HEADER ".e31.AAAA",
        HEADER ".e30.AA+A",
        " " HEADER ".e30.AAAA",
        HEADER ".e30.AAAA\n",
    };
    struct jws jws;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(jws_read(&arena, str_from(texts[i]), JWS_ID_TOKEN, &jws), TOKEN_SHAPE);
    char *huge = arena_alloc(&arena, JWS_SIZE_MAX + 1);
    memset(huge, 'A', JWS_SIZE_MAX + 1);
    assert_int_equal(jws_read(&arena, str_of(huge, JWS_SIZE_MAX + 1), JWS_ID_TOKEN, &jws),
                     TOKEN_TOO_BIG);
}

static void discovery(void **state)
{
#define DOCUMENT(issuer, token, more)                                                              \
    "{\"issuer\":\"" issuer "\",\"authorization_endpoint\":\"https://a.example/authorize?p=x\","   \
    "\"token_endpoint\":\"" token "\",\"jwks_uri\":\"https://a.example/keys\"" more "}"
    static const struct {
        enum oidc_flaw wanted;
        const char *json;
    } rows[] = {
        {OIDC_FLAW_NONE, DOCUMENT("https://a.example", "https://a.example:8443/t", "")},
        {OIDC_FLAW_JSON, "<html>"},
        {OIDC_FLAW_JSON, DOCUMENT("https://a.example", "https://a.example/t", ",\"issuer\":1")},
        {OIDC_FLAW_ISSUER, DOCUMENT("https://a.example/", "https://a.example/t", "")},
        {OIDC_FLAW_ENDPOINT, DOCUMENT("https://a.example", "http://a.example/t", "")},
        {OIDC_FLAW_ENDPOINT, DOCUMENT("https://a.example", "https://a.example/t#x", "")},
        {OIDC_FLAW_ENDPOINT, DOCUMENT("https://a.example", "https://u:p@a.example/t", "")},
        {OIDC_FLAW_ENDPOINT, DOCUMENT("https://a.example", "https:///t", "")},
        {OIDC_FLAW_ENDPOINT, DOCUMENT("https://a.example", "https://a.example/t\\r\\nX: 1", "")},
        {OIDC_FLAW_ENDPOINT, "{\"issuer\":\"https://a.example\"}"},
    };
    struct oidc_discovery d;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(
            oidc_discovery_read(&arena, str_from(rows[i].json), STR("https://a.example"), &d),
            rows[i].wanted);
    assert_int_equal(oidc_discovery_read(
                         &arena,
                         STR(DOCUMENT("https://a.example", "https://a.example/t",
                                      ",\"end_session_endpoint\":\"https://a.example/out\","
                                      "\"authorization_response_iss_parameter_supported\":true")),
                         STR("https://a.example"), &d),
                     OIDC_FLAW_NONE);
    assert_str(d.end_session, "https://a.example/out");
    assert_true(d.names_itself);
    struct buf url;
    buf_init(&url, 1000);
    const struct oidc_pair pairs[] = {{"a", STR("x y&z")}, {"b", STR("")}, {"c", STR("d")}};
    oidc_url(&url, d.authorize, pairs, 3);
    assert_string_equal(buf_cstring(&url), "https://a.example/authorize?p=x&a=x+y%26z&c=d");
    buf_clear(&url);
    oidc_url(&url, d.end_session, pairs, 3);
    assert_string_equal(buf_cstring(&url), "https://a.example/out?a=x+y%26z&c=d");
    buf_release(&url);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, forget)
    const struct CMUnitTest tests[] = {
        TEST(keys_that_are_taken),
        TEST(keys_that_are_passed_over),
        TEST(what_is_no_set),
        TEST(a_key_is_found_by_name_and_algorithm),
        TEST(headers),
        TEST(shapes),
        TEST(discovery),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
