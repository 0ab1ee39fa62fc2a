/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hmac.h"

#include "base/must.h"

#include <mbedtls/md.h>

static void hmac(mbedtls_md_type_t type, struct str key, struct str message, unsigned char *mac)
{
    int r = mbedtls_md_hmac(mbedtls_md_info_from_type(type), (const unsigned char *)key.ptr,
                            key.len, (const unsigned char *)message.ptr, message.len, mac);
    must(r == 0); /* it fails only without memory */
}

void hmac_sha256(struct str key, struct str message, unsigned char mac[HMAC_SIZE])
{
    hmac(MBEDTLS_MD_SHA256, key, message, mac);
}

void hmac_sha1(struct str key, struct str message, unsigned char mac[HMAC_SHA1_SIZE])
{
    hmac(MBEDTLS_MD_SHA1, key, message, mac);
}
