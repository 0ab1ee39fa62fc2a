/* SPDX-License-Identifier: Apache-2.0 */
#include "core/audit_head.h"

#include "base/text.h"
#include "core/json_strict.h"

const struct str audit_head_header = STR_INIT("{\"alg\":\"ES256\"}");

/* base64url of that header: every token of ours begins so. */
static const struct str beginning = STR_INIT("eyJhbGciOiJFUzI1NiJ9.");

struct str audit_head_payload(struct arena *a, const struct audit_head *head, struct str at)
{
    return arena_fmt(a, "{\"audit\":1,\"seq\":%llu,\"hash\":\"%.*s\",\"at\":\"%.*s\"}",
                     (unsigned long long)head->seq,
                     STR_ARG(text_hex(a, str_of(head->hash.bytes, AUDIT_HASH_SIZE))), STR_ARG(at));
}

bool audit_head_read(struct arena *a, struct str payload, struct audit_head *out, struct str *at)
{
    yyjson_val *object = NULL;
    if (json_strict(a, payload, &object) != STRICT_OK)
        return false;
    yyjson_val *kind = yyjson_obj_get(object, "audit"), *seq = yyjson_obj_get(object, "seq");
    if (!yyjson_is_uint(kind) || yyjson_get_uint(kind) != 1 || !yyjson_is_uint(seq) ||
        yyjson_get_uint(seq) > INT64_MAX)
        return false;
    out->seq = yyjson_get_uint(seq);
    *at = json_text_at(object, "at");
    return text_unhex(json_text_at(object, "hash"), out->hash.bytes, AUDIT_HASH_SIZE);
}

static bool is_of_token(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

bool audit_head_next(struct str text, size_t *at, struct str *token)
{
    for (size_t i = *at; i + beginning.len <= text.len; i++) {
        if (text.ptr[i] != beginning.ptr[0] || !str_starts(str_slice(text, i, text.len), beginning))
            continue;
        size_t end = i;
        while (end < text.len && is_of_token(text.ptr[end]))
            end++;
        *token = str_slice(text, i, end);
        *at = end;
        return true;
    }
    return false;
}
