/* SPDX-License-Identifier: Apache-2.0 */
/* What an issuer publishes: fetched, kept, fetched anew. */
#include "base/clock.h"
#include "net/oidc_inner.h"

static const char op_look[] = "read what the issuer publishes";

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

enum err oidc_need_discovery(struct oidc *o, struct why *why)
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

enum err oidc_need_key(struct oidc *o, const struct jws *jws, const struct jwk **key,
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

enum err oidc_refresh(struct oidc *o, struct why *why)
{
    pthread_mutex_lock(&o->calling);
    enum err e = oidc_need_discovery(o, why);
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
        pthread_mutex_lock(&o->lock);
        o->discovery_until = 0;
        pthread_mutex_unlock(&o->lock);
        e = oidc_need_discovery(o, why);
    }
    if (e == ERR_NONE)
        e = fetch_keys(o, why);
    out->keys = o->keys.n;
    pthread_mutex_unlock(&o->calling);
    arena_release(&a);
    return e;
}
