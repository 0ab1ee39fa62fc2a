/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of services. c-ares asks glibc for them, which would read /etc/services through libraries
 * of the machine that a static program cannot count on; we give ports as numbers, so there are
 * none.
 */
#include <netdb.h>
#include <stddef.h>

struct servent *ares_absent_service(const char *name, const char *protocol);
int ares_absent_service_of_port(int port, const char *protocol, struct servent *result, char *text,
                                size_t size, struct servent **out);

struct servent *ares_absent_service(const char *name, const char *protocol)
{
    (void)name;
    (void)protocol;
    return NULL;
}

int ares_absent_service_of_port(int port, const char *protocol, struct servent *result, char *text,
                                size_t size, struct servent **out)
{
    (void)port;
    (void)protocol;
    (void)result;
    (void)text;
    (void)size;
    *out = NULL;
    return 0;
}
