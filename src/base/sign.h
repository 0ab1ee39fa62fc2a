/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed bytes: what anybody may read and only the key's owner can have written.
 *
 *     HMAC-SHA-256( key, use ‖ 0 ‖ message )                           RFC 2104
 *
 * use names what is signed ("status link"), so that a signature made for one place is worth nothing
 * in another. Compare with str_eq_secret. What nobody may read is sealed instead (seal.h).
 * Threads: safe anywhere; no state.
 */
#ifndef BASE_SIGN_H
#define BASE_SIGN_H

#include "base/str.h"

enum { SIGN_KEY_SIZE = 32, SIGN_MAC_SIZE = 32 };

void sign(const unsigned char key[SIGN_KEY_SIZE], const char *use, struct str message,
          unsigned char mac[SIGN_MAC_SIZE]);

#endif
