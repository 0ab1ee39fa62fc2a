/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs of a query or a body: decoded, they are text; escaped again, they decode to the same. */
#include "base/must.h"
#include "base/utf8.h"
#include "core/urlencoded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(struct str text)
{
    must(utf8_valid(text));
    must(str_find(text, '\0', 0) == text.len);
}

static void check_pair(struct arena *a, struct str name, struct str value)
{
    struct urlencoded u;
    struct buf body;
    struct str name_back, value_back;
    buf_init(&body, 16 << 20);
    urlencoded_escape(&body, name);
    buf_byte(&body, '=');
    urlencoded_escape(&body, value);
    urlencoded_init(&u, buf_view(&body));
    must(urlencoded_next(&u, a, &name_back, &value_back));
    must(str_eq(name, name_back) && str_eq(value, value_back));
    must(!urlencoded_next(&u, a, &name_back, &value_back));
    must(urlencoded_end(&u, NULL) == ERR_NONE);
    buf_release(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = ARENA_INIT;
    struct urlencoded u;
    struct str name, value;
    struct why why;
    size_t pairs = 0;
    urlencoded_init(&u, str_of(data, size));
    while (urlencoded_next(&u, &a, &name, &value)) {
        pairs++;
        check_text(name);
        check_text(value);
        check_pair(&a, name, value);
    }
    must(pairs <= URLENCODED_PAIRS_MAX);
    enum err e = urlencoded_end(&u, &why);
    must(e == ERR_NONE || (e == ERR_INPUT && why.detail[0]));
    arena_release(&a);
    return 0;
}
