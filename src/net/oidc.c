/* SPDX-License-Identifier: Apache-2.0 */
#include "net/oidc.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/must.h"
#include "base/secret_file.h"
#include "base/text.h"
#include "net/oidc_inner.h"

#include <mbedtls/sha256.h>

enum { ADDRESS_MAX = 8192 };

/* ---- opened and closed ------------------------------------------------------------------------*/

/* What is wrong with them is said at the start, not at the first sign-in. */
static enum err check_files(const struct oidc_options *options, struct why *why)
{
    struct arena a = ARENA_INIT;
    struct str secret;
    struct signing_key *key = NULL;
    enum err e = secret_file_read(&a, options->secret_file, OIDC_SECRET_OP, &secret, why);
    if (e == ERR_NONE && options->client == OIDC_KEY)
        e = signing_key_open(options->key_file, options->certificate_file, &key, why);
    signing_key_free(key);
    arena_release(&a);
    return e;
}

enum err oidc_open(const struct oidc_options *options, struct oidc **out, struct why *why)
{
    struct oidc *o = calloc(1, sizeof *o);
    must(o);
    *out = NULL;
    o->options = *options;
    pthread_mutex_init(&o->calling, NULL);
    pthread_mutex_init(&o->lock, NULL);
    enum err e = fetch_open(&(struct fetch_options){.ca_file = options->ca_file}, &o->fetch, why);
    if (e == ERR_NONE)
        e = check_files(options, why);
    if (e != ERR_NONE) {
        oidc_free(o);
        return e;
    }
    *out = o;
    return ERR_NONE;
}

void oidc_free(struct oidc *o)
{
    if (!o)
        return;
    fetch_free(o->fetch);
    arena_release(&o->discovery_arena);
    arena_release(&o->keys_arena);
    pthread_mutex_destroy(&o->calling);
    pthread_mutex_destroy(&o->lock);
    free(o);
}

void oidc_stop(struct oidc *o)
{
    fetch_stop(o->fetch);
}

size_t oidc_ports(const struct oidc *o, uint16_t out[OIDC_PORTS])
{
    size_t n = 0;
    out[n++] = 443;
    if (fetch_port(o->options.issuer) != 443)
        out[n++] = fetch_port(o->options.issuer);
    if (fetch_proxy_port())
        out[n++] = fetch_proxy_port();
    return n;
}

/* ---- a sign-in --------------------------------------------------------------------------------*/

/* What the operator takes for a second factor is asked for: acr by its own parameter, others but
 * amr, which cannot be asked for, by the claims parameter (OpenID Connect Core §5.5). */
static void ask_for_mfa(const struct claims_rules *rules, struct arena *a, struct str *acr,
                        struct str *claims)
{
    *acr = *claims = STR_EMPTY;
    for (size_t i = 0; rules->mfa_demanded && i < rules->n_mfa; i++) {
        const struct claims_match *row = &rules->mfa[i];
        if (str_eq(row->claim, STR("acr")) && acr->len == 0) {
            *acr = row->value;
        } else if (!str_eq(row->claim, STR("amr")) && claims->len == 0) {
            struct buf text;
            struct json j;
            buf_init(&text, OIDC_URL_MAX);
            json_init(&j, &text);
            json_object(&j, NULL);
            json_object(&j, "id_token");
            json_object(&j, arena_str(a, row->claim).ptr);
            json_bool(&j, "essential", true);
            json_str(&j, "value", row->value);
            json_end(&j);
            json_end(&j);
            json_end(&j);
            *claims = arena_str(a, buf_view(&text));
            buf_release(&text);
        }
    }
}

/* By the addresses at hand. */
static enum err begin_at(const struct oidc *o, struct arena *a, const struct oidc_begin *begin,
                         struct str *url, struct why *why)
{
    unsigned char digest[32];
    struct str acr, claims;
    struct buf text;
    mbedtls_sha256((const unsigned char *)begin->verifier.ptr, begin->verifier.len, digest, 0);
    ask_for_mfa(&o->options.rules, a, &acr, &claims);
    const struct oidc_pair pairs[] = {
        {"response_type", STR("code")},
        {"client_id", o->options.client_id},
        {"redirect_uri", begin->redirect_uri},
        {"scope", o->options.scopes},
        {"state", begin->state},
        {"nonce", begin->nonce},
        {"code_challenge", text_base64url(a, str_of(digest, sizeof digest))},
        {"code_challenge_method", STR("S256")},
        {"acr_values", acr},
        {"claims", claims},
    };
    buf_init(&text, ADDRESS_MAX);
    oidc_url(&text, o->discovery.authorize, pairs, sizeof pairs / sizeof *pairs);
    bool fits = buf_ok(&text);
    if (fits)
        *url = arena_str(a, buf_view(&text));
    buf_release(&text);
    return fits ? ERR_NONE
                : err_set(why, ERR_TOO_BIG, "begin a sign-in", "the address is too long");
}

enum err oidc_begin(struct oidc *o, struct arena *a, const struct oidc_begin *begin,
                    struct str *url, struct why *why)
{
    *url = STR_EMPTY;
    pthread_mutex_lock(&o->calling);
    enum err e = oidc_need_discovery(o, why);
    if (e == ERR_NONE)
        e = begin_at(o, a, begin, url, why);
    pthread_mutex_unlock(&o->calling);
    return e;
}

bool oidc_begin_now(struct oidc *o, struct arena *a, const struct oidc_begin *begin,
                    struct str *url)
{
    *url = STR_EMPTY;
    pthread_mutex_lock(&o->lock);
    bool fresh = o->has_discovery && clock_monotonic_ms() < o->discovery_until &&
                 begin_at(o, a, begin, url, NULL) == ERR_NONE;
    pthread_mutex_unlock(&o->lock);
    return fresh;
}

enum err oidc_not_good(enum token_verdict v, enum token_verdict *out, struct why *why)
{
    *out = v;
    err_set(why, ERR_INPUT, "take a token of the issuer", "%s", token_verdict_name(v));
    err_hint(why, "%s", token_verdict_text(v));
    return ERR_INPUT;
}

/* A key of the issuer has signed it. */
static enum err check_signature(struct oidc *o, struct arena *a, struct str token, struct jws *jws,
                                enum token_verdict *verdict, struct why *why)
{
    const struct jwk *key;
    *verdict = jws_read(a, token, JWS_ID_TOKEN, jws);
    if (*verdict != TOKEN_GOOD)
        return oidc_not_good(*verdict, verdict, why);
    enum err e = oidc_need_key(o, jws, &key, why);
    if (e != ERR_NONE)
        return e;
    if (!key)
        return oidc_not_good(TOKEN_KEY_UNKNOWN, verdict, why);
    if (!signature_is_good(key, jws->signed_bytes, jws->signature))
        return oidc_not_good(TOKEN_SIGNATURE, verdict, why);
    return ERR_NONE;
}

struct claims_rules oidc_rules(const struct oidc *o, int64_t now_ms)
{
    struct claims_rules rules = o->options.rules;
    rules.issuer = o->options.issuer;
    rules.client_id = o->options.client_id;
    rules.now_s = now_ms / 1000;
    return rules;
}

enum err oidc_finish(struct oidc *o, struct arena *a, const struct oidc_finish *finish,
                     struct claims *out, enum token_verdict *verdict, struct why *why)
{
    struct oauth_token said;
    struct jws jws;
    *out = (struct claims){.role = CLAIMS_NO_ROLE};
    *verdict = TOKEN_GOOD;
    pthread_mutex_lock(&o->calling);
    enum err e = oidc_need_discovery(o, why);
    /* An answer of somebody else (RFC 9207): its code would be carried to the wrong place. */
    if (e == ERR_NONE && !str_eq(finish->issuer, o->options.issuer) &&
        (finish->issuer.len || o->discovery.names_itself))
        e = oidc_not_good(TOKEN_ISSUER, verdict, why);
    if (e == ERR_NONE)
        e = oidc_exchange(o, a, finish, &said, why);
    if (e == ERR_NONE)
        e = check_signature(o, a, said.id_token, &jws, verdict, why);
    pthread_mutex_unlock(&o->calling);
    if (e != ERR_NONE)
        return e;
    struct claims_rules rules = oidc_rules(o, finish->now_ms);
    rules.nonce = finish->nonce;
    enum token_verdict v = claims_check(a, jws.payload, &rules, out);
    return v == TOKEN_GOOD ? ERR_NONE : oidc_not_good(v, verdict, why);
}

struct str oidc_leave(struct oidc *o, struct arena *a, struct str return_url)
{
    struct str url = STR_EMPTY;
    pthread_mutex_lock(&o->lock);
    if (o->has_discovery && o->discovery.end_session.len) {
        struct buf text;
        const struct oidc_pair pairs[] = {{"client_id", o->options.client_id},
                                          {"post_logout_redirect_uri", return_url}};
        buf_init(&text, ADDRESS_MAX);
        oidc_url(&text, o->discovery.end_session, pairs, sizeof pairs / sizeof *pairs);
        url = arena_str(a, buf_view(&text));
        buf_release(&text);
    }
    pthread_mutex_unlock(&o->lock);
    return url;
}
