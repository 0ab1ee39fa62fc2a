/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HMAC-SHA-256 (RFC 2104) as other systems' protocols ask for it: any key, the bare message. What
 * we sign for ourselves goes through base/sign.h, which names the use. Threads: safe anywhere.
 */
#ifndef BASE_HMAC_H
#define BASE_HMAC_H

#include "base/str.h"

enum { HMAC_SIZE = 32 };

void hmac_sha256(struct str key, struct str message, unsigned char mac[HMAC_SIZE]);

#endif
