/* SPDX-License-Identifier: Apache-2.0 */
#include "core/oauth_token.h"

#include "core/json_memory.h"

enum { LIFETIME_MAX_S = 30 * 24 * 3600 };

static struct str text_at(yyjson_val *object, const char *key)
{
    yyjson_val *v = yyjson_obj_get(object, key);
    return yyjson_is_str(v) ? str_of(yyjson_get_str(v), yyjson_get_len(v)) : STR_EMPTY;
}

/* It goes into a header: nothing that could end one. */
static bool printable(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= ' ' || s.ptr[i] > '~')
            return false;
    return true;
}

static int64_t lifetime(yyjson_val *object)
{
    yyjson_val *v = yyjson_obj_get(object, "expires_in");
    uint64_t seconds = 0;
    if (yyjson_is_uint(v))
        seconds = yyjson_get_uint(v);
    else if (!str_to_u64(text_at(object, "expires_in"), &seconds))
        seconds = 0;
    return seconds > LIFETIME_MAX_S ? LIFETIME_MAX_S : (int64_t)seconds;
}

bool oauth_token_read(struct arena *a, struct str json, struct oauth_token *out)
{
    *out = (struct oauth_token){0};
    yyjson_alc memory = json_memory(a);
    char *bytes = (char *)(uintptr_t)arena_str(a, json).ptr;
    yyjson_doc *doc = yyjson_read_opts(bytes, json.len, 0, &memory, NULL);
    yyjson_val *root = yyjson_doc_get_root(doc);
    if (!yyjson_is_obj(root))
        return false;
    struct str token = text_at(root, "access_token");
    if (printable(token))
        out->access_token = token;
    struct str id_token = text_at(root, "id_token");
    if (printable(id_token))
        out->id_token = id_token;
    out->lifetime_s = lifetime(root);
    out->error = text_at(root, "error");
    out->description = text_at(root, "error_description");
    out->description = str_slice(out->description, 0, str_find(out->description, '\n', 0));
    out->description = str_trim(out->description);
    return out->access_token.len > 0 || out->error.len > 0;
}
