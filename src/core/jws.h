/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signed token in its compact form (RFC 7515 §3.1, RFC 7519):
 *
 *     base64url( header ) "." base64url( payload ) "." base64url( signature )
 *
 * The header decides nothing but which of the issuer's keys is asked: alg is RS256 or ES256, kid
 * is a name to look up, typ must be the kind that is expected, crit is refused; what it says about
 * keys (jwk, jku, x5c, x5u) is not looked at. Whether the signature is good: net/signature.h; what
 * the payload says: core/claims.h.
 *
 * Pure. Memory: views into the token and the arena. Threads: safe anywhere.
 */
#ifndef CORE_JWS_H
#define CORE_JWS_H

#include "base/arena.h"
#include "core/token_verdict.h"

enum { JWS_SIZE_MAX = 32 * 1024, JWS_KEY_ID_MAX = 256, JWS_ES256_SIZE = 64, JWS_RSA_MAX = 1024 };

enum jws_algorithm {
    JWS_RS256, /* RSASSA-PKCS1-v1_5 with SHA-256 */
    JWS_ES256, /* ECDSA over P-256 with SHA-256; r ‖ s, 32 bytes each */
    JWS_ALGORITHMS
};

enum jws_kind {
    JWS_ID_TOKEN,     /* typ is JWT or not there */
    JWS_ACCESS_TOKEN, /* typ is at+jwt (RFC 9068), JWT or not there */
};

struct jws {
    enum jws_algorithm algorithm;
    struct str key_id;       /* empty: not said */
    struct str signed_bytes; /* header and payload as they came, with the dot */
    struct str payload;      /* decoded */
    struct str signature;    /* decoded */
};

/* TOKEN_GOOD so far, or why not. Nothing in it is to be trusted before the signature is checked. */
enum token_verdict jws_read(struct arena *a, struct str token, enum jws_kind kind, struct jws *out);

/* "RS256" */
const char *jws_algorithm_name(enum jws_algorithm algorithm);

#endif
