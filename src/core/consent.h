/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fingerprint of a consent text: SHA-256 of its UTF-8 bytes, as anybody's own tool makes it.
 * Threads: pure.
 */
#ifndef CORE_CONSENT_H
#define CORE_CONSENT_H

#include "base/str.h"

enum { CONSENT_HASH_SIZE = 32 };

void consent_hash(struct str text, unsigned char out[CONSENT_HASH_SIZE]);

#endif
