/* SPDX-License-Identifier: Apache-2.0 */
#include "core/proxy_header.h"

#include "lib/expect.h"

#include <arpa/inet.h>
#include <string.h>

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define V4        "\xc0\x00\x02\x07\x0a\x00\x00\x01\x12\x34\x01\xbb"
#define V6                                                                                         \
    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x12\x34" \
    "\x01\xbb"
#define MAPPED                                                                                     \
    "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\x00\x02\x07\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\x00\x00\x01\x12" \
    "\x34\x01\xbb"
#define BYTES(text) STR_INIT(text)

static const struct {
    const char *name;
    struct str bytes;
    enum proxy_reading reading;
    size_t size;
    const char *client; /* NULL: not told */
} cases[] = {
    {"nothing yet", BYTES(""), PROXY_BEGUN, 0, NULL},
    {"a piece of the signature", BYTES("\r\n\r\n\0\r"), PROXY_BEGUN, 0, NULL},
    {"the signature alone", BYTES(SIGNATURE), PROXY_BEGUN, 0, NULL},
    {"no length yet", BYTES(SIGNATURE "\x21\x11\0"), PROXY_BEGUN, 0, NULL},
    {"TCP over IPv4", BYTES(SIGNATURE "\x21\x11\0\x0c" V4), PROXY_WHOLE, 28, "192.0.2.7"},
    {"what follows is not its", BYTES(SIGNATURE "\x21\x11\0\x0c" V4 "\x16\x03\x01"), PROXY_WHOLE,
     28, "192.0.2.7"},
    {"with TLVs",
     BYTES(SIGNATURE "\x21\x11\0\x13" V4 "\x04\0\x04"
                     "noop"),
     PROXY_WHOLE, 35, "192.0.2.7"},
    {"TLVs not here yet",
     BYTES(SIGNATURE "\x21\x11\0\x13" V4 "\x04\0\x04"
                     "noo"),
     PROXY_BEGUN, 0, NULL},
    {"TCP over IPv6", BYTES(SIGNATURE "\x21\x21\0\x24" V6), PROXY_WHOLE, 52, "2001:db8::7"},
    {"a mapped address is its IPv4", BYTES(SIGNATURE "\x21\x21\0\x24" MAPPED), PROXY_WHOLE, 52,
     "192.0.2.7"},
    {"the proxy's own", BYTES(SIGNATURE "\x20\0\0\0"), PROXY_WHOLE, 16, NULL},
    {"the proxy's own, addresses ignored", BYTES(SIGNATURE "\x20\x11\0\x0c" V4), PROXY_WHOLE, 28,
     NULL},
    {"unspecified", BYTES(SIGNATURE "\x21\0\0\x02xx"), PROXY_WHOLE, 18, NULL},
    {"another signature", BYTES("\r\n\r\n\0\r\nQUIX"), PROXY_WRONG, 0, NULL},
    {"version 1", BYTES("PROXY TCP4 192.0.2.7 10.0.0.1 4660 443\r\n"), PROXY_WRONG, 0, NULL},
    {"TLS without a header", BYTES("\x16\x03\x01"), PROXY_WRONG, 0, NULL},
    {"version 3", BYTES(SIGNATURE "\x31\x11\0\x0c" V4), PROXY_WRONG, 0, NULL},
    {"an unknown command", BYTES(SIGNATURE "\x22\x11\0\x0c" V4), PROXY_WRONG, 0, NULL},
    {"UDP", BYTES(SIGNATURE "\x21\x12\0\x0c" V4), PROXY_WRONG, 0, NULL},
    {"UNIX", BYTES(SIGNATURE "\x21\x31\0\x0c" V4), PROXY_WRONG, 0, NULL},
    {"too short for IPv4", BYTES(SIGNATURE "\x21\x11\0\x0b" V4), PROXY_WRONG, 0, NULL},
    {"too short for IPv6", BYTES(SIGNATURE "\x21\x21\0\x0c" V4), PROXY_WRONG, 0, NULL},
    {"longer than anybody needs", BYTES(SIGNATURE "\x21\x11\x08\x00"), PROXY_WRONG, 0, NULL},
    {"the longest", BYTES(SIGNATURE "\x21\x11\x07\xf0"), PROXY_BEGUN, 0, NULL},
};

static void headers_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct proxy_header header;
        struct ip wanted;
        enum proxy_reading got = proxy_header_read(cases[i].bytes, &header);
        if (got != cases[i].reading || (got == PROXY_WHOLE && header.size != cases[i].size) ||
            (got == PROXY_WHOLE && header.told != (cases[i].client != NULL)))
            fail_msg("%s: reading %d, %zu bytes", cases[i].name, (int)got, header.size);
        if (!cases[i].client)
            continue;
        char shown[INET6_ADDRSTRLEN];
        if (!ip_parse(str_from(cases[i].client), &wanted) ||
            memcmp(&wanted, &header.client, sizeof wanted) != 0 || header.port != 0x1234)
            fail_msg("%s: %s, port %d", cases[i].name,
                     inet_ntop(AF_INET6, header.client.bytes, shown, sizeof shown), header.port);
    }
}

/* However the bytes are cut, the reading of a piece is never "wrong" before the whole is. */
static void a_header_may_come_in_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t n = 0; cases[i].reading == PROXY_WHOLE && n < cases[i].size; n++) {
            struct proxy_header header;
            if (proxy_header_read(str_slice(cases[i].bytes, 0, n), &header) != PROXY_BEGUN)
                fail_msg("%s: cut after %zu", cases[i].name, n);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_read),
        cmocka_unit_test(a_header_may_come_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
