/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header a proxy puts in front of a connection to tell whose it is: PROXY protocol version 2
 * (HAProxy's doc/proxy-protocol.txt, 2.2).
 *
 *     0  12  signature 0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A
 *    12   1  version 2 in the upper half; command in the lower: 0 LOCAL, 1 PROXY
 *    13   1  family and kind: 11 TCP over IPv4, 21 TCP over IPv6, 00 unspecified
 *    14   2  length of what follows, big-endian
 *    16      source address, destination address, source port, destination port, then TLVs
 *
 * TLVs and the destination are skipped. Everything else (version 1, UDP, UNIX, a length too short
 * for its addresses, more than PROXY_HEADER_MAX bytes) is wrong: whoever is told to speak this
 * speaks it. Memory: views. Threads: pure.
 */
#ifndef CORE_PROXY_HEADER_H
#define CORE_PROXY_HEADER_H

#include "core/network.h"

enum { PROXY_HEADER_MAX = 2048 };

enum proxy_reading {
    PROXY_WHOLE, /* *out is filled */
    PROXY_BEGUN, /* what is there is right, more must come */
    PROXY_WRONG, /* this never becomes a header */
};

struct proxy_header {
    size_t size;      /* bytes that belong to it */
    bool told;        /* false: LOCAL or unspecified, the connection is the proxy's own */
    struct ip client; /* with told only */
    uint16_t port;
};

enum proxy_reading proxy_header_read(struct str bytes, struct proxy_header *out);

#endif
