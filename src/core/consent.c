/* SPDX-License-Identifier: Apache-2.0 */
#include "core/consent.h"

#include "base/must.h"

#include <mbedtls/sha256.h>

void consent_hash(struct str text, unsigned char out[CONSENT_HASH_SIZE])
{
    must(mbedtls_sha256((const unsigned char *)text.ptr, text.len, out, 0) == 0);
}
