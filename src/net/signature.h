/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two signatures of signed tokens (RFC 7518 §3.3, §3.4), checked and made by mbedTLS: RS256 is
 * RSASSA-PKCS1-v1_5 with SHA-256, ES256 is ECDSA over P-256 with SHA-256 as r ‖ s, 32 bytes each.
 * The key says which of them it is for, never the token.
 *
 * Threads: signature_is_good any; a struct signing_key one at a time.
 */
#ifndef NET_SIGNATURE_H
#define NET_SIGNATURE_H

#include "base/err.h"
#include "core/jwks.h"

bool signature_is_good(const struct jwk *key, struct str message, struct str signature);

/* A key of our own, with which we say who we are (private_key_jwt). */
struct signing_key;

/* PEM files: a key, RSA from 2048 bits or P-256, and its certificate, or an empty text. */
enum err signing_key_open(struct str key_file, struct str certificate_file,
                          struct signing_key **out, struct why *why);
/* ES256 by 32 secret random bytes (base/key_file.h) as the private number. */
enum { SIGNING_SECRET_SIZE = 32 };
enum err signing_key_of_secret(const unsigned char secret[SIGNING_SECRET_SIZE],
                               struct signing_key **out, struct why *why);

/* What others check an ES256 signature with; false for another key. */
bool signing_key_public(const struct signing_key *k, struct arena *a, struct jwk *out);

void signing_key_free(struct signing_key *k); /* NULL is fine */

enum jws_algorithm signing_key_algorithm(const struct signing_key *k);

/* base64url of the certificate's SHA-1 and SHA-256 (x5t, x5t#S256 of RFC 7515 §4.1.7, 4.1.8);
 * false without a certificate. */
bool signing_key_thumbprints(const struct signing_key *k, struct arena *a, struct str *sha1,
                             struct str *sha256);

/* A compact token: header and payload are JSON. */
enum err signing_key_sign(struct signing_key *k, struct arena *a, struct str header,
                          struct str payload, struct str *token, struct why *why);

#endif
