/* SPDX-License-Identifier: Apache-2.0 */
#include "web/cookie.h"

struct str cookie_find(struct str header, struct str name)
{
    struct str rest = header, pair;
    while (str_cut(&rest, ';', &pair)) {
        pair = str_trim(pair);
        size_t equals = str_find(pair, '=', 0);
        if (equals < pair.len && str_eq(str_slice(pair, 0, equals), name))
            return str_slice(pair, equals + 1, pair.len);
    }
    return STR_EMPTY;
}

struct str cookie_set(struct arena *a, struct str name, struct str value, int64_t max_age_s)
{
    return arena_fmt(a, "%.*s=%.*s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%lld",
                     STR_ARG(name), STR_ARG(value), (long long)max_age_s);
}
