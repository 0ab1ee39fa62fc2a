/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing in at an OpenID Connect provider: the authorization code flow with PKCE (OpenID Connect
 * Core 1.0 §3.1, RFC 6749 §4.1, RFC 7636), as a confidential client or a public one.
 *
 *     oidc_begin   a browser is sent there with state, nonce and the verifier's digest
 *     oidc_finish  its code becomes an ID token, and that the claims that we believe
 *     oidc_access  an access token that somebody brings to our API
 *     oidc_leave   the address that ends the session there
 *
 * What the issuer publishes is fetched when it is first needed and kept: its addresses for
 * OIDC_DISCOVERY_MS, its keys for OIDC_KEYS_MS, both for longer while it does not answer. A key
 * that is not known makes the keys be fetched again, once in OIDC_KEYS_AGAIN_MS. Who did not answer
 * is not asked for OIDC_AWAY_MS.
 *
 * The calls block, for OIDC_CALL_MS a request, but for oidc_begin_now, oidc_access and oidc_leave:
 * never on a loop. Errors: ERR_NETWORK the issuer is away · ERR_DATA what it publishes is of no use
 * · ERR_REFUSED it does not take us or the code · ERR_INPUT the token is not for us, *verdict says
 * why. Threads: any; one issuer is asked by one at a time. oidc_open belongs before the sandbox.
 */
#ifndef NET_OIDC_H
#define NET_OIDC_H

#include "base/arena.h"
#include "base/err.h"
#include "core/claims.h"

enum {
    OIDC_DISCOVERY_MS = 12 * 3600 * 1000,
    OIDC_KEYS_MS = 3600 * 1000,
    OIDC_KEYS_AGAIN_MS = 60 * 1000,
    OIDC_AWAY_MS = 5 * 1000,
    OIDC_CALL_MS = 5 * 1000, /* a stop waits for it: less than server.drain_time */
    OIDC_REFRESH_MS = 1000,
    OIDC_PORTS = 3,
};

enum oidc_client {
    OIDC_PUBLIC,       /* nothing but PKCE */
    OIDC_SECRET_BASIC, /* client_secret_basic */
    OIDC_SECRET_POST,  /* client_secret_post */
    OIDC_KEY,          /* private_key_jwt */
    OIDC_WORKLOAD,     /* an assertion that somebody else writes into a file: Workload Identity */
};

/* Texts live longer than the issuer; the tables of rules too. */
struct oidc_options {
    struct str issuer, client_id, scopes; /* scopes with spaces between, openid among them */
    struct str ca_file;
    enum oidc_client client;
    struct str secret_file;                /* OIDC_SECRET_… */
    struct str key_file, certificate_file; /* OIDC_KEY; the certificate may be empty */
    struct str key_id;                     /* the same: kid, may be empty */
    struct str assertion_file;             /* OIDC_WORKLOAD */
    struct str api_audience;               /* of access tokens; empty: they are not taken */
    struct claims_rules rules; /* mfa, roles, otherwise, skew_s; the rest is filled here */
};

struct oidc;

enum err oidc_open(const struct oidc_options *options, struct oidc **out, struct why *why);
void oidc_free(struct oidc *o); /* NULL is fine */
void oidc_stop(struct oidc *o); /* what is under way ends within about a second */

/* The ports that it calls: its own, 443 and the proxy's. Returns how many. */
size_t oidc_ports(const struct oidc *o, uint16_t out[OIDC_PORTS]);

struct oidc_begin {
    struct str redirect_uri, state, nonce, verifier;
};

struct oidc_finish {
    struct str redirect_uri, code, nonce, verifier;
    struct str issuer; /* iss of the answer; empty: not said */
    int64_t now_ms;    /* wall time */
};

/* The address to send the browser to. */
enum err oidc_begin(struct oidc *o, struct arena *a, const struct oidc_begin *begin,
                    struct str *url, struct why *why);

/* The same by what is at hand, without blocking; false when the issuer has to be asked. */
bool oidc_begin_now(struct oidc *o, struct arena *a, const struct oidc_begin *begin,
                    struct str *url);

/* Who came back. *verdict is TOKEN_GOOD unless ERR_INPUT is returned. */
enum err oidc_finish(struct oidc *o, struct arena *a, const struct oidc_finish *finish,
                     struct claims *out, enum token_verdict *verdict, struct why *why);

/*
 * Who asks with that token, and for what; by the keys at hand, so it does not block. ERR_BUSY: they
 * are not here, or the token's is not among them and may be new. *refresh: call oidc_refresh, on a
 * thread that may block; told once in OIDC_REFRESH_MS at most.
 */
enum err oidc_access(struct oidc *o, struct arena *a, struct str token, int64_t now_ms,
                     struct claims *out, struct str *scopes, enum token_verdict *verdict,
                     bool *refresh, struct why *why);

/* Fetches what it publishes anew. */
enum err oidc_refresh(struct oidc *o, struct why *why);

/* Where the session there is ended, coming back to return_url; empty when the provider has no such
 * address or it is not known now. Does not block. */
struct str oidc_leave(struct oidc *o, struct arena *a, struct str return_url);

/* For anteroom doctor: what it publishes, fetched anew. */
struct oidc_look {
    size_t keys;      /* that can be used */
    int64_t clock_ms; /* how far its clock is ahead of ours; INT64_MIN: not said */
};
enum err oidc_look(struct oidc *o, struct oidc_look *out, struct why *why);

#endif
