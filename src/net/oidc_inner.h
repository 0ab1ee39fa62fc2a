/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of net/oidc.h share. Who holds `calling` may ask the issuer, which takes its time;
 * what is kept of its answers is changed by who holds both, and read by who holds either. The times
 * belong to `lock`, but for away_until, which belongs to `calling`, and discovery_until, which is
 * kept as the answers are.
 */
#ifndef NET_OIDC_INNER_H
#define NET_OIDC_INNER_H

#include "core/oauth_token.h"
#include "core/oidc_discovery.h"
#include "net/fetch.h"
#include "net/oidc.h"
#include "net/signature.h"

#include <pthread.h>

#define OIDC_SECRET_OP "read the client's secret"

struct oidc {
    struct oidc_options options;
    struct fetch *fetch;
    pthread_mutex_t calling;
    pthread_mutex_t lock; /* for moments only, so that a loop may take it */

    struct arena discovery_arena, keys_arena; /* what is kept */
    struct oidc_discovery discovery;
    struct jwks keys;
    bool has_discovery, has_keys;
    /* monotonic ms */
    int64_t discovery_until, keys_until; /* then they are fetched again */
    int64_t again_from;                  /* not fetched for an unknown key before */
    int64_t refresh_from;                /* nobody is told to refresh before */
    int64_t away_until;                  /* nobody answered: not asked before */
    struct why away;                     /* what was said then */
};

/* A URL's text. Past a failure it says the same until away_until. */
enum err oidc_get(struct oidc *o, struct str url, struct fetch_answer *answer, struct why *why);

/* Its addresses, of late or, while it is away, of earlier. */
enum err oidc_need_discovery(struct oidc *o, struct why *why);

/* The key that a token names; *key is NULL when the issuer has none of that name. */
enum err oidc_need_key(struct oidc *o, const struct jws *jws, const struct jwk **key,
                       struct why *why);

/* The code, exchanged at the token endpoint. */
enum err oidc_exchange(struct oidc *o, struct arena *a, const struct oidc_finish *finish,
                       struct oauth_token *out, struct why *why);

/* It did not answer: remembered. Returns e. */
enum err oidc_away(struct oidc *o, enum err e, const struct why *why);

/* What the token must say, but for the nonce. */
struct claims_rules oidc_rules(const struct oidc *o, int64_t now_ms);

/* ERR_INPUT with the verdict's words. */
enum err oidc_not_good(enum token_verdict v, enum token_verdict *out, struct why *why);

#endif
