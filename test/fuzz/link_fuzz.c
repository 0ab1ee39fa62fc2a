/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The token of a status link, as anybody may write it. The first bytes are a Client ID, the rest is
 * a token: it is taken only when it is the very text that this key makes for the Client ID it
 * names.
 */
#include "base/must.h"
#include "web/link.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct link_key key = {{1, 2, 3}}, other = {{1, 2, 4}};
    struct arena a = ARENA_INIT;
    struct client_id id = {0}, read = {0};
    size_t n = size < CLIENT_ID_LEN ? size : CLIENT_ID_LEN;
    if (n)
        memcpy(id.text, data, n);
    struct str token = link_token(&a, &key, &id);
    must(link_read(&a, &key, token, &read));
    must(memcmp(read.text, id.text, CLIENT_ID_LEN) == 0);
    must(!link_read(&a, &other, token, &read));

    struct str written = str_of(data + n, size - n);
    if (link_read(&a, &key, written, &read))
        must(str_eq(written, link_token(&a, &key, &read)));

    /* The right token with one byte another: by the input's own choice. */
    if (n < size) {
        struct str changed = arena_str(&a, token);
        char *text = arena_alloc(&a, changed.len);
        memcpy(text, changed.ptr, changed.len);
        size_t at = data[n] % changed.len;
        char to = (char)data[size - 1];
        bool same = text[at] == to;
        text[at] = to;
        must(link_read(&a, &key, str_of(text, changed.len), &read) == same);
    }
    arena_release(&a);
    return 0;
}
