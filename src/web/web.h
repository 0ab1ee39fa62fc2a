/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server: libh2o on one event loop per core, a public HTTPS listener, an optional plain HTTP
 * listener that redirects to it, and the operations listener (/livez, /readyz) on loopback.
 *
 *     web_open: addresses taken, no thread yet ─▶ web_run ─▶ web_drain (SIGTERM): listeners close,
 *     GOAWAY, requests in flight finish, idle connections close ─▶ writer_stop ─▶ web_close
 *
 * Owner: the command that starts it; config, store and tls outlive it. The writer is stopped in
 * between: until then it sends its answers to the loops.
 * Threads: all on one thread.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/err.h"

struct arena;
struct config;
struct issuers_needs;
struct store;
struct tls;
struct web;
struct writer;

struct web_options {
    const struct config *config;
    struct store *store;
    struct tls *tls;
    const char *assets_dir; /* development: serve /static from here; NULL: what is compiled in */
};

/* Takes the addresses and opens what each loop reads from. Nothing runs yet. */
enum err web_open(const struct web_options *options, struct web **out, struct why *why);

/* Starts the loops; returns when they take connections. Once. */
void web_run(struct web *web, struct writer *writer);

/* The same of a configuration, without a server. */
struct str web_url_of(const struct config *config);

/* The address people type: "https://localhost:8443". */
struct str web_public_url(const struct web *web);

/* What it reads and calls beside its listeners, for a sandbox (issuers.h). */
void web_needs(struct web *web, struct issuers_needs *out);

/* While no administrator can sign in: the link with which the first one sets up an account, in the
 * arena. Empty when there is one, or accounts are elsewhere (auth.local). */
struct str web_setup_link(struct web *web, struct arena *a);

/* Drains within drain_ms; true when nothing had to be cut off. Once, before web_close. */
bool web_drain(struct web *web, int64_t drain_ms);
void web_close(struct web *web); /* NULL is fine */

#endif
