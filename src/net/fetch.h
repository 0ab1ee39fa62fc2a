/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request that goes out: HTTP/1.1 or HTTPS, by libcurl on mbedTLS and c-ares.
 *
 *     struct fetch_request r = {.method = "GET", .url = url, .whole_ms = 30000};
 *     e = fetch_send(f, &r, &answer, why);         blocks; any status is an answer
 *
 * A struct fetch keeps its connection for the next request to the same host, and tries once more on
 * a new one when a kept one had gone stale before anything was answered. Redirects are not
 * followed. Certificates are always checked, against ca_file or else the bundle of the system. A
 * proxy is used where https_proxy, http_proxy and no_proxy say so, unless `direct`.
 *
 * Errors: ERR_USAGE the URL · ERR_CONFIG the authorities' file · ERR_NETWORK no whole answer: not
 * found, not reached, not trusted, broken off, too slow, stopped · ERR_TOO_BIG an answer over
 * text_max · what `take` returned. Each with a remedy where there is one.
 *
 * Owner: fetch_free. Threads: a struct fetch one thread at a time, fetch_stop any. The first
 * fetch_open of a process belongs before its threads and its sandbox, as does every one where the
 * sandbox does not let the authorities' file be read (fetch_files).
 */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include "base/arena.h"
#include "base/err.h"

#include <stdatomic.h>

enum { FETCH_FILES_MAX = 9, FETCH_TEXT_MAX = 64 * 1024, FETCH_CONNECT_MS = 10000 };

struct fetch;

struct fetch_options {
    struct str ca_file;      /* PEM; empty: the system's */
    bool direct;             /* by no proxy, whatever the environment says */
    const atomic_bool *stop; /* once it is true, all is as after fetch_stop; may be NULL */
};

struct fetch_header {
    struct str name, value;
};

/* What is sent: n parts one after the other, or, with `read`, what it gives: `size` bytes from
 * `offset` on. It fills out with exactly n bytes, and is asked again for a request sent again. */
struct fetch_body {
    const struct str *parts;
    size_t n;
    enum err (*read)(void *context, uint64_t from, void *out, size_t n, struct why *why);
    void *context;
    uint64_t offset, size;
};

struct fetch_request {
    const char *method;
    struct str url;
    const struct fetch_header *headers;
    size_t n_headers;
    const struct fetch_body *body; /* NULL: none */
    int64_t whole_ms;              /* from start to end; 0: no limit */
    int64_t stall_ms;              /* with under 1 KiB/s for that long it ends; 0: no limit */
    /* Gets the bytes of a 2xx answer as they come; another status's text, and every text when this
     * is NULL, is in the answer. */
    enum err (*take)(void *context, const void *bytes, size_t n, struct why *why);
    void *context;
    size_t text_max; /* of a 2xx answer without take; 0: FETCH_TEXT_MAX. Others are cut. */
};

/* Views live until the next request. */
struct fetch_answer {
    int status;
    struct str text;
    int64_t retry_ms; /* Retry-After, in seconds or as a date; 0: not said */
    int64_t date_ms;  /* the server's clock; 0: not said */
};

enum err fetch_open(const struct fetch_options *options, struct fetch **out, struct why *why);
void fetch_free(struct fetch *f); /* NULL is fine */

enum err fetch_send(struct fetch *f, const struct fetch_request *request,
                    struct fetch_answer *answer, struct why *why);

/* A header of the last answer, whatever its case; empty when it has none. */
struct str fetch_header(struct fetch *f, const char *name);

/* All headers of the last answer whose names begin so (any case), their names without that. */
size_t fetch_headers(struct fetch *f, struct str prefix, struct fetch_header *out, size_t max);

/* What is under way ends within about a second with ERR_NETWORK, and so does all that follows. */
void fetch_stop(struct fetch *f);

/* Requests sent from now on end at this monotonic time, with ERR_NETWORK, however much longer they
 * may take by themselves; 0: as they say. Not while one is under way. */
void fetch_limit(struct fetch *f, int64_t until_ms);

/* The files that requests read, for a sandbox; some may not be there. Returns how many. */
size_t fetch_files(const char *out[FETCH_FILES_MAX]);

/* The port that a URL calls ("https://host:8443/…": 8443, without one 443 or 80), and that of the
 * proxy in the environment; 0: none. */
uint16_t fetch_port(struct str url);
uint16_t fetch_proxy_port(void);

#endif
