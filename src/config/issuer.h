/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the team signs in elsewhere: auth.oidc, a list of OpenID Connect issuers.
 *
 *     oidc:
 *       - id: entra
 *         label: Microsoft
 *         issuer: https://login.microsoftonline.com/TENANT/v2.0
 *         client_id: 11111111-2222-3333-4444-555555555555
 *         client_assertion_file: /var/run/secrets/azure/tokens/azure-identity-token
 *         roles:
 *           - {claim: roles, value: Onboarding.Agent, role: agent}
 *
 * issuer_keys is the table of what an entry may say; the reference page is made from it. How the
 * server says who it is follows from which file is named: a secret, a key, an assertion that
 * somebody else renews, or none of them.
 *
 * Memory: everything lives in the arena. Threads: constant once read.
 */
#ifndef CONFIG_ISSUER_H
#define CONFIG_ISSUER_H

#include "config/localized.h"
#include "core/access.h"
#include "core/claims.h"

enum { ISSUERS_MAX = 8, ISSUER_ID_MAX = 32, ISSUER_LABEL_MAX = 60, ISSUER_ROWS_MAX = 64 };

struct issuer {
    /* as written; empty when not */
    struct str id, issuer, client_id, secret_file, secret_in, key_file, certificate_file, key_id,
        assertion_file, scopes, default_role, mfa, skew, api_audience, ca_file;
    struct localized label;
    /* what that means */
    bool secret_in_body, mfa_demanded;
    int64_t skew_ms;
    int otherwise; /* enum role, or CLAIMS_NO_ROLE */
    const struct claims_role *roles;
    size_t n_roles;
    const struct claims_match *mfa_claims;
    size_t n_mfa_claims;
};

struct issuers {
    const struct issuer *items;
    size_t n;
};

struct issuer_key {
    const char *name;
    bool required;
    size_t offset;        /* of the text in struct issuer; SIZE_MAX where it is no text */
    const char *fallback; /* as one would write it; NULL: none */
    const char *takes;    /* "a path" */
    const char *about;    /* whole sentences, in Markdown */
};

enum { ISSUER_KEYS = 18 };
extern const struct issuer_key issuer_keys[ISSUER_KEYS];

/* Reads the list; errors as "name:line:column: …". */
enum err issuers_read(struct arena *a, const struct tree *node, const char *name,
                      struct issuers *out, struct why *why);

/* The one of that id; NULL: none. */
const struct issuer *issuers_find(const struct issuers *all, struct str id);

#endif
