/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an issuer says about itself at ISSUER/.well-known/openid-configuration (OpenID Connect
 * Discovery 1.0 §3, §4.3), and the addresses that a browser is sent to.
 *
 * Taken are https URLs of printable ASCII without a fragment, at most OIDC_URL_MAX bytes; the
 * issuer in the document must be the one that was asked, letter by letter.
 *
 * Pure. Memory: views into the arena; addresses are appended to a buf. Threads: safe anywhere.
 */
#ifndef CORE_OIDC_DISCOVERY_H
#define CORE_OIDC_DISCOVERY_H

#include "base/arena.h"
#include "base/buf.h"

enum { OIDC_URL_MAX = 2048, OIDC_DISCOVERY_MAX = 256 * 1024, OIDC_PAIRS_MAX = 12 };

struct oidc_discovery {
    struct str authorize, token, keys; /* URLs */
    struct str end_session;            /* empty: it has none */
    bool names_itself;                 /* iss is in its answers: RFC 9207 */
};

enum oidc_flaw {
    OIDC_FLAW_NONE,
    OIDC_FLAW_JSON,     /* no JSON object, or a member twice */
    OIDC_FLAW_ISSUER,   /* another issuer */
    OIDC_FLAW_ENDPOINT, /* authorization, token or keys are missing, or no https URL */
};

enum oidc_flaw oidc_discovery_read(struct arena *a, struct str json, struct str issuer,
                                   struct oidc_discovery *out);

/* An https URL as above. */
bool oidc_is_url(struct str url);

/* base with "?name=value&…" behind it, or "&…" where it has a query. Empty values are left out. */
struct oidc_pair {
    const char *name;
    struct str value;
};
void oidc_url(struct buf *out, struct str base, const struct oidc_pair *pairs, size_t n);

#endif
