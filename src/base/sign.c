/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sign.h"

#include "base/must.h"

#include <mbedtls/md.h>

void sign(const unsigned char key[SIGN_KEY_SIZE], const char *use, struct str message,
          unsigned char mac[SIGN_MAC_SIZE])
{
    mbedtls_md_context_t md;
    mbedtls_md_init(&md);
    int r = mbedtls_md_setup(&md, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 1);
    if (r == 0)
        r = mbedtls_md_hmac_starts(&md, key, SIGN_KEY_SIZE);
    if (r == 0)
        r = mbedtls_md_hmac_update(&md, (const unsigned char *)use, strlen(use) + 1);
    if (r == 0 && message.len)
        r = mbedtls_md_hmac_update(&md, (const unsigned char *)message.ptr, message.len);
    if (r == 0)
        r = mbedtls_md_hmac_finish(&md, mac);
    mbedtls_md_free(&md);
    must(r == 0); /* it fails only without memory */
}
