/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HMAC (RFC 2104) as other systems' protocols ask for it: any key, the bare message. SHA-1 is for
 * one-time codes (core/totp.h) alone, whose apps know nothing else. What we sign for ourselves goes
 * through base/sign.h, which names the use. Threads: safe anywhere.
 */
#ifndef BASE_HMAC_H
#define BASE_HMAC_H

#include "base/str.h"

enum { HMAC_SIZE = 32, HMAC_SHA1_SIZE = 20 };

void hmac_sha256(struct str key, struct str message, unsigned char mac[HMAC_SIZE]);
void hmac_sha1(struct str key, struct str message, unsigned char mac[HMAC_SHA1_SIZE]);

#endif
