/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/azure_token.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/must.h"
#include "core/oauth_token.h"
#include "core/urlencoded.h"
#include "net/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { ASSERTION_MAX = 32 * 1024, CALL_MS = 20 * 1000, TEXT_MAX = 64 * 1024 };

static const char op[] = "sign in to Azure";

struct azure_token {
    struct fetch *fetch;
    struct arena arena; /* the settings */
    struct str file, authority, tenant, client, endpoint, secret;
    const char *folder;   /* of the file; Kubernetes exchanges a link in it, and what is behind */
    struct arena current; /* the token */
    struct str token;
    int64_t until_ms; /* monotonic: it is not used from then on */
};

static struct str setting(struct azure_token *t, const char *name)
{
    return arena_str(&t->arena, str_from(getenv(name)));
}

enum err azure_token_open(struct str ca_file, const atomic_bool *stop, struct azure_token **out,
                          struct why *why)
{
    struct azure_token *t = calloc(1, sizeof *t);
    must(t);
    *out = NULL;
    t->file = setting(t, "AZURE_FEDERATED_TOKEN_FILE");
    t->authority = setting(t, "AZURE_AUTHORITY_HOST");
    t->tenant = setting(t, "AZURE_TENANT_ID");
    t->client = setting(t, "AZURE_CLIENT_ID");
    t->endpoint = setting(t, "IDENTITY_ENDPOINT");
    t->secret = setting(t, "IDENTITY_HEADER");
    if (t->authority.len == 0)
        t->authority = STR("https://login.microsoftonline.com/");
    size_t slash = t->file.len;
    while (slash > 0 && t->file.ptr[slash - 1] != '/')
        slash--;
    t->folder = slash > 1 ? arena_str(&t->arena, str_slice(t->file, 0, slash - 1)).ptr : ".";
    enum err e = ERR_NONE;
    if (t->file.len && (t->tenant.len == 0 || t->client.len == 0)) {
        e = err_set(why, ERR_CONFIG, op, "AZURE_TENANT_ID or AZURE_CLIENT_ID is not set");
        err_hint(why, "Workload Identity sets all three: is the pod labelled "
                      "azure.workload.identity/use, and its service account annotated?");
    }
    /* The machine's own service is on the machine; the authority may be behind a proxy. */
    if (e == ERR_NONE)
        e = fetch_open(
            &(struct fetch_options){.ca_file = ca_file, .direct = t->file.len == 0, .stop = stop},
            &t->fetch, why);
    if (e != ERR_NONE) {
        azure_token_free(t);
        return e;
    }
    *out = t;
    return ERR_NONE;
}

void azure_token_free(struct azure_token *t)
{
    if (!t)
        return;
    fetch_free(t->fetch);
    arena_release(&t->arena);
    arena_release(&t->current);
    free(t);
}

void azure_token_stop(struct azure_token *t)
{
    fetch_stop(t->fetch);
}

void azure_token_limit(struct azure_token *t, int64_t until_ms)
{
    fetch_limit(t->fetch, until_ms);
}

size_t azure_token_files(const struct azure_token *t, const char *out[2])
{
    if (t->file.len)
        out[0] = t->folder;
    return t->file.len > 0;
}

size_t azure_token_ports(const struct azure_token *t, uint16_t out[2])
{
    bool app = t->endpoint.len && t->secret.len;
    out[0] = t->file.len ? fetch_port(t->authority) : app ? fetch_port(t->endpoint) : 80;
    return 1;
}

void azure_token_drop(struct azure_token *t)
{
    t->until_ms = 0;
}

/* The assertion that Kubernetes renews in its file. */
static enum err read_assertion(const struct azure_token *t, struct arena *a, struct str *out,
                               struct why *why)
{
    char *bytes = arena_alloc(a, ASSERTION_MAX);
    int fd = open(t->file.ptr, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, bytes, ASSERTION_MAX);
    int error = errno;
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return err_set(why, ERR_REFUSED, op, "%s: %s", t->file.ptr, err_errno(error));
    *out = str_trim(str_of(bytes, (size_t)n));
    return ERR_NONE;
}

static void pair(struct buf *text, const char *name, struct str value)
{
    buf_fmt(text, "%s%s=", text->len ? "&" : "", name);
    urlencoded_escape(text, value);
}

static enum err ask_authority(struct azure_token *t, struct arena *a, struct fetch_answer *answer,
                              struct why *why)
{
    struct str assertion = STR_EMPTY;
    enum err e = read_assertion(t, a, &assertion, why);
    if (e != ERR_NONE)
        return e;
    struct buf form;
    buf_init(&form, TEXT_MAX);
    pair(&form, "client_id", t->client);
    pair(&form, "scope", STR("https://storage.azure.com/.default"));
    pair(&form, "grant_type", STR("client_credentials"));
    pair(&form, "client_assertion_type",
         STR("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
    pair(&form, "client_assertion", assertion);
    const char *slash = str_ends(t->authority, STR("/")) ? "" : "/";
    const struct str text = buf_view(&form);
    const struct fetch_header type = {STR("Content-Type"),
                                      STR("application/x-www-form-urlencoded")};
    const struct fetch_body body = {.parts = &text, .n = 1};
    const struct fetch_request request = {
        .method = "POST",
        .url = arena_fmt(a, "%.*s%s%.*s/oauth2/v2.0/token", STR_ARG(t->authority), slash,
                         STR_ARG(t->tenant)),
        .headers = &type,
        .n_headers = 1,
        .body = &body,
        .whole_ms = CALL_MS,
    };
    e = fetch_send(t->fetch, &request, answer, why);
    buf_release(&form);
    return e;
}

static enum err ask_machine(struct azure_token *t, struct arena *a, struct fetch_answer *answer,
                            struct why *why)
{
    bool app = t->endpoint.len && t->secret.len;
    struct buf url;
    buf_init(&url, TEXT_MAX);
    if (app)
        buf_fmt(&url, "%.*s?api-version=2019-08-01", STR_ARG(t->endpoint));
    else
        buf_str(&url, STR("http://169.254.169.254/metadata/identity/oauth2/token"
                          "?api-version=2018-02-01"));
    pair(&url, "resource", STR("https://storage.azure.com/"));
    if (t->client.len)
        pair(&url, "client_id", t->client);
    const struct fetch_header header =
        app ? (struct fetch_header){STR("X-IDENTITY-HEADER"), t->secret}
            : (struct fetch_header){STR("Metadata"), STR("true")};
    const struct fetch_request request = {
        .method = "GET",
        .url = arena_str(a, buf_view(&url)),
        .headers = &header,
        .n_headers = 1,
        .whole_ms = CALL_MS,
    };
    buf_release(&url);
    return fetch_send(t->fetch, &request, answer, why);
}

static enum err refused(const struct azure_token *t, int status, const struct oauth_token *said,
                        struct why *why)
{
    /* The machine's service says 404 and 410 while it is being updated. */
    bool later = status == 408 || status == 429 || status >= 500 ||
                 (t->file.len == 0 && (status == 404 || status == 410));
    enum err e = err_set(why, later ? ERR_BUSY : ERR_REFUSED, op, "%d %.*s: %.*s", status,
                         STR_ARG(said->error), STR_ARG(said->description));
    if (!later && t->file.len)
        err_hint(why,
                 "Compare the federated credential of the identity (issuer, subject, audience) "
                 "with the pod's service account.");
    else if (!later)
        err_hint(why, "Give the machine a managed identity, or set replica.account_key_file or "
                      "replica.sas_file.");
    return e;
}

enum err azure_token_get(struct azure_token *t, struct str *out, struct why *why)
{
    *out = t->token;
    if (t->until_ms > clock_monotonic_ms())
        return ERR_NONE;
    struct arena a = ARENA_INIT;
    struct fetch_answer answer = {0};
    struct oauth_token said = {0};
    int64_t asked_ms = clock_monotonic_ms();
    enum err e =
        t->file.len ? ask_authority(t, &a, &answer, why) : ask_machine(t, &a, &answer, why);
    if (e != ERR_NONE && !t->file.len && e == ERR_NETWORK)
        err_hint(why, "No identity service answers here: set replica.account_key_file or "
                      "replica.sas_file, or run where Azure gives an identity.");
    if (e == ERR_NONE) {
        bool understood = oauth_token_read(&a, answer.text, &said);
        if (answer.status != 200 || !understood || said.access_token.len == 0)
            e = refused(t, answer.status, &said, why);
    }
    if (e == ERR_NONE) {
        arena_release(&t->current);
        t->token = arena_str(&t->current, said.access_token);
        /* A short life is used by half. */
        int64_t life = said.lifetime_s * 1000;
        t->until_ms = asked_ms + (life / 2 > TOKEN_EARLY_MS ? life - TOKEN_EARLY_MS : life / 2);
        *out = t->token;
    }
    arena_release(&a);
    return e;
}
