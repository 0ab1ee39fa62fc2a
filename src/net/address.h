/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where to listen, as operators write it:
 *
 *     localhost:8443      both loopback addresses, 127.0.0.1 and ::1
 *     :8443  or  *:8443   every address of the machine, IPv6 and IPv4
 *     192.0.2.7:8443      one address; IPv6 in brackets: [2001:db8::7]:8443
 *
 * No name but localhost is looked up: a server's own address is not a question for DNS.
 * Threads: plain values.
 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include "base/err.h"

#include <netinet/in.h>
#include <sys/socket.h>

enum { ADDRESS_MAX = 2, ADDRESS_TEXT = 64 };

struct address {
    struct sockaddr_storage sockaddr;
    socklen_t len;
};

struct address_list {
    struct address items[ADDRESS_MAX];
    size_t n;
    uint16_t port;
};

enum err address_parse(struct str text, struct address_list *out, struct why *why);

/*
 * ERR_CONFLICT when somebody listens there already. To be asked before the first address_listen of
 * an address: SO_REUSEPORT alone lets a second server of the same user share the port unnoticed.
 */
enum err address_free(const struct address *address, struct why *why);

/*
 * A listening TCP socket: non-blocking, close-on-exec, SO_REUSEPORT, so that each loop opens its
 * own and the kernel spreads connections. ERR_CONFLICT when the port is taken, with who to ask.
 * *out is -1 when the machine has no such address family and optional is true.
 */
enum err address_listen(const struct address *address, bool optional, int *out, struct why *why);

/* "127.0.0.1:8443" */
const char *address_text(const struct address *address, char out[ADDRESS_TEXT]);

#endif
