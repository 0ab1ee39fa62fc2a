/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IP addresses and networks as values: what a client is told apart by, and which proxies are
 * believed.
 *
 * An IPv4 address is its mapped IPv6 address (::ffff:192.0.2.7), so one shape serves both and a
 * peer on a socket of either family compares equal. Texts:
 *
 *     192.0.2.7    2001:db8::7                  addresses
 *     10.0.0.0/8   2001:db8::/32   192.0.2.7    networks; bits behind the prefix must be zero
 *     10.0.0.0/8, 192.0.2.7                     a list, at most NETWORKS_MAX
 *
 * No zone ("%eth0"), no abbreviated IPv4, no name. Threads: plain values.
 */
#ifndef CORE_NETWORK_H
#define CORE_NETWORK_H

#include "base/str.h"

enum { NETWORKS_MAX = 32 };

struct ip {
    unsigned char bytes[16];
};

struct network {
    struct ip base;
    unsigned bits; /* of 128: 104 for 10.0.0.0/8 */
};

struct networks {
    struct network items[NETWORKS_MAX];
    size_t n;
};

bool ip_parse(struct str text, struct ip *out);

/* The mapped address of 4 bytes in network order. */
struct ip ip_from_v4(const unsigned char bytes[4]);
bool ip_is_v4(const struct ip *ip);

bool network_parse(struct str text, struct network *out);
bool network_holds(const struct network *network, const struct ip *ip);

/*
 * Networks between commas, spaces around them ignored; the empty text is the empty list. False with
 * *wrong the entry that is none, or the first one too many.
 */
bool networks_parse(struct str text, struct networks *out, struct str *wrong);
bool networks_hold(const struct networks *list, const struct ip *ip);

#endif
