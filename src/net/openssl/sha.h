/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The digests that libh2o's cache-aware server push (casper.c, cache_digests.c) takes from OpenSSL,
 * declared so that those files compile. Anteroom pushes nothing and defines none of these
 * functions: an object that calls one does not link, and the build leaves both files out.
 */
#ifndef NET_OPENSSL_SHA_H
#define NET_OPENSSL_SHA_H

#include <stddef.h>
#include <stdint.h>

#define SHA_DIGEST_LENGTH    20
#define SHA256_DIGEST_LENGTH 32

typedef struct sha_st {
    uint64_t state[32];
} SHA_CTX;
typedef struct sha256_st {
    uint64_t state[32];
} SHA256_CTX;

int SHA1_Init(SHA_CTX *context);
int SHA1_Update(SHA_CTX *context, const void *bytes, size_t n);
int SHA1_Final(unsigned char *digest, SHA_CTX *context);
int SHA256_Init(SHA256_CTX *context);
int SHA256_Update(SHA256_CTX *context, const void *bytes, size_t n);
int SHA256_Final(unsigned char *digest, SHA256_CTX *context);

#endif
