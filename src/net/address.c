/* SPDX-License-Identifier: Apache-2.0 */
#include "net/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <unistd.h>

enum { BACKLOG = 4096 };

static const char op_parse[] = "understand the address to listen on";

static void add_v4(struct address_list *list, struct in_addr host)
{
    struct sockaddr_in in = {
        .sin_family = AF_INET, .sin_port = htons(list->port), .sin_addr = host};
    struct address *a = &list->items[list->n++];
    memcpy(&a->sockaddr, &in, sizeof in);
    a->len = sizeof in;
}

static void add_v6(struct address_list *list, struct in6_addr host)
{
    struct sockaddr_in6 in = {
        .sin6_family = AF_INET6, .sin6_port = htons(list->port), .sin6_addr = host};
    struct address *a = &list->items[list->n++];
    memcpy(&a->sockaddr, &in, sizeof in);
    a->len = sizeof in;
}

static enum err refuse(struct why *why, struct str text)
{
    enum err e =
        err_set(why, ERR_CONFIG, op_parse, "“%.*s” is not an address and a port", STR_ARG(text));
    err_hint(why, "Write localhost:8443, :8443 for every address, 192.0.2.7:8443 or "
                  "[2001:db8::7]:8443.");
    return e;
}

/* Host and port apart; an IPv6 host stands in brackets. */
static bool split(struct str text, struct str *host, uint16_t *port)
{
    size_t colon = text.len;
    while (colon > 0 && text.ptr[colon - 1] != ':')
        colon--;
    uint64_t number;
    if (colon == 0 || !str_to_u64(str_slice(text, colon, text.len), &number) || number < 1 ||
        number > 65535)
        return false;
    *host = str_slice(text, 0, colon - 1);
    *port = (uint16_t)number;
    return true;
}

enum err address_parse(struct str text, struct address_list *out, struct why *why)
{
    struct str host;
    *out = (struct address_list){0};
    if (!split(text, &host, &out->port))
        return refuse(why, text);

    if (str_eq_nocase(host, STR("localhost"))) {
        add_v4(out, (struct in_addr){htonl(INADDR_LOOPBACK)});
        add_v6(out, in6addr_loopback);
        return ERR_NONE;
    }
    if (host.len == 0 || str_eq(host, STR("*"))) {
        add_v4(out, (struct in_addr){htonl(INADDR_ANY)});
        add_v6(out, in6addr_any);
        return ERR_NONE;
    }

    char name[INET6_ADDRSTRLEN + 2];
    bool bracketed = host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    if (bracketed)
        host = str_slice(host, 1, host.len - 1);
    if (host.len >= sizeof name || str_find(host, '\0', 0) < host.len)
        return refuse(why, text);
    memcpy(name, host.ptr, host.len);
    name[host.len] = '\0';

    struct in_addr v4;
    struct in6_addr v6;
    if (bracketed && inet_pton(AF_INET6, name, &v6) == 1)
        add_v6(out, v6);
    else if (!bracketed && inet_pton(AF_INET, name, &v4) == 1)
        add_v4(out, v4);
    else
        return refuse(why, text);
    return ERR_NONE;
}

static enum err refused(const struct address *address, int number, struct why *why)
{
    char text[ADDRESS_TEXT];
    enum err e = err_set(why, number == EADDRINUSE ? ERR_CONFLICT : ERR_IO, "listen", "%s: %s",
                         address_text(address, text), err_errno(number));
    if (number == EADDRINUSE)
        err_hint(why, "Another program has this port (ss -ltnp shows which): stop it, or set "
                      "server.listen or server.ops_listen to another port.");
    else if (number == EACCES)
        err_hint(why, "Ports below 1024 need the capability CAP_NET_BIND_SERVICE: use a higher "
                      "port, or grant it.");
    else if (number == EADDRNOTAVAIL)
        err_hint(why, "This machine has no such address (ip addr shows those it has).");
    return e;
}

/*
 * IPv6 and IPv4 have a socket each. What is left of connections to a server before us is no
 * obstacle; somebody who listens is.
 */
static void prepare(int fd, int family)
{
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
}

/* Without SO_REUSEPORT the kernel tells. Any other trouble is left for address_listen to tell. */
enum err address_free(const struct address *address, struct why *why)
{
    int family = address->sockaddr.ss_family;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return ERR_NONE;
    prepare(fd, family);
    bool taken = bind(fd, (const struct sockaddr *)&address->sockaddr, address->len) != 0 &&
                 errno == EADDRINUSE;
    close(fd);
    return taken ? refused(address, EADDRINUSE, why) : ERR_NONE;
}

enum err address_listen(const struct address *address, bool optional, int *out, struct why *why)
{
    int on = 1;
    int family = address->sockaddr.ss_family;
    *out = -1;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 && optional && errno == EAFNOSUPPORT)
        return ERR_NONE;
    if (fd < 0)
        return err_set(why, ERR_IO, "listen", "%s", err_errno(errno));

    prepare(fd, family);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)&address->sockaddr, address->len) == 0 &&
        listen(fd, BACKLOG) == 0) {
        *out = fd;
        return ERR_NONE;
    }
    int number = errno;
    close(fd);
    if (optional && number == EADDRNOTAVAIL)
        return ERR_NONE;
    return refused(address, number, why);
}

const char *address_text(const struct address *address, char out[ADDRESS_TEXT])
{
    char host[INET6_ADDRSTRLEN] = "?";
    if (address->sockaddr.ss_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, &address->sockaddr, sizeof in);
        inet_ntop(AF_INET6, &in.sin6_addr, host, sizeof host);
        snprintf(out, ADDRESS_TEXT, "[%s]:%u", host, ntohs(in.sin6_port));
    } else {
        struct sockaddr_in in;
        memcpy(&in, &address->sockaddr, sizeof in);
        inet_ntop(AF_INET, &in.sin_addr, host, sizeof host);
        snprintf(out, ADDRESS_TEXT, "%s:%u", host, ntohs(in.sin_port));
    }
    return out;
}
