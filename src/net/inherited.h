/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listening sockets that whoever started us has opened and keeps (socket activation,
 * sd_listen_fds(3) of systemd): LISTEN_PID is our process, LISTEN_FDS the number of descriptors
 * from 3 on.
 *
 * Such a socket outlives the process: between a stop and the next start connections wait in the
 * kernel's queue and are not refused. It belongs to the listener of the configuration that has its
 * port; names are not looked at.
 *
 * Owner: inherited_close, when all have been taken; what was taken are copies.
 * Threads: the environment and descriptors of the process: before any other thread runs.
 */
#ifndef NET_INHERITED_H
#define NET_INHERITED_H

#include "base/err.h"

enum { INHERITED_MAX = 8 };

struct inherited {
    struct {
        int fd;
        uint16_t port;
        bool taken;
    } sockets[INHERITED_MAX];
    size_t n;
};

/* None at all is no error. ERR_CONFIG when one is no listening TCP socket, or there are too many.
 */
enum err inherited_open(struct inherited *out, struct why *why);

/* True when there is a socket of this port. */
bool inherited_has(const struct inherited *all, uint16_t port);

/*
 * Copies of the sockets of this port, non-blocking and close-on-exec, for one loop; how many, or -1
 * when a descriptor is not to be had. Loops share the queue of such a socket.
 */
int inherited_take(struct inherited *all, uint16_t port, int out[INHERITED_MAX]);

/* ERR_CONFIG when a socket belongs to no listener: somebody would wait in it for ever. */
enum err inherited_all_taken(const struct inherited *all, struct why *why);

void inherited_close(struct inherited *all);

#endif
