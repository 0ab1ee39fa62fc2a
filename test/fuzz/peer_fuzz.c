/* SPDX-License-Identifier: Apache-2.0 */
/*
 * X-Forwarded-For and Forwarded, as anybody may send them. Whatever a client wrote, the element
 * that our proxy adds behind it tells the client's address; nor does it help to be quoted by the
 * proxy.
 */
#include "base/arena.h"
#include "base/must.h"
#include "net/peer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const unsigned char client_v4[4] = {203, 0, 113, 9};

static bool is_client(struct ip ip)
{
    struct ip client = ip_from_v4(client_v4);
    return memcmp(&ip, &client, sizeof ip) == 0;
}

/* As a quoted-string. */
static struct str quote(struct arena *a, struct str text)
{
    char *out = arena_alloc(a, 2 * text.len + 2);
    size_t n = 0;
    out[n++] = '"';
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            out[n++] = '\\';
        out[n++] = text.ptr[i];
    }
    out[n++] = '"';
    return str_of(out, n);
}

static struct str join(struct arena *a, struct str one, struct str two)
{
    char *out = arena_alloc(a, one.len + two.len + 1);
    if (one.len)
        memcpy(out, one.ptr, one.len);
    if (two.len)
        memcpy(out + one.len, two.ptr, two.len);
    return str_of(out, one.len + two.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = ARENA_INIT;
    struct networks trusted;
    struct str wrong, text = str_of(data, size);
    struct ip proxy;
    must(networks_parse(STR("10.0.0.0/8"), &trusted, &wrong));
    must(ip_parse(STR("10.0.0.1"), &proxy));

    for (int header = PEER_X_FORWARDED_FOR; header <= PEER_FORWARDED; header++) {
        enum peer_header kind = (enum peer_header)header;
        peer_client(&trusted, proxy, kind, &text, 1);
        struct str added = kind == PEER_FORWARDED ? STR(", for=\"203.0.113.9:80\";proto=https")
                                                  : STR(", 203.0.113.9");
        struct str line = join(&a, text, added);
        must(is_client(peer_client(&trusted, proxy, kind, &line, 1)));
        struct str lines[] = {text, str_slice(added, 2, added.len)};
        must(is_client(peer_client(&trusted, proxy, kind, lines, 2)));
        /* Nobody believes a peer that is no proxy. */
        struct ip stranger = ip_from_v4(client_v4);
        must(is_client(peer_client(&trusted, stranger, kind, &text, 1)));
    }
    struct str line = join(&a, STR("for=203.0.113.9;host="), quote(&a, text));
    must(is_client(peer_client(&trusted, proxy, PEER_FORWARDED, &line, 1)));
    line = join(&a, line, STR(";proto=https"));
    must(is_client(peer_client(&trusted, proxy, PEER_FORWARDED, &line, 1)));

    struct networks list;
    if (networks_parse(text, &list, &wrong))
        must(list.n <= NETWORKS_MAX);
    arena_release(&a);
    return 0;
}
