/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealed bytes: what a browser keeps for us and can neither read nor change.
 *
 *     1 byte version (1) ‖ 12 bytes nonce ‖ ciphertext, as long as the plain text ‖ 16 bytes tag
 *
 * AES-256-GCM (NIST SP 800-38D); the version is authenticated together with aad. aad names the use
 * ("draft", a session's id), so that what was sealed for one place opens in no other. The nonce is
 * drawn at random: seal fewer than 2^32 times with one key, then change the key.
 *
 * Opening is strict: another key, another aad, any changed bit, anything missing or added gives
 * false and nothing of the plain text. Threads: safe anywhere; no state.
 */
#ifndef BASE_SEAL_H
#define BASE_SEAL_H

#include "base/arena.h"

enum {
    SEAL_KEY_SIZE = 32,
    SEAL_NONCE_SIZE = 12,
    SEAL_TAG_SIZE = 16,
    SEAL_OVERHEAD = 1 + SEAL_NONCE_SIZE + SEAL_TAG_SIZE, /* sealed length minus plain length */
};

/* plain sealed, in the arena. */
struct str seal(struct arena *a, const unsigned char key[SEAL_KEY_SIZE], struct str aad,
                struct str plain);

/* True and *plain in the arena, or false and *plain empty. */
bool seal_open(struct arena *a, const unsigned char key[SEAL_KEY_SIZE], struct str aad,
               struct str sealed, struct str *plain);

#endif
