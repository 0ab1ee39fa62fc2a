/* SPDX-License-Identifier: Apache-2.0 */
#include "net/drbg.h"

#include "base/random.h"

#include <stdbool.h>

#include <mbedtls/ctr_drbg.h>
#include <psa/crypto.h>

static int seed(void *unused, unsigned char *out, size_t n)
{
    (void)unused;
    random_bytes(out, n);
    return 0;
}

int drbg_bytes(void *unused, unsigned char *out, size_t n)
{
    /* Owns no memory outside itself, so a thread that ends leaks nothing. */
    static _Thread_local mbedtls_ctr_drbg_context drbg;
    static _Thread_local bool ready;
    (void)unused;
    if (!ready) {
        mbedtls_ctr_drbg_init(&drbg);
        int r = mbedtls_ctr_drbg_seed(&drbg, seed, NULL, NULL, 0);
        if (r != 0)
            return r;
        ready = true;
    }
    while (n > 0) {
        size_t part = n < MBEDTLS_CTR_DRBG_MAX_REQUEST ? n : MBEDTLS_CTR_DRBG_MAX_REQUEST;
        int r = mbedtls_ctr_drbg_random(&drbg, out, part);
        if (r != 0)
            return r;
        out += part;
        n -= part;
    }
    return 0;
}

#if defined(MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG)
psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context,
                                             uint8_t *output, size_t output_size,
                                             size_t *output_length)
{
    (void)context;
    if (drbg_bytes(NULL, output, output_size) != 0)
        return PSA_ERROR_INSUFFICIENT_ENTROPY;
    *output_length = output_size;
    return PSA_SUCCESS;
}
#endif
