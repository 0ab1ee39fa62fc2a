/* SPDX-License-Identifier: Apache-2.0 */
#include "core/network.h"

#include <arpa/inet.h>
#include <string.h>

enum { BITS = 128, MAPPED_BITS = 96, BYTE = 8 };

static const unsigned char mapped[MAPPED_BITS / BYTE] = {[10] = 0xff, [11] = 0xff};

struct ip ip_from_v4(const unsigned char bytes[4])
{
    struct ip ip;
    memcpy(ip.bytes, mapped, sizeof mapped);
    memcpy(ip.bytes + sizeof mapped, bytes, 4);
    return ip;
}

bool ip_is_v4(const struct ip *ip)
{
    return memcmp(ip->bytes, mapped, sizeof mapped) == 0;
}

bool ip_parse(struct str text, struct ip *out)
{
    char name[INET6_ADDRSTRLEN];
    unsigned char v4[4];
    if (text.len == 0 || text.len >= sizeof name || str_find(text, '\0', 0) < text.len)
        return false;
    memcpy(name, text.ptr, text.len);
    name[text.len] = '\0';
    if (inet_pton(AF_INET, name, v4) == 1) {
        *out = ip_from_v4(v4);
        return true;
    }
    return inet_pton(AF_INET6, name, out->bytes) == 1;
}

/* True when the first `bits` bits are the same. */
static bool same_prefix(const struct ip *a, const struct ip *b, unsigned bits)
{
    unsigned whole = bits / BYTE, rest = bits % BYTE;
    if (memcmp(a->bytes, b->bytes, whole) != 0)
        return false;
    return rest == 0 || (a->bytes[whole] ^ b->bytes[whole]) >> (BYTE - rest) == 0;
}

static bool is_zero_behind(const struct ip *ip, unsigned bits)
{
    for (unsigned i = bits; i < BITS; i++)
        if (ip->bytes[i / BYTE] & (0x80u >> (i % BYTE)))
            return false;
    return true;
}

bool network_parse(struct str text, struct network *out)
{
    size_t slash = str_find(text, '/', 0);
    if (!ip_parse(str_slice(text, 0, slash), &out->base))
        return false;
    bool v4 = str_find(text, ':', 0) == text.len;
    uint64_t bits = v4 ? BITS - MAPPED_BITS : BITS;
    if (slash < text.len) {
        uint64_t most = bits;
        if (!str_to_u64(str_slice(text, slash + 1, text.len), &bits) || bits > most)
            return false;
    }
    out->bits = (unsigned)bits + (v4 ? MAPPED_BITS : 0);
    return is_zero_behind(&out->base, out->bits);
}

bool network_holds(const struct network *network, const struct ip *ip)
{
    return same_prefix(&network->base, ip, network->bits);
}

bool networks_parse(struct str text, struct networks *out, struct str *wrong)
{
    *out = (struct networks){0};
    if (str_trim(text).len == 0)
        return true;
    struct str rest = text, one;
    while (str_cut(&rest, ',', &one)) {
        *wrong = str_trim(one);
        if (out->n == NETWORKS_MAX || !network_parse(*wrong, &out->items[out->n]))
            return false;
        out->n++;
    }
    return true;
}

bool networks_hold(const struct networks *list, const struct ip *ip)
{
    for (size_t i = 0; i < list->n; i++)
        if (network_holds(&list->items[i], ip))
            return true;
    return false;
}
