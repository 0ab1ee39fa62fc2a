/* SPDX-License-Identifier: Apache-2.0 */
#include "core/proxy_header.h"

#include <string.h>

enum { SIGNATURE = 12, FIXED = 16, VERSION = 0x20, LOCAL = 0, PROXY = 1 };
enum { UNSPECIFIED = 0x00, TCP_IPV4 = 0x11, TCP_IPV6 = 0x21 };

static const char signature[SIGNATURE] = "\r\n\r\n\0\r\nQUIT\n";

static unsigned word_at(const unsigned char *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

/* The addresses: two of that size, two ports. False when there is no room for them. */
static bool read_client(const unsigned char *bytes, size_t n, size_t address,
                        struct proxy_header *out)
{
    if (n < 2 * address + 4)
        return false;
    if (address == 4)
        out->client = ip_from_v4(bytes);
    else
        memcpy(out->client.bytes, bytes, address);
    out->port = (uint16_t)word_at(bytes + 2 * address);
    out->told = true;
    return true;
}

enum proxy_reading proxy_header_read(struct str bytes, struct proxy_header *out)
{
    unsigned char head[FIXED];
    *out = (struct proxy_header){0};
    size_t n = bytes.len < SIGNATURE ? bytes.len : SIGNATURE;
    if (n && memcmp(bytes.ptr, signature, n) != 0)
        return PROXY_WRONG;
    if (bytes.len < FIXED)
        return PROXY_BEGUN;
    memcpy(head, bytes.ptr, FIXED);
    unsigned command = head[12] & 0x0f, family = head[13], length = word_at(head + 14);
    if ((head[12] & 0xf0) != VERSION || command > PROXY || FIXED + length > PROXY_HEADER_MAX)
        return PROXY_WRONG;
    if (bytes.len < FIXED + length)
        return PROXY_BEGUN;

    const unsigned char *rest = (const unsigned char *)bytes.ptr + FIXED;
    out->size = FIXED + length;
    if (command == LOCAL || family == UNSPECIFIED)
        return PROXY_WHOLE;
    bool right = family == TCP_IPV4   ? read_client(rest, length, 4, out)
                 : family == TCP_IPV6 ? read_client(rest, length, 16, out)
                                      : false;
    return right ? PROXY_WHOLE : PROXY_WRONG;
}
