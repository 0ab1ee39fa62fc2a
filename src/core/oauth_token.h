/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answer of a token endpoint (RFC 6749 §5.1, and Azure's variations): JSON with access_token
 * and expires_in in seconds, a number or, from Azure's machines, text, and in OpenID Connect
 * id_token; or error (§5.2) with error_description. Other members are passed over.
 *
 * Pure. Memory: views into the arena. Threads: safe anywhere.
 */
#ifndef CORE_OAUTH_TOKEN_H
#define CORE_OAUTH_TOKEN_H

#include "base/arena.h"

struct oauth_token {
    struct str access_token; /* printable ASCII; empty when there is none */
    struct str id_token;     /* the same */
    int64_t lifetime_s;      /* 0: not said, or not to be understood */
    struct str error;        /* "invalid_client"; empty when there is none */
    struct str description;  /* for a person, first line only */
};

/* False when it is no JSON object, or says neither a token nor an error. */
bool oauth_token_read(struct arena *a, struct str json, struct oauth_token *out);

#endif
