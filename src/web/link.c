/* SPDX-License-Identifier: Apache-2.0 */
#include "web/link.h"

#include "base/key_file.h"
#include "base/sign.h"
#include "base/text.h"

enum {
    TOKEN_VERSION = 1,
    SIGNED_SIZE = 1 + CLIENT_ID_LEN,
    TOKEN_SIZE = SIGNED_SIZE + LINK_MAC_SIZE
};

enum err link_key_open(const char *file, struct link_key *out, struct why *why)
{
    return key_file_open(file, "of the links", "the links that people have stop working",
                         out->bytes, why);
}

/* ---- tokens --------------------------------------------------------------------------------- */

static void sign_token(const struct link_key *key, struct str message, unsigned char *mac)
{
    unsigned char whole[SIGN_MAC_SIZE];
    sign(key->bytes, "status link", message, whole);
    memcpy(mac, whole, LINK_MAC_SIZE);
}

struct str link_token(struct arena *a, const struct link_key *key, const struct client_id *id)
{
    unsigned char token[TOKEN_SIZE];
    token[0] = TOKEN_VERSION;
    memcpy(token + 1, id->text, CLIENT_ID_LEN);
    sign_token(key, str_of(token, SIGNED_SIZE), token + SIGNED_SIZE);
    return text_base64url(a, str_of(token, sizeof token));
}

bool link_read(struct arena *a, const struct link_key *key, struct str token, struct client_id *out)
{
    struct str bytes;
    unsigned char mac[LINK_MAC_SIZE];
    if (token.len != TEXT_BASE64_LEN(TOKEN_SIZE) || !text_unbase64url(a, token, &bytes) ||
        bytes.len != TOKEN_SIZE || bytes.ptr[0] != TOKEN_VERSION)
        return false;
    sign_token(key, str_slice(bytes, 0, SIGNED_SIZE), mac);
    if (!str_eq_secret(str_of(mac, sizeof mac), str_slice(bytes, SIGNED_SIZE, bytes.len)))
        return false;
    memcpy(out->text, bytes.ptr + 1, CLIENT_ID_LEN);
    out->text[CLIENT_ID_LEN] = '\0';
    return true;
}
