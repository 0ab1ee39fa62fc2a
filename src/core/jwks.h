/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys that an issuer publishes (JSON Web Key Set, RFC 7517 §5; RFC 7518 §6). Taken are those
 * that can check what we take:
 *
 *     RS256   kty RSA, 2048 to 8192 bits, an odd exponent of at most 8 bytes
 *     ES256   kty EC, crv P-256
 *
 * with use and key_ops, when they are said, for signatures and alg, when it is said, that one.
 * Other keys are passed over, as RFC 7517 §5 asks. A key says itself which algorithm it is for: a
 * token cannot choose another for it.
 *
 * Pure. Memory: views into the arena. Threads: safe anywhere.
 */
#ifndef CORE_JWKS_H
#define CORE_JWKS_H

#include "core/jws.h"

enum { JWKS_SIZE_MAX = 256 * 1024, JWKS_KEYS_MAX = 64, JWK_RSA_LEAST = 2048, JWK_RSA_MOST = 8192 };

struct jwk {
    enum jws_algorithm algorithm;
    struct str key_id; /* empty: not said */
    struct str a, b;   /* big-endian: modulus and exponent, or x and y */
};

struct jwks {
    const struct jwk *keys;
    size_t n;
};

/* False when it is no key set, or too large; one without a key for us is one with n 0. */
bool jwks_read(struct arena *a, struct str json, struct jwks *out);

/* The key of that name; without a name the only one of that algorithm. NULL: none. */
const struct jwk *jwks_find(const struct jwks *set, enum jws_algorithm algorithm,
                            struct str key_id);

#endif
