/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of a token endpoint: what is taken from it goes into a header. */
#include "base/must.h"
#include "base/str.h"
#include "core/oauth_token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = ARENA_INIT;
    struct oauth_token t;
    if (oauth_token_read(&a, str_of(data, size), &t))
        must(t.access_token.len || t.error.len);
    for (size_t i = 0; i < t.access_token.len; i++)
        must(t.access_token.ptr[i] > ' ' && t.access_token.ptr[i] <= '~');
    must(t.lifetime_s >= 0);
    arena_release(&a);
    return 0;
}
