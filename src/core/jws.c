/* SPDX-License-Identifier: Apache-2.0 */
#include "core/jws.h"

#include "base/text.h"
#include "core/json_strict.h"

static const struct str names[JWS_ALGORITHMS] = {
    [JWS_RS256] = STR_INIT("RS256"),
    [JWS_ES256] = STR_INIT("ES256"),
};

const char *jws_algorithm_name(enum jws_algorithm algorithm)
{
    return names[algorithm].ptr;
}

static bool right_kind(yyjson_val *header, enum jws_kind kind)
{
    yyjson_val *typ = yyjson_obj_get(header, "typ");
    struct str said = json_text(typ);
    if (!typ)
        return true;
    /* "application/" may be left out: RFC 7515 §4.1.9 */
    if (str_eq_nocase(str_slice(said, 0, 12), STR("application/")))
        said = str_slice(said, 12, said.len);
    return str_eq_nocase(said, STR("JWT")) ||
           (kind == JWS_ACCESS_TOKEN && str_eq_nocase(said, STR("at+jwt")));
}

static enum token_verdict read_header(struct arena *a, struct str text, enum jws_kind kind,
                                      struct jws *out)
{
    yyjson_val *header;
    enum strict s = json_strict(a, text, &header);
    if (s != STRICT_OK)
        return s == STRICT_TWICE ? TOKEN_TWICE : TOKEN_SHAPE;
    if (yyjson_obj_get(header, "crit"))
        return TOKEN_CRITICAL;
    struct str said = json_text_at(header, "alg");
    out->algorithm = 0;
    while (out->algorithm < JWS_ALGORITHMS && !str_eq(said, names[out->algorithm]))
        out->algorithm++;
    if (out->algorithm == JWS_ALGORITHMS)
        return TOKEN_ALGORITHM;
    if (!right_kind(header, kind))
        return TOKEN_TYPE;
    yyjson_val *kid = yyjson_obj_get(header, "kid");
    out->key_id = json_text(kid);
    return kid && (out->key_id.len == 0 || out->key_id.len > JWS_KEY_ID_MAX) ? TOKEN_SHAPE
                                                                             : TOKEN_GOOD;
}

enum token_verdict jws_read(struct arena *a, struct str token, enum jws_kind kind, struct jws *out)
{
    struct str parts[3], rest = token, header;
    *out = (struct jws){0};
    if (token.len > JWS_SIZE_MAX)
        return TOKEN_TOO_BIG;
    for (size_t i = 0; i < 3; i++)
        if (!str_cut(&rest, '.', &parts[i]) || parts[i].len == 0)
            return TOKEN_SHAPE;
    if (rest.ptr || !text_unbase64url(a, parts[0], &header) ||
        !text_unbase64url(a, parts[1], &out->payload) ||
        !text_unbase64url(a, parts[2], &out->signature))
        return TOKEN_SHAPE;
    out->signed_bytes = str_slice(token, 0, parts[0].len + 1 + parts[1].len);
    enum token_verdict v = read_header(a, header, kind, out);
    if (v == TOKEN_GOOD && (out->algorithm == JWS_ES256 ? out->signature.len != JWS_ES256_SIZE
                                                        : out->signature.len > JWS_RSA_MAX))
        v = TOKEN_SIGNATURE;
    return v;
}
