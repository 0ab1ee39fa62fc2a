/* SPDX-License-Identifier: Apache-2.0 */
#include "core/oidc_discovery.h"

#include "core/json_strict.h"
#include "core/urlencoded.h"

bool oidc_is_url(struct str url)
{
    static const struct str scheme = STR_INIT("https://"), never = STR_INIT("#\"<>\\^`{|}");
    if (!str_starts(url, scheme) || url.len > OIDC_URL_MAX || url.len == scheme.len)
        return false;
    for (size_t i = 0; i < url.len; i++)
        if (url.ptr[i] <= ' ' || url.ptr[i] > '~' || str_find(never, url.ptr[i], 0) < never.len)
            return false;
    /* A host, and nobody's name and password in front of it. */
    struct str host = str_slice(url, scheme.len, str_find(url, '/', scheme.len));
    host = str_slice(host, 0, str_find(host, '?', 0));
    return host.len > 0 && host.ptr[0] != ':' && str_find(host, '@', 0) == host.len;
}

enum oidc_flaw oidc_discovery_read(struct arena *a, struct str json, struct str issuer,
                                   struct oidc_discovery *out)
{
    yyjson_val *root;
    *out = (struct oidc_discovery){0};
    if (json.len > OIDC_DISCOVERY_MAX || json_strict(a, json, &root) != STRICT_OK)
        return OIDC_FLAW_JSON;
    if (issuer.len == 0 || !str_eq(json_text_at(root, "issuer"), issuer))
        return OIDC_FLAW_ISSUER;
    out->authorize = json_text_at(root, "authorization_endpoint");
    out->token = json_text_at(root, "token_endpoint");
    out->keys = json_text_at(root, "jwks_uri");
    out->end_session = json_text_at(root, "end_session_endpoint");
    out->names_itself =
        yyjson_is_true(yyjson_obj_get(root, "authorization_response_iss_parameter_supported"));
    if (!oidc_is_url(out->end_session))
        out->end_session = STR_EMPTY;
    return oidc_is_url(out->authorize) && oidc_is_url(out->token) && oidc_is_url(out->keys)
               ? OIDC_FLAW_NONE
               : OIDC_FLAW_ENDPOINT;
}

void oidc_url(struct buf *out, struct str base, const struct oidc_pair *pairs, size_t n)
{
    char mark = str_find(base, '?', 0) < base.len ? '&' : '?';
    buf_str(out, base);
    for (size_t i = 0; i < n; i++) {
        if (pairs[i].value.len == 0)
            continue;
        buf_fmt(out, "%c%s=", mark, pairs[i].name);
        urlencoded_escape(out, pairs[i].value);
        mark = '&';
    }
}
