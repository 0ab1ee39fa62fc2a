/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json_strict.h"

static struct str raw_text(yyjson_val *v)
{
    return str_of(yyjson_get_str(v), yyjson_get_len(v));
}

static bool stands_before(yyjson_val *object, yyjson_val *key)
{
    yyjson_val *other;
    yyjson_obj_iter i = yyjson_obj_iter_with(object);
    while ((other = yyjson_obj_iter_next(&i)) && other != key)
        if (str_eq(raw_text(other), raw_text(key)))
            return true;
    return false;
}

/* NOLINTNEXTLINE(misc-no-recursion) ; as deep as STRICT_DEPTH */
static enum strict check(yyjson_val *value, unsigned depth)
{
    enum strict s = STRICT_OK;
    yyjson_val *part;
    if (!yyjson_is_ctn(value))
        return STRICT_OK;
    if (depth == STRICT_DEPTH)
        return STRICT_TOO_BIG;
    if (yyjson_is_arr(value)) {
        yyjson_arr_iter i = yyjson_arr_iter_with(value);
        while (s == STRICT_OK && (part = yyjson_arr_iter_next(&i)))
            s = check(part, depth + 1);
        return s;
    }
    if (yyjson_obj_size(value) > STRICT_MEMBERS)
        return STRICT_TOO_BIG;
    yyjson_obj_iter i = yyjson_obj_iter_with(value);
    while (s == STRICT_OK && (part = yyjson_obj_iter_next(&i)))
        s = stands_before(value, part) ? STRICT_TWICE
                                       : check(yyjson_obj_iter_get_val(part), depth + 1);
    return s;
}

enum strict json_strict(struct arena *a, struct str text, yyjson_val **object)
{
    *object = NULL;
    if (text.len == 0)
        return STRICT_NOT_JSON;
    const yyjson_alc memory = json_memory(a);
    /* yyjson unescapes in place, so it works on a copy (with the zeros it wants behind it). */
    char *copy = arena_alloc(a, text.len + YYJSON_PADDING_SIZE);
    memcpy(copy, text.ptr, text.len);
    yyjson_doc *doc = yyjson_read_opts(copy, text.len, YYJSON_READ_INSITU, &memory, NULL);
    yyjson_val *root = yyjson_doc_get_root(doc);
    if (!yyjson_is_obj(root))
        return STRICT_NOT_JSON;
    enum strict s = check(root, 0);
    if (s == STRICT_OK)
        *object = root;
    return s;
}

struct str json_text(yyjson_val *value)
{
    if (!yyjson_is_str(value))
        return STR_EMPTY;
    struct str text = raw_text(value);
    return str_find(text, '\0', 0) < text.len ? STR_EMPTY : text;
}

struct str json_text_at(yyjson_val *object, const char *name)
{
    return json_text(yyjson_obj_get(object, name));
}

yyjson_val *json_at(yyjson_val *object, struct str name)
{
    return yyjson_obj_getn(object, name.len ? name.ptr : "", name.len);
}
