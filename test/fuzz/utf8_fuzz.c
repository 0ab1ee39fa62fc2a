/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes: decoding ends, agrees with itself, and composing is stable and keeps text text. */
#include "base/must.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of(data, size);
    struct arena arena = ARENA_INIT;
    size_t codes = 0, bad = 0;
    for (size_t at = 0; at < size;) {
        uint32_t code;
        size_t n = utf8_decode(text, at, &code);
        must(n <= 4 && n <= size - at && code <= 0x10FFFF);
        must(n == 0 || utf8_valid(str_slice(text, at, at + n)));
        bad += n == 0;
        codes++;
        at += n ? n : 1;
    }
    must(utf8_valid(text) == (bad == 0));
    if (bad == 0) {
        must(utf8_length(text) == codes);
        struct str once = utf8_compose(&arena, text);
        must(utf8_valid(once));
        must(str_eq(utf8_compose(&arena, once), once));
        must(utf8_has_control(text, false) == utf8_has_control(once, false));
        must(!utf8_has_control(text, true) || utf8_has_control(text, false));
    }
    arena_release(&arena);
    return 0;
}
