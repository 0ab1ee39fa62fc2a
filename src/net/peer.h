/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who really asks, when proxies stand in between.
 *
 * A proxy adds at the end of a header which address it took the request from (X-Forwarded-For, or
 * Forwarded of RFC 7239); everything left of what our own proxies added is whatever the client
 * wrote. So the list is read from the right, each entry is believed only as long as it was written
 * by a trusted proxy, and the first address that is not one of ours is the client. An entry that is
 * no address ("unknown", "_hidden", anything malformed) ends the walk: the client is then the proxy
 * that wrote it. Only the one header that the operator says the proxies write is looked at: of the
 * other one a client could write the whole.
 *
 * Memory: views only. Threads: pure functions.
 */
#ifndef NET_PEER_H
#define NET_PEER_H

#include "core/network.h"

enum peer_header { PEER_X_FORWARDED_FOR, PEER_FORWARDED };

/*
 * The address that is asking. peer: the other end of the connection; lines: the header's values in
 * the order they came (a header may be repeated).
 */
struct ip peer_client(const struct networks *trusted, struct ip peer, enum peer_header header,
                      const struct str *lines, size_t n);

/* Address of a peer's socket, struct sockaddr_in or sockaddr_in6; false for anything else. */
struct sockaddr;
bool peer_from_sockaddr(const struct sockaddr *address, struct ip *out);

/* The other way round; returns the length, out has room for a struct sockaddr_in6. */
struct sockaddr_storage;
size_t peer_to_sockaddr(struct ip ip, uint16_t port, struct sockaddr_storage *out);

/*
 * What counts as one client: an IPv4 address, or the first 64 bits of an IPv6 address (a home or an
 * office has at least as many, and would otherwise be a new client with each request).
 */
struct ip peer_key(struct ip client);

/* The IPv6 network of 48 bits around it, the most that one customer is given; IPv4 as it is. */
struct ip peer_site(struct ip client);

#endif
