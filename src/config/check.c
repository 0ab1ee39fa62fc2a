/* SPDX-License-Identifier: Apache-2.0 */
#include "config/check.h"

#include "core/access.h"
#include "core/colour.h"
#include "core/network.h"

#include <arpa/inet.h>
#include <limits.h>

static bool refuse(struct option_problem *problem, struct str value, const char *is_not,
                   const char *hint)
{
    char shown[OPTION_SHOWN_MAX];
    snprintf(problem->detail, sizeof problem->detail, "“%s” %s", option_shown(value, shown),
             is_not);
    snprintf(problem->hint, sizeof problem->hint, "%s", hint);
    return false;
}

/* "host:port" apart; an IPv6 host keeps its brackets. */
static bool split_port(struct str text, struct str *host)
{
    size_t colon = text.len;
    uint64_t port;
    while (colon > 0 && text.ptr[colon - 1] != ':')
        colon--;
    if (colon == 0 || !str_to_u64(str_slice(text, colon, text.len), &port) || port < 1 ||
        port > 65535)
        return false;
    *host = str_slice(text, 0, colon - 1);
    return true;
}

static bool is_numeric(struct str host)
{
    char name[INET6_ADDRSTRLEN];
    unsigned char address[sizeof(struct in6_addr)];
    bool bracketed = str_starts(host, STR("[")) && str_ends(host, STR("]"));
    if (bracketed)
        host = str_slice(host, 1, host.len - 1);
    if (host.len == 0 || host.len >= sizeof name)
        return false;
    memcpy(name, host.ptr, host.len);
    name[host.len] = '\0';
    return inet_pton(bracketed ? AF_INET6 : AF_INET, name, address) == 1;
}

bool check_address(struct str value, struct option_problem *problem)
{
    struct str host;
    if (split_port(value, &host) && (host.len == 0 || str_eq(host, STR("*")) ||
                                     str_eq_nocase(host, STR("localhost")) || is_numeric(host)))
        return true;
    return refuse(problem, value, "is not an address and a port",
                  "Write localhost:8443, :8443 for every address, 192.0.2.7:8443 or "
                  "[2001:db8::7]:8443.");
}

static bool is_host_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
}

static bool is_host_name(struct str host)
{
    for (size_t i = 0; i < host.len; i++)
        if (!is_host_character(host.ptr[i]))
            return false;
    return host.len > 0 && host.len <= 253 && host.ptr[0] != '.' && host.ptr[0] != '-' &&
           !str_contains(host, STR(".."));
}

bool check_https_url(struct str value, struct option_problem *problem)
{
    static const struct str scheme = STR_INIT("https://");
    struct str rest = str_slice(value, scheme.len, value.len), host = rest;
    if (str_ends(rest, STR("/")))
        host = rest = str_slice(rest, 0, rest.len - 1);
    size_t colon = str_find(rest, ':', 0);
    bool bracketed = str_starts(rest, STR("["));
    bool with_port = bracketed ? !str_ends(rest, STR("]")) : colon < rest.len;
    if (str_starts(value, scheme) && (!with_port || split_port(rest, &host)) &&
        (bracketed ? is_numeric(host) : is_host_name(host)))
        return true;
    return refuse(problem, value, "is not an address that visitors can type",
                  "Write https:// and the name, with a port if it is not 443 and without a path: "
                  "https://onboarding.example.com");
}

static bool has_space(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= ' ')
            return true;
    return false;
}

bool check_web_url(struct str value, struct option_problem *problem)
{
    static const struct str schemes[] = {STR_INIT("http://"), STR_INIT("https://")};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        struct str rest = str_slice(value, schemes[i].len, value.len);
        if (str_starts(value, schemes[i]) && rest.len && rest.ptr[0] != '/' && !has_space(value))
            return true;
    }
    return refuse(problem, value, "is not an address of the web",
                  "Write it with http:// or https:// in front.");
}

/* Azure's names: 3 to 24 (account) or 63 (container) of [a-z0-9], in the container's "-" too. */
static bool is_azure_name(struct str name, size_t most, bool dashes)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !(dashes && c == '-'))
            return false;
    }
    return name.len >= 3 && name.len <= most;
}

bool check_replica_url(struct str value, struct option_problem *problem)
{
    static const struct str file = STR_INIT("file:///"), azure = STR_INIT("abs://");
    struct str rest = str_slice(value, azure.len, value.len), account, container;
    if (str_starts(value, file) && value.len > file.len)
        return true;
    if (str_starts(value, azure) && str_cut(&rest, '@', &account) &&
        str_cut(&rest, '/', &container) && is_azure_name(account, 24, false) &&
        is_azure_name(container, 63, true) && !has_space(rest))
        return true;
    return refuse(
        problem, value, "is not a place for a replica",
        "Write abs://ACCOUNT@CONTAINER/PATH for Azure Blob Storage, or file:///DIRECTORY.");
}

bool check_email(struct str value, struct option_problem *problem)
{
    size_t at = str_find(value, '@', 0);
    struct str domain = str_slice(value, at + 1, value.len);
    bool spaced = str_find(value, ' ', 0) < value.len || str_find(value, '<', 0) < value.len;
    if (at > 0 && is_host_name(domain) && str_contains(domain, STR(".")) &&
        !str_ends(domain, STR(".")) && !spaced && value.len <= 254)
        return true;
    return refuse(problem, value, "is not an email address", "Write one like name@example.com.");
}

bool check_path(struct str value, struct option_problem *problem)
{
    if (value.len >= PATH_MAX)
        return refuse(problem, value, "is too long for a path", "");
    if (str_trim(value).len != value.len)
        return refuse(problem, value, "begins or ends with white space", "");
    if (str_starts(value, STR("~")))
        return refuse(problem, value, "begins with “~”, which only a shell knows",
                      "Write the whole path, from / on.");
    return true;
}

bool check_rate(struct str value, struct option_problem *problem)
{
    int64_t count, milliseconds;
    if (option_parse_rate(value, &count, &milliseconds))
        return true;
    return refuse(problem, value, "is not a rate",
                  "Write how many in which time, as in 60/1m (at most 1000000, a second to a day), "
                  "or 0 for no limit.");
}

bool check_networks(struct str value, struct option_problem *problem)
{
    struct networks list;
    struct str wrong = STR_EMPTY;
    if (networks_parse(value, &list, &wrong))
        return true;
    if (list.n == NETWORKS_MAX)
        return refuse(problem, wrong, "is one network too many", "There may be 32 of them.");
    return refuse(problem, wrong, "is not an address or a network",
                  "Write 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32, with commas between them and no "
                  "bit set behind the prefix.");
}

bool check_roles(struct str value, struct option_problem *problem)
{
    unsigned bits;
    struct str wrong = STR_EMPTY;
    return roles_read(value, &bits, &wrong) ||
           refuse(
               problem, wrong, "is not a role",
               "There are viewer, agent, privacy, auditor and administrator; with commas between "
               "them.");
}

bool check_colour(struct str value, struct option_problem *problem)
{
    struct colour colour;
    if (colour_parse(value, &colour))
        return true;
    return refuse(problem, value, "is not a colour",
                  "Write # and six hexadecimal digits, in quotes: \"#0b5d57\".");
}
