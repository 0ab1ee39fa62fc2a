/* SPDX-License-Identifier: Apache-2.0 */
/* Access tokens that programs bring: checked on a loop, by the keys at hand. */
#include "base/clock.h"
#include "net/oidc_inner.h"

/* A copy of the key that a token names. ERR_BUSY: it may be there after a refresh; ERR_MISSING. */
static enum err key_at_hand(struct oidc *o, struct arena *a, const struct jws *jws, struct jwk *out,
                            bool *refresh)
{
    int64_t now = clock_monotonic_ms();
    pthread_mutex_lock(&o->lock);
    const struct jwk *key = o->has_keys ? jwks_find(&o->keys, jws->algorithm, jws->key_id) : NULL;
    if (o->has_keys && !key && now >= o->again_from) {
        o->again_from = now + OIDC_KEYS_AGAIN_MS;
        o->keys_until = now;
    }
    bool stale = !o->has_keys || now >= o->keys_until;
    *refresh = stale && now >= o->refresh_from;
    if (*refresh)
        o->refresh_from = now + OIDC_REFRESH_MS;
    if (key)
        *out = (struct jwk){key->algorithm, arena_str(a, key->key_id), arena_str(a, key->a),
                            arena_str(a, key->b)};
    pthread_mutex_unlock(&o->lock);
    return key ? ERR_NONE : stale ? ERR_BUSY : ERR_MISSING;
}

enum err oidc_access(struct oidc *o, struct arena *a, struct str token, int64_t now_ms,
                     struct claims *out, struct str *scopes, enum token_verdict *verdict,
                     bool *refresh, struct why *why)
{
    struct jws jws;
    struct jwk key;
    *out = (struct claims){.role = CLAIMS_NO_ROLE};
    *scopes = STR_EMPTY;
    *refresh = false;
    if (o->options.api_audience.len == 0)
        return oidc_not_good(TOKEN_AUDIENCE, verdict, why);
    *verdict = jws_read(a, token, JWS_ACCESS_TOKEN, &jws);
    if (*verdict != TOKEN_GOOD)
        return oidc_not_good(*verdict, verdict, why);
    enum err e = key_at_hand(o, a, &jws, &key, refresh);
    if (e == ERR_BUSY)
        return err_set(why, ERR_BUSY, "check an access token", "the issuer's keys are not here");
    if (e == ERR_MISSING)
        return oidc_not_good(TOKEN_KEY_UNKNOWN, verdict, why);
    if (!signature_is_good(&key, jws.signed_bytes, jws.signature))
        return oidc_not_good(TOKEN_SIGNATURE, verdict, why);
    struct claims_rules rules = oidc_rules(o, now_ms);
    rules.client_id = o->options.api_audience;
    enum token_verdict v = claims_check_access(a, jws.payload, &rules, out, scopes);
    return v == TOKEN_GOOD ? ERR_NONE : oidc_not_good(v, verdict, why);
}
