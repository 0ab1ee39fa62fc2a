/* SPDX-License-Identifier: Apache-2.0 */
#include "core/jwks.h"

#include "base/text.h"
#include "core/json_strict.h"

enum { EXPONENT_MAX = 8, COORDINATE = 32 };

static bool says(yyjson_val *key, const char *name, struct str value)
{
    yyjson_val *v = yyjson_obj_get(key, name);
    return !v || str_eq(json_text(v), value);
}

static bool may_verify(yyjson_val *key)
{
    yyjson_val *operations = yyjson_obj_get(key, "key_ops"), *one;
    if (!operations)
        return true;
    yyjson_arr_iter i = yyjson_arr_iter_with(operations);
    while ((one = yyjson_arr_iter_next(&i)))
        if (str_eq(json_text(one), STR("verify")))
            return true;
    return false;
}

static bool number(struct arena *a, yyjson_val *key, const char *name, struct str *out)
{
    return text_unbase64url(a, json_text_at(key, name), out) && out->len > 0;
}

static size_t bits(struct str number)
{
    size_t n = number.len * 8;
    for (unsigned bit = 0x80; bit && !((unsigned char)number.ptr[0] & bit); bit >>= 1)
        n--;
    return n;
}

static bool read_rsa(struct arena *a, yyjson_val *key, struct jwk *out)
{
    out->algorithm = JWS_RS256;
    if (!number(a, key, "n", &out->a) || !number(a, key, "e", &out->b))
        return false;
    while (out->a.len && out->a.ptr[0] == 0) /* some write one in front */
        out->a = str_slice(out->a, 1, out->a.len);
    if (out->a.len == 0 || out->b.len > EXPONENT_MAX)
        return false;
    bool odd = out->b.ptr[out->b.len - 1] & 1;
    bool one = bits(out->b) < 2 || (out->b.len > 1 && out->b.ptr[0] == 0);
    return odd && !one && bits(out->a) >= JWK_RSA_LEAST && bits(out->a) <= JWK_RSA_MOST;
}

static bool read_ec(struct arena *a, yyjson_val *key, struct jwk *out)
{
    out->algorithm = JWS_ES256;
    return str_eq(json_text_at(key, "crv"), STR("P-256")) && number(a, key, "x", &out->a) &&
           number(a, key, "y", &out->b) && out->a.len == COORDINATE && out->b.len == COORDINATE;
}

static bool read_key(struct arena *a, yyjson_val *key, struct jwk *out)
{
    struct str kty = json_text_at(key, "kty");
    *out = (struct jwk){0};
    bool read = str_eq(kty, STR("RSA"))  ? read_rsa(a, key, out)
                : str_eq(kty, STR("EC")) ? read_ec(a, key, out)
                                         : false;
    if (!read || !says(key, "use", STR("sig")) || !may_verify(key) ||
        !says(key, "alg", str_from(jws_algorithm_name(out->algorithm))))
        return false;
    yyjson_val *kid = yyjson_obj_get(key, "kid");
    out->key_id = json_text(kid);
    return !kid || (out->key_id.len > 0 && out->key_id.len <= JWS_KEY_ID_MAX);
}

bool jwks_read(struct arena *a, struct str json, struct jwks *out)
{
    yyjson_val *root, *one;
    *out = (struct jwks){0};
    if (json.len > JWKS_SIZE_MAX || json_strict(a, json, &root) != STRICT_OK)
        return false;
    yyjson_val *list = yyjson_obj_get(root, "keys");
    if (!yyjson_is_arr(list) || yyjson_arr_size(list) > JWKS_KEYS_MAX)
        return false;
    struct jwk *keys = arena_new_array(a, struct jwk, yyjson_arr_size(list));
    yyjson_arr_iter i = yyjson_arr_iter_with(list);
    while ((one = yyjson_arr_iter_next(&i)))
        out->n += read_key(a, one, &keys[out->n]);
    out->keys = keys;
    return true;
}

const struct jwk *jwks_find(const struct jwks *set, enum jws_algorithm algorithm, struct str key_id)
{
    const struct jwk *found = NULL;
    for (size_t i = 0; i < set->n; i++) {
        const struct jwk *key = &set->keys[i];
        if (key->algorithm != algorithm)
            continue;
        if (key_id.len && str_eq(key->key_id, key_id))
            return key;
        if (key_id.len == 0 && found)
            return NULL; /* which one? */
        if (key_id.len == 0)
            found = key;
    }
    return found;
}
