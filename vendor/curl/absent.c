/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl without digest authentication still asks, when it signs in at a mail server, whether it
 * could. It could not.
 */
#include <stdbool.h>

bool Curl_auth_is_digest_supported(void);

bool Curl_auth_is_digest_supported(void)
{
    return false;
}
