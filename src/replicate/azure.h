/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request to the Blob service (REST, version 2021-12-02): its address, the proof of who we are,
 * and what an answer means. destination_azure.c says which requests there are.
 *
 *     struct azure_call call = {.method = "GET", .name = name};
 *     azure_header(&call, STR("Range"), …);
 *     e = azure_send(z, &a, &call, &answer, why);          ERR_NONE: the status is 2xx
 *
 * Who we are, in this order: the account's key (SharedKey: azure_sign.c), a shared access signature
 * (part of the URL), or a token (azure_token.c), which is fetched anew five minutes before its end,
 * and once more when the service refuses it. Errors are those of destination.h; `code` of a struct
 * azure has the service's own word for the last one ("BlobNotFound"), `asked_ms` how long it wants
 * us to wait.
 *
 * Threads: one at a time per struct, but azure_stop any.
 */
#ifndef REPLICATE_AZURE_H
#define REPLICATE_AZURE_H

#include "base/buf.h"
#include "net/fetch.h"
#include "replicate/destination_url.h"

enum { AZURE_HEADERS_MAX = 24, AZURE_PARAMETERS_MAX = 8, AZURE_CODE_SIZE = 64 };

struct azure_token; /* azure_token.h */

struct azure {
    struct fetch *fetch;
    struct azure_token *token; /* NULL: by key or SAS */
    struct arena arena;        /* what follows lives in it */
    struct str account, key;   /* key: its bytes; empty: none */
    struct str sas;            /* "sv=…&sig=…"; empty: none */
    struct str endpoint;       /* "https://account.blob.core.windows.net" */
    struct str container, path;
    const char *ca_file; /* NULL: the system's */
    char code[AZURE_CODE_SIZE];
    int64_t asked_ms;
};

/* The values as they are, without escapes: azure_send sorts and escapes. */
struct azure_call {
    const char *method;
    struct str name; /* of the blob below the URL's path; empty: the container */
    struct fetch_header parameters[AZURE_PARAMETERS_MAX];
    size_t n_parameters;
    struct fetch_header headers[AZURE_HEADERS_MAX];
    size_t n_headers;
    const struct fetch_body *body; /* NULL: none */
    int64_t whole_ms, stall_ms;
    enum err (*take)(void *context, const void *bytes, size_t n, struct why *why);
    void *context;
    size_t text_max;
};

struct azure_options {
    struct str account_key, sas, endpoint, ca_file; /* as destination_options */
    const atomic_bool *stop;
};

enum err azure_open(struct azure *z, const struct azure_options *options,
                    const struct destination_address *address, struct why *why);
void azure_release(struct azure *z);
void azure_stop(struct azure *z);
void azure_limit(struct azure *z, int64_t until_ms); /* as fetch_limit */

void azure_header(struct azure_call *call, struct str name, struct str value);
void azure_parameter(struct azure_call *call, struct str name, struct str value);

enum err azure_send(struct azure *z, struct arena *a, struct azure_call *call,
                    struct fetch_answer *answer, struct why *why);

/* The call as text, with the proof, as a batch has it: without a body, for it takes the version of
 * the request that it goes in. */
enum err azure_embed(struct azure *z, struct arena *a, const struct azure_call *call,
                     struct buf *out, struct why *why);

bool azure_said(const struct azure *z, const char *code); /* it was that error */

/* ---- parts, for tests --------------------------------------------------------------------------
 */

/* "SharedKey account:signature" over the call as it stands; path: of the URL, "/container/blob". */
struct str azure_sign(struct arena *a, struct str account, struct str key, struct str path,
                      const struct azure_call *call);

/* What the answer with that status and x-ms-error-code means. skew_ms: its clock less ours. */
enum err azure_error(int status, struct str code, int64_t skew_ms, struct str what,
                     struct why *why);

#endif
