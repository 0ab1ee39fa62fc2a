/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mbedTLS's AES wherever an object may lie. aes.c moves the round keys to a multiple of 16 bytes
 * only when it is compiled with the same -maes and -mpclmul as aesni.c (vendor/mbedtls/rules.mk);
 * with different flags a context inside another object, such as net/drbg.c's, ends the process.
 */
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <mbedtls/aes.h>

/* FIPS 197, appendix C.3. */
static void any_address(void **state)
{
    (void)state;
    static const unsigned char want[16] = {0x8e, 0xa2, 0xb7, 0xca, 0x51, 0x67, 0x45, 0xbf,
                                           0xea, 0xfc, 0x49, 0x90, 0x4b, 0x49, 0x60, 0x89};
    unsigned char key[32], plain[16], got[16];
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (unsigned char)i;
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (unsigned char)(i * 0x11);
    for (size_t at = 0; at < 16; at += _Alignof(mbedtls_aes_context)) {
        _Alignas(16) unsigned char place[sizeof(mbedtls_aes_context) + 16];
        mbedtls_aes_context *aes = (void *)(place + at);
        mbedtls_aes_init(aes);
        assert_int_equal(mbedtls_aes_setkey_enc(aes, key, 256), 0);
        assert_int_equal(mbedtls_aes_crypt_ecb(aes, MBEDTLS_AES_ENCRYPT, plain, got), 0);
        assert_memory_equal(got, want, sizeof want);
        mbedtls_aes_free(aes);
        mbedtls_aes_init(aes);
        assert_int_equal(mbedtls_aes_setkey_dec(aes, key, 256), 0);
        assert_int_equal(mbedtls_aes_crypt_ecb(aes, MBEDTLS_AES_DECRYPT, want, got), 0);
        assert_memory_equal(got, plain, sizeof plain);
        mbedtls_aes_free(aes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_address)};
    return cmocka_run_group_tests_name("aes_place", tests, NULL, NULL);
}
