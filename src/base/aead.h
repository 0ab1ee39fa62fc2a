/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-256-GCM (NIST SP 800-38D) for long texts in parts: many parts with one key, under nonces that
 * the caller counts. No two parts with one key may have the same nonce: draw or derive the key anew
 * for each text (aead_derive), then a counter is enough. Short texts are simpler with seal.h.
 *
 * What is sealed is as long as the plain part and AEAD_TAG_SIZE bytes more. Opening is strict: any
 * other key, nonce, use or bit gives false and nothing of the plain part.
 *
 * Keys of keys are by HKDF-SHA-256 (RFC 5869).
 *
 * Owner: aead_free, which wipes the key. Threads: one at a time per struct; aead_derive any.
 */
#ifndef BASE_AEAD_H
#define BASE_AEAD_H

#include "base/str.h"

enum { AEAD_KEY_SIZE = 32, AEAD_NONCE_SIZE = 12, AEAD_TAG_SIZE = 16 };

struct aead;

struct aead *aead_new(const unsigned char key[AEAD_KEY_SIZE]);
void aead_free(struct aead *a); /* NULL is fine */

/* out has room for the part and its tag. also: what is authenticated with it; may be empty. */
void aead_seal(struct aead *a, const unsigned char nonce[AEAD_NONCE_SIZE], struct str also,
               struct str plain, void *out);

/* out has room for sealed.len - AEAD_TAG_SIZE bytes. */
bool aead_open(struct aead *a, const unsigned char nonce[AEAD_NONCE_SIZE], struct str also,
               struct str sealed, void *out);

/* n bytes (at most 8,160) that follow from the key, the salt and what they are for. */
void aead_derive(struct str key, struct str salt, struct str use, void *out, size_t n);

#endif
