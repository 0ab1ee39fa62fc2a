/* SPDX-License-Identifier: Apache-2.0 */
#include "core/audit_detail.h"

#include "core/json_strict.h"

static struct str value_text(struct arena *a, yyjson_val *v)
{
    if (yyjson_is_str(v))
        return json_text(v);
    if (yyjson_is_bool(v))
        return yyjson_get_bool(v) ? STR("yes") : STR("no");
    return yyjson_is_int(v) ? arena_fmt(a, "%lld", (long long)yyjson_get_sint(v)) : STR("…");
}

static struct str or_dash(struct str text)
{
    return text.len ? text : STR("–");
}

struct str audit_detail_text(struct arena *a, struct str detail)
{
    yyjson_val *object = NULL;
    if (json_strict(a, detail, &object) != STRICT_OK)
        return detail;
    yyjson_val *was = yyjson_obj_get(object, "was"), *becomes = yyjson_obj_get(object, "becomes");
    if (was && becomes)
        return arena_fmt(a, "%.*s → %.*s", STR_ARG(or_dash(value_text(a, was))),
                         STR_ARG(or_dash(value_text(a, becomes))));
    struct str line = STR_EMPTY;
    size_t i, n;
    yyjson_val *key, *value;
    yyjson_obj_foreach(object, i, n, key, value)
    {
        line = arena_fmt(a, "%.*s%s%.*s: %.*s", STR_ARG(line), line.len ? ", " : "",
                         STR_ARG(json_text(key)), STR_ARG(value_text(a, value)));
    }
    return line;
}
