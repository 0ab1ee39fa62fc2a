/* SPDX-License-Identifier: Apache-2.0 */
#include "net/peer.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/*
 * "192.0.2.7", "192.0.2.7:4711", "2001:db8::7", "[2001:db8::7]", "[2001:db8::7]:4711". A port is
 * not looked at: it may also be an obfuscated one.
 */
static bool parse_node(struct str node, struct ip *out)
{
    if (str_starts(node, STR("["))) {
        size_t close = str_find(node, ']', 1);
        struct str behind = str_slice(node, close + 1, node.len);
        struct str inside = str_slice(node, 1, close);
        return close < node.len && (behind.len == 0 || behind.ptr[0] == ':') &&
               str_contains(inside, STR(":")) && ip_parse(inside, out);
    }
    size_t colon = str_find(node, ':', 0);
    bool more = str_find(node, ':', colon + 1) < node.len;
    return ip_parse(more ? node : str_slice(node, 0, colon), out);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct str skip_blanks(struct str s)
{
    while (s.len && is_blank(s.ptr[0]))
        s = str_slice(s, 1, s.len);
    return s;
}

static bool is_token(struct str s)
{
    static const struct str marks = STR_INIT("!#$%&'*+-.^_`|~");
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && str_find(marks, c, 0) == marks.len)
            return false;
    }
    return s.len > 0;
}

/* Takes a quoted string off *rest, *value what is between the quotes, escapes left as they are. */
static bool take_quoted(struct str *rest, struct str *value)
{
    size_t i = 1;
    while (i < rest->len && rest->ptr[i] != '"')
        i += rest->ptr[i] == '\\' ? 2 : 1;
    if (i >= rest->len)
        return false;
    *value = str_slice(*rest, 1, i);
    *rest = str_slice(*rest, i + 1, rest->len);
    return true;
}

/*
 * One element of Forwarded: name=value pairs between semicolons. The address of "for"; false when
 * it is not there once or the element is malformed. Values that are tokens may hold ":" and
 * brackets here: proxies forget the quotes.
 */
static bool parse_element(struct str element, struct ip *out)
{
    struct str rest = element;
    bool found = false;
    for (;;) {
        rest = skip_blanks(rest);
        size_t equals = str_find(rest, '=', 0);
        struct str name = str_slice(rest, 0, equals), value;
        if (equals == rest.len || !is_token(name))
            return false;
        rest = str_slice(rest, equals + 1, rest.len);
        if (str_starts(rest, STR("\""))) {
            if (!take_quoted(&rest, &value))
                return false;
        } else {
            size_t end = str_find(rest, ';', 0);
            value = str_trim(str_slice(rest, 0, end));
            if (value.len == 0 || str_contains(value, STR("\"")))
                return false;
            rest = str_slice(rest, end, rest.len);
        }
        if (str_eq_nocase(name, STR("for"))) {
            if (found || !parse_node(value, out))
                return false;
            found = true;
        }
        rest = skip_blanks(rest);
        if (rest.len == 0)
            return found;
        if (rest.ptr[0] != ';')
            return false;
        rest = str_slice(rest, 1, rest.len);
    }
}

/* A quote is one of the text when an odd number of backslashes stands before it. */
static bool is_escaped(struct str s, size_t at)
{
    size_t n = 0;
    while (n < at && s.ptr[at - 1 - n] == '\\')
        n++;
    return n % 2 == 1;
}

/*
 * Takes the last element off *line: what is behind the last comma that is in no quotes. Read from
 * the right, so that nothing a client wrote further left can change where the element of our proxy
 * begins. False when the line is used up.
 */
static bool cut_last(struct str *line, bool quotes, struct str *element)
{
    if (!line->ptr)
        return false;
    bool quoted = false;
    size_t at = line->len;
    while (at > 0) {
        char c = line->ptr[at - 1];
        if (quotes && c == '"' && !is_escaped(*line, at - 1))
            quoted = !quoted;
        if (c == ',' && !quoted)
            break;
        at--;
    }
    *element = str_trim(str_slice(*line, at, line->len));
    *line = at > 0 ? str_slice(*line, 0, at - 1) : STR_EMPTY;
    return true;
}

struct ip peer_client(const struct networks *trusted, struct ip peer, enum peer_header header,
                      const struct str *lines, size_t n)
{
    struct ip client = peer;
    bool forwarded = header == PEER_FORWARDED;
    for (size_t i = n; i > 0; i--) {
        struct str line = lines[i - 1], element;
        while (networks_hold(trusted, &client) && cut_last(&line, forwarded, &element)) {
            struct ip next;
            if (element.len == 0)
                continue; /* an empty element is none: RFC 9110, 5.6.1 */
            if (!(forwarded ? parse_element(element, &next) : parse_node(element, &next)))
                return client;
            client = next;
        }
    }
    return client;
}

bool peer_from_sockaddr(const struct sockaddr *address, struct ip *out)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        unsigned char bytes[4];
        memcpy(bytes, &in.sin_addr, sizeof bytes);
        *out = ip_from_v4(bytes);
        return true;
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, address, sizeof in);
        memcpy(out->bytes, &in.sin6_addr, sizeof out->bytes);
        return true;
    }
    return false;
}

size_t peer_to_sockaddr(struct ip ip, uint16_t port, struct sockaddr_storage *out)
{
    if (ip_is_v4(&ip)) {
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
        memcpy(&in.sin_addr, ip.bytes + 12, 4);
        memcpy(out, &in, sizeof in);
        return sizeof in;
    }
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    memcpy(&in6.sin6_addr, ip.bytes, sizeof ip.bytes);
    memcpy(out, &in6, sizeof in6);
    return sizeof in6;
}

struct ip peer_key(struct ip client)
{
    if (!ip_is_v4(&client))
        memset(client.bytes + 8, 0, 8);
    return client;
}

struct ip peer_site(struct ip client)
{
    if (!ip_is_v4(&client))
        memset(client.bytes + 6, 0, 10);
    return client;
}
