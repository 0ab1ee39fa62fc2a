/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/crc64.h"

#include "base/banned.h"

#include <pthread.h>
#include <stdbool.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* In the reflected order bit i stands for x^(63-i), so x^0 is the highest bit. */
static const uint64_t polynomial = 0xD800000000000000u;
static const uint64_t one = 0x8000000000000000u;

/* table[k][b]: what byte b becomes when k zero bytes follow it. */
static uint64_t table[8][256];

/* x^n mod P for folding over 512 and 128 bits; see fold. */
static uint64_t fold_512[2], fold_128[2];
static bool carryless;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint64_t times_x(uint64_t a)
{
    return a & 1 ? (a >> 1) ^ polynomial : a >> 1;
}

static uint64_t power_of_x(unsigned n)
{
    uint64_t a = one;
    while (n--)
        a = times_x(a);
    return a;
}

static void prepare(void)
{
    for (unsigned b = 0; b < 256; b++) {
        uint64_t a = b;
        for (int i = 0; i < 8; i++)
            a = times_x(a);
        table[0][b] = a;
    }
    for (unsigned b = 0; b < 256; b++)
        for (int k = 1; k < 8; k++)
            table[k][b] = (table[k - 1][b] >> 8) ^ table[0][table[k - 1][b] & 0xff];
    fold_512[0] = power_of_x(512 + 63);
    fold_512[1] = power_of_x(512 - 1);
    fold_128[0] = power_of_x(128 + 63);
    fold_128[1] = power_of_x(128 - 1);
#if defined(__x86_64__)
    carryless = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
#endif
}

static uint64_t load(const unsigned char *p)
{
    uint64_t a;
    memcpy(&a, p, sizeof a);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    a = __builtin_bswap64(a);
#endif
    return a;
}

/* The register after n more bytes, without the exclusive-or at both ends. */
static uint64_t step_tables(uint64_t a, const unsigned char *p, size_t n)
{
    for (; n >= 8; n -= 8, p += 8) {
        a ^= load(p);
        a = table[7][a & 0xff] ^ table[6][(a >> 8) & 0xff] ^ table[5][(a >> 16) & 0xff] ^
            table[4][(a >> 24) & 0xff] ^ table[3][(a >> 32) & 0xff] ^ table[2][(a >> 40) & 0xff] ^
            table[1][(a >> 48) & 0xff] ^ table[0][a >> 56];
    }
    for (; n; n--, p++)
        a = (a >> 8) ^ table[0][(a ^ *p) & 0xff];
    return a;
}

#if defined(__x86_64__)
/*
 * 16 bytes are a polynomial: the first eight times x^64, plus the second eight. Moving it on by D
 * bits, modulo P, is two products of 64 bits: the first eight with x^(D+64), the second with x^D. A
 * product of reflected numbers comes out one place too high, so the constants are one power lower.
 */
__attribute__((target("pclmul,sse4.1"))) static inline __m128i fold(__m128i a, __m128i constants,
                                                                    __m128i next)
{
    __m128i high = _mm_clmulepi64_si128(a, constants, 0x00);
    __m128i low = _mm_clmulepi64_si128(a, constants, 0x11);
    return _mm_xor_si128(_mm_xor_si128(high, low), next);
}

__attribute__((target("pclmul,sse4.1"))) static uint64_t step_carryless(uint64_t a,
                                                                        const unsigned char *p,
                                                                        size_t n)
{
    const __m128i far = _mm_loadu_si128((const __m128i *)fold_512);
    const __m128i near = _mm_loadu_si128((const __m128i *)fold_128);
    __m128i lane[4];
    for (size_t i = 0; i < 4; i++)
        lane[i] = _mm_loadu_si128((const __m128i *)(p + 16 * i));
    lane[0] = _mm_xor_si128(lane[0], _mm_set_epi64x(0, (long long)a));
    for (p += 64, n -= 64; n >= 64; p += 64, n -= 64)
        for (size_t i = 0; i < 4; i++)
            lane[i] = fold(lane[i], far, _mm_loadu_si128((const __m128i *)(p + 16 * i)));
    __m128i all = lane[0];
    for (int i = 1; i < 4; i++)
        all = fold(all, near, lane[i]);
    for (; n >= 16; p += 16, n -= 16)
        all = fold(all, near, _mm_loadu_si128((const __m128i *)p));
    /* The 16 bytes left have the same remainder as everything before the tail. */
    unsigned char rest[16];
    _mm_storeu_si128((__m128i *)rest, all);
    return step_tables(step_tables(0, rest, sizeof rest), p, n);
}
#endif

uint64_t crc64_by_tables(uint64_t crc, const void *bytes, size_t n)
{
    pthread_once(&once, prepare);
    return ~step_tables(~crc, bytes, n);
}

uint64_t crc64(uint64_t crc, const void *bytes, size_t n)
{
    pthread_once(&once, prepare);
#if defined(__x86_64__)
    if (carryless && n >= 64)
        return ~step_carryless(~crc, bytes, n);
#endif
    return ~step_tables(~crc, bytes, n);
}
