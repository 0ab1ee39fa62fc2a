/* SPDX-License-Identifier: Apache-2.0 */
/* The token endpoint: who we are (OpenID Connect Core 1.0 §9, RFC 7523 §2.2), and the code. */
#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "base/secret_file.h"
#include "base/text.h"
#include "core/urlencoded.h"
#include "net/oidc_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

enum { FORM_MAX = 64 * 1024, ASSERTION_MAX = 32 * 1024, ASSERTION_S = 300, HEADERS = 3 };

static const char op[] = "exchange the code of a sign-in";

static void pair(struct buf *form, const char *name, struct str value)
{
    buf_fmt(form, "%s%s=", form->len ? "&" : "", name);
    urlencoded_escape(form, value);
}

/* Read anew each time: whoever writes it renews it. */
static enum err read_assertion(struct oidc *o, struct arena *a, struct str *out, struct why *why)
{
    char file[PATH_MAX];
    char *bytes = arena_alloc(a, ASSERTION_MAX);
    snprintf(file, sizeof file, "%.*s", STR_ARG(o->options.assertion_file));
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, bytes, ASSERTION_MAX);
    int number = errno;
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return err_set(why, ERR_REFUSED, op, "%s: %s", file, err_errno(number));
    *out = str_trim(str_of(bytes, (size_t)n));
    return ERR_NONE;
}

static enum err sign_assertion(struct oidc *o, struct arena *a, struct str *out, struct why *why)
{
    unsigned char id[16];
    struct buf header, payload;
    struct json j;
    struct str sha1, sha256;
    int64_t now_s = clock_wall_ms() / 1000;
    random_bytes(id, sizeof id);
    buf_init(&header, FORM_MAX);
    buf_init(&payload, FORM_MAX);
    struct signing_key *key;
    enum err e = signing_key_open(o->options.key_file, o->options.certificate_file, &key, why);
    if (e != ERR_NONE)
        return e;
    json_init(&j, &header);
    json_object(&j, NULL);
    json_str(&j, "alg", str_from(jws_algorithm_name(signing_key_algorithm(key))));
    json_str(&j, "typ", STR("JWT"));
    if (o->options.key_id.len)
        json_str(&j, "kid", o->options.key_id);
    if (signing_key_thumbprints(key, a, &sha1, &sha256)) {
        json_str(&j, "x5t", sha1);
        json_str(&j, "x5t#S256", sha256);
    }
    json_end(&j);
    json_init(&j, &payload);
    json_object(&j, NULL);
    json_str(&j, "iss", o->options.client_id);
    json_str(&j, "sub", o->options.client_id);
    json_str(&j, "aud", o->discovery.token);
    json_str(&j, "jti", text_base64url(a, str_of(id, sizeof id)));
    json_int(&j, "iat", now_s);
    json_int(&j, "nbf", now_s);
    json_int(&j, "exp", now_s + ASSERTION_S);
    json_end(&j);
    e = signing_key_sign(key, a, buf_view(&header), buf_view(&payload), out, why);
    signing_key_free(key);
    buf_release(&header);
    buf_release(&payload);
    return e;
}

/* Name and secret are escaped before they are joined: RFC 6749 §2.3.1. */
static struct str basic(struct oidc *o, struct arena *a, struct str secret)
{
    struct buf text;
    buf_init(&text, FORM_MAX);
    urlencoded_escape(&text, o->options.client_id);
    buf_byte(&text, ':');
    urlencoded_escape(&text, secret);
    struct str encoded = text_base64(a, buf_view(&text));
    buf_release(&text);
    return arena_fmt(a, "Basic %.*s", STR_ARG(encoded));
}

/* Into the form or the headers; adds to *n. */
static enum err identify(struct oidc *o, struct arena *a, struct buf *form,
                         struct fetch_header *headers, size_t *n, struct why *why)
{
    const struct oidc_options *c = &o->options;
    struct str assertion = STR_EMPTY, secret;
    enum err e = secret_file_read(a, c->secret_file, OIDC_SECRET_OP, &secret, why);
    if (e != ERR_NONE)
        return e;
    if (c->client == OIDC_SECRET_BASIC) {
        headers[(*n)++] = (struct fetch_header){STR("Authorization"), basic(o, a, secret)};
        return ERR_NONE;
    }
    pair(form, "client_id", c->client_id);
    if (c->client == OIDC_SECRET_POST)
        pair(form, "client_secret", secret);
    else if (c->client == OIDC_KEY)
        e = sign_assertion(o, a, &assertion, why);
    else if (c->client == OIDC_WORKLOAD)
        e = read_assertion(o, a, &assertion, why);
    if (assertion.len) {
        pair(form, "client_assertion_type",
             STR("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
        pair(form, "client_assertion", assertion);
    }
    return e;
}

/* What the provider says about us may stand in the log; what it says about a code may name a
 * person, so of that only Entra ID's number of it ("AADSTS70008"). */
static struct str shown_description(const struct oauth_token *said, bool about_us)
{
    static const struct str number = STR_INIT("AADSTS");
    size_t end = number.len;
    if (about_us)
        return said->description;
    if (!str_starts(said->description, number))
        return STR_EMPTY;
    while (end < said->description.len && said->description.ptr[end] >= '0' &&
           said->description.ptr[end] <= '9')
        end++;
    return str_slice(said->description, 0, end);
}

static enum err refused(struct oidc *o, int status, const struct oauth_token *said, struct why *why)
{
    if (status == 429 || status >= 500)
        return err_set(why, ERR_NETWORK, op, "%.*s answers %d", STR_ARG(o->options.issuer), status);
    bool about_us = str_eq(said->error, STR("invalid_client")) ||
                    str_eq(said->error, STR("unauthorized_client"));
    enum err e = err_set(why, ERR_REFUSED, op, "%d %.*s %.*s", status, STR_ARG(said->error),
                         STR_ARG(shown_description(said, about_us)));
    if (about_us)
        err_hint(why, "Compare client_id and the secret, key or assertion with the registration at "
                      "the provider; secrets end.");
    else if (str_eq(said->error, STR("invalid_grant")))
        err_hint(why, "The code was used before or is too old, or the redirect URI differs from "
                      "the registered one.");
    return e;
}

enum err oidc_exchange(struct oidc *o, struct arena *a, const struct oidc_finish *finish,
                       struct oauth_token *out, struct why *why)
{
    struct buf form;
    struct fetch_header headers[HEADERS] = {
        {STR("Content-Type"), STR("application/x-www-form-urlencoded")},
        {STR("Accept"), STR("application/json")},
    };
    size_t n_headers = 2;
    buf_init(&form, FORM_MAX);
    pair(&form, "grant_type", STR("authorization_code"));
    pair(&form, "code", finish->code);
    pair(&form, "redirect_uri", finish->redirect_uri);
    pair(&form, "code_verifier", finish->verifier);
    enum err e = identify(o, a, &form, headers, &n_headers, why);
    const struct str text = buf_view(&form);
    const struct fetch_body body = {.parts = &text, .n = 1};
    const struct fetch_request request = {
        .method = "POST",
        .url = o->discovery.token,
        .headers = headers,
        .n_headers = n_headers,
        .body = &body,
        .whole_ms = OIDC_CALL_MS,
    };
    struct fetch_answer answer;
    if (e == ERR_NONE) {
        e = fetch_send(o->fetch, &request, &answer, why);
        if (e != ERR_NONE)
            e = oidc_away(o, ERR_NETWORK, why);
    }
    buf_release(&form);
    if (e != ERR_NONE)
        return e;
    bool understood = oauth_token_read(a, answer.text, out);
    if (answer.status != 200 || !understood)
        return refused(o, answer.status, out, why);
    if (out->id_token.len)
        return ERR_NONE;
    e = err_set(why, ERR_DATA, op, "there is no ID token in the answer");
    err_hint(why, "The option scopes must hold openid.");
    return e;
}
