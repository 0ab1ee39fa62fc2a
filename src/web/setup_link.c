/* SPDX-License-Identifier: Apache-2.0 */
#include "web/setup_link.h"

#include "base/sign.h"
#include "base/text.h"

enum { TIME_SIZE = 8, MAC_SIZE = 16, LINK_SIZE = TIME_SIZE + MAC_SIZE };

static void sign_time(const unsigned char *key, const unsigned char *time, unsigned char *mac)
{
    unsigned char whole[SIGN_MAC_SIZE];
    sign(key, "first administrator", str_of(time, TIME_SIZE), whole);
    memcpy(mac, whole, MAC_SIZE);
}

struct str setup_link_make(struct arena *a, const unsigned char key[KEY_FILE_SIZE], int64_t now_ms)
{
    unsigned char bytes[LINK_SIZE];
    uint64_t expires_ms = (uint64_t)now_ms + (uint64_t)SETUP_LINK_HOURS * 3600 * 1000;
    for (int i = 0; i < TIME_SIZE; i++)
        bytes[i] = (unsigned char)(expires_ms >> (56 - 8 * i));
    sign_time(key, bytes, bytes + TIME_SIZE);
    return arena_fmt(a, "/auth/setup/%.*s",
                     STR_ARG(text_base64url(a, str_of(bytes, sizeof bytes))));
}

bool setup_link_is(struct arena *a, const unsigned char key[KEY_FILE_SIZE], struct str token,
                   int64_t now_ms)
{
    struct str bytes;
    unsigned char mac[MAC_SIZE];
    uint64_t expires_ms = 0;
    if (token.len != TEXT_BASE64_LEN(LINK_SIZE) || !text_unbase64url(a, token, &bytes) ||
        bytes.len != LINK_SIZE)
        return false;
    for (int i = 0; i < TIME_SIZE; i++)
        expires_ms = expires_ms << 8 | (unsigned char)bytes.ptr[i];
    sign_time(key, (const unsigned char *)bytes.ptr, mac);
    return str_eq_secret(str_of(mac, sizeof mac), str_slice(bytes, TIME_SIZE, bytes.len)) &&
           expires_ms > (uint64_t)now_ms;
}

enum err staff_key_open(const char *file, unsigned char key[KEY_FILE_SIZE], struct why *why)
{
    return key_file_open(file, "of the team's sign-in",
                         "everybody in the team sets up the second step anew", key, why);
}
