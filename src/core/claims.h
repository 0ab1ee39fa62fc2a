/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an issuer says about a person, and whether that is for us: the payload of an ID token
 * (OpenID Connect Core 1.0 §3.1.3.7) whose signature was found good.
 *
 *     iss        exactly the issuer                aud  our client ID, alone or among others;
 *     exp        not over, allowing for skew            then azp is ours too
 *     iat, nbf   not in the future, the same       nonce  the one that this sign-in was begun with
 *     sub        who it is, 1–255 bytes
 *
 * Then two tables of the operator's: a second factor is vouched for when one row of `mfa` matches
 * ({amr, mfa}), and the first row of `roles` that matches gives the role. A row matches when the
 * claim is its value or a list that holds it. The claim email counts only with email_verified:
 * without it people name themselves. When Entra ID leaves a list out for its length (_claim_names,
 * hasgroups), a row that asks for it cannot be answered, and the token is refused rather than given
 * the role of a row below.
 *
 * Pure. Memory: views into the arena. Threads: safe anywhere.
 */
#ifndef CORE_CLAIMS_H
#define CORE_CLAIMS_H

#include "base/arena.h"
#include "core/token_verdict.h"

enum {
    CLAIMS_NO_ROLE = -1,
    CLAIMS_SUBJECT_MAX = 255,
    CLAIMS_NAME_MAX = 200,
    CLAIMS_EMAIL_MAX = 254
};

struct claims_match {
    struct str claim, value; /* "roles", "Onboarding.Agent" */
};

struct claims_role {
    struct claims_match match;
    int role;
};

struct claims_rules {
    struct str issuer, client_id;
    struct str nonce; /* never empty */
    int64_t now_s, skew_s;
    bool mfa_demanded;
    const struct claims_match *mfa;
    size_t n_mfa;
    const struct claims_role *roles;
    size_t n_roles;
    int otherwise; /* the role when no row matches; CLAIMS_NO_ROLE refuses */
};

struct claims {
    struct str subject;
    struct str name;    /* to be shown, never to be believed; empty: not said */
    struct str email;   /* the same */
    struct str session; /* sid; empty: not said */
    int64_t issued_s, expires_s;
    bool mfa;
    int role;
};

/* TOKEN_GOOD with everything in out, or the first thing that is wrong. */
enum token_verdict claims_check(struct arena *a, struct str payload,
                                const struct claims_rules *rules, struct claims *out);

/*
 * An access token for our API (RFC 9068; Entra ID's and others' of that shape): the same rules with
 * the API's own audience and no nonce. *scopes: scope or scp, a list with spaces between, ptr NULL
 * when it says none; roles come from the table, and there may be none.
 */
enum token_verdict claims_check_access(struct arena *a, struct str payload,
                                       const struct claims_rules *rules, struct claims *out,
                                       struct str *scopes);

/* Who a payload says it is from, before anything of it is believed; empty when it does not. */
struct str claims_issuer(struct arena *a, struct str payload);

/* "a" is in "b a c". */
bool claims_has_scope(struct str scopes, struct str wanted);

#endif
