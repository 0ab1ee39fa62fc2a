/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hmac.h"

#include "base/must.h"

#include <mbedtls/md.h>

void hmac_sha256(struct str key, struct str message, unsigned char mac[HMAC_SIZE])
{
    int r = mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256),
                            (const unsigned char *)key.ptr, key.len,
                            (const unsigned char *)message.ptr, message.len, mac);
    must(r == 0); /* it fails only without memory */
}
