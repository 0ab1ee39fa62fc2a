/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as base64url and as hexadecimal: what decodes has one spelling, what encodes decodes.
 */
#include "base/must.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of(data, size), back;
    struct arena arena = ARENA_INIT;
    if (text_unbase64url(&arena, text, &back))
        must(str_eq(text_base64url(&arena, back), text));
    struct str encoded = text_base64url(&arena, text);
    must(encoded.len == TEXT_BASE64_LEN(size));
    must(text_unbase64url(&arena, encoded, &back) && str_eq(back, text));

    char *bytes = arena_alloc(&arena, size + 1);
    if (text_unhex(text, bytes, size / 2))
        must(str_eq(text_hex(&arena, str_of(bytes, size / 2)), text));
    must(text_unhex(text_hex(&arena, text), bytes, size) && str_eq(str_of(bytes, size), text));
    arena_release(&arena);
    return 0;
}
