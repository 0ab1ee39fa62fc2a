/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/azure_crc64.h"

#include "base/text.h"

#include <pthread.h>

/* table[k][b]: what byte b becomes when k zero bytes follow it. */
static uint64_t table[8][256];

static void prepare(void)
{
    for (unsigned b = 0; b < 256; b++) {
        uint64_t a = b;
        for (int i = 0; i < 8; i++)
            a = a & 1 ? (a >> 1) ^ 0x9A6C9329AC4BC9B5u : a >> 1;
        table[0][b] = a;
    }
    for (unsigned b = 0; b < 256; b++)
        for (int k = 1; k < 8; k++)
            table[k][b] = (table[k - 1][b] >> 8) ^ table[0][table[k - 1][b] & 0xff];
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

uint64_t azure_crc64(uint64_t crc, const void *bytes, size_t n)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const unsigned char *p = bytes;
    uint64_t a = ~crc;
    pthread_once(&once, prepare);
    for (; n >= 8; n -= 8, p += 8) {
        a ^= load(p);
        a = table[7][a & 0xff] ^ table[6][(a >> 8) & 0xff] ^ table[5][(a >> 16) & 0xff] ^
            table[4][(a >> 24) & 0xff] ^ table[3][(a >> 32) & 0xff] ^ table[2][(a >> 40) & 0xff] ^
            table[1][(a >> 48) & 0xff] ^ table[0][a >> 56];
    }
    for (; n; n--, p++)
        a = (a >> 8) ^ table[0][(a ^ *p) & 0xff];
    return ~a;
}

struct str azure_crc64_text(struct arena *a, uint64_t crc)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(crc >> (8 * i));
    return text_base64(a, str_of(bytes, sizeof bytes));
}
