/* SPDX-License-Identifier: Apache-2.0 */
#include "net/oidc.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/must.h"
#include "base/text.h"
#include "net/oidc_inner.h"

#include <mbedtls/sha256.h>

enum { ADDRESS_MAX = 8192 };

static const char op_look[] = "read what the issuer publishes";

/* ---- opened and closed ------------------------------------------------------------------------*/

enum err oidc_open(const struct oidc_options *options, struct oidc **out, struct why *why)
{
    struct oidc *o = calloc(1, sizeof *o);
    must(o);
    *out = NULL;
    o->options = *options;
    pthread_mutex_init(&o->calling, NULL);
    pthread_mutex_init(&o->lock, NULL);
    enum err e = fetch_open(&(struct fetch_options){.ca_file = options->ca_file}, &o->fetch, why);
    if (e == ERR_NONE && options->client == OIDC_KEY)
        e = signing_key_open(options->key_file, options->certificate_file, &o->key, why);
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
    signing_key_free(o->key);
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

/* ---- what it publishes ------------------------------------------------------------------------*/

enum err oidc_away(struct oidc *o, enum err e, const struct why *why)
{
    o->away_until = clock_monotonic_ms() + OIDC_AWAY_MS;
    o->away = why ? *why : (struct why){0};
    return e;
}

enum err oidc_get(struct oidc *o, struct str url, struct fetch_answer *answer, struct why *why)
{
    struct why said = {0};
    const struct fetch_header header = {STR("Accept"), STR("application/json")};
    const struct fetch_request request = {
        .method = "GET",
        .url = url,
        .headers = &header,
        .n_headers = 1,
        .whole_ms = OIDC_CALL_MS,
        .text_max = OIDC_DISCOVERY_MAX + 1,
    };
    if (clock_monotonic_ms() < o->away_until) {
        if (why)
            *why = o->away;
        return ERR_NETWORK;
    }
    enum err e = fetch_send(o->fetch, &request, answer, &said);
    if (e == ERR_NONE && answer->status != 200) {
        e = err_set(&said, ERR_NETWORK, op_look, "%.*s: it answers %d", STR_ARG(url),
                    answer->status);
        err_hint(&said, "Compare the option issuer with what the provider documents.");
    }
    if (e != ERR_NONE)
        e = oidc_away(o, ERR_NETWORK, &said);
    if (why)
        *why = said;
    return e;
}

static enum err check_ports(struct oidc *o, const struct oidc_discovery *d, struct why *why)
{
    const struct str urls[] = {d->token, d->keys};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        uint16_t port = fetch_port(urls[i]);
        if (port != 443 && port != fetch_port(o->options.issuer))
            return err_set(why, ERR_DATA, op_look,
                           "%.*s: it is on another port than 443 and the issuer's",
                           STR_ARG(urls[i]));
    }
    return ERR_NONE;
}

static enum err fetch_discovery(struct oidc *o, struct arena *a, struct oidc_discovery *out,
                                struct fetch_answer *answer, struct why *why)
{
    static const struct {
        const char *what, *hint;
    } flaws[] = {
        [OIDC_FLAW_NONE] = {"", ""},
        [OIDC_FLAW_JSON] = {"it is no discovery document",
                            "Compare the option issuer with what the provider documents."},
        [OIDC_FLAW_ISSUER] = {"it is the document of another issuer",
                              "Write the option issuer as the document does, letter by letter."},
        [OIDC_FLAW_ENDPOINT] = {"an address in it is missing or does not begin with https://", ""},
    };
    struct str issuer = o->options.issuer;
    const char *slash = str_ends(issuer, STR("/")) ? "" : "/";
    struct str url = arena_fmt(a, "%.*s%s.well-known/openid-configuration", STR_ARG(issuer), slash);
    enum err e = oidc_get(o, url, answer, why);
    if (e != ERR_NONE)
        return e;
    enum oidc_flaw flaw = oidc_discovery_read(a, answer->text, issuer, out);
    if (flaw == OIDC_FLAW_NONE)
        return check_ports(o, out, why);
    e = err_set(why, ERR_DATA, op_look, "%.*s: %s", STR_ARG(url), flaws[flaw].what);
    if (*flaws[flaw].hint)
        err_hint(why, "%s", flaws[flaw].hint);
    return e;
}

/* Its addresses, of late or, while it is away, of earlier. */
static enum err need_discovery(struct oidc *o, struct why *why)
{
    struct arena a = ARENA_INIT;
    struct oidc_discovery found;
    struct fetch_answer answer;
    if (o->has_discovery && clock_monotonic_ms() < o->discovery_until)
        return ERR_NONE;
    enum err e = fetch_discovery(o, &a, &found, &answer, why);
    if (e != ERR_NONE) {
        arena_release(&a);
        return o->has_discovery ? ERR_NONE : e;
    }
    pthread_mutex_lock(&o->lock);
    arena_release(&o->discovery_arena);
    o->discovery_arena = a;
    o->discovery = found;
    o->has_discovery = true;
    o->discovery_until = clock_monotonic_ms() + OIDC_DISCOVERY_MS;
    pthread_mutex_unlock(&o->lock);
    return ERR_NONE;
}

static enum err fetch_keys(struct oidc *o, struct why *why)
{
    struct arena a = ARENA_INIT;
    struct jwks found = {0};
    struct fetch_answer answer;
    enum err e = oidc_get(o, o->discovery.keys, &answer, why);
    if (e == ERR_NONE && !jwks_read(&a, answer.text, &found))
        e = err_set(why, ERR_DATA, op_look, "%.*s: it is no set of keys",
                    STR_ARG(o->discovery.keys));
    else if (e == ERR_NONE && found.n == 0)
        e = err_set(why, ERR_DATA, op_look, "%.*s: there is no key for RS256 or ES256",
                    STR_ARG(o->discovery.keys));
    if (e != ERR_NONE) {
        arena_release(&a);
        return e;
    }
    pthread_mutex_lock(&o->lock);
    arena_release(&o->keys_arena);
    o->keys_arena = a;
    o->keys = found;
    o->has_keys = true;
    o->keys_until = clock_monotonic_ms() + OIDC_KEYS_MS;
    pthread_mutex_unlock(&o->lock);
    return ERR_NONE;
}

/* May the keys be fetched for one that is not among them? */
static bool may_ask_again(struct oidc *o, int64_t now)
{
    pthread_mutex_lock(&o->lock);
    bool may = now >= o->again_from;
    if (may)
        o->again_from = now + OIDC_KEYS_AGAIN_MS;
    pthread_mutex_unlock(&o->lock);
    return may;
}

static bool are_stale(struct oidc *o, int64_t now)
{
    pthread_mutex_lock(&o->lock);
    bool stale = !o->has_keys || now >= o->keys_until;
    pthread_mutex_unlock(&o->lock);
    return stale;
}

/* *key is NULL when the issuer has none of that name. */
static enum err need_key(struct oidc *o, const struct jws *jws, const struct jwk **key,
                         struct why *why)
{
    int64_t now = clock_monotonic_ms();
    enum err e = are_stale(o, now) ? fetch_keys(o, why) : ERR_NONE;
    *key = NULL;
    if (e != ERR_NONE && !o->has_keys)
        return e;
    *key = jwks_find(&o->keys, jws->algorithm, jws->key_id);
    if (!*key && may_ask_again(o, now) && fetch_keys(o, why) == ERR_NONE)
        *key = jwks_find(&o->keys, jws->algorithm, jws->key_id);
    return ERR_NONE;
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

enum err oidc_begin(struct oidc *o, struct arena *a, const struct oidc_begin *begin,
                    struct str *url, struct why *why)
{
    unsigned char digest[32];
    struct str acr, claims;
    struct buf text;
    *url = STR_EMPTY;
    mbedtls_sha256((const unsigned char *)begin->verifier.ptr, begin->verifier.len, digest, 0);
    ask_for_mfa(&o->options.rules, a, &acr, &claims);
    pthread_mutex_lock(&o->calling);
    enum err e = need_discovery(o, why);
    if (e == ERR_NONE) {
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
        if (buf_ok(&text))
            *url = arena_str(a, buf_view(&text));
        else
            e = err_set(why, ERR_TOO_BIG, "begin a sign-in", "the address is too long");
        buf_release(&text);
    }
    pthread_mutex_unlock(&o->calling);
    return e;
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
    enum err e = need_key(o, jws, &key, why);
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
    enum err e = need_discovery(o, why);
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

enum err oidc_refresh(struct oidc *o, struct why *why)
{
    pthread_mutex_lock(&o->calling);
    enum err e = need_discovery(o, why);
    if (e == ERR_NONE)
        e = fetch_keys(o, why);
    pthread_mutex_unlock(&o->calling);
    return e;
}

enum err oidc_look(struct oidc *o, struct oidc_look *out, struct why *why)
{
    struct arena a = ARENA_INIT;
    struct oidc_discovery found;
    struct fetch_answer answer = {0};
    *out = (struct oidc_look){.clock_ms = INT64_MIN};
    pthread_mutex_lock(&o->calling);
    enum err e = fetch_discovery(o, &a, &found, &answer, why);
    if (answer.date_ms)
        out->clock_ms = answer.date_ms - clock_wall_ms();
    if (e == ERR_NONE) {
        o->discovery_until = 0;
        e = need_discovery(o, why);
    }
    if (e == ERR_NONE)
        e = fetch_keys(o, why);
    out->keys = o->keys.n;
    pthread_mutex_unlock(&o->calling);
    arena_release(&a);
    return e;
}
