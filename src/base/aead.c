/* SPDX-License-Identifier: Apache-2.0 */
#include "base/aead.h"

#include "base/must.h"

#include <mbedtls/gcm.h>
#include <mbedtls/hkdf.h>
#include <stdlib.h>

struct aead {
    mbedtls_gcm_context gcm;
};

static const unsigned char *octets(struct str s)
{
    return (const unsigned char *)s.ptr;
}

struct aead *aead_new(const unsigned char key[AEAD_KEY_SIZE])
{
    struct aead *a = calloc(1, sizeof *a);
    must(a != NULL);
    mbedtls_gcm_init(&a->gcm);
    must(mbedtls_gcm_setkey(&a->gcm, MBEDTLS_CIPHER_ID_AES, key, AEAD_KEY_SIZE * 8) == 0);
    return a;
}

void aead_free(struct aead *a)
{
    if (!a)
        return;
    mbedtls_gcm_free(&a->gcm); /* wipes the key schedule */
    free(a);
}

void aead_seal(struct aead *a, const unsigned char nonce[AEAD_NONCE_SIZE], struct str also,
               struct str plain, void *out)
{
    unsigned char *to = out;
    must(mbedtls_gcm_crypt_and_tag(&a->gcm, MBEDTLS_GCM_ENCRYPT, plain.len, nonce, AEAD_NONCE_SIZE,
                                   octets(also), also.len, octets(plain), to, AEAD_TAG_SIZE,
                                   to + plain.len) == 0);
}

bool aead_open(struct aead *a, const unsigned char nonce[AEAD_NONCE_SIZE], struct str also,
               struct str sealed, void *out)
{
    if (sealed.len < AEAD_TAG_SIZE)
        return false;
    size_t n = sealed.len - AEAD_TAG_SIZE;
    /* Compares the tag in constant time and clears out when it differs. */
    return mbedtls_gcm_auth_decrypt(&a->gcm, n, nonce, AEAD_NONCE_SIZE, octets(also), also.len,
                                    octets(sealed) + n, AEAD_TAG_SIZE, octets(sealed), out) == 0;
}

void aead_derive(struct str key, struct str salt, struct str use, void *out, size_t n)
{
    must(mbedtls_hkdf(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), octets(salt), salt.len,
                      octets(key), key.len, octets(use), use.len, out, n) == 0);
}
