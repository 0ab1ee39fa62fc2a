/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Cookie header, as anybody may send it, to the handle of a draft. What is taken for ours has
 * exactly one spelling, and lies in the header where it was found.
 */
#include "base/must.h"
#include "base/text.h"
#include "web/cookie.h"
#include "web/draft.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct str name = STR_INIT("__Host-anteroom-draft");
    struct arena a = ARENA_INIT;
    struct str header = str_of(data, size);
    struct str value = cookie_find(header, name);
    if (value.len) {
        must(value.ptr > header.ptr + name.len && value.ptr + value.len <= header.ptr + size);
        must(value.ptr[-1] == '=' && str_find(value, ';', 0) == value.len);
        must(str_eq(str_of(value.ptr - 1 - name.len, name.len), name));
    }
    struct draft_handle handle;
    if (draft_parse_cookie(&a, value, &handle))
        must(str_eq(text_base64url(&a, str_of(&handle, sizeof handle)), value));
    /* The bytes as a value of their own, so that the decoder is reached without the name. */
    if (draft_parse_cookie(&a, header, &handle)) {
        must(str_eq(text_base64url(&a, str_of(&handle, sizeof handle)), header));
        struct str sent = arena_fmt(&a, "a=b; %.*s=%.*s; c=d", STR_ARG(name), STR_ARG(header));
        must(str_eq(cookie_find(sent, name), header));
    }
    arena_release(&a);
    return 0;
}
