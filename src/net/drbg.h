/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random bytes for mbedTLS: one CTR_DRBG (NIST SP 800-90A, AES-256) per thread, seeded and reseeded
 * by getrandom. No lock, no file descriptor, no entropy pool to set up: it works in an empty chroot
 * and event loops never wait for each other.
 *
 * drbg_bytes has the shape of mbedTLS's f_rng: pass NULL as the first argument; 0 is success. PSA,
 * which TLS 1.3 draws from, arrives here too (MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG). Keys, tokens and
 * Client IDs of our own come from base/random.h directly.
 */
#ifndef NET_DRBG_H
#define NET_DRBG_H

#include <stddef.h>

int drbg_bytes(void *unused, unsigned char *out, size_t n);

#endif
