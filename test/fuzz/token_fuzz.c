/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that comes with a sign-in from outside; the first byte says which: a compact token,
 * the claims in one, a set of keys, a discovery document. */
#include "base/must.h"
#include "core/claims.h"
#include "core/jwks.h"
#include "core/oidc_discovery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_token(struct arena *a, struct str text)
{
    struct jws jws;
    if (jws_read(a, text, JWS_ACCESS_TOKEN, &jws) != TOKEN_GOOD)
        return;
    must(jws.algorithm < JWS_ALGORITHMS && jws.signature.len > 0);
    must(str_starts(text, jws.signed_bytes) && text.ptr[jws.signed_bytes.len] == '.');
}

static void read_claims(struct arena *a, struct str text)
{
    static const struct claims_match mfa[] = {{STR_INIT("amr"), STR_INIT("mfa")}};
    static const struct claims_role roles[] = {{{STR_INIT("groups"), STR_INIT("g")}, 1},
                                               {{STR_INIT("email"), STR_INIT("e")}, 2}};
    const struct claims_rules rules = {
        .issuer = STR("https://i"),
        .client_id = STR("c"),
        .nonce = STR("n"),
        .now_s = 1000,
        .skew_s = 100,
        .mfa = mfa,
        .n_mfa = 1,
        .roles = roles,
        .n_roles = 2,
        .otherwise = CLAIMS_NO_ROLE,
    };
    struct claims c;
    struct str scopes;
    if (claims_check(a, text, &rules, &c) == TOKEN_GOOD) {
        must(c.role == 1 || c.role == 2);
        must(c.subject.len > 0 && c.subject.len <= CLAIMS_SUBJECT_MAX);
        must(c.name.len <= CLAIMS_NAME_MAX * 3 && c.email.len <= CLAIMS_EMAIL_MAX);
        must(c.expires_s > 900 && c.issued_s <= 1100);
        must(claims_check_access(a, text, &rules, &c, &scopes) == TOKEN_TYPE);
    }
}

static void read_keys(struct arena *a, struct str text)
{
    struct jwks set;
    if (!jwks_read(a, text, &set))
        return;
    must(set.n <= JWKS_KEYS_MAX);
    for (size_t i = 0; i < set.n; i++) {
        must(set.keys[i].a.len >= 32 && set.keys[i].b.len > 0);
        must(jwks_find(&set, set.keys[i].algorithm, set.keys[i].key_id) ||
             set.keys[i].key_id.len == 0);
    }
}

static void read_discovery(struct arena *a, struct str text)
{
    struct oidc_discovery d;
    if (oidc_discovery_read(a, text, STR("https://i"), &d) == OIDC_FLAW_NONE)
        must(oidc_is_url(d.authorize) && oidc_is_url(d.token) && oidc_is_url(d.keys));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(struct arena *, struct str) = {read_token, read_claims,
                                                                  read_keys, read_discovery};
    struct arena a = ARENA_INIT;
    if (size > 0)
        readers[data[0] & 3](&a, str_of(data + 1, size - 1));
    arena_release(&a);
    return 0;
}
