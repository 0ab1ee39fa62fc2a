/* SPDX-License-Identifier: Apache-2.0 */
#include "net/inherited.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIRST = 3 }; /* SD_LISTEN_FDS_START */

static const char op[] = "take the sockets of LISTEN_FDS";

static uint64_t number_of(const char *name)
{
    const char *text = getenv(name);
    uint64_t number;
    return text && str_to_u64(str_from(text), &number) ? number : 0;
}

/* The port of a TCP socket that listens; 0 when it is none. */
static uint16_t port_of(int fd)
{
    struct sockaddr_storage name = {0};
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    socklen_t len = sizeof name, size = sizeof(int);
    int type = 0, listens = 0;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM ||
        getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || !listens ||
        getsockname(fd, (struct sockaddr *)&name, &len) != 0)
        return 0;
    memcpy(&v4, &name, sizeof v4);
    memcpy(&v6, &name, sizeof v6);
    return name.ss_family == AF_INET    ? ntohs(v4.sin_port)
           : name.ss_family == AF_INET6 ? ntohs(v6.sin6_port)
                                        : 0;
}

enum err inherited_open(struct inherited *out, struct why *why)
{
    *out = (struct inherited){0};
    if (number_of("LISTEN_PID") != (uint64_t)getpid())
        return ERR_NONE;
    uint64_t n = number_of("LISTEN_FDS");
    if (n > INHERITED_MAX)
        return err_set(why, ERR_CONFIG, op, "%llu sockets are more than %d", (unsigned long long)n,
                       INHERITED_MAX);
    for (; out->n < n; out->n++) {
        int fd = FIRST + (int)out->n;
        uint16_t port = port_of(fd);
        if (!port) {
            enum err e =
                err_set(why, ERR_CONFIG, op, "descriptor %d is not a TCP socket that listens", fd);
            err_hint(why, "In the socket unit: ListenStream= with a port or an address and a port, "
                          "and Accept=no.");
            return e;
        }
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        out->sockets[out->n].fd = fd;
        out->sockets[out->n].port = port;
    }
    return ERR_NONE;
}

bool inherited_has(const struct inherited *all, uint16_t port)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->sockets[i].port == port)
            return true;
    return false;
}

int inherited_take(struct inherited *all, uint16_t port, int out[INHERITED_MAX])
{
    int n = 0;
    for (size_t i = 0; i < all->n; i++) {
        if (all->sockets[i].port != port)
            continue;
        int fd = fcntl(all->sockets[i].fd, F_DUPFD_CLOEXEC, 0);
        if (fd < 0 || fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0) {
            if (fd >= 0)
                close(fd);
            while (n > 0)
                close(out[--n]);
            return -1;
        }
        all->sockets[i].taken = true;
        out[n++] = fd;
    }
    return n;
}

enum err inherited_all_taken(const struct inherited *all, struct why *why)
{
    for (size_t i = 0; i < all->n; i++)
        if (!all->sockets[i].taken) {
            enum err e = err_set(why, ERR_CONFIG, op, "nothing is configured for port %u",
                                 all->sockets[i].port);
            err_hint(why, "Give server.listen, server.http_listen or server.ops_listen that port, "
                          "or take it out of the socket unit.");
            return e;
        }
    return ERR_NONE;
}

void inherited_close(struct inherited *all)
{
    for (size_t i = 0; i < all->n; i++)
        close(all->sockets[i].fd);
    all->n = 0;
}
