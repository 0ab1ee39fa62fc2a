/* SPDX-License-Identifier: Apache-2.0 */
#include "core/audit.h"

#include "base/must.h"

#include <mbedtls/sha256.h>

static void add(mbedtls_sha256_context *sha, const void *bytes, size_t n)
{
    static const unsigned char nothing;
    must(mbedtls_sha256_update(sha, n ? bytes : &nothing, n) == 0);
}

static void add_big_endian(mbedtls_sha256_context *sha, uint64_t n, size_t size)
{
    unsigned char bytes[sizeof n];
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(n >> (8 * (size - 1 - i)));
    add(sha, bytes, size);
}

static void add_field(mbedtls_sha256_context *sha, struct str field)
{
    must(field.len <= UINT32_MAX);
    add_big_endian(sha, field.len, sizeof(uint32_t));
    add(sha, field.ptr, field.len);
}

void audit_chain(const struct audit_hash *previous, const struct audit_event *event,
                 struct audit_hash *out)
{
    static const struct str domain = STR_INIT("anteroom-audit-1");
    mbedtls_sha256_context sha;
    mbedtls_sha256_init(&sha);
    must(mbedtls_sha256_starts(&sha, 0) == 0);
    add(&sha, domain.ptr, domain.len);
    add(&sha, previous->bytes, AUDIT_HASH_SIZE);
    add_big_endian(&sha, event->seq, sizeof(uint64_t));
    add_big_endian(&sha, (uint64_t)event->at_ms, sizeof(uint64_t));
    add_field(&sha, event->actor);
    add_field(&sha, event->action);
    add_field(&sha, event->subject);
    add_field(&sha, event->detail);
    must(mbedtls_sha256_finish(&sha, out->bytes) == 0);
    mbedtls_sha256_free(&sha);
}
