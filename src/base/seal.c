/* SPDX-License-Identifier: Apache-2.0 */
#include "base/seal.h"

#include "base/must.h"
#include "base/random.h"

#include <mbedtls/gcm.h>

enum { VERSION = 1 };

/* Where the parts lie in a sealed text. */
enum { AT_NONCE = 1, AT_CIPHERTEXT = AT_NONCE + SEAL_NONCE_SIZE };

/* The version byte in front of aad: what is authenticated without being hidden. */
static struct str associated(struct arena *a, struct str aad)
{
    char *bytes = arena_alloc(a, 1 + aad.len);
    bytes[0] = VERSION;
    if (aad.len)
        memcpy(bytes + 1, aad.ptr, aad.len);
    return str_of(bytes, 1 + aad.len);
}

static const unsigned char *octets(struct str s)
{
    return (const unsigned char *)s.ptr;
}

static void start(mbedtls_gcm_context *gcm, const unsigned char *key)
{
    mbedtls_gcm_init(gcm);
    must(mbedtls_gcm_setkey(gcm, MBEDTLS_CIPHER_ID_AES, key, SEAL_KEY_SIZE * 8) == 0);
}

struct str seal(struct arena *a, const unsigned char key[SEAL_KEY_SIZE], struct str aad,
                struct str plain)
{
    struct str extra = associated(a, aad);
    size_t n = SEAL_OVERHEAD + plain.len;
    unsigned char *out = arena_alloc(a, n);
    out[0] = VERSION;
    random_bytes(out + AT_NONCE, SEAL_NONCE_SIZE);
    mbedtls_gcm_context gcm;
    start(&gcm, key);
    must(mbedtls_gcm_crypt_and_tag(&gcm, MBEDTLS_GCM_ENCRYPT, plain.len, out + AT_NONCE,
                                   SEAL_NONCE_SIZE, octets(extra), extra.len, octets(plain),
                                   out + AT_CIPHERTEXT, SEAL_TAG_SIZE,
                                   out + AT_CIPHERTEXT + plain.len) == 0);
    mbedtls_gcm_free(&gcm); /* wipes the key schedule */
    return str_of(out, n);
}

bool seal_open(struct arena *a, const unsigned char key[SEAL_KEY_SIZE], struct str aad,
               struct str sealed, struct str *plain)
{
    *plain = STR_EMPTY;
    if (sealed.len < SEAL_OVERHEAD || sealed.ptr[0] != VERSION)
        return false;
    const unsigned char *in = octets(sealed);
    size_t n = sealed.len - SEAL_OVERHEAD;
    struct str extra = associated(a, aad);
    unsigned char *out = arena_alloc(a, n);
    mbedtls_gcm_context gcm;
    start(&gcm, key);
    /* Compares the tag in constant time and clears out when it differs. */
    int r =
        mbedtls_gcm_auth_decrypt(&gcm, n, in + AT_NONCE, SEAL_NONCE_SIZE, octets(extra), extra.len,
                                 in + AT_CIPHERTEXT + n, SEAL_TAG_SIZE, in + AT_CIPHERTEXT, out);
    mbedtls_gcm_free(&gcm);
    if (r != 0)
        return false;
    *plain = str_of(out, n);
    return true;
}
