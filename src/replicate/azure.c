/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/azure.h"

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "core/urlencoded.h"
#include "replicate/azure_token.h"

enum { URL_MAX = 12 * 1024 };

static const struct str version = STR_INIT("2021-12-02");

/* ---- opening -----------------------------------------------------------------------------------
 */

static enum err open_key(struct azure *z, struct str text, struct why *why)
{
    if (text_unbase64(&z->arena, text, &z->key) && z->key.len > 0)
        return ERR_NONE;
    enum err e = err_set(why, ERR_CONFIG, "open the replica",
                         "the key of the storage account is not base64");
    err_hint(why,
             "az storage account keys list --account-name %.*s shows it: 88 characters that end "
             "in \"==\".",
             STR_ARG(z->account));
    return e;
}

static enum err open_sas(struct azure *z, struct str text, struct why *why)
{
    z->sas = arena_str(&z->arena, str_slice(text, str_starts(text, STR("?")), text.len));
    for (size_t i = 0; i < z->sas.len; i++)
        if (z->sas.ptr[i] <= ' ' || z->sas.ptr[i] > '~' || z->sas.ptr[i] == '#')
            z->sas.len = 0;
    if (str_contains(z->sas, STR("sig=")))
        return ERR_NONE;
    enum err e =
        err_set(why, ERR_CONFIG, "open the replica", "this is not a shared access signature");
    err_hint(why, "It looks like sv=2022-11-02&sr=c&sp=rcwdl&se=…&sig=…");
    return e;
}

enum err azure_open(struct azure *z, const struct azure_options *options,
                    const struct destination_address *address, struct why *why)
{
    *z = (struct azure){.arena = ARENA_INIT};
    z->account = arena_str(&z->arena, address->account);
    z->container = arena_str(&z->arena, address->container);
    z->path = arena_str(&z->arena, address->path);
    if (options->ca_file.len)
        z->ca_file = arena_str(&z->arena, options->ca_file).ptr;
    struct str endpoint = options->endpoint;
    while (endpoint.len && endpoint.ptr[endpoint.len - 1] == '/')
        endpoint.len--;
    z->endpoint = endpoint.len ? arena_str(&z->arena, endpoint)
                               : arena_fmt(&z->arena, "https://%.*s.blob.core.windows.net",
                                           STR_ARG(z->account));
    enum err e = ERR_NONE;
    if (options->account_key.len)
        e = open_key(z, options->account_key, why);
    else if (options->sas.len)
        e = open_sas(z, options->sas, why);
    else
        e = azure_token_open(options->ca_file, options->stop, &z->token, why);
    if (e == ERR_NONE)
        e = fetch_open(&(struct fetch_options){.ca_file = options->ca_file, .stop = options->stop},
                       &z->fetch, why);
    if (e != ERR_NONE)
        azure_release(z);
    return e;
}

void azure_release(struct azure *z)
{
    fetch_free(z->fetch);
    azure_token_free(z->token);
    arena_release(&z->arena);
    *z = (struct azure){0};
}

void azure_stop(struct azure *z)
{
    fetch_stop(z->fetch);
    if (z->token)
        azure_token_stop(z->token);
}

void azure_limit(struct azure *z, int64_t until_ms)
{
    fetch_limit(z->fetch, until_ms);
    if (z->token)
        azure_token_limit(z->token, until_ms);
}

/* ---- a call
 * --------------------------------------------------------------------------------------
 */

void azure_header(struct azure_call *call, struct str name, struct str value)
{
    must(call->n_headers < AZURE_HEADERS_MAX);
    call->headers[call->n_headers++] = (struct fetch_header){name, value};
}

void azure_parameter(struct azure_call *call, struct str name, struct str value)
{
    must(call->n_parameters < AZURE_PARAMETERS_MAX);
    call->parameters[call->n_parameters++] = (struct fetch_header){name, value};
}

bool azure_said(const struct azure *z, const char *code)
{
    return strcmp(z->code, code) == 0;
}

static struct str blob_path(const struct azure *z, struct arena *a, struct str name)
{
    if (name.len == 0)
        return z->container;
    return arena_fmt(a, "%.*s/%.*s%s%.*s", STR_ARG(z->container), STR_ARG(z->path),
                     z->path.len ? "/" : "", STR_ARG(name));
}

/* Names, container and path are made of characters that need no escape. */
static struct str url_of(const struct azure *z, struct arena *a, const struct azure_call *call,
                         struct str path)
{
    struct buf url;
    buf_init(&url, URL_MAX);
    buf_fmt(&url, "%.*s/%.*s", STR_ARG(z->endpoint), STR_ARG(path));
    char mark = '?';
    for (size_t i = 0; i < call->n_parameters; i++) {
        buf_byte(&url, mark);
        buf_str(&url, call->parameters[i].name);
        buf_byte(&url, '=');
        urlencoded_escape(&url, call->parameters[i].value);
        mark = '&';
    }
    if (z->sas.len) {
        buf_byte(&url, mark);
        buf_str(&url, z->sas);
    }
    struct str whole = buf_ok(&url) ? arena_str(a, buf_view(&url)) : STR_EMPTY;
    buf_release(&url);
    return whole;
}

/* "/devstoreaccount1" of "http://127.0.0.1:10000/devstoreaccount1". */
static struct str endpoint_path(const struct azure *z)
{
    size_t host = str_find(z->endpoint, ':', 0) + 3;
    return str_slice(z->endpoint, str_find(z->endpoint, '/', host), z->endpoint.len);
}

static struct str date_now(struct arena *a)
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t now = clock_wall_ms() / 1000;
    struct tm tm;
    gmtime_r(&now, &tm);
    return arena_fmt(a, "%s, %02d %s %d %02d:%02d:%02d GMT", days[tm.tm_wday], tm.tm_mday,
                     months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* When it was made, and the proof over all of it. */
static enum err prove(struct azure *z, struct arena *a, struct azure_call *call, struct str path,
                      struct why *why)
{
    azure_header(call, STR("x-ms-date"), date_now(a));
    if (z->key.len) {
        struct str signed_path =
            arena_fmt(a, "%.*s/%.*s", STR_ARG(endpoint_path(z)), STR_ARG(path));
        azure_header(call, STR("Authorization"),
                     azure_sign(a, z->account, z->key, signed_path, call));
    } else if (z->token) {
        struct str token = STR_EMPTY;
        enum err e = azure_token_get(z->token, &token, why);
        if (e != ERR_NONE)
            return e;
        azure_header(call, STR("Authorization"), arena_fmt(a, "Bearer %.*s", STR_ARG(token)));
    }
    return ERR_NONE;
}

static enum err send_once(struct azure *z, struct arena *a, const struct azure_call *plain,
                          struct fetch_answer *answer, struct why *why)
{
    struct azure_call call = *plain;
    struct str path = blob_path(z, a, call.name);
    azure_header(&call, STR("x-ms-version"), version);
    enum err e = prove(z, a, &call, path, why);
    if (e != ERR_NONE)
        return e;
    const struct fetch_request request = {
        .method = call.method,
        .url = url_of(z, a, &call, path),
        .headers = call.headers,
        .n_headers = call.n_headers,
        .body = call.body,
        .whole_ms = call.whole_ms,
        .stall_ms = call.stall_ms,
        .take = call.take,
        .context = call.context,
        .text_max = call.text_max,
    };
    e = fetch_send(z->fetch, &request, answer, why);
    if (e != ERR_NONE)
        return e;
    z->asked_ms = answer->retry_ms;
    if (answer->status >= 200 && answer->status < 300)
        return ERR_NONE;
    struct str code = fetch_header(z->fetch, "x-ms-error-code");
    snprintf(z->code, sizeof z->code, "%.*s", STR_ARG(code));
    int64_t skew = answer->date_ms ? answer->date_ms - clock_wall_ms() : 0;
    return azure_error(answer->status, code, skew, path, why);
}

enum err azure_send(struct azure *z, struct arena *a, struct azure_call *call,
                    struct fetch_answer *answer, struct why *why)
{
    z->code[0] = '\0';
    z->asked_ms = 0;
    *answer = (struct fetch_answer){0};
    enum err e = send_once(z, a, call, answer, why);
    bool doubted = answer->status == 401 || azure_said(z, "AuthenticationFailed");
    if (e == ERR_REFUSED && z->token && doubted) {
        azure_token_drop(z->token); /* it was withdrawn, or its key has changed */
        e = send_once(z, a, call, answer, why);
    }
    return e;
}

enum err azure_embed(struct azure *z, struct arena *a, const struct azure_call *call,
                     struct buf *out, struct why *why)
{
    struct azure_call proven = *call;
    struct str path = blob_path(z, a, call->name);
    enum err e = prove(z, a, &proven, path, why);
    if (e != ERR_NONE)
        return e;
    struct str url = url_of(z, a, &proven, path);
    size_t host_end = z->endpoint.len - endpoint_path(z).len;
    buf_fmt(out, "%s %.*s HTTP/1.1\r\n", proven.method, STR_ARG(str_slice(url, host_end, url.len)));
    for (size_t i = 0; i < proven.n_headers; i++)
        buf_fmt(out, "%.*s: %.*s\r\n", STR_ARG(proven.headers[i].name),
                STR_ARG(proven.headers[i].value));
    buf_str(out, STR("Content-Length: 0\r\n"));
    return ERR_NONE;
}
