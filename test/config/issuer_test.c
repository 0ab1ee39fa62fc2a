/* SPDX-License-Identifier: Apache-2.0 */
/* auth.oidc: what an issuer may say, what it means when it says nothing, what is refused and where.
 */
#include "base/buf.h"
#include "config/config.h"
#include "lib/expect.h"

static struct config config;
static struct why why;

#define ENTRY                                                                                      \
    "    - id: entra\n      label: {en: Microsoft, de: Microsoft}\n"                               \
    "      issuer: https://id.example/t/v2.0\n      client_id: c\n"
#define ROLES "      default_role: viewer\n"

static enum err parse(const char *entries)
{
    struct buf text;
    memset(&why, 0, sizeof why);
    buf_init(&text, 1 << 16);
    buf_fmt(&text, "auth:\n  oidc:\n%s", entries);
    enum err e = config_parse(buf_view(&text), "a", NULL, &config, &why);
    buf_release(&text);
    return e;
}

static int forget(void **state)
{
    (void)state;
    config_release(&config);
    return 0;
}

static void what_is_left_out_has_a_default(void **state)
{
    (void)state;
    assert_int_equal(parse(ENTRY ROLES), ERR_NONE);
    assert_int_equal(config.issuers.n, 1);
    const struct issuer *i = issuers_find(&config.issuers, STR("entra"));
    assert_non_null(i);
    assert_null(issuers_find(&config.issuers, STR("other")));
    assert_str(i->issuer, "https://id.example/t/v2.0");
    assert_str(i->client_id, "c");
    assert_str(i->scopes, "openid profile email");
    assert_str(i->secret_file, "");
    assert_str(i->api_audience, "");
    assert_false(i->secret_in_body);
    assert_false(i->mfa_demanded);
    assert_int_equal(i->skew_ms, 120000);
    assert_int_equal(i->otherwise, ROLE_VIEWER);
    assert_int_equal(i->n_roles, 0);
    assert_int_equal(i->n_mfa_claims, 1);
    assert_str(i->mfa_claims[0].claim, "amr");
    assert_str(i->mfa_claims[0].value, "mfa");
}

static void everything_said(void **state)
{
    (void)state;
    assert_int_equal(
        parse(ENTRY "      client_secret_file: /s\n      client_secret_in: body\n"
                    "      scopes: openid\n      clock_skew: 30s\n      mfa: required\n"
                    "      mfa_claims: [{claim: acrs, value: c1}]\n      api_audience: api\n"
                    "      ca_file: /ca\n      roles:\n"
                    "        - {claim: roles, value: Onboarding.Admin, role: administrator}\n"
                    "        - {claim: groups, value: \"8b1c\", role: privacy}\n"
                    "    - {id: google, label: Google, issuer: https://accounts.example, "
                    "client_id: d, default_role: agent, client_key_file: /k, client_key_id: k1}\n"),
        ERR_NONE);
    assert_string_equal(why.detail, "");
    const struct issuer *i = &config.issuers.items[0];
    assert_true(i->secret_in_body);
    assert_true(i->mfa_demanded);
    assert_int_equal(i->skew_ms, 30000);
    assert_int_equal(i->otherwise, CLAIMS_NO_ROLE);
    assert_int_equal(i->n_roles, 2);
    assert_str(i->roles[1].match.claim, "groups");
    assert_str(i->roles[1].match.value, "8b1c");
    assert_int_equal(i->roles[1].role, ROLE_PRIVACY);
    assert_str(i->mfa_claims[0].claim, "acrs");
    assert_str(config.issuers.items[1].key_id, "k1");
}

static void none_at_all(void **state)
{
    (void)state;
    assert_int_equal(parse("    []\n"), ERR_NONE);
    assert_int_equal(config.issuers.n, 0);
}

static void refused(void **state)
{
    static const struct {
        const char *entries, *detail, *hint;
    } rows[] = {
        {"    id: entra\n", "a:3:5: auth.oidc is a list", "Begin each issuer"},
        {"    - entra\n", "a:3:7: an issuer is a map", "Write: - {id: entra"},
        {"    - {id: entra}\n", "a:3:7: this issuer needs “label”", "It takes text"},
        {ENTRY "      clientid: d\n", "a:7:7: an issuer has no “clientid”",
         "Did you mean client_id?"},
        {ENTRY, "a:3:7: roles: nobody could sign in", "default_role"},
        {ENTRY ROLES ENTRY ROLES, "a:8:11: id: it stands in this list twice", ""},
        {"    - {id: A, label: L, issuer: https://i.example, client_id: c, default_role: agent}\n",
         "a:3:12: id: it stands in addresses", "a letter first"},
        {"    - {id: a, label: L, issuer: http://i.example, client_id: c, default_role: agent}\n",
         "a:3:33: issuer: it is not an https URL", "letter by letter"},
        {"    - {id: a, label: L, issuer: \"https://i.example?x\", client_id: c}\n",
         "a:3:33: issuer: it is not an https URL", ""},
        {ENTRY "      scopes: profile\n", "a:7:15: scopes: openid is not among them", ""},
        {ENTRY "      mfa: yes\n", "a:7:12: mfa: it is optional or required", ""},
        {ENTRY "      clock_skew: 1h\n", "a:7:19: clock_skew: it is a time", ""},
        {ENTRY "      default_role: boss\n", "a:7:21: default_role: there is no such role",
         "viewer"},
        {ENTRY "      client_id: \"\"\n", "a:7:7: ", ""},
        {ENTRY "      api_audience: \"\"\n", "a:7:21: “api_audience” takes text", ""},
        {ENTRY ROLES "      client_secret_file: a\n      client_key_file: b\n",
         "more than one file says who we are", "Name one"},
        {ENTRY ROLES "      client_certificate_file: a\n",
         "a:8:32: client_certificate_file: there is no client_key_file", ""},
        {ENTRY ROLES "      client_secret_in: url\n", "a:8:25: client_secret_in: it is header", ""},
        {ENTRY "      roles: all\n", "a:7:14: “roles” is a list of at most 64 rows", ""},
        {ENTRY "      roles: [{claim: roles, value: a}]\n", "a:7:15: a row needs “role”",
         "role: agent"},
        {ENTRY "      roles: [{claim: roles, value: a, role: boss}]\n",
         "a:7:46: there is no role “boss”", "viewer"},
        {ENTRY "      roles: [{claim: roles, values: a, role: agent}]\n",
         "a:7:30: a row has no “values”", ""},
        {ENTRY "      mfa_claims: [{claim: amr, value: mfa, role: agent}]\n",
         "a:7:45: a row has no “role”", ""},
        {ENTRY "      roles: [{claim: roles, value: [a], role: agent}]\n", ": “value” takes a text",
         ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(parse(rows[i].entries), ERR_CONFIG);
        assert_contains(why.detail, rows[i].detail);
        assert_contains(why.hint, rows[i].hint);
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, forget)
    const struct CMUnitTest tests[] = {
        TEST(what_is_left_out_has_a_default),
        TEST(everything_said),
        TEST(none_at_all),
        TEST(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
